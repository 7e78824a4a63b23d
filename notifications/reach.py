"""Whether a row may still be said where it is addressed: asked by makers at the second it is said."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from core import consents
from core.consents import Consent
from core.database import driver
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
