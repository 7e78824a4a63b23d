"""Once a month the interest on savings is proposed: one month at a time, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import interest, term_savings
from core.approvals import asking
from core.approvals.request import State
from core.calendar import last_day, start_of, zone_of
from core.interest import Interest
from core.reminders import terms
from core.sealing import Keys
from core.tables.approvals import approvals
from notifications import requests
from notifications.jobs import places
from notifications.jobs.places import Place
from notifications.messages import Address, Content, Fact, Message, Purpose, Say

_AGAIN_AFTER = timedelta(days=7)  # a month that was turned down
_TIMES = 3  # that a month is asked for


async def interest_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Ask every cooperative that pays interest for the next month that is over; return how many were asked.

    A month is asked for not before the one before it is decided: its interest bears interest. One that was turned
    down, or that nobody decided, is asked for again a week later, three times in all; then it stays without. Members
    are told, once each and by day, of term savings whose day is a week away or has come.
    """

    async def look(db: AsyncConnection, place: Place) -> int:
        return await _tell_of_terms(db, place, keys) + await _propose(db, place, keys)

    return await places.each(engine, now, look, job="interest")


async def _tell_of_terms(db: AsyncConnection, place: Place, keys: Keys) -> int:
    hour = place.now.astimezone(zone_of(place.zone)).hour
    if not place.rules.reminder_hour <= hour < place.rules.quiet_from:
        return 0
    found = await terms.maturing(db, koperasi_id=place.id, today=place.today)
    return await places.owe(db, [_of_term(place, one) for one in found], keys)


def _of_term(place: Place, one: terms.Maturing) -> Message:
    term = one.term
    step = "over" if term.matures_on <= place.today else "soon"
    channel, account, chat = one.chat
    after = "term-rolls" if term_savings.rolling([term], place.book) else "term-rests"
    facts: dict[str, Fact] = {
        "amount": term.amount,
        "on": term.matures_on,
        "interest": term.interest_on(term.matures_on),
    }
    return Message(
        koperasi_id=place.id,
        id=uuid4(),
        to=Address(channel=channel, account=account, chat=chat),
        person_id=term.member_id,
        purpose=Purpose.NOTICE,
        content=Content(lines=(Say(f"term-{step}-{term.kind}", facts), Say(after))),
        dedupe=f"term/{term.entry}/{step}",
        made_at=places.sayable(place.now),
        expires_at=start_of(term.matures_on + terms.DAYS, place.zone),
    )


async def _propose(db: AsyncConnection, place: Place, keys: Keys) -> int:
    for month in await interest.months_due(
        db, koperasi_id=place.id, book=place.book, today=place.today
    ):
        operation = interest.operation_of(month)
        before = await _asked(db, place.id, operation)
        if _waits(before, place.now):
            return 0
        if not before or _may_ask_again(before):
            found = await interest.interest(
                db, koperasi_id=place.id, rules=place.book.on(last_day(month)), month=month,
                today=place.today,
            )  # fmt: skip
            if found.earned:
                again = f"{operation}/lagi-{len(before) + 1}" if before else operation
                return await _ask(db, place, found, again, keys)
    return 0


async def _asked(
    db: AsyncConnection, koperasi_id: int, operation: str
) -> Sequence[tuple[State, datetime]]:
    """Return how often a month was asked for, oldest first: what became of it, and when."""
    ended = func.coalesce(approvals.c.decided_at, approvals.c.expires_at)
    rows = await db.execute(
        select(approvals.c.state, ended.label("ended"))
        .where(
            approvals.c.koperasi_id == koperasi_id,
            (approvals.c.operation == operation)
            | approvals.c.operation.startswith(f"{operation}/lagi-"),
        )
        .order_by(approvals.c.number)
        .limit(_TIMES)
    )
    return [(State(row.state), row.ended) for row in rows]


def _may_ask_again(before: Sequence[tuple[State, datetime]]) -> bool:
    return before[-1][0] in (State.REJECTED, State.EXPIRED) and len(before) < _TIMES


def _waits(before: Sequence[tuple[State, datetime]], now: datetime) -> bool:
    """Say whether a month is being decided, or was turned down too lately to ask for it again."""
    if not before:
        return False
    state, ended = before[-1]
    return state is State.WAITING or (_may_ask_again(before) and now < ended + _AGAIN_AFTER)


async def _ask(
    db: AsyncConnection, place: Place, found: Interest, operation: str, keys: Keys
) -> int:
    submitted = await asking.submit(
        db,
        maker=None,
        chat=None,
        kind=interest.KIND,
        facts={"month": found.month.isoformat()},
        shown=requests.shown(lines(found), (Say("interest-why"),)),
        operation=operation,
        on=last_day(found.month),
        today=place.today,
        at=place.now,
        keys=keys,
        koperasi_id=place.id,
    )
    await requests.owe(db, submitted, place.zone, keys, place.now)
    return 1


def lines(found: Interest) -> tuple[Say, ...]:
    """Say how a month's interest comes about: rate and method, members, gross, tax, net."""
    rate = f"{found.rate.normalize():f}".replace(".", ",")
    taxed = {"count": found.taxed, "tax": found.tax}
    return (
        Say("interest-title", {"month": found.month}),
        Say(f"interest-by-{found.method}", {"rate": rate}),
        Say("interest-gross", {"amount": found.gross, "count": len(found.earned)}),
        *((Say("interest-tax", taxed),) if found.tax else ()),
        Say("interest-net", {"amount": found.gross - found.tax}),
    )
