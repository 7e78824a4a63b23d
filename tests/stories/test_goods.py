"""The gerai by chat: goods and prices, purchases, sales, bons, returns and losses, as officers and members talk."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_gerai(house: House, *goods: str) -> tuple[Village, Person, Person]:
    """A village with its shopkeeper, a member, and these goods as the keeper would type them."""
    village = await a_village(house)
    joko = await village.officer("Joko Susilo", Role.PENGELOLA)
    siti = await village.member("Siti Aminah")
    for said in goods or ("beras 5 kg satuan karung harga 75rb HET 78rb",):
        card = await joko.says(f"tambah barang {said}")
        assert card.lines[0] == "Daftar Barang", card.text
        await joko.presses("✅ Simpan")
    return village, joko, siti


async def records(who: Person, text: str) -> Any:
    card = await who.says(text)
    assert card.is_card, card.text
    return await who.presses("✅ Simpan")


async def holds(village: Village, code: str) -> int:
    return int(
        await village.house.value(
            "SELECT coalesce(sum(balance), 0) FROM ledger.accounts"
            " WHERE koperasi_id = :here AND code = :code",
            here=village.cooperative.id,
            code=code,
        )
    )


async def test_a_sale_that_names_goods_has_its_quantity_price_and_cost(house: House) -> None:
    village, joko, _ = await a_gerai(house)
    card = await joko.says("kulakan beras 10 karung 700rb")
    assert card.lines[0] == "Pembelian Stok"
    assert "Beras 5 kg 10 karung = Rp700.000" in card.text
    assert card.line("Stok Beras 5 kg:") == "0 menjadi 10 karung"
    await joko.presses("✅ Simpan")
    card = await joko.says("jual beras 2 karung")
    assert card.lines[0] == "Penjualan Gerai"
    assert card.line("Jumlah:").startswith("Rp150.000 ")
    assert card.line("Barang:") == "Beras 5 kg 2 karung = Rp150.000"
    assert card.line("Modal:") == "Rp140.000"
    assert card.line("Stok Beras 5 kg:") == "10 menjadi 8 karung"
    receipt = await joko.presses("✅ Simpan")
    assert "Tercatat No." in receipt.text
    assert (await holds(village, "412100"), await holds(village, "511100")) == (150_000, 140_000)
    assert await holds(village, "114000") == 560_000


async def test_a_member_who_buys_goods_of_the_list_is_a_sale_and_from_a_member_is_asked(
    house: House,
) -> None:
    village, joko, _ = await a_gerai(house)
    await records(joko, "kulakan beras 10 karung 700rb")
    card = await joko.says("Siti beli beras 2 karung")
    assert card.lines[0] == "Penjualan Gerai"
    assert card.line("Anggota:").startswith("Siti Aminah")
    await joko.presses("✅ Simpan")
    assert (await holds(village, "412000"), await holds(village, "412100")) == (150_000, 0)
    rina = await village.officer("Rina Wati", Role.BENDAHARA)
    for open_question in ("beli beras 2 karung 150rb dari Siti", "Siti beli paku 50rb"):
        asked = await rina.says(open_question)
        assert not asked.is_card, asked.text
        assert "Penjualan Gerai" in asked.labels
        await rina.says("/batal")


async def test_how_many_and_which_are_asked_where_words_do_not_tell(house: House) -> None:
    _, joko, _ = await a_gerai(
        house,
        "sabun mandi harga 4rb/buah",
        "sabun cuci harga 3rb/buah",
        "gula pasir harga 17.500/kg",
    )
    await records(joko, "kulakan sabun mandi 20 biji 60rb")
    await records(joko, "kulakan sabun cuci 20 biji 40rb")
    asked = await joko.says("jual sabun 2 biji")
    assert asked.is_question
    card = await joko.presses("Sabun cuci")
    assert card.line("Jumlah:").startswith("Rp6.000 ")
    await joko.presses("❌ Batal")
    asked = await joko.says("jual sabun mandi 12rb")
    assert "Berapa buah Sabun mandi?" in asked.text
    card = await joko.presses("3 buah")
    assert card.line("Barang:") == "Sabun mandi 3 buah = Rp12.000"
    await joko.presses("❌ Batal")
    asked = await joko.says("jual sabun mandi 2 biji 4rb")
    assert asked.is_question
    card = await joko.presses("Rp8.000")
    assert card.line("Jumlah:").startswith("Rp8.000 ")
    await joko.presses("❌ Batal")
    refused = await joko.says("jual gula pasir 2 kg")
    assert "Stok Gula pasir tinggal 0 kg" in refused.text
    assert not refused.is_card


async def test_what_names_no_goods_of_the_list_stays_by_value(house: House) -> None:
    village, joko, _ = await a_gerai(house)
    card = await joko.says("jual kopi 2 gelas 10rb")
    assert "Barang:" not in card.text
    await joko.presses("✅ Simpan")
    assert (await holds(village, "412100"), await holds(village, "511100")) == (10_000, 0)


async def test_nothing_is_sold_above_its_het(house: House) -> None:
    _, joko, _ = await a_gerai(house)
    await records(joko, "kulakan beras 10 karung 700rb")
    refused = await joko.says("jual beras 2 karung 160rb")
    assert not refused.is_card
    assert "di atas HET Rp78.000" in refused.text
    card = await joko.says("156rb")
    assert card.line("Jumlah:").startswith("Rp156.000 ")
    refused = await joko.says("ubah harga beras 5 kg 79rb")
    assert not refused.is_card
    assert "HET" in refused.text


async def test_a_member_buys_on_bon_pays_and_reads_it_all(house: House) -> None:
    village, joko, siti = await a_gerai(house)
    await records(joko, "kulakan beras 10 karung 700rb")
    card = await joko.says("Siti ngebon beras 2 karung")
    assert card.lines[0] == "Penjualan Gerai"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert "Dibayar: bon" in card.text
    assert card.line("Piutang belanja anggota:") == "Rp0 menjadi Rp150.000"
    await joko.presses("✅ Simpan")
    told = await siti.sees("Sisa bon: Rp150.000")
    assert "Kas" not in told.text
    refused = await joko.says("jual beras 5 karung ke Siti bon")
    assert "batas Rp500.000" in refused.text
    await joko.says("/batal")
    card = await joko.says("Siti bayar bon 100rb")
    assert card.lines[0] == "Bayar Bon"
    receipt = await joko.presses("✅ Simpan")
    assert "Sisa bon: Rp50.000" in receipt.text
    assert "kurang dari Rp60.000" in (await joko.says("Siti bayar bon 60rb")).text
    assert await holds(village, "113300") == 50_000
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    number = receipt.lines[0].split()[-1]
    await hendra.says(f"batalkan no {number} karena salah orang")
    done = await hendra.presses("✅ Simpan")
    assert "Piutang belanja anggota" in done.text
    assert await holds(village, "113300") == 150_000


async def test_goods_come_back_are_lost_and_a_supplier_is_paid(house: House) -> None:
    village, joko, siti = await a_gerai(house)
    await records(joko, "kulakan beras 10 karung 700rb utang")
    assert await holds(village, "212000") == 700_000
    await records(joko, "jual beras 2 karung ke Siti")
    card = await joko.says("retur beras 1 karung dari Siti")
    assert card.lines[0] == "Retur Penjualan"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Jumlah:").startswith("Rp75.000 ")
    await joko.presses("✅ Simpan")
    card = await joko.says("beras rusak 2 karung")
    assert card.lines[0] == "Stok Hilang/Rusak"
    assert card.line("Jumlah:").startswith("Rp140.000 ")
    await joko.presses("✅ Simpan")
    assert (await holds(village, "114000"), await holds(village, "529000")) == (490_000, 140_000)
    assert (await joko.says("bayar pemasok 300rb")).is_card is False
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    card = await rina.says("bayar utang pemasok 300rb")
    assert card.lines[0] == "Bayar Pemasok"
    await rina.presses("✅ Simpan")
    assert await holds(village, "212000") == 400_000


async def test_members_ask_prices_and_officers_stock(house: House) -> None:
    _, joko, siti = await a_gerai(
        house, "beras 5 kg satuan karung harga 75rb", "gula pasir harga 17.500/kg"
    )
    assert "Beras 5 kg: Rp75.000 per karung" in (await siti.says("harga beras?")).text
    both = (await siti.says("daftar harga")).text
    assert "Gula pasir: Rp17.500 per kg" in both
    assert "Beras 5 kg" in both
    assert "stok" not in (await siti.says("stok")).text.lower().replace("stok?", "")
    await records(joko, "kulakan beras 10 karung 700rb")
    stock = await joko.says("stok")
    assert "Beras 5 kg: 10 karung" in stock.text
    await records(joko, "ubah harga gula pasir 18rb")
    assert "Rp18.000 per kg" in (await siti.says("harga gula berapa")).text


def a_sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_a_price_list_comes_by_file_with_the_stock_the_books_hold(house: House) -> None:
    village, joko, siti = await a_gerai(house)
    await records(joko, "kulakan sembako 1jt")  # by value, before the goods were named
    heads = ("Barang", "Satuan", "Harga", "HET", "Stok", "Modal", "Catat Stok")
    bad = a_sheet(
        heads,
        ("Gula pasir", "kg", 18_500, 17_500, 10, 160_000, "ya"),
        ("Telur", "butir", 2_500, None, 30, None, None),
        ("Es batu", "buah", 1_000, None, "banyak", None, "mungkin"),
        ("telur", "butir", 2_500, None, 4, 1_000_001, None),
    )
    refused = await joko.sends("harga.xlsx", bad)
    assert not refused.is_card
    for said in (
        "harga di atas HET",
        "diisi keduanya",
        "bukan jumlah",
        'isi "ya"',
        "belum dirinci",
    ):
        assert said in refused.text
    good = a_sheet(
        heads,
        ("Gula pasir", "kg", 17_000, 17_500, 12.5, 200_000, "ya"),
        ("Es batu", "buah", 1_000, None, None, None, "tidak"),
        ("beras 5 kg", None, 76_000, None, None, None, None),
    )
    card = await joko.sends("harga.xlsx", good)
    assert card.line("Barang:") == "3, yang baru 2"
    assert card.line("Stok awal:") == "Rp200.000 dari persediaan di buku"
    await joko.presses("✅ Simpan")
    stock = await joko.says("stok")
    assert "Gula pasir: 12,5 kg, modal rata-rata Rp16.000, nilai Rp200.000" in stock.text
    assert "Beras 5 kg: Rp76.000 per karung" in (await siti.says("harga beras")).text
    assert await holds(village, "114000") == 1_000_000
    card = await joko.says("jual es batu 3")
    assert card.line("Jumlah:").startswith("Rp3.000 ")
    assert "Modal" not in card.text
    refused = await joko.sends("anggota.csv", b"nama\nSiti\n")
    assert not refused.is_card


async def test_stock_is_named_by_chat_and_the_pencil_changes_how_many(house: House) -> None:
    _, joko, _ = await a_gerai(house)
    await records(joko, "kulakan sembako 1jt")
    card = await joko.says("stok awal beras 5 kg 10 karung 700rb")
    assert card.line("Stok awal:") == "10 karung, modal Rp700.000"
    await joko.presses("✅ Simpan")
    refused = await joko.says("stok awal beras 5 kg 10 karung 700rb")
    assert "belum dirinci tinggal Rp300.000" in refused.text
    await joko.says("jual beras 2 karung")
    await joko.presses("✏️ Ubah")
    await joko.presses("Banyaknya")
    card = await joko.says("3 karung")
    assert card.line("Jumlah:").startswith("Rp225.000 ")
    await joko.presses("✏️ Ubah")
    await joko.presses("Jumlah")
    card = await joko.says("210rb")
    assert card.line("Barang:") == "Beras 5 kg 3 karung = Rp210.000"
    await joko.presses("✏️ Ubah")
    await joko.presses("Tunai/utang")
    assert (await joko.presses("Bon")).is_question  # whose?
    card = await joko.says("Siti")
    assert card.line("Anggota:").startswith("Siti Aminah")
    assert "Dibayar: bon" in card.text
    assert (await joko.says("tambah barang gula harga mahal")).text.startswith("Tulis misalnya")


async def test_a_large_purchase_waits_and_its_goods_come_when_it_is_approved(house: House) -> None:
    village, joko, _ = await a_gerai(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await joko.says("kulakan beras 100 karung 7jt")
    waiting = await joko.presses("✅ Simpan")
    assert "Menunggu persetujuan" in waiting.text
    assert "Beras 5 kg: 0 karung" in (await joko.says("stok")).text
    done = await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan"))
    assert "Beras 5 kg 100 karung = Rp7.000.000" in done.text
    assert "Beras 5 kg: 100 karung" in (await joko.says("stok beras")).text
    sold = await records(joko, "jual beras 40 karung")
    number = done.lines[0].split()[-1]
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    refused = await rina.says(f"batalkan no {number} karena barang tidak datang")
    assert f"Batalkan dulu transaksi No. {sold.lines[0].split()[-1]}" in refused.text


async def test_a_list_of_sales_counts_its_goods(house: House) -> None:
    village, joko, _ = await a_gerai(house)
    await records(joko, "kulakan beras 10 karung 700rb")
    card = await joko.says("jual:\nberas 2 karung 150rb\nkopi 10rb")
    assert card.line("Jumlah:").startswith("Rp160.000 ")
    assert card.line("Barang:") == "Beras 5 kg 2 karung = Rp150.000"
    await joko.presses("✅ Simpan")
    assert (await holds(village, "412100"), await holds(village, "114000")) == (160_000, 560_000)


async def test_who_owes_a_bon_is_asked_by_the_member_and_by_the_shopkeeper(house: House) -> None:
    village, joko, siti = await a_gerai(house)
    budi = await village.member("Budi Santoso")
    assert "lunas" in (await siti.says("bon saya berapa?")).text
    await records(joko, "Siti ngebon kopi 30rb")
    await siti.sees("Sisa bon: Rp30.000")
    await records(joko, "Siti ngebon gula 20rb")
    await siti.sees("Sisa bon: Rp50.000")
    await records(joko, "Budi ngebon kopi 10rb")
    await budi.sees("Sisa bon: Rp10.000")
    mine = await siti.says("bon saya berapa?")
    assert mine.text.count("sisa") == 2
    assert "Sisa bon: Rp50.000" in mine.text
    for words in ("bon saya", "utang saya di toko berapa", "utang bon saya"):
        assert "Sisa bon: Rp50.000" in (await siti.says(words)).text
    everyone = await joko.says("daftar bon")
    assert f"Siti Aminah ({siti.number}): Rp50.000" in everyone.text
    assert "Seluruhnya Rp60.000 dari 2 anggota" in everyone.text
    assert "Sisa bon: Rp10.000" in (await joko.says("bon Budi berapa?")).text
    assert "Rp50.000" not in (await budi.says("bon Siti berapa?")).text


async def test_a_price_that_rises_is_the_price_of_the_same_good(house: House) -> None:
    _, joko, siti = await a_gerai(house)
    card = await joko.says("barang baru: gula 17rb per kg")
    assert card.line("Barang:") == "Gula"
    await joko.presses("✅ Simpan")
    card = await joko.says("harga gula naik jadi 18rb")
    assert card.line("Barang:") == "Gula"
    await joko.presses("✅ Simpan")
    assert "Gula: Rp18.000 per kg" in (await siti.says("harga gula?")).text
