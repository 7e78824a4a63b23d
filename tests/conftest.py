"""A real PostgreSQL for every test: a migrated template, cloned; what a test does is rolled back or dropped."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, schema
from core.sealing import Keys

KEYS = Keys("a secret key for tests, long enough")


@dataclass(frozen=True)
class Database:
    """A database of one test: where each login role connects."""

    urls: database.Urls
    keys: Keys
    name: str


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path="/" + name))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The owner's address on a running server: ours, or the one in KOPDES_TEST_DATABASE_URL."""
    given = os.environ.get("KOPDES_TEST_DATABASE_URL")
    with ExitStack() as stack:
        if given:
            yield given
        else:
            from core import embedded  # noqa: PLC0415 - only where no server is given

            # Not below pytest's own folder: when root it is closed to the account the server runs as.
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="kopdes-test-")))
            folder.chmod(0o755)
            yield stack.enter_context(embedded.running(folder, durable=False)).url


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """A migrated database nobody is connected to: tests clone it."""
    name = f"kopdes_template_{uuid.uuid4().hex[:8]}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {name}"))
    urls = database.derive_urls(_named(server_url, name), KEYS)
    asyncio.run(schema.migrate(urls, KEYS))
    yield name
    asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def shared_name(server_url: str, template: str) -> Iterator[str]:
    """One clone for all tests that roll back."""
    name = f"kopdes_shared_{uuid.uuid4().hex[:8]}"
    asyncio.run(
        _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    )
    yield name
    asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def own_database(server_url: str, template: str) -> AsyncIterator[Database]:
    """A clone of its own, for tests that commit."""
    name = f"kopdes_test_{uuid.uuid4().hex[:12]}"
    await _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield Database(urls=database.derive_urls(_named(server_url, name), KEYS), keys=KEYS, name=name)
    await _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def owner_engine(own_database: Database) -> AsyncIterator[AsyncEngine]:
    """The owner's engine on a clone of its own."""
    engine = database.make_engine(own_database.urls.owner)
    yield engine
    await engine.dispose()


@pytest.fixture
async def app_engine(own_database: Database) -> AsyncIterator[AsyncEngine]:
    """The app's engine on a clone of its own."""
    engine = database.make_engine(own_database.urls.app)
    yield engine
    await engine.dispose()


@pytest.fixture
async def clock_engine(own_database: Database) -> AsyncIterator[AsyncEngine]:
    """The clock's engine on a clone of its own."""
    engine = database.make_engine(own_database.urls.clock)
    yield engine
    await engine.dispose()


class _Undone(Exception):  # noqa: N818 - says what happens
    """Raised at the end of a test so that its transaction is rolled back."""


@pytest.fixture
async def db(server_url: str, shared_name: str) -> AsyncIterator[AsyncConnection]:
    """The owner's connection inside a transaction that is rolled back when the test ends."""
    engine = database.make_engine(_named(server_url, shared_name), size=1)
    try:
        async with database.transaction(engine) as connection:
            yield connection
            raise _Undone  # noqa: TRY301 - to be undone, not handled
    except _Undone:
        pass
    finally:
        await engine.dispose()
