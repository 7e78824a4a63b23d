"""The ledger's tables: read by everybody who may, written by ledger.post alone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
)

from core.tables import MOMENT, metadata, rupiah


class ChartColumns(TypedColumns):
    """An account of the uniform chart."""

    code = Column(Text, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    normal: Column[str] = Column(Text, nullable=False)
    line: Column[str] = Column(Text, nullable=False)
    cash_flow: Column[str | None] = Column(Text)
    subledger: Column[str | None] = Column(Text)
    floor: Column[int | None] = Column(BigInteger)


class BookColumns(TypedColumns):
    """A cooperative's book: its last number, its last hash, the day it is closed through."""

    koperasi_id = Column(Integer, primary_key=True)
    entries: Column[int] = rupiah()
    accounts: Column[int] = Column(Integer, nullable=False)
    head: Column[bytes] = Column(LargeBinary, nullable=False)
    closed_through: Column[date | None] = Column(Date)


class AccountColumns(TypedColumns):
    """An account: a code of the chart, perhaps of one member, loan or unit; balance on its normal side."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    key: Column[str] = Column(Text, nullable=False)
    code: Column[str] = Column(Text, nullable=False)
    member_id: Column[int | None] = Column(Integer)
    loan_id: Column[int | None] = Column(Integer)
    unit_id: Column[int | None] = Column(Integer)
    normal: Column[str] = Column(Text, nullable=False)
    balance: Column[int] = rupiah()
    floor: Column[int | None] = Column(BigInteger)


class EntryColumns(TypedColumns):
    """An entry: numbered without gaps, hashed onto the one before."""

    koperasi_id = Column(Integer, primary_key=True)
    number: Column[int] = rupiah(primary_key=True)
    on: Column[date] = Column("on", Date, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    kind: Column[str] = Column(Text, nullable=False)
    operation: Column[str] = Column(Text, nullable=False)
    recorder: Column[str] = Column(Text, nullable=False)
    approver: Column[str | None] = Column(Text)
    source: Column[str] = Column(Text, nullable=False)
    reason: Column[str | None] = Column(Text)
    reverses: Column[int | None] = Column(BigInteger)
    hash: Column[bytes] = Column(LargeBinary, nullable=False)


class PostingColumns(TypedColumns):
    """A posting: a positive amount from one account to another, with both balances after it."""

    koperasi_id = Column(Integer, primary_key=True)
    entry: Column[int] = rupiah(primary_key=True)
    line = Column(SmallInteger, primary_key=True)
    debit: Column[int] = Column(Integer, nullable=False)
    credit: Column[int] = Column(Integer, nullable=False)
    amount: Column[int] = rupiah()
    debit_balance: Column[int] = rupiah()
    credit_balance: Column[int] = rupiah()


class ClosingColumns(TypedColumns):
    """A closing or reopening of a book, with who did it and why."""

    koperasi_id = Column(Integer, primary_key=True)
    n = Column(Integer, primary_key=True)
    through: Column[date | None] = Column(Date)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    by: Column[str] = Column(Text, nullable=False)
    reason: Column[str] = Column(Text, nullable=False)


chart = Table("chart", metadata, ChartColumns, schema="ledger")
books = Table("books", metadata, BookColumns, schema="ledger")
accounts = Table("accounts", metadata, AccountColumns, schema="ledger")
entries = Table("entries", metadata, EntryColumns, schema="ledger")
postings = Table("postings", metadata, PostingColumns, schema="ledger")
closings = Table("closings", metadata, ClosingColumns, schema="ledger")
