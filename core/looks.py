"""Who looked at whose data: a row for each time an officer opened a member's figures, or a list that names members.

Rows are only added; the clock takes them away on the day that was set when they were written (rule look_months).
Officials see no member by name, so none of them stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from core.calendar import next_month
from core.database import driver
from core.permissions import Role

REVIEWERS = (Role.PENGAWAS, Role.KETUA)  # who may read what all officers looked at
RECENTLY = timedelta(days=30)


class What(StrEnum):
    """What was opened."""

    SAVINGS = "savings"
    HISTORY = "history"
    LOANS = "loans"
    STATEMENT = "statement"  # of a month
    RECEIPT = "receipt"
    BON = "bon"
    MEMBERS = "members"  # lists name many members: no one of them in particular
    LOAN_LIST = "loan-list"
    DUES = "dues"
    BONS = "bons"
    SHU_UNPAID = "shu-unpaid"  # who has not taken a part of the surplus
    FILE = "file"  # a report or an export that names members
    COPY = "copy"  # of everything held about a member


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who opened what; `member` is none of a list, `name` is none of the command line."""

    name: str | None
    role: str | None
    member: str | None
    what: What
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one person opened of late: members one by one, and lists."""

    name: str
    members: int  # different ones
    looks: int
    lists: int


async def note(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    member_id: int | None,
    person_id: int | None,
    role: str | None,
    what: What,
    months: int,
    on: date,
    at: datetime,
) -> None:
    """Write down that a person opened a member's data, or a list of members (no member). Kept `months` months."""
    raw = await driver(db)
    await raw.execute(
        "INSERT INTO looks (koperasi_id, member_id, person_id, role, what, at, forget_on)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        koperasi_id,
        member_id,
        person_id,
        role,
        what.value,
        at,
        next_month(on.replace(day=1), months + 1),
    )


async def of_member(
    db: AsyncConnection, *, koperasi_id: int, member_id: int, most: int
) -> list[Look]:
    """List who opened a member's data by name, the newest first."""
    return await _read(db, "l.member_id = $2", koperasi_id, member_id, most)


async def recent(db: AsyncConnection, *, koperasi_id: int, most: int) -> list[Look]:
    """List what officers opened, the newest first."""
    return await _read(db, "$2::integer IS NULL", koperasi_id, None, most)


async def _read(
    db: AsyncConnection, where: str, koperasi_id: int, member_id: int | None, most: int
) -> list[Look]:
    raw = await driver(db)
    rows = await raw.fetch(
        f"SELECT p.name, l.role, m.name AS member, l.what, l.at FROM looks l"
        f" LEFT JOIN people p ON p.koperasi_id = l.koperasi_id AND p.id = l.person_id"
        f" LEFT JOIN people m ON m.koperasi_id = l.koperasi_id AND m.id = l.member_id"
        f" WHERE l.koperasi_id = $1 AND {where} ORDER BY l.id DESC LIMIT $3",
        koperasi_id,
        member_id,
        most,
    )
    return [Look(**{**row, "what": What(row["what"])}) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A look as an operator reads it: who opened what of whom."""

    at: datetime
    person_id: int | None
    name: str | None
    role: str | None
    number: str | None  # the member's; none of a list
    member: str | None
    what: What


async def between(
    db: AsyncConnection, *, koperasi_id: int, since: datetime, until: datetime, most: int
) -> list[Opened]:
    """List what was opened from `since` until before `until`, the oldest first: whose data a breach touched."""
    raw = await driver(db)
    rows = await raw.fetch(
        "SELECT l.at, l.person_id, p.name, l.role, n.number, m.name AS member, l.what FROM looks l"
        " LEFT JOIN people p ON p.koperasi_id = l.koperasi_id AND p.id = l.person_id"
        " LEFT JOIN people m ON m.koperasi_id = l.koperasi_id AND m.id = l.member_id"
        " LEFT JOIN members n ON n.koperasi_id = l.koperasi_id AND n.id = l.member_id"
        " WHERE l.koperasi_id = $1 AND l.at >= $2 AND l.at < $3 ORDER BY l.id LIMIT $4",
        koperasi_id,
        since,
        until,
        most,
    )
    return [Opened(**{**row, "what": What(row["what"])}) for row in rows]


async def lists(db: AsyncConnection, *, koperasi_id: int, since: datetime) -> int:
    """Count how often a list that names members was opened since then."""
    raw = await driver(db)
    return int(
        await raw.fetchval(
            "SELECT count(*) FROM looks WHERE koperasi_id = $1 AND member_id IS NULL AND at >= $2",
            koperasi_id,
            since,
        )
    )


async def by_person(
    db: AsyncConnection, *, koperasi_id: int, since: datetime, most: int
) -> list[Looked]:
    """Add up what each person opened since then: who looked at most members first."""
    raw = await driver(db)
    rows = await raw.fetch(
        "SELECT p.name, count(DISTINCT l.member_id) AS members, count(l.member_id) AS looks,"
        "  count(*) - count(l.member_id) AS lists"
        " FROM looks l JOIN people p ON p.koperasi_id = l.koperasi_id AND p.id = l.person_id"
        " WHERE l.koperasi_id = $1 AND l.at >= $2"
        " GROUP BY p.id, p.name ORDER BY members DESC, lists DESC, p.id LIMIT $3",
        koperasi_id,
        since,
        most,
    )
    return [Looked(**row) for row in rows]


async def forget(db: AsyncConnection, now: datetime, *, most: int = 5000) -> int:
    """Take away what was kept long enough, `most` rows at a time; return how many."""
    raw = await driver(db)
    status = await raw.execute(
        "DELETE FROM looks WHERE (koperasi_id, id) IN"
        " (SELECT koperasi_id, id FROM looks WHERE forget_on <= $1 ORDER BY forget_on LIMIT $2)",
        now.date(),
        most,
    )
    return int(status.rpartition(" ")[2])
