"""The night over all cooperatives: each at its own midnight, one failing alone, the allowance asked for once a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database, people
from core.approvals import queue
from core.approvals.request import State
from core.cooperatives import Cooperative
from core.permissions import Role
from core.texts import render
from notifications import nightly, requests, scheduler
from notifications.nightly import collectibility_job, month_end
from tests.builders_core import AT, a_cooperative, a_member, an_officer
from tests.conftest import KEYS
from tests.core.loan_books import a_running_loan
from tests.core.loan_life import running

VILLAGES = ("64.72.05.1003", "64.01.01.2010", "64.01.01.2011")
DUE = date(2026, 7, 24)  # of the first instalment of a running loan
MIDNIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)  # in Kaltim the 25th begins: 124 days past due
MONTH_END = datetime(2026, 11, 29, 16, tzinfo=UTC)  # the 30th begins


async def _village(
    owner: AsyncEngine, village: str = VILLAGES[0], *, principal: int = 1_200_000, **own: Any
) -> Cooperative:
    """Found a cooperative with a treasurer, a chairman and a loan that is late, and let the night know of it."""
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, village=village, **own)
        await an_officer(db, here)
        await an_officer(db, here, Role.KETUA)
        member = await a_member(db, here)
        await a_running_loan(db, member.id, principal=principal, koperasi_id=here.id)
        raw = await database.driver(db)
        await raw.execute(
            "INSERT INTO loan_assessments (koperasi_id, through, at) VALUES ($1, '0001-01-01', $2)",
            here.id,
            AT,
        )
    return here


async def _all(engine: AsyncEngine, query: str, *values: Any) -> list[tuple[Any, ...]]:
    async with engine.connect() as db:
        raw = await database.driver(db)
        return [tuple(row) for row in await raw.fetch(query, *values)]


_CLASSES = "SELECT koperasi_id, class FROM loans ORDER BY koperasi_id"
_REQUESTS = 'SELECT number, kind, operation, maker, "on", state FROM approvals ORDER BY number'


async def test_a_cooperative_is_done_when_its_own_day_begins_and_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here = await _village(owner_engine)
    east = await _village(owner_engine, VILLAGES[1])
    async with database.transaction(owner_engine) as db:
        raw = await database.driver(db)
        await raw.execute(
            "UPDATE cooperatives SET zone = 'Asia/Jayapura' WHERE koperasi_id = $1", east.id
        )
    assert await collectibility_job(clock_engine, KEYS, MIDNIGHT - timedelta(minutes=30)) == 4
    through = "SELECT koperasi_id, through FROM loan_assessments ORDER BY koperasi_id"
    assert await _all(owner_engine, through) == [
        (here.id, date(2026, 11, 24)),
        (east.id, date(2026, 11, 25)),
    ]
    assert await _all(owner_engine, _CLASSES) == [
        (here.id, "kurang-lancar"),
        (east.id, "kurang-lancar"),
    ]
    assert await collectibility_job(clock_engine, KEYS, MIDNIGHT) == 0
    assert {day for _, day in await _all(owner_engine, through)} == {date(2026, 11, 25)}


async def test_a_loan_that_was_paid_out_is_looked_at_from_its_first_night_on(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        rina = await an_officer(db, here)
        await running(
            db, rina, await a_member(db, here)
        )  # due on the 24th: a holiday, so Monday the 28th
    assert await collectibility_job(clock_engine, KEYS, MIDNIGHT) == 0
    assert await _all(owner_engine, "SELECT through FROM loan_assessments") == [
        (date(2026, 11, 25),)
    ]
    assert await collectibility_job(clock_engine, KEYS, datetime(2027, 1, 9, tzinfo=UTC)) == 2
    assert await _all(owner_engine, 'SELECT "on", class, cause FROM loan_classes') == [
        (date(2026, 12, 29), "perhatian", "days")
    ]


async def test_a_cooperative_that_fails_stops_no_other_and_is_tried_again(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    first, bad, last = [await _village(owner_engine, village) for village in VILLAGES]
    async with database.transaction(owner_engine) as db:
        raw = await database.driver(db)
        await raw.execute(
            'UPDATE loans SET terms = \'{"every": "kadang"}\' WHERE koperasi_id = $1', bad.id
        )
    assert await collectibility_job(clock_engine, KEYS, MIDNIGHT) == 4
    assert await _all(owner_engine, _CLASSES) == [
        (first.id, "kurang-lancar"),
        (bad.id, "lancar"),
        (last.id, "kurang-lancar"),
    ]
    async with database.transaction(owner_engine) as db:
        raw = await database.driver(db)
        await raw.execute(
            'UPDATE loans SET terms = \'{"every": "1m"}\' WHERE koperasi_id = $1', bad.id
        )
    assert await collectibility_job(clock_engine, KEYS, MIDNIGHT) == 2


async def test_a_night_that_fails_everywhere_is_a_bug_that_is_seen(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(nightly, "_IN_A_ROW", 2)
    for village in VILLAGES[:2]:
        await _village(owner_engine, village)
    async with database.transaction(owner_engine) as db:
        await (await database.driver(db)).execute('UPDATE loans SET terms = \'{"every": "x"}\'')
    with pytest.raises(Exception, match="invalid input syntax"):
        await collectibility_job(clock_engine, KEYS, MIDNIGHT)


async def test_every_cooperative_is_reached_however_long_the_list(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(nightly, "_PAGE", 1)
    for village in VILLAGES:
        await _village(owner_engine, village)
    assert await collectibility_job(clock_engine, KEYS, MIDNIGHT) == 6


async def test_the_clock_looks_a_little_after_midnight(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await _village(owner_engine)
    (tick,) = [one for one in scheduler.ticks(KEYS) if one.name == "collectibility"]
    await collectibility_job(clock_engine, KEYS, MIDNIGHT - timedelta(days=1))
    through = "SELECT through FROM loan_assessments"
    await tick.look(clock_engine, MIDNIGHT + timedelta(minutes=4))
    assert await _all(owner_engine, through) == [(date(2026, 11, 24),)]
    await tick.look(clock_engine, MIDNIGHT + timedelta(minutes=5))
    assert await _all(owner_engine, through) == [(date(2026, 11, 25),)]


@pytest.mark.parametrize(
    ("before", "today", "ended"),
    [
        (date(2026, 11, 29), date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 11, 30), date(2026, 12, 1), None),
        (date(2026, 11, 28), date(2026, 12, 3), date(2026, 11, 30)),
        (date(2026, 9, 15), date(2026, 12, 3), date(2026, 11, 30)),
        (date(2026, 11, 15), date(2026, 11, 16), None),
        (None, date(2026, 11, 16), None),
        (None, date(2026, 11, 30), date(2026, 11, 30)),
        (None, date(2026, 12, 1), None),
        (date(2028, 2, 28), date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_a_month_ends_on_its_last_day_or_with_the_first_night_after(
    before: date | None, today: date, ended: date | None
):
    assert month_end(before, today) == ended


async def test_the_allowance_is_asked_for_at_the_months_end_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await _village(owner_engine)
    await collectibility_job(clock_engine, KEYS, MIDNIGHT)
    assert await _all(owner_engine, _REQUESTS) == []
    assert await collectibility_job(clock_engine, KEYS, MONTH_END) == 1
    asked = (1, "allowance", "allowance/2026-11", "clock", date(2026, 11, 30), "waiting")
    assert await _all(owner_engine, _REQUESTS) == [asked]
    for days in (0, 1, 2):
        assert await collectibility_job(clock_engine, KEYS, MONTH_END + timedelta(days=days)) == 0
    assert await _all(owner_engine, _REQUESTS) == [asked]
    owed = await _all(owner_engine, "SELECT purpose, state, person_id FROM outbox")
    chairman = await _all(owner_engine, "SELECT person_id FROM officers WHERE role = 'ketua'")
    assert owed == [("approval", "unaddressed", chairman[0][0])]


async def _request(clock: AsyncEngine, here: Cooperative) -> Any:
    async with database.transaction(clock, koperasi_id=here.id) as db:
        return await queue.read(db, koperasi_id=here.id, number=1, keys=KEYS)


async def test_the_request_says_how_the_allowance_is_computed(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here = await _village(owner_engine, principal=1_200_000)
    await collectibility_job(clock_engine, KEYS, MONTH_END)
    found = await _request(clock_engine, here)
    assert found.facts == {"month": "2026-11", "on": "2026-11-30", "difference": 120_000}
    said = [render(line.key, line.facts) for line in requests.lines_of(found)]
    assert said == [
        "<b>Penyisihan pinjaman November 2026</b>",
        "Kurang lancar: Rp1.200.000 x 10% = Rp120.000",
        "Seharusnya: Rp120.000",
        "Sudah dibukukan: Rp0",
        "Ditambah: <b>Rp120.000</b>",
    ]


async def test_approving_books_what_is_missing_then_and_dates_it_at_the_months_end(
    owner_engine: AsyncEngine, app_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here = await _village(owner_engine)
    await collectibility_job(clock_engine, KEYS, MONTH_END)
    now = datetime(2026, 12, 2, 3, tzinfo=UTC)
    ((chairman,),) = await _all(owner_engine, "SELECT person_id FROM officers WHERE role = 'ketua'")
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        voter = await people.standing(
            db, koperasi_id=here.id, person_id=chairman, on=date(2026, 12, 2)
        )
        assert voter is not None
        done = await queue.approve(
            db, number=1, voter=voter, chat=None, today=date(2026, 12, 2), at=now, keys=KEYS
        )
    assert done.approval.state is State.APPROVED
    entry = 'SELECT kind, "on", recorder, approver, operation FROM ledger.entries WHERE kind = $1'
    assert await _all(owner_engine, entry, "loan-allowance") == [
        (
            "loan-allowance", date(2026, 11, 30), "clock", f"person:{chairman}",
            "allowance/2026-11",
        )
    ]  # fmt: skip
    balance = (
        "SELECT key, balance FROM ledger.accounts WHERE code IN ('113110', '527000') ORDER BY 1"
    )
    assert await _all(owner_engine, balance) == [("113110", 120_000), ("527000", 120_000)]
    december = datetime(2026, 12, 30, 16, tzinfo=UTC)
    assert await collectibility_job(clock_engine, KEYS, december) == 0  # nothing is missing
    assert len(await _all(owner_engine, _REQUESTS)) == 1


async def test_a_missed_months_end_is_asked_for_with_the_first_night_after(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await _village(owner_engine)
    await collectibility_job(clock_engine, KEYS, MIDNIGHT)
    await collectibility_job(clock_engine, KEYS, datetime(2026, 12, 3, 20, tzinfo=UTC))
    assert [row[2:] for row in await _all(owner_engine, _REQUESTS)] == [
        ("allowance/2026-11", "clock", date(2026, 11, 30), "waiting")
    ]
