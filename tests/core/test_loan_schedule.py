"""Published examples, due dates, rounding and bad input of the schedule engine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.loans import schedule
from core.loans.terms import (
    BadTerms,
    DayCount,
    Every,
    Instalment,
    Method,
    MonthEnd,
    Rounding,
    Terms,
)

JAN_31 = date(2026, 1, 31)
WEEKEND = frozenset({6, 7})


def made(
    principal: int = 12_000_000,
    count: int = 12,
    *,
    method: Method = Method.FLAT,
    rate: str = "12",
    rate_per: str = "year",
    disbursed: date = JAN_31,
    first_due: date | None = None,
    rest_days: frozenset[int] = frozenset(),
    moves_holidays: bool = False,
    **terms: Any,
) -> tuple[Instalment, ...]:
    rows = schedule.make(
        principal=principal,
        count=count,
        terms=Terms(
            method=method,
            rate=Decimal(rate),
            rate_per=rate_per,
            moves_holidays=moves_holidays,
            **terms,
        ),
        disbursed=disbursed,
        first_due=first_due,
        rest_days=rest_days,
    )
    assert sum(row.principal for row in rows) == principal
    return rows


def totals(rows: tuple[Instalment, ...]) -> list[int]:
    return [row.principal + row.interest for row in rows]


def interest(rows: tuple[Instalment, ...]) -> int:
    return sum(row.interest for row in rows)


def dues(rows: tuple[Instalment, ...]) -> list[str]:
    return [row.due.isoformat() for row in rows]


# --- published examples (domain 2.2)


def test_twelve_million_flat_at_six_per_cent_is_1_060_000_a_month() -> None:
    rows = made(rate="6")
    assert totals(rows) == [1_060_000] * 12
    assert interest(rows) == 720_000


def test_twelve_million_menurun_falls_by_ten_thousand_to_1_010_000() -> None:
    rows = made(method=Method.MENURUN)
    assert totals(rows) == list(range(1_120_000, 1_000_000, -10_000))
    assert interest(rows) == 780_000


def test_twelve_million_anuitas_is_1_066_185_46_in_whole_rupiah() -> None:
    rows = made(method=Method.ANUITAS)
    assert totals(rows)[:-1] == [1_066_185] * 11
    assert totals(rows)[-1] == 1_066_191  # eleven times 0.46 is what is left, with its interest
    assert interest(rows) == 794_226  # published: 794,225.57
    level = schedule.compute(
        principal=12_000_000,
        count=12,
        terms=Terms(method=Method.ANUITAS, rate=Decimal(12), rate_per="year"),
        disbursed=JAN_31,
    )[0].level
    assert level == 1_066_185


def test_the_book_of_ojk_flat_17_per_cent_is_1_170_000_a_month() -> None:
    rows = made(rate="17")
    assert totals(rows) == [1_170_000] * 12
    assert interest(rows) == 2_040_000


def test_nine_million_flat_one_per_cent_a_month_is_840_000() -> None:
    assert totals(made(9_000_000, rate="1", rate_per="month")) == [840_000] * 12


def test_five_million_in_ten_months_at_one_per_cent_flat_is_550_000() -> None:
    assert totals(made(5_000_000, 10, rate="1", rate_per="month")) == [550_000] * 10


def test_the_table_of_six_million() -> None:
    flat = made(6_000_000)
    assert (totals(flat), interest(flat)) == ([560_000] * 12, 720_000)
    menurun = made(6_000_000, method=Method.MENURUN)
    assert totals(menurun) == list(range(560_000, 500_000, -5_000))
    assert interest(menurun) == 390_000
    anuitas = made(6_000_000, method=Method.ANUITAS)
    assert totals(anuitas)[:-1] == [533_093] * 11  # 533,092.73
    assert interest(anuitas) == 397_113  # 397,112.78
    bullet = made(6_000_000, method=Method.JATUH_TEMPO)
    assert totals(bullet) == [60_000] * 11 + [6_060_000]


@pytest.mark.parametrize(
    ("grace", "published", "exact"),
    [
        (0, 49_718_664, "49718663.68"),
        (6, 53_478_819, "53478818.34"),  # the published figure is rounded up, the other two are not
        (8, 54_890_417, "54890417.47"),
    ],
)
def test_the_himbara_loan_of_three_billion(grace: int, published: int, exact: str) -> None:
    rows = made(
        3_000_000_000,
        72,
        method=Method.ANUITAS,
        rate="6",
        grace_principal=grace,
        disbursed=date(2026, 11, 12),
    )
    assert totals(rows)[:grace] == [15_000_000] * grace
    assert all(row.principal == 0 for row in rows[:grace])
    assert set(totals(rows)[grace:-1]) == {int(Decimal(exact) + Decimal("0.5"))}
    assert abs(totals(rows)[grace] - published) <= 1
    assert abs(totals(rows)[-1] - published) < 72
    assert {row.due.day for row in rows} == {12}


# --- due dates


def test_the_31st_falls_back_to_a_months_last_day_and_returns() -> None:
    assert dues(made(count=6)) == [
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
        "2026-07-31",
    ]
    assert dues(made(count=2, disbursed=date(2028, 1, 30))) == ["2028-02-29", "2028-03-30"]


def test_a_day_a_month_lacks_may_go_on_to_the_first_of_the_next() -> None:
    rows = made(count=4, month_end=MonthEnd.NEXT_FIRST)
    assert dues(rows) == ["2026-03-01", "2026-03-31", "2026-05-01", "2026-05-31"]


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("1w", ["2026-02-07", "2026-02-14", "2026-02-21"]),
        ("2w", ["2026-02-14", "2026-02-28", "2026-03-14"]),
        ("15d", ["2026-02-15", "2026-03-02", "2026-03-17"]),
        ("1d", ["2026-02-01", "2026-02-02", "2026-02-03"]),
        ("2m", ["2026-03-31", "2026-05-31", "2026-07-31"]),
        ("3m", ["2026-04-30", "2026-07-31", "2026-10-31"]),
        ("6m", ["2026-07-31", "2027-01-31", "2027-07-31"]),
    ],
)
def test_every_rhythm_has_its_dates(every: str, expected: list[str]) -> None:
    assert dues(made(count=3, every=Every.parse(every))) == expected


def test_a_first_due_date_leads_and_the_others_follow_from_it() -> None:
    assert dues(made(count=3, first_due=date(2026, 3, 12))) == [
        "2026-03-12",
        "2026-04-12",
        "2026-05-12",
    ]
    assert dues(made(count=3, first_due=date(2026, 2, 5), every=Every.parse("2w"))) == [
        "2026-02-05",
        "2026-02-19",
        "2026-03-05",
    ]
    assert dues(made(count=3, first_due=date(2026, 3, 31)))[1:] == ["2026-04-30", "2026-05-31"]


@pytest.mark.parametrize(
    ("disbursed", "due_day", "first"),
    [
        ("2026-01-10", 10, "2026-02-10"),
        ("2026-01-10", 5, "2026-02-05"),
        ("2026-01-25", 5, "2026-03-05"),  # 5 February is 11 days away: too near
        ("2026-01-21", 5, "2026-03-05"),
        ("2026-01-20", 5, "2026-02-05"),
        ("2026-01-10", 25, "2026-02-25"),
        ("2026-01-03", 25, "2026-01-25"),
        ("2026-01-20", 31, "2026-02-28"),
    ],
)
def test_a_due_day_begins_where_a_first_period_is_about_a_month(
    disbursed: str, due_day: int, first: str
) -> None:
    rows = made(count=3, disbursed=date.fromisoformat(disbursed), due_day=due_day)
    assert dues(rows)[0] == first
    assert interest(rows) == 3 * 120_000


def test_a_due_date_on_a_holiday_moves_alone_and_costs_nothing() -> None:
    kwargs: dict[str, Any] = {"count": 4, "disbursed": date(2026, 11, 25)}
    plain = made(**kwargs)
    moved = made(**kwargs, moves_holidays=True, rest_days=WEEKEND)
    assert dues(plain) == ["2026-12-25", "2027-01-25", "2027-02-25", "2027-03-25"]
    assert dues(moved) == ["2026-12-28", "2027-01-25", "2027-02-25", "2027-03-29"]
    assert [row.interest for row in moved] == [row.interest for row in plain]
    assert dues(made(**kwargs, moves_holidays=True))[3] == "2027-03-27"  # nobody rests on Saturday


def test_days_are_counted_between_the_dates_before_a_holiday_moved_them() -> None:
    kwargs: dict[str, Any] = {
        "count": 4,
        "disbursed": date(2026, 11, 25),
        "day_count": DayCount.ACT_365,
    }
    moved = made(**kwargs, moves_holidays=True, rest_days=WEEKEND)
    assert [row.interest for row in moved] == [row.interest for row in made(**kwargs)]


def test_daily_instalments_skip_rest_days_without_meeting() -> None:
    rows = made(
        count=6,
        disbursed=date(2026, 12, 22),
        every=Every.parse("1d"),
        moves_holidays=True,
        rest_days=WEEKEND,
    )
    assert dues(rows) == [
        "2026-12-23",
        "2026-12-28",
        "2026-12-29",
        "2026-12-30",
        "2026-12-31",
        "2027-01-04",
    ]


# --- period rates


def test_months_of_weeks_and_days_have_thirty_days() -> None:
    assert made(count=2, every=Every.parse("15d"))[0].interest == 60_000
    assert made(count=2, every=Every.parse("1w"))[0].interest == 28_000
    assert made(count=2, every=Every.parse("2w"))[0].interest == 56_000
    assert made(count=2, every=Every.parse("3m"))[0].interest == 360_000


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [
        (DayCount.MONTH, [120_000, 120_000]),
        (DayCount.ACT_365, [122_301, 122_301]),  # 31 of 365 days
        (DayCount.ACT_360, [124_000, 124_000]),
        (DayCount.ACT_ACT, [122_150, 121_967]),  # 17/365 + 14/366 of a year, then 31/366
    ],
)
def test_day_counts_across_a_leap_year(day_count: DayCount, expected: list[int]) -> None:
    rows = made(count=2, disbursed=date(2027, 12, 15), day_count=day_count)
    assert [row.interest for row in rows] == expected


def test_a_monthly_rate_counts_twelve_times_a_year() -> None:
    monthly = made(rate="1", rate_per="month", day_count=DayCount.ACT_365)
    assert monthly == made(rate="12", day_count=DayCount.ACT_365)


def test_anuitas_discounts_by_the_actual_period_rates() -> None:
    rows = made(
        count=6,
        method=Method.ANUITAS,
        day_count=DayCount.ACT_365,
        disbursed=date(2026, 1, 1),
        first_due=date(2026, 2, 15),
    )
    factor, worth = Fraction(1), Fraction(0)
    before = date(2026, 1, 1)
    for row in rows:
        factor /= 1 + Fraction(12, 100) * (row.due - before).days / 365
        worth += factor
        before = row.due
    assert totals(rows)[0] == int(12_000_000 / worth + Fraction(1, 2))
    assert rows[0].interest == 177_534  # 45 days


# --- grace


def test_a_grace_of_principal_spreads_it_over_the_other_lines() -> None:
    flat = made(count=6, grace_principal=2)
    assert [row.principal for row in flat] == [0, 0] + [3_000_000] * 4
    menurun = made(count=6, method=Method.MENURUN, grace_principal=2)
    assert [row.interest for row in menurun] == [120_000] * 3 + [90_000, 60_000, 30_000]


def test_a_grace_of_interest_lets_it_fall_due_with_the_line_after() -> None:
    rows = made(count=5, method=Method.MENURUN, rate="1", rate_per="month", grace_interest=2)
    assert [row.interest for row in rows] == [0, 0, 120_000 + 96_000 + 72_000, 48_000, 24_000]
    assert [row.principal for row in rows] == [2_400_000] * 5


def test_a_bullet_pays_interest_each_period_or_all_at_the_end() -> None:
    monthly = made(3_000_000, 4, method=Method.JATUH_TEMPO, rate="2", rate_per="month")
    assert totals(monthly) == [60_000, 60_000, 60_000, 3_060_000]
    at_end = made(
        3_000_000, 4, method=Method.JATUH_TEMPO, rate="2", rate_per="month", interest_at_end=True
    )
    assert totals(at_end) == [0, 0, 0, 3_240_000]
    harvest = made(
        3_000_000, 1, method=Method.JATUH_TEMPO, rate="2", rate_per="month", every=Every.parse("4m")
    )
    assert (totals(harvest), dues(harvest)) == ([3_240_000], ["2026-05-31"])


# --- rounding


@pytest.mark.parametrize(
    ("rounding", "instalment", "last"),
    [
        (Rounding.NEAREST, 93_300, 93_700),
        (Rounding.UP, 93_400, 92_600),
        (Rounding.DOWN, 93_300, 93_700),
    ],
)
def test_a_flat_instalment_is_rounded_and_principal_takes_the_difference(
    rounding: Rounding, instalment: int, last: int
) -> None:
    rows = made(1_000_000, round_to=100, rounding=rounding)  # 83,333.33 and 10,000
    assert totals(rows) == [instalment] * 11 + [last]
    assert {row.interest for row in rows} == {10_000}


def test_a_menurun_instalment_is_rounded_line_by_line() -> None:
    rows = made(1_000_000, method=Method.MENURUN, round_to=500, rounding=Rounding.UP)
    assert totals(rows)[:3] == [93_500, 92_500, 92_000]  # 93,333, 92,498 and 91,663 before
    assert all(total % 500 == 0 for total in totals(rows)[:-1])
    left = 1_000_000
    for row in rows:
        assert row.interest == (left + 50) // 100
        left -= row.principal


def test_an_annuity_rounded_up_ends_smaller_and_rounded_down_larger() -> None:
    up = totals(made(method=Method.ANUITAS, round_to=100, rounding=Rounding.UP))
    assert up[0] == 1_066_200
    assert up[-1] < up[0]
    down = totals(made(method=Method.ANUITAS, round_to=100, rounding=Rounding.DOWN))
    assert down[0] == 1_066_100
    assert down[-1] > down[0]


def test_without_a_rounding_a_third_of_a_rupiah_goes_to_the_last_line() -> None:
    rows = made(1_000_000, 3, method=Method.MENURUN, rounding=Rounding.UP)
    assert [row.principal for row in rows] == [333_333, 333_333, 333_334]


def test_half_a_rupiah_of_interest_is_rounded_up() -> None:
    assert made(50, 1, rate="1", rate_per="month")[0].interest == 1
    assert made(49, 1, rate="1", rate_per="month")[0].interest == 0


def test_a_loan_paid_off_early_by_rounding_up_has_empty_lines_and_nothing_more() -> None:
    rows = made(1_000, 5, method=Method.ANUITAS, rate="0", round_to=500, rounding=Rounding.UP)
    assert [row.principal for row in rows] == [500, 500, 0, 0, 0]
    flat = made(10_000, 4, rate="1", rate_per="month", round_to=5_000, rounding=Rounding.UP)
    assert [row.principal for row in flat] == [4_900, 4_900, 200, 0]
    assert [row.interest for row in flat] == [100] * 4


def test_rounding_down_below_the_interest_leaves_all_principal_to_the_last_line() -> None:
    rows = made(100_000, 10, rate="2", rate_per="month", round_to=50_000, rounding=Rounding.DOWN)
    assert [row.principal for row in rows] == [0] * 9 + [100_000]
    assert [row.interest for row in rows] == [2_000] * 10


def test_interest_of_a_long_first_period_never_adds_to_the_principal() -> None:
    rows = made(
        method=Method.ANUITAS, day_count=DayCount.ACT_365, first_due=date(2028, 1, 31), count=12
    )
    assert rows[0].principal == 0
    assert rows[0].interest == 2_880_000
    assert min(row.principal for row in rows) >= 0


# --- odd and bad input


def test_a_rate_of_zero_costs_nothing_with_every_method() -> None:
    for method in Method:
        rows = made(1_000, 3, method=method, rate="0")
        assert interest(rows) == 0


def test_a_principal_smaller_than_its_lines_is_still_paid_exactly_once() -> None:
    assert [row.principal for row in made(5, 12, rate="0")] == [0] * 11 + [5]
    assert [row.principal for row in made(7, 12, rate="0")] == [1] * 7 + [0] * 5


def test_the_largest_loan_over_the_most_instalments_is_computed() -> None:
    for method in Method:
        rows = made(10**12, 600, method=method, rate="24", day_count=DayCount.ACT_ACT)
        assert len(rows) == 600
        assert rows[-1].due == date(2076, 1, 31)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"principal": 0}, "pokok"),
        ({"principal": -5}, "pokok"),
        ({"principal": 10**12 + 1}, "pokok"),
        ({"count": 0}, "banyaknya angsuran"),
        ({"count": -1}, "banyaknya angsuran"),
        ({"count": 601}, "banyaknya angsuran"),
        ({"rate": "-1"}, "jasa harus"),
        ({"rate": "1001"}, "jasa harus"),
        ({"rate": "NaN"}, "jasa harus"),
        ({"rate": "Infinity"}, "jasa harus"),
        ({"rate": "1e-21"}, "di belakang koma"),
        ({"rate_per": "week"}, "per bulan atau per tahun"),
        ({"grace_principal": 12}, "masa tenggang pokok"),
        ({"grace_principal": -1}, "masa tenggang pokok"),
        ({"grace_interest": 12}, "masa tenggang jasa"),
        ({"interest_at_end": True}, "jatuh tempo"),
        ({"round_to": 0}, "pembulatan"),
        ({"round_to": 13_000_000}, "pembulatan"),
        ({"due_day": 32}, "tanggal jatuh tempo"),
        ({"due_day": 0}, "tanggal jatuh tempo"),
        ({"due_day": 5, "every": Every(2, "w")}, "tanggal jatuh tempo"),
        ({"first_due": JAN_31}, "sesudah tanggal pencairan"),
        ({"first_due": date(2025, 1, 1)}, "sesudah tanggal pencairan"),
        ({"count": 600, "every": Every(999, "m")}, "sesudah tahun 2999"),
        ({"disbursed": date(9999, 12, 30)}, "sesudah tahun 2999"),
        ({"disbursed": date(9999, 12, 30), "every": Every(1, "w")}, "sesudah tahun 2999"),
        ({"disbursed": date(2999, 12, 30), "due_day": 3}, "sesudah tahun 2999"),
        ({"first_due": date(9999, 12, 30), "every": Every(1, "w")}, "sesudah tahun 2999"),
    ],
)
def test_what_makes_no_schedule_is_refused_in_words(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(BadTerms) as refused:
        made(**changed)
    assert said in refused.value.facts["what"]  # type: ignore[operator] # facts are objects
