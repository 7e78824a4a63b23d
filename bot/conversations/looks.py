"""Who looked at whose data by chat: written down when an officer opens it, told to the member who asks, read by pengawas."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.talk import Reply, Turn, say
from bot.understand import grammar
from bot.understand.readings import PeopleKind, Slot
from core import looks
from core.calendar import business_date
from core.looks import REVIEWERS, Look, What
from core.permissions import NotAllowed, Role, said
from notifications.messages import Fact, Say

if TYPE_CHECKING:
    from bot.commands import Step

_SHOWN = 8  # looks in one message
_LOOK = r"(?:me)?(?:lihat|liat|buka|mbuka|periksa|meriksa|intip|ngintip|akses|ngakses)"
_WHO = re.compile(
    rf"\s*siapa(?:\s+(?:aja|saja))?(?:\s+yang|\s+yg)?(?:\s+(?:pernah|sudah|telah|udah))?\s+{_LOOK}"
    r"\s+data(?P<own>(?:\s+(?:saya|aku|diriku)|ku))?(?:\s+(?P<name>[^?!.]{2,60}?))?[\s?!.]*",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\s*(?:lihat\s+)?(?:catatan|daftar|riwayat)\s+(?:akses|pembukaan)(?:\s+data)?[\s?!.]*",
    re.IGNORECASE,
)


async def seen(turn: Turn, member_id: int | None, what: What) -> None:
    """Write down what an officer opens: a member's, or a list (no member); nobody is noted for the own."""
    here = turn.here
    if not here.roles or member_id == here.person_id:
        return
    await looks.note(
        turn.db,
        koperasi_id=turn.koperasi_id,
        member_id=member_id,
        person_id=here.person_id,
        role=here.roles[0].value,
        what=what,
        months=here.rules.on(turn.today).look_months,
        on=turn.today,
        at=turn.now,
    )


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "siapa yang melihat data saya?", of pengawas "siapa yang melihat data Siti?" and "catatan akses"."""
    if found := _WHO.fullmatch(text):
        if found["own"] or not found["name"]:
            return "looks-own", _own
        return "looks-of", partial(_of_named, found["name"])
    return ("looks", _everybody) if _ALL.fullmatch(text) else None


def _require(turn: Turn) -> None:
    if not set(turn.here.roles) & set(REVIEWERS):
        raise NotAllowed(who=said(*REVIEWERS))


async def _own(turn: Turn) -> Reply:
    if turn.here.member is None:
        return await _everybody(turn)
    return await _of(turn, turn.here.person_id, turn.here.name)


async def _of_named(name: str, turn: Turn) -> Reply:
    _require(turn)
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    reading = grammar.read(name, today=turn.today, directory=directory, expecting=Slot.MEMBER)
    if reading.people.kind is not PeopleKind.ONE:
        return Reply(lines=(say("looks-whose"),))
    found = reading.people.members[0]
    return await _of(turn, found.id, found.name)


async def _of(turn: Turn, member_id: int, name: str) -> Reply:
    found = await looks.of_member(
        turn.db, koperasi_id=turn.koperasi_id, member_id=member_id, most=_SHOWN
    )
    listed = await looks.lists(
        turn.db, koperasi_id=turn.koperasi_id, since=turn.now - looks.RECENTLY
    )
    head = say("looks-head" if found else "looks-none", name=name)
    rows = [_row(turn, look) for look in found]
    below = [say("looks-lists", count=listed)] if listed else []
    return Reply(lines=(head, *rows, *below, say("looks-rights")))


async def _everybody(turn: Turn) -> Reply:
    """Show pengawas who opened how much in thirty days, and what was opened last."""
    _require(turn)
    here = turn.koperasi_id
    counted = await looks.by_person(
        turn.db, koperasi_id=here, since=turn.now - looks.RECENTLY, most=_SHOWN
    )
    if not counted:
        return Reply(lines=(say("looks-nobody"),))
    found = await looks.recent(turn.db, koperasi_id=here, most=_SHOWN)
    return Reply(
        lines=(
            say("looks-sums-head"),
            *(
                say(
                    "looks-sum",
                    name=one.name,
                    members=one.members,
                    looks=one.looks,
                    lists=one.lists,
                )
                for one in counted
            ),
            say("looks-last"),
            *(_row(turn, look, whose=True) for look in found),
            say("looks-how"),
        )
    )


def _row(turn: Turn, look: Look, *, whose: bool = False) -> Say:
    facts: dict[str, Fact] = {
        "on": business_date(look.at, turn.zone),
        "time": f"{look.at.astimezone(ZoneInfo(turn.zone)):%H.%M}",
        "name": look.name or "-",
        "role": said(Role(look.role)) if look.role else "operator",
        "what": look.what.value,
    }
    if whose and look.member is not None:
        return say("looks-row-of", **facts, member=look.member)
    return say("looks-row", **facts)
