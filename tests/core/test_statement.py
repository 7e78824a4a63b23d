"""A member's closed month, a cooperative's and a region's: figures by hand, counted by the date of each entry."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances
from core.accounts import SavingsKind
from core.calendar import last_day
from core.people import Member
from core.permissions import Role
from core.reports.cooperative import CooperativeMonth, month_of_cooperative
from core.reports.flow import Flow, Moved, flow
from core.reports.lent import Paid
from core.reports.province import month_of_region
from core.reports.statement import Statement, statement
from tests import builders_core
from tests.builders_core import TODAY, a_cooperative, a_member, an_officer, takes
from tests.core.loan_village import Village, a_village, pays, settles, takes_back

SUKARELA, WAJIB, POKOK = SavingsKind.SUKARELA, SavingsKind.WAJIB, SavingsKind.POKOK
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    """Siti owes 1,200,000 since 24 June: 112,000 (100,000 and 12,000) on the 24th of each month."""
    return await a_village(db)


async def saves(
    db: AsyncConnection, village: Village, kind: SavingsKind, amount: int, on: date
) -> int:
    return (await builders_core.pays(db, village.rina, village.siti, kind, amount, on=on)).entry


async def of(db: AsyncConnection, village: Village, month: date = OCTOBER) -> Statement:
    return await statement(db, cooperative=village.here, member=village.siti, month=month)


async def whole(db: AsyncConnection, village: Village, month: date = OCTOBER) -> CooperativeMonth:
    return await month_of_cooperative(db, cooperative=village.here, month=month)


def a_flow(opening: int, came_in: int = 0, went_out: int = 0, corrected: int = 0) -> Flow:
    return Flow(opening=opening, came_in=came_in, went_out=went_out, corrected=corrected)


def moved(amount: int, reverses: int | None = None, reversed_on: date | None = None) -> Moved:
    return Moved(
        entry=9,
        on=OCTOBER,
        code="211000",
        amount=amount,
        reverses=reverses,
        reversed_on=reversed_on,
    )


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([], a_flow(70)),
        ([moved(50), moved(-20), moved(5)], a_flow(70, 55, 20)),
        ([moved(50), moved(-50, 9, OCTOBER)], a_flow(70)),
        ([moved(-50), moved(50, 9, last_day(OCTOBER))], a_flow(70)),
        ([moved(-50, 3, last_day(SEPTEMBER))], a_flow(70, corrected=-50)),
        ([moved(50, 3, SEPTEMBER), moved(8)], a_flow(70, 8, corrected=50)),
    ],
)
def test_what_is_taken_back_in_its_own_month_never_happened_what_is_older_is_a_correction(
    moves: list[Moved], expected: Flow
):
    found = flow(70, moves, OCTOBER)
    assert found == expected
    assert found.closing == 70 + sum(move.amount for move in moves)


async def test_a_month_by_hand(db: AsyncConnection, village: Village):
    await saves(db, village, POKOK, 100_000, date(2026, 9, 3))
    await saves(db, village, SUKARELA, 500_000, date(2026, 9, 30))
    wrong = await saves(db, village, SUKARELA, 40_000, date(2026, 9, 12))
    for month in range(1, 10):
        await saves(db, village, WAJIB, 20_000, date(2026, month, 20))
    for on in (date(2026, 7, 24), date(2026, 8, 24), date(2026, 9, 24)):
        await pays(db, village, 112_000, on)
    # October
    await saves(db, village, SUKARELA, 250_000, date(2026, 10, 1))
    await saves(db, village, SUKARELA, 25_000, date(2026, 10, 31))
    twice = await saves(db, village, SUKARELA, 75_000, date(2026, 10, 9))
    await takes(db, village.rina, village.siti, 60_000, on=date(2026, 10, 15))
    await takes_back(db, village, twice, on=date(2026, 10, 9))
    await takes_back(db, village, wrong, on=date(2026, 10, 10))
    await saves(db, village, WAJIB, 20_000, date(2026, 10, 20))
    await pays(db, village, 112_000, date(2026, 10, 24))
    # November's entries are not October's
    await saves(db, village, SUKARELA, 1_000_000, date(2026, 11, 1))
    await saves(db, village, WAJIB, 20_000, date(2026, 11, 2))
    await pays(db, village, 112_000, date(2026, 11, 2))

    found = await of(db, village)
    assert found.savings == {
        SUKARELA: a_flow(540_000, 275_000, 60_000, -40_000),
        WAJIB: a_flow(180_000, 20_000),
        POKOK: a_flow(100_000),
    }
    assert [one.closing for one in found.savings.values()] == [715_000, 200_000, 100_000]
    assert (found.total, found.through) == (1_015_000, date(2026, 10, 31))
    assert (found.wajib.through, found.wajib.months_owed, found.wajib.owed) == (OCTOBER, 0, 0)
    (loan,) = found.loans
    assert (loan.label, loan.outstanding, loan.lent) == ("P-0001", 800_000, 0)
    assert loan.paid == Paid(amount=112_000, principal=100_000, interest=12_000, penalty=0)
    assert (loan.late, loan.late_since, loan.penalty_left) == (0, None, 0)
    assert (loan.next_due, loan.next_amount) == (date(2026, 11, 24), 112_000)
    assert [(move.on.day, move.amount) for move in found.moves] == [
        (1, 250_000), (9, 75_000), (9, -75_000), (10, -40_000), (15, -60_000), (20, 20_000), (24, -100_000),
        (31, 25_000),
    ]  # fmt: skip


async def test_what_is_written_down_later_with_an_earlier_date_belongs_to_that_month(
    db: AsyncConnection, village: Village
):
    await saves(db, village, SUKARELA, 300_000, date(2026, 11, 20))
    assert (await of(db, village)).savings[SUKARELA] == a_flow(0)
    await saves(db, village, SUKARELA, 80_000, date(2026, 10, 31))
    await saves(db, village, SUKARELA, 30_000, date(2026, 9, 30))
    await saves(db, village, WAJIB, 20_000, date(2026, 10, 2))
    found = await of(db, village)
    assert found.savings[SUKARELA] == a_flow(30_000, 80_000)
    assert (await of(db, village, NOVEMBER)).savings[SUKARELA] == a_flow(110_000, 300_000)
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        for kind in SavingsKind:
            on_its_last_day = await balances.of_account(
                db,
                koperasi_id=village.here.id,
                key=kind.account(village.siti.id),
                on=last_day(month),
            )
            assert (await of(db, village, month)).savings[kind].closing == on_its_last_day


async def test_dues_count_as_they_stood_at_the_end_of_the_month(
    db: AsyncConnection, village: Village
):
    await saves(db, village, WAJIB, 140_000, date(2026, 10, 30))
    await saves(db, village, WAJIB, 60_000, date(2026, 11, 3))
    october, november = (await of(db, village)).wajib, (await of(db, village, NOVEMBER)).wajib
    assert (october.through, october.months_owed, october.owed_since) == (
        date(2026, 7, 1), 3, date(2026, 8, 1),
    )  # fmt: skip
    assert october.owed == 60_000
    assert (november.through, november.months_owed, november.owed) == (OCTOBER, 1, 20_000)
    assert (await of(db, village, SEPTEMBER)).wajib.through is None


async def test_a_loan_in_arrears_says_since_when_and_what_comes_next(
    db: AsyncConnection, village: Village
):
    await pays(db, village, 112_000, date(2026, 7, 24))
    await pays(db, village, 50_000, date(2026, 10, 31))
    (loan,) = (await of(db, village)).loans
    assert loan.late == 3 * 112_000 - 50_000
    assert loan.late_since == date(2026, 8, 24)
    assert (loan.next_due, loan.next_amount) == (date(2026, 11, 24), 112_000)
    assert loan.paid == Paid(amount=50_000, principal=38_000, interest=12_000, penalty=0)


async def test_an_instalment_due_on_the_last_day_is_late_and_not_the_next_one(
    db: AsyncConnection,
):
    village = await a_village(db, disbursed=date(2026, 9, 30))
    (loan,) = (await of(db, village)).loans
    assert (loan.late, loan.late_since) == (112_000, date(2026, 10, 30))
    (loan,) = (await of(db, village, SEPTEMBER)).loans
    assert (loan.lent, loan.outstanding, loan.late) == (1_200_000, 1_200_000, 0)
    assert (loan.next_due, loan.next_amount) == (date(2026, 10, 30), 112_000)
    assert (await of(db, village, date(2026, 8, 1))).loans == ()


async def test_a_payment_taken_back_later_still_stood_at_the_end_of_its_month(
    db: AsyncConnection, village: Village
):
    paid = await pays(db, village, 112_000, date(2026, 10, 5))
    await takes_back(db, village, paid.entry, on=date(2026, 11, 4))
    (october,), (november,) = (
        (await of(db, village)).loans,
        (await of(db, village, NOVEMBER)).loans,
    )
    assert (october.outstanding, october.paid.amount, october.late) == (1_100_000, 112_000, 336_000)
    assert november.outstanding == 1_200_000
    assert november.paid == Paid(amount=-112_000, principal=-100_000, interest=-12_000, penalty=0)


async def test_a_payment_taken_back_in_its_month_was_never_made(
    db: AsyncConnection, village: Village
):
    wrong = await pays(db, village, 112_000, date(2026, 10, 5))
    await pays(db, village, 60_000, date(2026, 10, 6))
    await takes_back(db, village, wrong.entry, on=date(2026, 10, 7))
    (loan,) = (await of(db, village)).loans
    assert loan.paid == Paid(amount=60_000, principal=48_000, interest=12_000, penalty=0)
    assert loan.outstanding == 1_200_000 - 48_000


async def test_a_settled_loan_is_told_in_the_month_it_ended_and_never_again(
    db: AsyncConnection, village: Village
):
    figure = (
        1_200_000 + 4 * 12_000 + 12_000 * 7 // 31 + 1
    )  # 24 to 31 October: 7 of 31 days, half-up
    await settles(db, village, figure, date(2026, 10, 31))
    (loan,) = (await of(db, village)).loans
    assert (loan.outstanding, loan.settled_on, loan.next_due) == (0, date(2026, 10, 31), None)
    assert loan.paid.amount == figure
    assert (await of(db, village, NOVEMBER)).loans == ()
    assert (await of(db, village, SEPTEMBER)).loans[0].outstanding == 1_200_000


async def test_a_member_without_anything_has_an_empty_month(db: AsyncConnection):
    here = await a_cooperative(db)
    member = await a_member(db, here, joined=date(2026, 10, 20))
    found = await statement(db, cooperative=here, member=member, month=OCTOBER)
    assert (found.total, found.loans, found.moves, found.last_entry) == (0, (), (), 0)
    assert (found.wajib.months_owed, found.wajib.owed) == (1, 20_000)


async def test_nobody_elses_entries_are_in_a_statement(db: AsyncConnection, village: Village):
    budi = await a_member(db, village.here, "Budi Santoso")
    await builders_core.pays(db, village.rina, budi, SUKARELA, 90_000, on=date(2026, 10, 2))
    assert (await of(db, village)).savings[SUKARELA] == a_flow(0)
    assert all(move.amount != 90_000 for move in (await of(db, village)).moves)


# -- the cooperative's ---------------------------------------------------------------------------------


async def test_a_cooperatives_month_by_hand(db: AsyncConnection, village: Village):
    budi = await a_member(db, village.here, "Budi Santoso", joined=date(2026, 10, 1))
    await a_member(db, village.here, "Yang baru", joined=date(2026, 11, 1))
    await a_member(db, village.here, "Yang keluar", left=date(2026, 10, 31))
    await saves(db, village, SUKARELA, 500_000, date(2026, 9, 30))
    await saves(db, village, WAJIB, 20_000, date(2026, 10, 20))
    await builders_core.pays(db, village.rina, budi, WAJIB, 40_000, on=date(2026, 10, 21))
    wrong = await saves(db, village, SUKARELA, 75_000, date(2026, 10, 9))
    await takes_back(db, village, wrong, on=date(2026, 10, 9))
    await takes(db, village.rina, village.siti, 60_000, on=date(2026, 10, 15))
    await pays(db, village, 112_000, date(2026, 10, 24))
    found = await whole(db, village)
    assert {kind: (held.opening, held.closing) for kind, held in found.savings.items()} == {
        SUKARELA: (500_000, 440_000), WAJIB: (0, 60_000), POKOK: (0, 0),
    }  # fmt: skip
    assert (found.saved.closing, found.saved.change) == (500_000, 0)
    assert (found.lent.opening, found.lent.closing, found.running) == (1_200_000, 1_100_000, 1)
    # 500,000 saved less 1,200,000 lent; dues and an instalment in, a withdrawal out
    assert found.cash == a_flow(-700_000, 172_000, 60_000)
    assert found.members == 2
    # Siti paid January's dues in October; Budi October's, and November's ahead
    assert (found.wajib_due, found.wajib_paid) == (40_000, 20_000)
    assert (found.late_loans, found.late) == (1, 3 * 112_000)
    assert (found.disputed, found.disputed_amount) == (0, 0)


async def test_a_cooperatives_savings_are_those_of_its_members(
    db: AsyncConnection, village: Village
):
    budi = await a_member(db, village.here, "Budi Santoso")
    for member, amount in ((village.siti, 30_000), (budi, 45_000)):
        await builders_core.pays(db, village.rina, member, SUKARELA, amount, on=OCTOBER)
        await builders_core.pays(db, village.rina, member, WAJIB, 20_000, on=NOVEMBER)
    found = await whole(db, village)
    each = [
        await statement(db, cooperative=village.here, member=member, month=OCTOBER)
        for member in (village.siti, budi)
    ]
    assert found.saved.closing == sum(one.total for one in each) == 75_000
    assert found.lent.closing == sum(loan.outstanding for one in each for loan in one.loans)


async def test_receipts_that_members_dispute_are_counted_until_they_are_taken_back(
    db: AsyncConnection, village: Village
):
    first = await saves(db, village, SUKARELA, 30_000, date(2026, 10, 3))
    second = await saves(db, village, SUKARELA, 70_000, date(2026, 10, 31))
    third = await saves(db, village, SUKARELA, 900_000, date(2026, 11, 1))
    for entry, amount in ((first, 30_000), (second, 70_000), (third, 900_000)):
        await _disputed(db, village.here.id, entry, village.siti, amount)
    found = await whole(db, village)
    assert (found.disputed, found.disputed_amount) == (2, 100_000)
    await takes_back(db, village, first, on=TODAY)
    found = await whole(db, village)
    assert (found.disputed, found.disputed_amount) == (1, 70_000)


async def _disputed(
    db: AsyncConnection, koperasi_id: int, entry: int, member: Member, amount: int
) -> None:
    await db.execute(
        text(
            "INSERT INTO receipts (koperasi_id, entry, member_id, code, kind, amount, balance_before,"
            " balance, witness, answer, made_at) VALUES (:here, :entry, :member, :code, 'deposit-sukarela',"
            " :amount, 0, :amount, true, 'disputed', now())"
        ),
        {"here": koperasi_id, "entry": entry, "member": member.id, "code": f"C{entry}", "amount": amount},
    )  # fmt: skip


async def test_cash_that_moves_between_boxes_is_neither_in_nor_out(
    db: AsyncConnection, village: Village
):
    from tests.core.books import post  # noqa: PLC0415 - a posting nobody makes by chat yet

    await saves(db, village, SUKARELA, 500_000, date(2026, 10, 2))
    await post(
        db, ("112100", "111000", 300_000), operation="bank", koperasi_id=village.here.id,
        kind="bank-deposit", on=date(2026, 10, 3),
    )  # fmt: skip
    found = await whole(db, village)
    assert found.cash == a_flow(-1_200_000, 500_000)


# -- the region's --------------------------------------------------------------------------------------


async def _region(db: AsyncConnection, members: int, village: str) -> tuple[Any, Any, list[Member]]:
    here = await a_cooperative(db, village=village)
    rina = await an_officer(db, here, Role.BENDAHARA)
    people = [await a_member(db, here, f"Anggota {n}") for n in range(members)]
    for member in people:
        await builders_core.pays(db, rina, member, SUKARELA, 10_000, on=date(2026, 10, 10))
        await builders_core.pays(db, rina, member, SUKARELA, 7_000, on=date(2026, 11, 10))
    return here, rina, people


async def test_a_region_is_the_sum_of_figures_that_five_members_stand_behind(db: AsyncConnection):
    await _region(db, 4, "64.72.05.1003")
    _, rina, people = await _region(db, 6, "64.01.01.2010")
    await takes(db, rina, people[0], 3_000, on=date(2026, 10, 20))
    wrong = await builders_core.pays(db, rina, people[1], POKOK, 50_000, on=date(2026, 10, 21))
    found = await month_of_region(db, region="64", month=OCTOBER)
    assert (found.name, found.cooperatives, found.recording) == ("Kalimantan Timur", 2, 2)
    assert (found.sukarela, found.pokok, found.wajib) == (
        57_000,
        0,
        0,
    )  # one member's pokok is hidden
    assert (found.saved, found.members, found.hidden) == (57_000, 6, 1)
    assert (found.came_in, found.went_out) == (110_000, 3_000)
    from core import corrections  # noqa: PLC0415 - this test alone

    hendra = await an_officer(db, rina.cooperative, Role.KETUA, name="Hendra")
    await corrections.reverse(
        db, officer=hendra, number=wrong.entry, on=date(2026, 10, 22), at=builders_core.AT,
        operation="batal", source="telegram", reason="salah orang",
    )  # fmt: skip
    found = await month_of_region(db, region="64", month=OCTOBER)
    assert (found.came_in, found.went_out) == (60_000, 3_000)
    small = await month_of_region(db, region="64.72", month=OCTOBER)
    assert (small.cooperatives, small.saved, small.members, small.hidden) == (1, 0, 0, 1)
    before = await month_of_region(db, region="64", month=SEPTEMBER)
    assert (before.saved, before.recording, before.came_in, before.hidden) == (0, 0, 0, 0)


async def test_a_regions_loans_are_the_principal_of_five_borrowers_at_least(db: AsyncConnection):
    from tests.core.loan_books import a_running_loan  # noqa: PLC0415 - this test alone

    here, _, people = await _region(db, 5, "64.72.05.1003")
    for member in people[:4]:
        await a_running_loan(db, member.id, koperasi_id=here.id)
    assert (await month_of_region(db, region="64.72", month=OCTOBER)).lent == 0
    await a_running_loan(db, people[4].id, koperasi_id=here.id)
    assert (await month_of_region(db, region="64.72", month=OCTOBER)).lent == 6_000_000
    assert (await month_of_region(db, region="64.72", month=date(2026, 5, 1))).lent == 0
