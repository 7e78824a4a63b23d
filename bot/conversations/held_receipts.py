"""A receipt nobody could name becomes known: "uang masuk 250rb itu wajib Siti" moves it out of 215000, once."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversations import cash_places, forms
from bot.conversations.operations import SAVINGS
from bot.state import Card, Draft
from bot.talk import Reply, Turn, say
from bot.understand.readings import AmountKind, Reading
from core.accounts import HELD
from core.treasury import held

SLOT = "held"
_OPERATIONS = (
    *(name for name, one in SAVINGS.items() if not one.withdrawal),
    "angsuran",
    "pendapatan",
)
_MEANT = re.compile(
    r"\b(?:uang masuk|transfer(?:an)?|titipan|setoran|uang)\b.{0,60}?\b(?:itu|tadi|ternyata|tersebut)\b"
    r"|\b(?:belum|tidak|tak|gak|ga) (?:dikenal|teridentifikasi)\b|\bternyata\b",
    re.IGNORECASE | re.DOTALL,
)


def of(draft: Draft) -> int | None:
    """Return the entry of the receipt that a draft names; None when its money comes from elsewhere."""
    found = draft.extra.get(SLOT)
    return int(found) if found and cash_places.of(draft) == HELD else None


async def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over which open receipt a sentence names: the only one of its amount, else it is asked."""
    if draft.rows or draft.operation not in (None, *_OPERATIONS) or not _MEANT.search(reading.text):
        return draft
    found = await held.open_receipts(turn.db, koperasi_id=turn.koperasi_id)
    said = reading.amount.value if reading.amount.kind is AmountKind.EXACT else None
    if said is not None:
        found = [one for one in found if one.amount == said]
    if not found:
        return draft
    if len(found) > 1:
        return replace(draft, extra=draft.extra | {SLOT: 0})
    return _taken(draft, found[0])


def _taken(draft: Draft, one: held.Held) -> Draft:
    extra = {key: value for key, value in draft.extra.items() if key not in ("source", "by_bank")}
    return replace(
        draft, amount=one.amount, extra=extra | {SLOT: one.entry, cash_places.SLOT: HELD}
    )


def is_asked(draft: Draft) -> bool:
    """Say whether it is still open which receipt is meant."""
    return draft.extra.get(SLOT) == 0


async def ask(turn: Turn, draft: Draft) -> Reply:
    """Offer the open receipts, the oldest first."""
    found = await held.open_receipts(turn.db, koperasi_id=turn.koperasi_id)
    same = [one for one in found if one.amount == draft.amount]
    choices = tuple(
        (say("choice-held", amount=one.amount, on=one.received_on, entry=one.entry), str(one.entry))
        for one in (same or found)[:8]
    )
    return forms.ask(turn, draft, SLOT, say("ask-held"), choices=choices)


async def chosen(turn: Turn, draft: Draft, value: str) -> Draft:
    """Take a pressed receipt over; one that is not open any more is asked again."""
    found = await held.open_receipts(turn.db, koperasi_id=turn.koperasi_id)
    one = next((one for one in found if str(one.entry) == value), None)
    return draft if one is None else _taken(draft, one)


async def settled(turn: Turn, card: Card, reply: Reply) -> Reply:
    """Mark the receipt as named once its card is recorded; what waits for an approver does it then."""
    entry = of(card.draft)
    outcome = reply.state.outcome(card.id) if reply.state else None
    if entry is not None and outcome is not None and outcome.isdigit():
        await held.settle(turn.db, koperasi_id=turn.koperasi_id, entry=entry, operation=card.id)
    return reply
