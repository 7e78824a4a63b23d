"""What the gerai owes its suppliers (212000, of each its own account): by age, the oldest purchase paid first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, cooperatives
from core.errors import Refusal
from core.goods import bons, catalogue
from core.money import Rupiah
from core.people import Standing
from core.tables.goods import suppliers

PAYABLE = "212000"
AGES = (30, 60, 90)  # days: up to each of them, and beyond the last
DUE = timedelta(days=AGES[0])
MOST = 500  # suppliers of one cooperative
_READ = 20_000  # entries that are looked through


class TooManySuppliers(Refusal):
    """A gerai keeps so many suppliers at most. Facts: most."""

    text = "refusal-too-many-suppliers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who sells to the gerai."""

    id: int
    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What one supplier is owed, in rupiah; below zero: paid too much. `supplier` None: nobody was named.

    `ages` are what is owed for up to 30, 60, 90 and more days.
    """

    supplier: int | None
    name: str | None
    owed: Rupiah
    ages: tuple[Rupiah, ...]
    open: tuple[bons.Bon, ...]  # purchases that are not paid, the oldest first


def account(supplier: int | None) -> str:
    """Name a supplier's account; of none the common one."""
    return accounts.key(PAYABLE, unit=supplier)


async def known(db: AsyncConnection, *, koperasi_id: int) -> list[Supplier]:
    """List the suppliers, by name."""
    rows = await db.execute(
        select(suppliers.c.id, suppliers.c.name, suppliers.c.words)
        .where(suppliers.c.koperasi_id == koperasi_id)
        .order_by(suppliers.c.words)
        .limit(MOST)
    )
    return [Supplier(id=row.id, name=row.name, words=row.words) for row in rows]


async def keep(db: AsyncConnection, *, officer: Standing, name: str, at: datetime) -> Supplier:
    """Find the supplier of a name, or add one. Refuses NotAllowed and TooManySuppliers."""
    catalogue.require_trader(officer)
    here, words = officer.cooperative.id, catalogue.compared(name)
    assert words, name
    wanted = select(suppliers.c.id, suppliers.c.name, suppliers.c.words).where(
        suppliers.c.koperasi_id == here, suppliers.c.words == words
    )
    row = (await db.execute(wanted)).one_or_none()
    if row is None:
        count = await db.scalar(select(func.count()).where(suppliers.c.koperasi_id == here))
        if (count or 0) >= MOST:
            raise TooManySuppliers(most=MOST)
        number = await cooperatives.take_ids(db, here, "supplier")
        await db.execute(
            insert(suppliers)
            .values(
                koperasi_id=here, id=number, name=" ".join(name.split()), words=words,
                set_by=officer.recorder, set_at=at,
            )
            .on_conflict_do_nothing()
        )  # fmt: skip
        row = (await db.execute(wanted)).one()
    return Supplier(id=row.id, name=row.name, words=row.words)


# What was reversed, and its reversal, moved nothing.
_MOVES = text(
    'SELECT a.unit_id AS supplier, s.name, a.balance, e.number, e."on",'
    " sum(CASE WHEN p.credit = a.id THEN p.amount ELSE -p.amount END)::bigint AS amount"
    " FROM ledger.accounts a"
    " LEFT JOIN suppliers s ON s.koperasi_id = a.koperasi_id AND s.id = a.unit_id"
    " JOIN ledger.postings p ON p.koperasi_id = a.koperasi_id AND a.id IN (p.debit, p.credit)"
    " JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id AND e.number = p.entry"
    " WHERE a.koperasi_id = :here AND a.code = :code AND a.balance <> 0 AND e.reverses IS NULL"
    " AND NOT EXISTS (SELECT FROM ledger.entries r"
    "  WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)"
    ' GROUP BY a.unit_id, s.name, a.balance, e.number, e."on"'
    ' ORDER BY s.name NULLS LAST, a.unit_id, e."on", e.number LIMIT :most'
)


async def debts(db: AsyncConnection, *, koperasi_id: int, today: date) -> list[Debt]:
    """List what each supplier is owed, by name; all of it together is what 212000 holds."""
    rows = await db.execute(_MOVES, {"here": koperasi_id, "code": PAYABLE, "most": _READ})
    moves: dict[int | None, list[tuple[int, date, Rupiah]]] = {}
    of: dict[int | None, tuple[str | None, Rupiah]] = {}
    for row in rows:
        moves.setdefault(row.supplier, []).append((row.number, row.on, int(row.amount)))
        of[row.supplier] = (row.name, int(row.balance))
    found = []
    for supplier, (name, owed) in of.items():
        left = bons.settle(moves[supplier])
        ages = [0] * (len(AGES) + 1)
        for one in left:
            days = (today - one.on).days
            ages[sum(days > age for age in AGES)] += one.left
        found.append(
            Debt(supplier=supplier, name=name, owed=owed, ages=tuple(ages), open=tuple(left))
        )
    return found


async def due(db: AsyncConnection, *, koperasi_id: int, today: date) -> tuple[int, Rupiah]:
    """Count the suppliers who wait longer than 30 days, and add up what they wait for, in rupiah."""
    waiting = [sum(debt.ages[1:]) for debt in await debts(db, koperasi_id=koperasi_id, today=today)]
    return sum(1 for amount in waiting if amount), sum(waiting)
