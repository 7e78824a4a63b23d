"""A correction typed under a card: the card is shown anew with it, or what it leaves open is asked."""

from __future__ import annotations

from dataclasses import replace

from bot.conversations import announcement_rights, forms, loan_labels
from bot.state import Card
from bot.talk import Reply, Turn
from bot.understand import corrected
from bot.understand.readings import AmountKind, DateKind, Intent, PeopleKind, Reading, Slot

_OTHER = (announcement_rights.OPERATION, "batal")  # what they say is no amount, member or day

# "eh salah, tarik" below a card of money to the bank means from the bank, not a member's savings.
_OTHER_WAY: dict[tuple[str, Intent | None], Intent] = {
    ("setorbank", Intent.WITHDRAW_VOLUNTARY): Intent.BANK_WITHDRAW,
    ("tarikbank", Intent.DEPOSIT_VOLUNTARY): Intent.BANK_DEPOSIT,
}


async def mended(turn: Turn, text: str) -> Reply | None:
    """Take "eh salah, maksudnya 60rb" as a change of the card that was shown last; None when it is none."""
    card = turn.state.card(turn.state.shown or "")
    if card is None or card.koperasi_id != turn.koperasi_id or card.is_stale(turn.now):
        return None
    if card.draft.rows or card.draft.operation in _OTHER:
        return None
    instead = corrected.instead(text) or corrected.figure(text)
    if instead is None:
        return None
    reading = await _read(turn, instead)
    return None if reading is None else await _shown_anew(turn, card, reading)


async def _read(turn: Turn, instead: str) -> Reading | None:
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    reading = await loan_labels.read(turn, instead, directory, Slot.KIND)
    said = (
        reading.intent is not None
        or reading.amount.kind is not AmountKind.NONE
        or reading.people.kind not in (PeopleKind.NONE, PeopleKind.SELF)
        or reading.date.kind is not DateKind.NONE
    )
    return reading if said and not reading.rows and not reading.doubts else None


async def _shown_anew(turn: Turn, card: Card, reading: Reading) -> Reply:
    other = _OTHER_WAY.get((card.draft.operation or "", reading.intent))
    if other is not None:
        reading = replace(reading, intent=other, intents=(other,))
    closed = replace(turn, state=turn.state.closing(card.id, "renewed"))
    return await forms.from_reading(closed, reading, card.draft)
