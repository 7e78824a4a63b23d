"""One mouth: what it holds now, and how one claimed row is said."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.database import driver, is_passing, transaction
from core.sealing import Keys
from notifications import addresses, fresh, messages, metrics, outcomes, pacing, quiet, words
from notifications.bell import Bell
from notifications.fresh import Hold
from notifications.lease import RENEWED_EVERY, SECONDS, Lease
from notifications.messages import Address, Content, Purpose
from notifications.outbox import Claimed, Outcome
from notifications.quiet import Quiet
from notifications.senders import Sender, SendError
from notifications.words import Words

_LONGEST_PAUSE = 30.0  # seconds, while a channel is out of reach or fails
_ANSWERS_AT_ONCE = 4
_LATE_FOR_AN_ANSWER = 5.0  # seconds: Telegram forgets a pressed button soon
_DATABASE_TROUBLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server said goodbye; the connection is not closed yet
    DBAPIError,
)

log = structlog.get_logger()

# Whether a message still need be said: a reason not to, or none. Runs in a transaction of the
# row's cooperative, as the clock.
Check = Callable[[AsyncConnection, Claimed, Content], Awaitable[str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds that tests shorten."""

    lease: float = SECONDS
    renew: float = RENEWED_EVERY
    poll: float = 1.0
    farewell: float = 15.0  # for what is in flight when the service stops
    gauges: float = 15.0
    sweep: float = (
        5.0  # between looks for claims whose answer was lost, and for rows without a chat
    )
    settled: float = 1.0  # after which a turn that linked another chat meanwhile has ended


@dataclass(slots=True, kw_only=True)
class Mouth:
    """The state of one mouth; it lives and dies with its process."""

    engine: AsyncEngine
    keys: Keys
    sender: Sender
    bell: Bell
    stop: asyncio.Event
    checks: Mapping[Purpose, Check]
    timing: Timing
    now: Callable[[], datetime]
    pacer: pacing.Pacer
    quiet: Quiet | None = None  # none: pushes leave at any hour
    holder: str = field(default_factory=lambda: uuid4().hex)
    lease: Lease | None = None
    held_until: float = 0.0  # on this process's own clock: never later than the database's
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)  # rows, or moving those of a night
    stir: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: dict[tuple[int, UUID], Claimed] = field(default_factory=dict)
    undeparted: set[UUID] = field(default_factory=set)  # claimed, request not yet begun
    finished: list[Outcome] = field(default_factory=list)  # not yet recorded
    # Recorded in the last seconds, with when, oldest first; not those that were claimed anew.
    recorded: dict[tuple[int, UUID], tuple[float, Outcome]] = field(default_factory=dict)
    lost: list[tuple[float, int, UUID]] = field(
        default_factory=list
    )  # rows without a chat, since when
    silent_until: datetime | None = None  # asked for by the channel, not yet recorded
    troubles: int = 0  # the channel's, one after the other
    swept_at: float = 0.0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    answering: int = 0

    @property
    def where(self) -> tuple[str, str]:
        """Return channel and account."""
        return self.sender.channel, self.sender.account

    def may_speak(self, fence: int) -> bool:
        """Whether what was claimed under this fence may still be said."""
        held = self.lease is not None and self.lease.fence == fence
        return held and time.monotonic() < self.held_until


def say(mouth: Mouth, row: Claimed) -> None:
    """Begin to say a claimed row; its outcome will stand in `finished`."""
    mouth.in_flight[row.key] = row
    mouth.recorded.pop(row.key, None)
    mouth.undeparted.add(row.id)
    _spawn(mouth, _deliver(mouth, row))


def answer(mouth: Mouth) -> None:
    """Begin to answer pressed buttons, a few at once."""
    waiting = mouth.bell.answers.get(mouth.where)
    while waiting and mouth.lease is not None and mouth.answering < _ANSWERS_AT_ONCE:
        mouth.answering += 1
        _spawn(mouth, _answer(mouth, waiting.popleft(), mouth.lease.fence))


def complain(mouth: Mouth, event: str, error: BaseException) -> None:
    """Log trouble: the database's in a line, anything else with its traceback."""
    if isinstance(error, _DATABASE_TROUBLE) or is_passing(error):
        log.warning(event, channel=mouth.sender.channel, error=type(error).__name__)
    else:
        log.error(event, channel=mouth.sender.channel, exc_info=error)


async def revive(db: AsyncConnection) -> None:
    """Replace a pooled connection whose server went away."""
    raw = await driver(db)
    if raw.is_closed():
        await db.invalidate()


def _spawn(mouth: Mouth, work: Coroutine[Any, Any, None]) -> None:
    def ended(task: asyncio.Task[None]) -> None:
        mouth.tasks.discard(task)
        mouth.stir.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            complain(mouth, "mouth.bug", error)

    task = asyncio.create_task(work)
    mouth.tasks.add(task)
    task.add_done_callback(ended)


async def _deliver(mouth: Mouth, row: Claimed) -> None:
    """Make the words of one row and say them; whatever happens, an outcome is left behind."""
    try:
        outcome = await _outcome(mouth, row)
    except Exception:  # A bug of ours: the others go on.
        log.exception("message.bug", id=str(row.id))
        outcome = outcomes.after_failure(row, "bug")
    finally:
        mouth.undeparted.discard(row.id)
    mouth.finished.append(outcome)


async def _outcome(mouth: Mouth, row: Claimed) -> Outcome:
    if mouth.quiet is not None and row.purpose.is_push:
        waits = await _postponed(mouth, mouth.quiet, row)
        if waits is not None:
            return waits
    try:
        content = messages.unseal(row.facts, mouth.keys)
        if (check := mouth.checks.get(row.purpose)) is not None:
            reason = await _recheck(mouth, row, content, check)
            if reason is not None:
                return reason
        if content.fresh is not None:
            instead = await _refresh(mouth, row, content)
            if isinstance(instead, Outcome):
                return instead
            content = instead
        making = words.make if content.attachment is None else _make_aside
        made = making(content, resent=row.resent)
        said = made if isinstance(made, Words) else await made
    except Exception:  # A text or its facts are wrong: a bug of ours.
        log.exception("message.unrendered", id=str(row.id), purpose=row.purpose.value)
        return outcomes.after_failure(row, "render")
    if not await _depart(mouth, row):
        return outcomes.unsaid(row)
    mouth.undeparted.discard(row.id)
    outcome = await _send(mouth, row, said)
    return replace(outcome, words=words.seal(said, mouth.keys))


async def _postponed(mouth: Mouth, hours: Quiet, row: Claimed) -> Outcome | None:
    try:
        at = await quiet.closed_until(hours, row.koperasi_id, mouth.now())
        if at is None:
            return None
        async with mouth.claiming:
            beside = [one for one in mouth.in_flight.values() if one.id in mouth.undeparted]
            return outcomes.until(row, await quiet.place(hours, row, beside, at))
    except Exception as error:  # noqa: BLE001 - as with a check
        complain(mouth, "message.hours_unknown", error)
        return _later(mouth, row, "hours")


async def _make_aside(content: Content, *, resent: bool) -> Words:
    """Draw in a thread: a picture takes longer than a chat should wait for another's."""
    return await asyncio.to_thread(words.make, content, resent=resent)


async def _recheck(mouth: Mouth, row: Claimed, content: Content, check: Check) -> Outcome | None:
    try:
        async with transaction(mouth.engine, koperasi_id=row.koperasi_id) as db:
            reason = await check(db, row, content)
    except Exception as error:  # noqa: BLE001 - not known is not a reason to say it, nor never to
        complain(mouth, "message.unchecked", error)
        return _later(mouth, row, "check")
    return None if reason is None else outcomes.after_check(row, reason)


async def _refresh(mouth: Mouth, row: Claimed, content: Content) -> Content | Outcome:
    """Make what is said from the books of this second. Raises what is a bug of ours."""
    try:
        async with transaction(mouth.engine, koperasi_id=row.koperasi_id) as db:
            made = await fresh.make(db, row, content, mouth.keys, mouth.now())
    except Exception as error:
        if not is_passing(error):
            raise
        complain(mouth, "message.unmade", error)
        return _later(mouth, row, "database")
    match made:
        case Hold():
            return outcomes.held(row, made.reason)
        case str():
            return outcomes.after_check(row, made)
        case datetime():
            return outcomes.until(row, made)
        case _:
            return made


def _later(mouth: Mouth, row: Claimed, reason: str) -> Outcome:
    """Try again when the database has had some time."""
    error = SendError(reason, retryable=True)
    return outcomes.after_error(
        row, error, edited=False, now=mouth.now(), jitter=random.random()  # noqa: S311
    )  # fmt: skip


async def _depart(mouth: Mouth, row: Claimed) -> bool:
    """Wait for the pace; false when the row may not be said now: the lease went, or silence came."""
    while mouth.may_speak(row.fence):
        now = time.monotonic()
        if mouth.pacer.silent_until > now:
            return False
        wait = pacing.depart(mouth.pacer, now, row.chat)
        if wait <= 0:
            return True
        await asyncio.sleep(wait)
    return False


async def _send(mouth: Mouth, row: Claimed, said: Words) -> Outcome:
    edit = row.edit if mouth.sender.edits and said.can_replace else None
    try:
        message_id = await mouth.sender.send(row.chat, said, edit=edit, tracker=row.id)
    except SendError as error:
        return await _after_error(mouth, row, error, edited=edit is not None)
    except Exception:  # A sender's bug: nobody knows what was sent.
        log.exception("sender.bug", id=str(row.id))
        bug = SendError("bug", unknown=True)
        return await _after_error(mouth, row, bug, edited=edit is not None)
    mouth.troubles = 0
    return outcomes.after_sent(row, message_id)


async def _after_error(mouth: Mouth, row: Claimed, error: SendError, *, edited: bool) -> Outcome:
    _pause(mouth, error)
    if error.gone:
        await _end_address(mouth, row, error.reason)
    outcome = outcomes.after_error(
        row, error, edited=edited, now=mouth.now(), jitter=random.random()  # noqa: S311
    )  # fmt: skip
    log.info(
        "message.trouble",
        id=str(row.id),
        purpose=row.purpose.value,
        reason=error.reason,
        state=outcome.state.value,
        attempts=row.attempts,
    )
    return outcome


def _pause(mouth: Mouth, error: SendError) -> None:
    """Keep the whole account silent: as long as the channel asks, or longer with each failure of its own."""
    now = time.monotonic()
    if error.retry_after is not None:
        pacing.silence(mouth.pacer, now + error.retry_after)
        until = mouth.now() + timedelta(seconds=error.retry_after)
        mouth.silent_until = max(until, mouth.silent_until or until)
        metrics.SILENCES.labels(mouth.sender.channel).inc()
        log.warning("mouth.silenced", channel=mouth.sender.channel, seconds=error.retry_after)
    elif error.retryable and mouth.pacer.silent_until <= now:
        pause = min(_LONGEST_PAUSE, 0.25 * 2.0 ** min(mouth.troubles, 10))
        mouth.troubles += 1
        pacing.silence(mouth.pacer, now + pause)


async def _end_address(mouth: Mouth, row: Claimed, reason: str) -> None:
    gone = Address(channel=mouth.sender.channel, account=mouth.sender.account, chat=row.chat)
    try:
        async with mouth.engine.connect() as db:
            await revive(db)
            await addresses.end(db, gone, reason=reason, now=mouth.now())
    except _DATABASE_TROUBLE as error:  # The next message to this chat finds it out again.
        complain(mouth, "address.unended", error)


async def _answer(mouth: Mouth, callback_id: str, fence: int) -> None:
    try:
        while mouth.may_speak(fence):
            wait = pacing.depart(mouth.pacer, time.monotonic())
            if wait <= 0:
                await mouth.sender.answer(callback_id)
                return
            if wait > _LATE_FOR_AN_ANSWER:
                return
            await asyncio.sleep(wait)
    except SendError as error:
        if error.retry_after is not None:
            _pause(mouth, error)
    finally:
        mouth.answering -= 1
