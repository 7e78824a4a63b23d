"""The delivery engine beside a plain loop over python-telegram-bot, its pace by a server's count, replies in a broadcast."""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import telegram as library

from core import database
from core.database import Urls
from notifications import delivery, messages
from notifications.bell import Bell
from notifications.messages import Content, Say
from notifications.mouth import Timing
from notifications.senders import telegram
from tests.bench import house, turn
from tests.bench.processes import HERE, Beside, beside, free_port
from tests.bench.report import Report
from tests.bench.rounds import Contest, interleaved, percentile
from tests.counting import most_within

_ACCOUNT, _CONCURRENCY = "42", 32
_TOKEN = f"{_ACCOUNT}:bench-needs-no-secret-token-at-all-here"
_TEXT = "Tautan: https://example.org/rapat-anggota-tahunan"
_PACED = 12.0  # seconds
_SILENCE = 3  # seconds a refusal asks for
_TALK = 8.0  # seconds of questions


async def run(report: Report, server: house.Server) -> None:
    """Measure throughput without limits, the pace with one, and what a member waits for in a broadcast."""
    report.title("Delivery: claim, send, record")
    urls = await house.province(server, "delivery")
    port = free_port()
    async with beside(sys.executable, str(HERE.parent / "counting.py"), str(port)) as counter:
        await counter.line()
        await _throughput(report, urls, _at(port))
        await _pace(report, urls, counter, _at(port))
    await _replies(report, server)


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


async def _throughput(report: Report, urls: Urls, api: str) -> None:
    await _announce(urls.owner, 60_000)
    async with library.Bot(_TOKEN, base_url=f"{api}/bot") as bot:
        contest: dict[str, Contest] = {"ours": _ours(urls, api), "loop": _loop(bot)}
        await interleaved(contest, rounds=1, seconds=0.7)
        found = await interleaved(contest, rounds=5, seconds=1.5)
    report.note(f"a server beside us that answers at once: {found.said()}")
    line = f"delivery: against a loop over the library's own Bot, {_CONCURRENCY} at once"
    report.ratio(line, found.ratio("ours", "loop"), least=2)
    await _clear(urls.owner)


def _ours(urls: Urls, api: str) -> Contest:
    """Let the engine speak for so long; what was recorded as sent counts."""

    async def contest(seconds: float) -> float:
        before = await _sent(urls.owner)
        begun = time.perf_counter()
        async with _speaking(urls, api, per_second=0):
            await asyncio.sleep(seconds)
        took = time.perf_counter() - begun
        return (await _sent(urls.owner) - before) / took

    return contest


def _loop(bot: library.Bot) -> Contest:
    """Send as a script would: so many tasks, each its next message when the last was answered."""

    async def contest(seconds: float) -> float:
        begun = time.perf_counter()
        done, chats = 0, itertools.count(1)

        async def worker() -> None:
            nonlocal done
            while time.perf_counter() < begun + seconds:
                await bot.send_message(next(chats), _TEXT, parse_mode="HTML")
                done += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(_CONCURRENCY):
                group.create_task(worker())
        return done / (time.perf_counter() - begun)

    return contest


@asynccontextmanager
async def _speaking(urls: Urls, api: str, *, per_second: float) -> AsyncIterator[None]:
    engine = database.make_engine(urls.clock, size=4)
    sender = telegram.connect(_TOKEN, account=_ACCOUNT, api_url=api, per_second=per_second)
    stop = asyncio.Event()
    speaking = asyncio.create_task(
        delivery.run(
            engine, urls.clock, house.KEYS, [sender], bell=Bell(), stop=stop,
            timing=Timing(gauges=60.0),
        )
    )  # fmt: skip
    try:
        yield
    finally:
        stop.set()
        await speaking
        await sender.close()
        await engine.dispose()


async def _pace(report: Report, urls: Urls, counter: Beside, api: str) -> None:
    """Two mouths at Telegram's rate; then a refusal in the middle."""
    await _announce(urls.owner, 1500)
    await counter.ask({"forget": True})
    async with _speaking(urls, api, per_second=30), _speaking(urls, api, per_second=30):
        await asyncio.sleep(_PACED)
        times = [at for at, _, _ in await counter.ask({"tell": True})]
        await counter.ask({"forget": True, "retry_after": _SILENCE})
        await asyncio.sleep(_SILENCE + 3)
    after = await counter.ask({"tell": True})
    rate = (len(times) - 1) / (times[-1] - times[0])
    report.ratio("delivery: pace, of Telegram's 30 a second", rate / 30, least=0.93)
    report.limit(
        "delivery: in the fullest sliding second", most_within(times, 1.0), most=30, unit=""
    )
    refused = next(at for at, _, status in after if status == 429)
    silent = [at for at, _, _ in after if refused + 0.03 < at < refused + _SILENCE]
    report.limit("delivery: requests during retry_after", len(silent), most=0, unit="")
    assert any(at >= refused + _SILENCE for at, _, _ in after)
    await _clear(urls.owner)


async def _replies(report: Report, server: house.Server) -> None:
    """Ask the whole service for balances, at rest and while announcements go out at full pace."""
    urls = await house.province(server, "delivery_replies")
    await turn.link(urls.owner)
    await house.tidy(urls.owner)
    api, ours = free_port(), free_port()
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(
            beside(sys.executable, str(HERE / "far_side.py"), str(api))
        )
        await far.line()
        service = await stack.enter_async_context(
            turn.serve(
                ours, api=_at(api), telegram_rate="30",
                database_url=server.named("delivery_replies"),
            )
        )  # fmt: skip
        await service.answers(f"{_at(ours)}/readyz")
        asked = {
            "url": f"{_at(ours)}/telegram/webhook", "secret": turn.SECRET, "kind": "balance",
            "chats": turn.CHATS, "posters": 1, "seconds": _TALK,
        }  # fmt: skip
        await far.ask(asked | {"seconds": 1.0})
        idle = (await far.ask(asked))["took"]
        await _announce(urls.owner, 2000, account=str(turn.BOT))
        await asyncio.sleep(2)
        before = await _sent(urls.owner)
        begun = time.perf_counter()
        busy = (await far.ask(asked))["took"]
        took = time.perf_counter() - begun
        spoken = (await _sent(urls.owner) - before) / took
    report.note(
        f"{len(idle)} and {len(busy)} questions; {spoken:.1f} messages a second in all during the broadcast"
    )
    for name, seconds in (("at rest", idle), ("in a broadcast", busy)):
        report.note(
            f"reply {name}: p50 {percentile(seconds, 0.5) * 1000:.0f} ms,"
            f" p95 {percentile(seconds, 0.95) * 1000:.0f} ms, p99 {percentile(seconds, 0.99) * 1000:.0f} ms"
        )
    late, calm = percentile(busy, 0.95), percentile(idle, 0.95)
    report.limit("delivery: reply p95 in a broadcast at full pace", late, most=1, unit=" s")
    report.tell("delivery: reply p95, broadcast against rest", f"{late / calm:.1f}x")


async def _announce(owner: str, count: int, *, account: str = _ACCOUNT) -> None:
    """Owe one announcement to each of so many chats, by one statement."""
    content = Content(lines=(Say("sheet-link", {"link": _TEXT.partition(" ")[2]}),))
    connection = await asyncpg.connect(owner)
    try:
        await connection.execute(
            "INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose, priority,"
            " facts, dedupe, not_before, state, made_at)"
            " SELECT 1 + n % 1000, gen_random_uuid(), 'telegram', $1, (1000000 + n)::text, n,"
            "        'announcement', 4, $2, 'bench/' || n, $3, 'waiting', $3"
            "   FROM generate_series(1, $4::int) AS n",
            account, messages.seal(content, house.KEYS), datetime.now(UTC), count,
        )  # fmt: skip
    finally:
        await connection.close()
    await house.tidy(owner)


async def _sent(owner: str) -> int:
    connection = await asyncpg.connect(owner)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM outbox WHERE state = 'sent'"))
    finally:
        await connection.close()


async def _clear(owner: str) -> None:
    connection = await asyncpg.connect(owner)
    try:
        await connection.execute("TRUNCATE outbox")
    finally:
        await connection.close()
