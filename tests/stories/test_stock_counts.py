"""Opname by chat: the count is said first, the card says what the book holds, the difference is booked."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.house import House
from tests.stories.test_goods import a_gerai, holds, records

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_shelf_is_counted_and_the_book_says_its_figure_only_afterwards(
    house: House,
) -> None:
    village, joko, siti = await a_gerai(
        house, "beras harga 15rb/kg", "gula pasir harga 17.500/kg", "telur harga 2rb/butir"
    )
    await records(joko, "kulakan beras 50 kg 600rb")
    await records(joko, "kulakan gula pasir 20 kg 300rb")
    await records(joko, "kulakan telur 240 butir 360rb")
    asked = await joko.says("opname")
    assert asked.is_question
    assert "50" not in asked.text
    card = await joko.says("beras 45 kg\ngula pasir 21\ntelur 240")
    assert card.lines[0] == "Opname Stok", card.text
    assert card.line("Beras:") == "dihitung 45 kg, buku 50. Kurang 5 = Rp60.000"
    assert card.line("Gula pasir:") == "dihitung 21 kg, buku 20. Lebih 1 = Rp15.000"
    assert card.line("Telur:") == "dihitung 240 butir, cocok dengan buku"
    receipt = await joko.presses("✅ Simpan")
    assert "Tercatat No." in receipt.text
    assert (await holds(village, "529000"), await holds(village, "419000")) == (60_000, 15_000)
    assert await holds(village, "114000") == 1_260_000 - 60_000 + 15_000
    listed = await joko.says("stok")
    assert listed.text.count("opname") == 3, listed.text
    assert (await joko.says("opname terakhir kapan?")).text == listed.text
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    card = await hendra.says("batalkan transaksi terakhir karena salah hitung")
    assert card.is_card, card.text
    assert "Opname Stok" in card.text
    await hendra.presses("✅ Simpan")
    assert await holds(village, "114000") == 1_260_000
    assert (await joko.says("stok")).text.count(
        "opname"
    ) == 1  # eggs agreed: no entry, nothing to reverse
    card = await joko.says("hitung stok beras 50 kg")
    assert "cocok dengan buku" in card.text
    assert "Semua cocok" in (await joko.presses("✅ Simpan")).text
    await siti.joins(await village.invite(siti))
    assert not (await siti.says("opname beras 45 kg")).is_card


async def test_what_is_not_certain_of_a_count_is_asked_and_a_large_loss_waits(
    house: House,
) -> None:
    village, joko, _ = await a_gerai(
        house,
        "sabun mandi harga 4rb/buah",
        "sabun cuci harga 3rb/buah",
        "timbangan duduk harga 6jt/buah",
    )
    await records(joko, "kulakan sabun mandi 20 biji 60rb")
    await records(joko, "kulakan sabun cuci 20 biji 40rb")
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    asked = await joko.says("opname sabun 18, paku 3 dus")
    assert "Belum ada di daftar barang: paku 3 dus" in asked.text
    asked = await joko.presses("Lanjut, 1 barang lain saja")
    assert asked.is_question
    card = await joko.presses("Sabun cuci")
    assert card.line("Sabun cuci:") == "dihitung 18 buah, buku 20. Kurang 2 = Rp4.000"
    await joko.presses("❌ Batal")
    asked = await joko.says("stok opname sabun mandi")
    assert "Berapa buah Sabun mandi yang dihitung?" in asked.text
    card = await joko.says("habis")
    assert card.line("Sabun mandi:") == "dihitung 0 buah, buku 20. Kurang 20 = Rp60.000"
    await joko.presses("❌ Batal")
    assert "dua kali" in (await joko.says("opname sabun mandi 3, sabun mandi 4")).text
    assert "Hitung lagi hari ini" in (await joko.says("opname kemarin sabun mandi 20")).text
    card = await joko.says("kulakan timbangan duduk 1 unit 8jt")
    assert card.is_card, card.text
    await joko.presses("✅ Simpan")
    await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan"))
    card = await joko.says("opname timbangan duduk 0")
    assert "Perlu persetujuan pengurus lain" in card.text
    await joko.presses("✅ Simpan")
    assert await holds(village, "529000") == 0
    done = await hendra.presses("Setujui", on=await hendra.sees("Opname Stok"))
    assert "Kurang 1 = Rp8.000.000" in done.text
    assert await holds(village, "529000") == 8_000_000
