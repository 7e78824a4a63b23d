"""What forms of the cash book ask and fill in: how much, the kind of an expense, which bank, on credit or not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.conversations import cash_places, forms, goods_slots, supplier_slots
from bot.conversations.operations import BY_INTENT, EVERYDAY
from bot.state import Draft
from bot.talk import Reply, Turn, one_line, say
from bot.understand import expenses, unpaid, words
from bot.understand.readings import AmountKind, PeopleKind, Reading
from core import everyday
from core.accounts import CASH, PLACES
from core.errors import Refusal
from core.everyday import Event
from core.goods import bons, catalogue, stock

KIND, FROM, TO, CREDIT, OWN = "expense", "from", "to", "credit", "own"
_ON_CREDIT = re.compile(r"\b(?:utang|hutang|ngutang|kredit|bon|ngebon|tempo)\b", re.IGNORECASE)
TRANSFERS = (Event.BANK_DEPOSIT, Event.BANK_WITHDRAWAL)
_WAGES = "521000"
_ME = re.compile(r"\b(?:saya|aku|ulun|sendiri)\b", re.IGNORECASE)
_PAID = re.compile(r"\b(?:tunai|lunas|kontan|cash|dibayar)\b", re.IGNORECASE)


def _is_owed(text: str) -> bool:
    return unpaid.said(text) or bool(_ON_CREDIT.search(text) and not _PAID.search(text))


def event_of(draft: Draft) -> Event:
    """Say which event a draft is about."""
    return EVERYDAY[draft.operation or ""].event


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over the kind of an expense, from where and to where, "utang", whose wages, the note."""
    event, text = event_of(draft), reading.text
    extra = draft.extra | _places(event, text)
    extra.pop("count", None)
    if event is Event.EXPENSE:
        said = expenses.account(text)
        extra[KIND] = extra.get(KIND, said) if said == expenses.OTHER else said
        if extra[KIND] == _WAGES and _is_own(turn, reading):
            extra[OWN] = True
    if event in supplier_slots.EVENTS:
        extra = supplier_slots.heard(extra, text)
    if event in _CREDITED and _is_owed(text):
        extra[CREDIT] = True
    if event.moves:
        extra = goods_slots.told(extra, [(text, None)])
    member = draft.member
    if event in _OF_MEMBERS and reading.people.kind is PeopleKind.ONE:
        member = reading.people.members[0].id
    spoken = draft.note or (one_line(text) if event in _TOLD and not draft.amount else None)
    return replace(draft, member=member, months=(), note=spoken, extra=extra)


def is_another(draft: Draft, text: str) -> bool:
    """Say whether a text tells of another kind of expense than an open form of an expense: "bayar listrik"."""
    known = draft.extra.get(KIND, expenses.OTHER)
    return expenses.OTHER not in (known, said := expenses.account(text)) and said != known


def _places(event: Event, text: str) -> dict[str, Any]:
    """Find the cash boxes and banks that a sentence names."""
    if event not in TRANSFERS:
        if (place := cash_places.any_named(text)) is not None:
            return {cash_places.SLOT: place}
        return {"by_bank": True} if cash_places.is_by_bank(text) else {}
    source, target = cash_places.way(text)
    found = {key: code for key, code in ((FROM, source), (TO, target)) if code}
    if (said := cash_places.named(text)) and said not in (source, target):
        found[TO if event is Event.BANK_DEPOSIT else FROM] = said
    return found


def _is_own(turn: Turn, reading: Reading) -> bool:
    """Say whether wages may be the officer's own: "saya", or a word of the own name."""
    if reading.people.kind is PeopleKind.SELF or _ME.search(reading.text):
        return True
    own = {word for word in turn.here.name.casefold().split() if len(word) > 2}
    return not own.isdisjoint(re.findall(r"\w+", reading.text.casefold()))


_CREDITED = (Event.SALE, Event.PURCHASE, Event.SALES_RETURN)
_OF_MEMBERS = (Event.SALE, Event.SALES_RETURN, Event.BON_PAYMENT)
_TOLD = (
    Event.EXPENSE,
    *_CREDITED,
    Event.STOCK_LOSS,
    Event.SUPPLIER_PAYMENT,
)  # what it was for stands in the sentence


_SHARED = words.words("trade", "shared")


def of_list(reading: Reading) -> Draft | None:
    """Make one entry of a list of expenses, sales or purchases: their total, the list as its note.

    Expenses of several kinds are other expenses until ✏️ says which; None when the list is none of these
    or an amount is not certain. A sale of which a part is somebody else's ("titipan Siti 50rb bagian toko 5rb")
    is no total of its figures, nor are purchases of which a part is owed: it is asked about.
    """
    found = {BY_INTENT.get(row.intent) if row.intent else None for row in reading.rows}
    operation = found.pop()
    if found or operation is None or operation.name not in EVERYDAY:
        return None
    amounts = [row.amount.value for row in reading.rows if row.amount.kind is AmountKind.EXACT]
    event = EVERYDAY[operation.name].event
    if event not in _TOLD or len(amounts) < len(reading.rows):
        return None
    if event is Event.SALE and _SHARED & set(re.findall(r"\w+", reading.text.casefold())):
        return None
    kinds = {expenses.account(row.said) for row in reading.rows}
    extra: dict[str, Any] = {}
    if event.moves:
        extra = goods_slots.told({}, [(row.said, row.amount.value) for row in reading.rows])
    if event is Event.PURCHASE and any(map(_is_owed, reading.text.splitlines())):
        if not _all_owed(reading.text):
            return None
        extra = supplier_slots.heard(extra, reading.text) | {CREDIT: True}
    if event is Event.EXPENSE:
        extra[KIND] = kinds.pop() if len(kinds) == 1 else expenses.OTHER
    return Draft(
        operation=operation.name,
        amount=sum(amount or 0 for amount in amounts),
        on=reading.date.day,
        note=one_line(reading.text),
        extra=extra,
    )


def _all_owed(text: str) -> bool:
    """Say whether all that a list buys is owed to one supplier: its heading says so, or every line with a figure."""
    lines = text.splitlines()
    owed = {_is_owed(line) for line in lines if re.search(r"\d", line)}
    heading = any(_is_owed(line) for line in lines if not re.search(r"\d", line))
    if len(supplier_slots.names(text)) > 1 or (heading and _PAID.search(text)):
        return False
    return heading or owed == {True}


_ASKED_AGAIN: dict[type[Refusal], str] = {
    stock.NotEnoughStock: goods_slots.QUANTITY,
    stock.NothingSold: goods_slots.QUANTITY,
    catalogue.AboveHet: "amount",
    bons.MoreThanBon: "amount",
    bons.AboveBonLimit: CREDIT,
    everyday.MoreThanOwed: "amount",
    everyday.BeforeFounding: "on",
    everyday.SamePlace: TO,
}


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Find the goods that are named; ask how much, and who owes a bon; of a transfer find the bank in use."""
    event = event_of(draft)
    if event.moves:
        found = await _traded(turn, draft, event)
        if isinstance(found, Reply):
            return found
        draft = found
    if event in supplier_slots.EVENTS:
        known = await supplier_slots.complete(turn, draft, event)
        if isinstance(known, Reply):
            return known
        draft = known
    if draft.amount is None and event is Event.BON_PAYMENT:
        return await _ask_bon(turn, draft)
    if draft.amount is None:
        why = draft.extra.get("why")
        return forms.ask_amount(turn, draft, None, str(why) if why else None)
    extra = dict(draft.extra)
    if extra.pop("by_bank", None) and cash_places.SLOT not in extra:
        extra[cash_places.SLOT] = await cash_places.bank_of(turn, "")
    if event in TRANSFERS:
        bank = TO if event is Event.BANK_DEPOSIT else FROM
        if bank not in extra:
            extra[bank] = await cash_places.bank_of(turn, "")
        extra.setdefault(FROM if bank == TO else TO, CASH)
    return replace(draft, extra=extra)


async def _traded(turn: Turn, draft: Draft, event: Event) -> Draft | Reply:
    """Find the goods; ask what was lost where none is named, and who owes a bon where nobody is."""
    found = await goods_slots.complete(turn, draft, event)
    if isinstance(found, Reply):
        return found
    if event is Event.STOCK_LOSS and not goods_slots.names_goods(found):
        return Reply(lines=(say("loss-of-what"),), state=turn.state.asking(None))
    if event in _OF_MEMBERS and found.extra.get(CREDIT) and found.member is None:
        return forms.ask(turn, found, "member", say("ask-member"))
    return found


async def _ask_bon(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask how much of a bon is paid, offering all of it; "lunas" is all of it."""
    assert draft.member is not None
    owed = await bons.owed(turn.db, koperasi_id=turn.koperasi_id, member_id=draft.member)
    if owed and draft.extra.get("why") == "lookup":
        return replace(draft, amount=owed)
    offered = {} if not owed else {"amounts": [owed]}
    return forms.ask_amount(turn, replace(draft, extra=draft.extra | offered), None)


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    quantity = (goods_slots.QUANTITY,) if goods_slots.lines_of(draft) else ()
    match event_of(draft):
        case Event.EXPENSE:
            return ("amount", KIND, "on", "cash", "note")
        case Event.PURCHASE if draft.extra.get(CREDIT):
            return ("amount", *quantity, CREDIT, supplier_slots.SLOT, "on", "note")
        case Event.PURCHASE | Event.SALES_RETURN:
            return ("amount", *quantity, CREDIT, "on", "cash", "note")
        case Event.SALE:
            return ("amount", *quantity, "member", CREDIT, "on", "cash", "note")
        case Event.STOCK_LOSS:
            return (*quantity, "on", "note")
        case Event.BON_PAYMENT:
            return ("amount", "member", "on", "cash", "note")
        case Event.SUPPLIER_PAYMENT:
            return ("amount", supplier_slots.SLOT, "on", "cash", "note")
        case _:
            return ("amount", FROM, TO, "on", "note")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Offer kinds of expense, banks, or cash and credit."""
    if slot == KIND:
        offered = [
            (say("choice-place", name=everyday.named(code)), code) for code in everyday.EXPENSES
        ]
        return forms.ask(turn, draft, slot, say("ask-expense"), choices=tuple(offered))
    if slot in (FROM, TO):
        offered = [(say("choice-place", name=everyday.named(code)), code) for code in PLACES]
        return forms.ask(turn, draft, slot, say(f"ask-{slot}"), choices=tuple(offered))
    if slot == goods_slots.QUANTITY:
        return await goods_slots.ask_again(turn, draft)
    if slot == supplier_slots.SLOT:
        return await supplier_slots.ask(turn, draft, event_of(draft))
    assert slot == CREDIT, slot
    bought = event_of(draft) is Event.PURCHASE
    later = say("choice-on-credit") if bought else say("choice-on-bon")
    choices = ((say("choice-paid"), "paid"), (later, "credit"))
    asked = say("ask-credit") if bought else say("ask-bon")
    return forms.ask(turn, draft, slot, asked, choices=choices)


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed choice over."""
    if slot == KIND and value in everyday.EXPENSES:
        return replace(draft, extra=draft.extra | {KIND: value})
    if slot in (FROM, TO) and value in PLACES:
        return replace(draft, extra=draft.extra | {slot: value})
    if slot == CREDIT:
        return replace(draft, extra=draft.extra | {CREDIT: value == "credit"})
    if slot in (goods_slots.GOOD, goods_slots.QUANTITY):
        return goods_slots.take(draft, slot, value)
    if slot == supplier_slots.SLOT:
        return await supplier_slots.take(turn, draft, value)
    return draft


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over: "listrik", "BRI", "utang"; None when it says nothing of it."""
    if slot == KIND and (code := expenses.account(text)) != expenses.OTHER:
        return await take_slot(turn, draft, slot, code)
    if slot in (FROM, TO) and (placed := await cash_places.heard(turn, draft, text)):
        return await take_slot(turn, draft, slot, cash_places.of(placed))
    if slot == CREDIT and (_is_owed(text) or _PAID.search(text)):
        return await take_slot(turn, draft, slot, "credit" if _is_owed(text) else "paid")
    if slot in (goods_slots.GOOD, goods_slots.QUANTITY):
        return await goods_slots.hear(turn, draft, slot, text)
    if slot == supplier_slots.SLOT:
        return supplier_slots.hear(draft, text)
    return None
