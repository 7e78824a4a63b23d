"""The table of contents of the bot: commands, words and buttons -> steps, with whom each is for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot import buttons, commands, dispatch
from bot.buttons import Found
from bot.commands import Step
from bot.context import invite_code
from bot.conversations import (
    announcement_running,
    announcement_slots,
    announcement_spoken,
    answers,
    approvals,
    bank_loans,
    cards,
    closing_spoken,
    consents,
    erasure,
    files,
    findings,
    fixes,
    goods,
    joining,
    legal,
    legal_files,
    loan_labels,
    looks,
    meant,
    mending,
    menu,
    monitoring,
    note_photos,
    own_data,
    pin,
    practice,
    reached,
    reports,
    stock_counts,
    supplier_list,
    uses,
    welcome,
)
from bot.state import Form
from bot.talk import Reply, Turn
from bot.understand.intents import RECORDS
from bot.understand.readings import Intent, Reading
from notifications import outbox

_FREELY = ("reason", "note", "entry", approvals.ASKING)
_SPOKEN = ("saldo", "pinjaman", "riwayat", "catat", "anggota", "kas", "laporan")


async def find(turn: Turn) -> Found:
    """Find the step that answers this message."""
    incoming = turn.incoming
    if found := _at_once(turn):
        return found
    if incoming.contact:
        return "contact", joining.contact
    if incoming.button is not None:
        return await _of_button(turn, incoming.button)
    if turn.standing is None and turn.province is None:
        return "stranger", _of_stranger(turn)
    if incoming.document and announcement_slots.wants_file(turn):
        return "attachment", announcement_slots.attach
    if filed := await legal_files.wanted(turn):
        return "legal-file", filed
    if found := await _of_picture(turn):
        return found
    if incoming.document and not incoming.document.picture:
        return "document", files.received
    if incoming.text is None:
        return "other", welcome.not_text
    return await _of_text(turn, incoming.text)


def _at_once(turn: Turn) -> Found | None:
    """Find what is meant whatever was asked before: a new number, a code, STOP, the channel to be used."""
    incoming = turn.incoming
    if incoming.moved:
        return "moved", partial(reached.moved, incoming.moved)
    if invite_code(incoming):
        return "start-code", joining.start
    if incoming.text and (found := practice.spoken(turn, incoming.text)):
        return found
    if incoming.text and (asked := consents.spoken(incoming.text)):
        return asked.name, partial(consents.obey, asked)
    form = turn.state.form
    answering = form is not None and form.asking is not None
    if incoming.text and turn.links and (channel := reached.spoken(incoming.text, asked=answering)):
        return "channel", partial(reached.choose, channel)
    return None


def _of_stranger(turn: Turn) -> Step:
    if turn.links:
        text = turn.incoming.text
        return erasure.of_former if text and erasure.is_own(text) else joining.lost_access
    return welcome.explain if turn.state.joining is None else joining.ask_contact_again


async def _of_text(turn: Turn, text: str) -> Found:
    form = turn.state.form
    if turn.standing is not None:
        if form is not None and pin.is_try(form, text):
            return "pin", partial(pin.typed, form, text, _perform)
        if await pin.is_stray(turn, text):
            return "pin-stray", pin.stray
        found = pin.spoken(text) or approvals.spoken(text) or stock_counts.spoken(turn, text)
        found = (
            found
            or supplier_list.spoken(turn, text)
            or goods.spoken(turn, text)
            or findings.spoken(text)
            or looks.spoken(text)
            or own_data.spoken(text)
            or fixes.spoken(text)
            or uses.spoken(text)
            or erasure.spoken(text)
            or reports.spoken(turn, text)
            or note_photos.spoken(text)
            or closing_spoken.spoken(turn, text)
            or bank_loans.spoken(turn, text)
            or legal_files.spoken(turn, text)
            or legal.spoken(turn, text)
        )
        if found := found or await approvals.spoken_alone(turn, text):
            return found
    found = announcement_running.reason_typed(turn, text)
    found = found or await announcement_spoken.spoken(turn, text)
    found = found or await monitoring.spoken(turn, text)
    if found := found or legal.of_official(turn, text):
        return found
    command = re.match(r"\s*/([a-zA-Z]+)(?:@\w+)?(?:\s|$)", text)
    word = (command[1] if command else text.strip()[:20]).lower()
    if command and word in _SPOKEN and text[command.end() :].strip():
        return await _of_text(turn, f"{word} {text[command.end() :]}")  # "/saldo Siti"
    asked = form is not None and form.asking not in (None, *pin.ASKING)  # no word is a PIN
    if word in commands.COMMANDS and (command or not asked):
        return word, commands.step_of(turn, word)
    if form and turn.standing and (found := await _of_sentence(turn, form, text)):
        return found
    return announcement_slots.typed(turn, form, text) or await _of_words(turn, text)


async def _of_picture(turn: Turn) -> Found | None:
    """Find what takes a picture over: the words below it, else an expense's card or receipt."""
    if (said := note_photos.caption(turn)) and (found := await _of_caption(turn, said)):
        return found
    photographed = await note_photos.wanted(turn)
    return ("note-photo", photographed) if photographed else None


async def _of_caption(turn: Turn, text: str) -> Found | None:
    """Find what a picture's caption records: an expense keeps the picture as its note, anything else is only said."""
    reading = await read(turn, text)
    if menu.is_doubtful(reading) or reading.intent not in RECORDS:
        return None
    if reading.intent is Intent.EXPENSE and not reading.rows:
        return "note-photo", partial(note_photos.captioned, reading)
    name, step = dispatch.of_reading(turn, reading)
    return name, partial(
        _as_message, step, replace(turn, incoming=replace(turn.incoming, text=text))
    )


async def _of_sentence(turn: Turn, form: Form, text: str) -> Found | None:
    if not (meant.takes_words(form) and meant.is_whole(form, reading := await read(turn, text))):
        return None
    asking = ("meant", partial(meant.ask, form, text))
    return asking if meant.must_ask(form) else dispatch.of_reading(turn, reading)


async def _of_meant(turn: Turn, text: str, what: str, form: Form) -> Found:
    """Go on with a sentence of which was asked what it is: the form is left, or takes it."""
    said = replace(turn.incoming, button=None, text=text)
    left = form.before if what == meant.RECORD else form
    then = replace(turn, incoming=said, state=turn.state.asking(left))
    if what == meant.RECORD:
        name, step = await _of_words(then, text)
    elif found := announcement_slots.typed(then, form, text):
        name, step = found
    else:
        answered = await answers.answered(then, form, text)
        assert answered is not None
        name, step = f"form-{form.asking}", partial(_given, answered)
    return name, partial(_as_message, step, then)


async def _perform(turn: Turn, data: str) -> Reply:
    """Do what a button would have done that waited for the PIN."""
    if data.startswith("k:"):
        return await cards.typed(turn, data.split(":")[1], "save")
    _, step = buttons.find(turn, data)
    return replace(await step(turn), edit=False)


async def _of_words(turn: Turn, text: str) -> Found:
    form = turn.state.form
    reading = await read(turn, text)
    shown = turn.state.card(turn.state.shown or "")
    answers_card = shown is not None and {Intent.YES, Intent.NO} & set(reading.intents)
    if shown and answers_card and not await _is_shown_last(turn, shown.shown_at):
        turn = replace(turn, state=replace(turn.state, shown=None))
    if shown and (reply := await mending.mended(turn, text)) is not None:
        return "mending", partial(_given, reply)
    reading = _settled(turn, reading)
    if reading.intent in (Intent.YES, Intent.NO) and (found := _of_yes_or_no(turn, reading)):
        return reading.intent.value, found
    if reading.intent is Intent.CANCEL and not answers.is_reason(form, text):
        return "cancel", menu.cancel
    typing_freely = form is not None and form.asking in _FREELY
    if reading.intent is Intent.REVERSAL and not typing_freely and turn.standing:
        return dispatch.of_reading(turn, reading)
    listed = len(reading.rows or ()) > 1 and (form is None or form.asking != stock_counts.ASKING)
    if form and form.asking and not listed:
        answered = await answers.answered(turn, form, text)
        if answered is not None:
            return f"form-{form.asking}", partial(_given, answered)
    return dispatch.of_reading(turn, reading)


async def read(turn: Turn, text: str) -> Reading:
    """Read a message with the names of this cooperative in mind."""
    if turn.standing is None:
        directory = turn.services.directories.nobody
    else:
        directory = await turn.services.directories.of(
            turn.db, turn.standing.cooperative, turn.today
        )
    return await loan_labels.read(turn, text, directory)


async def _is_shown_last(turn: Turn, shown_at: datetime | None) -> bool:
    """Say whether a message can mean what was shown then: nothing was pushed after it, nor was it written before."""
    if shown_at is None:
        return True
    if turn.was_written_before(shown_at):
        return False
    return not await outbox.pushed_since(
        turn.db, koperasi_id=turn.koperasi_id, chat=turn.incoming.chat.key, since=shown_at
    )


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


async def _of_button(turn: Turn, data: str) -> Found:
    """Find the step of a pressed button, or of one that a typed number stands for."""
    if await _is_guarded(turn):
        return "pin-first", partial(pin.ask_by_button, data)
    if chosen := meant.pressed(turn.state.form, data):
        return await _of_meant(turn, *chosen)
    if not turn.incoming.is_number:
        return buttons.find(turn, data)
    form = turn.state.form
    asked = form is not None and data in form.choices
    if (
        not asked
        and not data.startswith("f:")
        and not await _is_shown_last(turn, turn.state.offered_at)
    ):
        return "number-late", welcome.number_late
    if data.startswith("k:"):
        card_id, what = data.split(":")[1:]
        if what == "save" and len(turn.state.cards) > 1:
            return "number-card", menu.which_card
        typed = replace(turn, incoming=replace(turn.incoming, button=None))
        return "number-card", partial(_as_message, partial(_typed, card_id, what), typed)
    name, step = buttons.find(turn, data)
    return f"number-{name}", partial(_as_message, step, turn)


async def _is_guarded(turn: Turn) -> bool:
    """Say whether a button speaks for another person of this shared phone who has a PIN: it is asked first."""
    here = turn.standing
    if here is None or turn.speaker == (turn.koperasi_id, here.person_id):
        return False
    sharing = sum(1 for koperasi_id, _ in turn.links if koperasi_id == turn.koperasi_id)
    return sharing > 1 and await pin.guards(turn)


async def _as_message(step: Step, chosen: Turn, _turn: Turn) -> Reply:
    """A typed number chose a button: the answer is a message of its own, nothing is edited."""
    return replace(await step(chosen), edit=False)


def _of_yes_or_no(turn: Turn, reading: Reading) -> Step | None:
    """A typed ya equals ✅ while exactly one card is open and was the last thing shown."""
    shown = turn.state.shown
    if shown is None or turn.state.card(shown) is None:
        return None
    if reading.intent is Intent.NO:
        return partial(_typed, shown, "cancel")
    return partial(_typed, shown, "save") if len(turn.state.cards) == 1 else menu.which_card


async def _typed(card_id: str, what: str, turn: Turn) -> Reply:
    return await cards.typed(turn, card_id, what)
