from __future__ import annotations

import asyncio

import pytest
import telegram
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot.simulator.client import Sim
from bot.simulator.errors import Refused
from bot.simulator.limits import Limits
from tests.simulator.conftest import SITI


async def test_a_server_error_and_a_gateway_page_send_nothing(sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    await sim.fault("status", "sendMessage", status=500)
    with pytest.raises(TelegramServerError):
        await aio.send_message(SITI, "x")
    await sim.fault("html502", "sendMessage")
    with pytest.raises(ClientDecodeError):
        await aio.send_message(SITI, "x")
    assert len(await sim.messages(SITI)) == 1
    await aio.send_message(SITI, "x")
    assert [entry["status"] for entry in await sim.log("sendMessage")] == [500, 502, 200]


@pytest.mark.parametrize(
    ("kind", "delivered"),
    [("drop", 0), ("accept_then_drop", 1), ("hang", 0), ("accept_then_hang", 1)],
)
async def test_a_lost_answer_says_nothing_about_the_message(sim: Sim, aio: Bot, kind, delivered):
    await sim.text(SITI, "halo")
    await sim.fault(kind, "sendMessage", seconds=0.1)
    with pytest.raises(TelegramNetworkError):
        await aio.send_message(SITI, "x")
    assert len(await sim.messages(SITI)) == 1 + delivered
    (entry,) = await sim.log("sendMessage")
    assert entry["status"] == kind


async def test_a_hang_outlasts_the_clients_patience(sim: Sim, ptb: telegram.Bot):
    await sim.text(SITI, "halo")
    await sim.fault("accept_then_hang", "sendMessage", seconds=20)
    with pytest.raises(telegram.error.TimedOut):
        await ptb.send_message(SITI, "x", read_timeout=0.1)
    assert (await sim.messages(SITI))[-1]["text"] == "x"


async def test_refusals_can_be_put_on_one_chat(sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    await sim.fault("blocked", chat_id=999)
    await sim.fault("blocked", "sendMessage", chat_id=SITI)
    with pytest.raises(TelegramForbiddenError):
        await aio.send_message(SITI, "x")
    await sim.fault("chat_not_found", "sendMessage", times=2)
    for _ in range(2):
        with pytest.raises(TelegramBadRequest, match="chat not found"):
            await aio.send_message(SITI, "x")
    await aio.send_message(SITI, "x")
    await sim.fault("blocked", times=None)
    for _ in range(3):
        with pytest.raises(TelegramForbiddenError):
            await aio.get_me()
    await sim.clear_faults()
    assert await aio.get_me()


async def test_after_one_429_every_send_waits(sim: Sim, aio: Bot, ptb: telegram.Bot, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    await sim.add_person(id=1002, first_name="Budi")
    await sim.text(SITI, "halo")
    await sim.text(1002, "halo")
    await sim.fault("retry_after", "sendMessage", retry_after=1)
    with pytest.raises(TelegramRetryAfter) as first:
        await aio.send_message(SITI, "x")
    assert first.value.retry_after == 1
    with pytest.raises(telegram.error.RetryAfter):
        await ptb.send_message(1002, "x")
    assert await aio.get_me()
    await asyncio.sleep(1.0)
    await aio.send_message(SITI, "x")
    assert (await sim.messages(SITI))[-1]["text"] == "x"


async def test_more_than_thirty_in_a_second_are_refused(sim: Sim, aio: Bot):
    for number in range(2001, 2033):
        await sim.add_person(id=number, first_name="Anggota")
        await sim.text(number, "halo")
    await sim.limits(enforce=True)
    for number in range(2001, 2031):
        await aio.send_message(number, "x")
    with pytest.raises(TelegramRetryAfter):
        await aio.send_message(2031, "x")
    assert [e["status"] for e in await sim.log("sendMessage")].count(200) == 30


def test_a_chat_takes_a_burst_and_a_group_twenty_a_minute():
    limits = Limits(per_second=1000, per_chat_burst=3)
    for _ in range(3):
        limits.check_send(1, 5)
    with pytest.raises(Refused) as refused:
        limits.check_send(1, 5)
    assert (refused.value.code, refused.value.retry_after) == (429, 3)
    with pytest.raises(Refused):
        limits.check_send(1, 6)
    limits.check_send(2, 6)
    limits.forget()
    for _ in range(20):
        limits.check_send(1, -1001)
    with pytest.raises(Refused):
        limits.check_send(1, -1001)


async def test_supergroups_have_their_own_ids(sim: Sim, aio: Bot):
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await aio.send_message(-1001234567890, "x")
    await sim._ask("POST", "/sim/groups", body={"id": -1001234567890, "title": "Pengurus"})
    sent = await aio.send_message(-1001234567890, "x")
    assert (sent.chat.type, sent.chat.title) == ("supergroup", "Pengurus")
    await sim.text(SITI, "halo semua", group=-1001234567890)
    (update,) = await aio.get_updates()
    assert update.message is not None
    assert update.message.from_user is not None
    assert (update.message.chat.id, update.message.from_user.id) == (-1001234567890, SITI)
