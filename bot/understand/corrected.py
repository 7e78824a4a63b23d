"""A correction of what was said just before: `eh salah, maksudnya 60rb`, `bukan Fatimah tapi Masdar`."""

from __future__ import annotations

import re

from bot.understand import words
from bot.understand.tokens import normal

_SAYS_SO = words.words("intents", "correction") | {"salah", "keliru", "bukan"}
_BEFORE = words.words("intents", "before_correction") | words.words("names", "honorifics")
_OPENING = sorted(_SAYS_SO | _BEFORE, key=lambda phrase: (-len(phrase), phrase))
_BUT = re.compile(r"\b(?:tapi|tetapi|tp|melainkan)\b[\s,:]*(.+)", re.IGNORECASE | re.DOTALL)
_NOT = re.compile(r"[\s,]+(?:bukan|bkn|dudu|lain)\b.*", re.IGNORECASE | re.DOTALL)
_INSTEAD = re.compile(r"[^,]{1,60},\s*(\S.*)", re.DOTALL)  # "bukan Siti, Sari"
_FIGURE = re.compile(
    r"(?:(?:eh|oh|ups|aduh|waduh|maaf|jadi|jd|ganti|jadinya)\b[\s,.:]*)+"
    r"((?:rp\.?\s*)?\d[\d.,]*\s*(?:rb|ribu|rebu|k|jt|juta)?)(?:\s+(?:saja|aja|ya|deh))?",
    re.IGNORECASE,
)
_GAP = " ,.:;!-\n"


def instead(text: str) -> str | None:
    """Return what is to hold instead of what was said before; None when a text corrects nothing."""
    rest = normal(text).strip(_GAP)
    opened: list[str] = []
    while phrase := next((one for one in _OPENING if _begins(rest, one)), None):
        opened.append(phrase)
        rest = rest[len(phrase) :].lstrip(_GAP)
    if not rest or not _SAYS_SO.intersection(opened):
        return None
    if "bukan" in opened:
        but = _BUT.search(rest) or _INSTEAD.fullmatch(rest)
        return but[1].strip() if but else None
    return _NOT.sub("", rest).strip() or None


def figure(text: str) -> str | None:
    """Return the amount of "eh 60rb" and "jadi 70rb": it corrects an open card, alone it corrects nothing."""
    found = _FIGURE.fullmatch(normal(text).strip(_GAP))
    return found[1].strip() if found else None


def _begins(rest: str, phrase: str) -> bool:
    said = rest[: len(phrase)].lower() == phrase
    return said and not rest[len(phrase) : len(phrase) + 1].isalnum()
