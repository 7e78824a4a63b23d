"""Reminders on their way: the hours they leave at, what happened while they waited, what came too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from core import consents, database
from core.loans import payments
from core.people import Standing
from notifications.jobs import reminders
from tests.builders_core import AT, a_cooperative, a_member, an_officer
from tests.conftest import KEYS
from tests.core.loan_books import a_running_loan
from tests.notifications.conftest import until
from tests.notifications.test_reminders import DUE, Village, at, linked, rows


async def a_village(owner: AsyncEngine, **rules: Any) -> tuple[Village, Standing]:
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, **rules)
        officer = await an_officer(db, here)
        member = await a_member(db, here)
        await linked(db, here, member.id)
        loan = await a_running_loan(db, member.id, koperasi_id=here.id)
    return Village(here, member, loan), officer


def texts(village: Any, member: int) -> list[str]:
    found: list[str] = village.texts(1000 + member)
    return found


async def ended(engine: AsyncEngine, state: str, reason: str | None = None) -> None:
    async def so() -> bool:
        found = [(row["state"], row["reason"]) for row in await rows(engine)]
        return bool(found) and all(one == (state, reason) for one in found)

    await until(so)


async def test_a_reminder_waits_for_the_end_of_the_night_and_of_prayers(
    owner_engine: AsyncEngine,
    clock_engine: AsyncEngine,
    village: Any,
    speak: Callable[..., Any],
):
    mine, _ = await a_village(owner_engine)
    assert await reminders.reminders_job(clock_engine, KEYS, at(DUE, 5)) == 1
    clock = [at(DUE, 5, 1)]
    speak(keeps_hours=True, now=lambda: clock[0])

    async def moved_to(instant: datetime) -> bool:
        (row,) = await rows(clock_engine)
        return bool(
            instant <= row["not_before"] < instant + timedelta(minutes=1)
            and row["state"] == "waiting"
        )

    await until(lambda: moved_to(at(DUE, 7)))
    assert texts(village, mine.member.id) == []
    clock[0] = at(DUE, 11, 31)  # a Friday: the mosque is full until 13:15
    await until(lambda: moved_to(at(DUE, 13, 15)))
    assert texts(village, mine.member.id) == []
    clock[0] = at(DUE, 13, 16)
    await until(lambda: texts(village, mine.member.id))
    assert "jatuh tempo hari ini" in texts(village, mine.member.id)[0]


async def test_what_was_paid_while_it_waited_is_not_said(
    owner_engine: AsyncEngine,
    clock_engine: AsyncEngine,
    village: Any,
    speak: Callable[..., Any],
):
    mine, officer = await a_village(owner_engine)
    await reminders.look_at_instalments(clock_engine, KEYS, at(DUE))
    async with database.transaction(owner_engine, koperasi_id=mine.here.id) as db:
        await payments.pay(
            db,
            officer=officer,
            loan_id=mine.loan.id,
            amount=112_000,
            on=DUE,
            at=AT,
            operation="bayar",
            source="test",
        )
    speak(now=lambda: at(DUE))
    await ended(clock_engine, "cancelled", "paid")
    assert texts(village, mine.member.id) == []


async def test_who_withdrew_the_consent_after_the_fan_out_hears_nothing(
    owner_engine: AsyncEngine,
    clock_engine: AsyncEngine,
    village: Any,
    speak: Callable[..., Any],
):
    mine, _ = await a_village(owner_engine)
    await reminders.look_at_instalments(clock_engine, KEYS, at(DUE))
    async with database.transaction(owner_engine, koperasi_id=mine.here.id) as db:
        who = mine.member.id
        await consents.withdraw(
            db, koperasi_id=mine.here.id, person_id=who, channel="telegram", at=AT
        )
    speak(now=lambda: at(DUE))
    await ended(clock_engine, "cancelled", "consent-withdrawn")
    assert texts(village, mine.member.id) == []


async def test_a_mouth_that_was_away_over_midnight_says_nothing_of_yesterday(
    owner_engine: AsyncEngine,
    clock_engine: AsyncEngine,
    village: Any,
    speak: Callable[..., Any],
):
    mine, _ = await a_village(owner_engine)
    await reminders.look_at_instalments(clock_engine, KEYS, at(DUE, 20))
    morning = DUE + timedelta(days=1)
    later = await a_running(owner_engine, mine)
    await reminders.look_at_instalments(clock_engine, KEYS, at(morning))
    speak(now=lambda: at(morning))
    await until(lambda: texts(village, mine.member.id))
    (said,) = texts(village, mine.member.id)
    assert later.label in said
    states = {row["dedupe"]: row["state"] for row in await rows(clock_engine)}
    assert states["reminder/1/1/1/0"] == "waiting"  # the clock gives it up with its next look


async def a_running(owner: AsyncEngine, village: Village) -> Any:
    """A second loan of the same member, due a day later."""
    async with database.transaction(owner, koperasi_id=village.here.id) as db:
        paid_out = DUE.replace(month=6) + timedelta(days=1)
        return await a_running_loan(
            db, village.member.id, koperasi_id=village.here.id, disbursed=paid_out
        )


async def test_a_bot_that_is_blocked_ends_the_reminder_and_the_next_one_is_not_owed(
    owner_engine: AsyncEngine,
    clock_engine: AsyncEngine,
    village: Any,
    speak: Callable[..., Any],
):
    mine, _ = await a_village(owner_engine)
    await reminders.look_at_instalments(clock_engine, KEYS, at(DUE))
    village.chat(1000 + mine.member.id).blocked = True
    speak(now=lambda: at(DUE))
    await ended(clock_engine, "failed", "blocked")
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE + timedelta(3))) == 0
