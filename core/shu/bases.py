"""What members' parts of a surplus are measured by, read from the book: savings held, business done."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.accounts import POKOK, WAJIB
from core.calendar import last_day
from core.goods import shopping
from core.money import Rupiah
from core.shu.policy import ModalBase, UsahaBase


async def savings(
    db: AsyncConnection, *, koperasi_id: int, base: ModalBase, year: int, through: date
) -> dict[int, Rupiah]:
    """Read each member's savings: at the end of `through`, or averaged over the year's month ends until then.

    Entries count by their date. An average is rounded down to the rupiah.
    """
    codes = [WAJIB] if base is ModalBase.WAJIB else [POKOK, WAJIB]
    days = [through]
    if base is ModalBase.AVERAGE:
        ends = [last_day(date(year, month, 1)) for month in range(1, 13)]
        days = [day for day in ends if day <= through] or [through]
    raw = await database.driver(db)
    rows = await raw.fetch(_SAVINGS, koperasi_id, codes, days)
    return {row["member_id"]: row["held"] // len(days) for row in rows if row["held"] > 0}


_SAVINGS = """
SELECT a.member_id,
       sum(s.amount * (SELECT count(*) FROM unnest($3::date[]) d WHERE d >= e."on"))::bigint AS held
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  CROSS JOIN LATERAL (VALUES (p.debit, -p.amount), (p.credit, p.amount)) s(account, amount)
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id = s.account AND a.code = ANY ($2)
 WHERE e.koperasi_id = $1 AND a.member_id IS NOT NULL
 GROUP BY a.member_id ORDER BY a.member_id LIMIT 100000
"""


async def business(
    db: AsyncConnection, *, koperasi_id: int, base: UsahaBase, first: date, through: date
) -> dict[int, Rupiah]:
    """Read each member's business from `first` to `through`, what was taken back taken off."""
    if base is UsahaBase.PURCHASES:
        bought = await shopping.by_member(db, koperasi_id=koperasi_id, first=first, through=through)
        return {member: amount for member, amount in bought.items() if amount > 0}
    raw = await database.driver(db)
    asked = _INTEREST if base is UsahaBase.INTEREST else _BORROWED
    rows = await raw.fetch(asked, koperasi_id, first, through)
    return {row["member_id"]: row["amount"] for row in rows if row["amount"] > 0}


_INTEREST = """
SELECT l.member_id, sum(p.interest)::bigint AS amount
  FROM loan_payments p JOIN loans l ON l.koperasi_id = $1 AND l.id = p.loan_id
 WHERE p.koperasi_id = $1 AND p."on" BETWEEN $2 AND $3
 GROUP BY l.member_id ORDER BY l.member_id LIMIT 100000
"""
_BORROWED = """
SELECT l.member_id, sum(l.principal)::bigint AS amount FROM loans l
 WHERE l.koperasi_id = $1 AND l.disbursed_on BETWEEN $2 AND $3 AND NOT l.imported
 GROUP BY l.member_id ORDER BY l.member_id LIMIT 100000
"""
