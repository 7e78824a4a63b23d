"""A busy practice book is in no list, no view, no audience, no count and no job of the real world."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import practice_book
from bot.cli.run import JOBS
from core import cooperatives, database, identities, people, practice, savings
from core.accounts import SavingsKind
from core.calendar import WITA, business_date
from core.cooperatives import Cooperative, Founding
from core.identities import NoSuchRegion
from core.permissions import Role
from core.verify import verify
from notifications import scheduler
from tests.builders_core import VILLAGE
from tests.conftest import Database

CHAT = ("telegram", "7000000042", "900001")
MONEY_TABLES = (
    "ledger.entries",
    "ledger.postings",
    "ledger.accounts",
    "approvals",
    "loans",
    "goods",
)


@dataclass
class World:
    """A real cooperative with one officer, and her practice book."""

    owner: AsyncEngine
    app: AsyncEngine
    clock: AsyncEngine
    given: Database
    real: Cooperative
    book: int


@pytest.fixture
async def world(own_database: Database) -> AsyncIterator[World]:
    urls = own_database.urls
    owner, app, clock = (
        database.make_engine(url, size=2) for url in (urls.owner, urls.app, urls.clock)
    )
    at = datetime.now(UTC)
    today = business_date(at, WITA)
    async with database.transaction(owner) as db:
        (real,) = await cooperatives.found_many(
            db,
            [Founding(name="Koperasi Desa Merah Putih Uji", villages=(VILLAGE,), rules={})],
            by="test",
            at=at,
        )
        await database.enter(db, real.id)
        await identities.appoint(
            db,
            koperasi_id=real.id,
            name="Rina Kartika",
            role=Role.KETUA,
            phone="081250000001",
            keys=own_database.keys,
            on=today,
            at=at,
        )
        await identities.link(db, koperasi_id=real.id, person_id=1, chat=CHAT, at=at)
    async with database.transaction(app, koperasi_id=real.id) as db:
        book = await practise(db, own_database, real, at)
    yield World(owner=owner, app=app, clock=clock, given=own_database, real=real, book=book)
    for engine in (owner, app, clock):
        await engine.dispose()


async def practise(db: AsyncConnection, given: Database, real: Cooperative, at: datetime) -> int:
    """Open a practice book as a turn does, as the app's login, and record in it."""
    today = business_date(at, WITA)
    officer = await people.standing(db, koperasi_id=real.id, person_id=1, on=today)
    assert officer is not None
    book = await practice.enter(db, officer=officer, chat=CHAT, on=today, at=at, keys=given.keys)
    assert book.made
    learner = await people.standing(db, koperasi_id=book.koperasi_id, person_id=1, on=today)
    assert learner is not None
    assert learner.roles == (Role.KETUA,)
    await practice_book.fill(db, cooperative=learner.cooperative, keys=given.keys, at=at)
    member = await people.member_by_number(db, koperasi_id=book.koperasi_id, number="A-001")
    await savings.deposit(
        db, officer=learner, member=member, kind=SavingsKind.WAJIB, amount=20_000, on=today, at=at,
        operation="a-card", source="telegram",
    )  # fmt: skip
    assert await practice.passed(db, book.koperasi_id) == {"wajib"}
    return book.koperasi_id


async def value(engine: AsyncEngine, statement: str, **values: Any) -> Any:
    async with engine.connect() as db:
        return (await db.execute(text(statement), values)).scalar()


async def test_owner_lists_and_counts_know_the_real_one_alone(world: World):
    async with database.transaction(world.owner) as db:
        assert [one.id for one in await cooperatives.list_all(db)] == [world.real.id]
        assert [one.id for one in await cooperatives.list_all(db, practice=True)] == [world.book]
        founding = Founding(name="Koperasi Baru", villages=(VILLAGE,), rules={})
        (made,) = await cooperatives.found_many(db, [founding], by="test", at=datetime.now(UTC))
        assert made.id == world.real.id + 1
        assert made.code == "64-0002"
        with pytest.raises(NoSuchRegion):
            await identities.add_province_user(
                db, name="X", region="00", phone="081250000009", keys=world.given.keys,
                at=datetime.now(UTC),
            )  # fmt: skip


async def test_no_view_and_no_function_of_the_province_shows_it(world: World):
    province = await asyncpg.connect(world.given.urls.province)
    try:
        views = await province.fetch(
            "SELECT c.oid::regclass::text AS name FROM pg_class c"
            " WHERE c.relkind = 'v' AND c.relnamespace = 'province'::regnamespace ORDER BY 1"
        )
        assert len(views) >= 3
        for view in views:
            rows = await province.fetch(f"SELECT * FROM {view['name']}")
            assert "atihan" not in str(rows), view["name"]
        month = business_date(datetime.now(UTC), WITA).replace(day=1)
        rows = await province.fetch("SELECT * FROM province.months('64', $1)", month)
        assert [row["code"] for row in rows] == [world.real.code]
        (progress,) = await province.fetch("SELECT * FROM province.practice")
        assert progress["code"] == world.real.code
        assert (progress["officers"], progress["officers_none"]) == (1, 1)
    finally:
        await province.close()


async def test_no_audience_of_the_province_holds_anybody_of_it(world: World):
    for audience, there in (
        ('{"members": true}', None),
        ('{"members": true, "roles": ["ketua", "bendahara"]}', [world.real.id]),
    ):
        found = await value(
            world.owner,
            "SELECT array_agg(DISTINCT koperasi_id) FROM announce.people(0, '64', CAST(:a AS jsonb), :on)",
            a=audience,
            on=business_date(datetime.now(UTC), WITA),
        )
        assert found == there, audience


async def test_no_job_and_no_tick_touches_it_on_any_later_day(world: World):
    before = await everything(world)
    begun = datetime.now(UTC)
    for days in (0, 1, 8, 40):
        at = begun + timedelta(days=days)
        for module, name in JOBS.values():
            job = getattr(importlib.import_module(module), name)
            await job(world.clock, world.given.keys, at)
        for tick in scheduler.ticks(world.given.keys):
            await tick.look(world.clock, at)
    assert await everything(world) == before
    owed = await value(
        world.owner, "SELECT count(*) FROM outbox WHERE koperasi_id = :book", book=world.book
    )
    assert owed == 0
    seen = await value(world.clock, "SELECT array_agg(koperasi_id) FROM cooperatives")
    assert seen == [world.real.id]


async def everything(world: World) -> dict[str, list[Any]]:
    """Read what every table holds of the practice book, row by row."""
    async with world.owner.connect() as db:
        tables = await db.execute(
            text(
                "SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                " WHERE a.attname = 'koperasi_id' AND c.relkind = 'r' ORDER BY 1"
            )
        )
        found = {}
        for table in tables.scalars().all():
            rows = await db.execute(
                text(f"SELECT t::text FROM {table} t WHERE koperasi_id = :book ORDER BY 1"),
                {"book": world.book},
            )
            found[table] = list(rows.scalars().all())
    assert all(found[table] for table in MONEY_TABLES), found
    return found


async def test_the_practice_book_is_a_sound_book_and_the_real_one_empty(world: World):
    async with world.owner.connect() as db:
        (book,) = await cooperatives.list_all(db, practice=True)
        await verify(db, book.id)
    for table in MONEY_TABLES:
        held = await value(
            world.owner,
            f"SELECT count(*) FROM {table} WHERE koperasi_id = :real",
            real=world.real.id,
        )
        assert held == 0, table
    people_there = await value(
        world.owner, "SELECT count(*) FROM people WHERE phone_hash IS NOT NULL AND koperasi_id = :book",
        book=world.book,
    )  # fmt: skip
    assert people_there == 0


async def test_lessons_that_were_passed_are_kept_in_the_real_cooperative(world: World):
    at = datetime.now(UTC)
    today = business_date(at, WITA)
    async with database.transaction(world.app, koperasi_id=world.real.id) as db:
        course = practice.lessons_of([Role.KETUA])
        (before,) = await practice.progress(db, koperasi_id=world.real.id, on=today)
        assert (before.done, before.of) == (0, len(course))
        new = await practice.keep(db, koperasi_id=world.real.id, person_id=1, lessons=course, at=at)
        assert set(new) == set(course)
        assert (
            await practice.keep(
                db, koperasi_id=world.real.id, person_id=1, lessons=course[:1], at=at
            )
            == ()
        )
        (after,) = await practice.progress(db, koperasi_id=world.real.id, on=today)
        assert after.done == after.of == len(course)
    province = await asyncpg.connect(world.given.urls.province)
    row = await province.fetchrow("SELECT * FROM province.practice")
    await province.close()
    assert row is not None
    assert (row["officers_all"], row["officers_some"], row["officers_none"]) == (1, 0, 0)
