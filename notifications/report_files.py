"""A report as a file: worked out, drawn and printed at the second it is sent, so that it stands in no row of the outbox."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from core import closing, people
from core.permissions import Action, may
from core.sealing import Keys
from core.statements import paper, reports, workbook
from core.statements.checks import Check
from core.statements.figures import Period
from core.statements.tables import Report
from notifications import fresh
from notifications.attachments import PDF, PNG, XLSX
from notifications.fresh import Made
from notifications.messages import Attachment, Content, Fact, Fresh, Say
from notifications.outbox import Claimed
from notifications.report_pictures import fits, picture

NAMING: Final = frozenset({"simpanan", "kolektibilitas", "anggota"})  # their rows name members
OF_MEMBERS: Final = frozenset(
    {"neraca", "phu", "perubahan-ekuitas", "arus-kas", "calk"}
)  # of closed days
_KIND: Final = "report"
_MIMES: Final = {"png": PNG, "pdf": PDF, "xlsx": XLSX}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which report, of which days, as what (png, pdf, xlsx); `code` narrows a buku besar to one account."""

    name: str
    period: Period
    how: str
    code: str = ""


def action_of(name: str, how: str) -> Action:
    """Say what an office must include to get a report: one whose rows name members is not for all who see the books."""
    return Action.SEE_MEMBERS if how and name in NAMING else Action.SEE_BOOKS


def content(wanted: Wanted, *, person_id: int, today: date) -> Fresh:
    """Owe a report as a file to an officer, who must still be one when it leaves."""
    facts: dict[str, Fact] = {
        "name": wanted.name,
        "first": wanted.period.first,
        "last": wanted.period.last,
        "how": wanted.how,
        "code": wanted.code,
        "person": person_id,
        "on": today,
    }
    return Fresh(kind=_KIND, facts=facts)


@fresh.maker(_KIND)
async def said(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, _now: datetime
) -> Made:
    """Send a report as what was asked for; needless when its reader may not see it any more."""
    name, how, code = str(facts["name"]), str(facts["how"]), str(facts["code"])
    first, last, today = (_day(facts, key) for key in ("first", "last", "on"))
    here, person_id = row.koperasi_id, facts["person"]
    assert isinstance(person_id, int), person_id
    reader = await people.standing(db, koperasi_id=here, person_id=person_id, on=today)
    if reader is None:
        return "left"
    if not may(reader.roles, action_of(name, how)):
        closed = await closing.closed_through(db, here)
        if reader.member is None or name not in OF_MEMBERS or closed is None or last > closed:
            return "left"
    (found,), checked = await reports.issue(
        db,
        koperasi_id=here,
        names=[name],
        period=Period(first=first, last=last),
        today=today,
        codes=[code] if code else None,
    )
    if how == "png" and not fits(found):
        return Content(lines=(Say("report-picture-too-long", {"title": found.title}),))
    signing = await paper.signers(db, koperasi_id=here, on=today) if how == "pdf" else ()
    cooperative = reader.cooperative.name
    data = await asyncio.to_thread(_made, how, found, checked, cooperative, signing)
    file: dict[str, Fact] = {
        "name": f"{'-'.join(filter(None, (name, code)))}-{last:%Y-%m-%d}.{how}",
        "mime": _MIMES[how],
        "data": base64.b64encode(data).decode(),
        "key": uuid4().hex,
    }
    lines = [
        Say("report-file", {"title": found.title, "period": found.period}),
        Say("books-of", {"cooperative": cooperative[:60]}),
    ]
    failed = sum(not one.ok for one in checked)
    if failed:
        lines.append(Say("report-file-unfit", {"count": failed}))
    return Content(lines=tuple(lines), attachment=Attachment(kind="file", facts=file))


def _made(
    how: str,
    found: Report,
    checked: Sequence[Check],
    cooperative: str,
    signing: Sequence[paper.Signer],
) -> bytes:
    if how == "xlsx":
        return workbook.workbook(found, checked, cooperative=cooperative)
    if how == "pdf":
        return paper.pdf(found, checked, cooperative=cooperative, signing=signing)
    return picture(found, checked, cooperative=cooperative)


def _day(facts: Mapping[str, Fact], name: str) -> date:
    day = facts[name]
    assert isinstance(day, date), day
    return day
