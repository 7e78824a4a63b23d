"""One cooperative after the other, each in a short transaction of its own; what is owed there is owed once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import identities, rules
from core.calendar import business_date, zone_of
from core.database import driver, is_passing, transaction
from core.permissions import Role
from core.rules import RuleBook, Rules
from core.sealing import Keys
from notifications import outbox
from notifications.messages import Address, Message

_MOST = 100_000  # cooperatives
_IN_A_ROW = 5  # that fail one after the other: then it is the database, not they

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Place:
    """A cooperative as a job sees it at an instant."""

    id: int
    zone: str
    now: datetime
    book: RuleBook

    @cached_property
    def today(self) -> date:
        """Return the cooperative's own day."""
        return business_date(self.now, self.zone)

    @cached_property
    def rules(self) -> Rules:
        """Return the rules that hold on that day."""
        return self.book.on(self.today)


async def each(
    engine: AsyncEngine,
    now: datetime,
    look: Callable[[AsyncConnection, Place], Awaitable[int]],
    *,
    job: str,
    hours: tuple[time, time] = (time.min, time.max),
) -> int:
    """Look at every cooperative in a transaction that names it; return how many rows were written.

    Those whose own clock stands outside of `hours` are passed over; the last instant is not one of them.
    One that fails is logged and looked at again with the next tick; the others go on.
    """
    async with transaction(engine) as db:
        raw = await driver(db)
        everywhere = await raw.fetch(
            "SELECT koperasi_id, zone FROM cooperatives ORDER BY koperasi_id LIMIT $1", _MOST
        )
    written = failed = 0
    for koperasi_id, zone in everywhere:
        if not hours[0] <= now.astimezone(zone_of(zone)).time() < hours[1]:
            continue
        try:
            async with transaction(engine, koperasi_id=koperasi_id) as db:
                raw = await driver(db)
                book = RuleBook(tuple(await raw.fetchval(f"SELECT {rules.STEPS}", koperasi_id)))
                place = Place(id=koperasi_id, zone=zone, now=now, book=book)
                written += await look(db, place)
            failed = 0
        except Exception as error:
            failed += 1
            if failed >= _IN_A_ROW:
                raise
            if is_passing(error):
                log.warning("job.postponed", job=job, koperasi=koperasi_id)
            else:
                log.exception("job.failed", job=job, koperasi=koperasi_id)
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who holds offices that include an action, and where this person is reached."""

    person_id: int
    roles: tuple[Role, ...]
    chat: Address


async def officers(
    db: AsyncConnection, *, koperasi_id: int, on: date, roles: Sequence[Role]
) -> list[Officer]:
    """List who holds one of these offices on a day and is reached, in the order the offices were given."""
    held: dict[int, list[Role]] = {}
    for office in await identities.offices(db, koperasi_id=koperasi_id, on=on):
        if office.role in roles:
            held.setdefault(office.person_id, []).append(office.role)
    chats = await identities.chats_of(db, koperasi_id=koperasi_id, person_ids=list(held))
    return [
        Officer(
            person_id=person,
            roles=tuple(roles),
            chat=Address(channel=channel, account=account, chat=chat),
        )
        for person, roles in held.items()
        if person in chats
        for channel, account, chat in [chats[person]]
    ]


def sayable(now: datetime) -> datetime:
    """Return when what is due at `now` may be said: an operator's instant ahead of time is taken at its word."""
    return min(now, datetime.now(UTC))


async def owe(db: AsyncConnection, owed: Sequence[Message], keys: Keys) -> int:
    """Owe messages of one cooperative that were not owed before, by their dedupe keys; return how many are new."""
    if not owed:
        return 0
    raw = await driver(db)
    known = await raw.fetch(
        "SELECT dedupe FROM outbox WHERE koperasi_id = $1 AND dedupe = ANY ($2)",
        owed[0].koperasi_id,
        [message.dedupe for message in owed],
    )
    said = {row["dedupe"] for row in known}
    fresh = [message for message in owed if message.dedupe not in said]
    if not fresh:
        return 0
    status = await raw.execute(outbox.PUT, *outbox.columns(fresh, keys))
    return int(status.rpartition(" ")[2])
