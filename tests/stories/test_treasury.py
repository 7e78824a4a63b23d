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


async def test_money_given_to_buy_something_is_money_until_it_is_bought(house: House) -> None:
    village, rina, _ = await an_office(house)
    before = await holds(village, "111000")
    card = await rina.says("terima hibah dari desa 1jt buat beli freezer")
    assert "Berupa:" not in card.text
    await rina.presses("✅ Simpan")
    assert await holds(village, "111000") == before + 1_000_000
    assert await holds(village, "124000") == 0


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


async def test_a_fund_pays_no_more_than_it_holds_and_an_asset_enters_the_register(
    house: House,
) -> None:
    village, rina, _ = await an_office(house)
    refused = await rina.says("pakai dana sosial 200rb untuk santunan")
    assert "hanya Rp0" in refused.text
    await rina.says("/batal")
    card = await rina.says("beli kulkas 2,4jt")
    assert card.line("Daftar aset:") == "kulkas, umur 48 bulan"
    await rina.presses("✅ Simpan")
    card = await rina.says("beli motor 4jt utang")
    assert "utang ke pemasok" in card.text
    await rina.presses("✅ Simpan")
    asked = await rina.says("beli inventaris 300rb")
    assert asked.is_card
    held = [await holds(village, code) for code in ("124000", "123000", "212000", "111000")]
    assert held == [2_400_000, 4_000_000, 4_000_000, 7_600_000]
    register = await house.rows(
        "SELECT name, cost, months FROM assets WHERE koperasi_id = :here ORDER BY number",
        here=village.cooperative.id,
    )
    assert [tuple(row) for row in register] == [("kulkas", 2_400_000, 48), ("motor", 4_000_000, 96)]


async def test_a_loan_from_a_bank_needs_the_meeting_and_another_officer(house: House) -> None:
    village, rina, hendra = await an_office(house)
    asked = await rina.says("terima pinjaman BRI 90jt 84 bulan bunga 7%")
    assert "keputusan rapat" in asked.text
    card = await rina.says("BA RA 3/2026")
    for warning in ("6% setahun", "72 bulan", "lebih dari 40% aset"):
        assert warning in card.text, card.text
    await rina.presses("✅ Simpan")
    await hendra.sees("Pinjaman dari Bank/LPDB")
    await hendra.presses("Setujui")
    asked = await rina.says("angsuran bank 4jt")
    assert asked.labels[0] == "Rp450.000"
    card = await rina.presses("Rp450.000")
    assert card.line("Pokok") == "Rp3.550.000, bunga Rp450.000"
    await rina.presses("✅ Simpan")
    card = await rina.says("angsuran bank pokok 2jt bunga 1jt dibayar dana desa")
    assert card.lines[0] == "Angsuran Bank Dibayar Desa"
    await rina.presses("✅ Simpan")
    await hendra.sees("Angsuran Bank Dibayar Desa")
    await hendra.presses("Setujui")
    held = [await holds(village, code) for code in ("221000", "512100", "221900", "112100")]
    assert held == [84_450_000, 1_450_000, 3_000_000, 86_000_000]


async def test_where_agrinas_borrows_the_cooperative_does_not(house: House) -> None:
    village, rina, _ = await an_office(house)
    await house.change(
        "INSERT INTO rules (koperasi_id, name, since, value, set_by, set_at)"
        " VALUES (:here, 'borrower', DATE '2025-01-01', 'agrinas', 'test', now())",
        here=village.cooperative.id,
    )
    await rina.says("terima pinjaman BRI 90jt")
    refused = await rina.says("BA RA 3/2026")
    assert "Agrinas" in refused.text
    refused = await rina.says("beli gudang 9jt")
    assert "Agrinas" in refused.text
    assert await village.entries() == 1


async def test_who_left_is_paid_in_parts_and_never_more(house: House) -> None:
    village, rina, hendra = await an_office(house)
    await village.member("Budi Santoso")
    await rina.says("sukarela Budi 500rb")
    await rina.presses("✅ Simpan")
    await rina.says("Budi Santoso keluar dari anggota, dibayar nanti")
    await rina.presses("✅ Simpan")
    await hendra.sees("Anggota Keluar")
    await hendra.presses("Setujui")
    card = await rina.says("bayar hak Pak Budi (keluar) 300rb")
    assert card.line("Sisa Hak anggota keluar belum dibayar:") == "Rp200.000"
    await rina.presses("✅ Simpan")
    refused = await rina.says("bayar hak Pak Budi 300rb")
    assert "hanya Rp200.000" in refused.text
    await rina.says("200rb")
    await rina.presses("✅ Simpan")
    assert "Tidak ada hak anggota keluar" in (await rina.says("bayar hak Budi 1rb")).text


async def test_money_from_nobody_knows_whom_is_named_once(house: House) -> None:
    village, rina, hendra = await an_office(house)
    for words in (
        "uang masuk bank 250rb belum tahu dari siapa",
        "ada transfer 250rb belum jelas dari siapa kemarin",
        "ada transfer 90rb belum jelas dari siapa",
    ):
        card = await rina.says(words)
        assert (card.lines[0], card.line("Kas/Bank:")) == ("Uang Masuk Belum Dikenal", BRI)
        await rina.presses("✅ Simpan")
    assert await holds(village, "215000") == 590_000
    asked = await rina.says("uang masuk 250rb itu sukarela Siti")
    assert asked.is_question
    assert [label[:9] for label in asked.labels[:2]] == ["Rp250.000", "Rp250.000"]
    card = await rina.presses(asked.labels[0])
    assert card.line("Kas/Bank:").startswith("Titipan")
    await rina.presses("✅ Simpan")
    assert "Rp250.000" in (await rina.says("uang masuk 250rb itu sukarela Siti")).text
    await rina.presses("✅ Simpan")
    card = await rina.says("uang masuk 250rb itu sukarela Siti")
    assert "Titipan" not in card.text
    await rina.presses("❌ Batal")
    refused = await hendra.says("batalkan no 2, salah")
    assert "sudah dipakai" in refused.text
    card = await rina.says("transfer 90rb itu ternyata pendapatan sewa tenda")
    assert card.lines[0] == "Pendapatan Lain"
    await rina.presses("✅ Simpan")
    assert await holds(village, "215000") == 0
    assert await holds(village, "419000") == 90_000
