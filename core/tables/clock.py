"""What people answered to reminders."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date, Integer, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class ReminderAnswerColumns(TypedColumns):
    """What was pressed, "Sudah bayar" or "Ingatkan besok" , under a reminder of a loan or of dues."""

    koperasi_id = Column(Integer, primary_key=True)
    person_id = Column(Integer, primary_key=True)
    subject = Column(Text, primary_key=True)
    n = Column(Integer, primary_key=True)
    answer: Column[str] = Column(Text, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    until: Column[date | None] = Column(Date)
    checked_at: Column[datetime | None] = Column(MOMENT)
    checked_by: Column[str | None] = Column(Text)


reminder_answers = Table("reminder_answers", metadata, ReminderAnswerColumns)
