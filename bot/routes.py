"""The table of contents of the bot: commands, words and buttons -> steps, with whom each is for."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from bot.conversations import (
    books,
    cards,
    files,
    forms,
    joining,
    members,
    menu,
    offices,
    province,
    receipts,
    reversals,
    statements,
    welcome,
)
from bot.conversations.operations import BY_INTENT
from bot.inbox import Opening
from bot.state import State
from bot.talk import Incoming, Reply, Turn
from bot.understand import grammar
from bot.understand.readings import Intent, Reading
from core.permissions import Action, NotAllowed, may, roles_that_may

Step = Callable[[Turn], Awaitable[Reply]]
Found = tuple[str, Step]  # what the turn is about, for the log, and what to do


@dataclass(frozen=True, slots=True)
class Route:
    """A step and whom it is for: anyone who is linked, members, or officers who may."""

    step: Step
    member: bool = False
    officer: bool = False
    action: Action | None = None
    province: bool = False


COMMANDS = {
    "start": Route(welcome.explain),
    "menu": Route(menu.show),
    "bantuan": Route(welcome.help_me),
    "batal": Route(menu.cancel),
    "saldo": Route(statements.balance),
    "riwayat": Route(statements.history),
    "pinjaman": Route(statements.loans),
    "simulasi": Route(statements.simulation),
    "cek": Route(receipts.check),
    "datasaya": Route(statements.my_data),
    "catat": Route(menu.record, action=Action.RECORD_SAVINGS),
    "anggota": Route(members.listing, action=Action.SEE_MEMBERS),
    "kas": Route(books.cash, action=Action.SEE_BOOKS),
    "laporan": Route(books.report, action=Action.SEE_BOOKS),
    "pengurus": Route(offices.listing, action=Action.APPOINT),
    "pengumuman": Route(province.announcement, province=True),
    "pantau": Route(province.monitor, province=True),
    "ganti": Route(joining.choose_cooperative),
}
INTENTS = {
    Intent.START: "start",
    Intent.MENU: "menu",
    Intent.RECORD: "catat",
    Intent.HELP: "bantuan",
    Intent.GREETING: "menu",
    Intent.CANCEL: "batal",
    Intent.LOAN_INQUIRY: "pinjaman",
    Intent.SIMULATION: "simulasi",
    Intent.CHECK_RECEIPT: "cek",
    Intent.MY_DATA: "datasaya",
    Intent.MEMBERS_LIST: "anggota",
    Intent.CASH_INQUIRY: "kas",
    Intent.REPORT: "laporan",
    Intent.ANNOUNCEMENT: "pengumuman",
    Intent.MONITOR: "pantau",
    Intent.SWITCH: "ganti",
}


_CODE_CHECK = re.compile(
    r"\s*cek\s+(?=[A-Z0-9\s-]*\d)[A-Z0-9]{4}[-\s]?[A-Z0-9]{4}\s*$", re.IGNORECASE
)
_THANKS = re.compile(
    r"\s*(?:terima ?kasih|makasih?|trims|thanks?|tengkyu)\b[^\d]{0,40}$", re.IGNORECASE
)
_REVERSAL = re.compile(
    r"\s*(?:tolong\s+)?(?:batal(?:kan)?|hapus)\s+(?:transaksi\s+|bukti\s+|catatan\s+)?"
    r"(?:no(?:mor)?\b\.?\s*|#\s*)?(\d{1,9})\b",
    re.IGNORECASE,
)
LATER = {
    Intent.LOAN_APPLICATION,
    Intent.LOAN_DISBURSEMENT,
    Intent.LOAN_REPAYMENT,
    Intent.EXPENSE,
    Intent.SALE,
    Intent.PURCHASE,
    Intent.BANK_DEPOSIT,
    Intent.BANK_WITHDRAW,
}  # understood, but not recorded by chat yet


def invite_code(incoming: Incoming) -> str | None:
    """Return the code of `/start CODE`: the channel's deep link sends it as a message."""
    found = re.match(r"\s*/start(?:@\w+)?\s+([A-Za-z0-9_-]{4,64})\s*$", incoming.text or "")
    return found[1] if found else None


def context(opening: Opening, state: State, incoming: Incoming) -> tuple[int | None, int | None]:
    """Say which cooperative and person this turn speaks in: usually where the chat stands.

    A contact that was asked for belongs to the cooperative being joined; a receipt's button and a
    switch to the cooperative they name, if this chat speaks there.
    """
    if state.joining and (incoming.contact or (incoming.button or "").startswith("w:")):
        return state.joining.get("koperasi_id"), None
    if named := re.match(r"[rxg]:(\d{1,9}):(\d{1,15})", incoming.button or "", re.ASCII):
        here = (opening.koperasi_id, opening.person_id)
        there = [link for link in opening.links if link[0] == int(named[1])]
        if incoming.button and incoming.button.startswith("g:"):
            there = [link for link in there if link[1] == int(named[2])]
        return here if here in there or not there else there[0]
    return opening.koperasi_id, opening.person_id


async def find(turn: Turn) -> Found:
    """Find the step that answers this message."""
    incoming = turn.incoming
    if invite_code(incoming):
        return "start-code", joining.start
    if incoming.contact:
        return "contact", joining.contact
    if incoming.button is not None:
        return _of_button(turn, incoming.button)
    if turn.standing is None and turn.province is None:
        return "stranger", _of_stranger(turn)
    if incoming.document:
        return "document", files.received
    if incoming.text is None:
        return "other", welcome.not_text
    return await _of_text(turn, incoming.text)


def _of_stranger(turn: Turn) -> Step:
    if turn.links:
        return joining.lost_access
    return welcome.explain if turn.state.joining is None else joining.ask_contact_again


@dataclass(frozen=True, slots=True)
class Press:
    """A button's step and what its data looks like; anything else was made up, or is of an older release."""

    words: re.Pattern[str]
    step: Callable[..., Awaitable[Reply]]


def _press_of(words: str, step: Callable[..., Awaitable[Reply]]) -> Press:
    return Press(re.compile(words, re.ASCII), step)


BUTTONS = {
    "k": _press_of(r"([A-Za-z0-9_-]{22}):(save|edit|cancel)", cards.pressed),
    "r": _press_of(r"(\d{1,9}):(\d{1,15}):([yn])", receipts.pressed),  # cooperative, entry
    "x": _press_of(r"(\d{1,9}):(\d{1,15})", receipts.picture),  # cooperative, entry
    "v": _press_of(r"(\d{1,15})", reversals.pressed),  # entry
    "l": _press_of(r"(members|history-\d{1,9}):(\d{1,6})", members.page),  # list, offset
    "u": _press_of(r"(show|balance|history|record|invite):(\d{1,9})", members.chosen),
    "o": _press_of(r"(invite|end|ended):(\d{1,9})", offices.pressed),  # office
    "i": _press_of(r"(qr|sheet):([A-Z0-9]{10}):(\d{1,9})", offices.paper),  # code, person
    "d": _press_of(r"([0-9a-f]{32}):(save|cancel)", files.pressed),  # file
    "p": _press_of(r"(on|off)", welcome.pass_on),
    "n": _press_of(r"(\d{1,6})", province.page),  # offset
    "w": _press_of(r"(\d{1,9})", joining.who_speaks),  # member
    "g": _press_of(r"(\d{1,9}):(\d{1,9})", joining.switch),  # cooperative, person
}


def _of_button(turn: Turn, data: str) -> Found:
    prefix, _, rest = data.partition(":")
    if turn.standing is None and prefix not in ("w", "g", "m", "n"):
        if turn.links:
            return "button-lost", joining.lost_access
        return "button-stranger", welcome.explain if turn.province is None else welcome.old_button
    if prefix == "f":
        return "form", _of_form(turn, rest)
    if prefix == "m" and rest in COMMANDS:
        return rest, _of_command(turn, rest)
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
    if slot == "edit":
        return partial(_edit, value)
    return partial(_press, slot, value)


async def _edit(slot: str, turn: Turn) -> Reply:
    return await cards.edit_slot(turn, slot)


async def _press(slot: str, value: str, turn: Turn) -> Reply:
    return await forms.pressed(turn, slot, value)


def _of_command(turn: Turn, name: str) -> Step:
    """Find a command's step; who may not is told so, who is not meant is told what there is."""
    route = COMMANDS[name]
    here = turn.standing
    if route.province:
        return route.step if turn.province else welcome.not_for_you
    if here is None:
        return route.step if name in ("start", "menu", "bantuan", "batal") else welcome.not_for_you
    if route.action and not may(here.roles, route.action):
        if not here.roles:
            return welcome.not_for_you
        return partial(_not_allowed, route.action)
    return route.step


async def _not_allowed(action: Action, turn: Turn) -> Reply:
    raise NotAllowed(who=", ".join(role.value for role in roles_that_may(action)))


async def _of_text(turn: Turn, text: str) -> Found:
    form = turn.state.form
    command = re.match(r"\s*/([a-zA-Z]+)(?:@\w+)?(?:\s|$)", text)
    word = (command[1] if command else text.strip()[:20]).lower()
    if word in COMMANDS and (command or not (form and form.asking)):
        return word, _of_command(turn, word)
    if _THANKS.match(text):
        return "thanks", welcome.thanked
    if _CODE_CHECK.match(text) and turn.standing:
        return "cek", receipts.check
    if form and form.asking and (chosen := _by_digit(text, form.choices)):
        pressed = replace(turn, incoming=replace(turn.incoming, button=chosen))
        step = _of_form(pressed, chosen.removeprefix("f:"))
        return "digit", partial(_as_message, step, pressed)
    reading = _settled(turn, await read(turn, text))
    if reading.intent in (Intent.YES, Intent.NO) and (found := _of_yes_or_no(turn, reading)):
        return reading.intent.value, found
    if reading.intent is Intent.CANCEL:
        return "cancel", menu.cancel
    if reading.intent is Intent.REVERSAL and turn.standing and turn.standing.roles:
        return _of_reading(turn, reading)
    if form and form.asking and not (reading.rows and len(reading.rows) > 1):
        answered = await forms.answered(turn, form, text) if form.asking != "edit" else None
        if answered is not None:
            return f"form-{form.asking}", partial(_given, answered)
    return _of_reading(turn, reading)


async def read(turn: Turn, text: str) -> Reading:
    """Read a message with the names of this cooperative in mind."""
    if turn.standing is None:
        directory = turn.services.directories.nobody
    else:
        directory = await turn.services.directories.of(
            turn.db, turn.standing.cooperative, turn.today
        )
    reading = grammar.read(text, today=turn.today, directory=directory)
    if named := _REVERSAL.match(text):
        return replace(reading, intent=Intent.REVERSAL, reference=named[1])
    return reading


def _settled(turn: Turn, reading: Reading) -> Reading:
    """BENAR answers an open card that was shown last, else the newest receipt; so does BUKAN."""
    shown = turn.state.shown
    if shown is not None and turn.state.card(shown) is not None:
        for intent in (Intent.YES, Intent.NO):
            if intent in reading.intents:
                return replace(reading, intent=intent)
    return reading


async def _given(reply: Reply, _turn: Turn) -> Reply:
    return reply


async def _as_message(step: Step, pressed: Turn, _turn: Turn) -> Reply:
    """A typed digit chose a button: the answer is a message of its own, nothing is edited."""
    return replace(await step(pressed), edit=False)


def _by_digit(text: str, choices: tuple[str, ...]) -> str | None:
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and 1 <= int(plain[:3]) <= len(choices):
        return choices[int(plain) - 1]
    return None


def _of_yes_or_no(turn: Turn, reading: Reading) -> Step | None:
    """A typed ya equals ✅ while exactly one card is open and was the last thing shown."""
    shown = turn.state.shown
    if shown is None or turn.state.card(shown) is None:
        return None
    if reading.intent is Intent.NO:
        return partial(_typed, shown, "cancel")
    return partial(_typed, shown, "save") if len(turn.state.cards) == 1 else menu.which_card


async def _typed(card_id: str, what: str, turn: Turn) -> Reply:
    return replace(await cards.pressed(turn, card_id, what), edit=False)


async def _nothing_to_confirm(_intent: Intent, turn: Turn) -> Reply:
    return await welcome.nothing_to_confirm(turn)


_BY_INTENT: dict[Intent, Callable[[Intent, Turn], Awaitable[Reply]]] = {
    Intent.CONFIRM_RECEIPT: receipts.typed,
    Intent.DISPUTE_RECEIPT: receipts.typed,
    Intent.STOP: statements.consent,
    Intent.RESUME: statements.consent,
    Intent.YES: _nothing_to_confirm,
    Intent.NO: _nothing_to_confirm,
}
_BY_READING: dict[Intent | None, Callable[[Reading, Turn], Awaitable[Reply]]] = {
    Intent.BALANCE_INQUIRY: statements.balance_of,
    Intent.DUES_INQUIRY: statements.balance_of,
    Intent.HISTORY_INQUIRY: statements.history_of,
    Intent.INVITE: offices.invite_by_words,
}


def _of_reading(turn: Turn, reading: Reading) -> Found:
    intent = reading.intent
    name = intent.value if intent else "unknown"
    officer = turn.standing is not None and bool(turn.standing.roles)
    if turn.standing is None:
        command = INTENTS.get(intent) if intent else None
        return name, _of_command(turn, command or "bantuan")
    if intent is not None and intent in _BY_INTENT:
        return name, partial(_BY_INTENT[intent], intent)
    if intent in _BY_READING:
        return name, partial(_BY_READING[intent], reading)
    if intent in INTENTS:
        return name, _of_command(turn, INTENTS[intent])
    if not officer:
        return name, partial(welcome.of_member, reading)
    if intent is Intent.REVERSAL:
        return name, partial(reversals.begin, reading)
    return name, partial(_of_officer, reading)


async def _of_officer(reading: Reading, turn: Turn) -> Reply:
    """Officers record: a certain sentence gets its card, anything else a question."""
    if not may(turn.here.roles, Action.RECORD_SAVINGS):
        if reading.intent in BY_INTENT or reading.rows:
            raise NotAllowed(
                who=", ".join(role.value for role in roles_that_may(Action.RECORD_SAVINGS))
            )
        return await welcome.not_understood(turn)
    if reading.intent in LATER:
        return await welcome.not_yet(turn)
    if menu.is_doubtful(reading):
        return await menu.doubt(turn, reading)
    if reading.intent not in BY_INTENT and not reading.rows and not menu.speaks_of_money(reading):
        return await welcome.not_understood(turn)
    return await forms.from_reading(turn, reading)
