"""Titip jual by chat: goods taken in, sold, given back, their owners paid, on both channels."""

from __future__ import annotations

import pytest

from core.permissions import Role
from core.verify import verify
from tests.house import House
from tests.stories.test_everyday import an_office, holds

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_members_goods_are_taken_in_sold_paid_out_and_given_back(house: House) -> None:
    village, rina, hendra = await an_office(house)
    sari = await village.member("Sari Dewi")
    card = await rina.says("Bu Sari titip 20 bungkus keripik, dijual 10rb, bagian toko 2rb")
    assert card.lines[0] == "Titip Jual Masuk"
    assert card.line("Barang:") == "Keripik, 20 bungkus"
    assert "Dijual Rp10.000 per bungkus, bagian toko Rp2.000" in card.text
    assert "pemilik menerima Rp160.000" in card.text
    told = await rina.presses("✅ Simpan")
    assert "sekarang 20 bungkus" in told.text
    assert await village.entries() == 1
    card = await rina.says("jual keripik Bu Sari 5 bungkus")
    assert card.lines[0] == "Penjualan Titipan"
    assert card.line("Jumlah:").startswith("Rp50.000")
    assert card.line("Bagian pemilik") == "Rp40.000, bagian toko Rp10.000"
    assert card.line("Kas:") == "Rp10.000.000 menjadi Rp10.050.000"
    assert "Tercatat No. 2" in (await rina.presses("✅ Simpan")).text
    await sari.sees("Penjualan Titipan")
    card = await rina.says("laku keripik 2 bungkus")
    assert card.line("Bagian pemilik") == "Rp16.000, bagian toko Rp4.000"
    await rina.presses("✅ Simpan")
    key = f"212100:m{sari.person_id}"
    assert [await holds(village, one) for one in (key, "413000", "412100")] == [56_000, 14_000, 0]
    refused = await rina.says("jual keripik Bu Sari 14 bungkus")
    assert "tinggal 13 bungkus" in refused.text
    await rina.says("/batal")
    assert "belum dibayar Rp56.000" in (await sari.says("hasil titipan saya?")).text
    said = await rina.says("titipan Bu Sari berapa?")
    assert "Masih ada: Keripik 13 bungkus" in said.text
    card = await rina.says("bayar titipan Bu Sari")
    assert card.line("Jumlah:").startswith("Rp56.000")
    await rina.presses("✅ Simpan")
    assert await holds(village, key) == 0
    refused = await hendra.says("batalkan no 2, salah")
    assert "sudah dipakai" in refused.text
    assert "Tidak ada hasil titipan" in (await rina.says("bayar titipan Bu Sari")).text
    card = await rina.says("titipan keripik Bu Sari 3 bungkus tidak laku, dikembalikan")
    assert card.lines[0] == "Titipan Dikembalikan"
    assert "sekarang 10 bungkus" in (await rina.presses("✅ Simpan")).text
    async with house.owner.connect() as db:
        assert (await verify(db, village.cooperative.id)).finding is None


async def test_a_comb_of_bananas_is_counted_by_the_comb(house: House) -> None:
    _, rina, _ = await an_office(house)
    card = await rina.says("Bu Siti titip pisang 10 sisir harga 15rb bagian toko 2rb")
    assert card.line("Barang:") == "Pisang, 10 sisir"
    await rina.presses("✅ Simpan")
    card = await rina.says("laku pisang 4 sisir")
    assert card.line("Jumlah:").startswith("Rp60.000 ")


async def test_who_is_no_member_may_entrust_goods_too(house: House) -> None:
    village, rina, _ = await an_office(house)
    asked = await rina.says("Bu Wati titip jual madu 5 botol")
    assert "bukan anggota?" in asked.text
    assert "Dijual berapa per botol?" in (await rina.presses("Bukan anggota: Bu Wati")).text
    assert "bagian toko per botol" in (await rina.says("50rb")).text
    card = await rina.says("5rb")
    assert card.line("Pemilik:") == "Bu Wati (bukan anggota)"
    await rina.presses("✅ Simpan")
    card = await rina.says("jual madu 2 botol")
    assert card.line("Bagian pemilik") == "Rp90.000, bagian toko Rp10.000"
    await rina.presses("✅ Simpan")
    assert "Bu Wati: belum dibayar Rp90.000" in (await rina.says("daftar titipan")).text
    refused = await rina.says("bayar titipan Bu Wati 100rb")
    assert "hanya Rp90.000" in refused.text
    card = await rina.says("90rb")
    assert card.line("Pemilik:") == "Bu Wati (bukan anggota)"
    await rina.presses("✅ Simpan")
    assert await holds(village, "111000") == 10_010_000
    assert await holds(village, "413000") == 10_000


async def test_a_sale_for_another_by_value_asks_for_the_share(house: House) -> None:
    village, rina, _ = await an_office(house)
    card = await rina.says("laku titipan Siti 50rb bagian toko 5rb")
    assert card.line("Bagian pemilik") == "Rp45.000, bagian toko Rp5.000"
    await rina.presses("✅ Simpan")
    asked = await rina.says("titipan Siti laku 30rb")
    assert "bagian toko" in asked.text
    refused = await rina.says("30rb")
    assert "tidak lebih kecil" in refused.text
    card = await rina.says("3rb")
    assert card.line("Bagian pemilik") == "Rp27.000, bagian toko Rp3.000"
    await rina.presses("❌ Batal")
    assert "belum pernah titip" in (await rina.says("laku titipan Bu Wati 50rb")).text
    assert await village.entries() == 2


async def test_an_officers_own_goods_need_a_second_person(house: House) -> None:
    village, rina, hendra = await an_office(house)
    kasir = await village.member("Tini Lestari")
    await village.appoint(kasir, Role.PENGELOLA)
    await rina.says("Bu Tini titip 4 botol madu, dijual 50rb, bagian toko 5rb")
    await rina.presses("✅ Simpan")
    await kasir.says("jual madu 3 botol")
    await kasir.presses("✅ Simpan")
    assert await village.entries() == 1
    await hendra.sees("Penjualan Titipan")
    await hendra.presses("Setujui")
    key = f"212100:m{kasir.person_id}"
    assert await holds(village, key) == 135_000
    assert "Madu 1 botol" in (await rina.says("daftar titipan")).text
    async with house.owner.connect() as db:
        assert (await verify(db, village.cooperative.id)).finding is None
