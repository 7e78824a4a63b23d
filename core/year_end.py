"""The end of a book year: income and costs to 390000, the surplus to 360000, on 1 January to 361000; and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import closing, database, ledger
from core.calendar import next_month
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.goods.shopping import YEAR_CLOSE
from core.ledger import Posting
from core.money import Rupiah

KIND = YEAR_CLOSE  # statements leave its entries and their reversals out of income and costs
SUMMARY, OF_THE_YEAR, OF_LAST_YEAR = "390000", "360000", "361000"


class MonthsOpen(Refusal):
    """A year is closed after all of its months. Facts: year, month (the next to close)."""

    text = "refusal-year-months-open"


class YearClosed(Refusal):
    """A year is closed once. Facts: year."""

    text = "refusal-year-closed"


class YearBefore(Refusal):
    """Years are closed one after the other. Facts: year, the one before."""

    text = "refusal-year-before"


class NothingToClose(Refusal):
    """A year without income, costs or surplus. Facts: year."""

    text = "refusal-year-empty"


class YearOpen(Refusal):
    """Only a closed year can be reopened. Facts: year."""

    text = "refusal-year-open"


class LaterYearClosed(Refusal):
    """The last closed year is reopened first. Facts: year, the later one."""

    text = "refusal-year-later"


class SurplusShared(Refusal):
    """A year whose surplus was shared out stays closed. Facts: year."""

    text = "refusal-year-shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a year brought, in rupiah; `surplus` below zero is a loss."""

    year: int
    income: Rupiah
    costs: Rupiah
    entries: tuple[int, ...] = ()

    @property
    def surplus(self) -> Rupiah:
        """Return income less costs."""
        return self.income - self.costs


async def result(db: AsyncConnection, *, koperasi_id: int, year: int) -> Result:
    """Add up income and costs of a year from its entries, closings left out: the same before and after them."""
    raw = await database.driver(db)
    row = await raw.fetchrow(_RESULT, koperasi_id, date(year, 1, 1), date(year, 12, 31), KIND)
    assert row is not None
    return Result(year=year, income=row["income"], costs=row["costs"])


_RESULT = """
SELECT coalesce(sum(-s.amount) FILTER (WHERE a.code < '500000'), 0)::bigint AS income,
       coalesce(sum(s.amount) FILTER (WHERE a.code >= '500000'), 0)::bigint AS costs
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  CROSS JOIN LATERAL (VALUES (p.debit, p.amount), (p.credit, -p.amount)) s(account, amount)
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id = s.account AND a.code >= '400000'
 WHERE e.koperasi_id = $1 AND e."on" BETWEEN $2 AND $3 AND e.kind <> $4
   AND NOT EXISTS (SELECT FROM ledger.entries o WHERE o.koperasi_id = $1 AND o.number = e.reverses AND o.kind = $4)
"""


_BEGUN = 'SELECT EXISTS (SELECT FROM ledger.entries WHERE koperasi_id = $1 AND "on" <= $2)'


async def require_closable(db: AsyncConnection, *, koperasi_id: int, year: int) -> Result:
    """Let pass a year whose months are all closed. Refuses YearClosed, MonthsOpen, YearBefore, NothingToClose."""
    if await closing.year_entries(db, koperasi_id=koperasi_id, year=year):
        raise YearClosed(year=str(year))
    last = date(year, 12, 31)
    raw = await database.driver(db)
    if not await raw.fetchval(_BEGUN, koperasi_id, last):  # before the book began
        raise NothingToClose(year=str(year))
    closed = await closing.last_closed_month(db, koperasi_id)
    if closed is None or closed < date(year, 12, 1):
        raise MonthsOpen(
            year=str(year), month=date(year, 12, 1) if closed is None else next_month(closed)
        )
    if await _balances(db, koperasi_id, date(year - 1, 12, 31)):
        raise YearBefore(year=str(year - 1))
    found = await result(db, koperasi_id=koperasi_id, year=year)
    carried = await _held(db, koperasi_id, OF_THE_YEAR, last)
    if not carried and not await _balances(db, koperasi_id, last):
        raise NothingToClose(year=str(year))
    return found


async def close_year(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    year: int,
    at: datetime,
    recorder: str,
    approver: str,
    source: str,
    operation: str,
) -> Result:
    """Close income and costs of a year and carry its surplus forward; dated 31 December and 1 January.

    Debits every 4xxxxx and credits 390000, debits 390000 and credits every 5xxxxx, then 390000 to 360000
    (a loss the other way), on 1 January 360000 to 361000. The lock is lifted for these entries alone, which
    ledger.closings keeps. Refuses what require_closable refuses.
    """
    found = await require_closable(db, koperasi_id=cooperative.id, year=year)
    last = date(year, 12, 31)
    lines: list[Posting] = []
    summary = 0
    for key, credit in await _balances(db, cooperative.id, last):
        lines.append(_moved(key, SUMMARY, credit))
        summary += credit
    if summary:
        lines.append(_moved(SUMMARY, OF_THE_YEAR, summary))
    carried = summary + await _held(db, cooperative.id, OF_THE_YEAR, last)
    facts: dict[str, Any] = {
        "koperasi_id": cooperative.id, "kind": KIND, "at": at, "zone": cooperative.zone,
        "recorder": recorder, "approver": approver, "source": source,
    }  # fmt: skip
    numbers = []
    async with _unlocked(db, cooperative.id, year, at, f"{recorder},{approver}", "tutup"):
        for n, part in enumerate(closing.chunks(lines), 1):
            made = await ledger.post(db, part, on=last, operation=f"{operation}/{n}", **facts)
            numbers.append(made.number)
        if carried:
            made = await ledger.post(
                db, [_moved(OF_THE_YEAR, OF_LAST_YEAR, carried)], on=date(year + 1, 1, 1),
                operation=f"{operation}/open", **facts,
            )  # fmt: skip
            numbers.append(made.number)
    return Result(year=year, income=found.income, costs=found.costs, entries=tuple(numbers))


def _moved(source: str, target: str, amount: Rupiah) -> Posting:
    """Move a credit balance from one account to another; one below zero goes the other way."""
    if amount > 0:
        return Posting(debit=source, credit=target, amount=amount)
    return Posting(debit=target, credit=source, amount=-amount)


@asynccontextmanager
async def _unlocked(
    db: AsyncConnection, koperasi_id: int, year: int, at: datetime, by: str, what: str
) -> AsyncIterator[None]:
    """Let entries of 31 December and 1 January in, and lock the book again as it was; both are kept."""
    through = await closing.closed_through(db, koperasi_id)
    before = date(year, 11, 30)
    await ledger.close(
        db, koperasi_id=koperasi_id, through=before, at=at, by=by, reason=f"{what} tahun {year}"
    )
    yield
    await ledger.close(
        db, koperasi_id=koperasi_id, through=through, at=at, by=by, reason=f"{what} tahun {year}: dikunci lagi"
    )  # fmt: skip


async def require_reopenable(db: AsyncConnection, *, koperasi_id: int, year: int) -> list[int]:
    """Let pass the last closed year while its surplus is not shared out; returns its entries.

    Refuses YearOpen, LaterYearClosed, SurplusShared.
    """
    entries = await closing.year_entries(db, koperasi_id=koperasi_id, year=year)
    if not entries:
        raise YearOpen(year=str(year))
    if await closing.year_entries(db, koperasi_id=koperasi_id, year=year + 1):
        raise LaterYearClosed(year=str(year + 1))
    raw = await database.driver(db)
    if await raw.fetchval(
        "SELECT true FROM surplus_splits WHERE koperasi_id = $1 AND year = $2", koperasi_id, year
    ):
        raise SurplusShared(year=str(year))
    return entries


async def reopen_year(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    year: int,
    at: datetime,
    recorder: str,
    approver: str,
    source: str,
    operation: str,
    reason: str,
) -> tuple[int, ...]:
    """Reverse the closing of a year, each entry on its own date; its months stay locked.

    Refuses what require_reopenable refuses.
    """
    entries = await require_reopenable(db, koperasi_id=cooperative.id, year=year)
    raw = await database.driver(db)
    days = {
        row["number"]: row["on"]
        for row in await raw.fetch(
            'SELECT number, "on" FROM ledger.entries WHERE koperasi_id = $1 AND number = ANY ($2)',
            cooperative.id, entries,
        )
    }  # fmt: skip
    back = []
    async with _unlocked(db, cooperative.id, year, at, f"{recorder},{approver}", "buka"):
        for number in reversed(entries):
            made = await ledger.reverse(
                db, number, koperasi_id=cooperative.id, on=days[number], at=at,
                zone=cooperative.zone, recorder=recorder, approver=approver, source=source,
                operation=f"{operation}/{number}", reason=reason,
            )  # fmt: skip
            back.append(made.number)
    return tuple(back)


async def _balances(db: AsyncConnection, koperasi_id: int, on: date) -> list[tuple[str, Rupiah]]:
    """List the accounts of income and costs that hold something at the end of a day, as credit balances."""
    raw = await database.driver(db)
    rows = await raw.fetch(_BALANCES, koperasi_id, on)
    return [(row["key"], row["credit"]) for row in rows]


_BALANCES = """
SELECT a.key, sum(s.amount)::bigint AS credit
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  CROSS JOIN LATERAL (VALUES (p.debit, -p.amount), (p.credit, p.amount)) s(account, amount)
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id = s.account AND a.code >= '400000'
 WHERE e.koperasi_id = $1 AND e."on" <= $2
 GROUP BY a.key HAVING sum(s.amount) <> 0
 ORDER BY a.key LIMIT 200000
"""


async def _held(db: AsyncConnection, koperasi_id: int, key: str, on: date) -> Rupiah:
    """Return the credit balance of an account at the end of a day."""
    raw = await database.driver(db)
    return int(await raw.fetchval(_HELD, koperasi_id, key, on))


_HELD = """
SELECT coalesce(sum(CASE WHEN p.credit = a.id THEN p.amount ELSE -p.amount END), 0)::bigint
  FROM ledger.accounts a
  JOIN ledger.postings p ON p.koperasi_id = $1 AND (p.debit = a.id OR p.credit = a.id)
  JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = p.entry AND e."on" <= $3
 WHERE a.koperasi_id = $1 AND a.key = $2
"""
