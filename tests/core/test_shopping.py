"""What counts towards a member's jasa usaha: what was bought, less what came back, and fees of services."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances
from core.everyday import Event
from core.goods import shopping
from core.treasury import book, events
from core.treasury.book import Recorded
from tests.builders_core import AT, TODAY, journal
from tests.core.test_goods import OPERATIONS, Shop, happens, in_order, shop, taken_back

__all__ = ["shop"]
YEAR = {"first": date(TODAY.year, 1, 1), "through": TODAY}


async def served(
    db: AsyncConnection, shop: Shop, event: events.Event, fee: int, customer: int | None
) -> Recorded:
    return await book.record(
        db, officer=shop.keeper, plan=events.plan(event, 500_000, fee=fee, customer=customer),
        on=TODAY, at=AT, operation=f"op-{next(OPERATIONS)}", source="telegram", note=None,
    )  # fmt: skip


async def test_shopping_and_services_count_and_what_is_taken_back_does_not(
    db: AsyncConnection, shop: Shop
) -> None:
    here, siti = shop.cooperative.id, shop.siti.id
    await happens(db, shop, Event.SALE, 100_000, member=siti)
    await happens(db, shop, Event.SALES_RETURN, 30_000, member=siti)
    await served(db, shop, events.Event.AGENT_IN, 5_000, siti)
    wrong = await served(db, shop, events.Event.AGENT_OUT, 7_000, siti)
    await served(db, shop, events.Event.AGENT_OUT, 9_000, None)  # nobody's: a neighbour
    assert (await journal(db, shop.cooperative))[-1] == ("111000", "413000", 9_000)
    assert await shopping.by_member(db, koperasi_id=here, **YEAR) == {siti: 82_000}
    await taken_back(db, shop, wrong.entry)
    assert await shopping.by_member(db, koperasi_id=here, **YEAR) == {siti: 75_000}
    of_all = await balances.of_code(
        db, koperasi_id=here, code="413000", first=YEAR["first"], last=TODAY
    )
    assert of_all == 14_000
    await in_order(db, shop)
