"""WhatsApp's ear on a port of its own, who listens behind it, and bodies as Meta posts them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.channels import whatsapp, whatsapp_wire
from bot.channels.whatsapp import Ear, News
from bot.talk import FileWanted, Incoming
from notifications.statuses import Status, TemplateStatus
from tests.conftest import KEYS

ACCOUNT, APP_SECRET, VERIFY, TOKEN = "1080", "app-secret", "verify-me", "bearer-1"
SITI, BUDI = "6281200000001", "6281200000002"
NUMBER = "6285550001111"

Json = dict[str, Any]


@dataclass(slots=True)
class Listener:
    """Where the ear brings what it heard; `trouble` is raised for an update as often as it says."""

    heard: list[Incoming] = field(default_factory=list)
    trouble: dict[str, int] = field(default_factory=dict)
    pause: Callable[[Incoming], float] = lambda _incoming: 0.0
    wants: bool = False
    statuses: list[Status] = field(default_factory=list)
    templates: list[TemplateStatus] = field(default_factory=list)
    tiers: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    async def take(self, incoming: Incoming) -> None:
        await asyncio.sleep(self.pause(incoming))
        if self.trouble.get(incoming.update, 0) > 0:
            self.trouble[incoming.update] -= 1
            raise ConnectionError("the database is away")
        if self.wants and incoming.document is not None and incoming.document.is_unfetched:
            raise FileWanted
        self.heard.append(incoming)

    async def told(self, statuses: tuple[Status, ...]) -> None:
        self.statuses.extend(statuses)

    async def template(self, template: TemplateStatus) -> None:
        self.templates.append(template)

    async def tier(self, tier: str) -> None:
        self.tiers.append(tier)

    async def number(self, number: str) -> None:
        self.numbers.append(number)

    @property
    def updates(self) -> list[str]:
        return [one.update for one in self.heard]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@dataclass(slots=True)
class Graph:
    """A Graph server that keeps files; `elsewhere` is where it says one lies."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    elsewhere: str | None = None
    redirects: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, bearer

    async def where(self, request: web.Request) -> web.Response:
        self._note(request)
        media = request.match_info["media"]
        if media not in self.files:
            return web.json_response(
                {"error": {"code": 100, "message": "no such file"}}, status=404
            )
        url = self.elsewhere or f"{self.url}/files/{media}"
        return web.json_response({"id": media, "url": url, "file_size": len(self.files[media])})

    async def file(self, request: web.Request) -> web.Response:
        self._note(request)
        if self.redirects:
            raise web.HTTPFound("http://127.0.0.1:9/steal")
        return web.Response(body=self.files[request.match_info["media"]])

    def _note(self, request: web.Request) -> None:
        self.asked.append((request.path, request.headers.get("Authorization", "")))


async def _served(routes: list[web.RouteDef]) -> tuple[web.AppRunner, str]:
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    made = Graph()
    runner, made.url = await _served(
        [web.get("/files/{media}", made.file), web.get("/{version}/{media}", made.where)]
    )
    yield made
    await runner.cleanup()


@pytest.fixture
async def hook(graph: Graph, listener: Listener) -> AsyncIterator[str]:
    """The address of a web application that is nothing but the webhook."""
    async with aiohttp.ClientSession() as session:
        ear = Ear(
            reader=whatsapp_wire.reader(ACCOUNT, KEYS),
            token=TOKEN,
            app_secret=APP_SECRET,
            verify_token=VERIFY,
            api_url=graph.url,
            session=session,
            take_turn=listener.take,
            news=News(
                statuses=listener.told,
                template=listener.template,
                tier=listener.tier,
                number=listener.number,
            ),
        )

        async def ask(request: web.Request) -> web.Response:
            return await whatsapp.challenge(ear, request)

        async def answer(request: web.Request) -> web.Response:
            return await whatsapp.webhook(ear, request)

        runner, url = await _served([web.get("/w", ask), web.post("/w", answer)])
        yield f"{url}/w"
        await runner.cleanup()


def signed(raw: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


async def post(hook: str, body: object, signature: str | None = "right") -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if signature is None else {"X-Hub-Signature-256": signature}
    if signature == "right":
        headers = {"X-Hub-Signature-256": signed(raw)}
    async with (
        aiohttp.ClientSession() as session,
        session.post(hook, data=io.BytesIO(raw), headers=headers) as answer,
    ):
        return answer.status


def a_message(
    n: int = 1, /, phone: str | None = SITI, user: str | None = None, **more: Any
) -> Json:
    sender = {"from": phone} if phone else {}
    sender |= {"from_user_id": user} if user else {}
    plain = {"type": "text", "text": {"body": "halo"}}
    return sender | {"id": f"wamid.{n}", "timestamp": str(1_790_000_000 + n)} | (more or plain)


def a_value(*messages: Json, account: str = ACCOUNT, **more: Any) -> Json:
    """A value as both shapes have it: a contact for each sender, with user_id where there is one."""
    contacts = []
    for one in messages:
        contact = {"profile": {"name": "Siti"}}
        contact |= {"wa_id": one["from"]} if "from" in one else {}
        contact |= {"user_id": one["from_user_id"]} if "from_user_id" in one else {}
        if contact not in contacts:
            contacts.append(contact)
    metadata = {"display_phone_number": NUMBER, "phone_number_id": account}
    found: Json = {"messaging_product": "whatsapp", "metadata": metadata}
    found |= {"contacts": contacts, "messages": list(messages)} if messages else {}
    return found | more


def a_body(*values: Json, at: str = "messages") -> Json:
    changes = [{"field": at, "value": value} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "7", "changes": changes}]}


def a_status(state: str = "delivered", **more: Any) -> Json:
    plain = {"id": "wamid.out", "status": state, "timestamp": "1790000000", "recipient_id": SITI}
    return plain | {"biz_opaque_callback_data": "3/9d1c"} | more
