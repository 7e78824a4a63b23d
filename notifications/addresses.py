"""Chats that are nobody's any more: where their people are not reached, and what was owed to them there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from notifications.messages import Address

_SECONDS = 30  # after which a statement is given up


async def end(db: AsyncConnection, gone: Address, *, reason: str, now: datetime) -> None:
    """Take note, in every cooperative, that nobody is reached in this chat any more."""
    raw = await driver(db)
    await raw.execute(
        "UPDATE addresses SET ended_at = $4, reason = $5"
        " WHERE channel = $1 AND account = $2 AND chat = $3 AND ended_at IS NULL",
        gone.channel,
        gone.account,
        gone.chat,
        now,
        reason,
        timeout=_SECONDS,
    )


async def find_again(db: AsyncConnection, rows: Sequence[tuple[int, UUID]], now: datetime) -> int:
    """Send what lost its chat to another one its person has by now, if any; return how many rows.

    The person may have written or linked while the loss was being written down: then nobody else
    would send it before the next time.
    """
    raw = await driver(db)
    status = await raw.execute(
        _FIND_AGAIN, [row[0] for row in rows], [row[1] for row in rows], now, timeout=_SECONDS
    )
    return int(status.rpartition(" ")[2])


_FIND_AGAIN = """
UPDATE outbox AS o
   SET channel = found.channel, account = found.account, chat = found.chat, state = 'waiting',
       not_before = greatest(o.not_before, $3)
  FROM (
    SELECT DISTINCT ON (w.koperasi_id, w.id) w.koperasi_id, w.id, a.channel, a.account, a.chat
      FROM unnest($1::integer[], $2::uuid[]) AS lost (koperasi_id, id)
      JOIN outbox AS w ON w.koperasi_id = lost.koperasi_id AND w.id = lost.id
      JOIN addresses AS a ON a.koperasi_id = w.koperasi_id AND a.person_id = w.person_id
     WHERE w.state = 'unaddressed' AND w.expires_at > $3 AND a.ended_at IS NULL
     ORDER BY w.koperasi_id, w.id, a.linked_at DESC
  ) AS found
 WHERE o.koperasi_id = found.koperasi_id AND o.id = found.id AND o.state = 'unaddressed'
"""
