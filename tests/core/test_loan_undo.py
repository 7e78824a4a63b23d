"""A reversal lets a loan stand as if the entry had never been: schedule, arrears, fines, class and income."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import corrections
from core.accounts import SavingsKind
from core.balances import of_account
from core.corrections import Balance, NotByChat, OwnEntry, OwnMoney
from core.ledger import AlreadyReversed, BelowFloor, NoSuchEntry, OperationDiffers
from core.loans import book, journal, payments, restructuring
from core.loans.book import Paid
from core.loans.keep import keep
from core.loans.payments import LoanIsSettled
from core.loans.replay import replay
from core.loans.terms import Fine, Penalty, Terms
from core.loans.undo import EarlierSchedule, LaterFirst
from core.permissions import NotAllowed, Role
from core.tables.loans import loan_payments
from core.verify import verify
from tests import builders_core
from tests.builders_core import AT, TODAY, a_member, refused
from tests.core.books import post
from tests.core.loan_books import a_running_loan, balances, stored
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

FINED = Terms(
    penalty=Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1")),
    provisi=Decimal(1),
    provisi_spread=True,
)
JULY, AUGUST = date(2026, 7, 24), date(2026, 8, 24)


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    return await a_village(db, terms=FINED)


async def picture(db: AsyncConnection, village: Village) -> dict[str, Any]:
    """Take in everything that a reversal must bring back."""
    held = await stored(db, village.here.id)
    return {**held, "balances": await balances(db, village.here.id)}


async def rested(db: AsyncConnection, village: Village) -> None:
    """Let an operation look at the class, so that a picture holds what the days say of it."""
    await pays(db, village, 1_000, date(2026, 6, 25))


def own(village: Village) -> str:
    return village.loan.account


async def test_a_payment_is_reversed_line_by_line_and_the_loan_stands_as_before(
    db: AsyncConnection, village: Village
):
    await rested(db, village)
    before = await picture(db, village)
    done = await pays(db, village, 500_000)
    back = await takes_back(db, village, done.entry)
    forth = await lines_of(db, village, done.entry)
    assert await lines_of(db, village, back.number) == [(c, d, a) for d, c, a in forth]
    assert await picture(db, village) == before
    assert [kind for _, kind, _ in await entries_of(db, village)][-2:] == ["loan-payment", "reversal"]  # fmt: skip
    await holds_together(db, village)
    assert (await verify(db, village.here.id)).finding is None


async def test_taking_back_an_early_payment_lets_later_ones_fall_otherwise(
    db: AsyncConnection, village: Village
):
    first = await pays(db, village, 112_000, JULY)
    await pays(db, village, 112_000, AUGUST)
    back = await takes_back(db, village, first.entry)
    # August's money now pays July's fine of 31 days (3,472), its interest and 96,528 of its principal.
    assert (await entries_of(db, village))[-1] == (back.number + 1, "loan-adjustment", TODAY)
    assert await lines_of(db, village, back.number + 1) == [
        (own(village), "411300", 3_472),
        ("411100", "113120", 35),
    ]
    rows = await journal_rows(db, village)
    assert rows[-2:] == [
        (back.number, "reversal", -112_000, -100_000, -12_000, 0, first.entry),
        (back.number + 1, "adjustment", 0, -3_472, 0, 3_472, None),
    ]
    held = await position(db, village)
    assert (held.penalty_paid, held.interest_paid, held.principal_paid) == (3_472, 12_000, 96_528)
    await holds_together(db, village)


async def journal_rows(db: AsyncConnection, village: Village) -> list[tuple[Any, ...]]:
    return [
        (m.entry, m.kind, m.amount, m.principal, m.interest, m.penalty, m.reverses)
        for m in await book.moved(db, village.loan)
    ]


async def test_the_books_do_not_show_in_which_order_payments_came_and_went(
    db: AsyncConnection, village: Village
):
    first = await pays(db, village, 112_000, JULY)
    await pays(db, village, 115_000, AUGUST)
    await takes_back(db, village, first.entry)
    await pays(db, village, 112_000, JULY, operation="lagi")
    mixed = await picture(db, village)
    other = await a_running_loan(db, village.siti.id, terms=FINED, koperasi_id=village.here.id)
    plain = village._replace(loan=other)
    await pays(db, plain, 112_000, JULY)
    await pays(db, plain, 115_000, AUGUST)
    mine = [row for row in mixed["loan_instalments"] if row["loan_id"] == village.loan.id]
    theirs = [
        row | {"loan_id": village.loan.id}
        for row in (await stored(db, village.here.id))["loan_instalments"]
        if row["loan_id"] == other.id
    ]
    assert mine == theirs
    totals = [journal.booked(await book.moved(db, loan), 1) for loan in (village.loan, other)]
    assert totals[0] == totals[1]


async def test_a_settlement_is_reversed_and_the_loan_runs_again(
    db: AsyncConnection, village: Village
):
    await rested(db, village)
    before = await picture(db, village)
    figure = await payments.figure(
        db, cooperative=village.here, loan=await now(db, village), on=TODAY, at=AT
    )
    done = await settles(db, village, figure.total)
    assert (await now(db, village)).state == "settled"
    await takes_back(db, village, done.entry)
    assert (await now(db, village)).state == "running"
    assert await picture(db, village) == before
    await holds_together(db, village)


async def test_the_payment_that_ended_a_loan_is_reversed_and_so_is_one_before_it(
    db: AsyncConnection, village: Village
):
    early = await pays(db, village, 112_000, JULY)
    rest = (await position(db, village)).total_left
    last = await pays(db, village, rest)
    async with refused(db, LoanIsSettled):
        await pays(db, village, 1)
    await takes_back(db, village, early.entry)
    loan = await now(db, village)
    assert (loan.state, loan.settled_on) == ("running", None)
    await holds_together(db, village)
    await takes_back(db, village, last.entry)
    assert (await now(db, village)).outstanding == 1_200_000
    await holds_together(db, village)


async def test_a_payment_before_a_settlement_waits_for_its_reversal(
    db: AsyncConnection, village: Village
):
    early = await pays(db, village, 112_000, JULY)
    figure = await payments.figure(
        db, cooperative=village.here, loan=await now(db, village), on=TODAY, at=AT
    )
    ended = await settles(db, village, figure.total)
    async with refused(db, LaterFirst, loan=village.loan.label, entry=ended.entry):
        await takes_back(db, village, early.entry)
    await takes_back(db, village, ended.entry)
    await takes_back(db, village, early.entry)
    assert (await now(db, village)).outstanding == 1_200_000
    await holds_together(db, village)


async def test_a_reversal_gives_savings_back_and_takes_the_rest_out_of_them(
    db: AsyncConnection, village: Village
):
    siti = village.siti
    await builders_core.pays(db, village.rina, siti, SavingsKind.SUKARELA, 200_000)
    paid = await pays(db, village, 112_000, from_savings=True, approver=f"person:{siti.id}")
    await takes_back(db, village, paid.entry)
    key = f"211000:m{siti.id}"
    assert await of_account(db, koperasi_id=village.here.id, key=key) == 200_000
    rest = await pays(db, village, 112_000, to_savings=30_000)
    await builders_core.takes(db, village.rina, siti, 220_000)
    async with refused(db, BelowFloor, account=key):  # the rest was taken out since
        await takes_back(db, village, rest.entry)


async def test_a_reversal_brings_the_class_back(db: AsyncConnection):
    village = await a_village(db, terms=FINED, disbursed=date(2026, 3, 24))
    await pays(db, village, 1_000, date(2026, 3, 25))
    assert (await now(db, village)).klass == "diragukan"  # 214 days since 24 April
    done = await pays(db, village, 1_100_000)
    assert (await now(db, village)).klass == "lancar"
    await takes_back(db, village, done.entry)
    assert (await now(db, village)).klass == "diragukan"


async def test_a_reversal_said_again_is_written_once(db: AsyncConnection, village: Village):
    first = await pays(db, village, 112_000, JULY)
    await pays(db, village, 112_000, AUGUST)
    back = await takes_back(db, village, first.entry)
    before = await picture(db, village)
    again = await takes_back(db, village, first.entry)
    assert (again.number, again.repeated) == (back.number, True)
    assert await picture(db, village) == before
    with pytest.raises(OperationDiffers):
        await takes_back(db, village, first.entry, reason="lain")


async def test_a_payment_is_reversed_once_and_adjustments_never(
    db: AsyncConnection, village: Village
):
    first = await pays(db, village, 112_000, JULY)
    await pays(db, village, 112_000, AUGUST)
    back = await takes_back(db, village, first.entry)
    async with refused(db, AlreadyReversed, by=back.number):
        await takes_back(db, village, first.entry, operation="lagi")
    async with refused(db, AlreadyReversed):
        await takes_back(db, village, back.number, officer=village.rina)
    async with refused(db, NotByChat, entry=back.number + 1):
        await takes_back(db, village, back.number + 1)
    async with refused(db, NotByChat):
        await corrections.reversible(db, koperasi_id=village.here.id, number=back.number + 1)
    async with refused(db, NoSuchEntry):
        await takes_back(db, village, 99)


async def test_nobody_reverses_the_own_record_or_the_own_loan(
    db: AsyncConnection, village: Village
):
    done = await pays(db, village, 112_000, officer=village.hendra)
    async with refused(db, OwnEntry, entry=done.entry):
        await takes_back(db, village, done.entry)
    ketua = await a_member(db, village.here, "Hendra", person_id=village.hendra.person_id)
    loan = await a_running_loan(db, ketua.id, koperasi_id=village.here.id)
    # Only interest: the entry touches no account of the borrower, the loan says whose it is.
    mine = await pays(db, village, 10_000, loan_id=loan.id)
    assert (mine.principal, mine.interest) == (0, 10_000)
    async with refused(db, OwnMoney):
        await takes_back(db, village, mine.entry)


async def test_what_may_be_reversed_names_the_borrower_and_the_money(
    db: AsyncConnection, village: Village
):
    siti, here = village.siti, village.here
    await builders_core.pays(db, village.rina, siti, SavingsKind.SUKARELA, 200_000)
    interest = await pays(db, village, 10_000, AUGUST - timedelta(days=40))
    both = await pays(db, village, 112_000, to_savings=5_000)
    inside = await pays(db, village, 50_000, from_savings=True, approver=f"person:{siti.id}")
    found = [
        await corrections.reversible(db, koperasi_id=here.id, number=entry)
        for entry in (interest.entry, both.entry, inside.entry)
    ]
    assert [(one.member, one.amount) for one in found] == [
        (siti.name, 10_000),
        (siti.name, 117_000),
        (siti.name, 50_000),
    ]
    held = [
        await corrections.balances_of(db, koperasi_id=here.id, number=entry)
        for entry in (interest.entry, both.entry)
    ]
    left = (await balances(db, here.id))[own(village)]
    owed = Balance(code="113100", loan_id=village.loan.id, amount=left)
    saved = Balance(code="211000", loan_id=None, amount=155_000)
    assert held == [[owed], [owed, saved]]


# -- disbursements ------------------------------------------------------------------------------------


async def test_a_disbursement_is_reversed_while_nothing_was_paid(
    db: AsyncConnection, village: Village
):
    loan = village.loan
    assert loan.entry is not None
    await takes_back(db, village, loan.entry)
    after = await now(db, village)
    assert (after.state, after.version, after.entry, after.disbursed_on) == ("approved", 0, None, None)  # fmt: skip
    assert (after.outstanding, after.oldest_due, after.klass) == (0, None, "lancar")
    assert await balances(db, village.here.id) == {}


async def test_a_disbursement_stays_while_a_payment_holds(db: AsyncConnection, village: Village):
    loan = village.loan
    assert loan.entry is not None
    first = await pays(db, village, 112_000, JULY)
    second = await pays(db, village, 112_000, AUGUST)
    for paid in (second, first):
        async with refused(db, LaterFirst, entry=paid.entry):
            await takes_back(db, village, loan.entry)
        await takes_back(db, village, paid.entry)
    await takes_back(db, village, loan.entry)
    assert (await now(db, village)).state == "approved"
    assert await balances(db, village.here.id) == {}


async def test_an_imported_loan_was_not_paid_out_here(db: AsyncConnection, village: Village):
    old = await a_running_loan(
        db,
        village.siti.id,
        opening_paid=2,
        koperasi_id=village.here.id,
        disbursed=date(2026, 1, 24),
    )
    assert old.entry is not None
    async with refused(db, NotByChat):
        await takes_back(db, village, old.entry)


async def test_a_payment_of_an_earlier_schedule_is_final(db: AsyncConnection, village: Village):
    done = await pays(db, village, 112_000, JULY)
    await restructuring.restructure(
        db, officer=village.rina, loan_id=village.loan.id, terms=Terms(), count=6, on=TODAY, at=AT,
        operation="ulang", source="telegram", reason="gagal panen", approver=village.hendra.recorder,
    )  # fmt: skip
    for entry in (done.entry, village.loan.entry):
        assert entry is not None
        async with refused(db, EarlierSchedule, loan=village.loan.label, on=TODAY):
            await takes_back(db, village, entry)
        async with refused(db, EarlierSchedule, loan=village.loan.label, on=TODAY):  # at the card
            await corrections.reversible(db, koperasi_id=village.rina.cooperative.id, number=entry)


# -- what other operations write: a top-up, a write-off, a recovery -----------------------------------


async def test_a_top_up_taken_back_lets_the_old_loan_run(db: AsyncConnection, village: Village):
    await rested(db, village)
    before = await picture(db, village)
    old = await now(db, village)
    figure = await payments.figure(db, cooperative=village.here, loan=old, on=TODAY, at=AT)
    new = await a_running_loan(
        db, village.siti.id, principal=3_000_000, koperasi_id=village.here.id, disbursed=TODAY
    )
    assert new.entry is not None
    # As a disbursement does: the settlement of the old loan belongs to its entry.
    await _settled_by(db, village, new.entry, figure.total)
    assert (await now(db, village)).state == "settled"
    reversal = await takes_back(db, village, new.entry)
    assert [row[:3] for row in await journal_rows(db, village)][-2:] == [
        (new.entry, "settlement", figure.total),
        (reversal.number, "reversal", -figure.total),
    ]
    after = await picture(db, village)
    assert [row for row in after["loans"] if row["id"] == old.id] == before["loans"]
    assert [row for row in after["loan_instalments"] if row["loan_id"] == old.id] == before["loan_instalments"]  # fmt: skip


async def _settled_by(db: AsyncConnection, village: Village, entry: int, total: int) -> None:
    old = await now(db, village)
    version = await book.version(db, old)
    live = book.live(await book.moved(db, old), 1)
    before = journal.totals(replay(version, live, TODAY))
    after = replay(version, (*live, Paid(entry=entry, on=TODAY, amount=total, settles=True)), TODAY)
    await journal.record(
        db, old, journal.totals(after) - before, entry=entry, version=1, kind="settlement", on=TODAY,
        amount=total,
    )  # fmt: skip
    await keep(db, old, version, after, on=TODAY, at=AT, cause="payment")


@pytest.fixture
async def written_off(db: AsyncConnection, village: Village) -> tuple[int, int]:
    """Write the loan off and receive 50,000 afterwards; returns both entries."""
    here = village.here.id
    facts: dict[str, Any] = {"koperasi_id": here, "recorder": village.rina.recorder}
    off = await post(
        db, ("527000", own(village), 1_200_000), operation="hapus", kind="loan-write-off", **facts
    )
    back = await post(
        db, ("111000", "419000", 50_000), operation="pulih", kind="loan-recovery", **facts
    )
    for entry, kind, amount, principal in (
        (off.number, "write-off", 0, 1_200_000),
        (back.number, "recovery", 50_000, 0),
    ):
        await db.execute(
            loan_payments.insert().values(
                koperasi_id=here, loan_id=village.loan.id, entry=entry, version=1, kind=kind, on=TODAY,
                amount=amount, principal=principal, interest=0, penalty=0, provisi=0,
            )
        )  # fmt: skip
    await db.execute(
        text(
            "UPDATE loans SET state = 'written-off', outstanding = 0, written_off = 1200000,"
            " recovered = 50000, oldest_due = NULL"
        )
    )
    return off.number, back.number


async def test_a_write_off_is_reversed_after_its_recoveries(
    db: AsyncConnection, village: Village, written_off: tuple[int, int]
):
    off, recovery = written_off
    async with refused(db, LaterFirst, entry=recovery):
        await takes_back(db, village, off)
    await takes_back(db, village, recovery)
    loan = await now(db, village)
    assert (loan.state, loan.recovered, loan.written_off) == ("written-off", 0, 1_200_000)
    await takes_back(db, village, off)
    loan = await now(db, village)
    assert (loan.state, loan.written_off, loan.outstanding) == ("running", 0, 1_200_000)
    await holds_together(db, village)


async def test_what_came_before_a_write_off_waits_for_its_reversal(
    db: AsyncConnection, village: Village, written_off: tuple[int, int]
):
    assert village.loan.entry is not None
    async with refused(db, LaterFirst, entry=written_off[1]):
        await takes_back(db, village, village.loan.entry)


async def test_other_offices_take_nothing_back(db: AsyncConnection, village: Village):
    done = await pays(db, village, 112_000)
    other = await builders_core.an_officer(db, village.here, Role.SEKRETARIS, name="Lain")
    async with refused(db, NotAllowed):
        await takes_back(db, village, done.entry, officer=other)
