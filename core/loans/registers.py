"""Loans in lists: those that run, those overdue, and what moved in the loans of a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.money import Rupiah

_RUNNING = """
SELECT id FROM loans WHERE koperasi_id = $1 AND state = 'running'
 ORDER BY id LIMIT $2 OFFSET $3
"""
_OVERDUE = """
SELECT id FROM loans WHERE koperasi_id = $1 AND state = 'running' AND oldest_due < $4
 ORDER BY oldest_due, id LIMIT $2 OFFSET $3
"""
_MOVED = """
SELECT l.id, p.entry, p."on", p.kind, p.amount
  FROM loans l
  JOIN loan_payments p ON p.koperasi_id = l.koperasi_id AND p.loan_id = l.id
 WHERE l.koperasi_id = $1 AND l.member_id = $2 AND p.amount <> 0
UNION ALL
SELECT id, entry, disbursed_on, 'disbursement', principal
  FROM loans
 WHERE koperasi_id = $1 AND member_id = $2 AND entry IS NOT NULL AND NOT imported
 ORDER BY 2 DESC, 1 LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanMoved:
    """What an entry moved of a member's loan: rupiah lent, or paid; below zero what was taken back."""

    loan: int
    entry: int
    on: date
    kind: str
    amount: Rupiah

    @property
    def label(self) -> str:
        """How people name the loan: P-0007."""
        return f"P-{self.loan:04d}"


async def running(
    db: AsyncConnection, *, koperasi_id: int, limit: int, offset: int = 0
) -> list[int]:
    """List the ids of running loans, oldest first."""
    raw = await database.driver(db)
    return [row["id"] for row in await raw.fetch(_RUNNING, koperasi_id, limit, offset)]


async def overdue(
    db: AsyncConnection, *, koperasi_id: int, on: date, limit: int, offset: int = 0
) -> list[int]:
    """List the ids of running loans with an instalment due before a day and unpaid, the longest first."""
    raw = await database.driver(db)
    return [row["id"] for row in await raw.fetch(_OVERDUE, koperasi_id, limit, offset, on)]


async def moved(
    db: AsyncConnection, *, koperasi_id: int, member_id: int, limit: int
) -> list[LoanMoved]:
    """List what moved in a member's loans, newest first."""
    raw = await database.driver(db)
    return [
        LoanMoved(
            loan=row["id"],
            entry=row["entry"],
            on=row["on"],
            kind=row["kind"],
            amount=row["amount"],
        )
        for row in await raw.fetch(_MOVED, koperasi_id, member_id, limit)
    ]
