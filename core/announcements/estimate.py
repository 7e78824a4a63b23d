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


def ends(count: int, rate: float, hours: Hours | None, at: datetime) -> datetime:
    """Return when the last of `count` will have been said, `rate` a second in allowed hours (0: at once)."""
    start = begins(hours, at)
    if not rate:
        return start
    left = timedelta(seconds=count / rate)
    if hours is None:
        return start + left
    while left > _STEP:  # A day has few minutes; a window begins or ends on one.
        start = next_allowed(hours, start) + _STEP
        left -= _STEP
    return next_allowed(hours, start) + left


def stars(count: int, rate: float) -> int:
    """Return the cost in Telegram Stars: nothing at the free pace."""
    return -(-count * STARS_PER_THOUSAND // 1000) if rate > FREE else 0
