"""Kolektibilitas: the class of a loan by its days past due, when it changed and why (domain 2.4).

`reassess` looks after every operation; the nightly job (core.loans.assessment) looks at all running loans. Both
know up to which day a class is right, and give every change in between the day on which it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, rules
from core.loans.book import Loan, State
from core.loans.terms import Every
from core.rules import CLASSES, RuleBook

# (class, from so many days past due on) …; the days rise from 0
ClassTable = tuple[tuple[str, int], ...]
FLOOR_INSTALMENTS = 3  # paid after a restructuring before the class may be better than it was
NON_PERFORMING = CLASSES[2:]  # kurang-lancar, diragukan, macet
NEVER = date.min  # through which day the classes of a cooperative are right before the first night
_A_DAY = timedelta(days=1)


class Cause(StrEnum):
    """Why a class changed."""

    DAYS = "days"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    RESTRUCTURING = "restructuring"
    IMPORT = "import"
    RULES = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A class that holds from a day on, with the days past due on that day."""

    on: date
    klass: str
    overdue_days: int
    cause: str
    at: datetime | None = None  # when it was written


def class_of(overdue_days: int, table: ClassTable) -> str:
    """Return the class of so many days past due."""
    assert overdue_days >= 0, overdue_days
    return next(word for word, days in reversed(table) if days <= overdue_days)


def worse(one: str, other: str | None) -> str:
    """Return the worse of two classes; none is no class."""
    return one if other is None else max(one, other, key=CLASSES.index)


def table_on(book: RuleBook, day: date, *, short: bool) -> ClassTable:
    """Return the table of a day: that of daily and weekly loans, or the other."""
    held = book.on(day)
    return held.classes_short if short else held.classes


async def reassess(
    db: AsyncConnection,
    loan: Loan,
    *,
    overdue_days: int,
    paid_rows: int,
    on: date,
    at: datetime,
    cause: str,
) -> None:
    """Give a loan the class of `overdue_days` after an operation; a change is written into its history.

    `loan` as it was read, locked, before the operation; `on` the day it is recorded, whose rules hold and
    on which it is `overdue_days` past due; `paid_rows` the instalments of the current version that are fully
    paid now and asked for something. While there are fewer than three, the class is not better than
    class_floor, which the restructuring set. Crossings that the nightly job has not seen yet come first.
    """
    raw = await database.driver(db)
    now = await raw.fetchrow(_STANDING, loan.koperasi_id, loan.id)
    assert now is not None, (loan.koperasi_id, loan.id)
    book, short = RuleBook(tuple(now["steps"])), Every.parse(now["every"]).is_short
    changes: list[Change] = []
    right = max(now["class_on"] or loan.disbursed_on or NEVER, now["through"] or NEVER)
    if loan.state is State.RUNNING and loan.oldest_due is not None:
        changes = crossings(
            now["class"], loan.oldest_due, book, short=short, after=right, through=on,
            floor=loan.class_floor,
        )  # fmt: skip
    held = now["class_floor"] if paid_rows < FLOOR_INSTALMENTS else None
    klass = worse(class_of(overdue_days, table_on(book, on, short=short)), held)
    if klass != (changes[-1].klass if changes else now["class"]):
        changes.append(Change(on=on, klass=klass, overdue_days=overdue_days, cause=cause))
    await raw.execute(_KEEP, loan.koperasi_id, loan.id, klass, on)
    if now["through"] is None:  # The cooperative's first loan: from now on the night looks here.
        await raw.execute(_BEGIN, loan.koperasi_id, NEVER, at)
    if changes:
        rows = [
            (loan.koperasi_id, loan.id, n, new.on, new.klass, new.overdue_days, new.cause, at)
            for n, new in enumerate(changes, now["last"] + 1)
        ]
        await raw.executemany(_WRITE, rows)


_STANDING = f"""
SELECT l.class, l.class_floor, l.class_on, l.terms->>'every' AS every,
       (SELECT a.through FROM loan_assessments a WHERE a.koperasi_id = $1) AS through,
       (SELECT coalesce(max(c.n), 0) FROM loan_classes c WHERE c.koperasi_id = $1 AND c.loan_id = $2) AS last,
       {rules.STEPS} AS steps
  FROM loans l WHERE l.koperasi_id = $1 AND l.id = $2
"""
_KEEP = "UPDATE loans SET class = $3, class_on = $4 WHERE koperasi_id = $1 AND id = $2"
_BEGIN = "INSERT INTO loan_assessments (koperasi_id, through, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_WRITE = (
    'INSERT INTO loan_classes (koperasi_id, loan_id, n, "on", class, overdue_days, cause, at)'
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
)


def crossings(
    klass: str,
    oldest_due: date,
    book: RuleBook,
    *,
    short: bool,
    after: date,
    through: date,
    floor: str | None,
) -> list[Change]:
    """List what the passing of days and new tables did to a class that was right on `after`, day by day.

    Days alone never make a class better. A floor counts when the class is not above it already.
    """
    held = floor if floor is not None and worse(klass, floor) == klass else None
    found: list[Change] = []
    for day in _turns(oldest_due, book, short=short, after=after, through=through):
        overdue = max(0, (day - oldest_due).days)
        table = table_on(book, day, short=short)
        before = table_on(book, day - _A_DAY, short=short)
        new = worse(class_of(overdue, table), held)
        by_days = worse(class_of(overdue, before), held)
        if new == klass or (table == before and worse(new, klass) == klass):
            continue
        cause = Cause.DAYS if new == by_days else Cause.RULES
        found.append(Change(on=day, klass=new, overdue_days=overdue, cause=cause))
        klass = new
    return found


def _turns(
    oldest_due: date, book: RuleBook, *, short: bool, after: date, through: date
) -> Iterable[date]:
    """Return the days after `after` on which a class may change: tables begin, thresholds are reached."""
    begun = {since for name, since, _ in book.steps if name.startswith("classes")}
    tables = {table_on(book, day, short=short) for day in {after, *begun} if day <= through}
    reached = {oldest_due + days * _A_DAY for table in tables for _, days in table}
    return sorted(day for day in {after + _A_DAY, *begun, *reached} if after < day <= through)
