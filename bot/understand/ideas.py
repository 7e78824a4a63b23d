"""Which ideas the words of a text carry: `wajib`, `bayar`, `saldo`, with one slip forgiven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understand import words
from bot.understand.marks import Label, Labels
from bot.understand.tokens import Token, normal, split

_ENDINGS = ("nya", "lah", "kah", "kan", "ku", "in", "an", "i")
_SHORTEST = 5  # letters a misspelt word must have
_OFFERED_FROM = 300  # characters that are looked at for what could be meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """An idea at a place: tokens `start` to before `end`."""

    name: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def of_word(word: str) -> tuple[str, ...]:
    """Ideas of one word: as listed, with an ending, or with one slip; none for everyday words."""
    known = words.ideas().of
    if (word,) in known:
        return known[(word,)]
    if word in words.vocabulary():
        return ()
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and (stem,) in known:
            return known[(stem,)]
    if not _SHORTEST <= len(word) <= 24:
        return ()
    close = process.extract(
        word, words.ideas().forgiving, scorer=OSA.distance, score_cutoff=1, limit=10
    )
    meant = {known[(found,)] for found, _, _ in close if found[0] == word[0]}
    return meant.pop() if len(meant) == 1 else ()


def around(text: str) -> frozenset[str]:
    """Name the ideas a text may speak of, more slips forgiven: good to offer something, not to act on."""
    tokens = split(normal(text)[:_OFFERED_FROM])
    found = {idea.name for idea in scan(tokens, [Label.FREE] * len(tokens))}
    known = words.ideas()
    for token in tokens:
        word = token.text
        if token.is_word and len(word) >= _SHORTEST and word not in words.vocabulary():
            near = process.extractOne(word, known.forgiving, scorer=OSA.distance, score_cutoff=2)
            if near is not None:
                found.update(known.of[(near[0],)])
    return frozenset(found)


def scan(tokens: Sequence[Token], labels: Labels) -> list[Idea]:
    """Find the ideas of a text; the longest phrase wins. Names, dates and amounts are passed by."""
    found: list[Idea] = []
    at = 0
    while at < len(tokens):
        length = 0
        if labels[at] in {Label.FREE, Label.DATE, Label.PERIOD}:
            length, names = _phrase(tokens, labels, at)
            if not length and labels[at] is Label.FREE and tokens[at].is_word:
                length, names = 1, of_word(tokens[at].text)
            found += [Idea(name=name, start=at, end=at + length) for name in names]
        at += length or 1
    return found


def _phrase(tokens: Sequence[Token], labels: Labels, at: int) -> tuple[int, tuple[str, ...]]:
    """Look for the longest listed phrase that begins here; hyphens between its words are free."""
    known = words.ideas()
    if tokens[at].text not in known.starts:
        return 0, ()
    spoken: list[str] = []
    best: tuple[int, tuple[str, ...]] = (0, ())
    place = at
    while place < len(tokens) and len(spoken) < known.longest:
        if labels[place] not in {Label.FREE, Label.DATE, Label.PERIOD}:
            break
        if tokens[place].text != "-" or not spoken:
            spoken.append(tokens[place].text)
            ideas = known.of.get(tuple(spoken))
            if ideas is not None and (len(spoken) > 1 or labels[at] is Label.FREE):
                best = (place + 1 - at, ideas)
        place += 1
    return best
