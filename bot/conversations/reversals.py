"""Pembatalan Transaksi: a reversing entry, never by the recorder alone; the original is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from uuid import uuid4

from bot.conversations import cards, forms, requests, savings
from bot.conversations.operations import BY_ENTRY_KIND, SAVINGS
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, one_line, say
from bot.understand.readings import AmountKind, DateKind, PeopleKind, Reading
from core import corrections, texts
from core.accounts import chart
from core.approvals import asking
from core.corrections import Balance, Recorded
from core.loans import book, write_offs
from core.permissions import Action, NotAllowed, may, who_may
from notifications.messages import Content, Purpose, Say


async def begin(reading: Reading, turn: Turn) -> Reply:
    """Take "batalkan no 28, salah orang": ask for the number or the reason, whichever is missing.

    "Transaksi barusan dibatalkan" names the newest entry and gets its card at once; the reason it lacks can
    be changed on the card.
    """
    _require(turn)
    number, note = _number(reading), reading.note
    if number is None and (number := await _newest(reading, turn)) is not None:
        note = note or texts.render("reversal-reason-unsaid")
    if number is None:
        return forms.ask(turn, Draft(operation="batal"), "entry", say("reversal-which"))
    draft = Draft(operation="batal", note=note, extra={"entry": number})
    return await proceed(turn, draft)


async def _newest(reading: Reading, turn: Turn) -> int | None:
    """Name the newest entry, unless a member, an amount or an earlier day is said that is not its own."""
    kind, amount, said_on = reading.people.kind, reading.amount, reading.date
    if kind not in (PeopleKind.NONE, PeopleKind.ONE):
        return None
    number = await corrections.newest(turn.db, koperasi_id=turn.koperasi_id)
    today = said_on.kind is DateKind.NONE or said_on.day == turn.today
    if number is None or (kind is PeopleKind.NONE and today):
        return number
    found = await corrections.reversible(turn.db, koperasi_id=turn.koperasi_id, number=number)
    if not today and said_on.day != found.on:
        return None
    if kind is PeopleKind.NONE:
        return number
    theirs = found.member_id == reading.people.members[0].id
    said = amount.kind is AmountKind.NONE or amount.value == found.amount
    return number if theirs and said else None


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
    found, _ = await _checked(turn, draft)
    if not draft.note:
        return forms.ask(turn, draft, "reason", *_described(found), say("reversal-why"))
    return await cards.show(turn, draft)


async def _checked(turn: Turn, draft: Draft) -> tuple[Recorded, tuple[Say, ...]]:
    """Refuse what ✅ would refuse; return the entry and why another must approve, if so.

    That is the own entry, what moved the own savings or those of this chat, and what this officer may not
    approve as core.approvers has it.
    """
    _require(turn)
    found = await corrections.reversible(
        turn.db, koperasi_id=turn.koperasi_id, number=int(draft.extra["entry"])
    )
    why = await _why(turn, found)
    if why:
        await asking.require_unasked(
            turn.db,
            koperasi_id=turn.koperasi_id,
            kind="reversal",
            facts={"entry": found.number},
            loan_id=None,
            today=requests.today(turn),
            at=turn.now,
            keys=turn.keys,
        )
    return found, why


async def _why(turn: Turn, found: Recorded) -> tuple[Say, ...]:
    if found.member_id is not None and found.member_id != turn.here.person_id:
        member = await cards.member_of(turn, found.member_id)
        if await savings.chat_of(turn, member) == turn.incoming.chat.key:
            return (say("approval-why-shared-chat", member=member.name),)
    try:
        await corrections.require_direct(
            turn.db, officer=turn.here, number=found.number, today=requests.today(turn)
        )
    except corrections.OwnApproved:
        return (say("approval-why-own-approved", entry=found.number),)
    except corrections.OwnEntry:
        return (say("approval-why-own-entry", entry=found.number),)
    except corrections.OwnMoney:
        return (say("approval-why-own"),)
    except corrections.NeedsApproval:
        return (say("approval-why-reversal"),)
    return ()


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
    found, why = await _checked(turn, draft)
    return (*_said(found, on=draft.on or turn.today, reason=draft.note or ""), *why)


def _said(found: Recorded, *, on: date, reason: str) -> tuple[Say, ...]:
    _, *what = _described(found)
    return (
        say("operation-batal"),
        say("reversal-entry", entry=found.number),
        *what,
        say("card-date", on=on),
        say("reversal-reason", reason=reason),
    )


async def record(turn: Turn, card: Card) -> Reply:
    """Write the reversing entry; months of simpanan wajib are owed again, the member is told.

    What another must approve waits instead.
    """
    draft = card.draft
    assert draft.note
    assert draft.on
    original, why = await _checked(turn, draft)
    if why:
        return await _ask(turn, card, original, why)
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
        *await receipt_lines(turn, original, on=draft.on, reason=draft.note),
        say("receipt-recorder", name=turn.here.name),
    )
    notice = of_member(original, lines)
    return Reply(
        lines=lines,
        edit=True,
        state=turn.state.closing(card.id, str(entry.number)),
        notices=(notice,) if notice else (),
    )


async def _ask(turn: Turn, card: Card, original: Recorded, why: tuple[Say, ...]) -> Reply:
    draft = card.draft
    recorder, touched = await corrections.concerned(
        turn.db, koperasi_id=turn.koperasi_id, number=original.number
    )
    return await requests.ask(
        turn,
        card,
        kind="reversal",
        facts={"entry": original.number, "reason": draft.note},
        lines=_said(original, on=draft.on or turn.today, reason=draft.note or ""),
        why=why,
        member_id=original.member_id,
        barred={*touched, *((recorder,) if recorder is not None else ())},
    )


async def receipt_lines(
    turn: Turn, original: Recorded, *, on: date, reason: str
) -> tuple[Say, ...]:
    """Repeat what stood on the card, with what the accounts of its members hold after it."""
    held = await corrections.balances_of(
        turn.db, koperasi_id=turn.koperasi_id, number=original.number
    )
    return (
        *_said(original, on=on, reason=reason),
        *[await _balance(turn, one) for one in held],
    )


async def _balance(turn: Turn, held: Balance) -> Say:
    """Name what a number is of: savings of a kind, a loan's principal, or what is claimed of one written off."""
    if held.loan_id is None:
        kind = next((one for one in SAVINGS.values() if one.kind.code == held.code), None)
        named = texts.render(kind.heading) if kind else chart()[held.code].name
        return say("reversal-balance", kind=named, balance=held.amount)
    loan = await book.loan(turn.db, koperasi_id=turn.koperasi_id, loan_id=held.loan_id)
    claim = await write_offs.claimed(turn.db, loan)
    if claim is not None:
        return say("reversal-claim", loan=loan.label, amount=claim.left)
    return say("reversal-outstanding", loan=loan.label, amount=held.amount)


def of_member(original: Recorded, lines: tuple[Say, ...]) -> Notice | None:
    """Owe the member whose money it was the same lines."""
    if original.member_id is None:
        return None
    return Notice(
        person_id=original.member_id,
        purpose=Purpose.RECEIPT,
        content=Content(lines=lines),
        id=uuid4(),
        keep_days=30,
    )


async def pressed(turn: Turn, entry: str) -> Reply:
    """Reverse the entry of a disputed receipt: v:number."""
    _require(turn)
    return await proceed(turn, Draft(operation="batal", extra={"entry": int(entry)}))
