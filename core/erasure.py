"""Former members whose profile is taken away: name, phone, NIK, address, chats (UU 27/2022 Pasal 43 and 44).

The books stay as they are for as long as the law says (rule books_years): entries, receipts and statements name a number.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, people
from core.database import driver
from core.errors import Refusal
from core.people import Member


class StillMember(Refusal):
    """Only of who has left is the profile taken away. Facts: member."""

    text = "refusal-still-member"


class ClaimsOpen(Refusal):
    """Nothing is taken away while money, a loan, a request or an office is open. Facts: member."""

    text = "refusal-claims-open"


class ErasedBefore(Refusal):
    """A profile is taken away once. Facts: number."""

    text = "refusal-erased-before"


def alias(member: Member) -> str:
    """Name a former member whose name is gone."""
    return f"Bekas anggota {member.id}"


async def former(db: AsyncConnection, *, koperasi_id: int, said: str, on: date) -> Member:
    """Find a former member by number or by the whole name. Raises people.NoSuchMember."""
    raw = await driver(db)
    rows = await raw.fetch(
        "SELECT m.number FROM members m JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id"
        " WHERE m.koperasi_id = $1 AND (lower(m.number) = lower($2) OR (lower(p.name) = lower($2) AND m.left_on <= $3))"
        " LIMIT 2",
        koperasi_id,
        people.clean_name(said),
        on,
    )
    if len(rows) != 1:
        raise people.NoSuchMember(number=said[:60])
    return await people.member_by_number(db, koperasi_id=koperasi_id, number=rows[0]["number"])


async def require_erasable(
    db: AsyncConnection, *, koperasi_id: int, member: Member, on: date
) -> None:
    """Let pass whose profile may be taken away that day. Raises StillMember, ClaimsOpen, ErasedBefore."""
    if member.left_on is None or member.left_on > on:
        raise StillMember(member=member.name)
    raw = await driver(db)
    row = await raw.fetchrow(_OPEN, koperasi_id, member.id, on)
    assert row is not None
    if row["erased"]:
        raise ErasedBefore(number=member.number)
    if row["open"]:
        raise ClaimsOpen(member=member.name)


_OPEN = """
SELECT EXISTS (SELECT FROM erasures WHERE koperasi_id = $1 AND person_id = $2) AS erased,
  EXISTS (SELECT FROM ledger.accounts WHERE koperasi_id = $1 AND member_id = $2 AND balance <> 0)
  OR EXISTS (SELECT FROM loans WHERE koperasi_id = $1 AND member_id = $2
    AND (state IN ('applied', 'approved', 'running') OR (state = 'written-off' AND written_off > recovered)))
  OR EXISTS (SELECT FROM loan_guarantors g JOIN loans l ON l.koperasi_id = g.koperasi_id AND l.id = g.loan_id
    WHERE g.koperasi_id = $1 AND g.member_id = $2 AND g.state IN ('agreed', 'on-paper') AND l.state = 'running')
  OR EXISTS (SELECT FROM approvals WHERE koperasi_id = $1 AND state = 'waiting' AND kind <> 'erasure'
    AND (member_id = $2 OR maker_person = $2))
  OR EXISTS (SELECT FROM receipts r WHERE r.koperasi_id = $1 AND r.member_id = $2 AND r.answer = 'disputed'
    AND NOT EXISTS (SELECT FROM ledger.entries v WHERE v.koperasi_id = $1 AND v.reverses = r.entry)
    AND r.answered_at > now() - interval '30 days')
  OR EXISTS (SELECT FROM officers WHERE koperasi_id = $1 AND person_id = $2
    AND since <= $3 AND (until IS NULL OR until > $3)) AS open
"""


async def erase(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    member: Member,
    on: date,
    at: datetime,
    by: str,
    approver: str,
) -> str:
    """Take away what identifies a former member; return what the books call them now. Refuses as require_erasable."""
    await require_erasable(db, koperasi_id=koperasi_id, member=member, on=on)
    raw = await driver(db)
    called = alias(member)
    await raw.execute("SELECT chat.forget_person($1, $2, $3)", koperasi_id, member.id, at)
    await raw.execute(
        "UPDATE people SET name = $3, gender = NULL, phone_sealed = NULL, phone_hash = NULL, nik_sealed = NULL,"
        " nik_hash = NULL, address_sealed = NULL WHERE koperasi_id = $1 AND id = $2",
        koperasi_id,
        member.id,
        called,
    )
    await raw.execute(
        "INSERT INTO erasures (koperasi_id, person_id, at, by, approver) VALUES ($1, $2, $3, $4, $5)",
        koperasi_id,
        member.id,
        at,
        by,
        approver,
    )
    await cooperatives.people_changed(db, koperasi_id)
    return called
