"""The wire forms of WhatsApp's webhooks: contacts, messages, statuses, and batches of them.

Everything is made with BSUIDs (user_id, from_user_id, recipient_user_id, contacts beside a status);
`as_before` takes away what was not there before spring 2026.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.simulator.world import File, Message, Person, Update

Json = dict[str, Any]
_PER_CHANGE: Final = 3
_PER_ENTRY: Final = 2
_NEW_NAMES: Final = ("user_id", "from_user_id", "recipient_user_id", "url")


def bsuid(person: Person) -> str:
    """Return a person's business-scoped user id: another phone number makes another one."""
    return f"ID.{int(person.phone or 0) * 1009 + person.id:020}"


def _phone(person: Person) -> str | None:
    """Return the phone as businesses see it: hidden behind a user name."""
    return None if person.username else person.phone or None


def contact(person: Person) -> Json:
    """Return who wrote, as the contacts of a webhook say it."""
    profile = {"name": " ".join(filter(None, (person.first_name, person.last_name)))}
    if person.username:
        profile["username"] = person.username
    phone = _phone(person)
    return {"profile": profile, **({"wa_id": phone} if phone else {}), "user_id": bsuid(person)}


def message(person: Person, said: Message, kind: str, content: Mapping[str, Any]) -> Json:
    """Return the value that brings one message of a person; `content` is what its type holds."""
    phone = _phone(person)
    body = {
        **({"from": phone} if phone else {}),
        "from_user_id": bsuid(person),
        "id": said.wamid,
        "timestamp": str(said.date),
        "type": kind,
        **content,
    }
    return {"contacts": [contact(person)], "messages": [body]}


def media(file: File, url: str) -> Json:
    """Return what every picture and document of a person holds."""
    return {"mime_type": file.mime, "sha256": file.unique_id, "id": file.id, "url": url}


def status(said: Message, state: str, at: int) -> Json:
    """Return the value that tells how far a message of the business came."""
    person = said.chat.person
    assert person is not None
    phone = _phone(person)
    body: Json = {
        "id": said.wamid,
        "status": state,
        "timestamp": str(at),
        **({"recipient_id": phone} if phone else {}),
        "recipient_user_id": bsuid(person),
    }
    if said.tracker is not None:
        body["biz_opaque_callback_data"] = said.tracker
    category = "utility" if said.content.template else "service"
    if state in ("sent", "delivered"):
        body["pricing"] = {"billable": bool(said.content.template), "pricing_model": "PMP", "type": "regular", "category": category}  # fmt: skip
    return {"contacts": [contact(person)], "statuses": [body]}


def failed(said: Message, error: Json, at: int) -> Json:
    """Return the value that tells that a message failed: without contacts."""
    person = said.chat.person
    assert person is not None
    return failed_to(said.wamid, _phone(person) or bsuid(person), said.tracker, error, at)


def failed_to(wamid: str, recipient: str, tracker: str | None, error: Json, at: int) -> Json:
    """Return the value that tells that a message to a phone number or BSUID failed."""
    name = "recipient_id" if recipient.isdecimal() else "recipient_user_id"
    body: Json = {"id": wamid, "status": "failed", "timestamp": str(at), name: recipient}
    if tracker is not None:
        body["biz_opaque_callback_data"] = tracker
    return {"statuses": [{**body, "errors": [error]}]}


def changed_number(before: Person, after: Person, wamid: str, at: int) -> Json:
    """Return the value of the system message that a person has another number."""
    system = {
        "body": f"User {before.first_name} changed from {before.phone} to {after.phone}",
        "wa_id": after.phone,
        "user_id": bsuid(after),
        "type": "user_changed_number",
    }
    return {
        "messages": [
            {
                "from": before.phone,
                "from_user_id": bsuid(before),
                "id": wamid,
                "timestamp": str(at),
                "type": "system",
                "system": system,
            }
        ]
    }


def template_status(id_: str, name: str, language: str, event: str, reason: str | None) -> Json:
    """Return the value that tells what became of a template."""
    return {
        "event": event,
        "message_template_id": int(id_),
        "message_template_name": name,
        "message_template_language": language,
        "reason": reason,
    }


def quality(display: str, tier: str) -> Json:
    """Return the value that tells a number's new messaging limit."""
    return {"display_phone_number": display, "event": "UPGRADE", "current_limit": tier}


def as_before(value: Any) -> Any:
    """Return a value in the old shape; one whose phone is hidden has no old shape and stays."""
    if isinstance(value, list):
        return [as_before(each) for each in value]
    if not isinstance(value, dict):
        return value
    hidden = any("user_id" in c and "wa_id" not in c for c in value.get("contacts") or ())
    if hidden:
        return value
    kept = {name: as_before(held) for name, held in value.items() if name not in _NEW_NAMES}
    if "statuses" in kept:
        kept.pop("contacts", None)
    return kept


def envelope(waba_id: str, metadata: Json, updates: Iterable[Update], at: int, *, old: bool) -> Json:  # fmt: skip
    """Return one webhook body for several updates, spread over arrays, changes and entries as Meta may."""
    changes: list[Json] = []
    for update in updates:
        value = as_before(update.body["value"]) if old else update.body["value"]
        if update.body["field"] != "messages":
            changes.append({"field": update.body["field"], "value": value})
        elif changes and _has_room(changes[-1]["value"], value):
            _merge(changes[-1]["value"], value)
        else:
            shared = {"messaging_product": "whatsapp", "metadata": metadata}
            changes.append({"field": "messages", "value": shared | {k: [*v] for k, v in value.items()}})  # fmt: skip
    entries = [changes[at : at + _PER_ENTRY] for at in range(0, len(changes), _PER_ENTRY)]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": waba_id, "time": at, "changes": entry} for entry in entries],
    }


def _has_room(into: Json, value: Json) -> bool:
    """Messages join messages, statuses join statuses, three at most in a change."""
    same = next((name for name in ("messages", "statuses") if name in value), "")
    return same in into and len(into[same]) < _PER_CHANGE


def _merge(into: Json, value: Json) -> None:
    for name, held in value.items():
        known = into.setdefault(name, [])
        known.extend(each for each in held if name != "contacts" or each not in known)
