"""The same update posted once, twice, five times at once: one effect, one answer."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from bot.simulator.client import Sim
from bot.simulator.server import Running
from tests.conftest import Database
from tests.faults import audit, village
from tests.faults.conftest import SECRET_KEY
from tests.faults.crowd import Crowd
from tests.faults.service import Start, environment, free_port, serving


@pytest.mark.slow
async def test_an_update_posted_many_times_at_once_is_taken_and_answered_once(
    own_database: Database, telegram: Running, sim: Sim, launch: Start, tmp_path: Path
):
    """Sentences and presses both: each is posted by the channel and, meanwhile and again later, by us."""
    world, url = telegram.world, own_database.urls.owner
    people = await village.settle(url, world, cooperatives_=1, officers=20)
    port = free_port()
    env = environment(
        api_url=telegram.url,
        token=village.TOKEN,
        port=port,
        webhook=True,
        database_url=url,
        secret_key=SECRET_KEY,
    )
    crowd = Crowd(world=world, officers=people, rng=random.Random(1))
    updates = world.bots[village.TOKEN].updates
    async with serving(launch, env, port, tmp_path / "service.log") as service:

        async def post_again(times: int) -> None:
            """Post every update `times` at once as soon as it is made."""
            posted: set[int] = set()
            while True:
                for number in [number for number in updates if number % 3 == _REST[times]]:
                    if number not in posted:
                        posted.add(number)
                        await sim.redeliver(number, times, concurrent=True)
                await asyncio.sleep(0.005)

        repeating = [asyncio.create_task(post_again(times)) for times in _REST]
        deposits = await asyncio.gather(*(crowd.deposit(officer) for officer in people))
        for task in repeating:
            task.cancel()
        await asyncio.gather(*repeating, return_exceptions=True)
        for number in list(updates):
            answer = await sim.redeliver(number, 2, concurrent=True)
            assert answer["taken"] == 2
        await audit.quiet(url, world)
        counts = await audit.check(url, crowd, service)
    assert all(deposit is not None and deposit.entry is not None for deposit in deposits)
    assert counts.entries == len(people)
    assert counts.resent == 0
    assert {update.delivered for update in updates.values()} >= {4, 5, 8}


_REST = {1: 0, 2: 1, 5: 2}  # times at once -> which updates, by their number's rest
