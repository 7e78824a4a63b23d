"""Telegram's ear: updates by webhook or by our own long polling, each an Incoming, in order per chat."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import structlog
from aiogram.enums import ContentType
from aiogram.types import Document as SentDocument
from aiogram.types import Message, PhotoSize, Update
from aiohttp import web
from pydantic import ValidationError

from bot.talk import Chat, Contact, Document, FileWanted, Incoming

CHANNEL = "telegram"
LARGEST_FILE = 5 * 1024 * 1024
_PHOTO = "foto.jpg"  # Telegram makes every photo one, without a name
_POLL = 25  # seconds a getUpdates call waits
_AT_ONCE = 16  # chats of one batch that are handled side by side
_BACKOFF = 5.0  # seconds at most between tries

log = structlog.get_logger()

TakeTurn = Callable[[Incoming], Awaitable[None]]


@dataclass(slots=True)
class Ear:
    """What hearing one bot needs. One chat is heard in order; chats are heard side by side."""

    account: str
    token: str = field(repr=False)
    api_url: str
    take_turn: TakeTurn
    session: aiohttp.ClientSession
    secret: str | None = field(repr=False, default=None)
    _queues: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def url(self, method: str) -> str:
        """Return the address of a Bot API method."""
        return f"{self.api_url}/bot{self.token}/{method}"


async def webhook(ear: Ear, request: web.Request) -> web.Response:
    """Hear one update; 200 only after its turn's commit, 500 when the database is out of reach."""
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not ear.secret or not hmac.compare_digest(given.encode(), ear.secret.encode()):
        return web.Response(status=401)
    try:
        raw = await request.json()
    except ValueError:
        return web.Response(status=400)
    try:
        await hear(ear, raw)
    except Exception as error:  # noqa: BLE001 - whatever it was, the channel is to deliver it again
        log.warning("telegram.later", error=type(error).__name__)
        return web.Response(status=500)
    return web.Response()


async def hear(ear: Ear, raw: Any) -> None:
    """Take the turn of one update. What is no update of ours is passed over, never delivered again."""
    try:
        update = Update.model_validate(raw)
    except ValidationError:
        log.warning("telegram.unreadable")
        return
    incoming = read(ear, update)
    if incoming is None:
        return
    queue = ear._queues.setdefault(incoming.chat.id, asyncio.Lock())  # noqa: SLF001 - our own, a line above
    async with queue:
        try:
            await ear.take_turn(incoming)
        except FileWanted:
            assert update.message is not None
            document = await _fetch(ear, update.message)
            await ear.take_turn(replace(incoming, document=document))


def read(ear: Ear, update: Update) -> Incoming | None:
    """Translate an update of a private chat; groups and other kinds are none of ours."""
    now = datetime.now(UTC)
    if (pressed := update.callback_query) is not None:
        message = pressed.message
        if message is None or message.chat.id != pressed.from_user.id:
            return None
        return Incoming(
            chat=Chat(channel=CHANNEL, account=ear.account, id=str(pressed.from_user.id)),
            update=str(update.update_id),
            at=now,
            button=pressed.data or "",
            message=str(message.message_id),
            callback=pressed.id,
        )
    message = update.message
    if message is None or message.chat.type != "private" or message.from_user is None:
        return None
    return _of_message(ear, update.update_id, message)


def _of_message(ear: Ear, update_id: int, message: Message) -> Incoming:
    assert message.from_user is not None
    contact = None
    if message.contact is not None:
        own = message.contact.user_id == message.from_user.id
        contact = Contact(phone=message.contact.phone_number, own=own)
    document = _document(message)
    text = message.text
    other = None if text or contact or document else ContentType(message.content_type).value
    return Incoming(
        chat=Chat(channel=CHANNEL, account=ear.account, id=str(message.chat.id)),
        update=str(update_id),
        at=message.date,
        text=text.replace("\x00", "") if text else None,
        text_message=str(message.message_id) if text else None,
        contact=contact,
        document=document,
        other=other,
    )


def _sent(message: Message) -> SentDocument | PhotoSize | None:
    """Find the file of a message; of a photo the largest that is small enough."""
    if not message.photo:
        return message.document
    fitting = [one for one in message.photo if (one.file_size or 0) <= LARGEST_FILE]
    return max(fitting or message.photo, key=lambda one: one.width * one.height)


def _document(message: Message) -> Document | None:
    """Describe the file that was sent; one that is too large is never fetched."""
    sent = _sent(message)
    if sent is None:
        return None
    picture, size = isinstance(sent, PhotoSize), sent.file_size or 0
    name = _PHOTO if isinstance(sent, PhotoSize) else sent.file_name or ""
    problem = "too-large" if size > LARGEST_FILE else None
    caption = (message.caption or "").replace("\x00", "")
    return Document(name=name, size=size, problem=problem, picture=picture, caption=caption)


async def _fetch(ear: Ear, message: Message) -> Document:
    """Fetch the file that was sent, or say why it cannot be."""
    sent, document = _sent(message), _document(message)
    assert sent is not None
    assert document is not None
    try:
        async with ear.session.post(ear.url("getFile"), data={"file_id": sent.file_id}) as answer:
            found = await answer.json()
        path = found["result"]["file_path"]
        address = f"{ear.api_url}/file/bot{ear.token}/{path}"
        async with ear.session.get(address) as answer:
            answer.raise_for_status()
            content = await answer.content.read(LARGEST_FILE + 1)
            while len(content) <= LARGEST_FILE and not answer.content.at_eof():
                content += await answer.content.read(LARGEST_FILE + 1 - len(content))
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        log.warning("telegram.file", error=type(error).__name__)
        return replace(document, problem="unreachable")
    if len(content) > LARGEST_FILE:
        return replace(document, size=len(content), problem="too-large")
    return replace(document, size=len(content), content=content)


async def poll(ear: Ear, stop: asyncio.Event) -> None:
    """Ask for updates until told to stop; the offset passes an update only after its turn's commit."""
    offset, pause = 0, 0.2
    while not stop.is_set():
        try:
            updates = await _updates(ear, offset, stop)
            if updates:
                await _hear_all(ear, updates, stop)
                offset = max(int(update["update_id"]) for update in updates) + 1
            pause = 0.2
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - polling outlives whatever the network brings
            log.warning("telegram.poll", error=type(error).__name__)
            await _rest(stop, pause)
            pause = min(pause * 2, _BACKOFF)


async def _updates(ear: Ear, offset: int, stop: asyncio.Event) -> list[dict[str, Any]]:
    """Wait for updates; none when told to stop meanwhile: what was not confirmed comes again."""
    asking = asyncio.create_task(_ask(ear, offset))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        found = await asking if asking.done() else None
    finally:
        for task in (asking, stopping):
            task.cancel()
        await asyncio.gather(asking, stopping, return_exceptions=True)
    if found is None:
        return []
    if not found.get("ok"):
        wait = found.get("parameters", {}).get("retry_after", 1)
        log.warning("telegram.refused", status=found.get("error_code"))
        await _rest(stop, min(float(wait), 60))
        return []
    return [update for update in found["result"] if isinstance(update.get("update_id"), int)]


async def _ask(ear: Ear, offset: int) -> dict[str, Any]:
    asked = {
        "offset": offset,
        "timeout": _POLL,
        "allowed_updates": ["message", "callback_query", "my_chat_member"],
    }
    limit = aiohttp.ClientTimeout(total=_POLL + 15)
    async with ear.session.post(ear.url("getUpdates"), json=asked, timeout=limit) as answer:
        found: dict[str, Any] = await answer.json()
    return found


async def _hear_all(ear: Ear, updates: list[dict[str, Any]], stop: asyncio.Event) -> None:
    """Hear a batch: chats side by side, one chat in order; what cannot be committed is tried again."""
    by_chat: dict[Any, list[dict[str, Any]]] = {}
    for update in updates:
        by_chat.setdefault(_chat_of(update), []).append(update)
    room = asyncio.Semaphore(_AT_ONCE)

    async def one_chat(waiting: list[dict[str, Any]]) -> None:
        async with room:
            for update in waiting:
                await _until_heard(ear, update, stop)

    async with asyncio.TaskGroup() as group:
        for waiting in by_chat.values():
            group.create_task(one_chat(waiting))


async def _until_heard(ear: Ear, update: dict[str, Any], stop: asyncio.Event) -> None:
    pause = 0.2
    while True:
        try:
            await hear(ear, update)
        except Exception as error:
            if stop.is_set():
                raise
            log.warning("telegram.again", error=type(error).__name__)
            await _rest(stop, pause)
            pause = min(pause * 2, _BACKOFF)
        else:
            return


def _chat_of(update: dict[str, Any]) -> Any:
    message = update.get("message") or (update.get("callback_query") or {}).get("message") or {}
    return message.get("chat", {}).get("id") if isinstance(message, dict) else None


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
