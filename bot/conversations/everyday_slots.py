"""What forms of the cash book ask and fill in: how much, the kind of an expense, which bank, on credit or not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.conversations import cash_places, forms
from bot.conversations.operations import BY_INTENT, EVERYDAY
from bot.state import Draft
from bot.talk import Reply, Turn, one_line, say
from bot.understand import expenses
from bot.understand.readings import AmountKind, PeopleKind, Reading
from core import everyday
from core.accounts import BANKS
from core.errors import Refusal
from core.everyday import Event

KIND, BANK, CREDIT = "expense", "bank", "credit"
_ON_CREDIT = re.compile(
    r"\b(?:utang|hutang|ngutang|kredit|bon|tempo|belum dibayar|bayar nanti)\b", re.IGNORECASE
)
_PAID = re.compile(r"\b(?:tunai|lunas|kontan|cash|dibayar)\b", re.IGNORECASE)


def event_of(draft: Draft) -> Event:
    """Say which event a draft is about."""
    return EVERYDAY[draft.operation or ""].event


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over the kind of an expense, a bank, "utang", and the sentence itself as the note."""
    event, text = event_of(draft), reading.text
    extra = dict(draft.extra)
    extra.pop("count", None)
    if event is Event.EXPENSE and extra.get(KIND, expenses.OTHER) == expenses.OTHER:
        extra[KIND] = expenses.account(text)
    if event in (Event.BANK_DEPOSIT, Event.BANK_WITHDRAWAL) and (said := cash_places.named(text)):
        extra[BANK] = said
    if event is Event.PURCHASE and _ON_CREDIT.search(text) and not _PAID.search(text):
        extra[CREDIT] = True
    member = draft.member
    if event is Event.SALE and reading.people.kind is PeopleKind.ONE:
        member = reading.people.members[0].id
    spoken = draft.note or (one_line(text) if event in _TOLD and not draft.amount else None)
    return replace(draft, member=member, months=(), note=spoken, extra=extra)


_TOLD = (Event.EXPENSE, Event.SALE, Event.PURCHASE)  # what it was for stands in the sentence


def of_list(reading: Reading) -> Draft | None:
    """Make one entry of a list of expenses, sales or purchases: their total, the list as its note.

    Expenses of several kinds are other expenses until ✏️ says which; None when the list is none of these
    or an amount is not certain.
    """
    found = {BY_INTENT.get(row.intent) if row.intent else None for row in reading.rows}
    operation = found.pop()
    if found or operation is None or operation.name not in EVERYDAY:
        return None
    amounts = [row.amount.value for row in reading.rows if row.amount.kind is AmountKind.EXACT]
    if EVERYDAY[operation.name].event not in _TOLD or len(amounts) < len(reading.rows):
        return None
    kinds = {expenses.account(row.said) for row in reading.rows}
    extra: dict[str, Any] = {}
    if EVERYDAY[operation.name].event is Event.EXPENSE:
        extra[KIND] = kinds.pop() if len(kinds) == 1 else expenses.OTHER
    return Draft(
        operation=operation.name,
        amount=sum(amount or 0 for amount in amounts),
        on=reading.date.day,
        note=one_line(reading.text),
        extra=extra,
    )


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal: none of its own."""
    return None


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask how much; of a transfer find the bank this cooperative uses."""
    if draft.amount is None:
        why = draft.extra.get("why")
        return forms.ask_amount(turn, draft, None, str(why) if why else None)
    if event_of(draft) in (Event.BANK_DEPOSIT, Event.BANK_WITHDRAWAL) and BANK not in draft.extra:
        bank = await cash_places.bank_of(turn, "")
        return replace(draft, extra=draft.extra | {BANK: bank})
    return draft


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    match event_of(draft):
        case Event.EXPENSE:
            return ("amount", KIND, "on", "cash", "note")
        case Event.PURCHASE:
            return ("amount", CREDIT, "on", "cash", "note")
        case Event.SALE:
            return ("amount", "on", "cash", "note")
        case _:
            return ("amount", BANK, "on", "cash", "note")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Offer kinds of expense, banks, or cash and credit."""
    if slot == KIND:
        offered = [
            (say("choice-place", name=everyday.named(code)), code) for code in everyday.EXPENSES
        ]
        return forms.ask(turn, draft, slot, say("ask-expense"), choices=tuple(offered))
    if slot == BANK:
        offered = [(say("choice-place", name=everyday.named(code)), code) for code in BANKS]
        return forms.ask(turn, draft, slot, say("ask-bank"), choices=tuple(offered))
    assert slot == CREDIT, slot
    choices = ((say("choice-paid"), "paid"), (say("choice-on-credit"), "credit"))
    return forms.ask(turn, draft, slot, say("ask-credit"), choices=choices)


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed choice over."""
    if slot == KIND and value in everyday.EXPENSES:
        return replace(draft, extra=draft.extra | {KIND: value})
    if slot == BANK and value in BANKS:
        return replace(draft, extra=draft.extra | {BANK: value})
    if slot == CREDIT:
        return replace(draft, extra=draft.extra | {CREDIT: value == "credit"})
    return draft


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over: "listrik", "BRI", "utang"; None when it says nothing of it."""
    if slot == KIND and (code := expenses.account(text)) != expenses.OTHER:
        return await take_slot(turn, draft, slot, code)
    if slot == BANK and (bank := cash_places.named(text)) is not None:
        return await take_slot(turn, draft, slot, bank)
    if slot == CREDIT and (_ON_CREDIT.search(text) or _PAID.search(text)):
        return await take_slot(turn, draft, slot, "paid" if _PAID.search(text) else "credit")
    return None
