"""A month's end: what wears off, jasa that was earned and not paid; and what parts of a surplus are measured by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import assets, closing, database, ledger, rules
from core.assets import AssetKind
from core.cooperatives import Cooperative
from core.shu import bases
from core.shu.policy import ModalBase, UsahaBase
from core.tables.loans import loan_classes, loans
from core.verify import verify
from tests.builders_core import a_cooperative, a_member
from tests.core.loan_books import a_running_loan
from tests.core.loan_village import a_village, pays, takes_back
from tests.core.test_year_end import AT, BY, booked, months_closed

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


async def owned(
    db: AsyncConnection, here: Cooperative, kind: AssetKind, cost: int, **facts: Any
) -> int:
    """Buy something from an opening balance's equity; returns its entry."""
    on = facts.pop("on")
    entry = await booked(db, here, on, (kind.account, "340000", cost))
    await assets.register(
        db, koperasi_id=here.id, entry=entry, kind=kind, name=kind.value, cost=cost,
        acquired_on=on, **facts,
    )  # fmt: skip
    return entry


async def lines_of(
    db: AsyncConnection, here: Cooperative, entry: int
) -> tuple[date, list[tuple[str, str, int]]]:
    rows = await (await database.driver(db)).fetch(
        'SELECT e."on", d.key AS debit, c.key AS credit, p.amount FROM ledger.entries e'
        " JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number"
        " JOIN ledger.accounts d ON d.koperasi_id = e.koperasi_id AND d.id = p.debit"
        " JOIN ledger.accounts c ON c.koperasi_id = e.koperasi_id AND c.id = p.credit"
        " WHERE e.koperasi_id = $1 AND e.number = $2 ORDER BY d.key, c.key",
        here.id, entry,
    )  # fmt: skip
    return rows[0]["on"], [(row["debit"], row["credit"], row["amount"]) for row in rows]


async def reopened(db: AsyncConnection, here: Cooperative, month: date) -> None:
    await closing.reopen(
        db, koperasi_id=here.id, month=month, at=AT, by="person:1", reason="tertinggal"
    )


async def test_what_is_owned_wears_off_at_the_close_and_a_month_closed_again_books_the_difference(
    db: AsyncConnection,
):
    here = await a_cooperative(db)
    await owned(db, here, AssetKind.LAND, 50_000_000, on=date(2026, 5, 2), months=0)
    await owned(db, here, AssetKind.EQUIPMENT, 4_800_000, on=date(2026, 5, 20), months=48)
    truck = await owned(
        db, here, AssetKind.VEHICLE, 7_000_000, on=date(2026, 5, 31), months=36, residual=1_000
    )
    await owned(db, here, AssetKind.INTANGIBLE, 1_000_000, on=date(2026, 7, 31), months=36)
    # Three months of 100,000; three of 6,999,000 / 36; one of 1,000,000 / 36. Land does not wear off.
    (made,) = (await months_closed(db, here, JULY)).entries
    assert await lines_of(db, here, made) == (
        date(2026, 7, 31),
        [("526000", "123900", 583_250), ("526000", "124900", 300_000), ("526000", "125000", 27_777)],
    )  # fmt: skip
    await reopened(db, here, JULY)
    assert (await months_closed(db, here, JULY)).entries == ()
    await reopened(db, here, JULY)
    by = {**BY, "zone": here.zone, "koperasi_id": here.id}
    await ledger.reverse(
        db, truck, on=date(2026, 7, 31), operation="batal-truk", reason="salah", **by
    )
    (back,) = (await months_closed(db, here, JULY)).entries
    assert await lines_of(db, here, back) == (date(2026, 7, 31), [("123900", "526000", 583_250)])
    (august,) = (await months_closed(db, here, AUGUST)).entries
    later = [("526000", "124900", 100_000), ("526000", "125000", 27_778)]  # 55,555 less 27,777
    assert await lines_of(db, here, august) == (date(2026, 8, 31), later)
    # What was booked and taken back is booked once more.
    await reopened(db, here, AUGUST)
    await ledger.reverse(
        db, august, on=date(2026, 8, 31), operation="batal-susut", reason="salah", **by
    )
    (once_more,) = (await months_closed(db, here, AUGUST)).entries
    assert await lines_of(db, here, once_more) == (date(2026, 8, 31), later)
    # What a later month booked stays that month's when an earlier one is closed again.
    await reopened(db, here, JULY)
    assert (await months_closed(db, here, JULY)).entries == ()
    assert (await months_closed(db, here, AUGUST)).entries == ()
    assert (await verify(db, here.id)).finding is None


async def test_jasa_earned_and_not_paid_is_income_of_its_month_and_taken_back_on_the_next_day(
    db: AsyncConnection,
):
    village = await a_village(db, disbursed=date(2026, 6, 10))
    here, siti, loan = village.here, village.siti, village.loan
    late = await a_member(db, here, "Budi Santoso")
    bad = await a_running_loan(db, late.id, disbursed=date(2026, 6, 10), koperasi_id=here.id)
    await db.execute(
        loan_classes.insert().values(
            koperasi_id=here.id, loan_id=bad.id, n=2, on=date(2026, 7, 30), klass="kurang-lancar",
            overdue_days=100, cause="payment", at=AT,
        )
    )  # fmt: skip
    await db.execute(
        update(loans)
        .where(loans.c.koperasi_id == here.id, loans.c.id == bad.id)
        .values(klass="kurang-lancar")
    )
    await pays(db, village, 112_000, date(2026, 7, 10))
    law = replace(await rules.in_force(db, here.id, JULY), jasa_accrual=True)

    async def close(month: date, law: rules.Rules = law) -> tuple[int, ...]:
        done = await closing.close_month(
            db, cooperative=here, rules=law, month=month, today=date(2027, 2, 10),
            explanation=None, **BY,
        )  # fmt: skip
        return done.entries

    async def close_again(month: date) -> tuple[int, ...]:
        await reopened(db, here, month)
        return await close(month)

    due = f"113200:m{siti.id}:l{loan.id}"
    # Of the 12,000 due on 10 August 21 of 31 days are over; who is kurang lancar accrues nothing.
    (made,) = await close(JULY)
    assert await lines_of(db, here, made) == (date(2026, 7, 31), [(due, "411000", 8_129)])
    assert await lines_of(db, here, made + 1) == (date(2026, 8, 1), [("411000", due, 8_129)])
    await reopened(db, here, JULY)
    assert await close(JULY) == ()
    # On 31 August the second is owed whole, and 21 of the 31 days to 10 September.
    (made,) = await close(AUGUST)
    assert await lines_of(db, here, made) == (date(2026, 8, 31), [(due, "411000", 20_129)])
    assert await lines_of(db, here, made + 1) == (date(2026, 9, 1), [("411000", due, 20_129)])
    # The 12,000 of 10 August were paid in it after all: closed again it keeps 8,129, without the rule nothing.
    await reopened(db, here, AUGUST)
    await pays(db, village, 112_000, date(2026, 8, 10))
    (less,) = await close(AUGUST)
    assert await lines_of(db, here, less) == (date(2026, 8, 31), [("411000", due, 12_000)])
    assert await lines_of(db, here, less + 1) == (date(2026, 9, 1), [(due, "411000", 12_000)])
    assert await close_again(AUGUST) == ()
    await reopened(db, here, AUGUST)
    (off,) = await close(AUGUST, replace(law, jasa_accrual=False))
    assert await lines_of(db, here, off) == (date(2026, 8, 31), [("411000", due, 8_129)])
    assert (await verify(db, here.id)).finding is None


async def test_average_savings_jasa_paid_and_what_was_borrowed_measure_members_parts(
    db: AsyncConnection,
):
    village = await a_village(db, disbursed=date(2026, 6, 10))
    here, siti = village.here, village.siti
    budi = await a_member(db, here, "Budi Santoso")
    cash = "112100"
    await booked(
        db, here, date(2026, 3, 5),
        (cash, f"320000:m{siti.id}", 300_000), (cash, f"320000:m{budi.id}", 100_000),
    )  # fmt: skip
    await booked(db, here, date(2026, 12, 31), (cash, f"310000:m{siti.id}", 100_000))
    await booked(db, here, date(2027, 1, 2), (cash, f"320000:m{siti.id}", 900_000))
    # Ten month ends of 300,000 and one of 100,000, over twelve; ten of 100,000 over twelve.
    at_end: dict[str, Any] = {"koperasi_id": here.id, "year": 2026, "through": date(2026, 12, 31)}
    held = await bases.savings(db, base=ModalBase.AVERAGE, **at_end)
    assert held == {siti.id: 258_333, budi.id: 83_333}
    held = await bases.savings(db, base=ModalBase.POKOK_WAJIB, **at_end)
    assert held == {siti.id: 400_000, budi.id: 100_000}
    # Until mid April there was one month end with savings, of three.
    held = await bases.savings(
        db, base=ModalBase.AVERAGE, **at_end | {"through": date(2026, 4, 15)}
    )
    assert held == {siti.id: 100_000, budi.id: 33_333}

    await a_running_loan(
        db, budi.id, principal=600_000, disbursed=date(2026, 11, 4), koperasi_id=here.id
    )
    await pays(db, village, 112_000, date(2026, 7, 10))
    second = await pays(db, village, 112_000, date(2026, 8, 10))
    year: dict[str, Any] = {
        "koperasi_id": here.id,
        "first": date(2026, 1, 1),
        "through": date(2026, 10, 31),
    }
    assert await bases.business(db, base=UsahaBase.INTEREST, **year) == {siti.id: 24_000}
    await takes_back(db, village, second.entry, date(2026, 8, 11))
    assert await bases.business(db, base=UsahaBase.INTEREST, **year) == {siti.id: 12_000}
    assert await bases.business(db, base=UsahaBase.BORROWED, **year) == {siti.id: 1_200_000}
