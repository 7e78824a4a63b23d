"""The surplus of a cooperative of 5,000 members: who gets what, and the entries."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import closing, database, ledger, rules, year_end
from core.accounts import CASH, WAJIB, key
from core.cooperatives import Cooperative
from core.ledger import Posting
from core.shu import plan, policy, sharing
from core.shu.policy import Policy
from tests.bench import house
from tests.bench.report import Report

_MEMBERS = 5_000
_LONGEST = 2  # seconds
_YEAR, _TODAY = 2026, date(2027, 3, 1)
_AT = datetime(2027, 3, 1, 2, tzinfo=UTC)
_CHUNK = 400  # members in one entry of the filling
_SHARES = {"cadangan": 40, "jasa_modal": 25, "jasa_usaha": 30, "sosial": 5}
_DECIDED = Policy(
    year=_YEAR, pools={name: Decimal(share) for name, share in _SHARES.items()}, minutes="1/RAT",
    decided_on=_TODAY,
)  # fmt: skip
_FACTS: dict[str, Any] = {"at": _AT, "recorder": "bench", "approver": "bench", "source": "bench"}
_PEOPLE = """
INSERT INTO people (koperasi_id, id, name, created_at)
SELECT 1, n, 'Anggota ' || n, now() FROM generate_series(1000001, 1000000 + $1::int) n
"""
_WHO = """
INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)
SELECT 1, n, 'Z-' || n, '2026-01-01', '2026-01-01' FROM generate_series(1000001, 1000000 + $1::int) n
"""


async def run(report: Report, server: house.Server) -> None:
    """Fill one book with a year of purchases and savings, close it, and share its surplus out."""
    report.title(f"SHU of {_MEMBERS:,} members")
    urls = await house.province(server, "surplus")
    engine = database.make_engine(urls.owner, size=1)
    try:
        async with database.transaction(engine, koperasi_id=1) as db:
            here = await _filled(db)
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as db:
            await (await database.driver(db)).execute("ANALYZE")  # as the server does by itself
        async with database.transaction(engine, koperasi_id=1) as db:
            begun = time.perf_counter()
            await year_end.close_year(
                db, cooperative=here, year=_YEAR, operation="bench-year", **_FACTS
            )
            report.note(f"year closed in {time.perf_counter() - begun:.2f} s")
            await policy.keep(
                db, koperasi_id=1, policy=_DECIDED, set_by="bench", approved_by="bench", at=_AT
            )
        async with database.transaction(engine, koperasi_id=1) as db:
            begun = time.perf_counter()
            seen = await plan.plan(db, koperasi_id=1, year=_YEAR, today=_TODAY)
            reckoned = time.perf_counter() - begun
        begun = time.perf_counter()
        async with database.transaction(engine, koperasi_id=1) as db:
            done = await sharing.share(
                db, cooperative=here, year=_YEAR, on=_TODAY, today=_TODAY, operation="bench-shu",
                **_FACTS,
            )  # fmt: skip
        booked = time.perf_counter() - begun
        async with database.transaction(engine, koperasi_id=1) as db:
            assert len(done.plan.paid) == _MEMBERS == len(seen.paid)
            assert await plan.undivided(db, 1) == 0, "every rupiah is shared out"
    finally:
        await engine.dispose()
    report.limit(f"shu: {_MEMBERS:,} members reckoned", reckoned, most=_LONGEST, unit=" s")
    report.limit(f"shu: {_MEMBERS:,} members reckoned and booked", booked, most=_LONGEST, unit=" s")


async def _filled(db: AsyncConnection) -> Cooperative:
    """Give each member savings and purchases of one year, and close its months."""
    raw = await database.driver(db)
    zone = await raw.fetchval(
        "SELECT r.zone FROM cooperatives c JOIN regions r ON r.code = c.region WHERE c.koperasi_id = 1"
    )
    here = Cooperative(id=1, code="BENCH", name="Bench", region="64", zone=zone)
    await raw.execute(_PEOPLE, _MEMBERS)
    await raw.execute(_WHO, _MEMBERS)
    for start in range(0, _MEMBERS, _CHUNK):
        lines = []
        for member in range(1_000_001 + start, 1_000_001 + min(start + _CHUNK, _MEMBERS)):
            held, bought = 50_000 + member % 977 * 1_000, 20_000 + member % 1_013 * 500
            lines.append(Posting(debit=CASH, credit=key(WAJIB, member=member), amount=held))
            lines.append(Posting(debit=CASH, credit=key("412000", member=member), amount=bought))
        await ledger.post(
            db, lines, koperasi_id=1, kind="bench", on=date(_YEAR, 6, 1), at=_AT, zone=zone,
            recorder="bench", source="bench", operation=f"bench/{start}",
        )  # fmt: skip
    await closing.close_month(
        db, cooperative=here, rules=await rules.in_force(db, 1, _TODAY),
        month=date(_YEAR, 12, 1), today=_TODAY, explanation="bench", **_FACTS,
    )  # fmt: skip
    return here
