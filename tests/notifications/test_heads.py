"""The head of every book goes to pengawas and officials, once a day; a line of it proves a later change."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from core import heads as core_heads
from core.accounts import SavingsKind
from core.verify import verify
from notifications import messages, words
from notifications.jobs import heads
from notifications.messages import Content
from tests.builders_core import a_cooperative, a_member, an_officer, pays
from tests.conftest import KEYS
from tests.notifications.test_integrity import a_village
from tests.notifications.test_reminders import VILLAGES, at, rows
from tests.notifications.test_reminding import made, said
from tests.notifications.test_statements import an_official

DAY = date(2026, 11, 25)


async def test_pengawas_keeps_the_head_of_the_own_book_and_an_official_those_of_the_region(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here = await a_village(owner_engine)  # Samarinda, 64.72
    there = await a_village(owner_engine, VILLAGES[1])  # Paser, 64.01
    async with database.transaction(owner_engine) as db:
        await a_cooperative(db, village=VILLAGES[2])  # nothing is written there
    await an_official(owner_engine, "64", "70001")
    city = await an_official(owner_engine, "64.72", "70002")
    assert await heads.look(clock_engine, KEYS, at(DAY, 16, 59)) == 0
    found = await asyncio.gather(*(heads.look(clock_engine, KEYS, at(DAY, 17)) for _ in range(2)))
    assert sum(found) == 4
    assert await heads.heads_job(clock_engine, KEYS, at(DAY, 20)) == 0
    kept = [row for row in await rows(clock_engine) if row["dedupe"].startswith("head/1/")]
    assert [row["koperasi_id"] for row in kept] == [here.id, there.id]
    async with owner_engine.connect() as db:
        heads_now = [(await verify(db, one.id)).head for one in (here, there)]
    first = words.make(messages.unseal(kept[0]["facts"], KEYS), resent=False).text
    assert f"{here.code}:1:{heads_now[0]}" in first.split("\n")
    assert await said(clock_engine, f"heads/{DAY}/official/{city}", at(DAY, 18)) == (
        "Sidik buku 25 November 2026: 1 koperasi, satu baris satu koperasi.\n"
        "Simpan berkas ini di luar sistem. Perubahan catatan lama oleh siapa pun akan tampak dari sidik ini."
    )
    province = await made(clock_engine, f"heads/{DAY}/official/1", at(DAY, 18))
    assert isinstance(province, Content)
    file = words.make(province, resent=False).file
    assert file is not None
    lines = file.data.decode().splitlines()
    assert lines == [
        f"{one.code}:1:{head}"
        for one, head in sorted(zip((here, there), heads_now, strict=True), key=lambda x: x[0].code)
    ]
    first_line = core_heads.read(lines[0])
    assert first_line is not None
    assert first_line.entries == 1


async def test_a_head_that_did_not_change_is_not_told_again(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here = await a_village(owner_engine)
    assert await heads.heads_job(clock_engine, KEYS, at(DAY)) == 1
    assert await heads.heads_job(clock_engine, KEYS, at(DAY + timedelta(days=1))) == 0
    async with database.transaction(owner_engine, koperasi_id=here.id) as db:
        rina = await an_officer(db, here)
        member = await a_member(db, here, "Wati")
        await pays(db, rina, member, SavingsKind.SUKARELA, 10_000)
    assert await heads.heads_job(clock_engine, KEYS, at(DAY + timedelta(days=1), 20)) == 0
    assert await heads.heads_job(clock_engine, KEYS, at(DAY + timedelta(days=2))) == 1
