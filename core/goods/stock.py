"""How much there is of which good at what cost: average cost to the rupiah, never less than nothing.

A good's value is its part of its kind's account (core.goods.kinds: 114000 to 114300). What goes out takes its share of the value, half a rupiah up; the
last of it takes what is left, so nothing is lost by rounding. A reversal takes back exactly what moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances
from core.accounts import chart
from core.errors import Refusal
from core.goods import catalogue, kinds
from core.goods.catalogue import UNIT, Good
from core.money import Rupiah
from core.tables.goods import goods, goods_moves
from core.tables.ledger import entries
from core.tables.places import counters


class NotEnoughStock(Refusal):
    """No more goes out than there is. Facts: good, unit, quantity (thousandths there are)."""

    text = "refusal-not-enough-stock"


class StockMovedOn(Refusal):
    """What came in with an entry has gone out since: that is reversed first. Facts: good, entry."""

    text = "refusal-stock-moved-on"


class KindChanged(Refusal):
    """What a good moved when it was of another kind is not taken back: its value stood on another account.

    Facts: good, kind (that it was of then).
    """

    text = "refusal-kind-changed"


class NothingSold(Refusal):
    """No more comes back than was sold. Facts: good, unit, quantity (thousandths sold)."""

    text = "refusal-nothing-sold"


class NotInBooks(Refusal):
    """Opening stock is part of what the books hold as stock. Facts: amount, left (not yet of any good), account."""

    text = "refusal-not-in-books"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A good that was bought, sold, returned or lost: thousandths of a unit, for so many rupiah."""

    good: int
    quantity: int
    amount: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a line does to the stock, signed: thousandths and rupiah of its account."""

    good: int
    kind: str
    quantity: int
    value: Rupiah
    amount: Rupiah
    account: str


def cost_of(quantity: int, held: int, value: Rupiah) -> Rupiah:
    """Return what `quantity` of `held` thousandths cost, of which all cost `value` rupiah: half up, all for all."""
    assert 0 < quantity <= held, (quantity, held)
    assert value >= 0, value
    return (2 * value * quantity + held) // (2 * held)


async def costed(
    db: AsyncConnection, *, koperasi_id: int, kind: str, lines: Sequence[Line], operation: str = ""
) -> list[Move]:
    """Lock the goods of some lines and say what the lines move; goods without kept stock move nothing.

    An operation that the book knows moves what it moved then. Refuses NotEnoughStock, NothingSold and, of a
    sale, catalogue.AboveHet.
    """
    if operation and (said := await _said(db, koperasi_id, operation)):
        return said
    ids = sorted({line.good for line in lines})
    held = await catalogue.some(db, koperasi_id=koperasi_id, ids=ids)
    assert len(held) == len(ids), ids
    left = {good.id: (good.quantity, good.value) for good in held.values()}
    moves: list[Move] = []
    for line in lines:
        assert line.quantity > 0, line
        good = held[line.good]
        if kind == "sale":
            catalogue.require_price(good.name, line.amount, line.quantity, good.ceiling)
        if not good.stocked:
            continue
        quantity, value = await _moved(db, koperasi_id, kind, line, good, left[good.id])
        before = left[good.id]
        left[good.id] = (before[0] + quantity, before[1] + value)
        moves.append(
            Move(
                good=good.id, kind=kind, quantity=quantity, value=value, amount=line.amount,
                account=good.account,
            )
        )  # fmt: skip
    return moves


async def _moved(
    db: AsyncConnection,
    koperasi_id: int,
    kind: str,
    line: Line,
    good: Good,
    held: tuple[int, Rupiah],
) -> tuple[int, Rupiah]:
    """Return what a line moves: thousandths and rupiah, signed."""
    if kind == "purchase":
        return line.quantity, line.amount
    if kind == "return":
        return line.quantity, await _cost_of_sold(db, koperasi_id, good, line.quantity)
    if line.quantity > held[0]:
        raise NotEnoughStock(good=good.name, unit=good.unit, quantity=held[0])
    return -line.quantity, -cost_of(line.quantity, *held)


async def _cost_of_sold(db: AsyncConnection, koperasi_id: int, good: Good, quantity: int) -> Rupiah:
    """Return what returned goods had cost: at the average of all that is sold and not come back."""
    row = (
        await db.execute(
            select(
                -func.coalesce(func.sum(goods_moves.c.quantity), 0),
                -func.coalesce(func.sum(goods_moves.c.value), 0),
            ).where(
                goods_moves.c.koperasi_id == koperasi_id,
                goods_moves.c.good_id == good.id,
                goods_moves.c.kind.in_(("sale", "return")),
            )
        )
    ).one()
    sold, cost = int(row[0]), int(row[1])
    if quantity > sold:
        raise NothingSold(good=good.name, unit=good.unit, quantity=sold)
    return cost_of(quantity, sold, max(cost, 0))


async def _said(db: AsyncConnection, koperasi_id: int, operation: str) -> list[Move]:
    rows = await db.execute(
        select(goods_moves)
        .join(
            entries,
            (entries.c.koperasi_id == goods_moves.c.koperasi_id)
            & (entries.c.number == goods_moves.c.entry),
        )
        .where(goods_moves.c.koperasi_id == koperasi_id, entries.c.operation == operation)
        .order_by(goods_moves.c.good_id, goods_moves.c.n)
        .limit(1000)
    )
    return [
        Move(
            good=row.good_id, kind=row.kind, quantity=row.quantity, value=row.value, amount=row.amount,
            account=row.account,
        )
        for row in rows
    ]  # fmt: skip


async def keep(
    db: AsyncConnection, *, koperasi_id: int, moves: Sequence[Move], entry: int | None, on: date
) -> None:
    """Write movements down and move the goods; the goods are locked."""
    for move in moves:
        await db.execute(
            _KEEP,
            {
                "here": koperasi_id, "good": move.good, "entry": entry, "kind": move.kind, "on": on,
                "quantity": move.quantity, "value": move.value, "amount": move.amount,
                "account": move.account,
            },
        )  # fmt: skip
        await db.execute(
            update(goods)
            .where(goods.c.koperasi_id == koperasi_id, goods.c.id == move.good)
            .values(
                quantity=goods.c.quantity + move.quantity,
                value=goods.c.value + move.value,
            )
        )


_KEEP = text(
    'INSERT INTO goods_moves (koperasi_id, good_id, n, entry, kind, "on", quantity, value, amount, account)'
    " SELECT :here, :good, coalesce(max(n), 0) + 1, :entry, :kind, :on, :quantity, :value, :amount, :account"
    " FROM goods_moves WHERE koperasi_id = :here AND good_id = :good"
)


async def back(db: AsyncConnection, *, koperasi_id: int, entry: int) -> list[Move]:
    """Lock what an entry moved and say what its reversal moves.

    Refuses KindChanged, and StockMovedOn: with less than nothing left, or a cost without goods. Of a reversed one
    nothing moves.
    """
    reversed_by = select(entries.c.number).where(
        entries.c.koperasi_id == koperasi_id, entries.c.reverses == entry
    )
    if await db.scalar(reversed_by) is not None:
        return []
    rows = (
        await db.execute(
            select(goods_moves)
            .where(goods_moves.c.koperasi_id == koperasi_id, goods_moves.c.entry == entry)
            .order_by(goods_moves.c.good_id, goods_moves.c.n)
            .limit(1000)
        )
    ).all()
    held = await catalogue.some(
        db, koperasi_id=koperasi_id, ids=sorted({row.good_id for row in rows})
    )
    left = {good.id: (good.quantity, good.value) for good in held.values()}
    for row in rows:
        if row.account != held[row.good_id].account:
            raise KindChanged(good=held[row.good_id].name, kind=kinds.every()[row.account].name)
        quantity, value = left[row.good_id]
        left[row.good_id] = (quantity - row.quantity, value - row.value)
    for good_id, (quantity, value) in left.items():
        if quantity < 0 or value < 0 or (quantity == 0 and value):
            raise StockMovedOn(
                good=held[good_id].name,
                entry=await _latest(db, koperasi_id, good_id, after=entry),
            )
    return [
        Move(
            good=row.good_id, kind=row.kind, quantity=-row.quantity, value=-row.value,
            amount=-row.amount, account=row.account,
        )
        for row in rows
    ]  # fmt: skip


async def require_possible(db: AsyncConnection, *, koperasi_id: int, number: int) -> None:
    """Refuse to reverse an entry as `back` does: StockMovedOn."""
    await back(db, koperasi_id=koperasi_id, entry=number)


async def _latest(db: AsyncConnection, koperasi_id: int, good_id: int, *, after: int) -> int:
    """Find the newest entry that moved a good and still stands."""
    found = await db.scalar(
        text(
            "SELECT max(m.entry) FROM goods_moves m JOIN ledger.entries e"
            " ON e.koperasi_id = m.koperasi_id AND e.number = m.entry"
            " WHERE m.koperasi_id = :here AND m.good_id = :good AND m.entry > :after"
            " AND e.reverses IS NULL AND NOT EXISTS (SELECT FROM ledger.entries r"
            " WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)"
        ),
        {"here": koperasi_id, "good": good_id, "after": after},
    )
    return int(found or after)


async def open_stock(
    db: AsyncConnection, *, koperasi_id: int, good: int, quantity: int, value: Rupiah, on: date
) -> None:
    """Say that stock the books already hold by value is so much of a good; nothing is posted.

    Refuses NotInBooks: more than the account of its kind holds that belongs to no good yet.
    """
    assert quantity > 0, quantity
    assert value > 0, value
    await db.execute(  # one opening of a cooperative after the other
        update(counters)
        .where(counters.c.koperasi_id == koperasi_id, counters.c.noun == "good")
        .values(last=counters.c.last)
    )
    held = await catalogue.some(db, koperasi_id=koperasi_id, ids=[good])
    account = held[good].account
    await require_unnamed(db, koperasi_id=koperasi_id, value=value, account=account)
    move = Move(
        good=good, kind="opening", quantity=quantity, value=value, amount=0, account=account
    )
    await keep(db, koperasi_id=koperasi_id, moves=[move], entry=None, on=on)


async def require_unnamed(
    db: AsyncConnection, *, koperasi_id: int, value: Rupiah, account: str
) -> None:
    """Refuse NotInBooks: what an account of stock holds of no good yet is less than `value`."""
    if value > (left := await unnamed(db, koperasi_id=koperasi_id, account=account)):
        raise NotInBooks(amount=value, left=left, account=chart()[account].name)


async def unnamed(db: AsyncConnection, *, koperasi_id: int, account: str) -> Rupiah:
    """Read what an account of stock holds that belongs to no good yet, in rupiah."""
    named = await db.scalar(
        select(func.coalesce(func.sum(goods.c.value), 0)).where(
            goods.c.koperasi_id == koperasi_id, goods.c.account == account
        )
    )
    held = await balances.of_account(db, koperasi_id=koperasi_id, key=account)
    return max(held - int(named or 0), 0)


def average(good: Good) -> Rupiah | None:
    """Return what a unit cost on average, in rupiah, half up; None without stock."""
    if not good.quantity:
        return None
    return (2 * good.value * UNIT + good.quantity) // (2 * good.quantity)
