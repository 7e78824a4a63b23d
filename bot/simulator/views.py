"""What the page and the tests see: people, messages, events, requests, updates as plain JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.simulator.html import render
from bot.simulator.world import Bot, Chat, Content, Event, Message, Person, Request, Update

Json = dict[str, Any]


def person(one: Person) -> Json:
    """Return a person as the page lists them."""
    return asdict(one)


def message(said: Message, content: Content | None = None, *, edited: bool, deleted: bool) -> Json:
    """Return a message, with `content` in place of what it says now."""
    seen = content or said.content
    contact = seen.contact
    owner = said.sender.id if said.sender else None
    return {
        "id": said.id,
        "from": "bot" if said.sender is None else "person",
        "date": said.date,
        "text": seen.text,
        "html": render(seen.text, seen.entities),
        "buttons": _buttons(seen),
        "edited": edited,
        "deleted": deleted,
        "kind": seen.kind,
        "menu": seen.menu,
        "template": seen.template,
        "wamid": said.wamid,
        "state": said.state,
        "file": _file(seen),
        "contact": contact
        and {"phone": contact["phone_number"], "own": contact.get("user_id") == owner},
    }


def _buttons(seen: Content) -> list[list[Json]] | None:
    if seen.buttons is None:
        return None
    return [
        [
            {"text": b["text"], "url": b["url"]}
            if "url" in b
            else {"text": b["text"], "data": b.get("callback_data", ""), "hint": b.get("hint", "")}
            for b in row
        ]
        for row in seen.buttons
    ]


def _file(seen: Content) -> Json | None:
    if seen.file is None:
        return None
    file = seen.file
    url = f"/sim/files/{file.id}"
    return {"name": file.name, "url": url, "mime": file.mime, "size": len(file.data)}


def event(seen: Event) -> Json:
    """Return an event with its message as it was then."""
    found: Json = {"seq": seen.seq, "person": seen.person, "kind": seen.kind}
    found["channel"] = seen.channel
    if seen.message is not None:
        found["message"] = message(
            seen.message, seen.content, edited=seen.kind == "edit", deleted=seen.kind == "delete"
        )
    if seen.extra is not None:
        found.update(seen.extra)
    return found


def chat(bot: Bot, one: Person, talk: Chat | None) -> Json:
    """Return a person's whole chat with a bot, also one that was never started."""
    messages = talk.messages.values() if talk else ()
    return {
        "person": person(one),
        "bot": {"id": bot.id, "username": bot.username, "name": bot.name},
        "messages": [message(m, edited=m.edited is not None, deleted=m.deleted) for m in messages],
        "keyboard": talk.keyboard if talk else None,
        "commands": commands(bot, one.id),
        "blocked": talk.blocked if talk else False,
        "started": talk.started if talk else False,
    }


def commands(bot: Bot, person_id: int) -> list[dict[str, str]]:
    """Return the commands this person is shown: the narrowest scope and the language id first."""
    for scope, number in (("chat", person_id), ("all_private_chats", 0), ("default", 0)):
        for language in ("id", ""):
            found = bot.commands.get((scope, number, language))
            if found:
                return found
    return []


def request(entry: Request) -> Json:
    """Return a line of the request log."""
    return {
        "seq": entry.seq,
        "at": entry.at,
        "channel": entry.channel,
        "method": entry.method,
        "bot": entry.bot,
        "chat_id": entry.chat_id,
        "params": entry.params,
        "status": entry.status,
        "result": entry.result,
    }


def update(made: Update) -> Json:
    """Return an update with how often it was posted or fetched and the last status."""
    return {
        "update_id": made.id,
        "chat_id": made.chat_id,
        "update": made.body,
        "delivered": {"times": made.delivered, "status": made.status},
        "confirmed": made.confirmed,
    }
