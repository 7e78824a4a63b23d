"""A wrong entry is reversed by another officer, with a reason, once; and the original stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, corrections, ledger
from core.accounts import SavingsKind
from core.balances import of_account
from core.cooperatives import Cooperative
from core.corrections import NeedsApproval, NotByChat, OwnEntry, OwnMoney, Recorded
from core.ledger import AlreadyReversed, BelowFloor, BookIsClosed, Entry, NoSuchEntry, Posting
from core.people import Member, Standing
from core.permissions import NotAllowed, Role
from core.verify import verify
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    book,
    journal,
    pays,
    refused,
    takes,
)

SUKARELA = SavingsKind.SUKARELA


class Village(NamedTuple):
    """A cooperative, its treasurer, its chair, a member."""

    here: Cooperative
    rina: Standing
    hendra: Standing
    siti: Member


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    here = await a_cooperative(db)
    return Village(
        here,
        await an_officer(db, here, Role.BENDAHARA),
        await an_officer(db, here, Role.KETUA, name="Hendra"),
        await a_member(db, here),
    )


async def reverse(db: AsyncConnection, officer: Standing, number: int, **facts: Any) -> Entry:
    default: dict[str, Any] = {
        "on": TODAY, "at": AT, "operation": f"reverse-{number}", "source": "telegram",
        "reason": "salah orang",
    }  # fmt: skip
    return await corrections.reverse(db, officer=officer, number=number, **(default | facts))


async def test_a_deposit_is_reversed_by_another_officer_and_both_entries_stay(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000, on=date(2026, 11, 20))
    done = await reverse(db, hendra, 1)
    own = f"211000:m{siti.id}"
    assert await book(db, here) == [
        (1, "deposit-sukarela", date(2026, 11, 20), rina.recorder, "111000", own, 50_000),
        (2, "reversal", TODAY, hendra.recorder, own, "111000", 50_000),
    ]
    assert (done.number, done.balance_of(own), done.repeated) == (2, 0, False)
    assert await of_account(db, koperasi_id=here.id, key=own) == 0
    kept = (
        await db.execute(text("SELECT reverses, reason FROM ledger.entries WHERE number = 2"))
    ).one()
    assert tuple(kept) == (1, "salah orang")
    assert (await verify(db, here.id)).finding is None


async def test_a_withdrawal_is_reversed_too(db: AsyncConnection, village: Village):
    here, rina, hendra, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000)
    await takes(db, rina, siti, 20_000)
    await reverse(db, hendra, 2)
    own = f"211000:m{siti.id}"
    assert (await journal(db, here))[1:] == [(own, "111000", 20_000), ("111000", own, 20_000)]
    assert await of_account(db, koperasi_id=here.id, key=own) == 50_000


async def test_what_went_through_a_bank_is_reversed_there(db: AsyncConnection, village: Village):
    here, rina, hendra, siti = village
    paid = await pays(db, rina, siti, SUKARELA, 50_000, cash="112200")
    taken = await takes(db, rina, siti, 20_000, cash="112100")
    assert (paid.cash, taken.cash) == ("112200", "112100")
    for number, amount in ((1, 50_000), (2, 20_000)):
        said = await corrections.reversible(db, koperasi_id=here.id, number=number)
        assert said.amount == amount
    await reverse(db, hendra, 2)
    await reverse(db, hendra, 1)
    own = f"211000:m{siti.id}"
    assert await journal(db, here) == [
        ("112200", own, 50_000),
        (own, "112100", 20_000),
        ("112100", own, 20_000),
        (own, "112200", 50_000),
    ]
    assert (await verify(db, here.id)).finding is None


async def test_money_goes_through_cash_boxes_and_banks_alone(db: AsyncConnection, village: Village):
    for code in ("410000", "211000", "112900"):
        with pytest.raises(AssertionError, match=code):
            await pays(db, village.rina, village.siti, SUKARELA, 50_000, cash=code)
    assert await journal(db, village.here) == []


async def test_nobody_reverses_the_own_entry(db: AsyncConnection, village: Village):
    here, rina, hendra, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000)
    await pays(db, hendra, siti, SUKARELA, 60_000)
    for officer, own, other in ((rina, 1, 2), (hendra, 2, 1)):
        async with refused(db, OwnEntry, entry=own):
            await reverse(db, officer, own)
        assert (await reverse(db, officer, other)).number > 2
    assert len(await book(db, here)) == 4


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.KETUA, Role.BENDAHARA)]
)
async def test_officers_without_the_task_reverse_nothing(
    db: AsyncConnection, village: Village, role: Role
):
    await pays(db, village.rina, village.siti, SUKARELA, 50_000)
    other = await an_officer(db, village.here, role, name="Orang Lain")
    async with refused(db, NotAllowed):
        await reverse(db, other, 1)


async def test_an_entry_is_reversed_once_and_a_reversal_never(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000)
    await pays(db, rina, siti, SUKARELA, 50_000)
    await reverse(db, hendra, 1)
    async with refused(db, AlreadyReversed, by=3):
        await reverse(db, hendra, 1, operation="again")
    async with refused(db, AlreadyReversed):
        await reverse(db, rina, 3)
    for number, by in ((1, 3), (3, None)):
        async with refused(db, AlreadyReversed, by=by):
            await corrections.reversible(db, koperasi_id=here.id, number=number)
    assert len(await book(db, here)) == 3


async def test_a_repeated_reversal_is_written_once_and_gives_the_months_back_once(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, siti = village
    await pays(db, rina, siti, SavingsKind.WAJIB, 40_000)
    first = await reverse(db, hendra, 1)
    again = await reverse(db, hendra, 1)
    assert (again.number, again.hash, again.repeated) == (first.number, first.hash, True)
    rows = await db.execute(
        text("SELECT entry, sum(amount)::bigint FROM dues WHERE koperasi_id = :here GROUP BY 1 ORDER BY 1"),
        {"here": here.id},
    )  # fmt: skip
    assert [tuple(row) for row in rows] == [(1, 40_000), (2, -40_000)]


@pytest.mark.parametrize("reason", ["", "   "])
async def test_a_reversal_says_why(db: AsyncConnection, village: Village, reason: str):
    await pays(db, village.rina, village.siti, SUKARELA, 50_000)
    with pytest.raises(AssertionError):
        await reverse(db, village.hendra, 1, reason=reason)
    assert len(await book(db, village.here)) == 1


async def test_opening_balances_are_not_reversed_by_chat(db: AsyncConnection, village: Village):
    here, _, hendra, siti = village
    await ledger.post(
        db,
        [Posting(debit=accounts.OPENING, credit=SUKARELA.account(siti.id), amount=50_000)],
        koperasi_id=here.id, kind="opening-savings", on=TODAY, at=AT, zone=here.zone,
        recorder="cli", source="cli", operation="import",
    )  # fmt: skip
    async with refused(db, NotByChat, entry=1):
        await corrections.reversible(db, koperasi_id=here.id, number=1)
    async with refused(db, NotByChat, entry=1):
        await reverse(db, hendra, 1)
    assert len(await book(db, here)) == 1


async def test_what_is_not_in_the_book_of_this_cooperative_is_not_reversed(
    db: AsyncConnection, village: Village
):
    await pays(db, village.rina, village.siti, SUKARELA, 50_000)
    for number in (0, 2, 10**15):
        async with refused(db, NoSuchEntry, number=number):
            await corrections.reversible(db, koperasi_id=village.here.id, number=number)
        async with refused(db, NoSuchEntry):
            await reverse(db, village.hendra, number)
    there = await a_cooperative(db, village="64.72.05.1002")
    other = await an_officer(db, there, Role.KETUA)
    async with refused(db, NoSuchEntry):
        await reverse(db, other, 1)


async def test_what_was_taken_out_since_cannot_be_reversed_away(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000)
    await takes(db, rina, siti, 30_000)
    async with refused(db, BelowFloor, account=f"211000:m{siti.id}", balance=-30_000):
        await reverse(db, hendra, 1)
    assert len(await book(db, here)) == 2


async def test_an_entry_of_a_closed_month_is_reversed_in_an_open_one(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, siti = village
    end = date(2026, 10, 31)
    await pays(db, rina, siti, SUKARELA, 50_000, on=end)
    await ledger.close(db, koperasi_id=here.id, through=end, at=AT, by="t", reason="tutup buku")
    async with refused(db, BookIsClosed):
        await reverse(db, hendra, 1, on=end)
    assert (await reverse(db, hendra, 1, on=end + timedelta(days=1))).number == 2


async def test_what_may_be_reversed_is_described(db: AsyncConnection, village: Village):
    here, rina, _, siti = village
    await pays(db, rina, siti, SavingsKind.WAJIB, 40_000)
    assert await corrections.reversible(db, koperasi_id=here.id, number=1) == Recorded(
        number=1, on=TODAY, kind="deposit-wajib", recorder=rina.recorder, amount=40_000, member_id=siti.id,
        member=siti.name, member_number=siti.number,
    )  # fmt: skip


async def test_the_newest_entry_is_the_last_that_still_stands(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, siti = village
    assert await corrections.newest(db, koperasi_id=here.id) is None
    for _ in range(3):
        await pays(db, rina, siti, SUKARELA, 50_000)
    assert await corrections.newest(db, koperasi_id=here.id) == 3
    await reverse(db, hendra, 3)
    assert await corrections.newest(db, koperasi_id=here.id) == 2


async def test_nobody_reverses_what_moved_the_own_savings(db: AsyncConnection, village: Village):
    here, rina, hendra, _ = village
    own = await a_member(db, here, "Hendra", person_id=hendra.person_id)
    await pays(db, rina, own, SUKARELA, 50_000)
    await takes(db, rina, own, 50_000)
    async with refused(db, OwnMoney, member=hendra.name):
        await reverse(db, hendra, 2)
    assert (await verify(db, here.id)).finding is None


async def test_who_could_not_approve_a_reversal_does_not_reverse_alone(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, siti = village
    yusuf = await an_officer(db, here, Role.BENDAHARA, name="Yusuf")
    await pays(db, rina, siti, SUKARELA, 50_000)
    await pays(db, hendra, siti, SUKARELA, 60_000)
    async with refused(db, NeedsApproval, entry=1, who="Hendra (ketua)"):
        await reverse(db, yusuf, 1)
    assert (await reverse(db, hendra, 1)).number == 3
    assert (await reverse(db, yusuf, 2)).number == 4  # The chair recorded it: any other may.


async def test_an_approver_lifts_whose_entry_it_is_and_nothing_else(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, siti = village
    own = await a_member(db, here, "Rina", person_id=rina.person_id)
    await pays(db, rina, siti, SUKARELA, 50_000)
    await pays(db, hendra, own, SUKARELA, 50_000)
    for number in (1, 2):
        await reverse(db, rina, number, approver=hendra.recorder)
    kept = await db.execute(
        text("SELECT recorder, approver FROM ledger.entries WHERE kind = 'reversal'")
    )
    assert {tuple(row) for row in kept} == {(rina.recorder, hendra.recorder)}
    async with refused(db, AlreadyReversed):
        await reverse(db, rina, 1, approver=hendra.recorder, operation="once more")
    other = await an_officer(db, here, Role.SEKRETARIS, name="Dewi")
    async with refused(db, NotAllowed):
        await reverse(db, other, 2, approver=hendra.recorder)


async def test_a_reversed_entry_is_still_described(db: AsyncConnection, village: Village):
    here, rina, hendra, siti = village
    await pays(db, rina, siti, SUKARELA, 50_000)
    before = await corrections.described(db, koperasi_id=here.id, number=1)
    await reverse(db, hendra, 1)
    assert await corrections.described(db, koperasi_id=here.id, number=1) == before
    assert before.amount == 50_000
    concerned = await corrections.concerned(db, koperasi_id=here.id, number=1)
    assert concerned == (rina.person_id, (siti.id,))
    async with refused(db, NoSuchEntry, number=9):
        await corrections.described(db, koperasi_id=here.id, number=9)
