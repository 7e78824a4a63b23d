"""PostgreSQL restarted in mid-load: the service goes on by itself, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.simulator.client import Sim
from bot.simulator.server import Running
from core import database, schema
from core.embedded import Server
from tests.conftest import KEYS
from tests.faults import audit, village
from tests.faults.conftest import FULL, SECRET_KEY, stop_server
from tests.faults.crowd import Crowd
from tests.faults.service import Start, environment, free_port, serving

_ROUNDS = 12 if FULL else 1
_COOPERATIVES, _OFFICERS = (10, 20) if FULL else (3, 20)
_WAYS = ("immediate", "kill", "fast")


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
                await asyncio.to_thread(stop_server, server, _WAYS[number % len(_WAYS)])
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
