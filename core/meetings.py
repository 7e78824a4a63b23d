"""The annual meeting (RAT): its quorum, its deadline, and that it was held.

Juklak Menkop 1/2025: more than half of the members; a second meeting within 30 days holds with a third of them;
invitations go out 14 days before. UU 25/1992 article 26: within six months after the book year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.calendar import last_day, next_month
from core.errors import Refusal
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.rules import RuleBook, Rules
from core.tables.legal import meetings
from core.tables.people import members

AGAIN_WITHIN = 30  # days after a first meeting without quorum
INVITED_BEFORE = 14  # days
WARNED = (90, 30, 7)  # days before the last day


class NoQuorum(Refusal):
    """A meeting without its quorum decides nothing. Facts: present, members, needed, second (needed then)."""

    text = "refusal-meeting-quorum"


class MoreThanMembers(Refusal):
    """No more members are present than there are. Facts: present, members."""

    text = "refusal-meeting-present"


class NotItsYear(Refusal):
    """A meeting accounts for a year that is over, on a day that has come. Facts: year, on."""

    text = "refusal-meeting-year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """An annual meeting on a book year."""

    year: int
    held_on: date
    present: int
    minutes: str
    second: bool = False
    members: int = 0  # on that day


def quorum(count: int, *, second: bool = False) -> int:
    """Return how many of so many members make a meeting hold: more than half; of a second one a third, rounded up."""
    assert count > 0, count
    return -(-count // 3) if second else count // 2 + 1


def deadline(year: int, rules: Rules) -> date:
    """Return the last day for the meeting on a book year; `rules` are those of its last day."""
    return last_day(next_month(date(year, 12, 1), rules.meeting_months))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days of the meeting on a book year at the latest."""

    year: int
    report: date  # ready a month before (UU 25/1992 article 35)
    invite: date  # sent 14 days before
    due: date


def calendar(year: int, rules: Rules) -> Calendar:
    """Return the last days for the meeting on a book year; `rules` are those of its last day."""
    due = deadline(year, rules)
    before = last_day(next_month(due.replace(day=1), -1))
    return Calendar(
        year=year,
        report=before.replace(day=min(due.day, before.day)),
        invite=due - timedelta(days=INVITED_BEFORE),
        due=due,
    )


async def warned(
    db: AsyncConnection, koperasi_id: int, *, book: RuleBook, today: date, since: date
) -> Calendar | None:
    """Return the meeting to warn of today: 90, 30 or 7 days before it is due, or that day came after `since`.

    Nothing once it was held, and where nobody was a member in its year.
    """
    year = today.year - 1
    found = calendar(year, book.on(date(year, 12, 31)))
    if not any(since < found.due - timedelta(days=days) <= today for days in WARNED):
        return None
    if not await count_members(db, koperasi_id, on=date(year, 12, 31)):
        return None
    return None if await of_year(db, koperasi_id, year) else found


async def count_members(db: AsyncConnection, koperasi_id: int, *, on: date) -> int:
    """Count the members of a day."""
    found = await db.scalar(
        select(func.count())
        .select_from(members)
        .where(
            members.c.koperasi_id == koperasi_id,
            members.c.joined_on <= on,
            or_(members.c.left_on.is_(None), members.c.left_on > on),
        )
    )
    return int(found or 0)


async def checked(
    db: AsyncConnection, *, koperasi_id: int, meeting: Meeting, today: date
) -> Meeting:
    """Return a meeting with the members of its day. Refuses NotItsYear, MoreThanMembers, NoQuorum."""
    if not meeting.year < meeting.held_on.year or meeting.held_on > today:
        raise NotItsYear(year=str(meeting.year), on=meeting.held_on)
    count = await count_members(db, koperasi_id, on=meeting.held_on)
    if meeting.present > count:
        raise MoreThanMembers(present=meeting.present, members=count)
    needed = quorum(count, second=meeting.second)
    if meeting.present < needed:
        raise NoQuorum(
            present=meeting.present, members=count, needed=needed, second=quorum(count, second=True)
        )
    return Meeting(
        year=meeting.year, held_on=meeting.held_on, present=meeting.present,
        minutes=meeting.minutes, second=meeting.second, members=count,
    )  # fmt: skip


async def keep(
    db: AsyncConnection, *, officer: Standing, meeting: Meeting, today: date, at: datetime
) -> Meeting:
    """Write down that a meeting was held. Refuses NotAllowed and as `checked`."""
    if not may(officer.roles, Action.RECORD_DOCUMENTS):
        raise NotAllowed(who=who_may(Action.RECORD_DOCUMENTS))
    here = officer.cooperative.id
    kept = await checked(db, koperasi_id=here, meeting=meeting, today=today)
    await db.execute(
        _KEEP,
        {
            "here": here, "year": kept.year, "held": kept.held_on, "members": kept.members,
            "present": kept.present, "second": kept.second, "minutes": kept.minutes,
            "by": officer.recorder, "at": at,
        },
    )  # fmt: skip
    return kept


_KEEP = text(
    "INSERT INTO annual_meetings"
    " (koperasi_id, year, n, held_on, members, present, second, minutes, recorded_by, recorded_at)"
    " SELECT :here, :year, coalesce(max(n), 0) + 1, :held, :members, :present, :second, :minutes, :by, :at"
    " FROM annual_meetings WHERE koperasi_id = :here AND year = :year"
)


async def of_year(db: AsyncConnection, koperasi_id: int, year: int) -> Meeting | None:
    """Read the meeting on a book year, as it was recorded last."""
    row = (
        await db.execute(
            select(meetings)
            .where(meetings.c.koperasi_id == koperasi_id, meetings.c.year == year)
            .order_by(meetings.c.n.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    return Meeting(
        year=row.year, held_on=row.held_on, present=row.present, minutes=row.minutes,
        second=row.second, members=row.members,
    )  # fmt: skip
