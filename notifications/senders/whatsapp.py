"""WhatsApp's voice: pywa's client over a transport of ours, against any Graph server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from pywa_async.client import WhatsApp
from pywa_async.errors import WhatsAppError

from core.texts import render
from notifications import errors, pacing
from notifications.attachments import File
from notifications.pacing import Rates
from notifications.senders import SendError, by_rule
from notifications.senders import whatsapp_text as texts
from notifications.senders.graph import GraphTransport
from notifications.senders.uploads import Uploads
from notifications.senders.whatsapp_text import Row
from notifications.words import Template, Words

CHANNEL: Final = "whatsapp"
API_VERSION: Final = "25.0"
ANSWER: Final = 15.0  # seconds without a byte from the server
_CONNECT: Final = 5.0
_FORGOTTEN: Final = (
    "100",
    "131009",
    "131052",
    "131053",
)  # what a media id that ran out may be called


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppSender:
    """One number's voice. A chat is a phone number or a BSUID here: notifications.windows knows whose."""

    account: str  # the phone number id
    client: WhatsApp = field(repr=False)
    session: httpx.AsyncClient = field(repr=False)
    rates: Rates
    channel: str = CHANNEL
    edits: bool = False
    has_window: bool = True
    uploads: Uploads = field(default_factory=Uploads, repr=False)

    async def send(
        self, chat: str, words: Words, *, edit: str | None, tracker: str, paid: bool = False  # noqa: ARG002 - nothing is replaced, nothing costs a fee here
    ) -> str:  # fmt: skip
        """Say words as a new message: nothing can be replaced or taken away."""
        if words.is_nothing:
            return edit or ""
        if words.template is not None:
            payload = _template(words.template)
        elif words.file is not None:
            payload = await self._with_file(words, words.file)
        else:
            payload = _text(words)
        whom = {"to": chat} if chat.isdigit() else {"recipient": chat}
        try:
            answer = await self._request(
                "messages",
                {
                    "messaging_product": "whatsapp",
                    "recipient_type": "individual",
                    **whom,
                    **payload,
                    "biz_opaque_callback_data": tracker,
                },
            )
            return str(answer["messages"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:  # Something answered, not the channel.
            raise by_rule(errors.find(CHANNEL, "no answer")) from error
        except SendError as error:
            if words.file is not None and error.code in _FORGOTTEN and self._forget(words.file):
                raise SendError("file-forgotten", retryable=True) from error
            raise

    def _forget(self, file: File) -> bool:
        known = self.uploads.name_of(file) is not None
        self.uploads.forget(file)
        return known

    async def _with_file(self, words: Words, file: File) -> dict[str, Any]:
        """Say words under a picture or paper: with up to three buttons, or with numbered lines."""
        media: dict[str, Any] = {"id": await self._upload(file)}
        kind = "image" if file.is_picture else "document"
        if not file.is_picture:
            media["filename"] = file.name
        text, labels = _said(words)
        buttons = texts.replies(labels) if text and texts.length(text) <= texts.BODY else None
        if buttons:
            return _interactive(text, buttons, header={"type": kind, kind: media})
        caption = texts.numbered(text, labels) if labels else text
        return {"type": kind, kind: media | ({"caption": caption} if caption else {})}

    async def _upload(self, file: File) -> str:
        """Give the channel a file, once where many get it; nothing was said when that fails."""
        known = self.uploads.name_of(file)
        if known is not None:
            return known
        parts = {
            "file": (file.name, file.data, file.mime),
            "messaging_product": (None, "whatsapp"),
            "type": (None, file.mime),
        }
        try:
            answer = await self._request("media", None, files=parts)
            name = str(answer["id"])
        except (KeyError, TypeError) as error:
            raise SendError("upload", retryable=True) from error
        except SendError as error:
            if error.unknown:
                raise SendError("upload", retryable=True) from error
            raise
        self.uploads.learn(file, name)
        return name

    async def _request(self, what: str, payload: dict[str, Any] | None, **more: Any) -> Any:
        """Make one request; every trouble becomes a SendError here, before it crosses anything (cpython#99856)."""
        if payload is not None:
            more["json"] = payload
        try:
            return await self.client.api.send_raw_request("POST", f"/{self.account}/{what}", **more)
        except WhatsAppError as error:
            code = _code(error)
        except httpx.ConnectError:
            code = "unreachable"
        except (httpx.HTTPError, ValueError):  # No answer, or one that is no JSON.
            code = "no answer"
        found = by_rule(errors.find(CHANNEL, code))
        found.code = code
        raise found

    async def answer(self, callback_id: str) -> None:
        """Nothing spins on this channel."""

    async def close(self) -> None:
        """Close the connections."""
        await self.session.aclose()


def connect(
    token: str,
    phone_id: str,
    api_url: str = "https://graph.facebook.com",
    *,
    per_second: float = 80,
    answer_seconds: float = ANSWER,
) -> WhatsAppSender:
    """Make a number's voice against any Graph server; nothing is sent yet."""
    rates = pacing.whatsapp(per_second)
    transport = GraphTransport(
        api_url,
        connections=rates.at_once + 4,
        answer_seconds=answer_seconds,
        connect_seconds=_CONNECT,
    )
    session = httpx.AsyncClient(transport=transport, trust_env=False)
    client = WhatsApp(phone_id=phone_id, token=token, session=session, api_version=API_VERSION)
    return WhatsAppSender(account=phone_id, client=client, session=session, rates=rates)


def _code(error: WhatsAppError) -> str:
    """Name an error as the table does: Graph's code, else what the HTTP status means."""
    code, status = str(error.code), error.status_code or 0
    if code in errors.WHATSAPP:
        return code
    if status >= 500:
        return "5xx"
    return {401: "190", 429: "130429"}.get(status, code)


def _said(words: Words) -> tuple[str, list[tuple[str, str]]]:
    return texts.formatted(words.text), [button for row in words.buttons for button in row]


def _text(words: Words) -> dict[str, Any]:
    """Say a text: with reply buttons, with a list, or with numbered lines where neither can hold it."""
    text, labels = _said(words)
    if labels and texts.length(text) <= texts.BODY:
        if buttons := texts.replies(labels):
            return _interactive(text, buttons)
        if rows := texts.rows(labels):
            return _list(text, rows)
    body = texts.numbered(text, labels) if labels else text
    return {"type": "text", "text": {"body": body, "preview_url": False}}


def _interactive(text: str, buttons: list[Row], **more: Any) -> dict[str, Any]:
    shown = [{"type": "reply", "reply": {"id": one.data, "title": one.title}} for one in buttons]
    return {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": text},
            "action": {"buttons": shown},
            **more,
        },
    }


def _list(text: str, rows: list[Row]) -> dict[str, Any]:
    shown = [
        {"id": one.data, "title": one.title}
        | ({"description": one.description} if one.description else {})
        for one in rows
    ]
    return {
        "type": "interactive",
        "interactive": {
            "type": "list",
            "body": {"text": text},
            "action": {"button": render("whatsapp-choose"), "sections": [{"rows": shown}]},
        },
    }


def _template(filled: Template) -> dict[str, Any]:
    """Fill a template: the body's parameters in their order, what each of its buttons brings back."""
    body = {
        "type": "body",
        "parameters": [{"type": "text", "text": text} for text in filled.parameters],
    }
    buttons = [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": str(index),
            "parameters": [{"type": "payload", "payload": payload}],
        }
        for index, payload in enumerate(filled.payloads)
    ]
    return {
        "type": "template",
        "template": {
            "name": filled.name,
            "language": {"code": filled.language},
            "components": [body, *buttons],
        },
    }
