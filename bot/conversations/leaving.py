"""Anggota keluar, anggota meninggal: what is held and owed is set off; always decided by others than who asks."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

from bot.conversations import cards, cash_places, forms, promises, requests
from bot.conversations.operations import LEAVING
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, one_line, say
from bot.understand.readings import Reading
from core import identities, leaving, permissions
from core.accounts import chart
from core.errors import Refusal
from core.leaving import Account, Left
from core.people import Member
from notifications.messages import Content, Purpose, Say

LATER, HEIRS, PAPERS = "later", "heirs", "papers"
_DEATH = "meninggal"
_HEIRS = re.compile(r"\bahli\s*waris(?:nya)?\b[\s:,]*(?:adalah\s+)?(.{3,100})", re.IGNORECASE)
_LATER = re.compile(r"\b(?:nanti|belum dibayar|bayar kemudian|menyusul)\b", re.IGNORECASE)
_NOW = re.compile(r"\b(?:sekarang|tunai|kas|bank|langsung)\b", re.IGNORECASE)
_SHORTEST = 3  # letters of an heir's name or of a paper's


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over the heirs' name, and that it is paid later."""
    extra = dict(draft.extra)
    extra.pop("count", None)
    if draft.operation == _DEATH and (said := _HEIRS.search(reading.text)):
        extra[HEIRS] = one_line(said[1].split(",")[0].rstrip(" ."))
    if _LATER.search(reading.text):
        extra[LATER] = True
    return replace(draft, months=(), extra=extra)


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal: none of its own."""
    return None


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask for heirs and papers of who died; the amount is what the books leave over."""
    for slot in (HEIRS, PAPERS) if draft.operation == _DEATH else ():
        if not draft.extra.get(slot):
            return await ask_slot(turn, draft, slot)
    _, _, account = await _account(turn, draft)
    return replace(draft, amount=account.net or None)


async def _account(turn: Turn, draft: Draft) -> tuple[Draft, Member, Account]:
    """Read what the member holds and owes on the card's day; refuses who may not leave."""
    draft = replace(draft, on=draft.on or turn.today)
    assert draft.member is not None
    assert draft.on is not None
    member = await cards.member_of(turn, draft.member)
    here = turn.here.cooperative
    account = await leaving.account(
        turn.db, cooperative=here, member=member, on=draft.on, at=turn.now
    )
    await leaving.require_may_leave(
        turn.db, cooperative=here, member=member, account=account, on=draft.on
    )
    return draft, member, account


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    own = (HEIRS, PAPERS) if draft.operation == _DEATH else ()
    return ("member", "on", LATER, "cash", *own)


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask whether it is paid now, who the heirs are, which papers were seen."""
    if slot == LATER:
        choices = ((say("choice-pay-now"), "now"), (say("choice-pay-later"), LATER))
        return forms.ask(turn, draft, slot, say("ask-exit-pay"), choices=choices)
    return forms.ask(turn, draft, slot, say(f"ask-{slot}"))


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed choice over."""
    return replace(draft, extra=draft.extra | {LATER: value == LATER}) if slot == LATER else draft


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over."""
    if slot == LATER:
        if not (_LATER.search(text) or _NOW.search(text)):
            return None
        return await take_slot(turn, draft, slot, LATER if _LATER.search(text) else "now")
    said = one_line(text)
    if said is None or sum(letter.isalpha() for letter in said) < _SHORTEST:
        return await ask_slot(turn, draft, slot)
    return replace(draft, extra=draft.extra | {slot: said[:100]})


def _head(draft: Draft, member: Member, account: Account) -> list[Say]:
    """Say what is held, what is set off, and what is left for whom."""
    assert draft.on is not None
    lines = [
        say(LEAVING[draft.operation or ""].heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=account.net),
        say("card-date", on=draft.on),
        *(
            say("exit-held", name=chart()[code].name, amount=amount)
            for code, amount in sorted(account.held.items(), reverse=True)
        ),
    ]
    for debt in account.debts:
        figure = debt.plan.figure
        parts = {"principal": figure.principal, "interest": figure.interest}
        lines.append(
            say("exit-loan", loan=debt.loan.label, amount=debt.total, **parts, fine=figure.penalty)
        )
    if account.bon:
        lines.append(say("exit-bon", amount=account.bon))
    if account.advance:
        lines.append(say("exit-advance", amount=account.advance))
    if account.net:
        lines.append(_paid(draft))
    if draft.operation == _DEATH:
        lines.append(say("exit-heirs", heirs=draft.extra[HEIRS], papers=draft.extra[PAPERS]))
    return lines


def _paid(draft: Draft) -> Say:
    if draft.extra.get(LATER):
        return say("exit-unpaid")
    return say("exit-paid-from", place=chart()[cash_places.of(draft)].name)


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what would be paid and set off, what to mind, and that others decide."""
    draft, member, account = await _account(turn, draft)
    return (*_head(draft, member, account), *await _why(turn, draft, member, account))


async def _why(turn: Turn, draft: Draft, member: Member, account: Account) -> tuple[Say, ...]:
    """Say what to mind before deciding, and who decides."""
    lines = []
    start = turn.here.rules.on(turn.today).modal_awal
    equity = account.held.get("310000", 0) + account.held.get("320000", 0)
    left = await leaving.own_capital(turn.db, turn.koperasi_id) - equity
    if left < start:
        lines.append(say("exit-warning-capital", left=left, start=start))
    if account.claimed:
        lines.append(say("exit-warning-claimed", amount=account.claimed))
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    if roles := [office.role for office in held if office.person_id == member.id]:
        lines.append(say("exit-warning-office", roles=permissions.said(*roles)))
    decides = "death" if draft.operation == _DEATH else "exit"
    return (*lines, say(f"approval-why-member-{decides}"))


async def record(turn: Turn, card: Card) -> Reply:
    """Let it wait for who decides: another officer; of who died ketua and pengawas."""
    draft, member, account = await _account(turn, card.draft)
    lines = _head(draft, member, account)
    why = await _why(turn, draft, member, account)
    if promises.broken(card, (*lines, *why)):
        return await cards.again(turn, card, "card-changed")
    died = draft.operation == _DEATH
    reason = draft.note
    if died:
        reason = f"Ahli waris: {draft.extra[HEIRS]}. Surat: {draft.extra[PAPERS]}"
    return await requests.ask(
        turn,
        card,
        kind=leaving.DEATH if died else leaving.EXIT,
        facts={
            "member": member.id,
            "amount": account.net,
            "cash": None if draft.extra.get(LATER) else cash_places.of(draft),
            "reason": reason,
        },
        lines=lines,
        why=why,
        member_id=member.id,
        needed=2 if died else 1,
        voter="ketua-pengawas" if died else "officer",
    )


def of_member(done: Left, lines: tuple[Say, ...]) -> Notice:
    """Owe who left the same lines, and a thank you."""
    return Notice(
        person_id=done.member.id,
        purpose=Purpose.RECEIPT,
        content=Content(lines=(*lines, say("exit-goodbye"))),
        id=uuid4(),
        keep_days=30,
    )
