"""The dashboard's drawings as inline SVG: a schematic map of the ten regions, a line per figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

Value = int | Decimal | None

# Where each lies on the map, by column and row: as on the real one, as far as squares allow.
PLACES = {
    "64.11": (0, 0), "64.08": (1, 0), "64.03": (2, 0),
    "64.07": (0, 1), "64.02": (1, 1), "64.74": (2, 1),
    "64.09": (1, 2), "64.72": (2, 2),
    "64.01": (1, 3), "64.71": (2, 3),
}  # fmt: skip
_SHADES = 5
_WIDE, _HIGH = 128, 66
_FITS = 16  # letters of a name on a tile


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A region on the map; `link` is None where the official may not look."""

    name: str
    value: Value
    written: str
    link: str | None
    here: bool


def tiles(regions: Mapping[str, Tile]) -> str:
    """Draw the map; the darker, the higher; grey is without a figure."""
    known = [one.value for one in regions.values() if one.value is not None]
    drawn = []
    for code, (column, row) in PLACES.items():
        if code not in regions:
            continue
        one = regions[code]
        x, y = column * _WIDE + 2, row * _HIGH + 2
        look = f"{_shade(one.value, known)}{' here' if one.here else ''}"
        squeezed = (
            ' textLength="110" lengthAdjust="spacingAndGlyphs"' if len(one.name) > _FITS else ""
        )
        inner = (
            f'<g class="{look}"><rect x="{x}" y="{y}" width="{_WIDE - 4}" height="{_HIGH - 4}" rx="8"/>'
            f'<text x="{x + 8}" y="{y + 24}"{squeezed}>{escape(one.name)}</text>'
            f'<text class="v" x="{x + 8}" y="{y + 46}">{escape(one.written)}</text></g>'
        )
        drawn.append(f'<a href="{escape(one.link)}">{inner}</a>' if one.link else inner)
    return (
        f'<svg class="t" role="group" viewBox="0 0 {3 * _WIDE} {4 * _HIGH}">{"".join(drawn)}</svg>'
    )


def _shade(value: Value, known: Sequence[int | Decimal]) -> str:
    if value is None:
        return "n"
    low, high = min(known), max(known)
    if low == high:
        return f"l{_SHADES // 2}"
    return f"l{min(_SHADES - 1, int((value - low) * _SHADES / (high - low)))}"


def line(values: Sequence[Value], months: Sequence[str], called: str) -> str:
    """Draw a figure's months, the first on the left; a month without a figure breaks the line."""
    known = [one for one in values if one is not None]
    if not known:
        return ""
    low, high = min(*known, 0), max(*known, 0)
    span = (high - low) or 1
    step = 290 / max(len(values) - 1, 1)
    path, pen, dots = [], "M", []
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = round(5 + place * step), round(76 - int((value - low) * 68 / span))
        path.append(f"{pen}{x} {y}")
        pen, dots = "L", [f'<circle cx="{x}" cy="{y}" r="3.5"/>']
    return (
        f'<svg class="g" viewBox="0 0 300 96" role="img" aria-label="{escape(called)}">'
        '<line x1="5" y1="76" x2="295" y2="76"/>'
        f'<path d="{"".join(path)}"/>{"".join(dots)}<text x="5" y="91">{escape(months[0])}</text>'
        f'<text x="295" y="91" text-anchor="end">{escape(months[-1])}</text></svg>'
    )
