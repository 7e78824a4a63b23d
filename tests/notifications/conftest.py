"""A village's outbox and a simulated Telegram: mouths speak for real, only faster."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.simulator.faults import Fault, Kind
from bot.simulator.server import Running, start
from bot.simulator.world import Bot, Chat, Person, Request, World
from core import database
from notifications import delivery, outbox
from notifications.bell import Bell
from notifications.messages import Address, Content, Message, Purpose, Say
from notifications.mouth import Check, Timing
from notifications.senders import telegram
from notifications.senders.telegram import TelegramSender
from tests.conftest import KEYS, Database

TOKEN = "42:AAH-secret_1"
ACCOUNT = "42"
QUICK = Timing(lease=0.8, renew=0.15, poll=0.1, farewell=3.0, gauges=60.0)
_NUMBERS = itertools.count(1)


def to(chat: int) -> Address:
    return Address(channel="telegram", account=ACCOUNT, chat=str(chat))


def saying(text: str, **more: Any) -> Content:
    """One line that reads `Tautan: text`."""
    return Content(lines=(Say("sheet-link", {"link": text}),), **more)


def owed(chat: int | None, text: str | Content = "halo", **more: Any) -> Message:
    given: dict[str, Any] = {
        "koperasi_id": 7,
        "id": uuid4(),
        "to": None if chat is None else to(chat),
        "person_id": 1,
        "purpose": Purpose.REPLY,
        "content": text if isinstance(text, Content) else saying(text),
        "dedupe": f"d{next(_NUMBERS)}",
        "made_at": datetime.now(UTC),
    }
    return Message(**(given | more))


async def put(engine: AsyncEngine, *messages: Message) -> None:
    for koperasi_id in dict.fromkeys(message.koperasi_id for message in messages):
        async with database.transaction(engine, koperasi_id=koperasi_id) as db:
            mine = [message for message in messages if message.koperasi_id == koperasi_id]
            await outbox.put(db, mine, KEYS)


async def row(engine: AsyncEngine, id_: UUID) -> Any:
    async with engine.connect() as db:
        raw = await database.driver(db)
        return await raw.fetchrow("SELECT * FROM outbox WHERE id = $1", id_)


async def states(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as db:
        raw = await database.driver(db)
        return [r["state"] for r in await raw.fetch("SELECT state FROM outbox ORDER BY seq")]


async def until(true: Callable[[], Any], seconds: float = 8.0) -> None:
    """Wait until it is true (it may be a coroutine function); fail after `seconds`."""
    ends = asyncio.get_running_loop().time() + seconds
    while True:
        found = true()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return
        assert asyncio.get_running_loop().time() < ends, "it never came true"
        await asyncio.sleep(0.01)


@dataclass(slots=True)
class Village:
    """Simulated Telegram, seen from the bot's side."""

    running: Running
    world: World
    bot: Bot
    senders: list[TelegramSender] = field(default_factory=list)

    def chat(self, number: int) -> Chat:
        """Return the chat of a person who has started the bot; a group when negative."""
        if number in self.bot.chats:
            return self.bot.chats[number]
        if number < 0:
            self.bot.chats[number] = Chat(id=number, title="Kelompok", started=True)
            return self.bot.chats[number]
        chat = self.world.chat(self.bot, self.world.add_person(Person(id=number, first_name="W")))
        chat.started = True
        return chat

    def texts(self, number: int) -> list[str]:
        return [
            message.content.text.removeprefix("Tautan: ")
            for message in self.bot.chats[number].messages.values()
        ]

    @property
    def requests(self) -> list[Request]:
        return list(self.world.requests)

    def fault(self, kind: Kind, method: str = "sendMessage", **more: Any) -> None:
        self.world.faults.add(Fault(method=method, kind=kind, **more))

    def sender(self, *, per_second: float = 0, answer_seconds: float = 0.3) -> TelegramSender:
        made = telegram.connect(
            TOKEN,
            account=ACCOUNT,
            api_url=self.running.url,
            per_second=per_second,
            answer_seconds=answer_seconds,
        )
        self.senders.append(made)
        return made


@pytest.fixture
async def village() -> AsyncIterator[Village]:
    world = World()
    world.limits.enforce = False
    running = await start(world)
    bot = world.bot(TOKEN)
    assert bot is not None
    made = Village(running=running, world=world, bot=bot)
    for number in range(1001, 1010):
        made.chat(number)
    yield made
    for sender in made.senders:
        await sender.close()
    await running.close()


@dataclass(slots=True)
class Speaking:
    """A delivery that runs."""

    bell: Bell
    stop: asyncio.Event
    task: asyncio.Task[None]


@pytest.fixture
async def speak(
    own_database: Database, clock_engine: AsyncEngine, village: Village
) -> AsyncIterator[Callable[..., Speaking]]:
    """Start deliveries as the clock; all are stopped when the test ends."""
    started: list[Speaking] = []

    def begin(
        *,
        checks: dict[Purpose, Check] | None = None,
        timing: Timing = QUICK,
        sender: TelegramSender | None = None,
        engine: AsyncEngine = clock_engine,
        keeps_hours: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        **rates: float,
    ) -> Speaking:
        bell, stop = Bell(), asyncio.Event()
        task = asyncio.create_task(
            delivery.run(
                engine,
                own_database.urls.clock,
                KEYS,
                [sender or village.sender(**rates)],
                bell=bell,
                stop=stop,
                checks=checks,
                keeps_hours=keeps_hours,
                timing=timing,
                now=now,
            )
        )
        started.append(Speaking(bell=bell, stop=stop, task=task))
        return started[-1]

    yield begin
    for one in started:
        one.stop.set()
    ended = await asyncio.gather(*(one.task for one in started), return_exceptions=True)
    bugs = [bug for bug in ended if bug and not isinstance(bug, asyncio.CancelledError)]
    assert not bugs, bugs


def ago(**period: float) -> datetime:
    return datetime.now(UTC) - timedelta(**period)
