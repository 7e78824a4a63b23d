"""The picture or document an announcement carries: kept sealed, for the day its card is good and then as long as it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.announcements.announcement import LARGEST_FILE
from core.errors import Refusal
from core.sealing import Keys
from core.tables.announcements import announcement_files, announcements

_CARDS_ARE_GOOD_FOR = timedelta(days=2)
_SIDES, _RATIO = 10_000, 20  # pixels of both sides together, and how much longer one may be
MIMES = {
    "pdf": ("application/pdf", b"%PDF-"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
}


class NotAnAttachment(Refusal):
    """A picture (JPG, PNG) or a PDF, and really one. Facts: name."""

    text = "refusal-not-an-attachment"


class AttachmentTooLarge(Refusal):
    """5 MB at most: it is fetched over thin networks."""

    text = "refusal-attachment-too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file as it was sent."""

    name: str
    mime: str
    content: bytes = field(repr=False)


def require_name(name: str) -> tuple[str, bytes]:
    """Return the type a file's name promises and how such files begin. Raises NotAnAttachment."""
    known = MIMES.get(name.lower().rpartition(".")[2])
    if known is None:
        raise NotAnAttachment(name=_plain(name))
    return known


def checked(name: str, content: bytes) -> Attached:
    """Return a file that may be attached: what it says it is, and can be shown.

    Raises NotAnAttachment, AttachmentTooLarge.
    """
    mime, begins = require_name(name)
    if not content.startswith(begins) or (mime != "application/pdf" and not _is_picture(content)):
        raise NotAnAttachment(name=_plain(name))
    if len(content) > LARGEST_FILE:
        raise AttachmentTooLarge
    return Attached(name=_plain(name), mime=mime, content=content)


def _is_picture(content: bytes) -> bool:
    """Say whether a channel would show it: Telegram refuses what it cannot read, and absurd sides."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - few files are pictures

    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
            picture.verify()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return width + height <= _SIDES and max(width, height) <= _RATIO * min(width, height)


def _plain(name: str) -> str:
    return " ".join(name.split())[-80:] or "lampiran"


async def keep(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    file_id: UUID,
    file: Attached,
    at: datetime,
    keys: Keys,
) -> None:
    """Keep a file for a card that may be confirmed."""
    await db.execute(
        announcement_files.insert().values(
            koperasi_id=koperasi_id,
            id=file_id,
            name_sealed=keys.seal(file.name.encode()),
            content_sealed=keys.seal(file.content),
            mime=file.mime,
            size=len(file.content),
            made_at=at,
        )
    )


async def read(
    db: AsyncConnection, *, koperasi_id: int, file_id: UUID, keys: Keys
) -> Attached | None:
    """Read a file back; none when it was forgotten."""
    row = (
        await db.execute(
            select(
                announcement_files.c.name_sealed,
                announcement_files.c.content_sealed,
                announcement_files.c.mime,
            ).where(
                announcement_files.c.koperasi_id == koperasi_id, announcement_files.c.id == file_id
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return Attached(
        name=keys.unseal(row.name_sealed).decode(),
        mime=row.mime,
        content=keys.unseal(row.content_sealed),
    )


async def forget(db: AsyncConnection, *, at: datetime) -> int:
    """Forget files of cards that were never confirmed; return how many. As the clock."""
    used = (
        select(announcements.c.id)
        .where(
            announcements.c.koperasi_id == announcement_files.c.koperasi_id,
            announcements.c.file == announcement_files.c.id,
        )
        .exists()
    )
    done = await db.execute(
        delete(announcement_files).where(
            announcement_files.c.made_at < at - _CARDS_ARE_GOOD_FOR, ~used
        )
    )
    return done.rowcount
