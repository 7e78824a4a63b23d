"""Which errors pass by themselves, so that a channel may deliver an update again, and which would come again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database
from core.database import is_passing
from tests.conftest import Database


@asynccontextmanager
async def a_service(own: Database) -> AsyncIterator[AsyncEngine]:
    """Connect as a service does, with our limits."""
    engine = database.make_engine(own.urls.owner, size=2, limited=True)
    yield engine
    await engine.dispose()


async def _raised(db: AsyncConnection, *statements: str) -> Exception:
    """Run statements, the last of which fails as a step's statement does: through the library."""
    for statement in statements[:-1]:
        await db.execute(text(statement))
    with pytest.raises(Exception) as caught:  # noqa: PT012 - any, it is looked at
        try:
            await db.execute(text(statements[-1]))
        except Exception as error:
            raise RuntimeError("a step's own words") from error
    return caught.value


async def test_a_statement_that_works_for_too_long_would_do_so_again(own_database: Database):
    async with a_service(own_database) as engine, engine.connect() as db:
        error = await _raised(db, "SET statement_timeout = 20", "SELECT pg_sleep(5)")
    assert isinstance(error.__cause__.orig.__cause__, asyncpg.QueryCanceledError)  # type: ignore[union-attr]
    assert not is_passing(error)
    canceled = asyncpg.QueryCanceledError("canceling statement due to statement timeout")
    canceled.__context__ = ConnectionResetError()  # Whatever else goes wrong around it.
    assert not is_passing(canceled)


async def test_who_waits_for_another_too_long_may_try_again(own_database: Database):
    async with a_service(own_database) as engine:
        async with database.transaction(engine) as holder, engine.connect() as db:
            await holder.execute(text("LOCK TABLE people"))
            error = await _raised(db, "SET lock_timeout = 20", "SELECT FROM people")
        assert is_passing(error)


async def test_a_service_waits_for_a_lock_less_long_than_it_may_work(own_database: Database):
    async def seconds(raw: asyncpg.Connection[Any], name: str) -> int:
        return int(
            await raw.fetchval(
                "SELECT setting FROM pg_settings WHERE name = $1 AND unit = 'ms'", name
            )
        )

    async with a_service(own_database) as engine, engine.connect() as db:
        raw = await database.driver(db)
        assert 0 < await seconds(raw, "lock_timeout") < await seconds(raw, "statement_timeout")


async def test_a_lost_connection_and_a_server_out_of_reach_pass(own_database: Database):
    async with a_service(own_database) as engine, engine.connect() as db:
        error = await _raised(db, "SELECT pg_terminate_backend(pg_backend_pid())")
        assert is_passing(error)
    nowhere = database.make_engine("postgresql://kopdes@127.0.0.1:1/x")
    with pytest.raises(OSError) as caught:
        async with database.transaction(nowhere):
            pass
    assert is_passing(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.CrashShutdownError("terminating connection because of crash"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.DeadlockDetectedError("deadlock detected"),
        asyncpg.SerializationError("could not serialize access"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.InternalClientError("cannot switch to state"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_a_server_in_trouble_says_passes(error: Exception):
    assert is_passing(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UniqueViolationError("duplicate key"),
        asyncpg.UndefinedColumnError("no such column"),
        ValueError("a bug"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_bug_does_not_pass(error: Exception):
    assert not is_passing(error)
