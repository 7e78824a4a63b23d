"""A month as a picture for a cheap phone and as a paper: the very lines of the message, drawn.

`rows_of` says what the picture shows; drawing adds nothing to it. The libraries are imported when the first
one is made (notifications.attachments).
"""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from core.texts import render
from notifications.attachments import PDF, PNG, File, drawable, font
from notifications.messages import Fact
from notifications.words import plain

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

LIMIT: Final = 60_000  # bytes: a picture must arrive where the signal is thin
WIDTH: Final = 720  # pixels: fills a cheap phone's screen without zooming
SMALLEST: Final = 26  # pixels of type
_EDGE: Final = 36
_FIGURE: Final = re.compile(r"(?P<label>.+): <b>(?P<figure>[^<]+)</b>")
_ALONE: Final = re.compile(r"<b>[^<]+</b>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the picture: words on the left, perhaps a figure on the right; `size` in pixels."""

    left: str
    right: str = ""
    size: int = SMALLEST
    bold: bool = False
    ruled: bool = False  # a line is drawn above it


def rows_of(text: str) -> list[Row]:
    """Say what the picture of a message shows: every word of it, in its order; figures stand on the right."""
    rows = []
    for line in text.split("\n"):
        if _ALONE.fullmatch(line):
            rows.append(Row(left=_shown(line), size=36, bold=True))
        elif found := _FIGURE.fullmatch(line):
            label, figure = _shown(found["label"]), _shown(found["figure"])
            rows.append(Row(left=f"{label}:", right=figure, size=30, ruled=True))
        else:
            rows.append(Row(left=_shown(line)))
    return rows


def _shown(text: str) -> str:
    return " ".join(drawable(plain(text)).split())


def picture(facts: Mapping[str, Fact], text: str) -> File:
    """Draw a message: black on white, no type below 26 pixels, less than 60 KB."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - see the module's docstring

    placed, height = _placed(rows_of(text))
    image = Image.new("L", (WIDTH, height), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((6, 6, WIDTH - 7, height - 7), outline=0, width=3)
    for x, y, words, type_ in placed:
        if type_ is None:
            draw.line((_EDGE, y, WIDTH - _EDGE, y), fill=150, width=2)
        else:
            draw.text((x, y), words, font=type_, fill=0)
    data = io.BytesIO()
    image.quantize(4).save(data, format="PNG", optimize=True, bits=2)
    assert data.tell() < LIMIT, data.tell()
    return File(name=f"saldo-{_month(facts):%Y-%m}.png", mime=PNG, data=data.getvalue())


def _placed(rows: list[Row]) -> tuple[list[tuple[float, float, str, FreeTypeFont | None]], int]:
    """Place every word; a rule has no font. Returns the places and the picture's height."""
    placed: list[tuple[float, float, str, FreeTypeFont | None]] = []
    y = float(_EDGE)
    for row in rows:
        if row.ruled:
            placed.append((_EDGE, y + 8, "", None))
            y += 20
        left, leading = font(row.size, bold=row.bold), round(row.size * 1.4)
        figure = font(row.size, bold=True)
        across = figure.getlength(row.right)
        for words in _wrapped(row.left, left, WIDTH - 2 * _EDGE):
            placed.append((_EDGE, y, words, left))
            used = left.getlength(words + "  ")
            y += leading
        if row.right:
            beside = used + across <= WIDTH - 2 * _EDGE
            placed.append((WIDTH - _EDGE - across, y - leading * beside, row.right, figure))
            y += leading * (not beside)
    return placed, int(y) + _EDGE


def _wrapped(text: str, type_: FreeTypeFont, width: float) -> list[str]:
    """Break a line where it does not fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and type_.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _month(facts: Mapping[str, Fact]) -> date:
    month = facts["month"]
    assert isinstance(month, date), month
    return month


# -- the paper -----------------------------------------------------------------------------------------


def paper(facts: Mapping[str, Fact], text: str) -> File:
    """Print a month on one A4 page: the message's lines, savings by kind, what moved, a line to check by."""
    from reportlab.lib.units import mm  # noqa: PLC0415 - see the module's docstring
    from reportlab.platypus import Spacer  # noqa: PLC0415

    styles = _styles()
    whole = dict(
        zip(("opening", "came_in", "went_out", "corrected", "closing"), _json(facts, "total"), strict=True)
    )  # fmt: skip
    check = "paper-check-corrected" if whole["corrected"] else "paper-check"
    page: list[Any] = [
        _paragraph(render("paper-title"), styles["title"]),
        _paragraph(html.escape(str(facts["cooperative"]), quote=False), styles["head"]),
        _paragraph(render("paper-month", facts), styles["body"]),
        _paragraph(render("paper-member", facts), styles["body"]),
        Spacer(1, 2 * mm),
        *(_paragraph(line, styles["line"]) for line in text.split("\n")),
        _paragraph(render("paper-savings"), styles["head"]),
        _savings(facts),
        _paragraph(render("paper-moves"), styles["head"]),
        *_moves(facts, styles["line"]),
        Spacer(1, 2 * mm),
        _paragraph(render(check, whole), styles["line"]),
        _paragraph(render("paper-source", facts), styles["line"]),
    ]
    title = f"{render('paper-title')}, {plain(render('paper-month', facts))}"
    data = _printed(page, title=title, author=str(facts["cooperative"]))
    return File(name=f"saldo-{_month(facts):%Y-%m}.pdf", mime=PDF, data=data)


def month_paper(facts: Mapping[str, Fact], text: str) -> File:
    """Print a cooperative's or a region's month on one A4 page: the message's lines, and when it was made."""
    styles, title = _styles(), render(str(facts["title"]))
    page: list[Any] = [
        _paragraph(title, styles["title"]),
        _paragraph(html.escape(str(facts["of"]), quote=False), styles["head"]),
        *(_paragraph(line, styles["body"]) for line in text.split("\n")),
        _paragraph(render("paper-made", facts), styles["line"]),
    ]
    titled = f"{plain(title)}, {plain(render('paper-month', facts))}"
    data = _printed(page, title=titled, author=str(facts["of"]))
    return File(name=f"laporan-{_month(facts):%Y-%m}.pdf", mime=PDF, data=data)


def _printed(page: list[Any], *, title: str, author: str) -> bytes:
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415 - see the module's docstring
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

    sheet = io.BytesIO()
    SimpleDocTemplate(
        sheet,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=12 * mm,
        bottomMargin=16 * mm,
        title=title,
        author=author,
        pageCompression=1,
    ).build(page, onFirstPage=_numbered, onLaterPages=_numbered)
    return sheet.getvalue()


def _numbered(canvas: Any, document: Any) -> None:
    """Write the page's number below it; there is one page."""
    canvas.setFont("Helvetica", 9)
    said = plain(render("paper-page", {"page": document.page, "pages": 1}))
    canvas.drawCentredString(document.pagesize[0] / 2, 24, said)


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415 - see the module's docstring

    body = ParagraphStyle("body", fontName="Helvetica", fontSize=10.5, leading=14)
    bold = ParagraphStyle(
        "head", parent=body, fontName="Helvetica-Bold", spaceBefore=4, spaceAfter=2
    )
    return {
        "body": body,
        "head": bold,
        "line": ParagraphStyle("line", parent=body, fontSize=9.5, leading=12),
        "title": ParagraphStyle("title", parent=bold, fontSize=16, leading=20, spaceBefore=0),
    }


def _paragraph(said: str, style: Any) -> Any:
    """Set a line of ours, which is HTML already; what the font lacks is left out."""
    from reportlab.platypus import Paragraph  # noqa: PLC0415 - see the module's docstring

    return Paragraph(drawable(said), style)


def _savings(facts: Mapping[str, Fact]) -> Any:
    names = ("kind", "opening", "came-in", "went-out", "corrected", "closing")
    rows = [[plain(render(f"paper-{name}")) for name in names]]
    for kind, *figures in _json(facts, "kinds"):
        rows.append([plain(render(f"paper-kind-{kind}")), *map(_rupiah, figures)])
    rows.append([plain(render("paper-total")), *map(_rupiah, _json(facts, "total"))])
    return _table(rows, [64, 86, 86, 86, 86, 86], figures_from=1, total=True)


def _moves(facts: Mapping[str, Fact], style: Any) -> list[Any]:
    moves = _json(facts, "moves")
    if not moves:
        return [_paragraph(render("paper-moves-none"), style)]
    rows = [[plain(render(f"paper-{name}")) for name in ("entry", "on", "what", "amount")]]
    for entry, on, what, amount, reverses in moves:
        said = render("paper-back", {"entry": reverses}) if reverses else render(what)
        day = f"{date.fromisoformat(on):%d-%m-%Y}"
        rows.append([f"{entry}", day, plain(said), _rupiah(amount, signed=True)])
    table = _table(rows, [56, 80, 258, 100], figures_from=3, total=False)
    more = int(str(facts["more"]))
    said_more = [_paragraph(render("paper-moves-more", {"count": more}), style)] if more else []
    return [table, *said_more]


def _table(rows: list[list[str]], widths: list[int], *, figures_from: int, total: bool) -> Any:
    from reportlab.lib.colors import black, grey  # noqa: PLC0415 - see the module's docstring
    from reportlab.platypus import Table  # noqa: PLC0415

    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), "Helvetica", 9),
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9),
        ("ALIGN", (figures_from, 0), (-1, -1), "RIGHT"),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, black),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, grey),
    ]
    if total:
        style.append(("FONT", (0, -1), (-1, -1), "Helvetica-Bold", 9))
    return Table(rows, colWidths=widths, style=style, hAlign="LEFT")


def _rupiah(amount: int, *, signed: bool = False) -> str:
    """Write an amount as the texts do; `signed` says that it came in."""
    said = plain(render("paper-figure", {"amount": amount}))
    return f"+{said}" if signed and amount > 0 else said


def _json(facts: Mapping[str, Fact], name: str) -> Any:
    return json.loads(str(facts[name]))
