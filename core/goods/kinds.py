"""Kinds of goods: on which account of the chart the stock of a good stands, told from the words of its name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

STOCK = "114000"  # sembako, and whatever is of no other kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind as people read it, what they call it, and words of goods that are of it."""

    name: str
    said: frozenset[str]
    words: frozenset[str]


@cache
def every() -> Mapping[str, Kind]:
    """Read the kinds (core/data/stock_kinds.toml), by account."""
    text = files("core.data").joinpath("stock_kinds.toml").read_text(encoding="utf-8")
    return {
        code: Kind(name=row["name"], said=frozenset(row["said"]), words=frozenset(row["words"]))
        for code, row in tomllib.loads(text).items()
    }


ACCOUNTS = (STOCK, "114100", "114200", "114300")


def named(said: str) -> str | None:
    """Return the account of a kind that is called by its own name; None for anything else."""
    plain = " ".join(said.casefold().split())
    return next((code for code, kind in every().items() if plain in kind.said), None)


def told(text: str) -> str:
    """Return the account that the words of a text tell: of its longest phrases, all of one kind; else sembako."""
    said = re.findall(r"[\w-]+", text.casefold())
    longest = max(len(phrase.split()) for kind in every().values() for phrase in kind.words)
    for length in range(min(longest, len(said)), 0, -1):
        phrases = (" ".join(said[at : at + length]) for at in range(len(said) - length + 1))
        found = {code for phrase in phrases if (code := _of(phrase)) is not None}
        if found:
            return found.pop() if len(found) == 1 else STOCK
    return STOCK


def _of(phrase: str) -> str | None:
    return next((code for code, kind in every().items() if phrase in kind.words), None)
