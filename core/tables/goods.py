"""Goods of the gerai and the movements of their stock."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Table, Text, TypedColumns

from core.tables import MOMENT, metadata, rupiah


class GoodColumns(TypedColumns):
    """What the gerai sells: its price, and how much there is of it at what cost."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    words: Column[str] = Column(Text, nullable=False)
    unit: Column[str] = Column(Text, nullable=False)
    account: Column[str] = Column(Text, nullable=False, server_default="114000")
    price: Column[int | None] = Column(BigInteger)
    ceiling: Column[int | None] = Column(BigInteger)
    stocked: Column[bool] = Column(Boolean, nullable=False)
    offered: Column[bool] = Column(Boolean, nullable=False)
    quantity: Column[int] = rupiah()
    value: Column[int] = rupiah()
    set_by: Column[str] = Column(Text, nullable=False)
    set_at: Column[datetime] = Column(MOMENT, nullable=False)


class GoodMoveColumns(TypedColumns):
    """Stock that came in (positive) or went out, with its cost and with what was paid for it."""

    koperasi_id = Column(Integer, primary_key=True)
    good_id = Column(Integer, primary_key=True)
    n = Column(Integer, primary_key=True)
    entry: Column[int | None] = Column(BigInteger)
    kind: Column[str] = Column(Text, nullable=False)
    on: Column[date] = Column("on", Date, nullable=False)
    quantity: Column[int] = rupiah()
    value: Column[int] = rupiah()
    amount: Column[int] = rupiah()
    account: Column[str] = Column(Text, nullable=False, server_default="114000")


class GoodCountColumns(TypedColumns):
    """Stock as it was counted, thousandths of a unit, and what the book said then."""

    koperasi_id = Column(Integer, primary_key=True)
    good_id = Column(Integer, primary_key=True)
    n = Column(Integer, primary_key=True)
    on: Column[date] = Column("on", Date, nullable=False)
    counted: Column[int] = rupiah()
    booked: Column[int] = rupiah()
    entry: Column[int | None] = Column(BigInteger)
    operation: Column[str] = Column(Text, nullable=False)
    counter: Column[str] = Column(Text, nullable=False)
    approver: Column[str | None] = Column(Text)
    at: Column[datetime] = Column(MOMENT, nullable=False)


class SupplierColumns(TypedColumns):
    """Who sells to the gerai; what it owes them stands on 212000 of each."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    words: Column[str] = Column(Text, nullable=False)
    set_by: Column[str] = Column(Text, nullable=False)
    set_at: Column[datetime] = Column(MOMENT, nullable=False)


goods = Table("goods", metadata, GoodColumns)
goods_moves = Table("goods_moves", metadata, GoodMoveColumns)
goods_counts = Table("goods_counts", metadata, GoodCountColumns)
suppliers = Table("suppliers", metadata, SupplierColumns)
