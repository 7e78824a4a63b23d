"""Migrations step by step, twice, at once; and the tables the code knows are those the database has."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import uuid
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeEngine

import bot
import core.tables
import notifications
from core import accounts, database, schema
from core.tables import metadata
from tests.conftest import KEYS, Database

SCHEMAS = ("public", "ledger", "chat")


@pytest.fixture
async def empty_database(server_url: str) -> AsyncIterator[Database]:
    """A database in which nothing was ever migrated."""
    name = f"kopdes_empty_{uuid.uuid4().hex[:12]}"
    url = urlunsplit(urlsplit(server_url)._replace(path="/" + name))
    owner = await asyncpg.connect(server_url)
    await owner.execute(f"CREATE DATABASE {name}")
    yield Database(urls=database.derive_urls(url, KEYS), keys=KEYS, name=name)
    await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await owner.close()


def _know_every_table() -> None:
    for module in pkgutil.iter_modules(core.tables.__path__, "core.tables."):
        importlib.import_module(module.name)
    for package in (notifications, bot):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.name.endswith(".tables"):
                importlib.import_module(module.name)


def _kind(type_: TypeEngine[Any]) -> str:
    """Name a type so that the code's and the database's read alike."""
    shown = str(type_.as_generic())
    if getattr(type_, "timezone", False):
        shown += " with time zone"
    return {"LARGEBINARY": "BLOB"}.get(shown, shown)


Shape = dict[str, tuple[str, bool]]  # column -> type, whether it may be null


def _in_the_code() -> dict[str, tuple[Shape, list[str]]]:
    return {
        f"{table.schema or 'public'}.{table.name}": (
            {column.name: (_kind(column.type), bool(column.nullable)) for column in table.columns},
            [column.name for column in table.primary_key.columns],
        )
        for table in metadata.tables.values()
    }


def _in_the_database(connection: Connection) -> dict[str, tuple[Shape, list[str]]]:
    look = inspect(connection)
    return {
        f"{where}.{name}": (
            {
                column["name"]: (_kind(column["type"]), column["nullable"])
                for column in look.get_columns(name, where)
            },
            look.get_pk_constraint(name, where)["constrained_columns"],
        )
        for where in SCHEMAS
        for name in look.get_table_names(where)
        if name != "alembic_version"
    }


async def _shape(url: str) -> dict[str, tuple[Shape, list[str]]]:
    async def connect() -> Any:
        return await asyncpg.connect(url)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    try:
        async with engine.connect() as db:
            return await db.run_sync(_in_the_database)
    finally:
        await engine.dispose()


async def _facts(url: str) -> list[Any]:
    """What a migration run could disturb: versions, shared data, grants, policies, functions."""
    owner = await asyncpg.connect(url)
    try:
        return [
            await owner.fetch(query)
            for query in (
                "SELECT * FROM alembic_version",
                "SELECT * FROM ledger.chart ORDER BY code",
                "SELECT * FROM regions ORDER BY code",
                "SELECT * FROM villages ORDER BY code",
                (
                    "SELECT oid::regclass::text, relacl::text, relrowsecurity FROM pg_class"
                    " WHERE relnamespace::regnamespace::text IN ('public', 'ledger', 'chat') ORDER BY 1"
                ),
                "SELECT * FROM pg_policies ORDER BY tablename, policyname",
                (
                    "SELECT oid::regprocedure::text, proacl::text, prosrc FROM pg_proc"
                    " WHERE pronamespace::regnamespace::text IN ('ledger', 'chat') ORDER BY 1"
                ),
            )
        ]
    finally:
        await owner.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    return config


def _steps() -> list[str]:
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


async def test_an_empty_database_goes_up_step_by_step_to_the_tables_the_code_knows(
    empty_database: Database,
):
    _know_every_table()
    for step in _steps():
        await schema.migrate(empty_database.urls, KEYS, through=step)
        owner = await asyncpg.connect(empty_database.urls.owner)
        assert await owner.fetchval("SELECT version_num FROM alembic_version") == step
        await owner.close()
    await schema.migrate(empty_database.urls, KEYS)
    found, known = await _shape(empty_database.urls.owner), _in_the_code()
    assert sorted(found) == sorted(known)
    for name, table in known.items():
        assert (name, found[name]) == (name, table)


async def test_steps_are_numbered_and_linear(empty_database: Database):
    steps = _steps()
    assert steps == [f"{n:04d}" for n in range(1, len(steps) + 1)]
    assert schema.latest() == steps[-1]


async def test_migrating_again_changes_nothing(own_database: Database):
    before = await _facts(own_database.urls.owner)
    await schema.migrate(own_database.urls, KEYS)
    assert await _facts(own_database.urls.owner) == before
    assert len(before[1]) == len(accounts.chart()) > 80
    assert len(before[3]) == 1038
    engine = database.make_engine(own_database.urls.owner, size=1)
    async with engine.connect() as db:
        assert await schema.is_current(db)
    await engine.dispose()


async def test_step_by_step_ends_where_all_at_once_does(
    empty_database: Database, own_database: Database
):
    for step in [*_steps(), "head"]:
        await schema.migrate(empty_database.urls, KEYS, through=step)
    assert await _facts(empty_database.urls.owner) == await _facts(own_database.urls.owner)


async def test_two_migrations_at_once_do_not_meet(empty_database: Database):
    await asyncio.gather(*[schema.migrate(empty_database.urls, KEYS) for _ in range(2)])
    engine = database.make_engine(empty_database.urls.owner, size=1)
    async with engine.connect() as db:
        assert await schema.is_current(db)
    await engine.dispose()


async def test_an_unmigrated_database_is_not_current(empty_database: Database):
    engine = database.make_engine(empty_database.urls.owner, size=1)
    async with engine.connect() as db:
        assert not await schema.is_current(db)
    await engine.dispose()
    await schema.migrate(empty_database.urls, KEYS, through=_steps()[0])
    engine = database.make_engine(empty_database.urls.owner, size=1)
    async with engine.connect() as db:
        assert not await schema.is_current(db)
    await engine.dispose()


async def test_a_way_down_that_would_lose_facts_is_refused_and_nothing_is_lost(
    own_database: Database,
):
    before = await _facts(own_database.urls.owner)

    async def connect() -> Any:
        return await asyncpg.connect(own_database.urls.owner)

    def down(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    with pytest.raises(NotImplementedError, match="lost"):
        async with engine.connect() as db:
            await db.run_sync(down)
    await engine.dispose()
    # A step that loses no fact may have gone down; up again, everything is as it was.
    assert {"ledger.entries", "public.people"} <= (await _shape(own_database.urls.owner)).keys()
    await schema.migrate(own_database.urls, KEYS)
    assert await _facts(own_database.urls.owner) == before
