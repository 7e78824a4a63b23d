"""What teremok refuses in aiogram's name, the simulator refuses on the wire, and what it takes, too."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageText, SendDocument, SendMessage, TelegramMethod
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from teremok.validation import ApiRuleViolation, validate_method

from bot.simulator.client import Sim
from tests.simulator.conftest import SITI


def keyed(**button) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Ya", **button)]])


def said(text: str, **rest) -> SendMessage:
    return SendMessage(chat_id=SITI, text=text, **rest)


def html(text: str) -> SendMessage:
    return said(text, parse_mode="HTML")


CASES: list[tuple[str, TelegramMethod[Any], str | None]] = [
    ("longest text", said("a" * 4096), None),
    ("text too long", said("a" * 4097), "message is too long"),
    ("longest text of emoji", said("😀" * 2048), None),
    ("emoji count twice", said("😀" * 2049), "message is too long"),
    ("empty text", said(""), "message text is empty"),
    ("longest data", said("x", reply_markup=keyed(callback_data="d" * 64)), None),
    ("data too long", said("x", reply_markup=keyed(callback_data="d" * 65)), "BUTTON_DATA_INVALID"),
    ("data too long in bytes", said("x", reply_markup=keyed(callback_data="é" * 33)), "BUTTON_DATA_INVALID"),
    ("button that does nothing", said("x", reply_markup=keyed()), "can't parse inline keyboard button"),
    ("button that does two things", said("x", reply_markup=keyed(callback_data="a", url="https://a.id")), "can't parse inline keyboard button"),
    ("button with a link", said("x", reply_markup=keyed(url="https://a.id")), None),
    ("good markup", html("<b>a</b> <i>b</i> <u>c</u> <s>d</s> <code>e</code> <pre>f</pre>"), None),
    ("nested markup", html('<b><i>a</i></b> <a href="https://a.id">b</a> <tg-spoiler>c</tg-spoiler>'), None),
    ("references", html("&lt;&gt;&amp;&quot;&#39;&#x27;"), None),
    ("quote", html("<blockquote>a</blockquote><blockquote expandable>b</blockquote>"), None),
    ("not closed", html("<b>a"), "can't parse entities"),
    ("crossed", html("<b><i>a</b></i>"), "can't parse entities"),
    ("never opened", html("a</b>"), "can't parse entities"),
    ("unknown tag", html("<h1>a</h1>"), "can't parse entities"),
    ("line break tag", html("a<br>b"), "can't parse entities"),
    ("bare less-than", html("1 < 2"), "can't parse entities"),
    ("bare ampersand", html("Toko A & B"), "can't parse entities"),
    ("foreign reference", html("a&nbsp;b"), "can't parse entities"),
    ("foreign attribute", html('<b class="x">a</b>'), "can't parse entities"),
    ("link without address", html("<a>b</a>"), "can't parse entities"),
    ("value without quotes", html("<a href=https://a.id>b</a>"), "can't parse entities"),
    ("span that is no spoiler", html('<span class="x">a</span>'), "can't parse entities"),
    ("comment", html("<!-- a -->b"), "can't parse entities"),
    ("entity out of the text", said("abc", entities=[MessageEntity(type="bold", offset=2, length=2)]), "can't parse entities"),
    ("entity in the text", said("abc", entities=[MessageEntity(type="bold", offset=1, length=2)]), None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "reason"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
async def test_the_simulator_agrees_with_teremok(sim: Sim, aio: Bot, method, reason):
    await sim.text(SITI, "halo")
    if reason is None:
        validate_method(aio, method)
        await aio(method)
        return
    with pytest.raises(ApiRuleViolation):
        validate_method(aio, method)
    with pytest.raises(TelegramBadRequest, match=reason):
        await aio(method)


async def test_edits_and_captions_obey_the_same_rules(sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    sent = await aio.send_message(SITI, "x")
    methods: tuple[TelegramMethod[Any], ...] = (
        EditMessageText(chat_id=SITI, message_id=sent.message_id, text="a" * 4097),
        EditMessageText(chat_id=SITI, message_id=sent.message_id, text="<b>", parse_mode="HTML"),
        SendDocument(chat_id=SITI, document="id", caption="a" * 1025),
        SendDocument(chat_id=SITI, document="id", caption="<b>", parse_mode="HTML"),
    )
    for method in methods:
        with pytest.raises(ApiRuleViolation):
            validate_method(aio, method)
        with pytest.raises(TelegramBadRequest, match=r"too long|can't parse entities"):
            await aio(method)


async def test_length_counts_after_parsing(sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    sent = await aio.send_message(SITI, f"<b>{'a' * 4090}</b>&amp;", parse_mode="HTML")
    assert len(sent.text or "") == 4091
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await aio.send_message(SITI, " \n ")
