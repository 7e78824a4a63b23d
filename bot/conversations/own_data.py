"""/datasaya: a copy of everything held about the asker, as a file; phone and NIK in full after the PIN.

Who has no phone gets it from the sekretaris ("salinan data Siti"), which the member can see was done.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING

from bot.conversations import consents, looks, pin
from bot.talk import Reply, Turn, say
from bot.understand import grammar
from bot.understand.readings import PeopleKind, Slot
from core import people
from core.looks import What
from core.permissions import NotAllowed, Role, said
from core.reports import own
from core.reports.own import Section
from notifications import own_papers
from notifications.messages import Attachment

if TYPE_CHECKING:
    from bot.commands import Step

_PRINTERS = (Role.SEKRETARIS, Role.KETUA)  # who may print a member's copy for the member
_OWN = re.compile(
    r"\s*(?:(?:tolong|minta|mohon|kirim|unduh|download|cetak|salinan)\s+)*/?data\s*(?:saya|ku|pribadi)"
    r"(?:\s+(?:yang|yg|secara|dalam|berupa|bentuk|file|berkas|semua|semuanya))*"
    r"(?P<full>\s+lengkap)?(?:\s+(?P<how>json|pdf))?(?P<late>\s+lengkap)?[\s.!?]*",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*salinan\s+data\s+(?P<name>[^?!]{2,60}?)[\s.!?]*", re.IGNORECASE)
WORDS = r"(\d{1,9}):(pdf|json)"  # of a button: the cooperative it was asked in


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "data saya", "data saya json", "data saya lengkap"; of the sekretaris "salinan data Siti"."""
    if found := _OWN.fullmatch(text):
        how = (found["how"] or "pdf").lower()
        return "own-data", partial(_full, how) if found["full"] or found["late"] else partial(
            _own, how
        )
    if found := _OF.fullmatch(text):
        return "own-data-of", partial(_for_member, found["name"])
    return None


async def show(turn: Turn) -> Reply:
    """/datasaya: the copy to read."""
    return await _own("pdf", turn)


async def _full(how: str, turn: Turn) -> Reply:
    """Give phone and NIK in full: after the PIN, which who has none sets first."""
    if not turn.proven:
        return await pin.ask(turn, f"ds:{turn.koperasi_id}:{how}")
    return await _own(how, turn)


async def pressed(turn: Turn, koperasi: str, how: str) -> Reply:
    """What waited for the PIN."""
    if int(koperasi) != turn.koperasi_id:
        return Reply(lines=(say("button-old"),))
    return await _full(how, turn)


async def _own(how: str, turn: Turn) -> Reply:
    here = turn.here
    sections = await _read(turn, here.person_id)
    profile = dict(zip(sections[0].heads, sections[0].rows[0], strict=True))
    lines = [
        say("my-data", name=here.name, cooperative=here.cooperative.name),
        say("my-data-phone", phone=str(profile["nomor_hp"] or "-")),
        say("my-data-nik", nik=str(profile["nik"] or "-")),
    ]
    if here.member:
        lines.append(
            say("my-data-member", number=here.member.number, joined_on=here.member.joined_on)
        )
    if here.roles:
        lines.append(say("my-data-roles", roles=said(*here.roles)))
    lines.append(await consents.line(turn))
    lines.append(say("my-data-file" if turn.proven else "my-data-file-masked"))
    lines.append(say("my-data-rights"))
    label = here.member.number if here.member else "saya"
    return Reply(
        lines=tuple(lines),
        attachment=_file(turn, sections, how=how, name=here.name, label=label),
    )


async def _for_member(name: str, turn: Turn) -> Reply:
    """Print a member's copy, masked, to be handed over; the member sees that it was opened."""
    if not set(turn.here.roles) & set(_PRINTERS):
        raise NotAllowed(who=said(*_PRINTERS))
    try:
        found = await people.member_by_number(turn.db, koperasi_id=turn.koperasi_id, number=name)
    except people.NoSuchMember:
        directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
        reading = grammar.read(name, today=turn.today, directory=directory, expecting=Slot.MEMBER)
        if reading.people.kind is not PeopleKind.ONE:
            return Reply(lines=(say("own-whose"),))
        found = await people.member(
            turn.db, koperasi_id=turn.koperasi_id, member_id=reading.people.members[0].id
        )
    await looks.seen(turn, found.id, What.COPY)
    sections = await _read(turn, found.id)
    return Reply(
        lines=(say("own-for-member", name=found.name, number=found.number),),
        attachment=_file(turn, sections, how="pdf", name=found.name, label=found.number),
    )


async def _read(turn: Turn, person_id: int) -> tuple[Section, ...]:
    return await own.copy(
        turn.db,
        koperasi_id=turn.koperasi_id,
        person_id=person_id,
        keys=turn.keys,
        full=turn.proven and person_id == turn.here.person_id,
    )


def _file(
    turn: Turn, sections: tuple[Section, ...], *, how: str, name: str, label: str
) -> Attachment:
    most = own.MOST if how == "json" else own_papers.ON_PAPER
    packed = [[one.title, one.heads, one.rows[:most], len(one.rows)] for one in sections]
    return Attachment(
        kind="own-copy",
        facts={
            "how": how,
            "name": name,
            "label": re.sub(r"[^A-Za-z0-9-]", "", label) or "saya",
            "cooperative": turn.here.cooperative.name,
            "on": turn.today,
            "sections": json.dumps(packed, ensure_ascii=False),
        },
    )
