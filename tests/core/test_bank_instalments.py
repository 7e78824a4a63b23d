"""What the bank is owed next: the payments of domain 1.1, their days, and the mornings that warn of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core.permissions import Role
from core.rules import RuleBook
from core.treasury import book, events, instalments
from core.treasury.events import Event
from core.treasury.instalments import BankDue
from tests.builders_core import AT, TODAY, a_cooperative, an_officer
from tests.core.test_treasury import LOAN, records

BILLION = 1_000_000_000
GIVEN = date(2026, 6, 20)
DUE = date(2026, 8, 12)  # a Wednesday
HOW = RuleBook(()).on(GIVEN)


@pytest.mark.parametrize(
    ("grace", "number", "payment"),
    [(0, 1, 49_718_664), (6, 6, 15_000_000), (6, 7, 53_478_818), (8, 9, 54_890_417)],
)
def test_payments_are_those_of_the_programme(grace: int, number: int, payment: int):
    assert payment == instalments.instalment(
        3 * BILLION, rate=Decimal(6), months=72, grace=grace, number=number
    )


def test_a_payment_is_due_on_the_12th_or_the_next_working_day():
    assert instalments.due_on(GIVEN, 2, HOW) == DUE
    assert instalments.due_on(GIVEN, 3, HOW) == date(2026, 9, 14)  # the 12th is a Saturday


async def test_the_bank_is_named_7_and_1_days_before_unless_it_was_paid(db: AsyncConnection):
    here = await a_cooperative(db)
    rina = await an_officer(db, here)
    hendra = await an_officer(db, here, Role.KETUA, name="Hendra")
    await records(
        db, rina, Event.BANK_LOAN, 9_000_000, place="112100", account="221000", consent="RA 3",
        terms=LOAN, approver=hendra.recorder,
    )  # fmt: skip
    due = instalments.due_on(TODAY, 1, HOW)

    async def warned(before: int, since: int) -> list[BankDue]:
        days = (due - timedelta(days=before), due - timedelta(days=since))
        return await instalments.warned(
            db, koperasi_id=here.id, rules=HOW, today=days[0], since=days[1]
        )

    told = [BankDue(lender="himbara", on=due, amount=45_000)]  # the grace: interest alone
    for before in range(9):
        assert await warned(before, before + 1) == (told if before in (7, 1) else []), before
    assert await warned(5, 8) == told  # the seventh day before was a day of rest
    plan = events.plan(Event.INSTALMENT, 45_000, place="112100", account="221000", interest=45_000)
    paid = due - timedelta(days=3)
    await book.record(
        db, officer=rina, plan=plan, on=paid, at=AT + (paid - TODAY), operation="pays",
        source="telegram",
    )  # fmt: skip
    assert await warned(1, 2) == []
