"""Stock that is counted (opname): what lies on the shelf against what the book says, by good.

A difference is booked at average cost: what is short as a loss, what is over as other income, as a difference of
cash is. A good that agrees is kept as counted too, without an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import ledger, spending
from core.calendar import business_date
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.goods import catalogue, kinds, stock
from core.goods.catalogue import Good
from core.goods.stock import Move
from core.ledger import Posting
from core.money import Rupiah
from core.people import Standing
from core.tables.goods import goods_counts, goods_moves
from core.tables.ledger import entries

KIND = "stock-count"
LOSS = "stock-loss"  # what is written off by word counts towards the same limit
SHORT, OVER = "529000", "419000"
MOST = 40  # goods of one count


class NotCounted(Refusal):
    """Only goods whose stock is kept are counted. Facts: good."""

    text = "refusal-stock-not-kept"


class CountedAnotherDay(Refusal):
    """A count is recorded on the day of counting: the book is held against the shelf of that moment."""

    text = "refusal-counted-another-day"


class MovedSinceCount(Refusal):
    """A good moved on that day after it was counted: it must be counted again. Facts: good."""

    text = "refusal-moved-since-count"


class CostUnknown(Refusal):
    """What was never bought has no cost: its purchase is recorded first. Facts: good."""

    text = "refusal-cost-unknown"


class TooManyCounted(Refusal):
    """One count has so many goods at most. Facts: most."""

    text = "refusal-too-many-counted"


class NotASecondPerson(Refusal):
    """Above the limit of a day a second person approves what a count books. Facts: amount, limit."""

    text = "refusal-count-above-limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A good as it was counted, in thousandths; `last` is its last movement then, `value` rupiah of the difference."""

    good: int
    name: str
    unit: str
    account: str
    counted: int
    booked: int
    last: int
    value: Rupiah

    @property
    def difference(self) -> int:
        """Return what is over, or below zero what is short, in thousandths."""
        return self.counted - self.booked


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Goods as they were counted on a day."""

    on: date
    rows: tuple[Row, ...]

    @property
    def short(self) -> Rupiah:
        """Return what is missing, in rupiah."""
        return -sum(row.value for row in self.rows if row.value < 0)

    @property
    def over(self) -> Rupiah:
        """Return what there is too much, in rupiah."""
        return sum(row.value for row in self.rows if row.value > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A count as kept; without an entry where everything agreed."""

    found: Count
    entry: int | None


async def count(
    db: AsyncConnection, *, officer: Standing, counted: Mapping[int, int], on: date, today: date
) -> Count:
    """Hold what was counted of each good, in thousandths by id, against the book; nothing is recorded.

    Locks the goods. Refuses NotAllowed, CountedAnotherDay, TooManyCounted, NotCounted and CostUnknown.
    """
    catalogue.require_trader(officer)
    here = officer.cooperative.id
    if on != today:
        raise CountedAnotherDay
    if len(counted) > MOST:
        raise TooManyCounted(most=MOST)
    held = await catalogue.some(db, koperasi_id=here, ids=sorted(counted))
    assert len(held) == len(counted), counted
    last = await _last_moves(db, here, list(counted))
    rows = []
    for good in sorted(held.values(), key=lambda one: one.words):
        if not good.stocked:
            raise NotCounted(good=good.name)
        difference = counted[good.id] - good.quantity
        rows.append(
            Row(
                good=good.id,
                name=good.name,
                unit=good.unit,
                account=good.account,
                counted=counted[good.id],
                booked=good.quantity,
                last=last.get(good.id, 0),
                value=await _worth(db, here, good, difference),
            )
        )
    return Count(on=on, rows=tuple(rows))


async def _worth(db: AsyncConnection, here: int, good: Good, difference: int) -> Rupiah:
    """Return what a difference is worth, signed, in rupiah, half up: at average cost, of nothing left at what it cost.

    All that is missing takes all of the value. Refuses CostUnknown.
    """
    if difference < 0:
        return -stock.cost_of(-difference, good.quantity, good.value)
    if difference == 0:
        return 0
    quantity, value = good.quantity, good.value
    if not quantity:
        quantity, value = await _bought(db, here, good.id)
    if quantity <= 0 or value <= 0:
        raise CostUnknown(good=good.name)
    return (2 * value * difference + quantity) // (2 * quantity)


async def _bought(db: AsyncConnection, here: int, good_id: int) -> tuple[int, Rupiah]:
    """Read all that was ever bought of a good, reversals taken off: thousandths and rupiah."""
    row = (
        await db.execute(
            select(
                func.coalesce(func.sum(goods_moves.c.quantity), 0),
                func.coalesce(func.sum(goods_moves.c.value), 0),
            ).where(
                goods_moves.c.koperasi_id == here,
                goods_moves.c.good_id == good_id,
                goods_moves.c.kind.in_(("purchase", "opening")),
            )
        )
    ).one()
    return int(row[0]), int(row[1])


async def _last_moves(db: AsyncConnection, here: int, ids: list[int]) -> dict[int, int]:
    rows = await db.execute(
        select(goods_moves.c.good_id, func.max(goods_moves.c.n))
        .where(goods_moves.c.koperasi_id == here, goods_moves.c.good_id.in_(ids))
        .group_by(goods_moves.c.good_id)
        .order_by(goods_moves.c.good_id)
        .limit(len(ids))
    )
    return {int(good): int(n) for good, n in rows}


async def keep(
    db: AsyncConnection,
    *,
    officer: Standing,
    found: Count,
    at: datetime,
    operation: str,
    source: str,
    approver: str | None = None,
) -> Counted:
    """Keep a count and book its differences, once, dated on its day, at what the goods cost now.

    Short: 529000 / the good's account. Over: the good's account / 419000. Refuses NotAllowed, MovedSinceCount, what
    ledger.post refuses, and without an `approver` (core.approvals) NotASecondPerson.
    """
    catalogue.require_trader(officer)
    here = officer.cooperative.id
    known = await _kept(db, here, operation)
    if known is not None:
        return Counted(found=found, entry=known or None)
    moves = await _moves(db, here, found)
    worth = {move.good: move.value for move in moves}
    rows = tuple(replace(row, value=worth.get(row.good, 0)) for row in found.rows)
    found = replace(found, rows=rows)
    entry = None
    if postings := [_posting(move) for move in moves if move.value]:
        posted = await ledger.post(
            db,
            postings,
            koperasi_id=here,
            kind=KIND,
            on=found.on,
            at=at,
            zone=officer.cooperative.zone,
            recorder=officer.recorder,
            source=source,
            operation=operation,
            approver=approver,
        )
        entry = posted.number
        if approver is None:
            await _require_within_limit(db, officer, found, at=at)
        await stock.keep(db, koperasi_id=here, moves=moves, entry=entry, on=found.on)
    for row in found.rows:
        await _write(
            db, here, row, on=found.on, entry=entry if row.difference else None, at=at,
            operation=operation, counter=officer.recorder, approver=approver,
        )  # fmt: skip
    return Counted(found=found, entry=entry)


async def _moves(db: AsyncConnection, here: int, found: Count) -> list[Move]:
    """Say what a count moves now. Refuses MovedSinceCount and, of what is worth nothing at all, CostUnknown."""
    held = await catalogue.some(db, koperasi_id=here, ids=[row.good for row in found.rows])
    moved = await db.execute(
        select(goods_moves.c.good_id, func.max(goods_moves.c.n))
        .where(
            goods_moves.c.koperasi_id == here,
            goods_moves.c.good_id.in_(list(held)),
            goods_moves.c.on <= found.on,
        )
        .group_by(goods_moves.c.good_id)
        .order_by(goods_moves.c.good_id)
        .limit(MOST)
    )
    last = {int(good): int(n) for good, n in moved}
    moves = []
    for row in found.rows:
        good = held[row.good]
        if last.get(row.good, 0) > row.last or good.quantity + row.difference < 0:
            raise MovedSinceCount(good=row.name)
        if row.difference:
            value = await _worth(db, here, good, row.difference)
            moves.append(
                Move(
                    good=row.good, kind="count", quantity=row.difference, value=value, amount=0,
                    account=good.account,
                )
            )  # fmt: skip
    if moves and not any(move.value for move in moves):
        raise CostUnknown(good=held[moves[0].good].name)
    return moves


def _posting(move: Move) -> Posting:
    if move.value > 0:
        return Posting(debit=move.account, credit=OVER, amount=move.value)
    return Posting(debit=SHORT, credit=move.account, amount=-move.value)


async def _kept(db: AsyncConnection, here: int, operation: str) -> int | None:
    """Find the entry of a count that is kept already, zero where it has none; None for a new one."""
    rows = (
        await db.execute(
            select(goods_counts.c.entry)
            .where(goods_counts.c.koperasi_id == here, goods_counts.c.operation == operation)
            .order_by(goods_counts.c.entry)
            .limit(1)
        )
    ).all()
    return (rows[0][0] or 0) if rows else None


async def _write(
    db: AsyncConnection,
    here: int,
    row: Row,
    *,
    on: date,
    entry: int | None,
    at: datetime,
    operation: str,
    counter: str,
    approver: str | None,
) -> None:
    so_far = await db.scalar(
        select(func.max(goods_counts.c.n)).where(
            goods_counts.c.koperasi_id == here, goods_counts.c.good_id == row.good
        )
    )
    await db.execute(
        insert(goods_counts).values(
            koperasi_id=here, good_id=row.good, n=(so_far or 0) + 1, on=on, counted=row.counted,
            booked=row.booked, entry=entry, operation=operation, counter=counter,
            approver=approver, at=at,
        )
    )  # fmt: skip


async def alone(db: AsyncConnection, *, cooperative: Cooperative, on: date, at: datetime) -> Rupiah:
    """Add up what was lost or found of goods that day on officers' own word, in rupiah."""
    return await spending.alone(
        db,
        cooperative=cooperative,
        account=(SHORT, *kinds.ACCOUNTS),
        kind=(KIND, LOSS),
        on=on,
        at=at,
    )


async def _require_within_limit(
    db: AsyncConnection, officer: Standing, found: Count, *, at: datetime
) -> None:
    """Refuse NotASecondPerson, asked after posting: the book is locked now."""
    here = officer.cooperative
    amount = await alone(db, cooperative=here, on=found.on, at=at)
    if amount > (limit := officer.rules.on(business_date(at, here.zone)).expense_limit):
        raise NotASecondPerson(amount=amount, limit=limit)


async def last_days(db: AsyncConnection, *, koperasi_id: int) -> dict[int, date]:
    """Read on which day each good was counted last, by id; a count that was reversed is none."""
    back = entries.alias("back")
    rows = await db.execute(
        select(goods_counts.c.good_id, func.max(goods_counts.c.on))
        .where(
            goods_counts.c.koperasi_id == koperasi_id,
            ~select(back.c.number)
            .where(back.c.koperasi_id == koperasi_id, back.c.reverses == goods_counts.c.entry)
            .exists(),
        )
        .group_by(goods_counts.c.good_id)
        .order_by(goods_counts.c.good_id)
        .limit(catalogue.MOST)
    )
    return {int(good): on for good, on in rows}
