"""PostgreSQL restarted in mid-load: the service goes on by itself, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.simulator.client import Sim
from bot.simulator.server import Running
from core import database, embedded, schema
from core.embedded import Server
from core.embedded_account import run
from tests.conftest import KEYS
from tests.faults import audit, village
from tests.faults.conftest import FULL, SECRET_KEY
from tests.faults.crowd import Crowd
from tests.faults.service import Start, environment, free_port, serving

_ROUNDS = 12 if FULL else 1
_COOPERATIVES, _OFFICERS = (10, 20) if FULL else (3, 20)
_WAYS = ("immediate", "kill", "fast")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of its own that may lose nothing; not below pytest's folder, which is closed to its account."""
    with TemporaryDirectory(prefix="kopdes-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded.running(folder) as running:
            yield running


@pytest.mark.slow
async def test_postgresql_restarted_in_mid_load_loses_and_doubles_nothing(
    server: Server,
    telegram: Running,
    sim: Sim,
    launch: Start,
    tmp_path: Path,
    report: Callable[[str], None],
):
    began = time.monotonic()
    rng = random.Random()
    await schema.migrate(database.derive_urls(server.url, KEYS), KEYS)
    people = await village.settle(
        server.url, telegram.world, cooperatives_=_COOPERATIVES, officers=_OFFICERS
    )
    port = free_port()
    env = environment(
        api_url=telegram.url,
        token=village.TOKEN,
        port=port,
        webhook=True,
        data_dir=str(server.data_dir),
        secret_key=SECRET_KEY,
    )
    crowd = Crowd(world=telegram.world, officers=people, rng=rng)
    async with serving(launch, env, port, tmp_path / "service.log") as service:
        async with crowd.at_work():
            for number in range(_ROUNDS):
                await asyncio.sleep(rng.uniform(0.3, 1.5))
                await asyncio.to_thread(_stop, server, _WAYS[number % len(_WAYS)])
                before = len(crowd.acknowledged)
                await crowd.until_acknowledged(
                    before + 1
                )  # The service's own watchdog starts it again.
                await service.ready()
        assert service.starts == 1
        await audit.quiet(server.url, telegram.world)
        counts = await audit.check(server.url, crowd, service)
    assert len(crowd.acknowledged) >= len(people) / 2
    report(
        f"PostgreSQL stopped {_ROUNDS} times: {crowd.said} sentences, {len(crowd.pressed)} ✅,"
        f" {len(crowd.acknowledged)} acknowledged, {counts.entries} entries, outbox {dict(counts.outbox)},"
        f" {counts.resent} kirim ulang, {crowd.no_card} without a card, {time.monotonic() - began:.0f} s"
    )


def _stop(server: Server, way: str) -> None:
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
