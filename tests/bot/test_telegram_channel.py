"""Telegram's ear: who may call it, what it makes of an update, in which order chats are heard."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.channels import telegram
from bot.channels.telegram import LARGEST_FILE, Ear
from bot.simulator.client import Sim
from bot.simulator.server import Running, start
from bot.simulator.world import World
from bot.talk import FileWanted, Incoming

TOKEN = "42:AAH-secret_1"
SECRET = "a-secret"
CHAT = 1001


@dataclass(slots=True)
class Listener:
    """Where the ear brings what it heard; `trouble` is raised for an update as often as it says.

    With `wants` files are asked for, as a step does that waits for one.
    """

    heard: list[Incoming] = field(default_factory=list)
    trouble: dict[str, int] = field(default_factory=dict)
    pause: Callable[[Incoming], float] = lambda _incoming: 0.0
    wants: bool = False

    async def take(self, incoming: Incoming) -> None:
        await asyncio.sleep(self.pause(incoming))
        if self.trouble.get(incoming.update, 0) > 0:
            self.trouble[incoming.update] -= 1
            raise ConnectionError("the database is away")
        if self.wants and incoming.document is not None and incoming.document.is_unfetched:
            raise FileWanted
        self.heard.append(incoming)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    world = World(bots={TOKEN: "kopdes_bot"})
    world.limits.enforce = False
    served = await start(world)
    yield served
    await served.close()


@pytest.fixture
async def sim(running: Running) -> AsyncIterator[Sim]:
    async with Sim(running.url) as client:
        await client.add_person(id=CHAT, first_name="Siti", phone="628110001")
        yield client


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def ear(running: Running, listener: Listener) -> AsyncIterator[Ear]:
    async with aiohttp.ClientSession() as session:
        yield Ear(
            account="42",
            token=TOKEN,
            api_url=running.url,
            take_turn=listener.take,
            session=session,
            secret=SECRET,
        )


@pytest.fixture
async def hook(ear: Ear) -> AsyncIterator[str]:
    """The address of a web application that is nothing but the webhook."""

    async def answer(request: web.Request) -> web.Response:
        return await telegram.webhook(ear, request)

    app = web.Application()
    app.router.add_post("/telegram/webhook", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/webhook"
    await runner.cleanup()


async def post(hook: str, body: bytes | dict[str, Any] | list[Any], **headers: str) -> int:
    given = {"X-Telegram-Bot-Api-Secret-Token": SECRET} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    given = {name: value for name, value in given.items() if value}
    async with aiohttp.ClientSession() as session:
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        async with session.post(hook, headers=given, **sent) as answer:
            return answer.status


def a_message(update: int = 1, /, chat: int = CHAT, **more: Any) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Siti"}
    message = {
        "message_id": update,
        "date": 1_764_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "Siti"},
        "from": person,
        "text": "halo",
    }
    return {"update_id": update, "message": message | more}


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "ä", SECRET.upper()])
async def test_without_the_right_secret_nothing_is_heard(
    hook: str, listener: Listener, secret: str
) -> None:
    assert await post(hook, a_message(), X_Telegram_Bot_Api_Secret_Token=secret) == 401
    assert listener.heard == []


async def test_an_ear_without_a_secret_hears_nobody(
    hook: str, ear: Ear, listener: Listener
) -> None:
    ear.secret = None
    assert await post(hook, a_message(), X_Telegram_Bot_Api_Secret_Token="") == 401
    assert listener.heard == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"update_id=1", b"{'update_id': 1}"])
async def test_what_is_no_json_is_a_bad_request(hook: str, listener: Listener, body: bytes) -> None:
    assert await post(hook, body) == 400
    assert listener.heard == []


@pytest.mark.parametrize(
    "body",
    [
        [],
        [1],
        {},
        {"update_id": 1},
        {"update_id": "x", "message": {}},
        {"update_id": 1, "message": {"text": "halo"}},
        {"update_id": 1, "message": None},
        {"update_id": 1, "unheard_of": {"new": "kind"}},
        {"update_id": 1, "edited_message": a_message()["message"]},
        {"update_id": 1, "channel_post": a_message()["message"]},
        {
            "update_id": 1,
            "poll_answer": {"poll_id": "1", "option_ids": [], "option_persistent_ids": []},
        },
        {
            "update_id": 1,
            "inline_query": {
                "id": "1",
                "from": {"id": 1, "is_bot": False, "first_name": "S"},
                "query": "",
                "offset": "",
            },
        },
        a_message(chat=CHAT) | {"message": a_message()["message"] | {"chat": {"id": -100, "type": "group"}}},
        a_message(chat=CHAT) | {"message": a_message()["message"] | {"chat": {"id": -1001, "type": "supergroup", "title": "RT"}}},
        {
            "update_id": 1,
            "callback_query": {
                "id": "1",
                "from": {"id": CHAT, "is_bot": False, "first_name": "S"},
                "chat_instance": "1",
                "data": "m:menu",
            },
        },
    ],
    ids=lambda body: str(body)[:40],
)  # fmt: skip
async def test_what_is_no_update_of_a_private_chat_is_passed_over_for_good(
    hook: str, listener: Listener, body: Any
) -> None:
    """Anything but a 200 would bring it again and again."""
    assert await post(hook, body) == 200
    assert listener.heard == []


async def test_a_button_in_somebody_elses_chat_is_passed_over(
    hook: str, listener: Listener
) -> None:
    press = {
        "id": "9",
        "from": {"id": 2002, "is_bot": False, "first_name": "Lain"},
        "chat_instance": "1",
        "data": "k:x:save",
        "message": a_message()["message"],
    }
    assert await post(hook, {"update_id": 5, "callback_query": press}) == 200
    assert listener.heard == []
    assert await post(hook, {"update_id": 6, "callback_query": press | {"from": {"id": CHAT, "is_bot": False, "first_name": "Siti"}}}) == 200  # fmt: skip
    (pressed,) = listener.heard
    assert (pressed.button, pressed.message, pressed.callback) == ("k:x:save", "1", "9")
    assert pressed.chat.key == ("telegram", "42", str(CHAT))


async def test_a_text_comes_with_the_time_it_was_written_and_without_nul(
    hook: str, listener: Listener
) -> None:
    assert await post(hook, a_message(7, text="wajib \x00Siti")) == 200
    (incoming,) = listener.heard
    assert incoming.text == "wajib Siti"
    assert (incoming.update, int(incoming.at.timestamp())) == ("7", 1_764_000_000)


@pytest.mark.parametrize(
    ("user_id", "own"), [({"user_id": CHAT}, True), ({"user_id": 2002}, False), ({}, False)]
)
async def test_a_contact_is_the_own_one_only_when_telegram_says_so(
    hook: str, listener: Listener, user_id: dict[str, int], own: bool
) -> None:
    contact = {"phone_number": "628110001", "first_name": "Siti"} | user_id
    assert await post(hook, a_message(contact=contact, text=None)) == 200
    (incoming,) = listener.heard
    assert incoming.contact is not None
    assert (incoming.contact.own, incoming.contact.phone) == (own, "628110001")


async def test_a_turn_that_cannot_be_committed_is_a_500_and_heard_when_it_comes_again(
    hook: str, listener: Listener
) -> None:
    listener.trouble["1"] = 1
    assert await post(hook, a_message()) == 500
    assert await post(hook, a_message()) == 200
    assert [incoming.update for incoming in listener.heard] == ["1"]


async def test_one_chat_is_heard_in_order_and_chats_side_by_side(
    ear: Ear, listener: Listener
) -> None:
    pauses = {"1": 0.15}
    listener.pause = lambda incoming: pauses.get(incoming.update, 0.0)
    began = time.monotonic()
    first = asyncio.create_task(telegram.hear(ear, a_message(1)))
    await asyncio.sleep(0)
    others = [telegram.hear(ear, a_message(2)), telegram.hear(ear, a_message(3, chat=2002))]
    await asyncio.gather(first, *others)
    assert [incoming.update for incoming in listener.heard] == ["3", "1", "2"]
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("kind", ["voice", "sticker", "location", "dice"])
async def test_other_kinds_are_named_so_that_they_can_be_answered(
    ear: Ear, listener: Listener, kind: str
) -> None:
    bodies: dict[str, Any] = {
        "voice": {"file_id": "a", "file_unique_id": "b", "duration": 1},
        "location": {"latitude": 1.0, "longitude": 2.0},
        "dice": {"emoji": "🎲", "value": 3},
        "sticker": {
            "file_id": "a",
            "file_unique_id": "b",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        },
    }
    await telegram.hear(ear, a_message(1, CHAT, text=None, **{kind: bodies[kind]}))
    assert [incoming.other for incoming in listener.heard] == [kind]


def a_document(running: Running, name: str, content: bytes, **claims: Any) -> dict[str, Any]:
    """A document message; `claims` is what it says of itself, whatever it is."""
    world = running.world
    file = world.add_file(world.bots[TOKEN], name, "text/csv", content)
    document = {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_name": name,
        "file_size": len(content),
    }
    return a_message(text=None, document=document | claims)


async def test_a_file_that_a_step_wants_is_fetched_and_the_turn_is_taken_once_more(
    ear: Ear, running: Running, listener: Listener
) -> None:
    listener.wants = True
    await telegram.hear(ear, a_document(running, "anggota.CSV", b"nama\nSiti\n"))
    (incoming,) = listener.heard
    assert incoming.document is not None
    assert (incoming.document.content, incoming.document.problem) == (b"nama\nSiti\n", None)


@pytest.mark.parametrize("name", ["anggota.csv", "foto.heic", "virus.exe", ""])
async def test_a_file_that_nobody_wants_is_not_fetched_at_all(
    ear: Ear, running: Running, sim: Sim, listener: Listener, name: str
) -> None:
    await telegram.hear(ear, a_document(running, name, b"x" * 100))
    (incoming,) = listener.heard
    assert incoming.document is not None
    assert (incoming.document.name, incoming.document.is_unfetched) == (name, True)
    assert await sim.log("getFile") == []


async def test_of_a_photo_the_largest_size_is_fetched_that_is_small_enough(
    ear: Ear, running: Running, listener: Listener
) -> None:
    listener.wants = True
    bot = running.world.bots[TOKEN]
    sizes = []
    for width, content in ((90, b"thumb"), (1280, b"large"), (800, b"middle"), (5000, b"huge")):
        file = running.world.add_file(bot, "", "image/jpeg", content, (width, width))
        size = LARGEST_FILE + 1 if content == b"huge" else len(content)
        told = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": size}
        sizes.append(told | {"width": width, "height": width})
    await telegram.hear(ear, a_message(text=None, photo=sizes))
    (incoming,) = listener.heard
    assert incoming.document is not None
    assert (incoming.document.content, incoming.document.picture) == (b"large", True)
    assert incoming.document.name == "foto.jpg"


async def test_a_file_above_the_limit_is_not_fetched(
    ear: Ear, running: Running, sim: Sim, listener: Listener
) -> None:
    listener.wants = True
    await telegram.hear(ear, a_document(running, "a.csv", b"x", file_size=LARGEST_FILE + 1))
    (incoming,) = listener.heard
    assert incoming.document is not None
    assert (incoming.document.content, incoming.document.problem) == (None, "too-large")
    assert await sim.log("getFile") == []


@pytest.mark.parametrize("claims", [{"file_size": 10}, {"file_size": None}])
async def test_a_file_that_is_larger_than_it_says_is_not_kept(
    ear: Ear, running: Running, listener: Listener, claims: dict[str, Any]
) -> None:
    listener.wants = True
    body = io.BytesIO(b"x" * (LARGEST_FILE + 1)).getvalue()
    await telegram.hear(ear, a_document(running, "a.csv", body, **claims))
    (incoming,) = listener.heard
    assert incoming.document is not None
    assert (incoming.document.content, incoming.document.problem) == (None, "too-large")


async def test_a_file_of_exactly_the_limit_is_kept(
    ear: Ear, running: Running, listener: Listener
) -> None:
    listener.wants = True
    body = b"x" * LARGEST_FILE
    await telegram.hear(ear, a_document(running, "a.csv", body))
    assert listener.heard[0].document is not None
    assert len(listener.heard[0].document.content or b"") == LARGEST_FILE


@pytest.mark.parametrize("kind", ["status", "html502", "drop"])
async def test_a_file_that_cannot_be_fetched_does_not_hold_the_chat_up(
    ear: Ear, running: Running, sim: Sim, listener: Listener, kind: str
) -> None:
    listener.wants = True
    await sim.fault(kind, "getFile", times=1)
    await telegram.hear(ear, a_document(running, "a.csv", b"nama\nSiti\n"))
    (incoming,) = listener.heard
    assert incoming.document is not None
    assert (incoming.document.content, incoming.document.problem) == (None, "unreachable")


async def test_a_file_nobody_knows_is_unreachable(ear: Ear, listener: Listener) -> None:
    listener.wants = True
    document = {"file_id": "gone", "file_unique_id": "b", "file_name": "a.csv", "file_size": 1}
    await telegram.hear(ear, a_message(text=None, document=document))
    assert listener.heard[0].document is not None
    assert listener.heard[0].document.problem == "unreachable"


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)


async def test_polling_passes_an_update_only_after_its_turn_is_committed(
    ear: Ear, running: Running, sim: Sim, listener: Listener
) -> None:
    bot, stop = running.world.bots[TOKEN], asyncio.Event()
    first = (await sim.text(CHAT, "satu"))["update_id"]
    second = (await sim.text(CHAT, "dua"))["update_id"]
    listener.trouble[str(first)] = 2
    polling = asyncio.create_task(telegram.poll(ear, stop))
    await until(lambda: listener.trouble[str(first)] < 2)
    assert listener.heard == []
    assert {first, second} <= set(bot.pending), "not confirmed before the commit"
    await until(lambda: len(listener.heard) == 2)
    assert [incoming.text for incoming in listener.heard] == ["satu", "dua"]
    await until(lambda: not bot.pending)
    third = (await sim.text(CHAT, "tiga"))["update_id"]
    await until(lambda: len(listener.heard) == 3)
    await until(lambda: third not in bot.pending)
    stop.set()
    began = time.monotonic()
    await asyncio.wait_for(polling, 5)
    assert time.monotonic() - began < 2, "an idle poll is left at once"


async def test_polling_goes_on_after_telegram_failed(
    ear: Ear, sim: Sim, listener: Listener
) -> None:
    for kind in ("html502", "drop", "retry_after"):
        await sim.fault(kind, "getUpdates", times=1, retry_after=0)
    stop = asyncio.Event()
    await sim.text(CHAT, "halo")
    polling = asyncio.create_task(telegram.poll(ear, stop))
    await until(lambda: len(listener.heard) == 1)
    stop.set()
    await asyncio.wait_for(polling, 5)
