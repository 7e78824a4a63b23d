"""Months: closed when nothing of them is open, locked, reopened only with a reason; depreciation and accruals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import assets, checklist, database, ledger
from core.calendar import last_day, month_of, months_between, next_month
from core.checklist import Check, NotReady
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.ledger import Posting
from core.rules import Rules

ACCRUAL, DEPRECIATION = "jasa-accrual", "depreciation"
_INTEREST_DUE, _INTEREST_INCOME = "113200", "411000"
_CHUNK = 900  # postings in one entry, which holds 1,000


class MonthNotOver(Refusal):
    """A month is closed once it is over. Facts: month."""

    text = "refusal-closing-not-over"


class MonthClosed(Refusal):
    """A month that is closed already. Facts: month."""

    text = "refusal-month-closed"


class MonthBefore(Refusal):
    """Months are closed one after the other. Facts: month, the one whose turn it is."""

    text = "refusal-month-before"


class MonthOpen(Refusal):
    """Only a closed month can be reopened. Facts: month."""

    text = "refusal-month-open"


class YearIsClosed(Refusal):
    """The months of a closed year stay closed until the year is reopened. Facts: year."""

    text = "refusal-year-is-closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A month that was closed: the entries its closing wrote, the last day that is locked now."""

    month: date
    through: date
    entries: tuple[int, ...]


async def closed_through(db: AsyncConnection, koperasi_id: int) -> date | None:
    """Read the last day on which nothing is dated any more; none while nothing was closed."""
    raw = await database.driver(db)
    found: date | None = await raw.fetchval(
        "SELECT closed_through FROM ledger.books WHERE koperasi_id = $1", koperasi_id
    )
    return found


async def last_closed_month(db: AsyncConnection, koperasi_id: int) -> date | None:
    """Return the first day of the last month that is closed to its end; none while none is."""
    through = await closed_through(db, koperasi_id)
    if through is None:
        return None
    return month_of(through) if through == last_day(through) else next_month(month_of(through), -1)


async def next_to_close(db: AsyncConnection, koperasi_id: int, today: date) -> date | None:
    """Return the month whose turn it is: after the last closed one, else the last one with entries that is over."""
    last = await last_closed_month(db, koperasi_id)
    before = next_month(month_of(today), -1)
    if last is not None:
        turn = next_month(last)
        return turn if turn <= before else None
    raw = await database.driver(db)
    begun: date | None = await raw.fetchval(
        'SELECT min("on") FROM ledger.entries WHERE koperasi_id = $1', koperasi_id
    )
    return before if begun is not None and begun <= last_day(before) else None


async def require_turn(
    db: AsyncConnection, *, koperasi_id: int, month: date, today: date
) -> date | None:
    """Let pass a month that may be closed now; returns through which day the book is closed.

    The first closing may be of any month that is over: it locks all before it. Refuses MonthNotOver,
    MonthClosed, MonthBefore.
    """
    assert month == month_of(month), month
    through = await closed_through(db, koperasi_id)
    if last_day(month) >= today:
        raise MonthNotOver(month=month)
    last = await last_closed_month(db, koperasi_id)
    if last is not None and month <= last:
        raise MonthClosed(month=month)
    if last is not None and month != next_month(last):
        raise MonthBefore(month=next_month(last))
    return through


async def checks(
    db: AsyncConnection, *, cooperative: Cooperative, month: date, today: date, explained: bool
) -> tuple[Check, ...]:
    """Go through the list for a month whose turn it is. Refuses what require_turn refuses."""
    through = await require_turn(db, koperasi_id=cooperative.id, month=month, today=today)
    return await checklist.look(
        db, cooperative=cooperative, month=month, today=today, closed_through=through,
        explained=explained,
    )  # fmt: skip


async def close_month(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    rules: Rules,
    month: date,
    today: date,
    at: datetime,
    recorder: str,
    approver: str,
    source: str,
    explanation: str | None,
) -> Closed:
    """Close a month through its last day: what belongs to its end is booked, then it is locked.

    Depreciation of what is owned: 526000 to 122900, 123900, 124900 or 125000, a line each in one entry.
    Rule jasa_accrual on: unpaid jasa of lancar loans, 113200 to 411000, taken back on the next day.
    `explanation` says why 399000 is not zero at the first closing. Refuses what `checks` refuses, NotReady.
    """
    found = await checks(
        db, cooperative=cooperative, month=month, today=today, explained=bool(explanation)
    )
    if missing := [check for check in found if check.stops]:
        raise NotReady(month=month, count=len(missing))
    entries = await _depreciate(
        db, cooperative=cooperative, month=month, at=at, recorder=recorder, approver=approver,
        source=source,
    )  # fmt: skip
    entries += await _accrue(
        db, cooperative=cooperative, month=month, at=at, recorder=recorder, approver=approver,
        source=source, wanted=rules.jasa_accrual,
    )  # fmt: skip
    through = last_day(month)
    reason = f"tutup bulan {month:%Y-%m}" + (f": {explanation}" if explanation else "")
    await ledger.close(
        db, koperasi_id=cooperative.id, through=through, at=at, by=f"{recorder},{approver}", reason=reason
    )  # fmt: skip
    return Closed(month=month, through=through, entries=tuple(entries))


async def require_reopenable(db: AsyncConnection, *, koperasi_id: int, month: date) -> date:
    """Let pass a closed month of a year that is not closed; returns the last day that would stay closed.

    Refuses MonthOpen, YearIsClosed.
    """
    last = await last_closed_month(db, koperasi_id)
    if last is None or month > last:
        raise MonthOpen(month=month)
    for year in range(month.year, last.year + 1):
        if await year_entries(db, koperasi_id=koperasi_id, year=year):
            raise YearIsClosed(year=str(year))
    return month - timedelta(days=1)


async def reopen(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    month: date,
    at: datetime,
    by: str,
    reason: str,
) -> date:
    """Unlock a month and every later one; kept in ledger.closings with who and why. Refuses as above."""
    through = await require_reopenable(db, koperasi_id=koperasi_id, month=month)
    await ledger.close(
        db, koperasi_id=koperasi_id, through=through, at=at, by=by,
        reason=f"buka bulan {month:%Y-%m}: {reason}",
    )  # fmt: skip
    return through


async def year_entries(db: AsyncConnection, *, koperasi_id: int, year: int) -> list[int]:
    """List the entries that closed a year and hold, by number; none while it is open."""
    raw = await database.driver(db)
    rows = await raw.fetch(_YEAR, koperasi_id, date(year, 12, 31), date(year + 1, 1, 1))
    return [row["number"] for row in rows]


_YEAR = """
SELECT e.number FROM ledger.entries e
 WHERE e.koperasi_id = $1 AND e.kind = 'year_close' AND (e."on" = $2 OR (e."on" = $3 AND e.operation LIKE '%/open'))
   AND NOT EXISTS (SELECT FROM ledger.entries r WHERE r.koperasi_id = $1 AND r.reverses = e.number)
 ORDER BY e.number LIMIT 1000
"""


async def _depreciate(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    month: date,
    at: datetime,
    recorder: str,
    approver: str,
    source: str,
) -> list[int]:
    """Book what the register has lost by the month's end and was not booked yet: closed again, nothing twice."""
    lost: dict[str, int] = defaultdict(int)
    for asset in await assets.listed(db, koperasi_id=cooperative.id, on=last_day(month)):
        if asset.kind.worn is not None:
            since = month_of(asset.acquired_on)
            lost[asset.kind.worn] += sum(
                assets.depreciation_of(asset, next_month(since, n))
                for n in range(months_between(since, month))
            )
    raw = await database.driver(db)
    rows = await raw.fetch(_BOOKED, cooperative.id, DEPRECIATION, last_day(month))
    booked = {row["key"]: row["amount"] for row in rows}
    lines = []
    for account in sorted({*lost, *booked}):
        more = lost[account] - booked.get(account, 0)
        if more:
            sides = (assets.COST, account) if more > 0 else (account, assets.COST)
            lines.append(Posting(debit=sides[0], credit=sides[1], amount=abs(more)))
    if not lines:
        return []
    before = await raw.fetchval(
        "SELECT count(*) FROM ledger.entries WHERE koperasi_id = $1 AND kind = $2", cooperative.id, DEPRECIATION
    )  # fmt: skip
    made = await ledger.post(
        db, lines, koperasi_id=cooperative.id, kind=DEPRECIATION, on=last_day(month), at=at,
        zone=cooperative.zone, recorder=recorder, approver=approver, source=source,
        operation=f"{DEPRECIATION}/{month:%Y-%m}/{before + 1}",
    )  # fmt: skip
    return [made.number]


_BOOKED = """
SELECT a.key, sum(CASE WHEN p.credit = a.id THEN p.amount ELSE -p.amount END)::bigint AS amount
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id IN (p.debit, p.credit) AND a.code < '200000'
 WHERE e.koperasi_id = $1 AND e.kind = $2 AND e."on" <= $3
   AND NOT EXISTS (SELECT FROM ledger.entries r WHERE r.koperasi_id = $1 AND r.reverses = e.number)
 GROUP BY a.key ORDER BY a.key
"""


async def _accrue(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    month: date,
    at: datetime,
    recorder: str,
    approver: str,
    source: str,
    wanted: bool,
) -> list[int]:
    """Book jasa that lancar loans owe by the month's last day, and take it back on the day after.

    A month that is closed again books the difference to what was booked before, all of it off when it is not
    `wanted` any more.
    """
    last, operation = last_day(month), f"{ACCRUAL}/{month:%Y-%m}"
    raw = await database.driver(db)
    booked = await raw.fetch(_ACCRUED, cooperative.id, ACCRUAL, last, _INTEREST_DUE)
    before = max((row["entries"] for row in booked), default=0)
    more = defaultdict(int, {row["key"]: -row["amount"] for row in booked})
    for row in await raw.fetch(_OWED, cooperative.id, last) if wanted else ():
        more[f"{_INTEREST_DUE}:m{row['member_id']}:l{row['id']}"] += row["owed"]
    lines = [
        Posting(debit=due, credit=_INTEREST_INCOME, amount=amount)
        if amount > 0
        else Posting(debit=_INTEREST_INCOME, credit=due, amount=-amount)
        for due, amount in more.items()
        if amount
    ]
    facts: dict[str, Any] = {
        "koperasi_id": cooperative.id, "at": at, "zone": cooperative.zone, "recorder": recorder,
        "source": source, "approver": approver,
    }  # fmt: skip
    numbers = []
    for n, part in enumerate(chunks(lines), before + 1):
        made = await ledger.post(
            db, part, kind=ACCRUAL, on=last, operation=f"{operation}/{n}", **facts
        )
        await ledger.reverse(
            db, made.number, on=last + timedelta(days=1), operation=f"{operation}/{n}/back",
            reason="akrual jasa dibalik awal bulan", **facts,
        )  # fmt: skip
        numbers.append(made.number)
    return numbers


_ACCRUED = """
SELECT a.key, sum(CASE WHEN p.debit = a.id THEN p.amount ELSE -p.amount END)::bigint AS amount,
       (SELECT count(*) FROM ledger.entries n WHERE n.koperasi_id = $1 AND n.kind = $2 AND n."on" = $3) AS entries
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id IN (p.debit, p.credit) AND a.code = $4
 WHERE e.koperasi_id = $1 AND e.kind = $2 AND e."on" = $3
 GROUP BY a.key ORDER BY a.key LIMIT 100000
"""
# Earned by the last day: instalments due by then, and of the running one the days that are over. What was paid
# before the books began is not owed; the class is that of the last day.
_OWED = """
WITH at AS (
  SELECT l.id, l.member_id, l.disbursed_on,
         (SELECT max(v.version) FROM loan_versions v
           WHERE v.koperasi_id = $1 AND v.loan_id = l.id AND v.starts_on <= $2) AS version
    FROM loans l
   WHERE l.koperasi_id = $1 AND l.disbursed_on <= $2
     AND (l.state = 'running' OR (l.state = 'settled' AND l.settled_on > $2))
     AND coalesce((SELECT c.class FROM loan_classes c WHERE c.koperasi_id = $1 AND c.loan_id = l.id AND c."on" <= $2
                    ORDER BY c.n DESC LIMIT 1), 'lancar') IN ('lancar', 'perhatian')
), earned AS (
  SELECT a.id, a.member_id, v.carried_interest,
         sum(CASE WHEN i.due <= $2 THEN i.interest
                  WHEN i.before < $2 THEN i.interest * ($2::date - i.before) / (i.due - i.before)
                  ELSE 0 END) AS interest,
         (SELECT coalesce(sum(p.interest), 0) FROM loan_payments p
           WHERE p.koperasi_id = $1 AND p.loan_id = a.id AND p.version = a.version AND p."on" <= $2) AS paid
    FROM at a
    JOIN loan_versions v ON v.koperasi_id = $1 AND v.loan_id = a.id AND v.version = a.version
    CROSS JOIN LATERAL (
      SELECT n, due, interest, coalesce(lag(due) OVER (ORDER BY n), v.starts_on) AS before FROM loan_instalments
       WHERE koperasi_id = $1 AND loan_id = a.id AND version = a.version) i
   WHERE i.n > v.opening_paid
   GROUP BY a.id, a.member_id, a.version, v.carried_interest
)
SELECT id, member_id, (interest + carried_interest - paid)::bigint AS owed FROM earned
 WHERE interest + carried_interest > paid ORDER BY id LIMIT 100000
"""


def chunks(lines: Sequence[Posting]) -> list[Sequence[Posting]]:
    """Cut postings into what one entry holds."""
    return [lines[start : start + _CHUNK] for start in range(0, len(lines), _CHUNK)]
