"""The bell: turns ring it after their commit, so that the mouth speaks at once and not at its next look.

Best effort by design: the outbox is the truth, and the mouth looks each second without being rung.
A mouth in the same process is woken directly; one elsewhere by NOTIFY, many rings by one.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog

NAME = "kopdes_outbox"  # of the NOTIFY
_MOST_ANSWERS = 1000  # pressed buttons that wait for their answer; older ones are forgotten
_RECONNECT = 1.0  # seconds
_TROUBLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server said goodbye; the connection is not closed yet
)

log = structlog.get_logger()

Account = tuple[str, str]  # channel, account


@dataclass(slots=True)
class Bell:
    """One per process: who listens here, and what must be told to mouths elsewhere."""

    listeners: dict[Account, asyncio.Event] = field(default_factory=dict)
    speaking: set[Account] = field(default_factory=set)  # accounts whose lease this process holds
    answers: dict[Account, deque[str]] = field(default_factory=dict)
    abroad: asyncio.Event = field(default_factory=asyncio.Event)
    letters: deque[str] = field(default_factory=lambda: deque(maxlen=_MOST_ANSWERS))


def wake(bell: Bell) -> None:
    """Tell the mouths that something was committed; call it after the commit."""
    for listener in bell.listeners.values():
        listener.set()
    if not bell.listeners or bell.listeners.keys() - bell.speaking:
        bell.abroad.set()


def answer_callback(bell: Bell, channel: str, account: str, callback_id: str) -> None:
    """Have a pressed button answered by the mouth; call it after the commit. It may get lost."""
    where = channel, account
    if where in bell.speaking:
        hear(bell, where, callback_id)
    else:
        bell.letters.append(json.dumps([channel, account, callback_id]))
        bell.abroad.set()


def hear(bell: Bell, where: Account, callback_id: str) -> None:
    """Put an answer in front of this process's mouth."""
    bell.answers.setdefault(where, deque(maxlen=_MOST_ANSWERS)).append(callback_id)
    if where in bell.listeners:
        bell.listeners[where].set()


async def ring(bell: Bell, url: str) -> None:
    """Pass rings on by NOTIFY over a direct connection, for as long as the task lives."""
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=10)
            try:
                await _ring(bell, connection)
            finally:
                connection.terminate()
        except _TROUBLE as error:
            log.warning("bell.lost", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT)


async def _ring(bell: Bell, connection: asyncpg.Connection[Any]) -> None:
    while True:
        await bell.abroad.wait()
        bell.abroad.clear()
        letters = [bell.letters.popleft() for _ in range(len(bell.letters))]
        await connection.execute(
            "SELECT pg_notify($1, letter) FROM unnest($2::text[]) AS letter",
            NAME,
            ["", *letters],
            timeout=10,
        )


async def listen(bell: Bell, url: str) -> None:
    """Hear rings from other processes over a direct connection, for as long as the task lives."""
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=10)
            try:
                await connection.add_listener(NAME, _hearing(bell))
                _wake_here(bell)  # What was rung while nobody listened.
                while True:  # A dead peer is noticed by asking, not by waiting.
                    await asyncio.sleep(10)
                    await connection.execute("SELECT 1", timeout=10)
            finally:
                connection.terminate()
        except _TROUBLE as error:
            log.warning("bell.deaf", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT)


def _hearing(bell: Bell) -> Callable[..., None]:
    def heard(_connection: object, _pid: int, _name: str, letter: object) -> None:
        if letter:
            channel, account, callback_id = json.loads(str(letter))
            if (channel, account) in bell.speaking:
                hear(bell, (channel, account), callback_id)
        else:
            _wake_here(bell)

    return heard


def _wake_here(bell: Bell) -> None:
    for listener in bell.listeners.values():
        listener.set()
