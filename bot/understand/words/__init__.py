"""The words of the chat, as data: one TOML file per subject, read once.

`vocabulary` holds every word that stands in one of them: such a word is not by itself a name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

Phrases = frozenset[tuple[str, ...]]


@cache
def table(subject: str) -> Mapping[str, object]:
    """Read one file of words."""
    text = resources.files(__package__).joinpath(f"{subject}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def words(subject: str, key: str) -> frozenset[str]:
    """One list of single words and phrases."""
    entry = table(subject)[key]
    if isinstance(entry, dict):
        entry = entry["words"] if set(entry) == {"words"} else list(entry)
    assert isinstance(entry, list), (subject, key)
    return frozenset(entry)


@cache
def numbers(subject: str, key: str) -> Mapping[str, int]:
    """One table from a word to a whole number."""
    entry = table(subject)[key]
    assert isinstance(entry, dict), (subject, key)
    return {word: int(value) for word, value in entry.items()}


@cache
def phrases(subject: str, key: str) -> Phrases:
    """One list, each entry split into its words."""
    return frozenset(tuple(entry.split()) for entry in words(subject, key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ideas:
    """Which ideas a word or phrase carries, and the single words a misspelling may mean."""

    of: Mapping[tuple[str, ...], tuple[str, ...]]
    starts: frozenset[str]  # first words of the phrases
    longest: int  # words in the longest phrase
    forgiving: tuple[str, ...]  # words long enough to be recognised with one slip


@cache
def ideas() -> Ideas:
    """All ideas of intents.toml, treasury.toml, agents.toml and consigned.toml together with costs, goods and wages of trade.toml."""
    found: dict[tuple[str, ...], list[str]] = {}
    sources: list[tuple[str, Iterable[str]]] = [
        (name, words("intents", name)) for name in table("intents")
    ]
    for subject in ("treasury", "agents", "consigned"):
        sources += [(name, words(subject, name)) for name in table(subject)]
    sources += [(key, words("trade", key)) for key in ("costs", "goods", "wages")]
    for name, entries in sources:
        for entry in entries:
            found.setdefault(tuple(entry.split()), []).append(name)
    single = sorted(phrase[0] for phrase in found if len(phrase) == 1)
    return Ideas(
        of={phrase: tuple(sorted(names)) for phrase, names in found.items()},
        starts=frozenset(phrase[0] for phrase in found),
        longest=max(len(phrase) for phrase in found),
        forgiving=tuple(word for word in single if len(word) >= 5),
    )


@cache
def vocabulary() -> frozenset[str]:
    """Every single word of every file, parts of phrases included."""
    known: set[str] = set()
    subjects = (
        "numbers",
        "money",
        "dates",
        "names",
        "trade",
        "intents",
        "treasury",
        "agents",
        "consigned",
    )
    for subject in (*subjects, "common"):
        for key, entry in table(subject).items():
            if (subject, key) in {("names", "spellings"), ("names", "titles")}:
                continue
            for phrase in entry if isinstance(entry, list) else words(subject, key):
                known.update(phrase.split())
    return frozenset(known)
