"""SHU: what a meeting decided for a year, that it was shared out, and what each member got and why."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, Integer, SmallInteger, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import JSONB

from core.tables import MOMENT, metadata, rupiah


class PolicyColumns(TypedColumns):
    """How a cooperative shares out a year's surplus, as its RAT decided; pools are [name, per cent as text]."""

    koperasi_id = Column(Integer, primary_key=True)
    year = Column(SmallInteger, primary_key=True)
    pools: Column[list[list[str]]] = Column(JSONB, nullable=False)
    modal_base: Column[str] = Column(Text, nullable=False)
    usaha_base: Column[str] = Column(Text, nullable=False)
    outside: Column[str] = Column(Text, nullable=False)
    departed: Column[str] = Column(Text, nullable=False)
    minutes: Column[str] = Column(Text, nullable=False)
    decided_on: Column[date] = Column(Date, nullable=False)
    set_by: Column[str] = Column(Text, nullable=False)
    approved_by: Column[str] = Column(Text, nullable=False)
    set_at: Column[datetime] = Column(MOMENT, nullable=False)


class SplitColumns(TypedColumns):
    """A year whose surplus was shared out, or whose loss was covered; `entry` is the first, totals are of all bases."""

    koperasi_id = Column(Integer, primary_key=True)
    year = Column(SmallInteger, primary_key=True)
    shu: Column[int] = rupiah()
    outside: Column[int] = rupiah()
    total_simpanan: Column[int] = rupiah()
    total_usaha: Column[int] = rupiah()
    entry: Column[int | None] = Column(BigInteger)
    at: Column[datetime] = Column(MOMENT, nullable=False)


class PartColumns(TypedColumns):
    """What one member got of a year: bases, both pools' totals are the sums of the column."""

    koperasi_id = Column(Integer, primary_key=True)
    year = Column(SmallInteger, primary_key=True)
    member_id = Column(Integer, primary_key=True)
    simpanan: Column[int] = rupiah()
    usaha: Column[int] = rupiah()
    jasa_modal: Column[int] = rupiah()
    jasa_usaha: Column[int] = rupiah()


policies = Table("surplus_policies", metadata, PolicyColumns)
splits = Table("surplus_splits", metadata, SplitColumns)
parts = Table("surplus_parts", metadata, PartColumns)
