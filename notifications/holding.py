"""What an operator decides of messages that are held after a restore: said after all, or never.

What a paused announcement holds is its composer's to decide, unless the restore held it. What waits for a person
to write, or for a template, is let go by them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from core.restoring import IN_FLIGHT, RESTORED
from notifications.messages import Purpose

PART = 5_000  # rows at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which held messages: of these purposes, none means all; owed for longer than that."""

    purposes: Sequence[Purpose] = ()
    older_than: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What became of held messages that were let go."""

    waiting: int = 0
    unaddressed: int = 0  # their people have no chat yet
    unknown: int = 0  # perhaps said before the restore, and not to be said twice
    expired: int = 0
    paused: int = 0  # held by their announcement now, until its composer resumes it

    @property
    def rows(self) -> int:
        """Count them."""
        return self.waiting + self.unaddressed + self.unknown + self.expired + self.paused

    def __add__(self, other: Released) -> Released:
        """Count both."""
        return Released(
            waiting=self.waiting + other.waiting,
            unaddressed=self.unaddressed + other.unaddressed,
            unknown=self.unknown + other.unknown,
            expired=self.expired + other.expired,
            paused=self.paused + other.paused,
        )


async def release(
    db: AsyncConnection, which: Which, *, now: datetime, most: int = PART
) -> Released:
    """Let `most` held messages go: they wait again, in their order.

    One whose time is over expires. One that a mouth had when the backup was made may have been said: it goes
    out once more, marked; a reminder or statement becomes unknown. One that had no chat goes where its person
    is reached by now.
    """
    raw = await driver(db)
    rows = await raw.fetch(
        _RELEASE,
        now,
        *_which(which, now),
        most,
        [purpose.value for purpose in Purpose if purpose.said_again_when_unknown],
    )
    return Released(**{row["became"]: row["rows"] for row in rows})


async def drop(db: AsyncConnection, which: Which, *, now: datetime, most: int = PART) -> int:
    """Cancel `most` held messages, for ever; the rows stay. Return how many."""
    raw = await driver(db)
    dropped: int = await raw.fetchval(_DROP, now, *_which(which, now), most)
    return dropped


def _which(which: Which, now: datetime) -> tuple[list[str] | None, datetime | None]:
    purposes = [purpose.value for purpose in which.purposes] or None
    return purposes, None if which.older_than is None else now - which.older_than


_CHOSEN = f"""
WITH chosen AS (
  SELECT o.koperasi_id, o.id, o.reason = '{IN_FLIGHT}' AS in_flight,
         EXISTS (SELECT FROM announcements p WHERE p.id = o.announcement AND p.state = 'paused') AS paused
    FROM outbox o
   WHERE o.state = 'held' AND ($2::text[] IS NULL OR o.purpose = ANY ($2))
     AND ($3::timestamptz IS NULL OR o.made_at <= $3)
     AND o.reason IS DISTINCT FROM 'window' AND o.reason IS DISTINCT FROM 'template'
     AND (o.reason IN ('{RESTORED}', '{IN_FLIGHT}') OR NOT EXISTS (
            SELECT FROM announcements p WHERE p.id = o.announcement AND p.state = 'paused'))
   ORDER BY o.seq LIMIT $4 FOR UPDATE OF o
)"""
_DROP = f"""
{_CHOSEN}, dropped AS (
  UPDATE outbox AS o SET state = 'cancelled', reason = 'dropped', done_at = $1
    FROM chosen WHERE o.koperasi_id = chosen.koperasi_id AND o.id = chosen.id
  RETURNING o.id
)
SELECT count(*) FROM dropped
"""
_RELEASE = f"""
{_CHOSEN}, decided AS (
  SELECT c.koperasi_id, c.id, coalesce(c.in_flight, false) AS in_flight,
         coalesce(o.channel, a.channel) AS channel, coalesce(o.account, a.account) AS account,
         coalesce(o.chat, a.chat) AS chat,
         CASE WHEN o.expires_at <= $1 THEN 'expired'
              WHEN c.in_flight AND o.purpose <> ALL ($5::text[]) THEN 'unknown'
              WHEN c.paused THEN 'paused'
              WHEN coalesce(o.chat, a.chat) IS NULL THEN 'unaddressed'
              ELSE 'waiting' END AS became
    FROM chosen c JOIN outbox o ON o.koperasi_id = c.koperasi_id AND o.id = c.id
    LEFT JOIN LATERAL (
      SELECT n.channel, n.account, n.chat FROM addresses n
       WHERE o.chat IS NULL AND n.koperasi_id = o.koperasi_id AND n.person_id = o.person_id AND n.ended_at IS NULL
       ORDER BY n.linked_at DESC LIMIT 1) AS a ON true
), changed AS (
  UPDATE outbox AS o
     SET state = CASE d.became WHEN 'paused' THEN 'held' ELSE d.became END,
         channel = d.channel, account = d.account, chat = d.chat,
         resent = o.resent OR d.in_flight,
         reason = CASE d.became WHEN 'unknown' THEN o.reason END,
         done_at = CASE WHEN d.became IN ('expired', 'unknown') THEN $1 END
    FROM decided d WHERE o.koperasi_id = d.koperasi_id AND o.id = d.id
  RETURNING d.became
)
SELECT became, count(*) AS rows FROM changed GROUP BY became
"""
