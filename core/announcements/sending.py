"""Owing an announcement to everybody it is for, and moving what waits: as the clock, in parts, again and again safely."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.announcements.announcement import Announcement, of_row
from core.announcements.estimate import step
from core.sealing import Keys

PART = 5000  # rows moved at once
PILOT = 20  # people who get it first
PRIORITY = 4  # of announcements in the outbox


async def open_ones(db: AsyncConnection) -> list[tuple[int, UUID]]:
    """List the announcements for which something is left to be done, the province's first."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT koperasi_id, id FROM announcements WHERE NOT settled"
        " ORDER BY koperasi_id, number LIMIT 1000"
    )
    return [(row["koperasi_id"], row["id"]) for row in rows]


async def lock(
    db: AsyncConnection, koperasi_id: int, announcement_id: UUID, keys: Keys
) -> Announcement | None:
    """Take one for the rest of the transaction; none when another clock has it."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT * FROM announcements WHERE koperasi_id = $1 AND id = $2 AND NOT settled"
        " FOR UPDATE SKIP LOCKED",
        koperasi_id,
        announcement_id,
    )
    return of_row(row, keys) if row else None


async def look_up(
    db: AsyncConnection, koperasi_id: int, announcement_id: UUID, keys: Keys
) -> Announcement | None:
    """Read one, as it is."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT * FROM announcements WHERE koperasi_id = $1 AND id = $2",
        koperasi_id,
        announcement_id,
    )
    return of_row(row, keys) if row else None


async def write(db: AsyncConnection, this: Announcement, **columns: Any) -> None:
    """Write what became of it."""
    raw = await database.driver(db)
    named = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 3))
    await raw.execute(
        f"UPDATE announcements SET {named} WHERE koperasi_id = $1 AND id = $2",
        this.koperasi_id,
        this.id,
        *columns.values(),
    )


Spans = Sequence[tuple[datetime, int]]  # estimate.spans


async def in_turn(db: AsyncConnection, this: Announcement, spans: Spans, now: datetime) -> Spans:
    """Let its rows be due so early that it has its fair share at once.

    Where announcements lag behind, the queue's head is older than now: whoever comes now stands beside
    that head, not behind all that lags (start-time fair queueing).
    """
    if spans[0][0] > now:
        return spans
    raw = await database.driver(db)
    head = await raw.fetchval(
        "SELECT min(not_before) FROM outbox WHERE state = 'waiting' AND channel = $1"
        " AND account = $2 AND priority = $3",
        this.chat[0],
        this.chat[1],
        PRIORITY,
    )
    return spans if head is None or head > now else ((head, 0), *spans[1:])


async def fan_out(
    db: AsyncConnection,
    this: Announcement,
    *,
    facts: bytes,
    on: date,
    spans: Spans,
    rate: float,
    expires: datetime,
    at: datetime,
    most: int | None = None,
) -> int:
    """Owe it to everybody it is for who was not owed it yet, one row a chat; return how many.

    `facts` are sealed once, `spans` and `rate` say when each is due, `most` is a pilot's size.
    """
    raw = await database.driver(db)
    owed: int = await raw.fetchval(
        "SELECT announce.fan_out($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        this.koperasi_id,
        this.id,
        facts,
        on,
        *_columns(spans),
        step(rate),
        expires,
        at,
        most,
    )
    return owed


def _columns(spans: Spans) -> tuple[list[datetime], list[int]]:
    return [start for start, _ in spans], [first for _, first in spans]


async def last_due(db: AsyncConnection, this: Announcement) -> datetime | None:
    """Return when the last of its waiting rows is due."""
    raw = await database.driver(db)
    found: datetime | None = await raw.fetchval(
        "SELECT max(not_before) FROM outbox WHERE announcement = $1 AND state = 'waiting'", this.id
    )
    return found


_STATE = (
    "CASE WHEN o.state = 'held' AND o.reason = 'window' THEN 'window' ELSE o.state END AS state"
)


async def tally(db: AsyncConnection, this: Announcement) -> dict[str, Any]:
    """Count its rows by state, and those that failed or were cancelled by reason.

    Those that wait until their person writes are counted as *window*: nothing is to be done for them.
    """
    raw = await database.driver(db)
    rows = await raw.fetch(
        f"SELECT {_STATE}, CASE WHEN state IN ('failed', 'cancelled') THEN reason END AS reason,"
        " count(*) AS rows FROM outbox AS o WHERE announcement = $1 GROUP BY 1, 2 ORDER BY 1, 2",
        this.id,
    )
    counts: dict[str, Any] = {}
    for row in rows:
        counts[row["state"]] = counts.get(row["state"], 0) + row["rows"]
        if row["reason"] is not None:
            reasons = counts.setdefault("reasons", {}).setdefault(row["state"], {})
            reasons[row["reason"]] = row["rows"]
    return counts


async def followed(db: AsyncConnection, this: Announcement) -> dict[str, int]:
    """Count what was said where the channel tells what becomes of it: all of it, delivered, read."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT count(*) AS told, count(delivered_at) AS delivered, count(read_at) AS read FROM outbox"
        " WHERE announcement = $1 AND state = 'sent' AND channel = 'whatsapp'",
        this.id,
    )
    return dict(row) if row["told"] else {}


async def by_region(db: AsyncConnection, this: Announcement) -> dict[str, dict[str, int]]:
    """Count its rows by the region of their cooperatives and by state."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        f"SELECT c.region, {_STATE}, count(*) AS rows FROM outbox o"
        " JOIN cooperatives c ON c.koperasi_id = o.koperasi_id"
        " WHERE o.announcement = $1 GROUP BY 1, 2 ORDER BY 1, 2",
        this.id,
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["region"], {})[row["state"]] = row["rows"]
    return found


async def is_settled(db: AsyncConnection, koperasi_id: int, announcement_id: UUID) -> bool:
    """Say whether nothing is left to be done for an announcement."""
    raw = await database.driver(db)
    found: bool | None = await raw.fetchval(
        "SELECT settled FROM announcements WHERE koperasi_id = $1 AND id = $2",
        koperasi_id,
        announcement_id,
    )
    return found is not False


async def hold(db: AsyncConnection, this: Announcement) -> int:
    """Hold a part of what waits; return how many rows."""
    return await _change(
        db,
        "UPDATE outbox AS o SET state = 'held' FROM (SELECT koperasi_id, id FROM outbox"
        " WHERE announcement = $1 AND state = 'waiting' LIMIT $2 FOR UPDATE SKIP LOCKED) AS part"
        " WHERE o.koperasi_id = part.koperasi_id AND o.id = part.id AND o.state = 'waiting'",
        this.id,
        PART,
    )


async def drop(db: AsyncConnection, this: Announcement, now: datetime) -> int:
    """Cancel a part of what was not said yet; return how many rows."""
    return await _change(
        db,
        "UPDATE outbox AS o SET state = 'cancelled', reason = 'withdrawn', done_at = $3"
        " FROM (SELECT koperasi_id, id FROM outbox WHERE announcement = $1"
        " AND state IN ('waiting', 'held', 'unaddressed') LIMIT $2 FOR UPDATE SKIP LOCKED) AS part"
        " WHERE o.koperasi_id = part.koperasi_id AND o.id = part.id"
        " AND o.state IN ('waiting', 'held', 'unaddressed')",
        this.id,
        PART,
        now,
    )


_DUE = "($2::timestamptz[])[width_bucket(part.k, $3::bigint[])] + (part.k - ($3::bigint[])[width_bucket(part.k, $3::bigint[])]) * $4::interval"
_LATER = "expires_at = greatest(o.expires_at, ($2::timestamptz[])[1] + interval '7 days')"


async def release(db: AsyncConnection, this: Announcement, spans: Spans, rate: float) -> int:
    """Let a part of what was held wait again, at the pace; return how many rows."""
    return await _change(
        db,
        f"UPDATE outbox AS o SET state = 'waiting', reason = NULL, not_before = {_DUE}, {_LATER}"
        " FROM (SELECT koperasi_id, id, row_number() OVER (ORDER BY not_before, seq) - 1 AS k"
        "   FROM (SELECT koperasi_id, id, not_before, seq FROM outbox WHERE announcement = $1"
        "     AND state = 'held' AND (reason IS NULL OR NOT (reason LIKE 'restored%' OR reason IN ('window', 'template')))"  # others' to let go
        "   ORDER BY not_before, seq LIMIT $5 FOR UPDATE) AS held) AS part"
        " WHERE o.koperasi_id = part.koperasi_id AND o.id = part.id AND o.state = 'held'",
        this.id,
        *_columns(spans),
        step(rate),
        PART,
    )


async def again(db: AsyncConnection, this: Announcement, spans: Spans, rate: float) -> int:
    """Let those that failed wait once more, where their people are reached now; return how many rows.

    A chat that got it, or may have got it, by another row is left alone.
    """
    return await _change(
        db,
        "UPDATE outbox AS o SET state = 'waiting', channel = part.channel, account = part.account,"
        f" chat = part.chat, not_before = {_DUE}, {_LATER}, attempts = 0, resent = false,"
        " done_at = NULL, reason = NULL"
        " FROM (SELECT f.*, row_number() OVER (ORDER BY f.koperasi_id, f.seq) - 1 AS k FROM ("
        "   SELECT DISTINCT ON (a.channel, a.account, a.chat) w.koperasi_id, w.id, w.seq,"
        "          a.channel, a.account, a.chat FROM outbox AS w"
        "     JOIN LATERAL (SELECT n.channel, n.account, n.chat FROM addresses AS n"
        "       WHERE n.koperasi_id = w.koperasi_id AND n.person_id = w.person_id"
        "         AND n.ended_at IS NULL ORDER BY n.linked_at DESC LIMIT 1) AS a ON true"
        "    WHERE w.announcement = $1 AND w.state = 'failed'"
        "      AND NOT EXISTS (SELECT FROM outbox AS g WHERE g.announcement = $1"
        "        AND g.channel = a.channel AND g.account = a.account AND g.chat = a.chat"
        "        AND g.state NOT IN ('failed', 'cancelled', 'expired'))"
        "    ORDER BY a.channel, a.account, a.chat, w.seq) AS f) AS part"
        " WHERE o.koperasi_id = part.koperasi_id AND o.id = part.id AND o.state = 'failed'",
        this.id,
        *_columns(spans),
        step(rate),
    )


async def _change(db: AsyncConnection, statement: str, *values: Any) -> int:
    raw = await database.driver(db)
    return int((await raw.execute(statement, *values)).rpartition(" ")[2])


async def is_still_for(
    db: AsyncConnection,
    this: Announcement,
    *,
    row: tuple[int, UUID],
    person_id: int | None,
    on: date,
) -> str | None:
    """Say why it need not be said any more, none when it is: another chat by now, STOP was said, or who left is not meant.

    A correction is for who got what it corrects, whoever has left since.
    """
    raw = await database.driver(db)
    found = await raw.fetchrow(
        "SELECT EXISTS (SELECT FROM addresses a WHERE a.koperasi_id = $1 AND a.person_id = $3"
        "   AND (a.channel, a.account, a.chat) = (o.channel, o.account, o.chat)"
        "   AND a.ended_at IS NULL) AS here,"
        " (SELECT c.withdrawn_at IS NULL FROM consents c WHERE c.koperasi_id = $1"
        "   AND c.person_id = $3 AND c.channel = o.channel AND c.purpose = 'announcement'"
        "   ORDER BY c.given_at DESC LIMIT 1) AS willing,"
        " EXISTS (SELECT FROM members m WHERE m.koperasi_id = $1 AND m.id = $3"
        "   AND (m.left_on IS NULL OR m.left_on > $4)) AS member,"
        " EXISTS (SELECT FROM officers f WHERE f.koperasi_id = $1 AND f.person_id = $3"
        "   AND f.role = ANY ($5) AND (f.until IS NULL OR f.until > $4)) AS officer"
        " FROM outbox o WHERE o.koperasi_id = $1 AND o.id = $2",
        *row,
        person_id,
        on,
        [role.value for role in this.audience.roles],
    )
    if not found["here"]:
        return "address"
    if not found["willing"]:
        return "stop"
    belongs = (this.audience.members and found["member"]) or found["officer"]
    return None if belongs or this.corrects else "left"
