"""A membership whose end others approved: of who leaves, one; of who died, ketua and pengawas."""

from __future__ import annotations

from core import leaving, people
from core.approvals.request import Context
from core.leaving import Left


async def leave(context: Context) -> Left:
    """End a membership as leaving.leave does. Facts: member, amount (left over), cash, reason."""
    facts = context.facts
    return await leaving.leave(
        context.db,
        officer=context.officer,
        member=await people.member(
            context.db, koperasi_id=context.approval.koperasi_id, member_id=facts["member"]
        ),
        kind=context.approval.kind,
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        expected=facts["amount"],
        reason=facts["reason"],
        approver=context.approver,
        cash=facts["cash"],
    )
