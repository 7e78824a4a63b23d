"""Senders: what turns words into a channel's requests, and a channel's errors into SendError.

One module per channel. A sender is told when to speak (notifications.delivery); it never waits by itself.
"""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from notifications.pacing import Rates
from notifications.words import Words


class SendError(Exception):
    """A message was not said, or nobody knows.

    `retry_after` is the channel's own wish, in seconds, for the whole account. `retryable`: the
    same request may succeed later. `unknown`: the request left; it may have been carried out.
    `gone`: nobody is reached in this chat any more. `uneditable`: the message to be replaced cannot
    be; a new one must be sent. None of them: the channel will never take this message.
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
    ) -> None:
        """Keep what is known; `reason` is one word for logs, metrics and the outbox row."""
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable or retry_after is not None
        self.retry_after = retry_after
        self.unknown = unknown
        self.gone = gone
        self.uneditable = uneditable


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

    async def send(self, chat: str, words: Words, *, edit: str | None, tracker: UUID) -> str:
        """Say words in a chat, or put them in the place of message `edit`; return the message's id.

        With `words.delete` that message is taken away, where the channel can, and nothing is said.
        `tracker` is the outbox row's id, for channels that echo it. Raises SendError, nothing else.
        """

    async def answer(self, callback_id: str) -> None:
        """Tell the channel that a pressed button was dealt with. Raises SendError, nothing else."""

    async def close(self) -> None:
        """Let go of connections."""
