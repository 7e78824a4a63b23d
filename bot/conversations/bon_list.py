"""Who owes the gerai what: "bon saya berapa?", "bon Siti", "daftar bon"."""

from __future__ import annotations

from bot.conversations import cards, looks
from bot.talk import Reply, Turn, say
from bot.understand.readings import PeopleKind, Reading
from core.goods import bons
from core.looks import What
from core.permissions import Action, NotAllowed, may, who_may

_SHOWN = 15  # bons, or members, in one message


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Answer of the speaker, of the member an officer names, or of everybody who owes something."""
    reads = any(may(turn.here.roles, one) for one in (Action.RECORD_TRADE, Action.SEE_MEMBERS))
    own = turn.here.member
    named = reading.people
    if named.kind is PeopleKind.ONE and (own is None or named.members[0].id != own.id):
        if not reads:
            raise NotAllowed(who=who_may(Action.RECORD_TRADE))
        return await _of(turn, named.members[0].id)
    if own is not None and (named.kind in (PeopleKind.SELF, PeopleKind.ONE) or not reads):
        return await _of(turn, own.id)
    if not reads:
        raise NotAllowed(who=who_may(Action.RECORD_TRADE))
    return await _of_all(turn)


async def _of(turn: Turn, member_id: int) -> Reply:
    member = await cards.member_of(turn, member_id)
    await looks.seen(turn, member.id, What.BON)
    who = say("card-member", name=member.name, number=member.number)
    found = await bons.open_of(turn.db, koperasi_id=turn.koperasi_id, member_id=member_id)
    owed = await bons.owed(turn.db, koperasi_id=turn.koperasi_id, member_id=member_id)
    if not owed:
        return Reply(lines=(who, say("bon-none")))
    lines = [
        say("bon-row", entry=bon.entry, on=bon.on, amount=bon.amount, left=bon.left)
        for bon in found[:_SHOWN]
    ]
    return Reply(lines=(who, *lines, say("bon-left", amount=owed)))


async def _of_all(turn: Turn) -> Reply:
    found = await bons.owing(turn.db, koperasi_id=turn.koperasi_id, most=_SHOWN)
    if not found.members:
        return Reply(lines=(say("bon-nobody"),))
    await looks.seen(turn, None, What.BONS)
    lines = []
    for member_id, owed in found.members:
        member = await cards.member_of(turn, member_id)
        lines.append(say("bon-of", name=member.name, number=member.number, amount=owed))
    total = say("bon-total", amount=found.total, count=found.count)
    return Reply(lines=(say("bon-list"), *lines, total))
