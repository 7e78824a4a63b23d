"""A cash count that a second officer confirmed."""

from __future__ import annotations

from core import seals
from core.approvals.request import Context
from core.seals import Box, Count, Seal


def count_of(context: Context) -> Count:
    """Return the count that waits. Facts: boxes (code, booked, counted), entries, last and head of the book then."""
    facts = context.facts
    return Count(
        on=context.on,
        boxes=tuple(Box(**box) for box in facts["boxes"]),
        entries=facts["entries"],
        last=facts["last"],
        head=bytes.fromhex(facts["head"]),
    )


async def seal(context: Context) -> Seal:
    """Seal the day as seals.seal does."""
    return await seals.seal(
        context.db,
        officer=context.officer,
        approver=context.voter.person_id,
        found=count_of(context),
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
    )
