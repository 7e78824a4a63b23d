"""A year of a region as a picture: one small chart a figure, its last value in words."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from notifications.attachments import PNG, File, drawable, font
from notifications.messages import Fact

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_WIDTH: Final = 720
_EDGE: Final = 36
_CHART: Final = 200  # pixels of height, its title included
_INK, _LINE, _RULE = 0, 40, 200


def picture(facts: Mapping[str, Fact]) -> File:
    """Draw the charts of `facts`: title, first, last (months), charts (JSON: title, values, last)."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - few ask for one

    charts = json.loads(str(facts["charts"]))
    height = 2 * _EDGE + 60 + len(charts) * (_CHART + 24)
    image = Image.new("L", (_WIDTH, height), 255)
    draw = ImageDraw.Draw(image)
    draw.text((_EDGE, _EDGE), drawable(str(facts["title"])), font=font(34, bold=True), fill=_INK)
    span = f"{facts['first']} – {facts['last']}"
    small = font(22, bold=False)
    draw.text((_WIDTH - _EDGE - small.getlength(span), _EDGE + 10), span, font=small, fill=_INK)
    for number, chart in enumerate(charts):
        _chart(draw, _EDGE + 60 + number * (_CHART + 24), chart)
    data = io.BytesIO()
    image.quantize(8).save(data, format="PNG", optimize=True)
    return File(name="grafik.png", mime=PNG, data=data.getvalue())


def _chart(draw: ImageDraw, top: int, chart: Mapping[str, Any]) -> None:
    """Draw one figure: its name and last value above, a line from month to month below; from zero on."""
    bold, plain = font(26, bold=True), font(26, bold=False)
    draw.text((_EDGE, top), drawable(str(chart["title"])), font=plain, fill=_INK)
    last = drawable(str(chart["last"]))
    draw.text((_WIDTH - _EDGE - bold.getlength(last), top), last, font=bold, fill=_INK)
    floor, ceiling = top + _CHART - 8, top + 48
    draw.line((_EDGE, floor, _WIDTH - _EDGE, floor), fill=_RULE, width=2)
    points = _points(chart["values"], floor, ceiling)
    if len(points) > 1:
        draw.line(points, fill=_LINE, width=5, joint="curve")
    for x, y in points:
        draw.ellipse((x - 5, y - 5, x + 5, y + 5), fill=_LINE)


def _points(values: Sequence[float | None], floor: int, ceiling: int) -> list[tuple[float, float]]:
    most = max((value for value in values if value is not None), default=0) or 1
    step = (_WIDTH - 2 * _EDGE - 10) / max(1, len(values) - 1)
    return [
        (_EDGE + 5 + n * step, floor - max(0.0, value) / most * (floor - ceiling))
        for n, value in enumerate(values)
        if value is not None
    ]
