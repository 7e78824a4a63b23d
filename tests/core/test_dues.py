"""Which months an amount of simpanan wajib covers: nothing is lost, nothing is counted twice."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.calendar import last_day, month_of, next_month
from core.dues import Part, Position, are_consecutive
from core.rules import WajibRates

JAN = date(2026, 1, 1)


def month(number: int) -> date:
    """January 2026 is 0."""
    return next_month(JAN, number)


def a_position(
    *, paid: dict[int, int] | None = None, steps: dict[int, int] | int = 20_000, due: int = 0
) -> Position:
    rates = {-12: steps} if isinstance(steps, int) else steps
    return Position(
        due_from=month(due),
        paid={month(number): amount for number, amount in (paid or {}).items()},
        rates=WajibRates(tuple((month(since), rate) for since, rate in sorted(rates.items()))),
    )


def said(parts: tuple[Part, ...]) -> list[tuple[int, int, bool]]:
    """(months after January 2026, rupiah, whole)."""
    return [
        ((part.month.year - 2026) * 12 + part.month.month - 1, part.amount, part.whole)
        for part in parts
    ]


_POSITIONS = st.builds(
    a_position,
    paid=st.dictionaries(st.integers(0, 30), st.integers(0, 40_000), max_size=10),
    steps=st.dictionaries(
        st.integers(-3, 24), st.sampled_from([0, 5_000, 10_000, 20_000, 25_001]), min_size=1, max_size=4
    ),
    due=st.integers(0, 6),
)  # fmt: skip
_NAMED = st.lists(st.integers(-3, 40).map(month), max_size=6)


@given(_POSITIONS, st.integers(1, 3_000_000), _NAMED)
def test_the_parts_always_add_up_to_the_amount(where: Position, amount: int, named: list[date]):
    parts = where.cover(amount, named)
    assert sum(part.amount for part in parts) == amount
    assert all(part.amount > 0 for part in parts)
    months = [part.month for part in parts]
    assert months == sorted(set(months))
    assert all(one.day == 1 for one in months)


@given(_POSITIONS, st.integers(1, 3_000_000), _NAMED)
def test_no_month_gets_more_than_it_is_owed_unless_nothing_is_owed_any_more(
    where: Position, amount: int, named: list[date]
):
    parts = where.cover(amount, named)
    over = [part for part in parts if part.amount > where.owed(part.month)]
    assert len(over) <= 1
    covered = {part.month for part in parts}
    for part in over:  # The stated rule: what is left stays with the last month, when all are paid.
        assert part.whole
        assert [one for one in where.next_unpaid(600) if one not in covered] == []
    for part in parts:
        if part not in over:
            assert part.whole == (part.amount == where.owed(part.month))
    assert sum(not part.whole for part in parts) <= 1


@given(_POSITIONS, st.integers(1, 500_000), _NAMED)
def test_named_months_come_first_then_the_oldest(where: Position, amount: int, named: list[date]):
    parts = {part.month: part for part in where.cover(amount, named)}
    wanted = [one for one in sorted(set(named)) if where.owed(one)]
    order = wanted + [one for one in where.next_unpaid(600) if one not in wanted]
    reached = [one for one in order if one in parts and where.owed(one)]
    assert reached == order[: len(reached)]
    for one in reached[:-1]:
        assert parts[one].whole


@given(_POSITIONS, st.integers(1, 200_000), st.integers(1, 200_000))
def test_two_payments_reach_as_far_as_one_of_both(where: Position, first: int, second: int):
    at_once = {part.month: part.amount for part in where.cover(first + second)}
    paid = dict(where.paid)
    added: dict[date, int] = {}
    for amount in (first, second):
        now = Position(due_from=where.due_from, paid=paid, rates=where.rates)
        for part in now.cover(amount):
            paid[part.month] = paid.get(part.month, 0) + part.amount
            added[part.month] = added.get(part.month, 0) + part.amount
    owed = {one: amount for one, amount in at_once.items() if where.owed(one)}
    if all(at_once[one] <= where.owed(one) for one in at_once):
        assert added == owed


def test_the_oldest_unpaid_months_are_paid_first():
    assert said(a_position().cover(60_000)) == [
        (0, 20_000, True), (1, 20_000, True), (2, 20_000, True),
    ]  # fmt: skip
    assert said(a_position(paid={0: 20_000, 1: 5_000}).cover(20_000)) == [
        (1, 15_000, True), (2, 5_000, False),
    ]  # fmt: skip


def test_named_months_are_paid_before_older_ones_and_the_rest_goes_to_the_oldest():
    where = a_position()
    assert said(where.cover(45_000, [month(7), month(6)])) == [
        (0, 5_000, False), (6, 20_000, True), (7, 20_000, True),
    ]  # fmt: skip
    assert said(where.cover(15_000, [month(7), month(6)])) == [(6, 15_000, False)]


def test_a_named_month_that_is_paid_takes_nothing_more():
    where = a_position(paid={6: 20_000})
    assert said(where.cover(20_000, [month(6)])) == [(0, 20_000, True)]


def test_a_month_may_be_named_by_any_of_its_days():
    where = a_position()
    assert where.cover(20_000, [date(2026, 7, 31)]) == where.cover(20_000, [date(2026, 7, 1)])


def test_months_before_dues_begin_here_are_owed_nothing():
    where = a_position(due=11)
    assert where.owed(month(10)) == 0
    assert said(where.cover(20_000, [month(9), month(10)])) == [(11, 20_000, True)]


def test_dues_change_with_the_first_month_that_begins_after_the_change():
    where = Position(
        due_from=JAN,
        paid={},
        rates=WajibRates(((date(2025, 1, 1), 10_000), (date(2026, 3, 15), 25_000))),
    )
    assert [where.owed(month(number)) for number in range(5)] == [
        10_000, 10_000, 10_000, 25_000, 25_000,
    ]  # fmt: skip
    assert said(where.cover(60_000)) == [
        (0, 10_000, True), (1, 10_000, True), (2, 10_000, True), (3, 25_000, True), (4, 5_000, False),
    ]  # fmt: skip


def test_lower_dues_later_give_nothing_back_and_owe_nothing():
    where = a_position(paid=dict.fromkeys(range(4), 20_000), steps={-12: 20_000, 2: 5_000})
    assert where.owed(month(3)) == 0
    assert where.arrears(month(5)) == [month(4), month(5)]


def test_without_dues_the_amount_stays_with_one_month():
    free = a_position(steps=0)
    assert said(free.cover(50_000)) == [(0, 50_000, True)]
    assert said(free.cover(50_000, [month(4), month(3)])) == [(3, 50_000, True)]
    assert free.arrears(month(11)) == []
    assert free.next_unpaid(3) == []
    assert free.paid_through() is None


def test_dues_that_end_leave_what_is_over_with_the_last_month():
    where = a_position(steps={-12: 20_000, 2: 0})
    assert said(where.cover(100_000)) == [(0, 20_000, True), (1, 80_000, True)]


def test_more_than_anybody_will_live_to_see_stays_with_the_last_month():
    parts = a_position().cover(2**63 - 1)
    assert len(parts) == 600
    assert sum(part.amount for part in parts) == 2**63 - 1
    assert {part.amount for part in parts[:-1]} == {20_000}


def test_arrears_are_the_months_not_fully_paid_up_to_a_day():
    where = a_position(paid={0: 20_000, 1: 19_999, 3: 20_000}, due=0)
    assert where.arrears(month(4)) == [month(1), month(2), month(4)]
    assert where.arrears(last_day(month(4))) == where.arrears(month(4))
    assert where.arrears(month(-1)) == []
    assert a_position(due=11).arrears(month(10)) == []


def test_paid_through_names_the_last_month_before_the_first_gap():
    assert a_position().paid_through() is None
    assert a_position(paid={0: 19_999, 1: 20_000}).paid_through() is None
    assert a_position(paid={0: 20_000, 1: 20_000, 3: 20_000}).paid_through() == month(1)
    assert a_position(paid=dict.fromkeys(range(5), 20_000), due=2).paid_through() == month(4)
    later = a_position(paid={3: 20_000, 4: 20_000}, steps={-12: 0, 3: 20_000})
    assert later.paid_through() == month(4)


@given(_POSITIONS, st.integers(1, 500_000))
def test_what_is_covered_is_no_longer_in_arrears(where: Position, amount: int):
    paid = dict(where.paid)
    parts = where.cover(amount)
    for part in parts:
        paid[part.month] = paid.get(part.month, 0) + part.amount
    after = Position(due_from=where.due_from, paid=paid, rates=where.rates)
    through = month_of(month(36))
    whole = {part.month for part in parts if part.whole}
    assert after.arrears(through) == [one for one in where.arrears(through) if one not in whole]


def test_a_gap_between_months_is_seen():
    assert are_consecutive([])
    assert are_consecutive([month(10), month(11), month(12)])
    assert not are_consecutive([month(0), month(2)])
    assert not are_consecutive([month(1), month(0)])
