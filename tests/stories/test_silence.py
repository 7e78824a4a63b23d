"""Koperasi mana yang belum lapor? By days without an entry, in the official's region alone."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village, an_official
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")
KUKAR = "64.02.01.2001"


async def test_the_longest_silent_come_first_and_who_recorded_this_week_does_not(
    house: House,
) -> None:
    never = await a_village(house, village=KUKAR)
    silent = await a_village(house, village=KUKAR)
    busy = await a_village(house, village=KUKAR)
    for village in (silent, busy):
        rina = await village.officer("Rina Kartika", Role.BENDAHARA)
        await village.members(["Siti Aminah"])
        await rina.says("wajib Siti Aminah 50rb")
        await rina.presses("✅ Simpan")
    dewi = await an_official(house, "Dewi Anggraini", "64.02")
    await house.change(
        "UPDATE ledger.entries SET at = at - make_interval(days => 9) WHERE koperasi_id = :here",
        here=silent.cooperative.id,
    )
    try:
        answer = await dewi.says("koperasi mana yang belum lapor?")
    finally:
        await house.change(
            "UPDATE ledger.entries SET at = at + make_interval(days => 9)"
            " WHERE koperasi_id = :here",
            here=silent.cooperative.id,
        )
    lines = answer.lines
    assert "dari" in lines[0]
    assert "Kutai Kartanegara" in lines[0]
    assert f"{never.cooperative.code} {never.cooperative.name}: belum pernah" in lines
    assert f"{silent.cooperative.code} {silent.cooperative.name}: 9 hari" in lines
    assert busy.cooperative.code not in answer.text
    assert not answer.is_card


async def test_an_official_of_one_kabupaten_sees_no_other(house: House) -> None:
    elsewhere = await a_village(house)
    dewi = await an_official(house, "Dewi Anggraini", "64.02")
    assert elsewhere.cooperative.code not in (await dewi.says("siapa belum lapor?")).text
    refused = await dewi.says("koperasi mana di Samarinda yang belum lapor?")
    assert elsewhere.cooperative.code not in refused.text
    forged = await dewi.says("koperasi mana yang belum lapor?")
    pressed = await dewi.forges("ns:64:0", forged)
    assert elsewhere.cooperative.code not in pressed.text


async def test_nobody_but_officials_is_told(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    assert "belum mengerti" in (await siti.says("koperasi mana yang belum lapor?")).text
