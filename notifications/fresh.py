"""Words made at the second they are said: the row holds ids, the books say what is true now.

A maker is asked in a transaction of the row's cooperative, as the clock. It reads; it writes nothing:
the message may still not be said.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.sealing import Keys
from notifications.messages import Content, Fact
from notifications.outbox import Claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """It may not be said until somebody lets it go: the row becomes *held*."""

    reason: str


# What to say now; or why it need not be said any more; or until when it waits; or that it is held.
Made = Content | str | datetime | Hold
# The connection, the row, the facts that were kept, the keys, now.
Maker = Callable[[AsyncConnection, Claimed, Mapping[str, Fact], Keys, datetime], Awaitable[Made]]

FRESH: dict[str, Maker] = {}


def maker(kind: str) -> Callable[[Maker], Maker]:
    """Let a function make what rows of this kind say; each kind has one."""

    def register(made: Maker) -> Maker:
        assert kind not in FRESH, kind
        FRESH[kind] = made
        return made

    return register


async def make(
    db: AsyncConnection, row: Claimed, content: Content, keys: Keys, now: datetime
) -> Made:
    """Ask the maker of a row's kind."""
    assert content.fresh is not None, row.id
    made = await FRESH[content.fresh.kind](db, row, content.fresh.facts, keys, now)
    assert not isinstance(made, Content) or made.fresh is None, content.fresh.kind
    return made
