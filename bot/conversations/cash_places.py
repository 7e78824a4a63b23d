"""Through which cash box or bank money goes: Kas unless a bank is said; ✏️ Kas/Bank changes it."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from bot.conversations import forms
from bot.state import Draft
from bot.talk import Reply, Turn, say
from core.accounts import BANKS, CASH, PLACES, chart
from core.tables.ledger import accounts
from notifications.messages import Say

SLOT = "cash"
_NAMED = (
    (re.compile(r"\b(?:bpd|bankaltimtara|(?:bank\s)?kaltimtara)\b", re.IGNORECASE), "112200"),
    (re.compile(r"\b(?:bri|brilink|bni|mandiri|btn|bsi|himbara)\b", re.IGNORECASE), "112100"),
)
_TYPED = (
    (re.compile(r"\b(?:gerai|kasir|laci|toko)\b", re.IGNORECASE), "111100"),
    (re.compile(r"\b(?:unit|usp)\b|simpan pinjam", re.IGNORECASE), "111200"),
)
_SPOKEN = (  # "toko" alone is where something was bought: "beli atk di toko Maju"
    (re.compile(r"\b(?:gerai|kasir|laci|(?:kas|uang|duit)\s+toko)\b", re.IGNORECASE), "111100"),
    _TYPED[1],
)
_WAY = re.compile(r"\b(dari|dr|ke|ka|masuk|untuk|utk|buat)\b", re.IGNORECASE)
_TRANSFERRED = re.compile(
    r"\b(?:transfer|ditransfer|tf|trf|qris|m-?banking|rekening|rek|(?:lewat|via) bank)\b",
    re.IGNORECASE,
)
_CASH = re.compile(r"\b(?:kas|tunai)\b", re.IGNORECASE)
_BANK = re.compile(r"\b(?:bank|rekening|rek|transfer|tf|qris)\b", re.IGNORECASE)


def of(draft: Draft) -> str:
    """Return the cash box or bank of a draft: its code in the chart."""
    return str(draft.extra.get(SLOT, CASH))


def taken(draft: Draft, code: str) -> Draft:
    """Take a cash box or bank over; what savings would have paid is paid through it."""
    if code not in PLACES:
        return draft
    kept = {key: one for key, one in draft.extra.items() if key != "source"}
    return replace(draft, extra=kept | {SLOT: code})


def named(text: str) -> str | None:
    """Return the bank that a text names."""
    return _match(_NAMED, text)


def any_named(text: str) -> str | None:
    """Return the bank or the other cash box that a text names; Kas alone is what nobody has to name."""
    return named(text) or _match(_SPOKEN, text)


def way(text: str) -> tuple[str | None, str | None]:
    """Return where money is said to come from and go to: "dari BRI ke BPD", "ke kas gerai"."""
    parts = _WAY.split(text)
    found: dict[str, str] = {}
    for word, what in zip(parts[1::2], parts[2::2], strict=True):
        direction = "from" if word.lower() in ("dari", "dr") else "to"
        place = any_named(what) or _match(_TYPED, what) or (CASH if _CASH.search(what) else None)
        if place is not None:
            found.setdefault(direction, place)
    return found.get("from"), found.get("to")


def is_by_bank(text: str) -> bool:
    """Say whether a text says that money went through a bank, by whatever word."""
    return named(text) is not None or _TRANSFERRED.search(text) is not None


async def bank_of(turn: Turn, text: str) -> str:
    """Find the bank that is meant: the one that is named, else the one this cooperative uses."""
    if (said := named(text)) is not None:
        return said
    used = await turn.db.scalars(
        select(accounts.c.code)
        .where(accounts.c.koperasi_id == turn.koperasi_id, accounts.c.code.in_(BANKS))
        .order_by(accounts.c.code)
        .limit(1)
    )
    return used.first() or BANKS[0]


def _match(patterns: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str | None:
    return next((code for pattern, code in patterns if pattern.search(text)), None)


def ask(turn: Turn, draft: Draft) -> Reply:
    """Ask which one, each by its name in the chart."""
    choices = tuple((say("choice-place", name=chart()[code].name), code) for code in PLACES)
    return forms.ask(turn, draft, SLOT, say("ask-cash"), choices=choices)


async def heard(turn: Turn, draft: Draft, text: str) -> Draft | None:
    """Take a typed answer over: "BRI", "bank", "kas", "kas gerai"; None when it is none."""
    typed = _match(_TYPED, text) or named(text)
    if typed is None and _BANK.search(text):
        typed = await bank_of(turn, text)
    if typed is None and _CASH.search(text):
        typed = CASH
    return taken(draft, typed) if typed else None


def lines(code: str | None) -> tuple[Say, ...]:
    """Name a bank or another cash box than Kas, on cards and receipts."""
    if code is None or code == CASH:
        return ()
    return (say("card-place", name=chart()[code].name),)
