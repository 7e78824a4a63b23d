"""The roll-up of a month for officials: sums of cooperatives, five members at least behind each, never a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.calendar import month_of
from core.money import Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceMonth:
    """The month of a region's cooperatives, money in rupiah, at its last day where it is no flow.

    A cooperative's figure that fewer than five members stand behind is not in the sum.
    """

    region: str
    name: str
    month: date
    cooperatives: int
    recording: int  # that wrote an entry for this month
    members: int
    pokok: Rupiah
    wajib: Rupiah
    sukarela: Rupiah
    came_in: Rupiah  # savings
    went_out: Rupiah
    lent: Rupiah  # principal outstanding
    hidden: int  # cooperatives whose savings are not in the sums

    @property
    def saved(self) -> Rupiah:
        """Return the savings of all kinds."""
        return self.pokok + self.wajib + self.sukarela


async def month_of_region(db: AsyncConnection, *, region: str, month: date) -> ProvinceMonth:
    """Add up the cooperatives of a region, as the province's or the clock's login."""
    assert month == month_of(month), month
    raw = await database.driver(db)
    row = await raw.fetchrow(_SUMS, region, month)
    assert row is not None
    return ProvinceMonth(region=region, month=month, **row)


_SUMS = """
SELECT (SELECT name FROM regions WHERE code = $1) AS name,
       count(*)::integer AS cooperatives,
       count(*) FILTER (WHERE m.recorded)::integer AS recording,
       coalesce(sum(m.members), 0)::integer AS members,
       coalesce(sum(m.pokok), 0)::bigint AS pokok,
       coalesce(sum(m.wajib), 0)::bigint AS wajib,
       coalesce(sum(m.sukarela), 0)::bigint AS sukarela,
       coalesce(sum(m.came_in), 0)::bigint AS came_in,
       coalesce(sum(m.went_out), 0)::bigint AS went_out,
       coalesce(sum(m.lent), 0)::bigint AS lent,
       count(*) FILTER (WHERE m.savings_hidden)::integer AS hidden
  FROM province.months($1, $2) AS m
"""
