"""What moved between the codes of the chart, by stretch of time: the one reading all statements are made of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database
from core.calendar import last_day, month_of
from core.money import Rupiah

YEAR_CLOSE = "year_close"  # entries that empty income and costs: no business of their year's result
RESULT = ("4", "5")  # first digits of income and costs
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `first` to `last`, both counted."""

    first: date
    last: date

    @property
    def year_before(self) -> Period:
        """Return the same days one year earlier."""
        return Period(first=_year_before(self.first), last=_year_before(self.last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Rupiah that moved from one code to another in a stretch; `back` says that a reversal moved it."""

    debit: str
    credit: str
    stretch: int
    closing: bool  # of a year's end, or of its undoing
    back: bool
    amount: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A book's movements until the last boundary. Stretch n ends before boundary n."""

    boundaries: tuple[date, ...]
    moved: tuple[Moved, ...]

    def until(self, day: date) -> Iterator[Moved]:
        """Give what moved until the end of a day, which is a boundary."""
        end = self._stretch(day)
        return (one for one in self.moved if one.stretch < end)

    def within(self, period: Period) -> Iterator[Moved]:
        """Give what moved in a period whose ends are boundaries."""
        begin, end = self._stretch(period.first - _DAY), self._stretch(period.last)
        return (one for one in self.moved if begin <= one.stretch < end)

    def _stretch(self, day: date) -> int:
        after = day + _DAY
        assert after in self.boundaries, (day, self.boundaries)
        return bisect_right(self.boundaries, after)

    def balances(self, day: date) -> dict[str, Rupiah]:
        """Return what each code held at the end of a day, debits positive; codes that never moved are absent."""
        return net(self.until(day))

    def result(self, period: Period) -> dict[str, Rupiah]:
        """Return income and costs of a period by code, credits positive, a year's close left out."""
        moved = net(one for one in self.within(period) if not one.closing)
        return {code: -amount for code, amount in moved.items() if code[0] in RESULT}


def _year_before(day: date) -> date:
    """Return the day one year earlier; a month's last day stays its last day."""
    end = last_day(month_of(day).replace(year=day.year - 1))
    return end if day == last_day(month_of(day)) else end.replace(day=min(day.day, end.day))


def net(moved: Iterator[Moved]) -> dict[str, Rupiah]:
    """Add up movements by code, debits positive."""
    sums: dict[str, Rupiah] = {}
    for one in moved:
        sums[one.debit] = sums.get(one.debit, 0) + one.amount
        sums[one.credit] = sums.get(one.credit, 0) - one.amount
    return dict(sorted(sums.items()))


def year_of(day: date) -> Period:
    """Return the book year up to a day: it begins on 1 January (Permenkop 2/2024)."""
    return Period(first=date(day.year, 1, 1), last=day)


async def figures(db: AsyncConnection, *, koperasi_id: int, period: Period) -> Figures:
    """Read a book once for a period, the same days a year before, and the year's beginnings of both."""
    assert period.first <= period.last, period
    before = period.year_before
    ends = {date(period.last.year, 1, 1) - _DAY}  # the sheet's comparison
    for one in (period, before):
        ends |= {one.first - _DAY, one.last}
    ends |= {year_of(end).first - _DAY for end in ends}
    boundaries = tuple(sorted(end + _DAY for end in ends))
    raw = await database.driver(db)
    rows = await raw.fetch(_MOVED, koperasi_id, list(boundaries), period.last)
    chart = accounts.chart()
    assert all(row["debit"] in chart and row["credit"] in chart for row in rows)
    return Figures(
        boundaries=boundaries,
        moved=tuple(
            Moved(
                debit=row["debit"],
                credit=row["credit"],
                stretch=row["stretch"],
                closing=row["closing"],
                back=row["back"],
                amount=int(row["amount"]),
            )
            for row in rows
        ),
    )


_MOVED = f"""
SELECT d.code AS debit, c.code AS credit, s.stretch, s.closing, s.back, sum(s.amount) AS amount
  FROM (SELECT p.debit, p.credit, width_bucket(e."on", $2::date[]) AS stretch, e.reverses IS NOT NULL AS back,
               e.kind = '{YEAR_CLOSE}' OR coalesce(r.kind = '{YEAR_CLOSE}', false) AS closing, sum(p.amount) AS amount
          FROM ledger.entries e
          JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
          LEFT JOIN ledger.entries r ON r.koperasi_id = $1 AND r.number = e.reverses
         WHERE e.koperasi_id = $1 AND e."on" <= $3
         GROUP BY 1, 2, 3, 4, 5) s
  JOIN ledger.accounts d ON d.koperasi_id = $1 AND d.id = s.debit
  JOIN ledger.accounts c ON c.koperasi_id = $1 AND c.id = s.credit
 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
