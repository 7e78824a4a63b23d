"""What a bot puts into a message: text or caption, buttons, picture or file."""

from __future__ import annotations

import io
from typing import Any, Literal

from PIL import Image, UnidentifiedImageError

from bot.simulator.call import Call, Upload
from bot.simulator.errors import Refused, bad
from bot.simulator.html import Entity, HtmlError, checked_link, parse, trimmed, utf16_len
from bot.simulator.markup import Rows, inline_rows, reply_keyboard
from bot.simulator.world import File

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DOCUMENT = 50 * 1024 * 1024
_MAX_SIDES = 10_000
_MAX_RATIO = 20
# A reply keyboard's change: None keeps it, (None,) takes it away.
Keyboard = tuple[dict[str, Any] | None] | None


def body(call: Call, name: str, entities_name: str) -> tuple[str, tuple[Entity, ...]]:
    """Return text and entities; refuse bad markup, an empty text, a text or caption too long."""
    written = call.text(name).replace("\r", "")
    given = call.json(entities_name, "can't parse entities: must be a JSON Array")
    mode = call.text("parse_mode").lower()
    if given:
        text, entities = trimmed(written, _given(given, written))
    elif mode in {"", "none"}:
        text, entities = trimmed(written, [])
    elif mode == "html":
        try:
            text, entities = parse(written)
        except HtmlError as wrong:
            raise bad(f"can't parse entities: {wrong}") from None
    else:
        raise bad("unsupported parse_mode")
    if name == "text" and not text:
        raise bad("message text is empty")
    limit = MAX_TEXT if name == "text" else MAX_CAPTION
    if len(text) * 2 > limit and utf16_len(text) > limit:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    return text, tuple(entities)


def _given(given: object, written: str) -> list[Entity]:
    if not isinstance(given, list):
        raise bad("can't parse entities: must be a JSON Array")
    units = utf16_len(written)
    for entity in given:
        if not isinstance(entity, dict) or not {"type", "offset", "length"} <= entity.keys():
            raise bad("can't parse MessageEntity: expected an Object")
        if not isinstance(entity["type"], str):
            raise bad('can\'t parse MessageEntity: Field "type" must be of type String')
        if entity["type"] == "text_link" and checked_link(str(entity.get("url", ""))) is None:
            raise bad(f"entity URL '{entity.get('url', '')}' is invalid: Wrong HTTP URL")
        offset, length = entity["offset"], entity["length"]
        if not isinstance(offset, int) or not isinstance(length, int):
            raise bad("can't parse MessageEntity: offset and length must be numbers")
        if offset < 0 or length < 0 or offset + length > units:
            raise bad("can't parse entities: entity out of text bounds")
    return given


def _reply_markup(call: Call) -> dict[str, Any] | None:
    if not call.params.get("reply_markup"):
        return None
    value = call.json("reply_markup", "can't parse reply keyboard markup JSON object")
    if value is not None and not isinstance(value, dict):
        raise bad("object expected as reply markup")
    return value


def markup(call: Call) -> tuple[Rows | None, Keyboard]:
    """Return inline buttons (or None) and what happens to the reply keyboard."""
    value = _reply_markup(call)
    if value is None:
        return None, None
    if "inline_keyboard" in value:
        return inline_rows(value) or None, None
    if "keyboard" in value:
        return None, (reply_keyboard(value),)
    return None, (None,) if value.get("remove_keyboard") else None


def edited_buttons(call: Call) -> Rows | None:
    """Return the inline buttons an edit puts in place, None for none."""
    value = _reply_markup(call)
    if value is None:
        return None
    if "inline_keyboard" not in value:
        raise bad("inline keyboard expected")
    return inline_rows(value) or None


def media(call: Call, kind: Literal["photo", "document"]) -> File:
    """Return the file of this request: uploaded now, or known by its file_id."""
    written = call.text(kind)
    upload = call.files.get(written.removeprefix("attach://") if written else kind)
    if upload is None:
        if not written:
            raise bad(f"there is no {kind} in the request")
        known = call.bot.files.get(written)
        if known is None:
            if written.startswith(("http://", "https://")):
                raise bad("failed to get HTTP URL content")
            raise bad("wrong remote file identifier specified: Wrong padding in the string")
        if (kind == "photo") != bool(known.width):
            raise bad(
                f"can't use file of type {'Document' if kind == 'photo' else 'Photo'} as {kind.title()}"
            )
        return known
    if not upload.data:
        raise bad("file must be non-empty")
    if len(upload.data) > (MAX_PHOTO if kind == "photo" else MAX_DOCUMENT):
        raise Refused(413, "Request Entity Too Large")
    size = picture_size(upload) if kind == "photo" else (0, 0)
    return call.world.add_file(call.bot, upload.name, upload.mime, upload.data, size)


def picture_size(upload: Upload) -> tuple[int, int]:
    """Return width and height in pixels; refuse what is no picture or has absurd sides."""
    try:
        with Image.open(io.BytesIO(upload.data)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise bad("IMAGE_PROCESS_FAILED") from None
    if width + height > _MAX_SIDES or max(width, height) > _MAX_RATIO * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height
