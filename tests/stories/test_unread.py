"""What cannot be read is answered in one line with the two nearest things, and kept without names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import database, unread
from core.permissions import Role
from tests.builders import a_village, an_official
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("kartu pinjamannn nggon endi", ["Pinjaman", "Saldo saya"]),
        ("transaksii ora metu", ["Riwayat", "Periksa bukti"]),
        ("ngeteri bukune", ["Saldo saya", "Pinjaman"]),
    ],
)
async def test_a_member_is_offered_the_two_things_nearest_to_the_words(
    house: House, words: str, labels: list[str]
) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    answer = await siti.says(words)
    assert answer.lines == ["Saya belum mengerti. Apakah salah satu ini maksudnya?"]
    assert answer.labels == labels
    assert "belum mengerti" not in (await siti.presses(labels[0])).text


async def test_an_official_is_offered_what_officials_do(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini", "64.72")
    answer = await dewi.says("ngeteri layange")
    assert answer.labels == ["Pantau", "Pengumuman"]
    kept = await house.rows("SELECT koperasi_id, role FROM unread WHERE role = 'province'")
    assert {(row.koperasi_id, row.role) for row in kept} == {(0, "province")}


async def test_what_could_not_be_read_is_kept_without_names_and_erased_after_90_days(
    house: House,
) -> None:
    async with database.transaction(house.owner) as db:  # What other stories left.
        await unread.forget(db, datetime.now(UTC) + unread.KEPT + timedelta(days=1))
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.SEKRETARIS)
    siti = await village.member("Siti Aminah")
    for one in (rina, siti):
        await one.says("ngeteri bukune Siti Aminah hub 081254001234")
    await siti.says("ngeteri bukune")
    here = village.cooperative.id
    async with database.transaction(house.owner, koperasi_id=here) as db:
        first, second = await unread.listing(db, keys=house.keys, most=10, koperasi_id=here)
    assert first.said == "ngeteri bukune <nama> hub <nomor>"
    assert (first.times, first.roles) == (2, {"officer", "member"})
    assert (second.said, second.times) == ("ngeteri bukune", 1)
    sealed = await house.rows("SELECT said_sealed FROM unread WHERE koperasi_id = :h", h=here)
    assert not any(b"bukune" in row.said_sealed for row in sealed)
    almost = datetime.now(UTC) + unread.KEPT - timedelta(minutes=5)
    async with database.transaction(house.owner) as db:
        assert await unread.forget(db, almost) == 0
        assert await unread.forget(db, almost + timedelta(minutes=10)) >= 3
    assert await house.value("SELECT count(*) FROM unread") == 0


async def test_what_is_read_is_not_kept(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    await siti.says("saldo saya berapa")
    await siti.says("mau tarik 200rb")
    await siti.says("harga beras?")
    here = village.cooperative.id
    assert await house.value("SELECT count(*) FROM unread WHERE koperasi_id = :h", h=here) == 0
    await siti.says("\U0001f9ff\U0001f9ff")
    assert await house.value("SELECT count(*) FROM unread WHERE koperasi_id = :h", h=here) == 1
