"""Cash seals: at day's end the cash is counted by two people, and what the book says of it is fixed.

A seal keeps the count, the difference, and the number and hash of the book's last entry at that moment.
Nothing is refused because of a seal: what is dated on a sealed day and recorded later stands beside it
(Seal.later), and cash recorded so may be counted and sealed anew. A seal is never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, ledger
from core.accounts import BANKS, CASH, OPENING, PLACES
from core.errors import Refusal
from core.ledger import Posting
from core.money import Rupiah
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may

KIND = "cash-count"  # of the entry that books a difference
BOXES = tuple(place for place in PLACES if place not in BANKS)
OVER, SHORT = "419000", "529000"
DAYS_BACK = 7  # a count of an older day says nothing any more
_MOST = 400  # days listed at once
# Entries that moved a cash box; opening balances bring what nobody received on that day.
_TOUCHED = """
  JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
  JOIN ledger.accounts a ON a.koperasi_id = e.koperasi_id AND a.id IN (p.debit, p.credit)
  JOIN ledger.accounts o ON o.koperasi_id = e.koperasi_id AND o.id = p.debit + p.credit - a.id
 WHERE e.koperasi_id = $1 AND a.code = ANY ($2)"""
_MOVED = f"{_TOUCHED} AND o.code <> '{OPENING}'"


class NothingToCount(Refusal):
    """A book without entries knows nothing of cash."""

    text = "refusal-nothing-to-count"


class CountTooLate(Refusal):
    """Only the last days' cash can be counted. Facts: on, days."""

    text = "refusal-count-too-late"


class SealedBefore(Refusal):
    """A day is sealed once, unless cash of it was recorded later. Facts: on."""

    text = "refusal-sealed-before"


class RecordedSinceCount(Refusal):
    """Cash of that day was recorded after it was counted: it must be counted again. Facts: on."""

    text = "refusal-recorded-since-count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A cash box by its code, what the book says it holds and what was counted in it, in rupiah."""

    code: str
    booked: Rupiah
    counted: Rupiah

    @property
    def difference(self) -> Rupiah:
        """Return what is over, or below zero what is short."""
        return self.counted - self.booked


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Cash as it was counted: `entries` are dated on that day, `last` and `head` the book's last number and hash."""

    on: date
    boxes: tuple[Box, ...]
    entries: int
    last: int
    head: bytes

    @property
    def total(self) -> Rupiah:
        """Return all that was counted."""
        return sum(box.counted for box in self.boxes)

    @property
    def difference(self) -> Rupiah:
        """Return what all boxes together have over, or short."""
        return sum(box.difference for box in self.boxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A sealed day; `difference` is the entry that booked one, `later` are entries of that day recorded since."""

    on: date
    boxes: tuple[Box, ...]
    difference: int | None
    entry: int
    hash: bytes
    counter: str
    approver: str
    later: tuple[int, ...] = ()

    @property
    def short_hash(self) -> str:
        """Return the first eight digits of the hash, as people compare them."""
        return self.hash.hex()[:8]


async def boxes_of(db: AsyncConnection, *, koperasi_id: int, on: date) -> tuple[str, ...]:
    """Name the cash boxes that moved on a day, by code; Kas where none did."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        f'SELECT DISTINCT a.code FROM ledger.entries e {_MOVED} AND e."on" = $3 ORDER BY 1',
        koperasi_id,
        list(BOXES),
        on,
    )
    return tuple(row["code"] for row in rows) or (CASH,)


async def count(
    db: AsyncConnection,
    *,
    officer: Standing,
    on: date,
    counted: Mapping[str, Rupiah],
    today: date,
) -> Count:
    """Hold what was counted in each box, by code, against the book; nothing is recorded.

    What the book says is dated on that day or before. Refuses NotAllowed, FutureDate,
    CountTooLate, NothingToCount, SealedBefore.
    """
    assert counted, "a count names its boxes"
    assert set(counted) <= set(BOXES), counted
    assert all(amount >= 0 for amount in counted.values()), counted
    if not may(officer.roles, Action.COUNT_CASH):
        raise NotAllowed(who=who_may(Action.COUNT_CASH))
    if on > today:
        raise ledger.FutureDate(on=on)
    if (today - on).days > DAYS_BACK:
        raise CountTooLate(on=on, days=DAYS_BACK)
    raw = await database.driver(db)
    codes = sorted(counted)
    row = await raw.fetchrow(_BOOK, officer.cooperative.id, list(BOXES), on, codes)
    assert row is not None
    if not row["last"]:
        raise NothingToCount
    if row["sealed"] is not None and not row["later"]:
        raise SealedBefore(on=on)
    return Count(
        on=on,
        boxes=tuple(
            Box(code=code, booked=booked, counted=counted[code])
            for code, booked in zip(codes, row["booked"], strict=True)
        ),
        entries=row["entries"],
        last=row["last"],
        head=row["head"],
    )


_BOOK = f"""
WITH sealed AS (SELECT max(entry) AS entry FROM cash_seals WHERE koperasi_id = $1 AND "on" = $3)
SELECT b.entries AS last, b.head, sealed.entry AS sealed,
  (SELECT count(*)::integer FROM ledger.entries e WHERE e.koperasi_id = $1 AND e."on" = $3) AS entries,
  EXISTS (SELECT FROM ledger.entries e {_MOVED} AND e."on" = $3 AND e.number > sealed.entry) AS later,
  ARRAY (SELECT coalesce(sum(CASE WHEN p.debit = a.id THEN p.amount ELSE -p.amount END), 0)::bigint
           FROM unnest($4::text[]) WITH ORDINALITY AS asked (code, n)
           LEFT JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.code = asked.code
           LEFT JOIN (ledger.postings p JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id
                        AND e.number = p.entry AND e."on" <= $3)
             ON p.koperasi_id = $1 AND a.id IN (p.debit, p.credit)
          GROUP BY asked.n ORDER BY asked.n) AS booked
  FROM ledger.books b, sealed WHERE b.koperasi_id = $1
"""


async def seal(
    db: AsyncConnection,
    *,
    officer: Standing,
    approver: int,
    found: Count,
    at: datetime,
    operation: str,
    source: str,
) -> Seal:
    """Fix what `officer` counted and the person `approver` confirmed (core.approvals); book the difference, once.

    Over: the box / 419000. Short: 529000 / the box. Dated on the counted day. Refuses RecordedSinceCount where cash
    of that day was recorded after the count, and what ledger.post refuses.
    """
    assert approver != officer.person_id, "two people count"
    here = officer.cooperative
    entry = None
    if postings := [_posting(box) for box in found.boxes if box.difference]:
        posted = await ledger.post(
            db,
            postings,
            koperasi_id=here.id,
            kind=KIND,
            on=found.on,
            at=at,
            zone=here.zone,
            recorder=officer.recorder,
            source=source,
            operation=operation,
            approver=f"person:{approver}",
        )
        entry = posted.number
    raw = await database.driver(db)
    boxes = found.boxes
    try:
        fixed = await raw.fetchrow(
            _SEAL,
            here.id,
            list(BOXES),
            found.on,
            found.last,
            entry,
            [box.code for box in boxes],
            [box.counted for box in boxes],
            [box.booked for box in boxes],
            officer.person_id,
            approver,
            at,
        )
    except asyncpg.UniqueViolationError:
        raise SealedBefore(on=found.on) from None
    if fixed is None:
        raise RecordedSinceCount(on=found.on)
    sealed = await recent(db, koperasi_id=here.id, on=found.on)
    return sealed[0]


def _posting(box: Box) -> Posting:
    if box.difference > 0:
        return Posting(debit=box.code, credit=OVER, amount=box.difference)
    return Posting(debit=SHORT, credit=box.code, amount=-box.difference)


# Read and written in one statement: the hash is that of the number, and nothing of the day came in between.
_SEAL = f"""
INSERT INTO cash_seals (koperasi_id, "on", n, boxes, counted, booked, difference, entry, hash, counter_id,
                        approver_id, at)
SELECT $1, $3, 1 + coalesce((SELECT max(n) FROM cash_seals WHERE koperasi_id = $1 AND "on" = $3), 0),
       $6, $7, $8, $5, b.entries, b.head, $9, $10, $11
  FROM ledger.books b
 WHERE b.koperasi_id = $1
   AND NOT EXISTS (SELECT FROM ledger.entries e {_TOUCHED} AND e."on" <= $3 AND e.number > $4
                      AND e.number IS DISTINCT FROM $5::bigint)
RETURNING n
"""


async def unsealed_days(
    db: AsyncConnection, koperasi_id: int, *, since: date, until: date, waiting: bool = True
) -> list[date]:
    """List the days from `since` to `until` on which cash moved and which no seal was made of, the oldest first.

    Not `waiting`: without the days whose count waits for its confirmation.
    """
    raw = await database.driver(db)
    rows = await raw.fetch(_UNSEALED, koperasi_id, list(BOXES), since, until, waiting, _MOST)
    return [row["on"] for row in rows]


_UNSEALED = f"""
SELECT DISTINCT e."on" FROM ledger.entries e {_MOVED} AND e."on" BETWEEN $3 AND $4
   AND NOT EXISTS (SELECT FROM cash_seals s WHERE s.koperasi_id = $1 AND s."on" = e."on")
   AND ($5 OR NOT EXISTS (SELECT FROM approvals w WHERE w.koperasi_id = $1 AND w.state = 'waiting'
                             AND w.subject = 'cash-seal/' || e."on"))
 ORDER BY 1 LIMIT $6
"""


async def recent(
    db: AsyncConnection, *, koperasi_id: int, on: date | None = None, limit: int = 1
) -> list[Seal]:
    """List the seals that hold, each day's last one, the newest day first; of one day with `on`."""
    raw = await database.driver(db)
    rows: Sequence[asyncpg.Record] = await raw.fetch(_RECENT, koperasi_id, on, limit)
    return [
        Seal(
            on=row["on"],
            boxes=tuple(
                Box(code=code, counted=counted, booked=booked)
                for code, counted, booked in zip(
                    row["boxes"], row["counted"], row["booked"], strict=True
                )
            ),
            difference=row["difference"],
            entry=row["entry"],
            hash=row["hash"],
            counter=row["counter"],
            approver=row["approver"],
            later=tuple(row["later"]),
        )
        for row in rows
    ]


_RECENT = """
SELECT s.*, c.name AS counter, a.name AS approver,
  ARRAY (SELECT e.number FROM ledger.entries e
          WHERE e.koperasi_id = $1 AND e."on" = s."on" AND e.number > s.entry
          ORDER BY e.number LIMIT 20) AS later
  FROM (SELECT DISTINCT ON ("on") * FROM cash_seals
         WHERE koperasi_id = $1 AND ($2::date IS NULL OR "on" = $2)
         ORDER BY "on" DESC, n DESC LIMIT $3) s
  JOIN people c ON c.koperasi_id = $1 AND c.id = s.counter_id
  JOIN people a ON a.koperasi_id = $1 AND a.id = s.approver_id
 ORDER BY s."on" DESC
"""
