"""A closed month of the cooperative for its officers, of a region for its officials: by words, picture, paper."""

from __future__ import annotations

import re
from datetime import date

from bot.conversations import monthly, province, statements, welcome
from bot.conversations.monthly import MonthIsNotOver
from bot.talk import Reply, Turn, say
from bot.understand.readings import DateKind, Intent, Reading
from core.calendar import month_of, next_month
from core.permissions import Action, NotAllowed, may, who_may
from core.reports.cooperative import month_of_cooperative
from notifications import stating

_OTHER_TIMES = re.compile(r"\b(?:tahun|thn|minggu|triwulan|semester|20\d\d)\b", re.IGNORECASE)


def is_meant(reading: Reading, today: date) -> bool:
    """Say whether a report of another time than today is asked for: "laporan oktober", "laporan tahun 2025"."""
    if reading.intent is not Intent.REPORT:
        return False
    said = reading.date
    another_day = said.kind is not DateKind.NONE and said.day != today
    months = reading.period.months
    return (
        another_day
        or (months or (month_of(today),)) != (month_of(today),)
        or (not months and _OTHER_TIMES.search(reading.text) is not None)
    )


async def report(reading: Reading, turn: Turn) -> Reply:
    """Answer "laporan oktober" with that month of the books, or of the region; other times have no report."""
    if len(reading.period.months) != 1:
        return Reply(lines=(say("report-by-month"),))
    month = f"{monthly.behind_us(reading, turn.today):%Y-%m}"
    how = "pdf" if monthly.is_printed(reading) else "show"
    if turn.province is not None and not (turn.standing and turn.standing.roles):
        return await of_region(turn, month, how)
    return await of_books(turn, str(turn.koperasi_id), month, how)


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
