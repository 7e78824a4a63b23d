"""What an explanation adds up is what replay says, whatever was paid, taken back or carried over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core.loans import book, owed, restructuring
from tests.builders_core import AT, TODAY
from tests.core.loan_village import Village, pays, position, takes_back
from tests.core.loan_village import a_village as a_loan

AUGUST = TODAY - timedelta(days=92)


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    return await a_loan(db)


async def _explained(db: AsyncConnection, village: Village) -> owed.Outstanding:
    loan = await book.loan(db, koperasi_id=village.here.id, loan_id=village.loan.id)
    found = owed.outstanding(await book.version(db, loan), await book.moved(db, loan))
    stands = await position(db, village)
    assert found.left == stands.principal_left == loan.outstanding
    assert sum(line.left for line in owed.due(stands)) == stands.overdue
    return found


async def test_each_payment_that_holds_is_a_step(db: AsyncConnection, village: Village):
    assert (await _explained(db, village)).steps == ()
    first = await pays(db, village, 112_000)
    second = await pays(db, village, 250_000)
    assert [step.entry for step in (await _explained(db, village)).steps] == [
        first.entry,
        second.entry,
    ]
    await takes_back(db, village, first.entry)  # the later one falls otherwise: an adjustment
    steps = (await _explained(db, village)).steps
    assert first.entry not in {step.entry for step in steps}
    assert steps[0].entry == second.entry


async def test_a_new_schedule_begins_from_its_own_principal(db: AsyncConnection, village: Village):
    await pays(db, village, 112_000)
    loan = await book.loan(db, koperasi_id=village.here.id, loan_id=village.loan.id)
    await restructuring.restructure(
        db, officer=village.rina, loan_id=loan.id, terms=replace(loan.terms, moves_holidays=False),
        count=6, on=TODAY, at=AT, operation="ulang", source="telegram", reason="gagal panen",
        approver=village.hendra.recorder, capitalise=True,
    )  # fmt: skip
    found = await _explained(db, village)
    assert (found.steps, found.since) == ((), TODAY)
    paid = await pays(db, village, 50_000)
    assert [step.entry for step in (await _explained(db, village)).steps] == [paid.entry]
