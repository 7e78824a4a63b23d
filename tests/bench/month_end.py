"""Month end: the balances of every cooperative's members owed, at a quarter, a half and all of them."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import asyncpg

from core import database
from notifications.jobs import statements
from tests.bench import house
from tests.bench.report import Report

_SIZES = (125, 250, 500)  # members of each cooperative
_LONGEST = 120  # seconds for the largest
_MONTHS = (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))  # one a size
_DAYS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 2))  # their first working days after


async def run(report: Report, server: house.Server) -> None:
    """Fill a province whose members all have a chat, and let the clock owe them a month, for each of three sizes."""
    urls = await house.province(server, "month_end")
    connection = await asyncpg.connect(urls.owner)
    took: dict[int, float] = {}
    try:
        cooperatives = int(await connection.fetchval("SELECT count(*) FROM cooperatives"))
        report.title(f"Monthly balances of {cooperatives:,} cooperatives")
        for size, month, day in zip(_SIZES, _MONTHS, _DAYS, strict=True):
            await _fill(connection, size)
            await house.tidy(urls.owner)
            now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)  # 09:00 in Kaltim
            took[size], owed = await _look(urls.clock, now)
            assert owed == cooperatives * size, (owed, size)
            report.note(f"{owed:,} balances owed in {took[size]:.1f} s")
            again, more = await _look(urls.clock, now + timedelta(minutes=10))
            found = await connection.fetchval(
                "SELECT count(*) FROM outbox WHERE dedupe LIKE $1", f"statement/{month:%Y-%m}/%"
            )
            assert (more, found) == (0, owed), "each is owed once"
            report.note(f"the next look, with nothing new: {again:.1f} s")
            await connection.execute("TRUNCATE outbox")
    finally:
        await connection.close()
    small, large = _SIZES[0], _SIZES[-1]
    report.limit(
        f"statements: {cooperatives:,} cooperatives x {large} members",
        took[large],
        most=_LONGEST,
        unit=" s",
    )
    for size in _SIZES[1:]:
        report.limit(
            f"statements: {size} members each against {small}",
            took[size] / took[small],
            most=1.15 * size / small,
            unit="x",
        )


async def _look(clock: str, now: datetime) -> tuple[float, int]:
    """Look as the clock's tick does; return seconds and the balances that are new."""
    engine = database.make_engine(clock, size=1)
    try:
        begun = time.monotonic()
        owed = await statements.look(engine, house.KEYS, now)
        return time.monotonic() - begun, owed
    finally:
        await engine.dispose()


async def _fill(connection: asyncpg.Connection[asyncpg.Record], each: int) -> None:
    """Let every cooperative have `each` members, each with a chat and consents; officers stay without."""
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no look-ups
        await connection.execute(_FILL.format(each=each))


# People stand at house.TREASURER already; members are numbered round that one.
_FILL = f"""
INSERT INTO people (koperasi_id, id, name, created_at)
SELECT k.koperasi_id, n, 'Siti Aminah', now() FROM cooperatives AS k, generate_series(1, {{each}} + 1) AS n
 WHERE n <> {house.TREASURER} ON CONFLICT DO NOTHING;
INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)
SELECT koperasi_id, id, 'A-' || lpad(id::text, 4, '0'), '2025-01-01', '2025-01-01'
  FROM people WHERE id <> {house.TREASURER} ON CONFLICT DO NOTHING;
INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)
SELECT koperasi_id, id, 'telegram', 'bot', (koperasi_id * 1000 + id)::text, now() FROM members
ON CONFLICT DO NOTHING;
INSERT INTO consents (koperasi_id, person_id, purpose, channel, text_version, given_at)
SELECT koperasi_id, id, purpose, 'telegram', '2026-11', '2026-01-01'
  FROM members, unnest(ARRAY['reminder', 'statement', 'announcement']) AS purpose
ON CONFLICT DO NOTHING
"""
