"""A running simulator, a client of its control API, and clients we did not write: two bots, and pywa."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import telegram
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web
from PIL import Image
from pywa_async.client import WhatsApp
from telegram.ext import ExtBot

from bot.simulator.client import Sim
from bot.simulator.server import Running, start
from bot.simulator.world import World
from tests.simulator import whatsapp

TOKEN = "42:AAH-secret_1"
SITI = 1001


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    world = World()
    world.limits.enforce = False
    served = await start(world)
    yield served
    await served.close()


@pytest.fixture
async def sim(running: Running) -> AsyncIterator[Sim]:
    """A client, and Siti, who has not written to any bot."""
    async with Sim(running.url) as client:
        await client.add_person(id=SITI, first_name="Siti", last_name="Aminah", phone="628110001")
        yield client


@pytest.fixture
async def aio(running: Running) -> AsyncIterator[Bot]:
    server = TelegramAPIServer.from_base(running.url)
    session = AiohttpSession(api=server)
    bot = Bot(TOKEN, session=session)
    await bot.get_me()
    yield bot
    # Its own close() sleeps a quarter of a second for TLS, which is not spoken here.
    assert session._session is not None
    await session._session.close()


@pytest.fixture
async def ptb(running: Running) -> AsyncIterator[telegram.Bot]:
    base = running.url
    bot = ExtBot(TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot")
    async with bot:
        yield bot


@dataclass(slots=True, kw_only=True)
class Hook:
    """A webhook that remembers what came and answers what it is told, 200 by default."""

    url: str = ""
    got: list[tuple[dict[str, Any], str | None]] = field(default_factory=list)
    answers: list[web.Response | str | None] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [update["update_id"] for update, _ in self.got]

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update, _ in self.got]

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.got.append((await request.json(), secret))
        answer = self.answers.pop(0) if self.answers else None
        if answer == "hang":
            await asyncio.sleep(0.2)
        if answer == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer if isinstance(answer, web.Response) else web.Response()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    taken = Hook()
    app = web.Application()
    app.router.add_post("/hook", taken.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taken.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield taken
    await runner.cleanup()


def a_png(width: int = 8, height: int = 6) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def setting() -> AsyncIterator[whatsapp.Setting]:
    """A business number on a simulator of its own, with a webhook."""
    async with whatsapp.a_setting() as made:
        yield made


@pytest.fixture
async def pywa(setting: whatsapp.Setting) -> AsyncIterator[WhatsApp]:
    client = whatsapp.Client.of(setting)
    yield client.wa
    await client.http.aclose()
