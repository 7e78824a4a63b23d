"""The yearly rate a loan really costs: published figures, its own rate given back, hostile input."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.loans import rates, schedule
from core.loans.terms import BadTerms, DayCount, Every, Instalment, Method, Rounding, Terms

DISBURSED = date(2026, 1, 31)


def costs(
    principal: int = 12_000_000,
    count: int = 12,
    *,
    method: Method = Method.FLAT,
    rate: str = "12",
    rate_per: str = "year",
    fees: int = 0,
    first_due: date | None = None,
    **more: Any,
) -> Decimal:
    rule = Terms(method=method, rate=Decimal(rate), rate_per=rate_per, **more)
    rows = schedule.make(
        principal=principal, count=count, terms=rule, disbursed=DISBURSED, first_due=first_due
    )
    return rates.effective_rate(principal - fees, rows, rule, DISBURSED, first_due=first_due)


def tenth(rate: Decimal) -> Decimal:
    return rate.quantize(Decimal("0.1"))


def test_the_book_of_ojk_flat_17_per_cent_is_30_03_per_cent() -> None:
    assert costs(rate="17") == Decimal("30.03")
    rule = Terms(rate=Decimal(17), rate_per="year")
    rows = schedule.make(principal=12_000_000, count=12, terms=rule, disbursed=DISBURSED)
    found = rates.exact(12_000_000, rows, rule, DISBURSED)
    assert found.quantize(Decimal("0.001")) == Decimal("30.026")


def test_24_per_cent_flat_over_a_year_is_41_7_and_13_5_flat_is_24() -> None:
    assert tenth(costs(rate="24")) == Decimal("41.7")
    assert costs(rate="13.5") == Decimal("24.05")
    for count in (10, 24, 36):  # 13.4 to 13.7 per cent, rounded
        assert costs(count=count, rate="13.35") < 24 < costs(count=count, rate="13.75")


def test_five_million_in_ten_months_is_21_3_and_with_its_fees_24_7() -> None:
    plain = {"principal": 5_000_000, "count": 10, "rate": "1", "rate_per": "month"}
    assert tenth(costs(**plain)) == Decimal("21.3")  # type: ignore[arg-type] # a dict of both kinds
    assert tenth(costs(**plain, fees=50_000 + 25_000)) == Decimal("24.7")  # type: ignore[arg-type] # the same


@pytest.mark.parametrize("method", [Method.MENURUN, Method.ANUITAS, Method.JATUH_TEMPO])
@pytest.mark.parametrize("day_count", list(DayCount))
@pytest.mark.parametrize("every", ["1m", "2m", "1w", "15d", "6m"])
@pytest.mark.parametrize("rate", ["6", "17.5", "24"])
def test_a_rate_on_the_balance_is_given_back(
    method: Method, day_count: DayCount, every: str, rate: str
) -> None:
    found = costs(
        500_000_000,
        method=method,
        rate=rate,
        day_count=day_count,
        every=Every.parse(every),
        first_due=date(2026, 3, 17),
    )
    assert found == Decimal(rate).quantize(Decimal("0.01"))


def test_a_grace_of_principal_keeps_the_rate_and_one_of_interest_lowers_it() -> None:
    assert costs(method=Method.ANUITAS, grace_principal=3) == Decimal("12.00")
    assert costs(method=Method.MENURUN, grace_interest=3) < Decimal("12.00")


def test_a_holiday_does_not_change_the_rate() -> None:
    rule = Terms(method=Method.ANUITAS, rate=Decimal(12), rate_per="year")
    rows = schedule.make(
        principal=10**9,
        count=12,
        terms=rule,
        disbursed=date(2026, 11, 25),
        rest_days=frozenset({6, 7}),
    )
    assert rows[0].due == date(2026, 12, 28)
    assert rates.effective_rate(10**9, rows, rule, date(2026, 11, 25)) == Decimal("12.00")


def test_a_rate_of_zero_costs_nothing_unless_there_are_fees() -> None:
    assert costs(rate="0") == 0
    assert str(costs(rate="0")) == "0.00"
    assert costs(rate="0", fees=100_000) > 0


def test_a_payment_just_above_the_cash_has_a_rate_just_above_zero() -> None:
    row = Instalment(n=1, due=date(2026, 2, 28), principal=10**12, interest=1)
    found = rates.exact(10**12, [row], Terms(), DISBURSED)
    assert found.quantize(Decimal("1e-13")) == Decimal("12e-10").quantize(Decimal("1e-13"))
    less = Instalment(n=1, due=date(2026, 2, 28), principal=10**12 - 1, interest=0)
    assert rates.exact(10**12, [less], Terms(), DISBURSED) == 0


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("count", [1, 2, 36, 600])
@pytest.mark.parametrize("rate", ["0.000001", "1000"])
@pytest.mark.parametrize("fees", [0, 10**12 - 1])
def test_the_rate_is_found_however_absurd_the_loan(
    method: Method, count: int, rate: str, fees: int
) -> None:
    rule = Terms(
        method=method,
        rate=Decimal(rate),
        every=Every.parse("1d"),
        day_count=DayCount.ACT_360,
        rounding=Rounding.UP,
    )
    rows = schedule.make(principal=10**12, count=count, terms=rule, disbursed=DISBURSED)
    found = rates.exact(10**12 - fees, rows, rule, DISBURSED) / 100
    worth, factor = Decimal(0), Decimal(1)
    for span, row in zip(
        schedule.periods(rule, count=count, disbursed=DISBURSED), rows, strict=True
    ):
        length = Decimal(span.years.numerator) / Decimal(span.years.denominator)
        factor /= 1 + length * found
        worth += factor * (row.principal + row.interest)
    assert abs(worth - (10**12 - fees)) < Decimal("0.01")
    assert rates.effective_rate(10**12 - fees, rows, rule, DISBURSED).as_tuple().exponent == -2


@pytest.mark.parametrize("received", [0, -1])
def test_a_loan_of_which_nothing_is_received_has_no_rate(received: int) -> None:
    row = Instalment(n=1, due=date(2026, 2, 28), principal=100, interest=1)
    with pytest.raises(BadTerms):
        rates.effective_rate(received, [row], Terms(), DISBURSED)
