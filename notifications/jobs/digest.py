"""The officers' morning: one message on working days, and none when there is nothing to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import closing, findings, holidays, meetings, people
from core.accounts import chart
from core.calendar import month_of, start_of, zone_of
from core.consents import Consent
from core.goods import suppliers
from core.permissions import Action, Role, may, roles_that_may
from core.reminders import morning
from core.reminders.morning import Morning
from core.rules import RuleBook, Rules
from core.sealing import Keys
from core.treasury import instalments
from core.treasury.events import LENDERS
from notifications import fresh, reach
from notifications.fresh import Made
from notifications.jobs import cash_seals, places
from notifications.jobs.places import Place
from notifications.messages import Button, Content, Fact, Fresh, Message, Purpose, Say
from notifications.outbox import Claimed

BEGINS, ENDS = time(7, 30), time(12)  # of the cooperative's day; later it is no morning


async def digest_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Owe each officer who may see the books the morning of the day of `now`; return how many are new."""
    return await places.each(engine, now, partial(_owe, keys), job="digest")


async def look(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the same as the clock: in the cooperative's own morning."""
    return await places.each(engine, now, partial(_owe, keys), job="digest", hours=(BEGINS, ENDS))


async def _owe(keys: Keys, db: AsyncConnection, place: Place) -> int:
    if holidays.is_rest(place.today, place.rules.rest_days):
        return 0
    noon = datetime.combine(place.today, ENDS, tzinfo=zone_of(place.zone))
    evening = start_of(place.today + timedelta(days=1), place.zone)  # an operator asked later
    found = await morning.morning(
        db,
        koperasi_id=place.id,
        today=place.today,
        since=_morning_before(place.today, place.rules.rest_days),
        at=place.now,
    )
    if found.is_empty and not await _dates(db, place.id, place.today, place.book, None):
        return 0
    officers = await places.officers(
        db, koperasi_id=place.id, on=place.today, roles=roles_that_may(Action.SEE_BOOKS)
    )
    at = places.sayable(place.now)
    content = Content(fresh=Fresh(kind="digest", facts={"on": place.today}))
    owed = [
        Message(
            koperasi_id=place.id,
            id=uuid4(),
            to=one.chat,
            person_id=one.person_id,
            purpose=Purpose.REMINDER,
            content=content,
            dedupe=f"digest/{place.today.isoformat()}/{one.person_id}",
            made_at=at,
            expires_at=noon if place.now < noon else evening,
        )
        for one in officers
    ]
    return await places.owe(db, owed, keys)


async def _dates(
    db: AsyncConnection, koperasi_id: int, on: date, book: RuleBook, roles: Sequence[Role] | None
) -> list[Say]:
    """Say what the calendar brings: a month to close, the annual meeting, banks and suppliers to pay; of somebody, what is theirs."""
    lines = []
    if roles is None or may(roles, Action.CLOSE_BOOKS):
        month = await _unclosed(db, koperasi_id, on, book.on(on))
        lines += [Say("digest-unclosed", {"month": month})] if month else []
    if roles is None or may(roles, Action.RECORD_DOCUMENTS):
        due = await _meeting(db, koperasi_id, on, book)
        if due is not None:
            told: dict[str, Fact] = {
                "year": str(due.year),
                "on": due.due,
                "days": (due.due - on).days,
                "invite": due.invite,
            }
            lines.append(Say("digest-meeting", told))
    if roles is None or may(roles, Action.RECORD_CASH):
        how = book.on(on)
        since = _morning_before(on, how.rest_days)
        for one in await instalments.warned(
            db, koperasi_id=koperasi_id, rules=how, today=on, since=since
        ):
            loan = chart()[LENDERS[one.lender]].name
            days = (one.on - on).days
            owed: dict[str, Fact] = {"loan": loan, "on": one.on, "days": days, "amount": one.amount}
            lines.append(Say("digest-bank", owed))
        count, amount = await suppliers.due(db, koperasi_id=koperasi_id, today=on)
        lines += [Say("digest-suppliers", {"count": count, "amount": amount})] if count else []
    return lines


async def _unclosed(db: AsyncConnection, koperasi_id: int, on: date, rules: Rules) -> date | None:
    """Return the month that should be closed by now, on the third working day of a month; else none."""
    if on != holidays.nth_working_day(month_of(on), 3, rules.rest_days):
        return None
    return await closing.next_to_close(db, koperasi_id, on)


async def _meeting(
    db: AsyncConnection, koperasi_id: int, on: date, book: RuleBook
) -> meetings.Calendar | None:
    """Return the annual meeting that is due, on the mornings that warn of it."""
    since = _morning_before(on, book.on(on).rest_days)
    return await meetings.warned(db, koperasi_id, book=book, today=on, since=since)


def _morning_before(on: date, rest_days: frozenset[int]) -> date:
    """Return the last day before that had a morning: what happened since is news."""
    return holidays.last_working_day(on - timedelta(days=1), rest_days)


@fresh.maker("digest")
async def said(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, now: datetime
) -> Made:
    """Say the numbers of this second; nothing when all of it was done meanwhile."""
    assert row.person_id is not None, row.id
    on = facts["on"]
    assert isinstance(on, date), row.id
    reason = await reach.barred(db, row, Consent.REMINDER)
    if reason is not None:
        return reason
    who = await people.standing(db, koperasi_id=row.koperasi_id, person_id=row.person_id, on=on)
    if who is None or not may(who.roles, Action.SEE_BOOKS):
        return "left"
    since = _morning_before(on, who.rules.on(on).rest_days)
    found = await morning.morning(db, koperasi_id=row.koperasi_id, today=on, since=since, at=now)
    if not set(who.roles) & set(findings.READERS):
        found = replace(found, findings=0)  # Not for outsiders: UU 25/1992 Pasal 39.
    dates = await _dates(db, row.koperasi_id, on, who.rules, who.roles)
    if found.is_empty and not dates:
        return "nothing"
    head: dict[str, Fact] = {
        "name": people.called(who.name, who.gender),
        "cooperative": who.cooperative.name,
        "on": on,
    }
    mark = f"eo:{row.koperasi_id}:{row.person_id}"
    offered = (
        ("button-arrears", "late", found.late and may(who.roles, Action.SEE_MEMBERS)),
        ("menu-persetujuan", "wait", found.approvals),
        ("button-claims", "claims", found.claims and may(who.roles, Action.SEE_MEMBERS)),
        ("button-lost", "lost", found.unreachable and may(who.roles, Action.SEE_MEMBERS)),
    )
    pressed = [
        Button(label=Say(label), data=f"{mark}:{what}:0") for label, what, any_ in offered if any_
    ]
    if may(who.roles, Action.COUNT_CASH):
        pressed += [
            cash_seals.button_of(row.koperasi_id, day, today=on) for day in found.unsealed[-1:]
        ]
    rows = tuple(tuple(pressed[at : at + 2]) for at in range(0, len(pressed), 2))
    return Content(lines=(Say("digest-head", head), *_lines(found), *dates), buttons=rows)


def _lines(found: Morning) -> tuple[Say, ...]:
    counted: tuple[tuple[str, int, dict[str, Fact]], ...] = (
        ("digest-due", found.due, {"amount": found.due_sum}),
        ("digest-late", found.late, {"amount": found.late_sum}),
        ("digest-approvals", found.approvals, {}),
        ("digest-disputed", found.disputed, {}),
        ("digest-findings", found.findings, {}),
        ("digest-fixes", found.fixes, {}),
        ("digest-fixes-late", found.fixes_late, {}),
        ("digest-claims", found.claims, {}),
        ("digest-unreachable", found.unreachable, {}),
        ("digest-held", found.held, {"amount": found.held_sum}),
    )
    return (
        *(Say(key, {"count": count, **facts}) for key, count, facts in counted if count),
        *_unsealed(found.unsealed),
        *(
            Say("digest-document", {"kind": one.called, "on": one.expires_on})
            for one in found.expiring
            if one.expires_on
        ),
    )


def _unsealed(days: Sequence[date]) -> tuple[Say, ...]:
    """Say it once, however many days nobody counted: how many, and the last."""
    if len(days) < 2:
        return tuple(Say("digest-unsealed", {"on": day}) for day in days)
    return (Say("digest-unsealed-days", {"count": len(days), "on": days[-1]}),)
