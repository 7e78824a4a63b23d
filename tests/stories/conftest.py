"""One service for all stories, a cooperative of its own for each, told on either channel; what must always hold is looked at after each."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.house import Channel, House, a_database, awaken, check_house, logs_kept, running_house

CHANNELS: tuple[Channel, ...] = ("telegram", "whatsapp")
MANY = 8  # cases of one story, on both channels together


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tell every story on both channels; one that is about a single channel says so by its mark."""
    if "channel" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        metafunc.parametrize("channel", only.args[:1] if only else CHANNELS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A story of many cases is told by turns: the first on Telegram, the next on WhatsApp, and so on."""
    told: dict[tuple[str, object], list[pytest.Item]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and "channel" in getattr(item, "fixturenames", ()):
            story = f"{item.path}::{item.originalname}"
            told.setdefault((story, str(item.callspec.params["channel"])), []).append(item)
    left: set[pytest.Item] = set()
    for (story, channel), cases in told.items():
        if channel == "telegram" and 2 * len(cases) >= MANY and (story, "whatsapp") in told:
            left.update(cases[1::2], told[story, "whatsapp"][::2])
    items[:] = [item for item in items if item not in left]


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
async def house(shared_house: House, log: io.StringIO, channel: Channel) -> AsyncIterator[House]:
    """The service, looked at when the story ends."""
    shared_house.channel = channel
    shared_house.people.clear()
    shared_house.books.clear()
    shared_house.allowed.clear()
    await awaken(shared_house, log)
    yield shared_house
    await check_house(shared_house, log.getvalue())
