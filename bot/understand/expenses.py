"""What kind of expense a sentence names, as an account of the chart."""

from __future__ import annotations

from functools import cache

from bot.understand import words
from bot.understand.tokens import split

OTHER = "539000"


@cache
def _kinds() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for code in words.table("expenses"):
        for phrase in words.phrases("expenses", code):
            found[phrase] = code
    return found


def account(text: str) -> str:
    """Return the account of the longest phrase that names a kind of expense; of two as long the first."""
    said = [token.text for token in split(text)]
    kinds = _kinds()
    best: tuple[int, str] = (0, OTHER)
    longest = max(len(phrase) for phrase in kinds)
    for start in range(len(said)):
        for length in range(longest, best[0], -1):
            code = kinds.get(tuple(said[start : start + length]))
            if code is not None:
                best = (length, code)
                break
    return best[1]
