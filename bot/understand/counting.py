"""Cash that is counted at day's end: "tutup kas", "hitung kas gerai", "kas hari ini 1.250.000"."""

from __future__ import annotations

import re

from bot.understand import amounts
from bot.understand.evidence import Evidence
from bot.understand.readings import AmountKind, Intent

_ELSE = (
    "deposit", "pay", "give", "save", "withdraw", "take", "savings", "simpanan", "mandatory", "principal",
    "voluntary", "dues", "instalment", "loan", "borrow", "apply", "disburse", "sale", "buy", "restock",
    "on_credit", "supplier", "returned", "lost", "costs", "goods", "bank", "from_bank", "to_bank", "via",
    "reverse", "cancel", "miswritten", "announce", "explain", "why", "who", "help", "report", "term", "holiday",
)  # fmt: skip
_BOX = re.compile(
    r"\b(?:(?P<gerai>(?:kas\s+)?(?:gerai|kasir|laci|toko))|(?P<unit>(?:kas\s+)?(?:unit\s+)?(?:usp|simpan\s+pinjam|unit))"
    r"|(?P<kas>(?:uang\s+)?kas(?:\s+(?:besar|kantor|koperasi))?))\b",
    re.IGNORECASE,
)
_CODES = {"kas": "111000", "gerai": "111100", "unit": "111200"}
_NOTHING = re.compile(
    r"\s*[:=]?\s*(?:rp\.?\s*)?(?:0+|nol|kosong|habis|tidak ada|nihil)\b(?![.,]?\d)", re.IGNORECASE
)


def counts(e: Evidence) -> tuple[Intent, ...]:
    """Return the count of cash, or the question whether it was counted; nothing for anything else."""
    if e.any(*_ELSE) or e.person:
        return ()
    if e.any("close_cash"):
        return (Intent.CASH_INQUIRY,) if e.asked or e.any("not_yet") else (Intent.CASH_COUNT,)
    told = e.priced and e.dated and not e.asked and not e.any("not_yet", "balance", "total")
    return (Intent.CASH_COUNT,) if told and e.any("cash", "cash_question") else ()


def amount(text: str) -> int | None:
    """Read one certain sum of money; "kosong" is none at all."""
    if _NOTHING.match(text):
        return 0
    found = amounts.read(text)
    return found.value if found.kind is AmountKind.EXACT else None


def boxes(text: str) -> dict[str, int]:
    """Read how much lies in each cash box that a text names: "kas 1.250.000, gerai 300rb"."""
    found: dict[str, int] = {}
    named = list(_BOX.finditer(text))
    for one, after in zip(named, [*named, None][1:], strict=True):
        said = amount(text[one.end() : after.start() if after else len(text)])
        if said is not None:
            found[_CODES[one.lastgroup or "kas"]] = said
    return found
