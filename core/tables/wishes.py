"""What members ask of their officers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class WishColumns(TypedColumns):
    """A wish in the member's own words, encrypted; open until an officer looked after it."""

    koperasi_id = Column(Integer, primary_key=True)
    id: Column[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    member_id: Column[int] = Column(Integer, nullable=False)
    said_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    done_at: Column[datetime | None] = Column(MOMENT)
    done_by: Column[str | None] = Column(Text)


wishes = Table("wishes", metadata, WishColumns)
