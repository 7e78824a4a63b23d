"""What forms of the agency (BRILink, PPOB, pos) ask and fill in: customers' money, the fee on top, which cash box."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.conversations import cash_places, forms
from bot.conversations.operations import TREASURY
from bot.state import Draft
from bot.talk import Reply, Turn, say
from bot.understand import amounts, consigned, shares
from bot.understand.agents import IN_PARTS
from bot.understand.readings import AmountKind, PeopleKind, Reading
from core import everyday
from core.errors import Refusal
from core.treasury import book, events
from core.treasury.events import SERVED, Event, Plan

FEE, PASSED_ON = "fee", "passed_on"
_BOX = (
    (re.compile(r"\bkas (?:gerai|toko|kasir)\b", re.IGNORECASE), "111100"),
    (re.compile(r"\bkas (?:unit|usp|simpan pinjam)\b", re.IGNORECASE), "111200"),
)
_AGENT = re.compile(r"\b(?:bri\s?link|agen\s(?:bri|mandiri|bank))\b", re.IGNORECASE)
_NONE = re.compile(r"^\W*(?:0|nol|tidak ada|gak ada|ga ada|tanpa(?: fee)?|gratis|kosong)\W*$", re.IGNORECASE)  # fmt: skip


def event_of(draft: Draft) -> Event:
    """Say which event a draft is about."""
    return TREASURY[draft.operation or ""].event


def told(reading: Reading) -> dict[str, Any]:
    """Keep customers' money and the fee of a sentence, also while it is open which operation it is."""
    if not (IN_PARTS | consigned.IN_PARTS).intersection(reading.intents):
        return {}
    said = shares.read(reading.text)
    kept = {PASSED_ON: said.rest, FEE: said.share}
    return {} if said.share is None else {key: one for key, one in kept.items() if one is not None}


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over money and fee, and the place: of customers a cash box, of what goes on or comes back also a bank."""
    extra = {key: one for key, one in draft.extra.items() if key != "count"} | told(reading)
    if (place := _place(event_of(draft), reading.text)) is not None:
        extra[cash_places.SLOT] = place
    member = draft.member
    if event_of(draft) in SERVED and reading.people.kind is PeopleKind.ONE:
        member = reading.people.members[0].id
    return replace(draft, member=member, months=(), extra=extra)


def _place(event: Event, text: str) -> str | None:
    """Find where the cooperative's side of it lies: a customer's "ke BRI" is none of it."""
    source, target = cash_places.way(_AGENT.sub(" ", text))
    if event is Event.AGENT_SETTLED:
        return source
    if event is Event.AGENT_RECEIVED:
        return target
    if event is Event.AGENT_FEE:
        return target or cash_places.any_named(_AGENT.sub(" ", text))
    return next((code for pattern, code in _BOX if pattern.search(text)), None)


def settles(draft: Draft) -> bool:
    """Say whether two amounts in a sentence are no question: customers' money and the fee."""
    return FEE in draft.extra and PASSED_ON in draft.extra


_ASKED_AGAIN: dict[type[Refusal], str] = {
    book.FeeTooLarge: FEE,
    everyday.BeforeFounding: "on",
}


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask how much, and of a customer's money how much fee."""
    extra = dict(draft.extra)
    passed_on = extra.pop(PASSED_ON, None)
    if passed_on is not None:
        extra = {key: one for key, one in extra.items() if key not in ("amounts", "why")}
        draft = replace(draft, amount=passed_on)
    draft = replace(draft, extra=extra)
    if draft.amount is None:
        why = extra.get("why")
        return forms.ask_amount(turn, draft, None, str(why) if why else None)
    if event_of(draft) in SERVED and FEE not in extra:
        return await ask_slot(turn, draft, FEE)
    return draft


def plan_of(draft: Draft) -> Plan:
    """Make the plan of a complete draft."""
    assert draft.amount
    event = event_of(draft)
    fee = int(draft.extra[FEE]) if event in SERVED else 0
    customer = draft.member if event in SERVED else None
    return events.plan(event, draft.amount, place=cash_places.of(draft), fee=fee, customer=customer)


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    fee = (FEE, "member") if event_of(draft) in SERVED else ()
    return ("amount", *fee, "on", "cash", "note")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for the fee."""
    assert slot == FEE, slot
    return forms.ask(turn, draft, FEE, say("ask-fee"), choices=((say("choice-no-fee"), "0"),))


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a fee over."""
    if slot == FEE and value.isdigit():
        return replace(draft, extra=draft.extra | {FEE: int(value)})
    return draft


def is_none(text: str) -> bool:
    """Say whether a typed answer means that there is no fee: "tanpa", "0"."""
    return _NONE.match(text) is not None


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed fee over: "5rb", "tanpa fee"; None when it is none."""
    if is_none(text):
        return await take_slot(turn, draft, slot, "0")
    read = amounts.read(text)
    if read.kind is not AmountKind.EXACT or read.value is None:
        return None
    return await take_slot(turn, draft, slot, str(read.value))
