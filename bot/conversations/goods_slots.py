"""Goods in forms of trade: which, how many, for how much; what is not certain is asked, one thing at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.conversations import forms
from bot.state import Draft
from bot.talk import Reply, Turn, say
from bot.understand import goods as reader
from bot.understand.goods import Named
from bot.understand.readings import Intent, PeopleKind, Reading
from core.everyday import Event
from core.goods import catalogue, stock
from core.goods.catalogue import UNIT, Good
from core.goods.stock import Line
from core.money import LARGEST, Rupiah, share_out
from notifications.messages import Say

GOOD, QUANTITY = "good", "quantity"  # slots, and what a row knows
_SAID, _ROWS, _LINES, _PRICED = "said", "goods", "lines", "priced"
_SETTLED = ("bare", "quantity_only")  # doubts of an amount that goods may settle: 30 eggs
_OFFERED = 8
_FROM = re.compile(r"\b(?:dari|dr|drpd|daripada|sama|ke|kepada|kpd|pada)\b", re.IGNORECASE)


def told(extra: Mapping[str, Any], pieces: Sequence[tuple[str, int | None]]) -> dict[str, Any]:
    """Keep what was said, until goods are looked for in it; a later answer is no new sentence."""
    if _SAID in extra or _ROWS in extra:
        return dict(extra)
    return dict(extra) | {_SAID: [[text[:500], amount] for text, amount in pieces]}


def may_settle(draft: Draft, why: str) -> bool:
    """Say whether goods may tell what an amount leaves open."""
    return why in _SETTLED and _SAID in draft.extra


def names_goods(draft: Draft) -> bool:
    """Say whether a draft names goods of the list."""
    return bool(draft.extra.get(_ROWS))


def lines_of(draft: Draft) -> tuple[Line, ...]:
    """Return what a complete draft moves of the stock, as core.everyday takes it."""
    return tuple(Line(**line) for line in draft.extra.get(_LINES, ()))


async def complete(turn: Turn, draft: Draft, event: Event) -> Draft | Reply:
    """Find the goods, ask what is not certain of them, then share the amount out over them, or price it."""
    if _SAID in draft.extra:
        draft = await _looked(turn, draft)
    rows = draft.extra.get(_ROWS, [])
    if not rows:
        return replace(draft, extra=draft.extra | {_LINES: []})
    goods = await _known(turn)
    for row in rows:
        if row[GOOD] is None:
            return _ask_good(turn, draft, row, goods)
        if row[QUANTITY] is None:
            return _ask_quantity(turn, draft, row, goods[row[GOOD]])
    if event is Event.STOCK_LOSS:
        return await _at_cost(turn, draft, rows)
    return _valued(turn, draft, event, rows, goods)


async def is_sale(turn: Turn, reading: Reading) -> bool:
    """Say whether a member bought goods of the list: "Siti beli beras 2 karung"; from a member is left open."""
    either = set(reading.intents) == {Intent.SALE, Intent.PURCHASE}
    if not either or reading.people.kind is not PeopleKind.ONE or _FROM.search(reading.text):
        return False
    goods = await _known(turn)
    named = [Named(id=good.id, words=good.words, unit=good.unit) for good in goods.values()]
    found = reader.find(reading.text, named)
    return bool(found) and all(one.certain for one in found)


async def _known(turn: Turn) -> dict[int, Good]:
    found = await catalogue.every(turn.db, koperasi_id=turn.koperasi_id)
    return {good.id: good for good in found}


async def _looked(turn: Turn, draft: Draft) -> Draft:
    """Look for goods in what was said; what names none stays by value."""
    goods = await _known(turn)
    named = [Named(id=good.id, words=good.words, unit=good.unit) for good in goods.values()]
    rows: list[dict[str, Any]] = []
    for text, amount in draft.extra[_SAID]:
        found = reader.find(text, named)
        for one in found:
            good = goods[one.goods[0]]
            if one.certain and one.quantity is None and not good.stocked:
                continue  # by value: nothing of it is counted
            rows.append(
                {
                    GOOD: one.goods[0] if one.certain else None,
                    "which": list(one.goods[:_OFFERED]),
                    QUANTITY: one.quantity,
                    "amount": amount if len(found) == 1 else None,
                }
            )
    extra = {key: value for key, value in draft.extra.items() if key != _SAID}
    return replace(draft, extra=extra | {_ROWS: rows})


def _ask_good(turn: Turn, draft: Draft, row: dict[str, Any], goods: dict[int, Good]) -> Reply:
    """Ask which good is meant; none of them: the row stays by value."""
    offered = tuple(
        (say("choice-good", name=goods[one].name), str(one)) for one in row["which"] if one in goods
    )
    choices = (*offered, (say("choice-by-value"), "0"))
    return forms.ask(turn, draft, GOOD, say("ask-good"), choices=choices)


def _ask_quantity(turn: Turn, draft: Draft, row: dict[str, Any], good: Good) -> Reply:
    """Ask how many; what the amount gives at the good's price is offered."""
    amount = row["amount"] or draft.amount
    whole = bool(amount and good.price and amount % good.price == 0)
    offered = [amount // good.price * UNIT] if whole and amount and good.price else []
    choices = tuple(
        (say("choice-quantity", quantity=one, unit=good.unit), str(one)) for one in offered
    )
    asked = say("ask-quantity", name=good.name, unit=good.unit)
    return forms.ask(turn, draft, QUANTITY, asked, choices=choices)


def ask_slot(turn: Turn, draft: Draft, goods: dict[int, Good]) -> Reply:
    """Ask for the quantity anew: ✏️, or more than there is."""
    rows = [dict(row) for row in draft.extra[_ROWS]]
    rows[0][QUANTITY] = None
    return _ask_quantity(turn, _with_rows(draft, rows), rows[0], goods[rows[0][GOOD]])


async def ask_again(turn: Turn, draft: Draft) -> Reply:
    """Ask for the quantity of the first good anew."""
    return ask_slot(turn, draft, await _known(turn))


def take(draft: Draft, slot: str, value: str) -> Draft:
    """Take a pressed choice over: of the first row that waits for it."""
    rows = [dict(row) for row in draft.extra.get(_ROWS, [])]
    waiting = next((row for row in rows if row[slot] is None), None)
    if waiting is None or not value.isdigit():
        return draft
    if slot == QUANTITY:
        waiting[QUANTITY] = int(value) or None
    elif value == "0":
        rows.remove(waiting)
    elif int(value) in waiting["which"]:
        waiting[GOOD] = int(value)
    return _with_rows(draft, rows)


def _with_rows(draft: Draft, rows: list[dict[str, Any]]) -> Draft:
    priced = draft.extra.get(_PRICED)
    amount = None if priced is not None and draft.amount == priced else draft.amount
    extra = draft.extra | {_ROWS: rows, _LINES: []}
    return replace(draft, amount=amount, extra=extra)


async def hear(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | None:
    """Take a typed answer over: "beras premium", "3 karung"; None when it says nothing of it."""
    goods = await _known(turn)
    rows = draft.extra.get(_ROWS, [])
    row = next((row for row in rows if row[slot] is None), None)
    if row is None:
        return None
    if slot == QUANTITY:
        said = reader.quantity(text, goods[row[GOOD]].unit)
        return take(draft, slot, str(said)) if said else None
    named = [
        Named(id=goods[one].id, words=goods[one].words, unit=goods[one].unit)
        for one in row["which"]
        if one in goods
    ]
    found = reader.find(text, named)
    if len(found) == 1 and len(found[0].goods) == 1:
        return take(draft, slot, str(found[0].goods[0]))
    return None


async def _at_cost(turn: Turn, draft: Draft, rows: list[dict[str, Any]]) -> Draft:
    """A loss is worth what its goods cost. Raises core.goods.stock.NotEnoughStock."""
    asked = [Line(good=row[GOOD], quantity=row[QUANTITY], amount=0) for row in rows]
    moves = await stock.costed(turn.db, koperasi_id=turn.koperasi_id, kind="loss", lines=asked)
    lines = [
        {"good": move.good, "quantity": -move.quantity, "amount": -move.value} for move in moves
    ]
    cost = sum(-move.value for move in moves)
    return replace(draft, amount=cost or None, extra=draft.extra | {_LINES: lines})


def _valued(
    turn: Turn, draft: Draft, event: Event, rows: list[dict[str, Any]], goods: dict[int, Good]
) -> Draft | Reply:
    """Give every row its part of the amount; without an amount, of what is sold, its price."""
    said = _said_amount(draft, rows)
    listed = [_list_price(row, goods[row[GOOD]]) for row in rows]
    own: list[Rupiah | None] = [row["amount"] for row in rows]
    sold = event in (Event.SALE, Event.SALES_RETURN)
    if said is None:
        if not sold or None in listed:
            return draft if draft.amount else _ask_amount(turn, draft)
        parts = [price or 0 for price in listed]
        return _with_lines(draft, rows, parts, sum(parts), priced=True)
    if None not in own:  # a list, each line with its own amount; what names no goods is the rest
        return _with_lines(draft, rows, [part or 0 for part in own], said)
    if len(rows) == 1:
        if sold and _may_be_each(draft, rows[0], goods[rows[0][GOOD]], said):
            return _ask_each(turn, draft, said, listed[0] or said)
        return _with_lines(draft, rows, [said], said)
    if None in listed:
        return Reply(lines=(say("goods-one-by-one"),), state=turn.state.asking(None))
    return _with_lines(draft, rows, share_out(said, [price or 0 for price in listed]), said)


def _said_amount(draft: Draft, rows: list[dict[str, Any]]) -> Rupiah | None:
    """Return the amount that was said; one that the prices gave, or that was a count, is none."""
    if draft.amount is not None and draft.amount != draft.extra.get(_PRICED):
        return draft.amount
    return None


def _ask_amount(turn: Turn, draft: Draft) -> Reply:
    why = draft.extra.get("why")
    return forms.ask_amount(turn, draft, None, str(why) if why else None)


def _list_price(row: dict[str, Any], good: Good) -> Rupiah | None:
    if good.price is None:
        return None
    price: Rupiah = (2 * good.price * row[QUANTITY] + UNIT) // (2 * UNIT)
    return price or 1


def _may_be_each(draft: Draft, row: dict[str, Any], good: Good, said: Rupiah) -> bool:
    """Ask of `2 karung 75rb`, where one costs 75.000, whether it is for both or for each."""
    once = draft.extra.get("each") != said
    return once and good.price == said and row[QUANTITY] > UNIT


def _ask_each(turn: Turn, draft: Draft, said: Rupiah, all_of_it: Rupiah) -> Reply:
    """Ask whether the amount is of all; the same amount said again is."""
    asked = replace(draft, amount=None, extra=draft.extra | {"each": said})
    choices = tuple(
        (say("choice-amount", amount=one), str(one)) for one in (all_of_it, said) if one <= LARGEST
    )
    return forms.ask(turn, asked, "amount", say("ask-each", amount=said), choices=choices)


def _with_lines(
    draft: Draft,
    rows: list[dict[str, Any]],
    parts: Sequence[Rupiah],
    amount: Rupiah,
    *,
    priced: bool = False,
) -> Draft:
    lines = [
        {"good": row[GOOD], "quantity": row[QUANTITY], "amount": part}
        for row, part in zip(rows, parts, strict=True)
        if part
    ]
    extra = draft.extra | {_LINES: lines, _PRICED: amount if priced else None}
    return replace(draft, amount=amount, extra=extra)


async def told_lines(turn: Turn, lines: Sequence[Line]) -> list[Say]:
    """Say which goods, how many and for how much, one a line."""
    goods = {
        good.id: good
        for good in await catalogue.every(turn.db, koperasi_id=turn.koperasi_id, offered=False)
    }
    return [
        say(
            "card-good",
            name=goods[line.good].name,
            quantity=line.quantity,
            unit=goods[line.good].unit,
            amount=line.amount,
        )
        for line in lines
    ]


async def told_stock(turn: Turn, moves: Sequence[stock.Move]) -> list[Say]:
    """Say what stock there is before and after, of each good that moves."""
    goods = await _known(turn)
    return [
        say(
            "card-stock",
            name=goods[good].name,
            unit=goods[good].unit,
            before=goods[good].quantity,
            after=goods[good].quantity + sum(move.quantity for move in moves if move.good == good),
        )
        for good in dict.fromkeys(move.good for move in moves)
        if good in goods
    ]
