"""The buttons: what the data of each looks like and which step it calls; made-up data is answered kindly."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bot import commands
from bot.commands import Step
from bot.conversations import (
    announcement_rights,
    announcement_running,
    announcements,
    approvals,
    bills,
    cards,
    cash_seals,
    erasure,
    files,
    findings,
    fixes,
    forms,
    joining,
    legal_files,
    loan_guarantors,
    loans,
    members,
    monitoring,
    monthly,
    months,
    note_photos,
    offices,
    own_data,
    practice,
    province,
    receipts,
    reminders,
    reports,
    reversals,
    silence,
    simulation,
    topics,
    uses,
    welcome,
    wishes,
)
from bot.talk import Reply, Turn

Found = tuple[str, Step]  # what the turn is about, for the log, and what to do


@dataclass(frozen=True, slots=True)
class Press:
    """A button's step and what its data looks like; anything else was made up, or is of an older release."""

    words: re.Pattern[str]
    step: Callable[..., Awaitable[Reply]]


def _press_of(words: str, step: Callable[..., Awaitable[Reply]]) -> Press:
    return Press(re.compile(words, re.ASCII), step)


_MONTH = r"20\d\d-(?:0[1-9]|1[0-2])"

BUTTONS = {
    "k": _press_of(r"([A-Za-z0-9_-]{22}):(save|edit|cancel)", cards.pressed),
    "a": _press_of(
        r"(\d{1,9}):(\d{1,9}):(y\d{0,3}|[nws1-3])", approvals.pressed
    ),  # cooperative, request
    "r": _press_of(r"(\d{1,9}):(\d{1,15}):([yn])", receipts.pressed),  # cooperative, entry
    "x": _press_of(r"(\d{1,9}):(\d{1,15})", receipts.picture),  # cooperative, entry
    "v": _press_of(r"(\d{1,15})", reversals.pressed),  # entry
    "iz": _press_of(uses.WORDS, uses.pressed),
    "er": _press_of(erasure.WORDS, erasure.pressed),
    "fx": _press_of(fixes.WORDS, fixes.pressed),
    "ds": _press_of(own_data.WORDS, own_data.pressed),
    "l": _press_of(
        r"(members|unreached|offices|loans|arrears|history-\d{1,9}):(\d{1,6})", members.page
    ),  # list, offset
    "u": _press_of(
        rf"(show|balance|history|loans|record|invite|{_MONTH}(?:-png|-pdf)?):(\d{{1,9}})",
        members.chosen,
    ),
    "o": _press_of(r"(invite|end|ended):(\d{1,9})", offices.pressed),  # office
    "i": _press_of(r"(qr|sheet):([A-Z0-9]{10}):(\d{1,9})", offices.paper),  # code, person
    "d": _press_of(r"([0-9a-f]{32}):(save|edit|cancel)", files.pressed),  # file
    "p": _press_of(r"(on|off):([0-9a-f]{6})", wishes.pass_on),
    "pw": _press_of(r"(\d{1,9}):(\d{1,15}):(show|done)", wishes.pressed),  # cooperative, wish
    "b": _press_of(
        r"(\d{1,9}):(\d{1,9}):([prswtvxcyn])", announcement_running.pressed
    ),  # cooperative, announcement, what
    "h": _press_of(r"([A-Za-z0-9_-]{22}):(\d{1,6})", announcements.unreached),  # card, offset
    "n": _press_of(r"(\d{1,6})", province.page),  # offset
    "mo": _press_of(r"(64(?:\.\d\d)?):(trend|file|worst|show|link)", monitoring.pressed),  # region
    "ns": _press_of(r"(64(?:\.\d\d)?):(\d{1,6})", silence.page),  # region, offset
    "w": _press_of(r"(\d{1,9})", joining.who_speaks),  # member
    "j": _press_of(r"(\d{1,9}):(\d{1,9}):([yn])", loan_guarantors.pressed),  # cooperative, loan
    "q": _press_of(
        r"(\d{1,9}):(\d{1,9}):(show|plan|moves|why|end|fine|owed|late|next):(\d{1,6})",
        loans.pressed,
    ),  # cooperative, loan, what, page
    "e": _press_of(
        r"(\d{1,9}):(\d{1,9}):(paid|later|show):(\d{1,9}\.\d{1,4}\.\d{1,6})", reminders.pressed
    ),  # cooperative, person, answer, loan.version.instalment
    "eo": _press_of(
        r"(\d{1,9}):(\d{1,9}):(record|none|claim|claims|late|lost|wait|invite):(\d{1,9})",
        reminders.of_officer,
    ),  # cooperative, person, what, claim or person
    "s": _press_of(
        rf"(\d{{1,9}}):(\d{{1,9}}):({_MONTH}):(png|pdf)", monthly.pressed
    ),  # cooperative, person, month, how
    "sb": _press_of(rf"(\d{{1,9}}):({_MONTH}):(show|png|pdf)", months.of_books),  # cooperative
    "st": _press_of(reports.WORDS, reports.pressed),
    "sr": _press_of(rf"({_MONTH}):(show|png|pdf)", months.of_region),
    "db": _press_of(rf"({_MONTH}):(paid|unpaid|file|remind):(\d{{1,6}})", bills.pressed),
    "ks": _press_of(
        r"(\d{1,9}):(count|list):(\d{6})", cash_seals.pressed
    ),  # cooperative, what, day
    "np": _press_of(
        r"(\d{1,9}):([ae]):(\d{1,15}):(show|send)", note_photos.pressed
    ),  # cooperative, entry or request
    "fd": _press_of(r"(\d{1,9}):(\d{1,6})", findings.pressed),  # cooperative, finding
    "lf": _press_of(
        r"(\d{1,9}):([a-z]{2,10}):(\d{1,6}):(show|send)", legal_files.pressed
    ),  # cooperative, kind and number or paper and year
    "la": _press_of(
        r"(start|stop|list|n|yes|no):?([a-z-]{0,20}|\d{1,9})", practice.pressed
    ),  # what; lesson or request
    "he": _press_of(r"([a-z]{2,10})", topics.pressed),  # topic
    "g": _press_of(r"(\d{1,9}):(\d{1,9})", joining.switch),  # cooperative, person
}


def _is_officials(turn: Turn, prefix: str, rest: str) -> bool:
    """Say whether a button is of an announcement: officials press them without a cooperative."""
    form, card = turn.state.form, turn.state.card(rest.partition(":")[0])
    draft = {"f": form.draft if form else None, "k": card.draft if card else None}.get(prefix)
    announcing = draft is not None and draft.operation == announcement_rights.OPERATION
    return turn.province is not None and (announcing or prefix in ("b", "h"))


def find(turn: Turn, data: str) -> Found:
    """Find a button's step by its data; who does not stand here any more is told so."""
    prefix, _, rest = data.partition(":")
    official = _is_officials(turn, prefix, rest)
    if (
        turn.standing is None
        and not official
        and prefix not in ("w", "g", "m", "n", "ns", "sr", "mo")
    ):
        if turn.links:
            return "button-lost", joining.lost_access
        return "button-stranger", welcome.explain if turn.province is None else welcome.old_button
    if prefix == "f":
        return "form", _of_form(turn, rest)
    if prefix == "m" and rest in commands.COMMANDS:
        return rest, commands.step_of(turn, rest)
    press = BUTTONS.get(prefix)
    said = press.words.fullmatch(rest) if press else None
    if press is None or said is None:
        return "button-unknown", welcome.old_button
    return f"button-{prefix}", partial(_called, press.step, said.groups())


async def _called(
    step: Callable[..., Awaitable[Reply]], words: tuple[str, ...], turn: Turn
) -> Reply:
    return await step(turn, *words)


def _of_form(turn: Turn, rest: str) -> Step:
    mark, _, answer = rest.partition(":")
    slot, _, value = answer.partition(":")
    form = turn.state.form
    offered = turn.incoming.button in (form.choices if form else ()) or slot == "cancel"
    if form is None or form.mark != mark or not offered:
        return welcome.old_button
    if form.asking == simulation.ASKING:
        return simulation.cancelled  # the only button its questions have
    if slot == "edit":
        return partial(_edit, value)
    return partial(_press, slot, value)


async def _edit(slot: str, turn: Turn) -> Reply:
    return await cards.edit_slot(turn, slot)


async def _press(slot: str, value: str, turn: Turn) -> Reply:
    return await forms.pressed(turn, slot, value)
