"""What payments do to a schedule: worked examples by hand, and random lives against a clerk's desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from core.loans.book import Instalment, Paid, Version
from core.loans.penalties import Stretch
from core.loans.replay import Position, changes, replay, settlement
from core.loans.terms import Fine, Penalty, Share, Terms
from tests.core.loan_model import DAY, agree, lived

START = date(2026, 1, 15)
DENDA, JASA, POKOK = Share.PENALTY, Share.INTEREST, Share.PRINCIPAL
DAILY = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"))


def due(n: int) -> date:
    return date(2026, 1 + n, 15)


def a_version(
    *, penalty: Penalty | None = None, count: int = 4, deferred: int = 0, **other: object
) -> Version:
    """100,000 of principal and 10,000 of interest a month, on the 15th from February on."""
    facts: dict[str, object] = {"penalty": penalty or Penalty()}
    carried = {name: other.pop(name) for name in list(other) if name not in Terms.__slots__}
    return Version(
        version=1,
        starts_on=START,
        principal=100_000 * count,
        terms=Terms(**(facts | other)),  # type: ignore[arg-type]  # what a test names
        rows=tuple(
            Instalment(n=n, due=due(n), principal=100_000, interest=10_000)
            for n in range(1, count + 1)
        ),
        deferred=deferred,
        **carried,  # type: ignore[arg-type]  # what a test names
    )


def paid(*payments: tuple[date, int]) -> list[Paid]:
    return [Paid(entry=n, on=on, amount=amount) for n, (on, amount) in enumerate(payments, 1)]


def split(position: Position) -> tuple[int, int, int]:
    return position.penalty_paid, position.interest_paid, position.principal_paid


def rows(position: Position) -> list[tuple[int, int, int]]:
    return [(line.penalty_paid, line.interest_paid, line.principal_paid) for line in position.lines]


def test_before_the_first_due_day_nothing_is_overdue_and_all_is_owed():
    position = replay(a_version(), [], due(1) - DAY)
    assert (position.overdue, position.late, position.overdue_days) == (0, 0, 0)
    assert (position.principal_left, position.interest_left, position.penalty_left) == (400_000, 40_000, 0)  # fmt: skip
    assert (position.oldest_due, position.next_due, position.next_amount) == (due(1), due(1), 110_000)  # fmt: skip
    assert position.total_left == 440_000
    assert not position.settled


def test_on_the_due_day_an_instalment_is_due_but_not_late():
    position = replay(a_version(), [], due(1))
    assert (position.overdue, position.late, position.overdue_days) == (110_000, 0, 0)
    assert (position.next_due, position.next_amount) == (due(1), 110_000)
    day_after = replay(a_version(), [], due(1) + DAY)
    assert (day_after.overdue, day_after.late, day_after.overdue_days) == (110_000, 110_000, 1)
    assert (day_after.next_due, day_after.oldest_due) == (due(2), due(1))


def test_an_instalment_goes_to_interest_then_principal_of_the_oldest():
    position = replay(a_version(), paid((due(1), 110_000)), due(1))
    assert rows(position)[:2] == [(0, 10_000, 100_000), (0, 0, 0)]
    assert position.lines[0].paid_on == due(1)
    assert (position.oldest_due, position.overdue_days, position.paid_rows) == (due(2), 0, 1)


def test_part_of_an_instalment_leaves_it_unpaid():
    position = replay(a_version(), paid((due(1), 40_000)), due(1) + 10 * DAY)
    assert rows(position)[0] == (0, 10_000, 30_000)
    assert (position.lines[0].left, position.lines[0].paid_on) == (70_000, None)
    assert (position.overdue, position.overdue_days, position.paid_rows) == (70_000, 10, 0)


def test_what_is_above_the_due_goes_on_to_the_next_instalments():
    position = replay(a_version(), paid((due(1), 225_000)), due(1))
    assert rows(position)[:3] == [(0, 10_000, 100_000), (0, 10_000, 100_000), (0, 5_000, 0)]
    assert [line.paid_on for line in position.lines] == [due(1), due(1), None, None]
    assert (position.next_due, position.next_amount) == (due(3), 105_000)


def test_everything_paid_is_settled_on_the_day_of_the_last_payment():
    position = replay(a_version(), paid((due(1), 110_000), (due(2), 330_000)), due(4))
    assert (position.settled, position.settled_on) == (True, due(2))
    assert (position.total_left, position.surplus, position.oldest_due) == (0, 0, None)


def test_more_than_everything_is_left_over():
    assert replay(a_version(), paid((due(1), 440_001)), due(1)).surplus == 1


def test_a_payment_of_a_later_day_has_not_happened_yet():
    payments = paid((due(1), 110_000), (due(2), 110_000))
    assert replay(a_version(), payments, due(2) - DAY) == replay(a_version(), payments[:1], due(2) - DAY)  # fmt: skip


def test_a_fine_counts_the_days_after_the_due_day_until_the_payment():
    version = a_version(penalty=DAILY)
    # 0.1 % of 110,000 is 110 a day; three days late is 330.
    position = replay(version, paid((due(1) + 3 * DAY, 110_330)), due(1) + 30 * DAY)
    assert rows(position)[0] == (330, 10_000, 100_000)
    assert position.lines[0].penalty == 330
    assert position.lines[0].fined == (Stretch(first=due(1) + DAY, days=3, lacked=110_000),)


def test_a_fine_follows_what_is_lacking_day_by_day():
    version = a_version(penalty=DAILY)
    # 10 days of 110 are 1,100; then 50,000 less 1,100 of fine and 10,000 of interest leave 61,100.
    first = paid((due(1) + 10 * DAY, 50_000))
    position = replay(version, first, due(1) + 20 * DAY)
    assert rows(position)[0] == (1_100, 10_000, 38_900)
    assert position.lines[0].penalty == 1_100 + 611
    assert [(s.days, s.lacked) for s in position.lines[0].fined] == [(10, 110_000), (10, 61_100)]


def test_free_days_are_never_counted():
    version = a_version(
        penalty=Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"), grace_days=5)
    )
    assert replay(version, [], due(1) + 5 * DAY).penalty_left == 0
    assert replay(version, [], due(1) + 6 * DAY).penalty_left == 110
    assert replay(version, paid((due(1) + 5 * DAY, 110_000)), due(1) + 25 * DAY).penalty_left == 0


def test_a_fine_is_capped_at_a_part_of_the_instalment():
    penalty = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal(1), cap=Decimal("2.5"))
    version = a_version(penalty=penalty)
    fines = [replay(version, [], due(1) + n * DAY).lines[0].penalty for n in (1, 2, 3, 28)]
    assert fines == [1_100, 2_200, 2_750, 2_750]


def test_a_fine_is_rounded_half_up_once_an_instalment():
    penalty = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.00005"))  # 0.055 rupiah a day
    version = a_version(penalty=penalty)
    fines = [replay(version, [], due(1) + n * DAY).lines[0].penalty for n in (9, 10, 27, 28)]
    assert fines == [0, 1, 1, 2]  # 0.495, 0.55, 1.485, 1.54


@pytest.mark.parametrize(
    ("penalty", "fines"),
    [
        (Penalty(kind=Fine.FIXED_DAILY, value=Decimal(500)), (0, 500, 1_000, 5_000)),
        (Penalty(kind=Fine.FIXED_ONCE, value=Decimal(5_000)), (0, 5_000, 5_000, 5_000)),
        (Penalty(kind=Fine.PERCENT_ONCE, value=Decimal(2)), (0, 2_200, 2_200, 2_200)),
        (Penalty(kind=Fine.FIXED_DAILY, value=Decimal(500), grace_days=1), (0, 0, 500, 4_500)),
        (Penalty(kind=Fine.FIXED_ONCE, value=Decimal(5_000), cap=Decimal(1)), (0, 1_100, 1_100, 1_100)),
        (Penalty(), (0, 0, 0, 0)),
    ],
)  # fmt: skip
def test_each_kind_of_fine(penalty: Penalty, fines: Sequence[int]):
    version = a_version(penalty=penalty)
    assert tuple(replay(version, [], due(1) + n * DAY).penalty_left for n in (0, 1, 2, 10)) == tuple(fines)  # fmt: skip


def test_a_fine_once_is_of_what_lacked_when_it_came():
    version = a_version(penalty=Penalty(kind=Fine.PERCENT_ONCE, value=Decimal(2), grace_days=3))
    position = replay(version, paid((due(1) + 2 * DAY, 60_000)), due(1) + 20 * DAY)
    assert position.penalty_left == 1_000  # 2 % of 50,000


def test_a_fine_stops_when_its_instalment_is_paid_and_bears_none_itself():
    version = a_version(penalty=DAILY, order=(JASA, POKOK, DENDA))
    position = replay(version, paid((due(1) + 10 * DAY, 110_000)), due(2))
    assert rows(position)[0] == (0, 10_000, 100_000)
    assert (position.penalty_left, position.overdue, position.overdue_days) == (1_100, 110_000, 0)
    assert position.lines[0].paid_on == due(1) + 10 * DAY
    assert position.due_now == 111_100


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ((DENDA, JASA, POKOK), (1_100, 10_000, 38_900)),
        ((POKOK, JASA, DENDA), (0, 0, 50_000)),
        ((JASA, POKOK, DENDA), (0, 10_000, 40_000)),
        ((POKOK, DENDA, JASA), (0, 0, 50_000)),
    ],
)
def test_the_order_within_an_instalment_is_that_of_the_terms(
    order: tuple[Share, ...], first: tuple[int, int, int]
):
    version = a_version(penalty=DAILY, order=order)
    assert rows(replay(version, paid((due(1) + 10 * DAY, 50_000)), due(1) + 10 * DAY))[0] == first


def test_a_loan_with_only_fines_left_runs_on_but_is_not_overdue():
    version = a_version(penalty=DAILY, count=1, order=(JASA, POKOK, DENDA))
    position = replay(version, paid((due(1) + 10 * DAY, 110_000)), due(6))
    assert (position.settled, position.oldest_due, position.overdue_days) == (False, None, 0)
    assert position.total_left == position.penalty_left == 1_100
    ended = replay(version, paid((due(1) + 10 * DAY, 110_000), (due(3), 1_100)), due(6))
    assert ended.settled_on == due(3)


def test_payments_of_one_day_cost_the_same_in_any_order():
    version = a_version(penalty=DAILY)
    day = due(2) + 7 * DAY
    amounts = (30_000, 1_234, 99_999)
    ends = {
        tuple(rows(replay(version, paid(*((day, amounts[i]) for i in order)), due(4))))
        for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2))
    }
    assert len(ends) == 1


def test_a_payment_that_comes_late_to_the_book_lets_fines_fall_away():
    version = a_version(penalty=DAILY)
    known = paid((due(1) + 20 * DAY, 112_200))  # 20 days of 110 with it
    before = replay(version, known, due(2))
    late_news = [*known, Paid(entry=9, on=due(1), amount=55_000)]
    after = replay(version, late_news, due(2))
    assert split(before) == (2_200, 10_000, 100_000)
    # From the 15th only 55,000 lacked: 20 days of 55; the rest goes on to the second instalment.
    assert split(after) == (1_100, 20_000, 146_100)
    assert [new.n for _, new in changes(before, after)] == [1, 2]


def test_interest_carried_over_is_due_with_the_first_instalment_and_a_fine_at_once():
    version = a_version(penalty=DAILY, carried_interest=7_000, carried_penalty=900)
    start = replay(version, [], START)
    assert (start.penalty_left, start.lines[0].interest, start.interest_left) == (900, 17_000, 47_000)  # fmt: skip
    position = replay(version, paid((START, 5_000)), START)
    assert rows(position)[0] == (900, 4_100, 0)
    assert replay(version, [], due(1) + DAY).lines[0].penalty == 900 + 117


def test_instalments_paid_before_the_books_began_count_as_paid_on_their_day():
    position = replay(a_version(opening_paid=2, penalty=DAILY), [], due(3) + DAY)
    assert [line.paid_on for line in position.lines] == [due(1), due(2), None, None]
    assert (position.principal_left, position.principal_paid, position.interest_paid) == (200_000, 0, 0)  # fmt: skip
    assert (position.penalty_left, position.overdue_days, position.paid_rows) == (110, 1, 0)


def test_an_instalment_without_an_amount_is_never_overdue_and_counts_as_none():
    version = a_version()
    grace = Version(
        version=1, starts_on=START, principal=400_000, terms=version.terms,
        rows=(Instalment(n=1, due=due(1), principal=0, interest=0), *version.rows[1:3],
              Instalment(n=4, due=due(4), principal=200_000, interest=10_000)),
    )  # fmt: skip
    position = replay(grace, [], due(2) - DAY)
    assert (position.oldest_due, position.overdue_days, position.paid_rows) == (due(2), 0, 0)
    assert position.lines[0].paid_on == due(1)


def test_provisi_is_taken_to_income_with_the_principal_and_whole_at_the_end():
    version = a_version(deferred=1_001)
    steps = [replay(version, paid((due(1), amount)), due(1)) for amount in (110_000, 220_001, 440_000)]  # fmt: skip
    assert [p.provisi_recognised for p in steps] == [250, 500, 1_001]
    assert [p.provisi_left for p in steps] == [751, 501, 0]


# -- settlement ---------------------------------------------------------------------------------------


def test_a_settlement_takes_due_interest_whole_and_the_running_by_its_days():
    figure = settlement(a_version(), [], due(1) + 14 * DAY)  # 14 of the 28 days to 15 March
    assert (figure.due_interest, figure.running_interest, figure.running_n) == (10_000, 5_000, 2)
    assert (figure.running_days, figure.period_days, figure.further_interest) == (14, 28, 0)
    assert (figure.principal, figure.interest, figure.penalty) == (400_000, 15_000, 0)
    assert (figure.total, figure.waived) == (415_000, 25_000)


def test_a_settlement_on_a_due_day_owes_no_part_of_the_next_period():
    figure = settlement(a_version(), paid((due(1), 110_000)), due(2))
    assert (figure.interest, figure.running_n, figure.total) == (10_000, None, 310_000)
    first_day = settlement(a_version(), [], START)
    assert (first_day.interest, first_day.total) == (0, 400_000)


def test_a_settlement_may_cost_further_instalments_interest():
    version = a_version(settlement_instalments=2)
    day_before = settlement(version, [], due(2) - DAY)
    assert (day_before.running_interest, day_before.further_interest) == (9_643, 20_000)
    on_the_day = settlement(version, [], due(2))
    assert (on_the_day.due_interest, on_the_day.further_interest) == (20_000, 20_000)
    near_the_end = settlement(version, [], due(4) - DAY)
    assert near_the_end.further_interest == 0


def test_interest_held_by_a_grace_is_earned_from_the_beginning():
    version = Version(
        version=1, starts_on=START, principal=100_000, terms=Terms(),
        rows=(*(Instalment(n=n, due=due(n), principal=0, interest=0) for n in (1, 2)),
              Instalment(n=3, due=due(3), principal=100_000, interest=8_900)),
    )  # fmt: skip
    figure = settlement(version, [], START + 40 * DAY)  # of 90 days... 89 to 15 April
    assert (figure.running_days, figure.period_days) == (40, (due(3) - START).days)
    assert figure.interest == (8_900 * 40 * 2 + 90) // 180


def test_interest_paid_ahead_is_not_given_back():
    ahead = paid((START + DAY, 30_000))  # 10,000 of interest and 20,000 of principal
    figure = settlement(a_version(), ahead, START + 2 * DAY)
    assert (figure.interest, figure.principal, figure.waived) == (0, 380_000, 30_000)


def test_carried_interest_is_always_part_of_a_settlement():
    figure = settlement(a_version(carried_interest=7_000, carried_penalty=300), [], START)
    assert (figure.interest, figure.penalty, figure.total) == (7_000, 300, 407_300)


def test_a_settlement_ends_the_loan_and_waives_the_rest():
    version, day = a_version(penalty=DAILY, deferred=1_000), due(1) + 14 * DAY
    figure = settlement(version, [], day)
    position = replay(version, [Paid(entry=1, on=day, amount=figure.total, settles=True)], due(4))
    assert figure.penalty == 1_540
    assert split(position) == (1_540, 15_000, 400_000)
    assert (position.settled_on, position.waived, position.total_left) == (day, 25_000, 0)
    assert position.provisi_recognised == 1_000
    assert {line.paid_on for line in position.lines} == {day}


def test_a_settlement_that_is_not_the_figure_is_an_ordinary_payment():
    position = replay(a_version(), [Paid(entry=1, on=due(1), amount=399_999, settles=True)], due(1))
    assert position == replay(a_version(), paid((due(1), 399_999)), due(1))
    assert not position.settled


def test_a_loan_whose_end_costs_nothing_ends_by_itself():
    """Principal goes first: paid on the day it was lent it owes no interest, and nobody can pay nothing."""
    first = a_version(count=1, order=(POKOK, JASA, DENDA))
    position = replay(first, paid((START, 100_000)), due(3))
    assert position.settled_on == START
    assert (position.principal_paid, position.interest_paid, position.waived) == (
        100_000,
        0,
        10_000,
    )
    later = replay(first, paid((START + DAY, 100_000)), due(1))
    assert (later.settled, later.interest_left) == (False, 10_000)


# -- random lives against the clerk -------------------------------------------------------------------

rates = st.sampled_from([Decimal(n) for n in ("0.05", "0.1", "0.333333", "1", "2.5", "100")])
penalties = st.one_of(
    st.just(Penalty()),
    st.builds(
        Penalty,
        kind=st.sampled_from([Fine.PERCENT_DAILY, Fine.PERCENT_ONCE]),
        value=rates,
        grace_days=st.sampled_from([0, 0, 1, 5, 40]),
        cap=st.sampled_from([None, None, Decimal("0.5"), Decimal(10)]),
    ),
    st.builds(
        Penalty,
        kind=st.sampled_from([Fine.FIXED_DAILY, Fine.FIXED_ONCE]),
        value=st.sampled_from([Decimal(1), Decimal(777), Decimal(5_000)]),
        grace_days=st.sampled_from([0, 0, 1, 5, 40]),
        cap=st.sampled_from([None, None, Decimal("0.5"), Decimal(10)]),
    ),
)
terms_of = st.builds(
    Terms,
    penalty=penalties,
    order=st.permutations(list(Share)).map(tuple),
    settlement_instalments=st.integers(0, 3),
)


@st.composite
def versions(draw: st.DrawFn) -> Version:
    """Draw a schedule of any shape: graces, uneven rows, days apart, carried and opened."""
    count = draw(st.integers(1, 6))
    steps = draw(st.lists(st.sampled_from([1, 7, 14, 30, 31]), min_size=count, max_size=count))
    amounts = st.sampled_from([0, 1, 99, 10_000, 100_000, 333_333])
    due_on, made = START, []
    for n, step in enumerate(steps, 1):
        due_on += timedelta(days=step)
        made.append(Instalment(n=n, due=due_on, principal=draw(amounts), interest=draw(amounts)))
    made[-1] = Instalment(n=count, due=due_on, principal=draw(amounts) + 1, interest=made[-1].interest)  # fmt: skip
    opening = draw(st.sampled_from([0, 0, 0, 1])) if count > 1 else 0
    carried = st.sampled_from([0, 0, 1, 12_345])
    return Version(
        version=1,
        starts_on=START,
        principal=sum(row.principal for row in made),
        terms=draw(terms_of),
        rows=tuple(made),
        opening_paid=opening,
        carried_interest=0 if opening else draw(carried),
        carried_penalty=0 if opening else draw(carried),
        deferred=draw(st.sampled_from([0, 0, 1, 9_999])),
    )


plans = st.lists(
    st.tuples(
        st.integers(0, 150),
        st.sampled_from([1, 500, 10_000, 43_210, 110_000, 500_000]),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(version=versions(), plan=plans, look=st.integers(0, 170))
def test_any_life_of_a_loan_is_what_the_clerk_lives_through(
    version: Version, plan: list[tuple[int, int, bool]], look: int
):
    payments: list[Paid] = []
    for n, (after, amount, settles) in enumerate(sorted(plan), 1):
        day = START + timedelta(days=after)
        figure = settlement(version, payments, day)
        desk = lived(version, payments, day)
        assert desk.figure() == {
            Share.PRINCIPAL: figure.principal,
            Share.INTEREST: figure.interest,
            Share.PENALTY: figure.penalty,
        }
        if settles and figure.total:
            event("settled")
            payments.append(Paid(entry=n, on=day, amount=figure.total, settles=True))
        else:
            payments.append(Paid(entry=n, on=day, amount=amount))
    on = START + timedelta(days=look)
    agree(lived(version, payments, on), replay(version, payments, on))
    event(f"settled {replay(version, payments, on).settled}")


@settings(max_examples=100, deadline=None)
@given(version=versions(), plan=plans, shuffled=st.randoms())
def test_the_order_in_which_payments_are_given_says_nothing(
    version: Version, plan: list[tuple[int, int, bool]], shuffled: st.DataObject
):
    payments = [
        Paid(entry=n, on=START + timedelta(days=after), amount=amount)
        for n, (after, amount, _) in enumerate(plan)
    ]
    others = list(payments)
    shuffled.shuffle(others)  # type: ignore[attr-defined]  # a random.Random
    end = START + timedelta(days=200)
    assert replay(version, payments, end) == replay(version, others, end)


def test_three_years_of_late_part_payments_are_replayed_quickly():
    rows_36 = tuple(
        Instalment(n=n, due=START + timedelta(days=30 * n), principal=100_000, interest=10_000)
        for n in range(1, 37)
    )
    version = Version(
        version=1, starts_on=START, principal=3_600_000, terms=Terms(penalty=DAILY), rows=rows_36
    )
    payments = [
        Paid(entry=n, on=START + timedelta(days=30 * n + 13), amount=109_000) for n in range(1, 37)
    ]
    on = START + timedelta(days=1_200)
    agree(lived(version, payments, on), replay(version, payments, on))
    best = min(_timed(version, payments, on) for _ in range(20))
    assert best < 0.002, f"{best * 1000:.2f} ms"


def _timed(version: Version, payments: list[Paid], on: date) -> float:
    begin = perf_counter()
    replay(version, payments, on)
    return perf_counter() - begin
