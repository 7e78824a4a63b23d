"""Photos of notes, encrypted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text, TypedColumns, Uuid

from core.tables import MOMENT, metadata


class NotePhotoColumns(TypedColumns):
    """A photo of what an entry was paid for; without an entry while that is not decided."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    id: Column[UUID] = Column(Uuid, primary_key=True)
    entry: Column[int | None] = Column(BigInteger)
    content_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    mime: Column[str] = Column(Text, nullable=False)
    size: Column[int] = Column(Integer, nullable=False)
    sent_by: Column[str] = Column(Text, nullable=False)
    sent_at: Column[datetime] = Column(MOMENT, nullable=False)


note_photos = Table("note_photos", metadata, NotePhotoColumns)
