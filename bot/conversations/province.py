"""What officials see: cooperatives in aggregate, five members at least per figure, never a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from bot.talk import Reply, Turn, button, say
from core import database
from core.announcements import reach
from core.announcements.audience import Audience
from core.announcements.reach import Reach
from core.monitoring import reading
from core.monitoring.reading import Total, Watched
from core.reports.province import ProvinceMonth, month_of_region
from notifications.messages import Say

_PAGE = 10
_PRACTISED = text(
    "SELECT count(*) FILTER (WHERE officers > 0 AND officers_all = officers) AS every,"
    " count(*) FILTER (WHERE officers_all + officers_some > 0 AND officers_all < officers) AS some"
    " FROM province.practice WHERE region = :region OR region LIKE :under"
)


async def page(turn: Turn, offset: str) -> Reply:
    """Cooperatives of the official's region whose officers have not linked, ten at a time."""
    if turn.province is None:
        return Reply(lines=(say("not-for-you"),))
    start = min(int(offset), 100_000)
    region = turn.province.region
    values = {"region": region, "under": f"{region}.%" if "." not in region else region}
    async with database.transaction(turn.services.province) as db:
        rows = (
            await db.execute(
                text(
                    "SELECT code, name, roles FROM province.unlinked_offices"
                    " WHERE region = :region OR region LIKE :under"
                    " ORDER BY code LIMIT :limit OFFSET :offset"
                ),
                values | {"limit": _PAGE + 1, "offset": start},
            )
        ).all()
        practised = (await db.execute(_PRACTISED, values)).one()
    lines = [
        *([say("monitor-practice", **practised._asdict())] if any(practised) else []),
        say("monitor-unlinked") if rows else say("monitor-all-linked"),
        *(
            say("monitor-row", code=row.code, name=row.name, roles=row.roles.replace("_", " "))
            for row in rows[:_PAGE]
        ),
    ]
    more = ((button("button-next", f"n:{start + _PAGE}"),),)
    return Reply(lines=tuple(lines), buttons=more if len(rows) > _PAGE else ())


async def late_requests(turn: Turn, region: str) -> tuple[Say, ...]:
    """Say how many corrections of people's own data nobody answered in time, in how many cooperatives."""
    async with database.transaction(turn.services.province) as db:
        row = (
            await db.execute(
                text("SELECT * FROM province.requests_late(:region, :at)"),
                {"region": region, "at": turn.now},
            )
        ).one()
    if not row.requests:
        return ()
    return (say("monitoring-fixes", count=row.requests, cooperatives=row.cooperatives),)


async def watched(turn: Turn, region: str) -> list[Watched]:
    """List a region's cooperatives as they stand, by the province's own login."""
    async with database.transaction(turn.services.province) as db:
        month = await reading.newest(db, region=region, today=turn.today)
        return await reading.cooperatives(db, region=region, month=month)


async def totals(turn: Turn, region: str) -> list[Total]:
    """Add a region's cooperatives up as they stand, per region and in all, by the province's own login."""
    async with database.transaction(turn.services.province) as db:
        month = await reading.newest(db, region=region, today=turn.today)
        return await reading.totals(db, region=region, first=month, last=month)


async def trend(turn: Turn, region: str) -> list[Total]:
    """Return a year of a region, by the province's own login."""
    async with database.transaction(turn.services.province) as db:
        month = await reading.newest(db, region=region, today=turn.today)
        return await reading.trend(db, region=region, month=month)


async def regions_month(turn: Turn, region: str, month: date) -> ProvinceMonth:
    """Add up a region's month, by the province's own login."""
    async with database.transaction(turn.services.province) as db:
        return await month_of_region(db, region=region, month=month)


async def reached(turn: Turn, region: str, audience: Audience) -> Reach:
    """Count whom an official's announcement would reach, by the province's own login."""
    async with database.transaction(turn.services.province) as db:
        return await reach.in_region(db, region=region, audience=audience, on=turn.today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A cooperative whose book has had no entry for a while; `last`: none ever."""

    code: str
    name: str
    last: datetime | None


async def silent(
    turn: Turn, region: str, *, since: datetime, most: int, offset: int
) -> tuple[int, int, list[Silent]]:
    """Find whose book got its last entry before `since`: of how many, how many, some, the longest silent first."""
    values = {"region": region, "under": f"{region}.%", "since": since}
    within = "FROM province.cooperatives WHERE (region = :region OR region LIKE :under)"
    quiet = "(last_entry_at IS NULL OR last_entry_at < :since)"
    async with database.transaction(turn.services.province) as db:
        counted = (
            await db.execute(
                text(
                    f"SELECT count(*) AS every, count(*) FILTER (WHERE {quiet}) AS quiet {within}"
                ),
                values,
            )
        ).one()
        rows = await db.execute(
            text(
                f"SELECT code, name, last_entry_at {within} AND {quiet}"
                " ORDER BY last_entry_at NULLS FIRST, code LIMIT :most OFFSET :offset"
            ),
            values | {"most": most, "offset": offset},
        )
        found = [Silent(code=r.code, name=r.name, last=r.last_entry_at) for r in rows]
    return counted.every, counted.quiet, found


async def cooperatives_named(turn: Turn, region: str, said: str) -> list[tuple[str, str]]:
    """Find cooperatives of an official's region by code or a part of the name: (code, name), a few at most."""
    values = {"region": region, "under": f"{region}.%", "said": said.strip()}
    async with database.transaction(turn.services.province) as db:
        rows = await db.execute(
            text(
                "SELECT code, name FROM province.cooperatives"
                " WHERE (region = :region OR region LIKE :under)"
                " AND (lower(code) = lower(:said)"
                "  OR strpos(lower(name), lower(:said)) > 0)"
                " ORDER BY lower(code) <> lower(:said), name, code LIMIT 8"
            ),
            values,
        )
        return [(row.code, row.name) for row in rows]
