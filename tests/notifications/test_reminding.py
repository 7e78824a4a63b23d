"""What a reminder says, from the books of the second it is said, and why it is not said any more."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import consents, database
from core.accounts import SavingsKind
from core.consents import Consent
from core.loans import payments
from core.loans.terms import Fine, Penalty, Terms
from core.people import Standing
from core.reminders import answers
from core.reminders.subjects import Subject, dues_steps_on
from notifications import fresh, messages, outbox, words
from notifications.fresh import Made
from notifications.jobs import reminders
from notifications.messages import Content
from tests.builders_core import AT, a_cooperative, a_member, an_officer, leaves, pays
from tests.conftest import KEYS
from tests.core.loan_books import a_running_loan
from tests.notifications.test_reminders import (
    DUE,
    VILLAGES,
    Village,
    a_village,
    at,
    changed,
    linked,
    owed,
)

FIRST = "reminder/1/1/1"


async def made(engine: AsyncEngine, dedupe: str, now: Any) -> Made:
    """Ask the maker of a row that waits, in a transaction as the mouth's."""
    async with engine.connect() as db:
        raw = await database.driver(db)
        (one,) = await raw.fetch(
            "SELECT *, coalesce(fence, 1) AS fence FROM outbox WHERE dedupe = $1", dedupe
        )
    claimed = outbox.read_claimed({**one, "fence": 1})
    async with database.transaction(engine, koperasi_id=claimed.koperasi_id) as db:
        return await fresh.make(db, claimed, messages.unseal(claimed.facts, KEYS), KEYS, now)


async def said(engine: AsyncEngine, dedupe: str, now: Any) -> str:
    content = await made(engine, dedupe, now)
    assert isinstance(content, Content), content
    return words.plain(words.make(content, resent=False).text)


async def a_late_village(
    owner: AsyncEngine, clock: AsyncEngine, days: int, terms: Terms | None = None
) -> tuple[Village, Standing]:
    """A member whose first instalment of Rp112.000 is `days` past due, and a treasurer."""
    async with database.transaction(owner) as db:
        here = await a_cooperative(db)
        officer = await an_officer(db, here)
        member = await a_member(db, here)
        await linked(db, here, member.id)
        loan = await a_running_loan(db, member.id, koperasi_id=here.id, terms=terms)
    assert await reminders.look_at_instalments(clock, KEYS, at(DUE + timedelta(days=days))) >= 1
    return Village(here, member, loan), officer


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-7, "Rp112.000, jatuh tempo 24 Juli 2026 (7 hari lagi)."),
        (-1, "Rp112.000, jatuh tempo besok, 24 Juli 2026."),
        (0, "Rp112.000, jatuh tempo hari ini, 24 Juli 2026."),
        (3, "Rp112.000, jatuh tempo 24 Juli 2026, lewat 3 hari."),
    ],
)
async def test_a_reminder_says_whose_what_how_much_until_when_and_what_to_do(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, days: int, told: str
):
    await a_late_village(owner_engine, clock_engine, days)
    text = await said(clock_engine, f"{FIRST}/{days}", at(DUE + timedelta(days=days)))
    lines = text.split("\n")
    assert lines[0] == "Bapak/Ibu Siti Aminah, angsuran ke-1 pinjaman P-0001:"
    assert lines[1] == told
    assert "bendahara" in lines[2]
    assert len(lines) == 3
    assert len(text.encode()) <= 300


async def test_a_fine_is_said_before_it_comes_and_counted_when_it_has(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    terms = Terms(penalty=Penalty(kind=Fine.FIXED_DAILY, value=Decimal(1000)))
    await a_late_village(owner_engine, clock_engine, 0, terms)
    text = await said(clock_engine, f"{FIRST}/0", at(DUE))
    assert text.endswith("Kalau terlambat, ada denda.")
    late = DUE + timedelta(days=7)
    await reminders.look_at_instalments(clock_engine, KEYS, at(late))
    text = await said(clock_engine, f"{FIRST}/7", at(late))
    assert "Denda sampai hari ini: Rp7.000." in text
    assert len(text.encode()) <= 300


async def test_the_buttons_carry_whom_they_are_for_and_fit(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village, _ = await a_late_village(owner_engine, clock_engine, 0)
    content = await made(clock_engine, f"{FIRST}/0", at(DUE))
    assert isinstance(content, Content)
    mark = f"e:{village.here.id}:{village.member.id}"
    assert [[one.data for one in line] for line in content.buttons] == [
        [f"{mark}:paid:1.1.1", f"{mark}:show:1.1.1"],
        [f"{mark}:later:1.1.1"],
    ]


async def test_a_part_that_was_paid_is_not_asked_for_again(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village, officer = await a_late_village(owner_engine, clock_engine, 0)
    await _pays(owner_engine, village, officer, 12_000)
    assert "Rp100.000, jatuh tempo" in await said(clock_engine, f"{FIRST}/0", at(DUE))


async def _pays(owner: AsyncEngine, village: Village, officer: Standing, amount: int) -> None:
    async with database.transaction(owner, koperasi_id=village.here.id) as db:
        await payments.pay(
            db,
            officer=officer,
            loan_id=village.loan.id,
            amount=amount,
            on=DUE,
            at=AT,
            operation=f"bayar-{amount}",
            source="test",
        )


async def test_what_was_paid_while_the_row_waited_is_not_said(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village, officer = await a_late_village(owner_engine, clock_engine, 0)
    await _pays(owner_engine, village, officer, 112_000)
    assert await made(clock_engine, f"{FIRST}/0", at(DUE)) == "paid"


async def test_what_is_no_longer_to_be_said_names_the_reason(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village, _ = await a_late_village(owner_engine, clock_engine, 0)
    here, who = village.here.id, village.member.id
    now, row = at(DUE), f"{FIRST}/0"

    async def reason_after(statement: str, back: str) -> Made:
        await changed(owner_engine, statement)
        found = await made(clock_engine, row, now)
        await changed(owner_engine, back)
        return found

    settled = "UPDATE loans SET state = 'settled'"
    assert await reason_after(settled, "UPDATE loans SET state = 'running'") == "settled"
    anew = "UPDATE loans SET version = 2"
    assert await reason_after(anew, "UPDATE loans SET version = 1") == "rescheduled"
    gone = "UPDATE addresses SET ended_at = now(), reason = 'blocked'"
    assert await reason_after(gone, "UPDATE addresses SET ended_at = NULL") == "address-ended"
    moved = "UPDATE addresses SET chat = 'another'"
    assert await reason_after(moved, "UPDATE addresses SET chat = '1002'") == "address-ended"
    async with database.transaction(owner_engine) as db:
        await leaves(db, village.member, village.here, on=DUE)
    assert await made(clock_engine, row, now) == "left"
    await changed(owner_engine, "UPDATE members SET left_on = NULL")
    async with database.transaction(owner_engine) as db:
        channel = {"channel": "telegram", "purposes": (Consent.REMINDER,)}
        await consents.withdraw(db, koperasi_id=here, person_id=who, at=AT, **channel)  # type: ignore[arg-type]
    assert await made(clock_engine, row, now) == "consent-withdrawn"


async def test_an_answer_silences_what_waits_until_it_was_checked_or_its_day_has_come(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village, officer = await a_late_village(owner_engine, clock_engine, 0)
    here, who = village.here.id, village.member.id
    row = f"{FIRST}/0"
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        subject = village.first
        until = DUE + timedelta(days=1)
        await answers.ask_again(
            db, koperasi_id=here, person_id=who, subject=subject, until=until, at=AT
        )
    assert await made(clock_engine, row, at(DUE)) == "answered-tomorrow"
    assert isinstance(await made(clock_engine, row, at(until)), Content)
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        early = AT - timedelta(days=1)
        await answers.say_paid(db, koperasi_id=here, person_id=who, subject=subject, at=early)
    assert await made(clock_engine, row, at(until)) == "answered-paid"
    await _pays(owner_engine, village, officer, 12_000)  # somebody looked: a part came
    assert "Rp100.000" in await said(clock_engine, row, at(until))


async def test_a_row_said_late_speaks_of_its_own_second(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    """Quiet hours moved the step of the day before over midnight: it says today, not tomorrow."""
    await a_late_village(owner_engine, clock_engine, -1)
    assert "jatuh tempo hari ini" in await said(clock_engine, f"{FIRST}/-1", at(DUE, 0, 30))


# --- simpanan wajib -------------------------------------------------------------------------------


async def a_village_that_owes(owner: AsyncEngine, **rule: Any) -> Village:
    """A member since October 2026 who has paid nothing of Rp20.000 a month."""
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, **rule)
        member = await a_member(db, here, joined=date(2026, 10, 5))
        await linked(db, here, member.id)
        loan = None
    return Village(here, member, loan)  # type: ignore[arg-type]  # no loan here


@pytest.mark.parametrize(
    ("day", "step"),
    [(date(2026, 12, 7), -3), (date(2026, 12, 10), 0), (date(2026, 12, 17), 7)],
)
async def test_who_owes_simpanan_wajib_is_reminded_three_times_a_month_with_the_sum(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, day: date, step: int
):
    village = await a_village_that_owes(owner_engine)
    assert await reminders.look_at_dues(clock_engine, KEYS, at(day)) == 1
    assert await reminders.look_at_dues(clock_engine, KEYS, at(day, 11)) == 0
    name = f"dues/2026-12/{step}/{village.member.id}"
    assert await owed(clock_engine) == [name]
    text = await said(clock_engine, name, at(day))
    assert text.startswith(
        "Bapak/Ibu Siti Aminah, simpanan wajib 3 bulan, sejak Oktober 2026:\nRp60.000, jatuh tempo"
    )
    assert len(text.encode()) <= 300


async def test_between_the_days_nothing_is_said_of_dues(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village_that_owes(owner_engine)
    for day in (1, 6, 8, 9, 11, 16, 18, 28):
        now = at(date(2026, 12, day))
        assert await reminders.look_at_dues(clock_engine, KEYS, now) == 0


async def test_who_paid_the_month_is_not_reminded_of_dues_and_a_row_that_waits_is_dropped(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village_that_owes(owner_engine)
    day = date(2026, 11, 10)
    assert await reminders.look_at_dues(clock_engine, KEYS, at(day)) == 1
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        officer = await an_officer(db, village.here)
        await pays(db, officer, village.member, SavingsKind.WAJIB, 40_000)
    assert await made(clock_engine, f"dues/2026-11/0/{village.member.id}", at(day)) == "paid"
    await changed(owner_engine, "DELETE FROM outbox")
    assert await reminders.look_at_dues(clock_engine, KEYS, at(day)) == 0


async def test_one_month_is_named_by_itself_and_a_raise_counts_from_its_month(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village_that_owes(owner_engine)
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        officer = await an_officer(db, village.here)
        await pays(db, officer, village.member, SavingsKind.WAJIB, 40_000)
    await changed(
        owner_engine,
        "INSERT INTO rules VALUES ($1, 'wajib', '2026-12-01', '25000', 'x', now())",
        village.here.id,
    )
    day = date(2026, 12, 10)
    assert await reminders.look_at_dues(clock_engine, KEYS, at(day)) == 1
    text = await said(clock_engine, f"dues/2026-12/0/{village.member.id}", at(day))
    assert "simpanan wajib Desember 2026:\nRp25.000, jatuh tempo hari ini" in text


async def test_dues_answered_with_paid_or_tomorrow_are_silent_too(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village_that_owes(owner_engine)
    here, who, day = village.here.id, village.member.id, date(2026, 12, 10)
    subject, until = Subject.of_month(day), day + timedelta(days=1)
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        await answers.ask_again(
            db, koperasi_id=here, person_id=who, subject=subject, until=until, at=AT
        )
    assert await reminders.look_at_dues(clock_engine, KEYS, at(day)) == 0
    assert await reminders.look_at_dues(clock_engine, KEYS, at(until)) == 1
    assert await owed(clock_engine) == [f"dues/2026-12/again-{until}/{who}"]
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        await answers.say_paid(db, koperasi_id=here, person_id=who, subject=subject, at=AT)
    assert await reminders.look_at_dues(clock_engine, KEYS, at(date(2026, 12, 17))) == 0
    january = at(date(2027, 1, 7))
    assert await reminders.look_at_dues(clock_engine, KEYS, january) == 1  # of a month to come


async def test_a_due_day_late_in_the_month_is_followed_into_the_next():
    found = dues_steps_on(date(2027, 1, 4), 28)
    assert [(month, step.days, step.due) for month, step in found] == [
        (date(2026, 12, 1), 7, date(2026, 12, 28))
    ]
    ahead = dues_steps_on(date(2026, 12, 29), 1)
    assert [(month, step.days) for month, step in ahead] == [(date(2027, 1, 1), -3)]


async def test_dues_of_other_cooperatives_and_of_who_left_are_nobodys_reminder(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village_that_owes(owner_engine)
    other = await a_village(owner_engine, VILLAGES[1], due_day=20)
    async with database.transaction(owner_engine) as db:
        await leaves(db, village.member, village.here, on=date(2026, 12, 10))
    assert await reminders.look_at_dues(clock_engine, KEYS, at(date(2026, 12, 10))) == 0
    assert await reminders.look_at_dues(clock_engine, KEYS, at(date(2026, 12, 20))) == 1
    assert await owed(clock_engine, other.here.id) == [f"dues/2026-12/0/{other.member.id}"]
