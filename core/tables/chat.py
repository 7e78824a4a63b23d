"""The chat directory, for the owner's command line; turns reach it through chat.open and chat.close."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Integer, LargeBinary, Table, Text, TypedColumns

from core.tables import MOMENT, metadata


class ChatColumns(TypedColumns):
    """A chat: the cooperative it speaks in now, who speaks, and where the conversation stands."""

    channel = Column(Text, primary_key=True)
    account = Column(Text, primary_key=True)
    chat = Column(Text, primary_key=True)
    koperasi_id: Column[int | None] = Column(Integer)
    person_id: Column[int | None] = Column(Integer)
    province_user: Column[int | None] = Column(Integer)
    state: Column[bytes | None] = Column(LargeBinary)
    wrong_codes: Column[int] = Column(Integer, nullable=False)
    wrong_since: Column[datetime | None] = Column(MOMENT)
    seen_at: Column[datetime] = Column(MOMENT, nullable=False)
    stopped_at: Column[datetime | None] = Column(MOMENT)  # an official said STOP here


class LinkColumns(TypedColumns):
    """A person that a chat speaks for."""

    channel = Column(Text, primary_key=True)
    account = Column(Text, primary_key=True)
    chat = Column(Text, primary_key=True)
    koperasi_id = Column(Integer, primary_key=True)
    person_id = Column(Integer, primary_key=True)
    linked_at: Column[datetime] = Column(MOMENT, nullable=False)


class UpdateColumns(TypedColumns):
    """An update that was claimed: handled once, for good."""

    channel = Column(Text, primary_key=True)
    account = Column(Text, primary_key=True)
    chat = Column(Text, primary_key=True)
    update_key = Column(Text, primary_key=True)
    at: Column[datetime] = Column(MOMENT, nullable=False)


class ContactColumns(TypedColumns):
    """Whom a WhatsApp chat is: a number, encrypted, a BSUID, or both; reached through chat.resolve."""

    account = Column(Text, primary_key=True)
    chat = Column(Text, primary_key=True)
    phone_hash: Column[bytes | None] = Column(LargeBinary)
    phone_sealed: Column[bytes | None] = Column(LargeBinary)
    bsuid: Column[str | None] = Column(Text)
    heard_at: Column[datetime] = Column(MOMENT, nullable=False)


class InviteColumns(TypedColumns):
    """An invite: its code only as a keyed hash, good once and for a while."""

    code_hash = Column(LargeBinary, primary_key=True)
    koperasi_id: Column[int | None] = Column(Integer)
    person_id: Column[int | None] = Column(Integer)
    province_user: Column[int | None] = Column(Integer)
    made_by: Column[str] = Column(Text, nullable=False)
    made_at: Column[datetime] = Column(MOMENT, nullable=False)
    expires_at: Column[datetime] = Column(MOMENT, nullable=False)
    used_at: Column[datetime | None] = Column(MOMENT)


chats = Table("chats", metadata, ChatColumns, schema="chat")
links = Table("links", metadata, LinkColumns, schema="chat")
updates = Table("updates", metadata, UpdateColumns, schema="chat")
contacts = Table("contacts", metadata, ContactColumns, schema="chat")
invites = Table("invites", metadata, InviteColumns, schema="chat")
