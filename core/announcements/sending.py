"""Owing an announcement to everybody it is for, and moving what waits: as the clock, in parts, again and again safely."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.announcements.announcement import Announcement, of_row
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


async def in_turn(
    db: AsyncConnection, this: Announcement, start: datetime, now: datetime
) -> datetime:
    """Return from when on its rows are due, so that it has its fair share at once.

    Where announcements lag behind, the queue's head is older than now: whoever comes now stands beside
    that head, not behind all that lags (start-time fair queueing).
    """
    if start > now:
        return start
    raw = await database.driver(db)
    head = await raw.fetchval(
        "SELECT min(not_before) FROM outbox WHERE state = 'waiting' AND channel = $1"
        " AND account = $2 AND priority = $3",
        this.chat[0],
        this.chat[1],
        PRIORITY,
    )
    return start if head is None else min(start, head)


async def fan_out(
    db: AsyncConnection,
    this: Announcement,
    *,
    facts: bytes,
    on: date,
    start: datetime,
    rate: float,
    expires: datetime,
    at: datetime,
    most: int | None = None,
) -> int:
    """Owe it to everybody it is for who was not owed it yet, one row a chat; return how many.

    `facts` are sealed once, `rate` is messages a second (0: no spacing), `most` is a pilot's size.
    """
    raw = await database.driver(db)
    owed: int = await raw.fetchval(
        "SELECT announce.fan_out($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        this.koperasi_id,
        this.id,
        facts,
        on,
        start,
        _step(rate),
        expires,
        at,
        most,
    )
    return owed


def _step(rate: float) -> timedelta:
    return timedelta(seconds=1 / rate) if rate else timedelta()


async def tally(db: AsyncConnection, this: Announcement) -> dict[str, Any]:
    """Count its rows by state, and those that failed or were cancelled by reason."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT state, CASE WHEN state IN ('failed', 'cancelled') THEN reason END AS reason,"
        " count(*) AS rows FROM outbox WHERE announcement = $1 GROUP BY 1, 2 ORDER BY 1, 2",
        this.id,
    )
    counts: dict[str, Any] = {}
    for row in rows:
        counts[row["state"]] = counts.get(row["state"], 0) + row["rows"]
        if row["reason"] is not None:
            counts.setdefault("reasons", {})[row["reason"]] = row["rows"]
    return counts


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


async def release(db: AsyncConnection, this: Announcement, start: datetime, rate: float) -> int:
    """Let a part of what was held wait again, at the pace, behind what waits already; return how many rows."""
    return await _change(
        db,
        "UPDATE outbox AS o SET state = 'waiting', reason = NULL,"
        " not_before = greatest($3, (SELECT max(not_before) + $4 FROM outbox"
        "   WHERE announcement = $1 AND state = 'waiting')) + part.k * $4,"
        " expires_at = greatest(o.expires_at, $3 + interval '7 days')"
        " FROM (SELECT koperasi_id, id, row_number() OVER (ORDER BY not_before, seq) - 1 AS k"
        "   FROM (SELECT koperasi_id, id, not_before, seq FROM outbox WHERE announcement = $1"
        "     AND state = 'held' ORDER BY not_before, seq LIMIT $2 FOR UPDATE) AS held) AS part"
        " WHERE o.koperasi_id = part.koperasi_id AND o.id = part.id AND o.state = 'held'",
        this.id,
        PART,
        start,
        _step(rate),
    )


async def again(db: AsyncConnection, this: Announcement, start: datetime, rate: float) -> int:
    """Let those that failed wait once more, where their people are reached now; return how many rows.

    A chat that got it, or may have got it, by another row is left alone.
    """
    return await _change(
        db,
        "UPDATE outbox AS o SET state = 'waiting', channel = part.channel, account = part.account,"
        " chat = part.chat, not_before = $2 + part.k * $3, attempts = 0, resent = false,"
        " done_at = NULL, reason = NULL, expires_at = greatest(o.expires_at, $2 + interval '7 days')"
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
        start,
        _step(rate),
    )


async def _change(db: AsyncConnection, statement: str, *values: Any) -> int:
    raw = await database.driver(db)
    return int((await raw.execute(statement, *values)).rpartition(" ")[2])


async def is_still_for(
    db: AsyncConnection, row: tuple[int, UUID], person_id: int | None, this: Announcement, on: date
) -> str | None:
    """Say why a row need not be said any more, none when it is: the person said STOP, or belongs there no more.

    A correction is for who got what it corrects, whoever has left since.
    """
    raw = await database.driver(db)
    found = await raw.fetchrow(
        "SELECT (SELECT c.withdrawn_at IS NULL FROM consents c JOIN outbox o"
        "          ON o.koperasi_id = $1 AND o.id = $2 AND c.channel = o.channel"
        "         WHERE c.koperasi_id = $1 AND c.person_id = $3 AND c.purpose = 'announcement'"
        "         ORDER BY c.given_at DESC LIMIT 1) AS willing,"
        " EXISTS (SELECT FROM members m WHERE m.koperasi_id = $1 AND m.id = $3"
        "          AND (m.left_on IS NULL OR m.left_on > $4)) AS member,"
        " EXISTS (SELECT FROM officers f WHERE f.koperasi_id = $1 AND f.person_id = $3"
        "          AND f.role = ANY ($5) AND (f.until IS NULL OR f.until > $4)) AS officer",
        *row,
        person_id,
        on,
        [role.value for role in this.audience.roles],
    )
    if not found["willing"]:
        return "stop"
    belongs = (this.audience.members and found["member"]) or found["officer"]
    return None if belongs or this.corrects else "left"
