"""WhatsApp's free window: for 24 hours after a person wrote anything may be said; outside it a template, or it waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from core.sealing import Keys

WINDOW: Final = timedelta(hours=24)
_MARGIN: Final = timedelta(
    minutes=10
)  # the channel's clock is not ours, and a message takes its time


def was_closed(heard_before: datetime | None, at: datetime) -> bool:
    """Say whether something may have been held for a person who writes now, and wrote last then."""
    return heard_before is None or at > heard_before + WINDOW - 2 * _MARGIN


async def opened(db: AsyncConnection, account: str, chat: str, at: datetime) -> int:
    """Let go what waited for this chat to write, in every cooperative it speaks in; return how many messages.

    Called in the turn's transaction, where `was_closed`.
    """
    raw = await driver(db)
    rows: int = await raw.fetchval("SELECT chat.window_opened($1, $2, $3)", account, chat, at)
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a chat is reached: a phone number, else a BSUID; and when it was heard."""

    to: str = field(repr=False)
    heard_at: datetime


async def contact(db: AsyncConnection, account: str, chat: str, keys: Keys) -> Contact | None:
    """Find how a chat is reached, as the clock; none when neither number nor BSUID is its own any more."""
    raw = await driver(db)
    row = await raw.fetchrow(
        "SELECT phone_sealed, bsuid, heard_at FROM chat.contacts WHERE account = $1 AND chat = $2",
        account,
        chat,
    )
    if row is None:
        return None
    to = keys.unseal_text(row["phone_sealed"]) or row["bsuid"]
    return Contact(to=to, heard_at=row["heard_at"]) if to else None


def is_open(heard_at: datetime, now: datetime) -> bool:
    """Say whether a person wrote lately enough for anything to be said."""
    return now < heard_at + WINDOW - _MARGIN


async def find_open(db: AsyncConnection, rows: Sequence[tuple[int, UUID]], now: datetime) -> int:
    """Let go what was held while its person was writing: nobody else would, before they write again."""
    raw = await driver(db)
    status = await raw.execute(
        "UPDATE outbox AS o SET state = 'waiting', reason = NULL, not_before = least(o.not_before, $3)"
        "  FROM unnest($1::integer[], $2::uuid[]) AS held (koperasi_id, id), chat.contacts AS c"
        " WHERE o.koperasi_id = held.koperasi_id AND o.id = held.id AND o.state = 'held'"
        "   AND o.reason = 'window' AND c.account = o.account AND c.chat = o.chat AND c.heard_at > $4",
        [row[0] for row in rows],
        [row[1] for row in rows],
        now,
        now - WINDOW + _MARGIN,
    )
    return int(status.rpartition(" ")[2])
