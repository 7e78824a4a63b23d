"""Leaving: the whole entry reckoned by hand, who may not leave, and the way back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, approvers, leaving, people
from core.accounts import SavingsKind
from core.approvals import asking, queue
from core.approvals.request import NotYourApproval, OwnApproval, VotedBefore
from core.leaving import Left
from core.loans import guarantors
from core.loans.book import State
from core.people import Member, MemberHasLeft
from core.permissions import NotAllowed, Role
from core.tables.loans import loan_guarantors
from core.verify import verify
from tests.builders_core import AT, TODAY, a_member, an_officer, pays, refused, takes
from tests.conftest import KEYS
from tests.core.books import post
from tests.core.loan_life import applied
from tests.core.loan_village import (
    Village,
    a_village,
    holds_together,
    lines_of,
    now,
    takes_back,
)

BY: dict[str, Any] = {
    "on": TODAY,
    "at": AT,
    "operation": "keluar-1",
    "source": "telegram",
    "reason": "pindah",
}


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    """Siti holds 2,450,000 and owes 1,200,000 with five months' jasa of 12,000, and a bon of 40,000."""
    made = await a_village(db)
    for kind, amount in (("pokok", 100_000), ("wajib", 300_000), ("sukarela", 2_000_000)):
        await pays(db, made.rina, made.siti, SavingsKind(kind), amount)
    own = {"koperasi_id": made.here.id, "on": TODAY}
    shu, bon = (accounts.key(code, member=made.siti.id) for code in ("216500", "113300"))
    await post(db, ("361000", shu, 50_000), operation="shu", kind="shu", **own)
    await post(db, (bon, "412000", 40_000), operation="bon", kind="sale", **own)
    return made


async def leaves(db: AsyncConnection, village: Village, expected: int, **facts: Any) -> Left:
    default: dict[str, Any] = {
        "officer": village.rina, "member": village.siti, "kind": leaving.EXIT,
        "approver": village.hendra.recorder,
    }  # fmt: skip
    return await leaving.leave(db, expected=expected, **(BY | default | facts))


async def stands_for_it(db: AsyncConnection, village: Village, member: Member) -> None:
    await db.execute(
        loan_guarantors.insert().values(
            koperasi_id=village.here.id, loan_id=village.loan.id, member_id=member.id,
            amount=100_000, state=guarantors.Answer.AGREED, answered_at=AT,
        )
    )  # fmt: skip


async def as_now(db: AsyncConnection, village: Village) -> Member:
    return await people.member(db, koperasi_id=village.here.id, member_id=village.siti.id)


async def test_what_is_held_pays_the_debts_and_the_rest_is_paid_out(
    db: AsyncConnection, village: Village
):
    siti = village.siti.id
    done = await leaves(db, village, 1_150_000)
    assert (done.account.total_held, done.account.total_owed) == (2_450_000, 1_300_000)
    assert done.entry is not None
    assert await lines_of(db, village, done.entry) == [
        (f"310000:m{siti}", "111000", 100_000),
        (f"320000:m{siti}", "111000", 300_000),
        (f"211000:m{siti}", "111000", 750_000),
        (f"211000:m{siti}", village.loan.account, 1_200_000),
        (f"211000:m{siti}", "411000", 50_000),
        (f"216500:m{siti}", "411000", 10_000),
        (f"216500:m{siti}", f"113300:m{siti}", 40_000),
    ]
    assert (await now(db, village)).state is State.SETTLED
    await holds_together(db, village)
    assert (await as_now(db, village)).left_on == TODAY
    assert await people.standing(db, koperasi_id=village.here.id, person_id=siti, on=TODAY) is None
    assert (await verify(db, village.here.id)).finding is None
    with pytest.raises(MemberHasLeft):
        await pays(db, village.rina, await as_now(db, village), SavingsKind.SUKARELA, 10_000)


async def test_advances_both_ways_are_set_off_and_come_back_with_the_membership(
    db: AsyncConnection, village: Village
):
    siti = village.siti.id
    own = {"koperasi_id": village.here.id, "on": TODAY, "kind": "test"}
    advance, lent = f"113500:m{siti}", f"221900:m{siti}"
    await post(db, (advance, "111000", 500_000), operation="uang-muka", **own)
    await post(db, ("539000", lent, 120_000), operation="talangan", **own)
    done = await leaves(db, village, 770_000)
    assert (done.account.held["221900"], done.account.advance) == (120_000, 500_000)
    assert (done.account.total_held, done.account.total_owed) == (2_570_000, 1_800_000)
    assert done.entry is not None
    lines = await lines_of(db, village, done.entry)
    assert sum(amount for debit, _, amount in lines if debit == lent) == 120_000
    assert sum(amount for _, credit, amount in lines if credit == advance) == 500_000
    assert sum(amount for _, credit, amount in lines if credit == "111000") == 770_000
    await holds_together(db, village)
    dewi = await an_officer(db, village.here, Role.KETUA, name="Dewi")
    await takes_back(db, village, done.entry, officer=dewi)
    back = await leaving.account(
        db, cooperative=village.here, member=await as_now(db, village), on=TODAY, at=AT
    )
    assert (back.held["221900"], back.advance, back.net) == (120_000, 500_000, 770_000)


async def test_what_is_not_paid_yet_is_owed_to_who_left(db: AsyncConnection, village: Village):
    await leaves(db, village, 1_150_000, cash=None)
    balance = await db.scalar(
        text("SELECT balance FROM ledger.accounts WHERE koperasi_id = :here AND key = :key"),
        {"here": village.here.id, "key": f"211900:m{village.siti.id}"},
    )
    assert balance == 1_150_000


async def test_its_reversal_brings_savings_loan_and_membership_back(
    db: AsyncConnection, village: Village
):
    dewi = await an_officer(db, village.here, Role.KETUA, name="Dewi")
    done = await leaves(db, village, 1_150_000)
    assert done.entry is not None
    await takes_back(db, village, done.entry, officer=dewi)
    assert (await as_now(db, village)).left_on is None
    assert (await now(db, village)).state is State.RUNNING
    await holds_together(db, village)
    held = await leaving.account(db, cooperative=village.here, member=village.siti, on=TODAY, at=AT)
    assert held.held == {
        "310000": 100_000,
        "320000": 300_000,
        "211000": 2_000_000,
        "216500": 50_000,
    }
    assert (held.bon, held.net) == (40_000, 1_150_000)
    assert (await verify(db, village.here.id)).finding is None


async def test_nothing_is_recorded_when_figures_changed_since_they_were_approved(
    db: AsyncConnection, village: Village
):
    async with refused(db, leaving.FiguresChanged):
        await leaves(db, village, 1_149_999)
    await pays(db, village.rina, village.siti, SavingsKind.SUKARELA, 1_000)
    async with refused(db, leaving.FiguresChanged):
        await leaves(db, village, 1_150_000)
    assert (await as_now(db, village)).left_on is None


async def test_debts_above_the_savings_are_paid_before(db: AsyncConnection, village: Village):
    await takes(db, village.rina, village.siti, 1_151_000, approver=village.hendra.recorder)
    with pytest.raises(leaving.OwesMore) as caught:
        await leaves(db, village, 0)
    assert caught.value.facts["amount"] == 1_000


async def test_who_stands_for_a_running_loan_does_not_leave(db: AsyncConnection, village: Village):
    budi = await a_member(db, village.here, "Budi")
    await stands_for_it(db, village, budi)
    with pytest.raises(leaving.StillGuarantor) as caught:
        await leaves(db, village, 0, member=budi)
    assert caught.value.facts["loans"] == village.loan.label


async def test_an_application_is_withdrawn_before(db: AsyncConnection, village: Village):
    budi = await a_member(db, village.here, "Budi")
    loan = await applied(db, village.here, budi, operation="mohon-budi")
    with pytest.raises(leaving.LoanIsPending) as caught:
        await leaves(db, village, 0, member=budi)
    assert caught.value.facts["loan"] == loan.label


async def test_a_member_without_savings_leaves_without_an_entry(
    db: AsyncConnection, village: Village
):
    budi = await a_member(db, village.here, "Budi")
    assert (await leaves(db, village, 0, member=budi)).entry is None
    with pytest.raises(MemberHasLeft):
        await leaves(db, village, 0, member=await people.member(
            db, koperasi_id=village.here.id, member_id=budi.id
        ))  # fmt: skip


async def test_other_offices_let_nobody_leave(db: AsyncConnection, village: Village):
    dewi = await an_officer(db, village.here, Role.SEKRETARIS, name="Dewi")
    with pytest.raises(NotAllowed):
        await leaves(db, village, 1_150_000, officer=dewi)


async def test_own_capital_counts_pokok_wajib_hibah_and_cadangan(
    db: AsyncConnection, village: Village
):
    facts: dict[str, Any] = {"koperasi_id": village.here.id, "on": date(2026, 11, 1)}
    await post(db, ("111000", "330000", 700_000), operation="hibah", kind="grant", **facts)
    await post(db, ("111000", "350000", 900_000), operation="sertaan", kind="grant", **facts)
    assert await leaving.own_capital(db, village.here.id) == 1_100_000


async def test_a_death_is_decided_by_ketua_and_pengawas_in_any_order(
    db: AsyncConnection, village: Village
):
    here, siti = village.here, village.siti
    kades = await an_officer(db, here, Role.PENGAWAS, name="Kades")
    dewi = await an_officer(db, here, Role.SEKRETARIS, name="Dewi")
    asked = await asking.submit(
        db, maker=village.rina, chat=None, kind="member-death", operation="wafat-1", on=TODAY,
        today=TODAY, at=AT, keys=KEYS, member_id=siti.id, needed=2, voter="ketua-pengawas",
        shown={"lines": [], "why": []},
        facts={"member": siti.id, "amount": 1_150_000, "cash": "111000", "reason": "Ahli waris: Joko"},
    )  # fmt: skip
    assert [one.name for one in asked.eligible] == ["Hendra", "Kades"]
    says: dict[str, Any] = {"number": 1, "chat": None, "today": TODAY, "at": AT, "keys": KEYS}
    first = await queue.approve(db, voter=kades, **says)
    assert (first.done, [one.name for one in first.eligible]) == (False, ["Hendra"])
    async with refused(db, VotedBefore):
        await queue.approve(db, voter=kades, **says)
    async with refused(db, OwnApproval):
        await queue.approve(db, voter=village.rina, **says)
    with pytest.raises(NotYourApproval):
        await queue.approve(db, voter=dewi, **says)
    done = await queue.approve(db, voter=village.hendra, **says)
    assert done.done
    approver = await db.scalar(
        text("SELECT approver FROM ledger.entries WHERE kind = 'member-death'")
    )
    assert approver == f"{kades.recorder},{village.hendra.recorder}"


async def test_another_pengurus_stands_in_for_a_ketua_who_asked_but_nobody_for_the_pengawas(
    db: AsyncConnection, village: Village
):
    dewi = await an_officer(db, village.here, Role.SEKRETARIS, name="Dewi")
    asked: dict[str, Any] = {
        "koperasi_id": village.here.id,
        "on": TODAY,
        "barred": {village.hendra.person_id},
    }
    found = await approvers.ketua_and_pengawas(db, **asked)
    assert [one.name for one in found] == ["Rina Kartika", "Dewi"]
    after = await approvers.ketua_and_pengawas(db, **asked, voted=[dewi.person_id])
    assert after == ()


async def test_guarantors_of_settled_loans_may_leave(db: AsyncConnection, village: Village):
    await leaves(db, village, 1_150_000)
    budi = await a_member(db, village.here, "Budi")
    await stands_for_it(db, village, budi)
    assert (await leaves(db, village, 0, member=budi, operation="keluar-2")).entry is None
