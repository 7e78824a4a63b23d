"""People on WhatsApp, through a running service: linking in one step, shared phones, PINs, numbers, a new number."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio

from bot.conversations import reached
from core import database
from core.cooperatives import Cooperative
from core.permissions import Role
from tests.bot.whatsapp_hook import ACCOUNT, NUMBER, VERIFY, a_body, a_status, a_value, post
from tests.bot.whatsapp_service import Phone, Said, Service, a_number, running_service
from tests.builders_core import a_cooperative, a_member, appointed
from tests.house import a_database

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIN, OTHER = "804713", "731902"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(server_url: str, template: str) -> AsyncIterator[Service]:
    async with a_database(server_url, template) as given, running_service(given) as running:
        yield running


@dataclass(slots=True)
class Place:
    """A cooperative with its people, who are reached only on WhatsApp."""

    service: Service
    here: Cooperative

    async def member(self, name: str, phone: str) -> int:
        async with database.transaction(self.service.owner, koperasi_id=self.here.id) as db:
            return (await a_member(db, self.here, name, phone=phone)).id

    async def officer(self, name: str, role: Role, phone: str) -> int:
        async with database.transaction(self.service.owner, koperasi_id=self.here.id) as db:
            return await appointed(db, self.here, role, name=name, phone=phone)

    async def links(self, phone: Phone, person_id: int) -> Said:
        return await phone.says(f"/start {await self.service.invite(self.here, person_id)}")

    async def entries(self) -> int:
        found: int = await self.service.value(
            "SELECT count(*) FROM ledger.entries WHERE koperasi_id = :here", here=self.here.id
        )
        return found


@pytest_asyncio.fixture(loop_scope="module")
async def place(service: Service) -> Place:
    async with database.transaction(service.owner) as db:
        return Place(service, await a_cooperative(db))


async def linked(place: Place, name: str = "Siti Aminah") -> tuple[Phone, int]:
    phone = Phone(place.service, a_number())
    assert phone.phone is not None
    person = await place.member(name, phone.phone)
    assert "Terhubung" in (await place.links(phone, person)).text
    return phone, person


async def a_treasurer(place: Place) -> tuple[Phone, int]:
    phone = Phone(place.service, a_number())
    assert phone.phone is not None
    person = await place.officer("Rina Kartika", Role.BENDAHARA, phone.phone)
    await place.links(phone, person)
    return phone, person


# Linking


async def test_the_code_alone_links_and_says_what_will_be_sent(place: Place) -> None:
    phone = Phone(place.service, a_number())
    assert phone.phone is not None
    person = await place.member("Siti Aminah", phone.phone)
    answer = await place.links(phone, person)
    for words in ("Terhubung. Selamat datang", "Simpanan wajib", "Anda setuju", "STOP"):
        assert words in answer.text
    consents = await place.service.value(
        "SELECT count(*) FROM consents WHERE koperasi_id = :here AND channel = 'whatsapp'",
        here=place.here.id,
    )
    assert consents == 3
    assert "Simpanan wajib" in (await phone.says("saldo")).text


async def test_another_number_links_nothing_and_keeps_the_code_good(place: Place) -> None:
    phone, stranger = Phone(place.service, a_number()), Phone(place.service, a_number())
    assert phone.phone is not None
    person = await place.member("Siti Aminah", phone.phone)
    code = await place.service.invite(place.here, person)
    answer = await stranger.says(f"/start {code}")
    assert "tidak sama" in answer.text
    assert "Siti" not in answer.text
    assert "Terhubung" in (await phone.says(f"/start {code}")).text
    assert "sudah dipakai" in (await stranger.says(f"/start {code}")).text


async def test_without_a_visible_number_nothing_is_linked_and_the_way_on_is_said(
    place: Place,
) -> None:
    phone = a_number()
    person = await place.member("Siti Aminah", phone)
    code = await place.service.invite(place.here, person)
    hidden = Phone(place.service, None, user=f"ID.{phone}")
    answer = await hidden.says(f"/start {code}")
    assert "tidak terlihat" in answer.text
    assert "Siti" not in answer.text
    assert "Telegram" in answer.text
    shown = Phone(place.service, phone, user=f"ID.{phone}")
    assert "Terhubung" in (await shown.says(f"/start {code}")).text
    assert "Simpanan wajib" in (await hidden.says("saldo")).text  # hidden again, known by then


@pytest.mark.parametrize("code", ["KODESALAH1", "AB CD", "'; DROP TABLE members; --"])
async def test_wrong_codes_teach_nothing(place: Place, code: str) -> None:
    phone = Phone(place.service, a_number())
    answer = await phone.says(f"/start {code}")
    assert "Terhubung" not in answer.text


async def test_a_stranger_is_told_how_to_begin_whatever_comes(place: Place) -> None:
    phone = Phone(place.service, a_number())
    first = await phone.says("saldo")
    location = await phone.sends(type="location", location={"latitude": 1.0, "longitude": 2.0})
    assert location.text == first.text


# What a phone sends besides words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"type": "audio", "audio": {"id": "1", "mime_type": "a/b", "sha256": "x", "voice": True}}, "suara"),
        ({"type": "location", "location": {"latitude": 1.0, "longitude": 2.0}}, "lokasi"),
        ({"type": "reaction", "reaction": {"message_id": "x", "emoji": "👍"}}, "tidak saya catat"),
        ({"type": "sticker", "sticker": {}}, "hanya bisa membaca tulisan"),
        ({"type": "of_tomorrow"}, "hanya bisa membaca tulisan"),
        ({"type": "edit"}, "sudah diubah"),
    ],
)  # fmt: skip
async def test_what_is_no_text_is_answered_kindly(
    place: Place, more: dict[str, object], words: str
) -> None:
    phone, _ = await linked(place)
    assert words in (await phone.sends(**more)).text


async def test_a_taken_back_reaction_is_not_answered(place: Place) -> None:
    phone, _ = await linked(place)
    taken = phone.message(type="reaction", reaction={"message_id": "x", "emoji": ""})
    assert await phone.posts(taken) == [None]


async def test_a_deposit_goes_from_sentence_to_receipt(place: Place) -> None:
    rina, _ = await a_treasurer(place)
    siti, person = await linked(place)
    card = await rina.says("wajib Siti 50rb")
    assert card.text.startswith("Simpanan Wajib\nAnggota: Siti Aminah")
    assert "Tercatat No. 1" in (await rina.presses(card.button("Simpan"))).text
    (receipt,) = await place.service.notices(person, place.here.id)
    assert "Tercatat No. 1" in receipt.text
    assert siti.phone is not None
    assert siti.phone not in receipt.chat
    assert await place.entries() == 1


# Numbers 1 to 9


async def test_a_number_presses_the_button_of_the_last_answer(place: Place) -> None:
    phone, _ = await linked(place)
    menu = await phone.says("menu")
    for number, data in enumerate(menu.data.values(), 1):
        shown = await phone.says("menu")
        assert list(shown.data.values())[number - 1] == data
        chosen = await phone.says(str(number))
        await phone.says("menu")
        assert chosen.text == (await phone.presses(data)).text


async def test_a_number_saves_the_card_that_was_shown_last(place: Place) -> None:
    rina, _ = await a_treasurer(place)
    await linked(place)
    await rina.says("wajib Siti 50rb")
    assert "Tercatat No. 1" in (await rina.says("1")).text
    assert await place.entries() == 1
    again = await rina.says(
        "1"
    )  # The receipt's own first button, if any; nothing more is recorded.
    assert "Tercatat No. 2" not in again.text
    assert await place.entries() == 1


async def test_a_number_saves_nothing_once_something_else_was_shown(place: Place) -> None:
    rina, rina_id = await a_treasurer(place)
    siti, _ = await linked(place)
    await rina.says("wajib Siti 50rb")
    await rina.says("kas")  # an answer without this number
    await rina.says("7")
    assert await place.entries() == 0
    await rina.says("wajib Siti 60rb")
    wish = await siti.says("mau setor wajib 20rb")
    await siti.presses(
        wish.button("Teruskan")
    )  # Rina is told: the card is not the last thing any more
    assert len(await place.service.notices(rina_id, place.here.id)) == 1
    assert "pesan baru" in (await rina.says("1")).text
    assert await place.entries() == 0


async def test_a_long_list_has_numbers_of_two_digits(place: Place) -> None:
    rina, _ = await a_treasurer(place)
    for n in range(10):
        await place.member(f"Anggota {'ABCDEFGHIJ'[n]}", a_number())
    shown = await rina.says("anggota")
    assert len(shown.data) == 11
    last = list(shown.data.values())[10]
    assert (await rina.says("11")).text == (await rina.presses(last)).text


async def test_with_two_open_cards_a_number_asks_which(place: Place) -> None:
    rina, _ = await a_treasurer(place)
    await linked(place)
    await rina.says("wajib Siti 50rb")
    await rina.says("wajib Siti 60rb")
    await rina.says("1")
    assert await place.entries() == 0


async def test_a_question_for_an_amount_keeps_its_numbers(place: Place) -> None:
    rina, _ = await a_treasurer(place)
    await linked(place)
    asked = await rina.says("wajib Siti")
    assert "?" in asked.text
    answer = await rina.says("1")
    assert "Baik" not in answer.text
    assert "dibatalkan" not in answer.text


# Shared phones


async def a_family(place: Place) -> tuple[Phone, int, int]:
    """Siti and Budi share a phone; both are linked to it, Budi speaks."""
    phone = Phone(place.service, a_number())
    assert phone.phone is not None
    siti = await place.member("Siti Aminah", phone.phone)
    budi = await place.member("Budi Santoso", phone.phone)
    for person, name in ((siti, "Siti"), (budi, "Budi")):
        asked = await place.links(phone, person)
        assert "Siapa yang memakai chat ini?" in asked.text
        assert "Terhubung" in (await phone.presses(asked.button(name))).text
    return phone, siti, budi


async def sets_a_pin(phone: Phone, pin: str = PIN) -> None:
    await phone.says("atur pin")
    await phone.says(pin)
    assert "tersimpan" in (await phone.says(pin)).text


async def switches(phone: Phone, name: str) -> Said:
    return await phone.presses((await phone.says("ganti")).button(name))


async def test_who_speaks_is_asked_on_a_shared_phone_and_can_be_switched(place: Place) -> None:
    phone, _, _ = await a_family(place)
    assert "Siti" in (await switches(phone, "Siti")).text
    assert "Budi" in (await switches(phone, "Budi")).text


async def test_a_pin_stands_before_the_person_who_has_one(place: Place) -> None:
    phone, siti, _ = await a_family(place)
    await sets_a_pin(phone)  # Budi's
    assert "Siti" in (await switches(phone, "Siti")).text
    asked = await switches(phone, "Budi")
    assert "PIN" in asked.text
    assert "Budi" not in asked.text
    balance = await phone.says("saldo")  # still Siti's
    assert "Siti" in (await phone.says("menu")).text
    assert "Budi" not in balance.text
    await switches(phone, "Budi")
    assert "PIN salah" in (await phone.says(OTHER)).text
    assert "Siti" in (await phone.says("menu")).text
    await switches(phone, "Budi")
    assert "Budi" in (await phone.says(PIN)).text
    assert "Budi" in (await phone.says("menu")).text
    assert siti


async def test_a_pin_stands_before_linking_as_who_has_one_by_any_way(place: Place) -> None:
    phone, siti, budi = await a_family(place)
    await sets_a_pin(phone)
    await switches(phone, "Siti")
    asked = await place.links(phone, siti)
    pin = await phone.presses(asked.button("Budi"))
    assert "PIN" in pin.text
    assert "Simpanan" not in pin.text
    saldo = await phone.says("saldo")
    assert "Budi" not in saldo.text
    assert "Terhubung" not in saldo.text
    await phone.presses(asked.button("Budi"))
    assert "Budi" in (await phone.says(PIN)).text
    for data in (f"g:{place.here.id}:{siti}", f"s:{place.here.id}:{budi}:2026-10"):
        await phone.presses(data)  # Siti has no PIN; Budi speaks already


async def test_buttons_of_another_person_of_the_phone_ask_the_pin_too(place: Place) -> None:
    phone, _, budi = await a_family(place)
    await sets_a_pin(phone)
    await switches(phone, "Siti")
    asked = await phone.presses(f"s:{place.here.id}:{budi}:2026-10:png")
    assert "PIN" in asked.text
    assert asked.data.keys() == {"❌ Batal"}


# PINs where nothing can be deleted


async def test_a_pin_is_good_for_one_use_and_is_to_be_cleared(place: Place) -> None:
    phone, _, _ = await a_family(place)
    set_up = await phone.says("atur pin")
    assert "tidak bisa saya hapus" in set_up.text
    assert "langsung saya hapus" not in set_up.text
    assert "Hapus pesan PIN Anda" in (await phone.says(PIN)).text
    await phone.says(PIN)
    await switches(phone, "Siti")
    await switches(phone, "Budi")
    used = await phone.says(PIN)
    assert "Budi" in used.text
    assert "Hapus pesan PIN Anda" in used.text
    await switches(phone, "Siti")
    await switches(phone, "Budi")
    spent = await phone.says(PIN)
    assert "sekali dipakai" in spent.text
    assert "PIN barunya?" in spent.text
    assert "Siti" in (await phone.says("menu")).text, "a spent PIN opened nothing"
    await switches(phone, "Budi")
    await phone.says(PIN)
    await phone.says(OTHER)
    assert "Budi" in (await phone.says(OTHER)).text


# Channels and numbers


async def test_a_channel_is_chosen_by_words_only_when_it_is_linked(place: Place) -> None:
    phone, person = await linked(place)
    assert "belum terhubung di Telegram" in (await phone.says("pakai Telegram")).text
    assert "lewat WhatsApp" in (await phone.says("kirim lewat WA saja")).text
    chosen = await place.service.value(
        "SELECT count(*) FROM addresses WHERE koperasi_id = :here AND person_id = :person"
        " AND chosen_at IS NOT NULL AND channel = 'whatsapp'",
        here=place.here.id,
        person=person,
    )
    assert chosen == 1


@pytest.mark.parametrize(
    ("words", "asked", "channel"),
    [
        ("kirim lewat WhatsApp saja", True, "whatsapp"),
        ("Tolong kirimkan kabar lewat wa ya", True, "whatsapp"),
        ("pakai Telegram", False, "telegram"),
        ("pindah ke tele", True, "telegram"),
        ("lewat WA", False, "whatsapp"),
        ("lewat WA", True, None),
        ("kirim 50rb lewat WA", False, None),
        ("kirim lewat BRI saja", False, None),
        ("setor wajib Siti lewat WA", False, None),
        ("wa", False, None),
    ],
)
async def test_a_channel_is_read_from_words_that_say_nothing_else(
    words: str, asked: bool, channel: str | None
) -> None:
    assert reached.spoken(words, asked=asked) == channel


async def test_a_new_number_keeps_the_chat_and_officers_are_told_without_it(place: Place) -> None:
    _, officer = await a_treasurer(place)
    ketua = Phone(place.service, a_number())
    assert ketua.phone is not None
    head = await place.officer("Hendra Wijaya", Role.KETUA, ketua.phone)
    await place.links(ketua, head)
    phone, _ = await linked(place)
    new = a_number()
    system = {"type": "user_changed_number", "wa_id": new, "body": "x"}
    moved = phone.message(type="system", system=system)
    assert await phone.posts(moved) == [None]
    assert await phone.posts(moved) == [None]
    told = await place.service.notices(head, place.here.id)
    assert [one.purpose for one in told] == ["notice"]
    assert "Siti Aminah" in told[0].text
    assert new not in told[0].text
    assert new[2:] not in told[0].text
    assert "Simpanan wajib" in (await Phone(place.service, new).says("saldo")).text
    stranger = await phone.says("saldo")  # whoever has the old number now
    assert "Simpanan" not in stranger.text
    assert officer


async def test_a_number_that_went_to_somebody_else_shows_nobody_elses_books(place: Place) -> None:
    phone = Phone(place.service, a_number(), user=f"ID.{a_number()}")
    assert phone.phone is not None
    person = await place.member("Siti Aminah", phone.phone)
    await place.links(phone, person)
    assert "Simpanan wajib" in (await phone.says("saldo")).text
    next_owner = Phone(place.service, phone.phone, user=f"ID.{a_number()}")
    assert "Simpanan" not in (await next_owner.says("saldo")).text
    assert "Simpanan wajib" in (await phone.says("saldo")).text


# Once


async def test_ten_messages_posted_five_times_at_once_in_both_shapes_have_one_effect_each(
    place: Place,
) -> None:
    rina, _ = await a_treasurer(place)
    siti, _ = await linked(place)
    assert rina.phone is not None
    user = f"ID.{rina.phone}"
    batch = [
        rina.message(type="text", text={"body": words})
        for n in range(5)
        for words in (f"wajib Siti {20 + n}rb", "ya")
    ]
    for n, one in enumerate(batch):
        one["timestamp"] = str(int(one["timestamp"]) + n)
    old = a_body(*[a_value(one) for one in batch])
    new = a_body(a_value(*[one | {"from_user_id": user} for one in batch]))
    shuffled = a_body(a_value(*reversed([one | {"from_user_id": user} for one in batch])))
    posted = [old, new, shuffled, old, new]
    done = await asyncio.gather(*[post(place.service.hook, body) for body in posted])
    assert done == [200] * 5
    answers = [await place.service.answer(one["id"]) for one in batch]
    assert all(answer is not None for answer in answers)
    assert await place.entries() == 5
    kept = await place.service.value(
        "SELECT count(*) FROM chat.contacts WHERE account = :account AND bsuid = :user",
        account=ACCOUNT,
        user=user,
    )
    assert kept == 1
    assert siti


# The service


async def test_the_service_answers_the_challenge_and_learns_its_number(place: Place) -> None:
    await linked(place)
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "42"}
    async with aiohttp.ClientSession() as session:
        async with session.get(place.service.hook, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "42")
        async with session.get(place.service.hook) as answer:
            assert answer.status == 403
        async with session.put(place.service.hook) as answer:
            assert answer.status == 405
    learnt = await place.service.value(
        "SELECT username FROM mouths WHERE channel = 'whatsapp' AND account = :account",
        account=ACCOUNT,
    )
    assert learnt == NUMBER
    ketua = Phone(place.service, a_number())
    assert ketua.phone is not None
    await place.links(ketua, await place.officer("Hendra Wijaya", Role.KETUA, ketua.phone))
    invited = await ketua.says("undang Siti")
    assert f"wa.me/{NUMBER}" in invited.text


async def test_statuses_of_unknown_messages_are_taken_without_a_word(place: Place) -> None:
    value = a_value(statuses=[a_status(state) for state in ("read", "sent", "failed", "delivered")])
    assert await post(place.service.hook, a_body(value)) == 200


async def test_a_yes_that_comes_hours_late_confirms_no_newer_card(place: Place) -> None:
    rina, _ = await a_treasurer(place)
    await linked(place)
    for words in ("ya", "1"):
        late = rina.message(
            type="text", text={"body": words}, timestamp=str(int(time.time()) - 7200)
        )
        await rina.says("wajib Siti 50rb")
        assert (await rina.posts(late))[0] is not None
    assert await place.entries() == 0


async def test_what_hears_and_what_speaks_may_run_apart(server_url: str, template: str) -> None:
    async with (
        a_database(server_url, template) as given,
        running_service(given, "bot", "notifications") as apart,
    ):
        async with database.transaction(apart.owner) as db:
            place = Place(apart, await a_cooperative(db))
        phone, _ = await linked(place)
        await phone.says("saldo")
        async with asyncio.timeout(10):
            while len(apart.sent) < 2:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.02)
        assert {one["to"] for one in apart.sent} == {phone.phone}
        assert "Simpanan wajib" in str(apart.sent[-1])
