"""Officials hear once of what needs them in the own region, the province of all of it, one message a morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from core.accounts import SavingsKind
from notifications import messages
from notifications.jobs import alerts, monitoring
from notifications.messages import Content
from tests.builders_core import a_cooperative, a_member, an_officer, pays
from tests.conftest import KEYS, Database
from tests.notifications.test_reminders import at, changed, rows
from tests.notifications.test_statements import an_official

MONDAY = date(2026, 11, 23)
HERE, THERE = "64.72.05.1003", "64.01.01.2009"


async def told(clock: AsyncEngine) -> dict[str, list[tuple[str, object]]]:
    """Read what each chat is owed: (text, which cooperative or beyond what)."""
    found: dict[str, list[tuple[str, object]]] = {}
    for row in await rows(clock):
        content = messages.unseal(row["facts"], KEYS)
        assert isinstance(content, Content)
        found.setdefault(row["chat"], []).extend(
            (line.key, line.facts.get("code") or line.facts.get("limit")) for line in content.lines
        )
    return found


async def a_silent_book(owner: AsyncEngine, village: str, since: datetime, **rules: int) -> str:
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, village=village, **rules)
        rina = await an_officer(db, here)
        member = await a_member(db, here)
        await pays(db, rina, member, SavingsKind.SUKARELA, 10_000, at=since, on=since.date())
    return here.code


async def test_each_event_is_told_once_to_the_officials_of_its_region(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    now = at(MONDAY, 8)
    here = await a_silent_book(owner_engine, HERE, now - timedelta(days=9))
    there = await a_silent_book(owner_engine, THERE, now - timedelta(days=7))
    await a_silent_book(owner_engine, THERE, now - timedelta(days=6))
    for number, region in enumerate(("64", "64.72", "64.01", "64.09"), start=1):
        await an_official(owner_engine, region, f"7000{number}")
    await monitoring.monitoring_job(clock_engine, KEYS, now)
    assert await alerts.look(clock_engine, KEYS, at(MONDAY, 7)) == 0  # not yet morning
    assert await alerts.look(clock_engine, KEYS, now - timedelta(days=1)) == 0  # Sunday
    assert await alerts.look(clock_engine, KEYS, now) == 3
    head, limit = ("alerts-head", None), ("alerts-silence", 7)
    assert await told(clock_engine) == {
        "70001": [head, limit, *(("alerts-row", code) for code in sorted((here, there)))],
        "70002": [head, limit, ("alerts-row", here)],
        "70003": [head, limit, ("alerts-row", there)],
    }
    assert await alerts.look(clock_engine, KEYS, now + timedelta(minutes=10)) == 0
    await changed(
        owner_engine,
        "UPDATE monitoring m SET sound = false, oldest_dispute = '2026-11-01', members = 5"
        " FROM cooperatives c WHERE c.koperasi_id = m.koperasi_id AND c.code = $1",
        here,
    )
    await changed(owner_engine, "DELETE FROM outbox")
    assert await alerts.alerts_job(clock_engine, KEYS, now + timedelta(hours=8)) == 2
    told_now = await told(clock_engine)
    assert told_now["70001"] == told_now["70002"] == [
        head, ("alerts-integrity", 0), ("alerts-row", here), ("alerts-dispute", 7), ("alerts-row", here),
    ]  # fmt: skip
    assert set(told_now) == {"70001", "70002"}


async def test_the_days_and_the_floor_of_an_alert_are_the_cooperatives_own(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    now = at(MONDAY, 8)
    strict = await a_silent_book(owner_engine, HERE, now - timedelta(days=9), silence_days=9)
    await a_silent_book(owner_engine, HERE, now - timedelta(days=9), silence_days=10)
    usual = await a_silent_book(owner_engine, HERE, now - timedelta(days=9))
    await an_official(owner_engine, "64.72", "70001")
    await monitoring.monitoring_job(clock_engine, KEYS, now)
    await changed(
        owner_engine, "UPDATE monitoring SET sukarela = 100, sukarela_members = 5, liquid = 20"
    )
    await changed(
        owner_engine,
        "UPDATE monitoring m SET liquidity_floor = 21 FROM cooperatives c"
        " WHERE c.koperasi_id = m.koperasi_id AND c.code = $1",
        usual,
    )
    assert await alerts.alerts_job(clock_engine, KEYS, now) == 1
    assert await told(clock_engine) == {
        "70001": [
            ("alerts-head", None), ("alerts-floor", 21), ("alerts-row", usual), ("alerts-silence", 7),
            ("alerts-row", usual), ("alerts-silence", 9), ("alerts-row", strict),
        ],
    }  # fmt: skip


async def test_an_office_ends_with_the_day_in_kaltim_in_the_chat_and_for_what_is_told(
    own_database: Database, owner_engine: AsyncEngine
):
    user = await an_official(owner_engine, "64", "70001", until=MONDAY)
    opened = "SELECT province ->> 'region' FROM chat.open('telegram', $2, '70001', $3, $1, NULL)"
    app = await asyncpg.connect(own_database.urls.app)
    owner = await asyncpg.connect(own_database.urls.owner)
    try:
        account = await owner.fetchval(
            "SELECT account FROM chat.chats WHERE province_user = $1", user
        )
        before = at(MONDAY, 0) - timedelta(minutes=1)
        assert await app.fetchval(opened, before, account, "1") == "64"
        assert (
            await app.fetchval(opened, at(MONDAY, 0), account, "2") is None
        )  # in UTC still Sunday
        today = await owner.fetchval("SELECT (now() AT TIME ZONE 'Asia/Makassar')::date")
        reached = "SELECT count(*) FROM chat.officials_reached"
        for until, expected in ((today, 0), (today + timedelta(days=1), 1)):
            await owner.execute("UPDATE province_users SET until = $1", until)
            assert await owner.fetchval(reached) == expected
            assert await owner.fetchval("SELECT count(*) FROM chat.officials('64')") == expected
    finally:
        await app.close()
        await owner.close()
