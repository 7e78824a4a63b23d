"""Which of a gerai's goods a sentence names, and how much of each; what is not certain is left to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.understand import words
from bot.understand.tokens import Token, normal, split

_MONEY = frozenset({"rb", "rbu", "ribu", "rebu", "k", "jt", "juta", "perak", "rupiah"})
_BARE = 100  # a number without a measure from here on may be money
_LARGEST = 10**6  # units of one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A good as it is looked for: its name in lower case, its unit."""

    id: int
    words: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A good that a sentence names; `certain` is false while it may be another thing. Thousandths of its unit."""

    goods: tuple[int, ...]
    certain: bool
    quantity: int | None


@dataclass(frozen=True, slots=True)
class _Span:
    goods: tuple[Named, ...]
    certain: bool
    start: int
    end: int


@cache
def _units() -> dict[str, str]:
    table = words.table("goods")["units"]
    assert isinstance(table, dict)
    return {said: unit for unit, ways in table.items() for said in ways}


def unit_of(said: str) -> str | None:
    """Return a unit as it is kept: `kilo` is kg; None for what is no unit."""
    return _units().get(said.casefold())


def fits(said: str, unit: str) -> bool:
    """Say whether a measure counts units of a good: the same one, or any piece where pieces are counted."""
    measure, kept = unit_of(said), unit_of(unit) or unit
    pieces = words.words("goods", "pieces")
    return measure == kept or (kept == "buah" and measure in pieces)


def find(text: str, goods: Sequence[Named]) -> list[Found]:
    """List the goods a sentence names, in its order, each with its quantity where that is certain."""
    tokens = split(normal(text))
    spans = _spans(tokens, goods)
    found = []
    for at, span in enumerate(spans):
        first = spans[at - 1].end if at else 0
        last = spans[at + 1].start if at + 1 < len(spans) else len(tokens)
        quantity = _after(tokens, span, last, alone=at + 1 == len(spans))
        if quantity is None:
            quantity = _before(tokens, span, first)
        found.append(
            Found(
                goods=tuple(good.id for good in span.goods), certain=span.certain, quantity=quantity
            )
        )
    return found


def _spans(tokens: Sequence[Token], goods: Sequence[Named]) -> list[_Span]:
    names = [(good, [token.text for token in split(normal(good.words))]) for good in goods]
    spans: list[_Span] = []
    at = 0
    while at < len(tokens):
        span = _span(tokens, at, names)
        if span is None:
            at += 1
            continue
        spans.append(span)
        at = span.end
    return spans


def _span(tokens: Sequence[Token], at: int, names: list[tuple[Named, list[str]]]) -> _Span | None:
    """Find the goods whose name begins at a token: the longest whole name, else all that begin alike."""
    said = [token.text for token in tokens[at : at + 12]]
    alike = [(good, name, _same(said, name)) for good, name in names]
    alike = [one for one in alike if one[2]]
    if not alike:
        return None
    whole = [one for one in alike if one[2] == len(one[1])]
    if whole:
        good, name, _ = max(whole, key=lambda one: len(one[1]))
        return _Span((good,), True, at, at + len(name))
    longest = max(one[2] for one in alike)
    candidates = tuple(good for good, _, length in alike if length == longest)
    end = at + longest
    certain = len(candidates) == 1 and _ends(tokens, end)
    return _Span(candidates, certain, at, end)


def _same(said: Sequence[str], name: Sequence[str]) -> int:
    count = 0
    while count < min(len(said), len(name)) and said[count] == name[count]:
        count += 1
    while 0 < count < len(name) and said[count - 1].isdigit():
        count -= 1  # `beras 5 karung`, where the good is beras 5 kg: the 5 counts
    return count


def _ends(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a name may end here: `minyak kayu putih` is no minyak goreng."""
    if at >= len(tokens) or not tokens[at].is_word:
        return True
    word = tokens[at].text
    known = word in words.words("goods", "after") or word in words.numbers("goods", "counts")
    return known or unit_of(word) is not None or _one(word) is not None


def _after(tokens: Sequence[Token], span: _Span, last: int, *, alone: bool) -> int | None:
    """Read `2 karung`, `2`, `sekilo`, `setengah kg` right after a name."""
    at = span.end
    while at < last and tokens[at].text in words.words("goods", "between"):
        at += 1
    if at >= last:
        return None
    if (one := _one(tokens[at].text)) is not None:
        return 1000 if _fit(one, span) else None
    count = _count(tokens[at])
    if count is None or (at + 1 < len(tokens) and tokens[at + 1].text in _MONEY):
        return None
    measure = tokens[at + 1] if at + 1 < last else None
    if measure is not None and unit_of(measure.text) is not None:
        return count if _fit(measure.text, span) else None
    if count >= _BARE * 1000 or not (alone and _stands(measure)):
        return None  # `beras 2 gula`: two of which?
    return count


def _stands(following: Token | None) -> bool:
    """Say whether a bare number before this is a count, and no day: `beras 5/11`, `beras 5 nov`."""
    if following is None or following.is_number or following.text in ("x", "@", ",", "."):
        return True
    return following.text in words.words("goods", "after")


def _before(tokens: Sequence[Token], span: _Span, first: int) -> int | None:
    """Read `2 karung`, `2`, `sekilo` right before a name."""
    at = span.start - 1
    if at < first:
        return None
    if (one := _one(tokens[at].text)) is not None:
        return 1000 if _fit(one, span) else None
    measured = unit_of(tokens[at].text) is not None
    if measured:
        if not _fit(tokens[at].text, span):
            return None
        at -= 1
    count = _count(tokens[at]) if at >= first else None
    if count is None or (at and tokens[at - 1].text in ("rp", "@")):
        return None
    return count if measured or count < _BARE * 1000 else None


def _fit(measure: str, span: _Span) -> bool:
    return all(fits(measure, good.unit) for good in span.goods)


def _one(word: str) -> str | None:
    """Read sekarung, sekilo: one of a unit."""
    return word[2:] if word.startswith("se") and unit_of(word[2:]) is not None else None


def _count(token: Token) -> int | None:
    """Read a count as thousandths; what is written like money, or has more than three decimals, is none."""
    named = words.numbers("goods", "counts").get(token.text)
    if named is not None:
        return named
    if not token.is_number:
        return None
    whole, _, part = token.text.replace(".", ",").partition(",")
    if not (whole.isdigit() and (part.isdigit() or not part)) or len(part) > 2:
        return None
    count = int(whole) * 1000 + int(part.ljust(3, "0"))
    return count if 0 < count <= _LARGEST * 1000 else None


def quantity(text: str, unit: str) -> int | None:
    """Read an answer to how many: `3`, `3 karung`, `setengah`; None when it says anything else."""
    tokens = split(normal(text))
    if not 1 <= len(tokens) <= 2:
        return None
    if len(tokens) == 1 and (one := _one(tokens[0].text)) is not None:
        return 1000 if fits(one, unit) else None
    if len(tokens) == 2 and not fits(tokens[1].text, unit):
        return None
    return _count(tokens[0])
