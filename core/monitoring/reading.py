"""What officials are told of the cooperatives of their region: sums and shares, by the province's own functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.calendar import WITA, business_date, month_of, next_month
from core.errors import Refusal
from core.money import Rupiah

MONTHS = 13  # of a trend: the same month of last year stands at its beginning


class OutsideYourRegion(Refusal):
    """An official sees the own kabupaten or kota; of the province, all of them. Facts: region (its name)."""

    text = "refusal-outside-your-region"


def require_region(region: str, own: str, name: str) -> None:
    """Refuse an official who asks of a region outside the own one. Raises OutsideYourRegion."""
    if region != own and not region.startswith(f"{own}."):
        raise OutsideYourRegion(region=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A cooperative in a month; rupiah and per cent. None: fewer than five members behind it, or nothing to divide by.

    `bopo` is of the year until then; `recorded` counts entries; what follows it is as last known in that month.
    """

    code: str
    name: str
    region: str
    at: datetime
    members: int | None
    pokok: Rupiah | None
    wajib: Rupiah | None
    sukarela: Rupiah | None
    term: Rupiah | None
    savings_hidden: bool
    lent: Rupiah | None
    npl: Decimal | None
    par30: Decimal | None
    liquidity: Decimal | None  # cash and banks to simpanan sukarela
    own_capital: Decimal | None  # to assets
    bopo: Decimal | None
    collection: Decimal | None  # of simpanan wajib
    dues: Rupiah | None
    dues_paid: Rupiah | None
    sales: Rupiah
    recorded: int
    last_entry_at: datetime | None
    closed_through: date | None
    disputed: int | None
    oldest_dispute: date | None
    unsealed: int | None  # days of the last thirty on which cash moved unsealed
    waiting: int | None
    sound: bool | None
    deadlines_due: int | None
    deadlines_met: int | None
    unclosed: int | None  # months that are over and whose book is open
    meetings_due: int | None
    meetings_met: int | None
    documents: int | None  # legal ones, that are there and valid
    documents_needed: int | None
    officers: int | None  # who have lessons
    trained: int | None  # of them, who passed all
    cash_off: Rupiah | None  # counted over and short in the last thirty days
    bmpp: int | None  # borrowers above the limit; None: it is not checked
    silence_days: int  # its own rules: when officials are told
    liquidity_floor: int
    dispute_days: int

    @property
    def savings(self) -> Rupiah | None:
        """Return the savings of all kinds that may be told; None when none of them may."""
        held = [self.pokok, self.wajib, self.sukarela, self.term]
        known = [one for one in held if one is not None]
        return None if self.savings_hidden or not known else sum(known)

    def silent_days(self, today: date) -> int | None:
        """Return how long the book has had no entry; None: never had one."""
        if self.last_entry_at is None:
            return None
        return max(0, (today - business_date(self.last_entry_at, WITA)).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A region in a month, or all that was asked for (region None); `hidden`: whose savings are not in the sums."""

    region: str | None
    month: date
    at: datetime
    cooperatives: int
    recording: int
    members: int
    pokok: Rupiah
    wajib: Rupiah
    sukarela: Rupiah
    term: Rupiah
    hidden: int
    lent: Rupiah | None
    npl: Decimal | None
    par30: Decimal | None
    liquidity: Decimal | None
    own_capital: Decimal | None
    bopo: Decimal | None
    collection: Decimal | None
    dues: Rupiah
    dues_paid: Rupiah
    sales: Rupiah
    disputed: int
    unsealed: int
    waiting: int
    deadlines_due: int
    deadlines_met: int
    unclosed: int
    meetings_due: int
    meetings_met: int
    documents: int
    documents_needed: int
    complete: int  # whose legal documents are all there
    officers: int
    trained: int
    cash_off: Rupiah
    bmpp: int | None  # None: no cooperative has it checked
    silent: int  # whose book had no entry for the days of its rule, or never one
    unsound: int  # whose book is not as it was written
    closed: int  # whose book is closed through the month before

    @property
    def savings(self) -> Rupiah:
        """Return the savings of all kinds."""
        return self.pokok + self.wajib + self.sukarela + self.term


async def cooperatives(db: AsyncConnection, *, region: str, month: date) -> list[Watched]:
    """List the cooperatives of a region (64, or 64.72) in a month, by code."""
    assert month == month_of(month), month
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT * FROM province.monitored($1, $2) ORDER BY code LIMIT 10000", region, month
    )
    return [Watched(**row) for row in rows]


async def totals(db: AsyncConnection, *, region: str, first: date, last: date) -> list[Total]:
    """Add up a region's cooperatives per region and in all (region None), month by month."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT * FROM province.regions_monitored($1, $2, $3)"
        " ORDER BY month, region NULLS LAST LIMIT 10000",
        region,
        first,
        last,
    )
    return [Total(**row) for row in rows]


async def newest(db: AsyncConnection, *, region: str, today: date) -> date:
    """Return the running month; while the clock has not worked out all that `region` holds, the one before."""
    running = month_of(today)
    before = next_month(running, -1)
    found = await totals(db, region=region, first=before, last=running)
    known = {one.month: one.cooperatives for one in found if one.region is None}
    return before if known.get(running, 0) < known.get(before, 0) else running


async def trend(db: AsyncConnection, *, region: str, month: date) -> list[Total]:
    """Return the months up to `month`, a year and one, of all that `region` holds: those that are known."""
    found = await totals(db, region=region, first=next_month(month, 1 - MONTHS), last=month)
    return [one for one in found if one.region is None]
