"""Opname: what lies on the shelf is said first, then the card says what the book holds and books the difference."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.conversations import cards, forms, promises, requests
from bot.conversations import goods as goods_list
from bot.conversations.operations import STOCK_COUNT
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, say
from bot.understand import dates, stock_count
from bot.understand.goods import Named
from bot.understand.readings import DateKind, Reading
from core import people
from core.approvals.queue import Decided
from core.errors import Refusal
from core.goods import catalogue, counts
from core.goods.catalogue import Good
from core.goods.counts import Count, Counted, CountedAnotherDay, Row
from core.permissions import Action, NotAllowed, may, who_may
from notifications.messages import Say

Step = Callable[[Turn], Awaitable[Reply]]
ASKING = _COUNTED = "counted"  # slots; a list answers the first
_GOOD, _QUANTITY = "good", "quantity"
_ROWS, _STRANGE = "rows", "strange"  # what a draft knows
_OFFERED = 8
_NAMED = 12  # goods that wait longest for a count


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Find what a sentence about counting goods wants, of whoever is an officer."""
    rest = stock_count.begins(text)
    if rest is None or not turn.here.roles:
        return None
    if stock_count.is_question(text):
        may_see = may(turn.here.roles, Action.SEE_BOOKS)
        return ("stock", partial(goods_list.stock_list, rest)) if may_see else None
    return "stock-count", partial(_begin, rest)


async def _begin(rest: str, turn: Turn) -> Reply:
    """Show the card of what was counted, or ask for it."""
    if not may(turn.here.roles, Action.RECORD_TRADE):
        raise NotAllowed(who=who_may(Action.RECORD_TRADE))
    day = dates.read(rest, turn.today)
    if day.kind is DateKind.DAY and day.day != turn.today:
        raise CountedAnotherDay
    draft = Draft(operation=STOCK_COUNT.name, on=requests.today(turn), extra={_ROWS: []})
    return await forms.proceed(turn, await _taken(turn, draft, rest))


async def _kept(turn: Turn) -> dict[int, Good]:
    found = await catalogue.every(turn.db, koperasi_id=turn.koperasi_id)
    return {good.id: good for good in found if good.stocked}


async def _taken(turn: Turn, draft: Draft, text: str) -> Draft:
    """Take counts over; a good that is said anew has the new count."""
    kept = await _kept(turn)
    known = [Named(id=good.id, words=good.words, unit=good.unit) for good in kept.values()]
    found, strange = stock_count.read(text, known)
    rows = [
        {
            _GOOD: one.goods[0] if one.certain else None,
            "which": list(one.goods[:_OFFERED]),
            _QUANTITY: one.quantity,
        }
        for one in found
    ]
    said = {row[_GOOD] for row in rows}
    before = [row for row in draft.extra.get(_ROWS, []) if row[_GOOD] not in said]
    return replace(draft, extra=draft.extra | {_ROWS: [*before, *rows], _STRANGE: strange[:3]})


class CountedTwice(Refusal):
    """A good is counted once, all of it. Facts: good."""

    text = "refusal-counted-twice"


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take nothing over: what was counted is read by this form itself."""
    return draft


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _COUNTED if isinstance(refusal, CountedTwice) else None


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask what was counted, which good is meant and how much of it; what the book holds is not told before."""
    strange = draft.extra.get(_STRANGE)
    if strange:
        return _ask_strange(turn, draft, ", ".join(strange)[:80])
    rows = draft.extra.get(_ROWS, [])
    if not rows:
        return await ask_slot(turn, draft, _COUNTED)
    kept = await _kept(turn)
    for row in rows:
        if row[_GOOD] is None:
            offered = tuple(
                (say("choice-good", name=kept[one].name), str(one))
                for one in row["which"]
                if one in kept
            )
            return forms.ask(turn, draft, _GOOD, say("ask-good"), choices=offered)
        if row[_QUANTITY] is None:
            good = kept[row[_GOOD]]
            asked = say("ask-counted-good", name=good.name, unit=good.unit)
            return forms.ask(turn, draft, _QUANTITY, asked)
    return replace(draft, amount=None)


def _ask_strange(turn: Turn, draft: Draft, names: str) -> Reply:
    """Say what is not on the list; the rest is counted when the officer says so."""
    rows = draft.extra.get(_ROWS, [])
    choices = ((say("choice-count-rest", count=len(rows)), "rest"),) if rows else ()
    return forms.ask(turn, draft, _COUNTED, say("opname-strange", names=names), choices=choices)


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    return (_COUNTED,)


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask what was counted, naming the goods that wait longest for it."""
    days = await counts.last_days(turn.db, koperasi_id=turn.koperasi_id)
    kept = list((await _kept(turn)).values())
    never = turn.today - timedelta(days=36_500)
    kept.sort(key=lambda good: (days.get(good.id, never), good.words))
    if not kept:
        return Reply(lines=(say("stock-none"),), state=turn.state.asking(None))
    names = ", ".join(good.name for good in kept[:_NAMED])
    return forms.ask(turn, draft, _COUNTED, say("ask-opname"), say("ask-opname-goods", names=names))


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed choice over: which good, or that the strange ones are left out."""
    if slot == _COUNTED:
        return replace(draft, extra=draft.extra | {_STRANGE: []})
    rows = [dict(row) for row in draft.extra.get(_ROWS, [])]
    waiting = next((row for row in rows if row[_GOOD] is None), None)
    if slot == _GOOD and waiting is not None and int(value) in waiting["which"]:
        waiting[_GOOD] = int(value)
    return replace(draft, extra=draft.extra | {_ROWS: rows})


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over: goods with their counts, a good's name, or how much of it."""
    kept = await _kept(turn)
    known = [Named(id=good.id, words=good.words, unit=good.unit) for good in kept.values()]
    rows = [dict(row) for row in draft.extra.get(_ROWS, [])]
    if slot == _QUANTITY:
        waiting = next((row for row in rows if row[_QUANTITY] is None), None)
        if waiting is None or waiting[_GOOD] not in kept:
            return None
        said = stock_count.quantity(text, kept[waiting[_GOOD]].unit)
        if said is None:
            return None
        waiting[_QUANTITY] = said
        return replace(draft, extra=draft.extra | {_ROWS: rows})
    found, _ = stock_count.read(text, known)
    if not found or stock_count.is_something_else(text):
        return None
    if slot == _GOOD:
        waiting = next((row for row in rows if row[_GOOD] is None), None)
        if waiting is None or len(found) > 1 or not found[0].certain:
            return None
        return await take_slot(turn, draft, slot, str(found[0].goods[0]))
    return await _taken(turn, draft, text)


async def _count(turn: Turn, draft: Draft) -> Count:
    assert draft.on is not None
    counted: dict[int, int] = {}
    kept = await _kept(turn)
    for row in draft.extra[_ROWS]:
        if row[_GOOD] in counted:
            raise CountedTwice(good=kept[row[_GOOD]].name)
        counted[row[_GOOD]] = row[_QUANTITY]
    return await counts.count(
        turn.db, officer=turn.here, counted=counted, on=draft.on, today=requests.today(turn)
    )


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what was counted, what the book holds, what a difference is worth, and why another must approve."""
    found = await _count(turn, draft)
    return (*_lines(found), *await _why(turn, found))


def _lines(found: Count) -> tuple[Say, ...]:
    lines = [say(STOCK_COUNT.heading), say("card-date", on=found.on)]
    lines.append(say("opname-goods", count=len(found.rows)))
    lines += [_row(row) for row in found.rows]
    if found.short:
        lines.append(say("opname-short-total", amount=found.short))
    if found.over:
        lines.append(say("opname-over-total", amount=found.over))
    return tuple(lines)


def _row(row: Row) -> Say:
    facts: dict[str, Any] = {"name": row.name, "unit": row.unit, "counted": row.counted}
    if not row.difference:
        return say("opname-agrees", **facts)
    key = "opname-over" if row.difference > 0 else "opname-short"
    return say(
        key, **facts, booked=row.booked, difference=abs(row.difference), amount=abs(row.value)
    )


async def _why(turn: Turn, found: Count) -> tuple[Say, ...]:
    """Say why another officer must approve: what goods were lost and found that day is above its limit."""
    if not found.short and not found.over:
        return ()
    limit = turn.here.rules.on(requests.today(turn)).expense_limit
    alone = await counts.alone(turn.db, cooperative=turn.here.cooperative, on=found.on, at=turn.now)
    if alone + found.short + found.over <= limit:
        return ()
    return (say("approval-why-count", limit=limit),)


async def record(turn: Turn, card: Card) -> Reply:
    """Keep a count; above the limit it waits for a second person instead."""
    found = await _count(turn, card.draft)
    lines, why = _lines(found), await _why(turn, found)
    if promises.broken(card, (*lines, *why)):
        return await cards.again(turn, card, "card-changed")
    if why:
        facts = {"rows": [asdict(row) for row in found.rows]}
        return await requests.ask(turn, card, kind="stock-count", facts=facts, lines=lines, why=why)
    done = await counts.keep(
        turn.db,
        officer=turn.here,
        found=found,
        at=turn.now,
        operation=card.id,
        source=turn.incoming.chat.channel,
    )
    return Reply(
        lines=(*_receipt(done), say("receipt-recorder", name=turn.here.name)),
        edit=True,
        state=turn.state.closing(card.id, str(done.entry) if done.entry else "kept"),
    )


def _receipt(done: Counted) -> tuple[Say, ...]:
    number = say("receipt-number", entry=done.entry) if done.entry else say("opname-kept")
    return (number, *_lines(done.found))


async def told(turn: Turn, decided: Decided) -> tuple[tuple[Say, ...], tuple[Notice, ...]]:
    """Tell who approved what was booked; who counted reads the same."""
    approval, done = decided.approval, decided.result
    assert isinstance(done, Counted)
    recorder = await people.name(
        turn.db, koperasi_id=turn.koperasi_id, person_id=approval.maker_person or 0
    )
    approver = ", ".join(vote.name for vote in decided.votes if vote.approved)
    return (
        *_receipt(done),
        say("receipt-recorder", name=recorder),
        say("receipt-approver", name=approver),
    ), ()
