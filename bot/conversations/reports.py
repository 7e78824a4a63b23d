"""The reports by chat: a few lines, and as a picture, a paper or a workbook; of any time.

Who may see the books reads all of them until today; members read the statements of what is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.conversations import looks, report_lines, statements, welcome
from bot.talk import Reply, Turn, button, say
from bot.understand import report_times
from bot.understand import reports as asking
from core import closing
from core.accounts import chart
from core.calendar import month_of, next_month
from core.looks import What
from core.permissions import Action, NotAllowed, may, who_may
from core.statements import reports
from core.statements.checks import checks
from core.statements.figures import Period, figures
from notifications import report_files
from notifications.messages import Button

if TYPE_CHECKING:
    from bot.commands import Step

_UNFIT = 2  # failed checks that are named
_OFFERED = 6  # accounts of a buku besar that buttons offer
_FIRST: Final = ("neraca", "phu", "arus-kas", "perubahan-ekuitas", "calk", "neraca-saldo")
_MORE: Final = (
    "phu-unit",
    "neraca-unit",
    "buku-besar",
    "kas-harian",
    "simpanan",
    "kolektibilitas",
    "anggota",
)
_FIGURES: Final = frozenset({"neraca", "phu", "arus-kas", "neraca-saldo"})
_FORMATS: Final = ("png", "pdf", "xlsx")
_FILES_ONLY: Final = frozenset({"calk", "buku-besar", "simpanan", "kolektibilitas", "anggota"})
_HEADS: Final = {name: f"books-head-{name}" for name in ("phu-unit", "neraca-unit")}
WORDS: Final = (
    rf"(\d{{1,9}}):({'|'.join((*asking.NAMES, 'more'))})(?:\.(\d{{6}}|all))?"
    r":(20\d\d(?:-\d\d(?:-\d\d)?)?|20\d\d-\d\d-\d\d/20\d\d-\d\d-\d\d)"
    rf"(?::({'|'.join(_FORMATS)}))?"
)  # cooperative, report, account, time, what it is wanted as


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read "neraca", "laba rugi januari sampai juni pdf", "buku besar kas" of who may read that."""
    found = asking.asked(text, turn.today)
    if found is None or not _may_read(turn, found.name):
        return None
    return f"report-{found.name}", partial(_asked, found)


def _may_read(turn: Turn, name: str, how: str = "") -> bool:
    open_to_members = turn.here.member is not None and name in report_files.OF_MEMBERS
    return open_to_members or may(turn.here.roles, report_files.action_of(name, how))


async def _asked(found: asking.Asked, turn: Turn) -> Reply:
    """Show what was asked for; ask first which time or which account is meant."""
    if len(found.times) != 1:
        return _which_time(turn, found)
    if found.name == "buku-besar" and len(found.codes) != 1:
        return await _which_account(turn, found)
    code = found.codes[0] if found.codes else ""
    return await _show(turn, found.name, found.times[0], found.how, code)


def buttons(turn: Turn) -> tuple[tuple[Button, ...], ...]:
    """Make the buttons below /laporan: each statement of this year, and the books and lists."""
    made = [_button(turn, f"button-{name}", name, f"{turn.today.year}") for name in _FIRST]
    more = _button(turn, "button-more-reports", "more", f"{turn.today.year}")
    return (*_pairs(made), (more,))


def _pairs(made: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(made[n : n + 2]) for n in range(0, len(made), 2))


def _button(
    turn: Turn, label: str, name: str, time: str, how: str = "", code: str = "", **facts: str
) -> Button:
    named = f"{name}.{code}" if code else name
    return button(
        label, ":".join(filter(None, ("st", f"{turn.koperasi_id}", named, time, how))), **facts
    )


async def pressed(
    turn: Turn, koperasi: str, name: str, code: str | None, time: str, how: str | None
) -> Reply:
    """A button of a report: it stands for the cooperative and the time it was made for."""
    code, how = code or "", how or ""
    if int(koperasi) != turn.koperasi_id:
        raise statements.OthersAreNotShown
    if not _may_read(turn, name):
        raise NotAllowed(who=who_may(Action.SEE_BOOKS))
    try:
        ahead = report_times.begins(time) > report_times.ends(time, turn.today)
    except ValueError:
        ahead = True
    if ahead or code not in ("", "all", *chart()):
        return await welcome.old_button(turn)
    if name == "more":
        made = [_button(turn, f"button-{one}", one, time) for one in _MORE]
        return Reply(lines=(say("books-more"),), buttons=_pairs(made))
    if name == "buku-besar" and not code:
        return await _which_account(turn, asking.Asked(name, (time,), how))
    return await _show(turn, name, time, how, code)


def _period(turn: Turn, time: str) -> Period:
    return Period(first=report_times.begins(time), last=report_times.ends(time, turn.today))


async def _show(turn: Turn, name: str, time: str, how: str, code: str = "") -> Reply:
    """Say a report in less than 1 KB, with what does not hold; or make the file of it that is wanted."""
    if not _may_read(turn, name, how):
        raise NotAllowed(who=who_may(report_files.action_of(name, how)))
    period, here = _period(turn, time), turn.koperasi_id
    if not may(turn.here.roles, Action.SEE_BOOKS):
        closed = await closing.closed_through(turn.db, here)
        if closed is None or closed < period.first:
            return _not_closed(turn, name, closed)
        period = replace(period, last=min(period.last, closed))
    if how or code == "all":
        if name in report_files.NAMING:
            await looks.seen(turn, None, What.FILE)
        wanted = report_files.Wanted(
            name=name, period=period, how=how or "xlsx", code="" if code == "all" else code
        )
        who, today = turn.here.person_id, turn.today
        return Reply(lines=(), fresh=report_files.content(wanted, person_id=who, today=today))
    found = await figures(turn.db, koperasi_id=here, period=period)
    checked = await checks(turn.db, koperasi_id=here, period=period, today=turn.today, found=found)
    said = [
        say(_HEADS.get(name, f"books-{name}"), first=period.first, last=period.last),
        say("books-of", cooperative=turn.here.cooperative.name[:60]),
    ]
    if name in _FIGURES:
        said += report_lines.of_figures(name, found, period)
    else:
        made = await reports.report(
            turn.db, koperasi_id=here, name=name, period=period, found=found,
            codes=[code] if code else None,
        )  # fmt: skip
        said += report_lines.of_report(made, period)
    failed = [one for one in checked if not one.ok]
    if failed:
        said.append(say("books-unfit", count=len(failed)))
        said += [say("books-check", name=one.name, off=one.off) for one in failed[:_UNFIT]]
    return Reply(lines=tuple(said), buttons=_below(turn, name, time, code))


def _not_closed(turn: Turn, name: str, closed: date | None) -> Reply:
    """Say that members read what is closed, and offer the year until then."""
    if closed is None:
        return Reply(lines=(say("books-none-closed"),))
    made = _button(turn, "button-year", name, f"{closed.year}", year=f"{closed.year}")
    return Reply(lines=(say("books-not-closed", through=closed),), buttons=((made,),))


def _below(turn: Turn, name: str, time: str, code: str) -> tuple[tuple[Button, ...], ...]:
    """Offer the report as files, where its reader may have them, and of other times."""
    files: tuple[Button, ...] = ()
    if _may_read(turn, name, "pdf"):
        formats = _FORMATS[1:] if name in _FILES_ONLY else _FORMATS
        files = tuple(
            _button(turn, f"button-report-{how}", name, time, how, code) for how in formats
        )
    times = tuple(
        _button(turn, label, name, at, code=code) for label, at in _times(turn) if at != time
    )
    return (files, times) if files else (times,)


def _times(turn: Turn) -> tuple[tuple[str, str], ...]:
    month = month_of(turn.today)
    return (
        ("button-this-month", f"{month:%Y-%m}"),
        ("button-last-month", f"{next_month(month, -1):%Y-%m}"),
        ("button-this-year", f"{turn.today.year}"),
    )


def _which_time(turn: Turn, found: asking.Asked) -> Reply:
    """Ask which time is meant; of a report whose account is not clear either that is asked next."""
    code = found.codes[0] if len(found.codes) == 1 else ""
    if found.times:
        made = [
            _button(
                turn, "button-days", found.name, time, found.how, code,
                first=f"{(period := _period(turn, time)).first:%d-%m-%Y}",
                last=f"{period.last:%d-%m-%Y}",
            )
            for time in found.times
        ]  # fmt: skip
        return Reply(lines=(say("books-which-time"),), buttons=tuple((one,) for one in made))
    offered = (*_times(turn), ("button-last-year", f"{turn.today.year - 1}"))
    made = [_button(turn, label, found.name, at, found.how, code) for label, at in offered]
    return Reply(lines=(say("books-what-time"),), buttons=_pairs(made))


async def _which_account(turn: Turn, found: asking.Asked) -> Reply:
    """Ask which account's ledger is meant: those that may be, else those that moved most."""
    time = found.times[0]
    codes: Sequence[str] = found.codes
    if not codes:
        period = _period(turn, time)
        book = await figures(turn.db, koperasi_id=turn.koperasi_id, period=period)
        moved: dict[str, int] = {}
        for one in book.within(period):
            for code in (one.debit, one.credit):
                moved[code] = moved.get(code, 0) + one.amount
        codes = sorted(sorted(moved, key=lambda code: -moved[code])[:_OFFERED])
    names = chart()
    made = [
        _button(
            turn,
            "button-account",
            found.name,
            time,
            found.how,
            code,
            account=f"{code} {names[code].name}",
        )
        for code in codes[:_OFFERED]
    ]
    whole = _button(turn, "button-all-accounts", found.name, time, found.how, "all")
    return Reply(lines=(say("books-which-account"),), buttons=(*((one,) for one in made), (whole,)))
