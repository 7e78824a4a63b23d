"""An announcement on its way, in its composer's chat: paused, resumed, tried again, reported; and whatever is written in it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest

from core.permissions import Role
from tests.builders import Village, a_village, an_official, months_ago
from tests.house import ACCOUNT, House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
DATA = Path(__file__).parents[1] / "data"
TEXT = "rapat hari Minggu"


async def two_members(house: House) -> tuple[Village, Person, Person, Person]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti, budi = [await village.member(name) for name in ("Siti Aminah", "Budi Santoso")]
    return village, rina, siti, budi


async def announced(rina: Person) -> Message:
    await rina.says(f"umumkan ke anggota: {TEXT}")
    return await rina.presses("✅ Simpan")


def got(messages: list[Message], words: str = TEXT) -> int:
    return len([one for one in messages if words in one.text])


def a_sheet(house: House, message: Message) -> list[list[str]]:
    """Open the workbook of a message."""
    assert message.file is not None
    bot = house.world.find_bot(int(ACCOUNT))
    assert bot is not None
    data = bot.files[message.file["url"].rpartition("/")[2]].data
    page = openpyxl.load_workbook(io.BytesIO(data)).active
    assert page is not None
    return [[str(cell or "") for cell in row] for row in page.iter_rows(values_only=True)]


@pytest.mark.only("telegram", "WhatsApp cannot edit: the old buttons stay, and do nothing")
async def test_it_is_paused_and_resumed_and_its_progress_is_one_message(house: House) -> None:
    _, rina, siti, budi = await two_members(house)
    await house.sim.fault("status", "sendMessage", status=500, chat_id=budi.chat, times=99)
    card = await announced(rina)
    await siti.sees(TEXT)
    running = await rina.sees("Menunggu: 1")
    assert (running.id, running.edited) == (card.id, True)
    assert running.line("Terkirim:") == "1"
    assert running.labels == ["Jeda", "Hentikan", "Ralat"]
    paused = await rina.presses("Jeda")
    assert "Dijeda" in paused.text
    assert paused.labels[:2] == ["Lanjutkan", "Hentikan"]
    await house.sim.clear_faults()
    late = await rina.forges(running.data["Jeda"], running)
    assert "sudah berubah keadaannya" in late.text
    assert got(await budi.messages()) == 0
    await rina.presses("Lanjutkan", on=paused)
    await budi.sees(TEXT)
    report = await rina.sees("selesai")
    assert report.line("Terkirim:") == "2"
    assert got(await siti.messages()) == got(await budi.messages()) == 1
    assert got(await rina.messages()) == 2  # The message that told it, and the report.


@pytest.mark.only("telegram", "WhatsApp does not tell who blocked: a message that fails does")
async def test_who_blocked_the_bot_is_reported_and_tried_again_when_back(house: House) -> None:
    _, rina, siti, budi = await two_members(house)
    await house.sim.block(budi.chat)
    await announced(rina)
    report = await rina.sees("selesai")
    assert report.line("Terkirim:") == "1"
    assert report.line("Gagal:") == "1"
    assert report.line("• memblokir bot:") == "1"
    sheet = await rina.presses("Unduh .xlsx", on=report)
    rows = a_sheet(house, sheet)
    assert ["Budi Santoso", budi.number, "gagal", "memblokir bot"] in rows
    assert ["Siti Aminah", siti.number, "terkirim", ""] in rows
    await house.sim.block(budi.chat, blocked=False)
    await budi.says("menu")
    await rina.presses("Ulangi yang gagal", on=report)
    await budi.sees(TEXT)
    again = await rina.sees("selesai")
    assert again.line("Terkirim:") == "2"
    assert "Ulangi yang gagal" not in again.labels
    assert got(await siti.messages()) == 1


@pytest.mark.only("telegram", "it puts faults into the Bot API's own methods")
async def test_stopped_it_reaches_nobody_else_and_the_report_says_so(house: House) -> None:
    _, rina, siti, budi = await two_members(house)
    await house.sim.fault("status", "sendMessage", status=500, chat_id=budi.chat, times=99)
    await announced(rina)
    await rina.sees("Menunggu: 1")
    await rina.presses("Hentikan")
    await house.sim.clear_faults()
    report = await rina.sees("dihentikan")
    assert report.line("Terkirim:") == "1"
    assert report.line("Tidak jadi dikirim:") == "1"
    assert (got(await siti.messages()), got(await budi.messages())) == (1, 0)


async def test_with_nobody_to_reach_there_is_a_card_all_the_same(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    card = await rina.says(f"umumkan ke anggota: {TEXT}")
    assert card.is_card
    assert card.line("Penerima:") == "0 orang"
    await rina.presses("✅ Simpan")
    report = await rina.sees("selesai")
    assert report.line("Terkirim:") == "0"


async def test_who_said_stop_pengumuman_gets_none_and_gets_them_again_after_mulai(
    house: House,
) -> None:
    _, rina, siti, budi = await two_members(house)
    await siti.says("STOP PENGUMUMAN")
    card = await rina.says(f"umumkan ke anggota: {TEXT}")
    assert card.line("Penerima:") == f"1 orang ({house.channel_name} 1)"
    assert card.line("Tidak mau menerima pengumuman:") == "1 orang"
    await rina.presses("✅ Simpan")
    await budi.sees(TEXT)
    await rina.sees("selesai")
    assert got(await siti.messages()) == 0
    await siti.says("MULAI")
    await rina.says("umumkan ke anggota: besok libur")
    await rina.presses("✅ Simpan")
    await siti.sees("besok libur")


@pytest.mark.parametrize(
    "text",
    [
        "<b>rapat</b> & <script>alert(1)</script> </i>",
        "{ $name } %s {{7*7}} *tebal* _miring_ [x](tg://user?id=1)",
        "baca https://contoh.id/?a=1&b=2 dan t.me/contoh",
        "Jumlah: Rp5.000.000\nTanggal: kemarin\nTercatat No. 1",
        "🎉 selamat 👩‍🌾🏽, ½ kg – “beras” `asli` 5² é",
    ],
)
async def test_whatever_is_written_arrives_as_it_was_written(house: House, text: str) -> None:
    _, rina, siti, _ = await two_members(house)
    card = await rina.says(f"umumkan ke anggota: {text}")
    assert card.is_card
    quoted = [line for line in card.lines if line.startswith("│ ")]
    assert quoted == [f"│ {line}" for line in text.splitlines()]
    await rina.presses("✅ Simpan")
    arrived = await siti.sees(text)
    assert arrived.lines[0].startswith("Pengumuman dari Koperasi")
    assert arrived.html.count("<b>") == 1  # The heading's alone.


@pytest.mark.parametrize("text", ["   ", "...", "x" * 4000])
async def test_what_says_nothing_or_too_much_is_asked_for_again(house: House, text: str) -> None:
    _, rina, siti, _ = await two_members(house)
    asked = await rina.says(f"umumkan ke anggota: {text}")
    assert not asked.is_card
    assert asked.is_question or "Tulis" in asked.text
    card = await rina.says(TEXT)
    assert card.is_card
    assert got(await siti.messages()) == 0


async def is_now(village: Village, name: str) -> None:
    """Put the loans of a village into a class, as the night's work would."""
    await village.house.change(
        "UPDATE loans SET class = :name WHERE koperasi_id = :here",
        name=name,
        here=village.cooperative.id,
    )


async def test_only_active_members_or_those_in_arrears_are_meant_when_it_says_so(
    house: House,
) -> None:
    village, rina, siti, budi = await two_members(house)
    await village.product()
    await village.lent(budi, 1_000_000, on=months_ago(0))
    await rina.says("wajib Siti 20rb")
    await rina.presses("✅ Simpan")
    await is_now(village, "macet")
    late = await rina.says("umumkan ke anggota yang menunggak: mohon datang ke kantor")
    assert late.line("Penerima:") == f"1 orang ({house.channel_name} 1)"
    assert "pinjaman" in late.line("Untuk:")
    await rina.presses("✅ Simpan")
    await budi.sees("mohon datang ke kantor")
    await rina.says("umumkan ke anggota: hadiah untuk yang rajin")
    await rina.presses("✏️ Ubah")
    await rina.presses("Penerima")
    paid = await rina.presses("Bayar wajib 3 bulan terakhir")
    assert paid.line("Penerima:") == f"1 orang ({house.channel_name} 1)"
    await rina.presses("✅ Simpan")
    await siti.sees("hadiah untuk yang rajin")
    await is_now(village, "lancar")  # As its history says, which is verified.
    assert got(await siti.messages(), "mohon datang") == got(await budi.messages(), "hadiah") == 0


async def test_the_sample_message_of_an_official_gets_its_card_and_sends_nothing_before(
    house: House,
) -> None:
    samples = [json.loads(line) for line in (DATA / "utterances.jsonl").read_text().splitlines()]
    (sample,) = [one for one in samples if one["expect"]["op"] == "announcement"]
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah")
    dewi = await an_official(house, "Dewi Anggraini")
    card = await dewi.says(sample["text"])
    assert card.is_card
    assert card.lines[0] == "Pengumuman"
    assert card.lines[1] == "│ batas pemutakhiran data anggota tanggal 20"
    assert card.line("Untuk:").startswith("semua pengurus")
    assert got(await hendra.messages(), "pemutakhiran") == 0
    await dewi.presses("✅ Simpan")
    await hendra.sees("batas pemutakhiran data anggota tanggal 20")
    assert got(await siti.messages(), "pemutakhiran") == 0
