"""Whom to remind on a day: by due days and sums, never by going through loans or members one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.calendar import next_month
from core.identities import Chat
from core.reminders import answers
from core.reminders.subjects import Step, Subject, dues_steps_on, steps_on
from core.rules import WajibRates

_MOST = 20_000  # rows a cooperative is owed in one go


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRemind:
    """A person to be reminded, and where: the newest chat that still may be sent reminders."""

    person_id: int
    subject: Subject
    step: Step | None  # none: the person asked for it, today
    chat: Chat


# The newest chat of a person that is reached and whose channel may be sent reminders.
_CHAT = """
  CROSS JOIN LATERAL (
    SELECT a.channel, a.account, a.chat FROM addresses a
     WHERE a.koperasi_id = m.koperasi_id AND a.person_id = m.id AND a.ended_at IS NULL
       AND (SELECT c.withdrawn_at IS NULL FROM consents c
             WHERE c.koperasi_id = a.koperasi_id AND c.person_id = a.person_id AND c.purpose = 'reminder'
               AND c.channel = a.channel ORDER BY c.given_at DESC LIMIT 1)
     ORDER BY a.linked_at DESC LIMIT 1
  ) AS at
"""
_INSTALMENTS = f"""
WITH step AS (
  SELECT * FROM unnest($3::date[], $4::integer[], $5::date[]) AS s (due, days, day)
), due AS (
  SELECT i.loan_id, i.version, i.n, s.due, s.days, s.day
    FROM step s JOIN loan_instalments i ON i.koperasi_id = $1 AND i.due = s.due AND i.paid_on IS NULL
  UNION ALL
  SELECT a.loan_id, a.version, a.n, i.due, NULL, NULL
    FROM reminder_answers a
    JOIN loan_instalments i ON i.koperasi_id = a.koperasi_id AND i.loan_id = a.loan_id
     AND i.version = a.version AND i.n = a.n AND i.paid_on IS NULL
   WHERE a.koperasi_id = $1 AND a.answer = 'tomorrow' AND a.until = $2
     AND NOT EXISTS (SELECT FROM step s WHERE s.due = i.due)
)
SELECT m.id AS person_id, d.loan_id, d.version, d.n, d.due, d.days, d.day, at.channel, at.account, at.chat
  FROM due d
  JOIN loans l ON l.koperasi_id = $1 AND l.id = d.loan_id AND l.version = d.version AND l.state = 'running'
  JOIN members m ON m.koperasi_id = $1 AND m.id = l.member_id AND (m.left_on IS NULL OR m.left_on > $2)
  {_CHAT}
 WHERE NOT EXISTS ({answers.quiet("l.member_id", "d.loan_id", "d.version", "d.n", "$2")})
 ORDER BY d.due, d.loan_id LIMIT {_MOST}
"""


async def instalments(
    db: AsyncConnection, *, koperasi_id: int, today: date, ladder: Sequence[int]
) -> list[ToRemind]:
    """List the instalments to remind of on a day, unpaid, of running loans of members who are reached."""
    steps = steps_on(today, ladder)
    raw = await database.driver(db)
    rows = await raw.fetch(_INSTALMENTS, koperasi_id, today, *_columns(steps))
    return [_to_remind(row) for row in rows]


def _columns(steps: Sequence[Step]) -> tuple[list[date], list[int], list[date]]:
    return [s.due for s in steps], [s.days for s in steps], [s.day for s in steps]


def _to_remind(row: Any) -> ToRemind:
    step = None
    if row["days"] is not None:
        step = Step(days=row["days"], day=row["day"], due=row["due"])
    return ToRemind(
        person_id=row["person_id"],
        subject=Subject(loan_id=row["loan_id"], version=row["version"], n=row["n"]),
        step=step,
        chat=(row["channel"], row["account"], row["chat"]),
    )


# $3 the month asked about, $4 and $5 the months and what each costs, $6 to $8 the step (null: asked for).
_DUES = f"""
SELECT m.id AS person_id, NULL::integer AS loan_id, 0 AS version, $3::integer AS n, $6::date AS due,
       $7::integer AS days, $8::date AS day, at.channel, at.account, at.chat
  FROM members m
  {_CHAT}
 WHERE m.koperasi_id = $1 AND m.joined_on <= $2 AND (m.left_on IS NULL OR m.left_on > $2)
   AND ($7::integer IS NOT NULL OR EXISTS (
     SELECT FROM reminder_answers t WHERE t.koperasi_id = $1 AND t.until = $2 AND t.person_id = m.id
        AND t.loan_id IS NULL AND t.n = $3 AND t.answer = 'tomorrow'))
   AND EXISTS (
     SELECT FROM unnest($4::date[], $5::bigint[]) AS owed (month, rate)
      WHERE owed.month >= date_trunc('month', m.dues_from)
        AND owed.rate > (SELECT coalesce(sum(d.amount), 0) FROM dues d
          WHERE d.koperasi_id = $1 AND d.member_id = m.id AND d.month = owed.month))
   AND NOT EXISTS ({answers.quiet("m.id", "NULL::integer", "0", "$3", "$2")})
 ORDER BY m.id LIMIT {_MOST}
"""
_ASKED_AGAIN = """
SELECT DISTINCT n FROM reminder_answers
 WHERE koperasi_id = $1 AND until = $2 AND answer = 'tomorrow' AND loan_id IS NULL ORDER BY n LIMIT 12
"""
_FIRST_DUES = "SELECT date_trunc('month', min(dues_from))::date FROM members WHERE koperasi_id = $1"


async def dues(
    db: AsyncConnection, *, koperasi_id: int, today: date, due_day: int, rates: WajibRates
) -> list[ToRemind]:
    """List the members who owe simpanan wajib of a month to remind of on a day, or of one before it."""
    raw = await database.driver(db)
    steps: list[tuple[date, Step | None]] = [*dues_steps_on(today, due_day)]
    on_ladder = {month for month, _ in steps}
    asked = await raw.fetch(_ASKED_AGAIN, koperasi_id, today)
    again = [Subject(loan_id=None, version=0, n=row["n"]).month for row in asked]
    steps += [(month, None) for month in again if month not in on_ladder]
    if not steps:
        return []
    found: list[ToRemind] = []
    for month, step in steps:
        found += await of_month(
            db, koperasi_id=koperasi_id, today=today, month=month, step=step, rates=rates
        )
    return found


async def of_month(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    today: date,
    month: date,
    step: Step | None,
    rates: WajibRates,
) -> list[ToRemind]:
    """List who owes simpanan wajib through a month and may be reminded; without a step who asked for it today."""
    raw = await database.driver(db)
    first: date | None = await raw.fetchval(_FIRST_DUES, koperasi_id)
    months = _months(first, month)
    rows = await raw.fetch(
        _DUES,
        koperasi_id,
        today,
        Subject.of_month(month).n,
        months,
        [rates.of(one) for one in months],
        *((step.due, step.days, step.day) if step else (None, None, None)),
    )
    return [_to_remind(row) for row in rows]


def _months(first: date | None, last: date) -> list[date]:
    months = []
    month = first
    while month is not None and month <= last:
        months.append(month)
        month = next_month(month)
    return months
