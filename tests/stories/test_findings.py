"""A pengawas marks a finding on an entry; pengurus follow it up; it stays open until pengawas closes it."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_finding_is_followed_up_by_pengurus_and_closed_by_pengawas_alone(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    ahmad = await village.officer("Ahmad Yani", Role.PENGAWAS)
    helper = await village.officer("Dedi Kurnia", Role.PENDAMPING)
    siti = await village.member("Siti Aminah", sukarela=500_000)
    await rina.says("setor sukarela 50rb Siti")
    done = await rina.presses("✅ Simpan")
    number = done.text.split("Tercatat No. ")[1].split("\n", maxsplit=1)[0]
    entries = await village.entries()
    marked = await ahmad.says(f"temuan transaksi {number}: nota tidak ada")
    assert f"Temuan 1 di No. {number}: nota tidak ada" in marked.text
    assert "nota tidak ada" in (await rina.sees("nota tidak ada")).text
    for words in (
        "temuan transaksi 4711: nota hilang",
        "tandai catatan no 4.711 sebagai temuan: hilang",
    ):
        unknown = await ahmad.says(words)
        assert "Tidak ada catatan No. 4.711" in unknown.text
    for other in (rina, siti, helper):
        refused = await other.says("temuan transaksi 1: saya juga")
        assert "Temuan 2" not in refused.text
        closed = await other.says("tutup temuan 1")
        assert "ditutup" not in closed.text
    for outsider in (siti, helper):
        assert "nota" not in (await outsider.says("temuan 1")).text
        assert "nota" not in (await outsider.says("daftar temuan")).text
    assert "Temuan 1" in (await rina.says("riwayat Siti")).text
    receipt = await rina.says(f"gambar bukti no {number}")
    assert receipt.label("Temuan")
    assert "nota tidak ada" in (await rina.presses("Temuan 1")).text
    assert "0 hari, belum ditindaklanjuti" in (await ahmad.says("daftar temuan")).text
    assert "emuan" not in (await siti.says("/riwayat")).text
    followed = await rina.says("tindak lanjut temuan 1: nota sudah dikirim")
    assert "nota sudah dikirim" in followed.text
    assert "nota sudah dikirim" in (await ahmad.sees("nota sudah dikirim")).text
    listed = await ahmad.says("daftar temuan")
    assert "Temuan 1" in listed.text
    assert "0 hari, ditindaklanjuti" in listed.text
    assert "ditutup Ahmad Yani" in (await ahmad.says("tutup temuan 1: cocok")).text
    history = (await rina.says("temuan 1")).text
    for said in ("nota tidak ada", "nota sudah dikirim", "cocok"):
        assert said in history
    assert "sudah ditutup" in (await rina.says("tindak lanjut temuan 1: lagi")).text
    assert "Temuan 1" not in (await rina.says("riwayat Siti")).text
    assert await village.entries() == entries
