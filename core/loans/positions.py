"""How a schedule stands at the end of a day, and what settles it: what core.loans.replay answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.loans.penalties import Stretch
from core.money import Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An instalment as it stands, in rupiah: owed, paid, waived by a settlement, fined for `fined`."""

    n: int
    due: date
    principal: Rupiah
    interest: Rupiah  # of the first one with what was carried
    principal_paid: Rupiah
    interest_paid: Rupiah
    waived: Rupiah
    penalty: Rupiah  # counted until the day of the position; of the first one with what was carried
    penalty_paid: Rupiah
    paid_on: date | None  # principal and interest paid, or nothing more owed of them
    overdue_days: int
    fined: tuple[Stretch, ...]

    @property
    def principal_left(self) -> Rupiah:
        """Return the principal still owed."""
        return self.principal - self.principal_paid

    @property
    def interest_left(self) -> Rupiah:
        """Return the interest still owed."""
        return self.interest - self.waived - self.interest_paid

    @property
    def penalty_left(self) -> Rupiah:
        """Return the fine still owed."""
        return self.penalty - self.penalty_paid

    @property
    def left(self) -> Rupiah:
        """Return the principal and interest still owed."""
        return self.principal_left + self.interest_left


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How a version stands at the end of a day, in rupiah. The three `…_paid` are what payments brought."""

    on: date
    lines: tuple[Line, ...]
    principal_paid: Rupiah
    interest_paid: Rupiah
    penalty_paid: Rupiah
    principal_left: Rupiah
    interest_left: Rupiah  # scheduled, due or not
    penalty_left: Rupiah
    waived: Rupiah  # interest that a settlement let go
    provisi_recognised: Rupiah
    provisi_left: Rupiah
    oldest_due: date | None  # of the first instalment with principal or interest left
    overdue_days: int
    overdue: Rupiah  # principal and interest of instalments due before this day or on it
    late: Rupiah  # the same, due before this day
    next_due: date | None  # the first due this day or later with something left
    next_amount: Rupiah
    paid_rows: (
        int  # instalments of this version that payments paid; those without an amount never count
    )
    settled_on: date | None
    surplus: Rupiah  # received beyond everything owed: always zero in books that are right

    @property
    def settled(self) -> bool:
        """Say whether nothing at all is owed any more."""
        return self.settled_on is not None

    @property
    def due_now(self) -> Rupiah:
        """Return what should be paid on this day: instalments due and fines."""
        return self.overdue + self.penalty_left

    @property
    def total_left(self) -> Rupiah:
        """Return everything owed: principal, all scheduled interest, fines until this day."""
        return self.principal_left + self.interest_left + self.penalty_left


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What ends a loan on a day, in rupiah, and how its interest is made up."""

    on: date
    principal: Rupiah
    interest: Rupiah
    penalty: Rupiah
    waived: Rupiah  # scheduled interest that is let go
    due_interest: Rupiah  # unpaid, of instalments due
    running_n: int | None  # the instalment whose period runs
    running_days: int
    period_days: int
    running_interest: Rupiah  # for these days, less what was paid ahead
    further_interest: Rupiah  # of Terms.settlement_instalments more

    @property
    def total(self) -> Rupiah:
        """Return the exact figure."""
        return self.principal + self.interest + self.penalty


def changes(before: Position, after: Position) -> Iterator[tuple[Line, Line]]:
    """Pair the lines that a payment touched, as they stood before and after it."""
    for old, new in zip(before.lines, after.lines, strict=True):
        if (old.principal_paid, old.interest_paid, old.penalty_paid, old.waived) != (
            new.principal_paid,
            new.interest_paid,
            new.penalty_paid,
            new.waived,
        ):
            yield old, new
