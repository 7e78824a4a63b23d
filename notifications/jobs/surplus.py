"""Slips of the surplus: once to everybody who got a part, or whose part was put to savings, for thirty days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.database import driver
from core.sealing import Keys
from core.shu import sharing
from notifications import messages, slips
from notifications.jobs import places
from notifications.jobs.places import Place
from notifications.jobs.statements import REACHED
from notifications.messages import Content, Purpose

DAYS = timedelta(days=30)  # after which a slip is not said any more unasked


async def surplus_slips_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Owe the slips of splits and of payments to savings of the last thirty days; return how many are new.

    Idempotent; whoever is reached only later in these days is told then.
    """

    async def one(db: AsyncConnection, place: Place) -> int:
        raw = await driver(db)
        written = 0
        since = now - DAYS
        for row in await raw.fetch(_SPLITS, place.id, since, now):
            year, entry = row["year"], row["entry"]
            said = slips.content(slips.SLIP, year=year, entry=entry)
            written += await _owe(
                db, place, keys, said, f"{slips.SLIP}/{entry}/", row["at"], _OF_SPLIT, year
            )
        for row in await raw.fetch(_MOVES, place.id, since, now, sharing.TO_SAVINGS):
            entry = row["number"]
            said = slips.content(slips.MOVED, entry=entry)
            written += await _owe(
                db, place, keys, said, f"{slips.MOVED}/{entry}/", row["at"], _OF_ENTRY, entry
            )
        return written

    return await places.each(engine, now, one, job="surplus-slips")


async def _owe(
    db: AsyncConnection, place: Place, keys: Keys, said: Content, dedupe: str, at: datetime,
    whom: str, which: int,
) -> int:  # fmt: skip
    """Owe one sealed text to all of them: nothing of a person stands in it."""
    raw = await driver(db)
    status = await raw.execute(
        _OWE.format(whom=whom),
        place.id, messages.seal(said, keys), dedupe, places.sayable(place.now), at + DAYS, which,
    )  # fmt: skip
    return int(status.rpartition(" ")[2])


_OF_SPLIT = "SELECT member_id AS id FROM surplus_parts WHERE koperasi_id = $1 AND year = $6"
_OF_ENTRY = (
    "SELECT a.member_id AS id FROM ledger.postings p"
    " JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id = p.debit"
    " WHERE p.koperasi_id = $1 AND p.entry = $6"
)
_OWE = f"""
INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose, priority, facts, dedupe,
                    not_before, expires_at, state, made_at)
SELECT $1, gen_random_uuid(), reached.channel, reached.account, reached.chat, m.id,
       '{Purpose.STATEMENT.value}', {Purpose.STATEMENT.priority}, $2, $3 || m.id, $4, $5, 'waiting', $4
  FROM ({{whom}}) AS m {REACHED}
 WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.koperasi_id = $1 AND o.dedupe = $3 || m.id)
 ORDER BY m.id
ON CONFLICT (koperasi_id, dedupe) DO NOTHING
"""
_SPLITS = """
SELECT year, entry, at FROM surplus_splits
 WHERE koperasi_id = $1 AND at > $2 AND at <= $3 AND shu > 0 AND entry IS NOT NULL ORDER BY year LIMIT 100
"""
_MOVES = """
SELECT number, at FROM ledger.entries
 WHERE koperasi_id = $1 AND "on" > $2::date - 2 AND at > $2 AND at <= $3 AND kind = $4 ORDER BY number LIMIT 1000
"""
