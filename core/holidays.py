"""Public holidays from a dated file, and the working days they leave."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Kind(StrEnum):
    """What a day off is: a public holiday, or a day of collective leave beside one."""

    HOLIDAY = "libur"
    LEAVE = "cuti-bersama"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day on which offices and banks are closed."""

    day: date
    name: str
    kind: Kind


@cache
def known() -> dict[date, Holiday]:
    """Read the holidays that ship with the product, by day; years the file lacks have none."""
    text = files("core.data").joinpath("holidays.csv").read_text(encoding="utf-8")
    found = (
        Holiday(day=date.fromisoformat(row["date"]), name=row["name"], kind=Kind(row["kind"]))
        for row in csv.DictReader(text.splitlines())
    )
    return {holiday.day: holiday for holiday in found}


def is_rest(day: date, rest_days: frozenset[int] = frozenset()) -> bool:
    """Say whether a day is a holiday, or a weekly day of rest (1 Monday to 7 Sunday)."""
    return day.isoweekday() in rest_days or day in known()


def next_working_day(day: date, rest_days: frozenset[int] = frozenset()) -> date:
    """Return the day itself when it is worked on, else the first one after it that is."""
    assert len(rest_days) < 7, rest_days
    while is_rest(day, rest_days):
        day += timedelta(days=1)
    return day


def last_working_day(day: date, rest_days: frozenset[int] = frozenset()) -> date:
    """Return the day itself when it is worked on, else the last one before it that was."""
    assert len(rest_days) < 7, rest_days
    while is_rest(day, rest_days):
        day -= timedelta(days=1)
    return day


def nth_working_day(month: date, n: int, rest_days: frozenset[int] = frozenset()) -> date:
    """Return the n-th day of a month that is worked on; 1 is the first."""
    assert n > 0, n
    day = next_working_day(month.replace(day=1), rest_days)
    for _ in range(n - 1):
        day = next_working_day(day + timedelta(days=1), rest_days)
    return day
