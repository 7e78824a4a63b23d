"""When pushes may leave: nights, prayers, Fridays, Sundays, each in the cooperative's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.calendar import zone_of
from core.hours import Hours, hours_of, next_allowed
from core.rules import RuleBook


def local(text: str, zone: str = "Asia/Makassar") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_of(zone))


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("2026-11-24T07:00", "2026-11-24T07:00"),
        ("2026-11-24T06:59:59", "2026-11-24T07:00"),
        ("2026-11-24T21:00", "2026-11-25T07:00"),
        ("2026-11-24T20:59:59", "2026-11-24T20:59:59"),
        ("2026-11-24T00:00", "2026-11-24T07:00"),
        ("2026-11-30T23:59", "2026-12-01T07:00"),
        ("2026-12-31T22:00", "2027-01-01T07:00"),
        ("2026-11-24T11:46:59", "2026-11-24T11:46:59"),
        ("2026-11-24T11:47", "2026-11-24T12:53"),
        ("2026-11-24T12:53", "2026-11-24T12:53"),
        ("2026-11-24T15:30", "2026-11-24T16:14"),
        ("2026-11-24T18:00", "2026-11-24T18:57"),
        ("2026-11-24T19:30", "2026-11-24T20:08"),
        ("2026-11-27T11:30", "2026-11-27T13:15"),
        ("2026-11-27T12:53", "2026-11-27T13:15"),
        ("2026-11-26T11:30", "2026-11-26T11:30"),
        ("2026-11-29T09:00", "2026-11-29T09:00"),
    ],
)
def test_a_push_waits_for_the_end_of_the_window_it_falls_into(asked: str, allowed: str):
    assert next_allowed(Hours(), local(asked)) == local(allowed)


def test_sunday_mornings_are_kept_free_where_a_cooperative_says_so():
    assert next_allowed(Hours(sunday=True), local("2026-11-29T09:00")) == local("2026-11-29T13:00")
    assert next_allowed(Hours(sunday=True), local("2026-11-28T22:00")) == local("2026-11-29T13:00")
    assert next_allowed(Hours(sunday=True), local("2026-11-30T09:00")) == local("2026-11-30T09:00")


def test_each_cooperative_has_its_own_zone():
    instant = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert next_allowed(Hours(zone="Asia/Makassar"), instant) == instant
    assert next_allowed(Hours(zone="Asia/Jakarta"), instant) == datetime(2026, 11, 25, tzinfo=UTC)


def test_an_early_quiet_until_still_keeps_the_morning_prayer_free():
    hours = Hours(quiet_until=4, quiet_from=24)
    assert next_allowed(hours, local("2026-11-24T04:30")) == local("2026-11-24T05:30")
    assert next_allowed(hours, local("2026-11-24T23:59")) == local("2026-11-24T23:59")


def test_the_rules_of_a_cooperative_make_its_hours():
    day = local("2026-11-24T12:00").date()
    steps = (("quiet_from", day, "20"), ("prayer_pause", day, "off"), ("sunday_quiet", day, "on"))
    hours = hours_of(RuleBook(steps).on(day), "Asia/Jayapura")
    assert hours == Hours(zone="Asia/Jayapura", quiet_from=20, prayers=False, sunday=True)
    midday = local("2026-11-24T12:00", "Asia/Jayapura")
    assert next_allowed(hours, midday) == midday


def test_what_is_allowed_is_allowed_and_never_earlier_than_asked():
    for minute in range(0, 7 * 24 * 60, 3):
        asked = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minute)
        found = next_allowed(Hours(sunday=True), asked)
        assert found >= asked
        assert next_allowed(Hours(sunday=True), found) == found
