"""Telegram's HTML parse mode: (text, entities) with UTF-16 offsets, refusals in Telegram's words.

Where Telegram forgives what its documentation forbids (a bare `&`, an unknown attribute, `<a>`
without an address, a value without quotes) this parser refuses, as teremok does: whoever passes
here passes there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

Entity = dict[str, Any]

_TYPES: Mapping[str, str] = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre",
    "blockquote": "blockquote",
}  # fmt: skip
_ATTRIBUTES: Mapping[str, str] = {
    "a": "href", "code": "class", "span": "class", "blockquote": "expandable",
}  # fmt: skip
_TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:=(?:\"[^\"]*\"|'[^']*'))?)*)\s*>"
)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:=(?:\"([^\"]*)\"|'([^']*)'))?")
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPECIAL = re.compile(r"[<&]")
_NAME = re.compile(r"[^\s>]*")
_LINKS = frozenset({"http", "https", "tg", "ton", "mailto", "tel"})
_SHOWN = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "pre": "pre",
}  # fmt: skip


class HtmlError(ValueError):
    """Say what is wrong, without the "can't parse entities" in front."""


def utf16_len(text: str) -> int:
    """Count UTF-16 code units, the unit of Telegram's limits and offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(source: str) -> tuple[str, list[Entity]]:
    """Return plain text and entities of `source`, both trimmed as Telegram trims; raise HtmlError."""
    if "<" not in source and "&" not in source:
        return trimmed(source, [])
    out: list[str] = []
    units = 0
    open_tags: list[tuple[str, str, int]] = []  # name, argument, offset
    entities: list[Entity] = []
    at = 0
    while (special := _SPECIAL.search(source, at)) is not None:
        start = special.start()
        out.append(source[at:start])
        units += utf16_len(source[at:start])
        if source[start] == "&":
            shown, at = _reference(source, start)
            out.append(shown)
            units += utf16_len(shown)
            continue
        tag = _tag(source, start)
        at = tag.end()
        name = tag[2].lower()
        if not tag[1]:
            open_tags.append((name, _argument(name, tag[3], source, start), units))
            continue
        if not open_tags:
            raise HtmlError(f"Unexpected end tag at byte offset {_offset(source, start)}")
        opened, argument, since = open_tags.pop()
        if opened != name:
            raise HtmlError(
                f"Unmatched end tag at byte offset {_offset(source, start)}, "
                f'expected "</{opened}>", found "</{name}>"'
            )
        if units > since:
            entities.extend(_entity(opened, argument, since, units - since))
    if open_tags:
        raise HtmlError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    out.append(source[at:])
    return trimmed("".join(out), _tidy(entities))


def _offset(source: str, start: int) -> int:
    return len(source[:start].encode("utf-8", "surrogatepass"))


def _reference(source: str, start: int) -> tuple[str, int]:
    found = _REFERENCE.match(source, start)
    if found is None:
        raise HtmlError(
            f"Unexpected character '&' at byte offset {_offset(source, start)}, write &amp;"
        )
    if found[1]:
        return _NAMED[found[1]], found.end()
    code = int(found[2]) if found[2] else int(found[3], 16)
    valid = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return (chr(code) if valid else found[0]), found.end()


def _tag(source: str, start: int) -> re.Match[str]:
    found = _TAG.match(source, start)
    if found is not None and found[2].lower() in _TYPES:
        return found
    at = _offset(source, start)
    if source.startswith("</", start):
        if found is None:
            raise HtmlError(f"Unclosed end tag at byte offset {at}")
        raise HtmlError(f"Unexpected end tag at byte offset {at}")
    name = _NAME.match(source, start + 1)
    written = name[0].lower() if name else ""
    if found is None and (written in _TYPES or ">" not in source[start:]):
        raise HtmlError(f"Unclosed start tag at byte offset {at}")
    raise HtmlError(f'Unsupported start tag "{written}" at byte offset {at}')


def _argument(name: str, raw: str, source: str, start: int) -> str:
    values: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(raw):
        value = found[2] if found[2] is not None else found[3]
        values[found[1].lower()] = _REFERENCE.sub(lambda m: _reference(m[0], 0)[0], value or "")
    allowed = _ATTRIBUTES.get(name)
    at = _offset(source, start)
    for key in values:
        if key != allowed:
            raise HtmlError(
                f'Unsupported attribute "{key}" in the tag "{name}" at byte offset {at}'
            )
    if name == "a" and "href" not in values:
        raise HtmlError(f'Tag "a" must have attribute "href" at byte offset {at}')
    if name == "span" and values.get("class") != "tg-spoiler":
        raise HtmlError(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    if name == "blockquote":
        return "expandable" if "expandable" in values else ""
    return values.get(allowed, "") if allowed else ""


def _entity(name: str, argument: str, offset: int, length: int) -> list[Entity]:
    entity: Entity = {"type": _TYPES[name], "offset": offset, "length": length}
    if name == "a":
        url = checked_link(argument)
        if url is None:
            return []  # Telegram keeps the words and drops the link
        entity["url"] = url
    elif name == "blockquote" and argument:
        entity["type"] = "expandable_blockquote"
    elif name == "code" and argument.startswith("language-"):
        entity["_language"] = argument.removeprefix("language-")
    return [entity]


def checked_link(url: str) -> str | None:
    """Return `url` as Telegram stores it (scheme added, path added), or None where it drops it."""
    try:
        parts = urlsplit(url.strip() if "://" in url or ":" in url else f"http://{url.strip()}")
    except ValueError:
        return None
    if parts.scheme not in _LINKS:
        return None
    if parts.scheme in {"http", "https"}:
        if not parts.hostname or ("." not in parts.hostname and parts.hostname != "localhost"):
            return None
        return parts._replace(path=parts.path or "/").geturl()
    return parts.geturl()


def _tidy(entities: list[Entity]) -> list[Entity]:
    """Sort, turn `<pre><code class>` into one, drop what may not stand inside pre, code or a quote."""
    entities.sort(key=lambda e: (e["offset"], -e["length"], e["type"] != "pre"))
    kept: list[Entity] = []
    walls: list[Entity] = []
    for entity in entities:
        language = entity.pop("_language", None)
        outer = next((w for w in walls if w["offset"] + w["length"] > entity["offset"]), None)
        if outer is not None:
            same = outer["offset"] == entity["offset"] and outer["length"] == entity["length"]
            if language and outer["type"] == "pre" and same:
                outer["language"] = language
            continue
        if "quote" in entity["type"] and _inside_quote(kept, entity):
            continue
        kept.append(entity)
        if entity["type"] in {"pre", "code"}:
            walls.append(entity)
    return kept


def _inside_quote(kept: Iterable[Entity], entity: Entity) -> bool:
    return any("quote" in k["type"] and k["offset"] + k["length"] > entity["offset"] for k in kept)


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends (in front only up to the first entity) and fit the entities."""
    text = text.rstrip()
    first = min((e["offset"] for e in entities), default=len(text))
    front = 0
    while front < len(text) and front < first and text[front] in " \n\t":
        front += 1
    text = text[front:]
    if not entities:
        return text, entities
    end = utf16_len(text)
    fitted: list[Entity] = []
    for entity in entities:
        offset = entity["offset"] - front
        length = min(entity["length"], end - offset)
        if length > 0:
            fitted.append({**entity, "offset": offset, "length": length})
    return text, fitted


def render(text: str, entities: Sequence[Entity]) -> str:
    """Return safe HTML (b, i, u, s, code, pre, a) of a text with entities, for the page."""
    if not entities:
        return escape(text)
    raw = text.encode("utf-16-le", "surrogatepass")
    cuts = {0, len(raw) // 2}
    for entity in entities:
        cuts |= {entity["offset"], entity["offset"] + entity["length"]}
    edges = sorted(cut for cut in cuts if 0 <= cut <= len(raw) // 2)
    out: list[str] = []
    for start, end in pairwise(edges):
        piece = escape(raw[2 * start : 2 * end].decode("utf-16-le", "replace"))
        for entity in reversed(entities):
            if entity["offset"] <= start and end <= entity["offset"] + entity["length"]:
                piece = _wrapped(piece, entity)
        out.append(piece)
    return "".join(out)


def _wrapped(piece: str, entity: Entity) -> str:
    if entity["type"] == "text_link":
        href = escape(str(entity["url"]))
        return f'<a href="{href}" target="_blank" rel="noopener noreferrer">{piece}</a>'
    tag = _SHOWN.get(entity["type"])
    return f"<{tag}>{piece}</{tag}>" if tag else piece
