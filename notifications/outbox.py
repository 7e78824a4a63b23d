"""The outbox: every message owed is a row here before anything is sent.

unaddressed -> waiting -> claimed -> sent | failed | unknown | cancelled, or back to waiting or, when its
chat is nobody's any more, to unaddressed; held until somebody lets it go; expired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from core.receipts import WAITS_FOR_LINKING
from core.sealing import Keys
from notifications import messages
from notifications.lease import Lease
from notifications.messages import Address, Message, Purpose

MOST_AT_ONCE = 8  # rows in flight per mouth; more where announcements are paid for (pacing.Rates)
MOST_CLAIMED = 32  # by one statement
LEVELS = tuple(sorted({purpose.priority for purpose in Purpose}))
SECONDS = 30  # after which a statement of the mouth is given up


class State(StrEnum):
    """What became of a message, as delivery may write it."""

    WAITING = "waiting"
    UNADDRESSED = "unaddressed"  # the chat is nobody's any more: it waits for the person's next one
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    HELD = "held"  # may not be said until somebody lets it go


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A row in flight under a lease's fence: this claim alone may write its outcome."""

    koperasi_id: int
    id: UUID
    fence: int
    channel: str
    chat: str
    person_id: int | None
    purpose: Purpose
    priority: int
    facts: bytes
    edit: str | None
    attempts: int  # this one included
    resent: bool
    not_before: datetime
    reason: str | None = None  # of what became of it last time
    template: str | None = None  # with which it was said

    @property
    def key(self) -> tuple[int, UUID]:
        """Return the row's primary key."""
        return self.koperasi_id, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a claimed row becomes. `waiting` means: once more, not before `not_before`."""

    row: Claimed
    state: State
    not_before: datetime
    resent: bool
    edit: str | None
    attempts: int
    reason: str | None = None
    message_id: str | None = None
    words: bytes | None = None
    to: Address | None = None  # another chat of the person, where it waits now
    template: str | None = None  # with which it was said, or for which it is held


async def put(db: AsyncConnection, owed: Sequence[Message], keys: Keys) -> None:
    """Owe messages, in this order, in the caller's transaction and in one round trip.

    A message without an address waits for its person's linking. A dedupe key that the cooperative's
    outbox holds already is skipped: what it names was said or will be.
    """
    if not owed:
        return
    raw = await driver(db)
    await raw.execute(PUT, *columns(owed, keys))


_COLUMNS = 15


def columns(owed: Sequence[Message], keys: Keys) -> list[list[Any]]:
    """Make the arguments of PUT, $1 to $15: for a statement that owes messages beside what else it does."""
    if not owed:
        return [[] for _ in range(_COLUMNS)]
    return [list(column) for column in zip(*(_row(message, keys) for message in owed), strict=True)]


def _row(message: Message, keys: Keys) -> tuple[Any, ...]:
    to = message.to
    return (
        message.koperasi_id,
        message.id,
        to.channel if to else None,
        to.account if to else None,
        to.chat if to else None,
        message.person_id,
        message.purpose.value,
        message.purpose.priority,
        messages.seal(message.content, keys),
        message.edit,
        message.dedupe,
        message.not_before or message.made_at,
        message.expires_at,
        "waiting" if to else "unaddressed",
        message.made_at,
    )


PUT = """
INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose, priority, facts,
                    edit_message, dedupe, not_before, expires_at, state, made_at)
SELECT m.koperasi_id, m.id, m.channel, m.account, m.chat, m.person_id, m.purpose, m.priority, m.facts,
       m.edit_message, m.dedupe, m.not_before, m.expires_at, m.state, m.made_at
  FROM unnest($1::integer[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::text[],
              $8::smallint[], $9::bytea[], $10::text[], $11::text[], $12::timestamptz[],
              $13::timestamptz[], $14::text[], $15::timestamptz[]) WITH ORDINALITY
    AS m (koperasi_id, id, channel, account, chat, person_id, purpose, priority, facts, edit_message,
          dedupe, not_before, expires_at, state, made_at, position)
 ORDER BY m.position
ON CONFLICT (koperasi_id, dedupe) DO NOTHING
"""


async def message_of(db: AsyncConnection, *, koperasi_id: int, dedupe: str) -> str | None:
    """Find the channel's id of a message that was sent; none while it was not."""
    raw = await driver(db)
    found: str | None = await raw.fetchval(
        "SELECT message_id FROM outbox WHERE koperasi_id = $1 AND dedupe = $2", koperasi_id, dedupe
    )
    return found


async def pushed_since(
    db: AsyncConnection, *, koperasi_id: int, chat: tuple[str, str, str], since: datetime
) -> bool:
    """Say whether anything but an answer was owed to this chat after a moment."""
    raw = await driver(db)
    found: bool = await raw.fetchval(
        "SELECT EXISTS (SELECT FROM outbox WHERE koperasi_id = $1 AND channel = $2"
        " AND account = $3 AND chat = $4 AND purpose <> 'reply' AND made_at > $5)",
        koperasi_id,
        *chat,
        since,
    )
    return found


async def address_waiting(
    db: AsyncConnection, koperasi_id: int, person_id: int, to: Address, now: datetime
) -> int:
    """Send what waited for this person's linking to that chat; return how many. Expired rows stay behind."""
    raw = await driver(db)
    status = await raw.execute(
        "UPDATE outbox SET channel = $3, account = $4, chat = $5, state = 'waiting',"
        " not_before = greatest(not_before, $6)"
        " WHERE koperasi_id = $1 AND person_id = $2 AND state = 'unaddressed'"
        " AND (expires_at IS NULL OR expires_at > $6)",
        koperasi_id,
        person_id,
        to.channel,
        to.account,
        to.chat,
        now,
    )
    return count(status)


async def claim(
    db: AsyncConnection,
    lease: Lease,
    *,
    now: datetime,
    limit: int = MOST_AT_ONCE,
    levels: Sequence[int] = LEVELS,
    empty: Sequence[str] = (),
    crowded: Sequence[str] = (),
) -> list[Claimed]:
    """Claim the next rows of the lease's account, by priority, then by when they fell due, then by number.

    A chat has at most one row in flight, and no row overtakes an older one of the same or a higher
    priority, nor one that is being tried again. Nothing is claimed when the lease was lost, or
    before the silence the channel asked for is over. Chats in `empty` get nothing, chats in
    `crowded` no push. Expired rows are left alone.
    """
    raw = await driver(db)
    assert 0 < limit <= MOST_CLAIMED, limit
    rows = await raw.fetch(
        _CLAIM if limit <= MOST_AT_ONCE else _CLAIM_MANY,
        lease.channel,
        lease.account,
        lease.holder,
        lease.fence,
        now,
        list(levels),
        list(empty),
        list(crowded),
        limit,
        timeout=SECONDS,
    )
    found = [(row["priority"], row["not_before"], row["seq"], read_claimed(row)) for row in rows]
    return [claimed for *_, claimed in sorted(found, key=lambda one: one[:3])]


CLAIMED = (
    "o.koperasi_id, o.id, o.fence, o.chat, o.person_id, o.purpose, o.priority, o.facts, o.edit_message,"
    " o.attempts, o.resent, o.not_before, o.channel, o.reason, o.template"
)
# OFFSET 0 keeps the look into the row's own chat an index lookup per row: as a join it may read the
# whole queue. The inner limit is a literal so that the plan is made for few rows.
_CLAIMING = """
UPDATE outbox AS o
   SET state = 'claimed', fence = $4, claimed_at = clock_timestamp(),
       attempts = least(o.attempts + 1, 32000)
  FROM (
    SELECT next.koperasi_id, next.id
      FROM unnest($6::smallint[]) AS level (priority)
      CROSS JOIN LATERAL (
        SELECT w.koperasi_id, w.id, w.not_before, w.seq
          FROM outbox AS w
         WHERE w.state = 'waiting' AND w.channel = $1 AND w.account = $2
           AND w.priority = level.priority AND w.not_before <= $5
           AND (w.expires_at IS NULL OR w.expires_at > $5)
           AND w.chat <> ALL (CASE WHEN level.priority = 0 THEN $7::text[] ELSE $8::text[] END)
           AND NOT EXISTS (
             SELECT FROM outbox AS e
              WHERE e.state IN ('waiting', 'claimed') AND e.channel = $1 AND e.account = $2
                AND e.chat = w.chat
                AND (e.state = 'claimed'
                     OR ((e.priority, e.seq) < (w.priority, w.seq)
                         AND (e.attempts > 0 OR e.not_before <= $5)
                         AND (e.expires_at IS NULL OR e.expires_at > $5)))
             OFFSET 0)
         ORDER BY w.not_before, w.seq
         LIMIT {most}
           FOR UPDATE SKIP LOCKED
      ) AS next
     WHERE EXISTS (
       SELECT FROM mouths AS m
        WHERE m.channel = $1 AND m.account = $2 AND m.holder = $3 AND m.fence = $4
          AND m.until > clock_timestamp() AND (m.silent_until IS NULL OR m.silent_until <= $5))
     ORDER BY level.priority, next.not_before, next.seq
     LIMIT $9
  ) AS chosen
 WHERE o.koperasi_id = chosen.koperasi_id AND o.id = chosen.id AND o.state = 'waiting'
RETURNING {claimed}, o.seq
"""


_CLAIM, _CLAIM_MANY = (
    _CLAIMING.format(most=most, claimed=CLAIMED) for most in (MOST_AT_ONCE, MOST_CLAIMED)
)


async def said_since(
    db: AsyncConnection, *, channel: str, account: str, since: datetime
) -> list[tuple[str, datetime]]:
    """List to which chats something was said after a moment, and when, oldest first."""
    raw = await driver(db)
    rows = await raw.fetch(
        "SELECT chat, done_at FROM outbox WHERE done_at > $3 AND facts <> ''"
        " AND channel = $1 AND account = $2 AND state IN ('sent', 'unknown')"
        " ORDER BY done_at LIMIT 100000",
        channel,
        account,
        since,
        timeout=SECONDS,
    )
    return [(row["chat"], row["done_at"]) for row in rows]


async def record(db: AsyncConnection, outcomes: Sequence[Outcome], now: datetime) -> int:
    """Write what became of claimed rows; return how many. One claimed anew by another is left alone.

    The transaction it runs in does not wait for the disk (the next claim does): a server that falls
    within the second leaves a row claimed. A mouth that lives records it again; when the mouth fell
    too nobody knows the outcome, and the next holder says so.
    """
    if not outcomes:
        return 0
    raw = await driver(db)
    columns = zip(
        *(
            (
                outcome.row.koperasi_id,
                outcome.row.id,
                outcome.row.fence,
                outcome.state.value,
                outcome.not_before,
                outcome.resent,
                outcome.edit,
                outcome.attempts,
                outcome.reason,
                outcome.message_id,
                outcome.words,
                outcome.to and outcome.to.channel,
                outcome.to and outcome.to.account,
                outcome.to and outcome.to.chat,
                outcome.template,
            )
            for outcome in outcomes
        ),
        strict=True,
    )
    status = await raw.execute(
        _RECORD, *map(list, columns), now, WAITS_FOR_LINKING, timeout=SECONDS
    )
    return count(status)


# The id of a claimed row's message stands there when a status told it first: then it was said.
_RECORD = """
UPDATE outbox AS o
   SET state = CASE WHEN {told} THEN 'sent' ELSE r.state END, not_before = r.not_before,
       resent = r.resent, edit_message = r.edit, attempts = r.attempts,
       reason = CASE WHEN NOT {told} THEN r.reason END, message_id = coalesce(r.message_id, o.message_id),
       words = coalesce(r.words, o.words), template = r.template,
       channel = CASE WHEN r.state <> 'unaddressed' THEN coalesce(r.channel, o.channel) END,
       account = CASE WHEN r.state <> 'unaddressed' THEN coalesce(r.account, o.account) END,
       chat = CASE WHEN r.state <> 'unaddressed' THEN coalesce(r.chat, o.chat) END,
       expires_at = CASE WHEN r.state = 'unaddressed' AND o.expires_at IS NULL
                         THEN o.made_at + $17::interval ELSE o.expires_at END,
       done_at = CASE WHEN {told} OR r.state NOT IN ('waiting', 'unaddressed', 'held') THEN $16::timestamptz END
  FROM unnest($1::integer[], $2::uuid[], $3::bigint[], $4::text[], $5::timestamptz[], $6::boolean[],
              $7::text[], $8::smallint[], $9::text[], $10::text[], $11::bytea[], $12::text[],
              $13::text[], $14::text[], $15::text[])
    AS r (koperasi_id, id, fence, state, not_before, resent, edit, attempts, reason, message_id, words,
          channel, account, chat, template),
       (SELECT set_config('synchronous_commit', 'off', true)) AS at_leisure
 WHERE o.koperasi_id = r.koperasi_id AND o.id = r.id AND o.state = 'claimed' AND o.fence = r.fence
""".format(told="(r.message_id IS NULL AND o.message_id IS NOT NULL)")


def read_claimed(row: Any) -> Claimed:
    """Read a row of CLAIMED columns."""
    return Claimed(
        koperasi_id=row["koperasi_id"],
        id=row["id"],
        fence=row["fence"],
        channel=row["channel"],
        chat=row["chat"],
        person_id=row["person_id"],
        purpose=Purpose(row["purpose"]),
        priority=row["priority"],
        facts=row["facts"],
        edit=row["edit_message"],
        attempts=row["attempts"],
        resent=row["resent"],
        not_before=row["not_before"],
        reason=row["reason"],
        template=row["template"],
    )


def count(status: str) -> int:
    """Read how many rows a statement changed."""
    return int(status.rpartition(" ")[2])
