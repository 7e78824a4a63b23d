"""An event of the office's other money that a second person approved."""

from __future__ import annotations

from decimal import Decimal

from core.approvals.request import Context
from core.treasury import book
from core.treasury.book import Recorded
from core.treasury.events import Bought, Event, Plan, Terms


async def record(context: Context) -> Recorded:
    """Record it as treasury.book.record does. Facts: plan (its fields), note."""
    facts = dict(context.facts["plan"])
    terms, bought = facts.pop("terms"), facts.pop("bought")
    return await book.record(
        context.db,
        officer=context.officer,
        plan=Plan(
            event=Event(facts.pop("event")),
            terms=Terms(**(terms | {"rate": Decimal(terms["rate"])})) if terms else None,
            bought=Bought(**bought) if bought else None,
            **facts,
        ),
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        note=context.facts["note"],
        approver=context.approver,
    )
