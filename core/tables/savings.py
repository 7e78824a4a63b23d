"""Which months a simpanan wajib covers, and the receipts members countersign."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Integer, Table, Text, TypedColumns, Uuid

from core.tables import MOMENT, metadata, rupiah


class DuesColumns(TypedColumns):
    """Rupiah of an entry that count for one month of a member; a reversal's are negative."""

    koperasi_id = Column(Integer, primary_key=True)
    member_id = Column(Integer, primary_key=True)
    month: Column[date] = Column(Date, primary_key=True)
    entry: Column[int] = rupiah(primary_key=True)
    amount: Column[int] = rupiah()


class ReceiptColumns(TypedColumns):
    """What a member was told of an entry, and the member's answer."""

    koperasi_id = Column(Integer, primary_key=True)
    entry: Column[int] = rupiah(primary_key=True)
    member_id: Column[int] = Column(Integer, nullable=False)
    officer_id: Column[int | None] = Column(Integer)
    code: Column[str] = Column(Text, nullable=False)
    kind: Column[str] = Column(Text, nullable=False)
    amount: Column[int] = rupiah()
    balance_before: Column[int] = rupiah()
    balance: Column[int] = rupiah()
    outbox_id: Column[UUID | None] = Column(Uuid)
    witness: Column[bool] = Column(Boolean, nullable=False)
    answer: Column[str | None] = Column(Text)
    answered_at: Column[datetime | None] = Column(MOMENT)
    made_at: Column[datetime] = Column(MOMENT, nullable=False)


dues = Table("dues", metadata, DuesColumns)
receipts = Table("receipts", metadata, ReceiptColumns)
