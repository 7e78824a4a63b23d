"""A former member's profile that a second officer lets be taken away."""

from __future__ import annotations

from core import erasure, people
from core.approvals.request import Context


async def erase(context: Context) -> str:
    """Take a profile away as erasure.erase does; return what the books call it now. Facts: member."""
    koperasi_id = context.approval.koperasi_id
    return await erasure.erase(
        context.db,
        koperasi_id=koperasi_id,
        member=await people.member(
            context.db, koperasi_id=koperasi_id, member_id=context.facts["member"]
        ),
        on=context.today,
        at=context.at,
        by=context.approval.maker,
        approver=context.approver,
    )
