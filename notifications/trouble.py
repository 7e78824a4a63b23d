"""What follows an error beside what its row becomes: silence, a lower rate, an address's end, an alarm."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import structlog

from core import consents
from core.consents import Consent
from core.database import transaction
from notifications import addresses, metrics, outcomes, pacing, ways
from notifications.errors import Action
from notifications.messages import Address, Purpose
from notifications.mouth import DATABASE_TROUBLE, Mouth, complain, revive
from notifications.outbox import Claimed, Outcome
from notifications.senders import SendError

_LONGEST_PAUSE = 30.0  # seconds, while a channel is out of reach or fails
_LOSING = (Action.STOP_ADDRESS, Action.STOP_AT_SECOND)
_ELSEWHERE = (*_LOSING, Action.OTHER_CHANNEL)

log = structlog.get_logger()


async def follow(
    mouth: Mouth, row: Claimed, error: SendError, *, edited: bool, template: str | None = None
) -> Outcome:
    """Do what the table says about an error; return what the row becomes. `template`: with which it was said."""
    pause(mouth, error)
    if template is None:
        _shut(mouth, row, error)
    if error.alarm is not None:
        metrics.ALARMS.labels(error.alarm).inc()
        log.error("alarm", name=error.alarm, channel=mouth.sender.channel)
    other: Address | None = None
    try:
        if error.action in _LOSING:
            await _lose_address(mouth, row, error)
        if error.action in _ELSEWHERE and row.purpose.is_push and row.person_id is not None:
            other = await _other(mouth, row, row.person_id)
        if error.action is Action.WITHDRAW and row.person_id is not None:
            await _withdraw(mouth, row, row.person_id)
        if error.action is Action.HOLD_PURPOSE and template is not None and mouth.ways is not None:
            await ways.refused(mouth.ways, template, error, mouth.now())
            return outcomes.held(row, error.reason, template=template)
    except DATABASE_TROUBLE as failure:  # The next sending to this chat finds it out again.
        complain(mouth, "address.unended", failure)
        if row.purpose.is_push:
            return later(mouth, row, "database")
    outcome = outcomes.after_error(
        row, error, edited=edited, now=mouth.now(), jitter=random.random(), other=other  # noqa: S311
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


def later(mouth: Mouth, row: Claimed, reason: str) -> Outcome:
    """Try again when the database has had some time."""
    error = SendError(reason, retryable=True)
    return outcomes.after_error(
        row, error, edited=False, now=mouth.now(), jitter=random.random()  # noqa: S311
    )  # fmt: skip


def pause(mouth: Mouth, error: SendError) -> None:
    """Keep the whole account silent: as long as the channel asks, or longer with each failure of its own."""
    now = time.monotonic()
    if error.retry_after is not None:
        pacing.silence(mouth.pacer, now + error.retry_after)
        until = mouth.now() + timedelta(seconds=error.retry_after)
        mouth.silent_until = max(until, mouth.silent_until or until)
        metrics.SILENCES.labels(mouth.sender.channel).inc()
        log.warning("mouth.silenced", channel=mouth.sender.channel, seconds=error.retry_after)
        if error.action is Action.SLOW_DOWN:
            pacing.slow_down(mouth.pacer, now)
    elif error.action is Action.BREAK:
        pacing.silence(mouth.pacer, now + error.seconds)
    elif error.action is Action.BACKOFF and error.retryable and mouth.pacer.silent_until <= now:
        seconds = min(_LONGEST_PAUSE, 0.25 * 2.0 ** min(mouth.troubles, 10))
        mouth.troubles += 1
        pacing.silence(mouth.pacer, now + seconds)


def _shut(mouth: Mouth, row: Claimed, error: SendError) -> None:
    """Claim no more of what the channel does not want now; after the time one of them is tried."""
    if error.action is Action.HOLD_BULK:
        levels = [purpose.priority for purpose in Purpose if purpose.is_bulk]
    elif error.action is Action.HOLD_PURPOSE and row.purpose.is_bulk:
        levels = [row.priority]
    else:
        return
    mouth.shut |= dict.fromkeys(levels, time.monotonic() + error.seconds)


async def _lose_address(mouth: Mouth, row: Claimed, error: SendError) -> None:
    """End an address, or count one strike against it: `gone` says afterwards which."""
    gone = Address(channel=mouth.sender.channel, account=mouth.sender.account, chat=row.chat)
    async with mouth.engine.connect() as db:
        await revive(db)
        if error.action is Action.STOP_ADDRESS:
            await addresses.end(db, gone, reason=error.reason, now=mouth.now())
        else:
            error.gone = await addresses.strike(db, gone, reason=error.reason, now=mouth.now())


async def _other(mouth: Mouth, row: Claimed, person_id: int) -> Address | None:
    async with mouth.engine.connect() as db:
        await revive(db)
        return await addresses.other(
            db,
            koperasi_id=row.koperasi_id,
            person_id=person_id,
            than=Address(channel=mouth.sender.channel, account=mouth.sender.account, chat=row.chat),
            consent=row.purpose.value if row.purpose.is_bulk else None,
        )


async def _withdraw(mouth: Mouth, row: Claimed, person_id: int) -> None:
    """Withdraw the one consent a message was sent by."""
    if not row.purpose.is_bulk:
        return
    async with transaction(mouth.engine, koperasi_id=row.koperasi_id) as db:
        await consents.withdraw(
            db,
            koperasi_id=row.koperasi_id,
            person_id=person_id,
            channel=row.channel,
            at=mouth.now(),
            purposes=(Consent(row.purpose.value),),
        )
