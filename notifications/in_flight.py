"""Claims that did not end as they should: those of dead mouths, those that never reached us, those that failed later."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from notifications.lease import Lease
from notifications.outbox import CLAIMED, SECONDS, Claimed, count, read_claimed

MOST_FAILED = 8  # at once: while they are looked at, answers keep their places in flight


async def adopt(db: AsyncConnection, lease: Lease) -> list[Claimed]:
    """Take over what earlier holders had in flight: nobody knows whether it was said."""
    raw = await driver(db)
    rows = await raw.fetch(
        "UPDATE outbox AS o SET fence = $3"
        " WHERE o.state = 'claimed' AND o.channel = $1 AND o.account = $2 AND o.fence < $3"
        " AND EXISTS (SELECT FROM mouths m WHERE m.channel = $1 AND m.account = $2"
        "             AND m.holder = $4 AND m.fence = $3)"
        f" RETURNING {CLAIMED}",
        lease.channel,
        lease.account,
        lease.fence,
        lease.holder,
        timeout=SECONDS,
    )
    return [read_claimed(row) for row in rows]


async def claim_failed(db: AsyncConnection, lease: Lease) -> list[tuple[Claimed, str]]:
    """Claim rows of which the channel told later that they failed, each with the code it named."""
    raw = await driver(db)
    rows = await raw.fetch(
        "UPDATE outbox AS o SET state = 'claimed', fence = $3, claimed_at = clock_timestamp(),"
        "       failed_code = NULL, message_id = NULL"
        "  FROM (SELECT koperasi_id, id, failed_code FROM outbox WHERE channel = $1 AND account = $2"
        "           AND failed_code IS NOT NULL AND state IN ('sent', 'waiting', 'unknown')"
        "         LIMIT $5 FOR UPDATE SKIP LOCKED) AS told"
        " WHERE o.koperasi_id = told.koperasi_id AND o.id = told.id"
        "   AND EXISTS (SELECT FROM mouths m WHERE m.channel = $1 AND m.account = $2"
        "               AND m.holder = $4 AND m.fence = $3)"
        f" RETURNING {CLAIMED}, told.failed_code",
        lease.channel,
        lease.account,
        lease.fence,
        lease.holder,
        MOST_FAILED,
        timeout=SECONDS,
    )
    return [(read_claimed(row), row["failed_code"]) for row in rows]


async def give_back(db: AsyncConnection, lease: Lease, in_flight: Sequence[UUID]) -> int:
    """Let wait again what was claimed under this lease but never reached us: a claim whose answer was lost."""
    raw = await driver(db)
    status = await raw.execute(
        "UPDATE outbox SET state = 'waiting', fence = NULL, attempts = attempts - 1"
        " WHERE state = 'claimed' AND channel = $1 AND account = $2 AND fence = $3 AND id <> ALL ($4)",
        lease.channel,
        lease.account,
        lease.fence,
        list(in_flight),
        timeout=SECONDS,
    )
    return count(status)
