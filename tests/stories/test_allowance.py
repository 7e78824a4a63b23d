"""At a month's end the clock asks the ketua for the allowance; yes books it as of that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core import database, rules
from core.calendar import month_of
from core.loans import allowances
from core.loans.assessment import Due
from core.permissions import Role
from core.rules import FOUNDED
from notifications import nightly
from tests.builders import Village, a_village, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASKED = "Mohon persetujuan No. 1"


async def a_month_ended(house: House) -> tuple[Village, Person, date]:
    """A village with a chair and a loan of a million; the night with which last month's last day begins is done."""
    village = await a_village(house, approval_days="90")
    here = village.cooperative
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=FOUNDED)
    ended = month_of(today()) - timedelta(days=1)
    await village.lent(siti, 1_000_000, on=ended - timedelta(days=20))
    await house.change(
        "UPDATE officers SET since = :since WHERE koperasi_id = :here", since=FOUNDED, here=here.id
    )
    at = datetime.combine(ended, time(0, 30), UTC)
    async with database.transaction(house.owner, koperasi_id=here.id) as db:
        await nightly.night(db, Due(koperasi_id=here.id, zone=here.zone), house.keys, at)
    return village, hendra, ended


async def test_the_ketua_approves_the_allowance_that_the_clock_asks_for(house: House) -> None:
    village, hendra, ended = await a_month_ended(house)
    before = await village.entries()
    asked = await hendra.sees(ASKED)
    assert asked.labels == ["Setujui", "Tolak"]
    assert asked.line("Lancar:") == "Rp1.000.000 x 0,5% = Rp5.000"
    assert asked.line("Ditambah:") == "Rp5.000"
    assert "Dihitung dari tunggakan semua pinjaman" in asked.text
    assert await village.entries() == before
    done = await hendra.presses("Setujui", on=asked)
    assert done.edited
    assert "✅ Tercatat No." in done.lines[0]
    assert done.line("Seharusnya:") == "Rp5.000"
    assert done.line("Disetujui oleh:") == "Hendra Wijaya"
    (entry,) = await house.rows(
        'SELECT kind, "on", recorder FROM ledger.entries WHERE koperasi_id = :here AND number > :n',
        here=village.cooperative.id,
        n=before,
    )
    assert tuple(entry) == ("loan-allowance", ended, "clock")


async def test_the_queue_names_it_in_plain_words(house: House) -> None:
    _, hendra, _ = await a_month_ended(house)
    await hendra.sees(ASKED)
    queue = await hendra.says("persetujuan")
    assert "No. 1: Penyisihan pinjaman" in queue.text
    assert "<b>" not in "".join((queue.text, *queue.labels))


async def test_an_allowance_that_is_right_by_then_books_nothing(house: House) -> None:
    village, hendra, ended = await a_month_ended(house)
    asked = await hendra.sees(ASKED)
    here = village.cooperative
    async with database.transaction(house.owner, koperasi_id=here.id) as db:
        await allowances.book_allowance(
            db, cooperative=here, rules=await rules.in_force(db, here.id, ended), on=ended,
            at=datetime.now(UTC), operation="by-hand", approver="person:1",
        )  # fmt: skip
    before = await village.entries()
    done = await hendra.presses("Setujui", on=asked)
    assert done.lines[0] == "Tidak ada yang dibukukan: penyisihan sudah sesuai."
    assert await village.entries() == before
