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
_CONTENTS: Final = "Daftar isi"
_UNFIT_PART: Final = "TIDAK LAYAK DITANDATANGANI: lihat pemeriksaan pada halaman terakhir."
_HEAD: Final = (13, 10, 10, 10)  # points of type: whose it is, what, when, unfit
_COVER: Final = (18, 26, 14, 10)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A report as part of a paper: it begins on a page of its own.

    `checked` is printed below it, and lines for who signs; an `unfit` one says so above. A `cover` has a large title,
    and prints below it which parts follow, and on which pages.
    """

    report: Report
    checked: Sequence[Check] = ()
    signing: Sequence[Signer] = ()
    unfit: bool = False
    cover: bool = False


def pdf(
    report: Report, checked: Sequence[Check], *, cooperative: str, signing: Sequence[Signer]
) -> bytes:
    """Print a report on A4, across where it has many columns: its table, what was checked, lines to sign on.

    Every page says whose it is and "Halaman 1 dari N". The same report is the same bytes.
    """
    unfit = not all(one.ok for one in checked)
    part = Part(report=report, checked=checked, signing=signing, unfit=unfit)
    return bound([part], cooperative=cooperative)


def bound(parts: Sequence[Part], *, cooperative: str) -> bytes:
    """Print several reports as one paper, its pages numbered through."""
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - see the module's docstring

    first = parts[0].report
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pageCompression=1, invariant=1)
    canvas.setTitle(_words(f"{first.title} {first.period}"))
    canvas.setAuthor(_words(cooperative))
    sections = [_Section.of(part, cooperative, parts, []) for part in parts]
    begins = [1 + sum(len(one.pages) for one in sections[:n]) for n in range(len(sections))]
    sections = [_Section.of(part, cooperative, parts, begins) for part in parts]
    count = sum(len(one.pages) for one in sections)
    for begin, section in zip(begins, sections, strict=True):
        section.draw(canvas, begin, count)
    canvas.save()
    return sheet.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A part on its pages: across where it has many columns."""

    head: tuple[str, ...]
    sizes: tuple[int, ...]  # of its lines' type
    table: _Table
    pages: Sequence[Sequence[_Block]]
    size: tuple[float, float]

    @classmethod
    def of(
        cls, part: Part, cooperative: str, parts: Sequence[Part], begins: Sequence[int]
    ) -> _Section:
        from reportlab.lib.pagesizes import A4, landscape  # noqa: PLC0415 - see the module's docstring

        report = part.report
        size = landscape(A4) if len(report.columns) > 3 else A4
        across, high = size
        table = _Table.of(report, across)
        blocks = [table.block(row) for row in report.rows]
        if part.cover:
            blocks += [_text(_CONTENTS, across, bold=True)]
            blocks += [
                _text(one.report.title, across, page=begins[n] if begins else 0)
                for n, one in enumerate(parts)
                if one is not part
            ]
        below = [_text(CHECKS, across, bold=True)] if part.checked else []
        said = said_of(part.checked) if part.checked else []
        below += [_text(line, across) for line in (*said, *report.notes)]
        below += [_signatures(part.signing, across)] if part.signing else []
        together = _together(below)  # who signs sees what was checked on the same page
        blocks += [together] if together.height <= high - 155 else below
        unfit = UNFIT if part.checked else _UNFIT_PART
        head = (cooperative, report.title, report.period, *([unfit] if part.unfit else ()))
        sizes = _COVER if part.cover else _HEAD
        taken = sum(map(_leading, sizes[: len(head)]))
        pages = _paged(blocks, first=high - 130 - taken, later=high - 155)
        return cls(head=head, sizes=sizes, table=table, pages=pages, size=size)

    def draw(self, canvas: Canvas, begin: int, count: int) -> None:
        """Draw the pages, the first of which has this number."""
        across, high = self.size
        for number, page in enumerate(self.pages, start=begin):
            canvas.setPageSize(self.size)
            y = high - _EDGE
            first = number == begin
            lines = self.head if first else (" · ".join(self.head[:3]),)
            for line, size in zip(lines, self.sizes if first else (10,), strict=False):
                y -= _leading(size)
                canvas.setFont(_BOLD, size)
                canvas.drawString(_EDGE, y, _words(line))
            y -= 12
            if self.table.report.columns and (number == begin or page[0].tabled):
                y = self.table.headed(canvas, y)
            for block in page:
                block.draw(canvas, y)
                y -= block.height
            canvas.setFont(_PLAIN, 8)
            canvas.drawCentredString(across / 2, 24, f"Halaman {number} dari {count}")
            canvas.showPage()


def _leading(size: int) -> int:
    return 15 if size <= 13 else size * 3 // 2


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
    right: float

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
        right = across - _EDGE
        return cls(report=report, size=size, code=code, name=name, ends=ends, right=right)

    def headed(self, canvas: Canvas, y: float) -> float:
        """Head the columns from `y` down; returns where the rows begin."""
        report = self.report
        titles = tuple(column.title for column in report.columns)
        self._draw(canvas, y, report.coded or "", [NAME], titles, _BOLD)
        y -= self.size + 7
        canvas.setLineWidth(0.8)
        canvas.line(_EDGE, y, self.right, y)
        return y

    def block(self, row: Row) -> _Block:
        """Return a row; its name is broken where it does not fit."""
        font = _BOLD if row.total or row.heading else _PLAIN
        lines = _broken(row.name, font, self.size, self.name if row.cells else self.right - _EDGE)
        coded = row.key if self.report.coded and not (row.total or row.heading) else ""
        cells = [shown(cell) for cell in row.cells]

        def draw(canvas: Canvas, y: float) -> None:
            if row.total:
                canvas.setLineWidth(0.4)
                canvas.line(_EDGE, y, self.right, y)
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


def _text(said: str, across: float, *, bold: bool = False, page: int | None = None) -> _Block:
    font = _BOLD if bold else _PLAIN
    lines, above = _broken(said, font, 9, across - 2 * _EDGE), 12 if bold else 0

    def draw(canvas: Canvas, y: float) -> None:
        canvas.setFont(font, 9)
        for n, line in enumerate(lines, start=1):
            canvas.drawString(_EDGE, y - above - 12 * n, line)
        if page is not None:
            canvas.drawRightString(across - _EDGE, y - above - 12, str(page))

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
