"""Savings that a second person approved."""

from __future__ import annotations

from datetime import date

from core import savings
from core.accounts import CASH, SavingsKind
from core.approvals.request import Context
from core.savings import Recorded


async def deposit(context: Context) -> Recorded:
    """Record a deposit as savings.deposit does. Facts: kind, amount, months, note, cash."""
    facts = context.facts
    return await savings.deposit(
        context.db,
        officer=context.officer,
        member=await context.member(),
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
        member=await context.member(),
        amount=context.facts["amount"],
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        note=context.facts["note"],
        cash=context.facts.get("cash", CASH),
        approver=context.approver,
    )
