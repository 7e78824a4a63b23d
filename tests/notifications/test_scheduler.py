"""The clock's ticks: idempotent, harmless twice, not stopped by one that fails."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY

from bot.cli import run
from core import database
from notifications import scheduler
from notifications.scheduler import Tick
from tests.conftest import KEYS
from tests.notifications.conftest import ago, owed, put, states, until


async def test_two_clocks_at_once_find_what_is_due_and_do_no_harm(
    app_engine, clock_engine, owner_engine
):
    await put(app_engine, owed(1001, expires_at=ago(hours=6)), owed(1001))
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute(
            "INSERT INTO chat.updates SELECT 'telegram', '42', '1', n::text,"
            " now() - n * interval '1 day' FROM generate_series(0, 11) n"
        )
    clocks = [scheduler.make(clock_engine, timezone="Asia/Makassar") for _ in range(2)]
    for clock in clocks:
        clock.start()

    async def tidy() -> bool:
        async with owner_engine.connect() as db:
            raw = await database.driver(db)
            left = await raw.fetchval("SELECT count(*) FROM chat.updates")
        return left == 8 and await states(clock_engine) == ["expired", "waiting"]

    await until(tidy)
    for clock in clocks:
        clock.shutdown(wait=False)
    await asyncio.sleep(0.1)
    assert await tidy()


async def test_a_tick_that_fails_does_not_stop_the_clock(clock_engine):
    seen: list[str] = []

    async def fails(_engine: object, _now: datetime) -> int:
        seen.append("fails")
        raise RuntimeError("on purpose")

    async def works(_engine: object, now: datetime) -> int:
        seen.append(now.isoformat())
        return 0

    noon = datetime(2026, 11, 24, 4, tzinfo=UTC)
    second = timedelta(seconds=1)
    ticks = [Tick(name="a", every=second, look=fails), Tick(name="b", every=second, look=works)]
    clock = scheduler.make(
        clock_engine, timezone="Asia/Makassar", ticks=ticks, now=lambda: noon
    )  # fmt: skip
    clock.start()
    began = time.time()
    await until(lambda: seen.count("fails") == 2 and seen.count(noon.isoformat()) == 2)
    value = REGISTRY.get_sample_value
    done = {job: value("kopdes_job_last_success_timestamp", {"job": job}) for job in "ab"}
    assert done["a"] is None
    assert done["b"] is not None
    assert began - 5 < done["b"] <= time.time()
    assert value("kopdes_job_seconds", {"job": "b"}) is not None
    clock.shutdown(wait=False)


async def test_many_updates_are_forgotten_in_parts(clock_engine, owner_engine, monkeypatch):
    monkeypatch.setattr(scheduler, "_MOST", 10)
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute(
            "INSERT INTO chat.updates SELECT 'telegram', '42', '1', n::text,"
            " now() - interval '8 days' FROM generate_series(1, 35) n"
        )
    assert await scheduler.forget_updates(clock_engine, datetime.now(UTC)) == 35
    assert await scheduler.forget_updates(clock_engine, datetime.now(UTC)) == 0


def test_every_process_that_speaks_knows_who_makes_the_clocks_words():
    """The mouth meets rows that another process owed: the makers come with the scheduler."""
    known = subprocess.run(
        [
            sys.executable,
            "-c",
            "import notifications.scheduler, notifications.fresh as f; print(*sorted(f.FRESH))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"digest", "dues", "instalment", "invite-expiring"} <= set(known.stdout.split())


async def test_the_clock_looks_at_every_job_that_can_be_run_by_hand(clock_engine):
    ticks = {tick.name: tick for tick in scheduler.ticks(KEYS)}
    assert set(run.JOBS) <= set(ticks)
    for name in ("reminders", "dues", "digest", "invites", "integrity"):
        assert await ticks[name].look(clock_engine, datetime(2026, 11, 24, 4, tzinfo=UTC)) == 0
