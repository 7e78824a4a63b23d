"""Receipts nobody could name when they came (215000): which are open, and what named them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.errors import Refusal
from core.money import Rupiah


class NamedBefore(Refusal):
    """A receipt is moved to where it belongs once, and all of it. Facts: entry, amount."""

    text = "refusal-named-before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A receipt that is open; `entry` received it. Amount in rupiah."""

    entry: int
    amount: Rupiah
    received_on: date


# Open is what was not taken back, and whose naming was not taken back either.
_OPEN = """
  FROM held_receipts h WHERE h.koperasi_id = $1
   AND NOT EXISTS (SELECT FROM ledger.entries r
                    WHERE r.koperasi_id = h.koperasi_id AND r.reverses = h.entry)
   AND (h.settled_by IS NULL OR EXISTS (SELECT FROM ledger.entries r
         WHERE r.koperasi_id = h.koperasi_id AND r.reverses = h.settled_by))
"""


async def open_receipts(db: AsyncConnection, *, koperasi_id: int, limit: int = 20) -> list[Held]:
    """List receipts that nobody has named yet, the oldest first."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        f"SELECT h.entry, h.amount, h.received_on {_OPEN} ORDER BY h.received_on, h.entry LIMIT $2",
        koperasi_id,
        limit,
    )
    return [Held(**dict(row)) for row in rows]


async def waiting(db: AsyncConnection, *, koperasi_id: int, since: date) -> tuple[int, Rupiah]:
    """Count those that came before a day and are still open, and add them up in rupiah."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        f"SELECT count(*) AS n, coalesce(sum(h.amount), 0)::bigint AS amount {_OPEN}"
        " AND h.received_on < $2",
        koperasi_id,
        since,
    )
    assert row is not None
    return row["n"], int(row["amount"])


async def settle(db: AsyncConnection, *, koperasi_id: int, entry: int, operation: str) -> None:
    """Mark a receipt as named by what `operation` recorded, which has moved all of it from 215000.

    Refuses NamedBefore when it is not open any more or something else was moved; the caller's savepoint must
    be rolled back then. Said again for the same operation it changes nothing.
    """
    raw = await database.driver(db)
    row = await raw.fetchrow(_MOVED, koperasi_id, operation)
    assert row is not None, operation
    done = await raw.fetchval(
        "UPDATE held_receipts SET settled_by = $3 WHERE koperasi_id = $1 AND entry = $2 AND amount = $4"
        f" AND (settled_by = $3 OR entry IN (SELECT h.entry {_OPEN})) RETURNING entry",
        koperasi_id,
        entry,
        row["number"],
        row["amount"],
    )
    if done is None:
        raise NamedBefore(entry=entry, amount=row["amount"])


_MOVED = """
SELECT e.number, coalesce(sum(p.amount) FILTER (WHERE a.key = '215000'), 0)::bigint AS amount
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
  JOIN ledger.accounts a ON a.koperasi_id = p.koperasi_id AND a.id = p.debit
 WHERE e.koperasi_id = $1 AND e.operation = $2 GROUP BY e.number
"""
