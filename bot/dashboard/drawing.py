"""The dashboard's drawings as inline SVG: a map of the ten regions, a line per figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

Value = int | Decimal | None

# Kalimantan Timur as it lies, drawn by hand along its borders: 72 units to a degree, from 113.8 east, 2.55 north.
PLACES = {
    "64.11": "M4,104 25,79 54,81 86,74 112,81 130,78 137,112 140,144 130,166 101,173 68,191 36,162 11,140z",
    "64.07": "M68,191 101,173 130,166 140,144 158,173 173,194 187,216 180,241 148,245 130,263 112,256 101,227 76,216z",
    "64.02": "M130,78 166,79 169,119 191,148 212,162 230,180 256,182 266,186 261,209 274,230 263,252 248,259 230,264"
    " 217,256 202,248 180,241 187,216 173,194 158,173 140,144 137,112z",
    "64.08": "M166,79 180,58 205,68 230,86 274,97 317,103 371,108 373,115 338,122 310,120 299,127 288,140 275,153"
    " 269,169 256,171 256,182 230,180 212,162 191,148 169,119z",
    "64.03": "M180,58 205,68 230,86 274,97 317,103 371,108 346,94 320,79 310,61 292,43 304,29 288,7 263,11 241,4"
    " 220,22 194,32z",
    "64.01": "M130,263 148,245 180,241 181,266 189,288 196,302 179,312 194,331 200,349 184,358 166,353 155,328 143,295z",
    "64.09": "M180,241 202,248 217,256 212,264 212,277 202,292 196,302 189,288 181,266z",
    "64.71": "M217,256 230,264 229,271 220,277 213,275 212,264z",
    "64.72": "M229,216 241,207 252,216 251,230 238,235 229,227z",
    "64.74": "M256,182 256,171 269,169 272,178 266,186z",
}
_LABELS = {  # where a name stands; of the small ones out at sea, with a line to its place
    "64.11": (84, 118), "64.07": (128, 206), "64.02": (209, 190), "64.08": (238, 122), "64.03": (248, 54),
    "64.01": (164, 298), "64.09": (234, 318), "64.71": (282, 272), "64.72": (282, 226), "64.74": (292, 182),
}  # fmt: skip
_FROM = {"64.09": (204, 284), "64.71": (228, 268), "64.72": (248, 222), "64.74": (270, 178)}
_SHADES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A region on the map; `link` is None where the official may not look."""

    name: str
    value: Value
    written: str
    link: str | None
    here: bool


def province(regions: Mapping[str, Tile]) -> str:
    """Draw the map; the darker, the higher; grey is without a figure."""
    known = [one.value for one in regions.values() if one.value is not None]
    shapes, names = [], []
    for code, path in PLACES.items():
        if code not in regions:
            continue
        one = regions[code]
        look = f"{_shade(one.value, known)}{' here' if one.here else ''}"
        x, y = _LABELS[code]
        shapes.append(_linked(one, f'<path class="{look}" d="{path}"/>', hidden=True))
        place = ""
        if code in _FROM:
            from_x, from_y = _FROM[code]
            place = f'<path class="to" d="M{from_x},{from_y} {x - 4},{y - 3}"/>'
        label = (
            f'<text class="{"sea" if code in _FROM else "on"}" x="{x}" y="{y}">{escape(one.name)}'
        )
        value = f'<tspan x="{x}" dy="14">{escape(one.written)}</tspan></text>'
        names.append(place + _linked(one, label + value))
    return f'<svg class="t" role="group" viewBox="0 0 384 362">{"".join(shapes)}<g>{"".join(names)}</g></svg>'


def _linked(one: Tile, inner: str, *, hidden: bool = False) -> str:
    """A region's shape leads where its name does, and is not read out or stepped on a second time."""
    if not one.link:
        return inner
    twice = ' tabindex="-1" aria-hidden="true"' if hidden else ""
    return f'<a href="{escape(one.link)}"{twice}>{inner}</a>'


def _shade(value: Value, known: Sequence[int | Decimal]) -> str:
    if value is None:
        return "n"
    low, high = min(known), max(known)
    if low == high:
        return f"l{_SHADES // 2}"
    return f"l{min(_SHADES - 1, int((value - low) * _SHADES / (high - low)))}"


def line(values: Sequence[Value], months: Sequence[str], called: str, between: str) -> str:
    """Draw a figure's months, the first on the left; a month without a figure breaks the line. `between`: what they span."""
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
        f'<svg class="g" viewBox="0 0 300 96" role="img" aria-label="{escape(called)}: {escape(between)}">'
        '<line x1="5" y1="76" x2="295" y2="76"/>'
        f'<path d="{"".join(path)}"/>{"".join(dots)}<text x="5" y="91">{escape(months[0])}</text>'
        f'<text x="150" y="91" text-anchor="middle">{escape(between)}</text>'
        f'<text x="295" y="91" text-anchor="end">{escape(months[-1])}</text></svg>'
    )
