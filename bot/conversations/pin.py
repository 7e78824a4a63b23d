"""The PIN: set, changed, asked before an approval or a large card, reset; what is typed is deleted at once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversations import forms
from bot.state import Card, Draft, Form
from bot.talk import Incoming, Notice, Replacement, Reply, Turn, say
from bot.understand import grammar
from bot.understand.readings import PeopleKind, Slot
from core import corrections, database, identities, people, pins
from core.errors import Refusal
from core.permissions import Action, NotAllowed, may, who_may
from core.pins import Answer
from notifications.messages import BLANK, Content, Purpose, Say

Step = Callable[[Turn], Awaitable[Reply]]
Perform = Callable[[Turn, str], Awaitable[Reply]]  # does what a button's data says
GIVE, OLD, NEW, AGAIN = "pin", "pin-old", "pin-new", "pin-again"
ASKING = (GIVE, OLD, NEW, AGAIN)
_SET = re.compile(
    r"\s*/?(?:atur|buat|ganti|ubah)\s*pin(?:\s+(?:saya|baru))?\s*[.!]*\s*", re.IGNORECASE
)
_RESET = re.compile(r"\s*/?(?:reset|hapus)\s*pin\b\s*(.*)", re.IGNORECASE | re.DOTALL)
_TRY = re.compile(r"\s*[\d.,\- ]*\d[\d.,\- ]*\s*", re.ASCII)


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "atur pin" and "reset pin Budi"."""
    if _SET.fullmatch(text):
        return "pin-set", begin
    if said := _RESET.fullmatch(text):
        return "pin-reset", partial(_reset, said[1])
    return None


def is_try(form: Form | None, text: str) -> bool:
    """Say whether a text answers the question for a PIN: digits, or one word that is mostly digits."""
    if form is None or form.asking not in ASKING:
        return False
    word = text.strip()
    slipped = len(word) <= 12 and not re.search(r"\s", word) and len(re.findall(r"\d", word)) >= 4
    return slipped or _TRY.fullmatch(text) is not None


async def is_stray(turn: Turn, text: str) -> bool:
    """Say whether six digits that nobody asked for look like this person's PIN; an amount ends with 00."""
    form = turn.state.form
    plain = text.strip()
    if turn.standing is None or (form and form.asking) or plain.endswith("00"):
        return False
    if not re.fullmatch(r"[0-9]{6}", plain, re.ASCII):
        return False
    return await pins.has_one(turn.db, **_whose(turn))


def whose(form: Form | None, incoming: Incoming) -> tuple[int, int] | None:
    """Say of whom (cooperative, person) the PIN is that a message gives: on a shared phone not of who speaks now.

    Only what was typed as a PIN counts: any other message is of who speaks.
    """
    if form is None or incoming.text is None or not is_try(form, incoming.text):
        return None
    extra = form.draft.extra
    return extra["koperasi_id"], extra.get("person_id", 0)


async def guards(turn: Turn) -> bool:
    """Say whether a PIN stands before what belongs to this person on a shared phone."""
    return not turn.proven and await pins.has_one(turn.db, **_whose(turn))


async def ask_by_button(data: str, turn: Turn) -> Reply:
    """Ask for the PIN of the person a button speaks for; what it does comes after."""
    return await ask(turn, data)


def _whose(turn: Turn) -> dict[str, int]:
    return {"koperasi_id": turn.koperasi_id, "person_id": turn.here.person_id}


def _deleting(turn: Turn, reply: Reply) -> Reply:
    """Take what was typed out of the chat; where the channel cannot, ask the person to."""
    typed = turn.incoming.text_message
    if turn.incoming.keeps_typed:
        return replace(reply, edit=False, lines=(*reply.lines, BLANK, say("pin-clear")))
    return replace(reply, edit=False, deletes=(typed,) if typed else ())


async def stray(turn: Turn) -> Reply:
    """A PIN that was typed when nobody asked goes too."""
    key = "pin-not-asked-here" if turn.incoming.keeps_typed else "pin-not-asked"
    return _deleting(turn, Reply(lines=(say(key),)))


async def needed(turn: Turn, card: Card) -> bool:
    """Say whether a card's ✅ needs a PIN: the rule pin_above is set and the amount is above it."""
    limit = turn.here.rules.on(turn.today).pin_above
    if not limit or turn.proven:
        return False
    draft = card.draft
    if draft.operation == "batal":
        found = await corrections.described(
            turn.db, koperasi_id=turn.koperasi_id, number=int(draft.extra["entry"])
        )
        return found.amount > limit
    return (draft.amount or sum(row.amount for row in draft.rows)) > limit


async def ask(turn: Turn, then: str) -> Reply:
    """Ask for the PIN before doing what a button's data says; who has none sets one first."""
    if until := await pins.locked_until(turn.db, **_whose(turn), at=turn.now):
        return Reply(lines=(_locked(turn, until),))
    extra: dict[str, Any] = {"then": then}
    if turn.incoming.button is not None:
        extra["message"] = turn.incoming.message
    if await pins.has_one(turn.db, **_whose(turn)):
        return _ask(turn, GIVE, extra, *_question(turn, "pin-ask"))
    return _ask(turn, NEW, extra, *_question(turn, "pin-ask-first"))


async def begin(turn: Turn) -> Reply:
    """Take "atur pin": the old one first, where there is one."""
    if until := await pins.locked_until(turn.db, **_whose(turn), at=turn.now):
        return Reply(lines=(_locked(turn, until),))
    if await pins.has_one(turn.db, **_whose(turn)):
        return _ask(turn, OLD, {}, *_question(turn, "pin-ask-old"))
    return _ask(turn, NEW, {}, *_question(turn, "pin-ask-new"))


def _question(turn: Turn, key: str) -> tuple[Say, Say]:
    """Ask for digits, and say what becomes of the message with them."""
    return say("pin-typed-kept" if turn.incoming.keeps_typed else "pin-typed-deleted"), say(key)


def _ask(turn: Turn, slot: str, extra: dict[str, Any], *lines: Say) -> Reply:
    """Ask for digits; only what they are for is kept, never they."""
    before = turn.state.form
    if before and before.asking in ASKING:
        before = before.before
    extra = {**extra, "koperasi_id": turn.koperasi_id, "person_id": turn.here.person_id}
    asked = forms.ask(turn, Draft(extra=extra), slot, *lines)
    assert asked.state is not None
    assert asked.state.form is not None
    return asked.keeping(asked.state.asking(replace(asked.state.form, before=before)))


async def typed(form: Form, text: str, perform: Perform, turn: Turn) -> Reply:
    """Take typed digits; whatever comes of them, the message with them is deleted."""
    if form.draft.extra["koperasi_id"] != turn.koperasi_id:  # Asked where this chat speaks no more.
        gone = Reply(lines=(say("button-old"),), state=turn.state.asking(form.before))
        return _deleting(turn, gone)
    digits = re.sub(r"[\s.,-]", "", text)
    if not digits.isascii() or not digits.isdigit():
        digits = ""
    answer = {GIVE: _given, OLD: _given, NEW: _new, AGAIN: _again}[form.asking or GIVE]
    return _deleting(turn, await answer(turn, form, digits, perform))


async def _given(turn: Turn, form: Form, digits: str, perform: Perform) -> Reply:
    extra, asking = form.draft.extra, form.asking or GIVE
    if len(digits) != 6:
        return _ask(turn, asking, extra, say("pin-not-six"))
    found = await pins.check(turn.db, **_whose(turn), pin=digits, keys=turn.keys, at=turn.now)
    if found.answer is Answer.WRONG:
        return _ask(turn, asking, extra, say("pin-wrong", left=found.left))
    if found.answer is Answer.LOCKED:
        assert found.until is not None
        return Reply(lines=(_locked(turn, found.until),), state=turn.state.asking(form.before))
    if found.answer is Answer.NONE:
        return _ask(turn, NEW, extra, *_question(turn, "pin-ask-first"))
    if asking == OLD:
        return _ask(turn, NEW, {**extra, "old": True}, *_question(turn, "pin-ask-new"))
    if found.spent:  # Good for one use where it stays readable; whoever read it cannot use it.
        return _ask(
            turn, NEW, {**extra, "old": True}, say("pin-spent"), *_question(turn, "pin-ask-new")
        )
    return await _performed(turn, form, perform)


def _locked(turn: Turn, until: datetime) -> Say:
    return say("pin-locked", time=f"{until.astimezone(ZoneInfo(turn.zone)):%H.%M}")


async def _new(turn: Turn, form: Form, digits: str, _perform: Perform) -> Reply:
    extra = form.draft.extra
    if not extra.get("old") and await pins.has_one(turn.db, **_whose(turn)):
        return _ask(
            turn, OLD, extra, *_question(turn, "pin-ask-old")
        )  # Set meanwhile, in another chat.
    try:
        await pins.propose(turn.db, **_whose(turn), pin=digits, keys=turn.keys)
    except pins.BadPin as refusal:
        return _ask(turn, NEW, extra, forms.as_said(refusal), *_question(turn, "pin-ask-new"))
    return _ask(turn, AGAIN, extra, say("pin-ask-again"))


async def _again(turn: Turn, form: Form, digits: str, perform: Perform) -> Reply:
    extra = form.draft.extra
    same = await pins.confirm(turn.db, **_whose(turn), pin=digits, keys=turn.keys, at=turn.now)
    if not same:
        return _ask(turn, NEW, extra, say("pin-differs"))
    if "then" not in extra:
        return Reply(lines=(say("pin-set"),), state=turn.state.asking(form.before))
    reply = await _performed(turn, form, perform)
    return replace(reply, lines=(*reply.lines, BLANK, say("pin-set")))


async def _performed(turn: Turn, form: Form, perform: Perform) -> Reply:
    """Do what waited for the PIN; a refusal of it is said here, so that the PIN is deleted all the same."""
    then, message = str(form.draft.extra["then"]), form.draft.extra.get("message")
    state = turn.state.asking(form.before)
    if turn.incoming.keeps_typed:
        await pins.spend(turn.db, **_whose(turn), at=turn.now)
    incoming = replace(turn.incoming, text=None)
    proven = replace(turn, state=state, incoming=incoming, proven=True)
    raw = await database.driver(turn.db)
    await raw.execute("SAVEPOINT proven")
    try:
        reply = await perform(proven, then)
    except Refusal as refusal:
        await raw.execute("ROLLBACK TO SAVEPOINT proven")
        return Reply(lines=(forms.as_said(refusal),), state=state)
    if reply.state is None:
        reply = reply.keeping(state)
    if message is None or reply.replaces or then.startswith("k:"):
        return reply
    return replace(reply, replaces=(Replacement(content=Content(lines=()), message=message),))


async def _reset(name: str, turn: Turn) -> Reply:
    """Take "reset pin Budi": ketua or sekretaris lets somebody else set a new one."""
    if not may(turn.here.roles, Action.APPOINT):
        raise NotAllowed(who=who_may(Action.APPOINT))
    whom = await _named(turn, name)
    if whom is None:
        return Reply(lines=(say("pin-reset-whom"),))
    person_id, called = whom
    if person_id == turn.here.person_id:
        return Reply(lines=(say("pin-reset-own"),))
    there = await pins.forget(turn.db, koperasi_id=turn.koperasi_id, person_id=person_id)
    told = Notice(
        person_id=person_id,
        purpose=Purpose.NOTICE,
        content=Content(lines=(say("pin-reset-notice", name=turn.here.name),)),
        keep_days=30,
    )
    return Reply(lines=(say("pin-reset", name=called),), notices=(told,) if there else ())


async def _named(turn: Turn, name: str) -> tuple[int, str] | None:
    """Find the one person who is named: an officer by part of the name, else a member."""
    words = people.clean_name(name).casefold().split()
    if not words:
        return None
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    found = {
        office.person_id: office.name
        for office in held
        if set(words) <= set(office.name.casefold().split())
    }
    if len(found) == 1:
        return next(iter(found.items()))
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    reading = grammar.read(name, today=turn.today, directory=directory, expecting=Slot.MEMBER)
    if found or reading.people.kind is not PeopleKind.ONE:
        return None
    return reading.people.members[0].id, reading.people.members[0].name
