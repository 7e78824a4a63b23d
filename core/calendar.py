"""Business dates in a cooperative's own zone, and the months of its dues."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WITA = "Asia/Makassar"  # UTC+8, no summer time: East Kalimantan


@lru_cache(maxsize=8)
def zone_of(name: str) -> ZoneInfo:
    """Look a zone up once: WIB Asia/Jakarta, WITA Asia/Makassar, WIT Asia/Jayapura."""
    return ZoneInfo(name)


def business_date(at: datetime, zone: str = WITA) -> date:
    """Return the day on which an instant falls in the cooperative's zone."""
    assert at.tzinfo is not None, at
    return at.astimezone(zone_of(zone)).date()


def start_of(day: date, zone: str = WITA) -> datetime:
    """Return the instant at which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(zone)).astimezone(UTC)


def month_of(day: date) -> date:
    """Return the first day of a date's month: months are named by it."""
    return day.replace(day=1)


def next_month(month: date, count: int = 1) -> date:
    """Return the month `count` months on (or back, when negative)."""
    ahead = month.year * 12 + month.month - 1 + count
    return date(ahead // 12, ahead % 12 + 1, 1)


def months_between(first: date, last: date) -> int:
    """Count the months from `first` to `last`, both included; 0 or less when last is earlier."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def last_day(month: date) -> date:
    """Return the last day of a month."""
    return next_month(month_of(month)) - timedelta(days=1)
