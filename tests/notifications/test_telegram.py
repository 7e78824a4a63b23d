"""Telegram's voice: what is sent, and what each of Telegram's errors means to us."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from bot.simulator.faults import Kind
from notifications.attachments import File
from notifications.senders import SendError, telegram
from notifications.senders.telegram import TelegramSender
from notifications.words import Words
from tests.notifications.conftest import ACCOUNT, TOKEN, Village


async def send(
    sender: TelegramSender, chat: object = 1001, edit: str | None = None, **words
) -> str:
    said = Words(**({"text": "<b>halo</b>"} | words))
    return await sender.send(str(chat), said, edit=edit, tracker="7/x")


async def error_of(sending) -> SendError:
    with pytest.raises(SendError) as caught:
        await sending
    return caught.value


def params(village: Village, number: int = -1) -> dict[str, Any]:
    return dict(village.requests[number].params or {})


async def test_a_message_is_html_with_buttons_and_without_a_preview(village: Village):
    number = await send(village.sender(), buttons=((("✅ Simpan", "ok:1"), ("❌ Batal", "no:1")),))
    message = village.bot.chats[1001].messages[int(number)]
    assert message.content.text == "halo"
    assert [entity["type"] for entity in message.content.entities] == ["bold"]
    assert '"is_disabled": true' in params(village)["link_preview_options"]
    assert "ok:1" in params(village)["reply_markup"]


async def test_the_contact_is_asked_for_by_a_keyboard_that_can_be_taken_away(village: Village):
    sender = village.sender()
    await send(sender, contact_button="Bagikan kontak")
    keyboard = village.bot.chats[1001].keyboard
    assert keyboard is not None
    assert keyboard["keyboard"][0][0] == {"text": "Bagikan kontak", "request_contact": True}
    await send(sender, remove_keyboard=True)
    assert village.bot.chats[1001].keyboard is None


async def test_a_picture_is_sent_as_one_and_a_paper_as_a_document(village: Village):
    sender, png = village.sender(), io.BytesIO()
    Image.new("L", (20, 20), 255).save(png, "PNG")
    await send(sender, file=File(name="qr.png", mime="image/png", data=png.getvalue()))
    await send(sender, file=File(name="undangan.pdf", mime="application/pdf", data=b"%PDF-1.4"))
    first, second = village.bot.chats[1001].messages.values()
    assert (first.content.kind, first.content.text) == ("photo", "halo")
    assert second.content.kind == "document"
    assert second.content.file is not None
    assert (second.content.file.name, second.content.file.data) == ("undangan.pdf", b"%PDF-1.4")


@pytest.mark.parametrize("name", ["a.png", "b.pdf"])
async def test_a_file_for_many_is_uploaded_once_and_again_when_telegram_forgot_it(
    village: Village, name: str
):
    sender, png = village.sender(), io.BytesIO()
    Image.new("L", (20, 20), 255).save(png, "PNG")
    mime = {"a.png": "image/png", "b.pdf": "application/pdf"}[name]
    file = File(name=name, mime=mime, data=png.getvalue(), key="k1")
    field = "photo" if file.is_picture else "document"
    for chat in (1001, 1002, 1003):
        await send(sender, chat=chat, file=file)
    sent = [params(village, number)[field] for number in (-3, -2, -1)]
    assert sent[0].endswith("bytes)")
    assert sent[1] == sent[2]
    assert sent[1] in village.bot.files
    village.bot.files.clear()
    error = await error_of(send(sender, chat=1004, file=file))
    assert (error.retryable, error.unknown, error.gone) == (True, False, False)
    await send(sender, chat=1004, file=file)
    assert params(village)[field].endswith("bytes)")


async def test_files_that_are_one_persons_are_never_named_by_anothers(village: Village):
    sender = village.sender()
    for data in (b"%PDF-1.4 Siti", b"%PDF-1.4 Budi"):
        await send(sender, file=File(name="a.pdf", mime="application/pdf", data=data))
    got = [message.content.file for message in village.bot.chats[1001].messages.values()]
    assert [one.data for one in got if one] == [b"%PDF-1.4 Siti", b"%PDF-1.4 Budi"]


async def test_an_edit_replaces_text_and_buttons_and_doing_it_twice_is_as_good_as_once(
    village: Village,
):
    sender = village.sender()
    number = await send(sender, buttons=((("✅", "ok"),),))
    assert await send(sender, edit=number, text="Tercatat") == number
    assert await send(sender, edit=number, text="Tercatat") == number
    message = village.bot.chats[1001].messages[int(number)]
    assert (message.content.text, message.content.buttons) == ("Tercatat", None)
    assert len(village.bot.chats[1001].messages) == 1


async def test_words_that_cannot_stand_in_an_edit_are_a_new_message(village: Village):
    sender = village.sender()
    number = await send(sender)
    assert await send(sender, edit=number, contact_button="Bagikan") != number


async def test_an_edit_that_cannot_be_done_says_so(village: Village):
    sender = village.sender()
    error = await error_of(send(sender, edit="999999"))
    assert (error.uneditable, error.retryable, error.unknown) == (True, False, False)


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        (Kind.BLOCKED, {}, {"reason": "blocked", "gone": True}),
        (Kind.CHAT_NOT_FOUND, {}, {"reason": "chat-not-found", "gone": True}),
        (Kind.RETRY_AFTER, {"retry_after": 7}, {"reason": "flood", "retry_after": 7.0, "retryable": True}),
        (Kind.HTML502, {}, {"reason": "server", "retryable": True, "unknown": True}),
        (Kind.STATUS, {"status": 500}, {"reason": "server", "retryable": True, "unknown": True}),
        (Kind.STATUS, {"status": 400}, {"reason": "rejected"}),
        (Kind.STATUS, {"status": 401}, {"reason": "token", "retryable": True}),
        (Kind.HANG, {"seconds": 1.0}, {"reason": "no-answer", "unknown": True}),
        (Kind.DROP, {}, {"reason": "no-answer", "unknown": True}),
        (Kind.ACCEPT_THEN_DROP, {}, {"reason": "no-answer", "unknown": True}),
    ],
)  # fmt: skip
async def test_each_trouble_is_told_apart(village: Village, kind, more, expected):
    village.fault(kind, **more)
    error = await error_of(send(village.sender(answer_seconds=0.2)))
    told = {name: getattr(error, name) for name in ("reason", "retryable", "retry_after", "unknown", "gone", "uneditable")}  # fmt: skip
    nothing = {
        "retryable": False,
        "retry_after": None,
        "unknown": False,
        "gone": False,
        "uneditable": False,
    }
    assert told == nothing | expected


async def test_strangers_and_broken_markup_are_told_apart(village: Village):
    sender = village.sender()
    assert (await error_of(send(sender, chat=5555))).gone
    error = await error_of(send(sender, text="<b>halo"))
    assert (error.reason, error.gone) == ("rejected", False)


async def test_a_request_that_never_left_is_no_unknown_outcome():
    sender = telegram.connect(TOKEN, account=ACCOUNT, api_url="http://127.0.0.1:9")
    error = await error_of(send(sender))
    assert (error.reason, error.retryable, error.unknown) == ("unreachable", True, False)
    await sender.close()


async def test_an_answer_that_is_no_json_is_the_servers_trouble():
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>welcome</html>", content_type="text/html")

    app = web.Application()
    app.router.add_post("/{any:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sender = telegram.connect(TOKEN, account=ACCOUNT, api_url=url)
    error = await error_of(send(sender))
    assert (error.reason, error.unknown) == ("server", True)
    await sender.close()
    await runner.cleanup()


async def test_a_button_too_old_to_be_answered_is_no_trouble(village: Village):
    sender = village.sender()
    await sender.answer("nobody-pressed-this")
    village.fault(Kind.RETRY_AFTER, method="answerCallbackQuery", retry_after=3)
    assert (await error_of(sender.answer("x"))).retry_after == 3


async def test_preparing_learns_the_name_shows_the_commands_and_registers_the_webhook(
    village: Village,
):
    sender = village.sender()
    me = await telegram.prepare(
        sender,
        commands=[("saldo", "Lihat simpanan")],
        webhook_url="http://127.0.0.1:1/telegram/webhook",
        webhook_secret="s3cret",
    )
    assert (me.id, me.username) == (42, village.bot.username)
    assert village.bot.webhook is not None
    assert village.bot.webhook.secret == "s3cret"
    assert "saldo" in str(village.bot.commands)
    await telegram.prepare(sender)
    assert village.bot.webhook is None


async def test_many_sends_at_once_share_few_connections(village: Village):
    sender = village.sender()
    await asyncio.gather(*(send(sender, 1001 + n % 9, text=str(n)) for n in range(60)))
    assert len(village.requests) == 60
