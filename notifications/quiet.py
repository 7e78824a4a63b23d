"""Allowed hours at the send: a push met outside them waits, and all its cooperative owes with it.

Each cooperative's zone and rules are known here for a minute; a reply asks nobody.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from core import rules
from core.calendar import business_date
from core.database import driver, is_passing, transaction
from core.hours import Hours, hours_of, next_allowed
from core.rules import RuleBook
from notifications.outbox import Claimed

_KNOWN_FOR = 60.0  # seconds
_MOST = 20_000  # rows moved by one statement
_SECONDS = 5  # after which a statement is given up: claims wait for it
_STEP = timedelta(microseconds=1)  # between rows that were moved: they keep their order

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Quiet:
    """What is known of the cooperatives' hours, and where rows in flight will stand."""

    engine: AsyncEngine
    known: dict[int, tuple[float, Hours]] = field(default_factory=dict)
    places: dict[tuple[int, UUID], datetime] = field(default_factory=dict)


async def closed_until(quiet: Quiet, koperasi_id: int, now: datetime) -> datetime | None:
    """Return the instant from which a cooperative may be spoken to again; none when it may be now."""
    at = next_allowed(await _hours(quiet, koperasi_id, now), now)
    return None if at <= now else at


async def place(quiet: Quiet, row: Claimed, beside: Sequence[Claimed], at: datetime) -> datetime:
    """Return until when a push waits: `at` and some microseconds.

    `beside` are the rows in flight in the order they were claimed, this one among them. The first one
    takes along all its cooperative has waiting, in the order in which it would have been said; until it
    returns nothing may be claimed.
    """
    here = row.koperasi_id
    if (found := quiet.places.pop(row.key, at)) > at:
        return found
    with_it = [
        one
        for one in beside
        if one.koperasi_id == here and one.purpose.is_push and one.key not in quiet.places
    ]
    last, moved = await _move(quiet.engine, here, at, len(with_it))
    log.info("pushes.postponed", koperasi=here, rows=moved + len(with_it), until=at.isoformat())
    # What was given a place and left for the channel meanwhile did not come for it.
    quiet.places = {key: was for key, was in quiet.places.items() if was >= at}
    quiet.places |= {one.key: last + n * _STEP for n, one in enumerate(with_it, 1)}
    return quiet.places.pop(row.key)


async def _hours(quiet: Quiet, koperasi_id: int, now: datetime) -> Hours:
    """Read a cooperative's hours, or remember them; while the database is away those known last hold."""
    if koperasi_id == 0:  # Strangers and province users are nobody's: the hours of the province.
        return Hours()
    known = quiet.known.get(koperasi_id)
    if known is not None and time.monotonic() - known[0] < _KNOWN_FOR:
        return known[1]
    try:
        hours = await _read(quiet.engine, koperasi_id, now)
    except Exception as error:
        if known is None or not is_passing(error):
            raise
        return known[1]
    quiet.known[koperasi_id] = time.monotonic(), hours
    return hours


async def _read(engine: AsyncEngine, koperasi_id: int, now: datetime) -> Hours:
    async with transaction(engine, koperasi_id=koperasi_id) as db:
        raw = await driver(db)
        row = await raw.fetchrow(
            f"SELECT zone, {rules.STEPS} AS steps FROM cooperatives WHERE koperasi_id = $1",
            koperasi_id,
            timeout=_SECONDS,
        )
    if row is None:
        return Hours()
    book = RuleBook(tuple(row["steps"]))
    return hours_of(book.on(business_date(now, row["zone"])), row["zone"])


async def _move(
    engine: AsyncEngine, koperasi_id: int, at: datetime, in_flight: int
) -> tuple[datetime, int]:
    """Move what waits to `at`, behind what was moved there before and `in_flight` rows more.

    Return the place behind which those in flight stand, and how many were moved.
    """
    async with transaction(engine, koperasi_id=koperasi_id) as db:
        raw = await driver(db)
        last = await raw.fetchval(_LAST, koperasi_id, at, timeout=_SECONDS)
        status = await raw.execute(
            _MOVE, koperasi_id, at, last + in_flight * _STEP, _MOST, timeout=_SECONDS
        )
    return last, int(status.rpartition(" ")[2])


# Places are microseconds: a minute holds more rows than a cooperative has.
_LAST = """
SELECT coalesce(max(not_before), $2::timestamptz) FROM outbox
 WHERE koperasi_id = $1 AND state = 'waiting' AND purpose <> 'reply'
   AND not_before >= $2 AND not_before < $2::timestamptz + interval '1 minute'
"""
# Attempts are forgotten: a row that is being tried again would keep others of its chat behind it.
_MOVE = """
UPDATE outbox AS o
   SET not_before = $3::timestamptz + moved.place * interval '1 microsecond', attempts = 0
  FROM (SELECT w.koperasi_id, w.id, row_number() OVER (ORDER BY w.not_before, w.seq) AS place
          FROM outbox AS w
         WHERE w.koperasi_id = $1 AND w.state = 'waiting' AND w.purpose <> 'reply' AND w.not_before < $2
         ORDER BY w.not_before, w.seq
         LIMIT $4) AS moved
 WHERE o.koperasi_id = moved.koperasi_id AND o.id = moved.id AND o.state = 'waiting'
"""
