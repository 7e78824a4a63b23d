"""A photo of a note on its way: read when it is said, so that it stands in no row of the outbox."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import legal_files, note_photos
from core.database import transaction
from core.sealing import Keys
from notifications import fresh
from notifications.fresh import Made
from notifications.messages import Attachment, Content, Fact, Fresh, Say
from notifications.outbox import Claimed

_KIND = "note-photo"
_MOST = 5000  # photos erased in one go


async def forget(engine: AsyncEngine, now: datetime) -> int:
    """Erase photos of notes that no entry came of, and files that no document did."""
    async with transaction(engine) as db:
        erased = await note_photos.forget(db, now=now, most=_MOST)
        return erased + await legal_files.forget(db, now=now, most=_MOST)


def content(photo_id: UUID, line: Say) -> Fresh:
    """Say a photo with one line below it; `line` names no fact but a number."""
    return Fresh(kind=_KIND, facts={"id": photo_id.hex, "key": line.key, **line.facts})


@fresh.maker(_KIND)
async def said(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], keys: Keys, _now: datetime
) -> Made:
    """Show the photo, or say that it was erased."""
    photo_id = UUID(hex=str(facts["id"]))
    found = await note_photos.read(db, koperasi_id=row.koperasi_id, photo_id=photo_id, keys=keys)
    if found is None:
        return Content(lines=(Say("note-gone"),))
    rest = {name: fact for name, fact in facts.items() if name not in ("id", "key")}
    picture: dict[str, Fact] = {
        "name": "nota.png" if found.mime == "image/png" else "nota.jpg",
        "mime": found.mime,
        "data": base64.b64encode(found.content).decode(),
        "key": photo_id.hex,
    }
    return Content(
        lines=(Say(str(facts["key"]), rest),), attachment=Attachment(kind="file", facts=picture)
    )
