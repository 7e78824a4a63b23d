"""How fast Telegram lets a bot send: one sliding second, one chat, one group, and the 429 after it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from time import monotonic

from bot.simulator.errors import too_many

_GROUP_WINDOW = 60.0


@dataclass(slots=True, kw_only=True)
class Limits:
    """Rules a test may change; a bucket of `per_chat_burst` refills with `per_chat` per second.

    A breach answers 429 for `retry_after` seconds to every send of that bot, other chats included:
    the numbers are soft at Telegram, `retry_after` is what binds.
    """

    enforce: bool = True
    per_second: int = 30
    per_chat: float = 1.0
    per_chat_burst: int = 5
    per_group_minute: int = 20
    retry_after: int = 3
    _blocked: dict[int, float] = field(default_factory=dict)
    _second: dict[int, deque[float]] = field(default_factory=dict)
    _chats: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    _groups: dict[tuple[int, int], deque[float]] = field(default_factory=dict)

    def check_pause(self, bot: int) -> None:
        """Refuse with 429 while the bot has to wait; asking again does not lengthen the wait."""
        until = self._blocked.get(bot)
        if until is None:
            return
        left = until - monotonic()
        if left <= 0:
            del self._blocked[bot]
            return
        raise too_many(max(1, math.ceil(left)))

    def pause(self, bot: int, seconds: int) -> None:
        """Answer 429 to every send of this bot for `seconds`."""
        self._blocked[bot] = monotonic() + seconds

    def check_send(self, bot: int, chat: int) -> None:
        """Count one new message of `bot` to `chat`, or refuse with 429 and pause the bot."""
        self.check_pause(bot)
        if not self.enforce:
            return
        now = monotonic()
        second = self._second.setdefault(bot, deque())
        while second and second[0] <= now - 1.0:
            second.popleft()
        if len(second) >= self.per_second or not self._chat_has_room(bot, chat, now):
            self.pause(bot, self.retry_after)
            raise too_many(self.retry_after)
        second.append(now)

    def _chat_has_room(self, bot: int, chat: int, now: float) -> bool:
        if chat < 0:
            minute = self._groups.setdefault((bot, chat), deque())
            while minute and minute[0] <= now - _GROUP_WINDOW:
                minute.popleft()
            if len(minute) >= self.per_group_minute:
                return False
            minute.append(now)
            return True
        room, since = self._chats.get((bot, chat), (float(self.per_chat_burst), now))
        room = min(float(self.per_chat_burst), room + (now - since) * self.per_chat)
        if room < 1.0:
            return False
        self._chats[bot, chat] = (room - 1.0, now)
        return True

    def forget(self) -> None:
        """Forget what was sent and every running pause; the rules stay."""
        for counts in (self._blocked, self._second, self._chats, self._groups):
            counts.clear()
