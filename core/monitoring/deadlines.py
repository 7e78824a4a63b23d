"""When cooperatives report and meet: quarters by 20 April, July, October, the half-year by 20 July, the year by 30 April, the RAT by 30 June.

Each is a rule of the cooperative (report_day, report_months, meeting_months), as it stood when the period ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core import meetings
from core.calendar import last_day, next_month
from core.rules import RuleBook

MEETING = "meeting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A report over a period that ends on `through`, due on `due` at the latest (Permenkop 2/2024)."""

    name: str  # quarter, half-year, year, meeting
    through: date
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A book was closed through a day (None: opened wholly), on the day `on`."""

    through: date | None
    on: date


def of_book_year(year: int, book: RuleBook) -> list[Deadline]:
    """List what is owed on a book year, the annual meeting last."""
    found = []
    for names, month in ((("quarter",), 3), (("quarter", "half-year"), 6), (("quarter",), 9)):
        through = last_day(date(year, month, 1))
        due = next_month(through.replace(day=1)).replace(day=book.on(through).report_day)
        found += [Deadline(name=name, through=through, due=due) for name in names]
    through = date(year, 12, 31)
    rules = book.on(through)
    due = last_day(next_month(date(year, 12, 1), rules.report_months))
    meeting = Deadline(name=MEETING, through=through, due=meetings.deadline(year, rules))
    return [*found, Deadline(name="year", through=through, due=due), meeting]


def passed(today: date, begun: date | None, book: RuleBook) -> list[Deadline]:
    """List the deadlines of the last twelve months for a cooperative whose first entry is dated `begun`, by day."""
    if begun is None:
        return []
    since = next_month(today.replace(day=1), -12)
    found = [
        one
        for year in (today.year - 2, today.year - 1, today.year)
        for one in of_book_year(year, book)
        if since <= one.due < today and begun <= one.through
    ]
    return sorted(found, key=lambda one: one.due)


def is_met(deadline: Deadline, closings: Iterable[Closed]) -> bool:
    """Say whether the period's book was closed by the deadline: before that its report cannot stand."""
    return any(
        one.through is not None and one.through >= deadline.through and one.on <= deadline.due
        for one in closings
    )


def is_held(deadline: Deadline, held: Mapping[int, date]) -> bool:
    """Say whether the annual meeting was held by then; `held` is the day of each book year's."""
    on = held.get(deadline.through.year)
    return on is not None and on <= deadline.due
