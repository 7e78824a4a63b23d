"""Simpanan wajib month by month: which months an amount covers, what is owed, what is paid ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, rules
from core.calendar import month_of, next_month
from core.cooperatives import Cooperative
from core.money import Rupiah
from core.people import Member
from core.rules import WajibRates
from core.tables.savings import dues

_FURTHEST = 600  # months ahead; what is left after them stays with the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rupiah that count for one month; `whole` when the month is fully paid with them."""

    month: date
    amount: Rupiah
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A member's simpanan wajib: what each month has received, and from which month it is due."""

    due_from: date
    paid: dict[date, Rupiah]
    rates: WajibRates

    def owed(self, month: date) -> Rupiah:
        """Return what is still missing for a month, in rupiah: nothing before dues are owed here."""
        if month < self.due_from:
            return 0
        return max(0, self.rates.of(month) - self.paid.get(month, 0))

    def arrears(self, through: date) -> list[date]:
        """List the months up to `through` (a month) that are not fully paid."""
        months = []
        month = self.due_from
        while month <= through:
            if self.owed(month):
                months.append(month)
            month = next_month(month)
        return months

    def paid_through(self) -> date | None:
        """Return the last month before the first unpaid one; None when even the first is unpaid."""
        last = max((month for month, amount in self.paid.items() if amount), default=None)
        through = None
        for month in self._following():
            if last is None or month > last or self.owed(month):
                break
            if self.rates.of(month):
                through = month
        return through

    def next_unpaid(self, count: int) -> list[date]:
        """List the next `count` months that are not fully paid."""
        return list(islice((month for month in self._following() if self.owed(month)), count))

    def cover(self, amount: Rupiah, months: Sequence[date] = ()) -> tuple[Part, ...]:
        """Share an amount out: the named months first, then the oldest unpaid ones, then ahead."""
        parts: list[Part] = []
        left = amount
        taken: set[date] = set()
        for month in (*sorted({month_of(month) for month in months}), *self._following()):
            if not left:
                break
            if month in taken:
                continue
            taken.add(month)
            if part := min(left, self.owed(month)):
                parts.append(Part(month=month, amount=part, whole=part == self.owed(month)))
                left -= part
        if left:  # The dues are zero, or it reaches beyond what anybody will live to see.
            month = parts[-1].month if parts else month_of(min(months, default=self.due_from))
            parts = [part for part in parts if part.month != month]
            parts.append(
                Part(month=month, amount=amount - sum(p.amount for p in parts), whole=True)
            )
        return tuple(sorted(parts, key=lambda part: part.month))

    def _following(self) -> Iterator[date]:
        return (next_month(self.due_from, count) for count in range(_FURTHEST))


def are_consecutive(months: Sequence[date]) -> bool:
    """Say whether months follow each other without a gap."""
    return all(next_month(month) == after for month, after in pairwise(months))


async def position(db: AsyncConnection, *, cooperative: Cooperative, member: Member) -> Position:
    """Read what a member has paid for which month."""
    raw = await database.driver(db)
    row = await raw.fetchrow(_POSITION, cooperative.id, member.id)
    assert row is not None
    return Position(
        due_from=month_of(member.dues_from),
        paid=dict(row["paid"]),
        rates=rules.rates_of(row["rates"]),
    )


_POSITION = f"""
SELECT ARRAY(SELECT ROW(month, sum(amount)::bigint) FROM dues
              WHERE koperasi_id = $1 AND member_id = $2 GROUP BY month) AS paid,
       {rules.WAJIB_STEPS} AS rates
"""


async def record(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    member: Member,
    amount: Rupiah,
    entry: int,
    months: Sequence[date] | None,
    repeated: bool,
) -> tuple[Part, ...]:
    """Write down which months an entry covers; a repeated operation is only read back."""
    if not repeated:
        paid = await position(db, cooperative=cooperative, member=member)
        parts = paid.cover(amount, months or ())
        await db.execute(
            dues.insert(),
            [
                {
                    "koperasi_id": cooperative.id,
                    "member_id": member.id,
                    "month": part.month,
                    "entry": entry,
                    "amount": part.amount,
                }
                for part in parts
            ],
        )
        return parts
    rows = await db.execute(
        select(
            dues.c.month,
            func.sum(dues.c.amount).filter(dues.c.entry == entry),
            func.sum(dues.c.amount),
        )
        .where(
            dues.c.koperasi_id == cooperative.id,
            dues.c.member_id == member.id,
            dues.c.entry <= entry,  # what stood there then: an instalment may complete a month
        )
        .group_by(dues.c.month)
        .having(func.bool_or(dues.c.entry == entry))
        .order_by(dues.c.month)
    )
    rates = await rules.wajib_rates(db, cooperative.id)
    return tuple(
        Part(month=month, amount=int(part), whole=then >= rates.of(month))
        for month, part, then in rows
    )


async def take_back(db: AsyncConnection, *, koperasi_id: int, entry: int, reversal: int) -> None:
    """Undo the months of a reversed entry: they are owed again."""
    rows = (
        await db.execute(
            select(dues.c.member_id, dues.c.month, dues.c.amount).where(
                dues.c.koperasi_id == koperasi_id, dues.c.entry == entry
            )
        )
    ).all()
    if rows:
        await db.execute(
            dues.insert(),
            [
                {
                    "koperasi_id": koperasi_id,
                    "member_id": member_id,
                    "month": month,
                    "entry": reversal,
                    "amount": -amount,
                }
                for member_id, month, amount in rows
            ],
        )
