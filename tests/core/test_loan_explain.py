"""What is explained of a figure gives that figure again, for every method and any loan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.loans import explain
from core.loans.book import Paid, Version
from core.loans.explain import Basis, Explained, Way
from core.loans.replay import replay
from core.loans.terms import DayCount, Fine, Method, Penalty, Rounding, Terms
from tests.core.loan_asks import Asked, loans

JAN_31 = date(2026, 1, 31)


def stored(asked: Asked, **more: Any) -> Version:
    return Version(
        version=1,
        starts_on=asked.disbursed,
        principal=asked.principal,
        terms=asked.terms,
        rows=asked.made(),
        **more,
    )


def lent(
    principal: int = 12_000_000,
    count: int = 12,
    *,
    disbursed: date = JAN_31,
    first_due: date | None = None,
    rest_days: frozenset[int] = frozenset(),
    **terms: Any,
) -> Version:
    rule = Terms(**({"moves_holidays": False} | terms))
    return stored(Asked(principal, count, rule, disbursed, first_due, rest_days))


def explained(version: Version, n: int) -> Explained:
    found = explain.instalment(version, n)
    assert found is not None
    row = version.rows[n - 1]
    assert (found.principal.amount, found.interest_amount) == (row.principal, row.interest)
    return found


@settings(max_examples=300, deadline=None)
@given(loans(), st.data())
def test_every_explanation_computes_its_row(asked: Asked, data: st.DataObject) -> None:
    version = stored(asked)
    n = data.draw(st.integers(1, asked.count))
    found = explained(version, n)
    row = version.rows[n - 1]
    assert (found.n, found.due) == (n, row.due)
    assert found.total == row.principal + row.interest
    assert found.unmoved <= found.due
    if asked.first_due and n == 1 and not asked.terms.moves_holidays:
        assert found.unmoved == asked.first_due
    if found.later is not None:
        held = explained(version, found.later)
        assert n in [part.n for part in held.interest]


def test_flat_tells_the_whole_principal_and_an_equal_part() -> None:
    found = explained(lent(rate=Decimal("1.5")), 4)
    (interest,) = found.interest
    assert (interest.basis, interest.base) == (Basis.WHOLE, 12_000_000)
    assert (interest.rate, interest.rate_per) == (Decimal("1.5"), "month")
    assert interest.months == Fraction(1)
    assert (interest.percent, interest.amount) == (Fraction(3, 2), 180_000)
    assert (interest.starts, interest.ends) == (date(2026, 4, 30), date(2026, 5, 31))
    assert (found.principal.way, found.principal.parts) == (Way.SHARE, 12)
    assert found.principal.amount == 1_000_000


def test_menurun_tells_what_is_left_and_the_days_of_each_years_length() -> None:
    version = lent(
        method=Method.MENURUN,
        rate=Decimal(12),
        rate_per="year",
        day_count=DayCount.ACT_ACT,
        disbursed=date(2027, 11, 15),
    )
    (interest,) = explained(version, 2).interest
    assert (interest.basis, interest.base, interest.months) == (Basis.LEFT, 11_000_000, None)
    assert interest.days == ((17, 365), (14, 366))
    assert interest.percent == Fraction(12 * 17, 365) + Fraction(12 * 14, 366)
    counted = lent(method=Method.MENURUN, day_count=DayCount.ACT_360, first_due=date(2026, 3, 15))
    (first,) = explained(counted, 1).interest
    assert first.days == ((43, 360),)


def test_an_annuity_tells_its_equal_instalment_and_the_factors_behind_it() -> None:
    version = lent(method=Method.ANUITAS, round_to=100, rounding=Rounding.UP)
    principal = explained(version, 3).principal
    assert principal.way is Way.LEVEL
    assert principal.instalment == 1_066_200
    assert principal.factors is not None
    assert 12_000_000 / principal.factors == principal.unrounded
    assert round(principal.factors, 4) == Fraction("11.2551")
    assert (principal.round_to, principal.rounding) == (100, Rounding.UP)
    last = explained(version, 12).principal
    assert (last.way, last.amount) == (Way.REST, last.left)


def test_a_rounded_instalment_tells_what_it_was_before() -> None:
    flat = explained(lent(1_000_000, round_to=500, rounding=Rounding.UP), 1).principal
    assert (flat.way, flat.unrounded) == (Way.ROUNDED, Fraction(1_000_000, 12) + 10_000)
    assert (flat.instalment, flat.interest, flat.amount) == (93_500, 10_000, 83_500)
    early = explained(lent(10_000, 4, round_to=5_000, rounding=Rounding.UP), 3).principal
    assert (early.planned, early.left, early.amount) == (4_900, 200, 200)


def test_a_grace_tells_when_its_interest_falls_due() -> None:
    version = lent(5_000_000, 5, method=Method.MENURUN, grace_principal=1, grace_interest=2)
    first, third = explained(version, 1), explained(version, 3)
    assert (first.principal.way, first.interest, first.later) == (Way.GRACE, (), 3)
    assert [part.n for part in third.interest] == [1, 2, 3]
    assert [part.amount for part in third.interest] == [50_000, 50_000, 37_500]
    assert third.later is None


def test_a_bullet_tells_that_its_principal_comes_at_the_end() -> None:
    version = lent(3_000_000, 4, method=Method.JATUH_TEMPO, interest_at_end=True)
    first, last = explained(version, 1), explained(version, 4)
    assert (first.principal.way, first.later) == (Way.AT_END, 4)
    assert [part.n for part in last.interest] == [1, 2, 3, 4]
    assert last.total == 3_120_000


def test_a_moved_due_date_tells_the_day_it_was_moved_from() -> None:
    version = lent(
        disbursed=date(2026, 11, 2),
        first_due=date(2026, 12, 25),
        rest_days=frozenset({6, 7}),
        moves_holidays=True,
    )
    first = explained(version, 1)
    assert (first.unmoved, first.due) == (date(2026, 12, 25), date(2026, 12, 28))
    assert first.interest[0].ends == date(2026, 12, 25)


def test_a_schedule_made_before_its_holidays_were_known_is_explained_all_the_same() -> None:
    asked = Asked(
        12_000_000, 12, Terms(moves_holidays=False), date(2026, 11, 25), None, frozenset()
    )
    version = replace(stored(asked), terms=Terms())  # 25 December stayed where it was
    first = explained(version, 1)
    assert (first.unmoved, first.due) == (date(2026, 12, 25), date(2026, 12, 25))


def test_rows_that_the_rule_does_not_give_are_not_explained() -> None:
    version = lent()
    first = replace(version.rows[0], interest=version.rows[0].interest + 1)
    assert explain.instalment(replace(version, rows=(first, *version.rows[1:])), 1) is None


def test_what_a_restructuring_carried_stands_beside_the_first_instalment() -> None:
    version = replace(lent(), carried_interest=75_000)
    assert explained(version, 1).carried == 75_000
    assert explained(version, 1).total == 1_000_000 + 120_000 + 75_000
    assert explained(version, 2).carried == 0


FINES = [
    Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"), grace_days=3),
    Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.37"), cap=Decimal(5)),
    Penalty(kind=Fine.PERCENT_ONCE, value=Decimal("2.5")),
    Penalty(kind=Fine.FIXED_DAILY, value=Decimal(1_250), cap=Decimal(1)),
    Penalty(kind=Fine.FIXED_ONCE, value=Decimal(10_000)),
    Penalty(),
]


@pytest.mark.parametrize("penalty", FINES)
def test_a_fine_is_explained_stretch_by_stretch(penalty: Penalty) -> None:
    version = replace(lent(penalty=penalty), carried_penalty=4_000)
    payments = [
        Paid(entry=1, on=date(2026, 3, 10), amount=100_000),
        Paid(entry=2, on=date(2026, 3, 20), amount=333_333),
    ]
    for later in range(0, 120, 7):
        position = replay(version, payments, date(2026, 3, 21) + timedelta(days=later))
        for line in position.lines:
            told = explain.fine(version, line)
            assert told.amount == line.penalty
            assert len(told.parts) <= len(told.stretches)


def test_a_daily_fine_tells_its_days_and_its_cap() -> None:
    penalty = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"), cap=Decimal(5))
    version = lent(penalty=penalty)
    line = replay(version, [], date(2026, 3, 30)).lines[0]  # thirty days late
    told = explain.fine(version, line)
    assert [(each.days, each.lacked) for each in told.stretches] == [(30, 1_120_000)]
    assert told.parts == (Fraction(33_600),)
    assert (told.cap, told.amount) == (Fraction(56_000), 33_600)
    later = explain.fine(version, replay(version, [], date(2026, 5, 30)).lines[0])
    assert (later.exact, later.amount) == (Fraction(101_920), 56_000)


def test_even_where_no_rule_fits_the_answer_comes_at_once() -> None:
    terms = Terms(method=Method.ANUITAS, day_count=DayCount.ACT_ACT)
    version = stored(Asked(10**9, 360, terms, JAN_31, date(2026, 3, 3), frozenset({7})))
    assert explained(version, 360).principal.way is Way.REST
    first = replace(version.rows[0], interest=1)
    begun = perf_counter()
    assert explain.instalment(replace(version, rows=(first, *version.rows[1:])), 1) is None
    assert perf_counter() - begun < 5
