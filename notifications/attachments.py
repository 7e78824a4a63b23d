"""Pictures and papers made from facts: an invite's QR code and sheet, a receipt as a picture; a month's statement (papers).

The libraries are imported when the first one is made: most messages carry none.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.texts import render
from notifications.messages import Attachment, Fact

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

PNG, PDF, JPEG = "image/png", "application/pdf", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RECEIPT_LIMIT = 60_000  # bytes: a picture must arrive where the signal is thin


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to be sent; a picture is shown in the chat, anything else is a document."""

    name: str
    mime: str
    data: bytes
    key: str | None = None  # the same for all who get this file: it is uploaded once

    @property
    def is_picture(self) -> bool:
        """Whether the channel shows it as a picture."""
        return self.mime in (PNG, JPEG)


def make(attachment: Attachment, text: str) -> File:
    """Make a file from facts; `text` is the message it goes with, as HTML."""
    return _MAKERS[attachment.kind](attachment.facts, text)


def _qr(facts: Mapping[str, Fact], _text: str) -> File:
    return File(name="undangan.png", mime=PNG, data=_qr_png(str(facts["link"]), scale=10))


def _qr_png(link: str, scale: int) -> bytes:
    import segno  # noqa: PLC0415 - see the module's docstring

    picture = io.BytesIO()
    segno.make(link, error="m", micro=False).save(picture, kind="png", scale=scale, border=4)
    return picture.getvalue()


def _invite_sheet(facts: Mapping[str, Fact], _text: str) -> File:
    """Print an invite on one A4 page: whose it is, the code to scan, the steps, until when."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415 - see the module's docstring
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.platypus import (  # noqa: PLC0415
        Image,
        ListFlowable,
        Paragraph,
        SimpleDocTemplate,
        Spacer,
        Table,
    )

    body = ParagraphStyle("body", fontName="Helvetica", fontSize=13, leading=19, spaceAfter=6)
    small = ParagraphStyle("small", parent=body, fontSize=11, leading=15)
    link = ParagraphStyle("link", parent=small, wordWrap="CJK")  # may break anywhere
    title = ParagraphStyle("title", parent=body, fontSize=22, leading=28, fontName="Helvetica-Bold")
    head = ParagraphStyle("head", parent=title, fontSize=15, leading=22, spaceBefore=8)

    def said(key: str, style: ParagraphStyle = body) -> Paragraph:
        return Paragraph(render(key, facts), style)

    steps = ("sheet-step-scan", "sheet-step-start", "sheet-step-contact", "sheet-step-done")
    whose = [
        Paragraph(html.escape(str(facts["cooperative"])), head),
        said("sheet-for"),
        *([said("sheet-role")] if facts.get("role") else []),
        *([said("sheet-expires")] if facts.get("expires") else []),
    ]
    code = Image(io.BytesIO(_qr_png(str(facts["link"]), scale=12)), width=62 * mm, height=62 * mm)
    paper = io.BytesIO()
    SimpleDocTemplate(
        paper,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
        title=render("sheet-heading"),
    ).build(
        [
            said("sheet-heading", title),
            Spacer(1, 4 * mm),
            Table([[whose, code]], colWidths=[104 * mm, 66 * mm], style=[("VALIGN", (0, 0), (-1, -1), "TOP")]),
            said("sheet-steps", head),
            ListFlowable([said(step) for step in steps], bulletFontSize=13, leftIndent=22),
            Spacer(1, 4 * mm),
            said("sheet-link", link),
            *([said("sheet-code", small)] if facts.get("code") else []),
            said("sheet-safety", small),
        ]
    )  # fmt: skip
    return File(name="undangan.pdf", mime=PDF, data=paper.getvalue())


_WIDTH: Final = 720  # pixels: fills a cheap phone's screen without zooming
_EDGE: Final = 40
_SIZE: Final = 32
_LEADING: Final = 46
_DRAWABLE: Final = re.compile(r"[^\n\x20-\x7e\xa0-\xff–—‘’“”•…]")
_BOLD: Final = re.compile(r"(<b>.*?</b>)", re.DOTALL)


def _receipt_picture(facts: Mapping[str, Fact], text: str) -> File:
    """Draw the receipt's own words, so that the picture states exactly what the text does."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - see the module's docstring

    regular, bold = _fonts()
    heading = str(facts.get("heading") or "")
    rows = _wrap(f"<b>{html.escape(heading)}</b>\n\n{text}" if heading else text, regular, bold)
    height = _LEADING * len(rows) + 2 * _EDGE
    picture = Image.new("L", (_WIDTH, height), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((8, 8, _WIDTH - 9, height - 9), outline=0, width=3)
    for number, row in enumerate(rows):
        x = float(_EDGE)
        for word, is_bold in row:
            font = bold if is_bold else regular
            draw.text((x, _EDGE + number * _LEADING), word, font=font, fill=0)
            x += font.getlength(word + " ")
    data = io.BytesIO()
    picture.quantize(4).save(data, format="PNG", optimize=True, bits=2)
    assert data.tell() <= RECEIPT_LIMIT, data.tell()
    return File(name="bukti.png", mime=PNG, data=data.getvalue())


def _wrap(
    text: str, regular: FreeTypeFont, bold: FreeTypeFont
) -> list[list[tuple[str, bool]]]:  # fmt: skip
    """Break the text into rows of (word, bold) that fit the picture."""
    rows: list[list[tuple[str, bool]]] = []
    for line in text.split("\n"):
        row: list[tuple[str, bool]] = []
        used = 0.0
        for word, is_bold in _words(line):
            length = (bold if is_bold else regular).getlength(word + " ")
            if row and used + length > _WIDTH - 2 * _EDGE:
                rows.append(row)
                row, used = [], 0.0
            row.append((word, is_bold))
            used += length
        rows.append(row)
    return rows


def _words(line: str) -> list[tuple[str, bool]]:
    found = []
    for part in _BOLD.split(line):
        plain = html.unescape(re.sub(r"<[^>]*>", "", part))
        found += [(word, part.startswith("<b>")) for word in drawable(plain).split()]
    return found


def drawable(text: str) -> str:
    """Leave out what the fonts do not hold: emoji."""
    return _DRAWABLE.sub("", text)


def _fonts() -> tuple[FreeTypeFont, FreeTypeFont]:
    return font(_SIZE, bold=False), font(_SIZE, bold=True)


def font(size: int, *, bold: bool) -> FreeTypeFont:
    """Load Bitstream Vera, which reportlab brings along."""
    import reportlab  # noqa: PLC0415 - see the module's docstring
    from PIL import ImageFont  # noqa: PLC0415

    folder = Path(reportlab.__file__).parent / "fonts"
    return ImageFont.truetype(str(folder / ("VeraBd.ttf" if bold else "Vera.ttf")), size)


def _file(facts: Mapping[str, Fact], _text: str) -> File:
    """Give a file back as it was sent to us; many get it, one after the other."""
    return File(
        name=str(facts["name"]),
        mime=str(facts["mime"]),
        data=_decoded(str(facts["data"])),
        key=str(facts["key"]),
    )


@lru_cache(maxsize=2)
def _decoded(data: str) -> bytes:
    return base64.b64decode(data)


def _table(facts: Mapping[str, Fact], _text: str) -> File:
    """Write rows of texts into a workbook; none of them is a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - see the module's docstring
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    page = book.create_sheet("Laporan")
    page.column_dimensions["A"].width = 48
    for row in json.loads(str(facts["rows"])):
        cells = [WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", str(text))) for text in row]
        for cell in cells:
            cell.data_type = "s"
        page.append(cells)
    data = io.BytesIO()
    book.save(data)
    return File(name=str(facts["name"]), mime=XLSX, data=data.getvalue())


def _workbook(facts: Mapping[str, Fact], _text: str) -> File:
    from core.monitoring.workbook import workbook  # noqa: PLC0415 - few ask for one

    return File(name=str(facts["name"]), mime=XLSX, data=workbook(json.loads(str(facts["sheets"]))))


def _trend(facts: Mapping[str, Fact], _text: str) -> File:
    from notifications import trends  # noqa: PLC0415 - it draws with what stands here

    return trends.picture(facts)


def _statement_picture(facts: Mapping[str, Fact], text: str) -> File:
    from notifications import papers  # noqa: PLC0415 - it draws with what stands here

    return papers.picture(facts, text)


def _statement_paper(facts: Mapping[str, Fact], text: str) -> File:
    from notifications import papers  # noqa: PLC0415 - as above

    return papers.paper(facts, text)


def _month_paper(facts: Mapping[str, Fact], text: str) -> File:
    from notifications import papers  # noqa: PLC0415 - as above

    return papers.month_paper(facts, text)


def _own_copy(facts: Mapping[str, Fact], text: str) -> File:
    from notifications import own_papers  # noqa: PLC0415 - it draws with what stands here

    return own_papers.copy(facts, text)


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Fact], str], File]]] = {
    "qr": _qr,
    "invite-sheet": _invite_sheet,
    "receipt-picture": _receipt_picture,
    "statement-picture": _statement_picture,
    "statement-paper": _statement_paper,
    "month-paper": _month_paper,
    "own-copy": _own_copy,
    "file": _file,
    "table": _table,
    "workbook": _workbook,
    "trend": _trend,
}
