"""Which events officials were told of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class AlertColumns(TypedColumns):
    """An event of a cooperative that was told once; `mark` says since when it holds."""

    code = Column(Text, primary_key=True)
    kind = Column(Text, primary_key=True)
    mark = Column(Text, primary_key=True)
    at: Column[datetime] = Column(MOMENT, nullable=False)


alerts = Table("alerts", metadata, AlertColumns)
