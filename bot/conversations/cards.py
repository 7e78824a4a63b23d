"""The card: what will be recorded, shown before it is; only its ✅ records, once."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import select

from bot.conversations import forms, reversals, savings
from bot.conversations.operations import OPERATIONS
from bot.state import Card, Draft, Row
from bot.talk import Reply, Turn, button, say
from core import people
from core.tables.people import people as people_table
from notifications.messages import Say

_FITS = 3500  # characters of a card's rows: below the channels' 4,096 with room for the rest


def _new_id() -> str:
    """Mint a card's id: 22 letters, so that a button's data stays short."""
    return base64.urlsafe_b64encode(uuid4().bytes).rstrip(b"=").decode()


async def show(turn: Turn, draft: Draft, *first: Say) -> Reply:
    """Show the card of a complete draft; raises what the operation refuses."""
    draft = replace(draft, on=draft.on or turn.today)
    if draft.rows:
        draft, lines = _split(draft, await _batch_lines(turn, draft))
    elif draft.operation == "batal":
        lines = await reversals.card_lines(turn, draft)
    else:
        lines = await savings.card_lines(turn, draft)
    card = Card(id=_new_id(), koperasi_id=turn.koperasi_id, draft=draft, shown_at=turn.now)
    return Reply(
        lines=(*first, *lines),
        buttons=(
            (
                button("button-save", f"k:{card.id}:save"),
                button("button-edit", f"k:{card.id}:edit"),
                button("button-cancel", f"k:{card.id}:cancel"),
            ),
        ),
        state=turn.state.showing(card),
    )


async def _batch_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    assert draft.on is not None
    heading = OPERATIONS[draft.rows[0].operation]
    lines = [say(heading.heading)]
    for number, row in enumerate(draft.rows, start=1):
        member, facts = await savings.checked_row(turn, row, draft.on)
        same = row.operation == heading.name
        lines.append(
            say(
                "card-row" if same else f"card-row-{row.operation}",
                row=number,
                name=member.name,
                number=member.number,
                amount=row.amount,
            )
        )
        lines.extend(facts)
    return tuple(lines)


def _split(draft: Draft, lines: tuple[Say, ...]) -> tuple[Draft, tuple[Say, ...]]:
    """Keep as many rows as one message of the channel holds; the rest come with the next card."""
    rows = (*draft.rows, *draft.rest)
    fitting, length = 0, 0
    for line in lines[1:]:
        if line.key.startswith("card-row"):
            length += len(str(line.facts["name"])) + 60
            if length > _FITS:
                break
            fitting += 1
        else:
            length += 120
    now, later = rows[:fitting], rows[fitting:]
    parts = draft.parts
    if later and parts == 1:
        parts = -(-len(rows) // fitting)
    shown = [
        line
        for line in lines
        if not line.key.startswith("card-row") or int(str(line.facts["row"])) <= fitting
    ]
    if parts > 1:
        shown.insert(1, say("card-part", part=draft.part, parts=max(parts, draft.part)))
    assert draft.on is not None
    shown.append(say("card-total", total=sum(row.amount for row in now)))
    shown.append(say("card-date", on=draft.on))
    return replace(draft, rows=now, rest=later, parts=parts), tuple(shown)


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
            return await _again(turn, card)
        if card.draft.operation == "batal":
            return await reversals.record(turn, card)
        return await savings.record(turn, card)
    return Reply(lines=(say("button-unknown"),))


async def _again(turn: Turn, card: Card) -> Reply:
    """A card of yesterday is shown anew, with its date; what it would do may have changed."""
    closed = replace(turn, state=turn.state.closing(card.id, "renewed"))
    return await show(closed, card.draft, say("card-again"))


async def _of_the_past(turn: Turn, card_id: str) -> Reply:
    outcome = turn.state.outcome(card_id)
    if outcome is None:
        return Reply(lines=(say("card-unknown"),))
    if outcome.isdigit():
        return Reply(lines=(say("card-recorded-before", entry=int(outcome)),))
    if outcome == "renewed":
        return Reply(lines=(say("card-renewed"),))
    return Reply(lines=(say("card-cancelled-before"),))


def _edit(turn: Turn, card: Card) -> Reply:
    """Offer what may be changed; the card itself is closed, its content goes back into the form."""
    closed = replace(turn, state=turn.state.closing(card.id, "renewed"))
    draft = card.draft
    slots = ["member", "amount", "on", "operation", "note"]
    if draft.rows:
        slots = ["on"]
    if draft.operation == "batal":
        slots = ["entry", "reason"]
    if draft.operation == "wajib" and not draft.rows:
        slots.append("months")
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
    if slot == "months":
        return replace(await savings.ask_months(turn, draft), edit=True)
    keys = {"member": "ask-member", "amount": "ask-amount", "on": "ask-date", "note": "ask-note"}
    if slot not in keys:
        return Reply(lines=(say("button-unknown"),))
    return replace(forms.ask(turn, draft, slot, say(keys[slot])), edit=True)


async def next_of_batch(turn: Turn, draft: Draft, *first: Say) -> Reply:
    """Show the next card of a batch that did not fit one message."""
    rows: tuple[Row, ...] = draft.rest
    following = replace(draft, rows=rows, rest=(), part=draft.part + 1, operation=rows[0].operation)
    return await show(turn, following, *first)


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
