"""Opname: every difference to the rupiah, who must approve it, and what no longer holds is counted again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.everyday import Event
from core.goods import catalogue, counts
from core.goods.catalogue import Said
from core.goods.counts import (
    CostUnknown,
    CountedAnotherDay,
    MovedSinceCount,
    NotASecondPerson,
    NotCounted,
)
from core.permissions import NotAllowed, Role
from core.verify import verify
from tests.builders_core import AT, TODAY, an_officer, journal, refused
from tests.core.test_goods import OPERATIONS, Shop, happens, held, in_order, shop, taken_back

__all__ = ["shop"]


async def counted(
    db: AsyncConnection, shop: Shop, sacks: float, *, approver: str | None = None
) -> counts.Counted:
    found = await counts.count(
        db, officer=shop.keeper, counted={shop.rice.id: round(sacks * 1000)}, on=TODAY, today=TODAY
    )
    return await keep(db, shop, found, approver=approver)


async def keep(
    db: AsyncConnection, shop: Shop, found: counts.Count, *, approver: str | None = None
) -> counts.Counted:
    return await counts.keep(
        db, officer=shop.keeper, found=found, at=AT, operation=f"op-{next(OPERATIONS)}",
        source="telegram", approver=approver,
    )  # fmt: skip


async def test_a_difference_is_booked_at_average_cost_and_taken_back_by_its_reversal(
    db: AsyncConnection, shop: Shop
) -> None:
    await happens(db, shop, Event.PURCHASE, 100_000, 3)
    short = await counted(db, shop, 1.5)
    assert (await journal(db, shop.cooperative))[-1] == ("529000", "114000", 50_000)
    assert (short.found.short, short.found.over) == (50_000, 0)
    assert await held(db, shop) == (1_500, 50_000)
    over = await counted(db, shop, 2)
    assert (await journal(db, shop.cooperative))[-1] == ("114000", "419000", 16_667)
    assert await held(db, shop) == (2_000, 66_667)
    await in_order(db, shop)
    assert over.entry
    await taken_back(db, shop, over.entry)
    assert await held(db, shop) == (1_500, 50_000)
    await counted(db, shop, 0)
    assert await held(db, shop) == (0, 0)
    await in_order(db, shop)
    await counted(db, shop, 1)  # found again: worth what it had cost
    assert (await journal(db, shop.cooperative))[-1] == ("114000", "419000", 33_333)
    await in_order(db, shop)


async def test_what_agrees_is_kept_without_an_entry_and_the_last_day_is_that_of_a_standing_count(
    db: AsyncConnection, shop: Shop
) -> None:
    here = shop.cooperative.id
    await happens(db, shop, Event.PURCHASE, 100_000, 3)
    assert await counts.last_days(db, koperasi_id=here) == {}
    short = await counted(db, shop, 2)
    assert await counts.last_days(db, koperasi_id=here) == {shop.rice.id: TODAY}
    assert short.entry
    await taken_back(db, shop, short.entry)
    assert await counts.last_days(db, koperasi_id=here) == {}
    agreed = await counted(db, shop, 3)
    assert agreed.entry is None
    assert await counts.last_days(db, koperasi_id=here) == {shop.rice.id: TODAY}
    await in_order(db, shop)


async def test_what_is_lost_by_word_and_by_count_has_one_limit_of_the_day(
    db: AsyncConnection, shop: Shop
) -> None:
    limit = shop.keeper.rules.on(TODAY).expense_limit
    cost = limit // 10 * 6  # of a sack: two are above the limit
    await happens(db, shop, Event.PURCHASE, cost * 10, 10, approver=shop.ketua.recorder)
    await happens(db, shop, Event.STOCK_LOSS, cost, 1)
    async with refused(db, NotASecondPerson, amount=cost * 2, limit=limit):
        await counted(db, shop, 8)
    await counted(db, shop, 8, approver=shop.ketua.recorder)
    assert (await journal(db, shop.cooperative))[-1] == ("529000", "114000", cost)
    await in_order(db, shop)


async def test_a_count_that_no_longer_holds_is_made_again(db: AsyncConnection, shop: Shop) -> None:
    await happens(db, shop, Event.PURCHASE, 100_000, 10)
    rice = {shop.rice.id: 9_000}
    found = await counts.count(db, officer=shop.keeper, counted=rice, on=TODAY, today=TODAY)
    await happens(db, shop, Event.SALE, 75_000, 1)
    async with refused(db, MovedSinceCount, good="Beras 5 kg"):
        await keep(db, shop, found)
    yesterday = TODAY - timedelta(days=1)
    async with refused(db, CountedAnotherDay):
        await counts.count(db, officer=shop.keeper, counted=rice, on=yesterday, today=TODAY)
    guard = await an_officer(db, shop.cooperative, Role.PENGAWAS, name="Hadi")
    async with refused(db, NotAllowed):
        await counts.count(db, officer=guard, counted=rice, on=TODAY, today=TODAY)
    gas = await catalogue.keep(db, officer=shop.keeper, said=Said(name="Gas"), at=AT)
    async with refused(db, CostUnknown, good="Gas"):
        await counts.count(db, officer=shop.keeper, counted={gas.id: 1_000}, on=TODAY, today=TODAY)
    said = Said(name="Fotokopi", stocked=False)
    copies = await catalogue.keep(db, officer=shop.keeper, said=said, at=AT)
    async with refused(db, NotCounted, good="Fotokopi"):
        await counts.count(
            db, officer=shop.keeper, counted={copies.id: 1_000}, on=TODAY, today=TODAY
        )


async def test_verify_holds_a_count_against_what_its_entry_moved(
    db: AsyncConnection, shop: Shop
) -> None:
    await happens(db, shop, Event.PURCHASE, 100_000, 10)
    short = await counted(db, shop, 9)
    await db.execute(text("RESET ROLE"))
    await db.execute(
        text("UPDATE goods_counts SET counted = 8000 WHERE koperasi_id = :here"),
        {"here": shop.cooperative.id},
    )
    found = await verify(db, shop.cooperative.id)
    assert found.finding is not None
    assert found.finding.entry == short.entry
    assert "than was counted" in found.finding.what
