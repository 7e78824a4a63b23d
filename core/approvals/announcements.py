"""An announcement of a cooperative that reaches so many that a second officer is asked."""

from __future__ import annotations

from core.announcements import announcement
from core.announcements.announcement import Announcement
from core.approvals.request import Context, Dropped


async def send(context: Context) -> Announcement:
    """Let it go out, a few ahead. Facts: announcement (its number). Raises announcement.NotNow."""
    found = await announcement.read(
        context.db,
        koperasi_id=context.approval.koperasi_id,
        number=context.facts["announcement"],
        keys=context.keys,
    )
    return await announcement.approve(context.db, found, by=context.voter.recorder, at=context.at)


async def stop(dropped: Dropped) -> None:
    """Say it to nobody: the request was rejected, withdrawn or lapsed."""
    await announcement.never(
        dropped.db,
        koperasi_id=dropped.approval.koperasi_id,
        number=dropped.approval.facts["announcement"],
        because=dropped.state.value,
        by=dropped.by,
        at=dropped.at,
    )
