"""What the gerai sells: name, unit, price and its ceiling (HET)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives
from core.errors import Refusal
from core.goods import kinds
from core.money import Rupiah
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.tables.goods import goods

UNIT = 1000  # quantities are thousandths of a unit
MOST = 2000  # goods of one cooperative


class AboveHet(Refusal):
    """Nothing is priced or sold above its HET. Facts: good, price (a unit), ceiling."""

    text = "refusal-above-het"


class TooManyGoods(Refusal):
    """A gerai keeps so many goods at most. Facts: most."""

    text = "refusal-too-many-goods"


class KeepsStock(Refusal):
    """While there is stock of it, a good's unit and kind stay, and its stock is kept. Facts: good."""

    text = "refusal-keeps-stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """What is sold. Price and ceiling in rupiah a unit; quantity in thousandths, its value in rupiah."""

    id: int
    name: str
    words: str
    unit: str
    price: Rupiah | None
    ceiling: Rupiah | None
    stocked: bool
    offered: bool
    account: str  # of its stock, by code
    quantity: int
    value: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A good as somebody names it; what is None stays as it was.

    A new one has no price, no HET, its stock is kept, and its kind (the account) is told from its name.
    """

    name: str
    unit: str | None = None
    price: Rupiah | None = None
    ceiling: Rupiah | None = None
    stocked: bool | None = None
    offered: bool | None = None
    account: str | None = None


def compared(name: str) -> str:
    """Return a name as names are compared."""
    return " ".join(name.casefold().split())


def require_price(good: str, amount: Rupiah, quantity: int, ceiling: Rupiah | None) -> None:
    """Refuse AboveHet for `quantity` thousandths sold for `amount`; to the rupiah, nothing rounded."""
    if ceiling is not None and amount * UNIT > ceiling * quantity:
        raise AboveHet(good=good, price=-(-amount * UNIT // quantity), ceiling=ceiling)


def require_trader(officer: Standing) -> None:
    """Let pass who may record trade. Raises NotAllowed."""
    if not may(officer.roles, Action.RECORD_TRADE):
        raise NotAllowed(who=who_may(Action.RECORD_TRADE))


def merged(before: Good | None, said: Said) -> Good:
    """Say what a good would be. Refuses AboveHet and KeepsStock."""
    price = said.price or (before.price if before else None)
    ceiling = said.ceiling or (before.ceiling if before else None)
    unit = said.unit or (before.unit if before else "buah")
    stocked = before.stocked if before else True
    if said.stocked is not None:
        stocked = said.stocked
    offered = before.offered if before else True
    if said.offered is not None:
        offered = said.offered
    if price is not None:
        require_price(said.name, price, UNIT, ceiling)
    account = said.account or (before.account if before else kinds.told(said.name))
    changed = before is not None and (unit, account) != (before.unit, before.account)
    if before and before.quantity and (changed or not stocked or not offered):
        raise KeepsStock(good=before.name)
    return Good(
        id=before.id if before else 0,
        name=before.name if before else " ".join(said.name.split()),
        words=compared(said.name),
        unit=unit,
        price=price,
        ceiling=ceiling,
        stocked=stocked,
        offered=offered,
        account=account,
        quantity=before.quantity if before else 0,
        value=before.value if before else 0,
    )


async def keep(db: AsyncConnection, *, officer: Standing, said: Said, at: datetime) -> Good:
    """Add a good, or change the one of that name. Refuses NotAllowed, AboveHet, KeepsStock, TooManyGoods."""
    require_trader(officer)
    here = officer.cooperative.id
    words = compared(said.name)
    assert words, said
    found = await db.execute(
        select(goods).where(goods.c.koperasi_id == here, goods.c.words == words).with_for_update()
    )
    row = found.one_or_none()
    before = _good(row) if row is not None else None
    good = merged(before, said)
    kept = {
        "name": good.name, "words": good.words, "unit": good.unit, "price": good.price, "ceiling": good.ceiling,
        "account": good.account, "stocked": good.stocked, "offered": good.offered, "set_by": officer.recorder, "set_at": at,
    }  # fmt: skip
    if before is not None:
        await db.execute(
            update(goods).where(goods.c.koperasi_id == here, goods.c.id == good.id).values(**kept)
        )
        return good
    if (await db.scalar(select(func.count()).where(goods.c.koperasi_id == here)) or 0) >= MOST:
        raise TooManyGoods(most=MOST)
    number = await cooperatives.take_ids(db, here, "good")
    made = await db.execute(
        insert(goods)
        .values(koperasi_id=here, id=number, quantity=0, value=0, **kept)
        .on_conflict_do_nothing()
        .returning(goods)
    )
    added = made.one_or_none()  # None: another officer added it at the same moment
    if added is None:
        return await keep(db, officer=officer, said=said, at=at)
    return _good(added)


async def every(db: AsyncConnection, *, koperasi_id: int, offered: bool = True) -> list[Good]:
    """List what is sold, by name; `offered` False: also what no longer is."""
    wanted = select(goods).where(goods.c.koperasi_id == koperasi_id)
    if offered:
        wanted = wanted.where(goods.c.offered)
    rows = await db.execute(wanted.order_by(goods.c.words).limit(MOST))
    return [_good(row) for row in rows]


async def some(db: AsyncConnection, *, koperasi_id: int, ids: list[int]) -> dict[int, Good]:
    """Read some goods by id and lock them, in the order of their ids."""
    rows = await db.execute(
        select(goods)
        .where(goods.c.koperasi_id == koperasi_id, goods.c.id.in_(ids))
        .order_by(goods.c.id)
        .limit(MOST)
        .with_for_update()
    )
    return {row.id: _good(row) for row in rows}


def _good(row: Row[tuple[object, ...]]) -> Good:
    kept = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
    return Good(**{field: kept[field] for field in Good.__dataclass_fields__})
