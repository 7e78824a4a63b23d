"""aiogram and python-telegram-bot, as they come, against every method the product uses."""

from __future__ import annotations

import asyncio
import io
import time

import aiohttp
import pytest
import telegram
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNotFound,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.simulator.client import Sim, SimError
from tests.simulator.conftest import SITI, TOKEN, a_png

PAY = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="✅ Simpan", callback_data="ok:1")]]
)


async def test_a_token_is_a_bot_of_its_own_and_a_malformed_one_is_unauthorized(running, aio: Bot):
    me = await aio.get_me()
    assert (me.id, me.is_bot) == (42, True)
    async with aiohttp.ClientSession() as http:
        for token, status in (("7:B", 200), ("abc", 401), ("0:x", 401), ("7", 401)):
            async with http.get(f"{running.url}/bot{token}/getMe") as answer:
                assert answer.status == status
                body = await answer.json()
                assert body["ok"] is (status == 200)
        async with http.post(f"{running.url}/bot{TOKEN}/GETME", json={}) as answer:
            assert (await answer.json())["result"]["id"] == 42


async def test_aiogram_polls_sends_edits_and_deletes(sim: Sim, aio: Bot):
    told = await sim.text(SITI, "/start ABC", date=1_760_000_000)
    (update,) = await aio.get_updates(timeout=0)
    assert update.update_id == told["update_id"]
    assert update.message is not None
    assert update.message.from_user is not None
    assert (update.message.text, update.message.chat.id, update.message.from_user.id) == (
        "/start ABC",
        SITI,
        SITI,
    )
    assert update.message.date.timestamp() == 1_760_000_000
    assert update.message.entities is not None
    assert update.message.entities[0].type == "bot_command"
    assert await aio.get_updates(offset=update.update_id + 1, timeout=0) == []

    sent = await aio.send_message(
        SITI, "<b>Saldo</b> Rp50.000", parse_mode="HTML", reply_markup=PAY
    )
    assert (sent.text, sent.html_text) == ("Saldo Rp50.000", "<b>Saldo</b> Rp50.000")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await aio.edit_message_text(
            "<b>Saldo</b> Rp50.000",
            chat_id=SITI,
            message_id=sent.message_id,
            parse_mode="HTML",
            reply_markup=PAY,
        )
    edited = await aio.edit_message_text("Tercatat", chat_id=SITI, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("Tercatat", None)
    assert edited.edit_date is not None
    await aio.edit_message_reply_markup(chat_id=SITI, message_id=sent.message_id, reply_markup=PAY)
    assert await aio.delete_message(SITI, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await aio.edit_message_text("x", chat_id=SITI, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await aio.delete_message(SITI, sent.message_id)
    own = update.message.message_id
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await aio.edit_message_text("x", chat_id=SITI, message_id=own)


async def test_aiogram_answers_buttons_once_they_are_pressed(sim: Sim, aio: Bot):
    await sim.text(SITI, "setor")
    sent = await aio.send_message(SITI, "Benar?", reply_markup=PAY)
    await sim.press(SITI, "Simpan")
    *_, update = await aio.get_updates()
    query = update.callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.from_user.id, query.message.message_id) == (
        "ok:1",
        SITI,
        sent.message_id,
    )
    assert query.message.model_dump()["text"] == "Benar?"
    assert await aio.answer_callback_query(query.id, text="Dicatat")
    assert (await sim.events())[-1]["answer"] == {"text": "Dicatat", "alert": False}
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await aio.answer_callback_query("123")


async def test_a_callback_that_waited_too_long_is_refused(running, sim: Sim, aio: Bot):
    await sim.text(SITI, "x")
    await aio.send_message(SITI, "Benar?", reply_markup=PAY)
    await sim.press(SITI, "ok:1")
    *_, update = await aio.get_updates()
    assert update.callback_query is not None
    running.world.callback_seconds = 0.0
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await aio.answer_callback_query(update.callback_query.id)


async def test_foreign_buttons_are_pressed_only_by_forging(sim: Sim, aio: Bot):
    await sim.add_person(id=1002, first_name="Budi")
    await sim.text(SITI, "x")
    sent = await aio.send_message(SITI, "Benar?", reply_markup=PAY)
    with pytest.raises(SimError):
        await sim.press(1002, "Simpan")
    await sim.press(1002, "ok:1", sent.message_id, forge=True)
    *_, update = await aio.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.from_user.id == 1002
    assert update.callback_query.message is not None
    assert update.callback_query.message.chat.id == SITI


async def test_keyboards_contacts_and_commands_reach_the_person(sim: Sim, aio: Bot):
    await sim.text(SITI, "/start")
    ask = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Bagikan", request_contact=True)]])
    await aio.send_message(SITI, "Nomor Anda?", reply_markup=ask)
    assert (await sim.chat(SITI))["keyboard"]["keyboard"][0][0]["request_contact"] is True
    await sim.contact(SITI)
    await sim.contact(SITI, phone="628999", user_id=5)
    _, own, other = await aio.get_updates()
    assert own.message is not None
    assert own.message.contact is not None
    assert (own.message.contact.user_id, own.message.contact.phone_number) == (SITI, "628110001")
    assert other.message is not None
    assert other.message.contact is not None
    assert other.message.contact.user_id == 5
    await aio.send_message(SITI, "Terima kasih", reply_markup=ReplyKeyboardRemove())
    commands = [BotCommand(command="saldo", description="Lihat saldo")]
    await aio.set_my_commands(commands, scope=BotCommandScopeChat(chat_id=SITI))
    chat = await sim.chat(SITI)
    assert chat["keyboard"] is None
    assert chat["commands"] == [{"command": "saldo", "description": "Lihat saldo"}]
    assert [m["contact"]["own"] for m in chat["messages"] if m["contact"]] == [True, False]
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await aio.set_my_commands([BotCommand(command="Saldo!", description="x")])
    assert await aio.send_chat_action(SITI, "typing")
    assert (await aio.get_chat(SITI)).first_name == "Siti"


async def test_aiogram_sends_files_and_fetches_what_a_person_sent(sim: Sim, aio: Bot):
    await sim.text(SITI, "laporan")
    sent = await aio.send_document(
        SITI, BufferedInputFile(b"%PDF-1", "neraca.pdf"), caption="<b>Neraca</b>", parse_mode="HTML"
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == (
        "neraca.pdf",
        6,
        "Neraca",
    )
    again = await aio.send_document(SITI, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == sent.document.file_unique_id
    photo = await aio.send_photo(SITI, BufferedInputFile(a_png(), "struk.png"), caption="Struk")
    assert photo.photo is not None
    assert (photo.photo[-1].width, photo.photo[-1].height) == (8, 6)
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await aio.send_photo(SITI, BufferedInputFile(b"bukan gambar", "x.png"))
    with pytest.raises(TelegramBadRequest, match="wrong remote file identifier"):
        await aio.send_document(SITI, "tidak-ada")
    await sim.file(SITI, "anggota.csv", b"nama\nSari\n", caption="Daftar")
    await sim.file(SITI, "ktp.png", a_png())
    *_, listed, picture = await aio.get_updates()
    assert listed.message is not None
    assert listed.message.document is not None
    assert (listed.message.caption, listed.message.document.mime_type) == ("Daftar", "text/csv")
    got = io.BytesIO()
    await aio.download(listed.message.document, got)
    assert got.getvalue() == b"nama\nSari\n"
    assert picture.message is not None
    assert picture.message.photo
    shown = await sim.messages(SITI)
    assert shown[1]["file"]["name"] == "neraca.pdf"
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await aio.get_file("tidak-ada")


async def test_telegram_bot_sends_edits_and_answers(sim: Sim, ptb: telegram.Bot):
    await sim.text(SITI, "halo")
    (update,) = await ptb.get_updates()
    assert update.message is not None
    assert (update.message.text, update.message.date.tzinfo is not None) == ("halo", True)
    assert abs(update.message.date.timestamp() - time.time()) < 5
    markup = telegram.InlineKeyboardMarkup(
        [[telegram.InlineKeyboardButton("✅ Simpan", callback_data="ok")]]
    )
    sent = await ptb.send_message(SITI, "<i>Benar?</i>", parse_mode="HTML", reply_markup=markup)
    assert (sent.text_html, sent.chat.type, sent.reply_markup) == (
        "<i>Benar?</i>",
        "private",
        markup,
    )
    await sim.press(SITI, "Simpan")
    *_, pressed = await ptb.get_updates(offset=update.update_id + 1)
    assert pressed.callback_query is not None
    assert pressed.callback_query.data == "ok"
    assert await ptb.answer_callback_query(pressed.callback_query.id, "Ya", show_alert=True)
    edited = await ptb.edit_message_text("Tercatat", SITI, sent.message_id)
    assert isinstance(edited, telegram.Message)
    assert edited.text == "Tercatat"
    cleared = await ptb.edit_message_reply_markup(SITI, sent.message_id, reply_markup=markup)
    assert isinstance(cleared, telegram.Message)
    assert await ptb.delete_message(SITI, sent.message_id)
    assert await ptb.send_chat_action(SITI, "typing")
    assert (await ptb.get_chat(SITI)).first_name == "Siti"
    assert await ptb.set_my_commands([("menu", "Menu")])


async def test_telegram_bot_sends_files_and_fetches_them(sim: Sim, ptb: telegram.Bot):
    await sim.text(SITI, "halo")
    sent = await ptb.send_document(SITI, b"a,b\n1,2\n", filename="x.csv", caption="Isi")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption) == ("x.csv", "Isi")
    assert (
        bytes(await (await ptb.get_file(sent.document.file_id)).download_as_bytearray())
        == b"a,b\n1,2\n"
    )
    photo = await ptb.send_photo(SITI, a_png(), caption="Struk")
    assert photo.photo[0].width == 8
    assert (await ptb.send_photo(SITI, photo.photo[0].file_id)).photo[
        0
    ].file_unique_id == photo.photo[0].file_unique_id


async def test_webhook_settings_are_told_back_to_both(aio: Bot, ptb: telegram.Bot, hook):
    assert await aio.set_webhook(
        hook.url, secret_token="s-1", allowed_updates=["message"], max_connections=7
    )
    info = await ptb.get_webhook_info()
    assert (info.url, info.max_connections, info.allowed_updates) == (hook.url, 7, ("message",))
    with pytest.raises(TelegramConflictError):
        await aio.get_updates()
    with pytest.raises(TelegramBadRequest, match="unallowed characters"):
        await aio.set_webhook(hook.url, secret_token="spasi tidak boleh")
    assert await ptb.delete_webhook()
    assert (await aio.get_webhook_info()).url == ""


async def test_polling_waits_confirms_and_knows_a_rival(sim: Sim, aio: Bot):
    waiting = asyncio.create_task(aio.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    await sim.text(SITI, "satu")
    (first,) = await waiting
    await sim.text(SITI, "dua")
    assert len(await aio.get_updates(limit=1)) == 1
    assert len(await aio.get_updates(offset=-1)) == 1
    assert (await aio.get_webhook_info()).pending_update_count == 1
    (second,) = await aio.get_updates(offset=first.update_id + 1)
    assert second.update_id > first.update_id
    rival = asyncio.create_task(aio.get_updates(offset=second.update_id + 1, timeout=5))
    await asyncio.sleep(0.05)
    assert await aio.get_updates(offset=second.update_id + 1, timeout=0) == []
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates"):
        await rival


async def test_kinds_nobody_asked_for_make_no_update(sim: Sim, aio: Bot):
    await aio.get_updates(allowed_updates=["message"])
    await sim.text(SITI, "satu")
    assert (await sim.block(SITI))["update_id"] is None
    await sim.block(SITI, blocked=False)
    await aio.get_updates(allowed_updates=[])
    await sim.block(SITI)
    assert [u.event_type for u in await aio.get_updates()] == ["message", "my_chat_member"]


async def test_strangers_and_blockers_are_refused(sim: Sim, aio: Bot):
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await aio.send_message(SITI, "halo")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await aio.send_message(999, "halo")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await aio.get_chat(SITI)
    await sim.text(SITI, "halo")
    await sim.block(SITI)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await aio.send_message(SITI, "halo")
    with pytest.raises(SimError, match="blocked"):
        await sim.text(SITI, "halo")


async def test_methods_the_product_does_not_use_are_not_found(sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    with pytest.raises(TelegramNotFound):
        await aio.send_dice(SITI)


async def test_an_edited_text_comes_as_such(sim: Sim, aio: Bot):
    told = await sim.text(SITI, "setor 10rb")
    await sim.edit(SITI, told["message_id"], "setor 20rb")
    _, edited = await aio.get_updates()
    assert edited.edited_message is not None
    assert (edited.edited_message.message_id, edited.edited_message.text) == (
        told["message_id"],
        "setor 20rb",
    )


async def test_every_body_form_is_read_alike(running, sim: Sim, aio: Bot):
    await sim.text(SITI, "halo")
    url = f"{running.url}/bot{TOKEN}/sendMessage"
    said = {"chat_id": str(SITI), "text": "a\r\n<b>b</b>", "parse_mode": "HTML"}
    async with aiohttp.ClientSession() as http:
        with aiohttp.MultipartWriter("form-data") as parts:
            for name, value in said.items():
                parts.append(value).set_content_disposition("form-data", name=name)
        for request in (
            http.get(url, params=said),
            http.post(url, data=said),
            http.post(url, json={**said, "chat_id": SITI}),
            http.post(url, data=parts),
            http.post(url, params={"chat_id": said["chat_id"]}, json={**said, "chat_id": SITI}),
        ):
            async with request as answer:
                result = (await answer.json())["result"]
                assert result["text"] == "a\nb"
                assert result["entities"] == [{"type": "bold", "offset": 2, "length": 1}]
        for body in (b"{", b"[]", b'{"chat_id": {"a": 1}, "text": "x"}', b'{"text": "x"}'):
            headers = {"Content-Type": "application/json"}
            async with http.post(url, data=body, headers=headers) as answer:
                assert answer.status == 400
                assert (await answer.json())["description"].startswith("Bad Request: ")
