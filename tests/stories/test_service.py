"""The running service seen from outside: its addresses, its commands, what it asks of Telegram."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot import commands
from core.permissions import Role
from tests.builders import a_village
from tests.house import SECRET, TOKEN, House

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Toward Telegram only these are used (interface, HTTP).
METHODS = {
    "getMe",
    "getUpdates",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "getFile",
    "getChat",
    "setMyCommands",
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendChatAction",
    "editMessageText",
    "editMessageReplyMarkup",
    "deleteMessage",
    "answerCallbackQuery",
}


async def fetched(house: House, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(house.url + path) as answer:
        return answer.status, await answer.text()


async def test_it_is_alive_ready_and_measured(house: House) -> None:
    assert (await fetched(house, "/healthz"))[0] == 200
    assert (await fetched(house, "/readyz"))[0] == 200
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    status, measured = await fetched(house, "/metrics")
    assert status == 200
    assert "kopdes" in measured
    for private in (siti.name, siti.phone, siti.chat_id, TOKEN, SECRET):
        assert private not in measured


async def test_the_simulators_page_is_not_served_by_the_service_itself(house: House) -> None:
    for path in ("/", "/sim/people", "/page/chat.js"):
        assert (await fetched(house, path))[0] == 404


@pytest.mark.only("telegram", "it is about the Bot API")
async def test_commands_and_webhook_are_registered_before_it_is_ready(house: House) -> None:
    bot = house.world.bots[TOKEN]
    assert bot.webhook is not None
    assert bot.webhook.url == f"{house.url}/telegram/webhook"
    assert bot.webhook.secret == SECRET
    shown = (await house.sim.log("setMyCommands"))[-1]["params"]["commands"]
    for name, _ in commands.MENU:
        assert f'"{name}"' in str(shown).replace("'", '"')


@pytest.mark.only("telegram", "it is about the Bot API")
async def test_only_the_agreed_methods_are_asked_of_telegram(house: House) -> None:
    before = max((request.seq for request in house.world.requests), default=0)
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah")
    await hendra.says("wajib Siti 20rb")
    await hendra.presses("✅ Simpan")
    await siti.sees("Tercatat")
    await hendra.presses("Gambar bukti")
    await hendra.sends("anggota.csv", b"nama\nTini Kusuma\n")
    invite = await hendra.says("undang Siti")
    await hendra.presses("Lembar cetak", on=invite)
    asked = [request for request in house.world.requests if request.seq > before]
    assert {request.method for request in asked} <= METHODS


async def test_messages_written_at_once_are_answered_one_by_one_in_order(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Siti Aminah"])
    written = [
        await house.sim.text(rina.chat, words)
        for words in ("wajib Siti 20rb", "/batal", "wajib Siti 30rb")
    ]
    card, gone, last = [await rina._answer(done) for done in written]
    assert "Rp20.000" in card.text
    assert "Dibatalkan" in gone.text
    assert "Rp30.000" in last.text
    assert await village.entries() == 0


async def test_forty_people_at_once_are_all_answered(house: House) -> None:
    village = await a_village(house)
    everyone = await village.members(
        [f"Warga {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(40)]
    )
    codes = [await village.invite(one) for one in everyone]
    welcomes = await asyncio.gather(
        *(one.joins(code) for one, code in zip(everyone, codes, strict=True))
    )
    assert all("Terhubung" in welcome.text for welcome in welcomes)
    answers = await asyncio.gather(*(one.says("saldo") for one in everyone))
    assert all("Simpanan wajib" in answer.text for answer in answers)
