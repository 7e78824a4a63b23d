"""How much of customers' money the agency still holds, and what it earned: "uang agen berapa?"."""

from __future__ import annotations

from bot.conversations.treasury import in_transit
from bot.talk import Reply, Turn, say
from bot.understand.readings import Reading
from core import balances
from core.permissions import Action, NotAllowed, may, who_may
from core.treasury.events import FEES, IN_TRANSIT


async def asked(_reading: Reading, turn: Turn) -> Reply:
    """Answer officers who see the books. Refuses NotAllowed."""
    if not may(turn.here.roles, Action.SEE_BOOKS):
        raise NotAllowed(who=who_may(Action.SEE_BOOKS))
    db, here = turn.db, turn.koperasi_id
    held = await balances.of_account(db, koperasi_id=here, key=IN_TRANSIT)
    month = turn.today.replace(day=1)
    earned = await balances.of_code(db, koperasi_id=here, code=FEES, first=month, last=turn.today)
    return Reply(lines=(in_transit(held), say("agent-fees", amount=earned)))
