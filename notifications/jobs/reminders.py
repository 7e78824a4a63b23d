"""The ladder of reminders: instalments about their due days, simpanan wajib about its day of the month.

A step that was missed is still said while its day lasts, and never after it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import rules
from core.calendar import start_of, zone_of
from core.reminders import answers, due
from core.reminders.due import ToRemind
from core.sealing import Keys
from notifications import reminding
from notifications.jobs import places
from notifications.jobs.places import Place
from notifications.messages import Address, Message, Purpose


async def reminders_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Owe every reminder of an instalment of the day of `now`; return how many are new."""

    async def look(db: AsyncConnection, place: Place) -> int:
        return await _instalments(db, place, keys)

    return await places.each(engine, now, look, job="reminders")


async def dues_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Owe every reminder of simpanan wajib of the day of `now`; return how many are new."""

    async def look(db: AsyncConnection, place: Place) -> int:
        return await _dues(db, place, keys)

    return await places.each(engine, now, look, job="dues")


async def look_at_instalments(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the same as the clock: where the hour for reminders has come."""

    async def look(db: AsyncConnection, place: Place) -> int:
        return await _instalments(db, place, keys) if _hour_has_come(place) else 0

    return await places.each(engine, now, look, job="reminders")


async def look_at_dues(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the same as the clock: where the hour for reminders has come."""

    async def look(db: AsyncConnection, place: Place) -> int:
        return await _dues(db, place, keys) if _hour_has_come(place) else 0

    return await places.each(engine, now, look, job="dues")


def _hour_has_come(place: Place) -> bool:
    clock = place.now.astimezone(zone_of(place.zone)).time()
    return clock >= time(place.rules.reminder_hour)


async def _instalments(db: AsyncConnection, place: Place, keys: Keys) -> int:
    await answers.close_paid(db, koperasi_id=place.id, at=place.now)
    found = await due.instalments(
        db, koperasi_id=place.id, today=place.today, ladder=place.rules.reminder_days
    )
    return await places.owe(db, [_message(place, one) for one in found], keys)


async def _dues(db: AsyncConnection, place: Place, keys: Keys) -> int:
    found = await due.dues(
        db,
        koperasi_id=place.id,
        today=place.today,
        due_day=place.rules.due_day,
        rates=rules.rates_of(
            (since, value) for name, since, value in place.book.steps if name == "wajib"
        ),
    )
    return await places.owe(db, [_message(place, one) for one in found], keys)


def _message(place: Place, one: ToRemind) -> Message:
    channel, account, chat = one.chat
    at = places.sayable(place.now)
    tomorrow = start_of(place.today + timedelta(days=1), place.zone)
    return Message(
        koperasi_id=place.id,
        id=uuid4(),
        to=Address(channel=channel, account=account, chat=chat),
        person_id=one.person_id,
        purpose=Purpose.REMINDER,
        content=reminding.content(one.subject, place.today),
        dedupe=_dedupe(place, one),
        made_at=at,
        expires_at=one.step.expires_at(place.zone) if one.step else tomorrow,
    )


def _dedupe(place: Place, one: ToRemind) -> str:
    """Name what is said once: a step of the ladder, or what was asked for on a day."""
    subject = one.subject
    step = f"{one.step.days}" if one.step else f"again-{place.today.isoformat()}"
    if subject.loan_id is None:
        return f"dues/{subject.month:%Y-%m}/{step}/{one.person_id}"
    return f"reminder/{subject.loan_id}/{subject.version}/{subject.n}/{step}"
