"""Announcements on their way: each one said once, a few first, held, stopped, tried again, corrected, told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.simulator.world import Content as Wire
from core import consents, database
from core.announcements import announcement, sending
from core.announcements.announcement import State
from core.consents import Consent
from core.hours import Hours, next_allowed
from notifications.announcing import Pace
from tests.notifications.conftest import Speaking, Village, until
from tests.notifications.crowd import AT_ONCE, FIRST, Crowd, Desk, Hour, a_crowd, a_desk

PILOT = timedelta(minutes=10, seconds=1)
SOON = timedelta(seconds=11)  # the composer is told again


async def changed(owner: AsyncEngine, statement: str, *values: Any) -> None:
    async with database.transaction(owner) as db:
        await (await database.driver(db)).execute(statement, *values)


async def states(clock: AsyncEngine, this: Any) -> dict[str, int]:
    async with database.transaction(clock, koperasi_id=0) as db:
        counted = await sending.tally(db, this)
    return {state: count for state, count in counted.items() if state != "reasons"}


async def reasons(clock: AsyncEngine, this: Any) -> dict[str, dict[str, int]]:
    async with database.transaction(clock, koperasi_id=0) as db:
        found: dict[str, dict[str, int]] = (await sending.tally(db, this)).get("reasons", {})
    return found


async def has(clock: AsyncEngine, this: Any, **wanted: int) -> None:
    """Wait until its rows stand so."""

    async def true() -> bool:
        return await states(clock, this) == wanted

    await until(true, 15)


def wires(village: Village, desk: Desk) -> list[Wire]:
    return [message.content for message in village.bot.chats[desk.chat].messages.values()]


def has_report(village: Village, desk: Desk) -> bool:
    return len(wires(village, desk)) == 2


def blocks(village: Village, chats: list[int]) -> None:
    for chat in chats:
        village.chat(chat).blocked = True


@pytest.fixture
def hour() -> Hour:
    return Hour()


@pytest.fixture
def speak(speak: Callable[..., Speaking], hour: Hour) -> Callable[..., Speaking]:
    """Speak by the same time as the clock."""
    return partial(speak, now=hour.now)


@pytest.fixture
async def desk(
    app_engine: AsyncEngine, clock_engine: AsyncEngine, village: Village, hour: Hour
) -> Desk:
    """An official's."""
    return a_desk(app_engine, clock_engine, village, hour=hour)


@pytest.fixture
def gather(owner_engine: AsyncEngine, village: Village) -> Callable[..., Any]:
    """Make a crowd."""

    async def make(count: int, **facts: Any) -> Crowd:
        return await a_crowd(owner_engine, village, count, **facts)

    return make


async def test_everybody_gets_it_once_however_many_clocks_look(
    gather, desk: Desk, clock_engine, village, speak
):
    crowd = await gather(40)
    this = await desk.announces()
    await asyncio.gather(*(desk.looks() for _ in range(4)))
    speak()
    await has(clock_engine, this, sent=40)
    for _ in range(3):
        await asyncio.gather(desk.looks(), desk.looks())
    assert crowd.got() == crowd.chats
    assert (await desk.now()).state is State.DONE


async def test_a_pilot_goes_first_and_after_ten_minutes_the_rest(
    gather, desk: Desk, clock_engine, village, speak
):
    crowd = await gather(50)
    this = await desk.announces(people=2000)
    assert await desk.looks() == 0  # It waits for the second official.
    await desk.does(announcement.approve, by="official:2", at=datetime.now(UTC))
    speak()
    await desk.looks()
    await has(clock_engine, this, sent=20)
    await desk.looks(later=timedelta(minutes=9))
    assert (await desk.now()).state is State.PILOT
    await desk.looks(later=timedelta(minutes=1, seconds=1))
    await has(clock_engine, this, sent=50)
    assert crowd.got() == crowd.chats


@pytest.mark.parametrize(("blocked", "state"), [(1, State.SENDING), (2, State.PAUSED)])
async def test_a_pilot_stops_itself_when_more_than_five_per_cent_blocked_us(
    gather, desk: Desk, clock_engine, village, speak, blocked: int, state: State
):
    crowd = await gather(30)
    blocks(village, crowd.chats[:blocked])
    this = await desk.announces(people=2000)
    await desk.does(announcement.approve, by="official:2", at=datetime.now(UTC))
    speak()
    await desk.looks()
    await has(clock_engine, this, sent=20 - blocked, failed=blocked)
    await desk.looks(later=PILOT)
    assert (await desk.now()).state is state
    if state is State.PAUSED:
        assert (await desk.now()).because == "pilot"
        await until(lambda: "terlalu banyak yang memblokir" in wires(village, desk)[0].text)
        await desk.does(announcement.resume)
    await asyncio.sleep(1.1)  # The mouth's knowledge is a second old at most.
    await desk.looks()
    await has(clock_engine, this, sent=30 - blocked, failed=blocked)


async def test_what_is_paused_is_held_and_goes_on_where_it_stood(
    gather, desk: Desk, clock_engine, village, speak
):
    crowd = await gather(30)
    this = await desk.announces()
    await desk.looks()
    await desk.does(announcement.pause)
    speak()  # The mouth meets rows the clock has not held yet.
    await has(clock_engine, this, held=30)
    await desk.looks()
    assert crowd.got() == []
    await desk.does(announcement.resume)
    await asyncio.sleep(1.1)  # The mouth's knowledge is a second old at most.
    await desk.looks()
    await has(clock_engine, this, sent=30)
    assert crowd.got() == crowd.chats


async def test_stopped_in_the_middle_nobody_else_gets_it_and_the_report_says_how_many_did(
    gather, desk: Desk, clock_engine, village, speak
):
    crowd = await gather(60)
    this = await desk.announces()
    slow = Pace(rate=20, keeps_hours=False)
    await desk.looks(pace=slow)
    speak()

    async def some_said() -> bool:
        return (await states(clock_engine, this)).get("sent", 0) >= 5

    await until(some_said)
    await desk.does(announcement.stop)
    await desk.looks(pace=slow)
    await asyncio.sleep(0.3)
    await desk.looks(pace=slow)
    found = await states(clock_engine, this)
    assert set(found) == {"sent", "cancelled"}
    assert 5 <= found["sent"] < 40
    assert len(crowd.got()) == found["sent"]
    assert (await desk.now()).settled
    await until(lambda: len(wires(village, desk)) == 2)
    report = wires(village, desk)[1].text
    assert "dihentikan" in report
    assert f"Terkirim: {found['sent']}" in report
    assert f"Tidak jadi dikirim: {found['cancelled']}" in report
    await asyncio.sleep(1)
    assert len(crowd.got()) == found["sent"]


async def test_what_nobody_approves_in_seven_days_is_never_said(
    gather, desk: Desk, clock_engine, village, speak
):
    crowd = await gather(3)
    this = await desk.announces(people=2000)
    speak()
    await until(lambda: len(wires(village, desk)) == 1)
    await desk.looks(later=timedelta(days=6, hours=23))
    assert (await desk.now()).state is State.WAITING
    await desk.looks(later=timedelta(hours=2))
    found = await desk.now()
    assert (found.state, found.because, found.settled) == (State.CANCELLED, "expired", True)
    await until(lambda: "Tidak ada yang menyetujui" in wires(village, desk)[0].text)
    assert len(wires(village, desk)) == 1  # Nothing was sent: no report.
    assert (await states(clock_engine, this), crowd.got()) == ({}, [])


async def test_those_whom_it_did_not_reach_are_tried_again_where_they_are_reached_now(
    gather, desk: Desk, clock_engine, owner_engine, village, speak
):
    crowd = await gather(5)
    blocks(village, crowd.chats[:2])
    this = await desk.announces()
    await desk.looks()
    speak()
    await has(clock_engine, this, sent=3, failed=2)
    assert await reasons(clock_engine, this) == {"failed": {"blocked": 2}}
    await desk.looks(later=SOON)
    assert (await desk.now()).state is State.DONE
    village.chat(crowd.chats[0]).blocked = False  # One of them writes again.
    await changed(
        owner_engine,
        "UPDATE addresses SET ended_at = NULL, reason = NULL WHERE koperasi_id = $1 AND chat = $2",
        crowd.here.id,
        str(crowd.chats[0]),
    )
    await desk.does(announcement.try_again)
    await desk.looks(later=SOON)
    await has(clock_engine, this, sent=4, failed=1)
    assert sorted(crowd.got()) == sorted([crowd.chats[0], *crowd.chats[2:]])
    await desk.looks(later=SOON)
    assert (await desk.now()).state is State.DONE


async def test_a_correction_goes_to_exactly_those_who_got_what_it_corrects(
    gather, desk: Desk, clock_engine, owner_engine, village, speak
):
    crowd = await gather(6)
    blocks(village, crowd.chats[:1])
    wrong = await desk.announces()
    await desk.looks()
    speak()
    await has(clock_engine, wrong, sent=5, failed=1)
    await desk.looks(later=SOON)
    village.chat(crowd.chats[0]).blocked = False
    await changed(owner_engine, "UPDATE addresses SET ended_at = NULL, reason = NULL")
    await changed(  # Who left since got the wrong text too.
        owner_engine,
        "UPDATE members SET left_on = date '2026-11-01' WHERE koperasi_id = $1 AND id = 1002",
        crowd.here.id,
    )
    late = await gather(2, place="64.01.01.2010")
    message = announcement.Message(
        text="Rapat hari Sabtu", sender="Kopdes", composer="D", where="-"
    )
    right = await desk.announces(corrects=await desk.now(), message=message)
    await desk.looks(later=SOON)
    await has(clock_engine, right, sent=5)
    assert sorted(crowd.got("Rapat hari Sabtu")) == sorted(crowd.chats[1:])
    assert late.got("Rapat hari Sabtu") == []
    for chat in crowd.chats[1:]:
        said = [one.content.text for one in village.bot.chats[chat].messages.values()]
        assert said[1].startswith("Ralat dari Kopdes")


async def test_a_correction_waits_until_nobody_is_told_what_is_wrong_any_more(
    gather, desk: Desk, app_engine, clock_engine, village, speak
):
    crowd = await gather(300)  # so many that it is still being said
    wrong = await desk.announces()
    slow = Pace(rate=10, keeps_hours=False)
    await desk.looks(pace=slow)
    speak()

    async def some_said() -> bool:
        return (await states(clock_engine, wrong)).get("sent", 0) >= 5

    await until(some_said)
    await desk.looks(later=SOON, pace=slow)  # counts
    wrong = await desk.now()
    message = announcement.Message(text="Yang benar", sender="Kopdes", composer="D", where="-")
    right = await desk.announces(corrects=wrong, message=message)
    for _ in range(3):
        await desk.looks(pace=slow)
    got = (await states(clock_engine, wrong))["sent"]
    await has(clock_engine, right, sent=got)
    assert sorted(crowd.got("Yang benar")) == sorted(crowd.got())
    assert len(crowd.got()) == got < 300


async def test_two_composers_at_once_do_not_disturb_each_other(
    gather, app_engine, clock_engine, village, hour, speak
):
    crowds = [await gather(10), await gather(10, place="64.01.01.2010")]
    desks = [a_desk(app_engine, clock_engine, village, one.here.id, hour=hour) for one in crowds]
    one, two = await asyncio.gather(
        *(desk.announces(composer="person:1", region="64") for desk in desks)
    )
    assert (one.number, two.number) == (1, 1)
    speak()
    await asyncio.gather(*(desk.looks() for desk in desks))
    await has(clock_engine, one, sent=10)
    await has(clock_engine, two, sent=10)
    for crowd, desk in zip(crowds, desks, strict=True):
        assert crowd.got() == crowd.chats
        await desk.looks(later=SOON)
        await until(partial(has_report, village, desk))


async def test_a_small_announcement_beside_a_large_one_that_lags_has_its_fair_share_at_once(
    gather, app_engine, clock_engine, village, hour
):
    large = await gather(400, started=False)
    small = await gather(10, place="64.01.01.2010", started=False)
    desks = [
        a_desk(app_engine, clock_engine, village, one.here.id, hour=hour) for one in (large, small)
    ]
    pace = Pace(rate=30, keeps_hours=False)
    await desks[0].announces(composer="person:1", people=400)
    await desks[0].looks(pace=pace)
    await desks[1].announces(composer="person:1")
    await desks[1].looks(later=timedelta(minutes=5), pace=pace)  # Nothing was said meanwhile.
    async with database.transaction(clock_engine) as db:
        raw = await database.driver(db)
        rows = await raw.fetch(
            "SELECT koperasi_id FROM outbox WHERE announcement IS NOT NULL"
            " ORDER BY not_before, seq LIMIT 21"
        )
    said = [row["koperasi_id"] for row in rows]
    assert said.count(small.here.id) == 10


async def test_stop_holds_at_the_second_of_sending_and_so_does_leaving(
    gather, desk: Desk, clock_engine, owner_engine, village, speak
):
    crowd = await gather(4)
    this = await desk.announces()
    await desk.looks()
    async with database.transaction(owner_engine, koperasi_id=crowd.here.id) as db:
        await consents.withdraw(
            db, koperasi_id=crowd.here.id, person_id=FIRST, channel="telegram",
            at=datetime.now(UTC), purposes=(Consent.ANNOUNCEMENT,),
        )  # fmt: skip
    await changed(
        owner_engine,
        "UPDATE members SET left_on = date '2026-11-01' WHERE koperasi_id = $1 AND id = 1002",
        crowd.here.id,
    )
    await changed(
        owner_engine,
        "UPDATE addresses SET ended_at = now(), reason = 'replaced'"
        " WHERE koperasi_id = $1 AND person_id = 1003",
        crowd.here.id,
    )
    speak()
    await has(clock_engine, this, sent=1, cancelled=3)
    assert crowd.got() == crowd.chats[3:]
    found = await reasons(clock_engine, this)
    assert found == {"cancelled": {"stop": 1, "left": 1, "address": 1}}


async def test_its_composer_sees_one_message_that_changes_and_a_report_at_the_end(
    gather, desk: Desk, clock_engine, village, speak
):
    await gather(30)
    this = await desk.announces()
    slow = Pace(rate=0.5, keeps_hours=False)
    speak()
    await until(lambda: len(wires(village, desk)) == 1)
    seen = set()
    for tick in range(40):
        await desk.looks(later=SOON if tick else timedelta(), pace=slow)
        seen.add(wires(village, desk)[0].text)
        if (await desk.now()).state is State.DONE:
            break
        await asyncio.sleep(0.2)
    await has(clock_engine, this, sent=30)
    await until(lambda: len(wires(village, desk)) == 2)
    assert len([text for text in seen if "Menunggu: " in text]) >= 3
    first, report = wires(village, desk)
    assert "Terkirim: 30" in first.text
    assert "selesai" in report.text
    assert not first.buttons
    assert report.buttons


async def test_where_nothing_can_be_edited_its_composer_is_told_at_half_and_at_the_end(
    gather, desk: Desk, clock_engine, village, speak
):
    await gather(10)
    desk.channel = "whatsapp"
    this = await desk.announces()
    slow = Pace(rate=0.1, keeps_hours=False)
    speak()
    for tick in range(20):
        await desk.looks(later=SOON if tick else timedelta(), pace=slow)
        if (await desk.now()).state is State.DONE:
            break
        await asyncio.sleep(0.2)
    await has(clock_engine, this, sent=10)
    async with database.transaction(clock_engine) as db:
        raw = await database.driver(db)
        rows = await raw.fetch("SELECT * FROM outbox WHERE channel = 'whatsapp' ORDER BY seq")
    keys = [row["dedupe"].split("/")[2] for row in rows]
    assert keys == [desk.told.split("/")[2], "told", "report"]
    assert [row["edit_message"] for row in rows] == [None] * 3


async def test_nothing_is_due_while_nothing_may_be_said(gather, desk: Desk, clock_engine):
    await gather(5, started=False)
    this = await desk.announces()
    night = datetime.now(UTC).replace(hour=14, minute=30)  # 22.30 in Kaltim
    await desk.looks(later=night - datetime.now(UTC), pace=Pace(rate=1))
    async with database.transaction(clock_engine) as db:
        raw = await database.driver(db)
        rows = await raw.fetch(
            "SELECT not_before FROM outbox WHERE announcement = $1 ORDER BY not_before", this.id
        )
    due = [row["not_before"] for row in rows]
    assert due[0] == next_allowed(Hours(), due[0]) > night
    assert due[4] - due[0] == timedelta(seconds=4)


async def test_two_announcements_to_one_chat_are_both_said(
    gather, desk: Desk, app_engine, clock_engine, village, hour, speak
):
    crowd = await gather(3)
    other = a_desk(app_engine, clock_engine, village, hour=hour)
    first, second = await desk.announces(), await other.announces()
    speak()
    await desk.looks()
    await has(clock_engine, first, sent=3)
    await has(clock_engine, second, sent=3)
    assert len(crowd.got()) == 6
    assert AT_ONCE.rate == 0
