"""Pembatalan Transaksi: a reversing entry by another officer than the recorder; the original is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

from bot.conversations import cards, forms, savings
from bot.conversations.operations import BY_ENTRY_KIND
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, one_line, say
from bot.understand.readings import PeopleKind, Reading
from core import corrections
from core.corrections import Recorded
from core.permissions import Action, NotAllowed, may, who_may
from notifications.messages import Content, Purpose, Say


async def begin(reading: Reading, turn: Turn) -> Reply:
    """Take "batalkan no 28, salah orang": ask for the number or the reason, whichever is missing."""
    _require(turn)
    number = _number(reading)
    if number is None and reading.people.kind is PeopleKind.NONE:
        number = await corrections.newest(turn.db, koperasi_id=turn.koperasi_id)
    if number is None:
        return forms.ask(turn, Draft(operation="batal"), "entry", say("reversal-which"))
    draft = Draft(operation="batal", note=reading.note, extra={"entry": number})
    return await proceed(turn, draft)


def _number(reading: Reading) -> int | None:
    found = re.search(r"\d{1,15}", reading.reference or "")
    return int(found[0]) if found else None


def _require(turn: Turn) -> None:
    if not may(turn.here.roles, Action.REVERSE):
        raise NotAllowed(who=who_may(Action.REVERSE))


async def answered(turn: Turn, draft: Draft, slot: str, text: str) -> Reply:
    """Take the number or the reason that was asked for."""
    if slot == "entry":
        found = re.search(r"\d{1,15}", text)
        if found is None:
            return forms.ask(turn, draft, "entry", say("reversal-which"))
        return await proceed(turn, replace(draft, extra={"entry": int(found[0])}))
    return await proceed(turn, replace(draft, note=text))


async def proceed(turn: Turn, draft: Draft) -> Reply:
    """Show the card, or ask why first; what may not be reversed is refused before that."""
    draft = replace(draft, note=one_line(draft.note))
    found = await _checked(turn, draft)
    if not draft.note:
        return forms.ask(turn, draft, "reason", *_described(found), say("reversal-why"))
    return await cards.show(turn, draft)


async def _checked(turn: Turn, draft: Draft) -> Recorded:
    """Refuse what ✅ would refuse: the own entry, and what moves the own savings or those of this chat."""
    _require(turn)
    found = await corrections.reversible(
        turn.db, koperasi_id=turn.koperasi_id, number=int(draft.extra["entry"])
    )
    if found.recorder == turn.here.recorder:
        raise corrections.OwnEntry(
            entry=found.number, who=await forms.others_who_may(turn, Action.REVERSE)
        )
    if found.member_id is not None:
        member = await cards.member_of(turn, found.member_id)
        await savings.require_second_person(turn, member, Action.REVERSE)
    return found


def _described(found: Recorded) -> tuple[Say, ...]:
    operation = BY_ENTRY_KIND.get(found.kind)
    lines = [
        say("reversal-of", entry=found.number),
        say(operation.heading if operation else "operation-lain"),
    ]
    if found.member:
        lines.append(say("card-member", name=found.member, number=found.member_number))
    lines.append(say("card-amount", amount=found.amount))
    return tuple(lines)


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what will be reversed and why."""
    found = await _checked(turn, draft)
    _, what, *rest = _described(found)
    return (
        say("operation-batal"),
        say("reversal-entry", entry=found.number),
        what,
        *rest,
        say("card-date", on=turn.today),
        say("reversal-reason", reason=draft.note or ""),
    )


async def record(turn: Turn, card: Card) -> Reply:
    """Write the reversing entry; months of simpanan wajib are owed again, the member is told."""
    _require(turn)
    draft = card.draft
    assert draft.note
    assert draft.on
    original = await _checked(turn, draft)
    entry = await corrections.reverse(
        turn.db,
        officer=turn.here,
        number=original.number,
        on=draft.on,
        at=turn.now,
        operation=card.id,
        source=turn.incoming.chat.channel,
        reason=draft.note,
    )
    lines = (
        say("receipt-number", entry=entry.number),
        *(await card_lines_of(turn, draft, original)),
        say("receipt-recorder", name=turn.here.name),
    )
    return Reply(
        lines=lines,
        edit=True,
        state=turn.state.closing(card.id, str(entry.number)),
        notices=await _tell_member(turn, original, entry.number, lines),
    )


async def card_lines_of(turn: Turn, draft: Draft, original: Recorded) -> tuple[Say, ...]:
    """Repeat what stood on the card, with the member's balance after it."""
    lines = [say("operation-batal"), say("reversal-entry", entry=original.number)]
    lines.extend(_described(original)[1:])
    lines.append(say("card-date", on=draft.on or turn.today))
    lines.append(say("reversal-reason", reason=draft.note or ""))
    if original.member_id is not None and original.account:
        balance = await corrections.balance_of(
            turn.db, koperasi_id=turn.koperasi_id, key=original.account
        )
        lines.append(say("reversal-balance", balance=balance))
    return tuple(lines)


async def _tell_member(
    turn: Turn, original: Recorded, entry: int, lines: tuple[Say, ...]
) -> tuple[Notice, ...]:
    if original.member_id is None:
        return ()
    notice = Notice(
        person_id=original.member_id,
        purpose=Purpose.RECEIPT,
        content=Content(lines=lines),
        id=uuid4(),
        keep_days=30,
    )
    return (notice,)


async def pressed(turn: Turn, entry: str) -> Reply:
    """Reverse the entry of a disputed receipt: v:number."""
    _require(turn)
    return await proceed(turn, Draft(operation="batal", extra={"entry": int(entry)}))
