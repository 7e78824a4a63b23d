"""The clock: it only says when to look. Tables say what is due, each tick is idempotent SQL.

Two schedulers at once, or one that was off for hours, do no harm.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import looks, unread, wishes
from core.database import driver, is_passing, transaction
from core.sealing import Keys
from notifications import announcing, metrics, nightly, note_photos, requests, upkeep
from notifications.announcing import Pace
from notifications.jobs import (
    alerts,
    cash_seals,
    digest,
    heads,
    integrity,
    interest,
    invites,
    monitoring,
    reminders,
    statements,
    surplus,
)

_MOST = 5000  # rows per transaction
_WORTH_A_LINE = timedelta(minutes=1)  # a look every few seconds that found nothing is none
_OFTEN = timedelta(minutes=10)  # what is said at an hour is said soon after it
_PERIOD_OF_UPDATES = timedelta(days=8)  # WhatsApp delivers a message again for up to seven days

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something to look at every so often; `look` returns how many rows it changed."""

    name: str
    every: timedelta
    look: Callable[[AsyncEngine, datetime], Awaitable[int]]


async def expire(engine: AsyncEngine, now: datetime) -> int:
    """Give up messages that came too late."""
    async with transaction(engine) as db:
        return await upkeep.expire(db, now)


async def erase_words(engine: AsyncEngine, now: datetime) -> int:
    """Erase what was said 90 days ago or earlier."""
    return await _in_parts(engine, partial(upkeep.erase_words, now=now, most=_MOST))


async def forget_updates(engine: AsyncEngine, now: datetime) -> int:
    """Forget which updates were claimed more than eight days ago."""
    return await _in_parts(engine, partial(_forget_updates, before=now - _PERIOD_OF_UPDATES))


async def forget_unread(engine: AsyncEngine, now: datetime) -> int:
    """Erase what could not be read 90 days ago or earlier."""
    return await _in_parts(engine, partial(unread.forget, now=now, most=_MOST))


async def forget_wishes(engine: AsyncEngine, now: datetime) -> int:
    """Erase what members asked for 90 days ago or earlier."""
    return await _in_parts(engine, partial(wishes.forget, now=now, most=_MOST))


async def forget_looks(engine: AsyncEngine, now: datetime) -> int:
    """Erase who looked at whose data when it was kept as long as the cooperative says."""
    return await _in_parts(engine, partial(looks.forget, now=now, most=_MOST))


TICKS = (
    Tick(name="expire", every=timedelta(minutes=1), look=expire),
    Tick(name="erase-words", every=timedelta(hours=6), look=erase_words),
    Tick(name="forget-updates", every=timedelta(hours=6), look=forget_updates),
    Tick(name="forget-unread", every=timedelta(hours=6), look=forget_unread),
    Tick(name="forget-wishes", every=timedelta(hours=6), look=forget_wishes),
    Tick(name="forget-looks", every=timedelta(hours=6), look=forget_looks),
    Tick(name="forget-notes", every=timedelta(hours=6), look=note_photos.forget),
)


def ticks(keys: Keys, pace: Pace | None = None) -> tuple[Tick, ...]:
    """Name everything to look at; some of it is sealed. `pace` is the channel's, for announcements."""
    announcing_at = pace or Pace()

    async def announce(engine: AsyncEngine, now: datetime) -> int:
        return await announcing.look(engine, keys, now, announcing_at)

    def sealed(
        look: Callable[[AsyncEngine, Keys, datetime], Awaitable[int]],
    ) -> Callable[[AsyncEngine, datetime], Awaitable[int]]:
        async def with_keys(engine: AsyncEngine, now: datetime) -> int:
            return await look(engine, keys, now)

        return with_keys

    return (
        *TICKS,
        Tick(name="announcements", every=announcing.EVERY, look=announce),
        Tick(name="forget-files", every=timedelta(hours=6), look=announcing.forget_files),
        Tick(name="approvals", every=timedelta(minutes=15), look=sealed(requests.approvals_job)),
        Tick(name="collectibility", every=timedelta(hours=1), look=sealed(nightly.look)),
        Tick(name="interest", every=timedelta(hours=1), look=sealed(interest.interest_job)),
        Tick(name="reminders", every=_OFTEN, look=sealed(reminders.look_at_instalments)),
        Tick(name="dues", every=_OFTEN, look=sealed(reminders.look_at_dues)),
        Tick(name="monthly-balances", every=_OFTEN, look=sealed(statements.look)),
        Tick(name="surplus-slips", every=_OFTEN, look=sealed(surplus.surplus_slips_job)),
        Tick(name="cash-seal", every=_OFTEN, look=sealed(cash_seals.look)),
        Tick(name="digest", every=_OFTEN, look=sealed(digest.look)),
        Tick(name="heads", every=_OFTEN, look=sealed(heads.look)),
        Tick(name="invites", every=timedelta(hours=1), look=sealed(invites.invites_job)),
        Tick(name="alerts", every=_OFTEN, look=sealed(alerts.look)),
        Tick(name="monitoring", every=timedelta(minutes=5), look=sealed(monitoring.look)),
        Tick(name="integrity", every=timedelta(minutes=5), look=sealed(integrity.look)),
    )


def make(
    engine: AsyncEngine,
    *,
    timezone: str,
    ticks: Sequence[Tick] = TICKS,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIOScheduler:
    """Make the clock for the running loop; the caller starts it and shuts it down.

    Every tick comes once at the start, so that what fell due while nobody looked is found at once.
    """
    scheduler = AsyncIOScheduler(
        timezone=timezone,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for tick in ticks:
        scheduler.add_job(
            _look,
            IntervalTrigger(seconds=int(tick.every.total_seconds()), timezone=timezone),
            args=(tick, engine, now),
            id=tick.name,
            next_run_time=datetime.now(UTC),
        )
    return scheduler


async def _look(tick: Tick, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
    began = time.monotonic()
    try:
        found = await tick.look(engine, now())
    except asyncio.CancelledError:  # The service stops; the next start looks again.
        log.info("tick.stopped", tick=tick.name)
    except Exception as error:  # The next tick looks again.
        if is_passing(error):
            log.warning("tick.postponed", tick=tick.name, error=type(error).__name__)
        else:
            log.exception("tick.failed", tick=tick.name)
    else:
        metrics.JOB_SECONDS.labels(tick.name).set(time.monotonic() - began)
        metrics.JOB_DONE.labels(tick.name).set_to_current_time()
        if found or tick.every >= _WORTH_A_LINE:
            log.info("tick.done", tick=tick.name, rows=found)


async def _in_parts(
    engine: AsyncEngine, part: Callable[[AsyncConnection], Awaitable[int]]
) -> int:  # fmt: skip
    """Work through many rows in short transactions."""
    total = 0
    while True:
        async with transaction(engine) as db:
            changed = await part(db)
        total += changed
        if changed < _MOST:
            return total


async def _forget_updates(db: AsyncConnection, *, before: datetime) -> int:
    raw = await driver(db)
    status = await raw.execute(
        "DELETE FROM chat.updates WHERE ctid = ANY (ARRAY"
        " (SELECT ctid FROM chat.updates WHERE at < $1 ORDER BY at LIMIT $2))",
        before,
        _MOST,
    )
    return int(status.rpartition(" ")[2])
