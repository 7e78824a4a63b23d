"""A full turn against a bare echo bot: webhook in, committed, reply sent through the outbox."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg

from tests.bench import house, statements
from tests.bench.processes import HERE, Beside, beside, free_port, outside
from tests.bench.report import Report
from tests.bench.rounds import Contest, interleaved, percentile

BOT = 7_000_000_002
TOKEN = f"{BOT}:bench"  # of the fake Bot API
SECRET = "bench"
CHATS = 64  # a member's and a treasurer's in each of so many cooperatives
_ECHO_TOKEN = "7000000003:echo"
_KINDS = {"a balance question": "balance", "a deposit and its ✅": "deposit"}


async def run(report: Report, server: house.Server) -> None:
    """Measure two kinds of turn and the echo bot with 1 and 32 posters, taking turns."""
    report.title("A full turn against a bare aiogram echo bot")
    urls = await house.province(server, "turns")
    await link(urls.owner)
    await house.tidy(urls.owner)
    await statements.tell(report, urls)
    api, ours, echo = (free_port() for _ in range(3))
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(
            beside(sys.executable, str(HERE / "far_side.py"), str(api))
        )
        await far.line()
        peer = await stack.enter_async_context(
            beside(
                sys.executable, str(HERE / "echo_bot.py"), str(echo), _at(api), _ECHO_TOKEN, SECRET
            )
        )
        service = await stack.enter_async_context(
            serve(ours, api=_at(api), database_url=server.named("turns"))
        )
        await peer.answers(f"{_at(echo)}/readyz")
        await service.answers(f"{_at(ours)}/readyz")
        for posters in (1, 32):
            sides = {"echo": (peer, _at(echo)), "ours": (service, _at(ours))}
            await _compare(report, far, posters, sides)
        report.note(f"resident memory of the service after the load: {resident(service):.0f} MiB")
    report.limit(
        "turn: violations after the runs", await house.violations(urls.owner), most=0, unit=""
    )
    report.limit("turn: messages owed and not sent", await _unsent(urls.owner), most=0, unit="")


async def _compare(
    report: Report, far: Beside, posters: int, sides: dict[str, tuple[Beside, str]]
) -> None:
    took: dict[str, list[float]] = {}
    spent: dict[str, float] = {}

    def play(name: str, side: str, kind: str) -> Contest:
        process, url = sides[side]
        asked = {
            "url": f"{url}/telegram/webhook", "secret": SECRET, "kind": kind, "chats": CHATS,
            "posters": posters,
        }  # fmt: skip

        async def contest(seconds: float) -> float:
            before = process.spent()
            answer = await far.ask(asked | {"seconds": seconds})
            spent[name] = spent.get(name, 0) + process.spent() - before
            took.setdefault(name, []).extend(answer["took"])
            return len(answer["took"]) / float(answer["seconds"])

        return contest

    contest = {"echo": play("echo", "echo", "balance")}
    contest |= {name: play(name, "ours", kind) for name, kind in _KINDS.items()}
    await interleaved(contest, rounds=1, seconds=1.0)
    took.clear()
    spent.clear()
    found = await interleaved(contest, seconds=1.5)
    report.note(f"{posters} posters: {found.said()}")
    for name, seconds in took.items():
        middle, late = percentile(seconds, 0.5), percentile(seconds, 0.99)
        report.note(
            f"{name}: p50 {middle * 1000:.1f} ms, p99 {late * 1000:.1f} ms,"
            f" {spent[name] / len(seconds) * 1000:.2f} ms of processor time each, {len(seconds)} turns"
        )
        if name != "echo":
            line = f"turn: {name}, {posters} posters"
            report.ratio(f"{line}, against echo", found.ratio(name, "echo"), least=0.25, aim=0.5)
            each = [spent[one] / len(took[one]) * 1000 for one in (name, "echo")]
            report.tell(f"{line}, processor time", f"{each[0]:.2f} ms, echo {each[1]:.2f}")
            report.limit(f"{line}, p99 against p50", late / middle, most=4, unit="x")


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


@asynccontextmanager
async def serve(port: int, *, api: str, **more: str) -> AsyncIterator[Beside]:
    """Run the real service, its pace lifted; `more` are settings by their names."""
    settings = {
        "http_port": str(port),
        "secret_key": house.KEYS.secret,
        "telegram_token": TOKEN,
        "telegram_api_url": api,
        "telegram_webhook_url": f"{_at(port)}/telegram/webhook",
        "telegram_webhook_secret": SECRET,
        "telegram_rate": "0",
        "send_hours": "always",
    } | more
    command = (sys.executable, "-m", "bot.cli", "serve")
    async with beside(*command, environment=outside(settings), cwd=house.ROOT) as service:
        yield service


def resident(service: Beside) -> float:
    """Return a process's resident memory in MiB."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def link(owner: str) -> None:
    """Give the first member and the treasurer of each of the first cooperatives a chat."""
    connection = await asyncpg.connect(owner)
    try:
        await connection.execute(_LINK)
    finally:
        await connection.close()


_WHO = f"""(SELECT k, p, '{BOT}' AS account, (p.base + k)::text AS chat, p.person
  FROM generate_series(1, {CHATS}) AS k,
       (VALUES (10000, 1), (20000, {house.TREASURER})) AS p (base, person)) AS who"""
_LINK = f"""
INSERT INTO chat.chats (channel, account, chat, koperasi_id, person_id, seen_at)
SELECT 'telegram', account, chat, k, person, now() FROM {_WHO};
INSERT INTO chat.links (channel, account, chat, koperasi_id, person_id, linked_at)
SELECT 'telegram', account, chat, k, person, now() FROM {_WHO};
INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)
SELECT k, person, 'telegram', account, chat, now() FROM {_WHO};
"""


async def _unsent(owner: str) -> int:
    connection = await asyncpg.connect(owner)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM outbox WHERE state <> 'sent'"))
    finally:
        await connection.close()
