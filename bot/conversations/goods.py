"""The price list: goods are added and priced by chat, with a card; members ask prices, officers see the stock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import date
from functools import partial

from bot.state import Card, Draft
from bot.talk import Reply, Turn, say
from bot.understand import goods as reader
from bot.understand import price_list
from bot.understand.goods import Named
from bot.understand.price_list import Listed, NotPlain
from bot.understand.readings import Reading
from core.errors import Refusal
from core.goods import catalogue, counts, kinds, stock
from core.goods.catalogue import Good, Said
from core.permissions import Action, NotAllowed, may, who_may
from notifications.messages import Fact, Say

Step = Callable[[Turn], Awaitable[Reply]]
OPERATION = "barang"
_LISTED = "listed"
_KIND = "kind"  # a slot
_LISTED, _UNIT = "listed", "measure"
_UNITS = ("kg", "liter", "buah", "bungkus", "karung", "botol", "tabung")  # offered for a new good
_SHOWN = 40  # goods in one message


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Find what a sentence about the price list or the stock wants, of whoever may."""
    if price_list.asks_prices(text):
        return "prices", partial(_prices, "")
    asked = price_list.asks_stock(text)
    if asked is not None and may(turn.here.roles, Action.SEE_BOOKS):
        return "stock", partial(stock_list, asked)
    if not may(turn.here.roles, Action.RECORD_TRADE):
        return None
    try:
        said = price_list.read(text)
    except NotPlain:
        return "goods-how", _how
    return None if said is None else ("goods", partial(_begin, said))


async def _how(_turn: Turn) -> Reply:
    return Reply(lines=(say("goods-how"),))


async def _begin(said: Listed, turn: Turn) -> Reply:
    """Show the card of a good that is added or changed."""
    from bot.conversations import cards  # noqa: PLC0415 - cards knows every family, this one too

    draft = Draft(operation=OPERATION, extra={_LISTED: asdict(said)})
    before, _, _ = await _merged(turn, said)
    if before is None and said.unit is None:
        return await ask_slot(turn, draft, _UNIT)
    return await cards.show(turn, draft)


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Answer "harga beras?": of the goods that are named, else the whole list."""
    return await _prices(reading.text, turn)


async def _prices(text: str, turn: Turn) -> Reply:
    goods = await catalogue.every(turn.db, koperasi_id=turn.koperasi_id)
    priced = [good for good in _meant(text, goods) if good.price is not None]
    if not priced:
        return Reply(lines=(say("prices-none"),))
    lines = [_price_of(good) for good in priced[:_SHOWN]]
    return Reply(lines=(say("prices"), *lines, *_more(len(priced))))


def _price_of(good: Good) -> Say:
    """Say a price, its ceiling where there is one, and that nothing is left."""
    gone = good.stocked and not good.quantity
    facts: dict[str, Fact] = {"name": good.name, "price": good.price or 0, "unit": good.unit}
    if good.ceiling is None:
        return say("price-gone" if gone else "price-of", **facts)
    capped = facts | {"ceiling": good.ceiling}
    return say("price-gone-capped" if gone else "price-of-capped", **capped)


async def stock_list(text: str, turn: Turn) -> Reply:
    """Answer what there is of the goods that are named, else of all, and when each was counted last."""
    goods = await catalogue.every(turn.db, koperasi_id=turn.koperasi_id)
    kept = [good for good in _meant(text, goods) if good.stocked]
    if not kept:
        return Reply(lines=(say("stock-none"),))
    days = await counts.last_days(turn.db, koperasi_id=turn.koperasi_id)
    lines = [_stock_of(good, days.get(good.id)) for good in kept[:_SHOWN]]
    total = say("stock-total", value=sum(good.value for good in kept))
    return Reply(lines=(say("stock-list"), *lines, *_more(len(kept)), total))


def _stock_of(good: Good, counted: date | None) -> Say:
    facts: dict[str, Fact] = {
        "name": good.name,
        "quantity": good.quantity,
        "unit": good.unit,
        "value": good.value,
        "cost": stock.average(good) or 0,
    }
    return say("stock-of-counted", **facts, on=counted) if counted else say("stock-of", **facts)


def _meant(text: str, goods: list[Good]) -> list[Good]:
    """Return the goods a question names; all of them when it names none."""
    named = [Named(id=good.id, words=good.words, unit=good.unit) for good in goods]
    ids = {one for found in reader.find(text, named) for one in found.goods}
    return [good for good in goods if good.id in ids] or goods


def _more(count: int) -> tuple[Say, ...]:
    return (say("goods-more", count=count - _SHOWN),) if count > _SHOWN else ()


def _of(draft: Draft) -> Listed:
    return Listed(**draft.extra[_LISTED])


async def _merged(turn: Turn, said: Listed) -> tuple[Good | None, Good, Said]:
    """Find the good of that name and say what it would be. Refuses what core.goods.catalogue refuses."""
    if not may(turn.here.roles, Action.RECORD_TRADE):
        raise NotAllowed(who=who_may(Action.RECORD_TRADE))
    goods = await catalogue.every(turn.db, koperasi_id=turn.koperasi_id, offered=False)
    before = next((good for good in goods if good.words == catalogue.compared(said.name)), None)
    offered = said.offered
    if before is not None and not before.offered and offered is None:
        offered = True  # named again, it is sold again
    wanted = Said(
        name=before.name if before else said.name[:1].upper() + said.name[1:],
        unit=said.unit,
        price=said.price,
        ceiling=said.ceiling,
        stocked=said.stocked,
        offered=offered,
        account=said.account,
    )
    if before is None and said.offered is False:
        raise NoSuchGood(name=said.name)
    return before, catalogue.merged(before, wanted), wanted


class NoSuchGood(Refusal):
    """The list has no good of that name. Facts: name."""

    text = "refusal-no-such-good"


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what the list would say of the good, and what it says now; refuse what ✅ would refuse."""
    said = _of(draft)
    before, good, _ = await _merged(turn, said)
    if said.value:
        await stock.require_unnamed(
            turn.db, koperasi_id=turn.koperasi_id, value=said.value, account=good.account
        )
    lines = [say("operation-barang"), *_lines(good, said)]
    if before is None:
        lines.append(say("good-new"))
    elif before.price is not None and before.price != good.price:
        lines.append(say("good-price-before", price=before.price))
    return tuple(lines)


def _lines(good: Good, said: Listed) -> list[Say]:
    lines = [say("good-name", name=good.name)]
    if not good.offered:
        return [*lines, say("good-removed")]
    lines.append(say("good-unit", unit=good.unit))
    lines.append(say("good-kind", kind=kinds.every()[good.account].name))
    if good.price is not None:
        lines.append(say("good-price", price=good.price))
    if good.ceiling is not None:
        lines.append(say("good-ceiling", ceiling=good.ceiling))
    lines.append(say("good-stocked" if good.stocked else "good-not-stocked"))
    if said.quantity and said.value:
        opening = say("good-opening", quantity=said.quantity, unit=good.unit, value=said.value)
        lines.append(opening)
    return lines


async def record(turn: Turn, card: Card) -> Reply:
    """Keep the good; opening stock becomes part of what the books hold."""
    said = _of(card.draft)
    _, _, wanted = await _merged(turn, said)
    good = await catalogue.keep(turn.db, officer=turn.here, said=wanted, at=turn.now)
    if said.quantity and said.value:
        assert card.draft.on is not None
        await stock.open_stock(
            turn.db,
            koperasi_id=turn.koperasi_id,
            good=good.id,
            quantity=said.quantity,
            value=said.value,
            on=card.draft.on,
        )
    return Reply(
        lines=(say("good-kept"), *_lines(good, said)),
        edit=True,
        state=turn.state.closing(card.id, "kept"),
    )


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take nothing over: its card is made of one sentence."""
    return draft


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask nothing: its card is made of one sentence."""
    return draft


def again(refusal: Refusal) -> str | None:
    """Name no slot: the sentence is said anew."""
    return None


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Offer what is asked by itself."""
    return ("price", _UNIT, "ceiling", _KIND)


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for the price, its ceiling, the kind, or what it is counted in."""
    from bot.conversations import forms  # noqa: PLC0415 - forms knows every family, this one too

    if slot == _UNIT:
        name = _of(draft).name
        asked = say("ask-unit", name=name[:1].upper() + name[1:])
        choices = tuple((say("choice-unit", unit=unit), unit) for unit in _UNITS)
        return forms.ask(turn, draft, slot, asked, choices=choices)
    if slot == _KIND:
        choices = tuple(
            (say("choice-kind", kind=kind.name), code) for code, kind in kinds.every().items()
        )
        return forms.ask(turn, draft, slot, say("ask-kind"), choices=choices)
    return forms.ask(turn, draft, slot, say("ask-price" if slot == "price" else "ask-ceiling"))


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed kind or unit over."""
    if slot == _UNIT and value in _UNITS:
        return _with(draft, "unit", value)
    return _with(draft, "account", value) if slot == _KIND and value in kinds.ACCOUNTS else draft


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed price, kind or unit over."""
    if slot == _KIND:
        account = kinds.named(text)
        return None if account is None else await take_slot(turn, draft, slot, account)
    if slot == _UNIT:
        unit = reader.unit_of(text.strip(" .!").removeprefix("per ").removeprefix("se"))
        return _with(draft, "unit", unit) if unit else None
    try:
        said = price_list.read(f"ubah harga x {text}")
    except NotPlain:
        return None
    if said is None or said.price is None or said.name != "x":
        return None
    return _with(draft, slot, said.price)


def _with(draft: Draft, key: str, value: str | int) -> Draft:
    return replace(draft, extra=draft.extra | {_LISTED: draft.extra[_LISTED] | {key: value}})
