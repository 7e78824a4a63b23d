"""What an officer should know of in the morning, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, documents, rules, seals
from core.documents import Document
from core.findings import OPEN
from core.money import Rupiah
from core.reminders.answers import PAID_SINCE
from core.treasury import held


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What an officer finds in the morning; sums in rupiah."""

    due: int
    due_sum: Rupiah
    late: int  # loans
    late_sum: Rupiah
    approvals: int
    disputed: int
    claims: int
    unreachable: int
    findings: int  # of pengawas, open
    fixes: int  # corrections of people's own data that were asked for
    fixes_late: int
    unsealed: tuple[date, ...] = ()  # days whose cash nobody counted
    held: int = 0  # receipts nobody could name, older than the rule held_days
    held_sum: Rupiah = 0
    expiring: tuple[Document, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (
            self.due
            or self.late
            or self.approvals
            or self.disputed
            or self.claims
            or self.unreachable
            or self.findings
            or self.fixes
            or self.unsealed
            or self.held
            or self.expiring
        )


# Members who had a chat and have none any more: blocked, gone, given to somebody else.
_UNREACHABLE = """
 m.koperasi_id = $1 AND (m.left_on IS NULL OR m.left_on > $2)
 AND EXISTS (SELECT FROM addresses x WHERE x.koperasi_id = $1 AND x.person_id = m.id)
 AND NOT EXISTS (SELECT FROM addresses x WHERE x.koperasi_id = $1 AND x.person_id = m.id AND x.ended_at IS NULL)
"""
# A disputed receipt is of the past when its entry was reversed, or after a month.
_MORNING = f"""
WITH unpaid AS (
  SELECT i.loan_id, i.due, i.principal - i.principal_paid + i.interest - i.interest_paid
         + CASE i.n WHEN 1 THEN v.carried_interest ELSE 0 END AS lacks
    FROM loan_instalments i
    JOIN loans l ON l.koperasi_id = $1 AND l.id = i.loan_id AND l.version = i.version AND l.state = 'running'
    JOIN loan_versions v ON v.koperasi_id = $1 AND v.loan_id = i.loan_id AND v.version = i.version
   WHERE i.koperasi_id = $1 AND i.due <= $2 AND i.paid_on IS NULL
)
SELECT count(*) FILTER (WHERE due = $2) AS due,
       coalesce(sum(lacks) FILTER (WHERE due = $2), 0)::bigint AS due_sum,
       count(DISTINCT loan_id) FILTER (WHERE due < $2) AS late,
       coalesce(sum(lacks) FILTER (WHERE due < $2), 0)::bigint AS late_sum,
  (SELECT count(*) FROM approvals p WHERE p.koperasi_id = $1 AND p.state = 'waiting' AND p.expires_at > $3)
    AS approvals,
  (SELECT count(*) FROM receipts r WHERE r.koperasi_id = $1 AND r.answer = 'disputed'
      AND r.answered_at > $3::timestamptz - interval '30 days'
      AND NOT EXISTS (SELECT FROM ledger.entries v WHERE v.koperasi_id = $1 AND v.reverses = r.entry)) AS disputed,
  (SELECT count(*) FROM reminder_answers a WHERE a.koperasi_id = $1 AND a.answer = 'paid'
      AND a.checked_at IS NULL AND NOT {PAID_SINCE}) AS claims,
  (SELECT count(*) FROM members m WHERE {_UNREACHABLE}) AS unreachable,
  (SELECT count(*) FROM findings f WHERE f.koperasi_id = $1 AND {OPEN}) AS findings,
  (SELECT count(*) FROM data_requests r WHERE r.koperasi_id = $1 AND r.outcome IS NULL) AS fixes,
  (SELECT count(*) FROM data_requests r WHERE r.koperasi_id = $1 AND r.outcome IS NULL AND r.due_at < $3)
    AS fixes_late
  FROM unpaid
"""


async def morning(
    db: AsyncConnection, *, koperasi_id: int, today: date, since: date, at: datetime
) -> Morning:  # fmt: skip
    """Count what an officer should know of in the morning; of cash, the days from `since` to yesterday."""
    raw = await database.driver(db)
    row = await raw.fetchrow(_MORNING, koperasi_id, today, at)
    assert row is not None, koperasi_id
    days = await seals.unsealed_days(db, koperasi_id, since=since, until=today - timedelta(days=1))
    held_days = (await rules.in_force(db, koperasi_id, today)).held_days
    old = today - timedelta(days=held_days)
    count, amount = await held.waiting(db, koperasi_id=koperasi_id, since=old)
    expiring = await documents.expiring(db, koperasi_id, today=today, since=since)
    return Morning(
        **dict(row), unsealed=tuple(days), held=count, held_sum=amount, expiring=tuple(expiring)
    )


async def unreachable(
    db: AsyncConnection, *, koperasi_id: int, today: date, limit: int, offset: int = 0
) -> list[tuple[int, str, str]]:
    """List members whose chat was lost: id, number and name, by number."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT m.id, m.number, p.name FROM members m"
        " JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id"
        f" WHERE {_UNREACHABLE} ORDER BY m.number LIMIT $3 OFFSET $4",
        koperasi_id,
        today,
        limit,
        offset,
    )
    return [(row["id"], row["number"], row["name"]) for row in rows]
