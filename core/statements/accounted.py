"""A book's accounts on a day by another way than the statements': what is stored now, less what was posted since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.money import Rupiah
from core.statements.figures import Period, year_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted:
    """By code: what is held (debits positive); what was earned in a period and since 1 January (credits positive)."""

    held: dict[str, Rupiah]
    earned: dict[str, Rupiah]
    earned_of_year: dict[str, Rupiah]


async def accounted(db: AsyncConnection, *, koperasi_id: int, period: Period) -> Accounted:
    """Read the accounts as they stood on a period's last day, and their income and costs.

    Income and costs are what came from any account but 390000: whoever calls an entry a year's close hides nothing.
    """
    raw = await database.driver(db)
    first = min(period.first, year_of(period.last).first)
    held = await raw.fetch(_HELD, koperasi_id, period.last)
    earned = await raw.fetch(_EARNED, koperasi_id, first, period.last)

    def since(day: date) -> dict[str, Rupiah]:
        sums: dict[str, Rupiah] = {}
        for row in earned:
            if row["on"] >= day:
                sums[row["code"]] = sums.get(row["code"], 0) + int(row["amount"])
        return sums

    return Accounted(
        held={row["code"]: int(row["amount"]) for row in held},
        earned=since(period.first),
        earned_of_year=since(year_of(period.last).first),
    )


_HELD = """
WITH later AS (
  SELECT s.id, sum(s.amount) AS amount FROM (
    SELECT p.debit AS id, p.amount FROM ledger.entries e
      JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
     WHERE e.koperasi_id = $1 AND e."on" > $2
    UNION ALL
    SELECT p.credit, -p.amount FROM ledger.entries e
      JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
     WHERE e.koperasi_id = $1 AND e."on" > $2) s GROUP BY s.id
)
SELECT a.code, sum(a.balance * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END - coalesce(l.amount, 0)) AS amount
  FROM ledger.accounts a LEFT JOIN later l ON l.id = a.id
 WHERE a.koperasi_id = $1 GROUP BY 1 ORDER BY 1
"""
_EARNED = """
WITH result AS MATERIALIZED (
  SELECT id, code FROM ledger.accounts WHERE koperasi_id = $1 AND (code LIKE '4%' OR code LIKE '5%')
), closing AS MATERIALIZED (
  SELECT id FROM ledger.accounts WHERE koperasi_id = $1 AND code = '390000'
), moved AS (
  SELECT e."on", p.debit, p.credit, sum(p.amount) AS amount
    FROM ledger.entries e JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
   WHERE e.koperasi_id = $1 AND e."on" BETWEEN $2 AND $3
     AND p.debit NOT IN (SELECT id FROM closing) AND p.credit NOT IN (SELECT id FROM closing)
   GROUP BY 1, 2, 3
)
SELECT r.code, s."on", sum(s.amount) AS amount
  FROM (SELECT "on", credit AS id, amount FROM moved UNION ALL SELECT "on", debit, -amount FROM moved) s
  JOIN result r ON r.id = s.id
 GROUP BY 1, 2 ORDER BY 1, 2
"""
