"""What the law gives a person about the own data: who looked at it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, Identity, Integer, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class LookColumns(TypedColumns):
    """An officer opened a member's data, or a list that names members (member_id NULL)."""

    koperasi_id = Column(Integer, primary_key=True)
    id: Column[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    member_id: Column[int | None] = Column(Integer)
    person_id: Column[int | None] = Column(Integer)
    role: Column[str | None] = Column(Text)
    what: Column[str] = Column(Text, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    forget_on: Column[date] = Column(Date, nullable=False)


looks = Table("looks", metadata, LookColumns)
