"""What makes a cooperative lawful: its documents, and the annual meetings it held."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
    Uuid,
)

from core.tables import MOMENT, metadata


class DocumentColumns(TypedColumns):
    """A document as it was recorded; of a kind (of permits: of each permit) the last one counts."""

    koperasi_id = Column(Integer, primary_key=True)
    kind = Column(Text, primary_key=True)
    n = Column(Integer, primary_key=True)
    permit: Column[str] = Column(Text, nullable=False)  # what is permitted; else empty
    number: Column[str] = Column(Text, nullable=False)
    issued_on: Column[date | None] = Column(Date)
    expires_on: Column[date | None] = Column(Date)
    recorded_by: Column[str] = Column(Text, nullable=False)
    recorded_at: Column[datetime] = Column(MOMENT, nullable=False)


class MeetingColumns(TypedColumns):
    """The annual meeting (RAT) on a book year, as it was recorded; of a year the last record counts."""

    koperasi_id = Column(Integer, primary_key=True)
    year = Column(SmallInteger, primary_key=True)
    n = Column(Integer, primary_key=True)
    held_on: Column[date] = Column(Date, nullable=False)
    members: Column[int] = Column(Integer, nullable=False)
    present: Column[int] = Column(Integer, nullable=False)
    second: Column[bool] = Column(Boolean, nullable=False)
    minutes: Column[str] = Column(Text, nullable=False)
    recorded_by: Column[str] = Column(Text, nullable=False)
    recorded_at: Column[datetime] = Column(MOMENT, nullable=False)


class LegalFileColumns(TypedColumns):
    """A page of a document, or a paper of an annual meeting; of neither while its card is open."""

    koperasi_id = Column(Integer, primary_key=True)
    id: Column[UUID] = Column(Uuid, primary_key=True)
    kind: Column[str | None] = Column(Text)
    n: Column[int | None] = Column(Integer)
    year: Column[int | None] = Column(SmallInteger)
    paper: Column[str | None] = Column(Text)
    content_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    mime: Column[str] = Column(Text, nullable=False)
    size: Column[int] = Column(Integer, nullable=False)
    sent_by: Column[str] = Column(Text, nullable=False)
    sent_at: Column[datetime] = Column(MOMENT, nullable=False)


documents = Table("legal_documents", metadata, DocumentColumns)
meetings = Table("annual_meetings", metadata, MeetingColumns)
files = Table("legal_files", metadata, LegalFileColumns)
