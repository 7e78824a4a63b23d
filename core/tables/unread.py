"""Messages that could not be read, without what is personal in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class UnreadColumns(TypedColumns):
    """One message; of whom it came only the kind of hat is known. Cooperative 0: an official's."""

    koperasi_id = Column(Integer, primary_key=True)
    id: Column[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    role: Column[str] = Column(Text, nullable=False)
    asked: Column[str | None] = Column(Text)
    said_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)


unread = Table("unread", metadata, UnreadColumns)
