"""What forms of titip jual ask and fill in: whose goods, which and how many, the price, the gerai's share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from bot.conversations import agency_slots, cash_places, consigned_owner, forms
from bot.conversations.agency_slots import FEE, PASSED_ON
from bot.conversations.operations import TREASURY
from bot.state import Draft
from bot.talk import Reply, Turn, say
from bot.understand import amounts, taken_in
from bot.understand import goods as reader
from bot.understand.goods import Named
from bot.understand.readings import AmountKind, Intent, PeopleKind, Reading
from bot.understand.taken_in import Counted
from core import everyday
from core.errors import Refusal
from core.goods import catalogue, consigned
from core.goods.catalogue import UNIT
from core.goods.consigned import Consigned
from core.money import Rupiah
from core.treasury import book, events
from core.treasury.events import Event, Plan
from notifications.messages import Say

GOOD, QUANTITY, PRICE, GOODS = "good", "quantity", "price", "goods"
_SAID, _PRICED, _EACH = "said", "priced", "each"
_LISTED, _SURE = "listed", "sure"  # a share that was reckoned, or said again
IN, BACK, SALE, PAID = "titipmasuk", "titipkembali", "jualtitipan", "bayartitipan"
_OFFERED = 8


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over whose, which goods, how many, for how much, and the gerai's share."""
    extra = {key: one for key, one in draft.extra.items() if key != "count"}
    extra |= agency_slots.told(reading)
    if reading.intents:
        known = reading.people.kind is PeopleKind.ONE
        named = reading.people.said if known else taken_in.owner(reading.text) or ""
        extra[_SAID] = taken_in.without(reading.text, named)[:500]
    if (place := cash_places.any_named(reading.text)) is not None and draft.operation == PAID:
        extra[cash_places.SLOT] = place
    return consigned_owner.heard(replace(draft, months=(), extra=extra), reading)


_ASKED_AGAIN: dict[type[Refusal], str] = {
    book.MoreThanThere: "amount",
    everyday.BeforeFounding: "on",
    consigned.NotSoManyConsigned: QUANTITY,
    consigned.ShareTooLarge: FEE,
}


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask what the sentence and the goods taken in leave open."""
    draft = _passed_on(draft)
    if draft.operation == PAID:
        return await _paid(turn, draft)
    if draft.operation == IN:
        return await _taken_in(turn, draft)
    found = await _which(turn, draft)
    if isinstance(found, Reply):
        return found
    good = await _good(turn, found)
    if good is None:
        return found if draft.operation == BACK else _by_value(turn, found)
    found = consigned_owner.of_good(found, good)
    quantity = found.extra.get(QUANTITY)
    if quantity is None:
        return _ask_quantity(turn, found, good)
    try:
        consigned.require_here(good, quantity)
    except Refusal as refusal:
        asked = _ask_quantity(turn, _emptied(found, QUANTITY), good)
        return replace(asked, lines=(forms.as_said(refusal), *asked.lines))
    return found if draft.operation == BACK else _valued(turn, found, good)


def _passed_on(draft: Draft) -> Draft:
    extra = dict(draft.extra)
    said = extra.pop(PASSED_ON, None)
    if said is None:  # "jual keripik 5 bungkus bagian toko 2rb": the only amount is the share
        share = draft.amount == extra.get(FEE) != extra.get(_SURE)
        return replace(draft, amount=None) if share else draft
    extra = {key: one for key, one in extra.items() if key not in ("amounts", "why")}
    return replace(draft, amount=said, extra=extra)


def _emptied(draft: Draft, *slots: str) -> Draft:
    return replace(draft, extra={k: v for k, v in draft.extra.items() if k not in slots})


async def _paid(turn: Turn, draft: Draft) -> Draft | Reply:
    """Pay all that is owed, unless an amount was said."""
    found = await consigned_owner.complete(turn, draft, new=False)
    if isinstance(found, Reply):
        return found
    owner = await consigned_owner.of(turn, found)
    assert owner is not None
    owed = await consigned.owed_to(turn.db, koperasi_id=turn.koperasi_id, owner=owner)
    if not owed:
        return Reply(
            lines=(say("consigned-nothing-owed", name=owner.name),), state=turn.state.asking(None)
        )
    why = found.extra.get("why")
    if found.amount is None and why and why != "lookup":
        return forms.ask_amount(turn, found, None, str(why))
    return found if found.amount else replace(found, amount=owed)


async def _taken_in(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask what was brought, by whom, at what price, and the gerai's share of it."""
    said = str(draft.extra.get(_SAID, ""))
    if GOODS not in draft.extra:
        read = taken_in.read(said)
        if read is None:
            return await ask_slot(turn, draft, GOODS)
        draft = _with_goods(draft, read)
    found = await consigned_owner.complete(turn, draft, new=True)
    if isinstance(found, Reply):
        return found
    draft = found
    before = await _same(turn, draft)
    if PRICE not in draft.extra:
        if draft.amount and taken_in.is_priced(said):
            draft = _with(draft, PRICE, draft.amount)
        elif draft.amount is None and before is not None:
            draft = _with(draft, PRICE, before.price)
        else:
            return await ask_slot(turn, draft, PRICE)
    if FEE not in draft.extra and before is not None and before.price == draft.extra[PRICE]:
        draft = _with(draft, FEE, before.share)
    if FEE not in draft.extra:
        return await ask_slot(turn, draft, FEE)
    return replace(draft, amount=draft.extra[PRICE])


def _with(draft: Draft, slot: str, value: object) -> Draft:
    return replace(draft, extra=draft.extra | {slot: value})


def _with_goods(draft: Draft, read: Counted) -> Draft:
    return _with(draft, GOODS, asdict(read))


async def _same(turn: Turn, draft: Draft) -> Consigned | None:
    """Find what the owner brought before under that name."""
    wanted = catalogue.compared(draft.extra[GOODS]["name"])
    owner = await consigned_owner.of(turn, draft)
    every = await consigned.every(turn.db, koperasi_id=turn.koperasi_id)
    return next((one for one in every if (one.words, one.owner) == (wanted, owner)), None)


async def _every(turn: Turn, draft: Draft) -> list[Consigned]:
    """List the goods of the owner, or of all owners while nobody is named."""
    every = await consigned.every(turn.db, koperasi_id=turn.koperasi_id)
    owner = await consigned_owner.of(turn, draft)
    return [one for one in every if owner is None or one.owner == owner]


async def _good(turn: Turn, draft: Draft) -> Consigned | None:
    every = await consigned.every(turn.db, koperasi_id=turn.koperasi_id)
    return next((one for one in every if one.id == draft.extra.get(GOOD)), None)


async def _which(turn: Turn, draft: Draft) -> Draft | Reply:
    """Find the goods that are named; else ask among those of the owner. 0: of no goods, by value."""
    if GOOD in draft.extra:
        return draft
    if consigned_owner.SAID in draft.extra:
        known = await consigned_owner.complete(turn, draft, new=False)
        return known if isinstance(known, Reply) else await _named(turn, known)
    return await _named(turn, draft)


async def _named(turn: Turn, draft: Draft) -> Draft | Reply:
    goods, said = await _every(turn, draft), str(draft.extra.get(_SAID, ""))
    named = find(said, goods)
    if not named and (others := await _of_others(turn, draft, said)):
        return _ask_good(turn, replace(draft, member=None), others)
    if len(named) > 1 or taken_in.counts(said) > 1:
        return Reply(lines=(say("consigned-one-by-one"),), state=turn.state.asking(None))
    if named:
        ids, quantity = named[0]
        draft = _with(draft, QUANTITY, quantity) if quantity else draft
        if len(ids) == 1:
            return _with(draft, GOOD, ids[0])
        return _ask_good(turn, draft, [one for one in goods if one.id in ids])
    return await _unnamed(turn, draft)


async def _unnamed(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask among what the owner has here; with nothing here a sale is by value."""
    known = await consigned_owner.complete(turn, draft, new=False)
    if isinstance(known, Reply):
        return known
    draft = known
    goods = [one for one in await _every(turn, draft) if one.quantity]
    if not goods and draft.operation == BACK:
        return Reply(lines=(say("consigned-none"),), state=turn.state.asking(None))
    if not goods:
        return _with(draft, GOOD, 0)
    return _ask_good(turn, draft, goods)


async def _of_others(turn: Turn, draft: Draft, said: str) -> list[Consigned]:
    """List the goods of that name where none of them is of who is named: perhaps who bought them."""
    every = await consigned.every(turn.db, koperasi_id=turn.koperasi_id)
    ids = {one for found, _ in find(said, every) for one in found}
    return [one for one in every if one.id in ids] if draft.member is not None else []


def find(text: str, goods: Sequence[Consigned]) -> list[tuple[list[int], int | None]]:
    """Return what a sentence names: the goods each name may be, several owners' of one name, and how many."""
    named = [Named(id=one.id, words=one.words, unit=one.unit) for one in goods]
    found = []
    for one in reader.find(text, named):
        first = next(good for good in goods if good.id == one.goods[0])
        ids = {good.id for good in goods if good.words == first.words} | set(one.goods)
        found.append((sorted(ids), one.quantity))
    return found


def _ask_good(turn: Turn, draft: Draft, goods: Sequence[Consigned]) -> Reply:
    choices = [
        (say("choice-consigned", name=one.name, owner=one.owner.name), str(one.id))
        for one in goods[:_OFFERED]
    ]
    if draft.operation == SALE:
        choices.append((say("choice-by-value"), "0"))
    return forms.ask(turn, draft, GOOD, say("ask-good"), choices=tuple(choices))


def _ask_quantity(turn: Turn, draft: Draft, good: Consigned) -> Reply:
    """Ask how many; offered is what the amount gives at the price, or of what goes back all."""
    whole = bool(draft.amount) and (draft.amount or 0) % good.price == 0
    offered = [(draft.amount or 0) // good.price * UNIT] if whole else []
    offered = [good.quantity] if draft.operation == BACK and good.quantity else offered
    choices = tuple(
        (say("choice-quantity", quantity=one, unit=good.unit), str(one)) for one in offered
    )
    asked = say("ask-quantity", name=good.name, unit=good.unit)
    return forms.ask(turn, draft, QUANTITY, asked, choices=choices)


def _valued(turn: Turn, draft: Draft, good: Consigned) -> Draft | Reply:
    """Price the goods, unless an amount was said; the gerai's share is as agreed, unless another was said."""
    quantity = int(draft.extra[QUANTITY])
    price, share = consigned.parts(good, quantity)
    said = draft.amount if draft.amount != draft.extra.get(_PRICED) else None
    if said not in (None, price, draft.extra.get(_EACH)):
        asked = replace(_with(draft, _EACH, said), amount=None)
        choices = tuple((say("choice-amount", amount=one), str(one)) for one in (price, said))
        return forms.ask(
            turn, asked, "amount", say("ask-consigned-amount", price=price), choices=choices
        )
    if said is None:
        draft = replace(_with(draft, _PRICED, price), amount=price)
    if FEE not in draft.extra:
        draft = replace(draft, extra=draft.extra | {FEE: share, _LISTED: share})
    fee = draft.extra[FEE]
    if fee == good.share != share and draft.extra.get(_SURE) != fee:
        return _ask_share(turn, _emptied(draft, FEE), (share, fee))
    return _shared(turn, draft)


def _by_value(turn: Turn, draft: Draft) -> Draft | Reply:
    if draft.amount is None:
        why = draft.extra.get("why")
        return forms.ask_amount(turn, draft, None, str(why) if why else None)
    return _shared(turn, draft) if FEE in draft.extra else _ask_share(turn, draft, (0,))


def _shared(turn: Turn, draft: Draft) -> Draft | Reply:
    """Refuse a share that leaves the owner nothing, and ask for it again."""
    assert draft.amount
    try:
        consigned.require_share(draft.extra[FEE], draft.amount)
    except Refusal as refusal:
        asked = _ask_share(turn, _emptied(draft, FEE), ())
        return replace(asked, lines=(forms.as_said(refusal), *asked.lines))
    return draft


def _ask_share(turn: Turn, draft: Draft, offered: Sequence[Rupiah]) -> Reply:
    choices = tuple((_amount(one), str(one)) for one in offered)
    return forms.ask(turn, draft, FEE, say("ask-share"), choices=choices)


def _amount(one: Rupiah) -> Say:
    return say("choice-amount", amount=one) if one else say("choice-no-share")


def plan_of(draft: Draft) -> Plan:
    """Make the plan of a complete draft that moves money."""
    assert draft.amount
    event = TREASURY[draft.operation or ""].event
    account, place = consigned_owner.account(draft), cash_places.of(draft)
    if event is Event.CONSIGNED_PAID:
        return events.plan(event, draft.amount, place=place, account=account, member=draft.member)
    fee, good = int(draft.extra[FEE]), draft.extra.get(GOOD) or None
    return events.plan(
        event, draft.amount - fee, place=place, account=account, member=draft.member, fee=fee, good=good,
        quantity=int(draft.extra[QUANTITY]) if good else 0,
    )  # fmt: skip


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    counted = (QUANTITY,) if draft.extra.get(GOOD) else ()
    return {
        IN: (GOODS, PRICE, FEE, "on"),
        BACK: (QUANTITY, "on"),
        SALE: ("amount", *counted, FEE, "on", "cash", "note"),
        PAID: ("amount", "on", "cash", "note"),
    }[draft.operation or ""]


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for one of its own slots."""
    if slot == QUANTITY and (good := await _good(turn, draft)) is not None:
        return _ask_quantity(turn, _emptied(draft, QUANTITY), good)
    if slot == FEE and draft.operation != IN:
        return _ask_share(turn, draft, ())
    unit = str(draft.extra.get(GOODS, {}).get("unit", ""))
    if slot == GOODS:
        return forms.ask(turn, draft, GOODS, say("ask-consigned-goods"))
    key = "ask-consigned-price" if slot == PRICE else "ask-consigned-share"
    return forms.ask(turn, draft, slot, say(key, unit=unit))


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed choice over."""
    if slot == consigned_owner.SLOT:
        return await consigned_owner.take(turn, draft, value)
    if not value.isdigit():
        return draft
    if slot == FEE:
        return replace(draft, extra=draft.extra | {FEE: int(value), _SURE: int(value)})
    if slot == QUANTITY:
        amount = None if draft.amount == draft.extra.get(_PRICED) else draft.amount
        if draft.extra.get(FEE) == draft.extra.get(_LISTED):
            draft = _emptied(draft, FEE)
        return replace(_with(draft, QUANTITY, int(value)), amount=amount)
    if slot in (GOOD, PRICE):
        return _with(draft, slot, int(value))
    return draft


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over: "Bu Rini", "5 bungkus", "20 bungkus keripik", "2rb"; None when it is none."""
    if slot == consigned_owner.SLOT:
        return await consigned_owner.hear(turn, draft, text)
    if slot == GOODS:
        read = taken_in.read(text)
        return None if read is None else _with_goods(draft, read)
    if slot == GOOD:
        named = find(text, await _every(turn, draft))
        found = len(named) == 1 and len(named[0][0]) == 1
        return await take_slot(turn, draft, slot, str(named[0][0][0])) if found else None
    if slot == QUANTITY:
        good = await _good(turn, draft)
        count = reader.quantity(text, good.unit) if good is not None else None
        return await take_slot(turn, draft, slot, str(count)) if count else None
    if agency_slots.is_none(text) and slot == FEE:
        return await take_slot(turn, draft, slot, "0")
    read_amount = amounts.read(text)
    if read_amount.kind is not AmountKind.EXACT or not read_amount.value:
        return None
    return await take_slot(turn, draft, slot, str(read_amount.value))


async def is_sale(turn: Turn, reading: Reading) -> tuple[Intent, ...]:
    """Say whether a sale names goods that are another's: then it is a sale for them, or asked where both fit."""
    if Intent.SALE not in reading.intents:
        return ()
    goods = await consigned.every(turn.db, koperasi_id=turn.koperasi_id)
    if not goods or not find(reading.text, goods):
        return ()
    own = [
        Named(id=one.id, words=one.words, unit=one.unit)
        for one in await catalogue.every(turn.db, koperasi_id=turn.koperasi_id)
    ]
    if reader.find(reading.text, own):
        return (Intent.SALE, Intent.CONSIGNED_SALE)
    return (Intent.CONSIGNED_SALE,)
