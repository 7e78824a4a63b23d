"""What a business puts into a message: text, reply buttons, a list, a picture, a document; with Meta's sizes.

Lengths count UTF-16 units, the strictest reading of Meta's "characters".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from bot.simulator.html import utf16_len
from bot.simulator.markup import Rows
from bot.simulator.whatsapp_errors import GraphRefused, invalid, missing
from bot.simulator.whatsapp_markup import parse
from bot.simulator.whatsapp_templates import fill
from bot.simulator.whatsapp_world import Number
from bot.simulator.world import Content, File

MAX_TEXT: Final = 4096
MAX_BODY: Final = 1024
MAX_TITLE: Final = 20
MAX_ROW: Final = 24
MAX_HINT: Final = 72
MAX_ROWS: Final = 10
Json = Mapping[str, Any]


def content(number: Number, body: Json) -> Content:
    """Return what the person will see; refuse what the Cloud API refuses."""
    kind = str(body.get("type") or "text")
    held = body.get(kind)
    if kind == "template":
        return fill(number, held)
    if not isinstance(held, dict):
        raise missing(kind)
    match kind:
        case "text":
            shown, entities = parse(_text(held.get("body"), "text.body", MAX_TEXT))
            return Content(text=shown, entities=entities)
        case "interactive":
            return _interactive(number, held)
        case "image":
            return _media(number, held, "photo")
        case "document":
            return _media(number, held, "document")
    raise GraphRefused(131051, f"Message type {kind} is not supported here.")


def _text(value: object, name: str, most: int, least: int = 1) -> str:
    if value is None:
        if least:
            raise missing(name)
        return ""
    if not isinstance(value, str) or any("\ud800" <= c <= "\udfff" for c in value):
        raise invalid(f"{name} must be text")
    length = utf16_len(value)
    if (least and not value.strip()) or length > most:
        raise invalid(f"{name} has {length} characters, {least} to {most} are allowed")
    return value


def _interactive(number: Number, held: Json) -> Content:
    action = held.get("action")
    if not isinstance(action, dict):
        raise missing("interactive.action")
    wrapped = held.get("body")
    text = _text(wrapped.get("text") if isinstance(wrapped, dict) else None, "body.text", MAX_BODY)
    header, file = _header(number, held.get("header"))
    footer = held.get("footer")
    below = _text(footer.get("text") if isinstance(footer, dict) else None, "footer.text", 60, 0)
    shown, entities = parse("\n".join(filter(None, (header, text, below))))
    match held.get("type"):
        case "button":
            rows, menu = _reply_buttons(action.get("buttons")), ""
        case "list":
            menu = _text(action.get("button"), "action.button", MAX_TITLE)
            rows = _sections(action.get("sections"))
        case other:
            raise GraphRefused(131051, f"Interactive type {other} is not supported here.")
    kind: Literal["text", "photo", "document"] = "text"
    if file is not None:
        kind = "photo" if file.width else "document"
    return Content(kind=kind, text=shown, entities=entities, buttons=rows, menu=menu, file=file)


def _header(number: Number, header: object) -> tuple[str, File | None]:
    if not isinstance(header, dict):
        return "", None
    if header.get("type") == "text":
        return f"*{_text(header.get('text'), 'header.text', 60)}*", None
    kind = str(header.get("type"))
    held = header.get(kind)
    if kind not in {"image", "document"} or not isinstance(held, dict):
        raise invalid(f"header type {kind} is not supported here")
    return "", _file(number, held)


def _reply_buttons(buttons: object) -> Rows:
    if not isinstance(buttons, Sequence) or not 1 <= len(buttons) <= 3:
        raise invalid("action.buttons: 1 to 3 reply buttons")
    replies = [button.get("reply") or {} for button in buttons]
    rows = [_choice(reply, MAX_TITLE, 256) for reply in replies]
    _differ([reply.get("id") for reply in replies], "button ids")
    _differ([reply.get("title") for reply in replies], "button titles")
    return [[row] for row in rows]


def _sections(sections: object) -> Rows:
    if not isinstance(sections, Sequence) or not 1 <= len(sections) <= 10:
        raise invalid("action.sections: 1 to 10 sections")
    found = []
    for section in sections:
        _text(section.get("title"), "section.title", MAX_ROW, 1 if len(sections) > 1 else 0)
        rows = section.get("rows")
        if not rows:
            raise invalid("a section has at least one row")
        for row in rows:
            hint = _text(row.get("description"), "row.description", MAX_HINT, 0)
            found.append({**_choice(row, MAX_ROW, 200), "hint": hint})
    if len(found) > MAX_ROWS:
        raise invalid(f"Total row count exceed max allowed count: {MAX_ROWS}")
    _differ([row["callback_data"] for row in found], "row ids")
    return [[row] for row in found]


def _choice(given: Json, most: int, most_id: int) -> dict[str, Any]:
    title = _text(given.get("title"), "title", most)
    if "\n" in title:
        raise invalid("a title has no line break")
    return {"text": title, "callback_data": _text(given.get("id"), "id", most_id)}


def _differ(values: list[Any], what: str) -> None:
    if len(set(values)) < len(values):
        raise invalid(f"{what} must differ")


def _media(number: Number, held: Json, kind: Literal["photo", "document"]) -> Content:
    file = _file(number, held)
    if (kind == "photo") != bool(file.width):
        raise GraphRefused(131053, f"media {file.id} has type {file.mime}")
    caption, entities = parse(_text(held.get("caption"), "caption", MAX_BODY, 0))
    name = _text(held.get("filename"), "filename", 240, 0)
    if kind == "document" and name:
        file = File(id=file.id, unique_id=file.unique_id, path=file.path, name=name, mime=file.mime, data=file.data)  # fmt: skip
    return Content(kind=kind, text=caption, entities=entities, file=file)


def _file(number: Number, held: Json) -> File:
    if "link" in held:
        raise GraphRefused(131053, "Media by link is not fetched here: upload it.")
    file = number.media.get(str(held.get("id", "")))
    if file is None:
        raise GraphRefused(131009, f"media {held.get('id')} does not exist")
    return file
