"""Any loan's schedule: adds up, never below zero, and every figure found again from the rules alone."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from hypothesis import given, settings

from core.loans import schedule
from core.loans.terms import DayCount, Method, Rounding, Terms
from tests.core.loan_asks import Asked, loans

_HOW = {
    Rounding.NEAREST: ROUND_HALF_UP,
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
}


@settings(max_examples=400, deadline=None)
@given(loans())
def test_every_schedule_adds_up_and_ends_at_zero(asked: Asked) -> None:
    rows = asked.made()
    assert [row.n for row in rows] == list(range(1, asked.count + 1))
    assert sum(row.principal for row in rows) == asked.principal
    assert all(row.principal >= 0 and row.interest >= 0 for row in rows)
    days = [asked.disbursed, *(row.due for row in rows)]
    assert all(before < after for before, after in itertools.pairwise(days))
    assert asked.made() == rows


def _half_up(amount: Fraction) -> int:
    with localcontext(prec=200):
        exact = Decimal(amount.numerator) / Decimal(amount.denominator)
        return int(exact.to_integral_value(ROUND_HALF_UP))


def _to(amount: Fraction, terms: Terms) -> int:
    with localcontext(prec=200):
        times = Decimal(amount.numerator) / Decimal(amount.denominator) / terms.round_to
        return int(times.to_integral_value(_HOW[terms.rounding])) * terms.round_to


def _days_of_year(year: int) -> int:
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365


def _years(terms: Terms, starts: date, ends: date) -> Fraction:
    """Count a period day by day."""
    if terms.day_count is DayCount.MONTH:
        days = {"m": 30, "w": 7, "d": 1}[terms.every.unit] * terms.every.count
        return Fraction(days, 360)
    found = Fraction(0)
    for k in range((ends - starts).days):
        year = (starts + timedelta(days=k)).year
        length = {DayCount.ACT_365: 365, DayCount.ACT_360: 360}.get(terms.day_count)
        found += Fraction(1, length or _days_of_year(year))
    return found


@settings(max_examples=200, deadline=None)
@given(loans())
def test_every_figure_is_found_again_from_the_rules(asked: Asked) -> None:
    terms, count = asked.terms, asked.count
    spans = schedule.periods(
        terms,
        count=count,
        disbursed=asked.disbursed,
        first_due=asked.first_due,
        rest_days=asked.rest_days,
    )
    yearly = Fraction(str(terms.rate)) * (12 if terms.rate_per == "month" else 1) / 100
    rates = [yearly * _years(terms, span.starts, span.ends) for span in spans]
    repaying = count - terms.grace_principal
    level = _level(asked.principal, terms, rates)
    left, held = asked.principal, 0
    quiet = count - 1 if terms.interest_at_end else terms.grace_interest
    for row, rate in zip(asked.made(), rates, strict=True):
        accrued = _half_up((asked.principal if terms.method is Method.FLAT else left) * rate)
        if row.n <= quiet:
            held += accrued
            assert row.interest == 0
        else:
            assert row.interest == accrued + (held if row.n == quiet + 1 else 0)
        share = Fraction(asked.principal, repaying)
        if row.n == count:
            part = left
        elif row.n <= terms.grace_principal or terms.method is Method.JATUH_TEMPO:
            part = 0
        elif terms.method is Method.ANUITAS:
            part = level - accrued
        elif terms.round_to == 1:
            part = _half_up(share)
        elif terms.method is Method.FLAT:
            part = _to(share + accrued, terms) - accrued
        else:
            part = _to(Fraction(_half_up(share) + accrued), terms) - accrued
        assert row.principal == min(max(part, 0), left)
        left -= row.principal


def _level(principal: int, terms: Terms, rates: list[Fraction]) -> int:
    """P over the discount factors of the periods that repay, multiplied out from the first one on."""
    with localcontext(prec=120):
        factor, worth = Decimal(1), Decimal(0)
        for rate in rates[terms.grace_principal :]:
            factor /= 1 + Decimal(rate.numerator) / Decimal(rate.denominator)
            worth += factor
        exact = (Decimal(principal) / worth).quantize(Decimal("1e-60"))
    return _to(Fraction(exact), terms)


@settings(max_examples=200, deadline=None)
@given(loans())
def test_periods_follow_each_other_without_a_gap(asked: Asked) -> None:
    spans = schedule.periods(
        asked.terms,
        count=asked.count,
        disbursed=asked.disbursed,
        first_due=asked.first_due,
        rest_days=asked.rest_days,
    )
    assert spans[0].starts == asked.disbursed
    for before, after in itertools.pairwise(spans):
        assert after.starts == before.ends < after.ends
    assert all(span.due >= span.ends for span in spans)
    if not asked.terms.moves_holidays:
        assert all(span.due == span.ends for span in spans)
    if asked.first_due:
        assert spans[0].ends == asked.first_due
