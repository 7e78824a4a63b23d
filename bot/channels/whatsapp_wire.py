"""WhatsApp's webhook bodies taken apart: each message an Incoming, each status a Status, whatever shape they come in.

pywa's types read one message or status at a time. What it stumbles over is put right before: bodies of many entries,
changes and messages, contacts that are missing or lack an id, kinds it does not know. Nothing here raises: what
cannot be read but has a sender is answered kindly, the rest is logged by its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from pywa_async.client import WhatsApp
from pywa_async.types.callback import CallbackButton, CallbackSelection
from pywa_async.types.message import Message
from pywa_async.types.message_status import MessageStatus

from bot.talk import Chat, Contact, Document, Incoming, Moved
from core.sealing import Keys
from notifications.statuses import Status, Step, TemplateStatus

CHANNEL = "whatsapp"
_PICTURES = {"image/jpeg": "foto.jpg", "image/png": "foto.png", "image/webp": "foto.webp"}
_MOVED = ("user_changed_number", "customer_changed_number", "user_changed_user_id")
_SILENT = ("revoke", "system")  # nothing is said in them
_PHONE = re.compile(r"[1-9][0-9]{5,19}", re.ASCII)
_OPAQUE = re.compile(r"[!-~]{1,250}", re.ASCII)
# What reading somebody else's JSON brings when a field is missing or of another kind.
_MISSHAPEN = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)

log = structlog.get_logger()

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message, and where its file is kept."""

    incoming: Incoming
    media: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What one webhook call brought for our number."""

    heard: tuple[Heard, ...] = ()
    statuses: tuple[Status, ...] = ()
    templates: tuple[TemplateStatus, ...] = ()
    tiers: tuple[str, ...] = ()
    number: str | None = None  # ours, as people write to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What reading needs: whose messages, and the client that pywa's types want."""

    account: str  # the phone number id
    keys: Keys
    client: WhatsApp


def reader(account: str, keys: Keys) -> Reader:
    """Make a reader. Its client is asked for nothing: pywa's types only want one."""
    return Reader(account=account, keys=keys, client=WhatsApp(phone_id=account, token=account))


def read(by: Reader, raw: object) -> Body:
    """Take a webhook body apart; what is for other numbers, or is nothing of ours, is passed over."""
    heard: list[Heard] = []
    statuses: list[Status] = []
    templates: list[TemplateStatus] = []
    tiers: list[str] = []
    number = None
    for field, value in _changes(raw):
        if field == "message_template_status_update":
            templates.extend(_template(by, value))
        elif field == "phone_number_quality_update":
            tiers.extend(filter(None, [_opaque(value.get("current_limit"))]))
        elif (
            field == "messages"
            and _dict(value.get("metadata")).get("phone_number_id") == by.account
        ):
            shown = re.sub(
                r"[^0-9]", "", str(_dict(value.get("metadata")).get("display_phone_number"))
            )
            number = shown if _PHONE.fullmatch(shown) else number
            heard.extend(
                one for item in _dicts(value.get("messages")) for one in _heard(by, value, item)
            )
            statuses.extend(
                one for item in _dicts(value.get("statuses")) for one in _status(by, value, item)
            )
        else:
            log.info("whatsapp.passed_over", field=str(field)[:40])
    return Body(
        heard=tuple(heard),
        statuses=tuple(statuses),
        templates=tuple(templates),
        tiers=tuple(tiers),
        number=number,
    )


def _changes(raw: object) -> Iterator[tuple[object, Json]]:
    for entry in _dicts(_dict(raw).get("entry")):
        for change in _dicts(entry.get("changes")):
            if value := _dict(change.get("value")):
                yield change.get("field"), value


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _opaque(value: object) -> str | None:
    return value if isinstance(value, str) and _OPAQUE.fullmatch(value) else None


def _phone(value: object) -> str | None:
    plain = value.removeprefix("+") if isinstance(value, str) else ""
    return plain if _PHONE.fullmatch(plain) else None


def _heard(by: Reader, value: Json, message: Json) -> Iterator[Heard]:
    """Read one message; of what cannot be read at least the sender is known, or nothing is said of it."""
    update, kind = _opaque(message.get("id")), message.get("type")
    phone, user = _sender(value, message)
    if update is None or (phone is None and user is None):
        log.warning("whatsapp.unreadable", update=update)
        return
    name = "w" + by.keys.fingerprint("whatsapp", user or phone or "").hex()[:24]
    blank = Incoming(
        chat=Chat(channel=CHANNEL, account=by.account, id=name),
        update=update,
        at=_moment(message),
        phone=phone,
        user=user,
        keeps_typed=True,
    )
    if moved := _moved(message):
        yield Heard(incoming=_with(blank, moved=moved))
    elif _is_silent(message):
        log.info("whatsapp.silent", kind=str(kind)[:40])
    else:
        try:
            yield _of_message(by, _alone(value, message, phone, user), kind, blank)
        except _MISSHAPEN as error:
            log.warning("whatsapp.misshapen", update=update, error=type(error).__name__)
            yield Heard(incoming=_with(blank, other="unsupported"))


def _is_silent(message: Json) -> bool:
    """Say whether nothing is said to us alone: taken back, of the channel itself, or in a group."""
    kind = message.get("type")
    taken_back = kind == "reaction" and not _dict(message.get("reaction")).get("emoji")
    return kind in _SILENT or taken_back or message.get("group_id") is not None


def _sender(value: Json, message: Json) -> tuple[str | None, str | None]:
    """Find number and lasting id of who wrote: in the message itself, or in the contact that comes with it."""
    system = _dict(message.get("system"))
    phone = _phone(message.get("from")) or _phone(system.get("customer"))
    user = _opaque(message.get("from_user_id")) or _opaque(system.get("previous_user_id"))
    contacts = _dicts(value.get("contacts"))
    for contact in contacts:
        theirs = _phone(contact.get("wa_id")), _opaque(contact.get("user_id"))
        same = (phone and phone == theirs[0]) or (user and user == theirs[1])
        alone = len(contacts) == 1 and phone is None and user is None
        if same or alone:
            return phone or theirs[0], user or theirs[1]
    return phone, user


def _moment(item: Json) -> datetime:
    """Read when it was written; a moment nobody can mean is now."""
    try:
        at = datetime.fromtimestamp(int(item["timestamp"]), UTC)
    except (*_MISSHAPEN, OSError):
        return datetime.now(UTC)
    return at if at.year > 2000 else datetime.now(UTC)


def _moved(message: Json) -> Moved | None:
    system = _dict(message.get("system"))
    if message.get("type") != "system" or system.get("type") not in _MOVED:
        return None
    phone = _phone(system.get("wa_id")) or _phone(system.get("new_wa_id"))
    user = _opaque(system.get("user_id"))
    return Moved(phone=phone, user=user) if phone or user else None


def _alone(value: Json, message: Json, phone: str | None, user: str | None) -> Json:
    """Make the body of this one message, with the contact and the context that pywa expects."""
    contact: Json = {"wa_id": phone, "user_id": user or "", "profile": {}}
    context = {"id": "", **_dict(message.get("context"))}
    return _body(value, contact, messages=[message | {"context": context}])


def _body(value: Json, contact: Json, **items: list[Json]) -> Json:
    changed = {"metadata": value["metadata"], "contacts": [contact], **items}
    return {"entry": [{"id": "0", "changes": [{"field": "messages", "value": changed}]}]}


def _of_message(by: Reader, body: Json, kind: object, blank: Incoming) -> Heard:
    """Translate one message. `Incoming.message` is the one a pressed button stands on."""
    if kind in ("interactive", "button"):
        return Heard(incoming=_pressed(by, body, blank))
    if kind not in ("text", "image", "document", "audio", "contacts"):
        return Heard(incoming=_with(blank, other=str(kind)[:40]))
    message = Message.from_update(by.client, body)  # type: ignore[arg-type]  # any mapping of this shape
    if message.text is not None:
        return Heard(incoming=_with(blank, text=_clean(message.text)))
    if file := message.image or message.document:
        media = _opaque(file.id)
        picture = message.image is not None
        given = _clean(file.filename or "")[:200]
        name = _PICTURES.get(file.mime_type.split(";")[0], "foto") if picture else given
        caption = _clean(message.caption or "")
        problem = None if media else "unreachable"
        document = Document(name=name, size=0, picture=picture, problem=problem, caption=caption)
        return Heard(incoming=_with(blank, document=document), media=media)
    if message.contacts:
        phone = message.contacts[0].phones[0]
        number = _phone(phone.wa_id) or _clean(phone.phone or "")[:40]
        own = blank.phone is not None and number == blank.phone
        return Heard(incoming=_with(blank, contact=Contact(phone=number, own=own)))
    return Heard(incoming=_with(blank, other="voice" if message.voice else str(kind)))


def _pressed(by: Reader, body: Json, blank: Incoming) -> Incoming:
    """Translate a press: a reply button, a row of a list, a quick reply of a template."""
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    listed = "list_reply" in _dict(message.get("interactive"))
    press = (CallbackSelection if listed else CallbackButton).from_update(by.client, body)  # type: ignore[arg-type]
    data = _clean(str(press.data))
    on = press.reply_to_message.id if press.reply_to_message else ""
    return _with(blank, button=data, message=_opaque(on))


def _clean(text: str) -> str:
    """Drop what no database keeps: NUL and half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _with(blank: Incoming, **fields: Any) -> Incoming:
    return replace(blank, **fields)


def _status(by: Reader, value: Json, item: Json) -> Iterator[Status]:
    """Read one status of a message of ours."""
    message_id, state = _opaque(item.get("id")), item.get("status")
    if message_id is None or state not in tuple(Step):
        log.info("whatsapp.status_passed_over", state=str(state)[:20])
        return
    recipient = _phone(item.get("recipient_id")) or _opaque(item.get("recipient_user_id"))
    contact: Json = {"wa_id": recipient or "", "user_id": "", "profile": {}}
    at = _moment(item)
    try:
        plain = item | {"timestamp": str(int(at.timestamp()))}
        status = MessageStatus.from_update(by.client, _body(value, contact, statuses=[plain]))  # type: ignore[arg-type]
        tracker = _opaque(status.tracker)
        code = str(status.error.code) if status.error else None
    except _MISSHAPEN as error:  # Its state is what counts; pywa minds conversation and price too.
        log.warning("whatsapp.misshapen", update=message_id, error=type(error).__name__)
        tracker = _opaque(item.get("biz_opaque_callback_data"))
        codes = [one.get("code") for one in _dicts(item.get("errors"))]
        code = str(codes[0])[:20] if codes else None
    yield Status(
        account=by.account,
        message_id=message_id,
        tracker=tracker,
        state=str(state),
        at=at,
        recipient=recipient,
        code=code,
    )


def _template(by: Reader, value: Json) -> Iterator[TemplateStatus]:
    name, state = _opaque(value.get("message_template_name")), _opaque(value.get("event"))
    if name is None or state is None:
        log.warning("whatsapp.template_unreadable")
        return
    reason = _clean(str(value.get("reason") or ""))[:200] or None
    yield TemplateStatus(
        account=by.account, name=name, state=state, reason=reason, at=datetime.now(UTC)
    )
