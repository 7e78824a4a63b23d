"""Debts to suppliers: each on its own account, the oldest purchase paid first, ages to the day, all of it 212000."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.everyday import AboveExpenseLimit, Event, MoreThanOwed
from core.goods import suppliers
from core.goods.suppliers import Debt
from core.permissions import NotAllowed, Role
from tests.builders_core import AT, TODAY, an_officer, journal, refused
from tests.core.test_goods import Shop, happens, in_order, shop, taken_back

__all__ = ["shop"]


async def buys(
    db: AsyncConnection, shop: Shop, amount: int, supplier: int | None, *, days: int = 0
) -> int:
    """Buy on credit so many days ago."""
    done = await happens(
        db, shop, Event.PURCHASE, amount, on_credit=True, supplier=supplier,
        on=TODAY - timedelta(days=days), approver=shop.ketua.recorder,
    )  # fmt: skip
    return done.entry


async def listed(
    db: AsyncConnection, shop: Shop, today: date = TODAY
) -> dict[str | None, tuple[int, tuple[int, ...]]]:
    found = await suppliers.debts(db, koperasi_id=shop.cooperative.id, today=today)
    held = await db.scalar(
        text(
            "SELECT coalesce(sum(balance), 0) FROM ledger.accounts WHERE koperasi_id = :here AND code = '212000'"
        ),
        {"here": shop.cooperative.id},
    )
    assert sum(debt.owed for debt in found) == held
    return {debt.name: (debt.owed, debt.ages) for debt in found}


async def test_what_is_owed_is_listed_by_age_and_the_oldest_is_paid_first(
    db: AsyncConnection, shop: Shop
) -> None:
    makmur = await suppliers.keep(db, officer=shop.keeper, name="Toko  Makmur", at=AT)
    again = await suppliers.keep(db, officer=shop.keeper, name="toko makmur", at=AT)
    assert (again.id, again.name) == (makmur.id, "Toko Makmur")
    jaya = await suppliers.keep(db, officer=shop.keeper, name="UD Jaya", at=AT)
    for days, amount in ((91, 10_000), (90, 20_000), (61, 30_000), (60, 40_000), (31, 50_000)):
        await buys(db, shop, amount, makmur.id, days=days)
    await buys(db, shop, 60_000, makmur.id, days=30)
    young = await happens(db, shop, Event.PURCHASE, 70_000, on_credit=True, supplier=jaya.id)
    await buys(db, shop, 5_000, None, days=40)
    assert await listed(db, shop) == {
        "Toko Makmur": (210_000, (60_000, 90_000, 50_000, 10_000)),
        "UD Jaya": (70_000, (70_000, 0, 0, 0)),
        None: (5_000, (0, 5_000, 0, 0)),
    }
    here = shop.cooperative.id
    assert await suppliers.due(db, koperasi_id=here, today=TODAY) == (2, 155_000)
    paid = await happens(
        db, shop, Event.SUPPLIER_PAYMENT, 45_000, officer=shop.ketua, supplier=makmur.id
    )
    assert (await journal(db, shop.cooperative))[-1] == ("212000:u1", "111000", 45_000)
    assert (await listed(db, shop))["Toko Makmur"] == (165_000, (60_000, 90_000, 15_000, 0))
    async with refused(db, MoreThanOwed, amount=70_001, owed=70_000):
        await happens(
            db, shop, Event.SUPPLIER_PAYMENT, 70_001, officer=shop.ketua, supplier=jaya.id
        )
    await taken_back(db, shop, young.entry)
    assert "UD Jaya" not in await listed(db, shop)
    await happens(db, shop, Event.SUPPLIER_PAYMENT, 165_000, officer=shop.ketua, supplier=makmur.id)
    await in_order(db, shop)
    assert set(await listed(db, shop)) == {None}
    assert paid.plan.limited_on == ("212000*",)


async def test_payments_to_several_suppliers_have_one_limit_of_the_day(
    db: AsyncConnection, shop: Shop
) -> None:
    limit = shop.keeper.rules.on(TODAY).expense_limit
    for name in ("Toko A", "Toko B"):
        one = await suppliers.keep(db, officer=shop.keeper, name=name, at=AT)
        await buys(db, shop, limit, one.id)
    await happens(db, shop, Event.SUPPLIER_PAYMENT, limit, officer=shop.ketua, supplier=1)
    async with refused(db, AboveExpenseLimit, amount=limit + 1, limit=limit):
        await happens(db, shop, Event.SUPPLIER_PAYMENT, 1, officer=shop.ketua, supplier=2)
    guard = await an_officer(db, shop.cooperative, Role.PENGAWAS, name="Hadi")
    async with refused(db, NotAllowed):
        await suppliers.keep(db, officer=guard, name="Toko C", at=AT)


def test_a_debt_names_nobody_where_nobody_was_named() -> None:
    nobody = Debt(supplier=None, name=None, owed=1, ages=(1, 0, 0, 0), open=())
    assert suppliers.account(nobody.supplier) == "212000"
    assert suppliers.account(3) == "212000:u3"
