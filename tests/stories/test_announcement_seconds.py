"""Announcements that reach many: a second person is asked, a few get it first."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
TEXT = "rapat anggota hari Minggu pukul 9"


async def a_busy_village(house: House) -> tuple[Village, Person, Person, list[Person]]:
    """Two officers and two members, where one officer announces to one person alone."""
    village = await a_village(house, announcement_second_above="1")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    members = [await village.member(name) for name in ("Siti Aminah", "Budi Santoso")]
    return village, rina, hendra, members


async def asked(rina: Person, hendra: Person) -> tuple[Message, Message]:
    """Compose and confirm; return what the composer and the second officer read."""
    card = await rina.says(f"umumkan ke anggota: {TEXT}")
    assert card.line("Mulai:").startswith("setelah disetujui orang kedua")
    assert "Dikirim dulu ke 20 orang" in card.text
    waiting = await rina.presses("✅ Simpan")
    assert waiting.lines[0] == "Menunggu persetujuan No. 1"
    return waiting, await hendra.sees("Mohon persetujuan")


async def rows_of(house: House, village: Village) -> int:
    found: int = await house.value(
        "SELECT count(*) FROM outbox WHERE koperasi_id = :here AND announcement IS NOT NULL",
        here=village.cooperative.id,
    )
    return found


async def state_of(house: House, village: Village) -> tuple[str, str | None]:
    ((state, because),) = await house.rows(
        "SELECT state, because FROM announcements WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    return state, because


@pytest.mark.only("telegram", "WhatsApp cannot edit: the old buttons stay, and do nothing")
async def test_a_second_officer_says_yes_and_a_few_get_it_first(house: House) -> None:
    village, rina, hendra, members = await a_busy_village(house)
    _, request = await asked(rina, hendra)
    assert TEXT in request.text
    assert await rows_of(house, village) == 0
    approved = await hendra.presses("Setujui", on=request)
    assert approved.lines[0] == "Pengumuman No. 1 dikirim"
    for member in members:
        await member.sees(TEXT)
    await rina.sees("disetujui")
    running = await rina.sees("Sedang dikirim ke 20 orang pertama")
    assert running.edited
    assert await state_of(house, village) == ("pilot", None)
    await rina.presses("Hentikan")


async def test_a_second_officer_says_no_and_the_composer_reads_why(house: House) -> None:
    village, rina, hendra, members = await a_busy_village(house)
    _, request = await asked(rina, hendra)
    await hendra.presses("Tolak", on=request)
    await hendra.says("tanggalnya belum pasti")
    told = await rina.sees("ditolak")
    assert "tanggalnya belum pasti" in told.text
    ended = await rina.sees("Ditolak orang kedua")
    assert ended.labels == []
    assert await state_of(house, village) == ("cancelled", "rejected")
    assert await rows_of(house, village) == 0
    for member in members:
        assert not [one for one in await member.messages() if TEXT in one.text]


async def test_its_composer_takes_the_request_back_and_nothing_goes_out(house: House) -> None:
    village, rina, hendra, _ = await a_busy_village(house)
    waiting, request = await asked(rina, hendra)
    back = await rina.presses("Tarik permintaan", on=waiting)
    assert "Menunggu" not in back.lines[0]
    await rina.sees("Ditarik kembali sebelum disetujui")
    assert await state_of(house, village) == ("cancelled", "withdrawn")
    late = await hendra.presses("Setujui", on=request)
    assert "dikirim" not in late.lines[0]
    assert await rows_of(house, village) == 0


async def test_while_it_waits_it_is_stopped_by_its_request_alone(house: House) -> None:
    village, rina, hendra, _ = await a_busy_village(house)
    _, request = await asked(rina, hendra)
    await rina.says("/pengumuman")
    shown = await rina.presses("No. 1")
    assert "/persetujuan" in shown.text
    assert shown.labels == []
    refused = await rina.forges(f"b:{village.cooperative.id}:1:s", shown)
    assert "sudah berubah keadaannya" in refused.text
    approved = await hendra.presses("Setujui", on=request)
    assert approved.lines[0] == "Pengumuman No. 1 dikirim"


async def test_who_composed_it_does_not_approve_it(house: House) -> None:
    village, rina, hendra, _ = await a_busy_village(house)
    waiting, _ = await asked(rina, hendra)
    refused = await rina.forges(f"a:{village.cooperative.id}:1:y", waiting)
    assert "dikirim" not in refused.lines[0]
    assert (await state_of(house, village))[0] == "waiting-approval"
