"""Findings by chat: pengawas mark and close, pengurus follow up, both read; nobody else does."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from bot.talk import Notice, Reply, Turn, button, one_line, say
from core import findings, identities
from core.calendar import business_date
from core.findings import PENGURUS, READERS, Finding, Kind
from core.permissions import Role
from notifications.messages import Button, Content, Purpose, Say

if TYPE_CHECKING:
    from bot.commands import Step

_SHOWN = 8  # in one message
_SAID = r"[\s:,.;-]+(?P<said>\S.*)"
_END = r"[\s.!]*"
_MARK = re.compile(
    rf"\s*(?:catat\s+|tandai\s+)?temuan\s+(?:(?:di|pada|untuk|atas)\s+)?"
    rf"(?:transaksi|trx|catatan|entri)\s*(?:(?:no|nomor)\b\.?\s*)?(?P<entry>\d{{1,3}}(?:\.\d{{3}})+|\d{{1,15}}){_SAID}",
    re.IGNORECASE | re.DOTALL,
)
_MARKED = re.compile(  # "tandai catatan nomor 29 sebagai temuan: nota tidak ada"
    rf"\s*(?:tandai|jadikan)\s+(?:transaksi|trx|catatan|entri)\s*(?:(?:no|nomor)\b\.?\s*)?(?P<entry>\d{{1,3}}(?:\.\d{{3}})+|\d{{1,15}})"
    rf"\s+(?:sebagai|jadi)\s+temuan{_SAID}",
    re.IGNORECASE | re.DOTALL,
)
_FOLLOW = re.compile(
    rf"\s*(?:tindak\s*lanjuti?|jawab|jawaban)\s+(?:atas\s+)?temuan\s*(?:(?:no|nomor)\b\.?\s*)?(?P<number>\d{{1,6}}){_SAID}",
    re.IGNORECASE | re.DOTALL,
)
_CLOSE = re.compile(
    rf"\s*tutup\s+temuan\s*(?:(?:no|nomor)\b\.?\s*)?(?P<number>\d{{1,6}})(?:{_SAID})?{_END}",
    re.IGNORECASE | re.DOTALL,
)
_SHOW = re.compile(
    rf"\s*(?:lihat\s+|buka\s+)?temuan\s*(?:(?:no|nomor)\b\.?\s*)?(?P<number>\d{{1,6}}){_END}",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"\s*/?(?:(?:daftar|lihat|cek|apa|apakah|masih|ada|berapa|brp)\s+)*temuan(?:nya)?"
    rf"(?:\s+(?:terbuka|(?:dari\s+)?pengawas|apa\s+(?:saja|aja)|yang\s+(?:terbuka|belum\s+selesai)|yg\s+belum\s+selesai))*[?]?{_END}",
    re.IGNORECASE,
)


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "temuan transaksi 12: nota tidak ada", "tindak lanjut temuan 3: …", "tutup temuan 3", "temuan"."""
    if found := _MARK.fullmatch(text) or _MARKED.fullmatch(text):
        return "finding-mark", partial(_mark, int(found["entry"].replace(".", "")), found["said"])
    if found := _FOLLOW.fullmatch(text):
        return "finding-follow-up", partial(_follow, int(found["number"]), found["said"])
    if found := _CLOSE.fullmatch(text):
        return "finding-close", partial(_close, int(found["number"]), found["said"])
    if found := _SHOW.fullmatch(text):
        return "finding-show", partial(_show, int(found["number"]))
    return ("findings", _listing) if _LIST.fullmatch(text) else None


async def _mark(entry: int, words: str, turn: Turn) -> Reply:
    findings.require(turn.here.roles, (Role.PENGAWAS,))
    said = one_line(words) or ""
    number = await findings.mark(
        turn.db,
        koperasi_id=turn.koperasi_id,
        entry=entry,
        person_id=turn.here.person_id,
        words=said,
        at=turn.now,
        keys=turn.keys,
    )
    about = say("finding-row", number=number, entry=entry, said=said)
    notices = await _tell(
        turn,
        PENGURUS,
        say("finding-new", name=turn.here.name),
        about,
        say("finding-how-follow", number=number),
    )
    return Reply(lines=(say("finding-marked"), about), notices=notices)


async def _follow(number: int, words: str, turn: Turn) -> Reply:
    findings.require(turn.here.roles, PENGURUS)
    return await _step(turn, number, Kind.FOLLOW_UP, one_line(words) or "", (Role.PENGAWAS,))


async def _close(number: int, words: str | None, turn: Turn) -> Reply:
    findings.require(turn.here.roles, (Role.PENGAWAS,))
    return await _step(turn, number, Kind.CLOSED, one_line(words) or "selesai", PENGURUS)


async def _step(turn: Turn, number: int, kind: Kind, said: str, told: Collection[Role]) -> Reply:
    before = await findings.add_step(
        turn.db,
        koperasi_id=turn.koperasi_id,
        number=number,
        kind=kind,
        person_id=turn.here.person_id,
        words=said,
        at=turn.now,
        keys=turn.keys,
    )
    about = say("finding-row", number=number, entry=before.entry, said=before.said)
    key = "finding-followed" if kind is Kind.FOLLOW_UP else "finding-closed"
    done = say(key, name=turn.here.name, on=turn.today, said=said)
    notices = await _tell(turn, told, about, done)
    return Reply(lines=(about, done), notices=notices)


async def _tell(turn: Turn, roles: Collection[Role], *lines: Say) -> tuple[Notice, ...]:
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    told = {one.person_id for one in held if one.role in roles} - {turn.here.person_id}
    content = Content(lines=lines)
    return tuple(
        Notice(person_id=person, purpose=Purpose.NOTICE, content=content, keep_days=30)
        for person in sorted(told)
    )


async def _show(number: int, turn: Turn) -> Reply:
    findings.require(turn.here.roles, READERS)
    found = await findings.one(turn.db, koperasi_id=turn.koperasi_id, number=number, keys=turn.keys)
    lines = [
        say("finding-row", number=number, entry=found.entry, said=found.said),
        say("finding-by", name=found.name, on=business_date(found.at, turn.zone)),
    ]
    for step in found.steps[-_SHOWN:]:
        key = "finding-followed" if step.kind is Kind.FOLLOW_UP else "finding-closed"
        on = business_date(step.at, turn.zone)
        lines.append(say(key, name=step.name, on=on, said=step.said[:80]))
    return Reply(lines=tuple(lines))


async def _listing(turn: Turn) -> Reply:
    findings.require(turn.here.roles, READERS)
    found = await findings.still_open(
        turn.db, koperasi_id=turn.koperasi_id, most=_SHOWN, keys=turn.keys
    )
    if not found:
        return Reply(lines=(say("findings-none"),))
    lines = [say("findings-head")]
    for one in found:
        lines.append(say("finding-row", number=one.number, entry=one.entry, said=one.said[:60]))
        lines.append(_age(turn, one))
    count = await findings.count_open(turn.db, turn.koperasi_id)
    if count > len(found):
        lines.append(say("findings-more", count=count - len(found)))
    return Reply(lines=(*lines, say("findings-how")))


def _age(turn: Turn, one: Finding) -> Say:
    """Say for how many days it is open, and when it was followed up last."""
    days = (turn.today - business_date(one.at, turn.zone)).days
    if one.followed_at is None:
        return say("finding-waits", days=days)
    return say("finding-answered", days=days, on=business_date(one.followed_at, turn.zone))


async def below(turn: Turn, entries: Collection[int]) -> tuple[Say, ...]:
    """Say which of these entries have an open finding, to who may read it."""
    if not set(turn.here.roles) & set(READERS):
        return ()
    found = await findings.on_entries(turn.db, koperasi_id=turn.koperasi_id, entries=entries)
    return tuple(
        say("finding-mark", entry=entry, number=number) for entry, number in sorted(found.items())
    )


async def buttons_of(turn: Turn, entry: int) -> tuple[tuple[Button, ...], ...]:
    """Make the button below a receipt that shows its open finding, for who may read it: no picture shows it."""
    if not set(turn.here.roles) & set(READERS):
        return ()
    found = await findings.on_entries(turn.db, koperasi_id=turn.koperasi_id, entries=[entry])
    return tuple(
        (button("button-finding", f"fd:{turn.koperasi_id}:{number}", number=number),)
        for number in found.values()
    )


async def pressed(turn: Turn, koperasi: str, number: str) -> Reply:
    """Show a finding that was marked on a receipt."""
    if int(koperasi) != turn.koperasi_id:
        return Reply(lines=(say("button-old"),))
    return await _show(int(number), turn)
