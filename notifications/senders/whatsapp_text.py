"""WhatsApp's own markup and limits: HTML becomes `*bold*`, buttons become replies, a list, or numbered lines.

Pure. Lengths are in UTF-16 units, as phones count: a long text is refused by the channel, never cut here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

TEXT: Final = 4096
BODY: Final = 1024  # of a message with buttons, and of what stands under a picture
REPLIES, REPLY = 3, 20
ROWS, TITLE, DESCRIPTION = 10, 24, 72

_PIECES: Final = re.compile(r"(</?[a-z]+[^>]*>|\n)")
_MARKS: Final = {"b": "*", "strong": "*", "i": "_", "em": "_"}
# A fact's own marks would become markup where a word begins or ends; their likenesses do not. Inside a word,
# and in an address, they mean nothing to WhatsApp and stay.
_LIKE: Final = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_MARK: Final = re.compile(r"(?<![^\W_])[*_~`]+|[*_~`]+(?![^\W_])")
_ADDRESS: Final = re.compile(r"(https?://\S+)")
_QUOTE: Final = re.compile(r"^>", re.MULTILINE)


def length(text: str) -> int:
    """Count as phones do."""
    return len(text.encode("utf-16-le")) // 2


def formatted(text: str) -> str:
    """Turn rendered HTML into WhatsApp's text; nothing a fact holds becomes markup."""
    out: list[str] = []
    open_: list[str] = []  # marks that hold now, outermost first
    for piece in _PIECES.split(text):
        mark = _mark(piece)
        if mark is None:
            _say(out, piece, open_)
        elif piece.startswith("</"):
            if mark in open_:
                open_.remove(mark)
        elif mark and mark not in open_:
            open_.append(mark)
    return _joined(out)


def harmless_plain(text: str) -> str:
    """Take the markup out of rendered HTML; nothing it says becomes markup."""
    return _harmless(html.unescape(re.sub(r"<[^>]*>", "", text)))


def _mark(piece: str) -> str | None:
    """Name a tag's mark; empty for a tag without one, none for what is no tag."""
    tag = re.fullmatch(r"</?([a-z]+)[^>]*>", piece)
    return _MARKS.get(tag[1], "") if tag else None


def _say(out: list[str], piece: str, marks: Sequence[str]) -> None:
    """Add a line's piece within its marks, which touch its first and last letter and never cross a line."""
    plain = _harmless(html.unescape(piece))
    core = plain.strip()
    if not marks or not core:
        out.append(plain)
        return
    before, after = plain[: len(plain) - len(plain.lstrip())], plain[len(plain.rstrip()) :]
    out.append(before + "".join(marks) + core + "".join(reversed(marks)) + after)


def _harmless(text: str) -> str:
    parts = _ADDRESS.split(text)
    parts[::2] = [_MARK.sub(lambda found: found[0].translate(_LIKE), part) for part in parts[::2]]
    return "".join(parts)


def _joined(pieces: Sequence[str]) -> str:
    """Join pieces; one that is marked and touches a letter would not be read as marked: a thin space parts them."""
    text = ""
    for piece in pieces:
        if text and piece and ((_ends(text) and piece[0].isalnum()) or (text[-1].isalnum() and _begins(piece))):  # fmt: skip
            text += "\u200a"
        text += piece
    return _QUOTE.sub("›", text)


def _begins(piece: str) -> bool:
    return piece[0] in "*_" and len(piece) > 1


def _ends(text: str) -> bool:
    return text[-1] in "*_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One choice: its title, what of a long label does not fit into it, and what comes back."""

    title: str
    description: str
    data: str


def short(label: str, most: int) -> str:
    """Shorten a label at a word's end, with an ellipsis; a number is left whole or left out."""
    if length(label) <= most:
        return label
    head = _head(label, most - 1)
    return f"{head or _cut(label, most - 1)}…"


def row(label: str, data: str) -> Row:
    """Put a label into a list's row: what is too long for the title goes on below it."""
    if length(label) <= TITLE:
        return Row(title=label, description="", data=data)
    head = _head(label, TITLE)
    if not head:
        return Row(title=short(label, TITLE), description=short(label, DESCRIPTION), data=data)
    rest = label[len(head) :].strip()
    return Row(title=head, description=short(rest, DESCRIPTION), data=data)


def replies(labels: Sequence[tuple[str, str]]) -> list[Row] | None:
    """Make reply buttons; none when there are too many, or two would read the same."""
    made = [Row(title=short(label, REPLY), description="", data=data) for label, data in labels]
    alike = len({one.title for one in made}) < len(made)
    fits = 0 < len(made) <= REPLIES and all(length(label) <= REPLY for label, _ in labels)
    return made if fits and not alike else None


def rows(labels: Sequence[tuple[str, str]]) -> list[Row] | None:
    """Make a list's rows; none when there are too many, or one answer stands there twice."""
    if not 0 < len(labels) <= ROWS or len({data for _, data in labels}) < len(labels):
        return None
    return [row(label, data) for label, data in labels]


def numbered(text: str, labels: Sequence[tuple[str, str]]) -> str:
    """Add the choices as lines with their numbers, which can be typed."""
    lines = [f"{n}. {_harmless(label)}" for n, (label, _) in enumerate(labels, 1)]
    return "\n".join([*([text, ""] if text else []), *lines])


def _head(label: str, most: int) -> str:
    """Return as many whole words as fit."""
    kept = ""
    for word in re.findall(r"\S+\s*", label):
        if length((kept + word).rstrip()) > most:
            break
        kept += word
    return kept.rstrip()


def _cut(word: str, most: int) -> str:
    """Cut one long word, not within a number."""
    while length(word) > most:
        word = word[:-1]
    return re.sub(r"[\d.,]+$", "", word) or word
