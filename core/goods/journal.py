"""How goods are posted: each on the account of its kind, whatever an entry names besides."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import Refusal
from core.goods.stock import Move
from core.ledger import Posting
from core.money import Rupiah


class LostOfTwoKinds(Refusal):
    """What is lost at once is of one kind of goods: each kind's stock is an account of its own."""

    text = "refusal-lost-of-two-kinds"


def lost_of(moves: Sequence[Move]) -> str:
    """Return the account of what is lost. Refuses LostOfTwoKinds."""
    accounts = {move.account for move in moves}
    if len(accounts) > 1:
        raise LostOfTwoKinds
    return accounts.pop()


def bought(moves: Sequence[Move], *, rest: str, credit: str, amount: Rupiah) -> list[Posting]:
    """Post `amount` rupiah of goods: what is moved on its kind's account, what is on no list on `rest`."""
    parts = {rest: amount}
    for move in moves:
        parts[rest] -= move.value
        parts[move.account] = parts.get(move.account, 0) + move.value
    return [
        Posting(debit=account, credit=credit, amount=part)
        for account, part in sorted(parts.items())
        if part
    ]


def cost(moves: Sequence[Move], costs: str) -> list[Posting]:
    """Post what goods that went out had cost to `costs`; what came back takes it back."""
    parts: dict[str, Rupiah] = {}
    for move in moves:
        parts[move.account] = parts.get(move.account, 0) + move.value
    return [
        Posting(debit=costs, credit=account, amount=-value)
        if value < 0
        else Posting(debit=account, credit=costs, amount=value)
        for account, value in sorted(parts.items())
        if value
    ]
