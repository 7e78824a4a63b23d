"""When an announcement begins and will have been said, and what it costs. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.hours import Hours, next_allowed

FREE = 30  # messages a second that a bot says for nothing
STARS_PER_THOUSAND = 100  # Telegram Stars for messages said faster: 0.1 each
_STEP = timedelta(minutes=1)


def begins(hours: Hours | None, at: datetime) -> datetime:
    """Return when the first one may be said; `hours` of none: at any time."""
    return at if hours is None else next_allowed(hours, at)


def spans(
    count: int, rate: float, hours: Hours | None, at: datetime
) -> tuple[tuple[datetime, int], ...]:
    """Spread `count` messages over allowed hours, `rate` a second (0: at once): (from when on, the first one).

    The last of them ends with the last message; none is due while nothing may be said.
    """
    start, first, done = begins(hours, at), 0, 0.0
    found = [(start, first)]
    if not rate or hours is None:
        return tuple(found)
    now = start
    while (done := done + rate * _STEP.total_seconds()) < count:
        now += _STEP
        if (later := next_allowed(hours, now)) != now:
            first = int(done)
            found.append((later, first))
            now = later
    return tuple(found)


def ends(count: int, rate: float, hours: Hours | None, at: datetime) -> datetime:
    """Return when the last of them will have been said."""
    start, first = spans(count, rate, hours, at)[-1]
    return start + step(rate) * max(0, count - first)


def step(rate: float) -> timedelta:
    """Return the time between two messages."""
    return timedelta(seconds=1 / rate) if rate else timedelta()


def stars(count: int, rate: float) -> int:
    """Return the cost in Telegram Stars: nothing at the free pace."""
    return -(-count * STARS_PER_THOUSAND // 1000) if rate > FREE else 0
