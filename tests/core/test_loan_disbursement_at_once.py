"""Disbursements at the same moment: once each, and what they come to together stays within the limits."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from core.loans import applications
from core.loans.applications import ChecklistFails
from core.loans.book import Loan
from core.loans.disbursement import Disbursed
from core.people import Standing
from core.verify import verify
from tests.builders_core import AT, a_cooperative, a_member, an_officer, journal
from tests.core.loan_life import approved, pays_out
from tests.core.test_loan_disbursement import sets_rule


async def a_house(owner_engine: AsyncEngine, **rules: Any) -> tuple[Standing, list[Loan]]:
    """Commit a treasurer and two approved loans of four million of one member."""
    async with database.transaction(owner_engine) as db:
        rina = await an_officer(db, await a_cooperative(db, **rules))
        siti = await a_member(db, rina.cooperative)
        return rina, [await approved(db, rina.cooperative, siti, 4_000_000) for _ in range(2)]


async def at_once(
    app_engine: AsyncEngine, rina: Standing, *cards: tuple[Loan, str]
) -> list[object]:
    async def press(loan: Loan, operation: str) -> Disbursed:
        async with database.transaction(app_engine) as db:
            await database.enter(db, rina.cooperative.id)
            return await pays_out(db, rina, loan, operation=operation)

    return await asyncio.gather(
        *(press(loan, operation) for loan, operation in cards), return_exceptions=True
    )


async def test_two_cards_pressed_at_once_pay_a_loan_out_once(
    app_engine: AsyncEngine, owner_engine: AsyncEngine
):
    rina, (loan, _) = await a_house(owner_engine)
    ended = await at_once(app_engine, rina, (loan, "satu"), (loan, "dua"))
    assert sorted(type(one).__name__ for one in ended) == ["Disbursed", "DisbursedBefore"]
    again_ = await at_once(app_engine, rina, (loan, "satu"), (loan, "dua"))
    assert sorted(type(one).__name__ for one in again_) == ["Disbursed", "DisbursedBefore"]
    async with database.transaction(owner_engine) as db:
        await database.enter(db, rina.cooperative.id)
        assert len(await journal(db, rina.cooperative)) == 1
        assert (await verify(db, rina.cooperative.id)).finding is None


async def test_two_loans_paid_out_at_once_do_not_pass_the_bmpp_together(
    app_engine: AsyncEngine, owner_engine: AsyncEngine
):
    """Each counts the other one, which is approved: one is let go before the other is paid out."""
    rina, (first, second) = await a_house(owner_engine)
    here = rina.cooperative
    async with database.transaction(owner_engine) as db:
        rina = await sets_rule(db, here, "modal_tetap", "40000000")
    ended = await at_once(app_engine, rina, (first, "satu"), (second, "dua"))
    assert [type(one) for one in ended] == [ChecklistFails, ChecklistFails]
    async with database.transaction(owner_engine) as db:
        await applications.cancel(db, koperasi_id=here.id, loan_id=first.id, at=AT)
    (done,) = await at_once(app_engine, rina, (second, "dua"))
    assert isinstance(done, Disbursed)
