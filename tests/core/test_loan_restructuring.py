"""A new schedule over what is owed: what goes over, what falls away, what is posted, how the class waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database
from core.ledger import BookIsClosed, FutureDate, close
from core.loans import book, restructuring
from core.loans.book import Instalment, Version
from core.loans.hands import OwnLoan
from core.loans.payments import (
    BeforeDisbursement,
    BeforeRestructuring,
    LoanIsSettled,
    LoanNotRunning,
    PaidSince,
)
from core.loans.products import RateAboveCap
from core.loans.replay import carried_over, replay, settlement
from core.loans.restructuring import NothingToReschedule
from core.loans.terms import BadTerms, Every, Fine, Method, Penalty, Share, Terms
from core.permissions import NotAllowed, Role
from core.tables.loans import loans
from tests.builders_core import AT, TODAY, a_member, an_officer, refused
from tests.core.loan_books import DISBURSED, a_running_loan, balances, stored
from tests.core.loan_village import (
    Village,
    a_village,
    entries_of,
    holds_together,
    lines_of,
    now,
    pays,
    position,
    settles,
)

DAILY = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"))
FINED = Terms(penalty=DAILY)
JULY, AUGUST = date(2026, 7, 24), date(2026, 8, 24)
PLAIN = Terms(moves_holidays=False)


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    return await a_village(db, terms=FINED)


async def reschedules(
    db: AsyncConnection,
    village: Village,
    terms: Terms = PLAIN,
    count: int = 6,
    on: date = TODAY,
    **facts: Any,
) -> Version:
    default: dict[str, Any] = {
        "officer": village.rina, "loan_id": village.loan.id, "at": AT, "operation": f"ulang-{on}",
        "source": "telegram", "reason": "gagal panen", "approver": village.hendra.recorder,
    }  # fmt: skip
    return await restructuring.restructure(db, terms=terms, count=count, on=on, **(default | facts))


async def test_what_is_owed_gets_a_new_schedule_and_nothing_is_posted(
    db: AsyncConnection, village: Village
):
    await pays(db, village, 112_000, JULY)
    made = await reschedules(db, village)
    # August to November are due: four times 12,000; fines of 92, 61 and 31 days of 112.
    assert (made.version, made.starts_on, made.principal) == (2, TODAY, 1_100_000)
    assert (made.carried_interest, made.carried_penalty) == (
        48_000,
        184 * 112,
    )
    assert [row.due for row in made.rows][:2] == [date(2026, 12, 24), date(2027, 1, 24)]
    assert sum(row.principal for row in made.rows) == 1_100_000
    assert {row.interest for row in made.rows} == {11_000}
    assert [kind for _, kind, _ in await entries_of(db, village)] == ["loan-disbursement", "loan-payment"]  # fmt: skip
    loan = await now(db, village)
    assert (loan.version, loan.outstanding, loan.oldest_due) == (2, 1_100_000, date(2026, 12, 24))
    held = await position(db, village)
    assert held.lines[0].interest == 59_000
    assert (held.overdue, held.due_now) == (0, 184 * 112)
    await holds_together(db, village)


async def test_the_next_payment_pays_the_carried_fine_and_interest_first(
    db: AsyncConnection, village: Village
):
    await reschedules(db, village)
    held = await position(db, village)
    fine = held.penalty_left
    done = await pays(db, village, fine + 60_000 + 5_000)
    assert (done.penalty, done.interest, done.principal) == (fine, 65_000, 0)
    await holds_together(db, village)


async def test_unpaid_interest_may_become_principal(db: AsyncConnection, village: Village):
    made = await reschedules(db, village, capitalise=True)
    assert (made.principal, made.carried_interest) == (1_260_000, 0)
    number = (await entries_of(db, village))[-1][0]
    assert await lines_of(db, village, number) == [(village.loan.account, "411000", 60_000)]
    assert (await entries_of(db, village))[-1] == (number, "loan-restructuring", TODAY)
    loan = await now(db, village)
    assert loan.outstanding == 1_260_000
    await holds_together(db, village)
    done = await pays(db, village, (await position(db, village)).total_left)
    assert done.settled
    await holds_together(db, village)


async def test_capitalising_nothing_posts_nothing(db: AsyncConnection, village: Village):
    await pays(db, village, 5 * 112_000 + 50_000)
    made = await reschedules(db, village, capitalise=True)
    assert made.carried_interest == 0
    assert len(await entries_of(db, village)) == 2


async def test_a_preview_says_what_is_then_made(db: AsyncConnection, village: Village):
    facts: dict[str, Any] = {"terms": PLAIN, "count": 6, "on": TODAY, "at": AT, "capitalise": True}
    shown = await restructuring.preview(
        db, loan=village.loan, rules=village.rina.rules.on(TODAY), zone=village.here.zone, **facts
    )
    assert (await now(db, village)).version == 1
    made = await reschedules(db, village, capitalise=True)
    assert (shown.principal, shown.capitalised, shown.rows) == (made.principal, 60_000, made.rows)
    assert (shown.carried_interest, shown.carried_penalty) == (0, made.carried_penalty)


async def test_said_again_it_makes_one_schedule(db: AsyncConnection, village: Village):
    for capitalise in (False, True):
        operation = f"ulang-{capitalise}"
        first = await reschedules(db, village, operation=operation, capitalise=capitalise)
        before = await stored(db, village.here.id), await balances(db, village.here.id)
        again = await reschedules(db, village, operation=operation, capitalise=capitalise)
        assert again == first
        assert (await stored(db, village.here.id), await balances(db, village.here.id)) == before


async def test_a_second_try_on_the_same_day_takes_over_what_the_first_carried(
    db: AsyncConnection, village: Village
):
    first = await reschedules(db, village, operation="ulang-1")
    second = await reschedules(db, village, count=12, operation="ulang-2")
    assert (second.version, len(second.rows)) == (3, 12)
    assert second.carried_interest == first.carried_interest == 60_000
    assert second.carried_penalty == first.carried_penalty > 0
    assert second.principal == first.principal
    await holds_together(db, village)


async def test_interest_of_the_running_period_and_what_a_grace_holds_go_over_to_the_day():
    start = date(2026, 1, 15)
    rows = tuple(
        Instalment(n=n, due=date(2026, 1 + n, 15), principal=0 if n < 4 else 400_000, interest=0 if n < 4 else 12_000)
        for n in range(1, 5)
    )  # fmt: skip
    version = Version(version=1, starts_on=start, principal=400_000, terms=Terms(), rows=rows)
    days = (rows[3].due - start).days
    for day in (start + timedelta(days=1), rows[0].due, rows[1].due + timedelta(days=20)):
        over = (day - start).days
        owed = carried_over(version, [], day)
        assert owed.interest == (2 * 12_000 * over + days) // (2 * days)
        assert (owed.running_interest, owed.running_days, owed.period_days) == (
            owed.interest,
            over,
            days,
        )
    assert carried_over(version, [], start).interest == 0
    assert carried_over(version, [], rows[3].due).interest == 12_000


@pytest.mark.parametrize("capitalise", [False, True])
async def test_nothing_earned_is_forgiven_in_the_middle_of_a_period(
    db: AsyncConnection, capitalise: bool
):
    village = await a_village(
        db, disbursed=date(2026, 7, 1), principal=1_000_000, count=10,
        terms=replace(PLAIN, settlement_instalments=2),
    )  # fmt: skip
    old = await book.version(db, village.loan)
    # 24 November: four periods are over, 23 of the 30 days of the fifth are; 10,000 a month. No cost on top.
    earned = 4 * 10_000 + 7_667
    assert settlement(old, [], TODAY).interest == earned + 2 * 10_000
    made = await reschedules(db, village, terms=village.loan.terms, capitalise=capitalise)
    assert (made.principal, made.carried_interest) == (
        (1_000_000 + earned, 0) if capitalise else (1_000_000, earned)
    )
    before, after = carried_over(old, [], TODAY), carried_over(made, [], TODAY)
    assert after.total == before.total == 1_000_000 + earned
    await holds_together(db, village)


async def test_the_class_waits_for_three_instalments(db: AsyncConnection):
    village = await a_village(db, disbursed=date(2026, 3, 24))
    await reschedules(db, village)
    loan = await now(db, village)
    assert (loan.klass, loan.class_floor) == ("diragukan", "diragukan")  # 214 days since 24 April
    rows = (await book.version(db, loan)).rows
    first = (await position(db, village)).lines[0]
    for n, amount in enumerate(
        (first.left, *(row.principal + row.interest for row in rows[1:3])), 1
    ):
        assert (await now(db, village)).klass == "diragukan", n
        await pays(db, village, amount)
    assert (await now(db, village)).klass == "lancar"


async def test_deferred_provisi_goes_on_with_the_new_schedule_to_its_end(db: AsyncConnection):
    village = await a_village(db, terms=Terms(provisi=Decimal("1.5"), provisi_spread=True))
    await pays(db, village, 112_000, JULY)
    made = await reschedules(db, village, replace(PLAIN, provisi=Decimal(3)), capitalise=True)
    assert (made.deferred, made.terms.provisi) == (16_500, Decimal("1.5"))
    rows = made.rows
    await pays(db, village, rows[0].principal + rows[0].interest)
    done = await pays(db, village, (await position(db, village)).total_left)
    assert done.settled
    held = await balances(db, village.here.id)
    assert (held.get("113120", 0), held["411100"]) == (0, 18_000)
    await holds_together(db, village)


async def test_the_new_rhythm_is_the_loans(db: AsyncConnection, village: Village):
    await reschedules(db, village, replace(PLAIN, every=Every(1, "w")), count=20)
    assert (await now(db, village)).terms.every.is_short


async def test_a_first_due_day_may_be_said(db: AsyncConnection, village: Village):
    made = await reschedules(db, village, first_due=date(2027, 1, 10))
    assert [row.due for row in made.rows][:2] == [date(2027, 1, 10), date(2027, 2, 10)]


async def test_a_schedule_may_begin_on_an_earlier_day_but_not_before_a_payment(
    db: AsyncConnection, village: Village
):
    await pays(db, village, 112_000, AUGUST)
    async with refused(db, PaidSince, on=AUGUST):
        await reschedules(db, village, on=AUGUST - timedelta(days=1))
    september = date(2026, 9, 24)
    made = await reschedules(db, village, on=september)
    assert made.rows[0].due == date(2026, 10, 24)
    assert (await now(db, village)).oldest_due == date(2026, 10, 24)
    held = await position(db, village)
    assert held == replay(made, [], TODAY)
    assert held.overdue_days == 31
    async with refused(db, BeforeRestructuring, on=september):
        await pays(db, village, 10_000, september - timedelta(days=1))
    async with refused(db, BeforeRestructuring, on=september):
        await reschedules(db, village, on=september - timedelta(days=1), operation="lagi")
    await pays(db, village, 10_000, september)
    await holds_together(db, village)


async def test_days_that_may_not_be(db: AsyncConnection, village: Village):
    async with refused(db, FutureDate):
        await reschedules(db, village, on=TODAY + timedelta(days=1))
    async with refused(db, BeforeDisbursement):
        await reschedules(db, village, on=DISBURSED - timedelta(days=1))
    await close(db, koperasi_id=village.here.id, through=AUGUST, at=AT, by="t", reason="tutup buku")
    async with refused(db, BookIsClosed):
        await reschedules(db, village, on=AUGUST, capitalise=True)


@pytest.mark.parametrize("state", ["applied", "approved", "written-off"])
async def test_only_a_running_loan_is_rescheduled(
    db: AsyncConnection, village: Village, state: str
):
    await db.execute(update(loans).values(state=state))
    async with refused(db, LoanNotRunning):
        await reschedules(db, village)


async def test_a_settled_loan_is_not_rescheduled(db: AsyncConnection, village: Village):
    held = await position(db, village)
    await settles(db, village, 1_260_000 + held.penalty_left)
    async with refused(db, LoanIsSettled):
        await reschedules(db, village)


async def test_fines_alone_get_no_schedule(db: AsyncConnection):
    order = (Share.PRINCIPAL, Share.INTEREST, Share.PENALTY)
    village = await a_village(db, terms=Terms(penalty=DAILY, order=order), count=1)
    await pays(db, village, 1_200_000)
    async with refused(db, NothingToReschedule, loan=village.loan.label):
        await reschedules(db, village)


async def test_terms_no_loan_may_have_are_refused(db: AsyncConnection, village: Village):
    for terms, count in ((PLAIN, 0), (replace(PLAIN, rate=Decimal(-1)), 6), (replace(PLAIN, grace_principal=6), 6)):  # fmt: skip
        async with refused(db, BadTerms):
            await reschedules(db, village, terms, count)
    async with refused(db, RateAboveCap):
        await reschedules(db, village, replace(PLAIN, rate=Decimal(3)))
    assert (await now(db, village)).version == 1


async def test_a_rate_above_the_cap_may_stay_or_fall_but_not_rise(db: AsyncConnection):
    village = await a_village(db, terms=Terms(rate=Decimal(3)))
    await reschedules(db, village, replace(PLAIN, rate=Decimal(3)), operation="1")
    await reschedules(db, village, replace(PLAIN, rate=Decimal("2.5")), operation="2")
    async with refused(db, RateAboveCap):
        await reschedules(db, village, replace(PLAIN, rate=Decimal(3)), operation="3")


async def test_the_borrower_and_other_offices_do_not_reschedule(
    db: AsyncConnection, village: Village
):
    other = await an_officer(db, village.here, Role.SEKRETARIS, name="Lain")
    async with refused(db, NotAllowed):
        await reschedules(db, village, officer=other)
    mine = await a_member(db, village.here, "Rina", person_id=village.rina.person_id)
    loan = await a_running_loan(db, mine.id, koperasi_id=village.here.id)
    async with refused(db, OwnLoan):
        await reschedules(db, village, loan_id=loan.id, approver=village.rina.recorder)
    for alone in (village.rina.recorder, f"person:{village.siti.id}"):
        async with refused(db, OwnLoan):
            await reschedules(db, village, approver=alone)
    assert (await reschedules(db, village, loan_id=loan.id)).version == 2


async def test_a_new_schedule_says_why(db: AsyncConnection, village: Village):
    with pytest.raises(AssertionError):
        await reschedules(db, village, reason=" ")
    made = await reschedules(db, village, reason="gagal panen")
    kept = (
        await db.execute(
            text("SELECT reason, made_by, operation FROM loan_versions WHERE version = :v"),
            {"v": made.version},
        )
    ).one()
    assert tuple(kept) == ("gagal panen", village.rina.recorder, f"ulang-{TODAY}")


async def test_the_app_itself_may_do_all_of_this(
    owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        village = await a_village(db, terms=FINED)
    async with database.transaction(app_engine, koperasi_id=village.here.id) as db:
        await pays(db, village, 112_000)
        made = await reschedules(
            db, village, replace(PLAIN, method=Method.ANUITAS), count=10, capitalise=True
        )
        await pays(db, village, 100_000)
        await holds_together(db, village)
        assert made.version == 2
