"""Senders: what turns words into a channel's requests, and a channel's errors into SendError.

One module per channel. A sender is told when to speak (notifications.delivery); it never waits by itself.
"""

from __future__ import annotations

from typing import Protocol

from notifications.errors import Action, Rule
from notifications.pacing import Rates
from notifications.senders.uploads import Uploads
from notifications.words import Words


class SendError(Exception):
    """A message was not said, or nobody knows.

    `action` is what follows (notifications.errors), `seconds` how long that lasts. `retry_after` is the
    channel's own wish, in seconds, for the whole account. `retryable`: the same request may succeed
    later. `code`: the channel's own. `unknown`: the request left; it may have been carried out. `gone`: nobody is reached in this
    chat any more. `uneditable`: the message to be replaced cannot be; a new one must be sent.
    """

    def __init__(
        self,
        reason: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        unknown: bool = False,
        gone: bool = False,
        uneditable: bool = False,
        action: Action | None = None,
        seconds: float = 0.0,
        alarm: str | None = None,
        code: str | None = None,
    ) -> None:
        """Keep what is known; `reason` is one word for logs, metrics and the outbox row."""
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable or retry_after is not None
        self.retry_after = retry_after
        self.unknown = unknown
        self.gone = gone
        self.uneditable = uneditable
        self.seconds = seconds
        self.alarm = alarm
        self.code = code
        self.action = action or _action(self)


def by_rule(rule: Rule, *, retry_after: float | None = None) -> SendError:
    """Make the error of a row of the table; `retry_after` when the channel named a time of its own."""
    if rule.action is Action.SLOW_DOWN and retry_after is None:
        retry_after = rule.seconds
    return SendError(
        rule.reason,
        retryable=rule.action in (Action.BACKOFF, Action.BREAK, Action.REQUEUE),
        retry_after=retry_after if rule.action in (Action.PAUSE, Action.SLOW_DOWN) else None,
        unknown=rule.unknown,
        gone=rule.action is Action.STOP_ADDRESS,
        uneditable=rule.action is Action.NEW_MESSAGE,
        action=rule.action,
        seconds=rule.seconds,
        alarm=rule.alarm,
    )


def _action(error: SendError) -> Action:
    """Say what follows an error that is no channel's: the database's, or a bug's."""
    if error.uneditable:
        return Action.NEW_MESSAGE
    if error.retry_after is not None:
        return Action.PAUSE
    if error.gone:
        return Action.STOP_ADDRESS
    if error.retryable:
        return Action.BACKOFF
    return Action.ONCE_MORE if error.unknown else Action.REFUSED


class Sender(Protocol):
    """The voice of one channel account."""

    @property
    def channel(self) -> str:
        """Name the channel: telegram, whatsapp."""

    @property
    def account(self) -> str:
        """Name the account on it."""

    @property
    def rates(self) -> Rates:
        """How fast it may speak."""

    @property
    def edits(self) -> bool:
        """Whether a message can be replaced: then doing it twice is as good as once."""

    @property
    def has_window(self) -> bool:
        """Whether free words may be said only for a day after a person wrote (notifications.windows)."""

    @property
    def uploads(self) -> Uploads:
        """What the channel calls files it has: those with a key are uploaded once."""

    async def send(
        self, chat: str, words: Words, *, edit: str | None, tracker: str, paid: bool = False
    ) -> str:
        """Say words in a chat, or put them in the place of message `edit`; return the message's id.

        `paid`: above the channel's free pace, for a fee. With `words.delete` that message is taken away, where the channel can, and nothing is said.
        `tracker` names the outbox row (statuses.tracker), for channels that echo it. Raises SendError, nothing else.
        """

    async def answer(self, callback_id: str) -> None:
        """Tell the channel that a pressed button was dealt with. Raises SendError, nothing else."""

    async def close(self) -> None:
        """Let go of connections."""
