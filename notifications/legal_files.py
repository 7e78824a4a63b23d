"""A scan of a document on its way: read when it is said, so that it stands in no row of the outbox."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core import legal_files
from core.announcements.files import MIMES
from core.sealing import Keys
from notifications import fresh
from notifications.fresh import Made
from notifications.messages import Attachment, Content, Fact, Fresh, Say
from notifications.outbox import Claimed

_KIND = "legal-file"


def content(file_id: UUID, **facts: Fact) -> Fresh:
    """Say a file with one line below it: its name (called), its number among how many (page, pages)."""
    return Fresh(kind=_KIND, facts={"id": file_id.hex, **facts})


@fresh.maker(_KIND)
async def said(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], keys: Keys, _now: datetime
) -> Made:
    """Show the file, or say that it was erased."""
    file_id = UUID(hex=str(facts["id"]))
    found = await legal_files.read(db, koperasi_id=row.koperasi_id, file_id=file_id, keys=keys)
    if found is None:
        return Content(lines=(Say("legal-file-gone"),))
    ending = next(name for name, (mime, _) in MIMES.items() if mime == found.mime)
    file: dict[str, Fact] = {
        "name": f"{str(facts['called']).lower().replace(' ', '-')}.{ending}",
        "mime": found.mime,
        "data": base64.b64encode(found.content).decode(),
        "key": file_id.hex,
    }
    rest = {name: fact for name, fact in facts.items() if name != "id"}
    one = facts["pages"] == 1
    line = Say("legal-file" if one else "legal-file-page", rest)
    return Content(lines=(line,), attachment=Attachment(kind="file", facts=file))
