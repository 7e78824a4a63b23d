"""Titip jual: whole journals, never more sold than is here, nobody paid more than is owed, reversals."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import corrections, ledger
from core.cooperatives import Cooperative
from core.goods import consigned
from core.goods.consigned import NotSoManyConsigned, Owner, ShareTooLarge, Taken
from core.people import Standing
from core.permissions import NotAllowed, Role
from core.savings import OwnSavings
from core.treasury import book, events
from core.treasury.book import MoreThanThere, Recorded, UsedSince
from core.treasury.events import Event
from core.verify import verify
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer, journal, refused

KERIPIK = Taken(name="Keripik", unit="bungkus", quantity=20_000, price=10_000, share=2_000)


async def takes_in(
    db: AsyncConnection, officer: Standing, owner: Owner, taken: Taken, operation: str
) -> int:
    return await consigned.take_in(
        db, officer=officer, owner=owner, taken=taken, on=TODAY, at=AT, operation=operation
    )


async def records(db: AsyncConnection, officer: Standing, plan: events.Plan, said: str) -> Recorded:
    return await book.record(
        db, officer=officer, plan=plan, on=TODAY, at=AT, source="telegram", operation=said
    )


def of_sale(good: consigned.Consigned, count: int) -> events.Plan:
    price, share = consigned.parts(good, count * 1000)
    return events.plan(
        Event.CONSIGNED_SALE, price - share, account=good.owner.account, fee=share,
        member=good.owner.member, good=good.id, quantity=count * 1000,
    )  # fmt: skip


def of_payment(owner: Owner, amount: int) -> events.Plan:
    return events.plan(Event.CONSIGNED_PAID, amount, account=owner.account, member=owner.member)


async def a_gerai(db: AsyncConnection, **rules: Any) -> tuple[Cooperative, Standing, Standing]:
    here = await a_cooperative(db, **rules)
    kasir = await an_officer(db, here, Role.PENGELOLA, name="Kasir")
    return here, kasir, await an_officer(db, here, Role.KETUA, name="Hendra")


async def test_what_is_sold_for_an_owner_is_owed_and_only_the_share_is_income(
    db: AsyncConnection,
) -> None:
    here, kasir, hendra = await a_gerai(db)
    rini = Owner(name="Rini", member=(await a_member(db, here, "Rini")).id)
    sari = await consigned.outsider(db, koperasi_id=here.id, name="Bu  Sari")
    assert sari == Owner(name="Bu Sari")
    await takes_in(db, kasir, rini, KERIPIK, "in-1")
    assert await takes_in(db, kasir, rini, KERIPIK, "in-1") == 20_000  # once
    assert await takes_in(db, kasir, rini, KERIPIK, "in-2") == 40_000
    await takes_in(db, kasir, sari, KERIPIK, "in-3")
    of_rini, of_sari = await consigned.every(db, koperasi_id=here.id)
    sale = await records(db, kasir, of_sale(of_rini, 5), "sale-1")
    assert (await records(db, kasir, of_sale(of_rini, 5), "sale-1")).repeated
    await records(db, kasir, of_sale(of_sari, 20), "sale-2")
    async with refused(db, NotSoManyConsigned, quantity=0):
        await records(db, kasir, of_sale(of_sari, 1), "sale-3")
    async with refused(db, MoreThanThere, there=40_000):
        await records(db, kasir, of_payment(rini, 40_001), "paid-0")
    await records(db, kasir, of_payment(of_sari.owner, 160_000), "paid-1")
    m, u = f"212100:m{rini.member}", of_sari.owner.account
    assert u.startswith("212100:u")
    assert await journal(db, here) == [
        ("111000", m, 40_000),
        ("111000", "413000", 10_000),
        ("111000", u, 160_000),
        ("111000", "413000", 40_000),
        (u, "111000", 160_000),
    ]
    assert await consigned.owed(db, koperasi_id=here.id) == [
        (Owner(name="Rini", member=rini.member), 40_000)
    ]
    assert await consigned.give_back(
        db, officer=kasir, good=of_rini.id, quantity=34_000, on=TODAY, at=AT, operation="back-1"
    ) == 1_000  # fmt: skip
    async with refused(db, NotSoManyConsigned, quantity=1_000):
        await consigned.give_back(
            db, officer=kasir, good=of_rini.id, quantity=1_001, on=TODAY, at=AT, operation="back-2"
        )  # fmt: skip
    back: dict[str, Any] = {"officer": hendra, "on": TODAY, "at": AT, "source": "telegram"}
    await corrections.reverse(db, number=sale.entry, operation="r-1", reason="salah", **back)
    (again, _) = await consigned.every(db, koperasi_id=here.id)
    assert (again.owner, again.quantity) == (rini, 6_000)
    async with refused(db, UsedSince):
        await corrections.reversible(db, koperasi_id=here.id, number=sale.entry + 1)
    assert (await verify(db, here.id)).finding is None


async def test_who_may_and_what_an_owner_always_gets(db: AsyncConnection) -> None:
    here, kasir, _ = await a_gerai(db)
    sekretaris = await an_officer(db, here, Role.SEKRETARIS, name="Ani")
    rini = Owner(name="Rini", member=(await a_member(db, here, "Rini")).id)
    async with refused(db, NotAllowed):
        await takes_in(db, sekretaris, rini, KERIPIK, "in-1")
    async with refused(db, ShareTooLarge):
        all_of_it = Taken(name="Kue", unit="buah", quantity=1_000, price=2_000, share=2_000)
        await takes_in(db, kasir, rini, all_of_it, "in-2")
    own = Owner(name="Kasir", member=kasir.person_id)
    plan = events.plan(
        Event.CONSIGNED_SALE, 45_000, account=own.account, fee=5_000, member=own.member
    )
    async with refused(db, OwnSavings):
        await records(db, kasir, plan, "sale-1")
    assert await journal(db, here) == []


async def test_verify_finds_goods_and_entries_that_differ(db: AsyncConnection) -> None:
    here, kasir, _ = await a_gerai(db)
    rini = Owner(name="Rini", member=(await a_member(db, here, "Rini")).id)
    await takes_in(db, kasir, rini, KERIPIK, "in-1")
    (good,) = await consigned.every(db, koperasi_id=here.id)
    sale = await records(db, kasir, of_sale(good, 5), "sale-1")
    await ledger.reverse(
        db, sale.entry, koperasi_id=here.id, on=TODAY, at=AT, zone=here.zone, recorder="test",
        source="test", operation="behind", reason="behind its back",
    )  # fmt: skip
    finding = (await verify(db, here.id)).finding
    assert finding is not None
    assert "does not bring back" in str(finding)
    await db.execute(text("UPDATE consigned_moves SET owed = owed - 1 WHERE kind = 'sale'"))
    finding = (await verify(db, here.id)).finding
    assert "it posted 40000" in str(finding)
    await db.execute(text("UPDATE consigned SET quantity = quantity + 1"))
    assert "its movements give" in str((await verify(db, here.id)).finding)


@pytest.mark.parametrize(("quantity", "expected"), [(1_000, (10_000, 2_000)), (1, (10, 2))])
def test_parts_are_reckoned_to_the_rupiah(quantity: int, expected: tuple[int, int]) -> None:
    good = consigned.Consigned(
        id=1, owner=Owner(name="Rini", member=1), name="Keripik", words="keripik", unit="bungkus",
        price=10_000, share=2_000, quantity=0,
    )  # fmt: skip
    assert consigned.parts(good, quantity) == expected
