"""What the data is used for: shown when a chat is linked, refused by words or button, and then really not done."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from core import database, simkopdes
from tests.builders import Village, a_village
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")
NIK = "6402015506900001"


async def _members(house: House, village: Village) -> list[dict[str, str]]:
    """The members as the tables for SIMKOPDES name them."""
    here = village.cooperative.id
    async with database.transaction(house.owner, koperasi_id=here) as db:
        data = await simkopdes.archive(db, here, house.keys)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        table = file.read("anggota_koperasi.csv").decode()
    return list(csv.DictReader(io.StringIO(table)))


async def test_a_member_refuses_uses_one_by_one_and_each_is_really_stopped(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    assert [one.text for one in await siti.messages() if "ketik izin saya" in one.text]
    shown = await siti.says("izin saya")
    assert "naskah versi 2026-11" in shown.text
    assert shown.text.count("Dipakai menurut aturan anggota") == 2
    assert shown.text.count("Diizinkan.") == 3
    await house.change(
        "UPDATE people SET nik_sealed = :nik, nik_hash = 'x' WHERE koperasi_id = :here",
        nik=house.keys.seal_text(NIK),
        here=village.cooperative.id,
    )
    assert [(row["nama"], row["nik"]) for row in await _members(house, village)] == [
        ("Siti Aminah", NIK)
    ]
    assert "hanya nomor anggota" in (await siti.presses("Hentikan SIMKOPDES", shown)).text
    (row,) = await _members(house, village)
    assert (row["nomor_anggota"], row["nama"], row["nik"]) == (siti.number, "", "")
    assert "boleh dimuat" in (await siti.says("beri izin provinsi")).text
    (row,) = await _members(house, village)
    assert row["nik"] == NIK
    assert "sudah dihapus" in (await siti.says("cabut izin KTP")).text
    (row,) = await _members(house, village)
    assert (row["nama"], row["nik"]) == ("Siti Aminah", "")
    assert "pengingat dihentikan" in (await siti.says("cabut izin pengingat")).text
    again = await siti.says("izin saya")
    assert again.text.count("Tidak diizinkan.") == 2
    assert "Izinkan pengingat" in again.labels
    assert "dinyalakan lagi" in (await siti.presses("Izinkan pengingat", again)).text
