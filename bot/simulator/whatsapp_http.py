"""The Cloud API over HTTP: versions free, bearer checked, faults in the way, Graph's errors out."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from bot.simulator import whatsapp_api as api
from bot.simulator import whatsapp_templates
from bot.simulator.call import Upload
from bot.simulator.faults import Fault, Kind
from bot.simulator.telegram_http import BAD_GATEWAY
from bot.simulator.whatsapp_delivery import Posting
from bot.simulator.whatsapp_errors import GraphRefused, answer
from bot.simulator.whatsapp_world import CHANNEL, Number, Whatsapp
from bot.simulator.world import Request

Json = dict[str, Any]
_VERSION = "/v{version:[0-9]+\\.[0-9]+}"
_ACCEPTED = frozenset({Kind.ACCEPT_THEN_DROP, Kind.ACCEPT_THEN_HANG})
_LOST = frozenset({Kind.HANG, Kind.DROP})


def routes(whatsapp: Whatsapp, posting: Posting) -> list[web.RouteDef]:
    """Return Graph's routes `/v{N}/{node}` and `/v{N}/{node}/{edge}`, and where media is downloaded."""
    graph = _Graph(whatsapp, posting)
    node, edge = f"{_VERSION}/{{node:[0-9]+}}", f"{_VERSION}/{{node:[0-9]+}}/{{edge:[a-z_]+}}"
    return [
        web.get(node, graph.answer, allow_head=False),
        web.post(node, graph.answer),
        web.post(node + "/", graph.answer),
        web.delete(node, graph.answer),
        web.get(edge, graph.answer, allow_head=False),
        web.post(edge, graph.answer),
        web.get("/whatsapp_business/attachments/", graph.download, allow_head=False),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request that was read: whose token it bears, its fields and file, the fault it met."""

    request: web.Request
    number: Number
    fields: Json
    file: Upload | None
    fault: Fault | None


Edge = Callable[[Ask], Awaitable[Any]]


class _Graph:
    def __init__(self, whatsapp: Whatsapp, posting: Posting) -> None:
        self._whatsapp = whatsapp
        self._posting = posting

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(request, self._find(request))

    async def download(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(request, ("download", self._download))

    async def _answered(self, request: web.Request, found: tuple[str, Edge]) -> web.StreamResponse:
        name, edge = found
        entry: Request | None = None
        fault: Fault | None = None
        try:
            number = self._bearer(request)
            fields, file = await _read(request)
            entry = self._log(number, name, fields, file)
            fault = self._whatsapp.faults.take(name, entry.chat_id)
            if fault is not None and fault.kind in _LOST:
                return await self._lost(request, entry, fault)
            if fault is not None and fault.kind is Kind.HTML502:
                entry.status = 502
                return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
            if fault is not None:
                _refuse(fault)
            ask = Ask(request=request, number=number, fields=fields, file=file, fault=fault)
            result = await edge(ask)
        except GraphRefused as refused:
            if entry is not None:
                entry.status = refused.status
            return web.json_response(answer(refused), status=refused.status)
        assert entry is not None
        if isinstance(result, dict):
            entry.result = result if self._whatsapp.world.keep_params else None
        if fault is not None and fault.kind in _ACCEPTED:
            return await self._lost(request, entry, fault)
        entry.status = 200
        return result if isinstance(result, web.StreamResponse) else web.json_response(result)

    def _bearer(self, request: web.Request) -> Number:
        written = request.headers.get("Authorization", "")
        token = written.removeprefix("Bearer ")
        numbers = self._whatsapp.numbers.values()
        number = next((n for n in numbers if n.token == token), None)
        if number is None or not written.startswith("Bearer "):
            raise GraphRefused(190)
        return number

    def _log(self, number: Number, name: str, fields: Mapping[str, Any], file: Upload | None) -> Request:  # fmt: skip
        entry = self._whatsapp.world.log(int(number.phone_id), name, CHANNEL)
        recipient = fields.get("to") or fields.get("recipient")
        person = self._whatsapp.person(str(recipient).lstrip("+")) if recipient else None
        entry.chat_id = person.id if person else None
        if self._whatsapp.world.keep_params:
            sizes = {"file": f"{file.name} ({len(file.data)} bytes)"} if file else {}
            entry.params = {**sizes, **fields}
        return entry

    async def _lost(self, request: web.Request, entry: Request, fault: Fault) -> web.Response:
        """Close the connection without an answer, at once or after the fault's seconds."""
        entry.status = fault.kind.value
        if fault.kind in {Kind.HANG, Kind.ACCEPT_THEN_HANG}:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._whatsapp.world.closing.wait(), fault.seconds)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _find(self, request: web.Request) -> tuple[str, Edge]:
        """Name what is asked, as faults and the log name it."""
        named = request.match_info.get("edge"), request.method
        edges: dict[tuple[str | None, str], tuple[str, Edge]] = {
            ("messages", "POST"): ("messages", self._messages),
            ("media", "POST"): ("media", self._media),
            ("message_templates", "GET"): ("templates", self._templates),
            ("message_templates", "POST"): ("template", self._template),
            (None, "GET"): ("node", self._node),
            (None, "POST"): ("webhook", self._webhook),
            (None, "DELETE"): ("delete", self._delete),
        }
        return edges.get(named, ("unknown", self._unknown))

    async def _messages(self, ask: Ask) -> Json:
        _own(ask.request, ask.number.phone_id)
        late = ask.fault.code if ask.fault and ask.fault.kind is Kind.LATE else None
        return api.send(self._whatsapp, ask.number, ask.fields, late)

    async def _media(self, ask: Ask) -> Json:
        _own(ask.request, ask.number.phone_id)
        return api.upload(self._whatsapp, ask.number, ask.fields, ask.file)

    async def _templates(self, ask: Ask) -> Json:
        _own(ask.request, ask.number.waba_id)
        return api.templates(ask.number, ask.request.query)

    async def _template(self, ask: Ask) -> Json:
        _own(ask.request, ask.number.waba_id)
        return whatsapp_templates.register(
            ask.number, ask.fields, approved=self._whatsapp.habits.approve
        )

    async def _node(self, ask: Ask) -> Json:
        node = ask.request.match_info["node"]
        if node == ask.number.phone_id:
            return api.described(ask.number)
        if node in ask.number.media:
            return api.media(self._whatsapp, ask.number, node, str(ask.request.url.origin()))
        for template in ask.number.templates.values():
            if template.id == node:
                return whatsapp_templates.listed(template)
        raise _no_object(node)

    async def _webhook(self, ask: Ask) -> Json:
        """Take another webhook for this number, once it answered its challenge."""
        _own(ask.request, ask.number.phone_id)
        asked = ask.fields.get("webhook_configuration") or {}
        url, token = asked.get("override_callback_uri"), asked.get("verify_token")
        if not url or not await self._posting.subscribe(ask.number, str(url), str(token)):
            raise GraphRefused(100, "The callback did not answer its challenge.", subcode=2200)
        return {"success": True}

    async def _delete(self, ask: Ask) -> Json:
        if ask.number.media.pop(ask.request.match_info["node"], None) is None:
            raise _no_object(ask.request.match_info["node"])
        return {"success": True}

    async def _download(self, ask: Ask) -> web.Response:
        file = ask.number.media.get(ask.request.query.get("mid", ""))
        if file is None or not api.is_link(self._whatsapp, ask.number, ask.request.query):
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=file.mime)

    async def _unknown(self, ask: Ask) -> Json:
        raise GraphRefused(100, f"Unsupported {ask.request.method.lower()} request.", subcode=33)


def _own(request: web.Request, node: str) -> None:
    if request.match_info["node"] != node:
        raise _no_object(request.match_info["node"])


def _no_object(node: str) -> GraphRefused:
    details = f"Object with ID '{node}' does not exist, or cannot be loaded for missing permissions"
    return GraphRefused(100, details, subcode=33)


def _refuse(fault: Fault) -> None:
    if fault.kind is Kind.STATUS:
        raise GraphRefused(2, "Service temporarily unavailable", status=fault.status)
    if fault.kind is Kind.GRAPH:
        raise GraphRefused(fault.code, f"injected {fault.code}")


async def _read(request: web.Request) -> tuple[Json, Upload | None]:
    if request.method == "GET":
        return dict(request.query), None
    if request.content_type == "multipart/form-data":
        fields: Json = {}
        file: Upload | None = None
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            if part.filename is None:
                fields[part.name] = bytes(await part.read(decode=True)).decode("utf-8", "replace")
            else:
                file = await Upload.read(part)
        return fields, file
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise GraphRefused(100, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise GraphRefused(100, "The body must be a JSON object.")
    return body, None
