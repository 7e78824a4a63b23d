"""A stock count that a second person approved."""

from __future__ import annotations

from core.approvals.request import Context
from core.goods import counts
from core.goods.counts import Count, Counted, Row


async def keep(context: Context) -> Counted:
    """Keep it as counts.keep does. Facts: rows, as they were counted."""
    return await counts.keep(
        context.db,
        officer=context.officer,
        found=Count(on=context.on, rows=tuple(Row(**row) for row in context.facts["rows"])),
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        approver=context.approver,
    )
