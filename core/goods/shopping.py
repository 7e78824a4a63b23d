"""What members bought at the gerai and paid for its services, by the ledger's own accounts (for jasa usaha).

That is 412000 less 412900 of each, and 413000: the fees of the agency where the member who was served is named.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.money import Rupiah

SALES_TO_MEMBERS, RETURNS, SERVICES = "412000", "412900", "413000"
TURNOVER = (SALES_TO_MEMBERS, RETURNS, SERVICES)
YEAR_CLOSE = "year_close"  # empties these accounts, as it does all of income and costs

_BOUGHT = text(
    "SELECT a.member_id, sum(s.amount)::bigint"
    " FROM ledger.entries e JOIN ledger.postings p ON p.koperasi_id = :here AND p.entry = e.number"
    " CROSS JOIN LATERAL (VALUES (p.debit, -p.amount), (p.credit, p.amount)) s(account, amount)"
    " JOIN ledger.accounts a ON a.koperasi_id = :here AND a.id = s.account"
    "  AND a.code = ANY (:turnover) AND a.member_id IS NOT NULL"
    ' WHERE e.koperasi_id = :here AND e."on" BETWEEN :first AND :through AND e.kind <> :closing'
    "  AND NOT EXISTS (SELECT FROM ledger.entries o WHERE o.koperasi_id = :here"
    "   AND o.number = e.reverses AND o.kind = :closing)"
    " GROUP BY a.member_id ORDER BY a.member_id LIMIT 100000"
)


async def by_member(
    db: AsyncConnection, *, koperasi_id: int, first: date, through: date
) -> dict[int, Rupiah]:
    """Read what each member bought and paid for services from `first` to `through`, returns and reversals taken off, in rupiah."""
    rows = await db.execute(
        _BOUGHT,
        {
            "here": koperasi_id, "first": first, "through": through, "turnover": list(TURNOVER),
            "closing": YEAR_CLOSE,
        },
    )  # fmt: skip
    return {int(member): int(amount) for member, amount in rows}
