"""The long fault runs: small inside `make test`, full size with KOPDES_FAULTS=full (`make faults`)."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.simulator.client import Sim
from bot.simulator.server import Running, start
from bot.simulator.world import World
from core import embedded
from core.embedded import Server
from core.embedded_account import run
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


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of its own that may lose nothing; not below pytest's folder, which is closed to its account."""
    with TemporaryDirectory(prefix="kopdes-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded.running(folder) as running:
            yield running


def stop_server(server: Server, way: str) -> None:
    """Take the server away: without a checkpoint, by SIGKILL of its first process, or in order."""
    cluster = server.private_dir / "postgres"
    if way == "kill":
        pid = int((cluster / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        return
    stopped = run(
        server.place.account,
        [server.place.programs / "pg_ctl", "stop", "-m", way, "-s", "-D", cluster],
    )
    assert stopped.returncode == 0, stopped.stdout
