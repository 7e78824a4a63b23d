"""An officer opens a member's figures: the member is told who did, pengawas reads what all of them opened."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_member_learns_who_looked_and_pengawas_reviews_everybody(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    ahmad = await village.officer("Ahmad Yani", Role.PENGAWAS)
    siti = await village.member("Siti Aminah", sukarela=500_000)
    budi = await village.member("Budi Santoso")
    assert "Belum ada pengurus" in (await siti.says("siapa yang melihat data saya?")).text
    await siti.says("/saldo")
    await siti.says("/riwayat")
    refused = await budi.says("saldo Siti")
    assert "500.000" not in refused.text
    assert "Belum ada pengurus" in (await siti.says("siapa lihat dataku")).text
    await rina.says("saldo Siti")
    await rina.says("riwayat Siti")
    await rina.says("/anggota")
    told = await siti.says("siapa aja yang pernah buka data saya?")
    assert told.text.count("Rina Kartika (bendahara)") == 2
    assert told.text.index("riwayat") < told.text.index("saldo")  # the newest first
    assert "dibuka 1 kali" in told.text
    assert "Rina" not in (await budi.says("siapa yang melihat data saya")).text
    for one in (budi, rina):
        assert "pengawas" in (await one.says("siapa yang melihat data Siti Aminah?")).text
        assert "Siti" not in (await one.says("catatan akses")).text
    assert "(bendahara), saldo" in (await ahmad.says("siapa yang melihat data Siti Aminah?")).text
    review = (await ahmad.says("catatan akses")).text
    assert "Rina Kartika: 1 anggota (2 kali), 1 kali daftar" in review
    assert "riwayat Siti Aminah" in review


async def test_every_way_to_a_members_figures_leaves_its_trace(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.product()
    siti = await village.member("Siti Aminah", sukarela=500_000)
    loan = await village.lent(siti, 1_000_000)
    for words, what in (
        ("pinjaman Siti", "loans"),
        (f"pinjaman {loan.label} Siti", "loans"),
        ("siapa nunggak", None),
        ("daftar pinjaman", "loan-list"),
        ("siapa belum bayar wajib?", "dues"),
        ("bon Siti berapa?", "bon"),
        ("daftar simpanan pdf", "file"),
    ):
        before = await house.value(
            "SELECT count(*) FROM looks WHERE koperasi_id = :here", here=village.cooperative.id
        )
        await rina.says(words)
        newest = await house.rows(
            "SELECT what FROM looks WHERE koperasi_id = :here ORDER BY id OFFSET :n",
            here=village.cooperative.id,
            n=before,
        )
        assert (newest[-1].what if newest else None) == what, words
