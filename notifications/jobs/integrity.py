"""Each night every book is recomputed; what is not as it was written is told once.

A long province takes long: the clock works for a while at a time, the book that was not looked at for longest first.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import verify
from core.calendar import business_date
from core.database import driver, is_passing, transaction
from core.permissions import Role
from core.sealing import Keys
from notifications import metrics
from notifications.jobs import places
from notifications.messages import Content, Message, Purpose, Say

AT_NIGHT = timedelta(hours=1)  # of the cooperative's own day: the other nightly work goes first
_FOR = 20.0  # seconds of one tick
_PAGE = 50
_KNOWN_FOR = timedelta(days=30)  # an officer without a chat learns of it that much later

log = structlog.get_logger()

_DUE = """
SELECT c.koperasi_id, c.zone FROM cooperatives c
  LEFT JOIN integrity_checks i ON i.koperasi_id = c.koperasi_id
 WHERE (i.on_day IS NULL OR i.on_day < ($1::timestamptz AT TIME ZONE c.zone)::date)
   AND c.koperasi_id <> ALL ($2)
 ORDER BY i.at NULLS FIRST, c.koperasi_id LIMIT $3
"""
_BEGIN = """
INSERT INTO integrity_checks (koperasi_id, on_day, at, entries, head)
VALUES ($1, '0001-01-01', $2, 0, '') ON CONFLICT DO NOTHING
"""
_BEFORE = """
SELECT finding FROM integrity_checks WHERE koperasi_id = $1 AND on_day < $2 FOR UPDATE SKIP LOCKED
"""
_KEEP = """
UPDATE integrity_checks
   SET on_day = $2, at = $3, entries = $4, head = $5, finding = $6, entry = $7,
       found_at = CASE WHEN finding IS NOT DISTINCT FROM $6 THEN found_at ELSE $3 END
 WHERE koperasi_id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    id: int
    zone: str


async def integrity_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Recompute every book not looked at on its own day at `now`; return how many findings are new."""
    return await _work(engine, keys, now, seconds=None)


async def look(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the same as the clock: some seconds of it, after one o'clock."""
    return await _work(engine, keys, now - AT_NIGHT, seconds=_FOR)


async def _work(engine: AsyncEngine, keys: Keys, now: datetime, *, seconds: float | None) -> int:
    began, found = time.monotonic(), 0
    seen: list[int] = []  # in this run: they are not asked for again in it
    while True:
        page = await _page(engine, now, seen)
        for one in page:
            if seconds is not None and time.monotonic() - began > seconds:
                return found
            seen.append(one.id)
            try:
                found += await _look_at(engine, one, keys, now)
            except Exception as error:
                if is_passing(error):
                    raise
                log.exception("integrity.failed", koperasi=one.id)
        if len(page) < _PAGE:
            return found


async def _page(engine: AsyncEngine, now: datetime, seen: Sequence[int]) -> list[_Due]:
    async with transaction(engine) as db:
        raw = await driver(db)
        rows = await raw.fetch(_DUE, now, list(seen), _PAGE)
    return [_Due(id=row["koperasi_id"], zone=row["zone"]) for row in rows]


async def _look_at(engine: AsyncEngine, one: _Due, keys: Keys, now: datetime) -> int:
    """Recompute one book, unless somebody else does; write down how it stands; tell of what is new."""
    today = business_date(now, one.zone)
    async with transaction(engine, koperasi_id=one.id) as db:
        raw = await driver(db)
        await raw.execute(_BEGIN, one.id, now)
        before = await raw.fetchrow(_BEFORE, one.id, today)
        if before is None:
            return 0
        result = await verify.verify(db, one.id)
        found = result.finding
        what, entry = (found.what, found.entry) if found else (None, None)
        await raw.execute(_KEEP, one.id, today, now, result.entries, result.head, what, entry)
        if what is None or what == before["finding"]:
            return 0
        mark = hashlib.sha256(what.encode()).hexdigest()[:16]
        await _tell(db, one, f"integrity/{today.isoformat()}/{mark}", entry, today, keys, now)
    metrics.ALARMS.labels("integrity").inc()
    log.error("integrity.finding", koperasi=one.id, entry=entry, what=what)
    return 1


async def _tell(
    db: AsyncConnection,
    one: _Due,
    dedupe: str,
    entry: int | None,
    today: date,
    keys: Keys,
    now: datetime,
) -> None:
    told = await places.officers(
        db, koperasi_id=one.id, on=today, roles=(Role.KETUA, Role.PENGAWAS)
    )
    lines = [Say("integrity-finding", {"on": today})]
    if entry is not None:
        lines.append(Say("integrity-entry", {"entry": entry}))
    lines.append(Say("integrity-how"))
    at = places.sayable(now)
    owed = [
        Message(
            koperasi_id=one.id,
            id=uuid4(),
            to=officer.chat,
            person_id=officer.person_id,
            purpose=Purpose.NOTICE,
            content=Content(lines=tuple(lines)),
            dedupe=f"{dedupe}/{officer.person_id}",
            made_at=at,
            expires_at=at + _KNOWN_FOR,
        )
        for officer in told
    ]
    await places.owe(db, owed, keys)
