"""A business number on a running simulator, its webhook, and pywa_async as its client."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
from aiohttp import web
from pywa_async.client import WhatsApp

from bot.simulator.client import Sim
from bot.simulator.server import Running, start
from bot.simulator.whatsapp_world import Number, Whatsapp
from bot.simulator.world import World

PHONE_ID = "106540352242922"
WABA = "102290129340398"
TOKEN = "EAAG-token-of-tests"
APP_SECRET = "an-app-secret"
VERIFY = "a-verify-token"
DISPLAY = "6281100000000"
SITI, BUDI = 1001, 1002
PHONES = {SITI: "6281250001001", BUDI: "6281250001002"}


@dataclass(slots=True, kw_only=True)
class Hook:
    """A webhook that checks signatures, remembers bodies and answers what it is told, 200 by default."""

    url: str = ""
    raw: list[bytes] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    unsigned: int = 0

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for raw in self.raw]

    @property
    def values(self) -> list[dict[str, Any]]:
        """What each change holds, in the order of arrival."""
        return [
            change["value"]
            for body in self.bodies
            for entry in body["entry"]
            for change in entry["changes"]
        ]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values for message in value.get("messages", ())]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values for status in value.get("statuses", ())]

    async def until(self, count: int, what: str = "messages") -> list[dict[str, Any]]:
        """Wait until so many messages, statuses or values have come."""
        async with asyncio.timeout(5):
            while len(getattr(self, what)) < count:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.005)
        found: list[dict[str, Any]] = getattr(self, what)
        return found

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        signed = hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        if request.headers.get("X-Hub-Signature-256") != f"sha256={signed}":
            self.unsigned += 1
            return web.Response(status=403)
        self.raw.append(raw)
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def challenge(self, request: web.Request) -> web.Response:
        if request.query.get("hub.verify_token") != VERIFY:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])


@dataclass(slots=True, kw_only=True)
class Setting:
    """A running simulator with one business number, and who may act there."""

    running: Running
    sim: Sim
    hook: Hook

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def number(self) -> Number:
        return self.running.whatsapp.numbers[PHONE_ID]

    async def post(self, path: str, token: str = TOKEN, **body: Any) -> tuple[int, dict[str, Any]]:
        """Send a bare request to the Cloud API."""
        async with httpx.AsyncClient() as http:
            answer = await http.post(
                f"{self.url}/v25.0/{path}", json=body, headers={"Authorization": f"Bearer {token}"}
            )
        return answer.status_code, answer.json()

    async def send(self, to: int = SITI, **body: Any) -> tuple[int, dict[str, Any]]:
        """Send a message by hand."""
        whole = {"messaging_product": "whatsapp", "to": PHONES[to], **body}
        return await self.post(f"{PHONE_ID}/messages", **whole)

    async def text(self, words: str, to: int = SITI, **more: Any) -> tuple[int, dict[str, Any]]:
        return await self.send(to, type="text", text={"body": words}, **more)


@asynccontextmanager
async def a_setting() -> AsyncIterator[Setting]:
    """Start a simulator whose number has a webhook; Siti and Budi have WhatsApp and wrote nothing."""
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    app.router.add_get("/hook", hook.challenge)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    number = Number(
        phone_id=PHONE_ID,
        waba_id=WABA,
        token=TOKEN,
        app_secret=APP_SECRET,
        verify_token=VERIFY,
        display=DISPLAY,
        webhook=hook.url,
    )
    world = World()
    running = await start(world, whatsapp=Whatsapp(world, number))
    async with Sim(running.url, channel="whatsapp") as sim:
        await sim.delivery(first=0.01, longest=0.05)
        for id_, name in ((SITI, "Siti"), (BUDI, "Budi")):
            await sim.add_person(id=id_, first_name=name, phone=PHONES[id_])
        yield Setting(running=running, sim=sim, hook=hook)
    await running.close()
    await runner.cleanup()


class ToSimulator(httpx.AsyncHTTPTransport):
    """Sends what is meant for Graph's host to the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = httpx.URL(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host.endswith("facebook.com"):
            request.url = request.url.copy_with(
                scheme=self._url.scheme, host=self._url.host, port=self._url.port
            )
        return await super().handle_async_request(request)


@dataclass(slots=True, kw_only=True)
class Client:
    """pywa_async as the business's own client; `close` ends its connections."""

    wa: WhatsApp
    http: httpx.AsyncClient

    @classmethod
    def of(cls, setting: Setting, token: str = TOKEN) -> Self:
        http = httpx.AsyncClient(transport=ToSimulator(setting.url))
        wa = WhatsApp(
            phone_id=PHONE_ID,
            token=token,
            waba_id=WABA,
            session=http,
            api_version="25.0",
            server=None,
            verify_token=VERIFY,
            app_secret=APP_SECRET,
            skip_duplicate_updates=False,
        )
        return cls(wa=wa, http=http)
