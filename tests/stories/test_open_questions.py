"""Whatever is said to an open question, it is answered kindly, nothing is recorded, and little is kept."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, months_ago
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

ODD = (
    "0010",
    "1000",
    "000000000000000000000001",
    "9" * 40,
    "-1",
    "1.",
    "②",
    "١",
    "½",
    "½ juta",
    "0x10",
    "1e9",
    "NaN",
    "?",
    ".",
    "\u200b",
    "😀",
    "ya",
    "tidak",
    "benar",
    "bukan",
    "ubah",
    "simpan",
    "gambar bukti",
    "/saldo",
    "/catat",
    "/ganti",
    "/start ABCD1234",
    "terima kasih",
    "semua",
    "lunas",
    "sisanya",
    "besok",
    "31/02",
    "29 februari 2023",
    "32 desember",
    "tahun 9999",
    "1 januari 0001",
    "bulan depan",
    "0 bulan",
    "99999999999 bulan",
    "januari 1900 sampai desember 9999",
    "A-999999999999999999999",
    "A-0",
    "-",
    "Siti, Budi dan Sugeng",
    "Siti 20rb\nBudi",
    "{ $name }",
    "{ $name -> [a] b *[c] d }",
    "<b>Siti</b>",
    "[Siti](tg://user?id=1)",
    "`Siti` 20rb",
    "&amp;&lt;",
    "%s %d {0}",
    "no 999999999999999999",
    "batalkan no 0",
    "batalkan no 999999999999",
    "wajib",
    "tarik",
    "pokok Siti",
    "x" * 4000,
    "Siti " * 700,
    "1 " * 1900,
    "20rb " * 700,
    "a\n" * 1900,
)
OPENED = {
    "operation": ("setor 50rb",),
    "member": ("wajib 50rb",),
    "member choice": ("wajib Sugeng 50rb",),
    "amount": ("wajib Siti",),
    "amount choice": ("wajib Siti 50",),
    "day": ("wajib Siti 50rb", "!✏️ Ubah", "!Tanggal"),
    "months": ("wajib Siti 50rb", "!✏️ Ubah", "!Bulan"),
    "kind": ("wajib Siti 50rb", "!✏️ Ubah", "!Jenis"),
    "what": ("wajib Siti 50rb", "!✏️ Ubah"),
    "row member": ("wajib:\nSiti 20rb\nSugeng 30rb\nBudi 40",),
    "row amount": ("wajib:\nSiti 20rb\nBudi 40",),
    "row kind": ("Siti 20rb\nBudi 40rb",),
    "row refused": ("tarik:\nSiti 20rb\nBudi 900rb",),
    "list day": ("wajib:\nSiti 20rb\nBudi 40rb", "!✏️ Ubah", "!Tanggal"),
    "refused": ("tarik Siti 900rb",),
    "whose": ("/saldo",),
    "which": ("saldo Sugeng",),
    "entry": ("batalkan transaksi Siti",),
    "reason": ("batalkan no 2",),
}


async def a_counter(house: House) -> tuple[Village, Person]:
    """Hendra, ketua without membership, five members, and an entry of the treasurer's."""
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    names = ["Siti Aminah", "Budi Santoso", "Sugeng Riyadi", "Sugeng Hartono", "Fatimah Zahra"]
    await village.members(names, savings=(0, 0, 50_000), joined=months_ago(2))
    await rina.says("wajib Fatimah 20rb")
    await rina.presses("✅ Simpan")
    return village, hendra


async def opens(person: Person, steps: tuple[str, ...]) -> None:
    for step in steps:
        await (person.presses(step[1:]) if step.startswith("!") else person.says(step))
    assert "❌ Batal" in person.said[-1].labels or person.said[-1].is_question, person.said[-1]
    assert not person.said[-1].is_card


async def kept(house: House, person: Person) -> int:
    """How many bytes are kept of a chat between two messages."""
    found: int = await house.value(
        "SELECT length(state) FROM chat.chats WHERE chat = :chat", chat=person.chat_id
    )
    return found


@pytest.mark.parametrize("opened", OPENED)
async def test_no_answer_to_an_open_question_is_a_bug(house: House, opened: str) -> None:
    village, hendra = await a_counter(house)
    before = await village.entries()
    await opens(hendra, OPENED[opened])
    for words in ODD[list(OPENED).index(opened) % 2 :: 2]:
        answer = await hendra.says(words)
        assert "gangguan" not in answer.text, (opened, words)
        assert "Tercatat" not in answer.text or answer.file is not None, (opened, words)
        if hendra.said[-2].is_card or answer.is_card:  # It was an answer: ask again.
            await hendra.says("/batal")
            await opens(hendra, OPENED[opened])
    assert await village.entries() == before
    assert await kept(house, hendra) < 20_000


@pytest.mark.parametrize("words", ODD[::4])
@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_nothing_but_the_contact_goes_on_from_joining(house: House, words: str) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    await siti.says(f"/start {await village.invite(siti)}")
    answer = await siti.says(words)
    assert "gangguan" not in answer.text
    assert "Siti" not in answer.text
    assert "Terhubung" in (await siti.shares_contact()).text


async def test_words_while_it_is_asked_who_speaks_ask_it_again(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    budi = await village.member("Budi Santoso", phone=siti.phone, linked=False)
    await siti.says(f"/start {await village.invite(siti)}")
    asked = await siti.shares_contact()
    assert "Siapa yang memakai chat ini?" in asked.text
    for words in ("Siti", "saldo", "3", "0", "x" * 4000):
        again = await siti.says(words)
        assert again.text == asked.text
        assert again.labels == asked.labels
    second = 1 + next(n for n, label in enumerate(asked.labels) if "Budi Santoso" in label)
    assert "Terhubung" in (await siti.says(str(second))).text
    assert budi.number in (await siti.says("riwayat")).text or "Budi" in siti.said[-1].text


async def test_many_cards_lists_and_wishes_leave_little_behind(house: House) -> None:
    village, hendra = await a_counter(house)
    siti = await village.member("Siti Maryam")
    long = "wajib:\n" + "\n".join(f"A-00{1 + n % 5} {1000 + n}" for n in range(150))
    for _ in range(3):
        assert (await hendra.says(long)).is_card
    for n in range(25):
        assert (await hendra.says(f"wajib Fatimah {20 + n}rb")).is_card
    assert await kept(house, hendra) < 60_000
    for n in range(20):
        await siti.says(f"setor wajib {50 + n}rb " + "titip " * 500)
    assert await kept(house, siti) < 8_000
