"""A closed month by words or by a button: the lines, as a picture, as a paper; the own, for officers any member's."""

from __future__ import annotations

import re
from datetime import date

from bot.conversations import receipts, statements
from bot.state import Form
from bot.talk import Reply, Turn
from bot.understand.readings import Reading
from core.calendar import last_day, month_of, next_month
from core.errors import Refusal
from core.people import Member, NotYetMember
from core.reports.statement import statement
from notifications import stating

_ON_PAPER = re.compile(r"\b(?:cetak|dicetak|cetakan|print|diprint|pdf)\b", re.IGNORECASE)
_BALANCE = re.compile(r"\b(?:saldo|saldonya|saldoku|koran)\b", re.IGNORECASE)
_ASKED = re.compile(r"(?P<month>20\d\d-\d\d)(?:-(?P<how>png|pdf))?")  # what a question keeps
_BY_NAME = re.compile(r"\b(?:rek|rekening)\s+koran\b", re.IGNORECASE)


class MonthIsNotOver(Refusal):
    """Only a month that is over has a statement. Facts: month, last (the last one that has)."""

    text = "refusal-month-not-over"


async def balance_of(reading: Reading, turn: Turn) -> Reply:
    """Answer "saldo", and with a month or a word of printing the statement of a month that is over."""
    month = _meant(reading, turn.today)
    if month is None:
        return await statements.balance_of(reading, turn)
    return await _of(reading, turn, month, "pdf" if is_printed(reading) else None)


async def picture_of(reading: Reading, turn: Turn) -> Reply:
    """Show a picture by words: of a month's balance where that is said, else of a receipt."""
    if not _BALANCE.search(reading.text):
        return await receipts.picture_of(reading, turn)
    last = next_month(month_of(turn.today), -1)
    return await _of(reading, turn, _meant(reading, turn.today) or last, "png")


async def _of(reading: Reading, turn: Turn, month: date, how: str | None) -> Reply:
    """Show whose month is meant; where that has to be asked for, the question keeps the month."""
    what = f"{month:%Y-%m}-{how}" if how else f"{month:%Y-%m}"
    found = await statements.meant(turn, reading, what)
    return found if isinstance(found, Reply) else await _show(turn, found, month, how)


async def answered(turn: Turn, form: Form, text: str) -> Reply | None:
    """Take a typed name as the answer to "yang mana?", for a month or for today."""
    asked = _ASKED.fullmatch(form.draft.operation or "")
    if asked is None:
        return await statements.answered(turn, form, text)
    month, how = _read(asked)

    async def show(reading: Reading, turn: Turn) -> Reply:
        return await _of(reading, turn, month, how)

    return await statements.answered(turn, form, text, show)


async def chosen(turn: Turn, member: Member, what: str) -> Reply | None:
    """Show the month of who was chosen; none when a button asks for no month."""
    asked = _ASKED.fullmatch(what)
    return None if asked is None else await _show(turn, member, *_read(asked))


def _read(asked: re.Match[str]) -> tuple[date, str | None]:
    return date.fromisoformat(f"{asked['month']}-01"), asked["how"]


def _meant(reading: Reading, today: date) -> date | None:
    """Return the month whose statement is meant; none when it is today's balance that is asked for.

    Without a month the last one that is over is printed.
    """
    printed = is_printed(reading) or _BY_NAME.search(reading.text)
    if len(reading.period.months) != 1:
        return next_month(month_of(today), -1) if printed else None
    month = behind_us(reading, today)
    return month if printed or month != month_of(today) else None


def behind_us(reading: Reading, today: date) -> date:
    """Return the one month that is said; without a year it lies behind us."""
    (month,) = reading.period.months
    ahead = month > today and str(month.year) not in reading.text
    return next_month(month, -12) if ahead else month


def is_printed(reading: Reading) -> bool:
    """Say whether a paper is asked for."""
    return _ON_PAPER.search(reading.text) is not None


async def pressed(turn: Turn, koperasi: str, person: str, month: str, what: str) -> Reply:
    """A button of a statement: the month as a picture or a paper, for the member it was said to."""
    here = turn.here
    if int(koperasi) != turn.koperasi_id or int(person) != here.person_id:
        raise statements.OthersAreNotShown
    if here.member is None:
        raise statements.NoMembership
    return await _show(turn, here.member, date.fromisoformat(f"{month}-01"), what)


async def _show(turn: Turn, member: Member, month: date, what: str | None) -> Reply:
    """Show a member's month; `what` is png, pdf or nothing, then the buttons for both."""
    last = next_month(month_of(turn.today), -1)
    if month > last:
        raise MonthIsNotOver(month=month, last=last)
    if last_day(month) < member.joined_on:
        raise NotYetMember(member=member.name, joined_on=member.joined_on)
    found = await statement(turn.db, cooperative=turn.here.cooperative, member=member, month=month)
    lines = stating.lines(found)
    if what == "pdf":
        return Reply(lines=lines, attachment=stating.paper(found, turn.today))
    if what == "png":
        return Reply(lines=lines, attachment=stating.picture_of(month))
    own = member.id == turn.here.person_id
    theirs = stating.buttons_of_member(member.id, month)
    mine = stating.buttons(turn.koperasi_id, member.id, month)
    return Reply(lines=lines, buttons=mine if own else theirs)
