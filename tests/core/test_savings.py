"""Simpanan pokok, wajib and sukarela: whole journals, the months paid for, and every refusal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import corrections, database, dues, ledger, movements, rules, savings
from core.accounts import CASH, SavingsKind
from core.balances import of_account
from core.calendar import next_month
from core.cooperatives import Cooperative
from core.ledger import AmountTooLarge, BookIsClosed, FutureDate, OperationDiffers
from core.people import Member, MemberHasLeft, NotYetMember, Standing
from core.permissions import NotAllowed, Role
from core.savings import NotEnoughSavings, OwnSavings, PokokIsPaid, PokokTooMuch, Recorded
from core.tables.savings import dues as dues_table
from core.verify import verify
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    book,
    journal,
    leaves,
    pays,
    refused,
    takes,
)

POKOK, WAJIB, SUKARELA = SavingsKind.POKOK, SavingsKind.WAJIB, SavingsKind.SUKARELA
JAN = date(2026, 1, 1)


class Village(NamedTuple):
    """A cooperative with pokok 100.000 and wajib 20.000 since it began, its treasurer, and a member."""

    cooperative: Cooperative
    rina: Standing
    siti: Member


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    cooperative = await a_cooperative(db, pokok=100_000, wajib=20_000)
    return Village(
        cooperative=cooperative,
        rina=await an_officer(db, cooperative),
        siti=await a_member(db, cooperative),
    )


def month(number: int) -> date:
    """January 2026 is 0."""
    return next_month(JAN, number)


def covered(done: Recorded) -> list[tuple[int, int, bool]]:
    return [
        ((part.month.year - 2026) * 12 + part.month.month - 1, part.amount, part.whole)
        for part in done.months
    ]


async def position(db: AsyncConnection, village: Village) -> dues.Position:
    return await dues.position(db, cooperative=village.cooperative, member=village.siti)


async def dues_rows(db: AsyncConnection, village: Village) -> list[tuple[date, int, int]]:
    rows = await db.execute(
        select(dues_table.c.month, dues_table.c.entry, dues_table.c.amount)
        .where(dues_table.c.koperasi_id == village.cooperative.id)
        .order_by(dues_table.c.entry, dues_table.c.month)
    )
    return [(one, entry, amount) for one, entry, amount in rows]


async def held(db: AsyncConnection, village: Village) -> tuple[int, int, int]:
    found = await savings.balances(
        db, koperasi_id=village.cooperative.id, member_id=village.siti.id
    )
    assert (found.of(POKOK), found.of(WAJIB), found.of(SUKARELA)) == (
        found.pokok, found.wajib, found.sukarela,
    )  # fmt: skip
    return found.pokok, found.wajib, found.sukarela


async def test_the_journals_of_a_day_debit_cash_and_credit_the_members_accounts(
    db: AsyncConnection, village: Village
):
    here, rina, siti = village
    await pays(db, rina, siti, POKOK, 100_000)
    await pays(db, rina, siti, WAJIB, 60_000)
    await pays(db, rina, siti, SUKARELA, 50_000)
    await takes(db, rina, siti, 20_000)
    by, m = rina.recorder, siti.id
    assert await book(db, here) == [
        (1, "deposit-pokok", TODAY, by, "111000", f"310000:m{m}", 100_000),
        (2, "deposit-wajib", TODAY, by, "111000", f"320000:m{m}", 60_000),
        (3, "deposit-sukarela", TODAY, by, "111000", f"211000:m{m}", 50_000),
        (4, "withdraw-sukarela", TODAY, by, f"211000:m{m}", "111000", 20_000),
    ]
    assert await held(db, village) == (100_000, 60_000, 30_000)
    assert await of_account(db, koperasi_id=here.id, key=CASH) == 190_000
    assert (await verify(db, here.id)).finding is None


async def test_a_deposit_says_what_it_did(db: AsyncConnection, village: Village):
    first = await pays(db, village.rina, village.siti, SUKARELA, 50_000)
    second = await pays(db, village.rina, village.siti, SUKARELA, 25_000)
    out = await takes(db, village.rina, village.siti, 70_000)
    assert (first.entry, first.amount, first.before, first.balance) == (1, 50_000, 0, 50_000)
    assert (second.entry, second.before, second.balance) == (2, 50_000, 75_000)
    assert (out.entry, out.before, out.balance) == (3, 75_000, 5_000)
    assert [one.withdrawal for one in (first, second, out)] == [False, False, True]
    assert [one.repeated for one in (first, second, out)] == [False, False, False]
    assert len({first.hash, second.hash, out.hash}) == 3
    assert first.months == out.months == ()


async def test_pokok_is_paid_once(db: AsyncConnection, village: Village):
    here, rina, siti = village
    await pays(db, rina, siti, POKOK, 100_000)
    async with refused(db, PokokIsPaid, member=siti.name, paid=100_000):
        await pays(db, rina, siti, POKOK, 1)
    with pytest.raises(PokokIsPaid):
        await savings.check_deposit(
            db, cooperative=here, member=siti, kind=POKOK, amount=1, on=TODAY
        )
    assert len(await book(db, here)) == 1


async def test_pokok_may_be_paid_in_instalments_until_it_is_paid(
    db: AsyncConnection, village: Village
):
    _, rina, siti = village
    await pays(db, rina, siti, POKOK, 40_000)
    await pays(db, rina, siti, POKOK, 35_000)
    async with refused(db, PokokTooMuch, member=siti.name, remaining=25_000):
        await pays(db, rina, siti, POKOK, 25_001)
    last = await pays(db, rina, siti, POKOK, 25_000)
    assert (last.entry, last.balance) == (3, 100_000)
    async with refused(db, PokokIsPaid):
        await pays(db, rina, siti, POKOK, 100_000)
    assert (await held(db, village))[0] == 100_000


async def test_too_much_pokok_at_once_names_what_remains(db: AsyncConnection, village: Village):
    async with refused(db, PokokTooMuch, remaining=100_000):
        await pays(db, village.rina, village.siti, POKOK, 100_001)
    assert await book(db, village.cooperative) == []


async def test_a_higher_pokok_is_asked_from_its_day_on(db: AsyncConnection, village: Village):
    here, rina, siti = village
    await rules.set_rule(
        db, koperasi_id=here.id, name="pokok", value="150000", since=TODAY, by="t", at=AT
    )
    yesterday = TODAY - timedelta(days=1)
    async with refused(db, PokokTooMuch, remaining=100_000):
        await pays(db, rina, siti, POKOK, 150_000, on=yesterday)
    await pays(db, rina, siti, POKOK, 100_000, on=yesterday)
    await pays(db, rina, siti, POKOK, 50_000)
    async with refused(db, PokokIsPaid, paid=150_000):
        await pays(db, rina, siti, POKOK, 1)


async def test_wajib_covers_the_oldest_months_first_several_at_once_too(
    db: AsyncConnection, village: Village
):
    _, rina, siti = village
    assert covered(await pays(db, rina, siti, WAJIB, 20_000)) == [(0, 20_000, True)]
    rapel = await pays(db, rina, siti, WAJIB, 120_000)
    assert covered(rapel) == [(number, 20_000, True) for number in range(1, 7)]
    where = await position(db, village)
    assert where.paid_through() == month(6)
    assert where.arrears(month(10)) == [month(7), month(8), month(9), month(10)]
    assert where.next_unpaid(2) == [month(7), month(8)]


async def test_what_is_no_multiple_is_booked_as_said_and_the_rest_waits_for_its_month(
    db: AsyncConnection, village: Village
):
    _, rina, siti = village
    assert covered(await pays(db, rina, siti, WAJIB, 50_000)) == [
        (0, 20_000, True), (1, 20_000, True), (2, 10_000, False),
    ]  # fmt: skip
    assert (await position(db, village)).owed(month(2)) == 10_000
    assert covered(await pays(db, rina, siti, WAJIB, 15_000)) == [
        (2, 10_000, True), (3, 5_000, False),
    ]  # fmt: skip
    assert await dues_rows(db, village) == [
        (month(0), 1, 20_000), (month(1), 1, 20_000), (month(2), 1, 10_000),
        (month(2), 2, 10_000), (month(3), 2, 5_000),
    ]  # fmt: skip
    assert (await held(db, village))[1] == 65_000


async def test_named_months_are_the_ones_that_are_paid(db: AsyncConnection, village: Village):
    _, rina, siti = village
    done = await pays(db, rina, siti, WAJIB, 40_000, months=[month(7), month(6)])
    assert covered(done) == [(6, 20_000, True), (7, 20_000, True)]
    over = await pays(db, rina, siti, WAJIB, 50_000, months=[month(8)])
    assert covered(over) == [(0, 20_000, True), (1, 10_000, False), (8, 20_000, True)]
    assert (await position(db, village)).arrears(month(8)) == [month(n) for n in range(1, 6)]


async def test_wajib_is_paid_ahead_when_nothing_is_owed(db: AsyncConnection, village: Village):
    _, rina, siti = village
    done = await pays(db, rina, siti, WAJIB, 13 * 20_000)
    assert covered(done)[-1] == (12, 20_000, True)
    where = await position(db, village)
    assert where.paid_through() == month(12)
    assert where.arrears(month(10)) == []


async def test_dues_change_from_the_month_after_the_change_and_the_past_stays_paid(
    db: AsyncConnection, village: Village
):
    here, rina, siti = village
    await pays(db, rina, siti, WAJIB, 11 * 20_000)
    await rules.set_rule(
        db, koperasi_id=here.id, name="wajib", value="25000", since=TODAY, by="t", at=AT
    )
    where = await position(db, village)
    assert where.arrears(month(10)) == []
    assert where.arrears(month(11)) == [month(11)]
    assert covered(await pays(db, rina, siti, WAJIB, 50_000)) == [
        (11, 25_000, True), (12, 25_000, True),
    ]  # fmt: skip


async def test_a_first_rule_of_its_own_does_not_reach_back(db: AsyncConnection):
    here = await a_cooperative(db, usp="none")  # As the seed founds them: nothing said of dues.
    rina, siti = await an_officer(db, here), await a_member(db, here)
    await pays(db, rina, siti, WAJIB, 11 * 20_000)
    await rules.set_rule(
        db, koperasi_id=here.id, name="wajib", value="30000", since=month(11), by="t", at=AT
    )
    where = await dues.position(db, cooperative=here, member=siti)
    assert where.arrears(month(11)) == [month(11)]
    for number, amount in ((10, 20_000), (11, 30_000)):
        assert (await rules.in_force(db, here.id, month(number))).wajib == amount
        assert where.rates.of(month(number)) == amount


async def test_where_dues_are_zero_whatever_is_paid_is_kept(db: AsyncConnection):
    here = await a_cooperative(db, wajib=0)
    rina, siti = await an_officer(db, here), await a_member(db, here)
    for entry in (1, 2):
        done = await pays(db, rina, siti, WAJIB, 7_500)
        assert covered(done) == [(0, 7_500, True)]
        assert (done.entry, done.balance) == (entry, entry * 7_500)
    assert (await dues.position(db, cooperative=here, member=siti)).arrears(month(10)) == []


async def test_sukarela_never_falls_below_zero_and_the_refusal_names_what_is_there(
    db: AsyncConnection, village: Village
):
    here, rina, siti = village
    async with refused(db, NotEnoughSavings, member=siti.name, amount=1, available=0):
        await takes(db, rina, siti, 1)
    await pays(db, rina, siti, SUKARELA, 50_000)
    await pays(db, rina, siti, WAJIB, 100_000)
    await pays(db, rina, await a_member(db, here, "Budi"), SUKARELA, 1_000_000)
    async with refused(db, NotEnoughSavings, amount=50_001, available=50_000):
        await takes(db, rina, siti, 50_001)
    async with refused(db, NotEnoughSavings, amount=2**63 - 1, available=50_000):
        await takes(db, rina, siti, 2**63 - 1)
    assert (await takes(db, rina, siti, 50_000)).balance == 0
    async with refused(db, NotEnoughSavings, available=0):
        await takes(db, rina, siti, 50_000)
    assert await held(db, village) == (0, 100_000, 0)


async def test_an_amount_no_book_can_hold_is_refused(db: AsyncConnection, village: Village):
    async with refused(db, AmountTooLarge):
        await pays(db, village.rina, village.siti, SUKARELA, 2**63)
    await pays(db, village.rina, village.siti, SUKARELA, 2**63 - 1)
    async with refused(db, AmountTooLarge):
        await pays(db, village.rina, village.siti, SUKARELA, 1)


@pytest.mark.parametrize("amount", [0, -1])
async def test_nothing_and_less_than_nothing_are_bugs(
    db: AsyncConnection, village: Village, amount: int
):
    with pytest.raises(AssertionError):
        await pays(db, village.rina, village.siti, SUKARELA, amount)
    with pytest.raises(AssertionError):
        await takes(db, village.rina, village.siti, amount)
    assert await book(db, village.cooperative) == []


@pytest.mark.parametrize("kind", [*SavingsKind, None])
async def test_who_left_pays_and_takes_nothing_from_that_day_on(
    db: AsyncConnection, village: Village, kind: SavingsKind | None
):
    here, rina, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000)
    gone = await leaves(db, siti, here, TODAY)

    async def moves(on: date) -> Recorded:
        if kind is None:
            return await takes(db, rina, gone, 1_000, on=on)
        return await pays(db, rina, gone, kind, 1_000, on=on)

    async with refused(db, MemberHasLeft, member=siti.name, left_on=TODAY):
        await moves(TODAY)
    assert (await moves(TODAY - timedelta(days=1))).entry == 2


@pytest.mark.parametrize("kind", [*SavingsKind, None])
async def test_nothing_is_recorded_before_the_day_of_joining(
    db: AsyncConnection, village: Village, kind: SavingsKind | None
):
    _, rina, siti = village
    joined = siti.joined_on

    async def moves(on: date) -> Recorded:
        if kind is None:
            return await takes(db, rina, siti, 1_000, on=on)
        return await pays(db, rina, siti, kind, 1_000, on=on)

    async with refused(db, NotYetMember, member=siti.name, joined_on=joined):
        await moves(joined - timedelta(days=1))
    await pays(db, rina, siti, SUKARELA, 1_000, on=joined)
    assert (await moves(joined)).entry == 2


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.KETUA, Role.BENDAHARA)]
)
async def test_officers_without_the_task_record_nothing(
    db: AsyncConnection, village: Village, role: Role
):
    here, rina, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000)
    other = await an_officer(db, here, role, name="Orang Lain")
    async with refused(db, NotAllowed):
        await pays(db, other, siti, SUKARELA, 10_000)
    async with refused(db, NotAllowed):
        await takes(db, other, siti, 10_000)
    assert len(await book(db, here)) == 1


async def test_nobody_records_for_the_own_membership(db: AsyncConnection, village: Village):
    here, rina, siti = village
    own = await a_member(db, here, rina.name, person_id=rina.person_id)
    for kind in SavingsKind:
        async with refused(db, OwnSavings, member=rina.name):
            await pays(db, rina, own, kind, 10_000)
    async with refused(db, OwnSavings):
        await takes(db, rina, own, 10_000)
    ketua = await an_officer(db, here, Role.KETUA, name="Hendra")
    assert (await pays(db, ketua, own, SUKARELA, 10_000)).entry == 1
    with pytest.raises(OwnSavings):
        savings.require_other_person(ketua, siti, shared_chat=True)
    savings.require_other_person(ketua, siti, shared_chat=False)


@pytest.mark.parametrize("kind", SavingsKind)
async def test_a_repeated_deposit_is_recorded_once_and_answered_alike(
    db: AsyncConnection, village: Village, kind: SavingsKind
):
    here, rina, siti = village
    first = await pays(db, rina, siti, kind, 100_000, operation="card")
    between = await a_member(db, here, "Budi")
    await pays(db, rina, between, kind, 10_000)
    again = await pays(db, rina, siti, kind, 100_000, operation="card")
    assert again == replace(first, repeated=True)
    assert len(await book(db, here)) == 2
    if kind is WAJIB:
        assert len(again.months) == 5
        assert (await position(db, village)).paid == {month(n): 20_000 for n in range(5)}


async def test_a_repeated_instalment_is_read_back_as_it_was_at_first(
    db: AsyncConnection, village: Village
):
    _, rina, siti = village
    first = await pays(db, rina, siti, WAJIB, 15_000, operation="a")
    second = await pays(db, rina, siti, WAJIB, 10_000, operation="b")
    assert covered(first) == [(0, 15_000, False)]
    assert covered(second) == [(0, 5_000, True), (1, 5_000, False)]
    await pays(db, rina, siti, WAJIB, 15_000)
    for operation, done, amount in (("a", first, 15_000), ("b", second, 10_000)):
        again = await pays(db, rina, siti, WAJIB, amount, operation=operation)
        assert again.months == done.months


async def test_a_repeated_withdrawal_is_paid_once_even_when_nothing_is_left(
    db: AsyncConnection, village: Village
):
    _, rina, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000)
    first = await takes(db, rina, siti, 50_000, operation="card")
    assert await takes(db, rina, siti, 50_000, operation="card") == replace(first, repeated=True)
    assert await held(db, village) == (0, 0, 0)


async def test_the_same_card_with_another_amount_is_a_bug_of_the_caller(
    db: AsyncConnection, village: Village
):
    await pays(db, village.rina, village.siti, SUKARELA, 50_000, operation="card")
    with pytest.raises(OperationDiffers):
        await pays(db, village.rina, village.siti, SUKARELA, 50_001, operation="card")


async def test_a_deposit_may_be_dated_back_within_the_open_period_only(
    db: AsyncConnection, village: Village
):
    here, rina, siti = village
    end = date(2026, 10, 31)
    await ledger.close(db, koperasi_id=here.id, through=end, at=AT, by="t", reason="tutup buku")
    async with refused(db, BookIsClosed, through=end):
        await pays(db, rina, siti, SUKARELA, 10_000, on=end)
    async with refused(db, BookIsClosed, through=end):
        await pays(db, rina, siti, WAJIB, 20_000, on=date(2026, 9, 1))
    await pays(db, rina, siti, SUKARELA, 10_000, on=date(2026, 11, 1))
    async with refused(db, BookIsClosed, through=end):
        await takes(db, rina, siti, 5_000, on=end)
    async with refused(db, FutureDate, on=TODAY + timedelta(days=1)):
        await pays(db, rina, siti, SUKARELA, 10_000, on=TODAY + timedelta(days=1))
    assert [row[2] for row in await book(db, here)] == [date(2026, 11, 1)]
    assert (await position(db, village)).paid == {}


async def test_the_day_ends_at_midnight_in_kaltim(db: AsyncConnection, village: Village):
    _, rina, siti = village
    last = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
    tomorrow = TODAY + timedelta(days=1)
    async with refused(db, FutureDate):
        await pays(db, rina, siti, SUKARELA, 10_000, on=tomorrow, at=last)
    later = last + timedelta(seconds=1)
    assert (await pays(db, rina, siti, SUKARELA, 10_000, on=tomorrow, at=later)).entry == 1


async def test_a_reversal_gives_the_months_back_exactly(db: AsyncConnection, village: Village):
    here, rina, siti = village
    ketua = await an_officer(db, here, Role.KETUA, name="Hendra")
    await pays(db, rina, siti, WAJIB, 30_000)
    before = await position(db, village)
    wrong = await pays(db, rina, siti, WAJIB, 55_000, months=[month(6)])
    await rules.set_rule(
        db, koperasi_id=here.id, name="wajib", value="9000", since=month(3), by="t", at=AT
    )
    done = await corrections.reverse(
        db, officer=ketua, number=wrong.entry, on=TODAY, at=AT, operation="r", source="telegram",
        reason="salah orang",
    )  # fmt: skip
    after = await position(db, village)
    assert {one: amount for one, amount in after.paid.items() if amount} == before.paid
    assert await held(db, village) == (0, 30_000, 0)
    assert await journal(db, here) == [
        ("111000", f"320000:m{siti.id}", 30_000),
        ("111000", f"320000:m{siti.id}", 55_000),
        (f"320000:m{siti.id}", "111000", 55_000),
    ]
    assert done.number == 3
    assert after.arrears(month(2)) == [month(1), month(2)]
    assert covered(await pays(db, rina, siti, WAJIB, 30_000)) == [
        (1, 10_000, True), (2, 20_000, True),
    ]  # fmt: skip
    assert (await verify(db, here.id)).finding is None


async def test_a_reversed_pokok_is_owed_again(db: AsyncConnection, village: Village):
    here, rina, siti = village
    ketua = await an_officer(db, here, Role.KETUA, name="Hendra")
    done = await pays(db, rina, siti, POKOK, 100_000)
    await corrections.reverse(
        db, officer=ketua, number=done.entry, on=TODAY, at=AT, operation="r", source="t", reason="x"
    )
    assert (await pays(db, rina, siti, POKOK, 100_000)).balance == 100_000


async def test_history_lists_what_moved_newest_first(db: AsyncConnection, village: Village):
    here, rina, siti = village
    await pays(db, rina, siti, POKOK, 100_000, on=date(2026, 11, 20))
    await pays(db, rina, await a_member(db, here, "Budi"), SUKARELA, 5_000)
    await pays(db, rina, siti, SUKARELA, 50_000)
    await takes(db, rina, siti, 20_000)
    found = await movements.history(db, koperasi_id=here.id, member_id=siti.id)
    assert [(one.entry, one.code, one.amount, one.balance, one.on) for one in found] == [
        (4, "211000", -20_000, 30_000, TODAY),
        (3, "211000", 50_000, 50_000, TODAY),
        (1, "310000", 100_000, 100_000, date(2026, 11, 20)),
    ]
    second = await movements.history(db, koperasi_id=here.id, member_id=siti.id, limit=1, offset=1)
    assert second == found[1:2]


async def test_a_habit_is_the_median_and_a_like_entry_of_the_day_that_still_stands(
    db: AsyncConnection, village: Village
):
    here, rina, siti = village
    ketua = await an_officer(db, here, Role.KETUA, name="Hendra")

    async def habit(amount: int, on: date = TODAY) -> movements.Habit:
        return await movements.habit(
            db, koperasi_id=here.id, account=SUKARELA.account(siti.id), kind="deposit-sukarela",
            amount=amount, on=on,
        )  # fmt: skip

    assert await habit(10_000) == movements.Habit(count=0, median=0, same_today=None)
    for amount in (10_000, 500_000, 20_000):
        await pays(db, rina, siti, SUKARELA, amount)
    await takes(db, rina, siti, 30_000)
    assert await habit(10_000) == movements.Habit(count=3, median=20_000, same_today=1)
    assert (await habit(30_000)).same_today is None
    assert (await habit(10_000, TODAY - timedelta(days=1))).same_today is None
    await corrections.reverse(
        db, officer=ketua, number=1, on=TODAY, at=AT, operation="r", source="t", reason="ganda"
    )
    assert (await habit(10_000)).same_today is None


async def _committed(engine: AsyncEngine) -> Village:
    async with database.transaction(engine) as db:
        cooperative = await a_cooperative(db, pokok=100_000, wajib=20_000)
        return Village(
            cooperative=cooperative,
            rina=await an_officer(db, cooperative),
            siti=await a_member(db, cooperative),
        )


async def test_deposits_at_the_same_moment_are_each_counted_once(
    owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    village = await _committed(owner_engine)
    here, rina, siti = village

    async def deposit(number: int) -> Recorded:
        async with database.transaction(app_engine, koperasi_id=here.id) as db:
            return await pays(db, rina, siti, WAJIB, 30_000, operation=f"card-{number}")

    done = await asyncio.gather(*(deposit(number) for number in range(6)))
    assert sorted(one.balance for one in done) == [30_000 * n for n in range(1, 7)]
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        where = await position(db, village)
        assert where.paid == {month(number): 20_000 for number in range(9)}
        total = await db.scalar(select(func.sum(dues_table.c.amount)))
        assert total == (await held(db, village))[1] == 180_000


async def test_pokok_paid_twice_at_the_same_moment_is_paid_once(
    owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    village = await _committed(owner_engine)
    here, rina, siti = village

    async def deposit(number: int) -> Recorded | PokokIsPaid:
        try:
            async with database.transaction(app_engine, koperasi_id=here.id) as db:
                await savings.check_deposit(
                    db, cooperative=here, member=siti, kind=POKOK, amount=100_000, on=TODAY
                )
                await asyncio.sleep(0.05)  # Both cards were shown while nothing was paid.
                return await pays(db, rina, siti, POKOK, 100_000, operation=f"card-{number}")
        except PokokIsPaid as refusal:
            return refusal

    done = await asyncio.gather(*(deposit(number) for number in range(4)))
    assert sum(isinstance(one, Recorded) for one in done) == 1
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        assert await held(db, village) == (100_000, 0, 0)
        assert len(await book(db, here)) == 1


async def test_one_card_saved_twice_at_the_same_moment_is_one_entry(
    owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    village = await _committed(owner_engine)
    here, rina, siti = village

    async def deposit(kind: SavingsKind) -> Recorded:
        async with database.transaction(app_engine, koperasi_id=here.id) as db:
            return await pays(db, rina, siti, kind, 100_000, operation=f"card-{kind}")

    for entry, kind in enumerate(SavingsKind, start=1):
        done = await asyncio.gather(*(deposit(kind) for _ in range(3)))
        assert {one.entry for one in done} == {entry}
        assert sorted(one.repeated for one in done) == [False, True, True]
        assert len({one.months for one in done}) == 1
