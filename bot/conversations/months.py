"""A closed month of the cooperative for its officers, of a region for its officials: lines, picture, paper."""

from __future__ import annotations

from datetime import date

from bot.conversations import province, statements, welcome
from bot.conversations.monthly import MonthIsNotOver
from bot.talk import Reply, Turn
from core.calendar import month_of, next_month
from core.permissions import Action, NotAllowed, may, who_may
from core.reports.cooperative import month_of_cooperative
from notifications import stating


async def of_books(turn: Turn, koperasi: str, month: str, how: str) -> Reply:
    """Show the cooperative's month to who may see its books."""
    if int(koperasi) != turn.koperasi_id:
        raise statements.OthersAreNotShown
    if not may(turn.here.roles, Action.SEE_BOOKS):
        raise NotAllowed(who=who_may(Action.SEE_BOOKS))
    asked = _over(turn, month)
    found = await month_of_cooperative(turn.db, cooperative=turn.here.cooperative, month=asked)
    lines = stating.lines_of_books(found)
    if how == "pdf":
        return Reply(lines=lines, attachment=stating.paper_of_books(found, turn.today))
    if how == "png":
        return Reply(lines=lines, attachment=stating.picture_of(asked))
    return Reply(lines=lines, buttons=stating.buttons_of_books(turn.koperasi_id, asked))


async def of_region(turn: Turn, month: str, how: str) -> Reply:
    """Show an official the month of the region, read with the province's own login."""
    if turn.province is None:
        return await welcome.old_button(turn)
    asked = _over(turn, month)
    found = await province.regions_month(turn, turn.province.region, asked)
    lines = stating.lines_of_region(found)
    if how == "pdf":
        return Reply(lines=lines, attachment=stating.paper_of_region(found, turn.today))
    if how == "png":
        return Reply(lines=lines, attachment=stating.picture_of(asked))
    return Reply(lines=lines, buttons=stating.buttons_of_region(asked))


def _over(turn: Turn, month: str) -> date:
    asked, last = date.fromisoformat(f"{month}-01"), next_month(month_of(turn.today), -1)
    if asked > last:
        raise MonthIsNotOver(month=asked, last=last)
    return asked
