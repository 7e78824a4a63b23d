"""What a person does in WhatsApp, and the webhook the business gets for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.simulator import whatsapp_shapes as shapes
from bot.simulator.people import Done, NotPossible
from bot.simulator.whatsapp_api import media_link
from bot.simulator.whatsapp_world import Number, Whatsapp
from bot.simulator.world import Chat, Content, File, Message, Person

# What a business gets for the things it is not made for, by the name a test says.
OTHERS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "location": ("location", {"location": {"latitude": -0.5022, "longitude": 117.1536}}),
    "voice": (
        "audio",
        {"audio": {"mime_type": "audio/ogg; codecs=opus", "sha256": "m04=", "id": "1", "voice": True}},
    ),
    "sticker": (
        "sticker",
        {"sticker": {"mime_type": "image/webp", "sha256": "OmT=", "id": "2", "animated": False}},
    ),
    "unsupported": (
        "unsupported",
        {
            "errors": [
                {
                    "code": 131051,
                    "title": "Message type unknown",
                    "message": "Message type unknown",
                    "error_data": {"details": "Message type is currently not supported."},
                }
            ]
        },
    ),
    "unknown": ("hologram", {"hologram": {"depth": 3}}),
}  # fmt: skip


@dataclass(slots=True, frozen=True, kw_only=True)
class WhatsappActor:
    """Who acts, toward which number; `base` is where media is downloaded."""

    whatsapp: Whatsapp
    number: Number
    person: Person
    base: str

    def chat(self) -> Chat:
        """Return the chat to write in; refuse without WhatsApp and while the business is blocked."""
        if not self.person.whatsapp:
            raise NotPossible("this person has no WhatsApp")
        chat = self.whatsapp.chat(self.number, self.person)
        if chat.blocked:
            raise NotPossible("the business is blocked")
        return chat


def _sent(
    actor: WhatsappActor, content: Content, kind: str, held: Mapping[str, Any], date: int | None = None
) -> Done:  # fmt: skip
    """Put a message into the chat: the window opens, what came before is read, the business is told."""
    chat, whatsapp = actor.chat(), actor.whatsapp
    chat.started = True
    before = [m for m in chat.messages.values() if m.sender is None and m.state in ("sent", "delivered")]  # fmt: skip
    message = whatsapp.add_message(actor.number, chat, actor.person, content, date=date)
    seq = whatsapp.world.events[-1].seq
    chat.heard = max(chat.heard or 0.0, float(message.date))
    update = whatsapp.add_update(
        actor.number, chat.id, "messages", shapes.message(actor.person, message, kind, held)
    )
    if whatsapp.habits.reads:
        for read in before:
            whatsapp.climb(actor.number, read, "read")
    return {"update_id": update.id, "message_id": message.id, "wamid": message.wamid, "seq": seq}


def say(actor: WhatsappActor, text: str, *, date: int | None = None, answers: int | None = None) -> Done:  # fmt: skip
    """Write a text, perhaps as an answer to a message; `date` in unix seconds, if not now."""
    text = text.strip()
    if not text:
        raise NotPossible("an empty text cannot be sent")
    if len(text) > 4096:
        raise NotPossible("a text has at most 4096 characters")
    held: dict[str, Any] = {"text": {"body": text}}
    if answers is not None:
        quoted = actor.chat().messages.get(answers)
        if quoted is None:
            raise NotPossible(f"no message {answers}")
        held["context"] = _context(actor, quoted)
    return _sent(actor, Content(text=text), "text", held, date)


def _context(actor: WhatsappActor, message: Message) -> dict[str, str]:
    writer = actor.number.display if message.sender is None else message.sender.phone
    return {"from": writer, "id": message.wamid}


def press(actor: WhatsappActor, message_id: int, data: str, *, forge: bool = False) -> Done:
    """Press a reply button, choose a row of a list, or a template's quick reply.

    With `forge`, `data` may be made up and the message another chat's.
    """
    message = actor.chat().messages.get(message_id)
    if message is None and forge:
        chats = actor.number.chats.values()
        message = next((c.messages[message_id] for c in chats if message_id in c.messages), None)
    if message is None or message.sender is not None:
        raise NotPossible(f"no message {message_id} of the business")
    rows = message.content.buttons or []
    button = next((b for row in rows for b in row if b["callback_data"] == data), None)
    if button is None and not forge:
        raise NotPossible(f"no button {data!r} on message {message_id}")
    title = button["text"] if button else data[:20]
    held: dict[str, Any]
    if message.content.template:
        kind, held = "button", {"button": {"payload": data, "text": title}}
    else:
        reply = {"id": data, "title": title}
        name = "list_reply" if message.content.menu else "button_reply"
        if button and button.get("hint"):
            reply["description"] = button["hint"]
        kind, held = "interactive", {"interactive": {"type": name, name: reply}}
    held = {"context": _context(actor, message), **held}
    return _sent(actor, Content(text=title), kind, held)


def share_contact(actor: WhatsappActor, contact: Mapping[str, Any] | None) -> Done:
    """Share the own contact (None) or somebody else's: phone_number and first_name."""
    own = {"phone_number": actor.person.phone, "first_name": actor.person.first_name}
    known = own if contact is None else contact
    phone, name = str(known["phone_number"]), str(known["first_name"])
    card = {
        "name": {"first_name": name, "formatted_name": name},
        "phones": [{"phone": f"+{phone}", "wa_id": phone, "type": "CELL"}],
    }
    seen = {"phone_number": phone, "user_id": actor.person.id if contact is None else None}
    return _sent(actor, Content(kind="contact", contact=seen), "contacts", {"contacts": [card]})


def send_file(actor: WhatsappActor, file: File, caption: str) -> Done:
    """Send media that was stored before; one with a width goes as a picture."""
    link = media_link(actor.whatsapp, actor.number, file.id, actor.base)
    held: dict[str, Any] = shapes.media(file, link)
    if caption.strip():
        held["caption"] = caption.strip()
    if file.width:
        content = Content(kind="photo", text=caption.strip(), file=file)
        return _sent(actor, content, "image", {"image": held})
    content = Content(kind="document", text=caption.strip(), file=file)
    return _sent(actor, content, "document", {"document": {"filename": file.name, **held}})


def send_other(actor: WhatsappActor, what: str) -> Done:
    """Send what the business is not made for: see OTHERS, and a reaction to its newest message."""
    if what == "reaction":
        said = [m for m in actor.chat().messages.values() if m.sender is None]
        if not said:
            raise NotPossible("there is nothing to react to")
        held = {"reaction": {"message_id": said[-1].wamid, "emoji": "👍"}}
        return _sent(actor, Content(kind="other", text="👍"), "reaction", held)
    if what not in OTHERS:
        raise NotPossible(f"one of {', '.join(OTHERS)}, reaction")
    kind, held = OTHERS[what]
    return _sent(actor, Content(kind="other", text=f"({kind})"), kind, held)


def block(actor: WhatsappActor, *, blocked: bool) -> Done:
    """Block the business or let it in again; WhatsApp does not tell it."""
    actor.whatsapp.chat(actor.number, actor.person).blocked = blocked
    return {"update_id": None, "blocked": blocked}
