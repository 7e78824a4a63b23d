"""Amounts of money as people write them, in whole rupiah. The reader never guesses.

First every number that may be money is found, then what explains several of them (a product, a
sum, words behind figures, change given back) is worked out; what stays open is a question. A bare
number below 1,000 is one always, its thousand reading offered first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.understand import dates, numbers, words
from bot.understand.marks import Label, Labels, mark
from bot.understand.readings import AmountKind, AmountReading
from bot.understand.tokens import Token, normal, split

LARGEST = 10**12 - 1  # rupiah; no cooperative moves a trillion, and 64 bits hold far more


def _money(key: str) -> frozenset[str]:
    return words.words("money", key)


_SLANG = words.numbers("money", "slang")
_SLANG_ASKED = words.numbers("money", "slang_asked")
_NOTES = words.numbers("money", "banknotes")
_CURRENCY = _money("currency")
_MEASURES = words.words("trade", "measures")
_TRADE = (
    words.words("intents", "buy")
    | words.words("intents", "sale")
    | words.words("intents", "restock")
)
_MONTHS = words.words("dates", "month_words")
_PER = frozenset({"per", "/", "tiap", "setiap", "@"})


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


def read(text: str) -> AmountReading:
    """Read the amount a text speaks of."""
    plain = normal(text)
    tokens = split(plain)
    labels = mark(tokens, plain)
    dates.scan_periods(tokens, labels, date(2000, 1, 1))  # Only what is no money matters here.
    dates.scan(tokens, labels, date(2000, 1, 1))
    found = scan(tokens, labels)
    reading = settle(found, tokens)
    if not found and says_all(tokens):
        return AmountReading(why="lookup")
    return reading


def says_all(tokens: Sequence[Token]) -> bool:
    """Whether all of something is meant, to be looked up: `lunas`, `sisanya`, `semua`."""
    return any(token.text in _money("everything") for token in tokens)


def scan(tokens: Sequence[Token], labels: Labels) -> list[Found]:
    """Find every amount, put together what belongs together, and label the tokens."""
    found: list[Found] = []
    at = 0
    while at < len(tokens):
        one = _at(tokens, labels, at)
        if one is None:
            at += 1
            continue
        found.append(one)
        at = one.end
    found = _without_counts(found, tokens)
    for join in (_products, _sums, _spelled_out):
        found = join(found, tokens, labels)
    for one in found:
        if not one.quantity:
            labels[one.start : one.end] = [Label.AMOUNT] * (one.end - one.start)
    return found


def settle(found: Sequence[Found], tokens: Sequence[Token]) -> AmountReading:
    """Make one reading of all amounts found; unexplained company is a question."""
    money = [one for one in found if not one.quantity]
    if not money:
        return AmountReading(why="quantity_only" if found else "")
    if len(money) == 1:
        return money[0].reading
    for one in money:
        if one.reading.kind is AmountKind.REFUSE:
            return one.reading
    if len(money) == 2:
        change = _change(money[0], money[1], tokens)
        if change is not None:
            return change
    choices: list[int] = []
    for one in money:
        options = (one.exact,) if one.exact is not None else one.reading.choices
        choices += [value for value in options if value not in choices]
    why = next((one.reading.why for one in money if one.reading.why == "approximate"), "several")
    return AmountReading(kind=AmountKind.ASK, choices=tuple(choices[:5]), why=why)


def _at(tokens: Sequence[Token], labels: Labels, at: int) -> Found | None:
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
    while stop < min(at + numbers.LONGEST, len(tokens)) and labels[stop] is Label.FREE:
        stop += 1
    number = numbers.read(tokens, at, stop)
    if number is None or (not priced and not _stands_alone(tokens, at, number)):
        return None
    return _Judge(tokens, start, at, number, priced=priced, negative=negative).found()


def _stands_alone(tokens: Sequence[Token], at: int, number: numbers.Number) -> bool:
    """Whether figures are a number of their own, not a part of a code such as `b50` or `m2`."""
    token = tokens[at]
    if number.scaled:
        return True
    if token.is_word:
        # "satu hal", "dua Sugeng": a small number word alone says no money.
        return number.end > at + 1 or (number.bare or 1000) > 9 or _is_end(tokens, number.end)
    before = tokens[at - 1] if at else None
    if token.glued and before is not None and before.is_word:
        return before.text in words.vocabulary() and before.text not in {"m"}
    year = token.text.isdigit() and len(token.text) == 4 and token.text[:2] in {"19", "20"}
    return not year or token.text.endswith("00")


def _is_end(tokens: Sequence[Token], at: int) -> bool:
    return at >= len(tokens) or not tokens[at].is_word


class _Judge:
    """Looks at what stands around a number phrase."""

    def __init__(
        self,
        tokens: Sequence[Token],
        start: int,
        at: int,
        number: numbers.Number,
        *,
        priced: bool,
        negative: bool,
    ) -> None:
        self.tokens = tokens
        self.start = start
        self.at = at  # the first token of the number itself
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
        if self.text(end) in _MEASURES and not self.priced and not self.number.scaled:
            if (
                reading.kind is not AmountKind.EXACT
                or reading.value is None
                or reading.value < 10**4
            ):
                return self._found(AmountReading(), end + 1, quantity=True, bare=bare)
        following = self.text(end)
        if following in _money("currency_after") and not (
            following in _CURRENCY and self._figure(end + 1)
        ):
            end += 1
            if bare and following in _money("coins"):
                reading = AmountReading(kind=AmountKind.EXACT, value=bare, why="bare", confirm=True)
                bare = None
        glued_word = self.glued(end) and end == self.number.end and self._word(end)
        if (
            glued_word
            and self.text(end) not in _money("particles")
            and self.text(end) not in _money("times")
        ):
            if self.text(end) in _money("approximate_after"):
                reading, end = self._about(reading), end + 1
            elif not self.number.scaled or not self.priced:
                reading = AmountReading(
                    kind=AmountKind.ASK, choices=self._choices(reading), why="malformed"
                )
                end, bare = end + 1, None
        approximate, end = self._approximate(end)
        if approximate:
            reading, bare = self._about(reading), None
        end = self._dash(end)
        if self._is_negative():
            reading = AmountReading(kind=AmountKind.REFUSE, why="negative")
        return self._found(_capped(reading), end, bare=bare)

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
        if before in _money("approximate_before") or before in {"~", "±"}:
            return True, end
        if before == "lebih" or (before == "-" and self.text(self.start - 2) == "kira"):
            return True, end
        place = end + (self.text(end) == "-" and self.text(end + 1) in _money("approximate_after"))
        if self.text(place) not in _money("approximate_after"):
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
                and bool(numbers.unit(self.text(self.start - 2))[0])
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
        if self.negative or before in _money("minus"):
            return True
        if before not in {"-", "\u2212"} or not self.glued(self.start):
            return False
        stands_free = (
            self.start < 2
            or not self.tokens[self.start - 1].glued
            or self.text(self.start - 2) == "\n"
        )
        return stands_free


def _capped(reading: AmountReading) -> AmountReading:
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
        size, _ = numbers.unit(following)
        if size:
            reading = AmountReading(
                kind=AmountKind.EXACT, value=value * size, why="slang", confirm=True
            )
            return Found(start=at, end=at + 2, reading=_capped(reading))
        reading = AmountReading(kind=AmountKind.ASK, choices=(value * 1000, value), why="slang")
        return Found(start=at, end=at + 1, reading=reading)
    return None


def _banknote(tokens: Sequence[Token], labels: Labels, at: int) -> Found | None:
    """`selembar merah`, `2 lembar biru`, `setor hijau`: the colour of a banknote."""
    place, count = at, 1
    if tokens[at].is_number and tokens[at].text.isdigit() and len(tokens[at].text) <= 3:
        count, place = int(tokens[at].text), at + 1
        if place >= len(tokens) or tokens[place].text not in _money("sheets"):
            return None
    while place < len(tokens) and tokens[place].text in _money("note_holders") | _money("sheets"):
        place += 1
    if place >= len(tokens) or tokens[place].text not in _NOTES or labels[place] is not Label.FREE:
        return None
    end = place + 1
    if place == at:
        following = tokens[end].text if end < len(tokens) else ""
        end += following in _money("one_sheet")
        if end == place + 1 and not _lone_colour(tokens, at):
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


def _lone_colour(tokens: Sequence[Token], at: int) -> bool:
    """A colour by itself is money only right behind a word for paying in, or all alone."""
    if any(token.is_number for token in tokens):
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following is not None and following.is_word:
        return False
    before = tokens[at - 1].text if at else ""
    paying = frozenset().union(
        *(
            words.words("intents", k)
            for k in ("deposit", "mandatory", "voluntary", "principal", "pay", "save")
        )
    )
    return not before or before in paying


def _without_counts(found: list[Found], tokens: Sequence[Token]) -> list[Found]:
    """Mark bare numbers as counts of goods: `beli 2 kopi 50rb`."""
    if not any(one.exact is not None for one in found):
        return found
    result: list[Found] = []
    for one in found:
        before = tokens[one.start - 1].text if one.start else ""
        after = tokens[one.end] if one.end < len(tokens) else None
        goods = (
            after is not None
            and after.is_word
            and (
                after.text in words.words("trade", "goods")
                or (before in _TRADE and after.text not in _money("particles"))
            )
        )
        if one.bare is not None and goods:
            one = replace(one, quantity=True, reading=AmountReading())  # noqa: PLW2901
        result.append(one)
    return result


def _count_before(tokens: Sequence[Token], end: int) -> tuple[int, int] | None:
    """Read a count that ends before a token, its measure included: `6 bln`."""
    at = end - 1
    if at >= 0 and (tokens[at].text in _MEASURES or tokens[at].text in _MONTHS):
        at -= 1
    if at >= 0 and tokens[at].text.isdigit() and len(tokens[at].text) <= 3 and int(tokens[at].text):
        return at, int(tokens[at].text)
    return None


def _product(unit: Found, count: int, start: int, end: int) -> Found:
    value = unit.exact
    assert value is not None, unit
    reading = AmountReading(
        kind=AmountKind.EXACT,
        value=value * count,
        why=unit.reading.why,
        confirm=unit.reading.confirm,
    )
    return Found(start=start, end=end, reading=_capped(reading))


def _products(found: list[Found], tokens: Sequence[Token], labels: Labels) -> list[Found]:
    """Multiply: `20rb x 6`, `20rb kali 6 bulan`, `6 x 20rb`, `6 bln @20rb`, `2 lembar 50rb`."""
    result: list[Found] = []
    taken: set[int] = set()  # tokens that were counts
    for one in found:
        if one.start in taken:
            continue
        if one.exact is None or one.quantity:
            result.append(one)
            continue
        joined = _times_after(one, tokens, labels, taken) or _times_before(one, tokens)
        if joined is None:
            result.append(one)
            continue
        taken.update(range(joined.start, joined.end))
        result = [other for other in result if other.start not in taken]
        result.append(joined)
    return result


def _times_after(
    one: Found, tokens: Sequence[Token], labels: Labels, taken: set[int]
) -> Found | None:
    sign, place = one.end, one.end + 1
    if sign < len(tokens) and tokens[sign].text in _PER:
        return _per_month(one, tokens, sign)
    if sign >= len(tokens) or tokens[sign].text not in _money("times"):
        return None
    if place >= len(tokens) or not tokens[place].text.isdigit() or len(tokens[place].text) > 3:
        return None
    if labels[place] not in {Label.FREE, Label.PERIOD} or not int(tokens[place].text):
        return None
    end = place + 1
    if end < len(tokens) and (tokens[end].text in _MONTHS or tokens[end].text in _MEASURES):
        end += 1
    return _product(one, int(tokens[place].text), one.start, end)


def _per_month(one: Found, tokens: Sequence[Token], sign: int) -> Found | None:
    """`20rb per bulan 3 bulan` may be each or together: ask."""
    if sign + 1 >= len(tokens) or tokens[sign + 1].text not in _MONTHS or one.exact is None:
        return None
    count = _count_before(tokens, sign + 4) if sign + 4 <= len(tokens) else None
    if count is None or count[0] != sign + 2:
        return None
    choices = (one.exact * count[1], one.exact)
    reading = AmountReading(kind=AmountKind.ASK, choices=choices, why="each")
    return Found(start=one.start, end=sign + 4, reading=_capped(reading))


def _times_before(one: Found, tokens: Sequence[Token]) -> Found | None:
    at = one.start - 1
    if at < 0:
        return None
    if tokens[at].text in _money("times") | {"@"}:
        count = _count_before(tokens, at)
        return _product(one, count[1], count[0], one.end) if count else None
    if tokens[at].text in _money("sheets"):
        count = _count_before(tokens, one.start)
        if count and one.exact is not None and count[1] > 1:
            choices = (one.exact * count[1], one.exact)
            reading = AmountReading(kind=AmountKind.ASK, choices=choices, why="each")
            return Found(start=count[0], end=one.end, reading=_capped(reading))
    return None


def _sums(found: list[Found], tokens: Sequence[Token], labels: Labels) -> list[Found]:
    """Add: `100rb + 20rb`, `100 sama 20 ribu` (both thousands)."""
    result: list[Found] = []
    for one in found:
        last = result[-1] if result else None
        if (
            last is not None
            and last.end + 1 == one.start
            and tokens[last.end].text in _money("plus")
        ):
            first = last.exact
            unusual = False
            if (
                first is None
                and last.bare is not None
                and one.exact is not None
                and one.exact < 10**6
            ):
                first, unusual = last.bare * 1000, True
            if (
                first is not None
                and one.exact is not None
                and not last.quantity
                and not one.quantity
            ):
                reading = AmountReading(
                    kind=AmountKind.EXACT,
                    value=first + one.exact,
                    why="sum",
                    confirm=unusual or last.reading.confirm or one.reading.confirm,
                )
                result[-1] = Found(start=last.start, end=one.end, reading=_capped(reading))
                continue
        result.append(one)
    return result


def _spelled_out(found: list[Found], tokens: Sequence[Token], labels: Labels) -> list[Found]:
    """Compare figures with the words behind them: equal is one amount, else a conflict."""
    result: list[Found] = []
    for one in found:
        last = result[-1] if result else None
        if last is None or not _between(last, one, tokens):
            result.append(one)
            continue
        first, second = last.exact, one.exact
        values = [*(v for v in (first, second) if v is not None)]
        if len(values) == 2 and first == second:
            result[-1] = replace(last, end=one.end)
        elif first is None and second is not None and second in last.reading.choices:
            result[-1] = replace(one, start=last.start)
        elif (
            second is None
            and first is not None
            and first in one.reading.choices
            and one.bare is None
        ):
            result[-1] = replace(last, end=one.end)
        else:
            options = [*dict.fromkeys([*(_options(last)), *(_options(one))])]
            reading = AmountReading(kind=AmountKind.ASK, choices=tuple(options[:5]), why="conflict")
            result[-1] = Found(start=last.start, end=one.end, reading=reading)
    return result


def _options(one: Found) -> tuple[int, ...]:
    return (one.exact,) if one.exact is not None else one.reading.choices


def _between(last: Found, one: Found, tokens: Sequence[Token]) -> bool:
    """Whether the second amount only repeats the first: in brackets, or `terbilang`."""
    if last.quantity or one.quantity:
        return False
    gap = [token.text for token in tokens[last.end : one.start]]
    if not gap or len(gap) > 4:
        return False
    said = any(text in _money("spelled") for text in gap)
    open_marks = gap[-1] in {"(", "[", "="} and all(not text.isalnum() for text in gap)
    return said or open_marks


def _change(paid: Found, back: Found, tokens: Sequence[Token]) -> AmountReading | None:
    """`kasih 450rb, kembali 50rb`: what stays is meant, and the card shows it."""
    if paid.exact is None or back.exact is None or back.exact >= paid.exact:
        return None
    between = {token.text for token in tokens[paid.end : back.start]}
    before = {token.text for token in tokens[max(0, paid.start - 4) : paid.start]}
    if not between & _money("change") or not before & _money("given"):
        return None
    if any(token.text == "\n" for token in tokens[paid.end : back.start]):
        return None
    return AmountReading(
        kind=AmountKind.EXACT, value=paid.exact - back.exact, why="change", confirm=True
    )
