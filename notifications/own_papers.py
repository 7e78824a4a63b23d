"""The copy of one's own data as a file: a paper to read, or JSON to take along (UU 27/2022 Pasal 13).

The libraries are imported when the first one is made (notifications.attachments).
"""

from __future__ import annotations

import html
import io
import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from core.texts import render
from notifications.attachments import PDF, File, drawable
from notifications.messages import Fact
from notifications.words import plain

ON_PAPER: Final = 300  # rows of one section; JSON has them all
_PLAIN_TEXT: Final = "text/plain"  # WhatsApp takes no application/json
_LONGEST: Final = 600  # characters of one cell
_Section: TypeAlias = tuple[str, list[str], list[list[Any]], int]


def copy(facts: Mapping[str, Fact], _text: str) -> File:
    """Make the file from sections that were read: [title, heads, rows, how many rows there are]."""
    sections: list[_Section] = json.loads(str(facts["sections"]))
    name = f"data-{facts['label']}-{facts['on']}"
    if facts["how"] == "json":
        data = {
            "nama": facts["name"],
            "koperasi": facts["cooperative"],
            "dibuat": str(facts["on"]),
            "bagian": [
                {"judul": title, "isi": [dict(zip(heads, row, strict=True)) for row in rows]}
                for title, heads, rows, _ in sections
            ],
        }
        written = json.dumps(data, ensure_ascii=False, indent=2)
        return File(name=f"{name}.json", mime=_PLAIN_TEXT, data=written.encode())
    return File(name=f"{name}.pdf", mime=PDF, data=_printed(facts, sections))


def _printed(facts: Mapping[str, Fact], sections: list[_Section]) -> bytes:
    from reportlab.lib.pagesizes import A4, landscape  # noqa: PLC0415 - see the module's docstring
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer  # noqa: PLC0415

    body = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14)
    bold = ParagraphStyle("bold", parent=body, fontName="Helvetica-Bold", spaceBefore=8)
    title = ParagraphStyle("title", parent=bold, fontSize=16, leading=22)
    page: list[Any] = [Paragraph(drawable(render("own-title")), title)]
    page += [
        Paragraph(_escaped(words), body)
        for words in (
            f"{facts['name']}, {facts['cooperative']}",
            plain(render("own-made", {"on": facts["on"]})),
            plain(render("own-law")),
        )
    ]
    for heading, heads, rows, count in sections:
        page += [Spacer(1, 2 * mm), Paragraph(_escaped(heading), bold)]
        page += [_table(heads, rows)] if rows else [Paragraph(render("own-nothing"), body)]
        if len(rows) < count:
            page.append(Paragraph(_escaped(plain(render("own-more", {"count": count}))), body))
    sheet = io.BytesIO()
    SimpleDocTemplate(
        sheet,
        pagesize=landscape(A4),
        leftMargin=12 * mm,
        rightMargin=12 * mm,
        topMargin=12 * mm,
        bottomMargin=14 * mm,
        title=plain(render("own-title")),
        author=str(facts["cooperative"]),
    ).build(page, onFirstPage=_numbered, onLaterPages=_numbered)
    return sheet.getvalue()


def _table(heads: list[str], rows: list[list[Any]]) -> Any:
    """Set one row as a list of names and values, more as a table whose heading repeats on every page."""
    from reportlab.lib import colors  # noqa: PLC0415 - see the module's docstring
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.platypus import Paragraph, Table  # noqa: PLC0415

    size = 8 if len(heads) < 12 else 6.5
    cell = ParagraphStyle("cell", fontName="Helvetica", fontSize=size, leading=size * 1.25)
    cell.wordWrap = "CJK"  # long words break anywhere
    named = [head.replace("_", " ") for head in heads]
    if len(rows) == 1:
        body = [[name, value] for name, value in zip(named, rows[0], strict=True)]
        widths, repeated = [50 * mm, 220 * mm], 0
    else:
        body = [named, *rows]
        widths, repeated = [273 * mm / len(heads)] * len(heads), 1
    made = [[Paragraph(_escaped(_said(value)), cell) for value in row] for row in body]
    style: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.3, colors.grey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0) if repeated else (0, -1), colors.whitesmoke),
    ]
    return Table(made, colWidths=widths, repeatRows=repeated, style=style)


def _said(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".") if abs(value) >= 10_000 else str(value)
    return " ".join(plain(str(value)).split())[:_LONGEST]


def _escaped(words: str) -> str:
    return html.escape(drawable(words), quote=False)


def _numbered(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawCentredString(document.pagesize[0] / 2, 20, f"Halaman {document.page}")
