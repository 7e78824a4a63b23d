"""Figures that are no money: phones, NIK, account and member numbers, RT, clock times, list marks.

Each token gets at most one label; later parts of the grammar respect the labels of earlier ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from bot.understand import words
from bot.understand.atoms import unit
from bot.understand.tokens import Token


class Label(StrEnum):
    """What a token was used for."""

    FREE = ""
    IDENTITY = "identity"  # phone, NIK, account, place, clock time, list mark
    NUMBER = "number"  # looks like a member's or a receipt's number
    NAME = "name"
    DATE = "date"
    PERIOD = "period"
    AMOUNT = "amount"
    NOTE = "note"  # said to be a note: not read at all


Labels = list[Label]

_PHONE = re.compile(
    r"(?:\+?62|0)[ -]?8[0-9]{1,3}(?:[ -][0-9]{3,5}){2}(?![0-9.,])|(?:\+?62|0)8[0-9]{7,11}(?![0-9.,])"
)
_GROUPED_IDS = re.compile(
    r"(?<![0-9.,])[0-9]{2}\.[0-9]{3}\.[0-9]{3}\.[0-9][-.][0-9]{3}\.[0-9]{3}(?![0-9])|(?<![0-9.,])[0-9]{4}(?:[ -][0-9]{4}){3}(?![0-9])"
)
_PLACES = frozenset(
    {
        "rt",
        "rw",
        "gang",
        "gg",
        "blok",
        "km",
        "dusun",
        "pasal",
        "bab",
        "ke",
        "kloter",
        "tahap",
        "hal",
    }
)
_ACCOUNTS = frozenset(
    {"rek", "rekening", "norek", "hp", "wa", "telp", "telepon", "nik", "ktp", "kk", "npwp", "nib"}
)
_NUMBERED = frozenset({"no", "nomor", "nmr", "nomer", "#", "anggota"})
_CLOCK = words.words("dates", "clock")
_MEASURES = words.words("trade", "measures")
_TIMES = words.words("money", "times")
_CURRENCY = words.words("money", "currency")
_LONGEST_MONEY = 9  # digits written without separators; more are an identity number
_BEYOND_IDENTITY = 19  # more digits than any identity number: an impossible amount


def mark(tokens: Sequence[Token], text: str) -> Labels:
    """Label every token of figures that is certainly no money."""
    labels = [Label.FREE] * len(tokens)
    _spans(tokens, text, labels)
    for at, token in enumerate(tokens):
        if token.is_number and labels[at] is Label.FREE:
            _number(tokens, at, labels)
    return labels


def _spans(tokens: Sequence[Token], text: str, labels: Labels) -> None:
    found = [m.span() for pattern in (_PHONE, _GROUPED_IDS) for m in pattern.finditer(text)]
    for start, end in found:
        if start and (text[start - 1].isalnum() or text[start - 1] in ".,"):
            continue
        for at, token in enumerate(tokens):
            if start <= token.start < end:
                labels[at] = Label.IDENTITY


def _number(tokens: Sequence[Token], at: int, labels: Labels) -> None:
    token = tokens[at]
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    priced = _is_priced(before, after)
    plain = token.text.isdigit()
    if plain and not priced and _LONGEST_MONEY < len(token.text) < _BEYOND_IDENTITY:
        round_sum = (
            token.text.endswith("000000") and token.text[:2] != "62" and token.text[0] != "0"
        )
        if not round_sum or len(token.text) > 12:
            labels[at] = Label.IDENTITY
            return
    if _list_mark(tokens, at) or _clock(tokens, at, labels):
        labels[at] = Label.IDENTITY
        return
    if _doubled(tokens, at):
        labels[at] = Label.IDENTITY
        return
    if before is None or priced or not plain:
        if plain and not priced and len(token.text) > 2 and token.text[0] == "0":
            labels[at] = Label.NUMBER if int(token.text) else Label.FREE
        return
    _after_word(tokens, at, labels)


def _is_priced(before: Token | None, after: Token | None) -> bool:
    """Whether a currency or a unit says that this is money."""
    if before is not None and before.text in _CURRENCY:
        return True
    return after is not None and after.is_word and unit(after.text)[0] > 0


def _list_mark(tokens: Sequence[Token], at: int) -> bool:
    """`1.` or `2)` at the beginning of a line, with a word behind it."""
    if at and tokens[at - 1].text != "\n":
        return False
    if at + 2 >= len(tokens) or len(tokens[at].text) > 2 or not tokens[at].text.isdigit():
        return False
    return tokens[at + 1].text in ".)" and tokens[at + 1].glued and tokens[at + 2].text != "\n"


def _doubled(tokens: Sequence[Token], at: int) -> bool:
    """`malam2`, `anak2`: the word twice, no figure."""
    token, before = tokens[at], tokens[at - 1] if at else None
    if token.text != "2" or not token.glued or before is None or not before.is_word:
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    ends = after is None or not after.glued or not (after.is_word or after.is_number)
    return len(before.text) > 2 and before.text in words.vocabulary() and ends


def _clock(tokens: Sequence[Token], at: int, labels: Labels) -> bool:
    if at and tokens[at - 1].text in _CLOCK:
        return True
    if at + 2 >= len(tokens) or tokens[at + 1].text != ":" or not tokens[at + 2].glued:
        return False
    if len(tokens[at].text) > 2 or not re.fullmatch("[0-5][0-9]", tokens[at + 2].text):
        return False
    labels[at + 1] = labels[at + 2] = Label.IDENTITY
    return True


def _after_word(tokens: Sequence[Token], at: int, labels: Labels) -> None:
    """Judge plain figures by the word before them: `RT 2`, `no. 12`, `A-001`."""
    token = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    back = at - 1
    if (
        tokens[back].text in {".", ":", "-", "/"}
        and back
        and (tokens[back].text in ".:" or token.glued)
    ):
        back -= 1
    word = tokens[back]
    leading_zero = len(token.text) > 2 and token.text[0] == "0" and int(token.text) > 0
    touching = all(tokens[i].glued for i in range(back + 1, at + 1))
    if word.text in _ACCOUNTS and len(token.text) > 4:
        labels[at] = Label.IDENTITY
    elif word.text in _PLACES and len(token.text) <= 3:
        labels[at] = Label.IDENTITY
        _slash(tokens, at, labels)
    elif word.text in _NUMBERED and len(token.text) <= 6 and not _counted(after):
        labels[at] = Label.NUMBER
    elif word.is_word and len(word.text) <= 4 and touching and back != at and _code_prefix(word):
        for place in range(back, at + 1):
            labels[place] = Label.NUMBER
    elif leading_zero:
        labels[at] = Label.NUMBER
        if word.is_word and len(word.text) == 1 and back == at - 1:
            labels[back] = Label.NUMBER


def _code_prefix(word: Token) -> bool:
    return (
        word.text not in _TIMES and word.text not in words.vocabulary() and not unit(word.text)[0]
    )


def _counted(after: Token | None) -> bool:
    return after is not None and after.text in _MEASURES


def _slash(tokens: Sequence[Token], at: int, labels: Labels) -> None:
    """`RT 02/03` and `angsuran ke 3/12`."""
    if at + 2 < len(tokens) and tokens[at + 1].text == "/" and tokens[at + 2].is_number:
        labels[at + 1] = labels[at + 2] = Label.IDENTITY
