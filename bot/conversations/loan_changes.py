"""Restrukturisasi, hapus buku, pembatalan pinjaman: an officer asks with the reason, the ketua decides; nothing is booked before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.conversations import (
    cards,
    loan_changes_slots,
    loan_choice,
    loan_words,
    promises,
    requests,
)
from bot.conversations.operations import LOANS
from bot.state import Card, Draft
from bot.talk import Reply, Turn, say
from core.loans import applications, hands, payments, restructuring, write_offs
from core.loans.book import Loan
from core.people import Member
from core.rules import CLASSES
from notifications.messages import Say


async def _of(turn: Turn, draft: Draft) -> tuple[Loan, Member]:
    loan = await loan_choice.of_draft(turn, draft)
    return loan, await cards.member_of(turn, loan.member_id)


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what is asked of whom: the new schedule, or what leaves the books."""
    hands.require_recorder(turn.here)
    return await lines(turn, draft)


async def lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say the same to whoever reads it: what would happen now."""
    assert draft.on is not None
    assert draft.operation is not None
    loan, member = await _of(turn, draft)
    amount, told = await _TOLD[draft.operation](turn, draft, loan)
    return (
        say(LOANS[draft.operation].heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=amount),
        say("card-date", on=draft.on),
        say("loan-label", loan=loan.label),
        *told,
        say("reversal-reason", reason=(draft.note or "")[:200]),
    )


async def _new_schedule(turn: Turn, draft: Draft, loan: Loan) -> tuple[int, list[Say]]:
    assert draft.on is not None
    plan = await restructuring.preview(
        turn.db,
        loan=loan,
        rules=turn.here.rules.on(draft.on),
        terms=loan.terms,
        count=int(draft.extra["tenor"]),
        on=draft.on,
        at=turn.now,
        zone=turn.zone,
    )
    lines = [
        say("loan-tenor", count=len(plan.rows), every=loan_words.rhythm(loan.terms)),
        *loan_words.schedule_lines(plan.rows),
        say("loan-first-due", on=plan.rows[0].due, amount=_first(plan)),
    ]
    if plan.carried_interest:
        lines.append(say("change-carried-interest", amount=plan.carried_interest))
    if plan.running_interest:
        lines.append(
            say(
                "change-running-interest",
                amount=plan.running_interest,
                days=plan.running_days,
                period=plan.period_days,
            )
        )
    if plan.carried_penalty:
        lines.append(say("change-carried-penalty", amount=plan.carried_penalty))
    lines.append(say("change-class", klass=loan_words.klass(loan.klass)))
    return plan.principal, lines


def _first(plan: restructuring.Preview) -> int:
    return plan.rows[0].principal + plan.rows[0].interest + plan.carried_interest


async def _written_off(turn: Turn, draft: Draft, loan: Loan) -> tuple[int, list[Say]]:
    assert draft.on is not None
    owed = await payments.figure(
        turn.db, cooperative=turn.here.cooperative, loan=loan, on=draft.on, at=turn.now
    )
    if not owed.principal:
        raise write_offs.NothingToWriteOff(loan=loan.label)
    lines = [say("loan-class", klass=loan_words.klass(loan.klass))]
    if loan.klass == CLASSES[0]:
        lines.append(say("change-warning-lancar"))
    if owed.interest or owed.penalty:
        lines.append(say("change-claimed", interest=owed.interest, penalty=owed.penalty))
    lines.append(say("change-still-claimed", amount=owed.total))
    return owed.principal, lines


async def _let_go(_turn: Turn, _draft: Draft, loan: Loan) -> tuple[int, list[Say]]:
    applications.require_approved(loan)
    return loan.principal, [say("change-let-go")]


_TOLD: dict[str, Callable[[Turn, Draft, Loan], Awaitable[tuple[int, list[Say]]]]] = {
    "restrukturisasi": _new_schedule,
    "hapusbuku": _written_off,
    "lepas": _let_go,
}


async def record(turn: Turn, card: Card) -> Reply:
    """Ask the ketua, or who decides in the ketua's place."""
    draft = card.draft
    assert draft.on is not None
    assert draft.note
    said = await card_lines(turn, draft)
    if promises.broken(card, said):
        return await cards.again(turn, card, "card-changed")
    loan, member = await _of(turn, draft)
    facts: dict[str, Any] = {"loan": loan.id, "on": draft.on.isoformat(), "reason": draft.note}
    kind = loan_changes_slots.REQUESTS[draft.operation or ""]
    if kind == "restructuring":
        facts |= {"count": int(draft.extra["tenor"]), "first_due": None, "capitalise": False}
    return await requests.ask(
        turn,
        card,
        kind=kind,
        facts=facts,
        lines=said,
        why=(say(f"approval-why-{kind}"),),
        member_id=member.id,
        loan_id=loan.id,
    )
