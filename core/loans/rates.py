"""What a loan costs in per cent a year: twelve times the monthly rate at which its payments are worth its cash.

Nominal, not compounded, as the public worked examples have it: flat 17 % over 12 months is 30.03 % (domain 2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from core.loans import schedule
from core.loans.terms import BadTerms, Instalment, Terms
from core.money import Rupiah

_DIGITS = 60  # inside; the hardest case needs about 25 before the point
_NEAR = Decimal("1e-18")
_CENT = Decimal("0.01")


def effective_rate(
    received: Rupiah,
    rows: Sequence[Instalment],
    terms: Terms,
    disbursed: date,
    *,
    first_due: date | None = None,
) -> Decimal:
    """Return the effective rate in per cent a year, half-up to two decimals.

    `received` is the cash the member got, fees taken off; periods count as in the schedule. Raises BadTerms
    when nothing was received.
    """
    found = exact(received, rows, terms, disbursed, first_due=first_due)
    with localcontext(prec=_DIGITS):
        return found.quantize(_CENT, ROUND_HALF_UP)


def exact(
    received: Rupiah,
    rows: Sequence[Instalment],
    terms: Terms,
    disbursed: date,
    *,
    first_due: date | None = None,
) -> Decimal:
    """Return the rate y for which the rows, discounted by the period rates of y, are worth `received`.

    Good to more than ten decimals; 0 when no more is paid than was received. Raises BadTerms.
    """
    if received <= 0:
        raise BadTerms(what="uang yang diterima anggota harus lebih dari nol")
    paid = [Decimal(row.principal + row.interest) for row in rows]
    if sum(paid) <= received:
        return Decimal(0)
    spans = schedule.periods(terms, count=len(rows), disbursed=disbursed, first_due=first_due)
    with localcontext(prec=_DIGITS):
        years = [Decimal(span.years.numerator) / Decimal(span.years.denominator) for span in spans]
        return _root(Decimal(received), paid, years) * 100


def _root(received: Decimal, paid: list[Decimal], years: list[Decimal]) -> Decimal:
    """Close in on the rate from both sides.

    The worth falls and is convex in the rate: Newton's step from below never passes the root, and halving
    brings it near where the curve is steep.
    """
    low, high = Decimal(0), Decimal(1)
    while _worth(high, paid, years)[0] > received:
        low, high = high, high * 2
    for _ in range(400):
        worth, slope = _worth(low, paid, years)
        step = (worth - received) / -slope
        if step <= _NEAR:
            return low
        low += step
        middle = (low + high) / 2
        if _worth(middle, paid, years)[0] > received:
            low = middle
        else:
            high = middle
    return low


def _worth(rate: Decimal, paid: list[Decimal], years: list[Decimal]) -> tuple[Decimal, Decimal]:
    """Return what the payments are worth at a yearly rate, and how that changes with it."""
    factor = Decimal(1)
    worth = slope = lean = Decimal(0)
    for amount, length in zip(paid, years, strict=True):
        grown = 1 + length * rate
        factor /= grown
        lean += length / grown
        worth += amount * factor
        slope -= amount * factor * lean
    return worth, slope
