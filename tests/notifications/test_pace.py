"""The pace by a server's own count: four mouths on one database, real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from core import database
from notifications import delivery, messages
from notifications.bell import Bell
from notifications.messages import Purpose
from notifications.mouth import Timing
from notifications.senders import telegram
from tests.conftest import KEYS
from tests.counting import Answer, Counting, Heard, counting, most_within
from tests.notifications.conftest import ACCOUNT, TOKEN, owed, put, saying, until

REAL = Timing(gauges=60.0)
Speak = Callable[..., list[tuple[Bell, asyncio.Event]]]


@pytest.fixture
async def server() -> AsyncIterator[Counting]:
    async with counting() as made:
        yield made


@pytest.fixture
async def four(own_database, server) -> AsyncIterator[Speak]:
    """Start four deliveries, each with connections of its own, as four processes have."""
    tasks: list[asyncio.Task[None]] = []
    opened: list[Any] = []
    ends: list[asyncio.Event] = []

    def begin(*, per_second: float = 30, many: int = 4) -> list[tuple[Bell, asyncio.Event]]:
        started = []
        for _ in range(many):
            engine = database.make_engine(own_database.urls.clock, size=4)
            sender = telegram.connect(
                TOKEN, account=ACCOUNT, api_url=server.url, per_second=per_second
            )
            opened.extend((engine, sender))
            bell, stop = Bell(), asyncio.Event()
            ends.append(stop)
            tasks.append(
                asyncio.create_task(
                    delivery.run(
                        engine, own_database.urls.clock, KEYS, [sender], bell=bell, stop=stop,
                        timing=REAL,
                    )
                )
            )  # fmt: skip
            started.append((bell, stop))
        return started

    yield begin
    for stop in ends:
        stop.set()
    await asyncio.gather(*tasks)
    for one in opened:
        await (one.close() if hasattr(one, "send") else one.dispose())


async def announce(engine: Any, count: int, *, first: int = 10_000) -> None:
    """Owe one announcement to each of so many chats, by one statement; the facts are sealed once."""
    facts = messages.seal(saying("umum"), KEYS)
    async with engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute(
            "INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose, priority,"
            " facts, dedupe, not_before, state, made_at)"
            " SELECT 7, gen_random_uuid(), 'telegram', $1, n::text, n, 'announcement', 4, $2, 'a/' || n,"
            "        $3, 'waiting', $3 FROM generate_series($4::int, $4 + $5 - 1) AS n",
            ACCOUNT, facts, datetime.now(UTC), first, count,
        )  # fmt: skip


async def heard(server: Counting, count: int, seconds: float = 15.0) -> list[Heard]:
    await until(lambda: len(server.said) >= count, seconds)
    return list(server.heard)


def rate(times: list[float]) -> float:
    return (len(times) - 1) / (times[-1] - times[0])


async def test_four_mouths_together_keep_the_second_the_chat_and_the_group_and_use_what_they_may(
    owner_engine, app_engine, server, four
):
    await announce(owner_engine, 110)
    await put(app_engine, *(owed(1001, f"{n}") for n in range(5)))
    await put(app_engine, *(owed(-1001, f"{n}") for n in range(6)))
    four()
    found = await heard(server, 121)
    times = [one.at for one in found]
    assert most_within(times, 1.0) <= 30
    assert rate(times[:100]) >= 0.93 * 30
    chat, group = ([one.at for one in found if one.chat == who] for who in (1001, -1001))
    assert most_within(chat, 0.9) <= 3
    assert most_within(group, 3.8) <= 5
    assert (len(chat), len(group)) == (5, 6)
    assert [one.text for one in found if one.chat == 1001] == [f"Tautan: {n}" for n in range(5)]


async def test_a_change_of_mouths_exceeds_no_limit(owner_engine, app_engine, server, four):
    await announce(owner_engine, 70)
    await put(app_engine, *(owed(-1001, f"{n}") for n in range(7)))
    mouths = four(many=2)
    await heard(server, 40)
    speaking = next(stop for bell, stop in mouths if bell.speaking)
    speaking.set()
    stopped = time.monotonic()
    found = await heard(server, 77, 20)
    assert most_within([one.at for one in found], 1.0) <= 30
    assert min(one.at for one in found if one.at > stopped + 0.3) - stopped < 5
    group = [one.at for one in found if one.chat == -1001]
    assert (
        most_within(group, 3.8) <= 5
    )  # What the first had said to the group counts for the second.


async def test_no_mouth_asks_for_anything_while_the_channel_wants_silence(
    owner_engine, app_engine, server, four
):
    refused: list[float] = []

    def plan(_chat: int, _text: str) -> Answer | None:
        if len(server.heard) == 15:
            refused.append(time.monotonic())
            return Answer(status=429, said=False, retry_after=2)
        return None

    server.plan = plan
    await announce(owner_engine, 40)
    mouths = four()
    await until(lambda: refused)
    await put(app_engine, *(owed(1001 + n, "jawaban") for n in range(5)))
    for bell, _ in mouths:
        for listener in bell.listeners.values():
            listener.set()
    found = await heard(server, 45)
    on_its_way = 0.03  # seconds: nothing else had left when the refusal was on its way
    silent = [one for one in found if refused[0] + on_its_way < one.at < refused[0] + 2]
    assert silent == []
    assert most_within([one.at for one in found], 1.0) <= 30
    assert len({one.chat for one in found if one.said}) == 45


async def test_announcements_above_thirty_a_second_are_paid_for_and_nothing_else_is(
    owner_engine, app_engine, server, four
):
    server.latency = 0.05
    await announce(owner_engine, 400)
    await put(app_engine, *(owed(1001 + n, "bukti", purpose=Purpose.RECEIPT) for n in range(60)))
    four(per_second=150, many=1)
    found = await heard(server, 460)
    assert {one.paid for one in found if one.chat >= 10_000} == {True}
    assert {one.paid for one in found if one.chat < 10_000} == {False}
    assert most_within([one.at for one in found], 1.0) <= 150
    assert most_within([one.at for one in found if not one.paid], 1.0) <= 30
    assert most_within([one.at for one in found], 1.0) >= 0.8 * 150  # in the best second it had


async def test_unpaid_announcements_carry_no_fee(owner_engine, server, four):
    await announce(owner_engine, 3)
    four(per_second=30, many=1)
    assert {one.paid for one in await heard(server, 3)} == {False}
