"""Monthly balances: on a working day of the month each cooperative chose, the month before, once to everybody."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import consents
from core.calendar import last_day, month_of, next_month, start_of, zone_of
from core.consents import Consent
from core.database import driver, transaction
from core.holidays import nth_working_day
from core.permissions import Action, roles_that_may
from core.rules import RuleBook, Rules
from core.sealing import Keys
from notifications import messages, stating
from notifications.jobs import places
from notifications.jobs.places import Officer, Place
from notifications.messages import Address, Message, Purpose

DAYS = timedelta(days=5)  # after which a month's balance is not worth saying any more
_NOBODYS = 0  # the cooperative of officials


async def monthly_balances_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Owe the balances of a month whose day has come and is not five days past; return how many are new.

    Idempotent; whoever is reached only later in these days is told then.
    """
    return await _everywhere(engine, keys, now, at_any_hour=True)


async def look(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the same as the clock: where the hour for reminders has come on that day."""
    return await _everywhere(engine, keys, now, at_any_hour=False)


async def _everywhere(
    engine: AsyncEngine, keys: Keys, now: datetime, *, at_any_hour: bool
) -> int:  # fmt: skip
    sealed: dict[date, bytes] = {}  # once a month for all members of all cooperatives

    async def one(db: AsyncConnection, place: Place) -> int:
        day = due_day(place.today, place.rules)
        if not _is_now(day, place, at_any_hour=at_any_hour):
            return 0
        month = next_month(month_of(day), -1)
        if month not in sealed:
            sealed[month] = messages.seal(stating.content(stating.MEMBER, month), keys)
        owed = await _owe_members(db, place, day, sealed[month])
        return owed + await _owe_officers(db, place, day, keys)

    written = await places.each(engine, now, one, job="monthly-balances")
    async with transaction(engine, koperasi_id=_NOBODYS) as db:
        return written + await _owe_officials(db, keys, now, at_any_hour=at_any_hour)


def due_day(today: date, rules: Rules) -> date:
    """Return the day of this month on which the balances of the month before are said."""
    return nth_working_day(month_of(today), rules.statement_day, rules.rest_days)


def _is_now(day: date, place: Place, *, at_any_hour: bool) -> bool:
    if not day <= place.today < day + DAYS:
        return False
    hour = time() if at_any_hour else time(place.rules.reminder_hour)
    begins = datetime.combine(day, hour, tzinfo=zone_of(place.zone))
    return place.now >= begins


async def _owe_members(db: AsyncConnection, place: Place, day: date, facts: bytes) -> int:
    """Owe every member who is reached and agreed; one statement a cooperative, one sealed text for all."""
    month = next_month(month_of(day), -1)
    raw = await driver(db)
    status = await raw.execute(
        _OWE,
        place.id,
        last_day(month),
        place.today,
        facts,
        f"statement/{month:%Y-%m}/",
        places.sayable(place.now),
        start_of(day + DAYS, place.zone),
    )
    return int(status.rpartition(" ")[2])


# The newest chat of m.id among those of channels on which the newest consent holds.
REACHED = f"""
  CROSS JOIN LATERAL (
    SELECT a.channel, a.account, a.chat FROM addresses a
     WHERE a.koperasi_id = $1 AND a.person_id = m.id AND a.ended_at IS NULL
       AND (SELECT c.withdrawn_at IS NULL FROM consents c
             WHERE c.koperasi_id = $1 AND c.person_id = m.id AND c.channel = a.channel
               AND c.purpose = '{Consent.STATEMENT.value}'
             ORDER BY c.given_at DESC LIMIT 1)
     ORDER BY a.linked_at DESC LIMIT 1) AS reached
"""
# Who was owed it is looked for first: a look that finds nothing new writes nothing.
_OWE = f"""
INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose, priority, facts, dedupe,
                    not_before, expires_at, state, made_at)
SELECT $1, gen_random_uuid(), reached.channel, reached.account, reached.chat, m.id,
       '{Purpose.STATEMENT.value}', {Purpose.STATEMENT.priority}, $4, $5 || m.id, $6, $7, 'waiting', $6
  FROM members m {REACHED}
 WHERE m.koperasi_id = $1 AND m.joined_on <= $2 AND (m.left_on IS NULL OR m.left_on > $3)
   AND NOT EXISTS (SELECT FROM outbox o WHERE o.koperasi_id = $1 AND o.dedupe = $5 || m.id)
 ORDER BY m.id
ON CONFLICT (koperasi_id, dedupe) DO NOTHING
"""


async def _owe_officers(db: AsyncConnection, place: Place, day: date, keys: Keys) -> int:
    """Owe the cooperative's month to who may see its books."""
    month = next_month(month_of(day), -1)
    officers = await places.officers(
        db, koperasi_id=place.id, on=place.today, roles=roles_that_may(Action.SEE_BOOKS)
    )
    at = places.sayable(place.now)
    owed = [
        Message(
            koperasi_id=place.id,
            id=uuid4(),
            to=one.chat,
            person_id=one.person_id,
            purpose=Purpose.STATEMENT,
            content=stating.content(stating.BOOKS, month),
            dedupe=f"statement/{month:%Y-%m}/books/{one.person_id}",
            made_at=at,
            expires_at=start_of(day + DAYS, place.zone),
        )
        for one in officers
        if await _agreed(db, place, one)
    ]
    return await places.owe(db, owed, keys)


async def _agreed(db: AsyncConnection, place: Place, one: Officer) -> bool:
    return await consents.allows(
        db,
        koperasi_id=place.id,
        person_id=one.person_id,
        purpose=Consent.STATEMENT,
        channel=one.chat.channel,
    )


async def _owe_officials(
    db: AsyncConnection, keys: Keys, now: datetime, *, at_any_hour: bool
) -> int:  # fmt: skip
    """Owe the roll-up to every official who is reached, by the usual rules in the zone of the region."""
    raw = await driver(db)
    rows = await raw.fetch(
        "SELECT id, zone, channel, account, chat FROM chat.officials_reached ORDER BY id LIMIT 10000"
    )
    at = places.sayable(now)
    owed = []
    for row in rows:
        place = Place(id=_NOBODYS, zone=row["zone"], now=now, book=RuleBook(()))
        day = due_day(place.today, place.rules)
        if not _is_now(day, place, at_any_hour=at_any_hour):
            continue
        month = next_month(month_of(day), -1)
        owed.append(
            Message(
                koperasi_id=_NOBODYS,
                id=uuid4(),
                to=Address(channel=row["channel"], account=row["account"], chat=row["chat"]),
                person_id=None,
                purpose=Purpose.STATEMENT,
                content=stating.content(stating.REGION, month, official=row["id"]),
                dedupe=f"statement/{month:%Y-%m}/official/{row['id']}",
                made_at=at,
                expires_at=start_of(day + DAYS, place.zone),
            )
        )
    return await places.owe(db, owed, keys)
