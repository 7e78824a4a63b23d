"""Typed columns of every table: places, people, ledger, savings, chat. Migrations make them; tests compare."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, MetaData

metadata = MetaData()

MOMENT = DateTime(timezone=True)  # an aware instant


def rupiah(*, primary_key: bool = False) -> Column[int]:
    """Make a column of 64 bits: whole rupiah, or a number that may grow as large."""
    return Column(BigInteger, primary_key=primary_key, nullable=False)
