"""The province's monitoring kept up: cooperatives whose book moved on, and each at least once an hour."""

from __future__ import annotations

import time
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from core.database import driver, is_passing, transaction
from core.monitoring import keeping
from core.sealing import Keys

_FOR = 20.0  # seconds of one tick
_PAGE = 100
_IN_A_ROW = 5  # that fail one after the other: then it is the database, not they

log = structlog.get_logger()


async def monitoring_job(engine: AsyncEngine, _keys: Keys, now: datetime) -> int:
    """Bring every cooperative's rows to its book; return how many months were written."""
    return await _work(engine, now, seconds=None)


async def look(engine: AsyncEngine, _keys: Keys, now: datetime) -> int:
    """Do the same as the clock: some seconds of it, whose rows are oldest first."""
    return await _work(engine, now, seconds=_FOR)


async def _work(engine: AsyncEngine, now: datetime, *, seconds: float | None) -> int:
    began, written, failed = time.monotonic(), 0, 0
    done: set[int] = set()  # one that fails is not looked at again in this run
    while True:
        async with transaction(engine) as db:
            raw = await driver(db)
            rows = await raw.fetch(_STALE, now, _PAGE + len(done), list(done), _PAGE)
        for koperasi_id, zone in rows:
            if seconds is not None and time.monotonic() - began > seconds:
                return written
            done.add(koperasi_id)
            try:
                async with transaction(engine, koperasi_id=koperasi_id) as db:
                    written += await keeping.refresh(db, koperasi_id=koperasi_id, zone=zone, at=now)
                failed = 0
            except Exception as error:
                failed += 1
                if failed >= _IN_A_ROW or is_passing(error):
                    raise
                log.exception("monitoring.failed", koperasi=koperasi_id)
        if len(rows) < _PAGE:
            return written


_STALE = """
SELECT koperasi_id, zone FROM province.stale($1, $2) WHERE koperasi_id <> ALL ($3) LIMIT $4
"""
