"""The monitoring's rows are what the postings say, whenever they are worked out, and nothing of a member is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import accounts, database
from core.accounts import SavingsKind
from core.calendar import WITA, last_day, month_of, next_month
from core.cooperatives import Cooperative
from core.loans import assessment, portfolio
from core.monitoring import keeping, reading
from core.rules import RuleBook
from notifications.jobs import monitoring
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer, pays, takes
from tests.conftest import KEYS, Database
from tests.core import loan_village
from tests.core.loan_books import a_running_loan

KINDS = {"pokok": ("310000",), "wajib": ("320000",), "sukarela": ("211000",), "lent": ("113100",)}


async def refreshed(db: AsyncConnection, here: Cooperative, at: datetime = AT) -> int:
    return await keeping.refresh(db, koperasi_id=here.id, zone=WITA, at=at)


async def rows_of(db: AsyncConnection, here: Cooperative) -> dict[date, Any]:
    found = await db.execute(
        text("SELECT * FROM monitoring WHERE koperasi_id = :here ORDER BY month"), {"here": here.id}
    )
    return {row.month: row for row in found}


async def postings_of(db: AsyncConnection, here: Cooperative) -> list[Any]:
    found = await db.execute(
        text(
            'SELECT e."on", d.code AS debit, d.member_id AS debtor, c.code AS credit, c.member_id AS creditor, p.amount'
            " FROM ledger.entries e JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number"
            " JOIN ledger.accounts d ON d.koperasi_id = e.koperasi_id AND d.id = p.debit"
            " JOIN ledger.accounts c ON c.koperasi_id = e.koperasi_id AND c.id = p.credit"
            " WHERE e.koperasi_id = :here"
        ),
        {"here": here.id},
    )
    return list(found)


def recomputed(postings: list[Any], month: date) -> dict[str, int]:
    """Add a month up from the postings alone, one by one."""
    chart = accounts.chart()
    held: dict[tuple[str, int | None], int] = {}
    earned: dict[str, int] = {}
    for row in postings:
        if row.on > last_day(month):
            continue
        sides = ((row.debit, row.debtor, row.amount), (row.credit, row.creditor, -row.amount))
        for code, member, amount in sides:
            held[code, member] = held.get((code, member), 0) + amount
            if row.on >= month:
                earned[code] = earned.get(code, 0) + amount
    found: dict[str, int] = {}
    for kind, codes in KINDS.items():
        mine = {member: amount for (code, member), amount in held.items() if code in codes}
        found[kind] = abs(sum(mine.values()))
        found["borrowers" if kind == "lent" else f"{kind}_members"] = sum(
            1 for amount in mine.values() if amount
        )
    by_code: dict[str, int] = {}
    for (code, _), amount in held.items():
        by_code[code] = by_code.get(code, 0) + amount
    found["liquid"] = sum(a for code, a in by_code.items() if chart[code].line == "KAS")
    found["assets"] = sum(a for code, a in by_code.items() if code.startswith("1"))
    found["own_capital"] = -sum(
        by_code.get(code, 0) for code in ("310000", "320000", "330000", "340000", "341000")
    )
    found["income"] = -sum(a for code, a in earned.items() if code[:3] in ("411", "412", "413"))
    found["cost"] = sum(a for code, a in earned.items() if "511000" <= code < "529000")
    found["sales"] = -sum(a for code, a in earned.items() if code[:3] == "412")
    return found


async def agrees(db: AsyncConnection, here: Cooperative) -> dict[date, Any]:
    """Compare every row that is kept with what its postings add up to."""
    postings, kept = await postings_of(db, here), await rows_of(db, here)
    assert list(kept) == [
        next_month(min(kept), count) for count in range(len(kept))
    ]  # no month is missing
    for month, row in kept.items():
        expected = recomputed(postings, month)
        assert {name: getattr(row, name) for name in expected} == expected, month
    return kept


async def test_rows_are_what_the_postings_add_up_to_and_an_entry_dated_back_puts_its_months_right(
    db: AsyncConnection,
):
    village = await loan_village.a_village(db)
    here, rina = village.here, village.rina
    people = [village.siti, *[await a_member(db, here, f"Anggota {n}") for n in range(6)]]
    for number, member in enumerate(people):
        day = date(2026, 3 + number, 4)
        await pays(db, rina, member, SavingsKind.POKOK, 100_000, on=day)
        await pays(db, rina, member, SavingsKind.WAJIB, 60_000, on=day)
        await pays(db, rina, member, SavingsKind.SUKARELA, 70_000 + number, on=day)
    paid = await loan_village.pays(db, village, 112_000, on=date(2026, 9, 10))
    await takes(db, rina, people[2], 30_000, on=date(2026, 10, 2))
    assert await refreshed(db, here) == len(await rows_of(db, here)) > 6
    before = await agrees(db, here)
    assert (before[date(2026, 9, 1)].income, before[date(2026, 9, 1)].sales) == (12_000, 0)
    assert await refreshed(db, here) == 1  # Nothing moved: the running month alone.
    assert await agrees(db, here)
    await pays(db, rina, people[3], SavingsKind.SUKARELA, 5_000, on=date(2026, 7, 1))
    await loan_village.takes_back(db, village, paid.entry)
    assert await refreshed(db, here) == 5  # July to November
    after = await agrees(db, here)
    assert after[date(2026, 7, 1)].sukarela == before[date(2026, 7, 1)].sukarela + 5_000
    assert after[date(2026, 6, 1)] == before[date(2026, 6, 1)]
    await db.execute(text("DELETE FROM monitoring"))
    await refreshed(db, here)
    fresh = await agrees(db, here)
    until = list(fresh[TODAY.replace(day=1)]._mapping).index("recorded")  # what follows is of today
    kept_as_known = {"entries", *list(fresh[TODAY.replace(day=1)]._mapping)[until + 1 :]}
    for month, row in fresh.items():
        same = {name: value for name, value in row._mapping.items() if name not in kept_as_known}
        assert same == {name: after[month]._mapping[name] for name in same}, month


async def test_bad_loans_are_those_of_the_portfolio_now_and_of_their_history_before(
    db: AsyncConnection,
):
    village = await loan_village.a_village(db)  # owes 100,000 a month from 24 July on
    for number in range(4):
        other = await a_member(db, village.here, f"Peminjam {number}")
        await a_running_loan(db, other.id, principal=600_000, koperasi_id=village.here.id)
    await assessment.assess(
        db, koperasi_id=village.here.id, book=RuleBook(()), through=TODAY, at=AT
    )
    await loan_village.pays(
        db, village, 560_000
    )  # five instalments: nothing of it is late any more
    await refreshed(db, village.here)
    kept = await rows_of(db, village.here)
    now = await portfolio.summary(db, koperasi_id=village.here.id, on=TODAY)
    running = kept[date(2026, 11, 1)]
    assert (running.lent, running.npl, running.par30, running.borrowers) == (
        now.outstanding, now.non_performing, now.at_risk, 5,
    ) == (3_100_000, 2_400_000, 2_400_000, 5)  # fmt: skip
    history = {month.month: (row.lent, row.par30, row.npl) for month, row in kept.items()}
    whole = (
        3_600_000  # Due on 24 July: 31 August is the first end of a month more than 30 days later.
    )
    assert history == {
        6: (whole, 0, 0), 7: (whole, 0, 0), 8: (whole, whole, 0), 9: (whole, whole, 0),
        10: (whole, whole, whole), 11: (3_100_000, 2_400_000, 2_400_000),
    }  # fmt: skip


async def test_five_members_stand_behind_a_figure_and_a_sum_leaves_the_others_out(
    db: AsyncConnection,
):
    many, few = await a_cooperative(db), await a_cooperative(db)
    for here, count in ((many, 5), (few, 4)):
        await database.enter(db, here.id)
        rina = await an_officer(db, here)
        for number in range(count):
            member = await a_member(db, here, f"Anggota {number}", joined=date(2026, 11, 2))
            for kind in SavingsKind:
                await pays(db, rina, member, kind, 20_000)
            if number < 2:
                await a_running_loan(db, member.id, koperasi_id=here.id)
        await refreshed(db, here)
    month = month_of(TODAY)
    shown = {one.code: one for one in await reading.cooperatives(db, region="64.72", month=month)}
    five, four = shown[many.code], shown[few.code]
    assert (five.members, five.savings) == (5, 300_000)
    assert (five.liquidity, five.collection) == (Decimal(-2100), Decimal(100))
    assert (four.members, four.savings, four.liquidity, four.collection, four.own_capital) == (
        None,
    ) * 5
    assert (five.lent, five.npl, five.par30) == (None, None, None)  # Two borrow.
    assert (four.recorded, four.waiting, four.savings_hidden) == (12, 0, True)
    (samarinda, all_) = await reading.totals(db, region="64", first=month, last=month)
    assert (samarinda.region, all_.region) == ("64.72", None)
    for total in (samarinda, all_):
        assert (total.cooperatives, total.members, total.savings, total.hidden) == (
            2,
            5,
            300_000,
            1,
        )
        assert (total.lent, total.npl, total.dues) == (None, None, 100_000)
        assert total.collection == Decimal(100)
    assert await reading.cooperatives(db, region="64.7", month=month) == []
    assert await reading.totals(db, region="64.01", first=month, last=month) == []


async def test_the_job_looks_at_what_moved_on_and_the_province_reads_nothing_but_figures(
    own_database: Database, owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here, other = await a_cooperative(db), await a_cooperative(db, village="64.01.01.2009")
        await database.enter(db, here.id)
        rina = await an_officer(db, here)
        siti = await a_member(db, here, "Siti Rahasia")
        await pays(db, rina, siti, SavingsKind.SUKARELA, 50_000)
    assert await monitoring.look(clock_engine, KEYS, AT) == 2
    assert await monitoring.look(clock_engine, KEYS, AT + timedelta(minutes=59)) == 0
    async with database.transaction(owner_engine) as db:
        await database.enter(db, here.id)
        await pays(db, rina, siti, SavingsKind.SUKARELA, 1_000)
    assert await monitoring.monitoring_job(clock_engine, KEYS, AT + timedelta(minutes=59)) == 1
    later = datetime(2027, 2, 1, tzinfo=UTC)  # A clock that was off for two months catches up.
    assert await monitoring.look(clock_engine, KEYS, later) == 4 + 4
    province = await asyncpg.connect(own_database.urls.province)
    try:
        rows = await province.fetch(
            "SELECT * FROM province.monitored('64', '2027-02-01') ORDER BY code"
        )
        assert [row["code"] for row in rows] == sorted([here.code, other.code])
        assert "Rahasia" not in str(rows)
        for forbidden in ("SELECT FROM monitoring", "SELECT province.stale(now(), 1)"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await province.execute(forbidden)
    finally:
        await province.close()
    for role in ("app", "clock"):
        login = await asyncpg.connect(getattr(own_database.urls, role))
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await login.execute(
                    "DELETE FROM monitoring"
                    if role == "clock"
                    else "SELECT province.monitored('64', now()::date)"
                )
        finally:
            await login.close()


async def test_a_cooperative_is_there_from_its_first_day_as_the_clock_would_see_it(
    db: AsyncConnection,
):
    here, known = await a_cooperative(db), await a_cooperative(db)
    await an_officer(db, known)  # somebody is there: the clock looks
    assert await keeping.begin(db, at=AT) == 1
    first = await rows_of(db, here)
    assert [*first] == [month_of(TODAY)]
    assert await keeping.begin(db, at=AT) == 0
    await database.enter(db, here.id)
    assert await refreshed(db, here) == 1
    assert await rows_of(db, here) == first
    assert await rows_of(db, known) == {}


async def test_a_month_is_shown_when_all_its_rows_are_there(db: AsyncConnection):
    here, other = await a_cooperative(db), await a_cooperative(db)
    assert await keeping.begin(db, at=AT) == 2
    first, later = date(2026, 12, 1), datetime(2026, 11, 30, 16, 5, tzinfo=UTC)  # 00:05 there
    assert await reading.newest(db, region="64", today=TODAY) == month_of(TODAY)
    for one, shown in ((here, month_of(TODAY)), (other, first)):
        await database.enter(db, one.id)
        await refreshed(db, one, at=later)
        assert await reading.newest(db, region="64", today=first) == shown
    assert await reading.newest(db, region="64.01", today=first) == first  # nothing there
