"""A split taken back while nothing of it is paid: its entries reversed, the year as before it was shared out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, ledger
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.money import Rupiah
from core.shu.sharing import SOURCE
from core.tables.surplus import parts, splits


class NotShared(Refusal):
    """Only a split that was made can be taken back. Facts: year."""

    text = "refusal-shu-not-shared"


class SharedLater(Refusal):
    """The last split is taken back first. Facts: year, later."""

    text = "refusal-shu-shared-later"


class SplitUsed(Refusal):
    """What a split gave is there no more: paid, put to savings or spent. Facts: year, amount (rupiah that is gone)."""

    text = "refusal-shu-used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A split that can be taken back: its entries, what they moved in rupiah; none of a loss nothing covered."""

    year: int
    shu: Rupiah
    entries: tuple[int, ...]


async def require_untouched(db: AsyncConnection, *, koperasi_id: int, year: int) -> Split:
    """Let pass the last split while each account it gave to holds that much still.

    Refuses NotShared, SharedLater, SplitUsed.
    """
    raw = await database.driver(db)
    made = await raw.fetchrow(
        "SELECT shu, entry, (SELECT max(l.year) FROM surplus_splits l WHERE l.koperasi_id = $1) AS last"
        " FROM surplus_splits WHERE koperasi_id = $1 AND year = $2",
        koperasi_id, year,
    )  # fmt: skip
    if made is None:
        raise NotShared(year=str(year))
    if made["last"] > year:
        raise SharedLater(year=str(year), later=str(made["last"]))
    rows = await raw.fetch(_ENTRIES, koperasi_id, made["entry"])
    entries = tuple(row["number"] for row in rows)
    gone = await raw.fetchval(_GONE, koperasi_id, entries, SOURCE)
    if gone:
        raise SplitUsed(year=str(year), amount=gone)
    return Split(year=year, shu=made["shu"], entries=entries)


# The entries of one request: its operation, numbered.
_ENTRIES = """
SELECT e.number FROM ledger.entries first
  JOIN ledger.entries e ON e.koperasi_id = $1 AND e.kind = first.kind AND e.number >= first.number
   AND starts_with(e.operation, regexp_replace(first.operation, '[0-9]+$', ''))
 WHERE first.koperasi_id = $1 AND first.number = $2
 ORDER BY e.number LIMIT 1000
"""
_GONE = """
SELECT coalesce(sum(given.amount - a.balance) FILTER (WHERE a.balance < given.amount), 0)::bigint
  FROM (SELECT p.credit, sum(p.amount) AS amount FROM ledger.postings p
         WHERE p.koperasi_id = $1 AND p.entry = ANY ($2::bigint[]) GROUP BY p.credit) AS given
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id = given.credit AND a.code <> $3
"""


async def take_back(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    year: int,
    on: date,
    at: datetime,
    recorder: str,
    approver: str,
    source: str,
    operation: str,
    reason: str,
) -> tuple[int, ...]:
    """Reverse a split's entries, dated `on`; bases and parts are forgotten, so the year can be shared out anew.

    Debits what it credited, credits 361000 (of a covered loss the other way). Refuses what require_untouched refuses.
    """
    found = await require_untouched(db, koperasi_id=cooperative.id, year=year)
    back = []
    for number in reversed(found.entries):
        made = await ledger.reverse(
            db, number, koperasi_id=cooperative.id, on=on, at=at, zone=cooperative.zone,
            recorder=recorder, approver=approver, source=source, operation=f"{operation}/{number}",
            reason=reason,
        )  # fmt: skip
        back.append(made.number)
    for table in (parts, splits):
        await db.execute(
            delete(table).where(table.c.koperasi_id == cooperative.id, table.c.year == year)
        )
    return tuple(back)
