"""What was bought and is paid later: "beli gula 20 kg 300rb dari Toko Makmur, belum dibayar"."""

from __future__ import annotations

import re

from bot.understand import words
from bot.understand.tokens import normal, split

_LATER = re.compile(
    r"\b(?:belum|blm|belom|blum)\s+(?:di\s?)?(?:bayar|byr|lunas|dilunasi)\b"
    r"|\b(?:di\s?)?bayar(?:nya)?\s+(?:nanti|nti|ntar|belakangan|nyusul|menyusul)\b"
    r"|\b(?:nanti|nti|ntar)\s+(?:baru\s+)?(?:di\s?)?bayar(?:nya)?\b",
    re.IGNORECASE,
)


def said(text: str) -> bool:
    """Say whether a sentence tells that the money follows."""
    return _LATER.search(text) is not None


def alone(text: str) -> bool:
    """Say whether the money is all that has not happened yet: "nanti beli gula, bayar nanti" is more."""
    rest = split(normal(_LATER.sub(" ", text)))
    return said(text) and not any(one.text in words.words("intents", "not_yet") for one in rest)
