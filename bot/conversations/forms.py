"""Fill a form by words and buttons in any mix: ask for what is missing, one thing at a time, then show the card."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, timedelta

from bot.conversations import (
    agency_slots,
    announcement_rights,
    batches,
    cards,
    cash_places,
    families,
    goods_slots,
    held_receipts,
    loan_application_slots,
)
from bot.conversations.operations import BY_INTENT, OPERATIONS, Operation
from bot.state import Draft, Form, Row
from bot.talk import Reply, Turn, button, one_line, say
from bot.understand.readings import (
    AmountKind,
    AmountReading,
    DateKind,
    DateReading,
    Intent,
    PeopleKind,
    PeopleReading,
    Reading,
)
from core import identities, ledger, people, permissions, texts
from core.errors import Refusal
from core.money import LARGEST
from core.permissions import Action, may
from notifications.messages import Button, Fact, Say

_ASKED_AGAIN: dict[type[Refusal], str] = {
    ledger.AmountTooLarge: "amount",
    ledger.BookIsClosed: "on",
    ledger.FutureDate: "on",
    people.NotYetMember: "on",
    people.MemberHasLeft: "member",
}
_SLOTS_OF_ALL = ("operation", "member", "amount", "on")
_ABOVE = "above"  # the amount above the limit per message that was asked about
_OFFERED = 5  # choices at most: more do not fit a small screen


async def from_reading(turn: Turn, reading: Reading, draft: Draft | None = None) -> Reply:
    """Put what was read into a form, new or half filled, and go on from there."""
    if reading.rows:
        return await batches.begin(turn, reading)
    base = draft or Draft()
    if reading.intent in BY_INTENT:
        base = replace(base, operation=BY_INTENT[reading.intent].name)
    if not may_record(turn, base):
        reading = loan_application_slots.own_only(turn, reading)
    if not base.rows:
        base = _with_period(base, reading)
    if base.operation is not None and not base.rows:
        base = families.slots_of(base).heard(turn, base, reading)
    if reading.by_bank and not reading.from_savings and not base.rows:
        base = cash_places.taken(base, await cash_places.bank_of(turn, reading.text))
    base = await held_receipts.heard(turn, base, reading)
    filled, question = await _fill(turn, base, reading)
    return question or await proceed(turn, filled)


def _with_period(draft: Draft, reading: Reading) -> Draft:
    months = reading.period.months or ()
    count = max(reading.period.count or 0, 0)
    note = one_line(reading.note) or draft.note
    extra = draft.extra | ({"count": count} if count and not months else {})
    extra |= agency_slots.told(reading)
    if draft.operation is None and {Intent.SALE, Intent.PURCHASE} & set(reading.intents):
        # "Siti beli beras 2 karung", "beli paku 2 kg": whichever it is, it may name goods.
        extra = goods_slots.told(extra, [(reading.text, None)])
    return replace(draft, months=months or draft.months, note=note, extra=extra)


async def _fill(turn: Turn, draft: Draft, reading: Reading) -> tuple[Draft, Reply | None]:
    """Take over what is certain; return a question for what is not."""
    draft, doubts = _amount_into(draft, reading.amount)
    draft = _date_into(draft, reading)
    if draft.rows:
        return batches.fill(draft, reading), None
    if "markup" in reading.doubts:
        return draft, await ask_which(turn, draft, reading.people, "ask-member-plain")
    if draft.operation is not None and not OPERATIONS[draft.operation].of_member:
        return await _of_nobody(turn, draft, reading, doubts)
    if reading.people.kind is PeopleKind.ONE:
        draft = replace(draft, member=reading.people.members[0].id)
    elif reading.people.kind not in (PeopleKind.NONE, PeopleKind.SELF):
        return draft, await ask_which(turn, draft, reading.people)
    if reading.people.kind is PeopleKind.SELF and turn.here.member:
        draft = replace(draft, member=turn.here.member.id)
    if draft.operation is None:
        return draft, ask_operation(turn, draft, _among(turn, reading))
    if draft.member is None:
        return draft, ask(turn, draft, "member", say("ask-member"))
    if doubts is not None:
        return draft, ask_amount(turn, draft, doubts)
    return draft, None


_WHOSE = ("jual", "retur", "titipmasuk", "titipkembali", "jualtitipan", "bayartitipan")
_OR_SAVINGS = {"setorbank": "sukarela", "tarikbank": "tarik"}


async def _of_nobody(
    turn: Turn, draft: Draft, reading: Reading, doubts: AmountReading | None
) -> tuple[Draft, Reply | None]:
    """Go on with what is about no member; "Siti setor 50rb ke bank" may be her savings: it is asked.

    So is who of several bought, and an amount that goods cannot settle.
    """
    instead = _OR_SAVINGS.get(draft.operation or "")
    if instead and reading.people.kind is not PeopleKind.NONE:
        if reading.people.kind is PeopleKind.ONE:
            draft = replace(draft, member=reading.people.members[0].id)
        among = (OPERATIONS[instead], OPERATIONS[draft.operation or ""])
        return draft, ask_operation(turn, replace(draft, operation=None), among)
    if reading.people.kind is PeopleKind.SEVERAL and draft.operation in _WHOSE:
        return draft, await ask_which(turn, draft, reading.people)
    if doubts is None or families.settles(draft, doubts.why):
        return draft, None
    return draft, ask_amount(turn, draft, doubts)


def _amount_into(draft: Draft, amount: AmountReading) -> tuple[Draft, AmountReading | None]:
    if amount.kind is AmountKind.EXACT and amount.value is not None:
        extra = {key: value for key, value in draft.extra.items() if key != "amounts"}
        return replace(draft, amount=amount.value, extra=extra), None
    if amount.why == "lookup":
        return replace(draft, extra=draft.extra | {"why": "lookup"}), None
    if amount.kind in (AmountKind.ASK, AmountKind.REFUSE):
        offered = [value for value in amount.choices if 0 < value <= LARGEST]
        extra = draft.extra | {"amounts": offered, "why": amount.why}
        return replace(draft, amount=None, extra=extra), amount
    return draft, None


def _date_into(draft: Draft, reading: Reading) -> Draft:
    """Take a certain day over; one that is not is kept until it can be asked about."""
    extra = {key: value for key, value in draft.extra.items() if key != "date"}
    if reading.date.kind is DateKind.DAY:
        return replace(draft, on=reading.date.day, extra=extra)
    if reading.date.kind is DateKind.NONE:
        return draft
    asked = {
        "future": reading.date.kind is DateKind.FUTURE,
        "said": reading.date.said[:40],
        "days": [day.isoformat() for day in reading.date.choices],
    }
    return replace(draft, on=None, extra=extra | {"date": asked})


async def proceed(turn: Turn, draft: Draft) -> Reply:
    """Ask for the next missing slot, or show the card."""
    if draft.rows:
        return await batches.proceed(turn, draft)
    if draft.operation is None:
        return ask_operation(turn, draft)
    if draft.member is None and OPERATIONS[draft.operation].of_member:
        return ask(turn, draft, "member", say("ask-member"))
    if held_receipts.is_asked(draft):
        return await held_receipts.ask(turn, draft)
    said = draft.amount
    completed = await families.slots_of(draft).complete(turn, draft)
    if isinstance(completed, Reply):
        return completed
    draft = completed if said else _confirmed(completed)
    if "date" in draft.extra:
        return ask_date(turn, draft)
    return _above_limit(turn, draft) or await show(turn, draft)


def _confirmed(draft: Draft) -> Draft:
    """Mark an amount that needs no second saying: the books gave it."""
    return replace(draft, extra=draft.extra | {_ABOVE: draft.amount}) if draft.amount else draft


def _above_limit(turn: Turn, draft: Draft) -> Reply | None:
    """Ask whether so much is meant; the same amount said again is. An approved loan's amount is known."""
    amount = draft.amount
    if not amount or draft.operation == "pencairan" or draft.extra.get(_ABOVE) == amount:
        return None
    limit = turn.here.rules.on(turn.today).message_limit
    if amount <= limit:
        return None
    asked = _confirmed(draft)
    choices = ((say("choice-amount", amount=amount), str(amount)),)
    question = say("ask-amount-above-limit", limit=limit)
    return ask(turn, replace(asked, amount=None), "amount", question, choices=choices)


def as_said(refusal: Refusal) -> Say:
    """Say a refusal as a line of a question."""
    facts: dict[str, Fact] = {
        name: value if isinstance(value, Fact) else str(value)
        for name, value in refusal.facts.items()
    }
    return Say(refusal.text, facts)


async def show(turn: Turn, draft: Draft, *last: Say) -> Reply:
    """Show the card; what it refuses is said, and only that slot is asked for again: nothing else is lost."""
    try:
        return await cards.show(turn, draft, *last)
    except Refusal as refusal:
        if isinstance(refusal, batches.RowRefused):
            return await batches.refused(turn, draft, refusal, _again(refusal.refusal, refusal.row))
        slot = None if draft.rows else _again(refusal, draft)
        if slot is None:
            raise
        if slot not in _SLOTS_OF_ALL:
            asked = await families.slots_of(draft).ask_slot(turn, draft, slot)
            return replace(asked, lines=(as_said(refusal), *asked.lines))
        emptied = replace(draft, **{slot: None})  # type: ignore[arg-type]  # each may be none
        asked = ask_operation(turn, emptied) if slot == "operation" else ask(turn, emptied, slot)
        return replace(asked, lines=(as_said(refusal),))


def _again(refusal: Refusal, of: Draft | Row) -> str | None:
    """Name the slot that a refusal is about: it alone is asked for again."""
    slot = _ASKED_AGAIN.get(type(refusal))
    if slot is None and of.operation in OPERATIONS:
        draft = of if isinstance(of, Draft) else Draft(operation=of.operation)
        slot = families.slots_of(draft).again(refusal)
    return slot


def ask(
    turn: Turn, draft: Draft, slot: str, *lines: Say, choices: tuple[tuple[Say, str], ...] = ()
) -> Reply:
    """Ask for one slot. Choices are buttons; typed 1-9 choose them too; /batal leaves."""
    mark = secrets.token_hex(3)
    data = tuple(f"f:{mark}:{slot}:{value}" for _, value in choices)
    rows = tuple(
        (Button(label=label, data=one),) for (label, _), one in zip(choices, data, strict=True)
    )
    form = Form(draft=draft, asking=slot, mark=mark, choices=data)
    leave = "button-back" if slot == "edit" else "button-cancel"
    return Reply(
        lines=lines,
        buttons=(*rows, (button(leave, f"f:{mark}:cancel:"),)),
        state=turn.state.asking(form),
    )


def _among(turn: Turn, reading: Reading) -> tuple[Operation, ...]:
    """Name the operations a sentence may mean and this officer may record, where it says that much."""
    said = tuple(BY_INTENT[intent] for intent in reading.intents if intent in BY_INTENT)
    mine = tuple(operation for operation in said if may(turn.here.roles, operation.action))
    return mine if len(said) > 1 else ()


def ask_operation(turn: Turn, draft: Draft, among: tuple[Operation, ...] = ()) -> Reply:
    """Ask which operation is meant: of all, or of those a sentence leaves open."""
    offered = among or tuple(
        op for op in OPERATIONS.values() if op.offered and may(turn.here.roles, op.action)
    )
    facts: dict[str, Fact] = {}
    key = "ask-operation"
    if draft.amount is not None:
        key, facts = "ask-operation-of-amount", {"amount": draft.amount}
    return ask(
        turn,
        draft,
        "operation",
        Say(key, facts),
        choices=tuple((say(op.heading), op.name) for op in offered),
    )


async def ask_which(
    turn: Turn, draft: Draft, found: PeopleReading, key: str | None = None
) -> Reply:
    """Several fit, or none does: offer the nearest with number and hint."""
    offered = found.members[:_OFFERED]
    hints = await cards.hints(turn, [member.id for member in offered])
    choices = tuple(
        (
            say(
                "choice-member",
                name=member.name,
                number=member.number,
                hint=hints.get(member.id, ""),
            ),
            str(member.id),
        )
        for member in offered
    )
    key = key or {
        PeopleKind.SEVERAL: "ask-member-which",
        PeopleKind.MISMATCH: "ask-member-mismatch",
    }.get(found.kind, "ask-member-unknown-near" if offered else "ask-member-unknown")
    return ask(turn, draft, "member", say(key, said=found.said[:60]), choices=choices)


def ask_amount(
    turn: Turn, draft: Draft, amount: AmountReading | None, why: str | None = None
) -> Reply:
    """Ask how much, offering what may have been meant."""
    why = amount.why if amount else why
    offered = [int(value) for value in draft.extra.get("amounts", [])]
    key = f"ask-amount-{why}".replace("_", "-") if why else "ask-amount"
    if key not in texts.keys():  # noqa: SIM118 - keys() is a function of ours
        key = "ask-amount-again" if why else "ask-amount"
    choices = tuple((say("choice-amount", amount=value), str(value)) for value in offered)
    return ask(turn, draft, "amount", say(key), choices=choices)


def ask_date(turn: Turn, draft: Draft) -> Reply:
    """Ask for the day: the ones that may have been meant, else today and yesterday."""
    asked = draft.extra.get("date") or {"future": False, "said": "", "days": []}
    days = [date.fromisoformat(day) for day in asked["days"]]
    days = [day for day in days if day <= turn.today][:3]
    days = days or [turn.today, turn.today - timedelta(days=1)]
    choices = tuple((say("choice-date", on=day), day.isoformat()) for day in days)
    key = "ask-date-future" if asked["future"] else "ask-date"
    return ask(turn, draft, "on", say(key, said=asked["said"]), choices=choices)


async def others_who_may(turn: Turn, action: Action) -> str:
    """Name the other officers who may do what this one may not."""
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    others = [
        f"{office.name} ({permissions.said(office.role)})"
        for office in held
        if office.person_id != turn.here.person_id and may([office.role], action)
    ]
    return ", ".join(others[:3]) or texts.render("nobody-else")


async def pressed(turn: Turn, slot: str, value: str) -> Reply:
    """Take a chosen button of the open question."""
    assert turn.state.form is not None
    draft = turn.state.form.draft
    if slot == "cancel" and turn.state.form.asking == "edit":
        return replace(await show(turn, draft), edit=True)
    if slot == "cancel":
        return Reply(lines=(say("form-cancelled"),), edit=True, state=turn.state.asking(None))
    require_recording(turn, draft)
    if draft.rows and slot in ("operation", "member", "amount", "loan"):
        draft = batches.fill_pressed(draft, slot, value)
    elif slot == "operation" and value in OPERATIONS:
        draft = replace(draft, operation=value)
    elif slot == "member" and value.isdigit():
        draft = replace(draft, member=int(value))
    elif slot == "amount" and value.isdigit():
        draft = _amount_into(draft, AmountReading(kind=AmountKind.EXACT, value=int(value)))[0]
    elif slot == "on":
        draft = _date_into(draft, day_said(date.fromisoformat(value)))
    elif draft.operation in OPERATIONS:
        taken = await _take_slot(turn, draft, slot, value)
        if isinstance(taken, Reply):
            return replace(taken, edit=True)
        draft = taken
    return replace(await proceed(turn, draft), edit=True)


async def _take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    if slot == cash_places.SLOT:
        return cash_places.taken(draft, value)
    if slot == held_receipts.SLOT:
        return await held_receipts.chosen(turn, draft, value)
    return await families.slots_of(draft).take_slot(turn, draft, slot, value)


def require_recording(turn: Turn, draft: Draft) -> None:
    """Refuse whose office ended while the form was open: its questions name members."""
    if not may_fill(turn, draft):
        raise permissions.NotAllowed(who=permissions.who_may(Action.RECORD_SAVINGS))


def may_fill(turn: Turn, draft: Draft) -> bool:
    """Say whether this form is for who stands here: officers record, members apply for their own loan."""
    if draft.operation == announcement_rights.OPERATION:
        return announcement_rights.may_announce(turn, draft)
    own = draft.operation == "pengajuan" and turn.here.member is not None and not draft.rows
    return may_record(turn, draft) or (own and draft.member == turn.here.person_id)


def may_record(turn: Turn, draft: Draft) -> bool:
    """Say whether an officer's office includes the operation of a draft; not yet known, any that is offered."""
    known = OPERATIONS.get(draft.operation or "")
    if known is not None:
        return may(turn.here.roles, known.action)
    return any(op.offered and may(turn.here.roles, op.action) for op in OPERATIONS.values())


def day_said(day: date) -> Reading:
    """A chosen day, as if it had been said."""
    return Reading(text="", date=DateReading(kind=DateKind.DAY, day=day))
