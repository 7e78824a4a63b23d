"""A number as written, in figures, in words or both: from `50.000` to `rong atus ewu`.

Values are exact: a coefficient is digits and a count of decimals, never a float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.understand import words
from bot.understand.readings import AmountKind, AmountReading
from bot.understand.tokens import Token

_PLAIN = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,00)?|([0-9]{4,}),00")
_ENGLISH = re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.00)?")
_DECIMAL = re.compile(r"([0-9]{1,6})[.,]([0-9]{1,2})")
_LETTERS = str.maketrans("oOlI", "0011")
_FIGURES = frozenset({"plain", "grouped", "english", "decimal", "malformed", "zero"})
LONGEST = 24  # tokens; more number words in a row are no amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number phrase and where it ends.

    `bare` is its value when it is below 1,000 and says no unit; the reading is then `ask`.
    """

    reading: AmountReading
    end: int
    bare: int | None = None
    in_words: bool = False
    scaled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Atom:
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
    if len(word) > 60:
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


def read(tokens: Sequence[Token], start: int, stop: int) -> Number | None:
    """Read the longest number phrase from token `start` to before `stop`, if there is one."""
    atoms = _atoms(tokens, start, stop)
    if not atoms or atoms[0].part in {"scale", "teens", "twenties", "tens", "hundreds", "an"}:
        return None
    return _Phrase(atoms).read()


def _atoms(tokens: Sequence[Token], start: int, stop: int) -> list[_Atom]:
    found: list[_Atom] = []
    for at in range(start, min(start + LONGEST, stop)):
        token = tokens[at]
        more = _of_token(tokens, at)
        if not more or (found and _cannot_follow(found[-1], more[0], token)):
            break
        found += more
        if found[-1].part == "an":
            break
    return found


def _of_token(tokens: Sequence[Token], at: int) -> list[_Atom]:
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


def _cannot_follow(last: _Atom, following: _Atom, token: Token) -> bool:
    if token.is_number and last.part in _FIGURES:
        return len(token.text) != 3
    return last.part == following.part and last.part not in _FIGURES


def _of_word(token: Token, end: int) -> list[_Atom]:
    word = token.text
    atoms = [_Atom(part=spoken()[p][0], value=spoken()[p][1], end=end) for p in pieces(word)]
    if not atoms:
        size, approximate = unit(word)
        if size:
            atoms = [_Atom(part="scale", value=size, end=end)]
        elif word.endswith("an") and len(word) > 5:
            atoms = [
                _Atom(part=spoken()[p][0], value=spoken()[p][1], end=end) for p in pieces(word[:-2])
            ]
            approximate = bool(atoms)
        if approximate:
            atoms.append(_Atom(part="an", value=0, end=end))
    return atoms


def _figure(token: Token, end: int) -> _Atom:
    """Read one token of figures, as an atom named after the way it is written."""
    text = token.raw.translate(_LETTERS)
    letters = text != token.raw

    def atom(part: str, value: int, decimals: int = 0, choices: tuple[int, ...] = ()) -> _Atom:
        return _Atom(
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coefficient:
    value: int
    end: int  # the atom after it
    style: str
    decimals: int = 0
    half: bool = False

    def times(self, size: int) -> int | None:
        """Multiply by a unit; none when that leaves a fraction of a rupiah."""
        whole = self.value * size
        if whole % 10**self.decimals:
            return None
        return int(whole // 10**self.decimals) + (size // 2 if self.half else 0)


class _Phrase:
    """Coefficients and units in falling order, and what may follow the last of them."""

    def __init__(self, atoms: list[_Atom]) -> None:
        self.atoms = atoms
        self.at = 0
        self.total = 0
        self.size = 10**18  # the last unit
        self.letters = False
        self.in_words = atoms[0].part not in _FIGURES

    def part(self, at: int) -> str:
        return self.atoms[at].part if at < len(self.atoms) else ""

    def read(self) -> Number | None:
        while True:
            first = self.part(self.at)
            if first == "one_scale" and self.atoms[self.at].value < self.size:
                self._add(self.atoms[self.at].value, self.atoms[self.at].value, self.at + 1)
                continue
            coefficient = self._coefficient()
            if coefficient is None:
                return self._done()
            if self.part(coefficient.end) != "scale":
                return self._unscaled(coefficient)
            size = self.atoms[coefficient.end].value
            if size >= self.size:
                return (
                    self._done()
                    if self._scaled
                    else self._ask("malformed", (), coefficient.end + 1)
                )
            problem = self._scale(coefficient, size)
            if problem is not None:
                return problem

    @property
    def _scaled(self) -> bool:
        return self.size < 10**18

    def _add(self, amount: int, size: int, end: int) -> None:
        self.total += amount
        self.size = size
        self.at = end

    def _scale(self, coefficient: _Coefficient, size: int) -> Number | None:
        end = coefficient.end + 1
        if coefficient.style in {"malformed", "zero"}:
            return self._ask(coefficient.style, (), end)
        full = coefficient.style in {"grouped", "english"}
        if full or (coefficient.style == "plain" and coefficient.value >= 10**4):
            # "50.000 rb" says the thousand twice, or means fifty million.
            return self._ask("malformed", (coefficient.value, coefficient.value * size), end)
        amount = coefficient.times(size)
        if amount is None or (self._scaled and amount >= self.size):
            return self._ask("malformed", (), end)
        self._add(amount, size, end)
        return None

    def _coefficient(self) -> _Coefficient | None:
        at = self.at
        if at >= len(self.atoms):
            return None
        atom = self.atoms[at]
        if atom.part in _FIGURES:
            self.letters = self.letters or atom.letters
            half = self.part(at + 1) == "half" and self.part(at + 2) == "scale"
            return _Coefficient(
                value=atom.value,
                end=at + 1 + half,
                style=atom.part,
                decimals=atom.decimals,
                half=half,
            )
        value, end = _hundreds(self.atoms, at)
        alone = end == at and not self._scaled  # "setengah" by itself is no number
        half = self.part(end) == "half" and (self.part(end + 1) == "scale" or not alone)
        if end == at and not half:
            return None
        return _Coefficient(value=value, end=end + half, style="words", half=half)

    def _unscaled(self, coefficient: _Coefficient) -> Number | None:
        if self._scaled:
            return self._tail(coefficient)
        end, value, style = coefficient.end, coefficient.value, coefficient.style
        if self.part(end) == "an":
            choices = (value * 1000, value) if value < 1000 else (value,)
            return self._ask("approximate", choices, end + 1)
        if coefficient.half:
            return self._ask("bare", (value * 1000 + 500, value * 10**6 + 500_000), end)
        if style == "malformed":
            return self._ask("malformed", (), end)
        if style == "decimal":
            first = self.atoms[self.at]
            if first.choices:
                return self._ask("malformed", first.choices, end)
            sizes = (10**3, 10**6) if value < 100 * 10**coefficient.decimals else (10**3,)
            choices = tuple(value * size // 10**coefficient.decimals for size in sizes)
            return self._ask("bare", choices, end)
        if style == "english":
            if value < 10**4 and value % 1000:
                return self._ask("english_comma", (value, value * 1000), end)
            return self._exact(value, end, why="english_comma")
        if style == "plain" and value < 1000:
            spaced = self._spaced(value, end)
            if spaced is not None:
                return spaced
        if value == 0:
            return self._number(AmountReading(kind=AmountKind.REFUSE, why="zero"), end)
        if value < 1000:
            reading = AmountReading(kind=AmountKind.ASK, choices=(value * 1000, value), why="bare")
            return self._number(reading, end, bare=value)
        return self._exact(value, end)

    def _spaced(self, value: int, end: int) -> Number | None:
        """Read "1 250 000": groups of exactly three digits behind a first one."""
        at = end
        while self.part(at) in {"plain", "zero", "malformed"} and not self.atoms[at].glued:
            digits = self.atoms[at]
            if digits.part == "plain" and 100 <= digits.value < 1000:
                value = value * 1000 + digits.value
            elif digits.part == "zero":
                value *= 1000
            else:
                return None
            at += 1
        if at == end:
            return None
        if self.part(at) == "scale" or self.atoms[at - 1].part != "zero":
            return self._ask("malformed", (value,), at)
        return self._exact(value, at)

    def _tail(self, tail: _Coefficient) -> Number | None:
        """Judge a number without a unit behind one with a unit: 1jt500, sejuta lima ratus."""
        atom = self.atoms[self.at]
        if tail.style == "words":
            if tail.half and not tail.value:
                if self.size < 10**6:
                    return self._ask("malformed", (self.total + self.size // 2,), tail.end)
                return self._exact(self.total + self.size // 2, tail.end)
            if self.part(tail.end) == "an":
                return self._ask("approximate", (self.total,), tail.end + 1)
            if self.size >= 10**6:
                likely = self.total + tail.value * self.size // 1000
                return self._ask("bare", (likely, self.total + tail.value), tail.end)
            if tail.value < 100:
                return self._ask("bare", (self.total + tail.value, self.total), tail.end)
            return self._exact(self.total + tail.value, tail.end)
        if tail.style == "plain" and 100 <= tail.value < 1000:
            if self.size == 10**6:
                return self._exact(self.total + tail.value * 1000, tail.end)
            if self.size == 1000 and atom.glued:
                return self._exact(self.total + tail.value, tail.end)
        if atom.glued:
            choices: tuple[int, ...] = ()
            if tail.style == "plain" and tail.value < 100 and self.size == 10**6:
                tenth = 100_000 if tail.value < 10 else 10_000
                choices = (self.total + tail.value * tenth, self.total + tail.value * 1000)
            return self._ask("malformed", choices, tail.end)
        return self._done()

    def _done(self) -> Number | None:
        if not self._scaled:
            return None
        if self.part(self.at) == "an":
            return self._ask("approximate", (self.total,), self.at + 1)
        if self.total == 0:
            return self._number(AmountReading(kind=AmountKind.REFUSE, why="zero"), self.at)
        return self._exact(self.total, self.at)

    def _exact(self, value: int, end: int, *, why: str = "") -> Number:
        if self.letters:
            why = "letters_for_digits"
        reading = AmountReading(kind=AmountKind.EXACT, value=value, why=why, confirm=bool(why))
        return self._number(reading, end)

    def _ask(self, why: str, choices: tuple[int, ...], end: int) -> Number:
        if why == "zero":
            return self._number(AmountReading(kind=AmountKind.REFUSE, why="zero"), end)
        return self._number(AmountReading(kind=AmountKind.ASK, choices=choices, why=why), end)

    def _number(self, reading: AmountReading, end: int, bare: int | None = None) -> Number:
        return Number(
            reading=reading,
            end=self.atoms[end - 1].end,
            bare=bare,
            in_words=self.in_words,
            scaled=self._scaled,
        )


def _hundreds(atoms: Sequence[_Atom], start: int) -> tuple[int, int]:
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
