"""How fast and to how many a business number may write: its second, each pair, and its tier of a day."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from time import monotonic

from bot.simulator.whatsapp_errors import GraphRefused

DAY = 86_400.0
# Meta's names of the tiers: people written to outside their window in a moving day, None for any.
TIERS: dict[str, int | None] = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": None,
}


@dataclass(slots=True, kw_only=True)
class WhatsappLimits:
    """Rules a test may change; a pair's bucket of `per_pair_burst` refills by one in `pair_seconds`."""

    enforce: bool = True
    per_second: int = 80
    pair_seconds: float = 6.0
    per_pair_burst: int = 20
    _seconds: dict[str, deque[float]] = field(default_factory=dict)
    _pairs: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    _day: dict[str, dict[str, float]] = field(default_factory=dict)

    def check_number(self, number: str) -> None:
        """Count one request of a number, or refuse with 130429."""
        if not self.enforce:
            return
        now = monotonic()
        second = self._seconds.setdefault(number, deque())
        while second and second[0] <= now - 1.0:
            second.popleft()
        if len(second) >= self.per_second:
            raise GraphRefused(130429, "Cloud API message throughput has been reached.")
        second.append(now)

    def check_pair(self, number: str, recipient: str) -> None:
        """Count one message of a number to one person, or refuse with 131056."""
        if not self.enforce:
            return
        now = monotonic()
        room, since = self._pairs.get((number, recipient), (float(self.per_pair_burst), now))
        room = min(float(self.per_pair_burst), room + (now - since) / self.pair_seconds)
        if room < 1.0:
            raise GraphRefused(131056, "Too many messages were sent to the same phone number.")
        self._pairs[number, recipient] = (room - 1.0, now)

    def check_tier(self, number: str, recipient: str, tier: str) -> None:
        """Count a person who is written to outside the window, or refuse with 131048."""
        most = TIERS[tier]
        day, now = self._day.setdefault(number, {}), monotonic()
        while day and day[oldest := next(iter(day))] <= now - DAY:
            del day[oldest]
        if recipient in day:
            return
        if most is not None and len(day) >= most:
            raise GraphRefused(131048, f"The messaging limit {tier} of this number is reached.")
        day[recipient] = now

    def forget(self) -> None:
        """Forget what was sent; the rules stay."""
        for counts in (self._seconds, self._pairs, self._day):
            counts.clear()
