"""What a reminder is about, and on which days it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.calendar import month_of, next_month, start_of

DUES_STEPS = (-3, 0, 7)  # days about the day on which simpanan wajib is due
_LONG = 30  # days: a step so late may be said a day late


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a reminder is about: an instalment of a loan's schedule, or the simpanan wajib of a month."""

    loan_id: int | None
    version: int
    n: int

    @classmethod
    def of_month(cls, month: date) -> Subject:
        """Name the simpanan wajib of a month."""
        return cls(loan_id=None, version=0, n=month.year * 100 + month.month)

    @property
    def month(self) -> date:
        """Return the month of simpanan wajib."""
        assert self.loan_id is None, self
        return date(self.n // 100, self.n % 100, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a ladder: so many days after (or before) the due day, on its own day and until it is too late."""

    days: int
    day: date  # of the step itself: today, or yesterday for a long one
    due: date

    def expires_at(self, zone: str) -> datetime:
        """Return the end of the step's day; of a long one that of the next."""
        return start_of(self.day + timedelta(days=2 if self.days >= _LONG else 1), zone)


def steps_on(today: date, ladder: Sequence[int]) -> list[Step]:
    """List the steps that may be said on a day."""
    found = []
    for days in ladder:
        for day in (today, today - timedelta(days=1)) if days >= _LONG else (today,):
            found.append(Step(days=days, day=day, due=day - timedelta(days=days)))
    return found


def dues_steps_on(today: date, due_day: int) -> list[tuple[date, Step]]:
    """List the steps of simpanan wajib that may be said on a day, each with the month it is about."""
    steps = {step.due: step for step in steps_on(today, DUES_STEPS)}
    months = (next_month(month_of(today), ahead) for ahead in (-1, 0, 1))
    due = ((month, month.replace(day=due_day)) for month in months)
    return [(month, steps[day]) for month, day in due if day in steps]
