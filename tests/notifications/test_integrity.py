"""Books are recomputed each night; what is not as it was written is told once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from core.accounts import SavingsKind
from core.cooperatives import Cooperative
from core.permissions import Role
from notifications import metrics
from notifications.jobs import integrity
from tests.builders_core import a_cooperative, a_member, an_officer, pays
from tests.conftest import KEYS
from tests.notifications.test_reminders import VILLAGES, at, changed, linked, rows

NIGHT = date(2026, 11, 25)


async def a_village(owner: AsyncEngine, village: str = VILLAGES[0]) -> Cooperative:
    """A cooperative whose book has an entry; ketua, pengawas and bendahara have chats."""
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, village=village)
        for role in (Role.KETUA, Role.PENGAWAS, Role.BENDAHARA):
            officer = await an_officer(db, here, role, name=f"Pak {role.value}")
            await linked(db, here, officer.person_id)
        member = await a_member(db, here)
        await pays(db, officer, member, SavingsKind.SUKARELA, 50_000)
    return here


async def checks(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as db:
        raw = await database.driver(db)
        return list(await raw.fetch("SELECT * FROM integrity_checks ORDER BY koperasi_id"))


def alarms() -> float:
    found: float = metrics.ALARMS.labels("integrity")._value.get()
    return found


async def test_every_book_is_looked_at_once_a_night_by_the_clocks_own_login(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    for village in VILLAGES:
        await a_village(owner_engine, village)
    assert await integrity.look(clock_engine, KEYS, at(NIGHT, 0, 59)) == 0
    assert [one["on_day"] for one in await checks(clock_engine)] == [date(2026, 11, 24)] * 3
    assert await integrity.look(clock_engine, KEYS, at(NIGHT, 1)) == 0
    found = await checks(clock_engine)
    assert [(one["on_day"], one["entries"], one["finding"]) for one in found] == [
        (NIGHT, 1, None)
    ] * 3
    assert all(len(one["head"]) == 64 for one in found)
    assert await rows(clock_engine) == []
    before = [one["at"] for one in found]
    await integrity.look(clock_engine, KEYS, at(NIGHT, 5))
    assert [one["at"] for one in await checks(clock_engine)] == before


async def test_a_changed_entry_is_told_to_ketua_and_pengawas_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here = await a_village(owner_engine)
    whole = await a_village(owner_engine, VILLAGES[1])
    await changed(
        owner_engine, "UPDATE ledger.entries SET source = 'x' WHERE koperasi_id = $1", here.id
    )
    began = alarms()
    assert await integrity.integrity_job(clock_engine, KEYS, at(NIGHT)) == 1
    owed = await rows(clock_engine)
    assert {row["koperasi_id"] for row in owed} == {here.id}
    assert [row["purpose"] for row in owed] == ["notice", "notice"]
    bad, good = await checks(clock_engine)
    assert (bad["koperasi_id"], bad["entry"]) == (here.id, 1)
    assert "entry 1 does not give its hash" in bad["finding"]
    assert (good["koperasi_id"], good["finding"]) == (whole.id, None)
    for day in (1, 2, 3):
        assert await integrity.integrity_job(clock_engine, KEYS, at(NIGHT + timedelta(day))) == 0
    assert len(await rows(clock_engine)) == 2
    assert alarms() == began + 1
    assert (await checks(clock_engine))[0]["found_at"] == bad["found_at"]


async def test_what_was_mended_and_broke_again_is_told_again(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine)
    for night, (source, found) in enumerate([("x", 1), ("telegram", 0), ("x", 1)]):
        await changed(owner_engine, "UPDATE ledger.entries SET source = $1", source)
        now = at(NIGHT + timedelta(days=night))
        assert await integrity.integrity_job(clock_engine, KEYS, now) == found
    assert len(await rows(clock_engine)) == 4


async def test_two_clocks_find_a_finding_once(owner_engine: AsyncEngine, clock_engine: AsyncEngine):
    for village in VILLAGES:
        await a_village(owner_engine, village)
    await changed(owner_engine, "UPDATE ledger.entries SET source = 'x'")
    began = alarms()
    found = await asyncio.gather(
        *(integrity.integrity_job(clock_engine, KEYS, at(NIGHT)) for _ in range(3))
    )
    assert sum(found) == 3
    assert alarms() == began + 3
    assert len(await rows(clock_engine)) == 6


async def test_the_clock_stops_after_some_time_and_goes_on_with_the_next_book(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
):
    for village in VILLAGES:
        await a_village(owner_engine, village)
    monkeypatch.setattr(integrity, "_FOR", -1.0)
    await integrity.look(clock_engine, KEYS, at(NIGHT))
    assert await checks(clock_engine) == []
    monkeypatch.setattr(integrity, "_FOR", 20.0)
    await integrity.look(clock_engine, KEYS, at(NIGHT))
    assert len(await checks(clock_engine)) == 3
