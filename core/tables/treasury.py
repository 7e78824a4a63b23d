"""Fixed assets, loans from banks, receipts nobody could name yet: what the book's entries do not say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Column, Date, Integer, Numeric, Table, Text, TypedColumns

from core.tables import metadata, rupiah


class AssetColumns(TypedColumns):
    """Something the cooperative owns and uses for years; `entry` brought it into the book."""

    koperasi_id = Column(Integer, primary_key=True)
    number: Column[int] = Column(Integer, primary_key=True, autoincrement=False)
    entry: Column[int] = rupiah()
    kind: Column[str] = Column(Text, nullable=False)
    name: Column[str] = Column(Text, nullable=False)
    cost: Column[int] = rupiah()
    residual: Column[int] = rupiah()
    months: Column[int] = Column(Integer, nullable=False)
    acquired_on: Column[date] = Column(Date, nullable=False)


class BankLoanColumns(TypedColumns):
    """A loan the cooperative took, with the terms it was given on; `entry` received it."""

    koperasi_id = Column(Integer, primary_key=True)
    entry: Column[int] = rupiah(primary_key=True)
    lender: Column[str] = Column(Text, nullable=False)
    amount: Column[int] = rupiah()
    rate: Column[Decimal] = Column(Numeric(4, 2), nullable=False)
    months: Column[int] = Column(Integer, nullable=False)
    grace: Column[int] = Column(Integer, nullable=False)
    received_on: Column[date] = Column(Date, nullable=False)
    consent: Column[str] = Column(Text, nullable=False)


class HeldReceiptColumns(TypedColumns):
    """Money that came in from nobody knows whom; `settled_by` moved it to where it belongs."""

    koperasi_id = Column(Integer, primary_key=True)
    entry: Column[int] = rupiah(primary_key=True)
    amount: Column[int] = rupiah()
    received_on: Column[date] = Column(Date, nullable=False)
    settled_by: Column[int | None] = Column(BigInteger)


assets = Table("assets", metadata, AssetColumns)
bank_loans = Table("bank_loans", metadata, BankLoanColumns)
held_receipts = Table("held_receipts", metadata, HeldReceiptColumns)
