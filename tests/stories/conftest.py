"""One service for all stories, a cooperative of its own for each; what must always hold is looked at after each."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.house import House, a_database, check_house, logs_kept, running_house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_house(server_url: str, template: str) -> AsyncIterator[House]:
    """A service by webhook that every story may use."""
    async with a_database(server_url, template) as given, running_house(given) as house:
        yield house


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service logged during this story."""
    with logs_kept() as kept:
        yield kept


@pytest_asyncio.fixture(loop_scope="session")
async def house(shared_house: House, log: io.StringIO) -> AsyncIterator[House]:
    """The service, looked at when the story ends."""
    shared_house.people.clear()
    shared_house.books.clear()
    shared_house.allowed.clear()
    yield shared_house
    await check_house(shared_house, log.getvalue())
