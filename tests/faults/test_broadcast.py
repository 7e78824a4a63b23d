"""A broadcast while mouths are killed, the database goes away and Telegram fails: everybody hears it, once.

Once more only with its mark, and only what nobody could know of: at most what was in flight.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from core import database, embedded, schema
from core.embedded import Server
from notifications import messages
from notifications.messages import Content, Say
from notifications.outbox import MOST_AT_ONCE
from tests.conftest import KEYS, Database
from tests.counting import Answer, Counting, counting, most_within
from tests.faults.conftest import FULL, stop_server
from tests.faults.crowd import MARK

pytestmark = pytest.mark.slow

_PEOPLE, _ROUNDS = (50_000, 10) if FULL else (500, 2)
_TAKEOVER = 5.0  # seconds within which another speaks
_ACCOUNT = "42"
_ROOT = Path(__file__).parents[2]
_ROUND = count(1)
Say_ = Callable[[str], None]


@dataclass(slots=True)
class Speakers:
    """Delivery processes, forked off one that has imported everything."""

    ask: Any
    answer: Any
    folder: Path
    alive: dict[int, Path] = field(default_factory=dict)  # process id -> log

    def start(self, many: int, **settings: Any) -> None:
        for _ in range(many):
            log = self.folder / f"speaker-{len(list(self.folder.iterdir()))}.log"
            log.touch()
            self.ask.write(json.dumps(settings | {"log": str(log)}) + "\n")
            self.ask.flush()
            self.alive[int(self.answer.readline())] = log

    async def speaking(self) -> int:
        """Wait until one of them speaks; return its process id."""
        async with asyncio.timeout(30):
            while True:
                taken = [
                    (event["fence"], pid)
                    for pid, log in self.alive.items()
                    for event in _events(log)
                    if event.get("event") == "mouth.taken"
                ]
                if taken:
                    return max(taken)[1]
                await asyncio.sleep(0.02)

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        del self.alive[pid]

    def kill_all(self) -> None:
        for pid in list(self.alive):
            with suppress(ProcessLookupError):
                self.kill(pid)
        self.alive.clear()


def _events(log: Path) -> list[dict[str, Any]]:
    found = []
    for line in log.read_text(errors="replace").splitlines():
        with suppress(ValueError):  # The half line of a killed one.
            found.append(json.loads(line))
    return found


@pytest.fixture
def speakers(tmp_path: Path) -> Iterator[Speakers]:
    folder = tmp_path / "speakers"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.notifications.speaker"],
        cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    made = Speakers(process.stdin, process.stdout, folder)
    try:
        yield made
    finally:
        made.kill_all()
        process.stdin.close()
        process.wait()
        process.stdout.close()


@pytest.fixture
async def telegram() -> AsyncIterator[Counting]:
    async with counting() as made:
        yield made


async def announce(url: str, people: int = _PEOPLE) -> int:
    """Owe one announcement to so many chats by one statement; return the round's number, which it names."""
    number = next(_ROUND)
    content = Content(lines=(Say("sheet-link", {"link": f"putaran {number}"}),))
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose, priority,"
            " facts, dedupe, not_before, state, made_at)"
            " SELECT 1 + n % 1000, gen_random_uuid(), 'telegram', $1, n::text, n, 'announcement', 4, $2,"
            "        $3 || '/' || n, $4, 'waiting', $4 FROM generate_series(1, $5::int) AS n",
            _ACCOUNT, messages.seal(content, KEYS), f"round {number}", datetime.now(UTC), people,
        )  # fmt: skip
        await connection.execute("ANALYZE outbox")
    finally:
        await connection.close()
    return number


async def finished(url: str, *, patience: float = 60.0 + _PEOPLE / 50) -> Counter[str]:
    """Wait until nothing waits or is in flight; return how the rows ended."""
    ends = time.monotonic() + patience
    while True:
        found: Counter[str] = Counter()
        with suppress(OSError, asyncpg.PostgresError, TimeoutError):
            connection = await asyncpg.connect(url, timeout=5)
            try:
                rows = await connection.fetch("SELECT state, count(*) FROM outbox GROUP BY 1")
                found = Counter({row[0]: row[1] for row in rows})
            finally:
                await connection.close()
            if not found["waiting"] + found["claimed"]:
                return found
        assert time.monotonic() < ends, found
        await asyncio.sleep(0.1 if not FULL else 1)


def heard(telegram: Counting, numbers: Sequence[int], *, people: int = _PEOPLE) -> int:
    """Everybody heard every round, once without the mark; return how often it came again with it."""
    plain: Counter[tuple[str, int]] = Counter()
    again: Counter[tuple[str, int]] = Counter()
    for one in telegram.said:
        text = one.text.partition("\n")[0].removeprefix("Tautan: ")
        (again if MARK in one.text else plain)[text, one.chat] += 1
    twice = [one for one, times in plain.items() if times > 1]
    assert not twice, twice[:5]
    owed = {(f"putaran {number}", chat) for number in numbers for chat in range(1, people + 1)}
    lost = owed - plain.keys() - again.keys()
    assert not lost, (len(lost), sorted(lost)[:5])
    assert (plain.keys() | again.keys()) == owed
    return sum(again.values())


async def progress(telegram: Counting, count_: int, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while len(telegram.heard) < count_:  # noqa: ASYNC110 - a server counts, one waits
            await asyncio.sleep(0.005)


async def test_a_mouth_killed_at_random_in_every_broadcast_loses_and_doubles_nothing(
    own_database: Database, telegram: Counting, speakers: Speakers, report: Say_
):
    began, rng = time.monotonic(), random.Random()
    place = {"clock_url": own_database.urls.clock, "api_url": telegram.url}
    speakers.start(4, **place)
    numbers, takeovers, states = [], [], Counter[str]()
    for _ in range(_ROUNDS):
        victim = await speakers.speaking()
        before = len(telegram.heard)
        numbers.append(await announce(own_database.urls.owner))
        await progress(telegram, before + rng.randint(1, int(_PEOPLE * 0.8)), 60 + _PEOPLE / 50)
        speakers.kill(victim)
        killed = time.monotonic()
        await asyncio.sleep(0.05)  # What had left is there.
        after = len(telegram.heard)
        await progress(telegram, after + 1)
        takeovers.append(telegram.heard[after].at - killed)
        speakers.start(1, **place)
        states = await finished(own_database.urls.owner)
    resent = heard(telegram, numbers)
    assert max(takeovers) < _TAKEOVER, takeovers
    assert states.keys() <= {"sent", "unknown"}
    assert resent + states["unknown"] <= _ROUNDS * MOST_AT_ONCE
    report(
        f"{_ROUNDS} broadcasts to {_PEOPLE}, a mouth killed in each: {dict(states)}, {resent} kirim ulang,"
        f" at most {MOST_AT_ONCE} in flight at each death, takeover {max(takeovers):.1f} s at most,"
        f" {time.monotonic() - began:.0f} s"
    )


async def revived(server: Server) -> None:
    """Look after the server as the service does, again and again: at first it may still be dying."""
    async with asyncio.timeout(60):
        while True:
            await asyncio.to_thread(embedded.revive, server)
            try:
                connection = await asyncpg.connect(server.url)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.2)
            else:
                await connection.close()
                return


async def test_the_database_restarted_in_mid_broadcast_doubles_nothing(
    server: Server, telegram: Counting, speakers: Speakers, report: Say_
):
    began, rng = time.monotonic(), random.Random()
    urls = database.derive_urls(server.url, KEYS)
    await schema.migrate(urls, KEYS)
    speakers.start(2, clock_url=urls.clock, api_url=telegram.url)
    await speakers.speaking()
    ways = ("kill", "immediate", "fast") * (2 if FULL else 1)
    numbers = [await announce(server.url)]
    for number, way in enumerate(ways, start=1):
        room = _PEOPLE / (len(ways) + 1)
        await progress(telegram, int(room * (number - rng.random() / 2)), 60 + _PEOPLE / 50)
        await asyncio.to_thread(stop_server, server, way)
        await revived(server)
    states = await finished(server.url)
    resent = heard(telegram, numbers)
    assert states == {"sent": _PEOPLE}
    assert resent <= len(ways) * MOST_AT_ONCE  # When the lease went to the other one meanwhile.
    report(
        f"database stopped {len(ways)} times in a broadcast to {_PEOPLE}: {dict(states)},"
        f" {resent} kirim ulang, {time.monotonic() - began:.0f} s"
    )


async def test_the_mouths_connections_dropped_while_it_sends_double_nothing(
    own_database: Database, telegram: Counting, speakers: Speakers, report: Say_
):
    speakers.start(1, clock_url=own_database.urls.clock, api_url=telegram.url)
    await speakers.speaking()
    numbers, cuts = [await announce(own_database.urls.owner)], 0
    connection = await asyncpg.connect(own_database.urls.owner)
    try:
        for share in (0.1, 0.3, 0.5, 0.7):
            await progress(telegram, int(_PEOPLE * share), 60 + _PEOPLE / 50)
            cuts += await connection.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'kopdes clock'"
            )
    finally:
        await connection.close()
    states = await finished(own_database.urls.owner)
    assert heard(telegram, numbers) == 0
    assert states == {"sent": _PEOPLE}
    assert cuts >= 4
    report(f"{cuts} connections dropped in a broadcast to {_PEOPLE}: nothing doubled, nothing lost")


async def test_a_telegram_that_fails_in_every_way_is_spoken_to_again_and_marked_where_it_must_be(
    own_database: Database, telegram: Counting, speakers: Speakers, report: Say_
):
    people = 2000 if FULL else 200
    ways = {
        7: Answer(status=502, said=False),
        23: Answer(status=429, said=False, retry_after=1),
        41: Answer(status=0, said=False),  # it hangs
        67: Answer(status=0, said=True),  # it does what it is asked to, and hangs
        89: Answer(said=False, closes=True),
        131: Answer(said=True, closes=True),
    }
    left = dict(ways)
    refused: list[float] = []

    def plan(chat: int, _text: str) -> Answer | None:
        answer = left.pop(chat, None)
        if answer is not None and answer.status == 429:
            refused.append(time.monotonic())
        return answer

    telegram.plan = plan
    speakers.start(
        2, clock_url=own_database.urls.clock, api_url=telegram.url, answer_seconds=1.0,
        per_second=0 if not FULL else 300,
    )  # fmt: skip
    await speakers.speaking()
    numbers = [await announce(own_database.urls.owner, people)]
    states = await finished(own_database.urls.owner)
    assert heard(telegram, numbers, people=people) == 5  # All but the 429, which was an answer.
    assert not left
    assert states == {"sent": people}
    on_their_way = 0.2  # seconds: what had left before the refusal arrived
    silent = [one for one in telegram.heard if refused[0] + on_their_way < one.at < refused[0] + 1]
    assert silent == []
    report(f"{len(ways)} failures in a broadcast to {people}: {dict(states)}, 5 kirim ulang")


@pytest.mark.skipif(not FULL, reason="two minutes of real pace: make faults")
async def test_four_processes_at_full_pace_keep_the_limits_over_a_death(
    own_database: Database, telegram: Counting, speakers: Speakers, report: Say_
):
    speakers.start(4, clock_url=own_database.urls.clock, api_url=telegram.url, per_second=30)
    victim = await speakers.speaking()
    await announce(own_database.urls.owner, 3000)
    await asyncio.sleep(50)
    steady = [one.at for one in telegram.heard]
    speakers.kill(victim)
    await asyncio.sleep(50)
    times = [one.at for one in telegram.heard]
    assert most_within(times, 1.0) <= 30
    rate = (len(steady) - 1) / (steady[-1] - steady[0])
    assert rate >= 0.93 * 30
    report(
        f"four processes, one killed: {rate:.1f}/s, {most_within(times, 1.0)} in the fullest second"
    )
