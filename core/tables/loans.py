"""Loans: products, schedule versions, instalments, what was paid, guarantors, classes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from core.tables import MOMENT, metadata, rupiah


class ProductColumns(TypedColumns):
    """What a cooperative offers from a day on: terms, usual and longest tenor, ceiling."""

    koperasi_id = Column(Integer, primary_key=True)
    code = Column(Text, primary_key=True)
    since: Column[date] = Column(Date, primary_key=True)
    name: Column[str] = Column(Text, nullable=False)
    terms: Column[dict[str, Any]] = Column(JSONB, nullable=False)
    tenor: Column[int] = Column(SmallInteger, nullable=False)
    longest: Column[int] = Column(SmallInteger, nullable=False)
    most: Column[int | None] = Column(BigInteger)
    offered: Column[bool] = Column(Boolean, nullable=False)
    set_by: Column[str] = Column(Text, nullable=False)
    set_at: Column[datetime] = Column(MOMENT, nullable=False)


class LoanColumns(TypedColumns):
    """A loan from application to the end; outstanding, oldest_due and class are kept by its operations."""

    koperasi_id = Column(Integer, primary_key=True)
    id = Column(Integer, primary_key=True)
    member_id: Column[int] = Column(Integer, nullable=False)
    product: Column[str] = Column(Text, nullable=False)
    terms: Column[dict[str, Any]] = Column(JSONB, nullable=False)
    principal: Column[int] = rupiah()
    count: Column[int] = Column("count", SmallInteger, nullable=False)
    state: Column[str] = Column(Text, nullable=False)
    operation: Column[str] = Column(Text, nullable=False)
    applied_on: Column[date] = Column(Date, nullable=False)
    applied_by: Column[str] = Column(Text, nullable=False)
    applied_at: Column[datetime] = Column(MOMENT, nullable=False)
    source: Column[str] = Column(Text, nullable=False)
    told_sealed: Column[bytes | None] = Column(LargeBinary)
    tops_up: Column[int | None] = Column(Integer)
    approvers: Column[list[str]] = Column(ARRAY(Text), nullable=False)
    decided_at: Column[datetime | None] = Column(MOMENT)
    decided_because: Column[str | None] = Column(Text)
    imported: Column[bool] = Column(Boolean, nullable=False)
    disbursed_on: Column[date | None] = Column(Date)
    entry: Column[int | None] = Column(BigInteger)
    version: Column[int] = Column(SmallInteger, nullable=False)
    outstanding: Column[int] = rupiah()
    oldest_due: Column[date | None] = Column(Date)
    settled_on: Column[date | None] = Column(Date)
    klass: Column[str] = Column("class", Text, nullable=False)
    class_on: Column[date | None] = Column(Date)
    class_floor: Column[str | None] = Column(Text)
    written_off: Column[int] = rupiah()
    recovered: Column[int] = rupiah()


class VersionColumns(TypedColumns):
    """A schedule of a loan with the rule that made it."""

    koperasi_id = Column(Integer, primary_key=True)
    loan_id = Column(Integer, primary_key=True)
    version = Column(SmallInteger, primary_key=True)
    starts_on: Column[date] = Column(Date, nullable=False)
    principal: Column[int] = rupiah()
    count: Column[int] = Column("count", SmallInteger, nullable=False)
    terms: Column[dict[str, Any]] = Column(JSONB, nullable=False)
    opening_paid: Column[int] = Column(SmallInteger, nullable=False)
    carried_interest: Column[int] = rupiah()
    carried_penalty: Column[int] = rupiah()
    entry: Column[int | None] = Column(BigInteger)
    reason: Column[str | None] = Column(Text)
    operation: Column[str | None] = Column(Text)
    made_by: Column[str] = Column(Text, nullable=False)
    made_at: Column[datetime] = Column(MOMENT, nullable=False)


class InstalmentColumns(TypedColumns):
    """An instalment of a version; what is paid of it is what core.loans.replay says."""

    koperasi_id = Column(Integer, primary_key=True)
    loan_id = Column(Integer, primary_key=True)
    version = Column(SmallInteger, primary_key=True)
    n = Column(SmallInteger, primary_key=True)
    due: Column[date] = Column(Date, nullable=False)
    principal: Column[int] = rupiah()
    interest: Column[int] = rupiah()
    principal_paid: Column[int] = rupiah()
    interest_paid: Column[int] = rupiah()
    penalty_paid: Column[int] = rupiah()
    paid_on: Column[date | None] = Column(Date)


class PaymentColumns(TypedColumns):
    """What an entry moved of a loan: signed rupiah."""

    koperasi_id = Column(Integer, primary_key=True)
    loan_id = Column(Integer, primary_key=True)
    entry: Column[int] = rupiah(primary_key=True)
    version: Column[int] = Column(SmallInteger, nullable=False)
    kind: Column[str] = Column(Text, nullable=False)
    on: Column[date] = Column("on", Date, nullable=False)
    amount: Column[int] = rupiah()
    principal: Column[int] = rupiah()
    interest: Column[int] = rupiah()
    penalty: Column[int] = rupiah()
    provisi: Column[int] = rupiah()
    reverses: Column[int | None] = Column(BigInteger)


class GuarantorColumns(TypedColumns):
    """A member whose sukarela is held for somebody's loan."""

    koperasi_id = Column(Integer, primary_key=True)
    loan_id = Column(Integer, primary_key=True)
    member_id = Column(Integer, primary_key=True)
    amount: Column[int] = rupiah()
    state: Column[str] = Column(Text, nullable=False)
    answered_at: Column[datetime | None] = Column(MOMENT)


class ClassColumns(TypedColumns):
    """A change of a loan's class."""

    koperasi_id = Column(Integer, primary_key=True)
    loan_id = Column(Integer, primary_key=True)
    n = Column(Integer, primary_key=True)
    on: Column[date] = Column("on", Date, nullable=False)
    klass: Column[str] = Column("class", Text, nullable=False)
    overdue_days: Column[int] = Column(Integer, nullable=False)
    cause: Column[str] = Column(Text, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)


class AssessmentColumns(TypedColumns):
    """The day up to which a cooperative's classes are right."""

    koperasi_id = Column(Integer, primary_key=True)
    through: Column[date] = Column(Date, nullable=False)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    classes: Column[str | None] = Column(Text)
    classes_short: Column[str | None] = Column(Text)


loan_products = Table("loan_products", metadata, ProductColumns)
loans = Table("loans", metadata, LoanColumns)
loan_versions = Table("loan_versions", metadata, VersionColumns)
loan_instalments = Table("loan_instalments", metadata, InstalmentColumns)
loan_payments = Table("loan_payments", metadata, PaymentColumns)
loan_guarantors = Table("loan_guarantors", metadata, GuarantorColumns)
loan_classes = Table("loan_classes", metadata, ClassColumns)
loan_assessments = Table("loan_assessments", metadata, AssessmentColumns)
