"""PINs by chat: set, asked before what a rule says, deleted at once, never kept anywhere in clear."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from bot import state
from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

PIN, OTHER = "804713", "731902"
ASKED = "Mohon persetujuan No. 1"


async def is_gone(house: House, person: Person, words: str) -> None:
    """What was typed stands in the chat no more."""
    for one in await house.sim.messages(person.chat):
        mine = one["from"] != "bot"
        assert not mine or words not in one["text"] or one["deleted"], one["text"]


async def sets_a_pin(house: House, person: Person, pin: str = PIN) -> None:
    await person.says("atur pin")
    await person.says(pin)
    assert "tersimpan" in (await person.says(pin)).text
    await is_gone(house, person, pin)


async def an_office(house: House, **rules: str) -> tuple[Village, Person, Person, Person]:
    village = await a_village(house, **rules)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    (siti,) = await village.members(["Siti Aminah"], savings=(0, 0, 6_000_000))
    return village, rina, hendra, siti


@dataclass(frozen=True)
class Request:
    """A large withdrawal that waits for Hendra, whose approvals need a PIN; `card` is what he was sent."""

    village: Village
    rina: Person
    hendra: Person
    siti: Person
    card: Message

    async def is_pressed(self) -> Message:
        """Hendra presses Setujui."""
        return await self.hendra.presses("Setujui", on=self.card)


async def a_request(house: House, *, pin: bool = True) -> Request:
    village, rina, hendra, siti = await an_office(house, pin_approvals="on")
    await rina.says("tarik Siti 5,5jt")
    await rina.presses("✅ Simpan")
    card = await hendra.sees(ASKED)
    if pin:
        await sets_a_pin(house, hendra)
    return Request(village, rina, hendra, siti, card)


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_a_pin_is_typed_twice_and_every_message_with_it_goes(house: House) -> None:
    _, rina, _, _ = await an_office(house)
    assert "Apa PIN barunya?" in (await rina.says("atur pin")).text
    assert "tidak mudah ditebak" in (await rina.says("123456")).text
    assert "sekali lagi" in (await rina.says(PIN)).text
    assert "tidak sama" in (await rina.says(OTHER)).text
    await rina.says(f"{PIN[:3]} {PIN[3:]}")
    assert "tersimpan" in (await rina.says(PIN)).text
    for typed in ("123456", PIN, OTHER, f"{PIN[:3]} {PIN[3:]}"):
        await is_gone(house, rina, typed)


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_a_pin_is_changed_by_who_knows_the_old_one(house: House) -> None:
    _, rina, _, _ = await an_office(house)
    await sets_a_pin(house, rina)
    assert "PIN lama" in (await rina.says("ganti pin")).text
    assert "Sisa 4 kali" in (await rina.says(OTHER)).text
    assert "PIN barunya" in (await rina.says(PIN)).text
    await rina.says(OTHER)
    assert "tersimpan" in (await rina.says(OTHER)).text
    await rina.says("atur pin")
    assert "salah" in (await rina.says(PIN)).text


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_an_approval_asks_the_pin_first(house: House) -> None:
    request = await a_request(house)
    village, hendra, siti = request.village, request.hendra, request.siti
    before = await village.entries()
    question = await request.is_pressed()
    assert "Berapa PIN Anda?" in question.text
    assert "Sisa 4 kali" in (await hendra.says(OTHER)).text
    assert await village.entries() == before
    done = await hendra.says(PIN)
    assert "Tercatat" in done.text
    assert await village.saved(siti, "sukarela") == 500_000
    await request.rina.sees("disetujui oleh Hendra Wijaya")
    for typed in (PIN, OTHER):
        await is_gone(house, hendra, typed)
    card = next(one for one in await hendra.messages() if one.id == request.card.id)
    assert card.labels == []


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_who_has_no_pin_sets_one_first_and_then_it_is_done(house: House) -> None:
    request = await a_request(house, pin=False)
    village, hendra, siti = request.village, request.hendra, request.siti
    assert "belum punya" in (await request.is_pressed()).text
    await hendra.says(PIN)
    done = await hendra.says(PIN)
    assert "Tercatat" in done.text
    assert "PIN tersimpan" in done.text
    assert await village.saved(siti, "sukarela") == 500_000
    await is_gone(house, hendra, PIN)


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_five_wrong_ones_lock_and_a_colleague_lets_a_new_one_be_set(house: House) -> None:
    request = await a_request(house)
    village, hendra, siti = request.village, request.hendra, request.siti
    dewi = await village.officer("Dewi Lestari", Role.SEKRETARIS)
    await request.is_pressed()
    for left in (4, 3, 2, 1):
        assert f"Sisa {left} kali" in (await hendra.says(OTHER)).text
    assert "terlalu sering" in (await hendra.says(OTHER)).text
    assert "terlalu sering" in (await request.is_pressed()).text
    assert "atur pin" not in (await hendra.says(PIN)).text  # even the right one
    assert await village.saved(siti, "sukarela") == 6_000_000
    assert "atur pin" in (await hendra.says("reset pin Hendra")).text
    assert "PIN Hendra Wijaya dihapus" in (await dewi.says("reset pin Hendra")).text
    await hendra.sees("dihapus oleh Dewi Lestari")
    await request.is_pressed()
    await hendra.says(OTHER)
    assert "Tercatat" in (await hendra.says(OTHER)).text


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_only_ketua_and_sekretaris_reset_a_pin(house: House) -> None:
    village, rina, hendra, _ = await an_office(house)
    siti = await village.member("Siti Rahma")
    await sets_a_pin(house, hendra)
    for one in (rina, siti):
        assert "bukan tugas" in (await one.says("reset pin Hendra")).text
    await hendra.says("atur pin")
    assert "PIN barunya" in (await hendra.says(PIN)).text
    await hendra.says("/batal")
    assert "PIN siapa" in (await hendra.says("reset pin")).text
    assert "PIN siapa" in (await hendra.says("reset pin Tidak Ada")).text
    assert "PIN Siti Rahma dihapus" in (await hendra.says("reset pin Siti Rahma")).text


@pytest.mark.parametrize("by", ["button", "words"])
@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_a_card_above_the_limit_asks_the_pin(house: House, by: str) -> None:
    village, rina, _, siti = await an_office(house, pin_above="100000")
    await sets_a_pin(house, rina)
    await rina.says("sukarela Siti 100rb")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    card = await rina.says("sukarela Siti 100.001")
    asked = await (rina.presses("✅ Simpan") if by == "button" else rina.says("ya"))
    assert "Berapa PIN Anda?" in asked.text
    assert await village.saved(siti, "sukarela") == 6_100_000
    assert "Sisa 4 kali" in (await rina.says(OTHER)).text
    done = await rina.says(PIN)
    assert "Tercatat" in done.text
    assert await village.saved(siti, "sukarela") == 6_200_001
    again = await rina.forges(card.data["✅ Simpan"], done)
    assert "sudah tercatat" in again.text
    assert await village.saved(siti, "sukarela") == 6_200_001


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_a_list_counts_with_its_total(house: House) -> None:
    village, rina, _, siti = await an_office(house, pin_above="100000")
    (budi,) = await village.members(["Budi Santoso"])
    await sets_a_pin(house, rina)
    await rina.says("sukarela:\nSiti 60rb\nBudi 60rb")
    assert "Berapa PIN Anda?" in (await rina.presses("✅ Simpan")).text
    await rina.says(PIN)
    assert await village.saved(budi, "sukarela") == 60_000
    assert await village.saved(siti, "sukarela") == 6_060_000


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_what_is_refused_after_a_right_pin_deletes_it_all_the_same(house: House) -> None:
    village, rina, hendra, siti = await an_office(house, pin_above="100000")
    await sets_a_pin(house, rina)
    await rina.says("tarik Siti 4jt")
    await rina.presses("✅ Simpan")
    await sets_a_pin(house, hendra, OTHER)
    await hendra.says("tarik Siti 3jt")
    await hendra.presses("✅ Simpan")
    await hendra.says(OTHER)
    assert "tidak cukup" in (await rina.says(PIN)).text
    await is_gone(house, rina, PIN)
    assert await village.saved(siti, "sukarela") == 3_000_000


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_other_words_are_understood_while_a_pin_is_asked(house: House) -> None:
    request = await a_request(house)
    hendra = request.hendra
    await request.is_pressed()
    assert "Rp6.000.000" in (await hendra.says("saldo Siti")).text
    assert "6 angka" in (await hendra.says("80471")).text
    assert "6 angka" in (await hendra.says("804713a")).text
    await is_gone(house, hendra, "80471")
    assert "Tercatat" in (await hendra.says(PIN)).text


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_a_pin_that_nobody_asked_for_goes_too_and_amounts_stay(house: House) -> None:
    _, rina, hendra, _ = await an_office(house)
    await sets_a_pin(house, rina)
    assert "mirip PIN" in (await rina.says(PIN)).text
    await is_gone(house, rina, PIN)
    asked = await rina.says("500000")
    assert "Rp500.000" in asked.text
    assert "Rp804.713" in (await hendra.says(PIN)).text  # Hendra has none


@pytest.mark.only("telegram", "WhatsApp cannot delete: a PIN is good for one use there")
async def test_a_restart_forgets_neither_the_question_nor_the_deletion(house: House) -> None:
    request = await a_request(house)
    village, hendra, siti = request.village, request.hendra, request.siti
    await request.is_pressed()
    await house.restart()
    assert "Tercatat" in (await hendra.says(PIN)).text
    await is_gone(house, hendra, PIN)
    assert await village.saved(siti, "sukarela") == 500_000


async def test_a_pin_stands_nowhere_in_clear(house: House) -> None:
    request = await a_request(house, pin=False)
    village, hendra = request.village, request.hendra
    await request.is_pressed()
    for typed in (PIN, PIN):
        await hendra.says(typed)
        sealed = await house.value(
            "SELECT state FROM chat.chats WHERE chat = :chat", chat=hendra.chat_id
        )
        assert PIN not in json.dumps(str(state.unseal(sealed, house.keys)))
    rows = await house.rows(
        "SELECT facts, words FROM outbox WHERE chat = :chat", chat=hendra.chat_id
    )
    assert rows
    for row in rows:
        for sealed in (row.facts, row.words):
            assert sealed is None or PIN not in house.keys.unseal(sealed).decode()
    kept = await house.rows(
        "SELECT p::text AS said FROM pins p WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert len(kept) == 1
    assert PIN not in kept[0].said
