"""Allowed hours at the send: what waits for the morning, in which order, and who is not asked."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database, rules
from core.cooperatives import Cooperative
from core.hours import Hours
from notifications import quiet, upkeep
from notifications.messages import Message, Purpose
from notifications.outbox import Claimed
from notifications.quiet import Quiet
from tests.builders_core import a_cooperative
from tests.notifications.conftest import owed, put, row, until
from tests.notifications.test_delivery import done

TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)
NIGHT = TUESDAY + timedelta(hours=13, minutes=30)  # 21:30 in Kaltim, 20:30 in Java
MORNING = TUESDAY + timedelta(hours=23)  # Wednesday 07:00 in Kaltim
NOON = TUESDAY + timedelta(hours=4)  # 12:00: Zuhur until 12:53
VILLAGES = ("64.72.05.1003", "64.01.01.2010", "64.01.01.2011")


class Clock:
    """A clock that is set and goes on from there."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def set(self, at: datetime) -> None:
        self.at, self.since = at, time.monotonic()

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.since)


async def a_village(owner: AsyncEngine, place: int = 0, zone: str | None = None, **own: str) -> int:
    async with database.transaction(owner) as db:
        here: Cooperative = await a_cooperative(db, village=VILLAGES[place])
        raw = await database.driver(db)
        if zone is not None:
            await raw.execute("UPDATE cooperatives SET zone = $2 WHERE koperasi_id = $1", here.id, zone)  # fmt: skip
        for name, value in own.items():
            await rules.set_rule(
                db, koperasi_id=here.id, name=name, value=value, since=date(2026, 1, 1),
                at=TUESDAY, by="test",
            )  # fmt: skip
    return here.id


def push(koperasi_id: int, chat: int, text: str, **more: Any) -> Message:
    given = {"purpose": Purpose.ANNOUNCEMENT, "made_at": TUESDAY, "koperasi_id": koperasi_id}
    return owed(chat, text, **(given | more))


async def waits_until(engine: AsyncEngine, message: Message) -> datetime:
    """Wait until a row is postponed; return until when."""
    found: list[Any] = []

    async def moved() -> bool:
        found[:] = [await row(engine, message.id)]
        return bool(
            found[0]["not_before"] > NIGHT + timedelta(hours=1) and found[0]["state"] == "waiting"
        )

    await until(moved)
    at: datetime = found[0]["not_before"]
    return at


async def test_at_night_replies_go_and_everything_else_waits_for_the_morning_in_its_order(
    owner_engine, app_engine, clock_engine, village, speak
):
    here = await a_village(owner_engine)
    due = [TUESDAY + timedelta(minutes=30 - n % 3) for n in range(24)]
    chats = [village.chat(2000 + n).id for n in range(24)]
    pushes = [push(here, chats[n], f"{n}", not_before=at) for n, at in enumerate(due)]
    kinds = [push(here, 1009, p.value, purpose=p) for p in Purpose if p is not Purpose.ANNOUNCEMENT]
    await put(app_engine, *pushes, *kinds)
    clock = Clock(NIGHT)
    speak(keeps_hours=True, now=clock, per_second=0)
    reply = kinds[0]
    await done(clock_engine, reply)
    for message in (*pushes, *kinds[1:]):
        at = await waits_until(clock_engine, message)
        assert MORNING <= at < MORNING + timedelta(milliseconds=1)
    assert [r.chat_id for r in village.requests] == [1009]
    async with clock_engine.connect() as db:
        raw = await database.driver(db)
        moved = await raw.fetch(
            "SELECT id FROM outbox WHERE purpose = 'announcement' ORDER BY not_before, seq"
        )
    ordered = sorted(range(24), key=lambda n: (due[n], n))
    assert [r["id"] for r in moved] == [pushes[n].id for n in ordered]
    clock.set(MORNING + timedelta(milliseconds=5))
    await done(clock_engine, *pushes, *kinds)
    assert [village.texts(chat) for chat in chats] == [[f"{n}"] for n in range(24)]
    assert sorted(village.texts(1009)) == sorted(p.value for p in Purpose)[1:]


async def test_each_cooperative_keeps_the_hours_of_its_zone_and_its_rules(
    owner_engine, app_engine, clock_engine, village, speak
):
    early = await a_village(owner_engine, 0, "Asia/Jakarta")  # 20:30 there
    open_late = await a_village(owner_engine, 1, quiet_from="23")
    shut = await a_village(owner_engine, 2)
    said = [push(early, 1001, "WIB"), push(open_late, 1002, "larut")]
    strangers = push(0, 1003, "umum", person_id=None)
    await put(app_engine, *said, closed := push(shut, 1004, "tutup"), strangers)
    speak(keeps_hours=True, now=Clock(NIGHT))
    await done(clock_engine, *said)
    assert await waits_until(clock_engine, closed) >= MORNING
    assert await waits_until(clock_engine, strangers) >= MORNING
    assert [village.texts(chat) for chat in (1001, 1002, 1003, 1004)] == [["WIB"], ["larut"], [], []]  # fmt: skip


async def test_a_prayer_is_waited_for_and_without_hours_nothing_waits(
    owner_engine, app_engine, clock_engine, village, speak
):
    here = await a_village(owner_engine)
    clock = Clock(NOON)
    message = push(here, 1001, "siang", purpose=Purpose.RECEIPT)
    await put(app_engine, message)
    first = speak(keeps_hours=True, now=clock)

    async def moved() -> bool:
        return bool(
            (await row(clock_engine, message.id))["not_before"] > NOON + timedelta(minutes=1)
        )

    await until(moved)
    assert (await row(clock_engine, message.id))["not_before"] == TUESDAY + timedelta(
        hours=4, minutes=53, microseconds=1
    )
    first.stop.set()
    await first.task
    await put(app_engine, other := push(here, 1002, "siang"))
    speak(now=clock)
    await done(clock_engine, other)
    assert village.texts(1002) == ["siang"]


async def test_what_comes_later_in_the_night_stands_behind_what_waits_already(
    owner_engine, app_engine, clock_engine, village, speak
):
    here = await a_village(owner_engine)
    first = [push(here, 1001 + n, "dulu", not_before=NIGHT) for n in range(5)]
    await put(app_engine, *first)
    speak(keeps_hours=True, now=Clock(NIGHT))
    latest = max([await waits_until(clock_engine, message) for message in first])
    await put(app_engine, after := push(here, 1007, "nanti", not_before=TUESDAY))
    assert await waits_until(clock_engine, after) > latest


async def test_a_row_that_is_being_tried_again_blocks_nobody_until_the_morning_nor_is_an_expired_one_said(
    owner_engine, app_engine, clock_engine, village, speak
):
    here = await a_village(owner_engine)
    tried, behind = push(here, 1001, "lagi"), push(0, 1001, "sesudah")
    late = push(here, 1002, "basi", expires_at=MORNING - timedelta(minutes=1))
    await put(app_engine, tried, behind, late)
    async with database.transaction(owner_engine) as db:
        raw = await database.driver(db)
        await raw.execute("UPDATE outbox SET attempts = 3, resent = true WHERE id = $1", tried.id)
    clock = Clock(NIGHT)
    speak(keeps_hours=True, now=clock)
    for message in (tried, behind, late):
        await waits_until(clock_engine, message)
    stored = await row(clock_engine, tried.id)
    assert (stored["attempts"], stored["resent"]) == (0, True)
    clock.set(MORNING + timedelta(seconds=1))
    await done(clock_engine, tried, behind)
    assert village.texts(1002) == []
    async with database.transaction(clock_engine) as db:
        assert await upkeep.expire(db, clock()) == 1


def a_claim(koperasi_id: int) -> Claimed:
    return Claimed(
        koperasi_id=koperasi_id, id=uuid4(), fence=1, channel="telegram", chat="1", person_id=1, attempts=1,
        purpose=Purpose.REMINDER, priority=2, facts=b"", edit=None, resent=False, not_before=TUESDAY,
    )  # fmt: skip


async def test_hours_are_read_anew_after_a_minute(owner_engine, clock_engine):
    here = await a_village(owner_engine)
    known = Quiet(engine=clock_engine)
    known.known[here] = time.monotonic() - 50, Hours(quiet_from=24)
    assert await quiet.closed_until(known, here, NIGHT) is None
    known.known[here] = time.monotonic() - 61, Hours(quiet_from=24)
    assert await quiet.closed_until(known, here, NIGHT) == MORNING


async def test_while_the_database_is_away_the_hours_known_last_hold():
    nowhere = database.make_engine("postgresql://nobody@127.0.0.1:9/none", size=1)
    known = Quiet(engine=nowhere)
    with pytest.raises(OSError, match="9"):
        await quiet.closed_until(known, 7, NIGHT)
    known.known[7] = time.monotonic() - 3600, Hours(quiet_from=24)
    assert await quiet.closed_until(known, 7, NIGHT) is None
    await nowhere.dispose()


async def test_rows_in_flight_stand_before_what_waits_in_the_order_they_were_claimed(
    owner_engine, app_engine, clock_engine
):
    here = await a_village(owner_engine)
    await put(app_engine, waiting := push(here, 1001, "menunggu", not_before=TUESDAY))
    known, claims = Quiet(engine=clock_engine), [a_claim(here) for _ in range(3)]
    reply, stranger = a_claim(0), replace(a_claim(here), purpose=Purpose.REPLY)
    beside = [claims[0], reply, claims[1], stranger, claims[2]]
    places = [await quiet.place(known, one, beside, MORNING) for one in reversed(claims)]
    assert places == [MORNING + timedelta(microseconds=n) for n in (3, 2, 1)]
    assert (await row(clock_engine, waiting.id))["not_before"] == MORNING + timedelta(microseconds=4)  # fmt: skip
    assert known.places == {}
