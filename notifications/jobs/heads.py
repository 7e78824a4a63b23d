"""Each day the head of every book goes to people outside the office: pengawas, and officials for their region.

A pengawas is told of a head once: while nothing is written it stays the same, and nothing is said.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import heads
from core.calendar import business_date, start_of, zone_of
from core.database import driver, transaction
from core.permissions import Role
from core.sealing import Keys
from notifications import fresh, reach
from notifications.fresh import Made
from notifications.jobs import places
from notifications.jobs.places import Place
from notifications.messages import Address, Attachment, Content, Fact, Fresh, Message, Purpose, Say
from notifications.outbox import Claimed

BEGINS = time(17)  # of the cooperative's day: the office is closed, nobody sleeps yet
_KEPT = timedelta(days=30)  # a pengawas without a chat gets it that much later
_NOBODYS = 0  # the cooperative of officials

_DUE = """
SELECT EXISTS (SELECT FROM cooperatives c
  JOIN regions r ON r.code = c.region
 WHERE ($1::timestamptz AT TIME ZONE c.zone)::time >= $2
   AND NOT EXISTS (SELECT FROM book_heads h WHERE h.koperasi_id = c.koperasi_id
                      AND h."on" = ($1::timestamptz AT TIME ZONE c.zone)::date))
"""


async def heads_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Take the heads of the day of `now` and owe them, once a day; return how many messages are new."""
    written = await places.each(engine, now, partial(_take, keys), job="heads")
    async with transaction(engine, koperasi_id=_NOBODYS) as db:
        return written + await _owe_officials(db, keys, now)


async def look(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the same as the clock: in the evening, while a head of the day is missing."""
    async with transaction(engine) as db:
        raw = await driver(db)
        if not await raw.fetchval(_DUE, now, BEGINS):
            return 0

    written = await places.each(
        engine, now, partial(_take, keys), job="heads", hours=(BEGINS, time.max)
    )
    async with transaction(engine, koperasi_id=_NOBODYS) as db:
        return written + await _owe_officials(db, keys, now, since=BEGINS)


async def _take(keys: Keys, db: AsyncConnection, place: Place) -> int:
    head = await heads.take(db, koperasi_id=place.id, on=place.today, at=place.now)
    if not head.entries:
        return 0
    told = await places.officers(db, koperasi_id=place.id, on=place.today, roles=(Role.PENGAWAS,))
    at = places.sayable(place.now)
    lines = (
        Say("head-of-day", {"on": place.today, "entry": head.entries}),
        Say("head-text", {"head": str(head)}),
        Say("head-keep"),
    )
    owed = [
        Message(
            koperasi_id=place.id,
            id=uuid4(),
            to=one.chat,
            person_id=one.person_id,
            purpose=Purpose.NOTICE,
            content=Content(lines=lines),
            dedupe=f"head/{head.entries}/{head.hash[:16]}/{one.person_id}",
            made_at=at,
            expires_at=at + _KEPT,
        )
        for one in told
    ]
    return await places.owe(db, owed, keys)


async def _owe_officials(
    db: AsyncConnection, keys: Keys, now: datetime, since: time = time()
) -> int:
    """Owe each official who is reached the list of the region, once a day."""
    raw = await driver(db)
    rows = await raw.fetch(
        "SELECT id, zone, channel, account, chat FROM chat.officials_reached ORDER BY id LIMIT 10000"
    )
    at = places.sayable(now)
    owed = []
    for row in rows:
        if now.astimezone(zone_of(row["zone"])).time() < since:
            continue
        day = business_date(now, row["zone"])
        owed.append(
            Message(
                koperasi_id=_NOBODYS,
                id=uuid4(),
                to=Address(channel=row["channel"], account=row["account"], chat=row["chat"]),
                person_id=None,
                purpose=Purpose.NOTICE,
                content=Content(
                    fresh=Fresh(kind="heads", facts={"on": day, "official": row["id"]})
                ),
                dedupe=f"heads/{day.isoformat()}/official/{row['id']}",
                made_at=at,
                expires_at=start_of(day + timedelta(days=3), row["zone"]),
            )
        )
    return await places.owe(db, owed, keys)


@fresh.maker("heads")
async def said(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, _now: datetime
) -> Made:
    """Say the heads of an official's region as one file: a line of it is what `kopdes verify --since` takes."""
    region = await reach.region_of(db, row, facts["official"])
    if region is None:
        return "left"
    on = facts["on"]
    assert isinstance(on, date), row.id
    found = await heads.of_region(db, region=region, on=on)
    if not found:
        return "nothing"
    name = f"sidik-buku-{region}-{on.isoformat()}.txt"
    text = "".join(f"{head}\n" for head in found).encode()
    file: dict[str, Fact] = {
        "name": name,
        "mime": "text/plain",
        "data": base64.b64encode(text).decode(),
        "key": name,
    }
    return Content(
        lines=(Say("heads-of-day", {"on": on, "count": len(found)}), Say("heads-keep")),
        attachment=Attachment(kind="file", facts=file),
    )
