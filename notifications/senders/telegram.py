"""Telegram's voice: python-telegram-bot over a small aiohttp request class (its own pool slows down under load)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    TelegramError,
)
from telegram.request import BaseRequest, RequestData

from notifications import errors, pacing
from notifications.pacing import Rates
from notifications.senders import SendError, by_rule
from notifications.senders.uploads import Uploads
from notifications.words import Words

CHANNEL: Final = "telegram"
_CONNECTIONS = 8  # beside those of the requests in flight
_CONNECT = 5.0  # seconds
ANSWER: Final = 10.0  # seconds without a byte from the server
_WHOLE = 60.0  # seconds for a request with its upload
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
# What Telegram says when an edit is impossible, and when a chat is nobody's any more.
_UNEDITABLE: Final = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message to edit",
    "message_id_invalid",
)
_GONE: Final = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")


class NotSent(TelegramError):  # noqa: N818 - named by what is known
    """No connection: the request never left."""


class NoAnswer(TelegramError):  # noqa: N818 - named by what is known
    """The request left and no answer came: it may have been carried out."""


class ServerTrouble(TelegramError):  # noqa: N818 - named by what is known
    """The server or a gateway before it answered with its own failure (5xx, HTML)."""


class Flood(TelegramError):  # noqa: N818 - named by what is known
    """429: nothing may be sent for `seconds`."""

    def __init__(self, seconds: float) -> None:
        """Keep the seconds."""
        super().__init__("flood")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """Requests over one aiohttp session; says apart what was never sent from what was never answered."""

    def __init__(
        self,
        *,
        answer_seconds: float = ANSWER,
        connect_seconds: float = _CONNECT,
        at_once: int = 8,
    ) -> None:
        """Set the time-outs and how many requests are in flight; the session is made on first use, inside the running loop."""
        self._timeout = aiohttp.ClientTimeout(
            total=_WHOLE, sock_connect=connect_seconds, sock_read=answer_seconds
        )
        self._connections = _CONNECTIONS + at_once
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Return the seconds the server may stay silent."""
        return self._timeout.sock_read

    async def initialize(self) -> None:
        """Make the session."""
        self._open()

    async def shutdown(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections), timeout=self._timeout
            )
        return self._session

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - see below
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Send one request; the library's own time-outs are not used, ours hold for all."""
        body = None if request_data is None else _body(request_data)
        try:
            async with self._open().request(
                method, url, data=body, headers=_headers(body)
            ) as response:
                payload = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(type(error).__name__) from error
        if response.status == 429:
            raise Flood(_retry_after(payload))
        if response.status >= 500:
            raise ServerTrouble(str(response.status))
        return response.status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Parse an answer; one that is no JSON object is a gateway's, and its text is not logged."""
        try:
            answer = json.loads(payload)
        except ValueError as error:
            raise ServerTrouble("no JSON") from error
        if not isinstance(answer, dict):
            raise ServerTrouble("no object")
        return answer


def _body(request: RequestData) -> aiohttp.FormData | bytes:
    if (
        not request.contains_files
    ):  # A form object is made for files; most messages are a few words.
        return urlencode(request.json_parameters).encode()
    form = aiohttp.FormData(quote_fields=False)  # Names as they are: Telegram undoes no quoting.
    for name, value in request.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, data, mime) in request.multipart_data.items():
        form.add_field(name, data, filename=file_name, content_type=mime)
    return form


def _headers(body: object) -> dict[str, str]:
    if isinstance(body, bytes):
        return {"Content-Type": "application/x-www-form-urlencoded"}
    return {}  # The form object names its own.


def _retry_after(payload: bytes) -> float:
    try:
        return max(0.0, float(json.loads(payload)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 1.0  # A flood without its time: a second, then we shall be told.


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSender:
    """One bot's voice."""

    account: str
    bot: Bot = field(repr=False)
    rates: Rates
    channel: str = CHANNEL
    edits: bool = True
    has_window: bool = False
    uploads: Uploads = field(default_factory=Uploads, repr=False)

    async def send(
        self, chat: str, words: Words, *, edit: str | None, tracker: str, paid: bool = False  # noqa: ARG002 - Telegram echoes nothing
    ) -> str:  # fmt: skip
        """Say words, or put them in the place of message `edit`, or take that away."""
        try:
            if words.delete:
                return await self._take_away(chat, edit)
            if edit is not None and words.can_replace:
                return await self._replace(chat, words, edit)
            return str((await self._say(chat, words, paid=paid)).message_id)
        except TelegramError as error:
            raise _translated(error) from error

    async def _say(self, chat: str, words: Words, *, paid: bool) -> Message:
        keyboard = _keyboard(words)
        fee = True if paid else None  # False would be one more field in every request.
        if words.file is None:
            return await self.bot.send_message(
                chat,
                words.text,
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=keyboard,
                allow_paid_broadcast=fee,
            )
        known = self.uploads.name_of(words.file)
        say = self.bot.send_photo if words.file.is_picture else self.bot.send_document
        try:
            said = await say(
                chat,
                known or InputFile(words.file.data, filename=words.file.name),
                caption=words.text,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                allow_paid_broadcast=fee,
            )
        except BadRequest as error:
            if known and "file identifier" in error.message.lower():
                self.uploads.forget(words.file)
                raise SendError("file-forgotten", retryable=True) from error
            raise
        kept = said.photo[-1] if said.photo else said.document
        if kept is not None:
            self.uploads.learn(words.file, kept.file_id)
        return said

    async def _replace(self, chat: str, words: Words, edit: str) -> str:
        if not words.text:
            return await self._take_buttons(chat, edit)
        try:
            await self.bot.edit_message_text(
                words.text,
                chat,
                int(edit),
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_inline(words),
            )
        except BadRequest as error:
            if "message is not modified" not in error.message.lower():
                raise
        return edit

    async def _take_buttons(self, chat: str, edit: str) -> str:
        """Take the buttons of a message whose answer was typed; one that is gone needs it no more."""
        with suppress(BadRequest):
            await self.bot.edit_message_reply_markup(chat, int(edit))
        return edit

    async def _take_away(self, chat: str, message: str | None) -> str:
        """Delete a message; one that is gone, or too old for Telegram to delete, stays as it is."""
        if message is not None:
            with suppress(BadRequest):
                await self.bot.delete_message(chat, int(message))
        return message or ""

    async def answer(self, callback_id: str) -> None:
        """Stop the pressed button's spinner. One that is too old is none of ours any more."""
        try:
            await self.bot.answer_callback_query(callback_id)
        except BadRequest:
            pass
        except TelegramError as error:
            raise _translated(error) from error

    async def close(self) -> None:
        """Close the connections."""
        await self.bot.request.shutdown()


def connect(
    token: str,
    *,
    account: str,
    api_url: str = "https://api.telegram.org",
    per_second: float = 30,
    answer_seconds: float = ANSWER,
) -> TelegramSender:
    """Make a bot's voice against any Bot API server; nothing is sent yet."""
    base = api_url.rstrip("/")
    rates = pacing.telegram(per_second)
    request = AiohttpRequest(answer_seconds=answer_seconds, at_once=rates.at_once)
    bot = Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=request,
        get_updates_request=request,
    )
    return TelegramSender(account=account, bot=bot, rates=rates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the bot is: its id and the username that links are made of."""

    id: int
    username: str


async def prepare(
    sender: TelegramSender,
    *,
    commands: Sequence[tuple[str, str]] = (),
    webhook_url: str | None = None,
    webhook_secret: str | None = None,
    allowed_updates: Sequence[str] = ("message", "callback_query", "my_chat_member"),
) -> Identity:
    """Learn who the bot is, show its commands, register the webhook, or take it away for long polling.

    Waiting updates are kept. Raises SendError.
    """
    try:
        me = await sender.bot.get_me()
        if commands:
            await sender.bot.set_my_commands([BotCommand(name, said) for name, said in commands])
        if webhook_url:
            await sender.bot.set_webhook(
                webhook_url, allowed_updates=list(allowed_updates), secret_token=webhook_secret
            )
        else:
            await sender.bot.delete_webhook()
    except TelegramError as error:
        raise _translated(error) from error
    return Identity(id=me.id, username=me.username or "")


def _keyboard(
    words: Words,
) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    """Choose the one keyboard a message may carry: buttons, else the contact's, else the removal."""
    if words.buttons:
        return _inline(words)
    if words.contact_button is not None:
        button = KeyboardButton(words.contact_button, request_contact=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove() if words.remove_keyboard else None


def _inline(words: Words) -> InlineKeyboardMarkup | None:
    if not words.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label, callback_data=data) for label, data in row]
            for row in words.buttons
        ]
    )


def _translated(error: TelegramError) -> SendError:
    """Say a library error in our own words."""
    retry_after = error.seconds if isinstance(error, Flood) else None
    return by_rule(errors.find(CHANNEL, _code(error)), retry_after=retry_after)


def _code(error: TelegramError) -> str:
    """Name a library error as the table does."""
    said = error.message.lower()
    match error:
        case Flood():
            return "429"
        case NotSent():
            return "unreachable"
        case ServerTrouble():
            return "5xx"
        case Forbidden():
            return "403 deactivated" if "deactivated" in said else "403"
        case ChatMigrated():
            return "400 migrated"
        case InvalidToken():
            return "401"
        case BadRequest() if any(text in said for text in _GONE):
            return "400 chat not found"
        case BadRequest() if any(text in said for text in _UNEDITABLE):
            return "400 uneditable"
        case BadRequest():
            return "400"
        case _:
            return "no answer"
