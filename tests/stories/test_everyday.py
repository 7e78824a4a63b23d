"""The cash book by chat: expenses, trade by value, to and from the bank; cards, receipts, reversals, limits."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House) -> tuple[Village, Person, Person]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await village.member("Siti Aminah")
    await rina.says("sukarela Siti 10jt")
    await rina.presses("✅ Simpan")
    return village, rina, hendra


async def holds(village: Village, code: str) -> int:
    return int(
        await village.house.value(
            "SELECT coalesce(sum(balance), 0) FROM ledger.accounts"
            " WHERE koperasi_id = :here AND key = :code",
            here=village.cooperative.id,
            code=code,
        )
    )


async def test_an_expense_is_booked_to_its_kind_and_leaves_the_cash_box(house: House) -> None:
    village, rina, _ = await an_office(house)
    card = await rina.says("bayar listrik kantor 150rb kemarin")
    assert card.lines[0] == "Biaya Operasional"
    assert card.line("Jenis biaya:") == "Beban listrik, air, internet"
    assert card.line("Kas:") == "Rp10.000.000 menjadi Rp9.850.000"
    assert card.line("Catatan:") == "bayar listrik kantor"
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat No." in receipt.text
    assert receipt.line("Kas:") == "Rp10.000.000 menjadi Rp9.850.000"
    assert (await holds(village, "522000"), await holds(village, "111000")) == (150_000, 9_850_000)
    assert "Mungkin dobel" in (await rina.says("bayar listrik kantor 150rb kemarin")).text


async def test_the_kind_and_the_place_are_changed_by_the_pencil(house: House) -> None:
    village, rina, _ = await an_office(house)
    await rina.says("beli kertas HVS 60rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Jenis biaya")
    card = await rina.says("transport")
    assert card.line("Jenis biaya:") == "Beban transport dan angkut"
    await rina.presses("✏️ Ubah")
    await rina.presses("Kas/Bank")
    card = await rina.says("BRI")
    assert card.line("Bank BRI (atau Himbara lain):") == "Rp0 menjadi -Rp60.000"
    assert "kurang dari nol" in card.text
    await rina.presses("✅ Simpan")
    assert (await holds(village, "524000"), await holds(village, "112100")) == (60_000, -60_000)


async def test_money_goes_to_the_bank_and_comes_back(house: House) -> None:
    village, rina, _ = await an_office(house)
    card = await rina.says("setor ke bank 2jt")
    assert card.lines[0] == "Setor ke Bank"
    assert "Dari Kas ke Bank BRI" in card.text
    await rina.presses("✅ Simpan")
    await rina.says("tarik dari bank BPD 500rb")
    await rina.presses("✅ Simpan")
    assert await holds(village, "111000") == 8_500_000
    assert await holds(village, "112100") == 2_000_000
    assert await holds(village, "112200") == -500_000


async def test_a_place_that_is_said_is_taken(house: House) -> None:
    village, rina, _ = await an_office(house)
    for words, line in (
        ("ongkos angkut pupuk 75rb lewat BRI", "Bank BRI (atau Himbara lain):"),
        ("penjualan hari ini 850rb transfer", "Bank BRI (atau Himbara lain):"),
        ("bayar listrik 50rb pakai kas gerai", "Kas gerai (laci kasir):"),
    ):
        card = await rina.says(words)
        assert card.line(line), card.text
        await rina.presses("❌ Batal")
    for words, way in (
        ("pindah dari BRI ke BPD 1jt", "Dari Bank BRI (atau Himbara lain) ke Bank BPD Kaltimtara"),
        ("setor bank 1jt dari kas gerai", "Dari Kas gerai (laci kasir) ke Bank BRI"),
        ("setor ke BPD 200rb", "Dari Kas ke Bank BPD Kaltimtara"),
        ("tarik dari BPD 100rb", "Dari Bank BPD Kaltimtara ke Kas"),
    ):
        card = await rina.says(words)
        assert way in card.text, card.text
        await rina.presses("❌ Batal")
    await rina.says("setor ke bank 300rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Dari")
    card = await rina.presses("Kas gerai (laci kasir)")
    assert "Dari Kas gerai (laci kasir) ke Bank BRI" in card.text
    await rina.presses("✅ Simpan")
    assert await holds(village, "111100") == -300_000


async def test_whose_money_goes_to_the_bank_is_asked(house: House) -> None:
    village, rina, _ = await an_office(house)
    for words, kinds in (
        ("Siti setor 50rb ke bank", ["Simpanan Sukarela", "Setor ke Bank"]),
        ("tarik Siti 50rb dari bank", ["Penarikan Simpanan Sukarela", "Tarik dari Bank"]),
    ):
        asked = await rina.says(words)
        assert asked.is_question
        assert asked.labels[:2] == kinds
    card = await rina.presses("Penarikan Simpanan Sukarela")
    assert card.line("Anggota:").startswith("Siti Aminah")
    assert village


async def test_goods_that_come_back_are_no_sale(house: House) -> None:
    village, rina, _ = await an_office(house)
    card = await rina.says("retur penjualan 50rb")
    assert card.lines[0] == "Retur Penjualan"
    await rina.presses("✅ Simpan")
    assert (await holds(village, "412900"), await holds(village, "412100")) == (50_000, 0)


async def test_own_wages_wait_for_another(house: House) -> None:
    village, rina, _ = await an_office(house)
    for words in ("gaji Rina Kartika 1jt", "honor saya 1jt"):
        card = await rina.says(words)
        assert "pencatatnya sendiri" in card.text, card.text
        assert "Menunggu persetujuan" in (await rina.presses("✅ Simpan")).text
    assert await holds(village, "521000") == 0


async def test_the_same_card_twice_is_pointed_out_before_the_second(house: House) -> None:
    village, rina, _ = await an_office(house)
    first = await rina.says("bayar listrik 1jt")
    second = await rina.says("bayar listrik 1jt")
    assert "Tercatat" in (await rina.presses("✅ Simpan", on=first)).text
    anew = await rina.presses("✅ Simpan", on=second)
    assert "Mungkin dobel" in anew.text
    assert await holds(village, "522000") == 1_000_000


async def test_stock_is_bought_on_credit_and_sold_for_cash(house: House) -> None:
    village, rina, _ = await an_office(house)
    await rina.says("kulakan beras 10 karung 3jt")
    await rina.presses("✏️ Ubah")
    await rina.presses("Tunai/utang")
    card = await rina.presses("Utang")
    assert card.lines[0] == "Pembelian Stok"
    assert "utang ke pemasok" in card.text
    await rina.presses("✅ Simpan")
    assert (await holds(village, "114000"), await holds(village, "212000")) == (3_000_000,) * 2
    keeper = await village.officer("Joko Susilo", Role.PENGELOLA)
    assert (await keeper.says("penjualan toko hari ini 430rb")).lines[0] == "Penjualan Gerai"
    await keeper.presses("✅ Simpan")
    assert await holds(village, "412100") == 430_000
    for words in ("bayar listrik 50rb", "wajib Siti 20rb"):
        refused = await keeper.says(words)
        assert not refused.is_card
        assert "bendahara" in refused.text


async def test_a_large_expense_waits_for_the_ketua_and_is_taken_back_by_another(
    house: House,
) -> None:
    village, rina, hendra = await an_office(house)
    card = await rina.says("bayar tukang atap gerai 6jt")
    assert "di atas batas belanja sehari, Rp5.000.000" in card.text
    waiting = await rina.presses("✅ Simpan")
    assert "Menunggu persetujuan No. 1" in waiting.text
    assert await holds(village, "525000") == 0
    done = await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    assert "Tercatat" in done.text
    assert done.line("Disetujui oleh:") == "Hendra Wijaya"
    assert await holds(village, "525000") == 6_000_000
    await rina.sees("disetujui oleh Hendra Wijaya")
    number = done.lines[0].split()[-1]
    dewi = await village.officer("Dewi Lestari", Role.KETUA)
    card = await dewi.says(f"batalkan no {number} karena belum dibayar")
    assert card.line("Jumlah:").startswith("Rp6.000.000 ")
    await dewi.presses("✅ Simpan")
    assert (await holds(village, "525000"), await holds(village, "111000")) == (0, 10_000_000)


async def test_parts_of_one_expense_count_together_and_the_ketua_sees_the_box(house: House) -> None:
    _, rina, hendra = await an_office(house)
    await rina.says("bayar listrik 4jt")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    card = await rina.says("bayar wifi 2jt kemarin")
    assert "di atas batas belanja sehari" in card.text
    assert "Menunggu persetujuan No. 1" in (await rina.presses("✅ Simpan")).text
    asked = await hendra.sees("Mohon persetujuan No. 1")
    assert asked.line("Kas:") == "Rp6.000.000 menjadi Rp4.000.000"


async def test_nothing_was_paid_before_there_was_a_cooperative(house: House) -> None:
    village, rina, _ = await an_office(house)
    before = await village.entries()
    asked = await rina.says("bayar listrik 50rb tanggal 1 januari 2020")
    assert "sebelum ada koperasi ini" in asked.text
    assert asked.is_question
    card = await rina.says("kemarin")  # only the day is asked again
    assert card.line("Jumlah:").startswith("Rp50.000 ")
    assert await village.entries() == before


async def test_who_is_no_officer_records_nothing(house: House) -> None:
    village, _, _ = await an_office(house)
    siti = village.people[-1]
    await siti.joins(await village.invite(siti)) if not siti.said else None
    before = await village.entries()
    answer = await siti.says("bayar listrik 50rb")
    assert not answer.is_card
    assert await village.entries() == before


async def test_what_is_sold_for_somebody_else_is_no_total_of_its_figures(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", linked=False)
    for text in ("laku keripik Siti 50rb bagian toko 5rb", "jual token listrik 100rb fee 2500"):
        assert not (await rina.says(text)).is_card, text
    assert await village.entries() == 0


async def test_another_expense_told_while_one_is_asked_about_has_its_own_kind(house: House) -> None:
    _, rina, _ = await an_office(house)
    await rina.says("beli atk 50rb")
    asked = await rina.says("eh salah, maksudnya 60")
    assert asked.is_question
    card = await rina.says("bayar listrik 250rb")
    assert card.line("Jenis biaya:") == "Beban listrik, air, internet"
    assert card.line("Jumlah:").startswith("Rp250.000 ")
    assert card.line("Catatan:") == "bayar listrik"


async def test_what_was_sold_today_is_answered_with_the_days_sales_and_no_price_list(
    house: House,
) -> None:
    _, rina, _ = await an_office(house)
    await rina.says("jual sembako 30rb")
    await rina.presses("✅ Simpan")
    asked = await rina.says("hari ini laku berapa?")
    assert "Harga gerai" not in asked.text
    labels = [label for row in asked.rows for label in row if "Penjualan" in label]
    told = [(await rina.presses(label)).text for label in labels]
    assert any("Rp30.000" in one for one in told), (asked.text, told)
