"""Riwayat of a loan: what was paid, written off and recovered, each once and by its name, newest first."""

from __future__ import annotations

from bot.talk import Turn, say
from core.loans import book
from core.loans.book import Loan, Moved
from core.people import Member
from notifications.messages import Fact, Say

_LISTED = 8  # payments in one message


async def lines(turn: Turn, loan: Loan, member: Member, page: int) -> tuple[tuple[Say, ...], bool]:
    """Say a page of what moved of a loan; returns whether there is an older one.

    What was taken back is said with the entry that did, which has no line of its own. The last page names
    what was paid before the loan came into the books.
    """
    moves = await book.moved(turn.db, loan)
    back = {move.reverses: move for move in moves if move.reverses is not None}
    shown = [move for move in reversed(moves) if move.reverses is None and _counts(move)]
    last = max(0, -(-len(shown) // _LISTED) - 1)
    page = min(page, last)
    said = [
        _line(move, back.get(move.entry)) for move in shown[page * _LISTED : (page + 1) * _LISTED]
    ]
    if page == last:
        said.extend(await _before(turn, loan))
    if not said:
        return (say("payments-none", loan=loan.label),), False
    head = say("payments-head", loan=loan.label, name=member.name, number=member.number)
    return (head, *said), page < last


def _counts(move: Moved) -> bool:
    """Pairs without cash are no payments; a write-off is told all the same."""
    return bool(move.amount) or move.kind == "write-off"


def _line(move: Moved, back: Moved | None) -> Say:
    name = move.kind if move.kind in ("write-off", "recovery") else "paid"
    facts: dict[str, Fact] = {
        "entry": move.entry,
        "on": move.on,
        "amount": move.amount or move.principal,
    }
    if name == "paid":
        facts |= {
            "principal": move.principal,
            "interest": move.interest,
            "penalty": move.penalty,
        }
    if back is not None:
        facts["by"] = back.entry
    return Say(f"payments-row-{name}{'' if back is None else '-back'}", facts)


async def _before(turn: Turn, loan: Loan) -> list[Say]:
    """Say what an imported loan had been paid before its books began."""
    if not loan.imported:
        return []
    first = await book.version(turn.db, loan, 1)
    paid = first.rows[: first.opening_paid]
    if not paid:
        return []
    return [
        say(
            "payments-before",
            count=len(paid),
            principal=sum(row.principal for row in paid),
            interest=sum(row.interest for row in paid),
        )
    ]
