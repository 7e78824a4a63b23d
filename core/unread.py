"""Messages that could not be read: kept for 90 days, so that the words of the chat can grow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from core.sealing import Keys
from core.tables.unread import unread

KEPT = timedelta(days=90)
LONGEST = 200  # characters of one message
_MOST = 20_000  # messages that one look adds up, the newest


@dataclass(slots=True, kw_only=True)
class Unread:
    """A text that could not be read, as often as it came."""

    said: str
    last: datetime
    times: int = 0
    roles: set[str] = field(default_factory=set)  # officer, member, province
    asked: set[str] = field(default_factory=set)  # the questions it did not answer


async def keep(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    role: str,
    said: str,
    asked: str | None,
    at: datetime,
    keys: Keys,
) -> None:
    """Keep what somebody wrote; `said` has placeholders already for all that is personal in it."""
    raw = await driver(db)
    await raw.execute(
        "INSERT INTO unread (koperasi_id, role, asked, said_sealed, at) VALUES ($1, $2, $3, $4, $5)",
        koperasi_id,
        role,
        asked,
        keys.seal(said[:LONGEST].encode()),
        at,
    )


async def listing(
    db: AsyncConnection, *, keys: Keys, most: int, koperasi_id: int | None = None
) -> list[Unread]:
    """List what could not be read, the most frequent first; of one cooperative, or of all."""
    wanted = select(unread.c.role, unread.c.asked, unread.c.said_sealed, unread.c.at)
    if koperasi_id is not None:
        wanted = wanted.where(unread.c.koperasi_id == koperasi_id)
    found: dict[str, Unread] = {}
    for row in await db.execute(wanted.order_by(unread.c.at.desc()).limit(_MOST)):
        said = keys.unseal(row.said_sealed).decode()
        one = found.setdefault(said, Unread(said=said, last=row.at))
        one.times += 1
        one.roles.add(row.role)
        one.asked.update({row.asked} if row.asked else ())
    return sorted(found.values(), key=lambda one: (-one.times, one.said))[:most]


async def forget(db: AsyncConnection, now: datetime, *, most: int = 5000) -> int:
    """Erase what was written 90 days ago or earlier, `most` messages at a time; return how many."""
    raw = await driver(db)
    status = await raw.execute(
        "DELETE FROM unread WHERE (koperasi_id, id) IN"
        " (SELECT koperasi_id, id FROM unread WHERE at <= $1 ORDER BY at LIMIT $2)",
        now - KEPT,
        most,
    )
    return int(status.rpartition(" ")[2])
