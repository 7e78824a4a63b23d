"""Once a month the interest on savings is proposed: one month at a time, the oldest first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import interest
from core.approvals import asking, queue
from core.approvals.request import State
from core.calendar import last_day
from core.interest import Interest
from core.sealing import Keys
from core.tables.approvals import approvals
from notifications import requests
from notifications.jobs import places
from notifications.jobs.places import Place
from notifications.messages import Say


async def interest_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Ask every cooperative that pays interest for the next month that is over; return how many were asked.

    A month is asked for once, and not before the one before it is decided: its interest bears interest.
    """

    async def look(db: AsyncConnection, place: Place) -> int:
        return await _propose(db, place, keys)

    return await places.each(engine, now, look, job="interest")


async def _propose(db: AsyncConnection, place: Place, keys: Keys) -> int:
    for month in await interest.months_due(
        db, koperasi_id=place.id, book=place.book, today=place.today
    ):
        operation = interest.operation_of(month)
        asked = await queue.find(db, place.id, keys, approvals.c.operation == operation)
        if asked is not None and asked.state is State.WAITING:
            return 0
        if asked is None:
            found = await interest.interest(
                db, koperasi_id=place.id, rules=place.book.on(last_day(month)), month=month,
                today=place.today,
            )  # fmt: skip
            if found.earned:
                return await _ask(db, place, found, operation, keys)
    return 0


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
