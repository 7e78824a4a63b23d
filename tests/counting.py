"""A Bot API that only counts: when each message came, by its own clock, and what it answered.

In a test's own process, or beside a benchmark: `python tests/counting.py PORT`, spoken to by lines of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs

_HTML = b"<html><h1>502 Bad Gateway</h1></html>"
_STATUS = {200: b"OK", 429: b"Too Many Requests", 502: b"Bad Gateway"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One request to say something."""

    at: float  # monotonic
    chat: int
    text: str
    status: int  # 0: no answer
    said: bool  # whether it reached the chat
    paid: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a plan makes of a request; `said` without a status: carried out, never answered."""

    status: int = 200
    said: bool = True
    retry_after: int = 0
    closes: bool = False  # the connection, without an answer


Plan = Callable[[int, str], Answer | None]  # chat, text; none: as usual


def most_within(times: Sequence[float], seconds: float) -> int:
    """Count the fullest window, its end excluded as a limiter counts."""
    ordered = sorted(times)
    return max((bisect_left(ordered, start + seconds) - n for n, start in enumerate(ordered)), default=0)  # fmt: skip


@dataclass(slots=True)
class Counting:
    """What came, in its order; a plan may spoil answers."""

    heard: list[Heard] = field(default_factory=list)
    plan: Plan | None = None
    port: int = 0
    numbers: int = 0
    latency: float = 0.0  # seconds until an answer leaves

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> list[Heard]:
        """What reached a chat."""
        return [one for one in self.heard if one.said]

    def take(self, method: str, fields: dict[str, list[str]], at: float) -> Answer:
        """Count a request; return what to answer."""
        if not method.startswith("send"):
            return Answer()
        chat, text = int(fields["chat_id"][0]), fields.get("text", [""])[0]
        answer = (self.plan and self.plan(chat, text)) or Answer()
        said = answer.said and answer.status in (0, 200)
        paid = fields.get("allow_paid_broadcast") == ["True"] or fields.get("allow_paid_broadcast") == ["true"]  # fmt: skip
        self.heard.append(Heard(at, chat, text, answer.status, said, paid))
        return answer

    def body(self, method: str, fields: dict[str, list[str]], answer: Answer) -> bytes:
        """Make the answer's JSON, or a gateway's HTML."""
        if answer.status == 502:
            return _HTML
        if answer.status == 429:
            told = {"retry_after": answer.retry_after}
            return json.dumps({"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": told}).encode()  # fmt: skip
        if method == "getMe":
            return b'{"ok":true,"result":{"id":42,"is_bot":true,"first_name":"b","username":"hitung_bot"}}'
        if "chat_id" not in fields:
            return b'{"ok":true,"result":true}'
        self.numbers += 1
        chat = fields["chat_id"][0]
        kind = "group" if chat.startswith("-") else "private"
        return (
            f'{{"ok":true,"result":{{"message_id":{self.numbers},"date":1,"chat":{{"id":{chat},'
            f'"type":"{kind}"}},"text":"-"}}}}'
        ).encode()


class _Connection(asyncio.Protocol):
    """Just enough HTTP/1.1: one request after another on a kept connection."""

    def __init__(self, counting: Counting) -> None:
        self.counting = counting
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none of its subclasses

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head = self.waiting[:end].decode()
            length = 0
            for line in head.split("\r\n")[1:]:
                name, _, value = line.partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            if len(self.waiting) < end + 4 + length:
                return
            body = self.waiting[end + 4 : end + 4 + length]
            self.waiting = self.waiting[end + 4 + length :]
            self._handle(head.split(" ", 2)[1].rpartition("/")[2], body)

    def _handle(self, method: str, body: bytes) -> None:
        fields = parse_qs(body.decode())
        answer = self.counting.take(method, fields, time.monotonic())
        if answer.closes:
            self.transport.close()
        elif answer.status:
            text = self.counting.body(method, fields, answer)
            head = b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (
                answer.status, _STATUS[answer.status], len(text),
            )  # fmt: skip
            if self.counting.latency:
                loop = asyncio.get_running_loop()
                loop.call_later(self.counting.latency, self._answer, head + text)
            else:
                self._answer(head + text)

    def _answer(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)


@asynccontextmanager
async def counting(port: int = 0) -> AsyncIterator[Counting]:
    """Serve for the length of the block."""
    made = Counting()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(made), "127.0.0.1", port
    )
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


async def _beside(port: int) -> None:
    async with counting(port) as made:
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            asked: dict[str, Any] = json.loads(line)
            if "retry_after" in asked:
                made.plan = _once(
                    made, Answer(status=429, said=False, retry_after=asked["retry_after"])
                )
            if asked.get("forget"):
                made.heard.clear()
            heard = [(one.at, one.chat, one.status) for one in made.heard]
            print(json.dumps(heard if asked.get("tell") else len(heard)), flush=True)


def _once(made: Counting, answer: Answer) -> Plan:
    def plan(_chat: int, _text: str) -> Answer | None:
        made.plan = None
        return answer

    return plan


if __name__ == "__main__":
    import uvloop

    uvloop.run(_beside(int(sys.argv[1])))
