"""Koperasi mana yang belum lapor? Whose book has had no entry for seven days, the longest silent first."""

from __future__ import annotations

from datetime import timedelta

from bot.conversations import announcement_whom, announcements, province, welcome
from bot.talk import Reply, Turn, button, say
from bot.understand.readings import Reading
from core.announcements import announcement
from core.calendar import WITA, business_date, start_of

DAYS = 7  # without an entry: the province is told of it (domain reference 7)
_PAGE = 10


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Answer an official by the province's views: of the region that is named, else of the own one."""
    if turn.province is None:
        return await welcome.not_understood(turn)
    regions = await announcements.regions_of(turn)
    named = announcement_whom.read(reading.text, regions).regions
    code = named[0] if len(named) == 1 else turn.province.region
    return await _listed(turn, code, 0)


async def page(turn: Turn, region: str, offset: str) -> Reply:
    """The next silent cooperatives."""
    if turn.province is None:
        return Reply(lines=(say("not-for-you"),))
    return await _listed(turn, region, min(int(offset), 100_000))


async def _listed(turn: Turn, region: str, offset: int) -> Reply:
    assert turn.province is not None
    name = (await announcements.regions_of(turn)).get(region, region)
    announcement.require_region(region, turn.province.region, name)
    midnight = start_of(turn.today - timedelta(days=DAYS - 1))
    every, quiet, found = await province.silent(
        turn, region, since=midnight, most=_PAGE, offset=offset
    )
    if not quiet:
        return Reply(lines=(say("silence-none", count=every, region=name, days=DAYS),))
    lines = [say("silence-head", count=quiet, every=every, region=name, days=DAYS)]
    for one in found:
        if one.last is None:
            lines.append(say("silence-never", code=one.code, name=one.name))
        else:
            days = (turn.today - business_date(one.last, WITA)).days
            lines.append(say("silence-row", code=one.code, name=one.name, days=days))
    more = quiet > offset + _PAGE
    after = (button("button-next", f"ns:{region}:{offset + _PAGE}"),)
    return Reply(lines=tuple(lines), buttons=(after,) if more else ())
