"""The members of one cooperative, prepared for looking up names and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understand import words
from bot.understand.readings import Member
from bot.understand.tokens import normal, split

_HONORIFICS = words.words("names", "honorifics")
_CONNECTING = words.words("names", "connecting")

# Letters that are written in more than one way, the longer groups first.
_SOUNDS = (
    ("oe", "u"), ("dj", "j"), ("tj", "c"), ("sy", "s"), ("sj", "s"), ("ch", "h"), ("kh", "h"),
    ("gh", "g"), ("dh", "d"), ("th", "t"), ("ph", "p"), ("bh", "b"), ("y", "i"), ("f", "p"),
    ("v", "p"), ("q", "k"), ("x", "ks"), ("z", "j"),
)  # fmt: skip
_REPEATED = re.compile(r"(.)\1+")


@cache
def _spellings() -> dict[str, str]:
    table = words.table("names")["spellings"]
    assert isinstance(table, dict)
    return {variant: name for name, variants in table.items() for variant in variants}


def fold(word: str) -> str:
    """Bring the spellings of one name word together: `Yusup`, `Ghani`, `Noor`, `Hariyanto`."""
    word = word.replace("'", "")
    word = _spellings().get(word, word)
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    word = _REPEATED.sub(r"\1", word)
    return word[:-1] if len(word) > 3 and word.endswith("h") else word


@cache
def _titles() -> dict[str, str]:
    table = words.table("names")["titles"]
    assert isinstance(table, dict)
    return {written: title for title, forms in table.items() for written in forms}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    member: Member
    literal: tuple[str, ...]
    core: frozenset[str]  # folded words of the name itself
    father: frozenset[str]  # those of them behind bin or binti


class Directory:
    """The members of one cooperative, prepared for look-ups; build it once per change."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._entries: list[_Entry] = []
        by_word: dict[str, list[int]] = {}
        by_number: dict[tuple[str, int], list[int]] = {}
        titled: dict[str, list[int]] = {}
        for index, member in enumerate(members):
            literal, fathers = _name_words(member.name)
            core = frozenset(fold(word) for word in literal)
            father = frozenset(fold(word) for word in fathers) - {fold(w) for w in literal[:1]}
            self._entries.append(_Entry(member=member, literal=literal, core=core, father=father))
            for word in normal(member.name).lower().replace(".", " ").split():
                if word in _titles():
                    titled.setdefault(_titles()[word], []).append(index)
            for word in core:
                by_word.setdefault(word, []).append(index)
            number = _number_key(member.number)
            if number is not None:
                by_number.setdefault(number, []).append(index)
                by_number.setdefault(("", number[1]), []).append(index)
        self._by_word = {word: frozenset(indices) for word, indices in by_word.items()}
        self._titled = titled
        self._by_number = {key: frozenset(indices) for key, indices in by_number.items()}
        self._prefixes = frozenset(letters for letters, _ in by_number if letters)
        self._words = sorted(word for word in by_word if len(word) > 3)
        self._literal = frozenset(word for entry in self._entries for word in entry.literal)

    def member(self, index: int) -> Member:
        """One member by place."""
        return self._entries[index].member

    def core(self, index: int) -> frozenset[str]:
        """The folded words of a member's name."""
        return self._entries[index].core

    def is_fathers(self, index: int, word: str) -> bool:
        """Whether a folded word of a member's name is only the father's."""
        return word in self._entries[index].father

    def literal(self, index: int) -> tuple[str, ...]:
        """The words of a member's name as written, titles apart."""
        return self._entries[index].literal

    def with_word(self, word: str) -> frozenset[int]:
        """Members whose name has this folded word."""
        return self._by_word.get(word, frozenset())

    def like_word(self, word: str) -> frozenset[int]:
        """Members whose name has a word one slip away from this folded one."""
        close = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=1, limit=20)
        return frozenset(i for found, _, _ in close for i in self._by_word[found])

    def bearing(self, title: str) -> tuple[int, ...]:
        """Members whose name is written with a title, in any spelling of it."""
        return tuple(self._titled.get(_titles().get(title, ""), ()))

    def is_written(self, word: str) -> bool:
        """Whether a name has exactly this word."""
        return word in self._literal

    def numbered_prefix(self, letters: str) -> bool:
        """Whether member numbers here begin with these letters."""
        return letters in self._prefixes

    def numbered(self, letters: str, digits: int) -> frozenset[int]:
        """Members with this number; without letters by its figures alone."""
        return self._by_number.get((letters, digits), frozenset())


def _name_words(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of a name without titles, and those of them that name the father."""
    texts = [token.text for token in split(normal(name.split(",", maxsplit=1)[0])) if token.is_word]
    bin_at = next((at for at, text in enumerate(texts) if text in _CONNECTING and at), len(texts))
    plain = [text for text in texts if text not in _CONNECTING]
    core = [word for word in plain if word not in _HONORIFICS and (len(word) > 1 or word == "m")]
    return tuple(core or [word for word in plain if len(word) > 1]), tuple(texts[bin_at + 1 :])


def _number_key(number: str) -> tuple[str, int] | None:
    match = re.fullmatch(r"(.*?)([0-9]{1,9})", normal(number).strip().lower())
    return (re.sub(r"[\W_]", "", match[1]), int(match[2])) if match else None
