"""The night of the loans: classes brought to each cooperative's own day, and once a month the allowance proposed.

One short transaction a cooperative; one that fails is looked at again with the next tick, the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, rules
from core.approvals import asking
from core.calendar import business_date, last_day, month_of
from core.loans import allowances, assessment
from core.loans.allowances import Allowance
from core.loans.assessment import Due
from core.rules import RuleBook
from core.sealing import Keys
from notifications import requests
from notifications.messages import Say

KIND = "allowance"  # of the request
SETTLING = timedelta(minutes=5)  # after midnight, until turns of the day before have surely ended
_PAGE = 1000  # cooperatives asked for at once
_IN_A_ROW = 5  # that fail one after the other: then it is the database, not they

log = structlog.get_logger()


async def look(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the night of every cooperative whose day has begun; a day begins five minutes late."""
    return await collectibility_job(engine, keys, now - SETTLING)


async def collectibility_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Bring every cooperative's classes to its day at `now`; return how many changes and proposals were written.

    Idempotent: a cooperative whose day was done already is not looked at.
    """
    written = after = failed = 0
    while True:
        async with database.transaction(engine) as db:
            page = await assessment.due(db, now=now, after=after, most=_PAGE)
        for one in page:
            try:
                async with database.transaction(engine, koperasi_id=one.koperasi_id) as db:
                    written += await night(db, one, keys, now)
                failed = 0
            except Exception as error:
                failed += 1
                if failed >= _IN_A_ROW:
                    raise
                if database.is_passing(error):
                    log.warning("night.postponed", koperasi=one.koperasi_id)
                else:
                    log.exception("night.failed", koperasi=one.koperasi_id)
        if len(page) < _PAGE:
            return written
        after = page[-1].koperasi_id


async def night(db: AsyncConnection, here: Due, keys: Keys, now: datetime) -> int:
    """Bring one cooperative's classes to its day at `now`, and ask for the allowance of a month that ended."""
    today = business_date(now, here.zone)
    raw = await database.driver(db)
    book = RuleBook(tuple(await raw.fetchval(f"SELECT {rules.STEPS}", here.koperasi_id)))
    before = await assessment.assessed_through(db, koperasi_id=here.koperasi_id)
    written = await assessment.assess(
        db, koperasi_id=here.koperasi_id, book=book, through=today, at=now
    )
    ended = month_end(before, today)
    if ended is not None:
        written += await _propose(db, here, book, ended, today, keys, now)
    return written


def month_end(before: date | None, today: date) -> date | None:
    """Return the latest month's last day in the days after `before` up to today; before the first night, today alone."""
    ended = today if last_day(today) == today else month_of(today) - timedelta(days=1)
    begins = today - timedelta(days=1) if before is None else before
    return ended if begins < ended else None


async def _propose(
    db: AsyncConnection,
    here: Due,
    book: RuleBook,
    ended: date,
    today: date,
    keys: Keys,
    now: datetime,
) -> int:
    """Ask for the allowance of a month, when it differs from what is booked; a month is asked for once."""
    found = await allowances.allowance(
        db, koperasi_id=here.koperasi_id, rules=book.on(ended), on=ended
    )
    if not found.difference:
        return 0
    asked = await asking.submit(
        db,
        maker=None,
        chat=None,
        kind=KIND,
        facts={
            "month": f"{ended:%Y-%m}",
            "on": ended.isoformat(),
            "difference": found.difference,
        },
        shown=requests.shown(lines(found), (Say("allowance-why"),)),
        operation=allowances.operation_of(ended),
        on=ended,
        today=today,
        at=now,
        keys=keys,
        koperasi_id=here.koperasi_id,
    )
    if asked.repeated:
        return 0
    await requests.owe(db, asked, here.zone, keys, now)
    return 1


def lines(found: Allowance) -> Sequence[Say]:
    """Say how an allowance is computed: each class with money in it, the sum, what is booked, what is missing."""
    return (
        Say("allowance-title", {"month": month_of(found.on)}),
        *(
            Say(
                f"allowance-of-{part.klass}",
                {
                    "outstanding": part.outstanding,
                    "percent": _said(part.percent),
                    "amount": part.amount,
                },
            )
            for part in found.parts
            if part.outstanding
        ),
        Say("allowance-target", {"amount": found.target}),
        Say("allowance-booked", {"amount": found.booked}),
        Say(
            "allowance-up" if found.difference > 0 else "allowance-down",
            {"amount": abs(found.difference)},
        ),
    )


def _said(percent: Decimal) -> str:
    return f"{percent.normalize():f}".replace(".", ",")
