"""Keyboards as the Bot API accepts them: inline, reply, removal, forced reply."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import bad
from bot.simulator.html import checked_link

_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text",
    "callback_game", "pay",
)  # fmt: skip
MAX_CALLBACK_DATA = 64
MAX_BUTTONS = 100
Rows = list[list[dict[str, Any]]]


def inline_rows(markup: dict[str, Any]) -> Rows:
    """Return the rows of an inline keyboard without empty ones; refuse what Telegram refuses."""
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    kept = [[_inline_button(button) for button in row] for row in rows if row]
    if sum(map(len, kept)) > MAX_BUTTONS:
        raise bad("reply markup is too long")
    return kept


def _inline_button(button: object) -> dict[str, Any]:
    what = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad(f"{what}InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise bad(f'{what}Can\'t find field "text"')
    text = button["text"]
    if not isinstance(text, str):
        raise bad(f'{what}Field "text" must be of type String')
    if not text.strip():
        raise bad(f'{what}Field "text" must be non-empty')
    _check_action(button, what)
    return button


def _check_action(button: dict[str, Any], what: str) -> None:
    actions = [name for name in _ACTIONS if button.get(name) is not None]
    if len(actions) > 1:
        raise bad(f"{what}exactly one of the optional fields must be used")
    if not actions or button[actions[0]] == "":
        raise bad(f"{what}Text buttons are unallowed in the inline keyboard")
    if "callback_data" in actions:
        data = button["callback_data"]
        if not isinstance(data, str):
            raise bad(f'{what}Field "callback_data" must be of type String')
        if len(data.encode("utf-8", "surrogatepass")) > MAX_CALLBACK_DATA:
            raise bad("BUTTON_DATA_INVALID")
    if "url" in actions and checked_link(str(button["url"])) is None:
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def reply_keyboard(markup: dict[str, Any]) -> dict[str, Any] | None:
    """Return a reply keyboard with every button as an object; refuse malformed rows and texts."""
    rows = markup["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    kept = [[_reply_button(button) for button in row] for row in rows if row]
    return {**markup, "keyboard": kept} if kept else None


def _reply_button(button: object) -> dict[str, Any]:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad("can't parse keyboard button: Can't find field \"text\"")
    return button
