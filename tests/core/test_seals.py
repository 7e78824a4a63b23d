"""Cash seals: the count against the book, its difference booked once, what the seal keeps, and who finds it changed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances, everyday, ledger, seals
from core.cooperatives import Cooperative
from core.everyday import Event
from core.people import Standing
from core.permissions import NotAllowed, Role
from core.seals import (
    Count,
    CountTooLate,
    NothingToCount,
    RecordedSinceCount,
    Seal,
    SealedBefore,
)
from core.verify import verify
from tests.builders_core import AT, TODAY, a_cooperative, an_officer, journal, refused

BEFORE = TODAY - timedelta(days=1)


class Office(NamedTuple):
    """A cooperative, who counts, and who confirms."""

    here: Cooperative
    rina: Standing
    hendra: Standing


@pytest.fixture
async def office(db: AsyncConnection) -> Office:
    here = await a_cooperative(db)
    return Office(
        here, await an_officer(db, here), await an_officer(db, here, Role.SEKRETARIS, name="Hendra")
    )


async def records(
    db: AsyncConnection,
    office: Office,
    amount: int,
    event: Event = Event.SALE,
    *,
    on: date = TODAY,
    **facts: Any,
) -> int:
    done = await everyday.record(
        db, officer=office.rina, plan=everyday.plan(event, amount, **facts), on=on, at=AT,
        operation=f"{event}-{amount}-{on}", source="telegram",
    )  # fmt: skip
    return done.entry


async def counts(db: AsyncConnection, office: Office, on: date = TODAY, **counted: int) -> Count:
    boxes = {{"kas": "111000", "gerai": "111100"}[box]: sum_ for box, sum_ in counted.items()}
    return await seals.count(db, officer=office.rina, on=on, counted=boxes, today=TODAY)


async def sealed(db: AsyncConnection, office: Office, found: Count, operation: str = "s") -> Seal:
    return await seals.seal(
        db, officer=office.rina, approver=office.hendra.person_id, found=found, at=AT,
        operation=operation, source="telegram",
    )  # fmt: skip


async def unsealed(db: AsyncConnection, office: Office) -> list[date]:
    return await seals.unsealed_days(db, office.here.id, since=BEFORE, until=TODAY)


async def test_a_count_that_agrees_books_nothing_and_keeps_the_books_head(
    db: AsyncConnection, office: Office
):
    await records(db, office, 300_000, on=BEFORE)
    last = await records(db, office, 50_000)
    assert await seals.boxes_of(db, koperasi_id=office.here.id, on=TODAY) == ("111000",)
    found = await counts(db, office, kas=350_000)
    assert (found.difference, found.entries, found.last) == (0, 1, last)
    made = await sealed(db, office, found)
    assert (made.entry, made.hash, made.difference) == (last, found.head, None)
    assert (made.counter, made.approver) == (office.rina.name, "Hendra")
    assert await unsealed(db, office) == [BEFORE]
    assert (await verify(db, office.here.id)).finding is None


async def test_what_is_over_and_what_is_short_is_booked_in_one_entry(
    db: AsyncConnection, office: Office
):
    await records(db, office, 300_000)
    await records(db, office, 100_000, place="111100")
    assert len(await seals.boxes_of(db, koperasi_id=office.here.id, on=TODAY)) == 2
    made = await sealed(db, office, await counts(db, office, kas=310_000, gerai=96_000))
    assert made.difference == made.entry
    assert (await journal(db, office.here))[-2:] == [
        ("111000", "419000", 10_000),
        ("529000", "111100", 4_000),
    ]
    for key, held in (("111000", 310_000), ("111100", 96_000)):
        assert await balances.of_account(db, koperasi_id=office.here.id, key=key) == held
    assert (await verify(db, office.here.id)).finding is None


async def test_what_is_recorded_after_the_count_makes_it_void_and_after_the_seal_stands_beside_it(
    db: AsyncConnection, office: Office
):
    await records(db, office, 300_000)
    found = await counts(db, office, kas=310_000)
    await records(db, office, 10_000)  # the sale that was forgotten
    async with refused(db, RecordedSinceCount):
        await sealed(db, office, found)
    made = await sealed(db, office, await counts(db, office, kas=310_000), "again")
    assert (made.difference, made.later) == (None, ())
    async with refused(db, SealedBefore, on=TODAY):
        await counts(db, office, kas=310_000)
    late = await records(db, office, 25_000, Event.EXPENSE)
    (shown,) = await seals.recent(db, koperasi_id=office.here.id)
    assert (shown.entry, shown.hash, shown.later) == (made.entry, made.hash, (late,))
    assert await unsealed(db, office) == []
    again = await sealed(db, office, await counts(db, office, kas=285_000), "evening")
    assert await seals.recent(db, koperasi_id=office.here.id, limit=5) == [again]
    assert (await verify(db, office.here.id)).finding is None


async def test_a_day_before_is_counted_as_the_book_stood_on_it(db: AsyncConnection, office: Office):
    await records(db, office, 300_000, on=BEFORE)
    await records(db, office, 50_000)
    made = await sealed(db, office, await counts(db, office, BEFORE, kas=299_000))
    assert [box.difference for box in made.boxes] == [-1_000]
    assert await unsealed(db, office) == [TODAY]
    assert await balances.of_account(db, koperasi_id=office.here.id, key="111000") == 349_000
    assert (await verify(db, office.here.id)).finding is None


async def test_who_keeps_no_cash_an_old_day_and_an_empty_book_are_refused(
    db: AsyncConnection, office: Office
):
    async with refused(db, NothingToCount):
        await counts(db, office, kas=1_000)
    await records(db, office, 1_000)
    async with refused(db, ledger.FutureDate):
        await counts(db, office, TODAY + timedelta(days=1), kas=1_000)
    async with refused(db, CountTooLate, days=7):
        await counts(db, office, TODAY - timedelta(days=8), kas=1_000)
    async with refused(db, NotAllowed):
        await seals.count(
            db, officer=office.hendra, on=TODAY, counted={"111000": 1_000}, today=TODAY
        )


async def test_opening_balances_are_no_movement_of_the_day(db: AsyncConnection, office: Office):
    await ledger.post(
        db, [ledger.Posting(debit="111000", credit="399000", amount=500_000)],
        koperasi_id=office.here.id, kind="opening", on=TODAY, at=AT, zone=office.here.zone,
        recorder="cli", source="cli", operation="open",
    )  # fmt: skip
    assert await unsealed(db, office) == []


@pytest.mark.parametrize(
    ("forged", "what"),
    [
        ("hash = '\\x00'", "has another hash than entry 1"),
        ("counted = '{299000}'", "counted 299000 in 111000, the book held 300000 after entry 1"),
    ],
)
async def test_verify_names_a_seal_that_was_changed(
    db: AsyncConnection, office: Office, forged: str, what: str
):
    await records(db, office, 300_000)
    await sealed(db, office, await counts(db, office, kas=300_000))
    await db.execute(text("SET LOCAL session_replication_role TO replica"))
    await db.execute(text("ALTER TABLE cash_seals DROP CONSTRAINT cash_seals_check2"))
    await db.execute(text(f"UPDATE cash_seals SET {forged}"))
    found = (await verify(db, office.here.id)).finding
    assert found is not None
    assert (found.entry, found.what) == (1, f"the cash seal of {TODAY} {what}")
