"""Cooperatives full of people whose chats are linked already, written by the owner's hand: quick.

The linking itself is the stories' business; here it is about what happens while everybody speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import asyncpg

from bot.simulator.world import Bot, Person, World
from core import cooperatives
from core.calendar import WITA

TOKEN = "42:AAH-secret_1"
ACCOUNT = TOKEN.partition(":")[0]
_OFFICERS_AT, _MEMBERS_AT = 100_000, 500_000  # the first chat of each kind
_OFFICER_IDS = 1000  # an officer's person id within a cooperative, members begin with 1
_JOINED = date(2026, 1, 1)
_NAMES = (
    "Siti Aminah", "Budi Santoso", "Fatimah Zahra", "Lahang Ipuy", "Sugeng Riyadi",
    "Rusmini Wulandari", "Daeng Mattola", "Mardiana Lestari", "Abdul Gani", "Kartika Dewi",
    "Petrus Ding", "Yohanes Bato", "Nurhayati Basri", "Wahyu Pratama", "Irawan Kusuma",
    "Galuh Permata", "Hamzah Batubara", "Joko Purnomo", "Vincentius Lawai", "Oktaviani Rahma",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A treasurer with a chat, and the one member whose money this treasurer takes."""

    chat: int
    koperasi_id: int
    member: str  # the name
    member_chat: int | None  # none: the member's receipts wait for a linking


async def settle(url: str, world: World, *, cooperatives_: int, officers: int) -> list[Officer]:
    """Found cooperatives with `officers` treasurers and as many members each; every other member is linked."""
    assert officers <= len(_NAMES), officers
    bot = world.bots[TOKEN]
    found: list[Officer] = []
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for koperasi_id in range(1, cooperatives_ + 1):
                found += await _found(connection, koperasi_id, officers)
    finally:
        await connection.close()
    for officer in found:
        _meet(world, bot, officer.chat, "Pengurus")
        if officer.member_chat is not None:
            _meet(world, bot, officer.member_chat, officer.member)
    return found


def _meet(world: World, bot: Bot, chat: int, name: str) -> None:
    """Put a person into the simulator who has written to the bot before."""
    person = world.add_person(Person(id=chat, first_name=name, phone=f"628125{chat:06d}"))
    world.chat(bot, person).started = True


async def _found(
    connection: asyncpg.Connection[Any], koperasi_id: int, officers: int
) -> list[Officer]:
    at = datetime.now(UTC)
    await connection.execute(
        "INSERT INTO cooperatives (koperasi_id, code, name, region, zone, created_at)"
        " VALUES ($1, $2, $3, '64.72', $4, $5)",
        koperasi_id,
        f"64-{koperasi_id:04d}",
        f"Koperasi Desa Merah Putih {koperasi_id}",
        WITA,
        at,
    )
    await connection.execute(
        "INSERT INTO ledger.books (koperasi_id, head) VALUES ($1, $2)",
        koperasi_id,
        cooperatives.first_head(koperasi_id),
    )
    made = [
        Officer(
            chat=_OFFICERS_AT + 100 * koperasi_id + number,
            koperasi_id=koperasi_id,
            member=_NAMES[number],
            member_chat=_MEMBERS_AT + 100 * koperasi_id + number if number % 2 == 0 else None,
        )
        for number in range(officers)
    ]
    await _people(connection, made, at)
    await _links(connection, made, at)
    return made


async def _people(
    connection: asyncpg.Connection[Any], made: Sequence[Officer], at: datetime
) -> None:
    persons: list[tuple[Any, ...]] = []
    members: list[tuple[Any, ...]] = []
    offices: list[tuple[Any, ...]] = []
    for number, officer in enumerate(made, start=1):
        here = officer.koperasi_id
        persons.append((here, number, officer.member, at))
        members.append((here, number, f"A-{number:03d}", _JOINED, _JOINED))
        persons.append((here, _OFFICER_IDS + number, f"Bendahara {number}", at))
        offices.append((here, number, _OFFICER_IDS + number, "bendahara", _JOINED))
    for table, columns, rows in (
        ("people", "koperasi_id, id, name, created_at", persons),
        ("members", "koperasi_id, id, number, joined_on, dues_from", members),
        ("officers", "koperasi_id, id, person_id, role, since", offices),
    ):
        await _insert(connection, table, columns, rows)


async def _links(
    connection: asyncpg.Connection[Any], made: Sequence[Officer], at: datetime
) -> None:
    speaking = [
        (officer.koperasi_id, _OFFICER_IDS + number, str(officer.chat))
        for number, officer in enumerate(made, start=1)
    ] + [
        (officer.koperasi_id, number, str(officer.member_chat))
        for number, officer in enumerate(made, start=1)
        if officer.member_chat is not None
    ]
    rows = [(here, person, "telegram", ACCOUNT, chat, at) for here, person, chat in speaking]
    for table, moment in (
        ("addresses", "linked_at"),
        ("chat.links", "linked_at"),
        ("chat.chats", "seen_at"),
    ):
        await _insert(
            connection, table, f"koperasi_id, person_id, channel, account, chat, {moment}", rows
        )


async def _insert(
    connection: asyncpg.Connection[Any], table: str, columns: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    marks = ", ".join(f"${place + 1}" for place in range(len(columns.split(","))))
    await connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
