"""Goods sold for their owners, held against their movements and against what their entries owe them (212100)."""

from __future__ import annotations

from typing import Any

import asyncpg

from core.verify_rows import Wrong

_GOODS = """
SELECT c.name, c.quantity, coalesce(sum(m.quantity), 0)::bigint AS moved, max(m.entry) AS last
FROM consigned c LEFT JOIN consigned_moves m ON m.koperasi_id = c.koperasi_id AND m.consigned_id = c.id
WHERE c.koperasi_id = $1 GROUP BY c.id, c.name, c.quantity
HAVING c.quantity <> coalesce(sum(m.quantity), 0) ORDER BY c.id LIMIT 1
"""
# What the entry owes is what it credited to the owner's own account, a reversal what it took back.
_ENTRIES = """
SELECT m.entry, m.owed, coalesce((
  SELECT sum(CASE WHEN p.credit = a.id THEN p.amount ELSE -p.amount END)
    FROM ledger.accounts a JOIN ledger.postings p ON p.koperasi_id = $1 AND a.id IN (p.debit, p.credit)
   WHERE a.koperasi_id = $1 AND a.code = '212100' AND p.entry = m.entry
     AND (a.member_id, a.unit_id) IS NOT DISTINCT FROM (c.member_id, c.consignor_id)), 0)::bigint AS posted
FROM consigned_moves m JOIN consigned c ON c.koperasi_id = $1 AND c.id = m.consigned_id
WHERE m.koperasi_id = $1 AND m.entry IS NOT NULL ORDER BY m.entry
"""
_REVERSALS = """
SELECT e.number, e.reverses FROM ledger.entries e
JOIN consigned_moves m ON m.koperasi_id = $1 AND m.entry = e.reverses
WHERE e.koperasi_id = $1 AND NOT EXISTS (
  SELECT FROM consigned_moves b WHERE b.koperasi_id = $1 AND b.entry = e.number
     AND (b.consigned_id, b.quantity, b.owed) = (m.consigned_id, -m.quantity, -m.owed))
ORDER BY e.number LIMIT 1
"""


async def check_consigned(raw: asyncpg.Connection[Any], koperasi_id: int) -> None:
    """Raise Wrong where goods sold for others, their movements and the entries of their sales differ."""
    row = await raw.fetchrow(_GOODS, koperasi_id)
    if row is not None:
        raise Wrong(
            row["last"],
            f"of {row['name']} taken in to be sold {row['quantity']} are here, its movements give {row['moved']}",
        )
    row = await raw.fetchrow(
        f"SELECT * FROM ({_ENTRIES}) v WHERE owed <> posted LIMIT 1", koperasi_id
    )
    if row is not None:
        raise Wrong(
            row["entry"],
            f"entry {row['entry']} owes {row['owed']} for goods sold, it posted {row['posted']} of 212100",
        )
    row = await raw.fetchrow(_REVERSALS, koperasi_id)
    if row is not None:
        raise Wrong(
            row["number"],
            f"entry {row['number']} does not bring back the goods of entry {row['reverses']}",
        )
