"""How one claimed row is said: hours, check, words, pace, request, outcome."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import is_passing, transaction
from notifications import (
    errors,
    fresh,
    in_flight,
    messages,
    outcomes,
    pacing,
    quiet,
    statuses,
    trouble,
    ways,
    words,
)
from notifications.errors import Action
from notifications.fresh import Hold
from notifications.lease import Lease
from notifications.messages import Content
from notifications.mouth import DATABASE_TROUBLE, Check, Mouth, complain
from notifications.outbox import Claimed, Outcome, State
from notifications.quiet import Quiet
from notifications.senders import SendError, by_rule
from notifications.ways import Ways
from notifications.words import Words

_ANSWERS_AT_ONCE = 4
_LATE_FOR_AN_ANSWER = 5.0  # seconds: Telegram forgets a pressed button soon
_UPLOADING = 1.0  # seconds the others wait while a file is uploaded that many get
_MOST_FAILURES = 5  # of one message, each told after the channel had taken it
_LONGEST_NAP = 0.02  # seconds: an answer that comes meanwhile may let the next one go

log = structlog.get_logger()


def say(mouth: Mouth, row: Claimed) -> None:
    """Begin to say a claimed row; its outcome will stand in `finished`."""
    mouth.in_flight[row.key] = row
    mouth.recorded.pop(row.key, None)
    mouth.undeparted.add(row.id)
    _spawn(mouth, _deliver(mouth, row))


async def said_later(mouth: Mouth, db: AsyncConnection, lease: Lease) -> int:
    """Do about rows that failed after they were taken what the table says of their codes; return how many."""
    failed = await in_flight.claim_failed(db, lease)
    for row, code in failed:
        mouth.in_flight[row.key] = row
        mouth.recorded.pop(row.key, None)
        _spawn(mouth, _failed(mouth, row, code))
    return len(failed)


def answer(mouth: Mouth) -> None:
    """Begin to answer pressed buttons, a few at once."""
    waiting = mouth.bell.answers.get(mouth.where)
    while waiting and mouth.lease is not None and mouth.answering < _ANSWERS_AT_ONCE:
        mouth.answering += 1
        _spawn(mouth, _answer(mouth, waiting.popleft(), mouth.lease.fence))


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
    if said.is_nothing and not mouth.sender.edits:
        return outcomes.after_check(row, "not-needed")
    if mouth.ways is None:
        return await _in_turn(mouth, row, row.chat, said)
    way = await _way(mouth, mouth.ways, row, said)
    return way if isinstance(way, Outcome) else await _in_turn(mouth, row, *way)


async def _way(mouth: Mouth, known: Ways, row: Claimed, said: Words) -> tuple[str, Words] | Outcome:
    """Find whom to address, and whether as a template."""
    try:
        return await ways.find(known, row, said, mouth.now())
    except SendError as error:
        return await trouble.follow(mouth, row, error, edited=False)
    except DATABASE_TROUBLE as error:
        complain(mouth, "message.way_unknown", error)
        return trouble.later(mouth, row, "database")


async def _in_turn(mouth: Mouth, row: Claimed, to: str, said: Words) -> Outcome:
    """Send at the pace. A file that many get is uploaded once: the others wait until the channel named it."""
    key = said.file.key if said.file and not mouth.sender.uploads.name_of(said.file) else None
    if key in mouth.uploading:
        mouth.shut[row.priority] = time.monotonic() + _UPLOADING
        return outcomes.until(row, mouth.now() + timedelta(seconds=_UPLOADING))
    first = {key} if key else set()
    mouth.uploading |= first
    try:
        if not await _depart(mouth, row):
            return outcomes.unsaid(row)
        mouth.undeparted.discard(row.id)
        outcome = await _send(mouth, row, to, said)
    finally:
        mouth.uploading -= first
    if outcome.state in (State.SENT, State.UNKNOWN):
        outcome = replace(outcome, template=said.template.name if said.template else None)
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
        return trouble.later(mouth, row, "hours")


async def _make_aside(content: Content, *, resent: bool) -> Words:
    """Draw in a thread: a picture takes longer than a chat should wait for another's."""
    return await asyncio.to_thread(words.make, content, resent=resent)


async def _recheck(mouth: Mouth, row: Claimed, content: Content, check: Check) -> Outcome | None:
    try:
        async with transaction(mouth.engine, koperasi_id=row.koperasi_id) as db:
            reason = await check(db, row, content)
    except Exception as error:  # noqa: BLE001 - not known is not a reason to say it, nor never to
        complain(mouth, "message.unchecked", error)
        return trouble.later(mouth, row, "check")
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
        return trouble.later(mouth, row, "database")
    match made:
        case Hold():
            return outcomes.held(row, made.reason)
        case str():
            return outcomes.after_check(row, made)
        case datetime():
            return outcomes.until(row, made)
        case _:
            return made


async def _depart(mouth: Mouth, row: Claimed) -> bool:
    """Wait for the pace; false when the row may not be said now: the lease went, or silence came."""
    while mouth.may_speak(row.fence):
        now = time.monotonic()
        if mouth.pacer.silent_until > now:
            return False
        wait = pacing.depart(mouth.pacer, now, row.chat, paid=mouth.pays(row))
        if wait <= 0:
            return True
        await asyncio.sleep(min(wait, _LONGEST_NAP))
    return False


async def _send(mouth: Mouth, row: Claimed, to: str, said: Words) -> Outcome:
    """Make the request. Whoever asks has just departed: nothing is awaited in between."""
    paid = mouth.pays(row)
    departed = pacing.departure(mouth.pacer, paid=paid)
    edit = row.edit if mouth.sender.edits and said.can_replace else None
    template = said.template.name if said.template else None
    if template and mouth.ways is not None:
        ways.wrote(mouth.ways, row.chat, mouth.now())
    try:
        message_id = await mouth.sender.send(
            to, said, edit=edit, tracker=statuses.tracker(*row.key), paid=paid
        )
    except SendError as error:
        pacing.answered(mouth.pacer, departed, time.monotonic())
        return await trouble.follow(mouth, row, error, edited=edit is not None, template=template)
    except Exception:  # A sender's bug: nobody knows what was sent.
        log.exception("sender.bug", id=str(row.id))
        bug = SendError("bug", unknown=True)
        return await trouble.follow(mouth, row, bug, edited=edit is not None)
    pacing.answered(mouth.pacer, departed, time.monotonic())
    mouth.troubles = 0
    return outcomes.after_sent(row, message_id)


async def _failed(mouth: Mouth, row: Claimed, code: str) -> None:
    error = by_rule(errors.find(row.channel, code))
    error.unknown = False  # It is known: nobody got it.
    if row.attempts >= _MOST_FAILURES and error.action is Action.BACKOFF:
        error = SendError(error.reason)
    try:
        outcome = await trouble.follow(mouth, row, error, edited=False, template=row.template)
    except Exception:  # A bug of ours: the others go on.
        log.exception("message.bug", id=str(row.id))
        outcome = outcomes.after_failure(row, "bug")
    mouth.finished.append(outcome)


async def _answer(mouth: Mouth, callback_id: str, fence: int) -> None:
    departed: pacing.Departure | None = None
    try:
        while mouth.may_speak(fence):
            wait = pacing.depart(mouth.pacer, time.monotonic())
            if wait <= 0:
                departed = pacing.departure(mouth.pacer)
                await mouth.sender.answer(callback_id)
                return
            if wait > _LATE_FOR_AN_ANSWER:
                return
            await asyncio.sleep(min(wait, _LONGEST_NAP))
    except SendError as error:
        if error.retry_after is not None:
            trouble.pause(mouth, error)
    finally:
        pacing.answered(mouth.pacer, departed, time.monotonic())
        mouth.answering -= 1
