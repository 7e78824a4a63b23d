"""Savings that a second person approved."""

from __future__ import annotations

from datetime import date

from core import people, savings
from core.accounts import CASH, SavingsKind
from core.approvals.request import Context
from core.people import Member
from core.savings import Recorded


async def _member(context: Context) -> Member:
    assert context.approval.member_id is not None, context.approval.number
    return await people.member(
        context.db, koperasi_id=context.approval.koperasi_id, member_id=context.approval.member_id
    )


async def deposit(context: Context) -> Recorded:
    """Record a deposit as savings.deposit does. Facts: kind, amount, months, note, cash."""
    facts = context.facts
    return await savings.deposit(
        context.db,
        officer=context.officer,
        member=await _member(context),
        kind=SavingsKind(facts["kind"]),
        amount=facts["amount"],
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        months=[date.fromisoformat(month) for month in facts["months"]],
        note=facts["note"],
        cash=facts.get("cash", CASH),
        approver=context.approver,
    )


async def withdraw(context: Context) -> Recorded:
    """Pay out sukarela as savings.withdraw does. Facts: amount, note, cash."""
    return await savings.withdraw(
        context.db,
        officer=context.officer,
        member=await _member(context),
        amount=context.facts["amount"],
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        note=context.facts["note"],
        cash=context.facts.get("cash", CASH),
        approver=context.approver,
    )
