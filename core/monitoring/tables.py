"""The monitoring as rows of a workbook: a sheet of regions and one of cooperatives, under Indonesian headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from core.monitoring.figures import FIGURES
from core.monitoring.reading import Total, Watched
from core.monitoring.workbook import Cell
from core.texts import render


def sheets(
    found: Sequence[Watched],
    sums: Sequence[Total],
    today: date,
    names: Mapping[str, str] | None = None,
) -> list[tuple[str, list[list[Cell]]]]:
    """Write what is known of a month; a cell without a figure stays empty."""
    named = names or {}
    heads: list[Cell] = [render(f"figure-{one.name}") for one in FIGURES]
    regions: list[list[Cell]] = [
        [
            render("table-code"),
            render("table-region"),
            render("table-cooperatives"),
            *(
                render("table-silent") if one.name == "silence" else head
                for one, head in zip(FIGURES, heads, strict=True)
            ),
        ]
    ]
    for total in sums:
        figures: list[Cell] = [one.of(total, today) for one in FIGURES]
        code = total.region or ""
        name = named.get(code, code) if code else render("table-total")
        regions.append([code, name, total.cooperatives, *figures])
    rows: list[list[Cell]] = [
        [render("table-code"), render("table-name"), render("table-region"), *heads]
    ]
    for one in found:
        rows.append([one.code, one.name, one.region, *(f.of(one, today) for f in FIGURES)])
    return [(render("table-regions"), regions), (render("table-each"), rows)]
