"""The province announces: a second official, a few first, figures of five members at least, an official with two hats."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import core
from bot.simulator.world import Person as Inhabitant
from core import database
from core.permissions import Role
from tests.builders import Village, a_village, an_official
from tests.house import ACCOUNT, House, a_database, running_house
from tests.notifications.crowd import members_with_chats

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_house(server_url: str, template: str) -> AsyncIterator[House]:
    """A service of their own: the whole province is spoken to, and other stories live in it."""
    async with a_database(server_url, template) as given, running_house(given) as house:
        yield house


PASER, BERAU, BONTANG, MAHAKAM = "64.01", "64.03", "64.74", "64.11"
_CHATS = itertools.count(900_001)
DATA = Path(core.__file__).parent / "data"


async def a_full_village(house: House, count: int, village: str) -> tuple[Village, list[int]]:
    """A cooperative with so many members who have a chat."""
    made = await a_village(house, village=village)
    chats = [next(_CHATS) for _ in range(count)]
    bot = house.world.find_bot(int(ACCOUNT))
    assert bot is not None
    for chat in chats:
        person = house.world.add_person(Inhabitant(id=chat, first_name="Warga"))
        house.world.chat(bot, person).started = True
    async with database.transaction(house.owner, koperasi_id=made.cooperative.id) as db:
        raw = await database.driver(db)
        await members_with_chats(raw, made.cooperative.id, chats, account=ACCOUNT)
    return made, chats


async def said_to(house: House, village: Village) -> int:
    found: int = await house.value(
        "SELECT count(*) FROM outbox WHERE koperasi_id = :here AND announcement IS NOT NULL"
        " AND state = 'sent'",
        here=village.cooperative.id,
    )
    return found


async def passes(house: House, region: str) -> None:
    """Let the ten minutes of a pilot pass."""
    await house.change(
        "UPDATE announcements SET started_at = started_at - interval '10 minutes'"
        " WHERE koperasi_id = 0 AND region = :region",
        region=region,
    )


@pytest.mark.only("telegram", "it is about the Bot API")
async def test_above_a_thousand_people_another_official_approves_and_a_few_get_it_first(
    house: House,
) -> None:
    village, _ = await a_full_village(house, 1001, "64.74.01.1001")
    dewi = await an_official(house, "Dewi Anggraini", BONTANG)
    agus = await an_official(house, "Agus Salim", BONTANG)
    far = await an_official(house, "Maya Sari", BERAU)
    card = await dewi.says("umumkan ke semua anggota di Bontang: RAT serentak tanggal 20")
    assert card.line("Penerima:") == f"1.001 orang ({house.channel_name} 1.001)"
    assert card.line("Mulai:").startswith("setelah disetujui orang kedua")
    assert card.line("Biaya:") == "Rp0"
    assert card.line("Perkiraan selesai:")
    waiting = await dewi.presses("✅ Simpan")
    assert "Menunggu persetujuan" in waiting.text
    assert "Agus Salim" in waiting.line("Ditanyakan kepada:")
    assert "Maya Sari" not in waiting.text
    request = await agus.sees("Mohon persetujuan")
    assert "RAT serentak tanggal 20" in request.text
    own = await dewi.forges(request.data["Setujui"], waiting)
    assert "orang lain" in own.text
    other = await far.forges(request.data["Setujui"], far.said[-1])
    assert "tidak ada di sini" in other.text
    assert await said_to(house, village) == 0
    await agus.presses("Setujui", on=request)
    assert "disetujui oleh Agus Salim" in (await dewi.sees("disetujui oleh")).text
    progress = await dewi.sees("Terkirim: 20")
    assert progress.edited
    assert await said_to(house, village) == 20
    await passes(house, BONTANG)
    report = await dewi.sees("selesai")
    assert report.line("Terkirim:") == "1.001"
    again = await agus.forges(request.data["Setujui"], request)
    assert "sudah berubah" in again.text
    assert await said_to(house, village) == 1001


async def test_another_official_says_no_and_nothing_goes_out(house: House) -> None:
    village, _ = await a_full_village(house, 1001, "64.74.02.1001")
    dewi = await an_official(house, "Dewi Anggraini", BONTANG)
    agus = await an_official(house, "Agus Salim", BONTANG)
    await dewi.says(f"umumkan ke {village.cooperative.code}: coba")
    await dewi.presses("❌ Batal")
    await dewi.says("umumkan ke semua anggota di Bontang: jangan dikirim")
    await dewi.presses("✅ Simpan")
    request = await agus.sees("jangan dikirim")
    why = await agus.presses("Tolak", on=request)
    assert "ditolak karena apa?" in why.text
    assert (await agus.says("??")).is_question
    assert "Anda tolak" in (await agus.says("tanggalnya belum benar")).text
    told = await dewi.sees("ditolak oleh Agus Salim")
    assert "Tidak ada yang dikirim" in told.text
    assert told.line("Alasan:") == "tanggalnya belum benar"
    assert await said_to(house, village) == 0


@pytest.mark.only("telegram", "it counts a whole region, where a story told twice counts twice")
async def test_an_official_sees_no_figure_of_fewer_than_five_members(house: House) -> None:
    await a_full_village(house, 4, "64.11.01.2001")
    dewi = await an_official(house, "Dewi Anggraini", MAHAKAM)
    card = await dewi.says("umumkan ke semua anggota di Mahakam Ulu: panen raya")
    assert card.line("Penerima:") == "kurang dari 5 orang (Telegram kurang dari 5)"
    await dewi.presses("✅ Simpan")
    report = await dewi.sees("selesai")
    assert report.line("Terkirim:") == "kurang dari 5"
    assert "4" not in report.line("Terkirim:")


@pytest.mark.only("telegram", "it counts a whole region, where a story told twice counts twice")
async def test_villages_without_a_chat_are_listed_page_by_page(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini", PASER)
    rows = (DATA / "kaltim_villages.csv").read_text().splitlines()
    codes = [row.partition(",")[0] for row in rows if row.startswith(PASER)]
    for code in codes[:31]:
        village = await a_village(house, village=code)
        await village.members([f"Warga {one}" for one in range(5)])
    card = await dewi.says("umumkan ke semua anggota di Paser: vaksin sapi")
    assert card.line("Penerima:") == "0 orang"
    assert card.line("Belum terhubung:") == "155 orang"
    assert len([line for line in card.lines if line.startswith("• ")]) == 6
    first = await dewi.presses("Belum terhubung, menurut desa", on=card)
    rows = [line for line in first.lines if line.startswith("• ")]
    assert len(rows) == 26
    assert rows[-1] == "• dan 6 desa lain"
    second = await dewi.presses(first.labels[0], on=first)
    rows += [line for line in second.lines if line.startswith("• ")]
    assert len(set(rows)) == 32
    assert all(row.endswith(": 5") for row in rows if "desa lain" not in row)


async def test_an_official_who_is_an_officer_too_announces_with_either_hat(house: House) -> None:
    village = await a_village(house, village="64.03.01.2001")
    other = await a_village(house, village="64.03.01.2002")
    dewi = await an_official(house, "Dewi Anggraini", BERAU)
    await village.officer("Dewi Anggraini", Role.KETUA, chat=dewi)
    siti = await village.member("Siti Aminah")
    hendra = await other.officer("Hendra Wijaya", Role.KETUA)
    card = await dewi.says("umumkan ke anggota: kerja bakti hari Jumat")
    assert card.line("Penerima:") == f"1 orang ({house.channel_name} 1)"
    await dewi.presses("✅ Simpan")
    assert village.cooperative.name in (await siti.sees("kerja bakti")).lines[0]
    card = await dewi.says("umumkan ke semua ketua di Berau: laporan triwulan")
    assert card.line("Untuk:") == "ketua (Kabupaten Berau)"
    await dewi.presses("✅ Simpan")
    assert "Pembina Koperasi" in (await hendra.sees("laporan triwulan")).lines[0]
    listed = await dewi.says("/pengumuman")
    assert next(label for label in listed.labels if label.startswith("No. ")) == "No. 1"
    shown = await dewi.presses("sebagai pembina", on=listed)
    assert "laporan triwulan" in shown.text
    refused = await dewi.says("umumkan ke semua ketua di Paser: bukan wilayah saya")
    assert "di luar wilayah" in refused.text


@pytest.mark.only("telegram", "it counts a whole region, where a story told twice counts twice")
async def test_one_cooperative_of_the_region_is_found_by_its_name_and_others_are_not(
    house: House,
) -> None:
    near = await a_village(house, "Koperasi Rotan Jaya", village="64.03.01.2003")
    await a_village(house, "Koperasi Rotan Lestari", village="64.74.01.1002")
    lukas = await near.officer("Lukas Ngau", Role.SEKRETARIS)
    dewi = await an_official(house, "Dewi Anggraini", BERAU)
    card = await dewi.says("umumkan ke pengurus Koperasi Rotan: bawa buku kas")
    assert card.line("Untuk:") == "semua pengurus (Koperasi Rotan Jaya)"
    await dewi.presses("✅ Simpan")
    await lukas.sees("bawa buku kas")
    asked = await dewi.says("umumkan ke Koperasi Rotan Lestari: rahasia")
    assert "tidak ada di wilayah Anda" in asked.text
    assert asked.is_question
