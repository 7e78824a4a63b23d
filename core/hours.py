"""When anything but an answer may be said: quiet nights, prayers, the Friday prayer, Sunday mornings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from core.calendar import WITA, zone_of
from core.rules import Rules

# Samarinda over a year, held from ten minutes before to 25 after (domain reference 5): Zuhur, Asar,
# Magrib, Isya; Subuh lies in the quiet night. One window for all days: nobody is held up for long.
PRAYERS = (
    (time(4, 23), time(5, 30)),
    (time(11, 47), time(12, 53)),
    (time(14, 56), time(16, 14)),
    (time(17, 51), time(18, 57)),
    (time(19, 2), time(20, 8)),
)
FRIDAY = (time(11, 30), time(13, 15))
SUNDAY_UNTIL = time(13, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What a cooperative keeps free of messages; hours of its own zone."""

    zone: str = WITA
    quiet_from: int = 21
    quiet_until: int = 7
    prayers: bool = True
    sunday: bool = False


def hours_of(rules: Rules, zone: str) -> Hours:
    """Take the hours from a cooperative's rules."""
    return Hours(
        zone=zone,
        quiet_from=rules.quiet_from,
        quiet_until=rules.quiet_until,
        prayers=rules.prayer_pause,
        sunday=rules.sunday_quiet,
    )


def next_allowed(hours: Hours, at: datetime) -> datetime:
    """Return the instant itself when something may be said then, else the first one after it (UTC)."""
    local = at.astimezone(zone_of(hours.zone))
    for _ in range(12):  # A window may end inside the next one; a day has fewer than that.
        later = _out_of(hours, local)
        if later == local:
            return at if later == at else later.astimezone(UTC)
        local = later
    raise AssertionError(hours)


def _out_of(hours: Hours, local: datetime) -> datetime:
    """Return the end of the window an instant lies in, or the instant."""
    clock = local.time()
    if local.hour >= hours.quiet_from:
        return _at(local + timedelta(days=1), time(hours.quiet_until))
    if local.hour < hours.quiet_until:
        return _at(local, time(hours.quiet_until))
    if hours.sunday and local.isoweekday() == 7 and clock < SUNDAY_UNTIL:
        return _at(local, SUNDAY_UNTIL)
    if hours.prayers:
        windows = (*PRAYERS, FRIDAY) if local.isoweekday() == 5 else PRAYERS
        for begins, ends in windows:
            if begins <= clock < ends:
                return _at(local, ends)
    return local


def _at(day: datetime, clock: time) -> datetime:
    return datetime.combine(day.date(), clock, tzinfo=day.tzinfo)
