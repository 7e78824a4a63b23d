"""The office's other money by chat: the bank's lines, gifts, advances, funds, assets, loans, on both channels."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.stories.test_everyday import an_office, holds

pytestmark = pytest.mark.asyncio(loop_scope="session")

BRI = "Bank BRI (atau Himbara lain)"


async def test_what_the_bank_statement_says_is_booked_at_the_bank(house: House) -> None:
    village, rina, _ = await an_office(house)
    card = await rina.says("bunga bank 12.500")
    assert (card.lines[0], card.line("Kas/Bank:")) == ("Bunga Bank", BRI)
    receipt = await rina.presses("✅ Simpan")
    assert receipt.line(f"{BRI}:") == "Rp0 menjadi Rp12.500"
    await rina.says("biaya admin bank 2.500")
    await rina.presses("✅ Simpan")
    assert "Mungkin dobel" in (await rina.says("biaya admin bank 2.500")).text
    await rina.presses("❌ Batal")
    card = await rina.says("pendapatan sewa tenda 200rb")
    assert card.line("Kas:") == "Rp10.000.000 menjadi Rp10.200.000"
    await rina.presses("✅ Simpan")
    held = [await holds(village, code) for code in ("112100", "414000", "523000", "419000")]
    assert held == [10_000, 12_500, 2_500, 200_000]


async def test_a_gift_becomes_capital_and_a_great_one_waits_for_the_meeting(house: House) -> None:
    village, rina, hendra = await an_office(house)
    card = await rina.says("terima hibah kulkas senilai 2jt dari kecamatan")
    assert card.line("Berupa:") == "Peralatan dan inventaris"
    assert card.line("Dicatat sebagai:") == "Hibah / donasi (modal sendiri)"
    await rina.presses("✅ Simpan")
    assert (await holds(village, "124000"), await holds(village, "330000")) == (2_000_000,) * 2
    asked = await rina.says("hibah dari Pemprov 50jt masuk BRI")
    assert asked.is_question
    assert "keputusan rapat" in asked.text
    card = await rina.says("BA RALB 07/2026")
    assert "Lebih dari 25% aset" in card.text
    assert card.line("Keputusan rapat:") == "BA RALB 07/2026"
    waiting = await rina.presses("✅ Simpan")
    assert "tidak boleh dicatat satu orang saja" in waiting.text
    await hendra.sees("Hibah Diterima")
    await hendra.presses("Setujui")
    assert await holds(village, "112100") == 50_000_000
    await rina.says("hibah bersyarat 5jt")
    await rina.presses("✅ Simpan")
    refused = await rina.says("syarat hibah terpenuhi 6jt")
    assert "hanya Rp5.000.000" in refused.text
    await rina.says("2jt")
    await rina.presses("✅ Simpan")
    assert (await holds(village, "218000"), await holds(village, "415000")) == (
        3_000_000,
        2_000_000,
    )


async def test_private_money_and_advances_come_back(house: House) -> None:
    village, rina, hendra = await an_office(house)
    await village.member("Budi Santoso")
    card = await rina.says("biaya bensin 100rb pakai uang Pak Budi dulu")
    assert card.line("Jenis biaya:") == "Beban transport dan angkut"
    await rina.presses("✅ Simpan")
    refused = await rina.says("ganti uang Pak Budi 150rb")
    assert "hanya Rp100.000" in refused.text
    await rina.says("100rb")
    await rina.presses("✅ Simpan")
    assert await holds(village, "111000") == 9_900_000
    for words in (
        "uang muka Pak Budi 500rb",
        "pertanggungjawaban uang muka Budi 400rb untuk bensin",
        "sisa uang muka Budi 100rb dikembalikan",
    ):
        await rina.says(words)
        assert "Tercatat No." in (await rina.presses("✅ Simpan")).text
    assert (await holds(village, "524000"), await holds(village, "111000")) == (500_000, 9_500_000)
    refused = await hendra.says("batalkan no 4, salah")
    assert "sudah dipakai" in refused.text
