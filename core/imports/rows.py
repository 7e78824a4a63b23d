"""What a check says of rows: remarks that stop an import, and those that only point something out."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import sheets
from core.errors import Refusal
from core.imports.cells import BadCell
from core.sheets import Cell, Row, Sheet
from core.tables.ledger import entries

T = TypeVar("T")


class FileImportedBefore(Refusal):
    """The same file was booked before. Facts: on (the day), entry (its first number)."""

    text = "refusal-import-repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is said of one cell: `reason` is the key of its text. Row 0 is the file as a whole."""

    row: int
    column: str
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)


async def read_sheet(
    content: bytes, *, columns: Sequence[str], required: Collection[str], name: str | None
) -> Sheet:
    """Read a sheet beside the event loop: a large one takes seconds. Refuses what sheets.read refuses."""
    return await asyncio.to_thread(
        sheets.read, content, columns=columns, required=required, name=name
    )


def unknown_columns(sheet: Sheet) -> list[Remark]:
    """Name the columns that are left out."""
    return [
        Remark(row=0, column=heading, reason="import-unknown-column") for heading in sheet.unknown
    ]


def take(row: Row, column: str, read: Callable[[Cell], T], errors: list[Remark]) -> T | None:
    """Read a cell, or note why it cannot be read; None when it is empty or bad."""
    cell = row.cells.get(column)
    if cell is None:
        return None
    try:
        return read(cell)
    except BadCell as bad:
        errors.append(Remark(row=row.number, column=column, reason=bad.reason, facts=bad.facts))
        return None


def require(row: Row, column: str, read: Callable[[Cell], T], errors: list[Remark]) -> T | None:
    """Read a cell that must not be empty."""
    if column not in row.cells:
        errors.append(Remark(row=row.number, column=column, reason="import-empty"))
    return take(row, column, read, errors)


def in_order(remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    """Put remarks in the order of the sheet's rows."""
    return tuple(sorted(remarks, key=lambda remark: remark.row))


def operation_of(noun: str, content: bytes) -> str:
    """Name the operation of a file by what is in it: the book holds each one once."""
    return f"import/{noun}/{hashlib.sha256(content).hexdigest()[:32]}"


async def refuse_repeated(db: AsyncConnection, *, koperasi_id: int, operation: str) -> None:
    """Refuse a file whose first entry stands in the book already: FileImportedBefore."""
    row = (
        await db.execute(
            select(entries.c.number, entries.c.on).where(
                entries.c.koperasi_id == koperasi_id, entries.c.operation == f"{operation}/1"
            )
        )
    ).one_or_none()
    if row is not None:
        raise FileImportedBefore(entry=row.number, on=row.on)
