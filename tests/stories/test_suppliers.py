"""Debts to suppliers by chat: who is owed, for how long, and who is paid."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.house import House
from tests.stories.test_goods import a_gerai, holds

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_whom_the_gerai_owes_is_written_down_listed_by_age_and_paid(house: House) -> None:
    village, joko, siti = await a_gerai(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    assert (await rina.says("utang pemasok")).text == "Tidak ada utang ke pemasok."
    card = await joko.says("kulakan beras 10 karung 700rb utang ke Toko Makmur")
    assert card.lines[0] == "Pembelian Stok", card.text
    assert card.line("Pemasok:") == "Toko Makmur"
    assert "Dibayar: belum" in card.text
    await joko.presses("✅ Simpan")
    card = await joko.says("kulakan beras 5 karung 360rb dari ud jaya tempo")
    assert card.line("Pemasok:") == "UD Jaya"
    await joko.presses("✅ Simpan")
    card = await joko.says("kulakan beras 1 karung 72rb utang")
    assert card.line("Pemasok:") == "belum disebut"
    await joko.presses("✏️ Ubah")
    await joko.presses("Pemasok")
    card = await joko.says("Toko Makmur")
    assert card.line("Pemasok:") == "Toko Makmur"
    await joko.presses("✅ Simpan")
    listed = await rina.says("utang pemasok")
    assert "Toko Makmur: Rp772.000" in listed.text
    assert "UD Jaya: Rp360.000" in listed.text
    assert listed.lines[-1] == "Seluruhnya Rp1.132.000 ke 2 pemasok"
    assert await holds(village, "212000") == 1_132_000
    one = await joko.says("utang ke Toko Makmur berapa?")
    assert "Rp772.000" in one.text
    assert "sisa Rp72.000" in one.text
    asked = await rina.says("bayar pemasok 300rb")
    assert asked.is_question
    assert "UD Jaya: Rp360.000" in asked.labels
    card = await rina.presses("UD Jaya: Rp360.000")
    assert card.lines[0] == "Bayar Pemasok"
    assert card.line("Pemasok:") == "UD Jaya"
    await rina.presses("✅ Simpan")
    card = await rina.says("bayar utang ke Toko Makmur 700rb")
    assert card.line("Pemasok:") == "Toko Makmur"
    await rina.presses("✅ Simpan")
    one = await rina.says("utang ke toko makmur")
    assert "Rp72.000, sisa Rp72.000" in one.text  # the oldest purchase was paid first
    assert "Rp700.000" not in one.text
    refused = await rina.says("bayar Toko Makmur 80rb")
    assert "Rp72.000" in refused.text
    assert not refused.is_card
    await rina.says("/batal")
    assert "Tidak ada utang ke Toko Murah" in (await rina.says("bayar Toko Murah 80rb")).text
    card = await rina.says("lunasi utang Toko Makmur")
    assert card.line("Jumlah:").startswith("Rp72.000")
    await rina.presses("✅ Simpan")
    assert await holds(village, "212000") == 60_000
    await siti.joins(await village.invite(siti))
    assert "Makmur" not in (await siti.says("utang pemasok")).text


async def test_a_list_that_is_owed_is_one_debt_and_a_part_of_it_is_asked(house: House) -> None:
    village, joko, _ = await a_gerai(house, "beras harga 75rb/karung", "gula harga 17rb/kg")
    card = await joko.says("kulakan utang ke Toko Makmur:\nberas 10 karung 700rb\ngula 50 kg 800rb")
    assert card.line("Pemasok:") == "Toko Makmur", card.text
    assert card.line("Jumlah:").startswith("Rp1.500.000")
    await joko.presses("✅ Simpan")
    assert (await holds(village, "212000"), await holds(village, "111000")) == (1_500_000, 0)
    asked = await joko.says("kulakan:\nberas 10 karung 700rb utang\ngula 50 kg 800rb")
    assert not asked.is_card, asked.text
    await joko.says("/batal")
