"""Text as tokens: numbers, words, marks and line ends, each with its place.

Written forms are made equal first: full-width and other digits become 0-9, invisible characters
and accents go, all kinds of apostrophe become one. Offsets refer to that normal text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 4096  # characters; what a channel's message holds, the rest is cut off
MOST = 1200  # tokens that are read; two hundred lines of a list have fewer

# Direction marks, zero-width and joining characters, soft hyphen, variation selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bb\u02bc\u00b4\u0060\u02b9]")
_TOKEN = re.compile(
    r"""
    (?P<number>
        (?:(?<![^\W_])[lI](?=[oO]?[0-9]))?
        (?:(?<![^\W_])[oO](?=[oO]?[.,]?[0-9]))?
        [0-9]
        (?: [0-9]
          | [.,](?=[0-9])
          | [.,](?=[oO][oO0-9])
          | [oO](?=[oO]{0,5}(?:[.,]?[0-9]|[.,][oO]|(?:rb|rbu|ribu|jt|juta|k)?(?![^\W_])))
        )*
    )
    | (?P<word> [^\W\d_]+ (?:'[^\W\d_]+)* )
    | (?P<line> \n )
    | (?P<mark> [^\s] )
    """,
    re.VERBOSE,
)


class Kind(StrEnum):
    """What a token is made of."""

    NUMBER = "number"
    WORD = "word"
    LINE = "line"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text; `text` is in lower case, `glued` says nothing stands before it."""

    kind: Kind
    text: str
    raw: str
    start: int
    end: int
    glued: bool

    @property
    def is_number(self) -> bool:
        """Whether it is written in figures."""
        return self.kind is Kind.NUMBER

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters."""
        return self.kind is Kind.WORD


def normal(text: str) -> str:
    """Return the text in its normal written form."""
    text = text[: LONGEST * 2].replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = "".join(map(_without_small_digits, text))
        text = unicodedata.normalize("NFKC", text)
        text = _APOSTROPHES.sub("'", _INVISIBLE.sub("", text))
        text = "".join(map(_plain, text))
    else:
        text = text.replace("`", "'")
    return "".join(c if c >= " " or c in "\n\t" else " " for c in text)[:LONGEST]


def _without_small_digits(char: str) -> str:
    """Make a fraction or a raised or circled digit a sign for "about": its place says nothing."""
    if char.isascii() or char.isalpha() or unicodedata.numeric(char, None) is None:
        return char
    odd = unicodedata.decomposition(char).startswith(("<super", "<sub", "<circle", "<fraction"))
    return "~" if odd else char


def _plain(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(char) in {"Mn", "Cc", "Cf", "Cs"}:
        return "" if unicodedata.category(char) != "Cc" else " "
    if char.isalpha():
        base = unicodedata.normalize("NFD", char)[0]
        return base if base.isascii() else char
    return char


def split(text: str) -> list[Token]:
    """Cut normal text into tokens, in one pass."""
    found: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(text):
        raw = match.group()
        if found and match.start() == end and raw == found[-1].raw and not raw.isalnum():
            end = match.end()  # "-----" counts once
            continue
        kind = Kind(match.lastgroup or "mark")
        found.append(
            Token(kind, raw.lower(), raw, match.start(), match.end(), match.start() == end)
        )
        end = match.end()
    return found
