"""A table as a workbook: numbers stay numbers, and texts are never formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Cell = str | int | float | Decimal | None  # float: a share, never money
_WIDTHS = (12, 44, 12)


def workbook(sheets: Sequence[tuple[str, Sequence[Sequence[Cell]]]]) -> bytes:
    """Write named sheets of rows; the first row of each is its heading."""
    from openpyxl import Workbook  # noqa: PLC0415 - few ask for one

    book = Workbook(write_only=True)
    for title, rows in sheets:
        page = book.create_sheet(title)
        page.freeze_panes = "C2"
        for column, width in zip("ABC", _WIDTHS, strict=True):
            page.column_dimensions[column].width = width
        for number, row in enumerate(rows):
            page.append([_cell(page, value, bold=number == 0) for value in row])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _cell(page: WriteOnlyWorksheet, value: Cell, *, bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    text = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    written: Any = text  # openpyxl takes Decimal, its stubs do not say so
    cell = WriteOnlyCell(page, written)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, int):
        cell.number_format = "#,##0"
    elif isinstance(value, float | Decimal):
        cell.number_format = "0.0"
    if bold:
        cell.font = Font(bold=True)
    return cell
