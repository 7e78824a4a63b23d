"""The lease: one holder at a time, a higher fence for each, by the database's clock."""

from __future__ import annotations

import asyncio
import time

from core import database
from notifications import lease


async def take(engine, holder, account="42", seconds=0.4):
    async with engine.connect() as db:
        return await lease.take(
            db, channel="telegram", account=account, holder=holder, seconds=seconds
        )


async def test_of_many_takers_one_gets_it_and_each_account_has_its_own(clock_engine):
    taken = await asyncio.gather(*(take(clock_engine, f"h{n}") for n in range(6)))
    assert len([one for one in taken if one is not None]) == 1
    assert await take(clock_engine, "h9", account="43") is not None


async def test_a_dead_holders_lease_is_free_when_it_lapses_and_not_before(clock_engine):
    first = await take(clock_engine, "dead")
    began = time.monotonic()
    while (second := await take(clock_engine, "next")) is None:  # noqa: ASYNC110 - as mouths do
        await asyncio.sleep(0.02)
    assert 0.3 < time.monotonic() - began < 1.5
    assert second.fence == first.fence + 1


async def test_a_renewed_lease_stays_and_a_released_one_is_free_at_once(clock_engine):
    held = await take(clock_engine, "a")
    async with clock_engine.connect() as db:
        for _ in range(4):
            await asyncio.sleep(0.2)
            assert await lease.renew(db, held, 0.4)
            assert await take(clock_engine, "b") is None
        assert await lease.release(db, held)
        assert await take(clock_engine, "b") is not None
        assert not await lease.renew(db, held)
        assert not await lease.release(db, held)


async def test_a_name_is_remembered_before_and_after_the_first_mouth(clock_engine, app_engine):
    async with clock_engine.connect() as db:
        await lease.remember_username(db, channel="telegram", account="42", username="lama")
        assert await take(clock_engine, "a") is not None
        await lease.remember_username(db, channel="telegram", account="42", username="baru_bot")
    async with app_engine.connect() as db:
        raw = await database.driver(db)
        assert await raw.fetchval("SELECT username FROM mouths") == "baru_bot"
