"""What is told of an approved month of interest: the entries, and how it came about."""

from __future__ import annotations

from bot.talk import Notice, Turn, say
from core.approvals.queue import Decided
from core.interest import Booked
from notifications.jobs import interest
from notifications.messages import Say


async def of_interest(turn: Turn, decided: Decided) -> tuple[tuple[Say, ...], tuple[Notice, ...]]:
    """Tell the approver what was booked, as it was worked out then; members read it in their statements."""
    done = decided.result
    assert isinstance(done, Booked)
    first = (
        say("receipt-number", entry=done.entries[-1]) if done.entries else say("interest-nothing")
    )
    names = ", ".join(vote.name for vote in decided.votes if vote.approved)
    return (first, *interest.lines(done.interest), say("receipt-approver", name=names)), ()
