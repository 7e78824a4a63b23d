"""The outbox and the mouths: what is owed to whom, and who may say it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Identity,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
    Uuid,
)

from core.tables import MOMENT, metadata


class OutboxColumns(TypedColumns):
    """A message owed to somebody; facts and words are sealed and erased 90 days after its end."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    id: Column[UUID] = Column(Uuid, primary_key=True)
    seq: Column[int] = Column(BigInteger, Identity(always=True), nullable=False)
    channel: Column[str | None] = Column(Text)
    account: Column[str | None] = Column(Text)
    chat: Column[str | None] = Column(Text)
    person_id: Column[int | None] = Column(Integer)
    purpose: Column[str] = Column(Text, nullable=False)
    priority: Column[int] = Column(SmallInteger, nullable=False)
    facts: Column[bytes] = Column(LargeBinary, nullable=False)
    edit_message: Column[str | None] = Column(Text)
    dedupe: Column[str] = Column(Text, nullable=False)
    not_before: Column[datetime] = Column(MOMENT, nullable=False)
    expires_at: Column[datetime | None] = Column(MOMENT)
    state: Column[str] = Column(Text, nullable=False)
    attempts: Column[int] = Column(SmallInteger, nullable=False)
    resent: Column[bool] = Column(Boolean, nullable=False)
    fence: Column[int | None] = Column(BigInteger)
    claimed_at: Column[datetime | None] = Column(MOMENT)
    words: Column[bytes | None] = Column(LargeBinary)
    message_id: Column[str | None] = Column(Text)
    reason: Column[str | None] = Column(Text)
    made_at: Column[datetime] = Column(MOMENT, nullable=False)
    done_at: Column[datetime | None] = Column(MOMENT)
    announcement: Column[UUID | None] = Column(Uuid)
    delivered_at: Column[datetime | None] = Column(MOMENT)
    read_at: Column[datetime | None] = Column(MOMENT)
    failed_code: Column[str | None] = Column(Text)
    failures: Column[list[str]] = Column(ARRAY(Text), nullable=False)
    template: Column[str | None] = Column(Text)


class MouthColumns(TypedColumns):
    """Who speaks for a channel account, under which fence, until when; and until when it is silent."""

    channel = Column(Text, primary_key=True)
    account = Column(Text, primary_key=True)
    holder: Column[str] = Column(Text, nullable=False)
    fence: Column[int] = Column(BigInteger, nullable=False)
    until: Column[datetime] = Column(MOMENT, nullable=False)
    silent_until: Column[datetime | None] = Column(MOMENT)
    username: Column[str | None] = Column(Text)
    tier: Column[int | None] = Column(Integer)


class TemplateColumns(TypedColumns):
    """What became of a WhatsApp template: only one that is usable is sent."""

    account = Column(Text, primary_key=True)
    name = Column(Text, primary_key=True)
    state: Column[str] = Column(Text, nullable=False)
    usable: Column[bool] = Column(Boolean, nullable=False)
    reason: Column[str | None] = Column(Text)
    at: Column[datetime] = Column(MOMENT, nullable=False)


outbox = Table("outbox", metadata, OutboxColumns)
mouths = Table("mouths", metadata, MouthColumns)
templates = Table("whatsapp_templates", metadata, TemplateColumns)
