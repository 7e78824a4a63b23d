"""What the province watches, over every cooperative of Kaltim and millions of postings: told from kept rows."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import asyncpg

from core import database
from core.calendar import month_of
from core.monitoring import keeping, reading
from notifications.jobs import monitoring
from tests.bench import house
from tests.bench.report import Report

_SIZE = int(os.environ.get("BENCH_POSTINGS", "2_000_000"))  # KOPDES_ is the product's own
_ROUNDS = 20


async def run(report: Report, server: house.Server) -> None:
    """Fill every cooperative's book by set-based SQL, keep the rows once, then ask as officials do."""
    urls = await house.province(server, "monitoring")
    each = _SIZE // house.COOPERATIVES
    report.title(f"/pantau over 1,038 cooperatives and {each * house.COOPERATIVES:,} postings")
    begun = time.monotonic()
    await _fill(urls.owner, each)
    await house.tidy(urls.owner)
    report.note(f"filled in {time.monotonic() - begun:.0f} s")
    now = datetime.now(UTC)
    clock = database.make_engine(urls.clock, size=1)
    province = database.make_engine(urls.province, size=1)
    try:
        begun = time.monotonic()
        written = await monitoring.monitoring_job(clock, house.KEYS, now)
        report.note(f"first look: {time.monotonic() - begun:.0f} s, {written:,} months written")
        begun = time.monotonic()
        async with database.transaction(clock, koperasi_id=1) as db:
            await keeping.refresh(db, koperasi_id=1, zone=house.ZONE, at=now)
        report.note(f"one cooperative again: {1000 * (time.monotonic() - begun):.0f} ms")
        month = month_of(house.today())
        took: list[float] = []
        for _ in range(_ROUNDS):
            begun = time.monotonic()
            async with database.transaction(province) as db:
                found = await reading.cooperatives(db, region="64", month=month)
                await reading.totals(db, region="64", first=month, last=month)
                await reading.trend(db, region="64", month=month)
            took.append(time.monotonic() - begun)
            assert len(found) == 1038, len(found)
        report.limit(
            "monitoring: list, sums and a year's trend, slowest of 20", max(took), most=1, unit=" s"
        )
    finally:
        await clock.dispose()
        await province.dispose()


# Deposits of sukarela by turns, spread over the last 600 days; the account's balance is what its postings say.
_FILL = f"""
INSERT INTO ledger.accounts (koperasi_id, id, key, code, member_id, normal, balance)
SELECT k, n, CASE n WHEN 21 THEN '111000' ELSE '211000:m' || n END, CASE n WHEN 21 THEN '111000' ELSE '211000' END,
       CASE WHEN n < 21 THEN n END, CASE n WHEN 21 THEN 'D' ELSE 'K' END, 0
  FROM generate_series(1, {house.COOPERATIVES}) AS k, generate_series(1, 21) AS n;
INSERT INTO ledger.entries (koperasi_id, number, "on", at, kind, operation, recorder, source, hash)
SELECT k, n, current_date - 600 + (n * 600 / {{each}})::integer, now() - interval '1 day', 'deposit', 'fill/' || n,
       'person:21', 'telegram', ''
  FROM generate_series(1, {house.COOPERATIVES}) AS k, generate_series(1, {{each}}) AS n;
INSERT INTO ledger.postings (koperasi_id, entry, line, debit, credit, amount, debit_balance, credit_balance)
SELECT k, n, 1, 21, 1 + n % {house.MEMBERS}, 1000, 1000 * n, 1000 * (1 + n / {house.MEMBERS})
  FROM generate_series(1, {house.COOPERATIVES}) AS k, generate_series(1, {{each}}) AS n;
UPDATE ledger.accounts a SET balance = 1000 * CASE a.id WHEN 21 THEN {{each}} ELSE {{each}} / {house.MEMBERS} END;
UPDATE ledger.books SET entries = {{each}}, accounts = 21 WHERE koperasi_id <= {house.COOPERATIVES};
"""


async def _fill(owner: str, each: int) -> None:
    assert each % house.MEMBERS == 0, each
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")  # no look-ups
            await connection.execute(_FILL.format(each=each))
    finally:
        await connection.close()
