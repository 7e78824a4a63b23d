"""Savings that are held: a guarantor's sukarela stays while the loan it stands for is owed."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.money import Rupiah

_HELD = """
SELECT coalesce(sum(least(g.amount, l.outstanding)), 0)::bigint
  FROM loan_guarantors g
  JOIN loans l ON l.koperasi_id = g.koperasi_id AND l.id = g.loan_id
 WHERE g.koperasi_id = $1 AND g.member_id = $2 AND g.state IN ('agreed', 'on-paper')
   AND l.state = 'running' AND l.id IS DISTINCT FROM $3
"""


async def held(
    db: AsyncConnection, *, koperasi_id: int, member_id: int, besides: int | None = None
) -> Rupiah:
    """Add up what of a member's sukarela stands for running loans of others, in rupiah.

    Of each loan the amount promised, or what is still owed of its principal when that is less;
    `besides` leaves one loan out.
    """
    raw = await database.driver(db)
    return int(await raw.fetchval(_HELD, koperasi_id, member_id, besides))
