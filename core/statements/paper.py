"""A report as a paper to be signed.

The library is imported when the first one is made.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.permissions import Role, said
from core.statements.checks import UNFIT, Check, said_of
from core.statements.tables import CHECKS, NAME, Report, Row, shown

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_SIGNING: Final = (Role.KETUA, Role.BENDAHARA, Role.PENGAWAS)
_EDGE: Final = 42  # points of margin
_LEAST: Final = 130  # points that names of rows need: type gets smaller, not they
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: the office and its holder, nobody where it is vacant."""

    office: str
    name: str = ""


async def signers(db: AsyncConnection, *, koperasi_id: int, on: date) -> tuple[Signer, ...]:
    """List who signs on a day: ketua, bendahara and every pengawas; a vacant office has a line without a name."""
    raw = await database.driver(db)
    held = await raw.fetch(_HOLDERS, koperasi_id, [role.value for role in _SIGNING], on)
    signing: list[Signer] = []
    for role in _SIGNING:
        names = [row["name"] for row in held if row["role"] == role.value] or [""]
        signing += [Signer(office=said(role).capitalize(), name=name) for name in names]
    return tuple(signing)


_HOLDERS = """
SELECT o.role, p.name FROM officers o
  JOIN people p ON p.koperasi_id = o.koperasi_id AND p.id = o.person_id
 WHERE o.koperasi_id = $1 AND o.role = ANY ($2) AND o.since <= $3 AND (o.until IS NULL OR o.until > $3)
 ORDER BY o.id LIMIT 100
"""


def pdf(
    report: Report, checked: Sequence[Check], *, cooperative: str, signing: Sequence[Signer]
) -> bytes:
    """Print a report on A4, across where it has many columns: its table, what was checked, lines to sign on.

    Every page says whose it is and "Halaman 1 dari N". The same report is the same bytes.
    """
    from reportlab.lib.pagesizes import A4, landscape  # noqa: PLC0415 - see the module's docstring
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    across, high = landscape(A4) if len(report.columns) > 3 else A4
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=(across, high), pageCompression=1, invariant=1)
    canvas.setTitle(_words(f"{report.title} {report.period}"))
    canvas.setAuthor(_words(cooperative))
    table = _Table.of(report, across)
    blocks = [table.block(row) for row in report.rows]
    below = [_text(CHECKS, across, bold=True)]
    below += [_text(line, across) for line in (*said_of(checked), *report.notes)]
    below += [_signatures(signing, across)] if signing else []
    together = _together(below)  # who signs sees what was checked on the same page
    blocks += [together] if together.height <= high - 155 else below
    head = [cooperative, report.title, report.period]
    if not all(one.ok for one in checked):
        head.append(UNFIT)
    pages = _paged(blocks, first=high - 130 - 15 * len(head), later=high - 155)
    for number, page in enumerate(pages, start=1):
        y = high - _EDGE
        lines = head if number == 1 else [" · ".join(head[:3])]
        for line in lines:
            y -= 15
            canvas.setFont(_BOLD, 13 if line is cooperative else 10)
            canvas.drawString(_EDGE, y, _words(line))
        y -= 12
        if number == 1 or page[0].tabled:
            y = table.headed(canvas, y)
        for block in page:
            block.draw(canvas, y)
            y -= block.height
        canvas.setFont(_PLAIN, 8)
        canvas.drawCentredString(across / 2, 24, f"Halaman {number} dari {len(pages)}")
        canvas.showPage()
    canvas.save()
    return sheet.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """What stays on one page: how high it is, and how it is drawn from its top."""

    height: float
    draw: Callable[[Canvas, float], None]
    tabled: bool = False


def _together(blocks: Sequence[_Block]) -> _Block:
    def draw(canvas: Canvas, y: float) -> None:
        for block in blocks:
            block.draw(canvas, y)
            y -= block.height

    return _Block(height=sum(block.height for block in blocks), draw=draw)


def _paged(blocks: Iterable[_Block], *, first: float, later: float) -> list[list[_Block]]:
    pages: list[list[_Block]] = [[]]
    left = first
    for block in blocks:
        if block.height > left and pages[-1]:
            pages.append([])
            left = later
        pages[-1].append(block)
        left -= block.height
    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Where a report's columns end, and in which size of type they fit."""

    report: Report
    size: int
    code: float
    name: float
    ends: tuple[float, ...]

    @classmethod
    def of(cls, report: Report, across: float) -> _Table:
        from reportlab.pdfbase.pdfmetrics import stringWidth  # noqa: PLC0415 - see the module's docstring

        columns = [
            [column.title, *(shown(row.cells[n]) for row in report.rows if len(row.cells) > n)]
            for n, column in enumerate(report.columns)
        ]
        longest = [max(column, key=len) for column in columns]
        codes = (
            [report.coded, *(row.key for row in report.rows if not row.total)]
            if report.coded
            else []
        )
        for size in (9, 8, 7, 6):
            widths = [stringWidth(_words(word), _BOLD, size) + 10 for word in longest]
            code = stringWidth(max(codes, key=len), _BOLD, size) + 10 if codes else 0
            name = across - 2 * _EDGE - sum(widths) - code
            if name >= _LEAST:
                break
        start = _EDGE + code + name
        ends = tuple(start + sum(widths[: n + 1]) for n in range(len(widths)))
        return cls(report=report, size=size, code=code, name=name, ends=ends)

    def headed(self, canvas: Canvas, y: float) -> float:
        """Head the columns from `y` down; returns where the rows begin."""
        report = self.report
        titles = tuple(column.title for column in report.columns)
        self._draw(canvas, y, report.coded or "", [NAME], titles, _BOLD)
        y -= self.size + 7
        canvas.setLineWidth(0.8)
        canvas.line(_EDGE, y, self.ends[-1], y)
        return y

    def block(self, row: Row) -> _Block:
        """Return a row; its name is broken where it does not fit."""
        font = _BOLD if row.total or row.heading else _PLAIN
        lines = _broken(
            row.name, font, self.size, self.name if row.cells else self.ends[-1] - _EDGE
        )
        coded = row.key if self.report.coded and not (row.total or row.heading) else ""
        cells = [shown(cell) for cell in row.cells]

        def draw(canvas: Canvas, y: float) -> None:
            if row.total:
                canvas.setLineWidth(0.4)
                canvas.line(_EDGE, y, self.ends[-1], y)
            self._draw(canvas, y, coded, lines, cells, font)

        return _Block(height=(self.size + 2) * len(lines) + 4, draw=draw, tabled=True)

    def _draw(
        self,
        canvas: Canvas,
        y: float,
        code: str,
        lines: Sequence[str],
        cells: Sequence[str],
        font: str,
    ) -> None:
        canvas.setFont(font, self.size)
        y -= self.size + 2
        canvas.drawString(_EDGE, y, _words(code))
        for end, cell in zip(self.ends, cells, strict=False):
            canvas.drawRightString(end, y, _words(cell))
        for line in lines:
            canvas.drawString(_EDGE + self.code, y, line)
            y -= self.size + 2


def _text(said: str, across: float, *, bold: bool = False) -> _Block:
    font = _BOLD if bold else _PLAIN
    lines, above = _broken(said, font, 9, across - 2 * _EDGE), 12 if bold else 0

    def draw(canvas: Canvas, y: float) -> None:
        canvas.setFont(font, 9)
        for n, line in enumerate(lines, start=1):
            canvas.drawString(_EDGE, y - above - 12 * n, line)

    return _Block(height=12 * len(lines) + above, draw=draw)


def _signatures(signing: Sequence[Signer], across: float) -> _Block:
    """Return the lines to sign on, three beside each other."""
    width, high = (across - 2 * _EDGE) / 3, 92

    def draw(canvas: Canvas, y: float) -> None:
        canvas.setFont(_PLAIN, 9)
        canvas.drawString(_EDGE, y - 24, "Ditandatangani pada tanggal ______________________")
        for n, one in enumerate(signing):
            x, top = _EDGE + width * (n % 3), y - 46 - high * (n // 3)
            canvas.drawString(x, top, _words(one.office))
            canvas.line(x, top - 50, x + width - 24, top - 50)
            for m, line in enumerate(_broken(one.name, _PLAIN, 9, width - 24)[:2]):
                canvas.drawString(x, top - 62 - 11 * m, line)

    return _Block(height=40 + high * -(-len(signing) // 3), draw=draw)


def _broken(text: str, font: str, size: int, width: float) -> list[str]:
    from reportlab.lib.utils import simpleSplit  # noqa: PLC0415 - see the module's docstring

    return simpleSplit(_words(text), font, size, width) or [""]


def _words(text: str) -> str:
    """Return what the paper's type can show."""
    return " ".join(text.split()).encode("cp1252", "replace").decode("cp1252")
