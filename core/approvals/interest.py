"""A month's interest on savings that the clock asked for and a second person approved."""

from __future__ import annotations

from datetime import date

from core import interest, rules
from core.approvals.request import Context
from core.calendar import last_day
from core.interest import Booked


async def record(context: Context) -> Booked:
    """Add it to the savings as interest.record does, as it is worked out now. Facts: month (its first day)."""
    here, month = context.voter.cooperative, date.fromisoformat(context.facts["month"])
    return await interest.record(
        context.db,
        cooperative=here,
        rules=await rules.in_force(context.db, here.id, last_day(month)),
        month=month,
        today=context.today,
        at=context.at,
        operation=context.approval.operation,
        approver=context.approver,
        recorder=context.approval.maker,
        source=context.source,
    )
