"""Fines (denda) of late instalments: counted day by day from what each lacked; pure and exact.

A day counts when the instalment still lacked principal or interest at its beginning: a payment on the day
due is in time, one three days later is three days late, whatever else happens on that day. So the order
of payments within a day changes no fine, and a fine never grows by fines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from core.loans.terms import Fine, Penalty
from core.money import Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Counted days in a row on which an instalment lacked the same, in rupiah, more than zero."""

    first: date
    days: int
    lacked: Rupiah


def fine(penalty: Penalty, *, instalment: Rupiah, stretches: Sequence[Stretch]) -> Rupiah:
    """Return the fine of an instalment for its counted days: exact, capped, then rounded half-up once."""
    if not stretches:
        return 0
    match penalty.kind:
        case Fine.NONE:
            return 0
        case Fine.PERCENT_DAILY:
            weight = sum(stretch.days * stretch.lacked for stretch in stretches)
        case Fine.PERCENT_ONCE:
            weight = stretches[0].lacked
        case Fine.FIXED_DAILY:
            weight = sum(stretch.days for stretch in stretches)
        case Fine.FIXED_ONCE:
            weight = 1
    above, below, cap_above, cap_below = _scale(penalty)
    above *= weight
    if cap_below:
        cap_above *= instalment
        if above * cap_below > cap_above * below:
            above, below = cap_above, cap_below
    return (2 * above + below) // (2 * below)


@lru_cache(maxsize=1024)
def _scale(penalty: Penalty) -> tuple[int, int, int, int]:
    """Return the value and the cap as fractions, per cents divided out; a cap below of 0 is no cap."""
    value = Fraction(penalty.value)
    if penalty.kind in (Fine.PERCENT_DAILY, Fine.PERCENT_ONCE):
        value /= 100
    if penalty.cap is None:
        return value.numerator, value.denominator, 0, 0
    cap = Fraction(penalty.cap) / 100
    return value.numerator, value.denominator, cap.numerator, cap.denominator
