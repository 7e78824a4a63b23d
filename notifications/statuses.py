"""What WhatsApp says later of messages it took: sent, delivered, read, failed; of templates; of the number's tier.

Any order, any number of times, for days: what is written only ever moves forward. A failure is noted on its row;
the mouth then does what the table of errors says, as if the sending itself had failed (notifications.delivery).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from notifications import metrics

CHANNEL: Final = "whatsapp"
UNLIMITED: Final = -1

log = structlog.get_logger()


class Step(StrEnum):
    """How far a message came."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status of one message, as the channel told it."""

    account: str  # the phone number id
    message_id: str  # wamid
    tracker: str | None  # biz_opaque_callback_data: what `tracker` made of the row's key
    state: str  # sent, delivered, read, failed; others are not ours to know
    at: datetime
    recipient: str | None = None  # phone or BSUID; not needed where there is a tracker
    code: str | None = None  # of a failure, as the table of errors names it


def tracker(koperasi_id: int, id_: UUID) -> str:
    """Name a row to the channel: it comes back with every status."""
    return f"{koperasi_id}/{id_}"


def key_of(named: str | None) -> tuple[int, UUID] | None:
    """Read a row's key from what the channel gave back; none when it is not one of ours."""
    koperasi_id, _, id_ = (named or "").partition("/")
    try:
        return int(koperasi_id), UUID(id_)
    except ValueError:
        return None


async def take(db: AsyncConnection, *statuses: Status) -> int:
    """Write statuses to the rows they speak of, as the clock, in the caller's transaction; return how many changed one.

    Those of other messages, other attempts and what is known already change nothing.
    """
    changed = 0
    raw = await driver(db)
    for status in statuses:  # The ladder of one message often comes in one batch: in their order.
        key = key_of(status.tracker)
        if key is None or status.state not in tuple(Step):
            log.info("status.ignored", state=status.state[:20], tracked=key is not None)
            continue
        whose = (*key, status.account, status.message_id)
        if status.state == Step.FAILED:
            done = await raw.execute(_FAILED, *whose, status.code or "other")
        else:
            done = await raw.execute(_REACHED, *whose, status.state, status.at)
        if done != "UPDATE 0":
            changed += 1
            metrics.STATUSES.labels(CHANNEL, status.state).inc()
    return changed


_OF_THIS = f"""
 WHERE koperasi_id = $1 AND id = $2 AND channel = '{CHANNEL}' AND account = $3 AND facts <> ''
   AND NOT $4 = ANY (failures)
   AND (state IN ('claimed', 'waiting', 'unknown') OR (state = 'sent' AND message_id = $4))"""

# A status that comes before the answer to the request leaves the message's id on the claimed row: outbox.record
# then knows that it was said, whatever became of the answer. One that waits after an unknown outcome was said too.
_REACHED = f"""
UPDATE outbox
   SET delivered_at = CASE WHEN $5 IN ('delivered', 'read') THEN least(delivered_at, $6) ELSE delivered_at END,
       read_at = CASE WHEN $5 = 'read' THEN least(read_at, $6) ELSE read_at END,
       message_id = $4,
       reason = CASE WHEN state = 'claimed' THEN reason END,
       state = CASE WHEN state = 'claimed' THEN state ELSE 'sent' END,
       done_at = CASE WHEN state = 'waiting' THEN $6 ELSE done_at END
{_OF_THIS}
   AND (state <> 'sent' OR ($5 = 'delivered' AND (delivered_at > $6) IS NOT FALSE)
                        OR ($5 = 'read' AND (read_at > $6) IS NOT FALSE))
"""
_FAILED = f"""
UPDATE outbox SET failed_code = $5, failures = array_append(failures, $4)
{_OF_THIS}
   AND delivered_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateStatus:
    """What became of a template: APPROVED, PAUSED, DISABLED, REJECTED and others."""

    account: str
    name: str
    state: str
    reason: str | None
    at: datetime


# APPROVED, and what leaves a template usable; everything else stops it.
_USABLE: Final = ("APPROVED", "FLAGGED", "IN_APPEAL", "REINSTATED", "UNPAUSED")


async def keep_template(db: AsyncConnection, status: TemplateStatus) -> bool:
    """Keep a template's newest state, as the clock; return whether it is news."""
    raw = await driver(db)
    changed: bool | None = await raw.fetchval(
        "INSERT INTO whatsapp_templates AS t (account, name, state, usable, reason, at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (account, name) DO UPDATE SET state = $3, usable = $4, reason = $5, at = $6 WHERE t.at <= $6"
        " RETURNING true",
        status.account,
        status.name,
        status.state[:40],
        status.state in _USABLE,
        status.reason and status.reason[:200],
        status.at,
    )
    return changed is True


async def take_template(db: AsyncConnection, status: TemplateStatus) -> bool:
    """Keep what the channel told of a template, as the clock; return whether it may be used.

    One that stops holds its purpose and raises the alarm *template*; one that is approved again lets go what it held.
    """
    changed, usable = await keep_template(db, status), status.state in _USABLE
    if changed and not usable:
        metrics.ALARMS.labels("template").inc()
        log.error("alarm", name="template", template=status.name, state=status.state[:40])
    if changed and usable:
        await release_template(db, status.account, [status.name], status.at)
    return usable


async def release_template(
    db: AsyncConnection, account: str, names: Sequence[str], at: datetime
) -> None:
    """Let go what waits for templates."""
    raw = await driver(db)
    await raw.execute(
        "UPDATE outbox SET state = 'waiting', reason = NULL, template = NULL, not_before = least(not_before, $3)"
        " WHERE channel = $4 AND account = $1 AND done_at IS NULL AND template = ANY ($2)"
        " AND state = 'held' AND reason = 'template'",
        account,
        list(names),
        at,
        CHANNEL,
    )


# Meta's names of messaging tiers: people written to outside their window in a moving day.
_TIERS: Final = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": UNLIMITED,
}


async def take_tier(db: AsyncConnection, account: str, limit: str) -> int | None:
    """Keep the number's tier, as the clock; return the people a day it allows, -1 for any; none for a name nobody knows."""
    most = _TIERS.get(limit)
    if most is None:
        log.warning("tier.unknown", limit=limit[:40])
        return None
    raw = await driver(db)
    await raw.execute(
        "UPDATE mouths SET tier = $2 WHERE channel = $3 AND account = $1",
        account,
        most,
        CHANNEL,
    )
    return most
