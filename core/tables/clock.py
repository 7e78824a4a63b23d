"""What the clock keeps: answers to reminders, and which books were recomputed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Identity,
    Integer,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
)

from core.tables import MOMENT, metadata


class ReminderAnswerColumns(TypedColumns):
    """What was pressed, "Sudah bayar" or "Ingatkan besok", under a reminder of a loan or of dues."""

    koperasi_id = Column(Integer, primary_key=True)
    id: Column[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Column[int] = Column(Integer, nullable=False)
    loan_id: Column[int | None] = Column(Integer)
    version: Column[int] = Column(SmallInteger, nullable=False)
    n: Column[int] = Column(Integer, nullable=False)
    answer: Column[str] = Column(Text, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    until: Column[date | None] = Column(Date)
    checked_at: Column[datetime | None] = Column(MOMENT)
    checked_by: Column[str | None] = Column(Text)


class IntegrityCheckColumns(TypedColumns):
    """How a cooperative's book stood when it was recomputed last."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    on_day: Column[date] = Column(Date, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    entries: Column[int] = Column(BigInteger, nullable=False)
    head: Column[str] = Column(Text, nullable=False)
    finding: Column[str | None] = Column(Text)
    entry: Column[int | None] = Column(BigInteger)
    found_at: Column[datetime | None] = Column(MOMENT)


reminder_answers = Table("reminder_answers", metadata, ReminderAnswerColumns)
integrity_checks = Table("integrity_checks", metadata, IntegrityCheckColumns)
