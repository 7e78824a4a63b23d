"""Findings of pengawas on entries, and what was done about them: rows are only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class FindingColumns(TypedColumns):
    """What a pengawas found about an entry, in the own words."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    number = Column(Integer, primary_key=True, autoincrement=False)
    entry: Column[int] = Column(BigInteger, nullable=False)
    person_id: Column[int] = Column(Integer, nullable=False)
    said_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)


class FindingStepColumns(TypedColumns):
    """A follow-up of a finding, or its closing."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    finding = Column(Integer, primary_key=True, autoincrement=False)
    n = Column(Integer, primary_key=True, autoincrement=False)
    kind: Column[str] = Column(Text, nullable=False)
    person_id: Column[int] = Column(Integer, nullable=False)
    said_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)


findings = Table("findings", metadata, FindingColumns)
finding_steps = Table("finding_steps", metadata, FindingStepColumns)
