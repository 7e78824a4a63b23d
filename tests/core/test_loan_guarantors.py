"""Guarantors promise a part of their savings; it is held while the loan is owed, and not longer."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, holds, people
from core.accounts import SavingsKind
from core.loans import applications, guarantors
from core.loans.book import Loan
from core.loans.guarantors import (
    Answer,
    GuaranteesClosed,
    GuarantorNamed,
    NotGuarantor,
    OwnGuarantee,
)
from core.people import Member, MemberHasLeft, Standing
from core.savings import HeldForLoan
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    journal,
    leaves,
    pays,
    refused,
    takes,
)
from tests.core.loan_life import applied, decided, everything, pays_out, running


@pytest.fixture
async def rina(db: AsyncConnection) -> Standing:
    """A treasurer of a licensed cooperative."""
    return await an_officer(db, await a_cooperative(db))


@pytest.fixture
async def siti(db: AsyncConnection, rina: Standing) -> Member:
    return await a_member(db, rina.cooperative, "Siti Aminah")


@pytest.fixture
async def budi(db: AsyncConnection, rina: Standing) -> Member:
    """A member with a million of sukarela."""
    member = await a_member(db, rina.cooperative, "Budi")
    await pays(db, rina, member, SavingsKind.SUKARELA, 1_000_000)
    return member


async def names(
    db: AsyncConnection, loan: Loan, member: Member, amount: int, *, on_paper: bool = True
) -> None:
    await guarantors.add(
        db,
        koperasi_id=loan.koperasi_id,
        loan_id=loan.id,
        member=member,
        amount=amount,
        on=TODAY,
        at=AT,
        on_paper=on_paper,
    )


async def says(db: AsyncConnection, loan: Loan, member: Member, *, agrees: bool) -> None:
    await guarantors.answer(
        db,
        koperasi_id=loan.koperasi_id,
        loan_id=loan.id,
        member_id=member.id,
        agrees=agrees,
        at=AT,
    )


async def guaranteed(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member, principal: int, amount: int
) -> Loan:
    """Have a running loan that Budi stands for."""
    loan = await applied(db, rina.cooperative, siti, principal)
    await names(db, loan, budi, amount)
    return (await pays_out(db, rina, await decided(db, rina.cooperative, loan))).loan


async def held(db: AsyncConnection, member: Member, rina: Standing) -> int:
    return await holds.held(db, koperasi_id=rina.cooperative.id, member_id=member.id)


async def test_a_guarantor_is_asked_and_answers(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    loan = await applied(db, rina.cooperative, siti)
    await names(db, loan, budi, 400_000, on_paper=False)
    here = rina.cooperative.id
    assert await guarantors.asked_of(db, koperasi_id=here, member_id=budi.id) == [loan.id]
    (asked,) = await guarantors.of_loan(db, loan)
    assert (asked.name, asked.amount, asked.answer, asked.free) == (
        "Budi",
        400_000,
        Answer.ASKED,
        1_000_000,
    )
    assert not asked.answer.stands
    await says(db, loan, budi, agrees=True)
    (answered,) = await guarantors.of_loan(db, loan)
    assert (answered.answer, answered.answered_at, answered.covered) == (Answer.AGREED, AT, True)
    assert await guarantors.asked_of(db, koperasi_id=here, member_id=budi.id) == []


async def test_who_may_not_stand_for_a_loan_is_refused(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    loan = await applied(db, rina.cooperative, siti)
    await names(db, loan, budi, 400_000)
    gone = await leaves(db, await a_member(db, rina.cooperative, "Ani"), rina.cooperative, TODAY)
    before = await everything(db)
    async with refused(db, OwnGuarantee, member="Siti Aminah"):
        await names(db, loan, siti, 1)
    async with refused(db, GuarantorNamed, member="Budi", loan="P-0001"):
        await names(db, loan, budi, 500_000)
    async with refused(db, MemberHasLeft):
        await names(db, loan, gone, 1)
    async with refused(db, NotGuarantor, loan="P-0001"):
        await says(db, loan, siti, agrees=True)
    assert await everything(db) == before


async def test_after_the_decision_nobody_is_named_and_after_the_disbursement_nobody_backs_out(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    loan = await applied(db, rina.cooperative, siti)
    await names(db, loan, budi, 400_000)
    await decided(db, rina.cooperative, loan)
    ani = await a_member(db, rina.cooperative, "Ani")
    async with refused(db, GuaranteesClosed, loan="P-0001"):
        await names(db, loan, ani, 1)
    await says(db, loan, budi, agrees=False)  # still may
    async with refused(db, applications.ChecklistFails, codes="guarantors"):
        await pays_out(db, rina, loan)
    await says(db, loan, budi, agrees=True)
    await pays_out(db, rina, loan)
    async with refused(db, GuaranteesClosed, loan="P-0001"):
        await says(db, loan, budi, agrees=False)


async def test_nothing_is_held_before_the_disbursement(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    loan = await applied(db, rina.cooperative, siti)
    await names(db, loan, budi, 400_000)
    await decided(db, rina.cooperative, loan)
    assert await held(db, budi, rina) == 0
    await takes(db, rina, budi, 1_000_000)


async def test_what_is_held_is_not_paid_out(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    await guaranteed(db, rina, siti, budi, 6_000_000, 400_000)
    assert await held(db, budi, rina) == 400_000
    before = await journal(db, rina.cooperative)
    async with refused(
        db, HeldForLoan, member="Budi", amount=600_001, available=600_000, held=400_000
    ):
        await takes(db, rina, budi, 600_001)
    assert await journal(db, rina.cooperative) == before
    assert (await takes(db, rina, budi, 600_000)).balance == 400_000
    async with refused(db, HeldForLoan, available=0):
        await takes(db, rina, budi, 1)
    async with refused(db, HeldForLoan, available=0, held=400_000):  # more than there is at all
        await takes(db, rina, budi, 400_001)


async def test_a_withdrawal_said_again_is_the_same_whatever_is_held_since(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    first = await takes(db, rina, budi, 300_000, operation="tarik")
    await guaranteed(db, rina, siti, budi, 6_000_000, 700_000)
    again = await takes(db, rina, budi, 300_000, operation="tarik")
    assert (again.entry, again.repeated) == (first.entry, True)


async def test_no_more_is_held_than_the_loan_owes_and_nothing_once_it_is_settled(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    loan = await guaranteed(db, rina, siti, budi, 300_000, 400_000)
    assert await held(db, budi, rina) == 300_000
    other = await guaranteed(db, rina, siti, budi, 6_000_000, 250_000)
    assert await held(db, budi, rina) == 550_000
    assert (
        await holds.held(db, koperasi_id=rina.cooperative.id, member_id=budi.id, besides=other.id)
        == 300_000
    )
    new = await applied(db, rina.cooperative, siti, 1_000_000, tops_up=loan.id)
    await pays_out(db, rina, await decided(db, rina.cooperative, new))
    assert await held(db, budi, rina) == 250_000


async def test_savings_of_the_borrower_and_of_others_are_free(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    await guaranteed(db, rina, siti, budi, 6_000_000, 1_000_000)
    await pays(db, rina, siti, SavingsKind.SUKARELA, 50_000)
    await takes(db, rina, siti, 50_000)
    assert await held(db, siti, rina) == 0


async def test_a_loan_without_guarantors_holds_nothing(
    db: AsyncConnection, rina: Standing, siti: Member, budi: Member
):
    loan = await running(db, rina, siti, on=date(2026, 11, 2))
    assert await guarantors.of_loan(db, loan) == []
    assert await held(db, budi, rina) == 0


async def test_savings_are_not_paid_out_and_held_at_once(
    app_engine: AsyncEngine, owner_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        rina = await an_officer(db, await a_cooperative(db))
        here = rina.cooperative
        siti, budi = await a_member(db, here), await a_member(db, here, "Budi")
        await pays(db, rina, budi, SavingsKind.SUKARELA, 1_000_000)
        loan = await applied(db, here, siti)
        await names(db, loan, budi, 1_000_000)
        await decided(db, here, loan)

    async def disburses() -> object:
        async with database.transaction(app_engine) as db:
            await database.enter(db, here.id)
            return await pays_out(db, rina, loan)

    async def withdraws() -> object:
        async with database.transaction(app_engine) as db:
            await database.enter(db, here.id)
            return await takes(db, rina, budi, 1_000_000)

    ended = await asyncio.gather(disburses(), withdraws(), return_exceptions=True)
    outcomes = {type(one).__name__ for one in ended}
    assert outcomes in ({"Disbursed", "HeldForLoan"}, {"ChecklistFails", "Recorded"})
    async with database.transaction(owner_engine) as db:
        await database.enter(db, here.id)
        kept = await holds.held(db, koperasi_id=here.id, member_id=budi.id)
        member = await people.member(db, koperasi_id=here.id, member_id=budi.id)
        assert kept in (0, 1_000_000)
        assert member.name == "Budi"
