"""A report as a picture for a phone: its table, black on white, as wide as its columns need."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from core.statements.checks import Check, said_of
from core.statements.tables import Report, Row, shown
from notifications.attachments import drawable, font

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

MOST: Final = 90  # rows: what is longer is read as a paper or a workbook
_TYPE: Final = 24  # pixels
_LEADING: Final = 34
_EDGE: Final = 36
_GAP: Final = 28  # between columns
_NAMES: Final = 420  # pixels that names of rows get before they are broken
_NARROWEST: Final = 900


def fits(report: Report) -> bool:
    """Say whether a report is short enough to be read in a chat."""
    return len(report.rows) <= MOST


def picture(report: Report, checked: Sequence[Check], *, cooperative: str) -> bytes:
    """Draw a report as PNG: every row and figure of it, what was checked below."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - few ask for one

    plain, bold = font(_TYPE, bold=False), font(_TYPE, bold=True)
    table = [[column.title, *_cells(report, n)] for n, column in enumerate(report.columns)]
    wide = [max(bold.getlength(drawable(cell)) for cell in column) for column in table]
    figures = sum(wide) + _GAP * len(wide)
    across = max(_NARROWEST, round(_NAMES + figures + 2 * _EDGE))
    ends = [
        across - _EDGE - sum(wide[n + 1 :]) - _GAP * (len(wide) - n - 1) for n in range(len(wide))
    ]
    lines: list[_Line] = [
        *_broken(cooperative, font(30, bold=True), across - 2 * _EDGE),
        *_broken(f"{report.title}, {report.period}", bold, across - 2 * _EDGE),
        _Line(cells=tuple(column.title for column in report.columns), type_=bold, ruled=True),
    ]
    for row in report.rows:
        lines += _row(row, report, plain, bold, across - 2 * _EDGE, figures)
    for number, said in enumerate([*report.notes, *_looked_at(checked)]):
        begin = _broken(said, plain, across - 2 * _EDGE)
        lines += [_Line(left=begin[0].left, type_=plain, ruled=not number), *begin[1:]]
    image = Image.new("L", (across, _LEADING * len(lines) + 2 * _EDGE), 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        line.draw(draw, _EDGE + number * _LEADING, across, ends)
    data = io.BytesIO()
    image.quantize(4).save(data, format="PNG", optimize=True, bits=2)
    return data.getvalue()


def _looked_at(checked: Sequence[Check]) -> list[str]:
    """Say what does not hold, and how much does."""
    failed = [one for one in checked if not one.ok]
    count = len(checked) - len(failed)
    return [*(said_of(failed) if failed else []), f"{count} dari {len(checked)} pemeriksaan cocok."]


class _Line:
    """A line of the picture: words on the left, figures that end where their columns do."""

    __slots__ = ("cells", "left", "ruled", "type_")

    def __init__(
        self,
        *,
        type_: FreeTypeFont,
        left: str = "",
        cells: Sequence[str] = (),
        ruled: bool = False,
    ) -> None:
        self.left, self.cells, self.type_, self.ruled = left, cells, type_, ruled

    def draw(self, draw: ImageDraw, y: int, across: int, ends: Sequence[float]) -> None:
        if self.ruled:
            draw.line((_EDGE, y - 3, across - _EDGE, y - 3), fill=120, width=2)
        draw.text((_EDGE, y), self.left, font=self.type_, fill=0)
        for end, cell in zip(ends, self.cells, strict=False):
            said = drawable(cell)
            draw.text((end - self.type_.getlength(said), y), said, font=self.type_, fill=0)


def _cells(report: Report, column: int) -> list[str]:
    return [shown(row.cells[column]) for row in report.rows if len(row.cells) > column]


def _row(
    row: Row,
    report: Report,
    plain: FreeTypeFont,
    bold: FreeTypeFont,
    across: float,
    figures: float,
) -> list[_Line]:
    """Return a row's lines: its name is broken where it does not fit, its figures stand beside the last."""
    type_ = bold if row.total or row.heading else plain
    coded = f"{row.key} " if report.coded and not (row.total or row.heading) else ""
    lines = _broken(coded + row.name, type_, across - figures if row.cells else across)
    cells = tuple(shown(cell) for cell in row.cells)
    last = _Line(left=lines[-1].left, cells=cells, type_=type_)
    lines[-1] = last
    lines[0].ruled = row.total
    return lines


def _broken(said: str, type_: FreeTypeFont, width: float) -> list[_Line]:
    lines = [""]
    for word in drawable(said).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and type_.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [_Line(left=line, type_=type_) for line in lines]
