"""Typed answers to the open question: what was asked for, a change of it, or a sentence of its own."""

from __future__ import annotations

from dataclasses import replace

from bot.conversations import (
    approvals,
    cards,
    cash_places,
    everyday_slots,
    families,
    forms,
    held_receipts,
    legal_files,
    loan_labels,
    monthly,
    note_photos,
    pin,
    reversals,
    simulation,
    unread,
)
from bot.conversations.operations import BY_INTENT
from bot.state import Draft, Form
from bot.talk import Reply, Turn, one_line, say
from bot.understand import grammar
from bot.understand.readings import AmountKind, DateKind, PeopleKind, Reading, Slot
from core.permissions import Action, may

_SAID = {
    "anggota": "member",
    "jumlah": "amount",
    "tanggal": "on",
    "jenis": "operation",
    "catatan": "note",
    "bulan": "months",
    "nomor transaksi": "entry",
    "alasan": "reason",
    "pinjaman": "loan",
    "produk": "product",
    "tenor": "tenor",
    "keperluan": "purpose",
    "penghasilan": "income",
    "penjamin": "guarantors",
    "lunasi pinjaman lama": "topup",
    "kelebihan": "rest",
    "sumber uang": "source",
    "kas/bank": "cash",
    "kas": "cash",
    "bank": "cash",
}
_EXPECTING = {
    "member": Slot.MEMBER,
    "amount": Slot.AMOUNT,
    "on": Slot.DATE,
    "operation": Slot.KIND,
    "note": Slot.NOTE,
}


async def answered(turn: Turn, form: Form, text: str) -> Reply | None:
    """Take a typed answer to the open question; None when it speaks of something else."""
    if form.asking in pin.ASKING:
        return None  # What is no PIN is no answer to the question for one.
    if form.asking == approvals.ASKING:
        return await approvals.reason_said(turn, form, text)
    if form.asking == simulation.ASKING:
        return await _simulated(turn, form, text)
    if form.asking in (note_photos.ASKING, legal_files.ASKING):
        return None  # A picture is awaited: what is typed is a sentence of its own.
    if form.asking == "who":
        return await monthly.answered(turn, form, text)
    reversing = form.draft.operation == "batal"
    allowed = (
        may(turn.here.roles, Action.REVERSE) if reversing else forms.may_fill(turn, form.draft)
    )
    if not allowed:
        return None  # The office ended while the form was open: its questions would name members.
    if form.asking == "edit":
        return await _changed(turn, form.draft, text)
    if reversing and form.asking in ("entry", "reason"):
        return await reversals.answered(turn, form.draft, form.asking, text)
    return await _filled(turn, form, text)


def is_reason(form: Form | None, text: str) -> bool:
    """Say whether "tidak jadi" answers why something is cancelled, and does not leave that question."""
    if form is None or form.asking != "reason" or form.draft.operation not in ("lepas", "batal"):
        return False
    return "jadi" in text.lower()


async def _simulated(turn: Turn, form: Form, text: str) -> Reply | None:
    """Go on with the simulation, or with the form it came between."""
    if turn.standing is None:
        return None  # It was asked where this chat speaks no more.
    reply = await simulation.answered(turn, form, text)
    if reply is not None or form.before is None:
        return reply
    left = replace(turn, state=turn.state.asking(form.before))
    return await answered(left, form.before, text)


async def _filled(turn: Turn, form: Form, text: str) -> Reply | None:
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    expecting = _EXPECTING.get(form.asking or "operation")
    if expecting is None:
        assert form.asking is not None
        if form.asking == cash_places.SLOT:
            placed = await cash_places.heard(turn, form.draft, text)
            return await forms.proceed(turn, placed) if placed else None
        if form.asking == held_receipts.SLOT:
            return None
        heard = await families.slots_of(form.draft).hear_slot(turn, form.draft, form.asking, text)
        return await forms.proceed(turn, heard) if isinstance(heard, Draft) else heard
    if expecting is Slot.NOTE:
        return await forms.proceed(turn, replace(form.draft, note=one_line(text)))
    reading = await loan_labels.read(turn, text, directory, expecting)
    if reading.intent is not None and reading.intent not in BY_INTENT:
        return None
    named = reading.intent in BY_INTENT and BY_INTENT[reading.intent].name
    if reading.rows or (named and _stands_alone(form.draft, named, reading)):
        return None  # A sentence of its own, with its own doubts: it is read as one.
    nothing = (
        not named
        and reading.people.kind is PeopleKind.NONE
        and reading.amount.kind is AmountKind.NONE
        and reading.date.kind is DateKind.NONE
    )
    if nothing:
        again = (
            forms.ask_date(turn, form.draft)
            if form.asking == "on"
            else await forms.proceed(turn, form.draft)
        )
        await unread.keep(turn)
        return replace(again, lines=(say("not-understood-here"), *again.lines))
    return await forms.from_reading(turn, reading, form.draft)


async def _changed(turn: Turn, draft: Draft, text: str) -> Reply | None:
    """Take "jumlah", or the new amount, day or name itself, as the answer to "Apa yang diubah?"."""
    slot = _SAID.get(text.strip().lower())
    form = turn.state.form
    if slot and form and any(choice.endswith(f":edit:{slot}") for choice in form.choices):
        return replace(await cards.edit_slot(turn, slot), edit=False)
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    reading = grammar.read(text, today=turn.today, directory=directory)
    said = reading.date.kind is not DateKind.NONE
    if not draft.rows:
        said |= reading.amount.kind is not AmountKind.NONE or reading.people.kind is PeopleKind.ONE
    if draft.operation == "batal" or reading.intent or reading.intents or reading.rows or not said:
        return None
    return await forms.from_reading(turn, reading, draft)


def _stands_alone(draft: Draft, named: str, reading: Reading) -> bool:
    """Another operation, or one that names member (or what it was for) and amount anew: nothing of the old form holds for it."""
    full = reading.people.kind is not PeopleKind.NONE and reading.amount.kind is not AmountKind.NONE
    other = reading.amount.kind is AmountKind.EXACT and everyday_slots.is_another(
        draft, reading.text
    )
    return full or other or draft.operation not in (None, named)
