"""Read a sheet somebody sends, .xlsx or .csv, into rows; what is not one, or would do harm, is refused."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from core.errors import Refusal

LARGEST = 5 * 1024 * 1024  # bytes, as for every file somebody sends
LARGEST_UNPACKED = 50 * 1024 * 1024  # bytes of all parts of an .xlsx together
MOST_MARKS = 2_000_000  # "<" in all its XML: each costs memory, however short
MOST_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 100
_FURTHEST_ROW = 200_000  # blank rows between filled ones are walked, but not for ever
_HEADING_WITHIN = 10  # filled rows: a title may stand above the heading
_LONGEST_CELL = 1_000  # characters
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}


class SheetTooLarge(Refusal):
    """A file is 5 MB at most, and no more than 50 MB when unpacked. Facts: limit (MB)."""

    text = "refusal-sheet-too-large"


class SheetTooLong(Refusal):
    """A sheet has at most 20,000 filled rows. Facts: limit."""

    text = "refusal-sheet-too-long"


class SheetTooWide(Refusal):
    """A sheet has at most 100 columns. Facts: limit."""

    text = "refusal-sheet-too-wide"


class NotASheet(Refusal):
    """The file is neither .xlsx nor .csv, or not what its name says."""

    text = "refusal-sheet-not-one"


class SheetIsOld(Refusal):
    """An .xls of Excel 97: to be saved as .xlsx."""

    text = "refusal-sheet-old"


class SheetHasMacros(Refusal):
    """A workbook with a program in it."""

    text = "refusal-sheet-macros"


class SheetIsLocked(Refusal):
    """A workbook or an archive under a password."""

    text = "refusal-sheet-locked"


class SheetIsBroken(Refusal):
    """It looks like a workbook but cannot be read."""

    text = "refusal-sheet-broken"


class SheetIsEmpty(Refusal):
    """There is no row below the heading."""

    text = "refusal-sheet-empty"


class ColumnMissing(Refusal):
    """A column that must be there is not. Facts: columns, comma between."""

    text = "refusal-sheet-column-missing"


class ColumnTwice(Refusal):
    """Two headings name the same column. Facts: column."""

    text = "refusal-sheet-column-twice"


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a value to go by: an Excel error, or a formula nobody computed."""

    shown: str


Cell = str | int | float | bool | date | time | timedelta | Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A filled row: `number` as the spreadsheet counts it, cells by column; empty cells are not there."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read. `unknown` are headings nobody asked for, as they were written."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...]


def read(
    content: bytes, *, columns: Sequence[str], required: Collection[str], name: str | None = None
) -> Sheet:
    """Read the first sheet that has the required headings; case, spaces and marks in them are ignored.

    `name` is the file's, if known: its ending must not lie. Blocks for seconds on a large file. Raises
    SheetTooLarge, SheetTooLong, SheetTooWide, NotASheet, SheetIsOld, SheetHasMacros, SheetIsLocked,
    SheetIsBroken, SheetIsEmpty, ColumnMissing, ColumnTwice.
    """
    wanted = {fold(column): column for column in columns}
    refused: Refusal = SheetIsEmpty()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # What openpyxl leaves out is nothing we read.
        for lines in _opened(content, name or "", wanted):
            try:
                return _under_heading(lines, wanted, required)
            except (ColumnMissing, SheetIsEmpty) as refusal:
                refused = refusal if isinstance(refused, SheetIsEmpty) else refused
    raise refused


def _opened(content: bytes, name: str, wanted: Mapping[str, str]) -> Iterable[Iterable[_Line]]:
    """Tell what the file is by its bytes; a name that says otherwise is a reason to stop."""
    if len(content) > LARGEST:
        raise SheetTooLarge(limit=LARGEST // 1024**2)
    if not content.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise SheetIsEmpty
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if ending in ("xlsm", "xltm", "xlsb", "xlam"):
        raise SheetHasMacros
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):  # how old Office files begin
        raise SheetIsLocked if "EncryptedPackage".encode("utf-16-le") in content else SheetIsOld
    if content.startswith(b"PK"):
        if ending in ("csv", "txt", "tsv"):
            raise NotASheet
        return _workbook(content)
    if ending in ("xlsx", "xls", "ods", "pdf"):
        raise NotASheet
    return [_delimited(content, wanted)]


def fold(heading: str) -> str:
    """Reduce a heading to what counts: letters and digits, small. "No. HP" is no_hp."""
    return re.sub(r"[\W_]+", "", heading.casefold())


_Line = tuple[int, Sequence[Any]]


def _under_heading(
    lines: Iterable[_Line], wanted: Mapping[str, str], required: Collection[str]
) -> Sheet:
    filled = _filled(lines)
    heading, missing = _heading(filled, wanted, required)
    if heading is None:
        if missing is None:
            raise SheetIsEmpty
        raise ColumnMissing(columns=", ".join(missing))
    places, unknown = _places(heading, wanted)
    rows: list[Row] = []
    for number, cells in filled:
        found = {
            column: _tidy(cells[place])
            for place, column in places.items()
            if place < len(cells) and _is_filled(cells[place])
        }
        if found:
            rows.append(Row(number=number, cells=found))
        if len(rows) > MOST_ROWS:
            raise SheetTooLong(limit=MOST_ROWS)
    if not rows:
        raise SheetIsEmpty
    return Sheet(rows=tuple(rows), unknown=unknown)


def _places(
    heading: Sequence[Any], wanted: Mapping[str, str]
) -> tuple[dict[int, str], tuple[str, ...]]:
    """Say which column stands where, and which headings nobody asked for."""
    places: dict[int, str] = {}
    unknown: list[str] = []
    for place, cell in enumerate(heading):
        if not _is_filled(cell):
            continue
        column = wanted.get(fold(str(cell)))
        if column is None:
            unknown.append(" ".join(str(cell).split())[:60])
        elif column in places.values():
            raise ColumnTwice(column=column)
        else:
            places[place] = column
    return places, tuple(unknown)


def _heading(
    filled: Iterator[_Line], wanted: Mapping[str, str], required: Collection[str]
) -> tuple[Sequence[Any] | None, list[str] | None]:
    """Find the heading among the first filled rows; else say what the best of them lacks."""
    best: list[str] | None = None
    for count, (_, cells) in enumerate(filled, start=1):
        if len(cells) > MOST_COLUMNS and any(map(_is_filled, cells[MOST_COLUMNS:])):
            raise SheetTooWide(limit=MOST_COLUMNS)
        named = {wanted.get(fold(cell)) for cell in cells if isinstance(cell, str)}
        missing = [column for column in required if column not in named]
        if not missing:
            return cells, None
        if best is None or len(missing) < len(best):
            best = missing
        if count == _HEADING_WITHIN:
            break
    return None, best


def _filled(lines: Iterable[_Line]) -> Iterator[_Line]:
    for number, cells in lines:
        if number > _FURTHEST_ROW:
            raise SheetTooLong(limit=MOST_ROWS)
        if any(map(_is_filled, cells)):
            yield number, cells


def _is_filled(cell: object) -> bool:
    return cell is not None and (not isinstance(cell, str) or not _is_blank(cell))


def _is_blank(text: str) -> bool:
    return not text.strip("\ufeff\u200b\u00a0 \t\r\n")


def _tidy(cell: Any) -> Cell:
    if isinstance(cell, str):
        return Broken(cell) if cell in _ERRORS else cell.strip("\ufeff\u200b\u00a0 \t\r\n")
    if isinstance(cell, bool | int | float | date | time | timedelta | Broken):
        return cell
    return Broken(str(cell)[:60])


def _delimited(content: bytes, wanted: Mapping[str, str]) -> Iterator[_Line]:
    text = _decoded(content)
    if re.search(r"[\x00-\x08\x0e-\x1f]", text) or re.match(r"\s*(%PDF|<[!?a-zA-Z])", text):
        raise NotASheet
    start = text[:4096]

    def known(delimiter: str) -> int:
        lines = start.splitlines()[: _HEADING_WITHIN + 1]
        return max(
            (sum(fold(cell) in wanted for cell in line.split(delimiter)) for line in lines),
            default=0,
        )

    delimiter = max((",", ";", "\t"), key=known)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return _counted(reader)


def _counted(reader: Any) -> Iterator[_Line]:
    """Number rows as a spreadsheet would: a cell may hold several lines."""
    for number, cells in enumerate(iter(lambda: _next(reader), None), start=1):
        yield number, [cell[:_LONGEST_CELL] for cell in cells]


def _next(reader: Any) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:  # a field of more than 128 KB: a quote that was never closed
        raise SheetIsBroken from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode Text"
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotASheet


def _workbook(content: bytes) -> Iterator[Iterable[_Line]]:
    with _anything_broken():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            has_formulas = _inspect(archive)
        from openpyxl import load_workbook  # noqa: PLC0415 - nobody else waits for it

        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(content), read_only=True) if has_formulas else None
        sheets = list(book.worksheets)
    for place, sheet in enumerate(sheets):
        yield _lines(sheet, formulas.worksheets[place] if formulas else None)


@contextmanager
def _anything_broken() -> Iterator[None]:
    """Call whatever the libraries stumble over by one name."""
    try:
        yield
    except Refusal:
        raise
    except Exception as error:
        raise SheetIsBroken from error


def _lines(sheet: Any, formulas: Any | None) -> Iterator[_Line]:
    """Walk a sheet's values; where a formula has none, nobody computed it and nothing is guessed."""
    written: Iterator[Sequence[Any]] = iter(())
    sheet.reset_dimensions()  # What a file says of its size may be wrong.
    if formulas is not None:
        formulas.reset_dimensions()
        written = formulas.iter_rows(values_only=True)
    with _anything_broken():
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            line = [cell[:_LONGEST_CELL] if isinstance(cell, str) else cell for cell in cells]
            for place, formula in enumerate(next(written, ())):
                if formula is not None and place < len(line) and line[place] is None:
                    line[place] = Broken("=")
            yield number, line


def _inspect(archive: zipfile.ZipFile) -> bool:
    """Look into an archive before anything else opens it; say whether a sheet has formulas."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise SheetIsLocked
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
        raise SheetTooLarge(limit=LARGEST_UNPACKED // 1024**2)
    names = {part.filename.casefold() for part in parts}
    if any("vbaproject" in name or "/macrosheets/" in name for name in names):
        raise SheetHasMacros
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise NotASheet
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise SheetHasMacros
    marks, has_formulas = 0, False
    for part in parts:
        text = archive.read(part)  # no more than the directory says; its sum is checked
        if part.filename.casefold().endswith((".xml", ".rels")):
            marks += text.count(b"<")
            has_formulas = has_formulas or bool(re.search(rb"<(\w+:)?f[ />]", text))
        if marks > MOST_MARKS:
            raise SheetTooLarge(limit=LARGEST_UNPACKED // 1024**2)
    return has_formulas
