"""The wire forms of people, chats and messages, as the Bot API sends them."""

from __future__ import annotations

from typing import Any

from bot.simulator.world import Bot, Chat, Content, File, Message, Person

Json = dict[str, Any]


def bot_user(bot: Bot) -> Json:
    """Return a bot as a User."""
    return {"id": bot.id, "is_bot": True, "first_name": bot.name, "username": bot.username}


def person_user(person: Person) -> Json:
    """Return a person as a User."""
    user: Json = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    if person.last_name:
        user["last_name"] = person.last_name
    user["language_code"] = "id"
    return user


def chat(talk: Chat) -> Json:
    """Return a private chat or a supergroup as a Chat."""
    if talk.person is None:
        return {"id": talk.id, "type": "supergroup", "title": talk.title}
    found: Json = {"id": talk.id, "type": "private", "first_name": talk.person.first_name}
    if talk.person.last_name:
        found["last_name"] = talk.person.last_name
    return found


def file(stored: File) -> Json:
    """Return what every file object shares."""
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.data),
    }


def message(bot: Bot, said: Message) -> Json:
    """Return a message as its bot sees it; a deleted one is inaccessible (date 0)."""
    if said.deleted:
        return {"message_id": said.id, "date": 0, "chat": chat(said.chat)}
    found: Json = {
        "message_id": said.id,
        "from": bot_user(bot) if said.sender is None else person_user(said.sender),
        "chat": chat(said.chat),
        "date": said.date,
    }
    if said.edited is not None:
        found["edit_date"] = said.edited
    _fill(found, said.content)
    return found


def _fill(found: Json, content: Content) -> None:
    if content.file is not None and content.kind == "photo":
        size = {"width": content.file.width, "height": content.file.height}
        found["photo"] = [{**file(content.file), **size}]
    elif content.file is not None:
        name = {"file_name": content.file.name, "mime_type": content.file.mime}
        found["document"] = {**file(content.file), **name}
    if content.contact is not None:
        found["contact"] = dict(content.contact)
    if content.text:
        text, entities = (
            ("text", "entities") if content.kind == "text" else ("caption", "caption_entities")
        )
        found[text] = content.text
        if content.entities:
            found[entities] = list(content.entities)
    if content.buttons is not None:
        found["reply_markup"] = {"inline_keyboard": content.buttons}
