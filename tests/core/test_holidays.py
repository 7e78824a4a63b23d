from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import holidays
from core.holidays import Kind

WEEKEND = frozenset({6, 7})


def test_the_file_holds_what_is_left_of_2026_and_all_of_2027_in_order() -> None:
    days = list(holidays.known())
    assert days == sorted(days)
    assert [day.isoformat() for day in days if day.year == 2026] == ["2026-12-24", "2026-12-25"]
    assert len([day for day in days if day.year == 2027]) == 25
    assert {day.year for day in days} == {2026, 2027}
    assert holidays.known()[date(2027, 3, 8)].name == "Hari Suci Nyepi"
    assert holidays.known()[date(2027, 3, 9)].kind is Kind.LEAVE
    assert all(len(holiday.name) > 5 for holiday in holidays.known().values())


@pytest.mark.parametrize(
    "day", ["2027-02-06", "2027-03-28", "2027-05-01", "2027-06-06", "2027-08-15", "2027-12-25"]
)
def test_holidays_on_a_weekend_count_where_nobody_rests_weekly(day: str) -> None:
    assert holidays.is_rest(date.fromisoformat(day))
    assert date.fromisoformat(day).isoweekday() in WEEKEND


def test_nyepi_idul_fitri_and_their_leave_are_one_long_rest() -> None:
    # Monday 8 March to Monday 15 March 2027, with the weekend between
    assert holidays.next_working_day(date(2027, 3, 6), WEEKEND) == date(2027, 3, 16)
    assert holidays.next_working_day(date(2027, 3, 12)) == date(2027, 3, 13)
    assert holidays.next_working_day(date(2027, 3, 12), frozenset({7})) == date(2027, 3, 13)


def test_christmas_leads_past_the_weekend() -> None:
    assert holidays.next_working_day(date(2026, 12, 24), WEEKEND) == date(2026, 12, 28)
    assert holidays.next_working_day(date(2026, 12, 24)) == date(2026, 12, 26)


def test_outside_the_years_of_the_file_only_the_weekly_rest_counts() -> None:
    assert not holidays.is_rest(date(2029, 12, 25), frozenset({6, 7}))  # a Tuesday
    assert holidays.next_working_day(date(2028, 1, 1), WEEKEND) == date(2028, 1, 3)


@given(
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.frozensets(st.integers(1, 7), max_size=6),
)
def test_the_next_working_day_is_the_first_that_is_worked_on(
    day: date, rest: frozenset[int]
) -> None:
    found = holidays.next_working_day(day, rest)
    assert found >= day
    assert not holidays.is_rest(found, rest)
    skipped = [day + timedelta(days=k) for k in range((found - day).days)]
    assert all(holidays.is_rest(before, rest) for before in skipped)


@pytest.mark.parametrize(
    ("month", "n", "rest", "day"),
    [
        (date(2026, 12, 1), 1, WEEKEND, date(2026, 12, 1)),
        (date(2026, 12, 1), 3, WEEKEND, date(2026, 12, 3)),
        (date(2026, 11, 1), 1, WEEKEND, date(2026, 11, 2)),  # the 1st is a Sunday
        (date(2026, 11, 1), 1, frozenset(), date(2026, 11, 1)),
        (date(2026, 11, 19), 2, WEEKEND, date(2026, 11, 3)),  # any day of the month names it
        (date(2027, 1, 1), 1, WEEKEND, date(2027, 1, 4)),  # New Year's Day is a Friday
        (date(2027, 3, 1), 10, WEEKEND, date(2027, 3, 22)),  # Nyepi and Idul Fitri in between
    ],
)
def test_the_nth_working_day_of_a_month(
    month: date, n: int, rest: frozenset[int], day: date
) -> None:
    assert holidays.nth_working_day(month, n, rest) == day
