"""What there is, in memory: bots, people, chats, messages, files, updates, events, requests.

Nothing here speaks HTTP. Everything is bounded or keyed, so a bench may post for hours.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.simulator.faults import Faults
from bot.simulator.html import Entity
from bot.simulator.limits import Limits
from bot.simulator.markup import Rows

_TOKEN = re.compile(r"([1-9][0-9]{0,18}):([A-Za-z0-9_-]{1,256})")
KEPT_REQUESTS = 200_000
KEPT_EVENTS = 50_000
KEPT_UPDATES = 200_000
_STARTED_2023 = 1_700_000_000


@dataclass(slots=True, frozen=True, kw_only=True)
class Person:
    """Somebody with a phone: `phone` is digits from 62, `start` an invite code not yet used.

    With a `username` WhatsApp hides the phone from businesses; without `whatsapp` it reaches nobody.
    """

    id: int
    first_name: str
    last_name: str = ""
    phone: str = ""
    group: str = "Tamu"
    note: str = ""
    start: str | None = None
    username: str = ""
    whatsapp: bool = True


@dataclass(slots=True, frozen=True, kw_only=True)
class File:
    """Bytes that were sent once; `path` is what getFile tells, `width` is 0 for a document."""

    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes = field(repr=False)
    width: int = 0
    height: int = 0


@dataclass(slots=True, frozen=True, kw_only=True)
class Content:
    """What a message says; an edit puts another one in its place.

    `menu` is the button that opens a WhatsApp list, `template` the template that was sent.
    """

    kind: Literal["text", "photo", "document", "contact", "other"] = "text"
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Rows | None = None
    file: File | None = None
    contact: Mapping[str, Any] | None = None
    menu: str = ""
    template: str = ""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of a chat; `sender` is None when the bot wrote it; dates in unix seconds.

    On WhatsApp it has a `wamid`, `state` is how far it came, `tracker` what its statuses give back.
    """

    id: int
    chat: Chat
    sender: Person | None
    date: int
    content: Content
    edited: int | None = None
    deleted: bool = False
    wamid: str = ""
    state: str = ""
    tracker: str | None = None


@dataclass(slots=True, kw_only=True)
class Chat:
    """One bot's talk with a person, or a supergroup (negative id, `person` None).

    `heard` is when the person last wrote on WhatsApp, in unix seconds: the free window begins there.
    """

    id: int
    person: Person | None = None
    title: str = ""
    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None
    channel: str = "telegram"
    heard: float | None = None


@dataclass(slots=True, kw_only=True)
class Update:
    """One update of a bot; `body` is the wire form, `delivered` counts the attempts."""

    id: int
    chat_id: int
    body: dict[str, Any]
    delivered: int = 0
    status: int | str | None = None
    confirmed: bool = False


@dataclass(slots=True, frozen=True, kw_only=True)
class Webhook:
    """Where a bot wants its updates."""

    url: str
    secret: str = ""
    max_connections: int = 40


@dataclass(slots=True, kw_only=True)
class Callback:
    """A pressed button that waits for its answer; `at` is monotonic seconds."""

    person: Person
    chat: Chat
    at: float


@dataclass(slots=True, kw_only=True)
class Bot:
    """One bot account, with all that Telegram remembers for it."""

    id: int
    token: str
    username: str
    name: str
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    paths: dict[str, File] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    commands: dict[tuple[str, int, str], list[dict[str, str]]] = field(default_factory=dict)
    pending: dict[int, Update] = field(default_factory=dict)
    updates: dict[int, Update] = field(default_factory=dict)
    allowed: frozenset[str] | None = None
    webhook: Webhook | None = None
    last_error: tuple[int, str] | None = None
    poll: asyncio.Future[str] | None = None
    listens: bool = False
    # Both continue after a restart of the simulator, whose clients may remember older numbers.
    message_ids: Iterator[int] = field(
        default_factory=lambda: itertools.count(max(1, int(time.time()) - _STARTED_2023))
    )
    update_ids: Iterator[int] = field(
        default_factory=lambda: itertools.count(max(1, 10 * (int(time.time()) - _STARTED_2023)))
    )


@dataclass(slots=True, frozen=True, kw_only=True)
class Event:
    """Something a person sees; `content` is the message as it was then."""

    seq: int
    person: int | None
    kind: str
    message: Message | None = None
    content: Content | None = None
    extra: Mapping[str, Any] | None = None
    channel: str = "telegram"


@dataclass(slots=True, kw_only=True)
class Request:
    """One API request: `at` in unix seconds on a clock that never steps back; `bot` who sent it."""

    seq: int
    at: float
    method: str
    bot: int
    chat_id: int | None = None
    params: Mapping[str, Any] | None = None
    status: int | str | None = None
    result: Any = None
    channel: str = "telegram"


class World:
    """Everything the simulator knows; `bots` maps tokens to usernames and closes the list."""

    def __init__(self, *, bots: Mapping[str, str] | None = None) -> None:
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.limits = Limits()
        self.faults = Faults()
        self.events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self.requests: deque[Request] = deque(maxlen=KEPT_REQUESTS)
        self.keep_params = True
        self.callback_seconds = 60.0
        self.any_host = False
        self.closing = asyncio.Event()
        self.update_made: Callable[[Bot, Update], None] | None = None
        self.webhook_changed: Callable[[Bot], None] | None = None
        self._closed_list = bots is not None
        self._event_seq = itertools.count(1)
        self._request_seq = itertools.count(1)
        self._waiting: dict[int | None, list[asyncio.Future[None]]] = {}
        self._clock = time.time() - time.monotonic()
        for token, username in (bots or {}).items():
            if self._new_bot(token, username) is None:
                raise ValueError(f"not a bot token: {token!r}")

    def now(self) -> float:
        """Return unix seconds that never step back."""
        return self._clock + time.monotonic()

    def bot(self, token: str) -> Bot | None:
        """Return the bot of `token`; a new one is made unless the list was fixed."""
        return self.bots.get(token) or (None if self._closed_list else self._new_bot(token, ""))

    def _new_bot(self, token: str, username: str) -> Bot | None:
        found = _TOKEN.fullmatch(token)
        if found is None:
            return None
        number = int(found[1])
        name = username or f"simulasi_{number}_bot"
        self.bots[token] = Bot(id=number, token=token, username=name, name="Kopdes")
        return self.bots[token]

    def find_bot(self, number: int | None) -> Bot | None:
        """Return the bot with this id; None means the first that takes updates, else the first."""
        if number is not None:
            return next((bot for bot in self.bots.values() if bot.id == number), None)
        listening = (bot for bot in self.bots.values() if bot.listens)
        return next(listening, next(iter(self.bots.values()), None))

    def add_person(self, person: Person) -> Person:
        """Add or replace a person; their chats stay."""
        self.people[person.id] = person
        for bot in self.bots.values():
            if person.id in bot.chats:
                bot.chats[person.id].person = person
        return person

    def next_person_id(self) -> int:
        """Return an id nobody has, from 1001."""
        return max(1000, max(self.people, default=0)) + 1

    def remove_person(self, number: int) -> None:
        """Forget a person and what they wrote."""
        self.people.pop(number, None)
        for bot in self.bots.values():
            bot.chats.pop(number, None)

    def chat(self, bot: Bot, person: Person) -> Chat:
        """Return the private chat of a person with a bot, empty at first."""
        found = bot.chats.get(person.id)
        if found is None:
            found = bot.chats[person.id] = Chat(id=person.id, person=person)
        return found

    def add_message(self, bot: Bot, chat: Chat, sender: Person | None, content: Content, date: int | None = None) -> Message:  # fmt: skip
        """Put a message into a chat and tell who watches; `date` defaults to now."""
        message = Message(
            id=next(bot.message_ids),
            chat=chat,
            sender=sender,
            date=int(self.now()) if date is None else date,
            content=content,
        )
        chat.messages[message.id] = message
        self.emit("message", chat.id, message)
        return message

    def edit(self, message: Message, **changes: Any) -> None:
        """Replace parts of a message's content and tell who watches."""
        message.content = replace(message.content, **changes)
        message.edited = int(self.now())
        self.emit("edit", message.chat.id, message)

    def add_file(self, bot: Bot, name: str, mime: str, data: bytes, size: tuple[int, int] = (0, 0)) -> File:  # fmt: skip
        """Keep bytes under a new file_id; width and height only for a photo."""
        number = next(self._request_seq)
        folder = "photos" if size[0] else "documents"
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        suffix = re.sub(r"[^A-Za-z0-9]", "", suffix) or "bin"
        file = File(
            id=f"BQAC{bot.id:x}-{number:08x}",
            unique_id=f"AgAD{number:08x}",
            path=f"{folder}/file_{number}.{suffix}",
            name=name,
            mime=mime,
            data=data,
            width=size[0],
            height=size[1],
        )
        bot.files[file.id] = bot.paths[file.path] = file
        return file

    def add_update(
        self, bot: Bot, kind: str, chat_id: int, body: Mapping[str, Any]
    ) -> Update | None:
        """Make an update of `kind`; None when the bot did not ask for that kind."""
        if bot.allowed is not None and kind not in bot.allowed:
            return None
        number = next(bot.update_ids)
        update = Update(id=number, chat_id=chat_id, body={"update_id": number, kind: body})
        bot.pending[number] = bot.updates[number] = update
        if len(bot.updates) > KEPT_UPDATES:
            del bot.updates[next(iter(bot.updates))]
        if bot.poll is not None and not bot.poll.done():
            bot.poll.set_result("")
        if self.update_made is not None:
            self.update_made(bot, update)
        return update

    def emit(self, kind: str, person: int | None, message: Message | None = None, extra: Mapping[str, Any] | None = None, channel: str = "telegram") -> int:  # fmt: skip
        """Record an event for the page and the tests and wake who waits; return its number."""
        event = Event(
            seq=next(self._event_seq), person=person, kind=kind, extra=extra, channel=channel
        )
        if message is not None:
            event = replace(event, message=message, content=message.content, channel=message.chat.channel)  # fmt: skip
        self.events.append(event)
        if self._waiting:
            for key in (person, None) if person is not None else tuple(self._waiting):
                self._wake(key)
        return event.seq

    def events_after(self, seq: int, person: int | None = None, channel: str | None = None) -> list[Event]:  # fmt: skip
        """Return kept events later than `seq`, all or those of one person (and of everybody)."""
        if not self.events or self.events[-1].seq <= seq:
            return []
        newest: list[Event] = []
        for event in reversed(self.events):
            if event.seq <= seq:
                break
            if channel not in (None, event.channel):
                continue
            if person is None or event.person in (person, None):
                newest.append(event)
        newest.reverse()
        return newest

    async def wait_event(self, person: int | None, seconds: float) -> None:
        """Wait until something happens to this person (None: to anybody), at most `seconds`."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(person, []).append(waiter)
        if not self.closing.is_set():
            await asyncio.wait({waiter}, timeout=seconds)
        waiter.cancel()

    def close(self) -> None:
        """End every wait; the simulator stops."""
        self.closing.set()
        for key in list(self._waiting):
            self._wake(key)
        for bot in self.bots.values():
            if bot.poll is not None and not bot.poll.done():
                bot.poll.set_result("")

    def _wake(self, key: int | None) -> None:
        for waiter in self._waiting.pop(key, ()):
            if not waiter.done():
                waiter.set_result(None)

    def log(self, bot: int, method: str, channel: str = "telegram") -> Request:
        """Open a line of the request log; whoever answers fills in the rest."""
        entry = Request(
            seq=next(self._request_seq), at=self.now(), method=method, bot=bot, channel=channel
        )
        self.requests.append(entry)
        return entry

    def reset(self) -> None:
        """Forget chats, updates, log and faults; people, bots, webhooks and commands stay."""
        self.requests.clear()
        self.events.clear()
        self.faults.clear()
        self.limits.forget()
        for bot in self.bots.values():
            for kept in (bot.chats, bot.files, bot.paths, bot.callbacks, bot.pending, bot.updates):
                kept.clear()
            if self.webhook_changed is not None:
                self.webhook_changed(bot)
