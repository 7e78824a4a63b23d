"""A report as a workbook: amounts are numbers, sums are formulas with their values, and it foots by itself.

The library is imported when the first one is made.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from core.statements.checks import Check, said_of
from core.statements.tables import CHECKS, NAME, Cell, Report

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_HEADING: Final = 5  # the row of the workbook that heads the columns
# report -> what must be equal in each of its columns, by the keys of two rows
_EQUAL: Final = {
    "neraca": (
        "Selisih aset dengan liabilitas dan ekuitas (harus 0)",
        ("assets", "liabilities_and_equity"),
    )
}


def workbook(report: Report, checked: Sequence[Check], *, cooperative: str) -> bytes:
    """Write a report as .xlsx: amounts are numbers, sums are formulas, and no text is ever a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - few ask for one
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    page = book.create_sheet(report.name)
    before = 2 if report.coded else 1
    page.freeze_panes = f"{get_column_letter(before + 1)}{_HEADING + 1}"
    page.print_title_rows = f"{_HEADING}:{_HEADING}"
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToHeight = 0  # as many pages as it takes, one across
    widths = [14] * (before - 1) + [52] + [18] * len(report.columns)
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    for words in (cooperative, report.title, report.period):
        page.append([_cell(page, words, bold=True)])
    page.append([])
    heads = [*([report.coded] if report.coded else []), NAME, *(c.title for c in report.columns)]
    page.append([_cell(page, head, bold=True) for head in heads])
    values: list[int] = []

    def kept(cells: list[Cell]) -> list[Cell]:
        values.extend(cell.value for cell in cells if isinstance(cell, _Formula))
        return cells

    for row, cells in zip(report.rows, _formulas(report, before), strict=True):
        coded = [None if row.total or row.heading else row.key] if report.coded else []
        named = [*coded, row.name]
        bold = row.total or row.heading
        page.append(
            [_cell(page, word, bold=bold) for word in named]
            + [_cell(page, cell, bold=bold) for cell in kept(cells)]
        )
    for line in _below(report, before):
        page.append([_cell(page, cell) for cell in kept(line)])
    page.append([])
    page.append([_cell(page, CHECKS, bold=True)])
    for words in (*said_of(checked), *report.notes):
        page.append([_cell(page, words)])
    data = io.BytesIO()
    book.save(data)
    return _valued(data.getvalue(), values)


class _Formula(str):
    """A formula of ours with the value it has here; everything else that begins with "=" is text."""

    __slots__ = ("value",)
    value: int

    @classmethod
    def of(cls, told: str, value: int) -> _Formula:
        formula = cls(told)
        formula.value = value
        return formula


_EMPTY: Final = re.compile(rb"</f><v ?/>|</f><v></v>")


def _valued(data: bytes, values: Iterable[int]) -> bytes:
    """Write beside every formula its value, in the order they stand: openpyxl leaves that to Excel, and viewers compute nothing."""
    written = iter(values)
    old, new = io.BytesIO(data), io.BytesIO()
    with zipfile.ZipFile(old) as given, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as made:
        for one in given.infolist():
            content = given.read(one)
            if one.filename == "xl/worksheets/sheet1.xml":
                content = _EMPTY.sub(lambda _: b"</f><v>%d</v>" % next(written), content)
            made.writestr(one, content)
    assert next(written, None) is None, "a formula was not found"
    return new.getvalue()


def _formulas(report: Report, before: int) -> Iterable[list[Cell]]:
    """Return every row's cells; what adds up others is a formula over them."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see the module's docstring

    at = {row.key: number for number, row in enumerate(report.rows, start=_HEADING + 1)}
    letters = {
        column.key: get_column_letter(number)
        for number, column in enumerate(report.columns, start=before + 1)
    }
    for row in report.rows:
        cells = list(row.cells)
        over = [at[key] for key in row.sums]
        for number, (column, cell) in enumerate(zip(report.columns, row.cells, strict=False)):
            letter = letters[column.key]
            if not isinstance(cell, int):
                continue
            if over and column.running:
                cells[number] = _Formula.of(f"={letter}{over[-1]}", cell)
            elif over:
                spans = (f"{letter}{first}:{letter}{last}" for first, last in _spans(over))
                cells[number] = _Formula.of(f"=SUM({','.join(spans)})", cell)
            elif column.sums:
                line = sorted(letters[key] for key in column.sums)
                here = at[row.key]
                cells[number] = _Formula.of(f"=SUM({line[0]}{here}:{line[-1]}{here})", cell)
        yield cells


def _spans(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Join numbers that follow each other: a formula names at most 255 ranges."""
    spans: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def _below(report: Report, before: int) -> list[list[Cell]]:
    """Return the line that shows, live, by how much what must be equal is not."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see the module's docstring

    if report.name not in _EQUAL:
        return []
    said, keys = _EQUAL[report.name]
    at = {row.key: number for number, row in enumerate(report.rows, start=_HEADING + 1)}
    one, other = (at[key] for key in keys)
    letters = map(get_column_letter, range(before + 1, before + 1 + len(report.columns)))
    offs = [
        int(str(report.value(keys[0], column.key))) - int(str(report.value(keys[1], column.key)))
        for column in report.columns
    ]
    cells = [
        _Formula.of(f"={letter}{one}-{letter}{other}", off)
        for letter, off in zip(letters, offs, strict=True)
    ]
    return [[], [said, *cells]]


def _cell(page: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - see the module's docstring
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    if isinstance(value, str) and not isinstance(value, _Formula):
        cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        cell.quotePrefix = True  # stays a text when somebody edits it
    else:
        written: Any = value  # openpyxl takes a date, its stubs do not say so
        cell = WriteOnlyCell(page, written)
        cell.number_format = "DD-MM-YYYY" if isinstance(value, date) else "#,##0"
    if bold:
        cell.font = Font(bold=True)
    return cell
