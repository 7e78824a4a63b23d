"""The real service in this process, a simulated Telegram and WhatsApp beside it, and people who chat with it.

`running_house` starts both on a database of their own; `Person` is somebody with a phone, on one channel:
the house's `channel` unless said otherwise. At the end of every story `check_house` looks at what must hold whatever was said.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import logging
import signal
import socket
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import aiohttp
import structlog
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import app, logs
from bot.settings import Settings
from bot.simulator import people, whatsapp_people
from bot.simulator.client import Sim
from bot.simulator.server import Running, start
from bot.simulator.world import World
from core import database
from core.sealing import Keys
from core.verify import verify
from notifications.messages import Address
from tests import house_whatsapp
from tests.conftest import KEYS, Database, _execute, _named

TOKEN = "7000000042:a-token-of-the-simulator-for-stories"
ACCOUNT = "7000000042"
SECRET = "a-secret-of-the-webhook"
Channel = Literal["telegram", "whatsapp"]
PATIENCE = 10.0  # seconds until an answer that never comes fails the test
_CHATS = itertools.count(500_001)


@dataclass(frozen=True, slots=True)
class Message:
    """What the bot said in a chat, as it was then."""

    id: int
    text: str
    html: str
    rows: tuple[tuple[str, ...], ...]  # labels of its buttons
    data: dict[str, str]  # label -> callback data
    file: dict[str, Any] | None
    edited: bool  # or, where nothing can be edited, a new one in the place of an earlier one
    seq: int
    place: int = 0  # the number to press on, where it is not `id`
    wamid: str = ""

    @classmethod
    def of(cls, wire: dict[str, Any], seq: int, *, edited: bool) -> Self:
        text, rows = wire["text"], wire["buttons"] or []
        labels = tuple(tuple(b["text"] for b in row) for row in rows)
        data = {b["text"]: b.get("data", "") for row in rows for b in row}
        if wire["wamid"]:
            text, choices = house_whatsapp.read(wire)
            labels, data = tuple((label,) for label, _ in choices), dict(choices)
        return cls(
            id=wire["id"],
            text=text,
            html=wire["html"],
            rows=labels,
            data=data,
            file=wire["file"],
            edited=edited,
            seq=seq,
            place=wire["id"],
            wamid=wire["wamid"],
        )

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def labels(self) -> list[str]:
        return [label for row in self.rows for label in row]

    @property
    def is_card(self) -> bool:
        """It waits for its ✅."""
        return any(label.startswith("✅") for label in self.labels)

    @property
    def is_question(self) -> bool:
        """It ends with a question mark or offers something to press."""
        offered = [label for label in self.labels if not label.startswith("❌")]
        return "?" in self.text or bool(offered)

    def line(self, begins: str) -> str:
        """Return what stands behind a line's first word, as `Jumlah:`."""
        found = [line for line in self.lines if line.startswith(begins)]
        assert len(found) == 1, (begins, self.text)
        return found[0].removeprefix(begins).strip()

    def label(self, part: str) -> str:
        """Return the one label that holds this."""
        found = [label for label in self.labels if part in label]
        assert len(found) == 1, (part, self.labels)
        return found[0]


@dataclass(slots=True)
class House:
    """A running service and the simulator it speaks to: Telegram and WhatsApp."""

    database: Database
    telegram: Running
    sims: dict[str, Sim]  # by channel
    owner: AsyncEngine
    url: str
    polling: bool
    people: list[Person] = field(default_factory=list)  # who took part in this story
    books: list[int] = field(default_factory=list)  # cooperatives founded in this story
    allowed: set[str] = field(default_factory=set)  # events of the log that the story provokes
    serving: asyncio.Task[None] | None = None
    settings: Settings | None = None
    channel: Channel = "telegram"
    send_hours: Literal["village", "always"] = "always"
    looked_at: float = -60.0  # when its loop last ran, by the monotonic clock

    @property
    def keys(self) -> Keys:
        return self.database.keys

    @property
    def sim(self) -> Sim:
        """The control API, speaking of the story's channel."""
        return self.sims[self.channel]

    @property
    def channel_name(self) -> str:
        """The channel as people write it."""
        return {"telegram": "Telegram", "whatsapp": "WhatsApp"}[self.channel]

    @property
    def world(self) -> World:
        return self.telegram.world

    async def start(self) -> None:
        """Start the service; what the database and Telegram hold is as it was left."""
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        hook = None if self.polling else f"{self.url}/telegram/webhook"
        self.settings = Settings(
            database_url=SecretStr(self.database.urls.owner),
            secret_key=SecretStr(SECRET_KEY),
            http_port=port,
            telegram_token=SecretStr(TOKEN),
            telegram_api_url=self.telegram.url,
            telegram_webhook_url=hook,
            telegram_webhook_secret=SecretStr(SECRET),
            telegram_rate=0,
            whatsapp_rate=0,
            send_hours=self.send_hours,
            graph_api_url=self.telegram.url,
            **house_whatsapp.SETTINGS,
        )
        self._connect_whatsapp()
        self.serving = asyncio.create_task(app.serve(self.settings))
        await self._ready()
        for number in (signal.SIGINT, signal.SIGTERM):  # They are pytest's here.
            asyncio.get_running_loop().remove_signal_handler(number)

    def _connect_whatsapp(self) -> None:
        assert self.settings is not None
        whatsapp = self.telegram.whatsapp
        known = whatsapp.numbers.get(house_whatsapp.PHONE_ID)
        if known is None:
            made = house_whatsapp.number(self.settings, self.url)
            whatsapp.numbers[made.phone_id] = made
        elif whatsapp.webhook_changed is not None:
            known.webhook = f"{self.url}/whatsapp/webhook"
            whatsapp.webhook_changed(known)

    async def _ready(self) -> None:
        assert self.serving is not None
        async with aiohttp.ClientSession() as session, asyncio.timeout(20):
            while True:
                assert not self.serving.done(), self.serving
                with suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stop the service as the operator would stop it."""
        if self.serving is not None:
            serving, self.serving = self.serving, None
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    async def restart(self) -> None:
        """Let a new service go on from what the database holds."""
        await self.stop()
        await self.start()

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """Look into the database as its owner."""
        async with self.owner.connect() as db:
            return list((await db.execute(text(statement), values)).all())

    async def value(self, statement: str, **values: Any) -> Any:
        return (await self.rows(statement, **values))[0][0]

    async def change(self, statement: str, **values: Any) -> None:
        """Put something right or wrong in the database, as its owner."""
        async with database.transaction(self.owner) as db:
            await db.execute(text(statement), values)


SECRET_KEY = "a secret key for tests, long enough"  # the one behind tests.conftest.KEYS
assert Keys(SECRET_KEY).fingerprint("x", "y") == KEYS.fingerprint("x", "y")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def a_database(server_url: str, template: str) -> AsyncIterator[Database]:
    """A clone of the template, for a service that several tests share."""
    name = f"kopdes_house_{uuid.uuid4().hex[:12]}"
    await _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    urls = database.derive_urls(_named(server_url, name), KEYS)
    yield Database(urls=urls, keys=KEYS, name=name)
    await _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def running_house(
    given: Database, *, polling: bool = False, send_hours: Literal["village", "always"] = "always"
) -> AsyncIterator[House]:
    """Start a service on a database, and a Telegram for it."""
    world = World(bots={TOKEN: "kopdes_story_bot"})
    world.limits.enforce = False
    telegram = await start(world)
    telegram.whatsapp.limits.enforce = False
    owner = database.make_engine(given.urls.owner, size=4)
    async with Sim(telegram.url) as sim, Sim(telegram.url, channel="whatsapp") as whatsapp_sim:
        for one in (sim, whatsapp_sim):
            await one.delivery(first=0.05, longest=0.2)
        house = House(
            database=given,
            telegram=telegram,
            sims={"telegram": sim, "whatsapp": whatsapp_sim},
            owner=owner,
            url="",
            polling=polling,
            send_hours=send_hours,
        )
        try:
            await house.start()
            yield house
        finally:
            await house.stop()
            await owner.dispose()
    await telegram.close()


@contextmanager
def logs_kept() -> Iterator[io.StringIO]:
    """Keep what the service logs, written as in production."""
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    kept = io.StringIO()
    logs.configure(stream=kept)
    try:
        yield kept
    finally:
        root.handlers, root.level = handlers, level
        structlog.configure(**config)


@dataclass(slots=True)
class Person:
    """Somebody with a phone and a chat with the bot."""

    house: House
    chat: int
    name: str
    phone: str  # digits from 62
    channel: Channel = "telegram"
    person_id: int | None = None
    number: str = ""  # of the member
    seen: int = 0  # the last event that was looked at
    said: list[Message] = field(default_factory=list)  # what the bot answered
    heard: list[Message] = field(default_factory=list)  # what it said besides, not looked at yet
    typed: list[str] = field(default_factory=list)
    account_chat: str = ""  # as the service names the chat; it stays when the phone changes

    @property
    def sim(self) -> Sim:
        return self.house.sims[self.channel]

    @property
    def address(self) -> Address:
        """Where the service reaches this person."""
        account = house_whatsapp.PHONE_ID if self.channel == "whatsapp" else ACCOUNT
        return Address(channel=self.channel, account=account, chat=self.chat_id)

    @property
    def chat_id(self) -> str:
        """Name the chat as the service does."""
        if self.channel == "telegram":
            return str(self.chat)
        if not self.account_chat:
            known = self.house.world.people[self.chat]
            self.account_chat = house_whatsapp.chat_id(self.house.keys, known)
        return self.account_chat

    async def says(self, words: str, *, at: int | None = None) -> Message:
        """Write a text (in unix seconds `at`, if not now); return the answer."""
        self.typed.append(words)
        done = await self.sim.text(self.chat, words, at)
        return await self._answer(done)

    async def presses(self, label: str, on: Message | None = None) -> Message:
        """Press the newest button with this label, or the one on that message."""
        if self.channel == "telegram":
            done = await self.sim.press(self.chat, label, on.id if on else None)
            return await self._answer(done)
        shown = [on] if on else reversed(await self.messages())
        for message in shown:
            for number, one in enumerate(message.labels, start=1):
                if label not in one and message.data[one] != label:
                    continue
                if not message.data[one]:
                    return await self.says(str(number))
                done = await self.sim.press(self.chat, message.data[one], message.place)
                return await self._answer(done)
        raise AssertionError((label, on))

    async def forges(self, data: str, on: Message) -> Message:
        """Press a button that is not there."""
        place = on.place or on.id
        done = await self.sim.press(self.chat, data, place, forge=True)
        return await self._answer(done)

    async def shares_contact(
        self, phone: str | None = None, *, user_id: int | None = None
    ) -> Message:
        """Share the own contact, or somebody else's."""
        done = await self.sim.contact(self.chat, phone=phone, user_id=user_id)
        return await self._answer(done)

    async def sends(
        self, name: str, content: bytes, *, photo: tuple[int, int] = (0, 0), caption: str = ""
    ) -> Message:
        """Send a file of any size, with words below it; `photo` is the width and height of a picture to be looked at."""
        house = self.house
        known = house.world.people[self.chat]
        if self.channel == "whatsapp":
            number = house.telegram.whatsapp.numbers[house_whatsapp.PHONE_ID]
            actor = whatsapp_people.WhatsappActor(
                whatsapp=house.telegram.whatsapp,
                number=number,
                person=known,
                base=house.telegram.url,
            )
            return await self._answer(house_whatsapp.sends(actor, name, content, photo, caption))
        bot = house.world.find_bot(int(ACCOUNT))
        assert bot is not None
        stored = house.world.add_file(bot, name, "application/octet-stream", content, photo)
        teller = people.Actor(world=house.world, bot=bot, person=known)
        return await self._answer(people.send_file(teller, stored, caption))

    async def joins(self, code: str) -> Message:
        """Open an invite's link; on Telegram share the own contact too: on WhatsApp the number is the proof."""
        asked = await self.says(f"/start {code}")
        if self.channel == "whatsapp":
            assert "Terhubung" in asked.text, asked.text
            return asked
        assert "Bagikan kontak" in asked.text, asked.text
        return await self.shares_contact()

    async def _answer(self, done: dict[str, Any]) -> Message:
        """Return the bot's answer to this act: the one message its update was owed."""
        self.seen = max(self.seen, done.get("seq", 0))
        here = self.address
        update = done["wamid"] if self.channel == "whatsapp" else done["update_id"]
        key = f"reply/{here.channel}/{here.account}/{here.chat}/{update}"
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self._next()
                if (message.wamid or str(message.id)) == await self._spoken(key):
                    self.said.append(message)
                    return message
                self.heard.append(message)

    async def _spoken(self, key: str) -> str:
        """Wait until delivery wrote down how a reply went; return its message's id."""
        while True:
            for row in await self.house.rows(
                "SELECT message_id, edit_message FROM outbox"
                " WHERE dedupe = :key AND done_at IS NOT NULL",
                key=key,
            ):
                return str(row.message_id or row.edit_message)
            await asyncio.sleep(0.005)

    async def sees(self, words: str) -> Message:
        """Wait until something arrives that holds these words; return it."""
        for message in self.heard:
            if words in message.text:
                self.heard.remove(message)
                return message
        async with asyncio.timeout(PATIENCE):
            while words not in (message := await self._next()).text:
                self.heard.append(message)
        return message

    async def _next(self) -> Message:
        """Return the bot's next message or edit in this chat."""
        while True:
            for event in await self.sim.events(self.seen, person=self.chat, wait=PATIENCE):
                self.seen = event["seq"]
                if event["kind"] in ("message", "edit") and event["message"]["from"] == "bot":
                    edited = event["kind"] == "edit"
                    message = Message.of(event["message"], event["seq"], edited=edited)
                    return await self._in_its_place(message)

    async def _in_its_place(self, message: Message) -> Message:
        """Give a message the number of the one whose place it took, where the channel cannot edit.

        Delivery writes down what became of it a moment after it arrived.
        """
        if not message.wamid:
            return message
        written = "SELECT count(*) FROM outbox WHERE chat = :chat AND message_id = :wamid"
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                while not await self.house.value(written, chat=self.chat_id, wamid=message.wamid):  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
        taken = await self._places()
        first = message.wamid
        while first in taken:
            first = taken[first]
        if first == message.wamid:
            return message
        known = self.house.telegram.whatsapp.numbers[house_whatsapp.PHONE_ID].messages
        return replace(message, id=known[first].id, edited=True)

    async def _places(self) -> dict[str, str]:
        """Find which message took the place of which."""
        rows = await self.house.rows(
            "SELECT message_id, edit_message FROM outbox"
            " WHERE chat = :chat AND edit_message IS NOT NULL AND message_id <> edit_message",
            chat=self.chat_id,
        )
        return {row.message_id: row.edit_message for row in rows}

    async def messages(self) -> list[Message]:
        """Return the bot's messages as they stand now; what another one took the place of does not."""
        found = await self.sim.messages(self.chat)
        seen = [
            Message.of(wire, 0, edited=wire["edited"]) for wire in found if wire["from"] == "bot"
        ]
        if self.channel == "telegram":
            return seen
        gone = set((await self._places()).values())
        return [await self._in_its_place(one) for one in seen if one.wamid not in gone]


async def a_person(
    house: House, name: str, phone: str | None = None, *, channel: Channel | None = None
) -> Person:
    """Somebody with a phone who has not opened the bot yet."""
    chat = next(_CHATS)
    number = phone or f"62812{chat:08d}"
    first, _, last = name.partition(" ")
    await house.sim.add_person(id=chat, first_name=first[:64], last_name=last[:64], phone=number)
    made = Person(house=house, chat=chat, name=name, phone=number, channel=channel or house.channel)
    house.people.append(made)
    return made


async def awaken(house: House, log: io.StringIO) -> None:
    """Let a service go on that stood still, its loop not running, while tests of other files ran.

    The server ends what is left open in a transaction for a minute; that the service was told so is no story's fault.
    """
    if time.monotonic() - house.looked_at > 30:
        await asyncio.sleep(1)
        log.seek(0)
        log.truncate()


async def check_house(house: House, log: str) -> None:
    """Look at what must hold after any story: of its people's chats, of its books, of the log."""
    house.looked_at = time.monotonic()
    for one in house.people:
        await _one_answer_each(house, one)
        for message in await one.messages():
            assert not message.is_card or _is_like_a_card(message), message
    await _books_are_sound(house)
    assert "turn.done" in log or not any(one.typed for one in house.people), "no log was kept"
    for level in ("warning", "error", "critical"):
        for line in log.splitlines():
            seen = json.loads(line)
            expected = seen["level"] != level or seen["event"] in house.allowed
            assert expected, line
    for one in house.people:
        sentences = [words for words in one.typed if " " in words.strip()]
        for private in (one.name, one.phone, one.phone[2:], *sentences):
            assert len(private) < 8 or private not in log, private


_SPEAKING = {
    "telegram": (
        "sendMessage",
        "sendPhoto",
        "sendDocument",
        "editMessageText",
        "editMessageReplyMarkup",
        "deleteMessage",
    ),
    "whatsapp": ("messages",),
}


async def _one_answer_each(house: House, one: Person) -> None:
    """Every update was answered by exactly one message of its own; nothing owed was left unsaid."""
    unsaid = "SELECT count(*) FROM outbox WHERE chat = :chat AND done_at IS NULL"
    async with asyncio.timeout(PATIENCE):
        while await house.value(unsaid, chat=one.chat_id):  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
    updates = await house.value(
        "SELECT count(*) FROM chat.updates WHERE chat = :chat", chat=one.chat_id
    )
    owed = await house.rows(
        "SELECT purpose, state, edit_message, message_id, dedupe FROM outbox WHERE chat = :chat",
        chat=one.chat_id,
    )
    replies = [row for row in owed if row.dedupe.startswith("reply/")]
    assert len(replies) == updates, (one.name, len(replies), updates)
    spoken = [
        entry
        for method in _SPEAKING[one.channel]
        for entry in await one.sim.log(method, chat_id=one.chat)
        if entry["status"] == 200
    ]
    said = [row for row in owed if row.state == "sent"]
    if one.channel == "whatsapp":  # Nothing is said where only buttons or a message would go.
        said = [row for row in said if row.message_id not in (None, "", row.edit_message)]
    assert len(spoken) == len(said), (one.name, len(spoken), len(said))


def _is_like_a_card(message: Message) -> bool:
    """A card's lines say what, who or which rows, how much and when."""
    starts = "Anggota: ", "1. ", "Berkas: ", "Transaksi: ", "Penerima: ", "Jumlah: "
    named = any(line.startswith(starts) for line in message.lines)
    return named and any(line.startswith("Tanggal: ") for line in message.lines)


async def _books_are_sound(house: House) -> None:
    for number in house.books:
        async with database.transaction(house.owner, koperasi_id=number) as db:
            found = await verify(db, number)
        assert found.finding is None, found
