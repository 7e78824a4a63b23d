"""The nightly look at running loans over a thousand cooperatives: a first night and one like every other."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import asyncpg

from core import database
from notifications import nightly
from tests.bench import house
from tests.bench.report import Report

_SIZES = (75_000, 150_000, 300_000)  # running loans
_INSTALMENTS = 12
_LONGEST = 60  # seconds for the largest
_TODAY = date(2026, 11, 24)
_FIRST = datetime(2026, 11, 24, 17, tzinfo=UTC)  # 01:00 of the 25th in Kaltim
_CHANGED = "SELECT count(*) FROM loan_classes"


async def run(report: Report, server: house.Server) -> None:
    """Fill a province with loans and do two nights, for each of three sizes."""
    report.title("Nightly collectibility, loans spread over 1,000 cooperatives")
    first: dict[int, float] = {}
    usual: dict[int, float] = {}
    for size in _SIZES:
        name = f"loans_{size}"
        urls = await house.province(server, name)
        begun = time.monotonic()
        await _fill(urls.owner, size // house.COOPERATIVES)
        await house.tidy(urls.owner)
        report.note(f"{size:,} loans filled in {time.monotonic() - begun:.0f} s")
        first[size], changed = await _night(urls.clock, _FIRST)
        assert changed == await _count(urls.owner), "every change is written, and counted"
        report.note(f"first night: {first[size]:.1f} s, {changed:,} changes of class")
        usual[size], more = await _night(urls.clock, _FIRST + timedelta(days=1))
        report.note(f"usual night: {usual[size]:.1f} s, {more:,} changes of class")
        _, again = await _night(urls.clock, _FIRST + timedelta(days=1))
        assert (again, await _count(urls.owner)) == (0, changed + more), "a night is done once"
        await _drop(server, name)
    small, large = _SIZES[0], _SIZES[-1]
    report.limit(
        "collectibility: first night of 300,000 loans", first[large], most=_LONGEST, unit=" s"
    )
    report.limit(
        "collectibility: usual night of 300,000 loans", usual[large], most=_LONGEST, unit=" s"
    )
    for label, took in (("first", first), ("usual", usual)):
        report.limit(
            f"collectibility: {label} night, 300,000 against 75,000 loans",
            took[large] / took[small],
            most=4.6,
            unit="x",
        )


async def _night(clock: str, now: datetime) -> tuple[float, int]:
    """Do a night as the clock's login does; return seconds and changes."""
    engine = database.make_engine(clock, size=1)
    try:
        begun = time.monotonic()
        changed = await nightly.collectibility_job(engine, house.KEYS, now)
        return time.monotonic() - begun, changed
    finally:
        await engine.dispose()


async def _count(owner: str) -> int:
    connection = await asyncpg.connect(owner)
    try:
        return int(await connection.fetchval(_CHANGED))
    finally:
        await connection.close()


async def _drop(server: house.Server, name: str) -> None:
    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


async def _fill(owner: str, each: int) -> None:
    """Give every cooperative `each` running loans of 12 instalments, disbursed in the last two years.

    Seven of ten are on time, the others owe since up to 400 days; one of ten is weekly; entries are left
    out, classes do not look at them.
    """
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")  # no look-ups
            await connection.execute(_FILL.format(each=each, today=_TODAY))
    finally:
        await connection.close()


# `late` days past due for three of ten, spread by a fixed stride; the oldest unpaid instalment is the k-th.
_FILL = f"""
CREATE TEMP TABLE lent ON COMMIT DROP AS
SELECT k, n, n % 10 = 3 AS weekly, 1 + (n * 7) % {_INSTALMENTS} AS oldest,
       '{{today}}'::date + CASE WHEN n % 10 < 7 THEN 1 + (n * 13 + k) % 30 ELSE -((n * 31 + k * 17) % 400) END AS due
  FROM generate_series(1, {house.COOPERATIVES}) AS k, generate_series(1, {{each}}) AS n;
INSERT INTO loans (koperasi_id, id, member_id, product, terms, principal, count, state, operation, applied_on,
                   applied_by, applied_at, source, disbursed_on, version, outstanding, oldest_due, class, class_on)
SELECT k, n, 1 + n % {house.MEMBERS}, 'umum',
       jsonb_build_object('method', 'flat', 'rate', '1', 'rate_per', 'month', 'every', CASE WHEN weekly THEN '1w' ELSE '1m' END),
       1200000, {_INSTALMENTS}, 'running', 'fill/' || n, due - 30 * oldest, 'person:21', now(), 'telegram',
       due - 30 * oldest, 1, 1200000 - 100000 * (oldest - 1), due, 'lancar', due - 30
  FROM lent;
INSERT INTO loan_versions (koperasi_id, loan_id, version, starts_on, principal, count, terms, made_by, made_at)
SELECT koperasi_id, id, 1, disbursed_on, principal, count, terms, 'person:21', now() FROM loans;
INSERT INTO loan_instalments (koperasi_id, loan_id, version, n, due, principal, interest, principal_paid,
                              interest_paid, paid_on)
SELECT k, n, 1, i, due + 30 * (i - oldest), 100000, 12000, CASE WHEN i < oldest THEN 100000 ELSE 0 END,
       CASE WHEN i < oldest THEN 12000 ELSE 0 END, CASE WHEN i < oldest THEN due + 30 * (i - oldest) END
  FROM lent, generate_series(1, {_INSTALMENTS}) AS i;
INSERT INTO loan_assessments (koperasi_id, through, at)
SELECT k, '0001-01-01', now() FROM generate_series(1, {house.COOPERATIVES}) AS k;
"""
