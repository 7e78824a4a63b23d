"""A member's wish waits in the officers' queue until one of them looked after it; nothing is booked by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import database, wishes
from core.permissions import Role
from tests.builders import a_village
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_wish_stands_in_the_queue_until_an_officer_looked_after_it(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", sukarela=500_000)
    before = await village.entries()
    await siti.says("mau tarik 200rb")
    await siti.presses("Teruskan ke pengurus")
    told = await rina.sees("mau tarik 200rb")
    assert told.labels == ["Catat transaksi", "Sudah diurus"]
    listed = await hendra.says("/persetujuan")
    assert 'Siti Aminah (A-001): "mau tarik 200rb"' in listed.text
    shown = await hendra.presses("Permintaan Siti Aminah")
    assert shown.labels == ["Catat transaksi", "Sudah diurus"]
    assert (await hendra.presses("Sudah diurus")).text.startswith("Sudah diurus:")
    assert "sudah diurus" in (await rina.presses("Sudah diurus", on=told)).text
    assert "mau tarik" not in (await rina.says("/persetujuan")).text
    assert await village.entries() == before


async def test_a_wish_of_another_cooperative_is_neither_seen_nor_taken_out(house: House) -> None:
    first, second = await a_village(house), await a_village(house)
    await first.officer("Rina Kartika", Role.BENDAHARA)
    other = await second.officer("Hendra Wijaya", Role.BENDAHARA)
    siti = await first.member("Siti Aminah")
    await siti.says("mau tarik 200rb")
    await siti.presses("Teruskan ke pengurus")
    wish = await house.value(
        "SELECT max(id) FROM wishes WHERE koperasi_id = :here", here=first.cooperative.id
    )
    menu = await other.says("/persetujuan")
    assert "mau tarik" not in menu.text
    for here in (first.cooperative.id, second.cooperative.id):
        for what in ("show", "done"):
            answer = await other.forges(f"pw:{here}:{wish}:{what}", menu)
            assert "mau tarik" not in answer.text
    open_ = "SELECT count(*) FROM wishes WHERE id = :wish AND done_at IS NULL"
    assert await house.value(open_, wish=wish) == 1


async def test_who_records_nothing_sees_no_wishes(house: House) -> None:
    village = await a_village(house)
    ahmad = await village.officer("Ahmad Yani", Role.PENGAWAS)
    siti = await village.member("Siti Aminah")
    await siti.says("batalkan setoran saya kemarin")
    await siti.presses("Teruskan ke pengurus")
    wish = await house.value(
        "SELECT max(id) FROM wishes WHERE koperasi_id = :here", here=village.cooperative.id
    )
    menu = await ahmad.says("/persetujuan")
    assert "setoran saya" not in menu.text
    refused = await ahmad.forges(f"pw:{village.cooperative.id}:{wish}:show", menu)
    assert "setoran saya" not in refused.text


async def test_a_wish_is_erased_after_90_days(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    await siti.says("mau tarik 200rb")
    await siti.presses("Teruskan ke pengurus")
    soon = datetime.now(UTC) + wishes.KEPT
    async with database.transaction(house.owner) as db:
        await wishes.forget(db, soon - timedelta(minutes=5))
    count = "SELECT count(*) FROM wishes WHERE koperasi_id = :here"
    assert await house.value(count, here=village.cooperative.id) == 1
    async with database.transaction(house.owner) as db:
        await wishes.forget(db, soon + timedelta(minutes=5))
    assert await house.value(count, here=village.cooperative.id) == 0
