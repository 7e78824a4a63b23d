"""Invites that run out unused: who made them is told two days before, once for each day they end on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import people
from core.calendar import business_date, start_of
from core.database import driver
from core.permissions import Action, Role, may, roles_that_may
from core.sealing import Keys
from notifications import fresh, reach
from notifications.fresh import Made
from notifications.jobs import places
from notifications.jobs.places import Officer, Place
from notifications.messages import Button, Content, Fact, Fresh, Message, Purpose, Say
from notifications.outbox import Claimed

BEFORE = timedelta(days=2)
_NAMED = 5  # people in one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """The newest invite of somebody who is not reached yet, and the officer who is told."""

    person_id: int
    told: Officer
    ends_on: date  # the cooperative's day on which it is of use for the last time


async def invites_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Tell officers of the invites that run out within two days; return how many messages are new."""

    async def look(db: AsyncConnection, place: Place) -> int:
        found = await expiring(
            db, koperasi_id=place.id, zone=place.zone, after=now, until=now + BEFORE
        )
        owed = {(one.told.person_id, one.ends_on): one for one in found}
        return await places.owe(db, [_message(place, one) for one in owed.values()], keys)

    return await places.each(engine, now, look, job="invites")


async def expiring(
    db: AsyncConnection, *, koperasi_id: int, zone: str, after: datetime, until: datetime
) -> list[Expiring]:
    """List the invites that run out between two instants; those of the command line are the ketua's to know."""
    raw = await driver(db)
    rows = await raw.fetch("SELECT * FROM chat.expiring($1, $2)", after, until)
    if not rows:
        return []
    today = business_date(after, zone)
    wanted = [row["person_id"] for row in rows]
    unreached = {row["id"] for row in await raw.fetch(_UNREACHED, koperasi_id, wanted, today)}
    officers = {
        one.person_id: one
        for one in await places.officers(
            db, koperasi_id=koperasi_id, on=today, roles=roles_that_may(Action.INVITE)
        )
    }
    heads = [one for one in officers.values() if Role.KETUA in one.roles]
    found = []
    for row in rows:
        if row["person_id"] not in unreached:
            continue
        maker = row["made_by"].removeprefix("person:")
        own = officers.get(int(maker)) if maker.isdigit() else None
        ends_on = business_date(row["expires_at"] - timedelta(microseconds=1), zone)
        found += [
            Expiring(person_id=row["person_id"], told=officer, ends_on=ends_on)
            for officer in ([own] if own else heads)
            if officer.person_id != row["person_id"]
        ]
    return found


# Who is a member or holds an office, and has no chat.
_UNREACHED = """
SELECT p.id FROM people p
 WHERE p.koperasi_id = $1 AND p.id = ANY ($2)
   AND NOT EXISTS (SELECT FROM addresses a
     WHERE a.koperasi_id = $1 AND a.person_id = p.id AND a.ended_at IS NULL)
   AND (EXISTS (SELECT FROM members m
       WHERE m.koperasi_id = $1 AND m.id = p.id AND (m.left_on IS NULL OR m.left_on > $3))
     OR EXISTS (SELECT FROM officers o
       WHERE o.koperasi_id = $1 AND o.person_id = p.id AND (o.until IS NULL OR o.until > $3)))
"""


def _message(place: Place, one: Expiring) -> Message:
    ends_on = one.ends_on
    content = Content(fresh=Fresh(kind="invite-expiring", facts={"on": ends_on}))
    return Message(
        koperasi_id=place.id,
        id=uuid4(),
        to=one.told.chat,
        person_id=one.told.person_id,
        purpose=Purpose.NOTICE,
        content=content,
        dedupe=f"invites/{ends_on.isoformat()}/{one.told.person_id}",
        made_at=places.sayable(place.now),
        expires_at=start_of(ends_on + timedelta(days=1), place.zone),
    )


@fresh.maker("invite-expiring")
async def said(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, _now: datetime
) -> Made:
    """Name whose invites run out on that day and are still unused."""
    assert row.person_id is not None, row.id
    on = facts["on"]
    assert isinstance(on, date), row.id
    reason = await reach.barred(db, row, None)
    if reason is not None:
        return reason
    who = await people.standing(db, koperasi_id=row.koperasi_id, person_id=row.person_id, on=on)
    if who is None or not may(who.roles, Action.INVITE):
        return "left"
    zone = who.cooperative.zone
    begins = start_of(on, zone)
    ends = start_of(on + timedelta(days=1), zone)
    found = await expiring(
        db, koperasi_id=row.koperasi_id, zone=zone, after=begins, until=ends
    )  # fmt: skip
    mine = [one.person_id for one in found if one.told.person_id == row.person_id]
    if not mine:
        return "nothing"
    named = mine[:_NAMED]
    names = [
        await people.name(db, koperasi_id=row.koperasi_id, person_id=person) for person in named
    ]
    lines = [Say("invites-expiring", {"count": len(mine), "on": on, "names": ", ".join(names)})]
    if len(mine) > _NAMED:
        lines.append(Say("invites-expiring-more", {"count": len(mine) - _NAMED}))
    lines.append(Say("invites-expiring-how"))
    mark = f"eo:{row.koperasi_id}:{row.person_id}:invite"
    return Content(
        lines=tuple(lines),
        buttons=tuple(
            (Button(label=Say("button-invite-again", {"name": name}), data=f"{mark}:{person}"),)
            for person, name in zip(named, names, strict=True)
        ),
    )
