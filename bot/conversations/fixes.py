"""Corrections of one's own data by chat: asked by the member, answered by sekretaris or ketua, told with the reason."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.conversations import erasure
from bot.talk import Notice, Reply, Turn, button, one_line, say
from core import identities, rights
from core.calendar import business_date
from core.permissions import NotAllowed, Role, said
from core.reports import own
from core.rights import DECIDERS, Field, Request
from notifications.messages import Button, Content, Fact, Purpose, Say

if TYPE_CHECKING:
    from bot.commands import Step

_SHOWN = 6  # tickets in one message
_READERS = (*DECIDERS, Role.PENGAWAS)
_NO = r"\s*(?:(?:no|nomor)\b\.?\s*)?(?P<number>\d{1,4})"
_BEGIN = re.compile(
    r"\s*(?:(?:tolong|mohon|minta)\s+)*(?:/perbaikan(?:\s+data)?(?:\s+saya)?|perbaikan\s+data(?:\s+saya)?"
    r"|(?:perbaiki|betulkan|koreksi|ubah)\s+data\s+(?:saya|ku)"
    r"|data\s*(?:saya|ku)\s+(?:ada\s+yang\s+|ada\s+)?(?:salah|keliru|tidak\s+benar|ga\s+benar|perlu\s+diperbaiki))"
    r"(?:[\s:,.;-]+(?P<said>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_FIELD = re.compile(
    r"\s*(?:nama|alamat|nik|ktp|(?:no|nomor)\.?\s*(?:hp|wa|nik|ktp|telepon)|hp)\s*(?:saya|ku)\s+(?:yang\s+tercatat\s+)?"
    r"(?:salah|keliru|tertulis\s+salah|harusnya|seharusnya|sebenarnya|yang\s+benar|yg\s+benar)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_LIST = re.compile(
    r"\s*/?(?:daftar\s+|lihat\s+)?permintaan\s+(?:perbaikan|koreksi)(?:\s+data)?[\s.?!]*",
    re.IGNORECASE,
)
_SHOW = re.compile(rf"\s*(?:lihat\s+|buka\s+)?perbaikan{_NO}[\s.?!]*", re.IGNORECASE)
_DONE = re.compile(
    rf"\s*perbaikan{_NO}\s+(?:sudah\s+)?(?:selesai|beres|benar|ok|oke|setuju)[\s.!]*"
    rf"|\s*selesaikan\s+perbaikan\s*(?:(?:no|nomor)\b\.?\s*)?(?P<other>\d{{1,4}})[\s.!]*",
    re.IGNORECASE,
)
_REFUSE = re.compile(
    rf"\s*tolak\s+perbaikan{_NO}(?:[\s:,.;-]+(?P<said>.*))?", re.IGNORECASE | re.DOTALL
)
WORDS = r"(\d{1,9}):(\d{1,6}):(show|done|refuse)"  # of a button: cooperative, ticket


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "data saya salah, nama saya harusnya Siti", "permintaan perbaikan", "tolak perbaikan 3: alasan"."""
    if _LIST.fullmatch(text):
        return "fixes", listing
    if found := _REFUSE.fullmatch(text):
        return "fix-refuse", partial(_refuse, int(found["number"]), found["said"])
    if found := _DONE.fullmatch(text):
        return "fix-done", partial(_done, int(found["number"] or found["other"]))
    if found := _SHOW.fullmatch(text):
        return "fix-show", partial(_show, int(found["number"]))
    if found := _BEGIN.fullmatch(text):
        return "fix-ask", partial(_ask, found["said"])
    return ("fix-ask", partial(_ask, text)) if _FIELD.fullmatch(text) else None


def _is(turn: Turn, *roles: Role) -> bool:
    return bool(set(turn.here.roles) & set(roles))


async def _ask(words: str | None, turn: Turn) -> Reply:
    words = one_line(words)
    if words is None:
        return Reply(lines=(say("fix-how"),))
    field, value = rights.field_of(words) or (None, None)
    kept = (rights.normal(field, value) or None) if field and value else None
    made = await rights.ask(
        turn.db,
        koperasi_id=turn.koperasi_id,
        person_id=turn.here.person_id,
        said=words,
        field=field if kept else None,
        value=kept,
        hours=turn.here.rules.on(turn.today).rights_hours,
        at=turn.now,
        keys=turn.keys,
    )
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    mine = turn.here.person_id
    told = {one.person_id for one in held if one.role is Role.SEKRETARIS} - {mine} or {
        one.person_id for one in held if one.role is Role.KETUA
    } - {mine}
    content = Content(lines=(say("fix-new"), *_lines(turn, made)), buttons=_below(turn, made))
    notices = tuple(
        Notice(person_id=one, purpose=Purpose.NOTICE, content=content, keep_days=7)
        for one in sorted(told)
    )
    key = "fix-asked" if notices else "fix-asked-nobody"
    return Reply(
        lines=(say(key, number=made.number, **_when(turn, made.due_at)), *_wanted(made)),
        notices=notices,
    )


def _when(turn: Turn, at: datetime) -> dict[str, Fact]:
    time = f"{at.astimezone(ZoneInfo(turn.zone)):%H.%M}"
    return {"on": business_date(at, turn.zone), "time": time}


def _wanted(one: Request) -> tuple[Say, ...]:
    """Say which field becomes what; a NIK is never shown whole."""
    if one.field is None or one.value is None:
        return (say("fix-said", said=one.said),)
    value = own.masked(one.value) if one.field is Field.NIK else one.value
    return (say("fix-wanted", field=one.field.value, value=value),)


def _lines(turn: Turn, one: Request) -> tuple[Say, ...]:
    late = one.outcome is None and one.due_at < turn.now
    key = "fix-row-late" if late else "fix-row"
    head = say(key, number=one.number, name=one.name, **_when(turn, one.due_at))
    return (head, *_wanted(one))


def _below(turn: Turn, one: Request) -> tuple[tuple[Button, ...], ...]:
    mark = f"fx:{turn.koperasi_id}:{one.number}"
    label = "button-fix-change" if one.field else "button-fix-done"
    return ((button(label, f"{mark}:done"), button("button-fix-refuse", f"{mark}:refuse")),)


async def listing(turn: Turn) -> Reply:
    """Show what waits: to sekretaris, ketua and pengawas everybody's, to others the own."""
    everybody = _is(turn, *_READERS)
    found = await rights.waiting(
        turn.db,
        koperasi_id=turn.koperasi_id,
        most=_SHOWN,
        keys=turn.keys,
        person_id=None if everybody else turn.here.person_id,
    )
    if not found:
        return Reply(lines=(say("fixes-none"),))
    lines = [line for one in found for line in _lines(turn, one)]
    rows = tuple(
        (button("button-fix", f"fx:{turn.koperasi_id}:{one.number}:show", number=one.number),)
        for one in found
    )
    decides = _is(turn, *DECIDERS)
    return Reply(lines=(say("fixes-head"), *lines), buttons=rows if decides else ())


async def pressed(turn: Turn, koperasi: str, number: str, what: str) -> Reply:
    """A button of a ticket: shown, done, or how it is refused with a reason."""
    if int(koperasi) != turn.koperasi_id:
        return Reply(lines=(say("button-old"),))
    if what == "done":
        return await _done(int(number), turn)
    if what == "refuse":
        _require(turn)
        return Reply(lines=(say("fix-why", number=number),))
    return await _show(int(number), turn)


def _require(turn: Turn) -> None:
    if not _is(turn, *DECIDERS):
        raise NotAllowed(who=said(*DECIDERS))


async def _show(number: int, turn: Turn) -> Reply:
    found = await rights.one(turn.db, koperasi_id=turn.koperasi_id, number=number, keys=turn.keys)
    if found.person_id != turn.here.person_id and not _is(turn, *_READERS):
        raise rights.NoSuchRequest(number=number)
    decides = found.outcome is None and _is(turn, *DECIDERS)
    return Reply(
        lines=(*_lines(turn, found), say("fix-said", said=found.said)),
        buttons=_below(turn, found) if decides else (),
    )


async def _done(number: int, turn: Turn) -> Reply:
    _require(turn)
    found = await rights.one(turn.db, koperasi_id=turn.koperasi_id, number=number, keys=turn.keys)
    if found.field is Field.ERASE and found.outcome is None:
        return await erasure.of_member(turn, found.person_id)
    return await _decide(turn, number, done=True, because=None)


async def _refuse(number: int, words: str | None, turn: Turn) -> Reply:
    because = one_line(words)
    if because is None:
        _require(turn)
        return Reply(lines=(say("fix-why", number=number),))
    return await _decide(turn, number, done=False, because=because)


async def _decide(turn: Turn, number: int, *, done: bool, because: str | None) -> Reply:
    _require(turn)
    found = await rights.decide(
        turn.db,
        koperasi_id=turn.koperasi_id,
        number=number,
        by=turn.here.person_id,
        done=done,
        because=because,
        at=turn.now,
        keys=turn.keys,
    )
    answer = say("fix-answered-done", number=number, by=turn.here.name)
    if not done:
        answer = say("fix-answered-refused", number=number, by=turn.here.name, because=because)
    told = Notice(
        person_id=found.person_id,
        purpose=Purpose.NOTICE,
        content=Content(lines=(answer, *_wanted(found))),
        keep_days=30,
    )
    return Reply(
        lines=(say("fix-decided", number=number, name=found.name), *_wanted(found)),
        notices=(told,),
    )
