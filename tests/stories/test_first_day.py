"""What a treasurer types on the first day, before anything is set up, and must not be misread."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.stories.test_everyday import an_office

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_good_is_priced_in_the_words_of_the_market_and_its_unit_is_asked(
    house: House,
) -> None:
    _, rina, _ = await an_office(house)
    card = await rina.says("harga beras 16rb per kg")
    assert card.lines[:3] == ["Daftar Barang", "Barang: Beras", "Satuan: kg"]
    assert card.line("Harga jual:") == "Rp16.000"
    await rina.presses("✅ Simpan")
    for words, unit, price in (
        ("barang gula kg 18rb", "kg", "18.000"),
        ("tambah barang minyak 20rb/liter", "liter", "20.000"),
        ("harga telur 2.500 sebutir", "butir", "2.500"),
    ):
        card = await rina.says(words)
        assert card.line("Satuan:") == unit
        assert card.line("Harga jual:") == f"Rp{price}"
        await rina.presses("❌ Batal")
    asked = await rina.says("tambah barang garam")
    assert "Garam dihitung per apa?" in asked.text
    card = await rina.presses("bungkus")
    assert card.line("Satuan:") == "bungkus"
    await rina.presses("✅ Simpan")
    await rina.says("tambah barang ikan")
    card = await rina.says("per ekor")
    assert card.line("Satuan:") == "ekor"
    await rina.presses("❌ Batal")
    sold = await rina.says("jual beras 5 kg")
    assert "Beras" in sold.text
    assert not (await rina.says("harga beras naik 16rb")).text.startswith("Daftar Barang")


async def test_what_is_paid_later_is_owed_and_what_did_not_happen_is_not_recorded(
    house: House,
) -> None:
    _, rina, _ = await an_office(house)
    for words in (
        "beli gula 20 kg 300rb dari Toko Makmur belum dibayar",
        "kulakan gula 20 kg 300rb dari Toko Makmur, bayarnya nanti",
        "beli gula 20 kg 300rb di Toko Makmur belum lunas",
    ):
        card = await rina.says(words)
        assert card.lines[0] == "Pembelian Stok", words
        assert "belum dibayar" in card.text.casefold() or "utang" in card.text.casefold(), words
        assert "Kas:" not in card.text
        await rina.says("/batal")
    for words in ("nanti beli gula 20 kg 300rb bayar nanti", "Siti belum bayar wajib 20rb"):
        assert not (await rina.says(words)).is_card, words
        await rina.says("/batal")


async def test_why_the_last_one_is_taken_back_is_kept_as_it_was_said(house: House) -> None:
    _, rina, _ = await an_office(house)
    await rina.says("bayar listrik 150rb")
    await rina.presses("✅ Simpan")
    card = await rina.says("batalkan yang terakhir, salah ketik")
    assert card.line("Alasan:") == "salah ketik"


async def test_help_is_given_by_topic(house: House) -> None:
    village, rina, _ = await an_office(house)
    told = await rina.says("/bantuan")
    assert "Gerai" in told.labels
    shop = await rina.presses("Gerai")
    assert "tambah barang" in shop.text
    assert "tambah barang" in (await rina.says("gimana cara tambah barang?")).text
    assert "tutup kas" in (await rina.says("bantuan tutup kas")).text
    siti = await village.member("Siti Aminah")
    told = await siti.says("bantuan")
    assert "Gerai" not in told.labels
    assert "kulakan" not in told.text
