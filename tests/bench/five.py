"""The statements of Permenkop 2/2024 of one book of 100,000 entries: read once, checked, and each alone."""

from __future__ import annotations

import time
from datetime import date
from typing import Final

import asyncpg

from core import database
from core.statements import reports
from core.statements.figures import Period
from tests.bench import house
from tests.bench.report import Report

_ENTRIES = 100_000
_MEMBERS = 500
_YEAR = Period(first=date(2026, 1, 1), last=date(2026, 12, 31))
_NAMES: Final = ("neraca", "phu", "perubahan-ekuitas", "arus-kas", "calk")
_ROUNDS = 5
_LONGEST = 2  # seconds


async def run(report: Report, server: house.Server) -> None:
    """Fill one book by set-based SQL over two years, then issue its statements as the command line does."""
    urls = await house.province(server, "five")
    report.title(f"Statements of one book of {_ENTRIES:,} entries, {_MEMBERS} members")
    await _fill(urls.owner)
    await house.tidy(urls.owner)
    assert await house.violations(urls.owner) == 0
    engine = database.make_engine(urls.owner, size=1)
    try:
        for names in (*((name,) for name in _NAMES), _NAMES):
            took = []
            for _ in range(_ROUNDS):
                begun = time.monotonic()
                async with database.transaction(engine, koperasi_id=1) as db:
                    made, checked = await reports.issue(
                        db, koperasi_id=1, names=names, period=_YEAR, today=_YEAR.last
                    )
                took.append(time.monotonic() - begun)
            assert len(made) == len(names)
            assert [one.said for one in checked if not one.ok] == []
            if len(names) == 1:
                report.note(f"{names[0]}: {1000 * min(took):.0f} to {1000 * max(took):.0f} ms")
    finally:
        await engine.dispose()
    report.limit(
        f"five: all of {_ENTRIES:,} entries, slowest of {_ROUNDS}",
        max(took),
        most=_LONGEST,
        unit=" s",
    )


# By turns of ten: five deposits of sukarela, two of wajib, a sale with its cost, wages; dated over two years.
_FILL = f"""
INSERT INTO people (koperasi_id, id, name, created_at)
SELECT 1, n, 'Siti Aminah', now() FROM generate_series(1, {_MEMBERS} + 1) AS n ON CONFLICT DO NOTHING;
INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)
SELECT 1, n, 'A-' || lpad(n::text, 4, '0'), '2025-01-01', '2025-01-01'
  FROM generate_series(1, {_MEMBERS} + 1) AS n WHERE n <> {house.TREASURER} ON CONFLICT DO NOTHING;
CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT row_number() OVER ()::integer AS id, code, member FROM (
  SELECT code, NULL::integer AS member FROM unnest(ARRAY['111000', '112100', '114000', '412000', '511000', '521000']) AS code
  UNION ALL SELECT code, id FROM unnest(ARRAY['211000', '320000']) AS code, members WHERE koperasi_id = 1) AS s;
INSERT INTO ledger.accounts (koperasi_id, id, key, code, member_id, normal, balance, floor)
SELECT 1, w.id, w.code || coalesce(':m' || w.member, ''), w.code, w.member, c.normal, 0, NULL
  FROM wanted w JOIN ledger.chart c USING (code);
CREATE TEMP TABLE turned ON COMMIT DROP AS
SELECT n, 1 AS line, CASE WHEN n % 10 IN (8) THEN '521000' ELSE '111000' END AS debit,
       CASE WHEN n % 10 < 5 THEN '211000' WHEN n % 10 < 7 THEN '320000' WHEN n % 10 = 8 THEN '111000'
            WHEN n % 10 = 9 THEN '112100' ELSE '412000' END AS credit, 10000 AS amount
  FROM generate_series(1, {_ENTRIES}) AS n
UNION ALL SELECT n, 2, '511000', '114000', 8000 FROM generate_series(1, {_ENTRIES}) AS n WHERE n % 10 = 7;
INSERT INTO ledger.entries (koperasi_id, number, "on", at, kind, operation, recorder, source, hash)
SELECT 1, n, '2025-01-01'::date + (n::bigint * 729 / {_ENTRIES})::integer, now(), 'fill', 'fill/' || n, 'person:21', 'telegram', ''
  FROM generate_series(1, {_ENTRIES}) AS n;
INSERT INTO ledger.postings (koperasi_id, entry, line, debit, credit, amount, debit_balance, credit_balance)
SELECT 1, t.n, t.line, d.id, c.id, t.amount, 0, 0
  FROM turned t
  JOIN wanted d ON d.code = t.debit
  JOIN wanted c ON c.code = t.credit AND (c.member IS NULL OR c.member = CASE 1 + t.n / 10 % {_MEMBERS}
       WHEN {house.TREASURER} THEN {_MEMBERS} + 1 ELSE 1 + t.n / 10 % {_MEMBERS} END);
INSERT INTO dues (koperasi_id, member_id, month, entry, amount)
SELECT 1, a.member_id, date_trunc('month', e."on")::date, e.number, p.amount
  FROM ledger.postings p
  JOIN ledger.accounts a ON a.koperasi_id = 1 AND a.id = p.credit AND a.code = '320000'
  JOIN ledger.entries e ON e.koperasi_id = 1 AND e.number = p.entry WHERE p.koperasi_id = 1;
UPDATE ledger.accounts a SET balance = m.amount * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END
  FROM (SELECT id, sum(amount) AS amount FROM (
          SELECT debit AS id, amount FROM ledger.postings WHERE koperasi_id = 1
          UNION ALL SELECT credit, -amount FROM ledger.postings WHERE koperasi_id = 1) s GROUP BY id) m
 WHERE a.koperasi_id = 1 AND a.id = m.id;
UPDATE ledger.books SET entries = {_ENTRIES}, accounts = (SELECT count(*) FROM wanted) WHERE koperasi_id = 1;
"""


async def _fill(owner: str) -> None:
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")  # no look-ups
            await connection.execute(_FILL)
    finally:
        await connection.close()
