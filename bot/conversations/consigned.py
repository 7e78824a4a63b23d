"""Titip jual: the cards of goods that come in and go back, what a sale's card says of them, who is owed what."""

from __future__ import annotations

from typing import Any

from bot.conversations import cards, consigned_owner, looks
from bot.conversations.agency_slots import FEE
from bot.conversations.consigned_slots import GOOD, GOODS, IN, PRICE, QUANTITY
from bot.state import Card, Draft
from bot.talk import Reply, Turn, say
from bot.understand import taken_in
from bot.understand.readings import PeopleKind, Reading
from core import everyday
from core.goods import consigned
from core.goods.catalogue import UNIT
from core.goods.consigned import Consigned, Owner, Taken
from core.looks import What
from core.permissions import Action, NotAllowed, may, who_may
from core.rules import FOUNDED
from core.treasury.events import CONSIGNED, Event, Plan
from notifications.messages import Say

_SHOWN = 15


async def _the_good(turn: Turn, good: int | None) -> Consigned | None:
    every = await consigned.every(turn.db, koperasi_id=turn.koperasi_id)
    return next((one for one in every if one.id == good), None)


async def details(turn: Turn, draft: Draft, plan: Plan) -> list[Say]:
    """Say of a sale or payment whose goods they are when it is no member, which goods, and how it is shared."""
    if plan.event not in CONSIGNED:
        return []
    owner = await consigned_owner.of(turn, draft)
    lines = [say("card-owner", name=owner.name)] if owner and owner.member is None else []
    if plan.event is Event.CONSIGNED_SALE:
        good = await _the_good(turn, plan.good)
        if good is not None:
            lines.append(
                say("card-consigned", name=good.name, quantity=plan.quantity, unit=good.unit)
            )
        lines.append(say("card-shared", owner=plan.amount, share=plan.fee))
    return lines


async def _whose(turn: Turn, draft: Draft) -> tuple[Owner, list[Say]]:
    owner = await consigned_owner.of(turn, draft)
    assert owner is not None
    if owner.member is None:
        return owner, [say("card-owner", name=owner.name)]
    member = await cards.member_of(turn, owner.member)
    return owner, [say("card-member", name=member.name, number=member.number)]


def _taken(draft: Draft) -> Taken:
    said, extra = draft.extra[GOODS], draft.extra
    name = str(said["name"])
    return Taken(
        name=name[:1].upper() + name[1:],
        unit=said["unit"],
        quantity=said["quantity"],
        price=int(extra[PRICE]),
        share=int(extra[FEE]),
    )


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what comes in at what price, or what goes back; refuse what ✅ would refuse."""
    assert draft.on is not None
    if not may(turn.here.roles, Action.RECORD_TRADE):
        raise NotAllowed(who=who_may(Action.RECORD_TRADE))
    if draft.on < FOUNDED:
        raise everyday.BeforeFounding(on=draft.on, first=FOUNDED)
    return (say(f"operation-{draft.operation}"), *await _said(turn, draft))


async def _said(turn: Turn, draft: Draft) -> list[Say]:
    assert draft.on is not None
    _, lines = await _whose(turn, draft)
    if draft.operation == IN:
        taken = _taken(draft)
        consigned.require_share(taken.share, taken.price)
        each: dict[str, Any] = {"price": taken.price, "share": taken.share, "unit": taken.unit}
        lines += [
            say("card-consigned", name=taken.name, quantity=taken.quantity, unit=taken.unit),
            say("card-consigned-price", **each),
            say("card-consigned-all", amount=(taken.price - taken.share) * taken.quantity // UNIT),
        ]
    else:
        good = await _the_good(turn, draft.extra[GOOD])
        assert good is not None
        quantity = int(draft.extra[QUANTITY])
        consigned.require_here(good, quantity)
        lines.append(say("card-consigned", name=good.name, quantity=quantity, unit=good.unit))
    return [*lines, say("card-date", on=draft.on)]


async def record(turn: Turn, card: Card) -> Reply:
    """Take the goods in, or give them back; no money moves."""
    draft = card.draft
    assert draft.on is not None
    lines = await _said(turn, draft)
    facts: dict[str, Any] = {"on": draft.on, "at": turn.now, "operation": card.id}
    if draft.operation == IN:
        owner, _ = await _whose(turn, draft)
        taken = _taken(draft)
        here = await consigned.take_in(
            turn.db, officer=turn.here, owner=owner, taken=taken, **facts
        )
        name, unit = taken.name, taken.unit
    else:
        good = await _the_good(turn, draft.extra[GOOD])
        assert good is not None
        here = await consigned.give_back(
            turn.db, officer=turn.here, good=good.id, quantity=int(draft.extra[QUANTITY]), **facts
        )
        name, unit = good.name, good.unit
    kept = say("consigned-kept", name=name, quantity=here, unit=unit)
    return Reply(
        lines=(say(f"operation-{draft.operation}"), *lines, kept),
        edit=True,
        state=turn.state.closing(card.id, "kept"),
    )


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Answer of the speaker, of the owner an officer names, or of everybody. Refuses NotAllowed."""
    trades = may(turn.here.roles, Action.RECORD_TRADE)
    own, named = turn.here.member, reading.people
    if own is not None and (named.kind is PeopleKind.SELF or not trades):
        if named.kind is PeopleKind.ONE and named.members[0].id != own.id:
            raise NotAllowed(who=who_may(Action.RECORD_TRADE))
        return await _of(turn, Owner(name=own.name, member=own.id))
    if not trades:
        raise NotAllowed(who=who_may(Action.RECORD_TRADE))
    if named.kind is PeopleKind.ONE:
        member = named.members[0]
        await looks.seen(turn, member.id, What.BON)
        return await _of(turn, Owner(name=member.name, member=member.id))
    if (outsider := taken_in.owner(reading.text)) is not None:
        owner = await consigned.outsider(turn.db, koperasi_id=turn.koperasi_id, name=outsider)
        return await _of(turn, owner)
    await looks.seen(turn, None, What.BONS)
    return await _of_all(turn)


async def _of(turn: Turn, owner: Owner) -> Reply:
    owed = await consigned.owed_to(turn.db, koperasi_id=turn.koperasi_id, owner=owner)
    every = await consigned.every(turn.db, koperasi_id=turn.koperasi_id)
    here = [one for one in every if one.owner == owner and one.quantity]
    return Reply(lines=(say("consigned-owed", name=owner.name, amount=owed), *_left(here)))


async def _of_all(turn: Turn) -> Reply:
    owed = await consigned.owed(turn.db, koperasi_id=turn.koperasi_id)
    every = await consigned.every(turn.db, koperasi_id=turn.koperasi_id)
    here = [one for one in every if one.quantity]
    if not owed and not here:
        return Reply(lines=(say("consigned-nothing"),))
    lines = [say("consigned-owed", name=one.name, amount=amount) for one, amount in owed[:_SHOWN]]
    total = sum(amount for _, amount in owed)
    lines.append(say("consigned-total", amount=total, count=len(owed)))
    return Reply(lines=(*lines, *_left(here, whose=True)))


def _left(goods: list[Consigned], *, whose: bool = False) -> list[Say]:
    return [
        say(
            "consigned-left-of" if whose else "consigned-left",
            name=one.name,
            quantity=one.quantity,
            unit=one.unit,
            owner=one.owner.name,
        )
        for one in goods[:_SHOWN]
    ]
