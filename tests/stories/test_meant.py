"""A sentence of the book typed where words are asked for is that sentence, or which is meant is asked."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, months_ago
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_counter(house: House) -> tuple[Village, Person, Person]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await village.member("Siti Aminah", sukarela=9_000_000, joined=months_ago(3), linked=False)
    return village, rina, hendra


@pytest.mark.parametrize("opened", ["/pengumuman", "umumkan ke anggota"])
async def test_money_is_not_announced_by_looking_at_the_announcements(
    house: House, opened: str
) -> None:
    village, rina, _ = await a_counter(house)
    await rina.says(opened)
    asked = await rina.says("tarik Siti 600rb")
    assert not asked.is_card
    assert asked.labels[:2] == ["Dicatat di buku", "Isi pengumuman"]
    card = await rina.presses("Dicatat di buku")
    assert card.lines[0] == "Penarikan Simpanan Sukarela"
    assert card.line("Jumlah:").startswith("Rp600.000")
    await rina.presses("✅ Simpan")
    assert await village.entries() == 2  # with her savings
    told = "SELECT count(*) FROM announcements WHERE koperasi_id = :here"  # stories share the house
    assert await house.value(told, here=village.cooperative.id) == 0


async def test_a_text_that_reads_like_money_may_still_be_announced(house: House) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("/pengumuman")
    await rina.says("bayar listrik balai 50rb")
    card = await rina.says("2")  # the second button, typed
    assert "bayar listrik balai 50rb" in card.text
    assert card.lines[0] == "Pengumuman"


@pytest.mark.parametrize("words", ["Wajib bulan ini 20rb, ditunggu ya", "Rapat Sabtu jam 8"])
async def test_words_to_all_are_announced_without_a_question(house: House, words: str) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("/pengumuman")
    assert (await rina.says(words)).lines[0] == "Pengumuman"


async def test_money_is_no_reason_to_reject_a_request(house: House) -> None:
    village, rina, hendra = await a_counter(house)
    await rina.says("tarik Siti 6jt")
    await rina.presses("✅ Simpan")
    request = await hendra.sees("Mohon persetujuan")
    for chosen, begins in (("Dicatat di buku", "Simpanan Wajib"), ("Alasan menolak", "Permintaan")):
        await hendra.presses("Tolak", on=request)
        asked = await hendra.says("wajib Siti 20rb")
        assert asked.labels[:2] == ["Dicatat di buku", "Alasan menolak"]
        assert (await hendra.presses(chosen)).lines[0].startswith(begins)
        state = await house.value(
            "SELECT state FROM approvals WHERE koperasi_id = :here", here=village.cooperative.id
        )
        assert state == ("waiting" if chosen == "Dicatat di buku" else "rejected")
    assert (await rina.sees("ditolak")).line("Alasan:") == "wajib Siti 20rb"


@pytest.mark.parametrize(
    ("opened", "pressed"),
    [
        ("sukarela Siti 50rb", ["✏️ Ubah", "Catatan"]),
        ("Siti mengajukan pinjaman 1jt", ["✏️ Ubah", "Keperluan"]),
        ("batalkan no 1", []),
    ],
)
async def test_a_whole_sentence_gets_its_card_whatever_words_were_asked_for(
    house: House, opened: str, pressed: list[str]
) -> None:
    village, _, hendra = await a_counter(house)
    await village.product()
    await hendra.says(opened)
    for label in pressed:
        await hendra.presses(label)
    card = await hendra.says("wajib Siti 20rb")
    assert card.is_card
    assert card.lines[0] == "Simpanan Wajib"
    assert "Catatan" not in card.text


@pytest.mark.parametrize("words", ["titip lewat Budi", "modal beli beras 500rb"])
async def test_a_note_may_speak_of_money(house: House, words: str) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("sukarela Siti 50rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Catatan")
    card = await rina.says(words)
    assert card.lines[0] == "Simpanan Sukarela"
    assert card.line("Catatan:") == words
