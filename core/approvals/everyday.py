"""An event of the cash book that a second person approved."""

from __future__ import annotations

from core import everyday
from core.approvals.request import Context
from core.everyday import Event, Plan, Recorded
from core.goods.stock import Line


async def record(context: Context) -> Recorded:
    """Record it as everyday.record does. Facts: event, debit, credit, place, amount, note, member, lines."""
    facts = context.facts
    return await everyday.record(
        context.db,
        officer=context.officer,
        plan=Plan(
            event=Event(facts["event"]),
            debit=facts["debit"],
            credit=facts["credit"],
            place=facts["place"],
            amount=facts["amount"],
            member=facts.get("member"),  # of an older release: none
            lines=tuple(Line(**line) for line in facts.get("lines", ())),
        ),
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        note=facts["note"],
        approver=context.approver,
    )
