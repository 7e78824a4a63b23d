"""A number as written, in figures, in words or both: from `50.000` to `rong atus ewu`.

Values are exact: a coefficient is digits and a count of decimals, never a float.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understand import atoms
from bot.understand.atoms import FIGURES, Atom, hundreds
from bot.understand.readings import AmountKind, AmountReading
from bot.understand.tokens import Token


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


def read(tokens: Sequence[Token], start: int, stop: int) -> Number | None:
    """Read the longest number phrase from token `start` to before `stop`, if there is one."""
    parts = atoms.read(tokens, start, stop)
    if not parts or parts[0].part in {"scale", "teens", "twenties", "tens", "hundreds", "an"}:
        return None
    return _Phrase(parts).read()


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

    def __init__(self, parts: list[Atom]) -> None:
        self.atoms = parts
        self.at = 0
        self.total = 0
        self.size = 10**18  # the last unit
        self.letters = False
        self.in_words = parts[0].part not in FIGURES

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
        if atom.part in FIGURES:
            self.letters = self.letters or atom.letters
            half = self.part(at + 1) == "half" and self.part(at + 2) == "scale"
            return _Coefficient(
                value=atom.value,
                end=at + 1 + half,
                style=atom.part,
                decimals=atom.decimals,
                half=half,
            )
        value, end = hundreds(self.atoms, at)
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
        if style in {"malformed", "decimal", "english"}:
            return self._separated(coefficient)
        spaced = self._spaced(value, end) if style == "plain" and value < 1000 else None
        if spaced is not None:
            return spaced
        if value == 0:
            return self._number(AmountReading(kind=AmountKind.REFUSE, why="zero"), end)
        if value < 1000:
            reading = AmountReading(kind=AmountKind.ASK, choices=(value * 1000, value), why="bare")
            return self._number(reading, end, bare=value)
        return self._exact(value, end)

    def _separated(self, coefficient: _Coefficient) -> Number:
        """Judge a figure whose separators do not group thousands the Indonesian way."""
        end, value = coefficient.end, coefficient.value
        if coefficient.style == "malformed":
            return self._ask("malformed", (), end)
        if coefficient.style == "english":
            if value < 10**4 and value % 1000:
                return self._ask("english_comma", (value, value * 1000), end)
            return self._exact(value, end, why="english_comma")
        first = self.atoms[self.at]
        if first.choices:
            return self._ask("malformed", first.choices, end)
        sizes = (10**3, 10**6) if value < 100 * 10**coefficient.decimals else (10**3,)
        choices = tuple(value * size // 10**coefficient.decimals for size in sizes)
        return self._ask("bare", choices, end)

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
            return self._word_tail(tail)
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

    def _word_tail(self, tail: _Coefficient) -> Number | None:
        if tail.half and not tail.value:
            half = self.total + self.size // 2
            if self.size < 10**6:
                return self._ask("malformed", (half,), tail.end)
            return self._exact(half, tail.end)
        if self.part(tail.end) == "an":
            return self._ask("approximate", (self.total,), tail.end + 1)
        if tail.value < 10:
            return self._done()  # "50 ribu dua karung"
        if self.size >= 10**6:
            likely = self.total + tail.value * self.size // 1000
            return self._ask("bare", (likely, self.total + tail.value), tail.end)
        if tail.value < 100:
            return self._ask("bare", (self.total + tail.value, self.total), tail.end)
        return self._exact(self.total + tail.value, tail.end)

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
