"""The sample village: everything the demo shows is there, and its books hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot import demo_village
from bot.access import Access
from core import database
from core.calendar import business_date, month_of, next_month
from core.monitoring import reading
from core.statements import checks
from core.statements.figures import Period
from core.verify import verify


async def test_the_village_has_loans_of_every_kind_and_sound_books(own_database, owner_engine):
    access = Access(urls=own_database.urls, keys=own_database.keys, server=None)
    await demo_village.prepare(access)
    await demo_village.prepare(access)  # A second start changes nothing.
    async with database.transaction(owner_engine) as db:
        here = await db.scalar(
            text("SELECT koperasi_id FROM cooperative_villages WHERE village = :village"),
            {"village": demo_village.VILLAGE},
        )
        rows = await db.execute(
            text(
                "SELECT state, count(*) AS loans, count(*) FILTER (WHERE oldest_due < current_date)"
                " AS late FROM loans WHERE koperasi_id = :here GROUP BY state ORDER BY state"
            ),
            {"here": here},
        )
        assert [(row.state, row.loans, row.late) for row in rows] == [
            ("applied", 1, 0),
            ("approved", 1, 0),
            ("running", 2, 1),
        ]
        waiting = await db.scalar(
            text("SELECT count(*) FROM approvals WHERE koperasi_id = :here AND state = 'waiting'"),
            {"here": here},
        )
        cash = await db.scalar(
            text(
                "SELECT balance FROM ledger.accounts WHERE koperasi_id = :here AND code = '111000'"
            ),
            {"here": here},
        )
        opening = await db.scalar(
            text(
                "SELECT balance FROM ledger.accounts WHERE koperasi_id = :here AND code = '399000'"
            ),
            {"here": here},
        )
        month = month_of(business_date(datetime.now(UTC)))
        (*regions, whole) = await reading.totals(db, region="64", first=month, last=month)
    assert waiting == 1
    assert opening == 0
    assert cash > 0
    assert (len(regions), whole.cooperatives, whole.members) == (10, 1038, 10)
    assert whole.savings > 0
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        assert (await verify(db, here)).finding is None
        zone = await db.scalar(
            text("SELECT zone FROM cooperatives WHERE koperasi_id = :here"), {"here": here}
        )
        today = business_date(datetime.now(UTC), zone)
        for last in (today, *(next_month(month_of(today), -n) - timedelta(days=1) for n in (0, 2))):
            found = await checks.checks(
                db, koperasi_id=here, period=Period(first=month_of(last), last=last), today=today
            )
            assert [one.said for one in found if not one.ok] == [], last
