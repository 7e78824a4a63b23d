"""Telegram, WhatsApp and their people, in a process of their own: minimal APIs and posters that wait for their answers.

Speaks lines of JSON on stdin and stdout: a round asked for, its figures.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import uvloop
from aiohttp import web

_PATIENCE = 15.0  # seconds for one answer
_MEMBERS_FROM = (
    10_000  # chats of members; a treasurer's is 10,000 above the member of the same cooperative
)


@dataclass(slots=True)
class Far:
    """Who waits for what, and how much was said to whom."""

    session: aiohttp.ClientSession
    url: str = ""
    secret: str = ""
    app_secret: str = ""  # of WhatsApp; empty: Telegram
    waiting: dict[str, asyncio.Future[dict[str, str]]] = field(default_factory=dict)
    receipts: int = 0  # messages nobody waits for
    mixed: int = 0  # entries of a mixed day so far
    telling: set[asyncio.Task[None]] = field(default_factory=set)  # statuses on their way
    said: asyncio.Condition = field(default_factory=asyncio.Condition)
    numbers: Any = field(default_factory=lambda: itertools.count(time.time_ns() // 1_000_000))


async def bot_api(far: Far, request: web.Request) -> web.Response:
    """Answer a Bot API call as Telegram would; whoever waits for a message is told of it."""
    method = request.match_info["method"]
    result: Any = True
    if method == "getMe":
        token = request.match_info["token"]
        result = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "b",
            "username": "bench_bot",
        }
    elif method in ("sendMessage", "editMessageText"):
        said = await _said(request)
        number = int(said.get("message_id") or next(far.numbers))
        chat = said["chat_id"]
        result = {
            "message_id": number,
            "date": int(time.time()),
            "chat": _chat(int(chat)),
            "text": said["text"],
        }
        await _heard(far, chat, said | {"message_id": str(number)})
    return web.json_response({"ok": True, "result": result})


async def _heard(far: Far, chat: str, said: dict[str, str]) -> None:
    waiting = far.waiting.pop(chat, None)
    if waiting is None:
        async with far.said:
            far.receipts += 1
            far.said.notify_all()
    elif not waiting.done():
        waiting.set_result(said)


async def cloud_api(far: Far, request: web.Request) -> web.Response:
    """Answer a message as WhatsApp would, and tell its statuses in one webhook."""
    body = await request.json()
    wamid = f"wamid.out{next(far.numbers)}"
    held = body[body["type"]]
    text = held["body"]
    buttons: list[dict[str, str]] = []
    if body["type"] == "interactive":
        text, action = text["text"], held["action"]
        rows = [one["reply"] for one in action.get("buttons", ())]
        rows += [row for section in action.get("sections", ()) for row in section["rows"]]
        buttons = [{"callback_data": row["id"]} for row in rows]
    said = {
        "text": text,
        "message_id": wamid,
        "reply_markup": json.dumps({"inline_keyboard": [buttons]}),
    }
    at, tracker = str(int(time.time())), body["biz_opaque_callback_data"]
    steps = [
        {
            "id": wamid, "status": state, "timestamp": at, "recipient_id": body["to"],
            "biz_opaque_callback_data": tracker,
        }
        for state in ("sent", "delivered")
    ]  # fmt: skip
    far.telling.add(task := asyncio.create_task(_post(far, {"statuses": steps})))
    task.add_done_callback(far.telling.discard)
    await _heard(far, str(int(body["to"][5:])), said)
    contact = {"input": body["to"], "wa_id": body["to"]}
    return web.json_response(
        {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}
    )


async def _post(far: Far, value: dict[str, Any]) -> None:
    """Post a signed webhook."""
    metadata = {"display_phone_number": "628110000000", "phone_number_id": "106540352242922"}
    changes = [{"field": "messages", "value": {"metadata": metadata, **value}}]
    raw = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]})  # fmt: skip
    signed = hmac.new(far.app_secret.encode(), raw.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signed}", "Content-Type": "application/json"}
    async with far.session.post(far.url, data=raw, headers=headers) as response:
        assert response.status == 200, response.status


def _of_whatsapp(far: Far, chat: int, update: dict[str, Any]) -> dict[str, Any]:
    """Turn an update into the value of a webhook."""
    phone, at = f"62812{chat:08d}", str(int(time.time()))
    message: dict[str, Any] = {"from": phone, "id": f"wamid.in{next(far.numbers)}", "timestamp": at}
    if "message" in update:
        message |= {"type": "text", "text": {"body": update["message"]["text"]}}
    else:
        pressed = update["callback_query"]
        reply = {"id": pressed["data"], "title": "-"}
        message |= {
            "type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply},
            "context": {"from": "628110000000", "id": pressed["message"]["message_id"]},
        }  # fmt: skip
    contact = {"profile": {"name": "P"}, "wa_id": phone}
    return {"contacts": [contact], "messages": [message]}


async def _said(request: web.Request) -> dict[str, str]:
    if request.content_type == "multipart/form-data":  # aiogram's way
        return {name: str(value) for name, value in (await request.post()).items()}
    return dict(parse_qsl((await request.read()).decode()))


def _chat(number: int) -> dict[str, Any]:
    return {"id": number, "type": "private", "first_name": "P"}


async def _turn(far: Far, chat: int, update: dict[str, Any]) -> tuple[dict[str, str], float]:
    """Post an update; return the answer that came and the seconds until it and the 200 were there."""
    answer = asyncio.get_running_loop().create_future()
    far.waiting[str(chat)] = answer
    headers = {"X-Telegram-Bot-Api-Secret-Token": far.secret}
    begun = time.perf_counter()
    body = {"update_id": next(far.numbers)} | update
    async with asyncio.timeout(_PATIENCE):
        if far.app_secret:
            await _post(far, _of_whatsapp(far, chat, update))
            return await answer, time.perf_counter() - begun
        async with far.session.post(far.url, json=body, headers=headers) as response:
            assert response.status == 200, response.status
        said = await answer
    return said, time.perf_counter() - begun


def _text(far: Far, chat: int, text: str) -> dict[str, Any]:
    sender = {"id": chat, "is_bot": False, "first_name": "P"}
    return {
        "message": {
            "message_id": next(far.numbers), "date": int(time.time()), "chat": _chat(chat),
            "from": sender, "text": text,
        }
    }  # fmt: skip


async def _ask(far: Far, number: int) -> list[float]:
    chat = _MEMBERS_FROM + number
    _, seconds = await _turn(far, chat, _text(far, chat, "saldo saya"))
    return [seconds]


async def _deposit(far: Far, number: int) -> list[float]:
    return await _recorded(far, number, "setor sukarela Budi Aminah {}rb")


async def _mixed(far: Far, number: int) -> list[float]:
    words = _DAY[far.mixed % len(_DAY)]
    far.mixed += 1
    return await _recorded(far, number, words)


async def _recorded(far: Far, number: int, words: str) -> list[float]:
    """Say what is to be recorded and press its ✅."""
    chat = 2 * _MEMBERS_FROM + number
    words = words.format(random.randint(10, 99))
    card, first = await _turn(far, chat, _text(far, chat, words))
    buttons = json.loads(card["reply_markup"])["inline_keyboard"]
    save = next(
        b["callback_data"] for row in buttons for b in row if b["callback_data"].endswith(":save")
    )
    pressed = {
        "callback_query": {
            "id": str(next(far.numbers)), "chat_instance": "1", "data": save,
            "from": {"id": chat, "is_bot": False, "first_name": "P"},
            "message": {
                "message_id": card["message_id"] if far.app_secret else int(card["message_id"]), "date": int(time.time()), "chat": _chat(chat),
                "text": "-",
            },
        }
    }  # fmt: skip
    receipt, second = await _turn(far, chat, pressed)
    assert "Menunggu" not in receipt["text"], receipt
    assert (
        "No." in receipt["text"] or "BKM" in receipt["text"] or "kode" in receipt["text"].lower()
    ), receipt
    return [first, second]


_KINDS = {"balance": _ask, "deposit": _deposit, "day": _mixed}
# What an office records in a day, in the order of a day; Budi has a chat and gets his receipts there.
_TOLD = "Budi Aminah"
_DAY = (
    "wajib Budi Aminah 20rb",
    "setor sukarela Budi Aminah {}rb",
    "jual beras 1 kg 15rb",
    "bayar listrik {}rb",
    "angsuran Siti Santoso {}rb",
    "tarik sukarela Budi Aminah {}rb",
    "kulakan beras 2 kg {}rb",
    "setor ke bank BRI {}rb",
)


async def play(far: Far, asked: dict[str, Any]) -> dict[str, Any]:
    """Let so many posters take turns for so long; what they owe others (receipts) is waited for too."""
    far.url, far.secret = asked["url"], asked["secret"]
    far.app_secret = asked.get("app_secret", "")
    took: list[float] = []
    far.receipts, work = 0, _KINDS[asked["kind"]]
    begun = time.perf_counter()
    until, most = begun + asked["seconds"], asked.get("turns", sys.maxsize)
    far.mixed = 0

    async def poster(chats: list[int]) -> None:
        for number in itertools.cycle(chats):
            if time.perf_counter() > until or len(took) >= most:
                return
            took.extend(await work(far, number))

    chats = list(range(1, asked["chats"] + 1))
    async with asyncio.TaskGroup() as group:
        for number in range(asked["posters"]):
            group.create_task(poster(chats[number :: asked["posters"]]))
    owed = len(took) // 2 if asked["kind"] == "deposit" else 0
    told = [words for words in _DAY if _TOLD in words]
    owed += sum(_DAY[n % len(_DAY)] in told for n in range(far.mixed))
    async with asyncio.timeout(_PATIENCE), far.said:
        await far.said.wait_for(lambda: far.receipts >= owed)
    return {"took": took, "seconds": time.perf_counter() - begun}


async def main() -> None:
    """Serve the Bot API and play rounds until stdin ends."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        far = Far(session=session)
        app = web.Application()

        async def call(request: web.Request) -> web.Response:
            return await bot_api(far, request)

        async def send(request: web.Request) -> web.Response:
            return await cloud_api(far, request)

        app.router.add_post("/bot{token}/{method}", call)
        app.router.add_post("/{version}/{phone}/messages", send)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(await play(far, json.loads(line))), flush=True)
        await runner.cleanup()


uvloop.run(main())
