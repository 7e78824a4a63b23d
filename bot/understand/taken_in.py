"""What is taken in to be sold for its owner: `20 bungkus keripik`, `keripik 20 bungkus`, and who an outsider is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understand import words
from bot.understand.goods import quantity, unit_of

_HONORIFICS = sorted(words.words("names", "honorifics"), key=len, reverse=True)
_WHO = rf"(?:{'|'.join(map(re.escape, _HONORIFICS))})\.?"
_STOP = (
    rf"(?:titip\w*|nitip\w*|konsinyasi|jual\w*|dijual|harga\w*|seharga|bagian|fee|komisi|per|dari|dr|milik|punya|untuk|utk"
    rf"|buat|dan|yg|yang|di|ke|tgl|kemarin|tadi|hari|masuk|{_WHO})"
)
_NAME = rf"(?P<name>(?!{_STOP}\b)[^\W\d_][\w-]*(?:\s+(?!{_STOP}\b)[^\W\d_][\w-]*){{0,3}})"
_COUNT = r"(?P<count>\d{1,6}(?:[.,]\d{1,2})?|setengah|seperempat)"
_MEASURE = r"(?P<unit>[^\W\d_]+)"
_COUNTED = re.compile(rf"\b{_COUNT}\s*{_MEASURE}\s+{_NAME}", re.IGNORECASE)
_NAMED = re.compile(rf"\b{_NAME}\s+{_COUNT}\s*{_MEASURE}\b", re.IGNORECASE)
_BARE = re.compile(rf"\b{_COUNT}\s+{_NAME}", re.IGNORECASE)
_OWNER = re.compile(rf"\b((?i:{_WHO})\s+[^\W\d_]{{2,}}(?:\s+[A-Z][^\W\d_]+)?)")
_PRICED = re.compile(
    r"(?<!titip )(?<!nitip )\bjual\b|\b(?:dijual|harga\w*|seharga|per)\b|@", re.IGNORECASE
)
_COUNTS = re.compile(rf"\b{_COUNT}\s*{_MEASURE}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Goods as they are named: thousandths of a unit."""

    name: str
    unit: str
    quantity: int


def read(text: str) -> Counted | None:
    """Read what and how many; None where it is not said plainly."""
    plain = " ".join(text.split())
    for pattern in (_COUNTED, _NAMED):
        for found in pattern.finditer(plain):
            if (unit := unit_of(found["unit"])) is None:
                continue
            count = quantity(f"{found['count']} {found['unit']}", unit)
            if count:
                return Counted(name=found["name"], unit=unit, quantity=count)
    bare = _BARE.search(plain)
    count = quantity(bare["count"], "buah") if bare else None
    if bare is None or not count or unit_of(bare["name"].split()[0]) is not None:
        return None
    return Counted(name=bare["name"], unit="buah", quantity=count)


def without(text: str, said: str) -> str:
    """Leave somebody's name out, as it was said, and the honorific before it: `keripik Bu Rini 5 bungkus`."""
    for word in said.split():
        text = re.sub(
            rf"\b(?:{_WHO}\s+)?{re.escape(word)}\b", " ", text, count=1, flags=re.IGNORECASE
        )
    return " ".join(text.split())


def counts(text: str) -> int:
    """Say how many times something is counted: `keripik 2 bungkus, beras 1 karung` twice."""
    return sum(unit_of(found["unit"]) is not None for found in _COUNTS.finditer(text))


def is_priced(text: str) -> bool:
    """Say whether an amount is the price of one: `dijual 10rb`, `harga 10rb`, `@10rb`."""
    return _PRICED.search(text) is not None


def owner(text: str) -> str | None:
    """Return somebody named with an honorific: `Bu Rini`, `Pak Joko Santoso`."""
    found = _OWNER.search(text)
    return found[1] if found else None
