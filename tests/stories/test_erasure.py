"""Who has left asks to be forgotten: a card of the sekretaris, the ketua's yes; the books keep a number."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_former_member_is_forgotten_by_two_officers_and_the_books_stay(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    dewi = await village.officer("Dewi Lestari", Role.SEKRETARIS)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", pokok=100_000, sukarela=500_000)
    here = village.cooperative.id
    assert "setelah Anda keluar" in (await siti.says("hapus data saya")).text
    assert "tidak ada di koperasi ini" in (await dewi.says("hapus data anggota Siti Aminah")).text
    assert "masih anggota" in (await dewi.says(f"hapus data {siti.number}")).text
    await rina.says("Siti keluar dari anggota")
    await rina.presses("✅ Simpan")
    await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    await siti.sees("Terima kasih sudah menjadi anggota")
    entries = await village.entries()

    assert "disampaikan kepada sekretaris" in (await siti.says("hapus data saya")).text
    asked = await dewi.sees("Hapus data bekas anggota Siti Aminah")
    assert f'"hapus data {siti.number}"' in asked.text
    assert "sekretaris" in (await rina.says(f"hapus data {siti.number}")).text
    card = await dewi.says("perbaikan 1 selesai")
    assert "Bekas anggota" in card.text
    await dewi.presses("Ajukan penghapusan", card)
    request = await hendra.sees("Mohon persetujuan No. 2")
    assert "Siti" not in request.text
    done = await hendra.presses("Setujui", on=request)
    assert f"Bekas anggota {siti.person_id}" in done.text
    assert "sudah dihapus" in (await dewi.says(f"hapus data {siti.number}")).text
    assert await village.entries() == entries
    held = await house.rows(
        "SELECT name, phone_sealed, phone_hash FROM people WHERE koperasi_id = :here AND id = :who",
        here=here,
        who=siti.person_id,
    )
    assert [tuple(row) for row in held] == [(f"Bekas anggota {siti.person_id}", None, None)]
    for table, column in (("addresses", "person_id"), ("chat.links", "person_id")):
        assert not await house.value(
            f"SELECT count(*) FROM {table} WHERE koperasi_id = :here AND {column} = :who",
            here=here,
            who=siti.person_id,
        ), table
    stranger = await siti.says("/saldo")
    assert "500.000" not in stranger.text
    assert "Siti" not in stranger.text
    house.people.remove(siti)  # What was said in her chat is nobody's any more.
