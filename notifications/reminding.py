"""What a reminder says, from the books of the second it is said; why it need not be said any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import dues, people
from core.calendar import business_date, month_of
from core.consents import Consent
from core.errors import Refusal
from core.loans import book, replay
from core.loans.book import State
from core.loans.positions import Line
from core.loans.terms import Fine
from core.people import Standing
from core.reminders import answers
from core.reminders.subjects import Subject
from core.sealing import Keys
from notifications import fresh, reach
from notifications.fresh import Made
from notifications.messages import Button, Content, Fact, Fresh, Say
from notifications.outbox import Claimed


def content(subject: Subject, on: date) -> Content:
    """Make the content of a reminder's row: ids, and the day it was due on."""
    facts: dict[str, Fact] = {"version": subject.version, "n": subject.n, "on": on}
    if subject.loan_id is None:
        return Content(fresh=Fresh(kind="dues", facts=facts))
    return Content(fresh=Fresh(kind="instalment", facts=facts | {"loan": subject.loan_id}))


def reference(subject: Subject) -> str:
    """Name a subject in a button's data."""
    return f"{subject.loan_id or 0}.{subject.version}.{subject.n}"


def subject_of(named: str) -> Subject:
    """Read a subject back from a button's data."""
    loan, version, n = (int(part) for part in named.split("."))
    return Subject(loan_id=loan or None, version=version, n=n)


def buttons(koperasi_id: int, person_id: int, subject: Subject) -> tuple[tuple[Button, ...], ...]:
    """Offer what can be answered: paid, more about it, tomorrow."""
    mark, named = f"e:{koperasi_id}:{person_id}", reference(subject)
    return (
        (
            Button(label=Say("button-paid"), data=f"{mark}:paid:{named}"),
            Button(label=Say("button-details"), data=f"{mark}:show:{named}"),
        ),
        (Button(label=Say("button-remind-tomorrow"), data=f"{mark}:later:{named}"),),
    )


async def _asked(
    db: AsyncConnection, row: Claimed, subject: Subject, facts: Mapping[str, Fact], now: datetime
) -> tuple[Standing, date] | str:
    """Find the member to be reminded and the day it is said on, or why it need not be said."""
    assert row.person_id is not None, row.id
    reason = await reach.barred(db, row, Consent.REMINDER)
    if reason is not None:
        return reason
    said_on = facts["on"]
    assert isinstance(said_on, date), row.id
    found = await people.standing(
        db, koperasi_id=row.koperasi_id, person_id=row.person_id, on=said_on
    )
    if found is None or found.member is None:
        return "left"
    today = max(business_date(now, found.cooperative.zone), said_on)
    if found.member.left_on is not None and found.member.left_on <= today:
        return "left"
    answered = await answers.is_quiet(
        db, koperasi_id=row.koperasi_id, person_id=row.person_id, subject=subject, today=today
    )
    return f"answered-{answered}" if answered is not None else (found, today)


@fresh.maker("instalment")
async def instalment(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, now: datetime
) -> Made:
    """Remind of an instalment that is still owed."""
    loan_id, version, n = facts["loan"], facts["version"], facts["n"]
    assert isinstance(loan_id, int), row.id
    assert isinstance(version, int), row.id
    assert isinstance(n, int), row.id
    subject = Subject(loan_id=loan_id, version=version, n=n)
    asked = await _asked(db, row, subject, facts, now)
    if isinstance(asked, str):
        return asked
    who, today = asked
    owed = await owed_of(db, row.koperasi_id, subject, today)
    if isinstance(owed, str):
        return owed
    label, line, fined = owed
    return Content(
        lines=(
            Say("reminder-instalment", {"name": _name(who), "n": n, "loan": label}),
            *_due(line.left, line.due, today),
            *_what_next(line, today, fined=fined),
        ),
        buttons=buttons(row.koperasi_id, who.person_id, subject),
    )


async def owed_of(
    db: AsyncConnection, koperasi_id: int, subject: Subject, today: date
) -> tuple[str, Line, bool] | str:
    """Return the loan's label, the instalment as it stands and whether being late is fined; or why nothing is owed."""
    assert subject.loan_id is not None, subject
    try:
        loan = await book.loan(db, koperasi_id=koperasi_id, loan_id=subject.loan_id)
    except Refusal:
        return "no-such-loan"
    if loan.state is not State.RUNNING:
        return loan.state.value
    if loan.version != subject.version:
        return "rescheduled"
    version = await book.version(db, loan)
    position = replay.replay(version, book.live(await book.moved(db, loan), loan.version), today)
    line = next((one for one in position.lines if one.n == subject.n), None)
    if line is None or not line.left:
        return "paid"
    return loan.label, line, version.terms.penalty.kind is not Fine.NONE


@fresh.maker("dues")
async def simpanan_wajib(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, now: datetime
) -> Made:
    """Remind of the simpanan wajib of a month and of those before it that are still owed."""
    n = facts["n"]
    assert isinstance(n, int), row.id
    subject = Subject(loan_id=None, version=0, n=n)
    asked = await _asked(db, row, subject, facts, now)
    if isinstance(asked, str):
        return asked
    who, today = asked
    owed, first, count = await owed_dues(db, who, subject.month)
    if first is None:
        return "paid"
    due = subject.month.replace(day=who.rules.on(today).due_day)
    key = "reminder-dues" if count == 1 else "reminder-dues-many"
    return Content(
        lines=(
            Say(key, {"name": _name(who), "month": first, "count": count}),
            *_due(owed, due, today),
            Say("reminder-pay"),
        ),
        buttons=buttons(row.koperasi_id, who.person_id, subject),
    )


async def owed_dues(
    db: AsyncConnection, who: Standing, month: date
) -> tuple[int, date | None, int]:
    """Return the rupiah a member owes through a month, since when (none: nothing), and of how many months."""
    assert who.member is not None, who.person_id
    paid = await dues.position(db, cooperative=who.cooperative, member=who.member)
    late = paid.arrears(month_of(month))
    return sum(paid.owed(one) for one in late), late[0] if late else None, len(late)


def _name(who: Standing) -> str:
    return people.called(who.name, who.gender)


def _due(owed: int, due: date, today: date) -> tuple[Say, ...]:
    days = (due - today).days
    if days > 1:
        return (Say("reminder-ahead", {"amount": owed, "due": due, "days": days}),)
    if days == 1:
        return (Say("reminder-tomorrow", {"amount": owed, "due": due}),)
    if days == 0:
        return (Say("reminder-today", {"amount": owed, "due": due}),)
    return (Say("reminder-late", {"amount": owed, "due": due, "days": -days}),)


def _what_next(line: Line, today: date, *, fined: bool) -> tuple[Say, ...]:
    """Say the fine so far and what happens if it stays unpaid."""
    if line.due >= today:
        return (Say("reminder-pay-or-fine" if fined else "reminder-pay"),)
    if line.penalty_left:
        return (
            Say("reminder-fine", {"amount": line.penalty_left}),
            Say("reminder-pay-late"),
        )
    return (Say("reminder-pay-late"),)
