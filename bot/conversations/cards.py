"""The card: what will be recorded, shown before it is; only its ✅ records, once."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from bot.conversations import (
    announcement_rights,
    batches,
    cash_places,
    families,
    forms,
    held_receipts,
    pin,
    promises,
    reversals,
)
from bot.state import Card, Draft
from bot.talk import Replacement, Reply, Turn, button, say
from core import people, seals
from core.tables.people import people as people_table
from notifications.messages import Content, Say

RECEIPT_OPEN_FOR = timedelta(minutes=15)  # a picture sent so soon after it belongs to it


def _new_id() -> str:
    """Mint a card's id: 22 letters, so that a button's data stays short."""
    return base64.urlsafe_b64encode(uuid4().bytes).rstrip(b"=").decode()


async def show(turn: Turn, draft: Draft, *last: Say) -> Reply:
    """Show the card of a complete draft; raises what the operation refuses."""
    draft = replace(draft, on=draft.on or turn.today)
    if draft.rows:
        draft, lines = await batches.card(turn, draft)
    elif draft.operation == "batal":
        lines = await reversals.card_lines(turn, draft)
    else:
        lines = await families.records_of(draft).card_lines(turn, draft)
        draft = promises.keep(draft, lines)
    card = Card(
        id=_new_id(),
        koperasi_id=turn.koperasi_id,
        draft=draft,
        shown_at=turn.now,
        said_in=turn.incoming.update,
    )
    return Reply(
        lines=(*lines, *_above_limit(turn, draft), *await _sealed(turn, draft), *last),
        buttons=(
            (
                button("button-save", f"k:{card.id}:save"),
                button("button-edit", f"k:{card.id}:edit"),
                button("button-cancel", f"k:{card.id}:cancel"),
            ),
            *announcement_rights.below_card(card, lines),
        ),
        state=turn.state.showing(card),
    )


def _above_limit(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    if draft.rows or not draft.amount:  # An official's announcement knows no cooperative's limit.
        return ()
    limit = turn.here.rules.on(turn.today).message_limit
    if draft.amount <= limit:
        return ()
    return (say("card-above-limit", limit=limit),)


async def _sealed(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say of a day gone by that its cash was counted and sealed: what is recorded now stands beside the seal."""
    if draft.operation == "hitungkas" or draft.on is None or draft.on >= turn.today:
        return ()
    found = await seals.recent(turn.db, koperasi_id=turn.koperasi_id, on=draft.on)
    return (say("card-warning-sealed", on=draft.on),) if found else ()


async def pressed(turn: Turn, card_id: str, what: str) -> Reply:
    """Take a press on a card's button; an old card, or somebody else's, is answered kindly."""
    card = turn.state.card(card_id)
    if card is None or card.koperasi_id != turn.koperasi_id:
        return await _of_the_past(turn, card_id)
    if what == "cancel":
        return Reply(
            lines=(say("card-cancelled"),),
            edit=True,
            state=turn.state.closing(card_id, "cancelled"),
        )
    if what == "edit":
        return _edit(turn, card)
    if what == "save":
        if card.is_stale(turn.now):
            return await again(turn, card, "card-again")
        announced = card.draft.operation == announcement_rights.OPERATION
        if not announced and await pin.needed(turn, card):
            return await pin.ask(turn, f"k:{card.id}:save")
        if card.draft.operation == "batal":
            return await reversals.record(turn, card)
        if card.draft.rows:
            return await batches.record(turn, card)
        reply = await families.records_of(card.draft).record(turn, card)
        return await held_receipts.settled(turn, card, reply)
    return Reply(lines=(say("button-unknown"),))


async def edit_shown(turn: Turn) -> Reply:
    """A typed ubah changes the card that was shown last."""
    card = turn.state.card(turn.state.shown or "")
    if card is None or card.koperasi_id != turn.koperasi_id:
        return Reply(lines=(say("nothing-to-confirm"),))
    return replace(_edit(turn, card), edit=False)


def replacement(turn: Turn, card: Card, content: Content) -> Replacement:
    """Let the card's own message say what became of it."""
    if turn.incoming.button is None:
        return Replacement(content=content, said_in=card.said_in)
    return Replacement(content=content, message=turn.incoming.message)


async def typed(turn: Turn, card_id: str, what: str) -> Reply:
    """A typed ya or tidak: answered by a message of its own, and the card's buttons go."""
    card = turn.state.card(card_id)
    reply = replace(await pressed(turn, card_id, what), edit=False)
    after = reply.state.outcome(card_id) if reply.state else None
    if card is None or after is None or reply.replaces:
        return reply
    plain = Replacement(content=Content(lines=()), said_in=card.said_in)
    return replace(reply, replaces=(plain,))


async def again(turn: Turn, card: Card, why: str) -> Reply:
    """Show a card anew, with its date: it is of yesterday, or what it would do has changed."""
    closed = replace(turn, state=turn.state.closing(card.id, "renewed"))
    return await forms.show(closed, card.draft, say(why))


async def _of_the_past(turn: Turn, card_id: str) -> Reply:
    outcome = turn.state.outcome(card_id)
    if outcome is None:
        return Reply(lines=(say("card-unknown"),))
    if outcome.isdigit():
        return Reply(lines=(say("card-recorded-before", entry=int(outcome)),))
    if outcome.startswith("waiting-"):
        return Reply(lines=(say("card-waiting", number=int(outcome.removeprefix("waiting-"))),))
    if outcome.startswith("announced-"):
        number = int(outcome.removeprefix("announced-"))
        return Reply(lines=(say("announcement-recorded-before", number=number),))
    if outcome == "reminded":
        return Reply(lines=(say("card-reminded-before"),))
    if outcome == "kept":
        return Reply(lines=(say("card-kept-before"),))
    if outcome == "renewed":
        return Reply(lines=(say("card-renewed"),))
    return Reply(lines=(say("card-cancelled-before"),))


def _edit(turn: Turn, card: Card) -> Reply:
    """Offer what may be changed; the card itself is closed, its content goes back into the form."""
    closed = replace(turn, state=turn.state.closing(card.id, "renewed"))
    draft = card.draft
    slots: tuple[str, ...] = ("on",)
    if draft.operation == "batal":
        slots = ("entry", "reason")
    elif not draft.rows:
        slots = families.slots_of(draft).editable(turn, draft)
    asked = forms.ask(
        closed,
        draft,
        "edit",
        say("ask-edit"),
        choices=tuple((say(f"edit-{slot}"), slot) for slot in slots),
    )
    return replace(asked, edit=True)


async def edit_slot(turn: Turn, slot: str) -> Reply:
    """Ask for the slot that is to be changed; what was said before stays until then."""
    assert turn.state.form is not None
    draft = turn.state.form.draft
    if slot == "operation":
        return replace(forms.ask_operation(turn, draft), edit=True)
    if draft.operation == "batal" and slot in ("entry", "reason"):
        key = "reversal-which" if slot == "entry" else "reversal-why"
        return replace(forms.ask(turn, draft, slot, say(key)), edit=True)
    keys = {"member": "ask-member", "amount": "ask-amount", "on": "ask-date", "note": "ask-note"}
    if slot in keys:
        return replace(forms.ask(turn, draft, slot, say(keys[slot])), edit=True)
    if slot == cash_places.SLOT and not draft.rows:
        return replace(cash_places.ask(turn, draft), edit=True)
    if draft.rows or slot not in families.slots_of(draft).editable(turn, draft):
        return Reply(lines=(say("button-unknown"),))
    return replace(await families.slots_of(draft).ask_slot(turn, draft, slot), edit=True)


async def hints(turn: Turn, member_ids: Sequence[int]) -> dict[int, str]:
    """Tell namesakes apart: the last three digits of the phone, where one is registered."""
    if not member_ids:
        return {}
    rows = await turn.db.execute(
        select(people_table.c.id, people_table.c.phone_sealed).where(
            people_table.c.koperasi_id == turn.here.cooperative.id,
            people_table.c.id.in_(member_ids),
        )
    )
    found: dict[int, str] = {}
    for number, sealed in rows:
        phone = turn.keys.unseal_text(sealed)
        if phone:
            found[number] = f"HP …{phone[-3:]}"
    return found


async def member_of(turn: Turn, member_id: int) -> people.Member:
    """Read a member of the cooperative in which this chat speaks. Raises NoSuchMember."""
    return await people.member(turn.db, koperasi_id=turn.here.cooperative.id, member_id=member_id)
