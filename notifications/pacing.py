"""How fast a channel account speaks: even spacing, a bucket per chat, silence when the channel asks.

Pure: every function is told the time, in seconds of a clock that never goes back.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Messages to one chat: `burst` at once, then one every `every` seconds.

    A push leaves `kept` of them, so that a reply always finds room.
    """

    every: float
    burst: int
    kept: int

    @property
    def pushable(self) -> float:
        """Return how many seconds from full the bucket may be for a push to leave."""
        return self.every * (self.burst - 1 - self.kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a channel allows one account. `interval` seconds lie between any two requests; 0 lifts every pace.

    With `paid_interval` announcements are paid for: they alone may follow anything that closely.
    `at_once` requests may be in flight.
    """

    interval: float
    chat: Bucket
    group: Bucket
    paid_interval: float | None = None
    at_once: int = 8


# A bucket that gives b at once and one every s seconds gives at most b + 60/s in any minute:
# 5 + 60/4 = 20, Telegram's limit for a group.
_TELEGRAM_CHAT: Final = Bucket(every=1.0, burst=3, kept=2)
_TELEGRAM_GROUP: Final = Bucket(every=4.0, burst=5, kept=4)
_TELEGRAM_FREE: Final = 30  # a second, without a fee
_MARGIN = 1.05  # 30 a second become one per 35 ms: 29 at most in any sliding second
_LATE = (
    0.02  # seconds by which a late request may be followed sooner: 30 * 35 ms are a second and more
)
_STALL = 0.5  # seconds within which what has left is counted by the channel, answered or not
_SLOWEST, _EASED = 16.0, 60.0  # times the interval; seconds after which it is halved again


def telegram(per_second: float = 30) -> Rates:
    """Return Telegram's rates for one bot: `per_second` sends, default 30; 0 lifts every pace.

    Above 30 announcements are paid for and everything else keeps 30.
    """
    assert per_second >= 0, per_second
    free = min(per_second, _TELEGRAM_FREE)
    paid = per_second > _TELEGRAM_FREE
    return Rates(
        interval=_MARGIN / free if free else 0.0,
        chat=_TELEGRAM_CHAT,
        group=_TELEGRAM_GROUP,
        paid_interval=_MARGIN / per_second if paid else None,
        at_once=8 + math.ceil(per_second / 8) if paid else 8,
    )


def whatsapp(per_second: float = 80) -> Rates:
    """Return WhatsApp's rates for one number: `per_second` sends, default 80; 0 lifts every pace.

    To one person one message in six seconds, twenty at once before that; pushes leave ten of them for replies.
    """
    assert per_second >= 0, per_second
    chat = Bucket(every=6.0, burst=20, kept=10)
    interval = _MARGIN / per_second if per_second else 0.0
    return Rates(interval=interval, chat=chat, group=chat, at_once=32)


@dataclass(slots=True)
class Departure:
    """A request that left, and when its answer came."""

    left: float
    answered: float | None = None


@dataclass(slots=True)
class Lane:
    """Requests `interval` apart, and never more than `most` counted by the channel in a sliding second.

    When the channel counts a request is not known: after it left, before its answer came. So the one
    `most` places later leaves a second after that answer, however uneven the way is; what every answer
    takes is taken off, for the later request takes it too.
    """

    interval: float
    most: int = 1
    next_at: float = 0.0
    last: deque[Departure] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Let the lane hold what a second may hold."""
        self.most = max(1, round(_MARGIN / self.interval)) if self.interval else 1

    def ready_at(self, now: float, way: float) -> float:
        """Return when the next request may leave; `way` is the shortest time an answer took lately."""
        if len(self.last) < self.most:
            return self.next_at
        first = self.last[0]
        counted = now if first.answered is None else first.answered - way
        return max(self.next_at, min(counted, first.left + _STALL) + 1.0)

    def leave(self, now: float, departure: Departure, slower: float) -> None:
        """Count a request."""
        interval = self.interval * slower
        self.next_at = max(self.next_at, now - min(_LATE, interval / 2)) + interval
        self.last.append(departure)
        if len(self.last) > self.most:
            self.last.popleft()


@dataclass(slots=True, kw_only=True)
class Pacer:
    """What one account has said lately. A chat's entry is the time at which its bucket is full again."""

    rates: Rates
    silent_until: float = 0.0
    full_at: dict[str, float] = field(default_factory=dict)
    slower: float = 1.0  # times every interval, after the channel complained about the rate
    eased_at: float = 0.0
    ways: deque[float] = field(default_factory=lambda: deque(maxlen=100))  # answers took so long
    free: Lane = field(init=False)
    every: Lane | None = field(init=False)

    def __post_init__(self) -> None:
        """Make the lanes: one for all, and above it one for what is paid for."""
        self.free = Lane(self.rates.interval)
        paid = self.rates.paid_interval
        self.every = None if paid is None else Lane(paid)


def silence(pacer: Pacer, until: float) -> None:
    """Say nothing at all before `until`."""
    pacer.silent_until = max(pacer.silent_until, until)


def slow_down(pacer: Pacer, now: float) -> None:
    """Halve the rate; it comes back by halves, one each minute without another complaint."""
    pacer.slower = min(_SLOWEST, pacer.slower * 2)
    pacer.eased_at = now + _EASED


def ready_at(pacer: Pacer, now: float, *, paid: bool = False) -> float:
    """Return the earliest time at which anything may be said; `paid`: an announcement that is paid for."""
    if not pacer.rates.interval:
        return pacer.silent_until
    way = min(pacer.ways, default=0.0)
    lanes = [] if pacer.every is None else [pacer.every]
    if pacer.every is None or not paid:
        lanes.append(pacer.free)
    return max(pacer.silent_until, *(lane.ready_at(now, way) for lane in lanes))


def depart(pacer: Pacer, now: float, chat: str | None = None, *, paid: bool = False) -> float:
    """Return 0 when a request may leave now, and count it; else the seconds to wait before asking again.

    `chat` is none for what is no message: the answer to a pressed button.
    """
    wait = ready_at(pacer, now, paid=paid) - now
    if wait > 0:
        return wait
    if not pacer.rates.interval:
        return 0.0
    if pacer.slower > 1 and now >= pacer.eased_at:
        pacer.slower, pacer.eased_at = pacer.slower / 2, now + _EASED
    departure = Departure(now)
    if pacer.every is not None:
        pacer.every.leave(now, departure, pacer.slower)
    if pacer.every is None or not paid:
        pacer.free.leave(now, departure, pacer.slower)
    if chat is not None:
        remember(pacer, chat, now)
    return 0.0


def departure(pacer: Pacer, *, paid: bool = False) -> Departure | None:
    """Return the request that was counted last: its answer is told to `answered`."""
    lane = pacer.every if paid and pacer.every is not None else pacer.free
    return lane.last[-1] if lane.last else None


def answered(pacer: Pacer, departed: Departure | None, now: float) -> None:
    """Take note that a request's answer came, or that none will."""
    if departed is not None:
        departed.answered = now
        pacer.ways.append(now - departed.left)


def remember(pacer: Pacer, chat: str, at: float) -> None:
    """Take a message out of a chat's bucket: one said now, or lately by another process."""
    every = _bucket(pacer.rates, chat).every
    pacer.full_at[chat] = max(pacer.full_at.get(chat, at), at) + every


def crowded(pacer: Pacer, now: float) -> tuple[list[str], list[str]]:
    """List the chats that even a reply must wait for, and those a push must wait for.

    A push waits until it leaves what the bucket keeps for replies.
    """
    pacer.full_at = {chat: at for chat, at in pacer.full_at.items() if at > now}
    empty: list[str] = []
    kept: list[str] = []
    for chat, at in pacer.full_at.items():
        bucket = _bucket(pacer.rates, chat)
        if at - now > bucket.every * (bucket.burst - 1):
            empty.append(chat)
        if at - now > bucket.pushable:
            kept.append(chat)
    return empty, kept


def next_room(pacer: Pacer, now: float) -> float | None:
    """Return the seconds until a crowded chat has room for a reply or a push; none when none is crowded."""
    waits = []
    for chat, at in pacer.full_at.items():
        bucket = _bucket(pacer.rates, chat)
        reply_at, push_at = at - bucket.every * (bucket.burst - 1), at - bucket.pushable
        waits += [moment - now for moment in (reply_at, push_at) if moment > now]
    return min(waits, default=None)


def _bucket(rates: Rates, chat: str) -> Bucket:
    return rates.group if chat.startswith("-") else rates.chat
