"""Term and holiday savings: what was put away until when, at which rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Column, Date, Integer, Numeric, Table, Text, TypedColumns

from core.tables import metadata, rupiah


class TermSavingColumns(TypedColumns):
    """A sum put away by the entry that names it; `closed_by` is the entry that ended it."""

    koperasi_id = Column(Integer, primary_key=True)
    entry: Column[int] = rupiah(primary_key=True)
    member_id: Column[int] = Column(Integer, nullable=False)
    kind: Column[str] = Column(Text, nullable=False)
    amount: Column[int] = rupiah()
    rate: Column[Decimal] = Column(Numeric(4, 2), nullable=False)
    months: Column[int] = Column(Integer, nullable=False)
    opened_on: Column[date] = Column(Date, nullable=False)
    matures_on: Column[date] = Column(Date, nullable=False)
    closed_on: Column[date | None] = Column(Date)
    closed_by: Column[int | None] = Column(BigInteger)


term_savings = Table("term_savings", metadata, TermSavingColumns)
