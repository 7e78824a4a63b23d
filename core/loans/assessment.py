"""The nightly look at the running loans of one cooperative: every class right up to the end of a day.

One set of statements, however many loans: days on which a class may turn are computed in the database,
from what was right last (loan_assessments.through, or the day of a loan's last operation) to the day asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.loans.collectibility import FLOOR_INSTALMENTS, NEVER, ClassTable, table_on
from core.rules import CLASSES, RuleBook

_A_DAY = timedelta(days=1)
_TABLES = {"classes": False, "classes_short": True}  # name of the rule -> of short rhythms


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A cooperative to be looked at, and the zone of its days."""

    koperasi_id: int
    zone: str


async def due(db: AsyncConnection, *, now: datetime, after: int, most: int) -> list[Due]:
    """List cooperatives with loans whose own day has moved past what was assessed, by id from above `after`."""
    raw = await database.driver(db)
    latest = now + timedelta(hours=14)  # no zone is further ahead
    rows = await raw.fetch(_DUE, after, now, latest.date(), most)
    return [Due(koperasi_id=row["koperasi_id"], zone=row["zone"]) for row in rows]


_DUE = """
SELECT a.koperasi_id, c.zone FROM loan_assessments a JOIN cooperatives c USING (koperasi_id)
 WHERE a.koperasi_id > $1 AND a.through < $3 AND a.through < ($2::timestamptz AT TIME ZONE c.zone)::date
 ORDER BY a.koperasi_id LIMIT $4
"""


async def assessed_through(db: AsyncConnection, *, koperasi_id: int) -> date | None:
    """Return the day up to whose end a cooperative's classes are right; None before the first night."""
    raw = await database.driver(db)
    found: date | None = await raw.fetchval(
        "SELECT through FROM loan_assessments WHERE koperasi_id = $1", koperasi_id
    )
    return None if found == NEVER else found


async def assess(
    db: AsyncConnection, *, koperasi_id: int, book: RuleBook, through: date, at: datetime
) -> int:
    """Bring the classes of all running loans to the end of a day; return how many changes were written.

    Each change has its own day, also when nobody looked for long: the day its threshold was reached
    (cause days) or a new table began (cause rules). A day that was assessed already changes nothing, nor do
    two at once. A class is not better than the floor of a restructuring before three instalments are paid.
    """
    raw = await database.driver(db)
    await raw.execute(_PLANNED)
    await raw.execute(_BEGIN, koperasi_id, NEVER, at)
    before = await raw.fetchrow(_BEFORE, koperasi_id)  # holds a second one until this one ends
    assert before is not None, koperasi_id
    if before["through"] >= through:
        return 0
    asked = (koperasi_id, before["through"], through, *_tables(book, before, through), CLASSES)
    turning = [row["id"] for row in await raw.fetch(_TURNING, *asked, None)]
    written = 0
    if turning:
        await raw.execute(_LOCK, koperasi_id, turning)
        status = await raw.execute(_WRITE, *asked, turning, at)  # as they are now that nobody moves
        written = int(status.rpartition(" ")[2])
    await raw.execute(_DONE, koperasi_id, through, at, *_used(book, through))
    return written


def _used(book: RuleBook, day: date) -> list[str]:
    """Write down the tables of a day as rules are written."""
    return [
        " ".join(f"{word}:{days}" for word, days in table_on(book, day, short=short))
        for short in _TABLES.values()
    ]


def _tables(book: RuleBook, before: asyncpg.Record, through: date) -> list[list[bool | date | int]]:
    """Lay out which table holds from when to when: columns short, since, until, rank, days.

    Up to the day assessed last it is the one that was used then, whatever has been set since.
    """
    rows: list[tuple[bool, date, date, int, int]] = []
    for name, short in _TABLES.items():
        begun = sorted(
            {before["through"] + _A_DAY}
            | {since for rule, since, _ in book.steps if rule == name and since <= through}
        )
        held: list[tuple[date, ClassTable]] = []
        if before[name] is not None:
            held.append((NEVER, tuple(_pair(word) for word in before[name].split())))
            begun = [day for day in begun if day > before["through"]]
        elif begun[0] > NEVER:
            begun.insert(0, NEVER)
        held += [(day, table_on(book, day, short=short)) for day in begun]
        for (since, table), (until, _) in zip(
            held, [*held[1:], (through + _A_DAY, ())], strict=True
        ):
            rows += [
                (short, since, until - _A_DAY, rank, days) for rank, (_, days) in enumerate(table)
            ]
    return [list(column) for column in zip(*rows, strict=True)]


def _pair(word: str) -> tuple[str, int]:
    name, _, days = word.partition(":")
    return name, int(days)


# A plan kept from the time before the first history would read that whole table for every loan.
_PLANNED = "SET LOCAL plan_cache_mode TO force_custom_plan"
_BEGIN = "INSERT INTO loan_assessments (koperasi_id, through, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_BEFORE = (
    "SELECT through, classes, classes_short FROM loan_assessments WHERE koperasi_id = $1 FOR UPDATE"
)
_LOCK = (
    "SELECT FROM loans WHERE koperasi_id = $1 AND id = ANY ($2::integer[]) ORDER BY id FOR UPDATE"
)
_DONE = (
    "UPDATE loan_assessments SET through = $2, at = $3, classes = $4, classes_short = $5"
    " WHERE koperasi_id = $1"
)

# $1 cooperative, $2 right through, $3 through, $4-$8 the tables, $9 the classes' names, $10 ids or null: all.
# A loan that is not past due and stands as lancar cannot turn.
_TURNS = f"""
WITH tables AS MATERIALIZED (
  SELECT * FROM unnest($4::boolean[], $5::date[], $6::date[], $7::integer[], $8::integer[])
         AS t (short, since, until, rank, days)
), running AS (
  SELECT l.id, l.oldest_due, array_position($9::text[], l.class) - 1 AS rank,
         greatest($2::date, coalesce(l.class_on, l.disbursed_on)) AS known,
         left(l.terms->>'every', -1)::integer
           * CASE right(l.terms->>'every', 1) WHEN 'm' THEN 31 WHEN 'w' THEN 7 ELSE 1 END < 28 AS short,
         CASE WHEN l.class_floor IS NOT NULL AND {FLOOR_INSTALMENTS} > (
                SELECT count(*) FROM loan_instalments i
                  JOIN loan_versions v USING (koperasi_id, loan_id, version)
                 WHERE i.koperasi_id = $1 AND i.loan_id = l.id AND i.version = l.version
                   AND i.paid_on IS NOT NULL AND i.n > v.opening_paid
                   AND i.principal + i.interest + CASE i.n WHEN 1 THEN v.carried_interest ELSE 0 END > 0)
              THEN array_position($9::text[], l.class_floor) - 1 ELSE 0 END AS least
    FROM loans l
   WHERE l.koperasi_id = $1 AND l.state = 'running' AND (l.oldest_due < $3 OR l.class <> $9[1])
     AND ($10::integer[] IS NULL OR l.id = ANY ($10))
), days AS (
  SELECT r.*, d.day, greatest(d.day - r.oldest_due, 0) AS overdue
    FROM running r CROSS JOIN LATERAL (
      SELECT r.known + 1
      UNION SELECT t.since FROM tables t WHERE t.short = r.short AND t.rank = 0
      UNION SELECT r.oldest_due + t.days FROM tables t
             WHERE t.short = r.short AND r.oldest_due + t.days BETWEEN t.since AND t.until
    ) AS d (day)
   WHERE d.day > r.known AND d.day <= $3
), classed AS (
  SELECT d.*,
         greatest(d.least, (SELECT max(t.rank) FROM tables t WHERE t.short = d.short
           AND d.day BETWEEN t.since AND t.until AND t.days <= d.overdue)) AS now,
         greatest(d.least, (SELECT max(t.rank) FROM tables t WHERE t.short = d.short
           AND d.day - 1 BETWEEN t.since AND t.until AND t.days <= d.overdue)) AS by_days
    FROM days d
), turns AS (
  SELECT *, lag(now, 1, rank) OVER (PARTITION BY id ORDER BY day) AS was FROM classed
)
"""
_TURNING = _TURNS + "SELECT DISTINCT id FROM turns WHERE now <> was"
_WRITE = (
    _TURNS
    + """
, changes AS (
  SELECT id, day, now, overdue, CASE now WHEN by_days THEN 'days' ELSE 'rules' END AS cause FROM turns
   WHERE now <> was
), kept AS (
  UPDATE loans l SET class = $9[c.now + 1]
    FROM (SELECT DISTINCT ON (id) id, now FROM changes ORDER BY id, day DESC) c
   WHERE l.koperasi_id = $1 AND l.id = c.id
)
INSERT INTO loan_classes (koperasi_id, loan_id, n, "on", class, overdue_days, cause, at)
SELECT $1, c.id, row_number() OVER (PARTITION BY c.id ORDER BY c.day)
         + (SELECT coalesce(max(h.n), 0) FROM loan_classes h WHERE h.koperasi_id = $1 AND h.loan_id = c.id),
       c.day, $9[c.now + 1], c.overdue, c.cause, $11
  FROM changes c
"""
)
