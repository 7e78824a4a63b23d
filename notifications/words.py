"""Words: what is really said, made from keys and facts at the moment it is said."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

from core.sealing import Keys
from core.texts import render
from notifications import attachments
from notifications.attachments import File
from notifications.messages import Content, Say

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text the channel approved, filled: said where free words may not be (notifications.templates)."""

    name: str
    language: str
    parameters: tuple[str, ...]
    payloads: tuple[str, ...] = ()  # what its buttons bring back


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A message ready to be said: HTML text, plain labels. A file has the text as its caption."""

    text: str
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()  # rows of (label, data)
    contact_button: str | None = None
    remove_keyboard: bool = False
    file: File | None = None
    delete: bool = False  # take the message away instead of saying anything
    template: Template | None = None  # said instead of the text and its buttons

    @property
    def is_nothing(self) -> bool:
        """Whether no new message is needed: one is taken away, or loses its buttons."""
        return self.delete or not (self.text or self.file)

    @property
    def can_replace(self) -> bool:
        """Whether these words may take the place of an earlier message: text and inline buttons alone."""
        return self.file is None and self.contact_button is None and not self.remove_keyboard


def make(content: Content, *, resent: bool) -> Words:
    """Render every line; `resent` adds the mark *kirim ulang*. Raises core.texts.TextError."""
    if content.delete:
        return Words(text="", delete=True)
    lines = [render(line.key, line.facts) for line in content.lines]
    if resent:
        lines += ["", render("resent")]
    text = "\n".join(lines)
    return Words(
        text=text,
        buttons=tuple(
            tuple((_label(button.label), button.data) for button in row) for row in content.buttons
        ),
        contact_button=_label(content.contact_button) if content.contact_button else None,
        remove_keyboard=content.remove_keyboard,
        file=attachments.make(content.attachment, text) if content.attachment else None,
    )


def seal(words: Words, keys: Keys) -> bytes:
    """Encrypt what was said, to be kept with the row: text and labels, not the file."""
    said = [words.text, [[label for label, _ in row] for row in words.buttons]]
    return keys.seal(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode())


def plain(text: str) -> str:
    """Take the markup out of a rendered text."""
    return html.unescape(_TAG.sub("", text))


def _label(say: Say) -> str:
    return plain(render(say.key, say.facts))
