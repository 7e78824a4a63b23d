"""On which days a reminder is said, until when, and what answers to it are worth."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database
from core.accounts import SavingsKind
from core.reminders import answers
from core.reminders.subjects import Subject, steps_on
from tests.builders_core import AT, a_cooperative, a_member, an_officer, pays
from tests.core.loan_books import a_running_loan

LADDER = (-7, -3, -1, 0, 3, 7, 30)


def test_a_day_has_the_steps_whose_due_day_lies_as_far_away():
    found = steps_on(date(2027, 3, 1), LADDER)
    assert [(step.days, step.due) for step in found] == [
        (-7, date(2027, 3, 8)),
        (-3, date(2027, 3, 4)),
        (-1, date(2027, 3, 2)),
        (0, date(2027, 3, 1)),
        (3, date(2027, 2, 26)),
        (7, date(2027, 2, 22)),
        (30, date(2027, 1, 30)),
        (30, date(2027, 1, 29)),  # of yesterday: it may be said a day late
    ]


def test_every_due_day_of_a_year_meets_each_step_on_one_day_and_a_long_one_on_two():
    seen: dict[tuple[date, int], int] = {}
    for n in range(800):
        for step in steps_on(date(2026, 1, 1) + timedelta(days=n), LADDER):
            key = step.due, step.days
            seen[key] = seen.get(key, 0) + 1
    for n in range(100, 465):
        due = date(2026, 1, 1) + timedelta(days=n)
        assert [seen[due, days] for days in LADDER] == [1, 1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Jakarta", 17), ("Asia/Makassar", 16), ("Asia/Jayapura", 15)]
)
def test_a_step_ends_with_its_day_in_the_cooperatives_zone(zone: str, hour: int):
    month_end = date(2026, 11, 30)
    steps = {step.days: step for step in steps_on(month_end, (0, 30))}
    assert steps[0].expires_at(zone) == datetime(2026, 11, 30, hour, tzinfo=UTC)
    late = [step for step in steps_on(month_end, (30,)) if step.day == month_end]
    assert late[0].expires_at(zone) == datetime(2026, 12, 1, hour, tzinfo=UTC)


def test_a_month_is_named_by_its_year_and_number():
    subject = Subject.of_month(date(2026, 12, 1))
    assert (subject.loan_id, subject.n, subject.month) == (None, 202612, date(2026, 12, 1))


async def _a_claim(db: AsyncConnection, subject: Subject, here: int, who: int) -> Any:
    return await answers.say_paid(db, koperasi_id=here, person_id=who, subject=subject, at=AT)


async def test_a_claim_is_open_once_and_made_anew_after_it_was_checked(db: AsyncConnection):
    here = await a_cooperative(db)
    member = await a_member(db, here)
    loan = await a_running_loan(db, member.id, koperasi_id=here.id)
    subject = Subject(loan_id=loan.id, version=1, n=1)
    first = await _a_claim(db, subject, here.id, member.id)
    assert await _a_claim(db, subject, here.id, member.id) is None
    other = Subject(loan_id=loan.id, version=1, n=2)
    assert await _a_claim(db, other, here.id, member.id) not in (None, first)
    found = await answers.open_claims(db, koperasi_id=here.id, limit=10)
    assert [(one.id, one.subject, one.open) for one in found[:1]] == [(first, subject, True)]
    assert await answers.check(db, koperasi_id=here.id, claim_id=first, by="person:1", at=AT)
    closed = await answers.claim(db, koperasi_id=here.id, claim_id=first)
    assert closed is not None
    assert not closed.open
    assert await _a_claim(db, subject, here.id, member.id) not in (None, first)


async def test_simpanan_wajib_that_comes_in_is_the_check_of_its_claim(db: AsyncConnection):
    here = await a_cooperative(db)
    officer, member = await an_officer(db, here), await a_member(db, here)
    subject = Subject.of_month(date(2026, 11, 1))
    claim = await _a_claim(db, subject, here.id, member.id)
    later = AT + timedelta(minutes=5)
    await pays(db, officer, member, SavingsKind.SUKARELA, 20_000, at=later)
    assert await answers.close_paid(db, koperasi_id=here.id, at=later) == 0
    await pays(db, officer, member, SavingsKind.WAJIB, 20_000, at=later)
    assert not await answers.check(db, koperasi_id=here.id, claim_id=claim, by="x", at=later)
    assert await answers.close_paid(db, koperasi_id=here.id, at=later) == 1
    assert await answers.close_paid(db, koperasi_id=here.id, at=later) == 0
    assert await answers.open_claims(db, koperasi_id=here.id, limit=10) == []


async def test_the_same_answer_from_two_chats_at_once_is_one_claim(
    owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        member = await a_member(db, here)
    subject = Subject.of_month(date(2026, 11, 1))

    async def presses() -> int | None:
        async with database.transaction(app_engine, koperasi_id=here.id) as db:
            found: int | None = await _a_claim(db, subject, here.id, member.id)
            return found

    made = await asyncio.gather(*(presses() for _ in range(5)))
    assert len([one for one in made if one is not None]) == 1


async def test_another_cooperatives_claim_is_not_found(db: AsyncConnection):
    here = await a_cooperative(db)
    member = await a_member(db, here)
    claim = await _a_claim(db, Subject.of_month(date(2026, 11, 1)), here.id, member.id)
    there = await a_cooperative(db, village="64.01.01.2010")
    assert await answers.claim(db, koperasi_id=there.id, claim_id=claim) is None
    assert not await answers.check(db, koperasi_id=there.id, claim_id=claim, by="x", at=AT)
