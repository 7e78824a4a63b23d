"""What is told of an approved allowance for loan losses: the entry, and how it came about."""

from __future__ import annotations

from bot.talk import Notice, Turn, say
from core.approvals.queue import Decided
from core.loans.allowances import BookedAllowance
from notifications import nightly
from notifications.messages import Say


async def of_allowance(
    turn: Turn,
    decided: Decided,
) -> tuple[tuple[Say, ...], tuple[Notice, ...]]:
    """Tell the approver what was booked, as it was computed then; nobody else is told, the clock asked."""
    done = decided.result
    assert isinstance(done, BookedAllowance)
    names = ", ".join(vote.name for vote in decided.votes if vote.approved)
    first = (
        say("allowance-nothing") if done.entry is None else say("receipt-number", entry=done.entry)
    )
    lines = nightly.lines(done.allowance)
    shown = lines if done.entry is not None else lines[:-1]
    return (first, *shown, say("receipt-approver", name=names)), ()
