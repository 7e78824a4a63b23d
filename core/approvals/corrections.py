"""A reversal that a second person approved."""

from __future__ import annotations

from core import corrections
from core.approvals.request import Context
from core.ledger import Entry


async def reverse(context: Context) -> Entry:
    """Write the reversing entry as corrections.reverse does. Facts: entry, reason."""
    return await corrections.reverse(
        context.db,
        officer=context.officer,
        number=context.facts["entry"],
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        reason=context.facts["reason"],
        approver=context.approver,
    )
