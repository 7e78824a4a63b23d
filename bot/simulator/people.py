"""What a person does in a chat, and the update the bot gets for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import randbits
from time import monotonic
from typing import Any

from bot.simulator import shapes
from bot.simulator.html import Entity
from bot.simulator.world import Bot, Callback, Chat, Content, File, Message, Person, World

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]+)?")
_KEPT_CALLBACKS = 50_000


class NotPossible(ValueError):  # noqa: N818 - an answer to the person's client, not a defect
    """Say why a person cannot do this."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Actor:
    """Who acts, toward which bot, in which world."""

    world: World
    bot: Bot
    person: Person

    def chat(self, group: int | None = None) -> Chat:
        """Return the chat to write in, started by that; refuse while the bot is blocked."""
        if group is not None:
            found = self.bot.chats.get(group)
            if found is None:
                raise NotPossible(f"no group {group}")
            return found
        chat = self.world.chat(self.bot, self.person)
        if chat.blocked:
            raise NotPossible("the bot is blocked")
        chat.started = True
        return chat


Done = dict[str, Any]


def _sent(actor: Actor, chat: Chat, content: Content, date: int | None = None) -> Done:
    message = actor.world.add_message(actor.bot, chat, actor.person, content, date)
    return _told(actor, "message", message)


def _told(actor: Actor, kind: str, message: Message) -> Done:
    wire = shapes.message(actor.bot, message)
    seq = actor.world.events[-1].seq
    update = actor.world.add_update(actor.bot, kind, message.chat.id, wire)
    return {"update_id": update.id if update else None, "message_id": message.id, "seq": seq}


def _commands(text: str) -> tuple[Entity, ...]:
    found = _COMMAND.match(text)
    if found is None:
        return ()
    return ({"type": "bot_command", "offset": 0, "length": found.end()},)


def say(actor: Actor, text: str, *, date: int | None = None, group: int | None = None) -> Done:
    """Write a text; `date` in unix seconds says when it was written, if not now."""
    text = text.strip()
    if not text:
        raise NotPossible("an empty text cannot be sent")
    if len(text) > 4096:
        raise NotPossible("a text has at most 4096 characters")
    content = Content(text=text, entities=_commands(text))
    return _sent(actor, actor.chat(group), content, date)


def rewrite(actor: Actor, message_id: int, text: str) -> Done:
    """Edit an own text."""
    message = actor.chat().messages.get(message_id)
    if message is None or message.sender is None or message.content.kind != "text":
        raise NotPossible(f"no own text {message_id}")
    actor.world.edit(message, text=text.strip(), entities=_commands(text.strip()))
    return _told(actor, "edited_message", message)


def share_contact(actor: Actor, contact: Mapping[str, Any] | None) -> Done:
    """Share the own contact (None) or somebody else's: phone, and user_id where known."""
    if contact is None:
        if not actor.person.phone:
            raise NotPossible("this person has no phone number")
        contact = {
            "phone_number": actor.person.phone,
            "first_name": actor.person.first_name,
            **({"last_name": actor.person.last_name} if actor.person.last_name else {}),
            "user_id": actor.person.id,
        }
    return _sent(actor, actor.chat(), Content(kind="contact", contact=contact))


def send_file(actor: Actor, file: File, caption: str) -> Done:
    """Send a file that was stored before; one with a width goes as a photo."""
    kind: Any = "photo" if file.width else "document"
    return _sent(actor, actor.chat(), Content(kind=kind, text=caption.strip(), file=file))


def press(actor: Actor, message_id: int, data: str, *, forge: bool = False) -> Done:
    """Press a button; `data` may be made up, a message of another chat only with `forge`."""
    chat = actor.world.chat(actor.bot, actor.person)
    if chat.blocked:
        raise NotPossible("the bot is blocked")
    message = chat.messages.get(message_id) or _in_group(actor, message_id)
    if message is None and forge:
        chats = actor.bot.chats.values()
        message = next((c.messages[message_id] for c in chats if message_id in c.messages), None)
    if message is None or message.sender is not None:
        raise NotPossible(f"no message {message_id} of the bot")
    if not 1 <= len(data.encode()) <= 64:
        raise NotPossible("callback data has 1 to 64 bytes")
    query = str(randbits(62))
    callbacks = actor.bot.callbacks
    callbacks[query] = Callback(person=actor.person, chat=message.chat, at=monotonic())
    if len(callbacks) > _KEPT_CALLBACKS:
        del callbacks[next(iter(callbacks))]
    body = {
        "id": query,
        "from": shapes.person_user(actor.person),
        "message": shapes.message(actor.bot, message),
        "chat_instance": str(message.chat.id * 1_000_003 + actor.bot.id),
        "data": data,
    }
    seq = actor.world.events[-1].seq if actor.world.events else 0
    update = actor.world.add_update(actor.bot, "callback_query", message.chat.id, body)
    return {"update_id": update.id if update else None, "callback_id": query, "seq": seq}


def _in_group(actor: Actor, message_id: int) -> Message | None:
    groups = (chat for chat in actor.bot.chats.values() if chat.person is None)
    return next((g.messages[message_id] for g in groups if message_id in g.messages), None)


def block(actor: Actor, *, blocked: bool) -> Done:
    """Block the bot or let it in again; the bot learns of it by my_chat_member."""
    chat = actor.world.chat(actor.bot, actor.person)
    if chat.blocked == blocked:
        return {"update_id": None, "blocked": blocked}
    chat.blocked = blocked
    user = {"user": shapes.bot_user(actor.bot)}
    gone, here = {**user, "status": "kicked", "until_date": 0}, {**user, "status": "member"}
    body = {
        "chat": shapes.chat(chat),
        "from": shapes.person_user(actor.person),
        "date": int(actor.world.now()),
        "old_chat_member": here if blocked else gone,
        "new_chat_member": gone if blocked else here,
    }
    update = actor.world.add_update(actor.bot, "my_chat_member", chat.id, body)
    return {"update_id": update.id if update else None, "blocked": blocked}
