"""Goods of the gerai: whole journals, average cost to the rupiah, bons, and every refusal."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import corrections, everyday
from core.balances import of_account
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.everyday import Event, MoreThanOwed, Recorded, WorthNothing
from core.goods import bons, catalogue, shopping, stock
from core.goods.catalogue import AboveHet, Good, KeepsStock, Said
from core.goods.stock import Line, NotEnoughStock, NothingSold, NotInBooks, StockMovedOn
from core.people import Member, MemberHasLeft, Standing
from core.permissions import NotAllowed, Role
from core.savings import OwnSavings
from core.tables.goods import goods
from core.verify import verify
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    journal,
    leaves,
    refused,
)

OPERATIONS = count(1)


class Shop(NamedTuple):
    """A gerai with its keeper, its ketua, a member, and rice sold for 75.000 a sack."""

    cooperative: Cooperative
    keeper: Standing
    ketua: Standing
    siti: Member
    rice: Good


@pytest.fixture
async def shop(db: AsyncConnection) -> Shop:
    cooperative = await a_cooperative(db)
    keeper = await an_officer(db, cooperative, Role.PENGELOLA, name="Joko Susilo")
    said = Said(name="Beras 5 kg", unit="karung", price=75_000, ceiling=78_000)
    return Shop(
        cooperative=cooperative,
        keeper=keeper,
        ketua=await an_officer(db, cooperative, Role.KETUA, name="Hendra Wijaya"),
        siti=await a_member(db, cooperative),
        rice=await catalogue.keep(db, officer=keeper, said=said, at=AT),
    )


def units(quantity: float) -> int:
    return round(quantity * 1000)


async def happens(
    db: AsyncConnection, shop: Shop, event: Event, amount: int, quantity: float = 0, **facts: Any
) -> Recorded:
    """Record an event of today; of the rice when a quantity is said."""
    how = {
        key: facts.pop(key) for key in ("officer", "on", "operation", "approver") if key in facts
    }
    if quantity:
        facts["lines"] = (Line(good=shop.rice.id, quantity=units(quantity), amount=amount),)
    said: dict[str, Any] = {
        "officer": shop.keeper,
        "on": TODAY,
        "operation": f"op-{next(OPERATIONS)}",
    } | how
    return await everyday.record(
        db, plan=everyday.plan(event, amount, **facts), at=AT, source="telegram", **said
    )


async def taken_back(db: AsyncConnection, shop: Shop, number: int) -> int:
    entry = await corrections.reverse(
        db, officer=shop.ketua, number=number, on=TODAY, at=AT, source="telegram", reason="keliru",
        operation=f"op-{next(OPERATIONS)}",
    )  # fmt: skip
    return entry.number


async def held(db: AsyncConnection, shop: Shop) -> tuple[int, int]:
    (rice,) = await catalogue.every(db, koperasi_id=shop.cooperative.id)
    return rice.quantity, rice.value


async def in_order(db: AsyncConnection, shop: Shop) -> None:
    found = await verify(db, shop.cooperative.id)
    assert found.finding is None, found.finding


async def test_what_is_bought_is_stock_and_what_is_sold_takes_its_cost_along(
    db: AsyncConnection, shop: Shop
) -> None:
    await happens(db, shop, Event.PURCHASE, 700_000, 10)
    await happens(db, shop, Event.PURCHASE, 365_000, 5, on_credit=True)
    sold = await happens(db, shop, Event.SALE, 150_000, 2, member=shop.siti.id)
    assert sold.cost == 142_000  # 2 of 15 that cost 1.065.000
    await happens(db, shop, Event.SALE, 75_000, 1)
    member = f"412000:m{shop.siti.id}"
    assert await journal(db, shop.cooperative) == [
        ("114000", "111000", 700_000),
        ("114000", "212000", 365_000),
        ("111000", member, 150_000),
        ("511000", "114000", 142_000),
        ("111000", "412100", 75_000),
        ("511100", "114000", 71_000),
    ]
    assert await held(db, shop) == (12_000, 852_000)
    assert await of_account(db, koperasi_id=shop.cooperative.id, key="114000") == 852_000
    await in_order(db, shop)


async def test_no_more_is_sold_than_there_is(db: AsyncConnection, shop: Shop) -> None:
    async with refused(db, NotEnoughStock, good="Beras 5 kg", unit="karung", quantity=0):
        await happens(db, shop, Event.SALE, 75_000, 1)
    await happens(db, shop, Event.PURCHASE, 140_000, 2)
    async with refused(db, NotEnoughStock, quantity=2_000):
        await happens(db, shop, Event.SALE, 160_000, 2.5)
    twice = (Line(good=shop.rice.id, quantity=1_500, amount=100_000),) * 2
    async with refused(db, NotEnoughStock):
        await happens(db, shop, Event.SALE, 200_000, lines=twice)
    await happens(db, shop, Event.SALE, 150_000, 2)
    assert await held(db, shop) == (0, 0)


async def test_nothing_is_priced_or_sold_above_its_ceiling(db: AsyncConnection, shop: Shop) -> None:
    await happens(db, shop, Event.PURCHASE, 140_000, 2)
    async with refused(db, AboveHet, price=78_001, ceiling=78_000):
        await happens(db, shop, Event.SALE, 156_001, 2)
    await happens(db, shop, Event.SALE, 156_000, 2)
    for said in (
        Said(name="beras  5 KG", price=79_000),
        Said(name="Beras 5 kg", ceiling=74_999),
        Said(name="Gula", price=20_000, ceiling=17_500),
    ):
        async with refused(db, AboveHet):
            await catalogue.keep(db, officer=shop.keeper, said=said, at=AT)
    changed = await catalogue.keep(
        db, officer=shop.keeper, said=Said(name="beras 5 KG", price=76_000), at=AT
    )
    assert (changed.id, changed.name, changed.price) == (shop.rice.id, "Beras 5 kg", 76_000)


async def test_who_may_not_trade_sets_no_price_and_sells_nothing(
    db: AsyncConnection, shop: Shop
) -> None:
    clerk = await an_officer(db, shop.cooperative, Role.SEKRETARIS, name="Lina")
    async with refused(db, NotAllowed):
        await catalogue.keep(db, officer=clerk, said=Said(name="Gula"), at=AT)
    async with refused(db, NotAllowed):
        await happens(db, shop, Event.SALE, 75_000, officer=clerk)
    async with refused(db, NotAllowed):  # a supplier's debt is the treasurer's
        await happens(db, shop, Event.SUPPLIER_PAYMENT, 75_000)


async def test_while_there_is_stock_its_unit_stays(db: AsyncConnection, shop: Shop) -> None:
    await happens(db, shop, Event.PURCHASE, 140_000, 2)
    for said in (
        Said(name="Beras 5 kg", unit="kg"),
        Said(name="Beras 5 kg", stocked=False),
        Said(name="Beras 5 kg", offered=False),
    ):
        async with refused(db, KeepsStock, good="Beras 5 kg"):
            await catalogue.keep(db, officer=shop.keeper, said=said, at=AT)


async def test_goods_without_kept_stock_move_none(db: AsyncConnection, shop: Shop) -> None:
    ice = await catalogue.keep(
        db, officer=shop.keeper, said=Said(name="Es batu", price=1_000, stocked=False), at=AT
    )
    line = Line(good=ice.id, quantity=3_000, amount=3_000)
    sold = await happens(db, shop, Event.SALE, 3_000, lines=(line,))
    assert sold.cost == 0
    assert await journal(db, shop.cooperative) == [("111000", "412100", 3_000)]


async def test_a_bon_is_owed_within_the_limit_and_the_oldest_is_paid_first(
    db: AsyncConnection, shop: Shop
) -> None:
    here, siti = shop.cooperative.id, shop.siti.id
    await happens(db, shop, Event.PURCHASE, 700_000, 10)
    early = date(2026, 11, 20)
    second = await happens(db, shop, Event.SALE, 225_000, 3, member=siti, on_credit=True)
    first = await happens(db, shop, Event.SALE, 75_000, member=siti, on_credit=True, on=early)
    assert (first.bon, first.balance, first.before) == (300_000, 300_000, 225_000)
    async with refused(db, bons.AboveBonLimit, owed=300_000, limit=500_000, amount=200_001):
        await happens(db, shop, Event.SALE, 200_001, member=siti, on_credit=True)
    paid = await happens(db, shop, Event.BON_PAYMENT, 100_000, member=siti)
    assert paid.bon == 200_000
    open_now = await bons.open_of(db, koperasi_id=here, member_id=siti)
    assert [(bon.entry, bon.amount, bon.left) for bon in open_now] == [
        (second.entry, 225_000, 200_000)
    ]
    async with refused(db, bons.MoreThanBon, owed=200_000):
        await happens(db, shop, Event.BON_PAYMENT, 200_001, member=siti)
    await taken_back(db, shop, paid.entry)
    assert await bons.owed(db, koperasi_id=here, member_id=siti) == 300_000
    again = await bons.open_of(db, koperasi_id=here, member_id=siti)
    assert [bon.entry for bon in again] == [first.entry, second.entry]
    await in_order(db, shop)


async def test_who_has_left_buys_nothing_on_bon_and_nobody_writes_the_own(
    db: AsyncConnection, shop: Shop
) -> None:
    gone = await leaves(
        db, await a_member(db, shop.cooperative, "Budi"), shop.cooperative, date(2026, 3, 1)
    )
    async with refused(db, MemberHasLeft):
        await happens(db, shop, Event.SALE, 5_000, member=gone.id, on_credit=True)
    await a_member(db, shop.cooperative, "Joko Susilo", person_id=shop.keeper.person_id)
    own = {"member": shop.keeper.person_id, "on_credit": True}
    async with refused(db, OwnSavings):
        await happens(db, shop, Event.SALE, 5_000, **own)
    await happens(db, shop, Event.SALE, 5_000, approver=shop.ketua.recorder, **own)


async def test_what_comes_back_costs_what_it_had_cost(db: AsyncConnection, shop: Shop) -> None:
    siti = shop.siti.id
    await happens(db, shop, Event.PURCHASE, 100_001, 3)
    await happens(db, shop, Event.SALE, 150_000, 2, member=siti, on_credit=True)
    await happens(db, shop, Event.PURCHASE, 300_000, 3)
    async with refused(db, NothingSold, quantity=2_000):
        await happens(db, shop, Event.SALES_RETURN, 150_000, 3, member=siti, on_credit=True)
    back = await happens(db, shop, Event.SALES_RETURN, 75_000, 1, member=siti, on_credit=True)
    assert (back.cost, back.bon) == (33_334, 75_000)
    await happens(db, shop, Event.SALES_RETURN, 75_000, 1, member=siti, on_credit=True)
    lines = await journal(db, shop.cooperative)
    assert lines[-4:] == [
        (f"412900:m{siti}", f"113300:m{siti}", 75_000),
        ("114000", "511000", 33_334),
        (f"412900:m{siti}", f"113300:m{siti}", 75_000),
        ("114000", "511000", 33_333),
    ]
    assert await held(db, shop) == (6_000, 400_001)
    await in_order(db, shop)


async def test_lost_goods_are_an_expense_at_their_cost(db: AsyncConnection, shop: Shop) -> None:
    await happens(db, shop, Event.PURCHASE, 4_000, 10)
    async with refused(db, WorthNothing, good="Beras 5 kg"):
        await happens(db, shop, Event.STOCK_LOSS, 1, 0.001)
    lost = await happens(
        db, shop, Event.STOCK_LOSS, 999_999, 2
    )  # the card's figure was of another day
    assert lost.plan.amount == 800
    assert (await journal(db, shop.cooperative))[-1] == ("529000", "114000", 800)
    assert await held(db, shop) == (8_000, 3_200)
    await in_order(db, shop)


async def test_suppliers_are_paid_what_they_are_owed_and_no_more(
    db: AsyncConnection, shop: Shop
) -> None:
    await happens(db, shop, Event.PURCHASE, 700_000, 10, on_credit=True)
    async with refused(db, MoreThanOwed, owed=700_000):
        await happens(db, shop, Event.SUPPLIER_PAYMENT, 700_001, officer=shop.ketua)
    paid = await happens(
        db, shop, Event.SUPPLIER_PAYMENT, 400_000, officer=shop.ketua, place="112100"
    )
    assert (await journal(db, shop.cooperative))[-1] == ("212000", "112100", 400_000)
    assert (paid.before, paid.balance) == (0, -400_000)


async def test_a_reversal_brings_goods_back_and_what_rests_on_an_entry_goes_first(
    db: AsyncConnection, shop: Shop
) -> None:
    bought = await happens(db, shop, Event.PURCHASE, 700_000, 10)
    sold = await happens(db, shop, Event.SALE, 300_000, 4)
    async with refused(db, StockMovedOn, entry=sold.entry, good="Beras 5 kg"):
        await taken_back(db, shop, bought.entry)
    await taken_back(db, shop, sold.entry)
    assert await held(db, shop) == (10_000, 700_000)
    await taken_back(db, shop, bought.entry)
    assert await held(db, shop) == (0, 0)
    assert await of_account(db, koperasi_id=shop.cooperative.id, key="114000") == 0
    await in_order(db, shop)


async def test_the_same_card_sells_once_whatever_happened_since(
    db: AsyncConnection, shop: Shop
) -> None:
    await happens(db, shop, Event.PURCHASE, 700_000, 10)
    await happens(db, shop, Event.SALE, 150_000, 2, operation="card")
    await happens(db, shop, Event.PURCHASE, 900_000, 10)
    again = await happens(db, shop, Event.SALE, 150_000, 2, operation="card")
    assert (again.repeated, again.cost) == (True, 140_000)
    assert await held(db, shop) == (18_000, 1_460_000)


async def test_stock_the_books_hold_already_is_named_without_an_entry(
    db: AsyncConnection, shop: Shop
) -> None:
    here = shop.cooperative.id
    await happens(db, shop, Event.PURCHASE, 500_000)
    facts: dict[str, Any] = {"koperasi_id": here, "good": shop.rice.id, "on": TODAY}
    async with refused(db, NotInBooks, left=500_000):
        await stock.open_stock(db, quantity=8_000, value=500_001, **facts)
    await stock.open_stock(db, quantity=6_000, value=420_000, **facts)
    async with refused(db, NotInBooks, left=80_000):
        await stock.open_stock(db, quantity=1_000, value=80_001, **facts)
    assert await held(db, shop) == (6_000, 420_000)
    assert len(await journal(db, shop.cooperative)) == 1
    await in_order(db, shop)


async def test_what_members_bought_is_counted_for_them(db: AsyncConnection, shop: Shop) -> None:
    siti, budi = shop.siti.id, (await a_member(db, shop.cooperative, "Budi")).id
    await happens(db, shop, Event.PURCHASE, 700_000, 10)
    await happens(db, shop, Event.SALE, 150_000, 2, member=siti)
    await happens(db, shop, Event.SALE, 30_000, member=siti, on_credit=True)
    await happens(db, shop, Event.SALES_RETURN, 75_000, 1, member=siti)
    await happens(db, shop, Event.SALE, 20_000, member=budi, on=date(2026, 10, 31))
    wrong = await happens(db, shop, Event.SALE, 40_000, member=budi)
    await happens(db, shop, Event.SALE, 99_000)
    await taken_back(db, shop, wrong.entry)
    bought = await shopping.by_member(
        db, koperasi_id=shop.cooperative.id, first=date(2026, 11, 1), through=TODAY
    )
    assert bought == {siti: 105_000, budi: 0}


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE goods SET quantity = quantity + 1", "its movements give"),
        (
            "UPDATE goods_moves SET value = value - 1 WHERE entry = 4; UPDATE goods SET value = value - 1",
            "it posted",
        ),
        ("UPDATE goods_moves SET amount = 1 WHERE entry = 3", "does not take back"),
    ],
)
async def test_verify_finds_stock_that_is_not_what_its_entries_say(
    db: AsyncConnection, shop: Shop, statement: str, what: str
) -> None:
    await happens(db, shop, Event.PURCHASE, 700_000, 10)
    sold = await happens(db, shop, Event.SALE, 150_000, 2)
    await taken_back(db, shop, sold.entry)
    await happens(db, shop, Event.SALE, 75_000, 1)
    await in_order(db, shop)
    await db.execute(text("RESET ROLE"))
    for one in statement.split(";"):
        await db.execute(text(one))
    found = await verify(db, shop.cooperative.id)
    assert found.finding is not None
    assert what in found.finding.what


@given(
    held=st.integers(1, 10**9), value=st.integers(0, 10**12), parts=st.lists(st.integers(1, 10**8))
)
def test_average_cost_is_never_off_by_more_than_half_a_rupiah_and_loses_nothing(
    held: int, value: int, parts: list[int]
) -> None:
    left, worth, taken = held, value, 0
    for part in parts:
        if part > left:
            continue
        cost = stock.cost_of(part, left, worth)
        assert 0 <= cost <= worth
        assert abs(Fraction(worth * part, left) - cost) <= Fraction(1, 2)
        left, worth, taken = left - part, worth - cost, taken + cost
    if left:
        taken += stock.cost_of(left, left, worth)
    assert taken == value


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_traded_the_goods_are_worth_what_the_book_says(
    db: AsyncConnection, shop: Shop, seed: int
) -> None:
    chance, here = random.Random(seed), shop.cooperative.id
    sugar = await catalogue.keep(
        db, officer=shop.keeper, said=Said(name="Gula", unit="kg", price=17_500), at=AT
    )
    both = [replace(shop.rice, ceiling=None), sugar]
    entries: list[int] = []
    done = refusals = 0
    for _ in range(40):
        good = chance.choice(both)
        event = chance.choice(
            [Event.PURCHASE, Event.SALE, Event.SALE, Event.SALES_RETURN, Event.STOCK_LOSS]
        )
        amount, quantity = chance.randint(1, 70_001), chance.randint(1000, 9_999)
        quantity *= 3 if event is Event.PURCHASE else 1
        await db.execute(text("SAVEPOINT trade"))
        try:
            if entries and chance.random() < 0.2:
                await taken_back(db, shop, entries.pop(chance.randrange(len(entries))))
            else:
                lines = (Line(good=good.id, quantity=quantity, amount=amount),)
                entries.append((await happens(db, shop, event, amount, lines=lines)).entry)
            done += 1
        except Refusal:
            await db.execute(text("ROLLBACK TO SAVEPOINT trade"))
            refusals += 1
        worth = await db.scalar(select(func.sum(goods.c.value)).where(goods.c.koperasi_id == here))
        assert await of_account(db, koperasi_id=here, key="114000") == worth
    assert done > 10, (done, refusals)
    await in_order(db, shop)
