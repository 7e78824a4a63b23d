"""Who is owed a purchase, or paid: as the sentence names them, chosen where several are owed, or typed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.conversations import forms
from bot.state import Draft
from bot.talk import Reply, Turn, one_line, say
from bot.understand import suppliers as reader
from core.everyday import Event, Plan
from core.goods import catalogue, suppliers
from core.goods.suppliers import PAYABLE, Debt, Supplier
from notifications.messages import Say

SLOT, _ID = "supplier", "supplier_id"  # in a draft: the name; the id, zero for one that is new
EVENTS = (Event.PURCHASE, Event.SUPPLIER_PAYMENT)
_NOBODY = "0"  # a choice: the debts of which nobody wrote down to whom
_OFFERED = 7
_LONGEST = 60


def heard(extra: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Take the supplier over whom a sentence names."""
    name = reader.told(text)
    return dict(extra) | ({SLOT: name[:_LONGEST]} if name else {})


def names(text: str) -> set[str]:
    """Return all suppliers whom a list names."""
    return {name for line in text.splitlines() if (name := reader.told(line))}


def id_of(draft: Draft) -> int | None:
    """Return whose account it is; zero of who is not known yet."""
    found: int | None = draft.extra.get(_ID)
    return found


def lines(draft: Draft, plan: Plan) -> list[Say]:
    """Say who is owed, or paid."""
    if not (plan.debit.startswith(PAYABLE) or plan.credit.startswith(PAYABLE)):
        return []
    name = draft.extra.get(SLOT)
    return [say("card-supplier", name=name) if name else say("card-supplier-none")]


async def complete(turn: Turn, draft: Draft, event: Event) -> Draft | Reply:
    """Find who is meant; a payment asks where it is not certain, "lunas" is all of it."""
    name = draft.extra.get(SLOT)
    if event is Event.PURCHASE:
        found = await named(turn, name)
        return _with(draft, name, found.id if found else 0 if name else None)
    owed = await _owed(turn)
    if name:
        found = await named(turn, name)
        if found is None:
            asked = await ask(turn, _with(draft, None, None), event)
            return replace(asked, lines=(say("supplier-nothing", name=name), *asked.lines))
        debt = next((one for one in owed if one.supplier == found.id), None)
        return _amount(_with(draft, found.name, found.id), debt)
    if len(owed) > 1 and _ID not in draft.extra:
        return await ask(turn, draft, event)
    if len(owed) == 1:
        return _amount(_with(draft, owed[0].name, owed[0].supplier), owed[0])
    chosen = next((one for one in owed if one.supplier == draft.extra.get(_ID)), None)
    return _amount(draft, chosen)


def _amount(draft: Draft, debt: Debt | None) -> Draft:
    """Let "lunas" be all that is owed, and offer it where no amount was said."""
    if draft.amount is not None or debt is None or debt.owed <= 0:
        return draft
    if draft.extra.get("why") == "lookup":
        return replace(draft, amount=debt.owed)
    return replace(draft, extra=draft.extra | {"amounts": [debt.owed]})


async def _owed(turn: Turn) -> list[Debt]:
    found = await suppliers.debts(turn.db, koperasi_id=turn.koperasi_id, today=turn.today)
    return [debt for debt in found if debt.owed > 0]


async def named(turn: Turn, name: str | None) -> Supplier | None:
    """Find the one supplier of a name, or whose name ends with it: "Makmur" is Toko Makmur."""
    if not name:
        return None
    words = catalogue.compared(name)
    known = await suppliers.known(turn.db, koperasi_id=turn.koperasi_id)
    whole = [one for one in known if one.words == words]
    alike = whole or [one for one in known if one.words.endswith(f" {words}")]
    return alike[0] if len(alike) == 1 else None


def _with(draft: Draft, name: str | None, supplier: int | None) -> Draft:
    return replace(draft, extra=draft.extra | {SLOT: name, _ID: supplier})


async def ask(turn: Turn, draft: Draft, event: Event) -> Reply:
    """Ask who it is: of those who are owed, or of all that are known; a purchase may name a new one."""
    if event is Event.SUPPLIER_PAYMENT:
        owed = await _owed(turn)
        choices = tuple(
            (
                say("choice-supplier-owed", name=one.name, amount=one.owed)
                if one.name
                else say("choice-supplier-nobody", amount=one.owed),
                str(one.supplier or _NOBODY),
            )
            for one in owed[:_OFFERED]
        )
    else:
        known = await suppliers.known(turn.db, koperasi_id=turn.koperasi_id)
        choices = tuple(
            (say("choice-supplier", name=one.name), str(one.id)) for one in known[:_OFFERED]
        )
    return forms.ask(turn, draft, SLOT, say("ask-supplier"), choices=choices)


async def take(turn: Turn, draft: Draft, value: str) -> Draft:
    """Take a pressed supplier over."""
    if value == _NOBODY:
        return _with(draft, None, None)
    known = await suppliers.known(turn.db, koperasi_id=turn.koperasi_id)
    found = next((one for one in known if str(one.id) == value), None)
    return draft if found is None else _with(draft, found.name, found.id)


def hear(draft: Draft, text: str) -> Draft | None:
    """Take a typed name over; a sentence with a figure or a verb of its own is none."""
    if reader.is_sentence(text):
        return None
    name = reader.told(text) or one_line(text)
    if name is None or not any(letter.isalpha() for letter in name):
        return None
    kept = {key: value for key, value in draft.extra.items() if key != _ID}
    return replace(draft, extra=kept | {SLOT: name[:_LONGEST]})


async def kept(turn: Turn, draft: Draft) -> Draft:
    """Write a new supplier down: what is owed needs an account."""
    name = draft.extra.get(SLOT)
    if draft.extra.get(_ID) != 0 or not name or not draft.extra.get("credit"):
        return draft
    found = await suppliers.keep(turn.db, officer=turn.here, name=name, at=turn.now)
    return _with(draft, found.name, found.id)
