"""Announcements where people must write first: they hold up nobody, and who read is told."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.simulator.world import Content as Wire
from core import database
from core.announcements import announcement
from core.announcements.announcement import State
from notifications import holding
from notifications.holding import Which
from tests.notifications import test_announcing as announcing
from tests.notifications.conftest import until
from tests.notifications.crowd import Desk
from tests.notifications.test_announcing import changed, desk, gather, has, hour, speak, wires

__all__ = ["desk", "gather", "hour", "speak"]

ON_WHATSAPP = (
    "UPDATE outbox SET channel = 'whatsapp', account = '106', state = 'held', reason = 'window'"
    " WHERE seq IN (SELECT seq FROM outbox WHERE announcement IS NOT NULL AND state = 'waiting'"
    " ORDER BY seq LIMIT $1)"
)


def last(village, desk: Desk) -> Wire:
    return wires(village, desk)[-1]


async def test_those_who_must_write_first_hold_up_no_pilot_and_no_end(
    gather, desk: Desk, clock_engine, owner_engine, village, speak
):
    await gather(40)
    this = await desk.announces(people=2000)
    await desk.does(announcement.approve, by="official:2", at=datetime.now(UTC))
    await desk.looks()
    await changed(owner_engine, ON_WHATSAPP, 10)
    speak()
    await has(clock_engine, this, sent=10, window=10)
    await desk.looks(later=announcing.PILOT)
    await has(clock_engine, this, sent=30, window=10)
    await desk.looks(later=announcing.SOON)
    assert (await desk.now()).state is State.DONE
    await until(lambda: len(wires(village, desk)) == 2)
    assert "Menunggu orangnya menulis di WhatsApp: 10" in last(village, desk).text
    await has(clock_engine, this, sent=30, window=10)  # Nobody let them go.
    async with database.transaction(owner_engine) as db:
        assert (await holding.release(db, Which(), now=datetime.now(UTC))).rows == 0
        assert await holding.drop(db, Which(), now=datetime.now(UTC)) == 0


async def test_stopping_cancels_what_waits_for_people_to_write(
    gather, desk: Desk, clock_engine, owner_engine, village
):
    await gather(8)
    this = await desk.announces()
    await desk.looks()
    await changed(owner_engine, ON_WHATSAPP, 3)
    await desk.does(announcement.stop)
    await desk.looks()
    await has(clock_engine, this, cancelled=8)


async def test_the_report_says_how_many_read_it_where_the_channel_tells(
    gather, desk: Desk, clock_engine, owner_engine, village, speak
):
    await gather(20)
    this = await desk.announces()
    await desk.looks()
    await changed(
        owner_engine,
        "UPDATE outbox SET channel = 'whatsapp', account = '106', state = 'sent', message_id = seq,"
        " done_at = now(), delivered_at = now(), read_at = CASE WHEN seq % 2 = 0 THEN now() END"
        " WHERE seq IN (SELECT seq FROM outbox WHERE announcement IS NOT NULL ORDER BY seq LIMIT 12)",
    )
    speak()
    await has(clock_engine, this, sent=20)
    await desk.looks(later=announcing.SOON)
    await until(lambda: len(wires(village, desk)) == 2)
    assert "Di WhatsApp terkirim 12, sampai 12, dibaca 6." in last(village, desk).text
