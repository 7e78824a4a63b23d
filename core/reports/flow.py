"""What came in and went out in a month, by the date of each entry; what only puts things right is told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.calendar import last_day
from core.money import Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One posting as an account sees it: positive came in. `reversed_on` is the day of the entry it takes back."""

    entry: int
    on: date
    code: str
    amount: Rupiah
    reverses: int | None
    reversed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """An account over a month, in rupiah.

    A reversal of an entry of the same month leaves neither in `came_in` nor in `went_out`; one of another
    month's entry stands in `corrected`, positive when it gave something back.
    """

    opening: Rupiah
    came_in: Rupiah
    went_out: Rupiah
    corrected: Rupiah

    @property
    def closing(self) -> Rupiah:
        """Return what is there at the end of the month."""
        return self.opening + self.came_in - self.went_out + self.corrected


def flow(opening: Rupiah, moves: Iterable[Moved], month: date) -> Flow:
    """Add up what moved in a month."""
    came_in = went_out = corrected = 0
    for move in moves:
        if move.reverses is None:
            came_in += max(0, move.amount)
            went_out += max(0, -move.amount)
        elif move.reversed_on is not None and month <= move.reversed_on <= last_day(month):
            came_in += min(0, move.amount)
            went_out -= max(0, move.amount)
        else:
            corrected += move.amount
    return Flow(opening=opening, came_in=came_in, went_out=went_out, corrected=corrected)
