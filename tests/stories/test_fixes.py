"""A member's name is wrong in the book: asked by chat, changed by the sekretaris, told; or refused with its reason."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_wrong_name_is_put_right_by_the_sekretaris_and_the_member_is_told(
    house: House,
) -> None:
    village = await a_village(house)
    dewi = await village.officer("Dewi Lestari", Role.SEKRETARIS)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminnah", sukarela=50_000)
    budi = await village.member("Budi Santoso")
    entries = await village.entries()
    assert "Apa yang salah" in (await siti.says("data saya salah")).text
    asked = await siti.says("data saya salah, nama saya harusnya Siti Aminah")
    assert "Permintaan perbaikan nomor 1" in asked.text
    card = await dewi.sees("Nama yang benar: Siti Aminah")
    for other in (rina, budi, siti):
        assert "sekretaris" in (await other.says("perbaikan 1 selesai")).text
    assert "Tidak ada permintaan perbaikan 1." in (await budi.says("perbaikan 1")).text
    assert "Perbaikan 1" in (await siti.says("daftar permintaan koreksi")).text
    assert "Tidak ada permintaan" in (await budi.says("permintaan perbaikan")).text
    await dewi.presses("👍 Benar, ubah", card)
    assert "Permintaan perbaikan 1" in (await siti.sees("selesai, oleh Dewi Lestari")).text
    assert "sudah dijawab" in (await dewi.says("perbaikan 1 selesai")).text
    assert "Siti Aminah" in (await dewi.says("saldo Siti Aminah")).text
    assert "Siti Aminah," in (await siti.says("/datasaya")).text
    assert await village.entries() == entries


async def test_a_refusal_needs_its_reason_and_late_ones_stand_out(house: House) -> None:
    village = await a_village(house)
    dewi = await village.officer("Dewi Lestari", Role.SEKRETARIS)
    ahmad = await village.officer("Ahmad Yani", Role.PENGAWAS)
    siti = await village.member("Siti Aminah")
    await siti.says("/perbaikan tanggal masuk saya bukan Maret")
    assert "Kata pemohon: tanggal masuk" in (await dewi.sees("tanggal masuk")).text
    await house.change(
        "UPDATE data_requests SET due_at = at - interval '1 hour' WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    listed = await ahmad.says("permintaan perbaikan")
    assert "⚠️ Perbaikan 1, Siti Aminah: lewat batas" in listed.text
    assert listed.labels == []
    shown = await dewi.presses("Perbaikan 1", await dewi.says("daftar permintaan perbaikan"))
    assert "Apa alasannya?" in (await dewi.presses("❌ Tolak", shown)).text
    await dewi.says("tolak perbaikan 1: buku anggota berkata Maret")
    told = await siti.sees("ditolak oleh Dewi Lestari")
    assert "buku anggota berkata Maret" in told.text
    own = await dewi.says("nama saya harusnya Dewi L")
    assert "Permintaan perbaikan nomor 2" in own.text
    assert "dijawab orang lain" in (await dewi.says("perbaikan 2 selesai")).text
