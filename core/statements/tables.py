"""What every report is: titled columns and rows, which any format writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

NAME: Final = "Uraian"  # heads the names of rows
CHECKS: Final = "Pemeriksaan"  # heads what was checked

Cell = int | str | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its stable key, its cells by column; a `total` is what the rows of `sums`, by key, add up to."""

    key: str
    name: str
    cells: tuple[Cell, ...] = ()
    total: bool = False
    heading: bool = False
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its stable English key and its Indonesian heading.

    `sums` are the keys of columns that it adds up; a `running` one is a balance: it ends where its last row does.
    """

    key: str
    title: str
    sums: tuple[str, ...] = ()
    running: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of a cooperative over a period, money in whole rupiah.

    `coded` heads the rows' keys where these are codes or numbers that people know.
    """

    name: str
    title: str
    period: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())
    coded: str | None = None

    def value(self, key: str, column: str) -> Cell:
        """Return a cell by the keys of its row and column."""
        at = next(n for n, one in enumerate(self.columns) if one.key == column)
        return next(row.cells[at] for row in self.rows if row.key == key and row.cells)


def shown(cell: Cell) -> str:
    """Write a cell for people: 1.234.567, 31-12-2026."""
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    return "" if cell is None else f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell
