"""Loans the cooperative took from banks and LPDB: what is left, what falls due next, what the village paid (domain 1.1).

Each bank writes a schedule of its own, so what is said here is the terms', not the bank's. Who borrows and owns is the rule `borrower`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.accounts import chart
from core.money import Rupiah
from core.rules import Rules
from core.treasury import instalments
from core.treasury.events import LENDERS, OTHERS

_MOST = 50  # loans


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """What a bank is due on a day, in rupiah."""

    n: int
    due: date
    principal: Rupiah
    interest: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLoan:
    """A loan as it was received, and what is left of it in the book; money in rupiah, rate in per cent a year."""

    entry: int
    lender: str  # a key of LENDERS
    amount: Rupiah
    rate: Decimal
    months: int
    grace: int
    received_on: date
    consent: str
    left: Rupiah

    @property
    def called(self) -> str:
        """Its account's name."""
        return chart()[LENDERS[self.lender]].name

    def schedule(self, rules: Rules) -> list[Instalment]:
        """List its instalments as core.treasury.instalments has them: interest only in the grace, then equal payments."""
        left, found = self.amount, []
        for n in range(1, self.months + 1):
            payment = instalments.instalment(
                self.amount, rate=self.rate, months=self.months, grace=self.grace, number=n
            )
            interest = _interest(left, self.rate)
            principal = max(min(payment - interest, left), 0) if n > self.grace else 0
            if n == self.months:
                principal = left
            due = instalments.due_on(self.received_on, n, rules)
            found.append(Instalment(n=n, due=due, principal=principal, interest=interest))
            left -= principal
        return found

    def late(self, rules: Rules, today: date) -> Rupiah:
        """Return the principal that fell due before today and is still left in the book."""
        if self.left == 0:
            return 0
        asked = sum(one.principal for one in self.schedule(rules) if one.due < today)
        return max(asked - (self.amount - self.left), 0)

    def next(self, rules: Rules, today: date) -> Instalment | None:
        """Return what is asked for next, today's included: its interest is of what is left; none once all is paid.

        Principal that was paid ahead is taken off; what is late is not in it.
        """
        if self.left == 0:
            return None
        asked = 0
        for one in self.schedule(rules):
            asked += one.principal
            if one.due >= today:
                ahead = max(self.amount - self.left - (asked - one.principal), 0)
                return Instalment(
                    n=one.n, due=one.due, principal=max(one.principal - ahead, 0),
                    interest=_interest(self.left, self.rate),
                )  # fmt: skip
        return None


def _interest(left: Rupiah, rate: Decimal) -> Rupiah:
    return int((left * rate / 1200).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, kw_only=True)
class Debts:
    """What is owed to banks now, in rupiah."""

    loans: tuple[BankLoan, ...]  # oldest first
    other: dict[
        str, Rupiah
    ]  # by account: owed on no loan whose terms are known, as of opening balances
    village: Rupiah  # owed to the village for what it paid (221900)

    @property
    def total(self) -> Rupiah:
        """Return what is owed to banks and LPDB."""
        return sum(one.left for one in self.loans) + sum(self.other.values())

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was ever borrowed nor is owed."""
        return not self.loans and not self.other and not self.village


async def debts(db: AsyncConnection, koperasi_id: int) -> Debts:
    """Read what is owed to banks: of several loans of one lender the oldest is paid first."""
    raw = await database.driver(db)
    rows = await raw.fetch(_LOANS, koperasi_id, _MOST)
    held = dict(await raw.fetch(_HELD, koperasi_id, [*LENDERS.values(), OTHERS]))
    village = held.pop(OTHERS, 0)
    loans: list[BankLoan] = []
    for row in rows:  # newest first
        account = LENDERS[row["lender"]]
        left = max(min(row["amount"], held.get(account, 0)), 0)
        held[account] = held.get(account, 0) - left
        loans.append(BankLoan(**row, left=left))
    other = {account: amount for account, amount in held.items() if amount > 0}
    return Debts(loans=tuple(reversed(loans)), other=other, village=village)


_LOANS = """
SELECT b.entry, b.lender, b.amount, b.rate, b.months, b.grace, b.received_on, b.consent FROM bank_loans b
 WHERE b.koperasi_id = $1
   AND NOT EXISTS (SELECT FROM ledger.entries r WHERE r.koperasi_id = $1 AND r.reverses = b.entry)
 ORDER BY b.received_on DESC, b.entry DESC LIMIT $2
"""
_HELD = """
SELECT code, sum(balance)::bigint FROM ledger.accounts
 WHERE koperasi_id = $1 AND code = ANY ($2) AND member_id IS NULL GROUP BY code ORDER BY code
"""
