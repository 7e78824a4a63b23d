"""The package for a bank: put together and printed at the second it is sent, so that it stands in no row of the outbox."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from core import people
from core.permissions import Action, may
from core.sealing import Keys
from core.statements import bank_package
from notifications import fresh
from notifications.attachments import PDF
from notifications.fresh import Made
from notifications.messages import Attachment, Content, Fact, Fresh, Say
from notifications.outbox import Claimed

_KIND: Final = "bank-package"


def content(*, person_id: int, today: date) -> Fresh:
    """Owe the package to an officer, who must still be one when it leaves."""
    return Fresh(kind=_KIND, facts={"person": person_id, "on": today})


@fresh.maker(_KIND)
async def said(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, _now: datetime
) -> Made:
    """Send the package as one PDF; needless when its reader may not see it any more."""
    person_id, today = facts["person"], facts["on"]
    assert isinstance(person_id, int), row.id
    assert isinstance(today, date), row.id
    reader = await people.standing(db, koperasi_id=row.koperasi_id, person_id=person_id, on=today)
    if reader is None or not may(reader.roles, Action.SEE_BOOKS):
        return "left"
    made = await bank_package.package(db, cooperative=reader.cooperative, until=None, today=today)
    file: dict[str, Fact] = {
        "name": f"{bank_package.NAME}-{today:%Y-%m-%d}.pdf",
        "mime": PDF,
        "data": base64.b64encode(await bank_package.printed(db, made, today=today)).decode(),
        "key": uuid4().hex,
    }
    lines = [Say("bank-package", {"period": made.reports[0].period})]
    failed = sum(not one.ok for one in made.checked)
    if failed:
        lines.append(Say("report-file-unfit", {"count": failed}))
    return Content(lines=tuple(lines), attachment=Attachment(kind="file", facts=file))
