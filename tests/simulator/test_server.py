from __future__ import annotations

import json
import time
from typing import Any

import aiohttp
import pytest
from aiogram import Bot

from bot.simulator.client import Sim, SimError
from bot.simulator.server import NotLoopback, Running, is_loopback, start
from bot.simulator.world import World
from tests.simulator.conftest import SITI, TOKEN


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.7", "example.invalid"])
async def test_the_simulator_refuses_to_listen_beyond_this_machine(host):
    with pytest.raises(NotLoopback):
        await start(World(), host)


async def test_it_listens_elsewhere_only_when_told_so():
    served = await start(World(), "0.0.0.0", allow_any_host=True)
    await served.close()
    assert is_loopback("localhost")
    assert is_loopback("127.0.0.2")


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
async def test_pages_from_elsewhere_cannot_reach_the_control_api(running: Running, headers):
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{running.url}/sim/people", headers=headers) as answer:
            assert answer.status == 403
        async with http.get(f"{running.url}/sim/people", headers={"Origin": running.url}) as answer:
            assert answer.status == 200


async def test_a_fixed_list_of_bots_knows_no_other():
    served = await start(World(bots={TOKEN: "kopdes_bot"}))
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{served.url}/bot{TOKEN}/getMe") as answer:
            assert (await answer.json())["result"]["username"] == "kopdes_bot"
        async with http.get(f"{served.url}/bot7:B/getMe") as answer:
            assert answer.status == 401
    await served.close()


async def test_people_come_and_go(sim: Sim):
    made = await sim.add_person(
        first_name="Budi", phone="+62 811-2", group="Pengurus", start="KODE"
    )
    assert (made["id"], made["phone"], made["start"]) == (SITI + 1, "628112", "KODE")
    assert len(await sim.people()) == 2
    await sim._ask("DELETE", f"/sim/people/{made['id']}")
    with pytest.raises(SimError, match="no person"):
        await sim.chat(made["id"])
    with pytest.raises(SimError, match="no bot"):
        await sim.text(SITI, "halo")


async def test_what_a_person_sees_streams_in_order(running: Running, sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    sent = await aio.send_message(SITI, "<b>a</b>", parse_mode="HTML")
    await aio.edit_message_text("b", chat_id=SITI, message_id=sent.message_id)
    await aio.delete_message(SITI, sent.message_id)
    lines: list[dict[str, Any]] = []
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{running.url}/sim/events?after=1") as feed,
    ):
        async for line in feed.content:
            if line.startswith(b"data: "):
                lines.append(json.loads(line[6:]))
            if len(lines) == 3:
                break
    assert [(e["kind"], e["message"]["html"]) for e in lines] == [
        ("message", "<b>a</b>"),
        ("edit", "b"),
        ("delete", "b"),
    ]
    assert [e["message"]["edited"] for e in lines] == [False, True, False]
    assert [e["seq"] for e in await sim.events(lines[0]["seq"])] == [e["seq"] for e in lines[1:]]
    assert (await sim.messages(SITI))[-1]["deleted"] is True


async def test_the_next_reply_is_found_even_when_it_comes_later(sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    with pytest.raises(TimeoutError):
        await sim.wait_reply(SITI, timeout=0.05)
    sent = await aio.send_message(SITI, "satu")
    await aio.edit_message_text("dua", chat_id=SITI, message_id=sent.message_id)
    assert [(await sim.wait_reply(SITI))["text"] for _ in range(2)] == ["satu", "dua"]


async def test_the_log_keeps_every_request_in_order(sim: Sim, aio: Bot):
    before = time.time()
    await sim.text(SITI, "halo")
    await aio.send_message(SITI, "satu")
    await sim.keep_params(on=False)
    await aio.send_message(SITI, "dua")
    first, second = await sim.log("sendMessage", chat_id=SITI)
    assert (first["params"]["text"], first["result"]["text"], second["params"]) == (
        "satu",
        "satu",
        None,
    )
    assert before - 1 < first["at"] <= second["at"] < time.time() + 1
    assert await sim.log("sendMessage", after=second["seq"]) == []


async def test_a_reset_leaves_people_and_nothing_said(sim: Sim, aio: Bot):
    told = await sim.text(SITI, "halo")
    await sim.fault("blocked")
    await sim.reset()
    assert (await sim.messages(SITI), await sim.updates(), await sim.log()) == ([], [], [])
    assert len(await sim.people()) == 1
    assert await aio.get_updates() == []
    assert (await sim.text(SITI, "lagi"))["update_id"] > told["update_id"]


async def test_bad_control_requests_say_what_is_wrong(running: Running, sim: Sim, aio: Bot):
    for path, body, reason in (
        (f"/sim/chats/{SITI}/text", {}, "missing: text"),
        (f"/sim/chats/{SITI}/text", {"text": " "}, "an empty text cannot be sent"),
        (f"/sim/chats/{SITI}/press", {"message_id": 1, "data": "x"}, "no message 1 of the bot"),
        ("/sim/faults", {"kind": "x"}, "'x' is not a valid Kind"),
        ("/sim/limits", {"x": 1}, "unknown limit: x"),
        ("/sim/redeliver", {"update_id": 1}, "no update 1"),
    ):
        with pytest.raises(SimError, match=reason):
            await sim._ask("POST", path, body=body)


async def test_downloads_from_a_bot_never_run_as_a_page(running: Running, sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    await sim.file(SITI, "jahat.html", b"<script>1</script>", mime="text/html")
    url = (await sim.messages(SITI))[-1]["file"]["url"]
    async with aiohttp.ClientSession() as http, http.get(running.url + url) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == b"<script>1</script>"
