"""Photos of notes: what an expense was paid for, kept encrypted with its entry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import kept_files
from core.errors import Refusal
from core.kept_files import File
from core.people import Standing
from core.sealing import Keys
from core.tables.ledger import entries
from core.tables.note_photos import note_photos

KINDS = ("expense",)  # of entries that may carry one
MOST = 5  # photos of one entry


class NoNote(Refusal):
    """Only an expense of this cooperative has a note. Facts: entry."""

    text = "refusal-no-note"


class NoteNotKept(Refusal):
    """Nobody has sent a photo of this note. Facts: entry."""

    text = "refusal-note-not-kept"


class TooManyPhotos(Refusal):
    """An entry carries a few photos at most. Facts: entry, most."""

    text = "refusal-too-many-photos"


async def keep(
    db: AsyncConnection,
    *,
    officer: Standing,
    photo_id: UUID,
    photo: File,
    at: datetime,
    keys: Keys,
) -> None:
    """Keep a photo for a card that may be confirmed; attach gives it to the entry. 5 MB at most."""
    await db.execute(
        note_photos.insert().values(
            koperasi_id=officer.cooperative.id,
            id=photo_id,
            content_sealed=keys.seal(photo.content),
            mime=photo.mime,
            size=len(photo.content),
            sent_by=officer.recorder,
            sent_at=at,
        )
    )


async def require_room(db: AsyncConnection, *, koperasi_id: int, entry: int) -> None:
    """Let pass an entry that may get one more photo. Refuses NoNote, TooManyPhotos."""
    kind = await db.scalar(
        select(entries.c.kind).where(
            entries.c.koperasi_id == koperasi_id, entries.c.number == entry
        )
    )
    if kind not in KINDS:
        raise NoNote(entry=entry)
    held = await db.scalar(
        select(func.count()).where(
            note_photos.c.koperasi_id == koperasi_id, note_photos.c.entry == entry
        )
    )
    if (held or 0) >= MOST:
        raise TooManyPhotos(entry=entry, most=MOST)


async def attach(db: AsyncConnection, *, koperasi_id: int, photo_id: UUID, entry: int) -> None:
    """Give a kept photo to its entry, once. Refuses NoNote, TooManyPhotos."""
    await require_room(db, koperasi_id=koperasi_id, entry=entry)
    await db.execute(
        update(note_photos)
        .where(
            note_photos.c.koperasi_id == koperasi_id,
            note_photos.c.id == photo_id,
            note_photos.c.entry.is_(None),
        )
        .values(entry=entry)
    )


async def newest(db: AsyncConnection, *, koperasi_id: int, entry: int) -> UUID:
    """Name an entry's newest photo. Refuses NoNote, NoteNotKept."""
    found: UUID | None = await db.scalar(
        select(note_photos.c.id)
        .where(note_photos.c.koperasi_id == koperasi_id, note_photos.c.entry == entry)
        .order_by(note_photos.c.sent_at.desc(), note_photos.c.id)
        .limit(1)
    )
    if found is None:
        await require_room(db, koperasi_id=koperasi_id, entry=entry)
        raise NoteNotKept(entry=entry)
    return found


async def read(db: AsyncConnection, *, koperasi_id: int, photo_id: UUID, keys: Keys) -> File | None:
    """Read a photo back; none when it was erased."""
    return await kept_files.read(
        db, note_photos, koperasi_id=koperasi_id, file_id=photo_id, keys=keys
    )


async def forget(db: AsyncConnection, *, now: datetime, most: int) -> int:
    """Erase photos of which no entry came in 90 days; return how many. As the clock."""
    return await kept_files.forget(db, note_photos, note_photos.c.entry, now=now, most=most)
