"""A sentence of the book, typed where words were asked for: it is that sentence, or which is meant is asked."""

from __future__ import annotations

from dataclasses import replace

from bot.conversations import announcement_rights, approvals, forms, menu
from bot.conversations.operations import BY_INTENT
from bot.state import Form
from bot.talk import Reply, Turn, say
from bot.understand.readings import AmountKind, PeopleKind, Reading

_WORDS = ("reason", "note", "purpose")  # whatever is typed answers them
_NAMED = {PeopleKind.ONE, PeopleKind.SEVERAL, PeopleKind.MISMATCH}
_KEPT = "sentence"
RECORD, WORDS = "record", "words"


def takes_words(form: Form) -> bool:
    """Say whether whatever is typed answers the open question."""
    return form.asking in _WORDS or must_ask(form)


def must_ask(form: Form) -> bool:
    """Say whether others read the answer (an announcement, why a request is rejected): then which is meant is asked."""
    announcing = form.draft.operation == announcement_rights.OPERATION and form.asking == "isi"
    return announcing or form.asking == approvals.ASKING


def is_whole(form: Form, reading: Reading) -> bool:
    """Say whether it is a sentence of its own: an operation for certain, its member or loan, its amount."""
    if reading.intent not in BY_INTENT or menu.is_doubtful(reading):
        return False
    if len(reading.rows) > 1:
        return True
    said = reading.amount.kind is AmountKind.EXACT or reading.loan is not None
    of_member = BY_INTENT[reading.intent].of_member
    named = reading.people.kind in _NAMED or reading.loan is not None
    if form.asking == "reason":
        return said  # "beli 50rb" is no reason either.
    return said and (named or (must_ask(form) and not of_member))


async def ask(form: Form, text: str, turn: Turn) -> Reply:
    """Ask whether a sentence is to be recorded, or is what was asked for."""
    assert form.asking is not None
    draft = replace(form.draft, extra=form.draft.extra | {_KEPT: text})
    what = "reject" if form.asking == approvals.ASKING else "announce"
    choices = ((say("choice-meant-record"), RECORD), (say(f"choice-meant-{what}"), WORDS))
    asked = forms.ask(turn, draft, form.asking, say("ask-meant", said=text[:200]), choices=choices)
    assert asked.state is not None
    assert asked.state.form is not None
    again = replace(asked.state.form, before=form.before)
    return replace(asked, state=asked.state.asking(again))


def pressed(form: Form | None, data: str) -> tuple[str, str, Form] | None:
    """Return the sentence, what it was said to be, and the form as it was before it."""
    if form is None or _KEPT not in form.draft.extra or data not in form.choices:
        return None
    extra = {key: value for key, value in form.draft.extra.items() if key != _KEPT}
    before = replace(form, draft=replace(form.draft, extra=extra), choices=())
    return form.draft.extra[_KEPT], data.rpartition(":")[2], before
