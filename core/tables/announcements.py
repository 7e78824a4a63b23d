"""Announcements of the province and of cooperatives, and the files they carry."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, Text, TypedColumns, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from core.tables import MOMENT, metadata


class AnnouncementColumns(TypedColumns):
    """An announcement: what it says is sealed, whom it is for and how far it is are not."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    id: Column[UUID] = Column(Uuid, primary_key=True)
    number: Column[int] = Column(Integer, nullable=False)
    composer: Column[str] = Column(Text, nullable=False)
    content_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    region: Column[str] = Column(Text, nullable=False)
    audience: Column[Any] = Column(JSONB, nullable=False)
    corrects: Column[UUID | None] = Column(Uuid)
    file: Column[UUID | None] = Column(Uuid)
    people: Column[int] = Column(Integer, nullable=False)
    state: Column[str] = Column(Text, nullable=False)
    because: Column[str | None] = Column(Text)
    decided_by: Column[str | None] = Column(Text)
    decided_at: Column[datetime | None] = Column(MOMENT)
    channel: Column[str] = Column(Text, nullable=False)
    account: Column[str] = Column(Text, nullable=False)
    chat: Column[str] = Column(Text, nullable=False)
    told_in: Column[int] = Column(Integer, nullable=False)
    told: Column[str] = Column(Text, nullable=False)
    told_what: Column[str | None] = Column(Text)
    told_at: Column[datetime | None] = Column(MOMENT)
    counts: Column[Any] = Column(JSONB, nullable=False)
    retry: Column[bool] = Column(Boolean, nullable=False)
    piloted: Column[bool] = Column(Boolean, nullable=False)
    settled: Column[bool] = Column(Boolean, nullable=False)
    made_at: Column[datetime] = Column(MOMENT, nullable=False)
    expires_at: Column[datetime] = Column(MOMENT, nullable=False)
    started_at: Column[datetime | None] = Column(MOMENT)
    fanned_at: Column[datetime | None] = Column(MOMENT)
    ended_at: Column[datetime | None] = Column(MOMENT)


class FileColumns(TypedColumns):
    """A picture or document that an announcement carries, encrypted, 5 MB at most."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    id: Column[UUID] = Column(Uuid, primary_key=True)
    name_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    content_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    mime: Column[str] = Column(Text, nullable=False)
    size: Column[int] = Column(Integer, nullable=False)
    made_at: Column[datetime] = Column(MOMENT, nullable=False)


announcements = Table("announcements", metadata, AnnouncementColumns)
announcement_files = Table("announcement_files", metadata, FileColumns)
