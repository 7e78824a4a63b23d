"""What the law gives a person about the own data: who looked at it, what is to be put right."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    TypedColumns,
)

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


class DataRequestColumns(TypedColumns):
    """A correction somebody asked for of the own data; decided once."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    number = Column(Integer, primary_key=True, autoincrement=False)
    person_id: Column[int] = Column(Integer, nullable=False)
    said_sealed: Column[bytes | None] = Column(LargeBinary)
    field: Column[str | None] = Column(Text)
    value_sealed: Column[bytes | None] = Column(LargeBinary)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    due_at: Column[datetime] = Column(MOMENT, nullable=False)
    outcome: Column[str | None] = Column(Text)
    because_sealed: Column[bytes | None] = Column(LargeBinary)
    before_sealed: Column[bytes | None] = Column(LargeBinary)
    decided_by: Column[int | None] = Column(Integer)
    decided_at: Column[datetime | None] = Column(MOMENT)


class ErasureColumns(TypedColumns):
    """A former member whose profile was taken away."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    person_id = Column(Integer, primary_key=True, autoincrement=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    by: Column[str] = Column(Text, nullable=False)
    approver: Column[str] = Column(Text, nullable=False)


looks = Table("looks", metadata, LookColumns)
data_requests = Table("data_requests", metadata, DataRequestColumns)
erasures = Table("erasures", metadata, ErasureColumns)
