"""An audience larger than what was said is the worst outcome: what is not understood is asked, nobody else is told."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village, an_official
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASER, BERAU, KUTIM = "64.01", "64.03", "64.08"


async def heard(person: Person, words: str) -> bool:
    return any(words in one.text for one in await person.messages())


async def test_a_cooperative_named_by_its_code_is_meant_alone_and_an_unknown_code_is_asked_about(
    house: House,
) -> None:
    here = await a_village(house, village="64.03.13.2006")
    other = await a_village(house, village="64.03.13.2007")
    hendra = await here.officer("Hendra Wijaya", Role.KETUA)
    lukas = await other.officer("Lukas Ngau", Role.KETUA)
    dewi = await an_official(house, "Dewi Anggraini", BERAU)
    for whom in ("", "anggota "):
        asked = await dewi.says(f"umumkan ke {whom}koperasi 64-9999: rahasia")
        assert asked.is_question
        assert "64-9999" in asked.text
        assert "tidak ada di wilayah Anda" in asked.text
    card = await dewi.says(here.cooperative.code)
    assert card.line("Untuk:") == f"semua anggota ({here.cooperative.name})"
    await dewi.presses("❌ Batal")
    card = await dewi.says(f"umumkan ke koperasi {here.cooperative.code}: bawa buku kas")
    assert card.line("Untuk:") == f"semua pengurus ({here.cooperative.name})"
    await dewi.presses("✅ Simpan")
    await hendra.sees("bawa buku kas")
    await dewi.sees("selesai")
    assert not await heard(lukas, "bawa buku kas")
    both = await dewi.says(
        f"umumkan ke {here.cooperative.code} dan {other.cooperative.code}: audit"
    )
    assert both.line("Penerima:").startswith("2 orang")
    assert both.line("Untuk:").endswith(f"({here.cooperative.name} dan {other.cooperative.name})")
    asked = await dewi.says(f"umumkan ke {here.cooperative.code} dan 64-9999: audit")
    assert not asked.is_card


async def test_an_officer_names_the_own_cooperative_by_its_code_or_name_and_no_other(
    house: House,
) -> None:
    village = await a_village(house, "Koperasi Sawit Makmur")
    other = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    for name in (village.cooperative.code, "koperasi Sawit Makmur"):
        card = await rina.says(f"umumkan ke anggota {name}: rapat")
        assert card.line("Untuk:") == "semua anggota (Koperasi Sawit Makmur)"
    refused = await rina.says(f"umumkan ke anggota {other.cooperative.code}: rapat")
    assert "koperasi Anda sendiri" in refused.text


async def test_an_exception_is_asked_about_and_never_becomes_its_opposite(house: House) -> None:
    village = await a_village(house, village="64.01.10.2008")
    siti = await village.member("Siti Aminah")
    dewi = await an_official(house, "Dewi Anggraini")
    asked = await dewi.says("umumkan ke seluruh anggota kecuali Paser: hanya untuk yang lain")
    assert asked.is_question
    assert "“kecuali paser”" in asked.text
    again = await dewi.says("semua anggota selain Paser")
    assert "“selain paser”" in again.text
    card = await dewi.says("anggota di Berau")
    assert card.line("Untuk:") == "semua anggota (Kabupaten Berau)"
    idle = await dewi.says("umumkan ke koperasi yang tidak aktif: lapor")
    assert idle.is_question
    assert not await heard(siti, "hanya untuk yang lain")


async def test_two_places_are_both_meant_and_no_third(house: House) -> None:
    paser = await a_village(house, village="64.01.10.2009")
    kutim = await a_village(house, village="64.08.18.2007")
    berau = await a_village(house, village="64.03.13.2008")
    told = [await paser.officer("Agus Salim", Role.PENDAMPING)]
    told.append(await kutim.officer("Maya Sari", Role.PENDAMPING))
    lukas = await berau.officer("Lukas Ngau", Role.PENDAMPING)
    dewi = await an_official(house, "Dewi Anggraini")
    card = await dewi.says("umumkan ke pendamping di Paser dan Kutai Timur: jadwal kunjungan")
    assert card.line("Untuk:") == "pendamping (Kabupaten Paser dan Kabupaten Kutai Timur)"
    await dewi.presses("✅ Simpan")
    for one in told:
        await one.sees("jadwal kunjungan")
    await dewi.sees("selesai")
    assert not await heard(lukas, "jadwal kunjungan")
    far = await an_official(house, "Dedi Irawan", BERAU)
    refused = await far.says("umumkan ke pendamping di Berau dan Paser: kunjungan")
    assert "di luar wilayah Anda" in refused.text


async def test_members_who_are_not_active_are_those_for_whom_nothing_was_recorded(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti, budi = [await village.member(name) for name in ("Siti Aminah", "Budi Santoso")]
    await rina.says("sukarela Siti 50rb")
    await rina.presses("✅ Simpan")
    card = await rina.says("umumkan ke anggota yang tidak aktif: mari menabung lagi")
    assert card.line("Untuk:").startswith("anggota yang tidak bertransaksi dalam 3 bulan terakhir")
    assert card.line("Penerima:").startswith("1 orang")
    await rina.presses("✅ Simpan")
    await budi.sees("mari menabung lagi")
    await rina.sees("selesai")
    assert not await heard(siti, "mari menabung lagi")


async def test_a_word_to_one_person_is_asked_about_and_does_not_go_to_everybody(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    for name in ("Siti Aminah", "Budi Santoso"):
        await village.member(name)
    before = await house.value("SELECT count(*) FROM announcements")
    for sentence in (
        "umumkan ke Siti: jangan lupa datang",
        "umumkan ke Budi Santoso dan Siti: halo",
        "umumkan ke Siti jangan lupa datang",
    ):
        asked = await rina.says(sentence)
        assert asked.is_question
        assert "Siti".lower() in asked.text
        assert "Untuk siapa?" in asked.text
    card = await rina.says("semua anggota")
    assert card.is_card
    assert card.line("Untuk:").startswith("semua anggota")
    again = await rina.says("umumkan ke ketua")
    assert again.is_question
    card = await rina.says("rapat kita hari Senin")
    assert card.line("Untuk:").startswith("ketua")
    assert await house.value("SELECT count(*) FROM announcements") == before


async def test_a_time_said_for_sending_is_on_the_card_as_one_that_does_not_hold(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    card = await rina.says("umumkan ke anggota tanggal 1 Desember jam 8: rapat")
    assert card.line("Untuk:").startswith("semua anggota")
    assert "“tanggal 1 desember jam 8” tidak mengatur pengiriman" in card.text
    plain = await rina.says("umumkan ke anggota: rapat tanggal 1 Desember jam 08:00")
    assert plain.lines[1] == "│ rapat tanggal 1 Desember jam 08:00"
    assert "tidak mengatur" not in plain.text
