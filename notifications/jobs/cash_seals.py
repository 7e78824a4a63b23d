"""The evening of a day on which cash moved and nobody counted it: its keepers are reminded once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import people, seals
from core.calendar import start_of
from core.consents import Consent
from core.permissions import Action, may, roles_that_may
from core.sealing import Keys
from notifications import fresh, reach
from notifications.fresh import Made
from notifications.jobs import places
from notifications.jobs.places import Place
from notifications.messages import Button, Content, Fact, Fresh, Message, Purpose, Say
from notifications.outbox import Claimed

BEGINS, ENDS = time(17), time(21)  # of the cooperative's day; later its keepers sleep
_KIND = "cash-seal"


async def cash_seal_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Owe the keepers of cash their reminder of the day of `now`; return how many are new."""
    return await places.each(engine, now, partial(_owe, keys), job=_KIND)


async def look(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the same as the clock: in the cooperative's own evening."""
    return await places.each(engine, now, partial(_owe, keys), job=_KIND, hours=(BEGINS, ENDS))


async def _owe(keys: Keys, db: AsyncConnection, place: Place) -> int:
    if place.today not in await _uncounted(db, place.id, place.today):
        return 0
    keepers = await places.officers(
        db, koperasi_id=place.id, on=place.today, roles=roles_that_may(Action.COUNT_CASH)
    )
    owed = [
        Message(
            koperasi_id=place.id,
            id=uuid4(),
            to=one.chat,
            person_id=one.person_id,
            purpose=Purpose.REMINDER,
            content=Content(fresh=Fresh(kind=_KIND, facts={"on": place.today})),
            dedupe=f"{_KIND}/{place.today.isoformat()}/{one.person_id}",
            made_at=places.sayable(place.now),
            expires_at=start_of(place.today + timedelta(days=1), place.zone),
        )
        for one in keepers
    ]
    return await places.owe(db, owed, keys)


async def _uncounted(db: AsyncConnection, koperasi_id: int, on: date) -> list[date]:
    """List the days up to `on` that can still be counted, were not sealed, and wait for nobody's confirmation."""
    return await seals.unsealed_days(
        db, koperasi_id, since=on - timedelta(days=seals.DAYS_BACK), until=on, waiting=False
    )


@fresh.maker(_KIND)
async def said(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, _now: datetime
) -> Made:
    """Name the day and those before it; nothing when it was counted meanwhile."""
    assert row.person_id is not None, row.id
    on = facts["on"]
    assert isinstance(on, date), row.id
    if (reason := await reach.barred(db, row, Consent.REMINDER)) is not None:
        return reason
    who = await people.standing(db, koperasi_id=row.koperasi_id, person_id=row.person_id, on=on)
    if who is None or not may(who.roles, Action.COUNT_CASH):
        return "left"
    days = await _uncounted(db, row.koperasi_id, on)
    if on not in days:
        return "sealed"
    head: dict[str, Fact] = {"on": on, "cooperative": who.cooperative.name}
    return Content(
        lines=(
            Say("seal-reminder", head),
            *(Say("seal-unsealed-day", {"on": day}) for day in days if day != on),
        ),
        buttons=((button_of(row.koperasi_id, on, today=on),),),
    )


def button_of(koperasi_id: int, on: date, *, today: date) -> Button:
    """Offer to count the cash of a day; the label is one that fits a button."""
    days = (today - on).days
    label = {0: "button-count-cash", 1: "button-count-cash-yesterday"}
    return Button(
        label=Say(label.get(days, "button-count-cash-before")),
        data=f"ks:{koperasi_id}:count:{on.toordinal()}",
    )
