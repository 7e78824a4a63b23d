"""Interest on simpanan sukarela, month by month (domain 3.1, event 4; at most 9 % a year, Permenkop 8/2023)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, ledger
from core.accounts import SUKARELA, SavingsKind
from core.calendar import last_day, month_of, next_month
from core.cooperatives import Cooperative
from core.ledger import Posting
from core.money import Rupiah
from core.rules import RuleBook, Rules

KIND = "savings-interest"
COST, TAX = "512000", "214000"
TAX_FREE: Rupiah = (
    240_000  # a member's interest of a month; above it all of it is taxed (PP 15/2009)
)
TAX_PERCENT = 10  # final, of the gross (PMK 112/2010)
CLOCK = "clock"  # who proposes and records it
_CHUNK = 900  # members in one entry, which holds 1,000 postings
_MOST = 20_000  # members


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What one member earned in a month, in whole rupiah."""

    member_id: int
    gross: Rupiah
    tax: Rupiah

    @property
    def net(self) -> Rupiah:
        """What is added to the savings."""
        return self.gross - self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """The interest of all members for a month."""

    month: date
    rate: Decimal  # per cent a year
    method: str  # average or lowest
    earned: tuple[Earned, ...]

    @property
    def gross(self) -> Rupiah:
        """What it costs the cooperative."""
        return sum(one.gross for one in self.earned)

    @property
    def tax(self) -> Rupiah:
        """What is owed to the tax office of it."""
        return sum(one.tax for one in self.earned)

    @property
    def taxed(self) -> int:
        """How many members it is taken from."""
        return sum(1 for one in self.earned if one.tax)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A month's interest as recorded; without entries where nobody earned a rupiah."""

    interest: Interest
    entries: tuple[int, ...]


def operation_of(month: date) -> str:
    """Name the operation of a month's interest: there is one."""
    return f"{KIND}/{month:%Y-%m}"


def tax_on(gross: Rupiah) -> Rupiah:
    """Return the final tax on a member's interest of a month: nothing up to Rp240.000, then of the whole."""
    if gross <= TAX_FREE:
        return 0
    return _whole(Decimal(gross) * TAX_PERCENT / 100)


def earned_on(base: int, rate: Decimal, method: str) -> Rupiah:
    """Return a month's interest, half-up to the rupiah.

    average: `base` is the sum of the balances at the end of each day, at rate/365 a day. lowest: `base` is the
    lowest of them, at rate/12.
    """
    divisor = 36_500 if method == "average" else 1_200
    return _whole(max(0, base) * rate / divisor)


def _whole(amount: Decimal) -> Rupiah:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


async def interest(
    db: AsyncConnection, *, koperasi_id: int, rules: Rules, month: date, today: date
) -> Interest:
    """Work out a month's interest by the `rules` of its last day, for who is still a member today.

    Entries count by their date, whenever they were written down.
    """
    first, last = month_of(month), last_day(month)
    raw = await database.driver(db)
    rows = await raw.fetch(_BASES, koperasi_id, first, last, SUKARELA, today, _MOST)
    method = rules.savings_interest_method
    earned = []
    for row in rows:
        base = int(row["daily"] if method == "average" else row["lowest"])
        if gross := earned_on(base, rules.savings_rate, method):
            earned.append(Earned(member_id=row["member_id"], gross=gross, tax=tax_on(gross)))
    return Interest(month=first, rate=rules.savings_rate, method=method, earned=tuple(earned))


# What was posted since the first day is taken back from today's balances; few entries are that young.
_BASES = """
WITH moved AS (
  SELECT a.id, e."on", sum(CASE a.id WHEN p.credit THEN p.amount ELSE -p.amount END) AS amount
    FROM ledger.entries e
    JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
    JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id IN (p.debit, p.credit) AND a.code = $4
   WHERE e.koperasi_id = $1 AND e."on" >= $2
   GROUP BY a.id, e."on"
), opened AS (
  SELECT a.id, a.member_id, a.balance - coalesce(sum(m.amount), 0) AS opening
    FROM ledger.accounts a LEFT JOIN moved m USING (id)
   WHERE a.koperasi_id = $1 AND a.code = $4 AND a.member_id IS NOT NULL
   GROUP BY a.id, a.member_id, a.balance
), ended AS (
  SELECT o.id, m."on", m.amount, o.opening + sum(m.amount) OVER (PARTITION BY o.id ORDER BY m."on") AS balance
    FROM opened o JOIN moved m USING (id) WHERE m."on" <= $3
)
SELECT o.member_id,
       o.opening * ($3::date - $2::date + 1) + coalesce(sum(e.amount * ($3::date - e."on" + 1)), 0) AS daily,
       least(CASE WHEN bool_or(e."on" = $2) THEN NULL ELSE o.opening END, min(e.balance)) AS lowest
  FROM opened o
  JOIN members m ON m.koperasi_id = $1 AND m.id = o.member_id
   AND m.joined_on <= $3 AND (m.left_on IS NULL OR m.left_on > $5)
  LEFT JOIN ended e ON e.id = o.id
 GROUP BY o.id, o.member_id, o.opening
 ORDER BY o.member_id LIMIT $6
"""


async def months_due(
    db: AsyncConnection, *, koperasi_id: int, book: RuleBook, today: date
) -> list[date]:
    """List the months that are over and bear interest, oldest first: none from before the cooperative was here."""
    raw = await database.driver(db)
    begun: datetime = await raw.fetchval(
        "SELECT created_at FROM cooperatives WHERE koperasi_id = $1", koperasi_id
    )
    months = []
    month = month_of(begun.date())
    while last_day(month) < today:
        if book.on(last_day(month)).savings_rate:
            months.append(month)
        month = next_month(month)
    return months


async def record(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    rules: Rules,
    month: date,
    today: date,
    at: datetime,
    operation: str,
    approver: str,
    recorder: str = CLOCK,
    source: str = CLOCK,
) -> Booked:
    """Add a month's interest to all savings, dated its last day, as it is worked out now.

    Debits 512000 by the gross; credits each member's sukarela by the net and 214000 by the tax, in one entry for
    every 900 members. Refuses BookIsClosed.
    """
    found = await interest(db, koperasi_id=cooperative.id, rules=rules, month=month, today=today)
    numbers = []
    for start in range(0, len(found.earned), _CHUNK):
        entry = await ledger.post(
            db,
            _postings(found.earned[start : start + _CHUNK]),
            koperasi_id=cooperative.id,
            kind=KIND,
            on=last_day(month),
            at=at,
            zone=cooperative.zone,
            recorder=recorder,
            source=source,
            operation=f"{operation}/{start // _CHUNK + 1}",
            approver=approver,
        )
        numbers.append(entry.number)
    return Booked(interest=found, entries=tuple(numbers))


def _postings(earned: Sequence[Earned]) -> list[Posting]:
    lines = [
        Posting(debit=COST, credit=SavingsKind.SUKARELA.account(one.member_id), amount=one.net)
        for one in earned
    ]
    if tax := sum(one.tax for one in earned):
        lines.append(Posting(debit=COST, credit=TAX, amount=tax))
    return lines
