"""Names and numbers found in a text, and the one reading that they make together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from bot.understand.directory import Directory
from bot.understand.readings import PeopleKind, PeopleReading


class Strength(IntEnum):
    """How well a word of the text is a word of a name."""

    WEAK = 0  # an everyday word that is also a name: Kamis, Rela
    FUZZY = 1
    FOLDED = 2
    LITERAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name or number in the text and the members it fits."""

    start: int
    end: int
    fits: frozenset[int]
    strength: Strength
    exact: bool = False
    stranger: bool = False  # a word of it is nobody's
    beside: str = ""  # somebody unknown who is named along with it
    number: bool = False
    doubtful: bool = False  # as likely a day or a month
    said: str = ""


def settle(found: Sequence[Mention], directory: Directory) -> PeopleReading:
    """Make one reading of all mentions."""
    by_number = [m for m in found if m.number]
    names = [m for m in found if not m.number]
    firm = [m for m in names if m.strength > Strength.WEAK] or names
    firm = [m for m in firm if m.strength > Strength.FUZZY] or firm
    said = " ".join(m.said for m in (*by_number, *firm))
    named = _common([m.fits for m in firm])
    beside = " ".join(m.beside for m in (*by_number, *firm) if m.beside)
    if beside:
        known = named | frozenset().union(*(m.fits for m in by_number))
        return _people(PeopleKind.UNKNOWN, known, directory, beside)
    if by_number:
        numbered = _common([m.fits for m in by_number])
        if not numbered or any(not m.fits for m in by_number):
            return _people(PeopleKind.UNKNOWN, numbered | named, directory, said)
        if firm and not numbered & named:
            return _people(PeopleKind.MISMATCH, numbered | named, directory, said)
        fits = numbered & named if firm else numbered
        kind = PeopleKind.ONE if len(fits) == 1 else PeopleKind.SEVERAL
        return replace(_people(kind, fits, directory, said), exact=True)
    if not firm:
        return PeopleReading()
    apart = len(firm) > 1 and not frozenset.intersection(*(m.fits for m in firm))
    if any(m.stranger for m in firm) or apart or len(named) != 1:
        kind = PeopleKind.SEVERAL if len(named) > 1 else PeopleKind.UNKNOWN
        return _people(kind, named, directory, said)
    exact = all(m.exact for m in firm)
    return replace(_people(PeopleKind.ONE, named, directory, said), exact=exact)


def _common(fits: Sequence[frozenset[int]]) -> frozenset[int]:
    if not fits:
        return frozenset()
    return frozenset.intersection(*fits) or frozenset.union(*fits)


def _people(
    kind: PeopleKind, fits: Iterable[int], directory: Directory, said: str
) -> PeopleReading:
    members = tuple(directory.member(index) for index in sorted(fits))
    return PeopleReading(kind=kind, members=members, said=said)
