"""What one officer has spent alone, and what looks like it was written down before: asked of the book."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.cooperatives import Cooperative
from core.money import Rupiah


async def same_day(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    kind: str,
    on: date,
    debit: str,
    credit: str,
    amount: Rupiah,
) -> int | None:
    """Find an entry of that day that looks the same: a likely repeat."""
    raw = await database.driver(db)
    found: int | None = await raw.fetchval(_SAME, koperasi_id, kind, on, debit, credit, amount)
    return found


_SAME = """
SELECT max(e.number) FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
  JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit
  JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit
 WHERE e.koperasi_id = $1 AND e.kind = $2 AND e."on" = $3 AND d.key = $4 AND c.key = $5
   AND p.amount = $6
   AND NOT EXISTS (SELECT FROM ledger.entries r
                    WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)
"""


async def alone(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    account: str | Sequence[str],
    kind: str | Sequence[str],
    on: date,
    at: datetime,
) -> Rupiah:
    """Add up what was spent on one account, or several, without a second person, in rupiah: parts count together.

    `account` is a key of the ledger, or a code with those of its members and suppliers ("212000*").
    That is what is dated `on`, and what was recorded on the day of `at`, whatever its date.
    """
    raw = await database.driver(db)
    keys = [account] if isinstance(account, str) else list(account)
    keys = [key.replace("*", "%") for key in keys]
    kinds = [kind] if isinstance(kind, str) else list(kind)
    return int(await raw.fetchval(_ALONE, cooperative.id, keys, on, kinds, cooperative.zone, at))


_ALONE = """
SELECT coalesce(sum(p.amount), 0)::bigint
  FROM ledger.accounts a
  JOIN ledger.postings p ON p.koperasi_id = a.koperasi_id AND p.debit = a.id
  JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id AND e.number = p.entry
 WHERE a.koperasi_id = $1 AND a.key LIKE ANY ($2) AND e.kind = ANY ($4) AND e.approver IS NULL
   AND (e."on" = $3 OR (e.at AT TIME ZONE $5)::date = ($6::timestamptz AT TIME ZONE $5)::date)
   AND NOT EXISTS (SELECT FROM ledger.entries r
                    WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)
"""
