"""A cooperative's month as its officers read it: savings, loans, cash, members, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances, database, rules
from core.accounts import SavingsKind
from core.calendar import last_day, month_of
from core.cooperatives import Cooperative
from core.loans import book
from core.money import Rupiah
from core.reports import lent
from core.reports.flow import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Rupiah at the beginning and at the end of the month."""

    opening: Rupiah
    closing: Rupiah

    @property
    def change(self) -> Rupiah:
        """Return how much more there is."""
        return self.closing - self.opening


@dataclass(frozen=True, slots=True, kw_only=True)
class CooperativeMonth:
    """The month of a cooperative, money in rupiah. Entries count by their date."""

    cooperative: Cooperative
    month: date
    savings: dict[SavingsKind, Held]
    lent: Held  # principal of members' loans
    running: int  # loans that something is owed of
    cash: Flow  # cash boxes and banks; what moves between them is neither in nor out
    members: int  # on the last day
    wajib_due: Rupiah  # of this month, by everybody who owes it
    wajib_paid: Rupiah  # of that, until the last day
    late_loans: int
    late: Rupiah  # principal and interest due and unpaid
    disputed: int  # receipts of the month that their members said are wrong, not taken back
    disputed_amount: Rupiah

    @property
    def saved(self) -> Held:
        """Return the savings of all kinds."""
        return Held(
            opening=sum(one.opening for one in self.savings.values()),
            closing=sum(one.closing for one in self.savings.values()),
        )


async def month_of_cooperative(
    db: AsyncConnection, *, cooperative: Cooperative, month: date
) -> CooperativeMonth:
    """Work out a cooperative's month, which is over in its zone."""
    assert month == month_of(month), month
    here, until = cooperative.id, last_day(month)
    chart = await balances.trial_balance(db, koperasi_id=here, first=month, last=until)
    held = {line.code: Held(opening=line.opening, closing=line.closing) for line in chart}
    none = Held(opening=0, closing=0)
    raw = await database.driver(db)
    cash = await raw.fetchrow(_CASH, here, month, until)
    owed, paid, members = await _wajib(db, here, month)
    loans = await lent.of_cooperative(db, koperasi_id=here, first=month, through=until)
    late = [one.position.overdue for one in loans if one.position and one.position.overdue]
    disputed = await raw.fetchrow(_DISPUTED, here, month, until)
    assert cash is not None
    assert disputed is not None
    return CooperativeMonth(
        cooperative=cooperative,
        month=month,
        savings={kind: held.get(kind.code, none) for kind in SavingsKind},
        lent=held.get(book.PRINCIPAL, none),
        running=sum(one.runs for one in loans),
        cash=Flow(
            opening=sum(
                one.opening for code, one in held.items() if code.startswith(("111", "112"))
            ),
            came_in=cash["came_in"],
            went_out=cash["went_out"],
            corrected=cash["corrected"],
        ),
        members=members,
        wajib_due=owed,
        wajib_paid=paid,
        late_loans=len(late),
        late=sum(late),
        disputed=disputed["receipts"],
        disputed_amount=disputed["amount"],
    )


# As core.reports.flow says: the reversal of an entry of this month is its undoing, another's a correction.
_CASH = """
WITH boxes AS (
  SELECT id FROM ledger.accounts
   WHERE koperasi_id = $1 AND (code LIKE '111%' OR code LIKE '112%')
), moved AS (
  SELECT e.reverses, r."on" BETWEEN $2 AND $3 AS own,
         CASE WHEN p.debit IN (SELECT id FROM boxes) THEN p.amount ELSE -p.amount END AS amount
    FROM ledger.entries e
    JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
    LEFT JOIN ledger.entries r ON r.koperasi_id = $1 AND r.number = e.reverses
   WHERE e.koperasi_id = $1 AND e."on" BETWEEN $2 AND $3
     AND (p.debit IN (SELECT id FROM boxes)) <> (p.credit IN (SELECT id FROM boxes))
)
SELECT coalesce(sum(amount) FILTER (WHERE reverses IS NULL AND amount > 0 OR own AND amount < 0), 0)::bigint AS came_in,
       -coalesce(sum(amount) FILTER (WHERE reverses IS NULL AND amount < 0 OR own AND amount > 0), 0)::bigint AS went_out,
       coalesce(sum(amount) FILTER (WHERE reverses IS NOT NULL AND own IS NOT TRUE), 0)::bigint AS corrected
  FROM moved
"""
_DISPUTED = """
SELECT count(*)::integer AS receipts, coalesce(sum(r.amount), 0)::bigint AS amount
  FROM receipts r
  JOIN ledger.entries e ON e.koperasi_id = r.koperasi_id AND e.number = r.entry
 WHERE r.koperasi_id = $1 AND r.answer = 'disputed' AND e."on" BETWEEN $2 AND $3
   AND NOT EXISTS (SELECT FROM ledger.entries b WHERE b.koperasi_id = $1 AND b.reverses = r.entry)
"""


async def _wajib(db: AsyncConnection, koperasi_id: int, month: date) -> tuple[Rupiah, Rupiah, int]:
    """Return the dues of a month, what was paid of them by those who owe them, and how many members there are."""
    raw = await database.driver(db)
    row = await raw.fetchrow(_WAJIB, koperasi_id, month, last_day(month))
    assert row is not None
    rate = rules.rates_of(row["rates"]).of(month)
    return rate * row["owing"], min(rate * row["owing"], row["paid"]), row["members"]


_WAJIB = f"""
WITH active AS (
  SELECT id, dues_from <= $3 AS owes FROM members
   WHERE koperasi_id = $1 AND joined_on <= $3 AND (left_on IS NULL OR left_on > $3)
)
SELECT count(*)::integer AS members, count(*) FILTER (WHERE owes)::integer AS owing,
       (SELECT coalesce(sum(d.amount), 0)::bigint FROM dues d
          JOIN active a ON a.id = d.member_id AND a.owes
          JOIN ledger.entries e ON e.koperasi_id = d.koperasi_id AND e.number = d.entry
         WHERE d.koperasi_id = $1 AND d.month = $2 AND e."on" <= $3) AS paid,
       {rules.WAJIB_STEPS} AS rates
  FROM active
"""
