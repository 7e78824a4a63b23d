"""The cash at day's end: counted by one officer, confirmed by another, seen by everybody who sees the books."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House) -> tuple[Village, Person, Person]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.SEKRETARIS)
    for words in ("jual sembako 300rb", "jual sembako 100rb ke kas gerai"):
        assert (await rina.says(words)).is_card
        await rina.presses("✅ Simpan")
    return village, rina, hendra


async def balance(village: Village, key: str) -> int:
    return int(
        await village.house.value(
            "SELECT balance FROM ledger.accounts WHERE koperasi_id = :here AND key = :key",
            here=village.cooperative.id,
            key=key,
        )
    )


async def test_two_people_seal_the_day_and_its_difference_is_booked_once(house: House) -> None:
    village, rina, hendra = await an_office(house)
    shown = await rina.says("/kas")
    assert "Kas belum pernah ditutup" in shown.text
    assert "Belum ditutup: 1 hari" in shown.text
    asked = await rina.presses("Tutup kas hari ini")
    assert "dihitung di Kas," in asked.lines[0]
    assert "300.000" not in asked.text
    assert "Kas gerai" in (await rina.says("310rb")).lines[0]
    card = await rina.says("kosong")
    assert card.lines[0] == "Hitung Kas"
    assert card.line("Jumlah:").startswith("Rp310.000 ")
    assert card.line("Menurut buku:") == "Rp400.000"
    assert "Selisih: Kas lebih Rp10.000" in card.lines
    await rina.presses("✏️ Ubah")
    await rina.presses("Kas gerai")
    card = await rina.says("98.000")
    assert "Selisih: Kas gerai (laci kasir) kurang Rp2.000" in card.lines
    before = await village.entries()
    waiting = await rina.presses("✅ Simpan")
    assert "Menunggu persetujuan" in waiting.text
    assert await village.entries() == before
    request = await hendra.sees("Mohon persetujuan No. 1")
    assert "Selisih: Kas lebih Rp10.000" in request.text
    sealed = await hendra.presses("Setujui", on=request)
    assert "🔒 Kas" in sealed.lines[0]
    assert "Dihitung Rina Kartika, disetujui Hendra Wijaya" in sealed.text
    await rina.sees("🔒 Kas")
    assert await village.entries() == before + 1
    assert (await balance(village, "111000"), await balance(village, "111100")) == (310_000, 98_000)
    assert (await balance(village, "419000"), await balance(village, "529000")) == (10_000, 2_000)
    again = await rina.says("tutup kas: kas 310rb, gerai 98rb")
    assert "sudah ditutup" in again.text


async def test_a_rejected_count_is_counted_again_and_what_comes_later_stands_beside_the_seal(
    house: House,
) -> None:
    _, rina, hendra = await an_office(house)
    card = await rina.says("tutup kas: kas 250rb, gerai 100rb")
    assert "Selisih: Kas kurang Rp50.000" in card.lines
    await rina.presses("✅ Simpan")
    await hendra.presses("Tolak", on=await hendra.sees("Mohon persetujuan No. 1"))
    await hendra.says("salah hitung, ada uang di laci")
    await rina.sees("salah hitung")
    card = await rina.says("tutup kas: kas 300rb, gerai 100rb")
    assert card.line("Selisih:") == "tidak ada"
    await rina.presses("✅ Simpan")
    await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 2"))
    assert (await rina.says("bayar listrik 20rb")).is_card
    await rina.presses("✅ Simpan")
    shown = await hendra.says("/kas")
    assert "Sesudahnya masih dicatat 1 catatan" in shown.text
    assert "Belum ditutup" not in shown.text
    listed = await hendra.presses("Lihat penutupan kas")
    assert "Dicatat sesudah ditutup: 1 catatan" in listed.text
    assert (await rina.says("tutup kas: kas 280rb, gerai 100rb")).is_card


async def test_cash_recorded_while_a_count_waits_makes_it_void(house: House) -> None:
    village, rina, hendra = await an_office(house)
    await rina.says("tutup kas: kas 310rb, gerai 100rb")
    await rina.presses("✅ Simpan")
    request = await hendra.sees("Mohon persetujuan No. 1")
    await rina.says("jual sembako 10rb")
    await rina.presses("✅ Simpan")
    before = await village.entries()
    refused = await hendra.presses("Setujui", on=request)
    assert "harus dihitung lagi" in refused.text
    await rina.sees("harus dihitung lagi")
    assert await village.entries() == before
    assert "Kas gerai" in (await rina.says(f"kas {today():%d/%m/%Y} 310rb")).lines[0]
    assert (await rina.says("100rb")).line("Selisih:") == "tidak ada"


async def test_another_entry_told_while_cash_is_counted_is_no_count(house: House) -> None:
    village, rina, _ = await an_office(house)
    await village.member("Budi Santoso")
    for words, heading in (
        ("uang muka Budi 30rb", "Uang Muka"),
        ("beli atk 20rb", "Biaya Operasional"),
    ):
        await rina.says("tutup kas")
        assert "Kas gerai" in (await rina.says("310rb")).lines[0]
        card = await rina.says(words)
        assert heading in card.lines[0]


async def test_who_keeps_no_cash_neither_counts_nor_is_offered_it(house: House) -> None:
    _, _, hendra = await an_office(house)
    assert "Tutup kas hari ini" not in (await hendra.says("/kas")).labels
    assert "bendahara" in (await hendra.says("tutup kas 300rb")).text


async def test_a_card_dated_on_a_sealed_day_says_so(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await rina.says("jual sembako 300rb kemarin")
    await rina.presses("✅ Simpan")
    assert (await rina.says("tutup kas kemarin 300rb")).line("Selisih:") == "tidak ada"
    await rina.presses("✅ Simpan")
    await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    card = await rina.says("bayar listrik 20rb kemarin")
    assert card.is_card
    assert "dicatat sesudah ditutup" in card.text
    assert "sudah ditutup" not in (await rina.says("bayar listrik 25rb")).text
