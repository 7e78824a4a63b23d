"""WhatsApp's own marks: *bold*, _italic_, ~struck~ and ```monospace```, read as its clients read them."""

from __future__ import annotations

import re

from bot.simulator.html import Entity, utf16_len

_KINDS = {"*": "bold", "_": "italic", "~": "strikethrough", "```": "code"}
# A mark opens at a word's beginning and closes at a word's end, on one line, and holds no white space there.
_MARKED = re.compile(
    r"(?<![\w*_~`])(?:(?P<code>```)(?P<pre>.+?)```|(?P<mark>[*_~])(?P<held>\S(?:[^\n]*?\S)?)(?P=mark))(?![\w*_~`])",
    re.DOTALL,
)


def parse(source: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the text as it is shown, and what of it is marked; marks may hold other marks."""
    shown, entities = _read(source)
    return shown, tuple(entities)


def _read(source: str) -> tuple[str, list[Entity]]:
    out: list[str] = []
    entities: list[Entity] = []
    units = at = 0
    for found in _MARKED.finditer(source):
        before = source[at : found.start()]
        units += utf16_len(before)
        if found["code"]:
            held, inner = found["pre"], list[Entity]()
        else:
            held, inner = _read(found["held"])
        length = utf16_len(held)
        kind = _KINDS[found["code"] or found["mark"]]
        entities.append({"type": kind, "offset": units, "length": length})
        entities.extend({**entity, "offset": entity["offset"] + units} for entity in inner)
        out += [before, held]
        units += length
        at = found.end()
    out.append(source[at:])
    return "".join(out), entities
