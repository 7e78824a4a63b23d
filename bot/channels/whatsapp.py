"""WhatsApp's ear: the challenge, signed webhooks, every message of a batch a turn, statuses by the same door."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import aiohttp
import structlog
from aiohttp import web

from bot.channels import whatsapp_wire
from bot.channels.whatsapp_wire import Body, Heard, Reader
from bot.talk import Document, FileWanted, Incoming
from notifications.statuses import Status, TemplateStatus

CHANNEL = whatsapp_wire.CHANNEL
META = "https://graph.facebook.com"
VERSION = "v25.0"
LARGEST_FILE = 5 * 1024 * 1024
_MEDIA_OF_META = (".fbsbx.com", ".facebook.com", ".whatsapp.net")
_AT_ONCE = 16  # senders of one batch that are heard side by side
_PATIENCE = aiohttp.ClientTimeout(total=30)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What WhatsApp tells that is no message: whom to bring it to."""

    statuses: Callable[[tuple[Status, ...]], Awaitable[None]]
    template: Callable[[TemplateStatus], Awaitable[None]]
    tier: Callable[[str], Awaitable[None]]
    number: Callable[[str], Awaitable[None]]  # ours, as people write to it


@dataclass(slots=True, kw_only=True)
class Ear:
    """What hearing one number needs. One sender is heard in order; senders are heard side by side."""

    reader: Reader
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    api_url: str
    session: aiohttp.ClientSession
    take_turn: Callable[[Incoming], Awaitable[None]]
    news: News
    _queues: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)


Answer = Callable[[Ear, web.Request], Awaitable[web.Response]]


async def challenge(ear: Ear, request: web.Request) -> web.Response:
    """Answer Meta's challenge when it knows the verify token: 403 when it does not."""
    asked = request.query
    given = asked.get("hub.verify_token", "")
    known = hmac.compare_digest(given.encode("utf-8", "replace"), ear.verify_token.encode())
    if not known or asked.get("hub.mode") != "subscribe":
        return web.Response(status=403)
    return web.Response(text=asked.get("hub.challenge", ""))


async def webhook(ear: Ear, request: web.Request) -> web.Response:
    """Hear what a call brought: 200 only after every turn's commit, 500 when one of them must come again.

    401 without a signature, 403 with a wrong one, 400 when it is no JSON.
    """
    raw = await request.read()
    given = request.headers.get("X-Hub-Signature-256")
    if not given:
        return web.Response(status=401)
    expected = "sha256=" + hmac.digest(ear.app_secret.encode(), raw, "sha256").hex()
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        return web.Response(status=403)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return web.Response(status=400)
    try:
        await hear(ear, whatsapp_wire.read(ear.reader, body))
    except Exception as error:  # noqa: BLE001 - whatever it was, the channel is to deliver it again
        log.warning("whatsapp.later", error=type(error).__name__)
        return web.Response(status=500)
    return web.Response()


async def hear(ear: Ear, body: Body) -> None:
    """Take the turns of a body, senders side by side, each one's messages in the order they were written.

    Raises the first error after everything else was done: what is delivered again is done once all the same.
    """
    if body.number:
        await ear.news.number(body.number)
    by_sender: dict[str, list[Heard]] = {}
    for one in sorted(body.heard, key=lambda heard: heard.incoming.at):
        by_sender.setdefault(_sender(one), []).append(one)
    room = asyncio.Semaphore(_AT_ONCE)
    parts: list[Coroutine[Any, Any, None]] = [
        _hear_one(ear, sender, heard, room) for sender, heard in by_sender.items()
    ]
    if body.statuses or body.templates or body.tiers:
        parts.append(_tell(ear.news, body))
    for done in await asyncio.gather(*parts, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done


def _sender(heard: Heard) -> str:
    return heard.incoming.phone or heard.incoming.user or ""


async def _tell(news: News, body: Body) -> None:
    if body.statuses:
        await news.statuses(body.statuses)
    for template in body.templates:
        await news.template(template)
    for tier in body.tiers:
        await news.tier(tier)


async def _hear_one(ear: Ear, sender: str, waiting: list[Heard], room: asyncio.Semaphore) -> None:
    """Hear one sender's messages in order; after one that must come again none is heard before it."""
    queue = ear._queues.setdefault(sender, asyncio.Lock())  # noqa: SLF001 - our own
    async with queue, room:
        for heard in waiting:
            try:
                await ear.take_turn(heard.incoming)
            except FileWanted:
                document = await _fetch(ear, heard)
                await ear.take_turn(replace(heard.incoming, document=document))


async def _fetch(ear: Ear, heard: Heard) -> Document:
    """Fetch the file that was sent, or say why it cannot be. The token goes to the channel's own hosts only."""
    document = heard.incoming.document
    assert document is not None
    bearer = {"Authorization": f"Bearer {ear.token}"}
    how: dict[str, Any] = {"headers": bearer, "timeout": _PATIENCE, "allow_redirects": False}
    try:
        async with ear.session.get(f"{ear.api_url}/{VERSION}/{heard.media}", **how) as answer:
            _require_ok(answer)
            found = await answer.json(content_type=None)
        if int(found.get("file_size") or 0) > LARGEST_FILE:
            return replace(document, size=int(found["file_size"]), problem="too-large")
        if not _is_theirs(ear.api_url, str(found["url"])):
            log.warning("whatsapp.file_elsewhere")
            return replace(document, problem="unreachable")
        async with ear.session.get(str(found["url"]), **how) as answer:
            _require_ok(answer)
            content = await _up_to(answer.content, LARGEST_FILE + 1)
    except (
        aiohttp.ClientError,
        TimeoutError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        log.warning("whatsapp.file", error=type(error).__name__)
        return replace(document, problem="unreachable")
    if len(content) > LARGEST_FILE:
        return replace(document, size=len(content), problem="too-large")
    return replace(document, size=len(content), content=content)


def _require_ok(answer: aiohttp.ClientResponse) -> None:
    if answer.status != 200:  # A redirection is not followed: the token would go along.
        raise aiohttp.ClientError(str(answer.status))


async def _up_to(stream: aiohttp.StreamReader, most: int) -> bytes:
    content = await stream.read(most)
    while len(content) < most and not stream.at_eof():
        content += await stream.read(most - len(content))
    return content


def _is_theirs(api_url: str, url: str) -> bool:
    """Say whether a file lies where the API itself is, or, at Meta, on one of its media hosts."""
    api, asked = urlsplit(api_url), urlsplit(url)
    if (asked.scheme, asked.netloc) == (api.scheme, api.netloc):
        return True
    return (
        api_url == META
        and asked.scheme == "https"
        and f".{asked.hostname}".endswith(_MEDIA_OF_META)
    )
