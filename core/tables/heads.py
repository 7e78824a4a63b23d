"""The heads of the books, one a day: what pengawas and officials were sent to keep."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class BookHeadColumns(TypedColumns):
    """The last entry of a book and its hash (hex) as they stood when a day's head was taken."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    on: Column[date] = Column("on", Date, primary_key=True)
    entries: Column[int] = Column(BigInteger, nullable=False)
    hash: Column[str] = Column(Text, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)


book_heads = Table("book_heads", metadata, BookHeadColumns)
