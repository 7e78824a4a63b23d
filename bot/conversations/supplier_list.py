"""Whom the gerai owes what, and for how long: "utang pemasok", "utang ke Toko Makmur berapa?"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.conversations import supplier_slots
from bot.talk import Reply, Turn, say
from bot.understand import suppliers as reader
from core.goods import suppliers
from core.goods.suppliers import AGES, Debt
from core.permissions import Action, may
from notifications.messages import Say

Step = Callable[[Turn], Awaitable[Reply]]
_SHOWN = 15  # suppliers, or purchases, in one message


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Find what asks for debts to suppliers, of officers who see the books."""
    if not may(turn.here.roles, Action.SEE_BOOKS):
        return None
    name = reader.asked(text)
    return None if name is None else ("supplier-debts", partial(_listed, name))


async def _listed(name: str, turn: Turn) -> Reply:
    found = await suppliers.debts(turn.db, koperasi_id=turn.koperasi_id, today=turn.today)
    if name:
        meant = await supplier_slots.named(turn, name)
        debt = next((one for one in found if meant and one.supplier == meant.id), None)
        if debt is None or not debt.owed:
            return Reply(lines=(say("supplier-nothing", name=meant.name if meant else name),))
        return Reply(lines=(*_of(debt), *_purchases(debt)))
    if not found:
        return Reply(lines=(say("suppliers-nothing"),))
    found.sort(key=lambda debt: -debt.owed)
    lines = [line for debt in found[:_SHOWN] for line in _of(debt)]
    total = say("suppliers-total", amount=sum(one.owed for one in found), count=len(found))
    return Reply(lines=(say("suppliers-head"), *lines, total))


def _of(debt: Debt) -> list[Say]:
    """Say what one is owed, and how long each part of it."""
    if debt.name:
        lines = [say("supplier-owed", name=debt.name, amount=debt.owed)]
    else:
        lines = [say("supplier-owed-nobody", amount=debt.owed)]
    first = 0
    for age, amount in zip((*AGES, None), debt.ages, strict=True):
        if amount and age is None:
            lines.append(say("supplier-age-beyond", days=AGES[-1], amount=amount))
        elif amount:
            lines.append(say("supplier-age", first=first, last=age, amount=amount))
        first = (age or 0) + 1
    return lines


def _purchases(debt: Debt) -> list[Say]:
    return [
        say("bon-row", entry=one.entry, on=one.on, amount=one.amount, left=one.left)
        for one in debt.open[:_SHOWN]
    ]
