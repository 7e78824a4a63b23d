"""The ladder of reminders: who is owed one on which day, once, and never when it is too late."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import consents, database, identities
from core.consents import Consent
from core.cooperatives import Cooperative
from core.loans.book import Loan
from core.people import Member
from core.reminders import answers
from core.reminders.subjects import Subject
from notifications import messages
from notifications.jobs import reminders
from tests.builders_core import AT, a_cooperative, a_member, leaves
from tests.conftest import KEYS
from tests.core.loan_books import a_running_loan

# Its loan was paid out on 24 June 2026: the first instalment falls due on 24 July, the second on 24 August.
DUE = date(2026, 7, 24)
VILLAGES = ("64.72.05.1003", "64.01.01.2010", "64.01.01.2011")


def at(day: date, hour: int = 9, minute: int = 0, *, ahead: int = 8) -> datetime:
    """An hour of a cooperative's day, `ahead` of UTC (WITA)."""
    begin = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    return begin - timedelta(hours=ahead)


def chat_of(person_id: int, channel: str = "telegram") -> identities.Chat:
    return (channel, "42", f"{1000 + person_id}")


async def linked(
    db: AsyncConnection, here: Cooperative, person_id: int, channel: str = "telegram"
) -> None:
    await identities.link(
        db, koperasi_id=here.id, person_id=person_id, chat=chat_of(person_id, channel), at=AT
    )


class Village:
    """A cooperative with one member who is linked and has a running loan."""

    def __init__(self, here: Cooperative, member: Member, loan: Loan) -> None:
        self.here, self.member, self.loan = here, member, loan

    @property
    def first(self) -> Subject:
        return Subject(loan_id=self.loan.id, version=1, n=1)


async def a_village(
    owner: AsyncEngine, village: str = VILLAGES[0], *, chat: bool = True, **rules: Any
) -> Village:
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, village=village, **rules)
        member = await a_member(db, here)
        if chat:
            await linked(db, here, member.id)
        loan = await a_running_loan(db, member.id, koperasi_id=here.id)
    return Village(here, member, loan)


async def changed(owner: AsyncEngine, statement: str, *values: Any) -> None:
    async with database.transaction(owner) as db:
        await (await database.driver(db)).execute(statement, *values)


async def owed(engine: AsyncEngine, koperasi_id: int | None = None) -> list[str]:
    async with engine.connect() as db:
        raw = await database.driver(db)
        rows = await raw.fetch(
            "SELECT dedupe FROM outbox WHERE koperasi_id = coalesce($1, koperasi_id)"
            " ORDER BY koperasi_id, seq",
            koperasi_id,
        )
    return [row["dedupe"] for row in rows]


async def rows(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as db:
        raw = await database.driver(db)
        return list(await raw.fetch("SELECT * FROM outbox ORDER BY seq"))


@pytest.mark.parametrize("days", [-7, -3, -1, 0, 3, 7, 30])
async def test_every_step_of_the_ladder_is_owed_once_on_its_day(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, days: int
):
    village = await a_village(owner_engine)
    day = DUE + timedelta(days=days)
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(day)) >= 1
    step = f"reminder/{village.loan.id}/1/1/{days}"
    assert (await owed(clock_engine)).count(step) == 1
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(day, 17)) == 0


@pytest.mark.parametrize("days", [-8, -6, -2, 1, 2, 4, 8, 29])
async def test_between_the_steps_nothing_is_owed(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, days: int
):
    await a_village(owner_engine)
    now = at(DUE + timedelta(days=days))
    await reminders.look_at_instalments(clock_engine, KEYS, now)
    assert [one for one in await owed(clock_engine) if "/1/1/" in one] == []


async def test_a_row_holds_ids_alone_and_lasts_to_the_end_of_its_day(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    await reminders.look_at_instalments(clock_engine, KEYS, at(DUE))
    (row,) = await rows(clock_engine)
    assert (row["purpose"], row["person_id"], row["chat"]) == (
        "reminder",
        village.member.id,
        chat_of(village.member.id)[2],
    )
    assert row["expires_at"] == at(DUE + timedelta(days=1), 0)
    assert row["not_before"] == at(DUE)
    content = messages.unseal(row["facts"], KEYS)
    assert content.lines == ()
    assert content.fresh is not None
    assert dict(content.fresh.facts) == {"loan": village.loan.id, "version": 1, "n": 1, "on": DUE}


async def test_the_last_step_may_be_said_a_day_late_and_no_later(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine)
    late = DUE + timedelta(days=31)
    await reminders.look_at_instalments(clock_engine, KEYS, at(late))
    (row,) = [row for row in await rows(clock_engine) if row["dedupe"].endswith("/1/1/30")]
    assert row["expires_at"] == at(late + timedelta(days=1), 0)
    await changed(owner_engine, "DELETE FROM outbox")
    await reminders.look_at_instalments(clock_engine, KEYS, at(late + timedelta(days=1)))
    assert [one for one in await owed(clock_engine) if one.endswith("/1/1/30")] == []


async def test_the_clock_waits_for_the_cooperatives_hour_an_operator_does_not(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine, reminder_hour=10)
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE, 9, 59)) == 0
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE, 10)) == 1
    assert await reminders.reminders_job(clock_engine, KEYS, at(DUE, 0)) == 0  # owed by now
    await changed(owner_engine, "DELETE FROM outbox")
    assert await reminders.reminders_job(clock_engine, KEYS, at(DUE, 0)) == 1


async def test_each_zone_has_its_own_morning(owner_engine: AsyncEngine, clock_engine: AsyncEngine):
    """08:00 comes in WIT first, then in WITA, then in WIB."""
    ids = {}
    for zone, village in zip(("Jakarta", "Makassar", "Jayapura"), VILLAGES, strict=True):
        made = await a_village(owner_engine, village)
        ids[zone] = made.here.id
        await changed(
            owner_engine,
            "UPDATE cooperatives SET zone = $1 WHERE koperasi_id = $2",
            f"Asia/{zone}",
            made.here.id,
        )
    seen: list[int | list[str]] = []
    for hour in (7, 8, 9):
        seen.append(await reminders.look_at_instalments(clock_engine, KEYS, at(DUE, hour)))
        seen.append([name for name, one in ids.items() if await owed(clock_engine, one)])
    assert seen == [
        1, ["Jayapura"], 1, ["Makassar", "Jayapura"], 1, ["Jakarta", "Makassar", "Jayapura"]
    ]  # fmt: skip


async def test_a_day_begins_at_the_cooperatives_own_midnight(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine)
    assert await reminders.reminders_job(clock_engine, KEYS, at(DUE, 0)) == 1
    await changed(owner_engine, "DELETE FROM outbox")
    before = at(DUE + timedelta(days=3), 0) - timedelta(seconds=1)
    assert await reminders.reminders_job(clock_engine, KEYS, before) == 0


async def test_a_cooperative_sets_its_own_ladder_or_none(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine, reminder_days="-2 0")
    quiet = await a_village(owner_engine, VILLAGES[1], reminder_days="none")
    for days in range(-8, 32):
        await reminders.look_at_instalments(clock_engine, KEYS, at(DUE + timedelta(days=days)))
    mine = [one for one in await owed(clock_engine) if one.startswith("reminder/1/1/1/")]
    assert mine == ["reminder/1/1/1/-2", "reminder/1/1/1/0"]
    assert await owed(clock_engine, quiet.here.id) == []


async def test_six_hours_of_outage_over_a_month_end_lose_and_double_nothing(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    """The clock stood from 20:00 of the 30th: what was due that day stays unsaid, the new day is whole."""
    await a_village(owner_engine)
    ended = date(2026, 10, 31)  # H+7 of the instalment of 24 October
    for hour in (0, 2, 8, 9, 23):
        await reminders.look_at_instalments(clock_engine, KEYS, at(ended, hour))
    assert (await owed(clock_engine)).count("reminder/1/1/4/7") == 1
    await changed(owner_engine, "DELETE FROM outbox")
    begun = ended + timedelta(days=1)
    for hour in (2, 8, 9):
        await reminders.look_at_instalments(clock_engine, KEYS, at(begun, hour))
    assert await owed(clock_engine) == []  # the 31st's step is over; the 1st has none


async def test_a_due_day_at_a_months_end_is_met_in_every_month(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db, reminder_days="-1 0")
        member = await a_member(db, here)
        await linked(db, here, member.id)
        await a_running_loan(db, member.id, koperasi_id=here.id, disbursed=date(2026, 1, 31))
    day = date(2026, 2, 1)
    while day < date(2026, 6, 1):
        await reminders.look_at_instalments(clock_engine, KEYS, at(day))
        day += timedelta(days=1)
    assert await owed(clock_engine) == [
        f"reminder/1/1/{n}/{step}" for n in (1, 2, 3, 4) for step in (-1, 0)
    ]


async def test_two_clocks_at_once_owe_each_reminder_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        for name in ("Siti", "Budi", "Wati", "Joko", "Rudi"):
            member = await a_member(db, here, name)
            await linked(db, here, member.id)
            await a_running_loan(db, member.id, koperasi_id=here.id)
    found = await asyncio.gather(
        *(reminders.look_at_instalments(clock_engine, KEYS, at(DUE)) for _ in range(4))
    )
    assert sum(found) == 5
    assert len(await owed(clock_engine)) == 5


async def test_who_has_no_chat_is_not_reminded_and_is_once_there_is_one(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine, chat=False)
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE)) == 0
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        await linked(db, village.here, village.member.id)
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE, 15)) == 1


async def test_nobody_is_reminded_who_paid_left_or_withdrew_the_consent(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    paid = await a_village(owner_engine)
    left = await a_village(owner_engine, VILLAGES[1])
    silent = await a_village(owner_engine, VILLAGES[2])
    await changed(
        owner_engine,
        "UPDATE loan_instalments SET paid_on = due WHERE koperasi_id = $1 AND n = 1",
        paid.here.id,
    )
    async with database.transaction(owner_engine) as db:
        await leaves(db, left.member, left.here, on=DUE)
        await consents.withdraw(
            db,
            koperasi_id=silent.here.id,
            person_id=silent.member.id,
            channel="telegram",
            at=AT,
            purposes=(Consent.REMINDER,),
        )
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE)) == 0


async def test_stop_on_one_channel_leaves_the_other(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        await linked(db, village.here, village.member.id, "whatsapp")
        who = village.member.id
        await consents.withdraw(
            db, koperasi_id=village.here.id, person_id=who, channel="whatsapp", at=AT
        )
    await reminders.look_at_instalments(clock_engine, KEYS, at(DUE))
    assert [row["channel"] for row in await rows(clock_engine)] == ["telegram"]


@pytest.mark.parametrize("state", ["settled", "written-off"])
async def test_a_loan_that_does_not_run_is_left_alone(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, state: str
):
    await a_village(owner_engine)
    await changed(owner_engine, "UPDATE loans SET state = $1", state)
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE)) == 0


async def test_paid_stops_that_instalment_and_those_before_until_somebody_looked(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    who = {"koperasi_id": village.here.id, "person_id": village.member.id}
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        claim = await answers.say_paid(db, **who, subject=village.first, at=AT)
    assert claim is not None
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE)) == 0
    await reminders.look_at_instalments(clock_engine, KEYS, at(date(2026, 8, 24)))
    assert await owed(clock_engine) == ["reminder/1/1/2/0"]  # the next one is asked for
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        here = village.here.id
        assert await answers.check(db, koperasi_id=here, claim_id=claim, by="person:9", at=AT)
        assert not await answers.check(db, koperasi_id=here, claim_id=claim, by="person:9", at=AT)
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE)) == 1


async def test_tomorrow_is_said_tomorrow_and_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    who = {"koperasi_id": village.here.id, "person_id": village.member.id}
    for until in (DUE + timedelta(days=1), DUE + timedelta(days=3)):
        async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
            for _ in range(2):
                await answers.ask_again(db, **who, subject=village.first, until=until, at=AT)
    await reminders.look_at_instalments(clock_engine, KEYS, at(DUE))
    assert await owed(clock_engine) == []
    await reminders.look_at_instalments(clock_engine, KEYS, at(DUE + timedelta(days=1)))
    assert await owed(clock_engine) == []  # asked later for a day later still
    for _ in range(2):
        await reminders.look_at_instalments(clock_engine, KEYS, at(DUE + timedelta(days=3)))
    assert await owed(clock_engine) == ["reminder/1/1/1/3"]  # the ladder's own step is enough


async def test_tomorrow_off_the_ladder_is_a_row_of_its_own(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    until = DUE + timedelta(days=1)
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        await answers.ask_again(
            db,
            koperasi_id=village.here.id,
            person_id=village.member.id,
            subject=village.first,
            until=until,
            at=AT,
        )
    for hour in (7, 8, 12):
        await reminders.look_at_instalments(clock_engine, KEYS, at(until, hour))
    assert await owed(clock_engine) == [f"reminder/1/1/1/again-{until}"]
    (row,) = await rows(clock_engine)
    assert row["expires_at"] == at(until + timedelta(days=1), 0)


async def test_an_operators_instant_ahead_of_time_may_be_said_at_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        member = await a_member(db, here)
        await linked(db, here, member.id)
        await a_running_loan(db, member.id, koperasi_id=here.id, count=480)
    assert await reminders.reminders_job(owner_engine, KEYS, at(date(2066, 6, 24))) == 2
    found = await rows(clock_engine)
    assert [row["dedupe"] for row in found] == ["reminder/1/1/479/30", "reminder/1/1/480/0"]
    assert all(row["not_before"] <= datetime.now(UTC) < row["expires_at"] for row in found)


async def test_a_cooperative_that_fails_does_not_keep_the_others_from_their_reminders(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, caplog: pytest.LogCaptureFixture
):
    broken = await a_village(owner_engine)
    whole = await a_village(owner_engine, VILLAGES[1])
    await changed(
        owner_engine,
        "INSERT INTO rules VALUES ($1, 'reminder_days', '2026-01-01', 'soon', 'x', now())",
        broken.here.id,
    )
    assert await reminders.look_at_instalments(clock_engine, KEYS, at(DUE)) == 1
    assert await owed(clock_engine, whole.here.id) == ["reminder/1/1/1/0"]
