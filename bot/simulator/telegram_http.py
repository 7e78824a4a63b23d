"""The Bot API over HTTP: bodies in, faults in the way, answers out."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from bot.simulator.call import Call, Upload
from bot.simulator.errors import Refused, bad, forbidden, too_many
from bot.simulator.faults import Fault, Kind
from bot.simulator.telegram_api import METHODS, NAMES
from bot.simulator.world import Bot, Request, World

BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n"
    "</body>\r\n</html>\r\n"
)
_KINDS_THAT_LOSE_THE_ANSWER = frozenset({Kind.ACCEPT_THEN_DROP, Kind.ACCEPT_THEN_HANG})
_KINDS_THAT_LOSE_THE_REQUEST = frozenset({Kind.HANG, Kind.DROP})


def routes(world: World) -> list[web.RouteDef]:
    """Return the routes `/bot{token}/{method}` and `/file/bot{token}/{path}`."""

    async def method(request: web.Request) -> web.StreamResponse:
        return await _answer(world, request)

    async def download(request: web.Request) -> web.StreamResponse:
        bot = world.bot(request.match_info["token"])
        if bot is None:
            return _refusal(Refused(401, "Unauthorized"))
        file = bot.paths.get(request.match_info["path"])
        if file is None:
            return _refusal(Refused(404, "Not Found"))
        return web.Response(body=file.data, content_type="application/octet-stream")

    return [
        web.get("/bot{token:[^/{}]+}/{method:[^/{}]+}", method, allow_head=False),
        web.post("/bot{token:[^/{}]+}/{method:[^/{}]+}", method),
        web.get("/file/bot{token:[^/{}]+}/{path:.+}", download),
    ]


async def _answer(world: World, request: web.Request) -> web.StreamResponse:
    bot = world.bot(request.match_info["token"])
    if bot is None:
        return _refusal(Refused(401, "Unauthorized"))
    try:
        params, files = await _read(request)
    except Refused as refused:
        return _refusal(refused)
    written = request.match_info["method"]
    name = NAMES.get(written.lower(), written)
    entry = world.log(bot.id, name)
    _describe(world, entry, params, files)
    fault = world.faults.take(name, entry.chat_id) if world.faults.waiting else None
    if fault is not None and fault.kind in _KINDS_THAT_LOSE_THE_REQUEST:
        return await _lost(world, request, entry, fault)
    if fault is not None and fault.kind is Kind.HTML502:
        entry.status = 502
        return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
    try:
        if fault is not None:
            _refuse(world, bot, fault)
        result = await _run(Call(world=world, bot=bot, params=params, files=files), name)
    except Refused as refused:
        entry.status = refused.code
        return _refusal(refused)
    entry.result = result if world.keep_params else None
    if fault is not None and fault.kind in _KINDS_THAT_LOSE_THE_ANSWER:
        return await _lost(world, request, entry, fault)
    entry.status = 200
    return _json({"ok": True, "result": result})


async def _run(call: Call, name: str) -> Any:
    method = METHODS.get(name)
    if method is None:
        raise Refused(404, "Not Found")
    result = method(call)
    return await result if inspect.isawaitable(result) else result


async def execute(world: World, bot: Bot, written: str, params: dict[str, Any]) -> None:
    """Carry out a method a webhook put into its answer; its result is seen by nobody but the log."""
    name = NAMES.get(written.lower(), written)
    entry = world.log(bot.id, name)
    _describe(world, entry, params, {})
    try:
        result = await _run(Call(world=world, bot=bot, params=params, files={}), name)
    except Refused as refused:
        entry.status = refused.code
        return
    entry.status = 200
    entry.result = result if world.keep_params else None


def _describe(world: World, entry: Request, params: Mapping[str, Any], files: Mapping[str, Upload]) -> None:  # fmt: skip
    try:
        entry.chat_id = int(params["chat_id"])
    except (KeyError, TypeError, ValueError):
        entry.chat_id = None
    if world.keep_params:
        sizes = {name: f"{part.name} ({len(part.data)} bytes)" for name, part in files.items()}
        entry.params = {**sizes, **params} if sizes else params


async def _read(request: web.Request) -> tuple[Mapping[str, Any], Mapping[str, Upload]]:
    if request.method == "GET":
        return dict(request.query), {}
    kind = request.content_type
    if kind == "multipart/form-data":
        params, files = await _read_parts(request)
    elif kind == "application/json":
        raw = await request.read()
        try:
            params = json.loads(raw) if raw else {}
        except ValueError:
            raise bad("can't parse JSON object") from None
        if not isinstance(params, dict):
            raise bad("can't parse JSON object: expected an Object")
        files = {}
    else:
        text = (await request.read()).decode("utf-8", "replace")
        params, files = dict(parse_qsl(text, keep_blank_values=True)), {}
    return {**request.query, **params} if request.query_string else params, files


async def _read_parts(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    params: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename is None:
            params[part.name] = bytes(await part.read(decode=True)).decode("utf-8", "replace")
        else:
            files[part.name] = await Upload.read(part)
    return params, files


def _refuse(world: World, bot: Bot, fault: Fault) -> None:
    match fault.kind:
        case Kind.STATUS:
            raise Refused(fault.status, "Internal Server Error")
        case Kind.BLOCKED:
            raise forbidden("bot was blocked by the user")
        case Kind.CHAT_NOT_FOUND:
            raise bad("chat not found")
        case Kind.RETRY_AFTER:
            world.limits.pause(bot.id, fault.retry_after)
            raise too_many(fault.retry_after)


async def _lost(world: World, request: web.Request, entry: Request, fault: Fault) -> web.Response:
    """Close the connection without an answer, at once or after the fault's seconds."""
    entry.status = fault.kind.value
    if fault.kind in {Kind.HANG, Kind.ACCEPT_THEN_HANG}:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(world.closing.wait(), fault.seconds)
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _json(body: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(body).encode(), status=status, content_type="application/json"
    )


def _refusal(refused: Refused) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refused.code,
        "description": refused.description,
    }
    if refused.retry_after is not None:
        body["parameters"] = {"retry_after": refused.retry_after}
    return _json(body, refused.code)
