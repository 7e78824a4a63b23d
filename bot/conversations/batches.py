"""Several transactions in one message: one card, or as many as the channel's messages can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.conversations import (
    batch_sizes,
    cards,
    cash_places,
    everyday_slots,
    families,
    forms,
    loan_choice,
    promises,
)
from bot.conversations.operations import BY_INTENT, OPERATIONS, RowDone
from bot.state import Card, Draft, Row
from bot.talk import Notice, Reply, Turn, button, one_line, say
from bot.understand.readings import (
    AmountKind,
    AmountReading,
    DateKind,
    PeopleKind,
    PeopleReading,
    Reading,
)
from bot.understand.readings import Member as Near
from bot.understand.readings import Row as RowReading
from core import people, texts
from core.errors import Refusal
from core.loans.book import State
from notifications.messages import Content, Say

_FITS = 940  # bytes of a card, below 1 KB with a word of warning: the signal is thin
_OFFERED = 5  # members at most
_DROP = "without"  # answers a question about a row: leave it out
_NOTHING: dict[str, Any] = {"said": "", "kind": "none", "members": [], "amounts": [], "why": ""}


class RowRefused(Refusal):
    """A row of a batch cannot be; says what the refusal of it says, and knows which row it is."""

    def __init__(self, at: int, row: Row, refusal: Refusal) -> None:
        """Take over what was refused."""
        super().__init__(**refusal.facts)
        self.at = at
        self.row = row
        self.refusal = refusal
        self.text = refusal.text  # type: ignore[misc]  # it speaks for the refusal it carries


async def begin(turn: Turn, reading: Reading) -> Reply:
    """Turn a list into a draft; what is not certain of a row is asked about, the rest waits."""
    for code in ("several_dates", "unclear_date"):
        if code in reading.doubts:
            return Reply(lines=(say(f"rows-{code}".replace("_", "-")),))
    if "markup" in reading.doubts:
        return Reply(lines=(say("ask-member-plain"),))
    if (whole := everyday_slots.of_list(reading)) is not None:
        return await forms.proceed(turn, whole)
    by_bank = reading.by_bank or any(row.by_bank for row in reading.rows)
    default = await cash_places.bank_of(turn, reading.text) if by_bank else ""
    rows = tuple(
        _row(row, (cash_places.named(row.said) or default) if row.by_bank else "")
        for row in reading.rows
    )
    asks = [_asks(row) for row in reading.rows]
    alone = {row.operation for row in rows if row.operation} - {
        name for name, operation in OPERATIONS.items() if operation.in_lists
    }
    if alone:
        what = ", ".join(texts.render(OPERATIONS[name].heading) for name in sorted(alone))
        return Reply(lines=(say("rows-one-by-one", what=what),))
    directions = {OPERATIONS[row.operation].withdrawal for row in rows if row.operation}
    if len(directions) > 1:
        return Reply(lines=(say("rows-mixed"),))
    total = sum(row.amount for row in rows)
    stated = reading.total.value if reading.total else None
    if stated is not None and all(row.amount for row in rows) and stated != total:
        return Reply(lines=(say("rows-total-differs", said=stated, total=total),))
    on = reading.date.day if reading.date.kind is DateKind.DAY else None
    draft = Draft(
        operation=rows[0].operation or None,
        rows=rows,
        on=on,
        months=reading.period.months,
        note=one_line(reading.note),
        extra={"asks": asks},
    )
    if reading.date.kind in (DateKind.ASK, DateKind.FUTURE, DateKind.REFUSE):
        return forms.ask_date(turn, draft)
    return await proceed(turn, draft)


def _row(row: RowReading, cash: str) -> Row:
    """Take over what is certain of a row; nothing, 0 and 0 stand for what is not."""
    operation = BY_INTENT.get(row.intent) if row.intent else None
    certain = row.amount.kind is AmountKind.EXACT and row.amount.value
    return Row(
        operation=operation.name if operation else "",
        member=row.people.members[0].id if row.people.kind is PeopleKind.ONE else 0,
        amount=row.amount.value or 0 if certain else 0,
        note=one_line(row.note),
        loan=row.loan or 0,
        cash=cash,
    )


def _asks(row: RowReading) -> dict[str, Any]:
    """Keep what a question about this row can offer."""
    return {
        "said": row.people.said[:60],
        "kind": row.people.kind.value,
        "members": [member.id for member in row.people.members[:_OFFERED]],
        "amounts": list(row.amount.choices),
        "why": row.amount.why,
    }


def _unclear(draft: Draft) -> int | None:
    """Find the first row of which something is not known."""
    for at, row in enumerate(draft.rows):
        if not (row.operation and row.member and row.amount):
            return at
    return None


async def proceed(turn: Turn, draft: Draft) -> Reply:
    """Ask about the first row that is not certain, or show the card of all of them."""
    draft = replace(draft, rows=(*draft.rows, *draft.rest), rest=(), parts=1, part=1)
    if "date" in draft.extra:
        return forms.ask_date(turn, draft)
    at = _unclear(draft)
    if at is None:
        if len(draft.rows) == 1:
            only = draft.rows[0]
            alone = replace(draft, operation=only.operation, member=only.member, amount=only.amount)
            note = only.note or draft.note
            placed = {cash_places.SLOT: only.cash} if only.cash else {}
            return await forms.proceed(turn, replace(alone, note=note, rows=(), extra=placed))
        limit = turn.here.rules.on(turn.today).message_limit
        if sum(row.amount for row in draft.rows) > limit:
            return Reply(lines=(say("rows-above-limit", limit=limit),))
        return await forms.show(turn, replace(draft, operation=draft.rows[0].operation))
    row, asked = draft.rows[at], draft.extra["asks"][at]
    where = say("row-asked", row=at + 1, said=asked["said"])
    if not row.operation:
        question = forms.ask_operation(turn, draft)
    elif not row.member:
        question = await _ask_member(turn, draft, asked)
    else:
        offered = {"amounts": asked["amounts"], "why": asked["why"]}
        reading = AmountReading(kind=AmountKind.ASK, why=asked["why"])
        question = forms.ask_amount(turn, replace(draft, extra=draft.extra | offered), reading)
    return _or_without(replace(question, lines=(where, *question.lines)))


def _or_without(question: Reply) -> Reply:
    """Offer to leave the row out that is asked about: the others need not wait for it."""
    assert question.state is not None
    assert question.state.form is not None
    form = question.state.form
    if len(form.draft.rows) < 2:
        return question
    drop = button("button-without-row", f"f:{form.mark}:{form.asking}:{_DROP}")
    form = replace(form, choices=(*form.choices, drop.data))
    buttons = (*question.buttons[:-1], (drop,), *question.buttons[-1:])
    return replace(question, buttons=buttons, state=question.state.asking(form))


async def refused(turn: Turn, draft: Draft, refusal: RowRefused, slot: str | None) -> Reply:
    """Say why one row cannot be; ask for what is wrong with it, the other rows wait."""
    rows, at = (*draft.rows, *draft.rest), refusal.at
    row = rows[at]
    member = await cards.member_of(turn, row.member)
    asks: list[dict[str, Any]] = list(draft.extra.get("asks") or [_NOTHING] * len(rows))
    asks[at] = _NOTHING | {"said": member.name}
    draft = replace(draft, rows=rows, rest=(), extra={"asks": asks})
    where = say("row-asked", row=at + 1, said=member.name)
    lines = (where, forms.as_said(refusal))
    if slot == "on":
        return forms.ask(turn, replace(draft, on=None), slot, *lines)
    if slot == "loan":
        waiting = replace(draft, extra=draft.extra | {"loan_of": at})
        question = await loan_choice.ask_for_row(turn, waiting, row, (State.RUNNING,))
        return _or_without(replace(question, lines=(where, *question.lines)))
    empty = {"amount": replace(row, amount=0), "operation": replace(row, operation="")}
    emptied = empty.get(slot or "", replace(row, member=0))
    draft = replace(draft, rows=(*rows[:at], emptied, *rows[at + 1 :]))
    if slot == "operation":
        return _or_without(replace(forms.ask_operation(turn, draft), lines=lines))
    asked = slot if slot in empty else "member"
    return _or_without(forms.ask(turn, draft, asked, *lines))


async def _ask_member(turn: Turn, draft: Draft, asked: dict[str, Any]) -> Reply:
    if asked["kind"] == PeopleKind.NONE:
        return forms.ask(turn, draft, "member", say("ask-member"))
    near = [
        await people.member(turn.db, koperasi_id=turn.koperasi_id, member_id=one)
        for one in asked["members"]
    ]
    found = PeopleReading(
        kind=PeopleKind(asked["kind"]),
        members=tuple(Near(id=one.id, number=one.number, name=one.name) for one in near),
        said=asked["said"],
    )
    return await forms.ask_which(turn, draft, found)


def fill(draft: Draft, reading: Reading) -> Draft:
    """Take a typed answer over: the day of all rows, or what the asked row lacked."""
    if reading.date.kind is DateKind.DAY:
        return replace(draft, on=reading.date.day)
    at = _unclear(draft)
    if at is None:
        return draft
    row, asked = draft.rows[at], draft.extra["asks"][at]
    if not row.operation:
        if reading.intent in BY_INTENT:
            return fill_pressed(draft, "operation", BY_INTENT[reading.intent].name)
    elif not row.member:
        row, asked = _named(row, asked, reading)
    elif reading.amount.kind is AmountKind.EXACT and reading.amount.value:
        row = replace(row, amount=reading.amount.value)
    elif reading.amount.kind is not AmountKind.NONE:
        asked = asked | {"amounts": list(reading.amount.choices), "why": reading.amount.why}
    return _with(draft, at, row, asked)


def _named(row: Row, asked: dict[str, Any], reading: Reading) -> tuple[Row, dict[str, Any]]:
    """Take over whom an answer names, and a new amount when it says one."""
    if reading.people.kind is PeopleKind.NONE:
        return row, asked
    if reading.people.kind is not PeopleKind.ONE:
        near = [member.id for member in reading.people.members[:_OFFERED]]
        kind, said = reading.people.kind.value, reading.people.said[:60]
        return row, asked | {"said": said, "kind": kind, "members": near}
    certain = reading.amount.kind is AmountKind.EXACT and reading.amount.value
    amount = reading.amount.value or 0 if certain else row.amount
    return replace(row, member=reading.people.members[0].id, amount=amount), asked


def fill_pressed(draft: Draft, slot: str, value: str) -> Draft:
    """Take a chosen button over; an operation holds for every row that has none."""
    at = draft.extra.get("loan_of") if slot == "loan" else _unclear(draft)
    if at is not None and value == _DROP:
        asks = draft.extra["asks"]
        extra = draft.extra | {"asks": [*asks[:at], *asks[at + 1 :]]}
        return replace(draft, rows=(*draft.rows[:at], *draft.rows[at + 1 :]), extra=extra)
    if slot == "operation" and value in OPERATIONS:
        rows = tuple(row if row.operation else replace(row, operation=value) for row in draft.rows)
        return replace(draft, rows=rows)
    if at is None or not value.isdigit():
        return draft
    row, chosen = draft.rows[at], int(value)
    row = replace(row, **{slot: chosen})  # type: ignore[arg-type]  # member, amount or loan
    return _with(draft, at, row, draft.extra["asks"][at])


def _with(draft: Draft, at: int, row: Row, asked: dict[str, Any]) -> Draft:
    rows = (*draft.rows[:at], row, *draft.rows[at + 1 :])
    asks = draft.extra["asks"]
    kept = {key: value for key, value in draft.extra.items() if key == "date"}
    asks = [*asks[:at], asked, *asks[at + 1 :]]
    return replace(draft, rows=rows, extra=kept | {"asks": asks})


async def card(turn: Turn, draft: Draft) -> tuple[Draft, tuple[Say, ...]]:
    """Say the rows that fit one card; returns the draft with the others kept for the next one."""
    assert draft.on is not None
    heading = OPERATIONS[draft.rows[0].operation]
    rows = (*draft.rows, *draft.rest)
    said: list[list[Say]] = []
    marks: list[str] = []
    moved: Counter[str] = Counter()
    seen: Counter[Row] = Counter()
    for number, row in enumerate(rows, start=1):
        try:
            lines, mark = await _row_lines(turn, draft, number, row, heading.name, moved, seen)
        except Refusal as refusal:
            raise RowRefused(number - 1, row, refusal) from refusal
        said.append(lines)
        marks.append(mark)
    tail = (
        say("card-date", on=draft.on),
        *((say("card-note", note=draft.note),) if draft.note else ()),
    )
    around = (say(heading.heading), _part(99, 99), _total(rows), *tail)
    cards_of = batch_sizes.divided(
        [batch_sizes.weight(lines) for lines in said], _FITS - batch_sizes.length(around)
    )
    fitting, parts = cards_of[0], max(draft.parts, draft.part - 1 + len(cards_of))
    now, later = rows[:fitting], rows[fitting:]
    shown = (
        say(heading.heading),
        *((_part(draft.part, parts),) if parts > 1 else ()),
        *(line for lines in said[:fitting] for line in lines),
        _total(now),
        *tail,
    )
    said_of = replace(draft, rows=now, rest=later, parts=parts, extra={})
    return promises.keep_rows(said_of, marks[:fitting]), shown


def _part(part: int, parts: int) -> Say:
    return say("card-part", part=part, parts=parts)


def _total(rows: Sequence[Row]) -> Say:
    return say("card-total", total=sum(row.amount for row in rows))


async def _row_lines(
    turn: Turn,
    draft: Draft,
    number: int,
    row: Row,
    heading: str,
    moved: Counter[str],
    seen: Counter[Row],
) -> tuple[list[Say], str]:
    """Check one row, with what the rows before it move, and say it; returns its mark too."""
    checked = await families.rows_of(row).check_row(turn, draft, row, moved)
    member = checked.member
    seen[row] += 1
    lines = [
        say(
            "card-row" if row.operation == heading else f"card-row-{row.operation}",
            row=number,
            name=member.name,
            number=member.number,
            amount=row.amount,
        )
    ]
    if row.note:
        lines.append(say("card-note", note=row.note))
    lines.extend(cash_places.lines(row.cash or None))
    whose = replace(row, amount=0, note=None, cash="")
    seen[whose] += 1
    if seen[row] > 1:
        lines.append(say("card-warning-twice"))
    elif seen[whose] > 1:
        lines.append(say("card-warning-member-twice", name=member.name))
    lines.extend(checked.lines)
    return lines, checked.mark


async def record(turn: Turn, card: Card) -> Reply:
    """Record every row of a card or none; the card becomes the receipt, the next card follows."""
    draft = card.draft
    if promises.rows_broken(card, await families.marks_of(turn, draft)):
        return await cards.again(turn, card, "card-changed")
    notices: list[Notice] = []
    entries: list[int] = []
    lines: list[Say] = []
    for number, row in enumerate(draft.rows, start=1):
        done = await families.rows_of(row).done_row(turn, card, row, f"{card.id}/{number}")
        entries.append(done.entry)
        lines.append(_receipt_line(number, done))
        if row.note:
            lines.append(say("card-note", note=row.note))
        if done.notice:
            notices.append(done.notice)
    head = say(
        "receipt-batch",
        count=len(entries),
        first=entries[0],
        last=entries[-1],
        total=sum(row.amount for row in draft.rows),
    )
    waiting = {notice.person_id for notice in notices if notice.to is None}
    tail = [say("card-note", note=draft.note)] if draft.note else []
    if waiting:
        tail.append(say("receipt-batch-no-chat", count=len(waiting)))
    state = turn.state.closing(card.id, str(entries[-1]))
    receipt = (head, *lines, *tail)
    if not draft.rest:
        return Reply(lines=receipt, edit=True, state=state, notices=tuple(notices))
    following = replace(draft, rows=draft.rest, rest=(), part=draft.part + 1)
    reply = await forms.show(replace(turn, state=state), following)
    replaced = cards.replacement(turn, card, Content(lines=receipt))
    return replace(reply, notices=tuple(notices), replaces=(replaced,))


def _receipt_line(number: int, done: RowDone) -> Say:
    return say(
        done.line,
        row=number,
        name=done.member.name,
        number=done.member.number,
        amount=done.amount,
        balance=done.balance,
    )
