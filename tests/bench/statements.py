"""The statements of a turn, counted at the driver: a call of the driver is a round trip once its statement is prepared."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.services import Services
from bot.talk import Chat, Incoming
from bot.turn import take_turn
from core import database
from core.database import Urls
from notifications import delivery, pacing
from notifications.bell import Bell, wake
from notifications.pacing import Rates
from notifications.senders.uploads import Uploads
from notifications.words import Words
from tests.bench import house
from tests.bench.report import Report


@dataclass(slots=True)
class Counted:
    """The statements an engine's connections were given, in order."""

    said: list[str] = field(default_factory=list)

    def attach(self, engine: AsyncEngine) -> None:
        """Listen to every connection the engine makes."""

        @event.listens_for(engine.sync_engine, "connect")
        def connected(connection: Any, _record: Any) -> None:
            driver: asyncpg.Connection[Any] = connection.driver_connection
            driver.add_query_logger(self._heard)

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def executing(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            # The driver tells of a statement in the loop's next turn: so do we, to keep the order.
            asyncio.get_running_loop().call_soon(self._keep, statement)

    def _heard(self, query: Any) -> None:
        self._keep(str(query.query))

    def _keep(self, statement: str) -> None:
        self.said.append(" ".join(statement.split()))


@dataclass(slots=True, kw_only=True)
class Ear:
    """A channel that only keeps what it was given to say."""

    account: str
    channel: str = "telegram"
    edits: bool = True
    has_window: bool = False
    rates: Rates = field(default_factory=lambda: pacing.telegram(0))
    heard: asyncio.Queue[tuple[str, Words]] = field(default_factory=asyncio.Queue)
    uploads: Uploads = field(default_factory=Uploads)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def send(
        self, chat: str, words: Words, *, edit: str | None, tracker: str, paid: bool = False
    ) -> str:
        """Take words."""
        await self.heard.put((chat, words))
        return edit or str(next(self.numbers))

    async def answer(self, callback_id: str) -> None:
        """Take nothing."""

    async def close(self) -> None:
        """Close nothing."""


async def tell(report: Report, urls: Urls) -> None:
    """Print what a balance question, a deposit's sentence and its ✅ say to the database."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    async with _service(urls) as (services, turns, mouth, ear):
        for _ in range(
            3
        ):  # Statements are prepared and directories read before anything is counted.
            await _all(report, services, turns, mouth, ear, quiet=True)
        await _all(report, services, turns, mouth, ear, quiet=False)


@asynccontextmanager
async def _service(urls: Urls) -> AsyncIterator[tuple[Services, Counted, Counted, Ear]]:
    turns, mouth, bell, stop = Counted(), Counted(), Bell(), asyncio.Event()
    app, clock = (database.make_engine(url, size=4) for url in (urls.app, urls.clock))
    turns.attach(app)
    mouth.attach(clock)
    ear = Ear(account="7000000002")
    services = Services(
        app=app,
        province=app,
        keys=house.KEYS,
        wake=lambda: wake(bell),
        answer_callback=lambda *_: None,
    )
    speaking = asyncio.create_task(
        delivery.run(clock, urls.clock, house.KEYS, [ear], bell=bell, stop=stop)
    )
    try:
        yield services, turns, mouth, ear
    finally:
        stop.set()
        await speaking
        await app.dispose()
        await clock.dispose()


async def _all(
    report: Report, services: Services, turns: Counted, mouth: Counted, ear: Ear, *, quiet: bool
) -> None:
    """Take the three turns, each until what it owes is said."""
    save = ""
    member, treasurer = "10001", "20001"
    for name, chat, text, owed in (
        ("a balance question", member, "saldo saya", 1),
        ("a deposit's sentence", treasurer, "setor sukarela Budi Aminah 50rb", 1),
        ("its ✅", treasurer, None, 2),
    ):
        await asyncio.sleep(0.1)
        turns.said.clear()
        mouth.said.clear()
        await take_turn(services, _incoming(chat, text, save))
        for _ in range(owed):
            to, words = await ear.heard.get()
            if text and to == treasurer:
                save = words.buttons[0][0][1]
        await asyncio.sleep(0.1)
        if not quiet:
            claims = [said for said in mouth.said if "outbox" in said]
            report.note(
                f"{name}: {len(turns.said)} round trips of the turn, {len(claims)} of the mouth"
            )
            for number, said in enumerate(turns.said, start=1):
                report.note(f"   {number:2} {said[:110]}")


def _incoming(chat: str, text: str | None, save: str) -> Incoming:
    now = datetime.now(UTC)
    return Incoming(
        chat=Chat(channel="telegram", account="7000000002", id=chat),
        update=f"statements/{now.timestamp()}",
        at=now,
        text=text,
        button=None if text else save,
        message=None if text else "1",
    )
