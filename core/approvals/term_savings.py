"""Term and holiday savings that a second person approved."""

from __future__ import annotations

from decimal import Decimal

from core import term_savings
from core.approvals.request import Context
from core.term_savings import Payout, Term, TermKind


async def put_away(context: Context) -> Term:
    """Record it as term_savings.put_away does. Facts: kind, amount, rate, months, note, cash."""
    facts = context.facts
    return await term_savings.put_away(
        context.db,
        officer=context.officer,
        member=await context.member(),
        kind=TermKind(facts["kind"]),
        amount=facts["amount"],
        rate=Decimal(facts["rate"]),
        months=facts["months"],
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        note=facts["note"],
        cash=facts["cash"],
        approver=context.approver,
    )


async def pay_out(context: Context) -> tuple[int, Payout]:
    """Pay out as term_savings.pay_out does. Facts: kind, amount (shown), note, cash."""
    facts = context.facts
    return await term_savings.pay_out(
        context.db,
        officer=context.officer,
        member=await context.member(),
        kind=TermKind(facts["kind"]),
        expected=facts["amount"],
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        note=facts["note"],
        cash=facts["cash"],
        approver=context.approver,
    )
