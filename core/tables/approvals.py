"""What waits for a second person, who said what of it; and the PINs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.tables import MOMENT, metadata


class ApprovalColumns(TypedColumns):
    """A request; what it is about is sealed, its state and its persons are not."""

    koperasi_id = Column(Integer, primary_key=True)
    number = Column(Integer, primary_key=True)
    kind: Column[str] = Column(Text, nullable=False)
    operation: Column[str] = Column(Text, nullable=False)
    request_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    on: Column[date] = Column("on", Date, nullable=False)
    source: Column[str] = Column(Text, nullable=False)
    maker: Column[str] = Column(Text, nullable=False)
    maker_person: Column[int | None] = Column(Integer)
    channel: Column[str | None] = Column(Text)
    account: Column[str | None] = Column(Text)
    chat: Column[str | None] = Column(Text)
    member_id: Column[int | None] = Column(Integer)
    loan_id: Column[int | None] = Column(Integer)
    subject: Column[str | None] = Column(Text)
    barred: Column[list[int]] = Column(ARRAY(Integer), nullable=False)
    voter: Column[str] = Column(Text, nullable=False)
    needed: Column[int] = Column(SmallInteger, nullable=False)
    state: Column[str] = Column(Text, nullable=False)
    made_at: Column[datetime] = Column(MOMENT, nullable=False)
    expires_at: Column[datetime] = Column(MOMENT, nullable=False)
    reminded_at: Column[datetime | None] = Column(MOMENT)
    decided_at: Column[datetime | None] = Column(MOMENT)


class VoteColumns(TypedColumns):
    """What one person said of a request."""

    koperasi_id = Column(Integer, primary_key=True)
    number = Column(Integer, primary_key=True)
    person_id = Column(Integer, primary_key=True)
    approved: Column[bool] = Column(Boolean, nullable=False)
    reason_sealed: Column[bytes | None] = Column(LargeBinary)
    at: Column[datetime] = Column(MOMENT, nullable=False)


class PinColumns(TypedColumns):
    """A person's PIN, as a hash, and the wrong tries."""

    koperasi_id = Column(Integer, primary_key=True)
    person_id = Column(Integer, primary_key=True)
    hash: Column[str | None] = Column(Text)
    fresh: Column[str | None] = Column(Text)
    wrong: Column[int] = Column(SmallInteger, nullable=False)
    locked_until: Column[datetime | None] = Column(MOMENT)
    set_at: Column[datetime | None] = Column(MOMENT)
    spent_at: Column[datetime | None] = Column(MOMENT)


approvals = Table("approvals", metadata, ApprovalColumns)
approval_votes = Table("approval_votes", metadata, VoteColumns)
pins = Table("pins", metadata, PinColumns)
