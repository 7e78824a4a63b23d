"""Cash seals: what was counted on a day, and the book's hash at that moment."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    Integer,
    LargeBinary,
    Table,
    Text,
    TypedColumns,
)

from core.tables import MOMENT, metadata, rupiah


class CashSealColumns(TypedColumns):
    """A seal: boxes, counted and booked belong together one by one; it is never changed."""

    koperasi_id = Column(Integer, primary_key=True)
    on: Column[date] = Column("on", Date, primary_key=True)
    n = Column(Integer, primary_key=True)
    boxes: Column[list[str]] = Column(ARRAY(Text), nullable=False)
    counted: Column[list[int]] = Column(ARRAY(BigInteger), nullable=False)
    booked: Column[list[int]] = Column(ARRAY(BigInteger), nullable=False)
    difference: Column[int | None] = Column(BigInteger)
    entry: Column[int] = rupiah()
    hash: Column[bytes] = Column(LargeBinary, nullable=False)
    counter_id: Column[int] = Column(Integer, nullable=False)
    approver_id: Column[int] = Column(Integer, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)


cash_seals = Table("cash_seals", metadata, CashSealColumns)
