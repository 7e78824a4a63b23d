"""Strangers and hostile texts: nothing is learnt, nothing breaks, nothing is recorded that nobody meant."""

from __future__ import annotations

import asyncio

import pytest

from core import people
from core.permissions import Role
from tests.builders import Village, a_village, an_official
from tests.house import House, Person, a_person

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE_NAMES = (
    "<b>&",
    "</b></a><script>alert(1)</script>",
    "Siti &amp; <i>Budi</i> &lt;",
    "Robert'); DROP TABLE members;--",
    "{ $name } { RUPIAH(1) }",
    "%s %(name)s {0} {}",
    "*Siti* _Aminah_ `kode` [x](tg://user?id=1)",
    "عائشة بنت أحمد",
    "Siti 👩‍🌾🏽 Aminah",
    'O\'Neil \\ "Kutip"',
)
HOSTILE_TEXTS = (
    "a" * 4096,
    "wajib Siti 50rb " * 250,
    "9" * 4096,
    "wajib\n" * 600,
    "👨‍👩‍👧‍👦" * 300,
    "\u202e50rb itiS jabiw\u202c",
    "wajib\u200b Siti\u200d 50\u00a0rb",
    "wajib Siti \x00 50rb",
    "'; DROP TABLE members; --",
    "<b>wajib</b> <a href='tg://user?id=1'>Siti</a>",
    "<script>alert(1)</script>",
    "{{7*7}} ${jndi:ldap://x} %n%n%n",
    "/start " + "A" * 64,
    "/start ../../etc/passwd",
    "/cek ' OR 1=1 --",
    "/saldo@other_bot",
    "////",
    "/",
    "?" * 1000,
    ". . . . .",
    "\ufeff\u2060\u200e",
    "ー" * 2000,
    "1)\n2)\n3)\n" * 100,
    "undang bendahara <b>X</b> 081234567890",
    "batalkan no 999999999999999999999999",
)


async def a_counter(house: House) -> tuple[Village, Person, Person]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    return village, rina, await village.member("Siti Aminah", linked=False)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
async def test_whatever_a_member_is_called_it_is_just_a_name(house: House, name: str) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    odd = await village.member(name, sukarela=30_000)
    name = people.clean_name(name)  # Marks of direction and joining have no place in a name.
    assert name in odd.said[-1].text
    assert name in (await rina.says("/anggota")).text
    assert name in (await rina.says(f"saldo {odd.number}")).text
    card = await rina.says(f"wajib {odd.number} 20rb")
    assert card.line("Anggota:") == f"{name} ({odd.number})"
    await rina.presses("✏️ Ubah")
    await rina.presses("Catatan")
    card = await rina.says(f"dari {name}")
    assert card.line("Catatan:") == f"dari {name}"
    receipt = await rina.presses("✅ Simpan")
    assert receipt.line("Anggota:") == f"{name} ({odd.number})"
    got = await odd.sees("Tercatat")
    assert got.line("Catatan:") == f"dari {name}"
    assert (await rina.presses("Gambar bukti")).file
    await odd.presses("BUKAN")
    assert name in (await hendra.sees("BUKAN")).text
    assert name in (await odd.says("riwayat")).text
    assert name in (await odd.says("/datasaya")).text
    invite = await hendra.says(f"undang {odd.number}")
    assert name in invite.text
    assert (await hendra.presses("Lembar cetak", on=invite)).file
    assert "<script" not in "".join(message.html for message in await rina.messages())


async def test_a_cooperative_with_markup_in_its_name_is_just_a_name(house: House) -> None:
    named = "Koperasi <b>Desa</b> & Merah Putih"
    village = await a_village(house, named)
    rina = await village.officer("<i>Rina</i>", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    assert named in siti.said[-1].text
    await rina.says("wajib Siti 20rb")
    await rina.presses("✅ Simpan")
    got = await siti.sees("Tercatat")
    assert named in got.text
    assert got.line("Dicatat oleh:") == "<i>Rina</i>"
    assert (await rina.presses("Gambar bukti")).file


@pytest.mark.parametrize("some", range(5))
async def test_no_text_breaks_a_turn_or_records_anything(house: House, some: int) -> None:
    village, rina, siti = await a_counter(house)
    await siti.joins(await village.invite(siti))
    stranger = await a_person(house, "Orang Asing")
    for words in HOSTILE_TEXTS[some::5]:
        for one in (rina, siti, stranger):
            answer = await one.says(words)
            assert "gangguan" not in answer.text, words
            assert answer.text.strip(), words
        assert "Siti" not in stranger.said[-1].text or "Siti" in words
        # The same in the middle of a form, where anything is an answer.
        await rina.says("/batal")
        await rina.says("setor 50rb")
        assert "gangguan" not in (await rina.says(words)).text, words
        await rina.says("/batal")
    assert await village.entries() == 0


@pytest.mark.parametrize(
    "amount",
    [
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999",
        "1e400",
        "50.000.000.000.000.000.000",
        "999999999 miliar",
        "0x7fffffff",
        "-50rb",
        "0",
        "NaN",
        "٥٠٠٠٠",
    ],
)
async def test_no_amount_is_too_odd_to_be_asked_about(house: House, amount: str) -> None:
    village, rina, siti = await a_counter(house)
    for words in (f"wajib Siti {amount}", f"sukarela {siti.number} Rp{amount}"):
        answer = await rina.says(words)
        assert "gangguan" not in answer.text
        assert not answer.is_card or amount == "٥٠٠٠٠"
        assert answer.is_question, answer.text
    await rina.says("/batal")
    await rina.says("wajib Siti")
    again = await rina.says(amount)
    assert "gangguan" not in again.text
    assert not again.is_card or amount == "٥٠٠٠٠"
    assert await village.entries() == 0


async def test_a_stranger_learns_nothing_about_anyone(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 50rb")
    receipt = await rina.presses("✅ Simpan")
    stranger = await a_person(house, "Orang Asing")
    for words in (
        "saldo Siti",
        "siapa bendaharanya?",
        "wajib Siti 50rb",
        f"/cek {receipt.line('Kode cek:')}",
        "/anggota",
        "/kas",
        "/pantau",
        "/datasaya",
        "/ganti",
        "benar",
        "bukan",
        "STOP",
    ):
        answer = await stranger.says(words)
        for private in ("Siti", "Rina", "Rp", village.cooperative.name, siti.number):
            assert private not in answer.text, (words, answer.text)
        assert not answer.is_card


async def test_a_member_sees_the_own_figures_and_nobody_elses(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", sukarela=11_000)
    await village.member("Budi Santoso", sukarela=22_000, linked=False)
    for words in ("saldo Budi", "riwayat Budi Santoso", "saldo A-002", "/anggota", "/kas"):
        answer = await siti.says(words)
        assert "22.000" not in answer.text
    assert "11.000" in (await siti.says("saldo Siti")).text


async def test_another_persons_buttons_do_nothing(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await siti.joins(await village.invite(siti))
    budi = await village.member("Budi Santoso", linked=False)
    card = await rina.says("wajib Budi 50rb")
    asked = await rina.says("setor 60rb")
    stranger = await a_person(house, "Orang Asing")
    await stranger.says("halo")
    for one in (siti, stranger):
        on = one.said[-1]
        for data in (*card.data.values(), *asked.data.values(), f"u:show:{budi.person_id}"):
            answer = await one.forges(data, on)
            for private in ("Budi", "gangguan", "Tercatat"):
                assert private not in answer.text
            assert not answer.is_card
    assert await village.entries() == 0


MADE_UP = (
    "x",
    ":",
    "::::",
    "k:",
    "k:abc:save",
    "k:abc:save:more",
    "k:abc:unknown",
    "r:1:1:y",
    "r:1:1:z",
    "r:a:b:c",
    "r:999999999:999999999999999999:y",
    "r:1:99999999999999999999999999999:y",
    "x:1:1",
    "x:1:99999999999999999999999999",
    "x:-1:-1",
    "l:members:99999999999999999999",
    "l:members:-5",
    "l:history-1:0",
    "l:history-99999999999999999999:0",
    "l:history-x:0",
    "l:unknown:0",
    "u:show:1",
    "u:show:2147483648",
    "u:show:9223372036854775808",
    "u:show:99999999999999999999999",
    "u:record:9223372036854775808",
    "u:invite:9223372036854775808",
    "u:unknown:1",
    "o:invite:9223372036854775808",
    "o:ended:1",
    "o:qr:ABC",
    "o:qr:ABCDEFGHJK-9223372036854775808",
    "o:sheet:<b>-1",
    "d:00000000000000000000000000000000:save",
    "d:zz:save",
    "n:99999999999999999999",
    "n:-1",
    "w:1",
    "w:99999999999999999999999",
    "g:1:1",
    "g:999999999:999999999999999999",
    "g:99999999999999999999:1",
    "v:1",
    "v:9223372036854775808",
    "v:99999999999999999999999",
    "p:on",
    "p:off",
    "p:maybe",
    "f:",
    "f:abc",
    "f:abc:cancel:",
    "f:abc:member:1",
    "f::edit:amount",
    "m:",
    "m:start",
    "m:pantau",
    "m:unknown",
    "m:kas",
    "😀" * 16,
    "r:１:１:y",
    "u:show:١",
    "\\x00",
    "' OR 1=1 --",
)


@pytest.mark.parametrize("some", range(6))
async def test_made_up_callback_data_is_answered_kindly(house: House, some: int) -> None:
    """An update that can never be handled would be delivered again and again, and hold the chat up."""
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah")
    stranger = await a_person(house, "Orang Asing")
    await hendra.says("setor 50rb")
    await siti.says("setor wajib 50rb")
    await stranger.says("halo")
    for data in MADE_UP[some::6]:
        for one in (hendra, siti, stranger):
            answer = await one.forges(data, one.said[-1])
            assert "gangguan" not in answer.text, data
            assert "Tercatat" not in answer.text, data
    assert await village.entries() == 0


@pytest.mark.parametrize(
    "data",
    [
        "n:0",
        "n:x",
        "m:kas",
        "k:a:save",
        "u:show:1",
        "r:1:1:y",
        "p:on",
        "v:1",
        "d:1:save",
    ],
)
async def test_an_officials_made_up_buttons_are_answered_kindly(house: House, data: str) -> None:
    dewi = await an_official(house, "Dewi Anggraini", "64.72")
    await dewi.says("menu")
    assert "gangguan" not in (await dewi.forges(data, dewi.said[-1])).text


@pytest.mark.only("telegram", "it is about the Bot API")
async def test_groups_and_edited_messages_are_passed_over(house: House) -> None:
    village, rina, _ = await a_counter(house)
    bot = house.world.find_bot(None)
    assert bot is not None
    group = -100_000_000_1234
    async with house.sim._session.post(
        f"{house.telegram.url}/sim/groups", json={"id": group, "title": "RT 05"}
    ) as answer:
        assert answer.status == 200
    await house.sim.text(rina.chat, "wajib Siti 50rb", group=group)
    done = await house.sim.text(rina.chat, "wajib Siti 20rb")
    card = await rina._answer(done)
    assert card.is_card
    await house.sim.edit(rina.chat, done["message_id"], "wajib Siti 90rb")
    await asyncio.sleep(0.2)
    assert await house.sim.log("sendMessage", chat_id=group) == []
    assert "Rp20.000" in (await rina.presses("✅ Simpan")).text
    assert await village.entries() == 1


async def test_a_photo_a_voice_and_a_sticker_are_answered_kindly(house: House) -> None:
    _, rina, _ = await a_counter(house)
    png = (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
        b"\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00"
        b"\x00\x00IEND\xaeB`\x82"
    )
    done = await house.sim.file(rina.chat, "foto.png", png)
    assert "tulisan" in (await rina._answer(done)).text
