"""Balances of accounts on a day, and the trial balance of a period: read from postings, never stored twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database
from core.money import Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One code of the chart over a period, in rupiah; balances are positive on the account's normal side."""

    code: str
    name: str
    normal: str  # D or K
    opening: Rupiah
    debit: Rupiah
    credit: Rupiah

    @property
    def closing(self) -> Rupiah:
        """Return the balance at the end of the period."""
        moved = self.debit - self.credit
        return self.opening + (moved if self.normal == "D" else -moved)


async def of_account(
    db: AsyncConnection, *, koperasi_id: int, key: str, on: date | None = None
) -> Rupiah:
    """Read an account's balance: now, or at the end of a day. An account nobody opened holds nothing."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT id, normal, balance FROM ledger.accounts WHERE koperasi_id = $1 AND key = $2",
        koperasi_id,
        key,
    )
    if row is None:
        return 0
    if on is None:
        return int(row["balance"])
    moved = await raw.fetchval(
        "SELECT coalesce(sum(CASE WHEN p.debit = $2 THEN p.amount ELSE -p.amount END), 0)::bigint"
        " FROM ledger.postings p JOIN ledger.entries e"
        "   ON e.koperasi_id = p.koperasi_id AND e.number = p.entry"
        ' WHERE p.koperasi_id = $1 AND (p.debit = $2 OR p.credit = $2) AND e."on" <= $3',
        koperasi_id,
        row["id"],
        on,
    )
    return int(moved if row["normal"] == "D" else -moved)


async def of_code(
    db: AsyncConnection, *, koperasi_id: int, code: str, first: date, last: date
) -> Rupiah:
    """Read what a code of the chart moved from `first` to `last`, those of its members included, on its normal side."""
    raw = await database.driver(db)
    moved = await raw.fetchval(_OF_CODE, koperasi_id, code, first, last)
    return int(moved if accounts.chart()[code].normal == "D" else -moved)


_OF_CODE = """
SELECT coalesce(sum(CASE WHEN p.debit = a.id THEN p.amount ELSE -p.amount END), 0)::bigint
  FROM ledger.accounts a
  JOIN ledger.postings p ON p.koperasi_id = $1 AND a.id IN (p.debit, p.credit)
  JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = p.entry AND e."on" BETWEEN $3 AND $4
 WHERE a.koperasi_id = $1 AND a.code = $2
"""
_MOVED = """
SELECT a.code,
  coalesce(sum(s.debit - s.credit) FILTER (WHERE s."on" < :first), 0)::bigint AS before,
  coalesce(sum(s.debit) FILTER (WHERE s."on" >= :first), 0)::bigint AS debit,
  coalesce(sum(s.credit) FILTER (WHERE s."on" >= :first), 0)::bigint AS credit
FROM (
  SELECT p.debit AS account, e."on", p.amount AS debit, 0::bigint AS credit
    FROM ledger.postings p JOIN ledger.entries e
      ON e.koperasi_id = p.koperasi_id AND e.number = p.entry
   WHERE p.koperasi_id = :koperasi_id AND e."on" <= :last
  UNION ALL
  SELECT p.credit, e."on", 0, p.amount
    FROM ledger.postings p JOIN ledger.entries e
      ON e.koperasi_id = p.koperasi_id AND e.number = p.entry
   WHERE p.koperasi_id = :koperasi_id AND e."on" <= :last
) s
JOIN ledger.accounts a ON a.koperasi_id = :koperasi_id AND a.id = s.account
GROUP BY a.code ORDER BY a.code
"""


async def trial_balance(
    db: AsyncConnection, *, koperasi_id: int, first: date, last: date
) -> list[Line]:
    """Add up every code of the chart that moved until `last`: before `first`, and from `first` to `last`.

    Members' and loans' accounts stand under their code: the sum of a sub-ledger is its control account.
    """
    rows = await db.execute(
        text(_MOVED), {"koperasi_id": koperasi_id, "first": first, "last": last}
    )
    chart = accounts.chart()
    return [
        Line(
            code=code,
            name=chart[code].name,
            normal=chart[code].normal,
            opening=before if chart[code].normal == "D" else -before,
            debit=debit,
            credit=credit,
        )
        for code, before, debit, credit in rows
    ]
