"""What people answered to a reminder.

"Sudah bayar" stops the reminders of that instalment and those before it until an officer looked or a payment
came; "Ingatkan besok" until its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.reminders.subjects import Subject

# Whether an answer `a` was overtaken by a payment.
PAID_SINCE = """
 CASE WHEN a.loan_id IS NULL THEN EXISTS (
   SELECT FROM dues p JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id AND e.number = p.entry
    WHERE p.koperasi_id = a.koperasi_id AND p.member_id = a.person_id AND p.amount > 0 AND e.at > a.at)
 ELSE EXISTS (
   SELECT FROM loan_payments p JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id AND e.number = p.entry
    WHERE p.koperasi_id = a.koperasi_id AND p.loan_id = a.loan_id AND p.amount > 0 AND e.at > a.at)
 END
"""


def quiet(person: str, loan: str, version: str, n: str, today: str) -> str:
    """Select the answers that keep a reminder from being said today."""
    return f"""
SELECT a.answer FROM reminder_answers a
 WHERE a.koperasi_id = $1 AND a.person_id = {person} AND a.loan_id IS NOT DISTINCT FROM {loan}
   AND a.version = {version} AND a.checked_at IS NULL
   AND ((a.answer = 'paid' AND a.n >= {n} AND NOT {PAID_SINCE})
     OR (a.answer = 'tomorrow' AND a.n = {n} AND a.until > {today}))
"""


async def is_quiet(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, subject: Subject, today: date
) -> str | None:
    """Return the answer that keeps a reminder from being said today: paid, tomorrow, or none."""
    raw = await database.driver(db)
    query = quiet("$2", "$3::integer", "$4", "$5", "$6") + " ORDER BY a.answer LIMIT 1"
    found: str | None = await raw.fetchval(
        query, koperasi_id, person_id, subject.loan_id, subject.version, subject.n, today
    )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A "Sudah bayar"; `open` while no officer looked and no payment came."""

    id: int
    person_id: int
    subject: Subject
    at: datetime
    open: bool


async def close_paid(db: AsyncConnection, *, koperasi_id: int, at: datetime) -> int:
    """Write down which claims a payment has answered since; return how many."""
    raw = await database.driver(db)
    status = await raw.execute(
        "UPDATE reminder_answers a SET checked_at = $2, checked_by = 'payment'"
        " WHERE a.koperasi_id = $1 AND a.answer = 'paid' AND a.checked_at IS NULL"
        f" AND {PAID_SINCE}",
        koperasi_id,
        at,
    )
    return int(status.rpartition(" ")[2])


async def say_paid(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, subject: Subject, at: datetime
) -> int | None:
    """Keep that somebody says to have paid; return the claim's id, none when one is open already."""
    raw = await database.driver(db)
    await close_paid(db, koperasi_id=koperasi_id, at=at)
    made: int | None = await raw.fetchval(
        "INSERT INTO reminder_answers (koperasi_id, person_id, loan_id, version, n, answer, at)"
        " VALUES ($1, $2, $3, $4, $5, 'paid', $6)"
        " ON CONFLICT (koperasi_id, person_id, loan_id, version, n)"
        "   WHERE answer = 'paid' AND checked_at IS NULL DO NOTHING RETURNING id",
        koperasi_id,
        person_id,
        subject.loan_id,
        subject.version,
        subject.n,
        at,
    )
    return made


async def ask_again(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    person_id: int,
    subject: Subject,
    until: date,
    at: datetime,
) -> None:
    """Keep that somebody wants to be reminded on another day, and not before; said twice it is said once."""
    raw = await database.driver(db)
    await raw.execute(
        "INSERT INTO reminder_answers (koperasi_id, person_id, loan_id, version, n, answer, at, until)"
        " VALUES ($1, $2, $3, $4, $5, 'tomorrow', $6, $7)"
        " ON CONFLICT (koperasi_id, until, person_id, loan_id, version, n)"
        "   WHERE answer = 'tomorrow' DO NOTHING",
        koperasi_id,
        person_id,
        subject.loan_id,
        subject.version,
        subject.n,
        at,
        until,
    )


_CLAIMS = f"""
SELECT a.id, a.person_id, a.loan_id, a.version, a.n, a.at,
       a.checked_at IS NULL AND NOT {PAID_SINCE} AS open
  FROM reminder_answers a WHERE a.koperasi_id = $1 AND a.answer = 'paid'
"""


def _claim(row: Any) -> Claim:
    return Claim(
        id=row["id"],
        person_id=row["person_id"],
        subject=Subject(loan_id=row["loan_id"], version=row["version"], n=row["n"]),
        at=row["at"],
        open=row["open"],
    )


async def claim(db: AsyncConnection, *, koperasi_id: int, claim_id: int) -> Claim | None:
    """Read a "Sudah bayar"; none when there is no such one."""
    raw = await database.driver(db)
    row = await raw.fetchrow(f"{_CLAIMS} AND a.id = $2", koperasi_id, claim_id)
    return _claim(row) if row is not None else None


async def open_claims(db: AsyncConnection, *, koperasi_id: int, limit: int) -> list[Claim]:
    """List the "Sudah bayar" nobody has looked at, oldest first."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        f"{_CLAIMS} AND a.checked_at IS NULL AND NOT {PAID_SINCE} ORDER BY a.id LIMIT $2",
        koperasi_id,
        limit,
    )
    return [_claim(row) for row in rows]


async def check(
    db: AsyncConnection, *, koperasi_id: int, claim_id: int, by: str, at: datetime
) -> bool:
    """Close a claim as looked at: the reminders go on. False when it was closed before."""
    raw = await database.driver(db)
    status = await raw.execute(
        "UPDATE reminder_answers a SET checked_at = $3, checked_by = $4"
        " WHERE a.koperasi_id = $1 AND a.id = $2 AND a.answer = 'paid' AND a.checked_at IS NULL"
        f" AND NOT {PAID_SINCE}",
        koperasi_id,
        claim_id,
        at,
        by,
    )
    return bool(status.endswith(" 1"))
