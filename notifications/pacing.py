"""How fast a channel account speaks: even spacing, a bucket per chat, silence when the channel asks.

Pure: every function is told the time, in seconds of a clock that never goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Messages to one chat: `burst` at once, then one every `every` seconds."""

    every: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a channel allows one account. `interval` seconds lie between any two requests; 0 lifts every pace."""

    interval: float
    chat: Bucket
    group: Bucket


# A bucket that gives b at once and one every s seconds gives at most b + 60/s in any minute:
# 5 + 60/4 = 20, Telegram's limit for a group.
_TELEGRAM_CHAT: Final = Bucket(every=1.0, burst=3)
_TELEGRAM_GROUP: Final = Bucket(every=4.0, burst=5)
_MARGIN = 1.05  # 30 a second become one per 35 ms: 29 at most in any sliding second


def telegram(per_second: float = 30) -> Rates:
    """Return Telegram's rates for one bot: `per_second` sends, default 30; 0 lifts every pace."""
    assert per_second >= 0, per_second
    interval = _MARGIN / per_second if per_second else 0.0
    return Rates(interval=interval, chat=_TELEGRAM_CHAT, group=_TELEGRAM_GROUP)


@dataclass(slots=True, kw_only=True)
class Pacer:
    """What one account has said lately. A chat's entry is the time at which its bucket is full again."""

    rates: Rates
    next_at: float = 0.0
    silent_until: float = 0.0
    full_at: dict[str, float] = field(default_factory=dict)


def silence(pacer: Pacer, until: float) -> None:
    """Say nothing at all before `until`."""
    pacer.silent_until = max(pacer.silent_until, until)


def ready_at(pacer: Pacer) -> float:
    """Return the earliest time at which anything may be said."""
    return max(pacer.next_at, pacer.silent_until)


def depart(pacer: Pacer, now: float, chat: str | None = None) -> float:
    """Return 0 when a request may leave now, and count it; else the seconds to wait before asking again.

    `chat` is none for what is no message: the answer to a pressed button.
    """
    wait = ready_at(pacer) - now
    if wait > 0:
        return wait
    if not pacer.rates.interval:
        return 0.0
    pacer.next_at = now + pacer.rates.interval
    if chat is not None:
        every = _bucket(pacer.rates, chat).every
        pacer.full_at[chat] = max(pacer.full_at.get(chat, now), now) + every
    return 0.0


def crowded(pacer: Pacer, now: float) -> tuple[list[str], list[str]]:
    """List the chats that even a reply must wait for, and those a push must wait for.

    A push waits until the bucket is full, so that a reply always finds room.
    """
    pacer.full_at = {chat: at for chat, at in pacer.full_at.items() if at > now}
    empty = [
        chat
        for chat, at in pacer.full_at.items()
        if at - now > (bucket := _bucket(pacer.rates, chat)).every * (bucket.burst - 1)
    ]
    return empty, list(pacer.full_at)


def next_room(pacer: Pacer, now: float) -> float | None:
    """Return the seconds until a crowded chat has room for a reply or a push; none when none is crowded."""
    waits = []
    for chat, at in pacer.full_at.items():
        bucket = _bucket(pacer.rates, chat)
        reply_at = at - bucket.every * (bucket.burst - 1)
        waits += [moment - now for moment in (reply_at, at) if moment > now]
    return min(waits, default=None)


def _bucket(rates: Rates, chat: str) -> Bucket:
    return rates.group if chat.startswith("-") else rates.chat
