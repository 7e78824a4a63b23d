"""The province's monitoring: what is kept of each cooperative and month."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, SmallInteger, Table, TypedColumns

from core.tables import MOMENT, metadata, rupiah


class MonitoringColumns(TypedColumns):
    """A cooperative's month; beside each figure stands how many members are behind it."""

    koperasi_id = Column(Integer, primary_key=True, autoincrement=False)
    month: Column[date] = Column(Date, primary_key=True)
    at: Column[datetime] = Column(MOMENT, nullable=False)
    entries: Column[int] = rupiah()
    members: Column[int] = Column(Integer, nullable=False)
    pokok: Column[int] = rupiah()
    pokok_members: Column[int] = Column(Integer, nullable=False)
    wajib: Column[int] = rupiah()
    wajib_members: Column[int] = Column(Integer, nullable=False)
    sukarela: Column[int] = rupiah()
    sukarela_members: Column[int] = Column(Integer, nullable=False)
    term: Column[int] = rupiah()
    term_members: Column[int] = Column(Integer, nullable=False)
    savers: Column[int] = Column(Integer, nullable=False)
    lent: Column[int] = rupiah()
    borrowers: Column[int] = Column(Integer, nullable=False)
    npl: Column[int] = rupiah()
    npl_borrowers: Column[int] = Column(Integer, nullable=False)
    par30: Column[int] = rupiah()
    par30_borrowers: Column[int] = Column(Integer, nullable=False)
    liquid: Column[int] = rupiah()
    own_capital: Column[int] = rupiah()
    assets: Column[int] = rupiah()
    income: Column[int] = rupiah()
    cost: Column[int] = rupiah()
    sales: Column[int] = rupiah()
    dues: Column[int] = rupiah()
    dues_paid: Column[int] = rupiah()
    dues_members: Column[int] = Column(Integer, nullable=False)
    recorded: Column[int] = Column(Integer, nullable=False)
    last_entry_at: Column[datetime | None] = Column(MOMENT)
    closed_through: Column[date | None] = Column(Date)
    disputed: Column[int | None] = Column(Integer)
    oldest_dispute: Column[date | None] = Column(Date)
    unsealed: Column[int | None] = Column(Integer)
    waiting: Column[int | None] = Column(Integer)
    sound: Column[bool | None] = Column(Boolean)
    deadlines_due: Column[int | None] = Column(SmallInteger)
    deadlines_met: Column[int | None] = Column(SmallInteger)
    unclosed: Column[int | None] = Column(SmallInteger)
    meetings_due: Column[int | None] = Column(SmallInteger)
    meetings_met: Column[int | None] = Column(SmallInteger)
    documents: Column[int | None] = Column(SmallInteger)
    documents_needed: Column[int | None] = Column(SmallInteger)
    officers: Column[int | None] = Column(Integer)
    trained: Column[int | None] = Column(Integer)
    cash_off: Column[int | None] = Column(BigInteger)
    bmpp: Column[int | None] = Column(Integer)
    silence_days: Column[int | None] = Column(SmallInteger)
    liquidity_floor: Column[int | None] = Column(SmallInteger)
    dispute_days: Column[int | None] = Column(SmallInteger)


monitoring = Table("monitoring", metadata, MonitoringColumns)
