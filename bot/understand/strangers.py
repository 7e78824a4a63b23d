"""People who are no member by name: the speaker, a stranger, a title alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.understand import atoms, ideas, words
from bot.understand.directory import Directory
from bot.understand.marks import Label, Labels
from bot.understand.readings import PeopleKind, PeopleReading
from bot.understand.tokens import Token

_HONORIFICS = words.words("names", "honorifics")
_OFFICES = words.words("names", "offices")
_BEFORE = words.words("names", "before")
_SELF = words.words("names", "self")


def others(tokens: Sequence[Token], labels: Labels, directory: Directory) -> PeopleReading:
    """Read whom a text without a member's name means: the speaker, a stranger, a title alone.

    The speaker is not `exact` beside a word that may be somebody's name.
    """
    free = [t for t, label in zip(tokens, labels, strict=True) if label is Label.FREE]
    strange = [t for t in free if is_strange(t)]
    before = {b.start: a.text for a, b in pairwise(free)}
    named = [t for t in strange if before.get(t.start) in _HONORIFICS | _BEFORE]
    named += [t for t in strange if t.raw[:1].isupper() and before.get(t.start)]
    own = any(t.text in _SELF or t.text in words.words("intents", "mine") for t in free)
    if own and not named:
        return PeopleReading(kind=PeopleKind.SELF, exact=not strange)
    said = " ".join(t.raw for t in strange) or _title_alone(free)
    if said:
        return PeopleReading(kind=PeopleKind.UNKNOWN, said=said)
    for token in free:  # "Bu Hajah": not said which
        if bearing := directory.bearing(token.text):
            members = tuple(directory.member(index) for index in bearing)
            return PeopleReading(kind=PeopleKind.UNKNOWN, members=members, said=token.raw)
    return PeopleReading()


def _title_alone(free: Sequence[Token]) -> str:
    """`Pak RT`, `Bu Kades`."""
    for first, second in pairwise(free):
        if first.text in _HONORIFICS and second.text in _OFFICES:
            return f"{first.raw} {second.raw}"
    return ""


def is_strange(token: Token) -> bool:
    """Whether a word is in no list, not even misspelt: perhaps the name of nobody here."""
    word = token.text
    known = word in words.vocabulary() or len(word) < 3 or bool(ideas.of_word(word))
    return token.is_word and not known and not atoms.is_spoken(word)
