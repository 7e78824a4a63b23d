"""Days whose cash nobody counted: named in the morning, and to its keepers in the evening, once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from core import database, ledger, seals
from core.cooperatives import Cooperative
from core.ledger import Posting
from core.people import Standing
from core.permissions import Role
from notifications.jobs import cash_seals, digest
from notifications.messages import Content
from tests.builders_core import a_cooperative, an_officer
from tests.conftest import KEYS
from tests.notifications.test_reminders import at, linked, owed, rows
from tests.notifications.test_reminding import made, said

FRIDAY = date(2026, 7, 24)


async def a_village(owner: AsyncEngine, *days: date) -> tuple[Cooperative, Standing, Standing]:
    """A treasurer who counts, a secretary who does not; cash came in on these days."""
    async with database.transaction(owner) as db:
        here = await a_cooperative(db)
        rina = await an_officer(db, here)
        udin = await an_officer(db, here, Role.SEKRETARIS, name="Haji Udin")
        for one in (rina, udin):
            await linked(db, here, one.person_id)
        for day in days:
            await ledger.post(
                db, [Posting(debit="111000", credit="412100", amount=50_000)], koperasi_id=here.id,
                kind="sale", on=day, at=at(day), zone=here.zone, recorder=rina.recorder,
                source="test", operation=f"sale-{day}",
            )  # fmt: skip
    return here, rina, udin


async def sealed(owner: AsyncEngine, here: Cooperative, rina: Standing, udin: Standing) -> None:
    async with database.transaction(owner, koperasi_id=here.id) as db:
        found = await seals.count(
            db, officer=rina, on=FRIDAY, counted={"111000": 50_000}, today=FRIDAY
        )
        await seals.seal(
            db, officer=rina, approver=udin.person_id, found=found, at=at(FRIDAY, 17),
            operation="seal", source="test",
        )  # fmt: skip


async def test_who_keeps_the_cash_is_reminded_in_the_evening_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, rina, _ = await a_village(owner_engine, FRIDAY - timedelta(days=1), FRIDAY)
    for hour in (16, 21):
        assert await cash_seals.look(clock_engine, KEYS, at(FRIDAY, hour)) == 0
    found = await asyncio.gather(
        *(cash_seals.look(clock_engine, KEYS, at(FRIDAY, 17)) for _ in range(3))
    )
    assert sum(found) == 1
    assert await cash_seals.cash_seal_job(clock_engine, KEYS, at(FRIDAY, 20)) == 0
    name = f"cash-seal/{FRIDAY}/{rina.person_id}"
    assert await owed(clock_engine) == [name]
    assert (await rows(clock_engine))[0]["expires_at"] == at(FRIDAY + timedelta(days=1), 0)
    first, *days = (await said(clock_engine, name, at(FRIDAY, 17))).split("\n")
    assert first.startswith(f"Kas {here.name} 24 Juli 2026 belum dihitung")
    assert days == ["– 23 Juli 2026"]
    content = await made(clock_engine, name, at(FRIDAY, 17))
    assert isinstance(content, Content)
    assert content.buttons[0][0].data == f"ks:{here.id}:count:{FRIDAY.toordinal()}"


async def test_a_day_without_cash_or_with_a_seal_is_nothing_to_say(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, rina, udin = await a_village(owner_engine, FRIDAY)
    assert await cash_seals.cash_seal_job(clock_engine, KEYS, at(FRIDAY - timedelta(days=1))) == 0
    assert await cash_seals.cash_seal_job(clock_engine, KEYS, at(FRIDAY, 17)) == 1
    await sealed(owner_engine, here, rina, udin)
    name = f"cash-seal/{FRIDAY}/{rina.person_id}"
    assert await made(clock_engine, name, at(FRIDAY, 18)) == "sealed"


async def test_the_morning_names_the_days_since_the_last_one(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, rina, udin = await a_village(owner_engine, FRIDAY - timedelta(days=1), FRIDAY)
    monday = FRIDAY + timedelta(days=3)
    assert await digest.look(clock_engine, KEYS, at(monday, 8)) == 2
    for who, labels in ((rina, ["button-count-cash-before"]), (udin, [])):
        name = f"digest/{monday}/{who.person_id}"
        content = await made(clock_engine, name, at(monday, 8))
        assert isinstance(content, Content)
        assert [one.label.key for row in content.buttons for one in row] == labels
        text = await said(clock_engine, name, at(monday, 8))
        assert text.split("\n")[1:] == ["Kas 24 Juli 2026 belum ditutup"]
    await sealed(owner_engine, here, rina, udin)
    assert await made(clock_engine, f"digest/{monday}/{rina.person_id}", at(monday, 8)) == "nothing"
