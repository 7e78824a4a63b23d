"""The Cloud API's edges: messages, media, templates, the number itself; with Meta's rules and refusals."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.simulator import whatsapp_messages, whatsapp_templates
from bot.simulator.call import Upload
from bot.simulator.compose import picture_size
from bot.simulator.errors import Refused
from bot.simulator.whatsapp_errors import GraphRefused, invalid, missing
from bot.simulator.whatsapp_world import Number, Whatsapp, new_wamid
from bot.simulator.world import Chat, Person

Json = dict[str, Any]
MAX_PICTURE: Final = 5 * 1024 * 1024
MAX_DOCUMENT: Final = 100 * 1024 * 1024
MAX_TRACKER: Final = 512
_PICTURES: Final = ("image/jpeg", "image/png")
_DOCUMENTS: Final = (
    "text/plain",
    "text/csv",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
_LINK_SECONDS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a message goes to: as it was written, and the person where it reaches one."""

    written: str
    is_bsuid: bool
    person: Person | None

    @property
    def key(self) -> str:
        """Name the recipient, the same for phone and BSUID."""
        return str(self.person.id) if self.person else self.written

    @property
    def contact(self) -> Json:
        """Return the answer's contact."""
        return {"input": self.written, "user_id" if self.is_bsuid else "wa_id": self.written}


def recipient(whatsapp: Whatsapp, body: Mapping[str, Any]) -> Recipient:
    """Read `to` (a phone number) or `recipient` (a BSUID)."""
    if body.get("recipient_type", "individual") != "individual":
        raise invalid("recipient_type must be individual")
    if body.get("recipient"):
        written = str(body["recipient"])
        return Recipient(written=written, is_bsuid=True, person=whatsapp.person(written))
    written = "".join(c for c in str(body.get("to") or "") if c not in "+ -()")
    if not written:
        raise missing("to")
    if not written.isdecimal():
        raise invalid("to must be a phone number")
    found = whatsapp.person(written)
    return Recipient(written=written, is_bsuid=False, person=found)


def send(whatsapp: Whatsapp, number: Number, body: Mapping[str, Any], late: int | None = None) -> Json:  # fmt: skip
    """Take a message; what hangs on the person is refused by a status afterwards (habits.late).

    With `late`, a fault's code, it is taken and then fails with that code.
    """
    whatsapp.limits.check_number(number.phone_id)
    if body.get("messaging_product") != "whatsapp":
        raise GraphRefused(100, "The parameter messaging_product is required.")
    if "status" in body:
        return _mark_read(whatsapp, number, body)
    if body.get("type") == "reaction":
        return _taken(recipient(whatsapp, body), new_wamid())
    to = recipient(whatsapp, body)
    tracker = body.get("biz_opaque_callback_data")
    if tracker is not None and len(str(tracker)) > MAX_TRACKER:
        raise invalid(f"biz_opaque_callback_data has at most {MAX_TRACKER} characters")
    content = whatsapp_messages.content(number, body)
    whatsapp.limits.check_pair(number.phone_id, to.key)
    chat = _reachable(whatsapp, number, to)
    template = bool(content.template)
    code = late or _trouble(whatsapp, number, chat, to, is_template=template)
    if code is not None and late is None and not whatsapp.habits.late:
        raise GraphRefused(code)
    if chat is None or code is not None:
        wamid = new_wamid()
        whatsapp.fail_unheard(number, wamid, to.written, tracker, code or 131026)
        return _taken(to, wamid, template=template)
    message = whatsapp.add_message(number, chat, None, content, tracker=tracker)
    if whatsapp.ladder is not None:
        whatsapp.ladder(number, message)
    return _taken(to, message.wamid, template=template)


def _reachable(whatsapp: Whatsapp, number: Number, to: Recipient) -> Chat | None:
    if to.person is None or not to.person.whatsapp:
        return None
    chat = whatsapp.chat(number, to.person)
    return None if chat.blocked else chat


def _trouble(whatsapp: Whatsapp, number: Number, chat: Chat | None, to: Recipient, *, is_template: bool) -> int | None:  # fmt: skip
    """Say why a message will not reach its person; count who is written to outside the window."""
    if chat is None:
        return 131026
    if whatsapp.is_open(chat):
        return None
    if not is_template:
        return 131047
    whatsapp.limits.check_tier(number.phone_id, to.key, number.tier)
    return None


def _taken(to: Recipient, wamid: str, *, template: bool = False) -> Json:
    message: Json = {"id": wamid}
    if template:
        message["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [to.contact], "messages": [message]}


def _mark_read(whatsapp: Whatsapp, number: Number, body: Mapping[str, Any]) -> Json:
    message = number.messages.get(str(body.get("message_id", "")))
    if body["status"] != "read" or message is None or message.sender is None:
        raise invalid("message_id must be a message that was received")
    if body.get("typing_indicator"):
        extra = {"action": "typing"}
        whatsapp.world.emit("typing", message.chat.id, extra=extra, channel=message.chat.channel)
    if message.state != "read":
        message.state = "read"
        whatsapp.world.emit("status", message.chat.id, message)
    return {"success": True}


def upload(whatsapp: Whatsapp, number: Number, fields: Mapping[str, Any], file: Upload | None) -> Json:  # fmt: skip
    """Keep a file for sending; refuse types and sizes that Meta refuses."""
    if fields.get("messaging_product") != "whatsapp":
        raise GraphRefused(100, "The parameter messaging_product is required.")
    if file is None or not file.data:
        raise missing("file")
    mime = str(fields.get("type") or file.mime).partition(";")[0].strip()
    if mime not in _PICTURES + _DOCUMENTS:
        raise GraphRefused(131053, f"The type {mime} is not supported.")
    if len(file.data) > (MAX_PICTURE if mime in _PICTURES else MAX_DOCUMENT):
        raise GraphRefused(131053, "The file is too large.")
    size = (0, 0)
    if mime in _PICTURES:
        try:
            size = picture_size(file)
        except Refused as refused:
            raise GraphRefused(131053, refused.description) from None
    return {"id": whatsapp.add_media(number, file.name, mime, file.data, size).id}


def media(whatsapp: Whatsapp, number: Number, id_: str, base: str) -> Json:
    """Tell where a file is downloaded, for five minutes."""
    file = number.media[id_]
    return {
        "messaging_product": "whatsapp",
        "url": media_link(whatsapp, number, id_, base),
        "mime_type": file.mime,
        "sha256": hashlib.sha256(file.data).hexdigest(),
        "file_size": len(file.data),
        "id": id_,
    }


def media_link(whatsapp: Whatsapp, number: Number, id_: str, base: str) -> str:
    """Return the address of a file, signed for five minutes."""
    until = int(whatsapp.world.now()) + _LINK_SECONDS
    signed = _signed(number, id_, until)
    return f"{base}/whatsapp_business/attachments/?mid={id_}&ext={until}&hash={signed}"


def is_link(whatsapp: Whatsapp, number: Number, query: Mapping[str, str]) -> bool:
    """Whether an address was made by `media_link` and is not too old."""
    until = query.get("ext", "")
    if not until.isdecimal() or int(until) < whatsapp.world.now():
        return False
    signed = _signed(number, query.get("mid", ""), int(until))
    return hmac.compare_digest(signed, query.get("hash", ""))


def _signed(number: Number, id_: str, until: int) -> str:
    key = number.app_secret.encode()
    return hmac.new(key, f"{id_}/{until}".encode(), hashlib.sha256).hexdigest()[:32]


def described(number: Number) -> Json:
    """Return what Graph tells of a business number."""
    return {
        "id": number.phone_id,
        "verified_name": number.name,
        "display_phone_number": number.display,
        "quality_rating": "GREEN",
        "messaging_limit_tier": number.tier,
        "throughput": {"level": "STANDARD"},
        "code_verification_status": "VERIFIED",
    }


def templates(number: Number, query: Mapping[str, str]) -> Json:
    """List the templates of the business, by name and status where asked."""
    found = [
        whatsapp_templates.listed(template)
        for template in number.templates.values()
        if query.get("name", "") in template.name
        and query.get("status", template.status) == template.status
    ]
    return {
        "data": found,
        "paging": {"cursors": {"before": "", "after": ""}},
        "summary": {
            "total_count": len(found),
            "message_template_count": len(found),
            "message_template_limit": 250,
            "are_translations_complete": True,
        },
    }
