from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiogram import Bot
from aiohttp import web

from bot.simulator.client import Sim
from tests.simulator.conftest import SITI, Hook

BUDI = 1002


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is awaited has no event
            await asyncio.sleep(0.01)


async def listening(sim: Sim, aio: Bot, hook: Hook) -> None:
    await aio.set_webhook(hook.url, secret_token="rahasia-1")
    await sim.delivery(first=0.02, longest=0.1)


async def test_updates_carry_the_secret_and_rise(sim: Sim, aio: Bot, hook: Hook):
    await listening(sim, aio, hook)
    told = [await sim.text(SITI, text) for text in ("satu", "dua", "tiga")]
    await until(lambda: len(hook.got) == 3)
    assert {secret for _, secret in hook.got} == {"rahasia-1"}
    assert hook.ids == [t["update_id"] for t in told] == sorted(hook.ids)
    assert (await aio.get_webhook_info()).pending_update_count == 0


async def test_what_was_written_before_the_webhook_is_delivered(sim: Sim, aio: Bot, hook: Hook):
    await sim.text(SITI, "lebih dulu")
    await listening(sim, aio, hook)
    await until(lambda: hook.texts == ["lebih dulu"])
    await aio.delete_webhook()
    await sim.text(SITI, "belakangan")
    await aio.set_webhook(hook.url, drop_pending_updates=True)
    await sim.text(SITI, "terakhir")
    await until(lambda: len(hook.got) == 2)
    assert hook.texts == ["lebih dulu", "terakhir"]


async def test_a_failed_update_comes_again_before_the_next_of_its_chat(
    sim: Sim, aio: Bot, hook: Hook
):
    hook.answers = [web.Response(status=500), "drop", web.Response(status=401)]
    await listening(sim, aio, hook)
    await sim.text(SITI, "satu")
    await sim.text(SITI, "dua")
    await until(lambda: len(hook.got) == 5)
    assert hook.texts == ["satu"] * 4 + ["dua"]
    assert len(set(hook.ids)) == 2
    info = await aio.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 401 Unauthorized"
    first, second = await sim.updates()
    assert (first["delivered"], second["delivered"]) == (
        {"times": 4, "status": 200},
        {"times": 1, "status": 200},
    )


async def test_a_webhook_that_is_down_gets_everything_later(sim: Sim, aio: Bot, hook: Hook):
    await aio.set_webhook("http://127.0.0.1:1/hook")
    await sim.delivery(first=0.02, longest=0.05)
    await sim.text(SITI, "satu")
    await asyncio.sleep(0.1)
    info = await aio.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")
    await aio.set_webhook(hook.url)
    await until(lambda: hook.texts == ["satu"])


async def test_one_chat_is_served_in_order_while_others_go_on(sim: Sim, aio: Bot):
    running: dict[int, int] = {}
    order: list[str] = []
    most = 0
    slow = asyncio.Event()

    async def take(request: web.Request) -> web.Response:
        nonlocal most
        message = (await request.json())["message"]
        chat = message["chat"]["id"]
        running[chat] = running.get(chat, 0) + 1
        most = max(most, running[chat])
        if message["text"] == "lambat":
            await slow.wait()
        order.append(message["text"])
        running[chat] -= 1
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await aio.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await sim.add_person(id=BUDI, first_name="Budi")
    for text in ("lambat", "a", "b"):
        await sim.text(SITI, text)
    await sim.text(BUDI, "cepat")
    await until(lambda: order == ["cepat"])
    slow.set()
    await until(lambda: len(order) == 4)
    assert (order, most) == (["cepat", "lambat", "a", "b"], 1)
    await runner.cleanup()


async def test_a_webhook_that_never_answers_is_given_up_and_tried_again(
    sim: Sim, aio: Bot, hook: Hook
):
    await listening(sim, aio, hook)
    await sim.delivery(timeout=0.1)
    hook.answers = ["hang"]
    await sim.text(SITI, "satu")
    await until(lambda: hook.texts == ["satu", "satu"])
    info = await aio.get_webhook_info()
    assert info.last_error_message == "Read timeout expired"


async def test_a_method_in_the_webhook_answer_is_carried_out(sim: Sim, aio: Bot, hook: Hook):
    body = {"method": "sendMessage", "chat_id": SITI, "text": "Halo juga"}
    hook.answers = [web.json_response(body)]
    await listening(sim, aio, hook)
    await sim.text(SITI, "halo")
    assert (await sim.wait_reply(SITI))["text"] == "Halo juga"
    (entry,) = await sim.log("sendMessage")
    assert entry["status"] == 200


async def test_an_update_can_be_posted_again_at_once_and_together(sim: Sim, aio: Bot, hook: Hook):
    await listening(sim, aio, hook)
    told = await sim.text(SITI, "satu")
    await until(lambda: len(hook.got) == 1)
    done = await sim.redeliver(told["update_id"], 5, concurrent=True)
    assert (done["posted"], done["taken"], hook.ids) == (5, 5, [told["update_id"]] * 6)
    (update,) = await sim.updates()
    assert update["delivered"]["times"] == 6
