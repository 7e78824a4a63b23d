"""The mouth's lease: one process speaks for a channel account; when it dies another takes over.

The database's own clock decides, so machines need not agree on the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver

SECONDS = 3.0  # how long a lease holds
RENEWED_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to speak for one channel account. The fence grows with every taker."""

    channel: str
    account: str
    holder: str
    fence: int
    silent_until: datetime | None


async def take(
    db: AsyncConnection, *, channel: str, account: str, holder: str, seconds: float = SECONDS
) -> Lease | None:
    """Take the lease when it is free or has lapsed; none while another holds it."""
    raw = await driver(db)
    row = await raw.fetchrow(
        "INSERT INTO mouths AS m (channel, account, holder, fence, until)"
        " VALUES ($1, $2, $3, 1, clock_timestamp() + make_interval(secs => $4))"
        " ON CONFLICT (channel, account) DO UPDATE"
        " SET holder = excluded.holder, fence = m.fence + 1, until = excluded.until"
        " WHERE m.until < clock_timestamp()"
        " RETURNING fence, silent_until",
        channel,
        account,
        holder,
        seconds,
        timeout=10,
    )
    if row is None:
        return None
    return Lease(
        channel=channel,
        account=account,
        holder=holder,
        fence=row["fence"],
        silent_until=row["silent_until"],
    )


async def renew(db: AsyncConnection, lease: Lease, seconds: float = SECONDS) -> bool:
    """Hold on for `seconds` more; false when another has taken over.

    A lease that lapsed is renewed as long as nobody took it: nothing was claimed in between.
    """
    return await _update(
        db, lease, "until = clock_timestamp() + make_interval(secs => $5)", seconds
    )


async def release(db: AsyncConnection, lease: Lease) -> bool:
    """Let go, so that another may take over at once."""
    return await _update(db, lease, "until = clock_timestamp() - make_interval(secs => $5)", 0.001)


async def be_silent(db: AsyncConnection, lease: Lease, until: datetime) -> bool:
    """Keep the channel's retry_after, for whoever speaks next too."""
    return await _update(db, lease, "silent_until = greatest(silent_until, $5)", until)


async def remember_username(
    db: AsyncConnection, *, channel: str, account: str, username: str
) -> None:
    """Keep the name an account is known by: links are made of it."""
    raw = await driver(db)
    await raw.execute(
        "INSERT INTO mouths (channel, account, holder, fence, until, username)"
        " VALUES ($1, $2, '', 0, '-infinity', $3)"
        " ON CONFLICT (channel, account) DO UPDATE SET username = excluded.username",
        channel,
        account,
        username,
    )


async def _update(db: AsyncConnection, lease: Lease, change: str, value: object) -> bool:
    raw = await driver(db)
    found = await raw.fetchval(
        f"UPDATE mouths SET {change}"
        " WHERE channel = $1 AND account = $2 AND holder = $3 AND fence = $4 RETURNING true",
        lease.channel,
        lease.account,
        lease.holder,
        lease.fence,
        value,
        timeout=10,
    )
    return bool(found)
