"""A former member's profile is taken away: what goes, what the books keep, and who is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, erasure, people
from core.verify import verify
from tests.conftest import KEYS, Database
from tests.core.books import AT, TODAY, a_book, deposit, withdraw

WHO: dict[str, Any] = {"on": TODAY, "at": AT, "by": "person:2", "approver": "person:3"}


async def _left(db: AsyncConnection, days: int = 0) -> None:
    raw = await database.driver(db)
    await raw.execute(
        "UPDATE members SET left_on = $1 WHERE koperasi_id = 1 AND id = 1",
        TODAY - timedelta(days=days),
    )


async def _erase(db: AsyncConnection) -> str:
    member = await people.member(db, koperasi_id=1, member_id=1)
    return await erasure.erase(db, koperasi_id=1, member=member, **WHO)


async def _books(db: AsyncConnection) -> Sequence[Any]:
    raw = await database.driver(db)
    found: list[Any] = []
    for table in ("ledger.entries", "ledger.postings", "ledger.accounts", "receipts", "dues"):
        found += await raw.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")
    return found


async def test_the_profile_goes_and_every_figure_stays(db: AsyncConnection) -> None:
    await a_book(db, 1)
    raw = await database.driver(db)
    sealed = KEYS.seal_text("6402015506900001")
    await raw.execute(
        "UPDATE people SET gender = 'P', phone_sealed = $1, phone_hash = $1, nik_sealed = $1, nik_hash = $1,"
        " address_sealed = $1",
        sealed,
    )
    for person in (1, 2):
        await raw.execute(
            "INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)"
            " VALUES (1, $1, 'telegram', '7', '501', $2)",
            person,
            AT,
        )
        await raw.execute(
            "INSERT INTO chat.links (channel, account, chat, koperasi_id, person_id, linked_at)"
            " VALUES ('telegram', '7', '501', 1, $1, $2)",
            person,
            AT,
        )
    await deposit(db, 1, 50_000, "d1", reason="titipan")
    await withdraw(db, 1, 50_000, "w2")
    books = await _books(db)
    await _left(db)
    assert await _erase(db) == "Bekas anggota 1"
    assert await _books(db) == books
    assert (await verify(db, 1)).finding is None
    rows = await raw.fetch("SELECT * FROM people ORDER BY id")
    assert rows[0]["name"] == "Bekas anggota 1"
    gone = ("gender", "phone_sealed", "phone_hash", "nik_sealed", "nik_hash", "address_sealed")
    assert [rows[0][name] for name in gone] == [None] * 6
    assert None not in [rows[1][name] for name in gone]
    for table in ("addresses", "chat.links"):  # the phone is shared: the other keeps it
        left = await raw.fetch(f"SELECT person_id FROM {table}")
        assert [row["person_id"] for row in left] == [2], table
    with pytest.raises(erasure.ErasedBefore):
        await _erase(db)


async def test_nothing_goes_of_a_member_or_while_money_is_open(db: AsyncConnection) -> None:
    await a_book(db, 1)
    with pytest.raises(erasure.StillMember):
        await _erase(db)
    await deposit(db, 1, 50_000, "d1")
    await _left(db)
    with pytest.raises(erasure.ClaimsOpen):
        await _erase(db)
    assert await people.name(db, koperasi_id=1, person_id=1) == "Anggota A-001"


async def test_a_former_member_is_found_by_number_or_whole_name_and_nobody_else(
    db: AsyncConnection,
) -> None:
    await a_book(db, 1)
    await _left(db)
    for said in ("a-001", "anggota a-001"):
        found = await erasure.former(db, koperasi_id=1, said=said, on=TODAY)
        assert found.id == 1
    for said in ("Anggota A-002", "Anggota", "A-00"):
        with pytest.raises(people.NoSuchMember):
            await erasure.former(db, koperasi_id=1, said=said, on=TODAY)


async def test_the_door_opens_for_former_members_of_the_named_cooperative_alone(
    own_database: Database,
) -> None:
    engine = database.make_engine(own_database.urls.owner, size=1)
    async with database.transaction(engine) as db:
        await a_book(db, 2)
        await a_book(db, 1)
        await _left(db)
    await engine.dispose()
    app = await asyncpg.connect(own_database.urls.app)
    clock = await asyncpg.connect(own_database.urls.clock)
    try:
        await app.execute("SET kopdes.koperasi_id TO '1'")
        door = "SELECT chat.forget_person($1, $2, now())"
        for koperasi, person in ((2, 1), (1, 2)):
            with pytest.raises(asyncpg.RaiseError):
                await app.execute(door, koperasi, person)
        await app.execute(door, 1, 1)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await clock.execute(door, 1, 1)
    finally:
        await app.close()
        await clock.close()
