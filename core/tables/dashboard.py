"""Passes to the officials' dashboard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Integer, LargeBinary, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class PassColumns(TypedColumns):
    """A link that opens once, or a session; `hash` is keyed, of what its holder has."""

    hash: Column[bytes] = Column(LargeBinary, primary_key=True)
    kind: Column[str] = Column(Text, nullable=False)
    province_user: Column[int] = Column(Integer, nullable=False)
    region: Column[str] = Column(Text, nullable=False)
    expires_at: Column[datetime] = Column(MOMENT, nullable=False)


dashboard_passes = Table("dashboard_passes", metadata, PassColumns, schema="chat")
