"""Who a chat is: invites that link it, offices that begin and end, consents that were given."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, database, people
from core.errors import Refusal
from core.people import Member, NewPerson
from core.permissions import Role
from core.sealing import Keys
from core.tables.chat import invites
from core.tables.people import addresses, consents, members, officers, province_users
from core.tables.people import people as people_table

INVITE_GOOD_FOR = timedelta(days=14)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are taken for another
CONSENT_TEXT = "2026-11"  # version of the text a person reads before sharing the own contact


class NoSuchRegion(Refusal):
    """A region is the province (64) or one of its kabupaten and kota. Facts: code."""

    text = "refusal-no-such-region"


class NotAPhone(Refusal):
    """A phone number reads 08…, 62… or +62…. Facts: phone."""

    text = "refusal-not-a-phone"


class NoSuchOffice(Refusal):
    """The office ended before, or never was."""

    text = "refusal-no-such-office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """A code that links a chat to a person, once; only its keyed hash is kept."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where an invite is opened; None while the bot's name or number is not known."""

    telegram: str | None
    whatsapp: str | None


def links(code: str, *, telegram_username: str | None, whatsapp_number: str | None) -> Links:
    """Make the deep links of an invite."""
    words = quote(f"/start {code}")
    return Links(
        telegram=f"https://t.me/{telegram_username}?start={code}" if telegram_username else None,
        whatsapp=f"https://wa.me/{whatsapp_number}?text={words}" if whatsapp_number else None,
    )


def new_code() -> str:
    """Make an invite's code: 10 letters and digits, 50 bits, hard to confuse."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def code_hash(code: str, keys: Keys) -> bytes:
    """Hash a code as it is kept; case and blanks do not matter."""
    return keys.fingerprint("invite", "".join(code.split()).upper())


async def invite(
    db: AsyncConnection,
    *,
    keys: Keys,
    by: str,
    at: datetime,
    koperasi_id: int | None = None,
    person_id: int | None = None,
    province_user: int | None = None,
) -> Invite:
    """Write an invite down as the owner (the command line); turns hand theirs to chat.close."""
    made = Invite(code=new_code(), expires_at=at + INVITE_GOOD_FOR)
    whom = {"koperasi_id": koperasi_id, "person_id": person_id, "province_user": province_user}
    await db.execute(invites.insert().values(_invite_row(made, keys, by, at) | whom))
    return made


def _invite_row(made: Invite, keys: Keys, by: str, at: datetime) -> dict[str, object]:
    hashed = code_hash(made.code, keys)
    return {"code_hash": hashed, "made_by": by, "made_at": at, "expires_at": made.expires_at}


async def invite_many(
    db: AsyncConnection,
    *,
    keys: Keys,
    koperasi_ids: Sequence[tuple[int, int]],
    by: str,
    at: datetime,
) -> list[Invite]:
    """Write invites of many (cooperative, person) pairs down at once, as the owner."""
    made = [Invite(code=new_code(), expires_at=at + INVITE_GOOD_FOR) for _ in koperasi_ids]
    if made:
        await db.execute(
            invites.insert(),
            [
                _invite_row(one, keys, by, at)
                | {"koperasi_id": koperasi_id, "person_id": person_id}
                for one, (koperasi_id, person_id) in zip(made, koperasi_ids, strict=True)
            ],
        )
    return made


async def members_with_phone(
    db: AsyncConnection, *, koperasi_id: int, phone_hash: bytes, on: date
) -> list[Member]:
    """List the active members whose registered phone is this one: families share phones."""
    rows = await db.execute(
        select(members.c.id)
        .join(
            people_table,
            (people_table.c.koperasi_id == members.c.koperasi_id)
            & (people_table.c.id == members.c.id),
        )
        .where(
            members.c.koperasi_id == koperasi_id,
            people_table.c.phone_hash == phone_hash,
            (members.c.left_on.is_(None)) | (members.c.left_on > on),
        )
        .order_by(members.c.id)
        .limit(20)
    )
    return [
        await people.member(db, koperasi_id=koperasi_id, member_id=number)
        for number in rows.scalars().all()
    ]


async def appoint(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    name: str,
    role: Role,
    phone: str,
    keys: Keys,
    on: date,
    at: datetime,
    member_number: str | None = None,
) -> int:
    """Give a person an office; returns the person's id.

    An officer whose phone is that of exactly one member is that person; `member_number` decides
    otherwise. An officer appointed before with this phone stays one person. Raises NotAPhone, NoSuchMember.
    """
    normal = people.normal_phone(phone)
    if normal is None:
        raise NotAPhone(phone=phone)
    phone_hash = keys.fingerprint("phone", normal)
    if member_number is not None:
        member = await people.member_by_number(db, koperasi_id=koperasi_id, number=member_number)
        person_id = member.id
    else:
        person_id = await _person_with_phone(
            db, koperasi_id=koperasi_id, phone_hash=phone_hash, name=name, on=on
        ) or await people.add(
            db,
            NewPerson(name=people.clean_name(name), phone=normal),
            koperasi_id=koperasi_id,
            keys=keys,
            at=at,
        )
    held = await db.scalar(
        select(func.count()).where(
            officers.c.koperasi_id == koperasi_id,
            officers.c.person_id == person_id,
            officers.c.role == role.value,
            (officers.c.until.is_(None)) | (officers.c.until > on),
        )
    )
    if not held:
        await db.execute(
            officers.insert().values(
                koperasi_id=koperasi_id,
                id=await cooperatives.take_ids(db, koperasi_id, "officer"),
                person_id=person_id,
                role=role.value,
                since=on,
            )
        )
    return person_id


async def _person_with_phone(
    db: AsyncConnection, *, koperasi_id: int, phone_hash: bytes, name: str, on: date
) -> int | None:
    sharing = await members_with_phone(db, koperasi_id=koperasi_id, phone_hash=phone_hash, on=on)
    if len(sharing) == 1:
        return sharing[0].id
    if sharing:  # Several members share the phone: only the one of this very name is meant.
        named = [m.id for m in sharing if _same_name(m.name, name)]
        if named:
            return named[0] if len(named) == 1 else None
    before = await db.execute(
        select(people_table.c.id, people_table.c.name)
        .join(
            officers,
            (officers.c.koperasi_id == people_table.c.koperasi_id)
            & (officers.c.person_id == people_table.c.id),
        )
        .where(people_table.c.koperasi_id == koperasi_id, people_table.c.phone_hash == phone_hash)
        .order_by(officers.c.id)
        .limit(20)
    )
    appointed = list(before)
    by_name = [number for number, known in appointed if _same_name(known, name)]
    if by_name:
        return by_name[0]
    return appointed[0].id if appointed and not sharing else None


def _same_name(one: str, other: str) -> bool:
    return people.clean_name(one).casefold() == people.clean_name(other).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office that is held, and whether its holder has a chat."""

    id: int
    person_id: int
    name: str
    role: Role
    linked: bool


async def offices(db: AsyncConnection, *, koperasi_id: int, on: date) -> list[Office]:
    """List the offices held on a day, in the order they were given."""
    linked = (
        select(addresses.c.chat)
        .where(
            addresses.c.koperasi_id == officers.c.koperasi_id,
            addresses.c.person_id == officers.c.person_id,
            addresses.c.ended_at.is_(None),
        )
        .exists()
    )
    rows = await db.execute(
        select(officers.c.id, officers.c.person_id, people_table.c.name, officers.c.role, linked)
        .join(
            people_table,
            (people_table.c.koperasi_id == officers.c.koperasi_id)
            & (people_table.c.id == officers.c.person_id),
        )
        .where(
            officers.c.koperasi_id == koperasi_id,
            officers.c.since <= on,
            (officers.c.until.is_(None)) | (officers.c.until > on),
        )
        .order_by(officers.c.id)
        .limit(100)
    )
    return [
        Office(id=number, person_id=person_id, name=name, role=Role(role), linked=has_chat)
        for number, person_id, name, role, has_chat in rows
    ]


async def end_office(db: AsyncConnection, *, koperasi_id: int, office_id: int, on: date) -> Office:
    """End an office; what it gave is gone with the next message. Raises NoSuchOffice."""
    held = {office.id: office for office in await offices(db, koperasi_id=koperasi_id, on=on)}
    if office_id not in held:
        raise NoSuchOffice(office=office_id)
    await db.execute(
        update(officers)
        .where(officers.c.koperasi_id == koperasi_id, officers.c.id == office_id)
        .values(until=on)
    )
    return held[office_id]


async def add_province_user(
    db: AsyncConnection, *, name: str, region: str, phone: str, keys: Keys, at: datetime
) -> int:
    """Write an official down; `region` is the whole province or one kabupaten or kota. As the owner."""
    normal = people.normal_phone(phone)
    if normal is None:
        raise NotAPhone(phone=phone)
    known = await db.scalar(text("SELECT 1 FROM regions WHERE code = :code"), {"code": region})
    if not known or region == "00":  # where practice books lie
        raise NoSuchRegion(code=region)
    made: Any = await db.scalar(
        province_users.insert()
        .values(
            name=people.clean_name(name),
            region=region,
            phone_sealed=keys.seal(normal.encode()),
            phone_hash=keys.fingerprint("phone", normal),
            created_at=at,
        )
        .returning(province_users.c.id)
    )
    return int(made)


Chat = tuple[str, str, str]  # channel, account, chat


async def phone_of(db: AsyncConnection, *, koperasi_id: int, person_id: int) -> bytes | None:
    """Return the keyed hash of a person's registered phone."""
    found: bytes | None = await db.scalar(
        select(people_table.c.phone_hash).where(
            people_table.c.koperasi_id == koperasi_id, people_table.c.id == person_id
        )
    )
    return found


async def link(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, chat: Chat, at: datetime
) -> None:
    """Let a chat reach a person; another chat of the same channel reaches them no longer.

    Sharing the own contact, or using the code where the channel vouches for the number, is the recorded
    consent. A channel that was chosen by words stays the preferred one.
    """
    channel, account, name = chat
    whose = (addresses.c.koperasi_id == koperasi_id) & (addresses.c.person_id == person_id)
    replaced = await db.execute(
        update(addresses)
        .where(
            whose,
            addresses.c.channel == channel,
            (addresses.c.account != account) | (addresses.c.chat != name),
            addresses.c.ended_at.is_(None),
        )
        .values(ended_at=at, reason="replaced")
        .returning(addresses.c.chosen_at)
    )
    fresh = {"linked_at": at, "ended_at": None, "reason": None, "chosen_at": replaced.scalar()}
    await db.execute(
        insert(addresses)
        .values(
            koperasi_id=koperasi_id,
            person_id=person_id,
            channel=channel,
            account=account,
            chat=name,
            **fresh,
        )
        .on_conflict_do_update(
            index_elements=["koperasi_id", "person_id", "channel", "account", "chat"],
            set_=fresh | {"chosen_at": func.coalesce(fresh["chosen_at"], addresses.c.chosen_at)},
        )
    )
    await db.execute(  # Of several chats the newest is used: what was chosen stays it.
        update(addresses)
        .where(
            whose,
            addresses.c.channel != channel,
            addresses.c.chosen_at.is_not(None),
            addresses.c.ended_at.is_(None),
        )
        .values(linked_at=at + timedelta(microseconds=1))
    )
    given = {"koperasi_id": koperasi_id, "person_id": person_id, "channel": channel}
    given |= {"text_version": CONSENT_TEXT, "given_at": at}
    purposes = ("reminder", "statement", "announcement")
    await db.execute(
        insert(consents).on_conflict_do_nothing(), [given | {"purpose": one} for one in purposes]
    )


async def chats_of(
    db: AsyncConnection, *, koperasi_id: int, person_ids: Sequence[int]
) -> dict[int, Chat]:
    """Find the chat in which each person is reached now: the one linked or chosen last that has not ended."""
    if not person_ids:
        return {}
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT person_id, channel, account, chat FROM addresses"
        " WHERE koperasi_id = $1 AND person_id = ANY ($2) AND ended_at IS NULL ORDER BY linked_at",
        koperasi_id,
        list(person_ids),
    )
    return {person: (channel, account, chat) for person, channel, account, chat in rows}
