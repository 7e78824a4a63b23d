"""The Bot API methods the product uses, with Telegram's rules and refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from bot.simulator import shapes, updates
from bot.simulator.call import Call
from bot.simulator.compose import Keyboard, body, edited_buttons, markup, media
from bot.simulator.errors import bad, forbidden
from bot.simulator.shapes import Json
from bot.simulator.world import Chat, Content, Message

_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
_SCOPES = frozenset(
    [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
)
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MAX_DOWNLOAD = 20 * 1024 * 1024


def _reachable(call: Call) -> Chat:
    """Return the chat a message may go to; refuse strangers and who blocked the bot."""
    if not call.text("chat_id"):
        raise bad("chat_id is empty")
    number = call.integer("chat_id")
    chat = call.bot.chats.get(number)
    if chat is None or not chat.started:
        if number in call.world.people:
            raise forbidden("bot can't initiate conversation with a user")
        raise bad("chat not found")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    return chat


def _post(call: Call, chat: Chat, content: Content, keyboard: Keyboard) -> Json:
    call.world.limits.check_send(call.bot.id, chat.id)
    message = call.world.add_message(call.bot, chat, None, content)
    if keyboard is not None:
        chat.keyboard = keyboard[0]
        call.world.emit("keyboard", chat.id, extra={"keyboard": chat.keyboard})
    return shapes.message(call.bot, message)


def get_me(call: Call) -> Json:
    """Return the bot itself."""
    return {
        **shapes.bot_user(call.bot),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def send_message(call: Call) -> Json:
    """Send a text of 1 to 4096 UTF-16 units, counted after parsing."""
    call.world.limits.check_pause(call.bot.id)
    chat = _reachable(call)
    text, entities = body(call, "text", "entities")
    buttons, keyboard = markup(call)
    return _post(call, chat, Content(text=text, entities=entities, buttons=buttons), keyboard)


def send_photo(call: Call) -> Json:
    """Send a picture by upload or file_id, with a caption of at most 1024 UTF-16 units."""
    return _send_media(call, "photo")


def send_document(call: Call) -> Json:
    """Send a file by upload or file_id, with a caption of at most 1024 UTF-16 units."""
    return _send_media(call, "document")


def _send_media(call: Call, kind: Any) -> Json:
    call.world.limits.check_pause(call.bot.id)
    chat = _reachable(call)
    text, entities = body(call, "caption", "caption_entities")
    buttons, keyboard = markup(call)
    stored = media(call, kind)
    content = Content(kind=kind, text=text, entities=entities, buttons=buttons, file=stored)
    return _post(call, chat, content, keyboard)


def send_chat_action(call: Call) -> bool:
    """Show that the bot is busy."""
    call.world.limits.check_pause(call.bot.id)
    chat = _reachable(call)
    action = call.text("action")
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    call.world.emit("typing", chat.id, extra={"action": action})
    return True


def _own_message(call: Call) -> Message:
    chat = _reachable(call)
    found = chat.messages.get(call.integer("message_id"))
    if found is None or found.deleted:
        raise bad("message to edit not found")
    if found.sender is not None:
        raise bad("message can't be edited")
    return found


def _edit(call: Call, message: Message, changes: Mapping[str, Any]) -> Json:
    if all(getattr(message.content, name) == value for name, value in changes.items()):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    call.world.edit(message, **changes)
    return shapes.message(call.bot, message)


def edit_message_text(call: Call) -> Json:
    """Put another text in place; without reply_markup the buttons go."""
    call.world.limits.check_pause(call.bot.id)
    message = _own_message(call)
    if message.content.kind != "text":
        raise bad("there is no text in the message to edit")
    text, entities = body(call, "text", "entities")
    changes = {"text": text, "entities": entities, "buttons": edited_buttons(call)}
    return _edit(call, message, changes)


def edit_message_reply_markup(call: Call) -> Json:
    """Put other buttons in place, or none."""
    call.world.limits.check_pause(call.bot.id)
    message = _own_message(call)
    return _edit(call, message, {"buttons": edited_buttons(call)})


def delete_message(call: Call) -> bool:
    """Take a message away; in a private chat the person's own too."""
    chat = _reachable(call)
    found = chat.messages.get(call.integer("message_id"))
    if found is None or found.deleted:
        raise bad("message to delete not found")
    if found.sender is not None and chat.person is None:
        raise bad("message can't be deleted")
    found.deleted = True
    call.world.emit("delete", chat.id, found)
    return True


def answer_callback_query(call: Call) -> bool:
    """Answer a pressed button, with at most 200 UTF-16 units; too late or unknown is refused."""
    text = call.text("text")
    if len(text.encode("utf-16-le")) > 400:
        raise bad("MESSAGE_TOO_LONG")
    pressed = call.bot.callbacks.get(call.text("callback_query_id"))
    if pressed is None or monotonic() - pressed.at > call.world.callback_seconds:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    answer = {"text": text, "alert": call.flag("show_alert")}
    call.world.emit("answer", pressed.person.id, extra={"answer": answer})
    return True


def get_file(call: Call) -> Json:
    """Tell where a file of at most 20 MB is downloaded."""
    stored = call.bot.files.get(call.text("file_id"))
    if stored is None:
        raise bad("invalid file_id")
    if len(stored.data) > MAX_DOWNLOAD:
        raise bad("file is too big")
    return {**shapes.file(stored), "file_path": stored.path}


def get_chat(call: Call) -> Json:
    """Tell what is known of a chat that was started."""
    if not call.text("chat_id"):
        raise bad("chat_id is empty")
    chat = call.bot.chats.get(call.integer("chat_id"))
    if chat is None or not chat.started:
        raise bad("chat not found")
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **shapes.chat(chat),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def set_my_commands(call: Call) -> bool:
    """Keep a list of commands for a scope and language; an empty list removes it."""
    listed = call.json("commands", "can't parse commands JSON object")
    if not isinstance(listed, list):
        raise bad("expected an Array of BotCommand")
    if len(listed) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for item in listed:
        if not isinstance(item, dict) or not _COMMAND.fullmatch(
            str(item.get("command", "")).removeprefix("/")
        ):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(item.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = call.json("scope", "can't parse BotCommandScope JSON object") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in _SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    person = 0
    if kind.startswith("chat"):
        person = int(scope.get("chat_id") or 0)
        if person not in call.bot.chats:
            raise bad("chat not found")
    kept = [
        {"command": str(i["command"]).removeprefix("/"), "description": str(i["description"])}
        for i in listed
    ]
    key = (kind, person, call.text("language_code"))
    if kept:
        call.bot.commands[key] = kept
    else:
        call.bot.commands.pop(key, None)
    call.world.emit("commands", person or None, extra={"commands": kept})
    return True


Method = Callable[[Call], Any]
METHODS: Mapping[str, Method] = {
    "getMe": get_me,
    "getUpdates": updates.get_updates,
    "setWebhook": updates.set_webhook,
    "deleteWebhook": updates.delete_webhook,
    "getWebhookInfo": updates.get_webhook_info,
    "getFile": get_file,
    "getChat": get_chat,
    "setMyCommands": set_my_commands,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
}
NAMES: Mapping[str, str] = {name.lower(): name for name in METHODS}
