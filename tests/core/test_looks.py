"""Who looked at whose data: kept as long as was promised when it was written, told by member and added up by officer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, looks
from core.looks import What
from tests.conftest import Database
from tests.core.books import AT, TODAY, a_book


async def note(db: AsyncConnection, member: int | None, person: int | None, at: datetime) -> None:
    await looks.note(
        db,
        koperasi_id=1,
        member_id=member,
        person_id=person,
        role="bendahara",
        what=What.SAVINGS if member else What.MEMBERS,
        months=24,
        on=TODAY,
        at=at,
    )


async def test_looks_are_told_by_member_and_added_up_by_person(db: AsyncConnection) -> None:
    await a_book(db, 1)
    for minute, (member, person) in enumerate([(1, 2), (1, 2), (3, 2), (None, 2), (1, 3)]):
        await note(db, member, person, AT + timedelta(minutes=minute))
    mine = await looks.of_member(db, koperasi_id=1, member_id=1, most=9)
    assert [look.name for look in mine] == ["Anggota A-003", "Anggota A-002", "Anggota A-002"]
    assert {look.member for look in mine} == {"Anggota A-001"}
    assert len(await looks.of_member(db, koperasi_id=1, member_id=1, most=2)) == 2
    assert await looks.lists(db, koperasi_id=1, since=AT) == 1
    sums = await looks.by_person(db, koperasi_id=1, since=AT, most=9)
    assert [(one.name, one.members, one.looks, one.lists) for one in sums] == [
        ("Anggota A-002", 2, 3, 1),
        ("Anggota A-003", 1, 1, 0),
    ]
    assert await looks.by_person(db, koperasi_id=1, since=AT + timedelta(hours=1), most=9) == []
    assert [look.member for look in await looks.recent(db, koperasi_id=1, most=2)] == [
        "Anggota A-001",
        None,
    ]


async def test_a_look_is_kept_for_the_months_of_the_rule_and_not_a_day_longer(
    db: AsyncConnection,
) -> None:
    await a_book(db, 1)
    await note(db, 1, 2, AT)
    day = datetime.combine(date(2028, 12, 1), datetime.min.time(), UTC)
    assert await looks.forget(db, day - timedelta(seconds=1)) == 0
    assert await looks.forget(db, day) == 1
    assert await looks.of_member(db, koperasi_id=1, member_id=1, most=9) == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE looks SET person_id = 1", "DELETE FROM looks", "TRUNCATE looks"],
)
async def test_a_turn_can_neither_change_nor_take_away_a_look(
    own_database: Database, statement: str
) -> None:
    app = await asyncpg.connect(own_database.urls.app)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)
    finally:
        await app.close()


async def test_the_clock_takes_looks_away_and_reads_none_of_them(own_database: Database) -> None:
    engine = database.make_engine(own_database.urls.clock)
    clock = await asyncpg.connect(own_database.urls.clock)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await clock.fetch("SELECT member_id FROM looks")
        async with database.transaction(engine) as db:
            assert await looks.forget(db, AT) == 0
    finally:
        await clock.close()
        await engine.dispose()
