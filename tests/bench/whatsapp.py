"""Turns on WhatsApp against the same turns on Telegram, and a batch that comes again and again in both shapes."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack

import aiohttp
import asyncpg

from bot.simulator.whatsapp_delivery import sign
from bot.simulator.whatsapp_shapes import envelope, message
from bot.simulator.whatsapp_world import Number
from bot.simulator.world import Chat, Content, Message, Person, Update
from tests.bench import house, turn
from tests.bench.processes import HERE, Beside, beside, free_port
from tests.bench.report import Report
from tests.bench.rounds import Contest, interleaved, percentile

PHONE_ID = "106540352242922"
APP_SECRET = "bench"
_BATCH, _TIMES = 10, 5
_SETTINGS = {
    "whatsapp_token": "bench",
    "whatsapp_phone_id": PHONE_ID,
    "whatsapp_app_secret": APP_SECRET,
    "whatsapp_verify_token": "bench",
    "whatsapp_rate": "0",
}


async def run(report: Report, server: house.Server) -> None:
    """Measure balance questions and deposits on both channels, taking turns, with 1 and 32 posters."""
    report.title("Turns on WhatsApp against Telegram")
    urls = await house.province(server, "whatsapp")
    await turn.link(urls.owner)
    await link(urls.owner)
    await house.tidy(urls.owner)
    api, ours = free_port(), free_port()
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(
            beside(sys.executable, str(HERE / "far_side.py"), str(api))
        )
        await far.line()
        service = await stack.enter_async_context(
            turn.serve(
                ours,
                api=f"http://127.0.0.1:{api}",
                database_url=server.named("whatsapp"),
                graph_api_url=f"http://127.0.0.1:{api}",
                **_SETTINGS,
            )
        )
        url = f"http://127.0.0.1:{ours}"
        await service.answers(f"{url}/readyz")
        for posters in (1, 32):
            await _compare(report, far, posters, url)
        await _batch(report, urls.owner, f"{url}/whatsapp/webhook")
    report.limit(
        "whatsapp: violations after the runs", await house.violations(urls.owner), most=0, unit=""
    )


async def _compare(report: Report, far: Beside, posters: int, url: str) -> None:
    took: dict[str, list[float]] = {}

    def play(channel: str, kind: str) -> Contest:
        asked = {
            "url": f"{url}/{channel}/webhook", "secret": turn.SECRET, "kind": kind,
            "chats": turn.CHATS, "posters": posters,
            "app_secret": APP_SECRET if channel == "whatsapp" else "",
        }  # fmt: skip

        async def contest(seconds: float) -> float:
            answer = await far.ask(asked | {"seconds": seconds})
            took.setdefault(f"{kind} {channel}", []).extend(answer["took"])
            return len(answer["took"]) / float(answer["seconds"])

        return contest

    contest = {
        f"{kind} {channel}": play(channel, kind)
        for kind in ("balance", "deposit")
        for channel in ("telegram", "whatsapp")
    }
    await interleaved(contest, rounds=1, seconds=1.0)
    took.clear()
    found = await interleaved(contest, seconds=1.5)
    report.note(f"{posters} posters: {found.said()}")
    for kind in ("balance", "deposit"):
        here, there = f"{kind} whatsapp", f"{kind} telegram"
        line = f"whatsapp: {kind}, {posters} posters, against Telegram"
        report.ratio(f"{line}, turns a second", found.ratio(here, there), least=0.8)
        late = [percentile(took[name], 0.95) * 1000 for name in (here, there)]
        report.ratio(f"{line}, p95 of Telegram's to its own", late[1] / late[0], least=0.8)
        report.note(f"{kind}: p95 {late[0]:.1f} ms, Telegram {late[1]:.1f} ms")


async def _batch(report: Report, owner: str, url: str) -> None:
    """Post ten messages in one body, five times at once in each shape; count what came of each."""
    number = Number(
        phone_id=PHONE_ID,
        token="",
        app_secret=APP_SECRET,
        verify_token="",
        display="628110000000",
    )
    metadata = {"display_phone_number": number.display, "phone_number_id": PHONE_ID}
    updates = [_asked(n) for n in range(_BATCH)]
    posts = []
    async with aiohttp.ClientSession() as session:
        for old in (False, True):
            body = envelope(number.waba_id, metadata, updates, 1_800_000_000, old=old)
            raw = json.dumps(body).encode()
            headers = {"X-Hub-Signature-256": sign(number, raw), "Content-Type": "application/json"}
            posts += [session.post(url, data=raw, headers=headers) for _ in range(_TIMES)]
        answers = await asyncio.gather(*posts)
        statuses = sorted({answer.status for answer in answers})
    report.tell("whatsapp: a batch in both shapes at once, answers", str(statuses))
    wamids = [update.body["value"]["messages"][0]["id"] for update in updates]
    connection = await asyncpg.connect(owner)
    try:
        async with asyncio.timeout(20):
            while (said := await _said(connection, wamids)) < _BATCH:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        claims = await connection.fetchval(
            "SELECT count(*) FROM chat.updates WHERE update_key = ANY ($1)", wamids
        )
    finally:
        await connection.close()
    report.limit("whatsapp: effects beside one of each message", abs(claims - _BATCH), most=0, unit="")  # fmt: skip
    report.limit("whatsapp: answers beside one to each message", abs(said - _BATCH), most=0, unit="")  # fmt: skip


async def _said(connection: asyncpg.Connection, wamids: list[str]) -> int:
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM outbox WHERE state = 'sent' AND dedupe LIKE ANY ($1)",
            [f"reply/whatsapp/%/{wamid}" for wamid in wamids],
        )
    )


def _asked(n: int) -> Update:
    """Make the update of one member's question, as WhatsApp tells it."""
    person = Person(id=n + 1, first_name="P", phone=_phone(10_000 + n + 1))
    said = Message(
        id=n,
        chat=Chat(id=n),
        sender=person,
        date=1_800_000_000,
        content=Content(text="saldo"),
        wamid=f"wamid.batch{n}",
    )
    value = message(person, said, "text", {"text": {"body": "saldo"}})
    return Update(id=n, chat_id=n, body={"field": "messages", "value": value})


def _phone(chat: int) -> str:
    return f"62812{chat:08d}"


async def link(owner: str) -> None:
    """Give the people of turn.link a chat on WhatsApp too."""
    rows = [
        (k, base + k, "w" + house.KEYS.fingerprint("whatsapp", _phone(base + k)).hex()[:24], who)
        for k in range(1, turn.CHATS + 1)
        for base, who in ((10_000, 1), (20_000, house.TREASURER))
    ]
    connection = await asyncpg.connect(owner)
    try:
        for k, _, chat, who in rows:
            await connection.execute(_LINK, PHONE_ID, chat, k, who)
    finally:
        await connection.close()


_LINK = """
WITH a AS (INSERT INTO chat.chats (channel, account, chat, koperasi_id, person_id, seen_at)
           VALUES ('whatsapp', $1, $2, $3, $4, now())),
     b AS (INSERT INTO chat.links (channel, account, chat, koperasi_id, person_id, linked_at)
           VALUES ('whatsapp', $1, $2, $3, $4, now()))
INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)
VALUES ($3, $4, 'whatsapp', $1, $2, now())
"""
