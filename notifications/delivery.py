"""Delivery: claim what is due, send it outside any transaction, record what became of it.

One mouth per channel account, one process per mouth (notifications.lease). Nothing here is the truth:
a process killed at any line leaves rows the next holder knows what to do with.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.sealing import Keys
from notifications import (
    addresses,
    in_flight,
    metrics,
    outbox,
    outcomes,
    pacing,
    upkeep,
    ways,
    windows,
)
from notifications import bell as bells
from notifications import lease as leases
from notifications.bell import Bell
from notifications.lease import Lease
from notifications.messages import Purpose
from notifications.mouth import Check, Mouth, Timing, complain, revive
from notifications.outbox import State
from notifications.quiet import Quiet
from notifications.saying import answer, said_later, say
from notifications.senders import Sender, SendError
from notifications.ways import Ways

RESERVED = 1  # of the places in flight: for replies, so that pushes that hang never hold one up
_UNDEPARTED = 2  # rows claimed but not yet on their way, while a pace holds
_UNDEPARTED_PAID = 24  # the same of announcements that are paid for
_PAID = Purpose.ANNOUNCEMENT.priority
_REMEMBERED = timedelta(minutes=2)  # the longest in which a chat's bucket fills
_SETTLING = 1.0  # seconds a new holder says nothing: the one before spoke until it lost the lease
_ON_DISK = 5.0  # seconds after which PostgreSQL has surely written what it did not wait for
_TROUBLE = 0.3  # seconds before the database is tried again

log = structlog.get_logger()


def _utc() -> datetime:
    return datetime.now(UTC)


async def run(
    engine: AsyncEngine,
    url: str,
    keys: Keys,
    senders: Sequence[Sender],
    *,
    bell: Bell,
    stop: asyncio.Event,
    checks: Mapping[Purpose, Check] | None = None,
    keeps_hours: bool = False,
    timing: Timing | None = None,
    now: Callable[[], datetime] = _utc,
) -> None:
    """Speak for every sender's account until `stop` is set; then finish what is in flight and let go.

    `engine` and `url` are the clock's, on direct connections. Survives the database's restarts.
    With `keeps_hours` pushes wait for each cooperative's allowed hours.
    """
    timing = timing or Timing()
    mouths = [
        Mouth(
            engine=engine,
            keys=keys,
            sender=sender,
            bell=bell,
            stop=stop,
            checks=checks or {},
            timing=timing,
            now=now,
            pacer=pacing.Pacer(rates=sender.rates),
            quiet=Quiet(engine=engine) if keeps_hours else None,
            ways=Ways(engine=engine, keys=keys, account=sender.account)
            if sender.has_window
            else None,
        )
        for sender in senders
    ]
    for mouth in mouths:
        bell.listeners[mouth.where] = mouth.stir
        metrics.PACE.labels(mouth.sender.channel).set(mouth.sender.rates.interval)
    helpers = [
        asyncio.create_task(bells.listen(bell, url)),
        asyncio.create_task(bells.ring(bell, url)),
        asyncio.create_task(_show_queue(engine, timing, now)),
        asyncio.create_task(_pass_on(stop, mouths)),
    ]
    try:
        async with asyncio.TaskGroup() as group:
            for mouth in mouths:
                group.create_task(_speak(mouth))
    finally:
        for helper in helpers:
            helper.cancel()
        left = [task for mouth in mouths for task in mouth.tasks]  # Only when we are cancelled.
        for task in left:
            task.cancel()
        await asyncio.gather(*helpers, *left, return_exceptions=True)
        for mouth in mouths:
            bell.listeners.pop(mouth.where, None)
            bell.speaking.discard(mouth.where)


async def _pass_on(stop: asyncio.Event, mouths: Sequence[Mouth]) -> None:
    await stop.wait()
    for mouth in mouths:
        mouth.stir.set()


async def _show_queue(engine: AsyncEngine, timing: Timing, now: Callable[[], datetime]) -> None:
    while True:
        try:
            async with engine.connect() as db:
                await revive(db)
                waiting = await upkeep.queue(db)
            metrics.show_queue(waiting, levels=outbox.LEVELS, now=now())
        except Exception as error:  # noqa: BLE001 - gauges must not end the delivery
            log.warning("queue.unseen", error=type(error).__name__)
        await asyncio.sleep(timing.gauges)


async def _speak(mouth: Mouth) -> None:
    """Take the lease whenever it is free, and speak for as long as it is held."""
    while not mouth.stop.is_set():
        try:
            if mouth.lease is None:
                await _take_lease(mouth)
            if mouth.lease is None:
                await _rest(mouth.stop, mouth.timing.poll)
            else:
                await _hold(mouth)
        except Exception as error:  # noqa: BLE001 - the database went away, or we have a bug: go on
            complain(mouth, "mouth.trouble", error)
            await asyncio.sleep(_TROUBLE)
    await _take_leave(mouth)


async def _take_lease(mouth: Mouth) -> None:
    channel, account = mouth.where
    asked_at = time.monotonic()
    async with mouth.engine.connect() as db:
        await revive(db)
        mouth.lease = await leases.take(
            db, channel=channel, account=account, holder=mouth.holder, seconds=mouth.timing.lease
        )
    if mouth.lease is None:
        return
    mouth.held_until = asked_at + mouth.timing.lease
    if mouth.lease.silent_until is not None:
        left = (mouth.lease.silent_until - mouth.now()).total_seconds()
        pacing.silence(mouth.pacer, time.monotonic() + left)
    if mouth.sender.rates.interval and mouth.lease.fence > 1:
        await _remember(mouth)
    mouth.bell.speaking.add(mouth.where)
    metrics.SPEAKING.labels(channel).set(1)
    log.info("mouth.taken", channel=channel, fence=mouth.lease.fence)


async def _remember(mouth: Mouth) -> None:
    """Keep the channel's limits across a change of holders: what was said lately counts."""
    channel, account = mouth.where
    now = mouth.now()
    async with mouth.engine.connect() as db:
        await revive(db)
        if mouth.ways is not None:
            await ways.remember(mouth.ways, db, now)
        said = await outbox.said_since(
            db, channel=channel, account=account, since=now - _REMEMBERED
        )
    here = time.monotonic()
    for chat, at in said:
        pacing.remember(mouth.pacer, chat, here - max(0.0, (now - at).total_seconds()))
    pacing.silence(mouth.pacer, here + _SETTLING)


async def _hold(mouth: Mouth) -> None:
    """Speak until the lease is lost, the service stops, or the database fails (then raise)."""
    renewing = asyncio.create_task(_renew(mouth))
    try:
        async with mouth.engine.connect() as db:
            await revive(db)
            await _record_again(mouth, db)
            await _adopt(mouth, db)
            await _sweep(mouth, db)
            while mouth.lease is not None and not mouth.stop.is_set():
                mouth.stir.clear()
                wait = await _step(mouth, db, mouth.lease)
                if wait > 0:
                    await _rest(mouth.stir, wait)
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _renew(mouth: Mouth) -> None:
    while mouth.lease is not None:
        try:
            await _renew_once(mouth, mouth.lease)
        except Exception as error:  # noqa: BLE001 - tried again; held_until keeps us honest
            complain(mouth, "mouth.unrenewed", error)
        await asyncio.sleep(mouth.timing.renew)


async def _renew_once(mouth: Mouth, lease: Lease) -> None:
    asked_at = time.monotonic()
    async with asyncio.timeout(mouth.timing.lease), mouth.engine.connect() as db:
        await revive(db)
        held = await leases.renew(db, lease, mouth.timing.lease)
    if held:
        if mouth.held_until < time.monotonic():
            mouth.stir.set()  # Back after the database was away.
        mouth.held_until = asked_at + mouth.timing.lease
        return
    log.warning("mouth.lost", channel=mouth.sender.channel, fence=lease.fence)
    _fall_silent(mouth)


def _fall_silent(mouth: Mouth) -> None:
    mouth.lease = None
    mouth.held_until = 0.0
    mouth.bell.speaking.discard(mouth.where)
    metrics.SPEAKING.labels(mouth.sender.channel).set(0)
    mouth.stir.set()


async def _take_leave(mouth: Mouth) -> None:
    """Let what is in flight end, record it, and let another take over at once."""
    lease = mouth.lease
    keeping = asyncio.create_task(_renew(mouth))
    if mouth.tasks:
        await asyncio.wait(mouth.tasks, timeout=mouth.timing.farewell)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    for task in list(mouth.tasks):
        task.cancel()
    try:
        if lease is not None and mouth.lease is not None:
            async with mouth.engine.connect() as db:
                await revive(db)
                await _record(mouth, db, lease)
                await leases.release(db, lease)
    except Exception as error:  # noqa: BLE001 - the next holder adopts what could not be recorded
        complain(mouth, "mouth.left", error)
    _fall_silent(mouth)


async def _record_again(mouth: Mouth, db: AsyncConnection) -> None:
    """Write the newest outcomes once more: a server that fell may have lost them, and only them.

    Where they were kept, nothing changes. Without this, what was said would be given back and said again.
    """
    await outbox.record(db, [outcome for _, outcome in mouth.recorded.values()], mouth.now())


async def _adopt(mouth: Mouth, db: AsyncConnection) -> None:
    """Decide what follows for rows that earlier holders had in flight: nobody knows whether they were said."""
    if mouth.lease is None:
        return
    for row in await in_flight.adopt(db, mouth.lease):
        died = SendError("holder-died", unknown=True)
        edited = row.edit is not None and mouth.sender.edits
        mouth.in_flight[row.key] = row
        mouth.finished.append(
            outcomes.after_error(row, died, edited=edited, now=mouth.now(), jitter=1.0)
        )


async def _sweep(mouth: Mouth, db: AsyncConnection) -> None:
    if mouth.lease is None:
        return
    mouth.swept_at = time.monotonic()
    await in_flight.give_back(db, mouth.lease, [row.id for row in mouth.in_flight.values()])
    if await said_later(mouth, db, mouth.lease) == in_flight.MOST_FAILED:  # There may be more.
        mouth.swept_at -= mouth.timing.sweep - _TROUBLE
    if mouth.ways is not None:
        await ways.look(mouth.ways, db, mouth.now())
        await _look_again(mouth, db)
    ripe = [one for one in mouth.lost if mouth.swept_at - one[0] >= mouth.timing.settled]
    if ripe:
        await addresses.find_again(db, [(here, id_) for _, here, id_ in ripe], mouth.now())
        del mouth.lost[: len(ripe)]


async def _look_again(mouth: Mouth, db: AsyncConnection) -> None:
    """Let go what was held while its person was writing to us."""
    ripe = [one for one in mouth.closed if mouth.swept_at - one[0] >= mouth.timing.settled]
    if ripe:
        await windows.find_open(db, [(here, id_) for _, here, id_ in ripe], mouth.now())
        del mouth.closed[: len(ripe)]


async def _step(mouth: Mouth, db: AsyncConnection, lease: Lease) -> float:
    """Record what ended and claim what may be said now; return the seconds to rest, 0 for none."""
    await _record(mouth, db, lease)
    if time.monotonic() - mouth.swept_at > mouth.timing.sweep:
        await _sweep(mouth, db)
    answer(mouth)
    now, poll = time.monotonic(), mouth.timing.poll
    if (wait := pacing.ready_at(mouth.pacer, now, paid=True) - now) > 0:
        return min(wait, poll)
    found_all = True
    for levels, limit in _rooms(mouth, now):
        if not mouth.may_speak(lease.fence):
            return poll
        found_all &= await _claim(mouth, db, lease, levels, limit) == limit
    if found_all:  # There may be more; where no room is left a row that ends stirs us.
        return 0.0 if _rooms(mouth, time.monotonic()) else poll
    room = pacing.next_room(mouth.pacer, time.monotonic())
    return poll if room is None else min(poll, room)


async def _claim(
    mouth: Mouth, db: AsyncConnection, lease: Lease, levels: Sequence[int], limit: int
) -> int:
    """Claim rows and begin to say them; return how many."""
    empty, crowded = pacing.crowded(mouth.pacer, time.monotonic())
    async with mouth.claiming:
        rows = await outbox.claim(
            db, lease, now=mouth.now(), limit=limit, levels=levels, empty=empty, crowded=crowded
        )
        for row in rows:
            say(mouth, row)
    return len(rows)


def _rooms(mouth: Mouth, now: float) -> list[tuple[Sequence[int], int]]:
    """Return which levels may be claimed, and how many rows: with what is paid for in a lane of its own."""
    rates = mouth.sender.rates
    free = rates.at_once - len(mouth.in_flight)
    pushes = sum(row.purpose.is_push for row in mouth.in_flight.values())
    for_pushes = min(free, rates.at_once - RESERVED - pushes)
    mouth.shut = {level: until for level, until in mouth.shut.items() if until > now}
    levels = [level for level in outbox.LEVELS if level not in mouth.shut]
    waiting = [row for row in mouth.in_flight.values() if row.id in mouth.undeparted]
    paying = sum(mouth.pays(row) for row in waiting)
    rooms: list[tuple[Sequence[int], int]] = []
    if mouth.pacer.every is not None:
        levels = [level for level in levels if level != _PAID]
        if _PAID not in mouth.shut:
            rooms.append(([_PAID], min(for_pushes, _UNDEPARTED_PAID - paying)))
    if rates.interval:
        free = min(free, _UNDEPARTED - (len(waiting) - paying))
    if for_pushes <= 0:
        rooms.insert(0, ([Purpose.REPLY.priority], free))
    else:
        rooms.insert(0, (levels, min(free, for_pushes)))
    return [(levels, limit) for levels, limit in rooms if limit > 0]


async def _record(mouth: Mouth, db: AsyncConnection, lease: Lease) -> None:
    """Write outcomes in one statement; they stay at hand until the database has them."""
    until = mouth.silent_until
    if until is not None:
        await leases.be_silent(db, lease, until)
        if mouth.silent_until == until:
            mouth.silent_until = None
    if not mouth.finished:
        return
    ended = list(mouth.finished)
    await outbox.record(db, ended, mouth.now())
    del mouth.finished[: len(ended)]
    now = time.monotonic()
    while mouth.recorded and now - next(iter(mouth.recorded.values()))[0] > _ON_DISK:
        del mouth.recorded[next(iter(mouth.recorded))]
    for outcome in ended:
        mouth.recorded[outcome.row.key] = now, outcome
        if mouth.in_flight.get(outcome.row.key) is outcome.row:
            del mouth.in_flight[outcome.row.key]
        labels = mouth.sender.channel, outcome.row.purpose.value, outcome.state.value
        if outcome.state is State.UNADDRESSED:
            mouth.lost.append((now, *outcome.row.key))
        if outcome.reason == "window" and outcome.row.reason != ways.CLOSED:
            mouth.closed.append((now, *outcome.row.key))
        metrics.OUTCOMES.labels(*labels, outcome.reason or "").inc()
    metrics.IN_FLIGHT.labels(mouth.sender.channel).set(len(mouth.in_flight))


async def _rest(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
