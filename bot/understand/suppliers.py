"""Who the gerai owes: "kulakan beras 700rb utang ke Toko Makmur", "bayar UD Jaya 300rb", "utang pemasok"."""

from __future__ import annotations

import re
from functools import cache

from bot.understand import ideas, unpaid, words

_BOUGHT, _SOLD = frozenset({"buy", "restock"}), frozenset({"sale", "returned"})
_CREDIT = re.compile(r"\b(?:utang|hutang|ngutang|kredit|tempo|belum dibayar|bayar nanti)\b")
_PAID = re.compile(r"\b(?:bayar|byr|bayarkan|lunasi|melunasi|cicil|angsur|pelunasan|pembayaran)\b")
_OWED = re.compile(r"\b(?:utang|hutang)\b")
_ALL = re.compile(r"\b(?:utang|hutang)\s+(?:dagang|usaha)\b")
_FIRMS = ("ud", "cv", "pt")
_LONGEST = 4  # words of a name behind what it begins with


@cache
def _name() -> re.Pattern[str]:
    begins = "|".join(sorted(words.words("suppliers", "begins"), key=len, reverse=True))
    names = "|".join(sorted(words.words("suppliers", "names"), key=len, reverse=True))
    ends = "|".join(words.words("suppliers", "ends"))
    word = rf"(?!(?:{ends})\b)[^\W\d_][\w.'&-]*"
    return re.compile(
        r"(?:\b(?:ke|kpd|kepada|sama|pada|di|dari|dr)\s+)?"
        rf"\b(?P<name>(?:{begins})\.?(?:\s+{word}){{1,{_LONGEST}}}|{names})\b",
        re.IGNORECASE,
    )


def told(text: str) -> str | None:
    """Return the name of a supplier that a sentence tells, without "pemasok" before it; None where none is told."""
    found = _name().search(" ".join(text.split()))
    if found is None:
        return None
    first, _, rest = found["name"].partition(" ")
    general = first.casefold().rstrip(".") in words.words("suppliers", "general")
    name = rest if general else found["name"]
    if name != name.casefold():
        return name
    return " ".join(word.upper() if word in _FIRMS else word.title() for word in name.split())


def is_sentence(text: str) -> bool:
    """Say whether a text is more than a name: it has a figure, or something is done in it."""
    return re.search(r"\d", text) is not None or bool(
        ideas.around(text) & (_BOUGHT | _SOLD | {"pay", "settle", "deposit", "withdraw"})
    )


def plain(text: str) -> str:
    """Return a sentence without the supplier it names, as it is read; any other stays as it is.

    Bought on credit, the name is left out; what pays a supplier is read as "bayar pemasok".
    """
    found = _name().search(text)
    if found is None:
        return text
    spoken, low = ideas.around(text), text.casefold()
    if spoken & _SOLD:
        return text
    before, after = text[: found.start()], text[found.end() :]
    if spoken & _BOUGHT:
        owed = unpaid.said(text) or _CREDIT.search(low)
        return f"{before} {after}" if owed else text
    if _PAID.search(low) and "costs" not in spoken:
        return f"{_OWED.sub(' ', before)} pemasok {after}"
    return text


def asked(text: str) -> str | None:
    """Return whose debt is asked for, "" for all of them; None where a sentence asks for no supplier's."""
    low = " ".join(text.casefold().split())
    if not _OWED.search(low) or re.search(r"\d", low) or _PAID.search(low):
        return None
    if ideas.around(text) & (_BOUGHT | _SOLD):
        return None
    if (name := told(text)) is not None:
        return name
    general = words.words("suppliers", "general") & set(re.findall(r"\w+", low))
    return "" if general or _ALL.search(low) else None
