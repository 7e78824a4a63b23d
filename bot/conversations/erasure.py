"""A former member's profile taken away: asked by the member or at the office, a card of the sekretaris, a second officer."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from bot.conversations import requests
from bot.talk import Notice, Reply, Turn, button, say
from core import erasure, identities, people, rights, rules
from core.approvals import asking
from core.approvals.queue import Decided
from core.people import Member
from core.permissions import NotAllowed, Role, said
from core.rights import DECIDERS, Field
from notifications.messages import Content, Purpose, Say
from notifications.requests import shown

if TYPE_CHECKING:
    from bot.commands import Step

_OWN = re.compile(
    r"\s*(?:(?:tolong|mohon|minta|saya|mau|ingin)\s+)*/?hapus(?:kan)?\s+(?:semua\s+)?data\s*(?:saya|ku|pribadi saya)[\s.!]*",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\s*hapus(?:kan)?\s+data\s+(?:(?:(?:bekas|mantan|eks)\s+)?anggota\s+|(?:bekas|mantan|eks)\s+)"
    r"(?P<name>[^\n]{2,60}?)[\s.!]*"
    r"|\s*hapus(?:kan)?\s+data\s+(?P<number>[A-Za-z]{0,6}-?\d[\w/.-]*)[\s!]*",
    re.IGNORECASE,
)
WORDS = r"(\d{1,9}):(\d{1,9})"  # of a button: cooperative, member


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "hapus data saya", and of the sekretaris "hapus data bekas anggota A-007"."""
    if is_own(text):
        return "erase-own", _while_member
    if found := _OF.fullmatch(text):
        return "erase", partial(_card, found["name"] or found["number"])
    return None


def is_own(text: str) -> bool:
    """Say whether somebody asks for the own data to be taken away."""
    return _OWN.fullmatch(text) is not None


async def _while_member(turn: Turn) -> Reply:
    return Reply(lines=(say("erase-after-leaving"), say("uses-how")))


async def of_former(turn: Turn) -> Reply:
    """Take the request of who has left, in the chat that is still linked: a ticket to the sekretaris."""
    koperasi_id, person_id = turn.speaker
    if koperasi_id is None or person_id is None or koperasi_id != turn.koperasi_id:
        return Reply(lines=(say("access-ended"),))
    member = await people.member(turn.db, koperasi_id=koperasi_id, member_id=person_id)
    await erasure.require_erasable(
        turn.db, koperasi_id=koperasi_id, member=member, on=requests.today(turn)
    )
    rule = await rules.in_force(turn.db, koperasi_id, turn.today)
    made = await rights.ask(
        turn.db,
        koperasi_id=koperasi_id,
        person_id=person_id,
        said=(turn.incoming.text or "").strip()[:100],
        field=Field.ERASE,
        value=None,
        hours=rule.rights_hours,
        at=turn.now,
        keys=turn.keys,
    )
    held = await identities.offices(turn.db, koperasi_id=koperasi_id, on=turn.today)
    told = {one.person_id for one in held if one.role is Role.SEKRETARIS} or {
        one.person_id for one in held if one.role is Role.KETUA
    }
    content = Content(
        lines=(*_lines(member, rule.books_years), say("erase-how", number=member.number))
    )
    notices = tuple(
        Notice(person_id=one, purpose=Purpose.NOTICE, content=content, keep_days=7)
        for one in sorted(told)
    )
    return Reply(
        lines=(say("erase-asked", number=made.number), say("erase-kept", years=rule.books_years)),
        notices=notices,
    )


def _lines(member: Member, years: int, called: str | None = None) -> tuple[Say, ...]:
    """Say what goes and what stays; what is kept with the request names the number alone."""
    return (
        say("erase-card", name=called or member.name, number=member.number, left_on=member.left_on),
        say("erase-what", called=erasure.alias(member)),
        say("erase-kept", years=years),
    )


def _require(turn: Turn) -> None:
    if not set(turn.here.roles) & set(DECIDERS):
        raise NotAllowed(who=said(*DECIDERS))


async def _card(name: str, turn: Turn) -> Reply:
    _require(turn)
    found = await erasure.former(
        turn.db, koperasi_id=turn.koperasi_id, said=name, on=requests.today(turn)
    )
    return await of_member(turn, found.id)


async def of_member(turn: Turn, member_id: int) -> Reply:
    """Show what would be taken away of a former member, and what stays; a button asks the second officer."""
    _require(turn)
    member = await _erasable(turn, member_id)
    years = turn.here.rules.on(turn.today).books_years
    ask = button("button-erase", f"er:{turn.koperasi_id}:{member.id}")
    return Reply(lines=_lines(member, years), buttons=((ask,),))


async def _erasable(turn: Turn, member_id: int) -> Member:
    member = await people.member(turn.db, koperasi_id=turn.koperasi_id, member_id=member_id)
    await erasure.require_erasable(
        turn.db, koperasi_id=turn.koperasi_id, member=member, on=requests.today(turn)
    )
    return member


async def pressed(turn: Turn, koperasi: str, member_id: str) -> Reply:
    """Ask a second officer: nothing is taken away before."""
    if int(koperasi) != turn.koperasi_id:
        return Reply(lines=(say("button-old"),))
    _require(turn)
    member = await _erasable(turn, int(member_id))
    years = turn.here.rules.on(turn.today).books_years
    submitted = await asking.submit(
        turn.db,
        maker=turn.here,
        chat=turn.incoming.chat.key,
        kind="erasure",
        facts={"member": member.id},
        shown=shown(_lines(member, years, member.number), (say("erase-why"),)),
        operation=f"erase/{member.id}/{turn.now.timestamp():.0f}",
        on=turn.today,
        today=requests.today(turn),
        at=turn.now,
        keys=turn.keys,
        barred=(member.id,),
        voter="any-officer",
    )
    return await requests.waits(turn, submitted)


async def told(_turn: Turn, decided: Decided) -> tuple[tuple[Say, ...], tuple[Notice, ...]]:
    """Say that a profile was taken away, and what the books call it now."""
    names = ", ".join(vote.name for vote in decided.votes if vote.approved)
    return (say("erase-done", called=str(decided.result)), say("receipt-approver", name=names)), ()
