"""What members owe the gerai (bon, account 113300 of the member): within a limit, the oldest paid first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, balances
from core.errors import Refusal
from core.money import Rupiah

BON = "113300"
_READ = 5000  # entries of one member's bon that are looked through


class AboveBonLimit(Refusal):
    """A member owes the gerai so much at most, by the rule bon_limit. Facts: amount, owed, limit."""

    text = "refusal-above-bon-limit"


class MoreThanBon(Refusal):
    """Nobody pays or returns more than the bon that is open. Facts: amount, owed."""

    text = "refusal-more-than-bon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bon:
    """An entry on bon and what of it is still owed, in rupiah."""

    entry: int
    on: date
    amount: Rupiah
    left: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """Who owes most, in rupiah, and what all who owe something owe together."""

    members: tuple[tuple[int, Rupiah], ...]
    count: int
    total: Rupiah


def account(member_id: int) -> str:
    """Name a member's account."""
    return accounts.key(BON, member=member_id)


async def owed(db: AsyncConnection, *, koperasi_id: int, member_id: int) -> Rupiah:
    """Read what a member owes the gerai, in rupiah."""
    return await balances.of_account(db, koperasi_id=koperasi_id, key=account(member_id))


def require_within(amount: Rupiah, *, owed: Rupiah, limit: Rupiah) -> None:
    """Refuse AboveBonLimit."""
    if owed + amount > limit:
        raise AboveBonLimit(amount=amount, owed=owed, limit=limit)


def require_owed(amount: Rupiah, *, owed: Rupiah) -> None:
    """Refuse MoreThanBon."""
    if amount > owed:
        raise MoreThanBon(amount=amount, owed=owed)


def settle(moves: Iterable[tuple[int, date, Rupiah]]) -> list[Bon]:
    """Say which bons are open: `moves` are (entry, day, rupiah), bons positive; what comes off takes the oldest."""
    bons: deque[Bon] = deque()
    paid = 0
    for entry, on, amount in moves:
        if amount > 0:
            bons.append(Bon(entry=entry, on=on, amount=amount, left=amount))
        else:
            paid -= amount
    found = []
    for bon in bons:
        taken = min(paid, bon.left)
        paid -= taken
        if bon.left > taken:
            found.append(Bon(entry=bon.entry, on=bon.on, amount=bon.amount, left=bon.left - taken))
    return found


_MOVES = text(
    'SELECT e.number, e."on", sum(CASE WHEN p.debit = a.id THEN p.amount ELSE -p.amount END)::bigint'
    " FROM ledger.accounts a JOIN ledger.postings p ON p.koperasi_id = a.koperasi_id"
    "  AND (p.debit = a.id OR p.credit = a.id)"
    " JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id AND e.number = p.entry"
    " WHERE a.koperasi_id = :here AND a.key = :key AND e.reverses IS NULL AND NOT EXISTS ("
    "  SELECT FROM ledger.entries r WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)"
    ' GROUP BY e.number, e."on" ORDER BY e."on", e.number LIMIT :most'
)


async def open_of(db: AsyncConnection, *, koperasi_id: int, member_id: int) -> list[Bon]:
    """List a member's open bons, oldest first; what was reversed does not count."""
    rows = await db.execute(_MOVES, {"here": koperasi_id, "key": account(member_id), "most": _READ})
    return settle((int(number), on, int(amount)) for number, on, amount in rows)


_OWING = text(
    "SELECT member_id, balance, count(*) OVER () AS owers, (sum(balance) OVER ())::bigint AS total"
    " FROM ledger.accounts WHERE koperasi_id = :here AND code = :bon AND balance > 0"
    " ORDER BY balance DESC, member_id LIMIT :most"
)


async def owing(db: AsyncConnection, *, koperasi_id: int, most: int) -> Owing:
    """List who owes the gerai, at most so many, the largest bon first."""
    rows = (await db.execute(_OWING, {"here": koperasi_id, "bon": BON, "most": most})).all()
    return Owing(
        members=tuple((int(row.member_id), int(row.balance)) for row in rows),
        count=int(rows[0].owers) if rows else 0,
        total=int(rows[0].total) if rows else 0,
    )
