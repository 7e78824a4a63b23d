"""WhatsApp's free window: for 24 hours after a person wrote anything may be said; outside it a template, or it waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver

WINDOW: Final = timedelta(hours=24)
_MARGIN: Final = timedelta(
    minutes=10
)  # the channel's clock is not ours, and a message takes its time


async def opened(db: AsyncConnection, account: str, chat: str, at: datetime) -> int:
    """Let go what waited for this chat to write, in every cooperative it speaks in; return how many messages.

    Called in the turn's transaction, when the person's message before was a day old or more.
    """
    raw = await driver(db)
    rows: int = await raw.fetchval("SELECT chat.window_opened($1, $2, $3)", account, chat, at)
    return rows


async def is_open(db: AsyncConnection, account: str, chat: str, now: datetime) -> bool:
    """Say whether a person wrote lately enough for anything to be said; asked as the clock."""
    raw = await driver(db)
    heard: datetime | None = await raw.fetchval(
        "SELECT heard_at FROM chat.contacts WHERE account = $1 AND chat = $2", account, chat
    )
    return heard is not None and now < heard + WINDOW - _MARGIN
