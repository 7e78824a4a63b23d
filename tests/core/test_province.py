"""What the province reads: one row per cooperative, no figure of fewer than five members, nobody's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, identities
from core.accounts import SavingsKind
from core.cooperatives import Cooperative
from core.people import Member, Standing
from core.permissions import Role
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    appointed,
    leaves,
    pays,
    takes,
)
from tests.conftest import Database


async def seen(db: AsyncConnection, here: Cooperative) -> Any:
    rows = await db.execute(
        text("SELECT * FROM province.cooperatives WHERE code = :code"), {"code": here.code}
    )
    return rows.one()


async def unlinked(db: AsyncConnection) -> list[tuple[str, str]]:
    rows = await db.execute(text("SELECT code, roles FROM province.unlinked_offices ORDER BY code"))
    return [(row.code, row.roles) for row in rows]


async def linked(db: AsyncConnection, here: Cooperative, person: int) -> None:
    chat = ("telegram", "bot", f"{here.id}-{person}")
    await identities.link(db, koperasi_id=here.id, person_id=person, chat=chat, at=AT)


async def a_village(
    db: AsyncConnection, count: int, village: str = "64.72.05.1003"
) -> tuple[Cooperative, Standing, list[Member]]:
    """A cooperative whose members each hold 10.000 of every kind."""
    here = await a_cooperative(db, village=village)
    rina = await an_officer(db, here, phone="0811111111")
    people = [await a_member(db, here, f"Anggota {n}") for n in range(count)]
    for member in people:
        for kind in SavingsKind:
            await pays(db, rina, member, kind, 10_000)
    return here, rina, people


async def test_five_members_are_the_fewest_a_figure_is_made_of(db: AsyncConnection):
    here, rina, people = await a_village(db, 4)
    row = await seen(db, here)
    assert (row.members, row.members_linked, row.savings) == (None, None, None)
    assert (row.name, row.region, row.officers) == (here.name, "64.72", 1)
    people.append(await a_member(db, here, "Yang kelima"))
    row = await seen(db, here)
    assert (row.members, row.members_linked, row.savings) == (5, None, None)  # Four hold savings.
    await pays(db, rina, people[-1], SavingsKind.SUKARELA, 5_000)
    for number, member in enumerate(people, start=1):
        await linked(db, here, member.id)
        row = await seen(db, here)
        assert row.members_linked == (5 if number == 5 else None)
    assert row.savings == 125_000


async def test_one_members_savings_are_not_the_figure_of_many_members(db: AsyncConnection):
    here, rina, _ = await a_village(db, 1)
    others = [await a_member(db, here, f"Tanpa simpanan {n}") for n in range(9)]
    row = await seen(db, here)
    assert (row.members, row.savings) == (10, None)
    for member in others[:4]:
        await pays(db, rina, member, SavingsKind.SUKARELA, 1_000)
    assert (await seen(db, here)).savings == 34_000
    await takes(db, rina, others[0], 1_000)  # Four hold something again.
    assert (await seen(db, here)).savings is None


async def test_who_left_is_not_counted_but_what_is_still_held_is(db: AsyncConnection):
    here, _, people = await a_village(db, 6)
    await leaves(db, people[0], here, TODAY)
    assert (await seen(db, here)).members == 5
    await leaves(db, people[1], here, TODAY)
    row = await seen(db, here)
    assert (row.members, row.savings) == (None, 180_000)


async def test_a_member_of_two_chats_is_one_linked_member(db: AsyncConnection):
    here, _, people = await a_village(db, 5)
    for member in people[:4]:
        await linked(db, here, member.id)
    for channel in ("telegram", "whatsapp"):
        await identities.link(
            db, koperasi_id=here.id, person_id=people[0].id, chat=(channel, "b", "c"), at=AT
        )
    assert (await seen(db, here)).members_linked is None


async def test_the_last_entry_is_when_the_book_was_last_written(db: AsyncConnection):
    silent = await a_cooperative(db, village="64.72.05.1002")
    assert (await seen(db, silent)).last_entry_at is None
    here, rina, people = await a_village(db, 1)
    later = AT + timedelta(hours=3)
    await pays(db, rina, people[0], SavingsKind.SUKARELA, 1_000, at=later)
    assert (await seen(db, here)).last_entry_at == later
    assert (await seen(db, silent)).last_entry_at is None


async def test_an_office_nobody_can_be_reached_in_is_listed(db: AsyncConnection):
    empty = await a_cooperative(db, village="64.72.05.1002")
    here = await a_cooperative(db)
    rina = await an_officer(db, here)
    hendra = await appointed(db, here, Role.KETUA, name="Hendra", on=TODAY)
    assert await unlinked(db) == [(empty.code, "-"), (here.code, "bendahara, ketua")]
    await linked(db, here, rina.person_id)
    assert await unlinked(db) == [(empty.code, "-"), (here.code, "ketua")]
    row = await seen(db, here)
    assert (row.officers, row.officers_linked) == (2, 1)
    await linked(db, here, hendra)
    assert await unlinked(db) == [(empty.code, "-")]
    for office in await identities.offices(db, koperasi_id=here.id, on=TODAY):
        await identities.end_office(db, koperasi_id=here.id, office_id=office.id, on=TODAY)
    row = await seen(db, here)
    assert (row.officers, row.officers_linked) == (0, 0)
    assert await unlinked(db) == [(empty.code, "-"), (here.code, "-")]


async def test_figures_are_found_by_region(db: AsyncConnection):
    samarinda, _, _ = await a_village(db, 5)
    paser, _, _ = await a_village(db, 6, village="64.01.01.2009")
    for region, code, members in (("64.72", samarinda.code, 5), ("64.01", paser.code, 6)):
        rows = await db.execute(
            text("SELECT code, members, savings FROM province.cooperatives WHERE region = :region"),
            {"region": region},
        )
        assert [tuple(row) for row in rows] == [(code, members, members * 30_000)]


async def test_nothing_of_a_member_stands_in_a_view(db: AsyncConnection):
    here, rina, people = await a_village(db, 7)
    for member in people:
        await linked(db, here, member.id)
    for view in ("cooperatives", "unlinked_offices"):
        rows = (await db.execute(text(f"SELECT v::text AS row FROM province.{view} v"))).all()
        assert rows
        for row in rows:
            for word in ("Anggota", rina.name, "Rina", "telegram", "811111111"):
                assert word not in row.row


@asynccontextmanager
async def as_login(url: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_the_province_login_reads_every_cooperative_and_nothing_but_figures(
    own_database: Database, owner_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        many, _, _ = await a_village(db, 5)
        few, _, _ = await a_village(db, 4, village="64.01.01.2009")
    async with as_login(own_database.urls.province) as province:
        rows = await province.fetch(
            "SELECT code, members, savings FROM province.cooperatives ORDER BY code"
        )
        assert [tuple(row) for row in rows] == [(many.code, 5, 150_000), (few.code, None, None)]
        assert await province.fetchval("SELECT count(*) FROM province.unlinked_offices") == 2
        for forbidden in (
            "SELECT FROM members",
            "SELECT FROM people",
            "SELECT FROM dues",
            "SELECT FROM receipts",
            "SELECT FROM rules",
            "SELECT FROM cooperatives",
            "SELECT FROM ledger.accounts",
            "SELECT FROM chat.links",
            "UPDATE province.cooperatives SET name = 'x'",
            "INSERT INTO province.cooperatives (code) VALUES ('x')",
            "DELETE FROM province.unlinked_offices",
            "CREATE VIEW province.more AS SELECT 1",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await province.execute(forbidden)


@pytest.mark.parametrize("role", ["app", "clock"])
async def test_the_figures_of_all_are_for_the_province_alone(own_database: Database, role: str):
    async with as_login(getattr(own_database.urls, role)) as login:
        for view in ("cooperatives", "unlinked_offices"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await login.execute(f"SELECT FROM province.{view}")
