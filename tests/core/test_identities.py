"""Who is who: one person per phone where that is certain, offices that end, invites, chats that replace chats."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import identities, people
from core.consents import prefer
from core.cooperatives import Cooperative
from core.identities import INVITE_GOOD_FOR, Links, NoSuchOffice, NoSuchRegion, NotAPhone
from core.people import NoSuchMember
from core.permissions import Role
from core.tables.chat import invites
from core.tables.people import addresses, consents, officers, province_users
from core.tables.people import people as people_table
from tests.builders_core import (
    AT,
    TODAY,
    VILLAGE,
    a_cooperative,
    a_member,
    an_officer,
    appointed,
    leaves,
    offices_of,
    refused,
)
from tests.conftest import KEYS

PHONE = "0812-3456-7890"
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
TELEGRAM, OTHER, WHATSAPP = ("telegram", "bot", "11"), ("telegram", "bot", "12"), ("whatsapp", "62811", "62812")  # fmt: skip


@pytest.fixture
async def here(db: AsyncConnection) -> Cooperative:
    return await a_cooperative(db)


async def people_of(db: AsyncConnection, here: Cooperative) -> int:
    found = await db.scalar(
        select(func.count()).select_from(people_table).where(people_table.c.koperasi_id == here.id)
    )
    return int(found or 0)


# Offices


async def test_a_stranger_who_is_appointed_becomes_a_person_with_a_sealed_phone(
    db: AsyncConnection, here: Cooperative
):
    made = await appointed(db, here, Role.KETUA, name="  Hendra \u202e Wijaya ", phone=PHONE)
    assert await offices_of(db, here) == [(made, "ketua")]
    row = (await db.execute(people_table.select().where(people_table.c.id == made))).one()
    assert row.name == "Hendra Wijaya"
    assert KEYS.unseal_text(row.phone_sealed) == "6281234567890"
    assert row.phone_hash == KEYS.fingerprint("phone", "6281234567890")
    assert row.phone_hash == await identities.phone_of(db, koperasi_id=here.id, person_id=made)


@pytest.mark.parametrize("phone", ["+62 812 3456 7890", "6281234567890", "0812.3456.7890"])
async def test_the_one_member_of_a_phone_is_the_officer_however_it_is_written(
    db: AsyncConnection, here: Cooperative, phone: str
):
    siti = await a_member(db, here, phone=PHONE)
    assert await appointed(db, here, name="Bu Siti", phone=phone) == siti.id
    assert await people_of(db, here) == 1


async def test_who_left_is_not_the_member_of_a_phone_any_more(
    db: AsyncConnection, here: Cooperative
):
    gone = await a_member(db, here, "Lama", phone=PHONE, left=TODAY)
    siti = await a_member(db, here, phone=PHONE)
    assert await appointed(db, here, phone=PHONE) == siti.id
    await leaves(db, siti, here, TODAY)
    assert await appointed(db, here, Role.KETUA, name="Baru", phone=PHONE) == siti.id
    assert (gone.id, "ketua") not in await offices_of(db, here)


async def test_a_phone_that_members_share_is_the_one_of_that_name_or_nobodys(
    db: AsyncConnection, here: Cooperative
):
    await a_member(db, here, "Siti Aminah", phone=PHONE)
    budi = await a_member(db, here, "Budi Santoso", phone=PHONE)
    assert await appointed(db, here, name="BUDI  santoso", phone=PHONE) == budi.id
    rina = await appointed(db, here, Role.KETUA, name="Rina", phone=PHONE)
    assert await people_of(db, here) == 3
    assert await offices_of(db, here) == [(budi.id, "bendahara"), (rina, "ketua")]


async def test_members_of_one_name_and_phone_are_not_guessed_between(
    db: AsyncConnection, here: Cooperative
):
    twins = [await a_member(db, here, "Nur Aini", phone=PHONE) for _ in range(2)]
    made = await appointed(db, here, name="Nur Aini", phone=PHONE)
    assert made not in [twin.id for twin in twins]


async def test_the_members_number_decides(db: AsyncConnection, here: Cooperative):
    await a_member(db, here, "Siti Aminah", phone=PHONE)
    budi = await a_member(db, here, "Budi Santoso", phone="0811111111")
    number = budi.number.lower() + " "
    assert await appointed(db, here, name="Siti", phone=PHONE, member_number=number) == budi.id
    assert await people_of(db, here) == 2
    async with refused(db, NoSuchMember, number="A-999"):
        await appointed(db, here, phone=PHONE, member_number="A-999")


async def test_who_is_appointed_again_stays_one_person_with_one_office(
    db: AsyncConnection, here: Cooperative
):
    first = await appointed(db, here, phone=PHONE)
    assert await appointed(db, here, name="rina k.", phone="+6281234567890") == first
    assert await appointed(db, here, Role.SEKRETARIS, phone=PHONE) == first
    assert await people_of(db, here) == 1
    assert await offices_of(db, here) == [(first, "bendahara"), (first, "sekretaris")]


async def test_an_officer_on_a_phone_that_members_share_stays_one_person_too(
    db: AsyncConnection, here: Cooperative
):
    for name in ("Siti Aminah", "Budi Santoso"):
        await a_member(db, here, name, phone=PHONE)
    first = await appointed(db, here, name="Rina", phone=PHONE)
    assert await appointed(db, here, name="Rina", phone=PHONE) == first
    assert await offices_of(db, here) == [(first, "bendahara")]
    other = await appointed(db, here, Role.KETUA, name="Yusuf", phone=PHONE)
    assert other != first


async def test_two_officers_on_one_phone_keep_their_offices_apart_by_name(
    db: AsyncConnection, here: Cooperative
):
    for name in ("Siti Aminah", "Budi Santoso"):
        await a_member(db, here, name, phone=PHONE)
    made = {name: await appointed(db, here, name=name, phone=PHONE) for name in ("Ani", "Budi S")}
    for name in reversed(made):
        assert await appointed(db, here, Role.PENGAWAS, name=name, phone=PHONE) == made[name]


async def test_an_office_can_be_given_again_after_it_ended(db: AsyncConnection, here: Cooperative):
    person = await appointed(db, here, phone=PHONE, on=YESTERDAY)
    (office,) = await identities.offices(db, koperasi_id=here.id, on=YESTERDAY)
    await identities.end_office(db, koperasi_id=here.id, office_id=office.id, on=TODAY)
    assert await appointed(db, here, phone=PHONE, on=TOMORROW) == person
    assert len(await offices_of(db, here)) == 2
    assert await identities.offices(db, koperasi_id=here.id, on=TODAY) == []
    (again,) = await identities.offices(db, koperasi_id=here.id, on=TOMORROW)
    assert again.id != office.id


async def test_a_phone_that_is_none_is_refused(db: AsyncConnection, here: Cooperative):
    async with refused(db, NotAPhone, phone="12"):
        await appointed(db, here, phone="12")
    assert await people_of(db, here) == 0


async def test_another_cooperative_knows_the_same_phone_as_another_person(
    db: AsyncConnection, here: Cooperative
):
    siti = await a_member(db, here, phone=PHONE)
    there = await a_cooperative(db, village="64.72.05.1002")
    await appointed(db, there, phone=PHONE)
    assert await offices_of(db, here) == []
    ((person, _),) = await offices_of(db, there)
    assert (person, there.id) != (siti.id, here.id)
    found = await identities.members_with_phone(
        db, koperasi_id=there.id, phone_hash=KEYS.fingerprint("phone", "6281234567890"), on=TODAY
    )
    assert found == []


async def test_an_office_gives_nothing_from_the_day_it_ends(db: AsyncConnection, here: Cooperative):
    rina = await an_officer(db, here, since=date(2026, 1, 1))
    (office,) = await identities.offices(db, koperasi_id=here.id, on=TODAY)
    assert (office.person_id, office.role, office.linked) == (rina.person_id, Role.BENDAHARA, False)
    ended = await identities.end_office(db, koperasi_id=here.id, office_id=office.id, on=TODAY)
    assert ended == office
    assert await identities.offices(db, koperasi_id=here.id, on=TODAY) == []
    assert len(await identities.offices(db, koperasi_id=here.id, on=YESTERDAY)) == 1

    async def stands(on: date) -> people.Standing | None:
        return await people.standing(db, koperasi_id=here.id, person_id=rina.person_id, on=on)

    assert await stands(TODAY) is None
    before = await stands(YESTERDAY)
    assert before is not None
    assert before.roles == (Role.BENDAHARA,)
    for unknown in (office.id, 999):
        async with refused(db, NoSuchOffice):
            await identities.end_office(db, koperasi_id=here.id, office_id=unknown, on=TODAY)


async def test_an_office_ends_in_its_own_cooperative_only(db: AsyncConnection, here: Cooperative):
    await appointed(db, here)
    there = await a_cooperative(db, village="64.72.05.1002")
    (office,) = await identities.offices(db, koperasi_id=here.id, on=TODAY)
    async with refused(db, NoSuchOffice):
        await identities.end_office(db, koperasi_id=there.id, office_id=office.id, on=TODAY)
    assert await identities.offices(db, koperasi_id=here.id, on=TODAY) == [office]


async def test_an_office_begins_on_its_day(db: AsyncConnection, here: Cooperative):
    await appointed(db, here, on=TODAY)
    assert await identities.offices(db, koperasi_id=here.id, on=YESTERDAY) == []
    assert len(await identities.offices(db, koperasi_id=here.id, on=TODAY)) == 1


async def test_a_member_with_two_offices_wears_three_hats(db: AsyncConnection, here: Cooperative):
    siti = await a_member(db, here, phone=PHONE)
    for role in (Role.PENGAWAS, Role.KETUA):
        await appointed(db, here, role, phone=PHONE)
    found = await people.standing(db, koperasi_id=here.id, person_id=siti.id, on=TODAY)
    assert found is not None
    assert (found.member, found.roles) == (siti, (Role.PENGAWAS, Role.KETUA))
    assert found.recorder == f"person:{siti.id}"
    assert found.cooperative.code == here.code


# Phones


async def test_the_members_of_a_phone_are_those_of_today(db: AsyncConnection, here: Cooperative):
    family = [await a_member(db, here, name, phone=PHONE) for name in ("Siti", "Budi", "Ani")]
    await a_member(db, here, "Jauh", phone="0811111111")
    await leaves(db, family[1], here, TODAY)
    mark = KEYS.fingerprint("phone", "6281234567890")

    async def found(on: date) -> list[str]:
        listed = await identities.members_with_phone(
            db, koperasi_id=here.id, phone_hash=mark, on=on
        )
        return [member.name for member in listed]

    assert await found(TODAY) == ["Siti", "Ani"]
    assert await found(YESTERDAY) == ["Siti", "Budi", "Ani"]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("0812 3456 7890", "6281234567890"),
        ("+62-812-3456-7890", "6281234567890"),
        ("(0812) 3456.7890", "6281234567890"),
        ("81234567890", "6281234567890"),
        ("0541 731234", "62541731234"),
        ("+60 12 345 6789", "60123456789"),
        ("12345", None),
        ("0812345678901234567", None),
        ("nol delapan", None),
        ("", None),
        ("+0812345678", None),
    ],
)
def test_phones_are_read_as_people_write_them(written: str, normal: str | None):
    assert people.normal_phone(written) == normal
    if normal is not None:
        assert people.normal_phone("+" + normal) == normal


# Invites


async def test_an_invite_is_kept_as_a_hash_and_runs_out_after_two_weeks(
    db: AsyncConnection, here: Cooperative
):
    person = await appointed(db, here)
    made = await identities.invite(
        db, keys=KEYS, by="cli", at=AT, koperasi_id=here.id, person_id=person
    )
    row = (await db.execute(invites.select())).one()
    assert made.expires_at == row.expires_at == AT + INVITE_GOOD_FOR
    assert row.code_hash == identities.code_hash(made.code, KEYS)
    assert (row.koperasi_id, row.person_id, row.province_user) == (here.id, person, None)
    assert (row.made_by, row.used_at) == ("cli", None)
    assert made.code not in str(row)


def test_a_code_is_the_same_however_it_is_typed():
    code = identities.new_code()
    plain = identities.code_hash(code, KEYS)
    for typed in (code.lower(), f"  {code}\n", f"{code[:5]} {code[5:]}"):
        assert identities.code_hash(typed, KEYS) == plain
    assert identities.code_hash(identities.new_code(), KEYS) != plain


def test_codes_are_long_enough_and_of_letters_nobody_confuses():
    codes = {identities.new_code() for _ in range(300)}
    assert len(codes) == 300
    for code in codes:
        assert len(code) == 10
        assert not set(code) & set("01OI")


async def test_many_invites_are_made_at_once_each_with_its_own_code(
    db: AsyncConnection, here: Cooperative
):
    pairs = [(here.id, await appointed(db, here, name=f"Orang {n}")) for n in range(3)]
    made = await identities.invite_many(db, keys=KEYS, koperasi_ids=pairs, by="cli", at=AT)
    for invite, (koperasi_id, person_id) in zip(made, pairs, strict=True):
        row = (
            await db.execute(
                invites.select().where(
                    invites.c.code_hash == identities.code_hash(invite.code, KEYS)
                )
            )
        ).one()
        assert (row.koperasi_id, row.person_id) == (koperasi_id, person_id)
    assert await identities.invite_many(db, keys=KEYS, koperasi_ids=[], by="cli", at=AT) == []


def test_links_open_the_channels_that_are_known():
    code = "ABCDE23456"
    assert identities.links(code, telegram_username="kopdes_bot", whatsapp_number="62811") == Links(
        telegram="https://t.me/kopdes_bot?start=ABCDE23456",
        whatsapp="https://wa.me/62811?text=/start%20ABCDE23456",
    )
    assert identities.links(code, telegram_username=None, whatsapp_number="") == Links(
        telegram=None, whatsapp=None
    )


# Chats


async def linked(
    db: AsyncConnection, here: Cooperative, person: int, chat: identities.Chat, minutes: int
) -> None:
    at = AT + timedelta(minutes=minutes)
    await identities.link(db, koperasi_id=here.id, person_id=person, chat=chat, at=at)


async def ends_of(db: AsyncConnection, here: Cooperative) -> dict[str, str | None]:
    rows = await db.execute(
        select(addresses.c.account, addresses.c.chat, addresses.c.ended_at, addresses.c.reason)
        .where(addresses.c.koperasi_id == here.id)
    )  # fmt: skip
    found = {}
    for account, chat, ended_at, reason in rows:
        assert (ended_at is None) == (reason is None)
        found[f"{account}/{chat}"] = reason
    return found


async def test_a_person_is_reached_in_the_chat_linked_last(db: AsyncConnection, here: Cooperative):
    siti, budi = await a_member(db, here, "Siti"), await a_member(db, here, "Budi")
    await linked(db, here, siti.id, WHATSAPP, 0)
    await linked(db, here, siti.id, TELEGRAM, 1)
    await linked(db, here, budi.id, TELEGRAM, 2)  # One phone in the family: both are reached there.
    chats = await identities.chats_of(db, koperasi_id=here.id, person_ids=[siti.id, budi.id, 99])
    assert chats == {siti.id: TELEGRAM, budi.id: TELEGRAM}
    await linked(db, here, siti.id, WHATSAPP, 3)
    chats = await identities.chats_of(db, koperasi_id=here.id, person_ids=[siti.id])
    assert chats == {siti.id: WHATSAPP}
    assert await identities.chats_of(db, koperasi_id=here.id, person_ids=[]) == {}


async def test_a_new_chat_of_a_channel_replaces_the_old_one_and_no_other_channels(
    db: AsyncConnection, here: Cooperative
):
    siti, budi = await a_member(db, here, "Siti"), await a_member(db, here, "Budi")
    await linked(db, here, siti.id, TELEGRAM, 0)
    await linked(db, here, siti.id, WHATSAPP, 1)
    await linked(db, here, budi.id, TELEGRAM, 2)
    await linked(db, here, siti.id, OTHER, 3)
    chats = await identities.chats_of(db, koperasi_id=here.id, person_ids=[siti.id, budi.id])
    assert chats == {siti.id: OTHER, budi.id: TELEGRAM}

    async def stands(chat: identities.Chat) -> bool:
        found = await people.standing(
            db, koperasi_id=here.id, person_id=siti.id, on=TODAY, chat=chat
        )
        return found is not None

    assert [await stands(chat) for chat in (TELEGRAM, OTHER, WHATSAPP)] == [False, True, True]
    await linked(db, here, siti.id, TELEGRAM, 4)
    assert [await stands(chat) for chat in (TELEGRAM, OTHER, WHATSAPP)] == [True, False, True]


async def test_the_chat_of_an_earlier_account_is_replaced_too(
    db: AsyncConnection, here: Cooperative
):
    siti = await a_member(db, here)
    await linked(db, here, siti.id, ("telegram", "old_bot", "11"), 0)
    await linked(db, here, siti.id, ("telegram", "new_bot", "11"), 1)
    assert await ends_of(db, here) == {"old_bot/11": "replaced", "new_bot/11": None}


async def test_an_office_is_linked_while_its_holder_has_a_chat(
    db: AsyncConnection, here: Cooperative
):
    rina = await an_officer(db, here)
    await linked(db, here, rina.person_id, TELEGRAM, 0)
    (office,) = await identities.offices(db, koperasi_id=here.id, on=TODAY)
    assert office.linked
    await db.execute(addresses.update().values(ended_at=AT, reason="blocked"))
    (office,) = await identities.offices(db, koperasi_id=here.id, on=TODAY)
    assert not office.linked
    assert await identities.chats_of(db, koperasi_id=here.id, person_ids=[rina.person_id]) == {}


@pytest.mark.parametrize("reason", ["blocked", "chat-not-found", "deactivated"])
async def test_whose_chat_was_lost_and_writes_again_is_reached_again(
    db: AsyncConnection, here: Cooperative, reason: str
):
    siti = await a_member(db, here)
    await linked(db, here, siti.id, TELEGRAM, 0)
    await db.execute(addresses.update().values(ended_at=AT, reason=reason))
    found = await people.standing(
        db, koperasi_id=here.id, person_id=siti.id, on=TODAY, chat=TELEGRAM
    )
    assert found is not None
    assert found.resumed
    assert await ends_of(db, here) == {"bot/11": None}


async def test_a_chat_that_was_replaced_speaks_for_nobody_any_more(
    db: AsyncConnection, here: Cooperative
):
    siti = await a_member(db, here)
    await linked(db, here, siti.id, TELEGRAM, 0)
    await db.execute(addresses.update().values(ended_at=AT, reason="replaced"))
    found = await people.standing(
        db, koperasi_id=here.id, person_id=siti.id, on=TODAY, chat=TELEGRAM
    )
    assert found is None


async def test_linking_is_the_consent_to_each_purpose_each_time(
    db: AsyncConnection, here: Cooperative
):
    siti = await a_member(db, here)
    await linked(db, here, siti.id, TELEGRAM, 0)
    await linked(db, here, siti.id, TELEGRAM, 1)
    rows = (await db.execute(consents.select().where(consents.c.koperasi_id == here.id))).all()
    assert len(rows) == 6
    assert {row.purpose for row in rows} == {"reminder", "statement", "announcement"}
    assert {(row.text_version, row.channel, row.withdrawn_at) for row in rows} == {
        (identities.CONSENT_TEXT, "telegram", None)
    }
    assert await ends_of(db, here) == {"bot/11": None}


# Officials


@pytest.mark.parametrize("region", ["64", "64.72"])
async def test_an_official_belongs_to_the_province_or_one_kabupaten(
    db: AsyncConnection, region: str
):
    made = await identities.add_province_user(
        db, name=" Dewi  Anggraini", region=region, phone=PHONE, keys=KEYS, at=AT
    )
    row = (await db.execute(province_users.select().where(province_users.c.id == made))).one()
    assert (row.name, row.region, row.until) == ("Dewi Anggraini", region, None)
    assert KEYS.unseal_text(row.phone_sealed) == "6281234567890"


async def test_an_official_of_nowhere_or_without_a_phone_is_refused(db: AsyncConnection):
    for region in ("64.99", VILLAGE, "", "65"):
        async with refused(db, NoSuchRegion, code=region):
            await identities.add_province_user(
                db, name="Dewi", region=region, phone=PHONE, keys=KEYS, at=AT
            )
    async with refused(db, NotAPhone):
        await identities.add_province_user(db, name="D", region="64", phone="?", keys=KEYS, at=AT)
    assert (await db.execute(officers.select())).all() == []


async def test_of_two_channels_the_one_linked_last_is_used_until_one_is_chosen(
    db: AsyncConnection, here: Cooperative
):
    siti = (await a_member(db, here, "Siti")).id
    phones = [("whatsapp", "62811", f"w{n}") for n in (1, 2, 3)]

    async def reached() -> identities.Chat:
        return (await identities.chats_of(db, koperasi_id=here.id, person_ids=[siti]))[siti]

    async def choose(channel: str, minutes: int) -> bool:
        at = AT + timedelta(minutes=minutes)
        return await prefer(db, koperasi_id=here.id, person_id=siti, channel=channel, at=at)

    await linked(db, here, siti, TELEGRAM, 0)
    assert not await choose("whatsapp", 1)
    await linked(db, here, siti, phones[0], 2)
    assert await reached() == phones[0]
    assert await choose("telegram", 3)
    assert await reached() == TELEGRAM
    await linked(db, here, siti, phones[1], 4)
    assert await reached() == TELEGRAM
    assert await choose("whatsapp", 5)
    assert await reached() == phones[1]
    await linked(db, here, siti, phones[2], 6)
    await linked(db, here, siti, OTHER, 7)
    assert await reached() == phones[2]
