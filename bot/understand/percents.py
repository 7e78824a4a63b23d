"""The rate of a loan as said: `1,5%`, `bunga 2 persen per bulan`, `24% setahun`, `satu setengah persen`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from bot.understand import numbers, words
from bot.understand.marks import Label, Labels
from bot.understand.readings import RateReading
from bot.understand.tokens import Token

_SIGNS = frozenset({"%", "persen", "prosen", "persennya", "percent"})
_PER = frozenset({"per", "/", "tiap", "setiap", "dalam"})
_ONE_WORD = {
    "sebulan": "month",
    "perbulan": "month",
    "bulanan": "month",
    "setahun": "year",
    "pertahun": "year",
    "tahunan": "year",
}
_OTHERS = frozenset({"provisi", "denda", "dendanya", "potongan", "diskon", "admin", "administrasi"})
_FIGURES = re.compile(r"\d{1,4}(?:[.,]\d{1,6})?", re.ASCII)
_SPOKEN = 5  # words a spoken number has at most


def scan(tokens: Sequence[Token], labels: Labels) -> RateReading | None:
    """Find the rate and label every number of per cent with its period: none of them is money or months.

    A rate of provisi or denda is another one. Of several no one is meant for certain: no value.
    """
    found: list[RateReading] = []
    for at, token in enumerate(tokens):
        if token.text not in _SIGNS or labels[at] is Label.NOTE:
            continue
        start, value = _number(tokens, at)
        per, end = _period(tokens, at + 1)
        labels[start:end] = [Label.IDENTITY] * (end - start)
        before = tokens[start - 1].text if start else ""
        if before not in _OTHERS:
            found.append(RateReading(value=value, per=per))
    meant = list(dict.fromkeys(found))
    if not meant:
        return None
    return meant[0] if len(meant) == 1 else RateReading()


def _number(tokens: Sequence[Token], at: int) -> tuple[int, Decimal | None]:
    """Read the number that ends before a token: where it begins, and its value."""
    if not at:
        return at, None
    last = tokens[at - 1]
    if last.is_number:
        before = tokens[at - 2].text if at > 1 else ""
        signed = before in {"-", "~", "/"}
        value = Decimal(last.text.replace(",", ".")) if _FIGURES.fullmatch(last.text) else None
        return at - 1 - signed, None if signed else value
    for start in range(max(0, at - _SPOKEN), at):
        value = _spoken(tokens, start, at)
        if value is not None:
            return start, value
    return at, None


def _spoken(tokens: Sequence[Token], start: int, end: int) -> Decimal | None:
    """Read `dua`, `dua puluh empat`, `satu setengah`, `satu koma lima`, `setengah`."""
    texts = [token.text for token in tokens[start:end]]
    if texts == ["setengah"]:
        return Decimal("0.5")
    if texts[-1] == "setengah":
        whole = _whole(tokens, start, end - 1)
        return None if whole is None else whole + Decimal("0.5")
    if "koma" in texts:
        comma = start + texts.index("koma")
        whole, part = _whole(tokens, start, comma), _whole(tokens, comma + 1, end)
        if whole is None or part is None:
            return None
        return Decimal(f"{whole}.{part}")
    return _whole(tokens, start, end)


def _whole(tokens: Sequence[Token], start: int, end: int) -> Decimal | None:
    number = numbers.read(tokens, start, end) if start < end else None
    if number is None or number.end != end or number.bare is None:
        return None
    return Decimal(number.bare)


def _period(tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    """Read `per bulan`, `/thn`, `setahun` behind the sign."""
    texts = [token.text for token in tokens[at : at + 2]]
    if texts and texts[0] in _ONE_WORD:
        return _ONE_WORD[texts[0]], at + 1
    if len(texts) == 2 and texts[0] in _PER:
        if texts[1] in words.words("dates", "month_words"):
            return "month", at + 2
        if texts[1] in words.words("dates", "year_words"):
            return "year", at + 2
    return None, at
