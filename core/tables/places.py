"""Regions, villages, cooperatives, the rules each sets and its counters."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date, Integer, Table, Text, TypedColumns

from core.tables import MOMENT, metadata, rupiah


class RegionColumns(TypedColumns):
    """A province or one of its kabupaten and kota."""

    code = Column(Text, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    zone: Column[str] = Column(Text, nullable=False)


class VillageColumns(TypedColumns):
    """A desa or kelurahan."""

    code = Column(Text, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    district: Column[str] = Column(Text, nullable=False)
    region: Column[str] = Column(Text, nullable=False)
    kind: Column[str] = Column(Text, nullable=False)


class CooperativeColumns(TypedColumns):
    """A cooperative: its own id and code, never its village's."""

    koperasi_id = Column(Integer, primary_key=True)
    code: Column[str] = Column(Text, nullable=False)
    name: Column[str] = Column(Text, nullable=False)
    region: Column[str] = Column(Text, nullable=False)
    zone: Column[str] = Column(Text, nullable=False)
    people_version: Column[int] = Column(Integer, nullable=False)
    created_at: Column[datetime] = Column(MOMENT, nullable=False)
    practice_of: Column[int | None] = Column(Integer)  # null: a real one
    practice_for: Column[int | None] = Column(Integer)


class CooperativeVillageColumns(TypedColumns):
    """The villages a cooperative serves: usually one."""

    koperasi_id = Column(Integer, primary_key=True)
    village = Column(Text, primary_key=True)


class CounterColumns(TypedColumns):
    """The last id given in a cooperative, per noun."""

    koperasi_id = Column(Integer, primary_key=True)
    noun = Column(Text, primary_key=True)
    last: Column[int] = rupiah()


class RuleColumns(TypedColumns):
    """A parameter a cooperative sets, in force from a day on."""

    koperasi_id = Column(Integer, primary_key=True)
    name = Column(Text, primary_key=True)
    since: Column[date] = Column(Date, primary_key=True)
    value: Column[str] = Column(Text, nullable=False)
    set_by: Column[str] = Column(Text, nullable=False)
    set_at: Column[datetime] = Column(MOMENT, nullable=False)


regions = Table("regions", metadata, RegionColumns)
villages = Table("villages", metadata, VillageColumns)
cooperatives = Table("cooperatives", metadata, CooperativeColumns)
cooperative_villages = Table("cooperative_villages", metadata, CooperativeVillageColumns)
counters = Table("counters", metadata, CounterColumns)
rules = Table("rules", metadata, RuleColumns)
