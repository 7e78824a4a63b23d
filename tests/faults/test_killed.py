"""SIGKILL at random moments under 200 concurrent turns: what was acknowledged is in the book, once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.simulator.client import Sim
from bot.simulator.server import Running
from tests.conftest import Database
from tests.faults import audit, village
from tests.faults.conftest import FULL, SECRET_KEY
from tests.faults.crowd import Crowd
from tests.faults.service import Service, Start, environment, free_port, serving

_ROUNDS = 30 if FULL else 3
_COOPERATIVES, _OFFICERS = 10, 20  # 200 chats
_LONGEST = 4.0 if FULL else 1.0  # seconds of load before a kill
_PATIENCE = 120.0 if FULL else 60.0  # seconds until somebody gives a card up: some starts long


@pytest.mark.slow
@pytest.mark.parametrize("webhook", [True, False], ids=["webhook", "polling"])
async def test_a_service_killed_again_and_again_loses_and_doubles_nothing(
    webhook: bool,
    own_database: Database,
    telegram: Running,
    sim: Sim,
    launch: Start,
    tmp_path: Path,
    report: Callable[[str], None],
):
    began = time.monotonic()
    seed = random.randrange(2**32)
    report(f"seed {seed}")
    rng = random.Random(seed)
    people = await village.settle(
        own_database.urls.owner, telegram.world, cooperatives_=_COOPERATIVES, officers=_OFFICERS
    )
    port = free_port()
    env = environment(
        api_url=telegram.url,
        token=village.TOKEN,
        port=port,
        webhook=webhook,
        database_url=own_database.urls.owner,
        secret_key=SECRET_KEY,
    )
    crowd = Crowd(world=telegram.world, officers=people, rng=rng, patience=_PATIENCE)
    async with serving(launch, env, port, tmp_path / "service.log") as service:
        async with crowd.at_work():
            for _ in range(_ROUNDS):
                await _killed_once(service, rng)
        await audit.quiet(own_database.urls.owner, telegram.world)
        counts = await audit.check(own_database.urls.owner, crowd, service)
    acknowledged = crowd.acknowledged
    assert len(acknowledged) > len(people) / 2
    report(
        f"killed {_ROUNDS} times by {'webhook' if webhook else 'polling'}: {crowd.said} sentences,"
        f" {len(crowd.pressed)} ✅, {len(acknowledged)} acknowledged, {counts.entries} entries,"
        f" outbox {dict(counts.outbox)}, {counts.resent} kirim ulang, {crowd.no_card} without a card,"
        f" {time.monotonic() - began:.0f} s"
    )


async def _killed_once(service: Service, rng: random.Random) -> None:
    """Kill at a random moment of the load, now and then while it starts; start again."""
    await asyncio.sleep(rng.uniform(0.1, _LONGEST))
    await service.kill()
    if rng.random() < 0.1:
        await service.start()
        await asyncio.sleep(rng.uniform(0.5, 4))
        await service.kill()
    await service.start()
    await service.ready()
