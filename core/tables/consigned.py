"""Goods the gerai sells for their owners (titip jual): the owners who are no members, the goods, their movements."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text, TypedColumns

from core.tables import MOMENT, metadata, rupiah


class ConsignorColumns(TypedColumns):
    """An owner who is no member; what is owed to them stands in account 212100:u and this id."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    words: Column[str] = Column(Text, nullable=False)


class ConsignedColumns(TypedColumns):
    """What one owner lets the gerai sell, at what price and share, and how much of it is here."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    member_id: Column[int | None] = Column(Integer)
    consignor_id: Column[int | None] = Column(Integer)
    name: Column[str] = Column(Text, nullable=False)
    words: Column[str] = Column(Text, nullable=False)
    unit: Column[str] = Column(Text, nullable=False)
    price: Column[int] = rupiah()
    share: Column[int] = rupiah()
    quantity: Column[int] = rupiah()


class ConsignedMoveColumns(TypedColumns):
    """What came in (positive), was sold or given back, and what of a sale is owed to the owner."""

    koperasi_id = Column(Integer, primary_key=True)
    consigned_id = Column(Integer, primary_key=True)
    n = Column(Integer, primary_key=True)
    kind: Column[str] = Column(Text, nullable=False)
    entry: Column[int | None] = Column(BigInteger)
    operation: Column[str | None] = Column(Text)
    on: Column[date] = Column("on", Date, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    by: Column[str] = Column(Text, nullable=False)
    quantity: Column[int] = rupiah()
    owed: Column[int] = rupiah()


consignors = Table("consignors", metadata, ConsignorColumns)
consigned = Table("consigned", metadata, ConsignedColumns)
consigned_moves = Table("consigned_moves", metadata, ConsignedMoveColumns)
