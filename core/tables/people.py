"""People of a cooperative and the hats they wear: member, officer; their chats, consents and files."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Date, Integer, LargeBinary, Table, Text, TypedColumns, Uuid

from core.tables import MOMENT, metadata


class PersonColumns(TypedColumns):
    """A person of one cooperative; sealed columns are encrypted, hashes are keyed."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    gender: Column[str | None] = Column(Text)
    phone_sealed: Column[bytes | None] = Column(LargeBinary)
    phone_hash: Column[bytes | None] = Column(LargeBinary)
    nik_sealed: Column[bytes | None] = Column(LargeBinary)
    nik_hash: Column[bytes | None] = Column(LargeBinary)
    address_sealed: Column[bytes | None] = Column(LargeBinary)
    created_at: Column[datetime] = Column(MOMENT, nullable=False)


class MemberColumns(TypedColumns):
    """A membership; its id is the person's."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    number: Column[str] = Column(Text, nullable=False)
    joined_on: Column[date] = Column(Date, nullable=False)
    left_on: Column[date | None] = Column(Date)
    dues_from: Column[date] = Column(Date, nullable=False)


class OfficerColumns(TypedColumns):
    """An office held by a person; access ends with `until`."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    person_id: Column[int] = Column(Integer, nullable=False)
    role: Column[str] = Column(Text, nullable=False)
    since: Column[date] = Column(Date, nullable=False)
    until: Column[date | None] = Column(Date)


class AddressColumns(TypedColumns):
    """A chat in which a person is reached: of several the one that was linked or chosen last."""

    koperasi_id = Column(Integer, primary_key=True)
    person_id = Column(Integer, primary_key=True)
    channel = Column(Text, primary_key=True)
    account = Column(Text, primary_key=True)
    chat = Column(Text, primary_key=True)
    linked_at: Column[datetime] = Column(MOMENT, nullable=False)
    ended_at: Column[datetime | None] = Column(MOMENT)
    reason: Column[str | None] = Column(Text)
    chosen_at: Column[datetime | None] = Column(MOMENT)


class ConsentColumns(TypedColumns):
    """A consent given to one purpose on one channel, with the version of the text that was read."""

    koperasi_id = Column(Integer, primary_key=True)
    person_id = Column(Integer, primary_key=True)
    purpose = Column(Text, primary_key=True)
    channel = Column(Text, primary_key=True)
    text_version: Column[str] = Column(Text, nullable=False)
    given_at: Column[datetime] = Column(MOMENT, primary_key=True)
    withdrawn_at: Column[datetime | None] = Column(MOMENT)


class FileColumns(TypedColumns):
    """A file somebody sent, encrypted, 5 MB at most."""

    koperasi_id = Column(Integer, primary_key=True)
    id: Column[UUID] = Column(Uuid, primary_key=True)
    name_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    content_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    size: Column[int] = Column(Integer, nullable=False)
    made_by: Column[str] = Column(Text, nullable=False)
    made_at: Column[datetime] = Column(MOMENT, nullable=False)
    expires_at: Column[datetime | None] = Column(MOMENT)


class ProvinceUserColumns(TypedColumns):
    """An official of the province or of one kabupaten or kota."""

    id = Column(Integer, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    region: Column[str] = Column(Text, nullable=False)
    phone_sealed: Column[bytes] = Column(LargeBinary, nullable=False)
    phone_hash: Column[bytes] = Column(LargeBinary, nullable=False)
    until: Column[date | None] = Column(Date)
    created_at: Column[datetime] = Column(MOMENT, nullable=False)


people = Table("people", metadata, PersonColumns)
members = Table("members", metadata, MemberColumns)
officers = Table("officers", metadata, OfficerColumns)
addresses = Table("addresses", metadata, AddressColumns)
consents = Table("consents", metadata, ConsentColumns)
files = Table("files", metadata, FileColumns)
province_users = Table("province_users", metadata, ProvinceUserColumns)
