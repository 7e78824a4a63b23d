"""Number words, units and tokens of figures: the smallest parts of a number phrase."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from bot.understand import words
from bot.understand.tokens import Token

_PLAIN = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,00)?|([0-9]{4,}),00")
_ENGLISH = re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.00)?")
_DECIMAL = re.compile(r"([0-9]{1,6})[.,]([0-9]{1,2})")
_LETTERS = str.maketrans("oOlI", "0011")
FIGURES = frozenset({"plain", "grouped", "english", "decimal", "malformed", "zero"})
LONGEST = 24  # tokens; more number words in a row are no amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """A number word, a unit, or a token of figures; `end` is the token after it."""

    part: str
    value: int
    end: int
    glued: bool = False
    decimals: int = 0
    letters: bool = False
    choices: tuple[int, ...] = ()  # of a malformed figure


@cache
def spoken() -> Mapping[str, tuple[str, int]]:
    """Every number word with its part of speech and value."""
    parts = ("digits", "below_hundred", "hundred", "teens", "twenties", "tens", "hundreds")
    found = {
        word: (part, value)
        for part in (*parts, "one_scale", "scale")
        for word, value in words.numbers("numbers", part).items()
    }
    return found | dict.fromkeys(words.words("numbers", "half"), ("half", 0))


@cache
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(word) for word in spoken() if len(word) > 2}, reverse=True))


@lru_cache(maxsize=4096)
def pieces(word: str) -> tuple[str, ...]:
    """Cut a word such as `duapuluhlima` into number words; empty when it is none."""
    if word in spoken():
        return (word,)
    if len(word) > 120:
        return ()
    best: dict[int, tuple[str, ...]] = {0: ()}
    for start in range(len(word)):
        if start in best:
            for length in _lengths():
                piece = word[start : start + length]
                if piece in spoken():
                    best.setdefault(start + len(piece), (*best[start], piece))
    return best.get(len(word), ())


@lru_cache(maxsize=4096)
def unit(word: str) -> tuple[int, bool]:
    """Read a unit and what is glued behind it: `rban` is (1000, approximate); else (0, False)."""
    scales = words.numbers("numbers", "scale")
    if word in scales:
        return scales[word], False
    after = words.words("money", "approximate_after")
    for cut in range(len(word) - 1, 0, -1):
        if word[:cut] in scales:
            if word[cut:] in after:
                return scales[word[:cut]], True
            if word[cut:] in words.words("money", "particles"):
                return scales[word[:cut]], False
    return 0, False


def is_spoken(word: str) -> bool:
    """Whether a word is nothing but number words and units, glued or not."""
    stem = word[:-2] if word.endswith("an") and len(word) > 5 else word
    return bool(pieces(word) or pieces(stem) or unit(word)[0])


def read(tokens: Sequence[Token], start: int, stop: int) -> list[Atom]:
    """Take apart what may be a number phrase from token `start` to before `stop`."""
    found: list[Atom] = []
    smallest = 10**18
    for at in range(start, min(start + LONGEST, stop)):
        token = tokens[at]
        more = _of_token(tokens, at)
        if not more or (found and _cannot_follow(found[-1], more[0], token)):
            break
        if found and more[0].part in {"tens", "teens", "hundreds"} and _is_digit(found[-1]):
            found[-1] = replace(found[-1], part="digits")  # "2 ratus ribu"
        found += more
        sizes = [atom.value for atom in more if atom.part in {"scale", "one_scale"}]
        if more[-1].part == "an" or any(size >= smallest for size in sizes):
            break
        smallest = min(smallest, *sizes) if sizes else smallest
    return found


def _is_digit(atom: Atom) -> bool:
    return atom.part == "plain" and 0 < atom.value < 10


def _of_token(tokens: Sequence[Token], at: int) -> list[Atom]:
    token = tokens[at]
    if token.is_number:
        return [_figure(token, at + 1)]
    if not token.is_word:
        return []
    # A "k" by itself is as often short for "ke".
    lone_k = token.text == "k" and not token.glued
    if lone_k and at + 1 < len(tokens) and tokens[at + 1].is_word:
        return []
    return _of_word(token, at + 1)


def _cannot_follow(last: Atom, following: Atom, token: Token) -> bool:
    if token.is_number and last.part in FIGURES:
        return len(token.text) != 3
    return last.part == following.part and last.part not in FIGURES


def _of_word(token: Token, end: int) -> list[Atom]:
    word = token.text
    atoms = [Atom(part=spoken()[p][0], value=spoken()[p][1], end=end) for p in pieces(word)]
    if not atoms:
        size, approximate = unit(word)
        if size:
            atoms = [Atom(part="scale", value=size, end=end)]
        elif word.endswith("an") and len(word) > 5:
            atoms = [
                Atom(part=spoken()[p][0], value=spoken()[p][1], end=end) for p in pieces(word[:-2])
            ]
            approximate = bool(atoms)
        if approximate:
            atoms.append(Atom(part="an", value=0, end=end))
    return atoms


def _figure(token: Token, end: int) -> Atom:
    """Read one token of figures, as an atom named after the way it is written."""
    text = token.raw.translate(_LETTERS)
    letters = text != token.raw

    def atom(part: str, value: int, decimals: int = 0, choices: tuple[int, ...] = ()) -> Atom:
        return Atom(
            part=part,
            value=value,
            end=end,
            glued=token.glued,
            decimals=decimals,
            letters=letters,
            choices=choices,
        )

    if _PLAIN.fullmatch(text):
        if len(text) > 1 and text[0] == "0":
            return atom("zero" if not int(text[:40]) else "malformed", 0)
        return atom("plain", int(text[:40]))
    if match := _GROUPED.fullmatch(text):
        return atom("grouped", _joined(match[1] or match[2]))
    if match := _ENGLISH.fullmatch(text):
        return atom("english", _joined(match[1]))
    if match := _DECIMAL.fullmatch(text):
        if set(match[2]) == {"0"}:
            whole = int(match[1])
            return atom("decimal", _joined(text), len(match[2]), (whole * 1000, whole))
        return atom("decimal", _joined(text), len(match[2]))
    return atom("malformed", 0)


def _joined(text: str) -> int:
    return int(re.sub("[.,]", "", text)[:40])


def hundreds(atoms: Sequence[Atom], start: int) -> tuple[int, int]:
    """Read number words below a thousand; return the value and the atom after them."""
    value, at, room = 0, start, 1000  # `room`: only parts below it may follow
    while at < len(atoms):
        part, number = atoms[at].part, atoms[at].value
        following = atoms[at + 1].part if at + 1 < len(atoms) else ""
        if part == "hundred" and room == 1000:
            value, room = number, 100
        elif part == "digits" and following == "hundreds" and room == 1000:
            value, room, at = number * 100, 100, at + 1
        elif part == "digits" and following in {"tens", "teens", "twenties"} and room >= 100:
            extra = atoms[at + 1].value
            value += number * 10 if following == "tens" else number + extra
            room, at = (10 if following == "tens" else 1), at + 1
        elif (part == "below_hundred" and room >= 100) or (part == "digits" and room > 1):
            value, room = value + number, 1
        else:
            break
        at += 1
    return value, at
