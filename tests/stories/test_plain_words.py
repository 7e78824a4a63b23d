"""Questions in everybody's own words: help with one thing, an official's, which entry a day means."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village, an_official, months_ago
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_help_is_of_the_thing_that_is_asked_about(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    assert '"tutup kas 1.250.000"' in (await rina.says("bantu tutup kas")).text
    asked = await rina.says("gimana cara batalkan transaksi yang salah")
    assert not asked.is_card
    assert '"batalkan no 28, salah orang"' in asked.text
    assert '"pinjam 3 juta 10 bulan"' in (await siti.says("cara pinjam gimana bu")).text
    assert "Pengurus" in (await rina.presses("Semua bantuan", on=asked)).text


async def test_an_official_is_told_what_was_asked_or_who_it_is_for(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini")
    assert "perlu 37" in (await dewi.says("kuorum 40 dari 73")).text
    assert "kuorum 40 dari 73" in (await dewi.says("kuorum")).text
    assert "ketua, sekretaris" in (await dewi.says("NIB 1234567890123 terbit 3 mei 2025")).text
    for words, figure in (
        ("progres latihan", "Pengurus selesai latihan"),
        ("dokumen", "Dokumen lengkap"),
        ("koperasi mana yg NPL nya paling parah?", "NPL"),
        ("berapa total simpanan se kaltim", "Simpanan"),
        ("peringkat koperasi se kukar", "Kutai Kartanegara"),
    ):
        assert figure in (await dewi.says(words)).text, words


async def test_an_earlier_day_never_means_the_entry_of_today(house: House) -> None:
    village = await a_village(house)
    await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(1))
    await rina.says(f"wajib {siti.number} 25rb")
    await rina.presses("✅ Simpan")
    asked = await rina.says("batalkan yang kemarin")
    assert not asked.is_card
    assert "Nomor transaksi berapa" in asked.text
    await rina.says("batal")
    card = await rina.says("batalin yg barusan dong")
    assert card.line("Jumlah:").startswith("Rp25.000 ")
    await rina.presses("❌ Batal")
    await rina.says(f"wajib {siti.number} 30rb kemarin")
    await rina.presses("✅ Simpan")
    card = await rina.says("batalkan yang kemarin")
    assert card.line("Jumlah:").startswith("Rp30.000 ")
