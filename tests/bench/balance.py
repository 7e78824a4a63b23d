"""A member's balance where the book is short and where it is long: it is stored, so it must not matter."""

from __future__ import annotations

import random
import statistics
import time

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database, savings
from core.accounts import CASH, SUKARELA
from tests.bench import house
from tests.bench.report import Report

_BOOKS = {1: 10_000, 2: 1_000_000}  # cooperative -> postings
_BUSY = 1  # the member with a tenth of them
_MEMBERS = 1000
_ROUNDS = 10
_READS = 150


async def run(report: Report, server: house.Server) -> None:
    """Fill two books and read members' balances from both, taking turns."""
    report.title("A member's balance at 10 thousand and at 1 million postings")
    urls = await house.province(server, "balance")
    begun = time.monotonic()
    for koperasi_id, postings in _BOOKS.items():
        await _fill(urls.owner, koperasi_id, postings)
    await house.tidy(urls.owner)
    report.note(f"filled in {time.monotonic() - begun:.0f} s")
    report.limit(
        "balance: violations of the filled books",
        await house.violations(urls.owner),
        most=0,
        unit="",
    )
    engine = database.make_engine(urls.app, size=1)
    try:
        await _read(engine, 1), await _read(engine, 2)
        took: dict[int, list[float]] = {koperasi_id: [] for koperasi_id in _BOOKS}
        ratios = []
        for _ in range(_ROUNDS):
            for koperasi_id in _BOOKS:
                took[koperasi_id].append(statistics.median(await _read(engine, koperasi_id)))
            ratios.append(took[2][-1] / took[1][-1])
    finally:
        await engine.dispose()
    short, long = (statistics.median(took[koperasi_id]) * 1000 for koperasi_id in _BOOKS)
    report.note(f"p50 {short:.2f} ms at 10 thousand, {long:.2f} ms at 1 million")
    report.limit(
        "balance: 1 million against 10 thousand postings",
        statistics.median(ratios),
        most=1.2,
        unit="x",
    )


async def _read(engine: AsyncEngine, koperasi_id: int) -> list[float]:
    """Read balances as a turn does; every other one is the busiest member's."""
    took = []
    for number in range(_READS):
        member = _BUSY if number % 2 else random.randint(2, _MEMBERS)
        begun = time.perf_counter()
        async with database.transaction(engine, koperasi_id=koperasi_id) as db:
            held = await savings.balances(db, koperasi_id=koperasi_id, member_id=member)
        took.append(time.perf_counter() - begun)
        assert held.sukarela > 0, member
    return took


async def _fill(owner: str, koperasi_id: int, postings: int) -> None:
    """Deposits of a thousand members, a tenth of them one member's; balances as the postings add up.

    The chain's hashes are made up: no balance is read from them.
    """
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")  # no look-ups
            await connection.execute(_FILL.format(k=koperasi_id, n=postings))
    finally:
        await connection.close()


# Account 1 is cash, account 1 + m is member m's simpanan sukarela.
_FILL = f"""
CREATE TEMP TABLE moves ON COMMIT DROP AS
SELECT n, CASE WHEN n % 10 = 0 THEN {_BUSY} ELSE 2 + (n * 7919::bigint) % {_MEMBERS - 1} END AS member,
       (1 + n % 50) * 1000::bigint AS amount
  FROM generate_series(1, {{n}}) AS n;
INSERT INTO ledger.entries (koperasi_id, number, "on", at, kind, operation, recorder, source, hash)
SELECT {{k}}, n, '2026-01-01'::date + n % 300, now(), 'deposit-sukarela', 'fill/' || n, 'person:21', 'telegram',
       sha256(n::text::bytea)
  FROM moves;
INSERT INTO ledger.postings (koperasi_id, entry, line, debit, credit, amount, debit_balance, credit_balance)
SELECT {{k}}, n, 1, 1, 1 + member, amount, sum(amount) OVER (ORDER BY n),
       sum(amount) OVER (PARTITION BY member ORDER BY n)
  FROM moves;
INSERT INTO ledger.accounts (koperasi_id, id, key, code, member_id, normal, balance)
SELECT {{k}}, 1, '{CASH}', '{CASH}', NULL, 'D', sum(amount) FROM moves
UNION ALL
SELECT {{k}}, 1 + member, '{SUKARELA}:m' || member, '{SUKARELA}', member, 'K', sum(amount) FROM moves GROUP BY member;
UPDATE ledger.books SET entries = {{n}}, accounts = {_MEMBERS + 1} WHERE koperasi_id = {{k}};
"""
