"""Amounts of money as people write them, in whole rupiah. The reader never guesses.

First every number that may be money is found, then what explains several of them (a product, a
sum, words behind figures, change given back) is worked out; what stays open is a question. A bare
number below 1,000 is one always, its thousand reading offered first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.understand import dates, periods, words
from bot.understand.marks import Label, Labels, mark
from bot.understand.money import Found, capped, find, listed
from bot.understand.readings import AmountKind, AmountReading
from bot.understand.tokens import Token, normal, split

_MEASURES = words.words("trade", "measures")
_TRADE = (
    words.words("intents", "buy")
    | words.words("intents", "sale")
    | words.words("intents", "restock")
)
_MONTHS = words.words("dates", "month_words")
_PER = frozenset({"per", "/", "tiap", "setiap", "@"})


def read(text: str) -> AmountReading:
    """Read the amount a text speaks of."""
    plain = normal(text)
    tokens = split(plain)
    labels = mark(tokens, plain)
    periods.scan(tokens, labels, date(2000, 1, 1))  # Only what is no money matters here.
    dates.scan(tokens, labels, date(2000, 1, 1))
    found = scan(tokens, labels)
    reading = settle(found, tokens)
    if not found and says_all(tokens):
        return AmountReading(why="lookup")
    return reading


def says_all(tokens: Sequence[Token]) -> bool:
    """Whether all of something is meant, to be looked up: `lunas`, `sisanya`, `semua`."""
    return any(token.text in listed("everything") for token in tokens)


def scan(tokens: Sequence[Token], labels: Labels) -> list[Found]:
    """Find every amount, put together what belongs together, and label the tokens."""
    found: list[Found] = []
    at = 0
    while at < len(tokens):
        one = find(tokens, labels, at)
        if one is None:
            at += 1
            continue
        found.append(one)
        at = one.end
    found = _without_counts(found, tokens)
    found = _products(found, tokens, labels)
    found = _spelled_out(_sums(found, tokens), tokens)
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
                or (before in _TRADE and after.text not in listed("particles"))
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
    return Found(start=start, end=end, reading=capped(reading))


def _products(found: list[Found], tokens: Sequence[Token], labels: Labels) -> list[Found]:
    """Multiply: `20rb x 6`, `20rb kali 6 bulan`, `6 x 20rb`, `6 bln @20rb`, `2 lembar 50rb`."""
    result: list[Found] = []
    taken: set[int] = set()  # tokens that were counts
    for one in found:
        if one.start in taken:
            continue
        joined = None
        if one.exact is not None and not one.quantity:
            joined = _times_after(one, tokens, labels) or _times_before(one, tokens)
            joined = joined or _each(one, tokens, labels)
        if joined is None:
            result.append(one)
            continue
        taken.update(range(joined.start, joined.end))
        result = [other for other in result if other.start not in taken]
        result.append(joined)
    return result


def _times_after(one: Found, tokens: Sequence[Token], labels: Labels) -> Found | None:
    sign, place = one.end, one.end + 1
    if place >= len(tokens) or tokens[sign].text not in listed("times"):
        return None
    count = tokens[place].text
    if not count.isdigit() or len(count) > 3 or not int(count):
        return None
    if labels[place] not in {Label.FREE, Label.PERIOD}:
        return None
    end = place + 1
    if end < len(tokens) and (tokens[end].text in _MONTHS or tokens[end].text in _MEASURES):
        end += 1
    return _product(one, int(count), one.start, end)


def _each(one: Found, tokens: Sequence[Token], labels: Labels) -> Found | None:
    """`20rb per bulan` beside `3 bulan`, and `20rb 6x`, may be each or together: ask."""
    after = [token.text for token in tokens[one.end : one.end + 2]]
    monthly = len(after) == 2 and after[0] in _PER and after[1] in _MONTHS
    count = 0
    if monthly:
        counts = (
            int(token.text)
            for at, token in enumerate(tokens[:-1])
            if labels[at] is Label.PERIOD
            and token.text.isdigit()
            and tokens[at + 1].text in _MONTHS
        )
        count = next(counts, 0)
    elif len(after) == 2 and after[0].isdigit() and after[1] in listed("times"):
        small = one.exact is not None and one.exact < 10**6  # a loan of 3jt 12x is no product
        count = int(after[0]) if small and len(after[0]) <= 3 else 0
    if count < 2 or one.exact is None:
        return None
    choices = (one.exact * count, one.exact)
    reading = AmountReading(kind=AmountKind.ASK, choices=choices, why="each")
    return Found(start=one.start, end=one.end, reading=capped(reading))


def _times_before(one: Found, tokens: Sequence[Token]) -> Found | None:
    at = one.start - 1
    if at < 0:
        return None
    if tokens[at].text in listed("times") | {"@"}:
        count = _count_before(tokens, at)
        return _product(one, count[1], count[0], one.end) if count else None
    if tokens[at].text in listed("sheets"):
        count = _count_before(tokens, one.start)
        if count and one.exact is not None and count[1] > 1:
            choices = (one.exact * count[1], one.exact)
            reading = AmountReading(kind=AmountKind.ASK, choices=choices, why="each")
            return Found(start=count[0], end=one.end, reading=capped(reading))
    return None


def _sums(found: list[Found], tokens: Sequence[Token]) -> list[Found]:
    """Add: `100rb + 20rb`, `100 sama 20 ribu` (both thousands)."""
    result: list[Found] = []
    for one in found:
        last = result[-1] if result else None
        if (
            last is not None
            and last.end + 1 == one.start
            and tokens[last.end].text in listed("plus")
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
                result[-1] = Found(start=last.start, end=one.end, reading=capped(reading))
                continue
        result.append(one)
    return result


def _spelled_out(found: list[Found], tokens: Sequence[Token]) -> list[Found]:
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
    said = any(text in listed("spelled") for text in gap)
    open_marks = gap[-1] in {"(", "[", "="} and all(not text.isalnum() for text in gap)
    return said or open_marks


def _change(paid: Found, back: Found, tokens: Sequence[Token]) -> AmountReading | None:
    """`kasih 450rb, kembali 50rb`: what stays is meant, and the card shows it."""
    if paid.exact is None or back.exact is None or back.exact >= paid.exact:
        return None
    between = {token.text for token in tokens[paid.end : back.start]}
    before = {token.text for token in tokens[max(0, paid.start - 4) : paid.start]}
    if not between & listed("change") or not before & listed("given"):
        return None
    if any(token.text == "\n" for token in tokens[paid.end : back.start]):
        return None
    return AmountReading(
        kind=AmountKind.EXACT, value=paid.exact - back.exact, why="change", confirm=True
    )
