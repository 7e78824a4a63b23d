"""The long fault runs: small inside `make test`, full size with KOPDES_FAULTS=full (`make faults`)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext

import pytest

from bot.simulator.client import Sim
from bot.simulator.server import Running, start
from bot.simulator.world import World
from tests.faults.service import Start, console_script, forks
from tests.faults.village import TOKEN

SECRET_KEY = "a secret key for tests, long enough"  # what tests.conftest.KEYS are made of
FULL = os.environ.get("KOPDES_FAULTS") == "full"


@pytest.fixture(scope="session")
def launch() -> Iterator[Start]:
    """How services are started: by the console script in full size, as quick forks else."""
    with (console_script if FULL else forks)() as start_one:
        yield start_one


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a line; in full size at once and always, for these runs are long."""

    def say(line: str) -> None:
        with capsys.disabled() if FULL else nullcontext():
            print(f"\n{line}", flush=True)

    return say


@pytest.fixture
async def telegram() -> AsyncIterator[Running]:
    """The simulator, in the test's own process: it outlives every service. No limits."""
    world = World(bots={TOKEN: "kopdes_uji_bot"})
    world.limits.enforce = False
    running = await start(world)
    yield running
    await running.close()


@pytest.fixture
async def sim(telegram: Running) -> AsyncIterator[Sim]:
    """A client that puts faults in the way."""
    async with Sim(telegram.url) as client:
        await client.delivery(first=0.1, longest=1.0)
        yield client
