"""Notes that a message states: `ket: titip`, or `catatan titip lewat anaknya` behind the amount or name.

A note runs to the end of its line, is not read for names, days or money, and keeps its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understand import words
from bot.understand.marks import Label, Labels
from bot.understand.tokens import Token

_MARKED = re.compile(
    r"(?:^|(?<=[\s,(.;]))(?:ket|keterangan|catatan|memo|note|berita)"
    r"[^\S\n]{0,3}[:=][^\S\n]{0,3}([^\n]*[^\s])",
    re.IGNORECASE,
)
NOTE_WORDS = frozenset({"catatan", *(w for w in words.words("intents", "note") if w.isalpha())})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note and where it stands in the normal text, its word included."""

    start: int
    end: int
    text: str


def marked(plain: str) -> list[Note]:
    """Find the notes that a colon or an equals sign introduces."""
    return [Note(start=m.start(), end=m.end(), text=m[1]) for m in _MARKED.finditer(plain)]


def unmarked(
    plain: str, tokens: Sequence[Token], labels: Labels, phrases: frozenset[int]
) -> list[Note]:
    """Find the notes that only a word introduces, behind an amount or a name of the same line.

    `phrases` are the places of words that begin a longer phrase, such as `catatan setoran`: those
    are a note behind an amount only. What names somebody and an amount of its own is no note.
    """
    found: list[Note] = []
    seen: set[Label] = set()
    for at, token in enumerate(tokens):
        if token.text == "\n":
            seen = set()
        seen.add(labels[at])
        if token.text not in NOTE_WORDS or labels[at] is not Label.FREE:
            continue
        if not seen & {Label.AMOUNT, Label.NAME} or (at in phrases and Label.AMOUNT not in seen):
            continue
        end = at + 1
        while end < len(tokens) and tokens[end].text != "\n":
            end += 1
        inside = set(labels[at + 1 : end])
        if end == at + 1 or inside >= {Label.AMOUNT, Label.NAME} or Label.NOTE in inside:
            continue
        stop = tokens[end - 1].end
        found.append(
            Note(start=token.start, end=stop, text=plain[tokens[at + 1].start : stop].strip())
        )
        labels[at:end] = [Label.NOTE] * (end - at)
    return found


def outside(text: str, notes: Sequence[Note]) -> str:
    """Return a text without its notes."""
    pieces: list[str] = []
    begin = 0
    for note in sorted(notes, key=lambda n: n.start):
        pieces.append(text[begin : note.start])
        begin = note.end
    return " ".join([*pieces, text[begin:]])
