"""How a cooperative stands today in what its postings do not say: deadlines, papers, training, cash counts, BMPP, its rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, documents, seals
from core.calendar import business_date, month_of, months_between, next_month
from core.loans.checks import RELATED
from core.monitoring import deadlines
from core.monitoring.deadlines import MEETING, Closed
from core.rules import STEPS, RuleBook

_LATELY = timedelta(days=30)  # as far back as open days and cash differences are counted


async def keep(
    db: AsyncConnection, *, koperasi_id: int, zone: str, begun: date | None, at: datetime
) -> None:
    """Write into the running month's row how the named cooperative stands; `begun` is its first entry's day."""
    today = business_date(at, zone)
    raw = await database.driver(db)
    book = RuleBook(tuple(await raw.fetchval(f"SELECT {STEPS}", koperasi_id)))
    rules = book.on(today)
    due, met = await _deadlines(raw, koperasi_id, book, zone=zone, begun=begun, today=today)
    open_days = await seals.unsealed_days(
        db, koperasi_id, since=today - _LATELY, until=today - timedelta(days=1)
    )
    there, needed = await documents.completeness(db, koperasi_id, on=today)
    through = await raw.fetchval(
        "SELECT closed_through FROM ledger.books WHERE koperasi_id = $1", koperasi_id
    )
    await raw.execute(
        _KEEP,
        koperasi_id,
        month_of(today),
        at,
        today,
        len(open_days),
        _unclosed(begun, through, today),
        *due,
        *met,
        there,
        needed,
        today - _LATELY,
        rules.modal_tetap * rules.bmpp_percent // 100 if rules.modal_tetap else None,
        rules.modal_tetap * rules.bmpp_related_percent // 100,
        [role.value for role in RELATED],
        rules.silence_days,
        rules.liquidity_floor,
        rules.dispute_days,
        zone,
    )


async def _deadlines(
    raw: asyncpg.Connection[asyncpg.Record],
    koperasi_id: int,
    book: RuleBook,
    *,
    zone: str,
    begun: date | None,
    today: date,
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Count the reports and the annual meetings of the last twelve months: how many were due, how many were in time."""
    closings = [
        Closed(through=row["through"], on=business_date(row["at"], zone))
        for row in await raw.fetch(_CLOSINGS, koperasi_id)
    ]
    held = {row["year"]: row["held_on"] for row in await raw.fetch(_MEETINGS, koperasi_id)}
    passed = deadlines.passed(today, begun, book)
    reports = [one for one in passed if one.name != MEETING]
    meetings = [one for one in passed if one.name == MEETING]
    return (
        (len(reports), len(meetings)),
        (
            sum(deadlines.is_met(one, closings) for one in reports),
            sum(deadlines.is_held(one, held) for one in meetings),
        ),
    )


def _unclosed(begun: date | None, through: date | None, today: date) -> int:
    """Count the months that are over and whose book is open; `through`: the book is closed so far."""
    if begun is None:
        return 0
    first = month_of(through + timedelta(days=1)) if through else month_of(begun)
    return max(0, months_between(first, next_month(month_of(today), -1)))


_CLOSINGS = (
    "SELECT through, at FROM ledger.closings WHERE koperasi_id = $1 ORDER BY n DESC LIMIT 100"
)
_MEETINGS = """
SELECT DISTINCT ON (year) year, held_on FROM annual_meetings WHERE koperasi_id = $1
 ORDER BY year, n DESC LIMIT 100
"""
_KEEP = """
UPDATE monitoring m
   SET last_entry_at = (SELECT e.at FROM ledger.entries e WHERE e.koperasi_id = $1 AND e.number = b.entries),
       closed_through = b.closed_through, disputed = d.receipts, oldest_dispute = d.oldest,
       waiting = (SELECT count(*) FROM approvals p WHERE p.koperasi_id = $1 AND p.state = 'waiting' AND p.expires_at > $3),
       sound = (SELECT i.finding IS NULL FROM integrity_checks i WHERE i.koperasi_id = $1 AND i.head <> ''),
       unsealed = $5, unclosed = $6, deadlines_due = $7, meetings_due = $8, deadlines_met = $9, meetings_met = $10,
       documents = $11, documents_needed = $12, officers = t.officers, trained = t.trained,
       cash_off = (
         SELECT coalesce(sum(p.amount), 0) FROM ledger.entries e
           JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
          WHERE e.koperasi_id = $1 AND e.kind = 'cash-count' AND e."on" BETWEEN $13 AND $4
            AND NOT EXISTS (SELECT FROM ledger.entries v WHERE v.koperasi_id = $1 AND v.reverses = e.number)),
       bmpp = CASE WHEN $14::bigint IS NOT NULL THEN (
         SELECT count(*) FROM (
           SELECT l.member_id, sum(l.outstanding) AS owed FROM loans l
            WHERE l.koperasi_id = $1 AND l.state = 'running' GROUP BY l.member_id) AS o
          WHERE o.owed > CASE WHEN EXISTS (
            SELECT FROM officers f WHERE f.koperasi_id = $1 AND f.person_id = o.member_id AND f.role = ANY ($16::text[])
               AND f.since <= $4 AND (f.until IS NULL OR f.until > $4)) THEN $15::bigint ELSE $14 END) END,
       silence_days = $17, liquidity_floor = $18, dispute_days = $19
  FROM ledger.books b, (
    SELECT count(*) AS receipts, (min(r.answered_at) AT TIME ZONE $20)::date AS oldest FROM receipts r
     WHERE r.koperasi_id = $1 AND r.answer = 'disputed'
       AND NOT EXISTS (SELECT FROM ledger.entries v WHERE v.koperasi_id = $1 AND v.reverses = r.entry)) AS d, (
    SELECT count(*) AS officers, count(*) FILTER (WHERE o.done = o.needed) AS trained FROM (
      SELECT f.person_id, count(DISTINCT l.lesson) AS needed, count(DISTINCT n.lesson) AS done
        FROM officers f
        JOIN lessons l ON l.role = f.role
        LEFT JOIN lessons_done n ON n.koperasi_id = $1 AND n.person_id = f.person_id AND n.lesson = l.lesson
       WHERE f.koperasi_id = $1 AND f.since <= $4 AND (f.until IS NULL OR f.until > $4)
       GROUP BY f.person_id) AS o) AS t
 WHERE m.koperasi_id = $1 AND m.month = $2 AND b.koperasi_id = $1
"""
