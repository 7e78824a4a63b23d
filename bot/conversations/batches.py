"""Several transactions in one message: one card, or as many as the channel's messages can hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from bot.conversations import cards, forms, savings
from bot.conversations.operations import BY_INTENT, OPERATIONS
from bot.state import Card, Draft, Row
from bot.talk import Notice, Reply, Turn, say
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
from core import people
from notifications.messages import Content, Say

_FITS = 3400  # characters of a card's rows: below the channels' 4,096 with room for the rest
_MOST = 400  # rows of one message


async def begin(turn: Turn, reading: Reading) -> Reply:
    """Turn a list into a draft; what is not certain of a row is asked about, the rest waits."""
    for code in ("several_dates", "unclear_date"):
        if code in reading.doubts:
            return Reply(lines=(say(f"rows-{code}".replace("_", "-")),))
    if len(reading.rows) > _MOST:
        return Reply(lines=(say("rows-too-many", most=_MOST),))
    rows = tuple(_row(row) for row in reading.rows)
    asks = {str(at): _asks(row) for at, row in enumerate(reading.rows)}
    directions = {OPERATIONS[row.operation].withdrawal for row in rows if row.operation}
    if len(directions) > 1:
        return Reply(lines=(say("rows-mixed"),))
    total = sum(row.amount for row in rows)
    stated = reading.total.value if reading.total else None
    if stated is not None and all(row.amount for row in rows) and stated != total:
        return Reply(lines=(say("rows-total-differs", said=stated, total=total),))
    on = reading.date.day if reading.date.kind is DateKind.DAY else None
    draft = Draft(operation=rows[0].operation or None, rows=rows, on=on, extra={"asks": asks})
    if reading.date.kind in (DateKind.ASK, DateKind.FUTURE, DateKind.REFUSE):
        return forms.ask_date(turn, draft)
    return await proceed(turn, draft)


def _row(row: RowReading) -> Row:
    """Take over what is certain of a row; nothing, 0 and 0 stand for what is not."""
    operation = BY_INTENT.get(row.intent) if row.intent else None
    certain = row.amount.kind is AmountKind.EXACT and row.amount.value
    return Row(
        operation=operation.name if operation else "",
        member=row.people.members[0].id if row.people.kind is PeopleKind.ONE else 0,
        amount=row.amount.value or 0 if certain else 0,
    )


def _asks(row: RowReading) -> dict[str, Any]:
    """Keep what a question about this row can offer."""
    return {
        "said": row.people.said[:60],
        "kind": row.people.kind.value,
        "members": [member.id for member in row.people.members[:5]],
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
    at = _unclear(draft)
    if at is None:
        limit = turn.here.rules.on(turn.today).message_limit
        if sum(row.amount for row in draft.rows) > limit:
            return Reply(lines=(say("rows-above-limit", limit=limit),))
        if len(draft.rows) == 1:
            only = draft.rows[0]
            alone = replace(draft, operation=only.operation, member=only.member, amount=only.amount)
            return await forms.proceed(turn, replace(alone, rows=(), extra={}))
        return await forms.show(turn, replace(draft, operation=draft.rows[0].operation))
    row, asked = draft.rows[at], draft.extra["asks"][str(at)]
    where = say("row-asked", row=at + 1, said=asked["said"])
    if not row.operation:
        question = forms.ask_operation(turn, draft)
    elif not row.member:
        question = await _ask_member(turn, draft, asked)
    else:
        offered = {"amounts": asked["amounts"], "why": asked["why"]}
        reading = AmountReading(kind=AmountKind.ASK, why=asked["why"])
        question = forms.ask_amount(turn, replace(draft, extra=draft.extra | offered), reading)
    return replace(question, lines=(where, *question.lines))


async def _ask_member(turn: Turn, draft: Draft, asked: dict[str, Any]) -> Reply:
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
    row, asked = draft.rows[at], dict(draft.extra["asks"][str(at)])
    if not row.operation:
        if reading.intent in BY_INTENT:
            return fill_pressed(draft, "operation", BY_INTENT[reading.intent].name)
    elif not row.member:
        if reading.people.kind is PeopleKind.ONE:
            row = replace(row, member=reading.people.members[0].id)
        elif reading.people.kind is not PeopleKind.NONE:
            asked |= {
                "said": reading.people.said[:60],
                "kind": reading.people.kind.value,
                "members": [member.id for member in reading.people.members[:5]],
            }
    elif reading.amount.kind is AmountKind.EXACT and reading.amount.value:
        row = replace(row, amount=reading.amount.value)
    elif reading.amount.kind is not AmountKind.NONE:
        asked |= {"amounts": list(reading.amount.choices), "why": reading.amount.why}
    return _with(draft, at, row, asked)


def fill_pressed(draft: Draft, slot: str, value: str) -> Draft:
    """Take a chosen button over; an operation holds for every row that has none."""
    if slot == "operation":
        rows = tuple(row if row.operation else replace(row, operation=value) for row in draft.rows)
        return replace(draft, rows=rows)
    at = _unclear(draft)
    if at is None or not value.isdigit():
        return draft
    row, chosen = draft.rows[at], int(value)
    row = replace(row, member=chosen) if slot == "member" else replace(row, amount=chosen)
    return _with(draft, at, row, draft.extra["asks"][str(at)])


def _with(draft: Draft, at: int, row: Row, asked: dict[str, Any]) -> Draft:
    rows = (*draft.rows[:at], row, *draft.rows[at + 1 :])
    asks = draft.extra["asks"] | {str(at): asked}
    return replace(draft, rows=rows, extra={"asks": asks})


async def card(turn: Turn, draft: Draft) -> tuple[Draft, tuple[Say, ...]]:
    """Say the rows that fit one message; returns the draft with the others kept for the next card."""
    assert draft.on is not None
    heading = OPERATIONS[draft.rows[0].operation]
    rows = (*draft.rows, *draft.rest)
    shown: list[Say] = []
    length = fitting = 0
    moved: Counter[tuple[int, str]] = Counter()
    seen: Counter[Row] = Counter()
    for number, row in enumerate(rows, start=1):
        lines = await _row_lines(turn, draft, number, row, heading.name, moved, seen)
        length += sum(len(str(line.facts.get("name", ""))) + 70 for line in lines)
        if length <= _FITS and fitting == number - 1:
            shown.extend(lines)
            fitting = number
    now, later = rows[:fitting], rows[fitting:]
    parts = max(draft.parts, draft.part)
    if later and draft.parts == 1:
        parts = -(-len(rows) // fitting)
    part = (say("card-part", part=draft.part, parts=parts),) if parts > 1 else ()
    said = (
        say(heading.heading),
        *part,
        *shown,
        say("card-total", total=sum(row.amount for row in now)),
        say("card-date", on=draft.on),
    )
    return replace(draft, rows=now, rest=later, parts=parts), said


async def _row_lines(
    turn: Turn,
    draft: Draft,
    number: int,
    row: Row,
    heading: str,
    moved: Counter[tuple[int, str]],
    seen: Counter[Row],
) -> list[Say]:
    """Check one row, with what the rows before it move, and say it."""
    assert draft.on is not None
    operation = OPERATIONS[row.operation]
    account = (row.member, operation.kind.value)
    member, _ = await savings.checked(
        turn, operation, row.member, row.amount, draft.on, moved=moved[account]
    )
    moved[account] += -row.amount if operation.withdrawal else row.amount
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
    if seen[row] > 1:
        lines.append(say("card-warning-twice"))
    lines.extend(await savings.warnings(turn, operation, member, row.amount, draft.on))
    return lines


async def record(turn: Turn, card: Card) -> Reply:
    """Record every row of a card or none; the card becomes the receipt, the next card follows."""
    draft = card.draft
    notices: list[Notice] = []
    entries: list[int] = []
    lines: list[Say] = []
    for number, row in enumerate(draft.rows, start=1):
        done, member, _, notice = await savings.record_row(turn, card, row, f"{card.id}/{number}")
        entries.append(done.entry)
        lines.append(_receipt_line(number, member, done.amount, done.balance))
        if notice:
            notices.append(notice)
    head = say(
        "receipt-batch",
        count=len(entries),
        first=entries[0],
        last=entries[-1],
        total=sum(row.amount for row in draft.rows),
    )
    waiting = {notice.person_id for notice in notices if notice.to is None}
    tail = (say("receipt-batch-no-chat", count=len(waiting)),) if waiting else ()
    state = turn.state.closing(card.id, str(entries[-1]))
    receipt = (head, *lines, *tail)
    if not draft.rest:
        return Reply(lines=receipt, edit=True, state=state, notices=tuple(notices))
    following = replace(draft, rows=draft.rest, rest=(), part=draft.part + 1)
    reply = await cards.show(replace(turn, state=state), following)
    replaced = cards.replacement(turn, card, Content(lines=receipt))
    return replace(reply, notices=tuple(notices), replaces=(replaced,))


def _receipt_line(number: int, member: people.Member, amount: int, balance: int) -> Say:
    return say(
        "receipt-row",
        row=number,
        name=member.name,
        number=member.number,
        amount=amount,
        balance=balance,
    )
