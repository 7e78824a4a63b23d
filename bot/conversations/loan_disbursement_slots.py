"""What a disbursement asks: which approved loan; its amount is the approved one."""

from __future__ import annotations

from dataclasses import replace

from bot.conversations import forms, loan_choice
from bot.state import Draft
from bot.talk import Reply, Turn, say
from bot.understand.readings import Reading
from core.errors import Refusal
from core.loans import disbursement, top_up
from core.loans.book import State

_ASKED_AGAIN: dict[type[Refusal], str] = {
    disbursement.BeforeApplication: "on",
    top_up.PaidAfter: "on",
}


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over which loan it is."""
    return replace(draft, extra=loan_choice.named(draft, reading))


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Find the approved loan; an amount that is not the approved one is asked about."""
    found = await loan_choice.chosen(turn, draft, (State.APPROVED,))
    if isinstance(found, Reply):
        return found
    loan = await loan_choice.of_draft(turn, found)
    if found.amount is None:
        return replace(found, amount=loan.principal)
    if found.amount == loan.principal:
        return found
    try:
        disbursement.require_amount(loan, found.amount)
    except disbursement.NotApprovedAmount as refusal:
        choices = ((say("choice-amount", amount=loan.principal), str(loan.principal)),)
        said = (forms.as_said(refusal), say("ask-approved-amount"))
        return forms.ask(turn, replace(found, amount=None), "amount", *said, choices=choices)
    return found


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    return ("member", "loan", "on", "cash", "note")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask which loan, the one slot of its own."""
    assert slot == "loan", slot
    anew = replace(draft, amount=None, extra=_without_loan(draft))
    found = await loan_choice.chosen(turn, anew, (State.APPROVED,))
    return found if isinstance(found, Reply) else await forms.proceed(turn, found)


def _without_loan(draft: Draft) -> dict[str, object]:
    return {key: value for key, value in draft.extra.items() if key != "loan"}


async def take_slot(
    turn: Turn,
    draft: Draft,
    slot: str,
    value: str,
) -> Draft | Reply:
    """Take the chosen loan over."""
    assert slot == "loan", slot
    return loan_choice.taken(draft, value)


async def hear_slot(
    turn: Turn,
    draft: Draft,
    slot: str,
    text: str,
) -> Draft | Reply | None:
    """Take a typed loan number over."""
    assert slot == "loan", slot
    return loan_choice.heard(draft, text)
