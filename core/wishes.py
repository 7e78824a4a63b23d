"""Wishes of members: passed on to the officers, open until one of them looked after it; nothing is booked by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from core.sealing import Keys

KEPT = timedelta(days=90)  # whatever became of it

_OPEN = """
SELECT w.id, w.member_id, p.name, m.number, w.said_sealed, w.at
  FROM wishes w
  JOIN members m ON m.koperasi_id = w.koperasi_id AND m.id = w.member_id
  JOIN people p ON p.koperasi_id = w.koperasi_id AND p.id = w.member_id
 WHERE w.koperasi_id = $1 AND w.done_at IS NULL AND ($2::bigint IS NULL OR w.id = $2)
 ORDER BY w.at, w.id LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An open wish in the member's own words."""

    id: int
    member_id: int
    name: str
    number: str
    said: str
    at: datetime


async def keep(
    db: AsyncConnection, *, koperasi_id: int, member_id: int, said: str, at: datetime, keys: Keys
) -> int:
    """Put a wish into the officers' queue; return its number there."""
    raw = await driver(db)
    made: int = await raw.fetchval(
        "INSERT INTO wishes (koperasi_id, member_id, said_sealed, at) VALUES ($1, $2, $3, $4)"
        " RETURNING id",
        koperasi_id,
        member_id,
        keys.seal(said.encode()),
        at,
    )
    return made


async def waiting(
    db: AsyncConnection, *, koperasi_id: int, most: int, keys: Keys, wish_id: int | None = None
) -> list[Wish]:
    """List open wishes, the oldest first; or only this one, if it is still open."""
    raw = await driver(db)
    return [
        Wish(
            id=row["id"],
            member_id=row["member_id"],
            name=row["name"],
            number=row["number"],
            said=keys.unseal(row["said_sealed"]).decode(),
            at=row["at"],
        )
        for row in await raw.fetch(_OPEN, koperasi_id, wish_id, most)
    ]


async def done(
    db: AsyncConnection, *, koperasi_id: int, wish_id: int, by: str, at: datetime
) -> bool:
    """Take a wish out of the queue; False when somebody did before."""
    raw = await driver(db)
    status = await raw.execute(
        "UPDATE wishes SET done_at = $3, done_by = $4"
        " WHERE koperasi_id = $1 AND id = $2 AND done_at IS NULL",
        koperasi_id,
        wish_id,
        at,
        by,
    )
    return int(status.rpartition(" ")[2]) == 1


async def forget(db: AsyncConnection, now: datetime, *, most: int = 5000) -> int:
    """Erase wishes of 90 days ago or earlier, `most` at a time; return how many."""
    raw = await driver(db)
    status = await raw.execute(
        "DELETE FROM wishes WHERE (koperasi_id, id) IN"
        " (SELECT koperasi_id, id FROM wishes WHERE at <= $1 ORDER BY at LIMIT $2)",
        now - KEPT,
        most,
    )
    return int(status.rpartition(" ")[2])
