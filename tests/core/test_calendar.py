"""The day and the month something belongs to, in each of Indonesia's zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import calendar

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
HOURS = {WIB: 7, WITA: 8, WIT: 9}
_MONTHS = st.dates(date(1950, 1, 1), date(2150, 12, 31)).map(calendar.month_of)


@pytest.mark.parametrize(("zone", "hours"), HOURS.items())
def test_a_day_begins_at_midnight_of_its_zone(zone: str, hours: int):
    midnight = datetime(2026, 11, 24, tzinfo=UTC) - timedelta(hours=hours)
    assert calendar.start_of(date(2026, 11, 24), zone) == midnight
    assert calendar.start_of(date(2026, 11, 24), zone).utcoffset() == timedelta(0)
    assert calendar.business_date(midnight, zone) == date(2026, 11, 24)
    before = midnight - timedelta(microseconds=1)
    assert calendar.business_date(before, zone) == date(2026, 11, 23)


def test_one_instant_is_two_days_in_indonesia():
    at = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    days = [calendar.business_date(at, zone) for zone in (WIB, WITA, WIT)]
    assert days == [date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1)]
    at += timedelta(hours=1)
    days = [calendar.business_date(at, zone) for zone in (WIB, WITA, WIT)]
    assert days == [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 1)]


def test_kaltim_is_the_zone_that_is_meant_when_none_is_named():
    at = datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert calendar.business_date(at) == date(2026, 11, 24)
    assert calendar.start_of(date(2026, 11, 24)) == at


def test_the_offset_an_instant_is_written_with_does_not_matter():
    at = datetime(2026, 11, 24, 0, 30, tzinfo=timezone(timedelta(hours=9)))
    assert calendar.business_date(at, WITA) == date(2026, 11, 23)


def test_an_instant_without_its_offset_is_refused():
    with pytest.raises(AssertionError):
        calendar.business_date(datetime(2026, 11, 24, 8))  # noqa: DTZ001 - that is the point


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(sorted(HOURS)))
def test_every_day_has_twenty_four_hours_and_is_its_own(day: date, zone: str):
    start = calendar.start_of(day, zone)
    assert calendar.start_of(day + timedelta(days=1), zone) - start == timedelta(hours=24)
    assert calendar.business_date(start + timedelta(hours=23, minutes=59), zone) == day


def test_months_end_where_they_end():
    assert calendar.last_day(date(2026, 2, 10)) == date(2026, 2, 28)
    assert calendar.last_day(date(2028, 2, 1)) == date(2028, 2, 29)
    assert calendar.last_day(date(2026, 12, 31)) == date(2026, 12, 31)
    assert calendar.month_of(date(2026, 12, 31)) == date(2026, 12, 1)
    assert calendar.next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert calendar.next_month(date(2027, 1, 1), -1) == date(2026, 12, 1)
    assert calendar.next_month(date(2026, 11, 1), -23) == date(2024, 12, 1)
    assert calendar.next_month(date(2026, 1, 31)) == date(2026, 2, 1)


def test_months_between_counts_both_ends():
    assert calendar.months_between(date(2026, 11, 1), date(2026, 11, 1)) == 1
    assert calendar.months_between(date(2025, 7, 1), date(2025, 12, 1)) == 6
    assert calendar.months_between(date(2026, 11, 1), date(2026, 10, 1)) == 0


@given(_MONTHS, st.integers(-500, 500))
def test_going_on_and_coming_back_is_staying(month: date, count: int):
    there = calendar.next_month(month, count)
    assert there.day == 1
    assert calendar.next_month(there, -count) == month
    assert calendar.months_between(month, there) == count + 1
    assert calendar.last_day(there) + timedelta(days=1) == calendar.next_month(there)
