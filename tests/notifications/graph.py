"""A small Graph server for the tests: takes messages and files over HTTP, answers as it is told, keeps what it got."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PHONE_ID = "106540352242922"
TOKEN = "EAAG-secret_1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered instead of taking a message: an error of Graph, another body, silence, a lost connection."""

    code: int | None = None
    status: int = 400
    body: str | None = None
    seconds: float = 0.0
    drop: bool = False
    takes: bool = False  # the message is taken all the same


@dataclass(slots=True, kw_only=True)
class Graph:
    """The server, seen from the test's side."""

    url: str = ""
    prefix: str = ""
    answers: deque[Answer] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)  # whatever was asked, taken or not
    taken: list[dict[str, Any]] = field(
        default_factory=list
    )  # messages, with the id each was given
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def last(self) -> dict[str, Any]:
        """Return the message taken last, without what every one has."""
        common = ("messaging_product", "recipient_type", "biz_opaque_callback_data", "id", "to", "recipient")  # fmt: skip
        return {name: value for name, value in self.taken[-1].items() if name not in common}

    def error(self, code: int, status: int = 400, times: int = 1, **more: Any) -> None:
        """Answer the next requests with an error."""
        self.answers.extend([Answer(code=code, status=status, **more)] * times)


async def messages(graph: Graph, request: web.Request) -> web.StreamResponse:
    """Take a message, or answer as told."""
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return _error(190, 401)
    payload = await request.json()
    graph.requests.append(payload)
    number = f"wamid.{next(graph.numbers)}"
    answer = graph.answers.popleft() if graph.answers else None
    if answer is None or answer.takes:
        graph.taken.append({**payload, "id": number})
    if answer is None:
        whom = payload.get("to") or payload["recipient"]
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": whom, "wa_id": whom}],
                "messages": [{"id": number}],
            }
        )
    return await _answered(request, answer)


async def _answered(request: web.Request, answer: Answer) -> web.StreamResponse:
    if answer.seconds:
        await asyncio.sleep(answer.seconds)
    if answer.drop:
        assert request.transport is not None
        request.transport.close()
    if answer.code is None:
        return web.Response(status=answer.status, text=answer.body or "", content_type="text/html")
    return _error(answer.code, answer.status)


async def media(graph: Graph, request: web.Request) -> web.StreamResponse:
    """Take a file."""
    form = await request.post()
    file = form["file"]
    assert isinstance(file, web.FileField)
    data = file.file.read()
    file.file.close()
    if graph.answers and graph.answers[0].takes is False:
        return await _answered(request, graph.answers.popleft())
    number = f"media{next(graph.numbers)}"
    graph.files[number] = {
        "name": file.filename,
        "mime": form["type"],
        "data": data,
        "product": form["messaging_product"],
    }
    return web.json_response({"id": number})


def _error(code: int, status: int) -> web.Response:
    said = {
        "message": f"(#{code}) refused",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": "as told"},
        "fbtrace_id": "A1",
    }
    return web.json_response({"error": said}, status=status)


async def start(graph: Graph) -> web.AppRunner:
    """Open the server on a free port."""
    app = web.Application(client_max_size=8 * 1024 * 1024)
    base = f"{graph.prefix}/v25.0/{PHONE_ID}"

    async def on_messages(request: web.Request) -> web.StreamResponse:
        return await messages(graph, request)

    async def on_media(request: web.Request) -> web.StreamResponse:
        return await media(graph, request)

    app.router.add_post(f"{base}/messages", on_messages)
    app.router.add_post(f"{base}/media", on_media)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    graph.url = f"http://127.0.0.1:{port}{graph.prefix}"
    return runner
