"""The statements as workbooks and papers: what a spreadsheet recomputes, and what a reader of the PDF sees."""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.permissions import Role
from core.statements import checks, paper, reports, workbook
from core.statements.tables import Column, Report, Row, shown
from tests.builders_core import a_cooperative, an_officer
from tests.core.test_statements import NEXT, YEAR, _close, _of, _two_years

NAME = "=Koperasi & Rekan"
WICKED = '=HYPERLINK("http://x","Siti")'


async def _wicked(db: AsyncConnection) -> None:
    raw = await database.driver(db)
    await raw.execute(
        "UPDATE people SET name = $1 WHERE id = (SELECT min(id) FROM members)", WICKED
    )


async def _checked(db: AsyncConnection) -> tuple[checks.Check, ...]:
    return await checks.checks(db, koperasi_id=1, period=YEAR, today=date(2026, 4, 1))


def _sheet(data: bytes) -> Worksheet:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    return sheet


def _as_shown(data: bytes) -> Worksheet:
    """Read what a phone's viewer shows, which computes nothing."""
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets
    return sheet


def _worked_out(sheet: Worksheet, cell: Any) -> Any:
    """Compute a cell as a spreadsheet does: sums of ranges, differences, what stands elsewhere."""
    if cell.data_type != "f":
        return cell.value
    told = str(cell.value)
    if found := re.fullmatch(r"=SUM\((.+)\)", told):
        ranges = [sheet[one] for one in found[1].split(",")]
        return sum(
            _worked_out(sheet, each) or 0 for cells in ranges for line in cells for each in line
        )
    first, *rest = (_worked_out(sheet, sheet[one]) for one in told[1:].split("-"))
    return first - sum(rest)


def _lines(sheet: Worksheet, found: Report) -> dict[str, list[Any]]:
    """Return the computed cells of each row of the report, found by where the table begins."""
    before = 2 if found.coded else 1
    rows = list(sheet.iter_rows(min_row=6, max_row=5 + len(found.rows)))
    lines = {}
    for row, cells in zip(found.rows, rows, strict=True):
        assert cells[before - 1].value == row.name
        lines[row.key] = [_worked_out(sheet, one) for one in cells[before:]]
        if row.total and row.sums:
            kinds = {one.data_type for one in cells[before:] if one.value is not None}
            assert kinds <= {"f"}, (found.name, row.key)
    return lines


async def test_a_workbook_recomputed_gives_every_figure_of_its_report(db: AsyncConnection):
    await _two_years(db)
    await _close(db)
    await _wicked(db)
    checked = await _checked(db)
    formulas = 0
    for name in reports.NAMES:
        for period in (YEAR, NEXT):
            found = await _of(db, name, period)
            data = workbook.workbook(found, checked, cooperative=NAME)
            sheet, shown_ = _sheet(data), _as_shown(data)
            lines = _lines(sheet, found)
            for line in sheet.iter_rows():
                for cell in line:
                    if cell.data_type == "f":
                        assert shown_[cell.coordinate].value == _worked_out(sheet, cell), cell
            for row in found.rows:
                told = lines[row.key]
                told = [one.date() if isinstance(one, datetime) else one for one in told]
                assert told[: len(row.cells)] == list(row.cells), (name, row.key)
                assert not any(isinstance(one, float) for one in told)
            assert [sheet[f"A{n}"].value for n in (1, 2, 3)] == [NAME, found.title, found.period]
            formulas += sum(one.data_type == "f" for line in sheet.iter_rows() for one in line)
    assert formulas > 100


async def test_a_balance_sheet_somebody_edits_shows_that_it_no_longer_balances(
    db: AsyncConnection,
):
    await _two_years(db)
    checked = await _checked(db)
    found = await _of(db, "neraca", YEAR)
    sheet = _sheet(workbook.workbook(found, checked, cooperative=NAME))
    texts = {str(line[0].value): line[0].row for line in sheet.iter_rows() if line[0].value}
    difference = sheet[f"B{texts['Selisih aset dengan liabilitas dan ekuitas (harus 0)']}"]
    assert _worked_out(sheet, difference) == 0
    sheet[f"B{texts['Kas dan setara kas']}"].value += 7
    assert _worked_out(sheet, difference) == 7
    assert _lines(sheet, found)["assets"][0] == 2_156_007
    for said in (checks.UNFIT, *(one.said for one in checked)):  # a loan without a register
        assert said in texts


async def test_no_text_of_a_workbook_is_ever_a_formula(db: AsyncConnection):
    await _two_years(db)
    await _wicked(db)
    for name in ("simpanan", "anggota"):
        found = await _of(db, name, NEXT)
        sheet = _sheet(workbook.workbook(found, await _checked(db), cooperative=NAME))
        wicked = [one for line in sheet.iter_rows() for one in line if one.value in (WICKED, NAME)]
        assert [one.value for one in wicked] == [NAME, WICKED]
        assert all((one.data_type, one.quotePrefix) == ("s", True) for one in wicked)


def _pages(data: bytes) -> list[str]:
    """Read the pages as any reader does: their streams, inflated, the strings they show."""
    pages = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        page = zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
        strings = re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", page)
        octal = [re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), s) for s in strings]
        pages.append(re.sub(r"\\(.)", r"\1", b"\n".join(octal).decode("cp1252")))
    return pages


async def test_a_paper_shows_every_figure_every_check_its_pages_and_who_signs(db: AsyncConnection):
    await _two_years(db)
    await _close(db)
    checked = await _checked(db)
    here = await a_cooperative(db)
    for role, name in (
        (Role.KETUA, "Hj. Aminah"),
        (Role.PENGAWAS, "Budi"),
        (Role.PENGAWAS, "Citra"),
    ):
        await an_officer(db, here, role, name=name)
    signing = await paper.signers(db, koperasi_id=here.id, on=date(2100, 1, 1))
    assert [(one.office, one.name) for one in signing] == [
        ("Ketua", "Hj. Aminah"), ("Bendahara", ""), ("Pengawas", "Budi"), ("Pengawas", "Citra"),
    ]  # fmt: skip
    for name in reports.NAMES:
        found = await _of(db, name, YEAR)
        data = paper.pdf(found, checked, cooperative=NAME, signing=signing)
        assert data == paper.pdf(found, checked, cooperative=NAME, signing=signing)
        pages = _pages(data)
        for number, page in enumerate(pages, start=1):
            assert page.endswith(f"Halaman {number} dari {len(pages)}")
            assert NAME in page
        said = "\n".join(pages).split("\n")
        titles = [column.title for column in found.columns]
        for words in (
            found.title,
            found.period,
            *titles,
            checks.UNFIT,
            "Ketua",
            "Bendahara",
            "Citra",
        ):
            assert words in said, (name, words)
        figures = [shown(cell) for row in found.rows for cell in row.cells if cell is not None]
        missing = Counter(figures) - Counter(said)
        assert not missing, (name, missing)
        for one in checked:
            assert one.said in said, (name, one.said)


def test_a_long_register_heads_every_page_and_keeps_the_signatures_together():
    rows = tuple(
        Row(key=f"A-{n:04d}", name=f"Anggota {n} " + "Putri " * (n % 9), cells=(n, None))
        for n in range(1, 301)
    )
    columns = (Column(key="amount", title="Jumlah"), Column(key="left", title="Keluar"))
    found = Report(
        name="anggota",
        title="Daftar",
        period="per 31-12-2025",
        columns=columns,
        rows=rows,
        coded="No.",
    )
    signing = [paper.Signer(office=f"Jabatan {n}") for n in range(7)]
    for count in range(250, 301, 7):
        cut = replace(found, rows=rows[:count])
        pages = _pages(paper.pdf(cut, [], cooperative="Koperasi", signing=signing))
        assert all(
            f"Halaman {n} dari {len(pages)}" in page for n, page in enumerate(pages, start=1)
        )
        tabled = [page for page in pages if "A-0" in page]
        assert all("No.\nJumlah\nKeluar\nUraian\n" in page for page in tabled)
        assert re.findall(r"A-\d{4}", "".join(pages)) == [row.key for row in cut.rows]
        assert [page.count("Jabatan") for page in pages if "Jabatan" in page] == [7]
