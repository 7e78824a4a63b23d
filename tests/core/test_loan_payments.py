"""Instalments and settlements: the whole journal of each event, what is refused, and what is kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, ledger, savings
from core.accounts import SavingsKind
from core.ledger import BookIsClosed, FutureDate, OperationDiffers
from core.loans import book, payments
from core.loans.book import NoSuchLoan
from core.loans.hands import OwnLoan
from core.loans.payments import (
    BeforeDisbursement,
    LoanIsSettled,
    LoanNotRunning,
    NeedsConsent,
    NotSettlementFigure,
    PaidLoan,
    PaidSince,
    PaymentTooMuch,
    Touched,
)
from core.loans.replay import settlement
from core.loans.terms import Fine, Penalty, Share, Terms
from core.people import MemberHasLeft
from core.permissions import NotAllowed, Role
from core.savings import BackDated, HeldForLoan, NotEnoughSavings
from core.tables.loans import loan_guarantors, loans
from tests import builders_core
from tests.builders_core import AT, TODAY, a_member, an_officer, leaves, refused
from tests.core.loan_books import DISBURSED, a_running_loan, stored
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
    takes_back,
)

DAILY = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"))  # 112 rupiah a day of a whole row
FINED = Terms(penalty=DAILY)
JULY, AUGUST = date(2026, 7, 24), date(2026, 8, 24)


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    return await a_village(db)


def own(village: Village) -> str:
    return f"113100:m{village.siti.id}:l{village.loan.id}"


def sukarela(village: Village) -> str:
    return f"211000:m{village.siti.id}"


async def saves(db: AsyncConnection, village: Village, amount: int) -> None:
    await builders_core.pays(db, village.rina, village.siti, SavingsKind.SUKARELA, amount)


# -- journals -----------------------------------------------------------------------------------------


async def test_an_instalment_is_cash_against_principal_and_interest(
    db: AsyncConnection, village: Village
):
    """Event 6."""
    done = await pays(db, village, 112_000)
    assert await lines_of(db, village, done.entry) == [
        ("111000", own(village), 100_000),
        ("111000", "411000", 12_000),
    ]
    assert (await entries_of(db, village))[-1] == (done.entry, "loan-payment", TODAY)
    assert (done.principal, done.interest, done.penalty) == (100_000, 12_000, 0)
    assert (done.before, done.outstanding) == (1_200_000, 1_100_000)
    assert (done.settled, done.repeated, done.to_savings, done.savings) == (False, False, 0, None)
    await holds_together(db, village)


async def test_a_late_instalment_brings_its_fine_to_income(db: AsyncConnection):
    village = await a_village(db, terms=FINED)
    done = await pays(db, village, 100_000, JULY + timedelta(days=10))
    assert await lines_of(db, village, done.entry) == [
        ("111000", own(village), 86_880),
        ("111000", "411000", 12_000),
        ("111000", "411300", 1_120),
    ]
    await holds_together(db, village)


async def test_provisi_is_taken_to_income_with_the_principal(db: AsyncConnection):
    village = await a_village(db, terms=Terms(provisi=Decimal(1), provisi_spread=True))
    done = await pays(db, village, 112_000)
    assert await lines_of(db, village, done.entry) == [
        ("111000", own(village), 100_000),
        ("111000", "411000", 12_000),
        ("113120", "411100", 1_000),
    ]


async def test_a_settlement_takes_what_is_earned_and_the_rest_of_the_provisi(db: AsyncConnection):
    """Event 8: everything is due until November, thirteen days of December's thirty run."""
    terms = Terms(penalty=DAILY, provisi=Decimal(1), provisi_spread=True)
    village = await a_village(db, terms=terms, disbursed=date(2026, 10, 11))
    figure = await payments.figure(db, cooperative=village.here, loan=village.loan, on=TODAY, at=AT)
    # Row 1 was due on 11 November: 13 days of 112 rupiah. 13 of 30 days of 12,000 are 5,200.
    assert (figure.penalty, figure.due_interest, figure.running_interest) == (1_456, 12_000, 5_200)
    done = await settles(db, village, 1_218_656)
    assert await lines_of(db, village, done.entry) == [
        ("111000", own(village), 1_200_000),
        ("111000", "411000", 17_200),
        ("111000", "411300", 1_456),
        ("113120", "411100", 12_000),
    ]
    assert (await entries_of(db, village))[-1][1] == "loan-settlement"
    assert (done.settled, done.outstanding, done.position.waived) == (True, 0, 126_800)
    loan = await now(db, village)
    assert (loan.state, loan.settled_on, loan.oldest_due) == ("settled", TODAY, None)
    await holds_together(db, village)


async def test_savings_pay_an_instalment_with_the_members_consent(
    db: AsyncConnection, village: Village
):
    """Event 9."""
    await saves(db, village, 150_000)
    done = await pays(db, village, 112_000, from_savings=True, approver=f"person:{village.siti.id}")
    assert await lines_of(db, village, done.entry) == [
        (sukarela(village), own(village), 100_000),
        (sukarela(village), "411000", 12_000),
    ]
    assert done.savings == 38_000
    kept = await db.scalar(
        text("SELECT approver FROM ledger.entries WHERE koperasi_id = :here AND number = :entry"),
        {"here": village.here.id, "entry": done.entry},
    )
    assert kept == f"person:{village.siti.id}"
    await holds_together(db, village)


async def test_the_rest_goes_to_sukarela_in_the_same_entry(db: AsyncConnection, village: Village):
    done = await pays(db, village, 112_000, to_savings=38_000)
    assert await lines_of(db, village, done.entry) == [
        ("111000", own(village), 100_000),
        ("111000", "411000", 12_000),
        ("111000", sukarela(village), 38_000),
    ]
    assert (done.amount, done.to_savings, done.savings) == (112_000, 38_000, 38_000)


async def test_a_back_dated_payment_moves_a_fine_to_principal_without_cash(db: AsyncConnection):
    village = await a_village(db, terms=FINED)
    await pays(db, village, 112_000 + 3_472, AUGUST)  # 31 days of 112
    done = await pays(db, village, 112_000, JULY)
    # July was paid in time after all: August's payment covers August, its 3,472 go on to September.
    assert await lines_of(db, village, done.entry) == [
        ("111000", own(village), 100_000),
        ("111000", "411000", 12_000),
        ("411300", "411000", 3_472),
    ]
    assert (done.principal, done.interest, done.penalty) == (100_000, 15_472, -3_472)
    await holds_together(db, village)


# -- what is kept -------------------------------------------------------------------------------------


async def test_a_payment_keeps_the_loan_its_rows_and_its_class(db: AsyncConnection):
    village = await a_village(db, disbursed=date(2026, 3, 24))
    assert (await position(db, village)).overdue_days == 214  # since 24 April
    await pays(db, village, 4 * 112_000)
    loan = await now(db, village)
    assert (loan.outstanding, loan.oldest_due, loan.klass) == (800_000, date(2026, 8, 24), "kurang-lancar")  # fmt: skip
    await pays(db, village, 4 * 112_000)
    assert (await now(db, village)).klass == "lancar"
    await holds_together(db, village)


async def test_the_last_payment_settles_the_loan(db: AsyncConnection, village: Village):
    done = await pays(db, village, 12 * 112_000)
    assert done.settled
    loan = await now(db, village)
    assert (loan.state, loan.settled_on, loan.outstanding) == ("settled", TODAY, 0)
    async with refused(db, LoanIsSettled, loan=loan.label, on=TODAY):
        await pays(db, village, 1)
    await holds_together(db, village)


async def test_fines_that_are_left_keep_the_loan_running(db: AsyncConnection):
    order = (Share.INTEREST, Share.PRINCIPAL, Share.PENALTY)
    village = await a_village(db, terms=Terms(penalty=DAILY, order=order), count=1)
    await pays(db, village, 1_212_000)
    loan = await now(db, village)
    assert (loan.state, loan.outstanding, loan.oldest_due) == ("running", 0, None)
    left = (await position(db, village)).penalty_left
    assert left == 123 * 1_212
    await pays(db, village, left)
    assert (await now(db, village)).state == "settled"


async def test_a_payment_said_again_is_recorded_once_and_answers_the_same(
    db: AsyncConnection, village: Village
):
    facts: dict[str, Any] = {"operation": "kartu-1", "to_savings": 1_000, "note": "titip"}
    first = await pays(db, village, 112_000, **facts)
    await pays(db, village, 50_000)
    before = await stored(db, village.here.id)
    again = await pays(db, village, 112_000, **facts)
    assert again.repeated
    assert replace(again, repeated=False, loan=first.loan) == first
    assert await stored(db, village.here.id) == before
    assert len(await entries_of(db, village)) == 3


@pytest.mark.parametrize(
    "other",
    [{"amount": 111_000}, {"to_savings": 5}, {"on": JULY}, {"note": "lain"}, {"settles": True}],
)
async def test_the_same_card_with_other_content_is_a_bug_of_the_caller(
    db: AsyncConnection, village: Village, other: dict[str, object]
):
    said: dict[str, Any] = {"amount": 112_000, "operation": "kartu-1"}
    await pays(db, village, **said)
    with pytest.raises(OperationDiffers):
        await pays(db, village, **(said | other))


async def test_a_settlement_said_again_is_recorded_once(db: AsyncConnection, village: Village):
    first = await settles(db, village, 1_260_000, operation="lunas")
    again = await settles(db, village, 1_260_000, operation="lunas")
    assert (again.entry, again.repeated, again.settled) == (first.entry, True, True)


# -- what is shown before -----------------------------------------------------------------------------


async def test_a_preview_says_what_the_payment_then_does(db: AsyncConnection):
    village = await a_village(db, terms=FINED, disbursed=date(2026, 10, 11))
    shown = await payments.preview(
        db, cooperative=village.here, loan=village.loan, amount=150_000, on=TODAY, at=AT
    )
    assert shown.lines == (
        Touched(n=1, due=date(2026, 11, 11), principal=100_000, interest=12_000, penalty=1_456, ahead=False),
        Touched(n=2, due=date(2026, 12, 11), principal=24_544, interest=12_000, penalty=0, ahead=True),
    )  # fmt: skip
    assert (shown.due, shown.ahead, shown.moved_income) == (113_456, 36_544, 0)
    assert shown.settlement.total == 1_218_656
    done = await pays(db, village, 150_000)
    assert (done.principal, done.interest, done.penalty) == (
        shown.moved.principal,
        shown.moved.interest,
        shown.moved.penalty,
    )
    assert done.position == shown.after


async def test_a_preview_of_a_back_dated_payment_shows_the_fine_that_falls_away(
    db: AsyncConnection,
):
    village = await a_village(db, terms=FINED)
    await pays(db, village, 112_000 + 3_472, AUGUST)
    shown = await payments.preview(
        db, cooperative=village.here, loan=await now(db, village), amount=112_000, on=JULY, at=AT
    )
    assert shown.moved_income == 3_472
    assert [(line.n, line.penalty) for line in shown.lines] == [(1, -3_472), (2, 0), (3, 0)]


async def test_a_preview_records_nothing_and_refuses_what_payment_refuses(
    db: AsyncConnection, village: Village
):
    before = await stored(db, village.here.id)
    facts: dict[str, Any] = {"cooperative": village.here, "loan": village.loan, "at": AT}
    async with refused(db, PaymentTooMuch, total=1_344_000):
        await payments.preview(db, amount=1_344_001, on=TODAY, **facts)
    async with refused(db, NotSettlementFigure, total=1_260_000):
        await payments.preview(db, amount=1, on=TODAY, settles=True, **facts)
    await payments.preview(db, amount=1_260_000, on=TODAY, settles=True, **facts)
    assert await stored(db, village.here.id) == before
    assert len(await entries_of(db, village)) == 1


# -- refusals -----------------------------------------------------------------------------------------


async def test_more_than_everything_is_refused_with_the_exact_figures(db: AsyncConnection):
    village = await a_village(db, terms=FINED)
    held = await position(db, village)
    fines = sum(days * 112 for days in (123, 92, 61, 31))
    assert held.total_left == 1_344_000 + fines
    label = village.loan.label
    async with refused(
        db, PaymentTooMuch, loan=label, total=held.total_left, settlement=1_260_000 + fines
    ):
        await pays(db, village, held.total_left + 1)
    assert (await pays(db, village, held.total_left)).settled


async def test_the_most_of_a_back_dated_payment_counts_the_fines_it_takes_away(
    db: AsyncConnection,
):
    village = await a_village(db, terms=FINED)
    await pays(db, village, 500_000)
    # With 844,000 on the day of July nothing was ever late: all that was owed, less what was paid since.
    for amount in (844_001, 10_000_000, 10**30):
        async with refused(db, PaymentTooMuch, total=844_000):
            await pays(db, village, amount, JULY)
    done = await pays(db, village, 844_000, JULY)
    assert (done.settled, done.position.penalty_paid) == (True, 0)
    await holds_together(db, village)


async def test_a_settlement_is_the_exact_figure_of_its_day(db: AsyncConnection, village: Village):
    for amount in (1_259_999, 1_260_001, 1_344_000):
        async with refused(db, NotSettlementFigure, total=1_260_000, on=TODAY):
            await settles(db, village, amount)
    done = await payments.settle(
        db, officer=village.rina, loan_id=village.loan.id, amount=1_260_000, on=TODAY, at=AT,
        operation="lunas", source="telegram",
    )  # fmt: skip
    assert done.settled


async def test_a_settlement_does_not_precede_a_payment(db: AsyncConnection, village: Village):
    await pays(db, village, 112_000, AUGUST)
    async with refused(db, PaidSince, on=AUGUST):
        await settles(db, village, 1_212_000, JULY)
    async with refused(db, PaidSince, on=AUGUST):
        await payments.figure(db, cooperative=village.here, loan=village.loan, on=JULY, at=AT)
    figure = await payments.figure(
        db, cooperative=village.here, loan=village.loan, on=AUGUST, at=AT
    )
    assert (await settles(db, village, figure.total, AUGUST)).settled
    assert (await now(db, village)).settled_on == AUGUST


async def test_a_loan_takes_no_payment_before_it_was_paid_out(
    db: AsyncConnection, village: Village
):
    async with refused(db, BeforeDisbursement, on=DISBURSED):
        await pays(db, village, 10_000, DISBURSED - timedelta(days=1))
    assert (await pays(db, village, 10_000, DISBURSED)).interest == 10_000


async def test_no_payment_is_dated_tomorrow_or_into_a_closed_month(
    db: AsyncConnection, village: Village
):
    async with refused(db, FutureDate):
        await pays(db, village, 10_000, TODAY + timedelta(days=1))
    end = date(2026, 10, 31)
    await ledger.close(
        db, koperasi_id=village.here.id, through=end, at=AT, by="t", reason="tutup buku"
    )
    async with refused(db, BookIsClosed, through=end):
        await pays(db, village, 10_000, end)


async def test_a_date_too_far_back_needs_somebody_who_approves(db: AsyncConnection):
    village = await a_village(db)
    await db.execute(
        text(
            "INSERT INTO rules (koperasi_id, name, since, value, set_by, set_at)"
            " VALUES (:here, 'backdate_days', '2026-01-01', '3', 't', :at)"
        ),
        {"here": village.here.id, "at": AT},
    )
    rina = await an_officer(db, village.here, Role.BENDAHARA, name="Rina Lagi")
    back = TODAY - timedelta(days=4)
    async with refused(db, BackDated, on=back, days=3):
        await pays(db, village, 10_000, back, officer=rina)
    await saves(db, village, 50_000)
    async with refused(db, BackDated):  # the member's consent is no officer's approval
        await pays(
            db, village, 10_000, back, officer=rina, from_savings=True,
            approver=f"person:{village.siti.id}",
        )  # fmt: skip
    done = await pays(db, village, 10_000, back, officer=rina, approver=village.hendra.recorder)
    assert done.entry


@pytest.mark.parametrize("state", ["applied", "approved", "rejected", "cancelled", "written-off"])
async def test_only_a_running_loan_is_paid(db: AsyncConnection, village: Village, state: str):
    await db.execute(update(loans).values(state=state))
    async with refused(db, LoanNotRunning, loan=village.loan.label):
        await pays(db, village, 10_000)


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.KETUA, Role.BENDAHARA)]
)
async def test_other_offices_record_no_payment(db: AsyncConnection, village: Village, role: Role):
    other = await an_officer(db, village.here, role, name="Orang Lain")
    async with refused(db, NotAllowed):
        await pays(db, village, 10_000, officer=other)


async def test_an_officer_does_not_record_the_own_instalment_alone(
    db: AsyncConnection, village: Village
):
    own_member = await a_member(db, village.here, "Rina", person_id=village.rina.person_id)
    loan = await a_running_loan(db, own_member.id, koperasi_id=village.here.id)
    for approver in (None, village.rina.recorder):
        async with refused(db, OwnLoan):
            await pays(db, village, 10_000, loan_id=loan.id, approver=approver)
    done = await pays(db, village, 10_000, loan_id=loan.id, approver=village.hendra.recorder)
    assert done.interest == 10_000
    await builders_core.pays(db, village.hendra, own_member, SavingsKind.SUKARELA, 50_000)
    await pays(
        db, village, 10_000, loan_id=loan.id, from_savings=True, approver=village.hendra.recorder
    )


async def test_savings_pay_only_what_they_hold_and_what_is_free(
    db: AsyncConnection, village: Village
):
    await saves(db, village, 60_000)
    consent: dict[str, Any] = {"from_savings": True, "approver": f"person:{village.siti.id}"}
    name = village.siti.name
    async with refused(db, NotEnoughSavings, member=name, amount=70_000, available=60_000):
        await pays(db, village, 70_000, **consent)
    neighbour = await a_member(db, village.here, "Budi")
    other = await a_running_loan(db, neighbour.id, koperasi_id=village.here.id)
    await db.execute(
        loan_guarantors.insert().values(
            koperasi_id=village.here.id, loan_id=other.id, member_id=village.siti.id, amount=45_000,
            state="agreed",
        )
    )  # fmt: skip
    async with refused(db, HeldForLoan, available=15_000, held=45_000):
        await pays(db, village, 15_001, **consent)
    assert (await pays(db, village, 15_000, **consent)).savings == 45_000


async def test_savings_pay_nothing_without_the_members_consent(
    db: AsyncConnection, village: Village
):
    await saves(db, village, 60_000)
    for approver in (None, village.hendra.recorder, "person:77,person:78"):
        async with refused(db, NeedsConsent, member=village.siti.name):
            await pays(db, village, 10_000, from_savings=True, approver=approver)
    both = f"{village.hendra.recorder},person:{village.siti.id}"
    assert (await pays(db, village, 10_000, from_savings=True, approver=both)).savings == 50_000


async def test_debts_stay_when_a_membership_ends(db: AsyncConnection, village: Village):
    await leaves(db, village.siti, village.here, on=TODAY)
    async with refused(db, MemberHasLeft):
        await pays(db, village, 112_000, to_savings=1_000)
    assert (await pays(db, village, 112_000)).outstanding == 1_100_000


async def test_a_loan_of_another_cooperative_is_not_there(db: AsyncConnection, village: Village):
    async with refused(db, NoSuchLoan):
        await pays(db, village, 10_000, loan_id=village.loan.id + 1)


@pytest.mark.parametrize("amount", [0, -1])
async def test_nothing_is_no_payment(db: AsyncConnection, village: Village, amount: int):
    with pytest.raises(AssertionError):
        await pays(db, village, amount)


# -- at once, with the app's own rights ---------------------------------------------------------------


async def test_two_officers_at_once_do_not_pay_a_loan_twice(
    owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        village = await a_village(db, terms=FINED)
        total = (await position(db, village)).total_left

    async def one(officer: int) -> PaidLoan | Exception:
        who = (village.rina, village.hendra)[officer]
        try:
            async with database.transaction(app_engine, koperasi_id=village.here.id) as db:
                return await pays(db, village, total, officer=who, operation=f"kartu-{officer}")
        except LoanIsSettled as refusal:
            return refusal

    results = await asyncio.gather(one(0), one(1))
    assert sorted(type(result).__name__ for result in results) == ["LoanIsSettled", "PaidLoan"]
    async with database.transaction(app_engine, koperasi_id=village.here.id) as db:
        await holds_together(db, village)
        assert len(await entries_of(db, village)) == 2


async def test_the_figure_is_that_of_replay(db: AsyncConnection, village: Village):
    version = await book.version(db, village.loan)
    figure = await payments.figure(db, cooperative=village.here, loan=village.loan, on=TODAY, at=AT)
    assert figure == settlement(version, [], TODAY)
    assert (await savings.balances(db, koperasi_id=village.here.id, member_id=village.siti.id)).sukarela == 0  # fmt: skip


async def test_a_payment_through_a_bank_is_booked_and_reversed_there(db: AsyncConnection):
    village = await a_village(db)
    done = await pays(db, village, 112_000, cash="112100", operation="bank")
    booked = await lines_of(db, village, done.entry)
    assert {debit for debit, _, _ in booked} == {"112100"}
    assert sum(amount for _, _, amount in booked) == 112_000
    again = await pays(db, village, 112_000, cash="112100", operation="bank")
    assert (again.entry, again.repeated, again.cash) == (done.entry, True, "112100")
    entry = await takes_back(db, village, done.entry)
    back = await lines_of(db, village, entry.number)
    assert sorted(back) == sorted((credit, debit, amount) for debit, credit, amount in booked)
    await holds_together(db, village)


async def test_what_savings_pay_goes_through_no_cash_box(db: AsyncConnection, village: Village):
    await saves(db, village, 150_000)
    done = await pays(db, village, 112_000, from_savings=True, approver=f"person:{village.siti.id}")
    assert done.cash is None
