"""Whether a row may still be said where it is addressed; what waits there and may not be said any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import consents
from core.consents import Consent
from core.database import driver
from notifications.messages import Fact, Purpose
from notifications.outbox import Claimed

_LIVE = """
SELECT EXISTS (
  SELECT FROM outbox o JOIN addresses a ON a.koperasi_id = o.koperasi_id AND a.person_id = o.person_id
     AND a.channel = o.channel AND a.account = o.account AND a.chat = o.chat AND a.ended_at IS NULL
   WHERE o.koperasi_id = $1 AND o.id = $2)
"""


async def barred(db: AsyncConnection, row: Claimed, consent: Consent | None) -> str | None:
    """Say why a row may not be said: its chat is the person's no more, or the consent was withdrawn."""
    assert row.person_id is not None, row.id
    raw = await driver(db)
    if not await raw.fetchval(_LIVE, row.koperasi_id, row.id):
        return "address-ended"
    if consent is not None and not await consents.allows(
        db,
        koperasi_id=row.koperasi_id,
        person_id=row.person_id,
        purpose=consent,
        channel=row.channel,
    ):
        return "consent-withdrawn"
    return None


async def region_of(db: AsyncConnection, row: Claimed, official: Fact) -> str | None:
    """Return the region of who a row is for, if this is an official still and reached in the row's chat."""
    raw = await driver(db)
    region: str | None = await raw.fetchval(
        "SELECT region FROM chat.officials_reached WHERE id = $1 AND channel = $2 AND chat = $3",
        official,
        row.channel,
        row.chat,
    )
    return region


async def hush(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    person_id: int,
    channel: str,
    purposes: Sequence[Purpose],
    now: datetime,
) -> int:
    """Cancel what waits for a person on a channel for these purposes; return how many."""
    raw = await driver(db)
    status = await raw.execute(
        "UPDATE outbox SET state = 'cancelled', reason = 'consent-withdrawn', done_at = $5"
        " WHERE koperasi_id = $1 AND person_id = $2 AND channel = $3 AND purpose = ANY ($4)"
        " AND state IN ('waiting', 'held')",
        koperasi_id,
        person_id,
        channel,
        [purpose.value for purpose in purposes],
        now,
    )
    return int(status.rpartition(" ")[2])
