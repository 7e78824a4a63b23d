"""The allowance for loan losses (penyisihan): per cent of what each class owes (POJK 33/2018 by default)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances, database, ledger
from core.cooperatives import Cooperative
from core.ledger import Posting
from core.loans.book import ALLOWANCE, ALLOWANCE_EXPENSE, PRINCIPAL
from core.money import Rupiah
from core.rules import CLASSES, Rules

KIND = "loan-allowance"
CLOCK = "clock"  # who records and proposes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A class at the end of a day: rupiah outstanding, per cent of it, rupiah to be set aside."""

    klass: str
    outstanding: Rupiah
    percent: Decimal
    amount: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What should be set aside at the end of a day, and what is, in rupiah."""

    on: date
    parts: tuple[Part, ...]
    booked: Rupiah  # 113110 at the end of that day

    @property
    def target(self) -> Rupiah:
        """Return what should be set aside."""
        return sum(part.amount for part in self.parts)

    @property
    def difference(self) -> Rupiah:
        """Return what is missing; negative when too much is set aside."""
        return self.target - self.booked


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedAllowance:
    """An allowance as it was brought to its target; `entry` is none when nothing was missing."""

    allowance: Allowance
    entry: int | None
    hash: bytes | None
    repeated: bool


def operation_of(month: date) -> str:
    """Name the operation of a month's allowance: there is one."""
    return f"allowance/{month:%Y-%m}"


async def allowance(db: AsyncConnection, *, koperasi_id: int, rules: Rules, on: date) -> Allowance:
    """Compute the allowance at the end of a day: principal outstanding and class as they were then.

    Each class's outstanding times its per cent, half-up to the rupiah; loans without a change were lancar.
    """
    raw = await database.driver(db)
    rows = dict(await raw.fetch(_OUTSTANDING, koperasi_id, on, PRINCIPAL))
    booked = await balances.of_account(db, koperasi_id=koperasi_id, key=ALLOWANCE, on=on)
    parts = tuple(
        Part(
            klass=klass,
            outstanding=rows.get(klass, 0),
            percent=rules.allowance[klass],
            amount=_part(rows.get(klass, 0), rules.allowance[klass]),
        )
        for klass in CLASSES
    )
    return Allowance(on=on, parts=parts, booked=booked)


def _part(outstanding: Rupiah, percent: Decimal) -> Rupiah:
    return int((outstanding * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


# What was posted after the day is taken back from today's balances; few entries are that young.
_OUTSTANDING = """
WITH later AS (
  SELECT a.id, sum(CASE a.id WHEN p.debit THEN p.amount ELSE -p.amount END) AS moved
    FROM ledger.entries e
    JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
    JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id IN (p.debit, p.credit) AND a.code = $3
   WHERE e.koperasi_id = $1 AND e."on" > $2
   GROUP BY a.id
)
SELECT coalesce((SELECT c.class FROM loan_classes c
                  WHERE c.koperasi_id = $1 AND c.loan_id = a.loan_id AND c."on" <= $2
                  ORDER BY c.n DESC LIMIT 1), 'lancar') AS class,
       sum(a.balance - coalesce(later.moved, 0))::bigint AS outstanding
  FROM ledger.accounts a LEFT JOIN later USING (id)
 WHERE a.koperasi_id = $1 AND a.code = $3
 GROUP BY 1
"""


async def book_allowance(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    rules: Rules,
    on: date,
    at: datetime,
    operation: str,
    approver: str,
    recorder: str = CLOCK,
    source: str = CLOCK,
) -> BookedAllowance:
    """Bring 113110 to what should be set aside at the end of `on`, as it is computed now.

    Debits 527000 and credits 113110 by what is missing, the other way round by what is too much; nothing
    is booked when it is right already. Refuses BookIsClosed, FutureDate.
    """
    found = await allowance(db, koperasi_id=cooperative.id, rules=rules, on=on)
    missing = found.difference
    if not missing:
        return BookedAllowance(allowance=found, entry=None, hash=None, repeated=False)
    debit, credit = (
        (ALLOWANCE_EXPENSE, ALLOWANCE) if missing > 0 else (ALLOWANCE, ALLOWANCE_EXPENSE)
    )
    entry = await ledger.post(
        db,
        [Posting(debit=debit, credit=credit, amount=abs(missing))],
        koperasi_id=cooperative.id,
        kind=KIND,
        on=on,
        at=at,
        zone=cooperative.zone,
        recorder=recorder,
        source=source,
        operation=operation,
        approver=approver,
    )
    return BookedAllowance(
        allowance=found, entry=entry.number, hash=entry.hash, repeated=entry.repeated
    )
