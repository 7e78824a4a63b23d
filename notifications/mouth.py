"""One mouth: what it holds now; the right to speak, what is in flight, what is to be recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.database import driver, is_passing
from core.sealing import Keys
from notifications import pacing
from notifications.bell import Bell
from notifications.lease import RENEWED_EVERY, SECONDS, Lease
from notifications.messages import Content, Purpose
from notifications.outbox import Claimed, Outcome
from notifications.quiet import Quiet
from notifications.senders import Sender
from notifications.ways import Ways

DATABASE_TROUBLE = (
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
    ways: Ways | None = None  # of a channel with a free window
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
    closed: list[tuple[float, int, UUID]] = field(default_factory=list)  # rows held for the window
    silent_until: datetime | None = None  # asked for by the channel, not yet recorded
    troubles: int = 0  # the channel's, one after the other
    shut: dict[int, float] = field(default_factory=dict)  # levels that are not claimed, until when
    uploading: set[str] = field(default_factory=set)  # files on their way for the first time
    swept_at: float = 0.0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    answering: int = 0

    @property
    def where(self) -> tuple[str, str]:
        """Return channel and account."""
        return self.sender.channel, self.sender.account

    def pays(self, row: Claimed) -> bool:
        """Whether a row is sent above the free pace, for a fee: an announcement that replaces nothing."""
        return (
            self.pacer.every is not None
            and row.purpose is Purpose.ANNOUNCEMENT
            and row.edit is None
        )

    def may_speak(self, fence: int) -> bool:
        """Whether what was claimed under this fence may still be said."""
        held = self.lease is not None and self.lease.fence == fence
        return held and time.monotonic() < self.held_until


def complain(mouth: Mouth, event: str, error: BaseException) -> None:
    """Log trouble: the database's in a line, anything else with its traceback."""
    if isinstance(error, DATABASE_TROUBLE) or is_passing(error):
        log.warning(event, channel=mouth.sender.channel, error=type(error).__name__)
    else:
        log.error(event, channel=mouth.sender.channel, exc_info=error)


async def revive(db: AsyncConnection) -> None:
    """Replace a pooled connection whose server went away."""
    raw = await driver(db)
    if raw.is_closed():
        await db.invalidate()
