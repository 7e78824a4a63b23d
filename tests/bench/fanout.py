"""Fan-out of one announcement to half a million members: seconds, memory, and what a composer waits for."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database
from core.announcements import announcement, estimate, reach, sending
from core.announcements.announcement import Announcement, Message
from core.announcements.audience import Audience
from core.hours import Hours
from notifications import messages
from notifications.messages import Content, Fresh
from tests.bench import house
from tests.bench.report import Report

_EACH = 500  # members of each of a thousand cooperatives
_PEOPLE = _EACH * house.COOPERATIVES
_LONGEST = 30  # seconds
_MOST = 200  # MiB
_NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
_TODAY = date(2026, 11, 24)
_Answer = TypeVar("_Answer")


async def run(report: Report, server: house.Server) -> None:
    """Fill a province whose members all have a chat, announce to them, hold, release and cancel."""
    report.title(f"Fan-out of one announcement to {_PEOPLE:,} members")
    urls = await house.province(server, "fanout")
    await _fill(urls.owner)
    await house.tidy(urls.owner)
    clock = database.make_engine(urls.clock, size=1)
    province = database.make_engine(urls.province, size=1)
    app = database.make_engine(urls.app, size=1)
    try:
        async with database.transaction(province) as db:
            audience = Audience(members=True)
            took, found = await _timed(
                reach.in_region(db, region="64", audience=audience, on=_TODAY)
            )
        assert found.people == _PEOPLE, found
        report.note(f"the card's count of {found.people:,} people: {took:.1f} s")
        this = await _composed(app)
        took, grew = await _fan_out(clock, this)
        report.limit("fanout: 500,000 people, one statement", took, most=_LONGEST, unit=" s")
        report.limit("fanout: extra memory, ours and PostgreSQL's", grew, most=_MOST, unit=" MiB")
        await _afterwards(report, clock, this)
    finally:
        for engine in (clock, province, app):
            await engine.dispose()


async def _composed(app: AsyncEngine) -> Announcement:
    async with database.transaction(app, koperasi_id=announcement.PROVINCE) as db:
        return await announcement.submit(
            db,
            koperasi_id=announcement.PROVINCE,
            announcement_id=uuid4(),
            composer="official:1",
            message=Message(
                text="Rapat anggota tahunan.", sender="Kaltim", composer="Dewi", where="Kaltim"
            ),
            region="64",
            audience=Audience(members=True),
            people=_PEOPLE,
            second_above=_PEOPLE,
            chat=("telegram", "bot", "1"),
            told_in=0,
            told="reply/1",
            at=_NOW,
            keys=house.KEYS,
        )


async def _fan_out(clock: AsyncEngine, this: Announcement) -> tuple[float, float]:
    """Owe it as the clock's tick does; return seconds and MiB that this process and its backend grew by."""
    fresh = Fresh(kind="announcement", facts={"id": this.id.hex, "here": this.koperasi_id})
    facts = messages.seal(Content(fresh=fresh), house.KEYS)
    spans = estimate.spans(_PEOPLE, 30, Hours(), _NOW)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with database.transaction(clock, koperasi_id=0) as db, _watching(db) as peak:
        took, owed = await _timed(
            sending.fan_out(
                db,
                this,
                facts=facts,
                on=_TODAY,
                spans=spans,
                rate=30,
                expires=_NOW + timedelta(days=7),
                at=_NOW,
            )
        )
    assert owed == _PEOPLE, owed
    grew = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return took, (grew + peak[1] - peak[0]) / 1024


@asynccontextmanager
async def _watching(db: AsyncConnection) -> AsyncIterator[list[int]]:
    """Look every 20 ms at the private memory of the transaction's backend: [at the start, at its peak], KiB."""
    raw = await database.driver(db)
    status = Path(f"/proc/{raw.get_server_pid()}/status")
    seen = [_private(status), 0]

    async def watch() -> None:
        while True:
            seen[1] = max(seen[1], _private(status))
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()


def _private(status: Path) -> int:
    lines = status.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


async def _afterwards(report: Report, clock: AsyncEngine, this: Announcement) -> None:
    """What follows while it runs: counting, holding and releasing a part, cancelling all of it."""
    start = _NOW + timedelta(hours=1)
    async with database.transaction(clock, koperasi_id=0) as db:
        took, counts = await _timed(sending.tally(db, this))
        assert counts == {"waiting": _PEOPLE}, counts
        report.note(f"counting its rows for the composer's message: {took:.2f} s")
        took, moved = await _timed(sending.hold(db, this))
        report.note(f"holding {moved:,} rows: {took:.2f} s")
        took, moved = await _timed(sending.release(db, this, ((start, 0),), 30))
        report.note(f"releasing {moved:,} rows: {took:.2f} s")
    begun, dropped = time.monotonic(), 0
    while True:
        async with database.transaction(clock, koperasi_id=0) as db:
            moved = await sending.drop(db, this, _NOW)
        dropped += moved
        if moved < sending.PART:
            break
    assert dropped == _PEOPLE, dropped
    report.note(f"cancelling all of it in parts: {time.monotonic() - begun:.0f} s")


async def _timed(work: Awaitable[_Answer]) -> tuple[float, _Answer]:
    begun = time.monotonic()
    done = await work
    return time.monotonic() - begun, done


async def _fill(owner: str) -> None:
    """Give every cooperative its members, each with a chat and a consent."""
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")  # no look-ups
            await connection.execute(_FILL.format(each=_EACH))
    finally:
        await connection.close()


_FILL = f"""
INSERT INTO people (koperasi_id, id, name, created_at)
SELECT k, n, 'Siti Aminah', now() FROM generate_series(1, {house.COOPERATIVES}) AS k,
       generate_series({house.TREASURER} + 1, {{each}} + 1) AS n;
INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)
SELECT koperasi_id, id, 'A-' || lpad(id::text, 4, '0'), '2025-01-01', '2025-01-01'
  FROM people WHERE id > {house.TREASURER};
INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)
SELECT koperasi_id, id, 'telegram', 'bot', (koperasi_id * 1000 + id)::text, now() FROM members;
INSERT INTO consents (koperasi_id, person_id, purpose, channel, text_version, given_at)
SELECT koperasi_id, id, purpose, 'telegram', '2026-11', now()
  FROM members, unnest(ARRAY['reminder', 'statement', 'announcement']) AS purpose
"""
