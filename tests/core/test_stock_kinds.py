"""Goods by kind: every journal on the account of its good, and a kind that changes takes no value along."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import everyday
from core.everyday import Event, Recorded
from core.goods import catalogue, counts, kinds, stock
from core.goods.catalogue import Good, KeepsStock, Said
from core.goods.journal import LostOfTwoKinds
from core.goods.stock import KindChanged, Line, NotInBooks
from core.verify import verify
from tests.builders_core import AT, TODAY, journal, refused
from tests.core.test_goods import OPERATIONS, Shop, in_order, shop, taken_back

__all__ = ["shop"]


async def urea_of(db: AsyncConnection, shop: Shop) -> Good:
    said = Said(name="Urea 50 kg", unit="karung", price=130_000)
    return await catalogue.keep(db, officer=shop.keeper, said=said, at=AT)


async def happens(
    db: AsyncConnection, shop: Shop, event: Event, *lines: tuple[Good, int, int], rest: int = 0
) -> Recorded:
    """Record an event with units of goods for so many rupiah each, and a rest that is on no list."""
    said = tuple(Line(good=good.id, quantity=n * 1000, amount=amount) for good, n, amount in lines)
    amount = sum(line.amount for line in said) + rest
    return await everyday.record(
        db, officer=shop.keeper, plan=everyday.plan(event, amount, lines=said), on=TODAY, at=AT,
        operation=f"op-{next(OPERATIONS)}", source="telegram",
    )  # fmt: skip


async def test_every_journal_stands_on_the_account_of_its_goods_kind(
    db: AsyncConnection, shop: Shop
) -> None:
    urea = await urea_of(db, shop)
    assert (shop.rice.account, urea.account) == ("114000", "114100")
    await happens(
        db, shop, Event.PURCHASE, (shop.rice, 10, 700_000), (urea, 4, 480_000), rest=20_000
    )
    await happens(db, shop, Event.SALE, (shop.rice, 1, 75_000), (urea, 2, 260_000))
    back = await happens(db, shop, Event.SALES_RETURN, (urea, 1, 130_000))
    lost = await happens(db, shop, Event.STOCK_LOSS, (urea, 1, 120_000))
    assert lost.plan.stands_at == "114100"
    assert (lost.before, lost.balance) == (360_000, 240_000)
    async with refused(db, LostOfTwoKinds):
        await happens(db, shop, Event.STOCK_LOSS, (urea, 1, 1), (shop.rice, 1, 1))
    found = await counts.count(
        db,
        officer=shop.keeper,
        counted={urea.id: 3_000, shop.rice.id: 8_000},
        on=TODAY,
        today=TODAY,
    )
    done = await counts.keep(
        db, officer=shop.keeper, found=found, at=AT, operation="count", source="telegram"
    )
    assert await journal(db, shop.cooperative) == [
        ("114000", "111000", 720_000),
        ("114100", "111000", 480_000),
        ("111000", "412100", 335_000),
        ("511100", "114000", 70_000),
        ("511100", "114100", 240_000),
        ("412900", "111000", 130_000),
        ("114100", "511100", 120_000),
        ("529000", "114100", 120_000),
        ("529000", "114000", 70_000),
        ("114100", "419000", 120_000),
    ]
    await in_order(db, shop)
    assert done.entry
    for number in (done.entry, lost.entry, back.entry):
        await taken_back(db, shop, number)
    await in_order(db, shop)


async def test_a_kind_changes_only_while_nothing_of_the_good_is_held(
    db: AsyncConnection, shop: Shop
) -> None:
    urea = await urea_of(db, shop)
    await happens(db, shop, Event.PURCHASE, (urea, 2, 240_000))
    food = Said(name="Urea 50 kg", account="114000")
    async with refused(db, KeepsStock, good="Urea 50 kg"):
        await catalogue.keep(db, officer=shop.keeper, said=food, at=AT)
    sold = await happens(db, shop, Event.SALE, (urea, 2, 260_000))
    urea = await catalogue.keep(db, officer=shop.keeper, said=food, at=AT)
    assert urea.account == "114000"
    async with refused(db, KindChanged, good="Urea 50 kg"):
        await taken_back(db, shop, sold.entry)
    await happens(db, shop, Event.SALES_RETURN, (urea, 1, 130_000))
    assert (await journal(db, shop.cooperative))[-1] == ("114000", "511100", 120_000)
    await in_order(db, shop)


async def test_opening_stock_is_of_what_the_account_of_its_kind_holds(
    db: AsyncConnection, shop: Shop
) -> None:
    urea = await urea_of(db, shop)
    await happens(db, shop, Event.PURCHASE, rest=500_000)  # by value, on 114000
    here = shop.cooperative.id
    opening: dict[str, Any] = {
        "koperasi_id": here,
        "quantity": 1_000,
        "value": 120_000,
        "on": TODAY,
    }
    async with refused(db, NotInBooks, left=0, account="Persediaan pupuk dan saprotan"):
        await stock.open_stock(db, good=urea.id, **opening)
    await everyday.record(
        db, officer=shop.keeper,
        plan=everyday.plan(Event.PURCHASE, 120_000, stock_kind="114100"), on=TODAY, at=AT,
        operation=f"op-{next(OPERATIONS)}", source="telegram",
    )  # fmt: skip
    await stock.open_stock(db, good=urea.id, **opening)
    await in_order(db, shop)


async def test_verify_finds_goods_that_stand_on_another_account(
    db: AsyncConnection, shop: Shop
) -> None:
    urea = await urea_of(db, shop)
    bought = await happens(db, shop, Event.PURCHASE, (urea, 2, 240_000))
    await db.execute(text("RESET ROLE"))
    for table in ("goods", "goods_moves"):
        await db.execute(
            text(f"UPDATE {table} SET account = '114300' WHERE koperasi_id = :here"),
            {"here": shop.cooperative.id},
        )
    found = await verify(db, shop.cooperative.id)
    assert found.finding is not None
    assert found.finding.entry == bought.entry
    assert "0 of 114300" in found.finding.what


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("Beras 5 kg", "114000"),
        ("Minyak goreng", "114000"),
        ("Obat nyamuk", "114000"),
        ("Pupuk NPK Phonska", "114100"),
        ("Obat hama padi", "114100"),
        ("Gas LPG 3 kg", "114200"),
        ("Minyak tanah", "114200"),
        ("Paracetamol strip", "114300"),
        ("Minyak kayu putih", "114300"),
        ("Obat dan pupuk", "114000"),  # of two kinds: sembako until somebody says
        ("Meja", "114000"),
    ],
)
def test_the_kind_of_a_good_is_told_from_its_name(name: str, account: str) -> None:
    assert kinds.told(name) == account
    assert set(kinds.every()) == set(kinds.ACCOUNTS)
    assert kinds.named("Saprotan") == "114100"
    assert kinds.named("mainan") is None
