"""The gerai as each office speaks of it: what a sentence leaves open is asked of whoever may record one of it."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village
from tests.house import House
from tests.stories.test_goods import a_gerai, holds, records

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_shopkeeper_is_asked_what_a_sentence_leaves_open_and_offered_the_gerais_part(
    house: House,
) -> None:
    village = await a_village(house)
    await village.member("Siti Aminah")
    joko = await village.officer("Joko Susilo", Role.PENGELOLA)
    for said, offered in (
        ("beli karpet 50rb", ["Pembelian Stok"]),  # or an expense, which is not the keeper's
        ("Siti beli paku 50rb", ["Penjualan Gerai", "Pembelian Stok"]),
        ("Siti ambil 50rb", ["Penjualan Gerai"]),  # or savings
    ):
        asked = await joko.says(said)
        assert asked.is_question, asked.text
        operations = [label for label in asked.labels if "Batal" not in label]
        assert operations == offered, asked.text
        await joko.says("/batal")
    for said in ("jual beras", "beli gula 50 kg", "kulakan beras"):
        asked = await joko.says(said)
        assert asked.is_question, asked.text
        await joko.says("/batal")
    asked = await joko.says("catat")
    assert "Penjualan Gerai" in asked.labels
    assert not {"Simpanan Wajib", "Biaya Operasional"} & set(asked.labels)
    card = await joko.presses("Penjualan Gerai")
    card = await joko.says("25rb")
    assert card.is_card, card.text
    assert card.lines[0] == "Penjualan Gerai"
    await joko.presses("❌ Batal")
    refused = await joko.says("wajib Siti 50rb")
    assert "bukan tugas jabatan Anda" in refused.text


async def test_who_may_record_none_of_it_is_told_who_may(house: House) -> None:
    village = await a_village(house)
    hadi = await village.officer("Hadi Saputra", Role.PENGAWAS)
    for said in ("beli karpet 50rb", "jual beras 2 karung 150rb"):
        refused = await hadi.says(said)
        assert "bukan tugas jabatan Anda" in refused.text, refused.text
        assert "pengelola" in refused.text


async def test_goods_of_each_kind_stand_on_their_own_account(house: House) -> None:
    village, joko, _ = await a_gerai(house, "beras harga 15rb/kg")
    card = await joko.says("tambah barang urea 50 kg satuan karung harga 130rb")
    assert card.line("Golongan:") == "Pupuk dan saprotan"
    await joko.presses("✅ Simpan")
    card = await joko.says("tambah barang balsem otot satuan botol harga 12rb golongan obat")
    assert card.line("Golongan:") == "Obat"
    await joko.presses("✏️ Ubah")
    await joko.presses("Golongan")
    card = await joko.presses("Sembako dan umum")
    assert card.line("Golongan:") == "Sembako dan umum"
    await joko.presses("✅ Simpan")
    card = await joko.says("ubah golongan balsem otot jadi obat")
    assert card.line("Golongan:") == "Obat"
    await joko.presses("✅ Simpan")
    card = await joko.says("kulakan urea 50 kg 2 karung 240rb")
    assert card.line("Golongan:") == "Pupuk dan saprotan"
    await joko.presses("✅ Simpan")
    await records(joko, "kulakan balsem otot 5 botol 40rb")
    await records(joko, "kulakan beras 10 kg 130rb")
    await records(joko, "kulakan lpg 200rb")  # of no list: by value, the account told by its words
    await records(joko, "jual urea 50 kg 1 karung")
    held = [await holds(village, code) for code in ("114000", "114100", "114200", "114300")]
    assert held == [130_000, 120_000, 200_000, 40_000]
    refused = await joko.says("ubah golongan urea 50 kg jadi sembako")
    assert "masih ada stoknya" in refused.text
    assert (await joko.says("ubah golongan urea 50 kg jadi mainan")).text.startswith("Tulis")


async def test_members_read_prices_with_their_het_and_are_named_when_they_use_a_service(
    house: House,
) -> None:
    village, joko, siti = await a_gerai(
        house,
        "beras harga 15rb/kg HET 16rb",
        "telur harga 2rb/butir",
        "fotokopi satuan lembar harga 1rb tanpa stok",
    )
    await records(joko, "kulakan beras 10 kg 130rb")
    await siti.joins(await village.invite(siti))
    assert (await siti.says("harga beras?")).lines[1:] == ["Beras: Rp15.000 per kg, HET Rp16.000"]
    for asked in ("daftar harga", "harga"):
        assert (await siti.says(asked)).lines == [
            "Harga gerai",
            "Beras: Rp15.000 per kg, HET Rp16.000",
            "Fotokopi: Rp1.000 per lembar",
            "Telur: Rp2.000 per butir (habis)",
        ]
    card = await joko.says("tarik tunai brilink Siti 500rb fee 5rb")
    assert card.line("Anggota:").startswith("Siti Aminah")
    await joko.presses("✅ Simpan")
    key = f"413000:m{siti.person_id}"
    earned = await house.value(
        "SELECT balance FROM ledger.accounts WHERE koperasi_id = :here AND key = :key",
        here=village.cooperative.id,
        key=key,
    )
    assert earned == 5_000
    assert "Rp5.000" in (await joko.says("uang agen berapa?")).text
