"""When cooperatives report: quarters by 20 April, July, October, the half-year by 20 July, the year by 30 April."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.calendar import next_month

YEARS_MEETING = (6, 30)  # the annual meeting (RAT) at the latest: UU 25/1992 article 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A report over a period that ends on `through`, due on `due` at the latest (Permenkop 2/2024)."""

    name: str  # quarter, half-year, year
    through: date
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A book was closed through a day (None: opened wholly), on the day `on`."""

    through: date | None
    on: date


def of_year(year: int) -> list[Deadline]:
    """List what falls due in a year, by day."""
    return [
        Deadline(name="quarter", through=date(year, 3, 31), due=date(year, 4, 20)),
        Deadline(name="year", through=date(year - 1, 12, 31), due=date(year, 4, 30)),
        Deadline(name="quarter", through=date(year, 6, 30), due=date(year, 7, 20)),
        Deadline(name="half-year", through=date(year, 6, 30), due=date(year, 7, 20)),
        Deadline(name="quarter", through=date(year, 9, 30), due=date(year, 10, 20)),
    ]


def passed(today: date, begun: date | None) -> list[Deadline]:
    """List the deadlines of the last twelve months for a cooperative whose first entry is dated `begun`."""
    if begun is None:
        return []
    since = next_month(today.replace(day=1), -12)
    return [
        one
        for year in (today.year - 1, today.year)
        for one in of_year(year)
        if since <= one.due < today and begun <= one.through
    ]


def is_met(deadline: Deadline, closings: Iterable[Closed]) -> bool:
    """Say whether the period's book was closed by the deadline: before that its report cannot stand."""
    return any(
        one.through is not None and one.through >= deadline.through and one.on <= deadline.due
        for one in closings
    )
