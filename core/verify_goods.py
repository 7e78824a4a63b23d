"""Stock of goods, held against its movements and against what their entries moved of the accounts of stock."""

from __future__ import annotations

from typing import Any

import asyncpg

from core.verify_rows import Wrong

_GOODS = """
SELECT g.name, g.quantity, g.value, coalesce(sum(m.quantity), 0)::bigint AS moved,
  coalesce(sum(m.value), 0)::bigint AS worth, max(m.entry) AS last
FROM goods g LEFT JOIN goods_moves m ON m.koperasi_id = g.koperasi_id AND m.good_id = g.id
WHERE g.koperasi_id = $1 GROUP BY g.id, g.name, g.quantity, g.value
HAVING (g.quantity, g.value) <> (coalesce(sum(m.quantity), 0), coalesce(sum(m.value), 0))
  OR coalesce(sum(m.value) FILTER (WHERE m.account <> g.account), 0) <> 0
ORDER BY g.id LIMIT 1
"""
# A purchase may also name goods whose stock is not kept: then its goods are a part of what it posted.
_ENTRIES = """
WITH moved AS (
  SELECT m.entry, m.account, sum(m.value)::bigint AS value FROM goods_moves m
   WHERE m.koperasi_id = $1 AND m.entry IS NOT NULL GROUP BY m.entry, m.account)
SELECT e.number, v.account, v.value, v.posted FROM (
  SELECT moved.entry, moved.account, moved.value, coalesce((
    SELECT sum(CASE WHEN d.code = moved.account THEN p.amount ELSE 0 END
             - CASE WHEN c.code = moved.account THEN p.amount ELSE 0 END)
      FROM ledger.postings p
      JOIN ledger.accounts d ON d.koperasi_id = $1 AND d.id = p.debit
      JOIN ledger.accounts c ON c.koperasi_id = $1 AND c.id = p.credit
     WHERE p.koperasi_id = $1 AND p.entry = moved.entry), 0)::bigint AS posted FROM moved) v
JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = v.entry
LEFT JOIN ledger.entries o ON o.koperasi_id = $1 AND o.number = e.reverses
WHERE CASE WHEN coalesce(o.kind, e.kind) = 'purchase' THEN abs(v.value) > abs(v.posted) OR v.value * v.posted < 0
           ELSE v.value <> v.posted END
ORDER BY e.number, v.account LIMIT 1
"""
_REVERSALS = """
SELECT e.number, e.reverses FROM ledger.entries e
WHERE e.koperasi_id = $1 AND e.reverses IS NOT NULL AND EXISTS (
  SELECT FROM (
    SELECT good_id, kind, quantity, value, amount FROM goods_moves
     WHERE koperasi_id = $1 AND entry = e.reverses
    UNION ALL
    SELECT good_id, kind, quantity, value, amount FROM goods_moves
     WHERE koperasi_id = $1 AND entry = e.number) both_ways
  GROUP BY good_id, kind HAVING sum(quantity) <> 0 OR sum(value) <> 0 OR sum(amount) <> 0)
ORDER BY e.number LIMIT 1
"""
# What a count found is what its entry moved, and nothing is moved as counted that no count says.
_COUNTS = """
SELECT c.entry, g.name FROM goods_counts c
  JOIN goods g ON g.koperasi_id = c.koperasi_id AND g.id = c.good_id
  LEFT JOIN goods_moves m ON m.koperasi_id = c.koperasi_id AND m.entry = c.entry AND m.good_id = c.good_id
   AND m.kind = 'count'
 WHERE c.koperasi_id = $1 AND c.entry IS NOT NULL AND m.quantity IS DISTINCT FROM c.counted - c.booked
UNION ALL
SELECT m.entry, g.name FROM goods_moves m
  JOIN goods g ON g.koperasi_id = m.koperasi_id AND g.id = m.good_id
  JOIN ledger.entries e ON e.koperasi_id = m.koperasi_id AND e.number = m.entry
 WHERE m.koperasi_id = $1 AND m.kind = 'count' AND e.reverses IS NULL AND NOT EXISTS (
   SELECT FROM goods_counts c WHERE c.koperasi_id = $1 AND c.entry = m.entry AND c.good_id = m.good_id)
ORDER BY 1 LIMIT 1
"""


async def check_goods(raw: asyncpg.Connection[Any], koperasi_id: int) -> None:
    """Raise Wrong where stock, its movements and their entries differ."""
    row = await raw.fetchrow(_GOODS, koperasi_id)
    if row is not None:
        raise Wrong(
            row["last"],
            f"stock of {row['name']} is {row['quantity']} worth {row['value']},"
            f" its movements give {row['moved']} worth {row['worth']}",
        )
    row = await raw.fetchrow(_ENTRIES, koperasi_id)
    if row is not None:
        raise Wrong(
            row["number"],
            f"entry {row['number']} moves goods worth {row['value']}, it posted {row['posted']} of"
            f" {row['account']}",
        )
    row = await raw.fetchrow(_REVERSALS, koperasi_id)
    if row is not None:
        raise Wrong(
            row["number"],
            f"entry {row['number']} does not take back the goods of entry {row['reverses']}",
        )
    row = await raw.fetchrow(_COUNTS, koperasi_id)
    if row is not None:
        raise Wrong(
            row["entry"], f"entry {row['entry']} moves another {row['name']} than was counted"
        )
