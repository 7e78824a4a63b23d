"""One amount and what stands around it: currency, unit, `an`, `sekitar`, a minus, a banknote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.understand import atoms, numbers, words
from bot.understand.marks import Label, Labels
from bot.understand.readings import AmountKind, AmountReading
from bot.understand.tokens import Token

LARGEST = 10**12 - 1  # rupiah; no cooperative moves a trillion, and 64 bits hold far more


def listed(key: str) -> frozenset[str]:
    """One list of words around money."""
    return words.words("money", key)


_SLANG = words.numbers("money", "slang")
_SLANG_ASKED = words.numbers("money", "slang_asked")
_NOTES = words.numbers("money", "banknotes")
_CURRENCY = listed("currency")
_FOREIGN = listed("foreign")
_MEASURES = words.words("trade", "measures")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An amount in the text, from token `start` to before `end`."""

    start: int
    end: int
    reading: AmountReading
    bare: int | None = None
    in_words: bool = False
    quantity: bool = False  # a count of things, no money

    @property
    def exact(self) -> int | None:
        """The value, when it is certain."""
        return self.reading.value


def find(tokens: Sequence[Token], labels: Labels, at: int) -> Found | None:
    """Read the amount that begins at a token."""
    if labels[at] is not Label.FREE:
        return None
    token = tokens[at]
    start = at
    priced = token.text in _CURRENCY
    if priced:
        at += 1
        at += at < len(tokens) and tokens[at].text == "."
        while at < len(tokens) and tokens[at].text in {":", "=", "-"}:
            if tokens[at].text == "-":
                break
            at += 1
        negative = at < len(tokens) and tokens[at].text == "-"
        at += negative
        if at >= len(tokens) or labels[at] is not Label.FREE:
            return None
    else:
        negative = False
        slang = _slang(tokens, at) or _banknote(tokens, labels, at)
        if slang is not None:
            return slang
    stop = at
    while stop < min(at + atoms.LONGEST, len(tokens)) and labels[stop] is Label.FREE:
        stop += 1
    number = numbers.read(tokens, at, stop)
    if number is None or (not priced and not _stands_alone(tokens, at, number)):
        return None
    return _Judge(tokens, labels, start, number, priced=priced, negative=negative).found()


def _stands_alone(tokens: Sequence[Token], at: int, number: numbers.Number) -> bool:
    """Whether figures are a number of their own, not a part of a code such as `b50` or `m2`."""
    token = tokens[at]
    if number.scaled:
        return True
    if token.is_word:
        # "satu hal", "dua Sugeng": a small number word alone says no money.
        small = number.end == at + 1 and (number.bare or 1000) < 10
        return not small or _is_end(tokens, number.end)
    before = tokens[at - 1] if at else None
    if token.glued and before is not None and before.is_word:
        return before.text in words.vocabulary()
    year = token.text.isdigit() and len(token.text) == 4 and token.text[:2] in {"19", "20"}
    return not year or token.text.endswith("00")


def _is_end(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number phrase ends the text there, or another one follows it."""
    if at >= len(tokens) or not tokens[at].is_word:
        return True
    return atoms.is_spoken(tokens[at].text)


class _Judge:
    """Looks at what stands around a number phrase."""

    def __init__(
        self,
        tokens: Sequence[Token],
        labels: Labels,
        start: int,
        number: numbers.Number,
        *,
        priced: bool,
        negative: bool,
    ) -> None:
        self.tokens = tokens
        self.labels = labels
        self.start = start
        self.number = number
        self.priced = priced
        self.negative = negative

    def text(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def glued(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].glued

    def found(self) -> Found | None:
        reading, end = self.number.reading, self.number.end
        bare = self.number.bare
        small = reading.kind is not AmountKind.EXACT or (reading.value or 0) < 10**4
        counted = self.text(end) in _MEASURES and not self.priced and not self.number.scaled
        if counted and small:
            return self._found(AmountReading(), end + 1, quantity=True, bare=bare)
        following = self.text(end)
        if following in listed("currency_after") and not (
            following in _CURRENCY and self._figure(end + 1)
        ):
            end += 1
            if bare and following in listed("coins"):
                reading = AmountReading(kind=AmountKind.EXACT, value=bare, why="bare", confirm=True)
                bare = None
        glued_word = self.glued(end) and end == self.number.end and self._word(end)
        if (
            glued_word
            and self.text(end) not in listed("particles")
            and self.text(end) not in listed("times")
        ):
            if self.text(end) in listed("approximate_after"):
                reading, end = self._about(reading), end + 1
            elif not self.number.scaled or not self.priced:
                reading = AmountReading(
                    kind=AmountKind.ASK, choices=self._choices(reading), why="malformed"
                )
                end, bare = end + 1, None
        if self.text(self.start - 1) in _FOREIGN or self.text(end) in _FOREIGN:
            reading, bare = AmountReading(kind=AmountKind.ASK, why="malformed"), None
        approximate, end = self._approximate(end)
        if approximate:
            reading, bare = self._about(reading), None
        end = self._dash(end)
        if self._is_negative():
            reading = AmountReading(kind=AmountKind.REFUSE, why="negative")
        return self._found(capped(reading), end, bare=bare)

    def _found(
        self, reading: AmountReading, end: int, *, bare: int | None, quantity: bool = False
    ) -> Found:
        return Found(
            start=self.start,
            end=end,
            reading=reading,
            bare=bare,
            in_words=self.number.in_words,
            quantity=quantity,
        )

    def _word(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].is_word

    def _figure(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].is_number

    def _choices(self, reading: AmountReading) -> tuple[int, ...]:
        return (reading.value,) if reading.value is not None else reading.choices

    def _about(self, reading: AmountReading) -> AmountReading:
        return AmountReading(kind=AmountKind.ASK, choices=self._choices(reading), why="approximate")

    def _approximate(self, end: int) -> tuple[bool, int]:
        """Whether the amount is only about right: `40rb an`, `sekitar 100`, `50-60rb`."""
        before = self.text(self.start - 1)
        if before in listed("approximate_before") or before in {"~", "±"}:
            return True, end
        if before == "lebih" or (before == "-" and self.text(self.start - 2) == "kira"):
            return True, end
        place = end + (self.text(end) == "-" and self.text(end + 1) in listed("approximate_after"))
        if self.text(place) not in listed("approximate_after"):
            return self._is_range(end), end
        if self.text(place) == "an" and place == end and self._on_behalf(place + 1):
            return False, end
        return True, place + 1

    def _on_behalf(self, at: int) -> bool:
        """`50rb an Siti` is in the name of Siti."""
        if not self._word(at):
            return False
        word = self.text(at)
        return word not in words.vocabulary() or word in words.words("names", "honorifics")

    def _is_range(self, end: int) -> bool:
        ahead = self.text(end) == "-" and self._figure(end + 1)
        ahead = ahead and self.labels[end] is Label.FREE  # no sign of a count: 5 juta -3 bulan
        behind = (
            self.text(self.start - 1) == "-"
            and self._figure(self.start - 2)
            and self.glued(self.start - 1)
        )
        return (
            ahead
            or behind
            or (
                self.text(self.start - 1) == "-"
                and self.start > 1
                and bool(atoms.unit(self.text(self.start - 2))[0])
            )
        )

    def _dash(self, end: int) -> int:
        """Take `,-` and `.-` behind a price."""
        if self.text(end) in {",", "."} and self.text(end + 1) == "-" and self.glued(end + 1):
            end += 2
            while self.text(end) == "-" and self.glued(end):
                end += 1
        return end

    def _is_negative(self) -> bool:
        before = self.text(self.start - 1)
        if self.negative or before in listed("minus"):
            return True
        if before not in {"-", "\u2212"} or not self.glued(self.start):
            return False
        return (
            self.start < 2
            or not self.tokens[self.start - 1].glued
            or self.text(self.start - 2) == "\n"
        )


def capped(reading: AmountReading) -> AmountReading:
    """Refuse what is beyond `LARGEST`."""
    if any(value > LARGEST for value in (reading.value or 0, *reading.choices)):
        return AmountReading(kind=AmountKind.REFUSE, why="too_large")
    return reading


def _slang(tokens: Sequence[Token], at: int) -> Found | None:
    word = tokens[at].text
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if word in {"cepek", "gopek", "nopek"} and following == "ceng":
        value = _SLANG_ASKED[word] * 1000
        reading = AmountReading(kind=AmountKind.EXACT, value=value, why="slang", confirm=True)
        return Found(start=at, end=at + 2, reading=reading)
    if word in _SLANG:
        reading = AmountReading(
            kind=AmountKind.EXACT, value=_SLANG[word], why="slang", confirm=True
        )
        return Found(start=at, end=at + 1, reading=reading)
    if word in _SLANG_ASKED:
        value = _SLANG_ASKED[word]
        size, _ = atoms.unit(following)
        if size:
            reading = AmountReading(
                kind=AmountKind.EXACT, value=value * size, why="slang", confirm=True
            )
            return Found(start=at, end=at + 2, reading=capped(reading))
        reading = AmountReading(kind=AmountKind.ASK, choices=(value * 1000, value), why="slang")
        return Found(start=at, end=at + 1, reading=reading)
    return None


def _banknote(tokens: Sequence[Token], labels: Labels, at: int) -> Found | None:
    """`selembar merah`, `2 lembar biru`, `setor hijau`: the colour of a banknote."""
    place, count = at, 1
    if tokens[at].is_number and tokens[at].text.isdigit() and len(tokens[at].text) <= 3:
        count, place = int(tokens[at].text), at + 1
        if place >= len(tokens) or tokens[place].text not in listed("sheets"):
            return None
    while place < len(tokens) and tokens[place].text in listed("note_holders") | listed("sheets"):
        place += 1
    if place >= len(tokens) or tokens[place].text not in _NOTES or labels[place] is not Label.FREE:
        return None
    end = place + 1
    if place == at:
        following = tokens[end].text if end < len(tokens) else ""
        end += following in listed("one_sheet")
        if end == place + 1 and not _lone_colour(tokens, labels, at):
            return None
    reading = AmountReading(
        kind=AmountKind.EXACT,
        value=count * _NOTES[tokens[place].text],
        why="banknote",
        confirm=True,
    )
    return Found(
        start=at,
        end=end,
        reading=reading if count else AmountReading(kind=AmountKind.REFUSE, why="zero"),
    )


def _lone_colour(tokens: Sequence[Token], labels: Labels, at: int) -> bool:
    """A colour by itself is money right behind a word for paying in, a member's name, or all alone.

    `cabe merah`, `Fatimah Merah`, `merah putih` and a colour beside another amount are none.
    """
    begin, end = at, at
    while begin and tokens[begin - 1].text != "\n":
        begin -= 1
    while end < len(tokens) and tokens[end].text != "\n":
        end += 1
    if any(tokens[i].is_number and labels[i] is Label.FREE for i in range(begin, end)):
        return False
    following = at + 1
    if following < len(tokens) and tokens[following].is_word:
        aside = labels[following] in {Label.DATE, Label.PERIOD, Label.NAME, Label.NOTE}
        if not aside and tokens[following].text not in listed("particles"):
            return False
    if at == begin or tokens[at - 1].text in _paying():
        return at == 0 or at != begin
    spoken = {token.text for token in tokens}
    named = labels[at - 1] in {Label.NAME, Label.NUMBER} and not tokens[at].raw.istitle()
    return named and not spoken & _traded() and not spoken.isdisjoint(_paying())


@cache
def _paying() -> frozenset[str]:
    keys = ("deposit", "mandatory", "voluntary", "principal", "pay", "save")
    return frozenset().union(*(words.words("intents", key) for key in keys))


@cache
def _traded() -> frozenset[str]:
    keys = ("buy", "sale", "restock", "on_credit")
    return words.words("trade", "goods").union(*(words.words("intents", key) for key in keys))
