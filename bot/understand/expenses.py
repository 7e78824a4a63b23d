"""Which account of the chart a sentence names: the kind of an expense, what was bought for years."""

from __future__ import annotations

from functools import cache

from bot.understand import words
from bot.understand.tokens import split

OTHER = "539000"


@cache
def _kinds(subject: str) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for code in words.table(subject):
        for phrase in words.phrases(subject, code):
            found[phrase] = code
    return found


def account(text: str) -> str:
    """Return the account of the kind of expense that a text names, 539000 where it names none."""
    return named("expenses", text) or OTHER


def named(subject: str, text: str) -> str | None:
    """Return the account of the longest phrase of a file of words; of two as long the first."""
    said = [token.text for token in split(text)]
    kinds = _kinds(subject)
    best: tuple[int, str | None] = (0, None)
    longest = max(len(phrase) for phrase in kinds)
    for start in range(len(said)):
        for length in range(longest, best[0], -1):
            code = kinds.get(tuple(said[start : start + length]))
            if code is not None:
                best = (length, code)
                break
    return best[1]
