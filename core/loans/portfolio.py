"""What a cooperative has lent, by class: counts, principal outstanding, and how much of it is in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.loans.book import Loan
from core.loans.collectibility import NON_PERFORMING, Change
from core.money import Rupiah
from core.rules import CLASSES
from core.tables.loans import loan_classes

AT_RISK_DAYS = 30  # PAR30: what is owed by loans that are more than 30 days past due
_MOST = 1000  # rows of a history


@dataclass(frozen=True, slots=True, kw_only=True)
class InClass:
    """The running loans of a class: how many, and their principal outstanding in rupiah."""

    klass: str
    count: int
    outstanding: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """The running loans of a cooperative, every class in its order; money in rupiah."""

    on: date
    classes: tuple[InClass, ...]
    at_risk: Rupiah  # outstanding of loans more than 30 days past due

    @property
    def count(self) -> int:
        """Return how many loans run."""
        return sum(one.count for one in self.classes)

    @property
    def outstanding(self) -> Rupiah:
        """Return the principal outstanding."""
        return sum(one.outstanding for one in self.classes)

    @property
    def non_performing(self) -> Rupiah:
        """Return what is outstanding in kurang lancar, diragukan and macet (NPL)."""
        return sum(one.outstanding for one in self.classes if one.klass in NON_PERFORMING)

    @property
    def npl(self) -> Decimal:
        """Return non-performing in per cent of the outstanding, two places, half-up."""
        return _percent(self.non_performing, self.outstanding)

    @property
    def par30(self) -> Decimal:
        """Return what is at risk in per cent of the outstanding, two places, half-up."""
        return _percent(self.at_risk, self.outstanding)


def _percent(part: Rupiah, whole: Rupiah) -> Decimal:
    share = Decimal(part) * 100 / Decimal(whole) if whole else Decimal(0)
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


async def summary(db: AsyncConnection, *, koperasi_id: int, on: date) -> Portfolio:
    """Add up the running loans by class; `on`, usually today, is the day that days past due are counted to."""
    raw = await database.driver(db)
    rows = await raw.fetch(_SUMMARY, koperasi_id, on - timedelta(days=AT_RISK_DAYS))
    found = {row["class"]: row for row in rows}
    return Portfolio(
        on=on,
        classes=tuple(
            InClass(
                klass=klass, count=found[klass]["loans"], outstanding=found[klass]["outstanding"]
            )
            if klass in found
            else InClass(klass=klass, count=0, outstanding=0)
            for klass in CLASSES
        ),
        at_risk=sum(row["at_risk"] for row in rows),
    )


_SUMMARY = """
SELECT class, count(*) AS loans, sum(outstanding)::bigint AS outstanding,
       coalesce(sum(outstanding) FILTER (WHERE oldest_due < $2), 0)::bigint AS at_risk
  FROM loans WHERE koperasi_id = $1 AND state = 'running' GROUP BY class
"""


async def history(db: AsyncConnection, loan: Loan) -> list[Change]:
    """List how a loan's class changed, first change first; before it the loan was lancar."""
    rows = await db.execute(
        select(loan_classes)
        .where(loan_classes.c.koperasi_id == loan.koperasi_id, loan_classes.c.loan_id == loan.id)
        .order_by(loan_classes.c.n)
        .limit(_MOST)
    )
    return [
        Change(on=on, klass=klass, overdue_days=days, cause=cause, at=at)
        for _, _, _, on, klass, days, cause, at in rows
    ]
