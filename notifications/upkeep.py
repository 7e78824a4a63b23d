"""The outbox looked after: what comes too late, what is erased after 90 days, what an operator watches."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver

_PERIOD_OF_WORDS = timedelta(days=90)
_SECONDS = 30  # after which the look at the queue is given up


async def expire(db: AsyncConnection, now: datetime) -> int:
    """Give up what came too late to be said; return how many."""
    raw = await driver(db)
    status = await raw.execute(
        "UPDATE outbox SET state = 'expired', done_at = $1"
        " WHERE state IN ('unaddressed', 'waiting', 'held') AND expires_at <= $1",
        now,
    )
    return int(status.rpartition(" ")[2])


async def erase_words(db: AsyncConnection, now: datetime, *, most: int = 5000) -> int:
    """Erase words and facts of what ended 90 days ago or earlier, `most` rows at a time; return how many."""
    raw = await driver(db)
    status = await raw.execute(
        "UPDATE outbox SET words = NULL, facts = '' WHERE (koperasi_id, id) IN"
        " (SELECT koperasi_id, id FROM outbox WHERE done_at IS NOT NULL AND facts <> ''"
        "  AND done_at <= $1 ORDER BY done_at LIMIT $2)",
        now - _PERIOD_OF_WORDS,
        most,
    )
    return int(status.rpartition(" ")[2])


async def queue(db: AsyncConnection) -> list[tuple[int, int, datetime]]:
    """Return priority, number of rows and the oldest one's due time of all that waits."""
    raw = await driver(db)
    rows = await raw.fetch(
        "SELECT priority, count(*) AS rows, min(not_before) AS oldest FROM outbox"
        " WHERE state = 'waiting' GROUP BY priority ORDER BY priority",
        timeout=_SECONDS,
    )
    return [(row["priority"], row["rows"], row["oldest"]) for row in rows]
