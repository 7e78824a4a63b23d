"""The bell: near mouths are woken directly, far ones by NOTIFY, and a flood of rings is one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
from prometheus_client import REGISTRY

from notifications import bell, metrics
from tests.notifications.conftest import until

HERE = ("telegram", "42")


def a_mouth(*, speaking: bool) -> bell.Bell:
    made = bell.Bell()
    made.listeners[HERE] = asyncio.Event()
    if speaking:
        made.speaking.add(HERE)
    return made


async def test_a_mouth_that_speaks_here_is_woken_without_the_database():
    made = a_mouth(speaking=True)
    bell.wake(made)
    bell.answer_callback(made, *HERE, "1")
    assert made.listeners[HERE].is_set()
    assert not made.abroad.is_set()
    assert list(made.answers[HERE]) == ["1"]


async def test_a_standby_and_a_process_without_a_mouth_ring_abroad():
    for made in (bell.Bell(), a_mouth(speaking=False)):
        bell.wake(made)
        bell.answer_callback(made, *HERE, "1")
        assert made.abroad.is_set()
        assert len(made.letters) == 1


async def test_many_rings_are_few_notifications_and_answers_reach_the_speaker(own_database):
    url = own_database.urls.clock
    listening = await asyncpg.connect(url)
    heard: list[str] = []
    await listening.add_listener(bell.NAME, lambda *args: heard.append(args[3]))
    far, speaker = bell.Bell(), a_mouth(speaking=True)
    tasks = [
        asyncio.create_task(bell.ring(far, own_database.urls.app)),
        asyncio.create_task(bell.listen(speaker, url)),
    ]
    await until(speaker.listeners[HERE].is_set)  # Once at the start.
    for number in range(200):
        bell.wake(far)
        if number % 50 == 0:
            await asyncio.sleep(0.01)
    bell.answer_callback(far, *HERE, "pressed")
    bell.answer_callback(far, "telegram", "43", "for another account")
    await until(lambda: speaker.answers)
    assert list(speaker.answers[HERE]) == ["pressed"]
    assert 1 <= heard.count("") <= 10
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await listening.close()


async def test_answers_beyond_the_most_are_forgotten_oldest_first():
    made = a_mouth(speaking=True)
    for number in range(1200):
        bell.answer_callback(made, *HERE, str(number))
    assert (len(made.answers[HERE]), made.answers[HERE][0]) == (1000, "200")


def test_the_queue_is_shown_by_priority_and_empties():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    metrics.show_queue([(2, 5, now - timedelta(seconds=90))], levels=[0, 2], now=now)

    def shown(name: str, priority: str) -> float | None:
        return REGISTRY.get_sample_value(name, {"priority": priority})

    assert shown("kopdes_outbox_waiting", "2") == 5
    assert shown("kopdes_outbox_oldest_seconds", "2") == 90
    metrics.show_queue([], levels=[0, 2], now=now)
    assert shown("kopdes_outbox_waiting", "2") == 0
