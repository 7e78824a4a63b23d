"""What officials must know of: silent books, too little cash, disputes left open, books that are not as they were written.

Each event is told once, to the officials of the cooperative's kabupaten or kota and to the province's: one
message an official a working day, in the morning, that lists what is new in the own region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from core import holidays
from core.calendar import business_date, month_of, start_of, zone_of
from core.database import driver, transaction
from core.monitoring import reading
from core.monitoring.reading import Watched
from core.rules import RuleBook
from core.sealing import Keys
from notifications.jobs import places
from notifications.messages import Address, Content, Message, Purpose, Say

_BEGINS, _ENDS = time(7, 30), time(12)
_NOBODYS = 0  # the cooperative of officials
_LISTED = 12  # cooperatives of one message; of the others only their number


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something about a cooperative that is told once; `mark` tells it from the one before of the same kind."""

    code: str
    name: str
    region: str
    kind: str  # silence, floor, dispute, integrity
    mark: str
    limit: int = 0  # the cooperative's rule: days, per cent


def events_of(one: Watched, today: date) -> list[Event]:
    """Find what officials should know of a cooperative on a day; one that never recorded anything is no event."""
    found: list[tuple[str, str, int]] = []
    silent = one.silent_days(today)
    if silent is not None and silent >= one.silence_days:
        found.append(("silence", str(today - timedelta(days=silent)), one.silence_days))
    if one.liquidity is not None and one.liquidity < one.liquidity_floor:
        found.append(("floor", f"{month_of(today):%Y-%m}", one.liquidity_floor))
    if one.oldest_dispute is not None and (today - one.oldest_dispute).days > one.dispute_days:
        found.append(("dispute", one.oldest_dispute.isoformat(), one.dispute_days))
    if one.sound is False:
        found.append(("integrity", f"{month_of(today):%Y-%m}", 0))
    return [
        Event(code=one.code, name=one.name, region=one.region, kind=kind, mark=mark, limit=limit)
        for kind, mark, limit in found
    ]


async def alerts_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Owe officials what is new at `now`, whatever the hour; return how many messages are new."""
    return await _work(engine, keys, now, at_any_hour=True)


async def look(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Do the same as the clock: in the morning of a working day."""
    return await _work(engine, keys, now, at_any_hour=False)


async def _work(engine: AsyncEngine, keys: Keys, now: datetime, *, at_any_hour: bool) -> int:
    async with transaction(engine, koperasi_id=_NOBODYS) as db:
        raw = await driver(db)
        officials = await raw.fetch(
            "SELECT id, region, zone, channel, account, chat FROM chat.officials_reached"
            " ORDER BY id LIMIT 10000"
        )
        officials = [one for one in officials if at_any_hour or _is_morning(one["zone"], now)]
        if not officials:
            return 0
        today = business_date(now, officials[0]["zone"])
        events = [
            event
            for province in sorted({one["region"].partition(".")[0] for one in officials})
            for watched in await reading.cooperatives(db, region=province, month=month_of(today))
            for event in events_of(watched, today)
            if any(_sees(one, event) for one in officials)
        ]
        fresh = await _new(raw, events, now)
        owed = [
            _message(one, mine, today, now)
            for one in officials
            if (mine := [event for event in fresh if _sees(one, event)])
        ]
        return await places.owe(db, owed, keys)


def _is_morning(zone: str, now: datetime) -> bool:
    here = now.astimezone(zone_of(zone))
    rest = RuleBook(()).on(here.date()).rest_days
    return _BEGINS <= here.time() < _ENDS and not holidays.is_rest(here.date(), rest)


def _sees(official: asyncpg.Record, event: Event) -> bool:
    """Say whether an event is in an official's own region: of the province, all of them."""
    own: str = official["region"]
    return event.region == own or event.region.startswith(f"{own}.")


async def _new(
    raw: asyncpg.Connection[asyncpg.Record], events: Sequence[Event], now: datetime
) -> list[Event]:
    """Write down which events are told now; return those that were not told before."""
    rows = await raw.fetch(
        "INSERT INTO alerts (code, kind, mark, at)"
        " SELECT *, $4 FROM unnest($1::text[], $2::text[], $3::text[])"
        " ON CONFLICT DO NOTHING RETURNING code, kind",
        [one.code for one in events],
        [one.kind for one in events],
        [one.mark for one in events],
        now,
    )
    written = {(row["code"], row["kind"]) for row in rows}
    return [one for one in events if (one.code, one.kind) in written]


def _message(to: asyncpg.Record, events: Sequence[Event], today: date, now: datetime) -> Message:
    lines = [Say("alerts-head", {"on": today})]
    by_limit: dict[tuple[str, int], list[Event]] = {}
    for one in events:
        by_limit.setdefault((one.kind, one.limit), []).append(one)
    for kind in ("integrity", "dispute", "floor", "silence"):
        for limit in sorted(limit for known, limit in by_limit if known == kind):
            mine = by_limit[kind, limit]
            lines.append(Say(f"alerts-{kind}", {"count": len(mine), "limit": limit}))
            lines += [
                Say("alerts-row", {"code": one.code, "name": one.name}) for one in mine[:_LISTED]
            ]
            if len(mine) > _LISTED:
                lines.append(Say("alerts-more", {"count": len(mine) - _LISTED}))
    at = places.sayable(now)
    return Message(
        koperasi_id=_NOBODYS,
        id=uuid4(),
        to=Address(channel=to["channel"], account=to["account"], chat=to["chat"]),
        person_id=None,
        purpose=Purpose.NOTICE,
        content=Content(lines=tuple(lines)),
        dedupe=f"alerts/{now.isoformat()}/{to['id']}",
        made_at=at,
        expires_at=start_of(today + timedelta(days=3), to["zone"]),
    )
