"""What follows each outcome of a sending: sent, once more, given up. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from notifications.errors import Action
from notifications.messages import Address
from notifications.outbox import Claimed, Outcome, State
from notifications.senders import SendError
from notifications.statuses import CHANNEL

_MOST_ATTEMPTS = 12  # while the channel answers with its own failures: about ten minutes
_LONGEST_WAIT = 60.0  # seconds
_STATUS = timedelta(
    seconds=60
)  # in which a channel that tells statuses says that it took a message


def backoff(attempts: int, jitter: float) -> float:
    """Return the seconds to wait after so many attempts; `jitter` in 0..1 takes up to half of them away."""
    return min(_LONGEST_WAIT, 0.5 * 2.0 ** min(attempts, 10)) * (1 - jitter / 2)


def after_sent(row: Claimed, message_id: str) -> Outcome:
    """Close a row: the channel took it and named the message."""
    return _end(row, State.SENT, None, message_id=message_id)


def after_failure(row: Claimed, reason: str) -> Outcome:
    """Close a row: it will never be said."""
    return _end(row, State.FAILED, reason)


def after_check(row: Claimed, reason: str) -> Outcome:
    """Close a row: it need not be said any more."""
    return _end(row, State.CANCELLED, reason)


def until(row: Claimed, at: datetime, *, reason: str | None = None) -> Outcome:
    """Let a row wait until an instant, as if it had never been tried: others of its chat may go before."""
    return _again(row, at=at, attempts=0, reason=reason)


def held(row: Claimed, reason: str, *, template: str | None = None) -> Outcome:
    """Let a row wait until somebody lets it go; `template`: for that one."""
    return replace(_end(row, State.HELD, reason), attempts=0, template=template)


def unsaid(row: Claimed) -> Outcome:
    """Let a row wait again as if it had not been claimed: it was not sent."""
    return _again(row, at=row.not_before, attempts=row.attempts - 1)


def after_error(
    row: Claimed,
    error: SendError,
    *,
    edited: bool,
    now: datetime,
    jitter: float,
    other: Address | None = None,
) -> Outcome:
    """Decide what follows an error; `edited`: the request was to replace a message; `other`: the person's other chat.

    An unknown outcome is no loss when replacing, which may be done twice. Otherwise replies, receipts,
    approvals, notices and announcements go out once more, marked; a second unknown stays unknown.
    A channel that answers with its own failure (5xx) has answered: then the marked one is tried
    for longer. Reminders and statements are dropped. What loses its chat goes to the person's other one;
    without one receipts, approvals and notices wait for the next.
    """
    reason = error.reason
    match error.action:
        case Action.NEW_MESSAGE:
            return _again(row, at=row.not_before, attempts=row.attempts - 1, edit=None)
        case Action.PAUSE | Action.SLOW_DOWN | Action.BREAK:
            return _again(row, at=row.not_before, attempts=row.attempts - 1, reason=reason)
        case Action.REQUEUE:
            at = now + timedelta(seconds=error.seconds * row.attempts)
            return _again(row, at=at, reason=reason)
        case Action.HOLD_BULK | Action.HOLD_PURPOSE if row.purpose.is_bulk:
            return _again(row, at=now + timedelta(seconds=error.seconds), attempts=0, reason=reason)
        case Action.TEMPLATE if row.reason != reason:
            return _again(row, at=row.not_before, reason=reason)
        case Action.WITHDRAW:
            return after_check(row, reason)
        case Action.STOP_ADDRESS | Action.STOP_AT_SECOND | Action.OTHER_CHANNEL:
            return _elsewhere(row, error, other, now)
        case Action.BACKOFF | Action.ONCE_MORE | Action.HOLD_BULK | Action.HOLD_PURPOSE:
            at = now + timedelta(seconds=backoff(row.attempts, jitter))
            return _later(row, error, edited=edited, now=now, at=at)
    return after_failure(row, reason)


def _elsewhere(row: Claimed, error: SendError, other: Address | None, now: datetime) -> Outcome:
    """Follow a person to another chat, or wait for one, or give up. An answer belongs to its chat."""
    if other is not None:
        return replace(
            _again(row, at=row.not_before, attempts=0, edit=None, reason=error.reason), to=other
        )
    if error.gone and row.purpose.waits_for_a_chat and row.person_id is not None:
        return replace(_end(row, State.UNADDRESSED, error.reason), edit=None, attempts=0)
    if error.seconds:
        at = now + timedelta(seconds=error.seconds)
        return _again(row, at=at, attempts=0, reason=error.reason)
    return after_failure(row, error.reason)


def _later(row: Claimed, error: SendError, *, edited: bool, now: datetime, at: datetime) -> Outcome:
    """Say it again at an instant, when that can be right."""
    if not error.unknown:
        return _again(row, at=at, reason=error.reason)
    if row.attempts < _MOST_ATTEMPTS:
        if edited:
            return _again(row, at=at, reason=error.reason)
        if row.purpose.said_again_when_unknown and (error.retryable or not row.resent):
            return _marked(row, error, now=now, at=at)
    return _end(row, State.UNKNOWN, error.reason)


def _marked(row: Claimed, error: SendError, *, now: datetime, at: datetime) -> Outcome:
    """Say it once more, marked; where a status may still tell that it was said, not within its minute.

    Meanwhile others of its chat may go before: nobody waits a minute for an answer.
    """
    at = at if error.retryable else now
    if row.channel != CHANNEL:
        return _again(row, at=at, resent=True, reason=error.reason)
    attempts = row.attempts if error.retryable else 0
    at = max(at, now + _STATUS)
    return _again(row, at=at, attempts=attempts, resent=True, reason=error.reason)


def _again(
    row: Claimed,
    *,
    at: datetime,
    attempts: int | None = None,
    resent: bool | None = None,
    edit: str | None = "",
    reason: str | None = None,
) -> Outcome:
    return Outcome(
        row=row,
        state=State.WAITING,
        not_before=at,
        resent=row.resent if resent is None else resent,
        edit=row.edit if edit == "" else edit,
        attempts=row.attempts if attempts is None else attempts,
        reason=reason,
    )


def _end(
    row: Claimed, state: State, reason: str | None, *, message_id: str | None = None
) -> Outcome:
    return Outcome(
        row=row,
        state=state,
        not_before=row.not_before,
        resent=row.resent,
        edit=row.edit,
        attempts=row.attempts,
        reason=reason,
        message_id=message_id,
    )
