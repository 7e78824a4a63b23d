"""Which loan of a member is meant: the only one at once, of several the one that is chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.conversations import cards, forms
from bot.state import Draft, Row
from bot.talk import Reply, Turn, say
from bot.understand.readings import Reading
from core.errors import Refusal
from core.loans import book
from core.loans.book import Loan, State

_OFFERED = 5
_LABEL = re.compile(r"\b[Pp]-?0*(\d{1,6})\b")


class NoRunningLoan(Refusal):
    """Only a running loan is paid. Facts: member."""

    text = "refusal-no-running-loan"


class LoanWaits(Refusal):
    """A loan that was not paid out yet takes no payment. Facts: member, loan."""

    text = "refusal-loan-waits"


class NothingToDisburse(Refusal):
    """Only an approved loan is paid out, and this member has none. Facts: member."""

    text = "refusal-nothing-to-disburse"


class StillUndecided(Refusal):
    """The application is not decided yet. Facts: member, loan."""

    text = "refusal-still-undecided"


class WhichLoan(Refusal):
    """A row of a list does not say which of several loans is paid. Facts: member."""

    text = "refusal-which-loan"


async def of_row(turn: Turn, row: Row, states: Sequence[State]) -> Loan:
    """Find the loan of a row of a list: the one that was chosen, else the only one there is."""
    found = await book.of_member(
        turn.db, koperasi_id=turn.koperasi_id, member_id=row.member, states=states
    )
    found = [loan for loan in found if row.loan in (0, loan.id)]
    if not found:
        await _refuse(turn, row.member, states)
    if len(found) > 1:
        raise WhichLoan(member=(await cards.member_of(turn, row.member)).name)
    return found[0]


async def ask_for_row(turn: Turn, draft: Draft, row: Row, states: Sequence[State]) -> Reply:
    """Ask which loan a row of a list pays."""
    found = await book.of_member(
        turn.db, koperasi_id=turn.koperasi_id, member_id=row.member, states=states
    )
    return ask(turn, draft, found)


async def chosen(turn: Turn, draft: Draft, states: Sequence[State]) -> Draft | Reply:
    """Put the loan that is meant into `extra["loan"]`; ask which of several; refuse when there is none."""
    assert draft.member is not None
    found = await book.of_member(
        turn.db, koperasi_id=turn.koperasi_id, member_id=draft.member, states=states
    )
    if draft.extra.get("loan") in [loan.id for loan in found]:
        return draft
    if "loan" in draft.extra:
        named = await of_draft(turn, draft)
        if named.member_id == draft.member:
            return draft  # its own state is the reason why not: the operation says it
    if not found:
        await _refuse(turn, draft.member, states)
    meant = [loan for loan in found if _is_approved_for(loan, draft.amount)]
    if len(found) == 1 or len(meant) == 1:
        return replace(draft, extra=draft.extra | {"loan": (meant or found)[0].id})
    return ask(turn, draft, found)


def _is_approved_for(loan: Loan, amount: int | None) -> bool:
    """Say whether an amount tells this loan from others: only the approved sum is paid out."""
    return loan.state is State.APPROVED and loan.principal == amount


async def _refuse(turn: Turn, member_id: int, states: Sequence[State]) -> None:
    """Say that there is none, and what there is instead."""
    member = await cards.member_of(turn, member_id)
    others = await book.of_member(
        turn.db,
        koperasi_id=turn.koperasi_id,
        member_id=member_id,
        states=(State.APPLIED, State.APPROVED),
    )
    paying = State.RUNNING in states
    if others and paying:
        raise LoanWaits(member=member.name, loan=others[0].label)
    if others:
        raise StillUndecided(member=member.name, loan=others[0].label)
    if paying:
        raise NoRunningLoan(member=member.name)
    raise NothingToDisburse(member=member.name)


def ask(turn: Turn, draft: Draft, found: Sequence[Loan]) -> Reply:
    """Ask which of a member's loans is meant."""
    choices = tuple(
        (
            say("choice-approved-loan", loan=one.label, amount=one.principal)
            if one.state is State.APPROVED
            else say("choice-loan", loan=one.label, amount=one.outstanding),
            str(one.id),
        )
        for one in found[:_OFFERED]
    )
    return forms.ask(turn, draft, "loan", say("ask-loan"), choices=choices)


async def of_draft(turn: Turn, draft: Draft) -> Loan:
    """Read the loan that was chosen."""
    return await book.loan(turn.db, koperasi_id=turn.koperasi_id, loan_id=int(draft.extra["loan"]))


def named(draft: Draft, reading: Reading) -> dict[str, Any]:
    """Return what a draft keeps besides, with the loan that a sentence names by its label."""
    return draft.extra | ({"loan": reading.loan} if reading.loan else {})


def taken(draft: Draft, value: str) -> Draft:
    """Take a pressed loan over; an amount that was looked up belonged to another one."""
    return replace(draft, extra=draft.extra | {"loan": int(value)})


def heard(draft: Draft, text: str) -> Draft | None:
    """Take a typed label over: P-0007, or 7."""
    found = _LABEL.search(text) or re.fullmatch(r"\s*0*(\d{1,6})\s*", text)
    return taken(draft, found[1]) if found else None
