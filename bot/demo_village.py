"""A sample village for `kopdes demo`: its people, half a year of savings, its loans, and their chats in the simulator."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import demo_loans
from bot.access import Access
from bot.settings import Settings
from bot.simulator.client import Sim
from bot.simulator.world import Person, World
from core import cooperatives, database, identities, people, savings
from core.accounts import SavingsKind
from core.calendar import WITA, business_date, month_of, next_month, start_of
from core.cooperatives import Cooperative
from core.imports import members as member_import
from core.monitoring import keeping as monitoring
from core.people import Standing
from core.permissions import Role
from core.tables.chat import invites
from core.tables.people import addresses, officers, province_users
from core.tables.people import people as people_table
from core.tables.places import cooperative_villages
from core.tables.places import cooperatives as cooperatives_table

log = structlog.get_logger()

VILLAGE = "64.72.05.1003"  # Lempake, Samarinda: the province's first pilot
_MEMBERS = (
    ("Siti Aminah", "P", 250_000),
    ("Budi Santoso", "L", 400_000),
    ("Fatimah", "P", 1_200_000),
    ("Lahang Ipuy", "L", 1_500_000),
    ("Sugeng Riyadi", "L", 900_000),
    ("Sugeng Hartono", "L", 300_000),
    ("Hj. Rusmini", "P", 2_500_000),
    ("Daeng Mattola", "L", 800_000),
    ("Mardiana", "P", 650_000),
    ("Abdul Gani", "L", 450_000),
)
_OFFICERS = (
    ("Hendra Wijaya", Role.KETUA),
    ("Rina Kartika", Role.BENDAHARA),
    ("Yusuf Maulana", Role.SEKRETARIS),
    ("Petrus Ding", Role.PENGAWAS),
)
_OFFICIAL = "Dewi Anggraini"
_CHATS = 1001  # the first chat id of the simulator's people
_LINKED_MEMBERS = 3  # the last of them on WhatsApp; the others open their invite themselves


@dataclass(frozen=True, slots=True)
class _Cast:
    """One of the simulator's people and who they are in the book."""

    chat: int
    name: str
    phone: str
    group: str
    note: str
    person_id: int | None  # none: the province's official
    links_itself: bool
    on_whatsapp: bool = False


def _phone(chat: int) -> str:
    return f"62812500{chat:05d}"


async def prepare(access: Access) -> None:
    """Seed the province and fill the village once; a second start finds everything as it was left."""
    engine = database.make_engine(access.urls.owner, size=1)
    try:
        async with database.transaction(engine) as db:
            at = datetime.now(UTC)
            await cooperatives.seed_kaltim(db, at=at)
            await monitoring.begin(db, at=at)
            cooperative = await _village(db)
            await database.enter(db, cooperative.id)
            if not await _has_people(db, cooperative):
                await _fill(db, access, cooperative, at)
                await monitoring.refresh(db, koperasi_id=cooperative.id, zone=WITA, at=at)
    finally:
        await engine.dispose()


async def _village(db: AsyncConnection) -> Cooperative:
    code = await db.scalar(
        select(cooperatives_table.c.code)
        .join(
            cooperative_villages,
            cooperative_villages.c.koperasi_id == cooperatives_table.c.koperasi_id,
        )
        .where(cooperative_villages.c.village == VILLAGE)
        .limit(1)
    )
    assert code is not None, VILLAGE
    return await cooperatives.by_code(db, code)


async def _has_people(db: AsyncConnection, cooperative: Cooperative) -> bool:
    found = await db.scalar(
        select(officers.c.id).where(officers.c.koperasi_id == cooperative.id).limit(1)
    )
    return found is not None


async def _fill(
    db: AsyncConnection, access: Access, cooperative: Cooperative, at: datetime
) -> None:
    """Members as a sheet would bring them, officers, an official, and three months of simpanan wajib."""
    from core import rules  # noqa: PLC0415 - only the first start sets rules

    today = business_date(at, WITA)
    begun = next_month(month_of(today), -4)
    await rules.set_rule(
        db, koperasi_id=cooperative.id, name="usp", value="licensed", since=begun, by="demo", at=at
    )
    plan = await member_import.check(
        db, _sheet(begun), cooperative=cooperative, keys=access.keys, on=begun, name="demo.csv"
    )
    assert not plan.errors, plan.errors
    await member_import.apply(
        db,
        plan,
        keys=access.keys,
        at=start_of(begun) + timedelta(hours=1),
        recorder="demo",
        source="demo",
    )
    for number, (name, role) in enumerate(_OFFICERS):
        await identities.appoint(
            db,
            koperasi_id=cooperative.id,
            name=name,
            role=role,
            phone=_phone(_CHATS + number),
            keys=access.keys,
            on=begun,
            at=at,
        )
    await identities.add_province_user(
        db,
        name=_OFFICIAL,
        region="64",
        phone=_phone(_CHATS + 90),
        keys=access.keys,
        at=at,
    )
    await _months_of_wajib(db, cooperative, begun, today)
    office = demo_loans.Office(
        db=db,
        cooperative=cooperative,
        keys=access.keys,
        ketua=await _standing(db, cooperative, _OFFICERS[0][0], today),
        bendahara=await _standing(db, cooperative, _OFFICERS[1][0], today),
        begun=begun,
        at=at,
    )
    await demo_loans.lend(office, await demo_loans.members_of(db, cooperative, today))


def _sheet(joined: date) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "nama",
            "no_hp",
            "jenis_kelamin",
            "tanggal_masuk",
            "simpanan_pokok",
            "simpanan_wajib",
            "simpanan_sukarela",
        ]
    )
    for number, (name, gender, sukarela) in enumerate(_MEMBERS):
        phone = _phone(_CHATS + 10 + number)
        writer.writerow([name, phone, gender, joined.isoformat(), 100_000, 120_000, sukarela])
    return out.getvalue().encode()


async def _months_of_wajib(
    db: AsyncConnection, cooperative: Cooperative, begun: date, today: date
) -> None:
    treasurer = await _standing(db, cooperative, _OFFICERS[1][0], today)
    found = await people.active_members(db, koperasi_id=cooperative.id, on=today)
    for count in range(1, 4):
        for number, member in enumerate(found):
            if (number + count) % 5 == 0:  # Somebody is always late.
                continue
            on = min(next_month(begun, count) + timedelta(days=4 + number), today)
            await savings.deposit(
                db,
                officer=treasurer,
                member=member,
                kind=SavingsKind.WAJIB,
                amount=20_000,
                on=on,
                at=start_of(on) + timedelta(hours=2),
                operation=f"demo/{member.number}/{count}",
                source="demo",
            )


async def _standing(db: AsyncConnection, cooperative: Cooperative, name: str, on: date) -> Standing:
    person_id = await db.scalar(
        select(people_table.c.id).where(
            people_table.c.koperasi_id == cooperative.id, people_table.c.name == name
        )
    )
    assert person_id is not None, name
    found = await people.standing(db, koperasi_id=cooperative.id, person_id=person_id, on=on)
    assert found is not None, name
    return found


async def introduce(access: Access, world: World, settings: Settings) -> None:
    """Put the village's people into the simulator; some link their chats by themselves, as a person would."""
    engine = database.make_engine(access.urls.owner, size=1)
    try:
        async with database.transaction(engine) as db:
            cast = await _cast(db)
            starts = {one.chat: await _start(db, access, one) for one in cast}
    finally:
        await engine.dispose()
    for one in cast:
        first, _, last = one.name.partition(" ")
        world.add_person(
            Person(
                id=one.chat,
                first_name=first,
                last_name=last,
                phone=one.phone,
                group=one.group,
                note=one.note,
                start=None if one.links_itself else starts[one.chat],
            )
        )
    here = f"http://127.0.0.1:{settings.http_port}"
    async with Sim(here) as telegram, Sim(here, channel="whatsapp") as whatsapp:
        for one in cast:
            sim = whatsapp if one.on_whatsapp else telegram
            code = starts[one.chat]
            if code is None:
                await sim.text(one.chat, "/menu")
            elif one.links_itself:
                await sim.text(one.chat, f"/start {code}")
                if not one.on_whatsapp:  # There the number itself is the proof.
                    await sim.wait_reply(one.chat, timeout=20)
                    await sim.contact(one.chat)
    log.info("demo.ready", people=len(cast))


async def _cast(db: AsyncConnection) -> list[_Cast]:
    cooperative = await _village(db)
    await database.enter(db, cooperative.id)
    ids = {
        name: number
        for number, name in await db.execute(
            select(people_table.c.id, people_table.c.name).where(
                people_table.c.koperasi_id == cooperative.id
            )
        )
    }
    found = await people.active_members(db, koperasi_id=cooperative.id, on=date.max)
    numbers = {member.name: member.number for member in found}
    cast = [
        _Cast(
            chat=_CHATS + number,
            name=name,
            phone=_phone(_CHATS + number),
            group="Pengurus",
            note=role.value.replace("_", " ").capitalize(),
            person_id=ids[name],
            links_itself=True,
        )
        for number, (name, role) in enumerate(_OFFICERS)
    ]
    cast.extend(
        _Cast(
            chat=_CHATS + 10 + number,
            name=name,
            phone=_phone(_CHATS + 10 + number),
            group="Anggota",
            note=f"Anggota {numbers.get(name, '')}",
            person_id=ids[name],
            links_itself=number < _LINKED_MEMBERS,
            on_whatsapp=number == _LINKED_MEMBERS - 1,
        )
        for number, (name, _, _) in enumerate(_MEMBERS)
        if name in ids
    )
    official = _CHATS + 90
    cast.append(
        _Cast(official, _OFFICIAL, _phone(official), "Provinsi", "DPPKUKM Kaltim", None, True)
    )
    return cast


async def _start(db: AsyncConnection, access: Access, one: _Cast) -> str | None:
    """Make an invite for somebody who has no chat yet; None when the chat is linked."""
    cooperative = await _village(db)
    at = datetime.now(UTC)
    if one.person_id is None:
        user = await db.scalar(
            select(province_users.c.id).where(province_users.c.name == one.name).limit(1)
        )
        linked = await db.scalar(
            text("SELECT 1 FROM chat.chats WHERE chat = :chat AND province_user IS NOT NULL"),
            {"chat": str(one.chat)},
        )
        if linked or user is None:
            return None
        made = await identities.invite(db, keys=access.keys, by="demo", at=at, province_user=user)
        return made.code
    linked = await db.scalar(
        select(addresses.c.chat).where(
            addresses.c.koperasi_id == cooperative.id,
            addresses.c.person_id == one.person_id,
            addresses.c.ended_at.is_(None),
        )
    )
    if linked:
        return None
    await db.execute(
        invites.delete().where(
            invites.c.koperasi_id == cooperative.id,
            invites.c.person_id == one.person_id,
            invites.c.made_by == "demo",
        )
    )
    made = await identities.invite(
        db,
        keys=access.keys,
        by="demo",
        at=at,
        koperasi_id=cooperative.id,
        person_id=one.person_id,
    )
    return made.code
