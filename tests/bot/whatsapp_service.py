"""A service that is on WhatsApp alone, a Graph server that takes everything, and people with a phone.

What they write is posted as Meta posts it; what they are answered is read where it is owed, in the outbox.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import app
from bot.settings import Settings
from core import database, identities, texts
from core.cooperatives import Cooperative
from notifications import messages
from tests.bot.whatsapp_hook import (
    ACCOUNT,
    APP_SECRET,
    NUMBER,
    TOKEN,
    VERIFY,
    Json,
    a_body,
    a_value,
    post,
)
from tests.conftest import KEYS, Database

_SECRET_KEY = "a secret key for tests, long enough"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Said:
    """What is owed to a chat: its words and its buttons' data by label."""

    text: str
    data: dict[str, str]
    purpose: str
    chat: str

    def button(self, part: str) -> str:
        (found,) = [data for label, data in self.data.items() if part in label]
        return found


@dataclass(slots=True)
class Service:
    """The running service."""

    url: str
    owner: AsyncEngine
    sent: list[Json] = field(default_factory=list)  # what Graph was asked to send

    @property
    def hook(self) -> str:
        return f"{self.url}/whatsapp/webhook"

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.owner.connect() as db:
            return list((await db.execute(text(statement), values)).all())

    async def value(self, statement: str, **values: Any) -> Any:
        return (await self.rows(statement, **values))[0][0]

    async def invite(self, here: Cooperative, person_id: int) -> str:
        async with database.transaction(self.owner) as db:
            made = await identities.invite(
                db,
                keys=KEYS,
                by="test",
                at=datetime.now(UTC),
                koperasi_id=here.id,
                person_id=person_id,
            )
        return made.code

    async def answer(self, update: str) -> Said | None:
        """Read what a message was answered; None when it was not."""
        found = await self._owed(
            "dedupe LIKE 'reply/whatsapp/%' AND dedupe LIKE :what", f"%/{update}"
        )
        assert len(found) < 2
        return found[0] if found else None

    async def notices(self, person_id: int, koperasi_id: int) -> list[Said]:
        """Read what a person was told unasked, oldest first."""
        return await self._owed(
            f"purpose <> 'reply' AND koperasi_id = {koperasi_id} AND person_id = :what", person_id
        )

    async def _owed(self, condition: str, what: object) -> list[Said]:
        rows = await self.rows(
            f"SELECT facts, purpose, chat FROM outbox WHERE {condition} ORDER BY seq", what=what
        )
        return [_said(row) for row in rows]


def _said(row: Any) -> Said:
    content = messages.unseal(row.facts, KEYS)
    words = "\n".join(texts.render(line.key, line.facts) for line in content.lines)
    buttons = [one for row_ in content.buttons for one in row_]
    data = {texts.render(one.label.key, one.label.facts): one.data for one in buttons}
    return Said(text=words, data=data, purpose=row.purpose, chat=row.chat)


@dataclass(slots=True)
class Phone:
    """Somebody who writes on WhatsApp: by a number, by a BSUID, or by both."""

    service: Service
    phone: str | None
    user: str | None = None

    def message(self, **more: Any) -> Json:
        sender = {"from": self.phone} if self.phone else {}
        sender |= {"from_user_id": self.user} if self.user else {}
        number = next(_NUMBERS)
        return sender | {"id": f"wamid.{number}", "timestamp": str(int(time.time())), **more}

    async def posts(self, *messages: Json) -> list[Said | None]:
        assert await post(self.service.hook, a_body(a_value(*messages))) == 200
        return [await self.service.answer(one["id"]) for one in messages]

    async def says(self, words: str) -> Said:
        (answer,) = await self.posts(self.message(type="text", text={"body": words}))
        assert answer is not None
        return answer

    async def presses(self, data: str, *, kind: str = "button_reply") -> Said:
        pressed = {"type": kind, kind: {"id": data, "title": "x"}}
        (answer,) = await self.posts(self.message(type="interactive", interactive=pressed))
        assert answer is not None
        return answer

    async def sends(self, **more: Any) -> Said:
        (answer,) = await self.posts(self.message(**more))
        assert answer is not None
        return answer


def a_number() -> str:
    """A phone number nobody had yet."""
    return f"62813{next(_NUMBERS):08d}"


@asynccontextmanager
async def running_service(given: Database, *parts: str | None) -> AsyncIterator[Service]:
    """Run a service that is on WhatsApp alone; `parts` run apart, the first of them is the one that hears."""
    owner = database.make_engine(given.urls.owner, size=4)
    service = Service(url="", owner=owner)
    runner, graph = await _graph(service)
    settings = Settings(
        database_url=SecretStr(given.urls.owner),
        secret_key=SecretStr(_SECRET_KEY),
        whatsapp_token=SecretStr(TOKEN),
        whatsapp_phone_id=ACCOUNT,
        whatsapp_app_secret=SecretStr(APP_SECRET),
        whatsapp_verify_token=SecretStr(VERIFY),
        graph_api_url=graph,
        send_hours="always",
    )
    serving: list[asyncio.Task[None]] = []
    try:
        for part in reversed(parts or (None,)):
            port = _free_port()
            service.url = f"http://127.0.0.1:{port}"
            own = settings.model_copy(update={"http_port": port})
            serving.append(asyncio.create_task(app.serve(own, only=part)))
            await _ready(service, serving[-1])
        for number in (signal.SIGINT, signal.SIGTERM):  # They are pytest's here.
            asyncio.get_running_loop().remove_signal_handler(number)
        yield service
    finally:
        for one in serving:
            one.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await owner.dispose()
        await runner.cleanup()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _ready(service: Service, serving: asyncio.Task[None]) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(20):
        while True:
            assert not serving.done(), serving
            with suppress(aiohttp.ClientError):
                async with session.get(f"{service.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.02)


async def _graph(service: Service) -> tuple[web.AppRunner, str]:
    async def send(request: web.Request) -> web.Response:
        service.sent.append(await request.json())
        return web.json_response({
            "messaging_product": "whatsapp",
            "contacts": [{"input": "x", "wa_id": "x"}],
            "messages": [{"id": f"wamid.out{len(service.sent)}"}],
        })  # fmt: skip

    served = web.Application()
    served.router.add_post("/{version}/{phone}/messages", send)
    runner = web.AppRunner(served, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


__all__ = ["NUMBER", "Phone", "Said", "Service", "a_number", "running_service"]
