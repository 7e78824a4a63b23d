"""Bills of simpanan wajib: for a month, what every member has paid and what is still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, rules
from core.calendar import last_day, month_of, next_month
from core.money import Rupiah

MOST = 20_000  # members of one cooperative


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A member's simpanan wajib of a month. Amounts in rupiah."""

    member_id: int
    number: str
    name: str
    due: Rupiah  # of the month
    paid: Rupiah  # for the month, at most what is due
    earlier: Rupiah  # still owed of the months before

    @property
    def is_paid(self) -> bool:
        """Whether the month itself is paid in full."""
        return self.paid == self.due

    @property
    def owed(self) -> Rupiah:
        """What is still owed through the month."""
        return self.due - self.paid + self.earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All bills of a month together. Amounts in rupiah."""

    members: int
    paid_members: int
    due: Rupiah
    paid: Rupiah
    earlier: Rupiah

    @property
    def unpaid_members(self) -> int:
        """How many have not paid the month in full."""
        return self.members - self.paid_members


# Who is billed for $2: members whose dues have begun by then and who have not left before the month's end.
_BILLS = """
WITH cost AS (SELECT * FROM unnest($3::date[], $4::bigint[]) AS c (month, rate)),
paid AS (
  SELECT member_id, month, sum(amount) AS amount FROM dues
   WHERE koperasi_id = $1 AND month <= $2 GROUP BY member_id, month
), bill AS (
  SELECT m.id, m.number, p.name,
         sum(c.rate) FILTER (WHERE c.month = $2) AS due,
         sum(greatest(0, least(c.rate, coalesce(d.amount, 0)))) FILTER (WHERE c.month = $2) AS paid,
         coalesce(sum(greatest(0, c.rate - coalesce(d.amount, 0))) FILTER (WHERE c.month < $2), 0) AS earlier
    FROM members m
    JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id
    JOIN cost c ON c.month >= date_trunc('month', m.dues_from)::date
    LEFT JOIN paid d ON d.member_id = m.id AND d.month = c.month
   WHERE m.koperasi_id = $1 AND date_trunc('month', m.dues_from)::date <= $2
     AND m.joined_on <= $5 AND (m.left_on IS NULL OR m.left_on > $5)
   GROUP BY m.id, m.number, p.name
)
"""
_FIRST = "SELECT date_trunc('month', min(dues_from))::date FROM members WHERE koperasi_id = $1"


async def bills(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    month: date,
    paid: bool | None = None,
    limit: int = MOST,
    offset: int = 0,
) -> list[Bill]:
    """List the bills of a month by member number: all, or those that are paid in full, or are not."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        f"{_BILLS} SELECT * FROM bill WHERE $6::boolean IS NULL OR (paid = due) = $6"
        " ORDER BY number LIMIT $7 OFFSET $8",
        *await _asked(db, koperasi_id, month),
        paid,
        limit,
        offset,
    )
    return [
        Bill(
            member_id=row["id"],
            number=row["number"],
            name=row["name"],
            due=int(row["due"]),
            paid=int(row["paid"]),
            earlier=int(row["earlier"]),
        )
        for row in rows
    ]


async def totals(db: AsyncConnection, *, koperasi_id: int, month: date) -> Totals:
    """Add up the bills of a month."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        f"{_BILLS} SELECT count(*) AS members, count(*) FILTER (WHERE paid = due) AS paid_members,"
        " coalesce(sum(due), 0)::bigint AS due, coalesce(sum(paid), 0)::bigint AS paid,"
        " coalesce(sum(earlier), 0)::bigint AS earlier FROM bill",
        *await _asked(db, koperasi_id, month),
    )
    assert row is not None, koperasi_id
    return Totals(**dict(row))


async def _asked(db: AsyncConnection, koperasi_id: int, month: date) -> tuple[Any, ...]:
    """Make $1 to $5: the cooperative, the month, every month that may be owed with its dues, the month's end."""
    month = month_of(month)
    raw = await database.driver(db)
    rates = await rules.wajib_rates(db, koperasi_id)
    first: date = await raw.fetchval(_FIRST, koperasi_id) or month
    months = [first]
    while months[-1] < month:
        months.append(next_month(months[-1]))
    return koperasi_id, month, months, [rates.of(one) for one in months], last_day(month)
