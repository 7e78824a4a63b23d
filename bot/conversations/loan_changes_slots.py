"""What a new schedule and a write-off ask: which loan, how many instalments, why."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversations import forms, loan_choice, requests
from bot.state import Draft
from bot.talk import Reply, Turn, one_line, say
from bot.understand.readings import Reading
from core.approvals import asking
from core.errors import Refusal
from core.loans import applications, payments, previews
from core.loans.book import State
from core.loans.terms import BadTerms

REQUESTS = {
    "restrukturisasi": "restructuring",
    "hapusbuku": "write-off",
    "lepas": "loan-cancellation",
}
_STATES = {"lepas": (State.APPROVED,)}  # of the loans that may be meant; else those that run
_TENORS = (6, 12, 18, 24, 36)
_ASKED_AGAIN: dict[type[Refusal], str] = {
    payments.BeforeDisbursement: "on",
    payments.BeforeRestructuring: "on",
    payments.PaidSince: "on",
    BadTerms: "tenor",
}


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over which loan it is, and the number of instalments."""
    extra = loan_choice.named(draft, reading)
    extra.pop("count", None)
    if reading.period.count and not reading.period.months:
        extra["tenor"] = reading.period.count
    return replace(draft, months=(), amount=None, extra=extra)


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


def _states(draft: Draft) -> tuple[State, ...]:
    return _STATES.get(draft.operation or "", (State.RUNNING,))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Find the loan, then ask how many instalments, then why."""
    found = await loan_choice.chosen(turn, draft, _states(draft))
    if isinstance(found, Reply):
        return found
    await _require_possible(turn, found)
    if found.operation == "restrukturisasi" and not found.extra.get("tenor"):
        return await ask_slot(turn, found, "tenor")
    if not found.note:
        return await ask_slot(turn, found, "reason")
    return found


async def _require_possible(turn: Turn, draft: Draft) -> None:
    """Refuse what ✅ would refuse of the loan, before it is asked why. Refuses AlreadyAsked, too."""
    loan = await loan_choice.of_draft(turn, draft)
    if draft.operation == "lepas":
        applications.require_approved(loan)
    else:
        previews.require_running(loan)
    await asking.require_unasked(
        turn.db,
        koperasi_id=turn.koperasi_id,
        kind=REQUESTS[draft.operation or ""],
        facts={},
        loan_id=loan.id,
        today=requests.today(turn),
        at=turn.now,
        keys=turn.keys,
    )


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    slots = ("member", "loan", "on", "reason")
    return (*slots, "tenor") if draft.operation == "restrukturisasi" else slots


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for one of its own slots."""
    if slot == "tenor":
        choices = tuple((say("choice-tenor", count=count), str(count)) for count in _TENORS)
        return forms.ask(turn, draft, slot, say("ask-new-tenor"), choices=choices)
    if slot == "reason":
        return forms.ask(turn, draft, slot, say(f"ask-reason-{draft.operation}"))
    assert slot == "loan", slot
    extra = {key: value for key, value in draft.extra.items() if key != "loan"}
    found = await loan_choice.chosen(turn, replace(draft, extra=extra), _states(draft))
    return found if isinstance(found, Reply) else await forms.proceed(turn, found)


async def take_slot(
    turn: Turn,
    draft: Draft,
    slot: str,
    value: str,
) -> Draft | Reply:
    """Take a pressed choice over."""
    if slot == "loan":
        return loan_choice.taken(draft, value)
    return replace(draft, extra=draft.extra | {slot: int(value)})


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over."""
    if slot == "reason":
        reason = one_line(text)
        if reason is None or sum(letter.isalpha() for letter in reason) < 4:
            return await ask_slot(turn, draft, slot)
        return replace(draft, note=reason)
    if slot == "loan":
        return loan_choice.heard(draft, text)
    said = re.fullmatch(r"\s*(\d{1,3})\s*(?:x|kali|bulan|bln|minggu|angsuran)?\s*\.?\s*", text)
    return replace(draft, extra=draft.extra | {slot: int(said[1])}) if said else None
