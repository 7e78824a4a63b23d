"""Lessons of practice mode: which each office has, and who passed them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Integer, SmallInteger, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class LessonColumns(TypedColumns):
    """A lesson of an office, from core/data/lessons.csv."""

    role = Column(Text, primary_key=True)
    lesson = Column(Text, primary_key=True)
    place: Column[int] = Column(SmallInteger, nullable=False)


class LessonDoneColumns(TypedColumns):
    """A lesson an officer of a real cooperative has passed in the practice book."""

    koperasi_id = Column(Integer, primary_key=True)
    person_id = Column(Integer, primary_key=True)
    lesson = Column(Text, primary_key=True)
    done_at: Column[datetime] = Column(MOMENT, nullable=False)


lessons = Table("lessons", metadata, LessonColumns)
lessons_done = Table("lessons_done", metadata, LessonDoneColumns)
