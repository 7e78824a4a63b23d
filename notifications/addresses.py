"""Chats that are nobody's any more: where their people are not reached, and what was owed to them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from notifications.messages import Address

_STRIKE = timedelta(days=30)
_SECONDS = 30  # after which a statement is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A member or officer whom no message finds; `lost_at` and `reason` of the chat there was last, if any."""

    person_id: int
    name: str
    number: str | None  # of a member
    lost_at: datetime | None
    reason: str | None


async def unreachable(
    db: AsyncConnection, koperasi_id: int, *, on: date, limit: int, offset: int = 0
) -> list[Unreachable]:
    """List members and officers of a day without a chat: those who lost theirs first, the newest loss first."""
    raw = await driver(db)
    rows = await raw.fetch(_UNREACHABLE, koperasi_id, on, limit, offset, timeout=_SECONDS)
    return [
        Unreachable(
            person_id=row["id"],
            name=row["name"],
            number=row["number"],
            lost_at=row["ended_at"],
            reason=row["reason"],
        )
        for row in rows
    ]


_UNREACHABLE = """
SELECT p.id, p.name, m.number, lost.ended_at, lost.reason
  FROM people AS p
  LEFT JOIN members AS m ON m.koperasi_id = $1 AND m.id = p.id
       AND (m.left_on IS NULL OR m.left_on > $2)
  LEFT JOIN LATERAL (
    SELECT a.ended_at, a.reason FROM addresses AS a
     WHERE a.koperasi_id = $1 AND a.person_id = p.id ORDER BY a.ended_at DESC LIMIT 1) AS lost ON true
 WHERE p.koperasi_id = $1
   AND (m.id IS NOT NULL
        OR EXISTS (SELECT FROM officers AS o WHERE o.koperasi_id = $1 AND o.person_id = p.id
                     AND o.since <= $2 AND (o.until IS NULL OR o.until > $2)))
   AND NOT EXISTS (SELECT FROM addresses AS a
                    WHERE a.koperasi_id = $1 AND a.person_id = p.id AND a.ended_at IS NULL)
 ORDER BY lost.ended_at DESC NULLS LAST, m.number NULLS LAST, p.id
 LIMIT $3 OFFSET $4
"""


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


async def strike(db: AsyncConnection, struck: Address, *, reason: str, now: datetime) -> bool:
    """Count a failure that may pass: the second one within 30 days ends the address; return whether it did."""
    raw = await driver(db)
    ended = await raw.fetch(
        "UPDATE addresses SET"
        " ended_at = CASE WHEN reason >= $5 || ' ' || $6 AND reason <= $5 || ' ' || $7 THEN $4::timestamptz END,"
        " reason = CASE WHEN reason >= $5 || ' ' || $6 AND reason <= $5 || ' ' || $7 THEN $5"
        "               ELSE $5 || ' ' || $7 END"
        " WHERE channel = $1 AND account = $2 AND chat = $3 AND ended_at IS NULL"
        " RETURNING ended_at IS NOT NULL AS ended",
        struck.channel,
        struck.account,
        struck.chat,
        now,
        reason,
        (now - _STRIKE).date().isoformat(),
        now.date().isoformat(),
        timeout=_SECONDS,
    )
    return any(row["ended"] for row in ended)


async def other(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, than: Address, consent: str | None
) -> Address | None:
    """Find another chat in which a person is reached: the newest, on an account that somebody speaks for.

    With `consent` only where that purpose is agreed to.
    """
    raw = await driver(db)
    row = await raw.fetchrow(
        "SELECT a.channel, a.account, a.chat FROM addresses AS a"
        "  JOIN mouths AS m ON m.channel = a.channel AND m.account = a.account"
        "       AND m.until > clock_timestamp() - interval '1 hour'"
        " WHERE a.koperasi_id = $1 AND a.person_id = $2 AND a.ended_at IS NULL"
        "   AND (a.channel, a.account, a.chat) <> ($3, $4, $5)"
        "   AND ($6::text IS NULL OR EXISTS (SELECT FROM consents AS c"
        "        WHERE c.koperasi_id = $1 AND c.person_id = $2 AND c.channel = a.channel"
        "          AND c.purpose = $6 AND c.withdrawn_at IS NULL))"
        " ORDER BY a.linked_at DESC LIMIT 1",
        koperasi_id,
        person_id,
        than.channel,
        than.account,
        than.chat,
        consent,
        timeout=_SECONDS,
    )
    return Address(channel=row[0], account=row[1], chat=row[2]) if row else None


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
