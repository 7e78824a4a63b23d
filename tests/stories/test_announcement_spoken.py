"""An announcement on its way is paused, resumed, stopped and corrected in plain words: a wrong one is stopped fast."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, an_official
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
TEXT = "rapat hari Minggu"
BERAU = "64.03"


async def on_its_way(house: House) -> tuple[Village, Person, Person, Person]:
    """One member got it, the other's chat answers with errors."""
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti, budi = [await village.member(name) for name in ("Siti Aminah", "Budi Santoso")]
    await house.sim.fault("status", "sendMessage", status=500, chat_id=budi.chat, times=99)
    await rina.says(f"umumkan ke anggota: {TEXT}")
    await rina.presses("✅ Simpan")
    await siti.sees(TEXT)
    await rina.sees("Menunggu: 1")
    return village, rina, siti, budi


async def heard(person: Person, words: str = TEXT) -> int:
    return len([one for one in await person.messages() if words in one.text])


@pytest.mark.only("telegram", "it puts faults into the Bot API's own methods")
async def test_it_is_paused_resumed_and_stopped_by_words(house: House) -> None:
    _, rina, _, budi = await on_its_way(house)
    paused = await rina.says("jeda pengumuman")
    assert "Dijeda" in paused.text
    assert not paused.edited
    assert "sudah berubah keadaannya" in (await rina.says("jeda pengumuman 1")).text
    resumed = await rina.says("lanjutkan pengumuman no. 1 ya")
    assert "Sedang dikirim" in resumed.text
    assert "Dijeda" in (await rina.says("jeda")).text
    stopped = await rina.says("tolong hentikan pengumuman 1, karena salah tanggal")
    assert "Dihentikan" in stopped.text
    await house.sim.clear_faults()
    report = await rina.sees("Pengumuman No. 1 dihentikan")
    assert report.line("Tidak jadi dikirim:") == "1"
    assert await heard(budi) == 0
    assert "Tidak ada pengumuman" in (await rina.says("hentikan pengumuman")).text
    assert "Pengumuman No. 9 tidak ada" in (await rina.says("batalkan pengumuman 9")).text
    assert "Dihentikan" in (await rina.says("pengumuman 1")).text


@pytest.mark.only("telegram", "it puts faults into the Bot API's own methods")
async def test_batalkan_stops_one_on_its_way_and_leaves_one_that_is_being_written(
    house: House,
) -> None:
    _, rina, _, _ = await on_its_way(house)
    card = await rina.says("umumkan ke anggota: yang kedua")
    assert card.is_card
    assert "Tidak ada yang dicatat" in (await rina.says("batalkan pengumuman")).text
    assert "Sedang dikirim" in (await rina.says("pengumuman 1")).text
    asked = await rina.says("hentikan pengumuman rapat itu yang salah")
    assert "Pengumuman yang mana?" in asked.text
    assert asked.labels == ["No. 1"]
    assert "Dihentikan" in (await rina.presses("No. 1")).text
    await house.sim.clear_faults()


@pytest.mark.only("telegram", "it puts faults into the Bot API's own methods")
async def test_a_correction_is_written_in_one_sentence(house: House) -> None:
    _, rina, siti, budi = await on_its_way(house)
    card = await rina.says("ralat pengumuman 1: rapatnya hari Sabtu jam 08:00")
    assert card.is_card
    assert card.lines[1] == "│ rapatnya hari Sabtu jam 08:00"
    assert card.line("Penerima:").startswith("1 orang")
    await rina.presses("✅ Simpan")
    await siti.sees("rapatnya hari Sabtu")
    await house.sim.clear_faults()
    await rina.sees("selesai")
    assert await heard(budi, "Sabtu") == await heard(budi) == 0
    asked = await rina.says("ralat pengumuman 1")
    assert asked.is_question
    assert "No. 1" in asked.text


@pytest.mark.only("telegram", "it puts faults into the Bot API's own methods")
async def test_who_may_not_announce_changes_none_and_another_cooperatives_is_not_found(
    house: House,
) -> None:
    _, rina, siti, _ = await on_its_way(house)
    other = await a_village(house)
    rini = await other.officer("Rini Lestari", Role.BENDAHARA)
    assert "tidak ada di sini" in (await rini.says("hentikan pengumuman 1")).text
    assert "Dihentikan" not in (await siti.says("hentikan pengumuman 1")).text
    assert "Sedang dikirim" in (await rina.says("pengumuman 1")).text
    await house.sim.clear_faults()


@pytest.mark.only("telegram", "it puts faults into the Bot API's own methods")
async def test_who_announces_with_two_hats_is_asked_which_one_is_meant(house: House) -> None:
    village = await a_village(house, village="64.03.13.2005")
    dewi = await an_official(house, "Dewi Anggraini", BERAU)
    await village.officer("Dewi Anggraini", Role.KETUA, chat=dewi)
    siti = await village.member("Siti Aminah")
    await house.sim.fault("status", "sendMessage", status=500, chat_id=siti.chat, times=999)
    await dewi.says("umumkan ke anggota: dari ketua")
    await dewi.presses("✅ Simpan")
    await dewi.sees("Menunggu: 1")
    await dewi.says(f"umumkan ke anggota koperasi {village.cooperative.code}: dari pembina")
    await dewi.presses("✅ Simpan")
    listed = await dewi.says("hentikan pengumuman")
    assert len(listed.labels) == 2
    assert "Dihentikan" in (await dewi.presses("sebagai pembina", on=listed)).text
    last = await dewi.says("hentikan")
    assert "Dihentikan" in last.text
    assert "dari ketua" in last.text
    await house.sim.clear_faults()
    assert await heard(siti, "dari pembina") == 0


async def test_one_that_waits_for_a_second_person_is_shown_with_where_it_is_taken_back(
    house: House,
) -> None:
    village = await a_village(house, announcement_second_above="1")
    await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    for name in ("Siti Aminah", "Budi Santoso"):
        await village.member(name)
    await rina.says(f"umumkan ke anggota: {TEXT}")
    await rina.presses("✅ Simpan")
    shown = await rina.says("batalkan pengumuman 1")
    assert "Menunggu persetujuan" in shown.text
    assert "/persetujuan" in shown.text
