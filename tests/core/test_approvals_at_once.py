"""Two people at the same moment: a request is decided one way, the same thing asked once, an entry reversed once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database
from core.accounts import SavingsKind
from core.approvals.request import AlreadyAsked, DecidedBefore, RejectedBefore, State
from core.ledger import AlreadyReversed
from core.people import Standing
from core.permissions import Role
from core.tables.approvals import approvals
from core.verify import verify
from tests.builders_core import a_cooperative, a_member, an_officer, book, pays
from tests.core import loan_village
from tests.core.loan_village import entries_of, holds_together, takes_back
from tests.core.test_approvals import asks, says_no, says_yes, state_of

Press = Callable[[AsyncConnection], Awaitable[object]]


async def at_once(engine: AsyncEngine, koperasi_id: int, *presses: Press) -> list[str]:
    """Press all in transactions of their own; name what each came to."""

    async def press(one: Press) -> object:
        async with database.transaction(engine, koperasi_id=koperasi_id) as db:
            return await one(db)

    ended = await asyncio.gather(*map(press, presses), return_exceptions=True)
    return sorted(type(one).__name__ for one in ended)


@pytest.mark.parametrize("turn", range(3))
async def test_yes_and_no_at_one_moment_decide_one_way(
    app_engine: AsyncEngine, owner_engine: AsyncEngine, turn: int
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        rina = await an_officer(db, here, Role.BENDAHARA)
        chairs = [await an_officer(db, here, Role.KETUA, name=f"Ketua {n}") for n in "ab"]
        siti = await a_member(db, here)
        await pays(db, rina, siti, SavingsKind.SUKARELA, 10_000_000, operation="before")
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        await asks(db, rina, siti)
    presses: list[Press] = [
        lambda db: says_yes(db, chairs[0]),
        lambda db: says_no(db, chairs[1]),
    ]
    ended = await at_once(app_engine, here.id, *(presses if turn % 2 else presses[::-1]))
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        state, entries = await state_of(db, here), len(await book(db, here))
        assert (await verify(db, here.id)).finding is None
    approved = (State.APPROVED, 2, ["Decided", DecidedBefore.__name__])
    rejected = (State.REJECTED, 1, ["Decided", RejectedBefore.__name__])
    assert (state, entries, ended) in (approved, rejected)


async def test_the_same_reversal_asked_by_two_at_one_moment_waits_once(
    app_engine: AsyncEngine, owner_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        makers = [await an_officer(db, here, Role.BENDAHARA, name=f"Rina {n}") for n in "ab"]
        await an_officer(db, here, Role.KETUA)
        siti = await a_member(db, here)
        await pays(db, makers[0], siti, SavingsKind.SUKARELA, 10_000_000, operation="before")

    def asking(maker: Standing) -> Press:
        facts = {"entry": 1, "reason": "salah orang"}
        return lambda db: asks(
            db, maker, siti, kind="reversal", facts=facts, operation=f"card-of-{maker.name}"
        )

    ended = await at_once(app_engine, here.id, *map(asking, makers))
    assert ended == [AlreadyAsked.__name__, "Submitted"]
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        count = select(func.count()).where(approvals.c.koperasi_id == here.id)
        assert await db.scalar(count) == 1


async def test_two_officers_reverse_one_payment_at_one_moment_and_it_is_reversed_once(
    app_engine: AsyncEngine, owner_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        village = await loan_village.a_village(db)
        second = await an_officer(db, village.here, Role.KETUA, name="Dewi")
        paid = await loan_village.pays(db, village, 112_000)

    def reversing(who: Standing) -> Press:
        operation = f"batal oleh {who.name}"
        return lambda db: takes_back(db, village, paid.entry, officer=who, operation=operation)

    ended = await at_once(app_engine, village.here.id, *map(reversing, (village.hendra, second)))
    assert ended == [AlreadyReversed.__name__, "Entry"]
    async with database.transaction(app_engine, koperasi_id=village.here.id) as db:
        kinds = [kind for _, kind, _ in await entries_of(db, village)]
        assert len(kinds) == paid.entry + 1
        assert (await loan_village.now(db, village)).outstanding == paid.before
        await holds_together(db, village)
        assert (await verify(db, village.here.id)).finding is None
