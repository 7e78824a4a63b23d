"""Whether what an approver read still holds: a request is never executed at figures nobody saw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.conversations import (
    cash_places,
    closing,
    loan_changes,
    loan_disbursement,
    loan_payment_plan,
    loan_recoveries,
    promises,
)
from bot.state import Draft
from bot.talk import Turn
from core import rules
from core.approvals.request import Approval
from core.loans import allowances, book
from core.loans.book import State
from notifications import nightly
from notifications import requests as papers
from notifications.messages import Say

_OPERATIONS = {
    "loan-payment": "angsuran",
    "recovery": "angsuran",
    "disbursement": "pencairan",
    "restructuring": "restrukturisasi",
    "write-off": "hapusbuku",
}
# Of a payment's card: what moves with the days, and what only helped its maker.
_BESIDE = {
    "payment-still-late",
    "payment-penalty-left",
    "payment-next",
    "payment-class",
    "payment-fine-falls",
    "payment-settles-not",
    "payment-could-settle",
    promises.REPEAT,
}


async def moved(turn: Turn, approval: Approval) -> tuple[Say, ...] | None:
    """Return the lines of a request as they are now, where they say other figures than it shows; else None.

    Asked of what is computed when it is executed: loans, the allowance, a year's result and its surplus.
    Other requests name their sum themselves. The loan is held until the turn ends. Refuses what the operation refuses now.
    """
    lines = await _now(turn, approval)
    if lines is None or _mark(lines) == _mark(papers.lines_of(approval)):
        return None
    return lines


def _mark(lines: Sequence[Say]) -> str:
    return promises.mark([line for line in lines if line.key not in _BESIDE])


async def _now(turn: Turn, approval: Approval) -> tuple[Say, ...] | None:
    if approval.kind == nightly.KIND:
        return await _allowance(turn, approval)
    if approval.kind in closing.MOVING:
        return await closing.lines_of_request(turn, approval)
    operation = _OPERATIONS.get(approval.kind)
    if operation is None:
        return None
    loan_id, facts = approval.loan_id, approval.facts
    assert loan_id is not None, approval.number
    loan = await book.loan(turn.db, koperasi_id=turn.koperasi_id, loan_id=loan_id, lock=True)
    draft = Draft(
        operation=operation,
        member=approval.member_id,
        on=date.fromisoformat(facts["on"]),
        note=facts.get("note") or facts.get("reason"),
        extra=_extra(loan_id, facts),
    )
    if approval.kind == "loan-payment":
        return await loan_payment_plan.lines_of_request(turn, draft, facts)
    if approval.kind == "recovery":
        return await loan_recoveries.lines_of_request(turn, draft, facts["amount"])
    if approval.kind == "disbursement":
        if loan.state is not State.APPROVED:
            return None  # The operation says why not.
        return await loan_disbursement.lines(turn, draft)
    return await loan_changes.lines(turn, draft)


def _extra(loan_id: int, facts: Any) -> dict[str, Any]:
    extra: dict[str, Any] = {"loan": loan_id}
    if "cash" in facts:
        extra[cash_places.SLOT] = facts["cash"]
    if facts.get("from_savings"):
        extra["source"] = "savings"
    if "count" in facts:
        extra["tenor"] = facts["count"]
    return extra


async def _allowance(turn: Turn, approval: Approval) -> tuple[Say, ...] | None:
    on = date.fromisoformat(approval.facts["on"])
    found = await allowances.allowance(
        turn.db,
        koperasi_id=turn.koperasi_id,
        rules=await rules.in_force(turn.db, turn.koperasi_id, on),
        on=on,
    )
    return tuple(nightly.lines(found)) if found.difference else None
