"""What law and a cooperative's rules say of grants, assets and loans from banks (domain 1.1)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.assets import AssetKind
from core.errors import Refusal
from core.money import Rupiah
from core.rules import Rules
from core.treasury.events import LENDERS, Event, Plan, Terms


class NotBorrower(Refusal):
    """Where Agrinas borrows and owns (rule borrower), neither 221000 nor 122000 is booked without a deed.

    The rule loan_deed says on-file once a loan or grant deed in the cooperative's name exists (Inpres 17/2025).
    """

    text = "refusal-not-borrower"


class NeedsMeeting(Refusal):
    """A grant above the rule grant_percent of the assets needs a RALB, borrowing the consent of the RA.

    Juklak Menkop 1/2025. Facts: percent.
    """

    text = "refusal-needs-meeting"


async def total_assets(db: AsyncConnection, koperasi_id: int) -> Rupiah:
    """Add up everything owned, contra accounts taken off, in rupiah."""
    raw = await database.driver(db)
    return int(await raw.fetchval(_ASSETS, koperasi_id))


_ASSETS = """
SELECT coalesce(sum(CASE WHEN normal = 'D' THEN balance ELSE -balance END), 0)::bigint
  FROM ledger.accounts WHERE koperasi_id = $1 AND code LIKE '1%'
"""


async def bank_debt(db: AsyncConnection, koperasi_id: int) -> Rupiah:
    """Add up what is owed to banks and LPDB, in rupiah."""
    raw = await database.driver(db)
    return int(
        await raw.fetchval(
            "SELECT coalesce(sum(balance), 0)::bigint FROM ledger.accounts"
            " WHERE koperasi_id = $1 AND code = ANY ($2)",
            koperasi_id,
            list(LENDERS.values()),
        )
    )


async def is_great_gift(db: AsyncConnection, *, koperasi_id: int, plan: Plan, rules: Rules) -> bool:
    """Say whether a grant is above the rule grant_percent of what is owned before it; of nothing it is not."""
    if plan.event not in (Event.GRANT, Event.CONDITIONAL_GRANT):
        return False
    owned = await total_assets(db, koperasi_id)
    return 0 < owned * rules.grant_percent < plan.amount * 100


async def is_much_debt(db: AsyncConnection, *, koperasi_id: int, plan: Plan, rules: Rules) -> bool:
    """Say whether with this loan the debt to banks is above the rule bank_debt_percent of the assets."""
    if plan.event is not Event.BANK_LOAN:
        return False
    owned = await total_assets(db, koperasi_id) + plan.amount
    owed = await bank_debt(db, koperasi_id) + plan.amount
    return owed * 100 > owned * rules.bank_debt_percent


def outside(terms: Terms, amount: Rupiah, rules: Rules) -> list[str]:
    """Name what of a Himbara loan is not as the programme has it: amount, rate, months, grace (PMK 49/2025)."""
    if terms.lender != "himbara":
        return []
    found = {
        "amount": amount > rules.bank_loan_most,
        "rate": terms.rate > rules.bank_loan_rate,
        "months": terms.months > rules.bank_loan_months,
        "grace": terms.grace > rules.bank_loan_grace,
    }
    return [name for name, wrong in found.items() if wrong]


async def require_allowed(
    db: AsyncConnection, *, koperasi_id: int, plan: Plan, rules: Rules, on: date
) -> None:
    """Refuse what the rules in force on a day do not allow: NotBorrower, NeedsMeeting."""
    owns = plan.asset is AssetKind.BUILDING
    borrows = plan.event is Event.BANK_LOAN and plan.credit == LENDERS["himbara"]
    if (owns or borrows) and rules.borrower == "agrinas" and rules.loan_deed == "none":
        raise NotBorrower(on=on)
    great = await is_great_gift(db, koperasi_id=koperasi_id, plan=plan, rules=rules)
    if (great or plan.event is Event.BANK_LOAN) and not plan.consent:
        raise NeedsMeeting(percent=rules.grant_percent)
