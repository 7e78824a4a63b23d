"""Tagihan simpanan wajib: who has paid a month and who has not, as pages or a sheet; reminding all who have not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from bot.conversations import forms, looks, statements
from bot.state import Card, Draft
from bot.talk import Reply, Turn, button, say
from bot.understand.readings import PeopleKind, Reading
from core import bills, rules, texts
from core.bills import Bill, Totals
from core.calendar import month_of, next_month, start_of
from core.errors import Refusal
from core.looks import What
from core.permissions import Action, NotAllowed, may, who_may
from core.reminders import due
from core.reminders.due import ToRemind
from core.reminders.subjects import Step
from notifications import announcement_words, reminding
from notifications.jobs import places
from notifications.messages import Address, Attachment, Message, Purpose, Say

OPERATION = "tagihan"
_PAGE = 8
_EVERYBODY = re.compile(
    r"\b(?:siapa|daftar|semua|seluruh|tagihan|list|yang belum|yg belum|yang sudah|yg sudah)\b",
    re.IGNORECASE,
)
_REMIND = re.compile(r"\b(?:ingatkan|ingetin|pengingat|tagih|tagihkan)\b", re.IGNORECASE)
_PAID = re.compile(r"\b(?:sudah|udah|sdh|lunas)\b", re.IGNORECASE)
_UNPAID = re.compile(r"\b(?:belum|blm|belom|nunggak)\b", re.IGNORECASE)
_FILE = re.compile(r"\b(?:excel|xlsx|exel|file|unduh)\b", re.IGNORECASE)


class NothingIsOwed(Refusal):
    """Everybody has paid the month and those before. Facts: month."""

    text = "refusal-nothing-is-owed"


class NobodyToRemind(Refusal):
    """Who owes has no chat, said to have paid, or wants no reminders. Facts: count."""

    text = "refusal-nobody-to-remind"


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Answer a question about dues: of everybody for officers ("siapa belum bayar wajib?"), else of one member."""
    of_all = _EVERYBODY.search(reading.text) or _REMIND.search(reading.text)
    named = reading.people.kind not in (PeopleKind.NONE, PeopleKind.UNKNOWN)
    if named or not of_all or not may(turn.here.roles, Action.SEE_MEMBERS):
        return await statements.balance_of(reading, turn)
    month = _meant(reading, turn.today)
    if _REMIND.search(reading.text):
        return await _remind(turn, month)
    if _FILE.search(reading.text):
        return await _file(turn, month)
    paid = bool(_PAID.search(reading.text) and not _UNPAID.search(reading.text))
    return await _listing(turn, month, 0, paid=paid)


def _meant(reading: Reading, today: date) -> date:
    """Return the month that is asked about: this one unless another is said; without a year one behind us."""
    months = reading.period.months
    if not months:
        return month_of(today)
    month = months[-1]
    return (
        next_month(month, -12) if month > today and str(month.year) not in reading.text else month
    )


async def pressed(turn: Turn, month: str, what: str, offset: str) -> Reply:
    """A button of the bills: who has not paid, who has, the sheet, the reminder's card."""
    if not may(turn.here.roles, Action.SEE_MEMBERS):
        raise NotAllowed(who=who_may(Action.SEE_MEMBERS))
    of = date.fromisoformat(f"{month}-01")
    if what == "file":
        return await _file(turn, of)
    if what == "remind":
        return await _remind(turn, of)
    return await _listing(turn, of, int(offset), paid=what == "paid")


async def _listing(turn: Turn, month: date, offset: int, *, paid: bool) -> Reply:
    here = turn.koperasi_id
    sums = await bills.totals(turn.db, koperasi_id=here, month=month)
    lines = [*_head(month, sums)]
    await looks.seen(turn, None, What.DUES)
    found = await bills.bills(
        turn.db, koperasi_id=here, month=month, paid=paid, limit=_PAGE + 1, offset=offset
    )
    if found:
        lines.append(say("bills-paid-head" if paid else "bills-unpaid-head", first=offset + 1))
        lines.extend(_row(bill) for bill in found[:_PAGE])
    mark = f"db:{month:%Y-%m}"
    more = [button("button-next", f"{mark}:{_which(paid)}:{offset + _PAGE}")]
    other = "button-bills-unpaid" if paid else "button-bills-paid"
    rows = [
        *([tuple(more)] if len(found) > _PAGE else []),
        (
            button(other, f"{mark}:{_which(not paid)}:0"),
            button("button-bills-file", f"{mark}:file:0"),
        ),
    ]
    if not paid and sums.unpaid_members and may(turn.here.roles, Action.ANNOUNCE):
        rows.append((button("button-bills-remind", f"{mark}:remind:0"),))
    return Reply(lines=tuple(lines), buttons=tuple(rows))


def _which(paid: bool) -> str:  # noqa: FBT001 - the button's word
    return "paid" if paid else "unpaid"


def _head(month: date, sums: Totals) -> tuple[Say, ...]:
    return (
        say("bills-head", month=month),
        say("bills-paid", count=sums.paid_members, members=sums.members, paid=sums.paid),
        say("bills-unpaid", count=sums.unpaid_members, owed=sums.due - sums.paid),
        *((say("bills-earlier", earlier=sums.earlier),) if sums.earlier else ()),
    )


def _row(bill: Bill) -> Say:
    who = {"number": bill.number, "name": bill.name[:32]}
    if bill.is_paid:
        return say("bills-row-paid", **who, paid=bill.paid)
    if bill.earlier:
        return say("bills-row-earlier", **who, owed=bill.owed, earlier=bill.earlier)
    return say("bills-row", **who, owed=bill.owed)


async def _file(turn: Turn, month: date) -> Reply:
    """Send the bills of a month as a sheet: one row a member."""
    here = turn.koperasi_id
    await looks.seen(turn, None, What.FILE)
    found = await bills.bills(turn.db, koperasi_id=here, month=month)
    sums = await bills.totals(turn.db, koperasi_id=here, month=month)
    return Reply(lines=_head(month, sums), attachment=_sheet(month, found))


def _sheet(month: date, found: list[Bill]) -> Attachment:
    heads = ("name", "number", "due", "paid", "earlier", "owed")
    rows = [[texts.render(f"bills-sheet-{head}") for head in heads]]
    rows += [
        [bill.name, bill.number, *map(str, (bill.due, bill.paid, bill.earlier, bill.owed))]
        for bill in found
    ]
    return announcement_words.sheet_of(f"tagihan-wajib-{month:%Y-%m}", rows)


async def _remind(turn: Turn, month: date) -> Reply:
    return await forms.proceed(turn, Draft(operation=OPERATION, months=(month,)))


async def _to_remind(turn: Turn, month: date) -> list[ToRemind]:
    """Find who owes through the month and may be reminded now."""
    day = month.replace(day=turn.here.rules.on(turn.today).due_day)
    return await due.of_month(
        turn.db,
        koperasi_id=turn.koperasi_id,
        today=turn.today,
        month=month,
        step=Step(days=(turn.today - day).days, day=turn.today, due=day),
        rates=await rules.wajib_rates(turn.db, turn.koperasi_id),
    )


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say how many are reminded of how much, and how many cannot be."""
    if not may(turn.here.roles, Action.ANNOUNCE):
        raise NotAllowed(who=who_may(Action.ANNOUNCE))
    (month,) = draft.months
    assert draft.on is not None
    found = await bills.bills(turn.db, koperasi_id=turn.koperasi_id, month=month)
    owed = {bill.member_id: bill.owed for bill in found if bill.owed}
    if not owed:
        raise NothingIsOwed(month=month)
    reached = [one for one in await _to_remind(turn, month) if one.person_id in owed]
    if not reached:
        raise NobodyToRemind(count=len(owed))
    return (
        say("operation-tagihan"),
        say("card-month", month=month),
        say("card-amount", amount=sum(owed[one.person_id] for one in reached)),
        say("card-date", on=draft.on),
        say("bills-reminded", count=len(reached), members=len(owed)),
        *((say("bills-unreached", count=rest),) if (rest := len(owed) - len(reached)) else ()),
    )


async def record(turn: Turn, card: Card) -> Reply:
    """Owe the reminders: each person is reminded at most once a day by officers, at the cooperative's hours."""
    (month,) = card.draft.months
    lines = await card_lines(turn, card.draft)
    owed = [_message(turn, one) for one in await _to_remind(turn, month)]
    count = await places.owe(turn.db, owed, turn.keys)
    return Reply(
        lines=(
            *lines[:3],
            say("bills-reminding" if count else "bills-reminded-before", count=count),
        ),
        edit=True,
        state=turn.state.closing(card.id, "reminded"),
    )


def _message(turn: Turn, one: ToRemind) -> Message:
    channel, account, chat = one.chat
    return Message(
        koperasi_id=turn.koperasi_id,
        id=uuid4(),
        to=Address(channel=channel, account=account, chat=chat),
        person_id=one.person_id,
        purpose=Purpose.REMINDER,
        content=reminding.content(one.subject, turn.today),
        dedupe=f"dues/{one.subject.month:%Y-%m}/asked-{turn.today}/{one.person_id}",
        made_at=turn.now,
        expires_at=start_of(turn.today + timedelta(days=2), turn.zone),
    )


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over the month that is said."""
    return replace(draft, months=(_meant(reading, turn.today),)) if reading.period.months else draft


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal: none."""
    return None


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Mean this month where none is said."""
    return draft if len(draft.months) == 1 else replace(draft, months=(month_of(turn.today),))


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    return ("month",)


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Offer this month and the two before."""
    months = [next_month(month_of(turn.today), -back) for back in range(3)]
    choices = tuple((say("choice-month", month=month), month.isoformat()) for month in months)
    return forms.ask(turn, draft, slot, say("ask-bills-month"), choices=choices)


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed month over."""
    return replace(draft, months=(month_of(date.fromisoformat(value)),))


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """A typed month is read with the sentence it stands in."""
    return None
