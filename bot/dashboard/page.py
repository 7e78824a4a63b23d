"""The dashboard's page: totals, map, a year as lines, regions or a region's cooperatives as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any, TypeVar
from urllib.parse import urlencode

from bot.dashboard import drawing
from bot.dashboard.asking import Asked, months
from bot.dashboard.drawing import Tile
from core.calendar import WITA, business_date
from core.monitoring.figures import BY_NAME, CARE, FIGURES, MONEY, Figure, Unit, Value
from core.monitoring.reading import Total, Watched
from core.texts import render

Row = TypeVar("Row")
PAGE = 50  # cooperatives of a table: 250 of them would be half of what a page may weigh
_CARDS = ("members", "savings", "lent", "npl", "par30", "collection", "sales", "silence", "unsealed", "disputed", "waiting", "deadlines", "meetings", "documents", "training")  # fmt: skip
_GROUPS = (
    ("dashboard-money", MONEY),
    ("dashboard-care", CARE),
)  # one table would be too wide to print
_BILLION = 1_000_000_000
_USUAL = re.compile(
    r"^Koperasi (?:Desa|Kelurahan) Merah Putih (?=\S)"
)  # what all their names begin with
_LINES = ("members", "savings", "lent", "npl", "collection", "sales")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the province's login told for one page; `sums` are of the official's own region."""

    own: str
    names: Mapping[str, str]
    sums: Sequence[Total]
    trend: Sequence[Total]
    cooperatives: Sequence[Watched]  # of a kabupaten or kota; of the province none


def document(body: str, *, style: str = "dasbor/gaya.css") -> str:
    """Put a page around its body."""
    title = escape(render("dashboard-title"))
    return (
        '<!doctype html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{title}</title>'
        f'<link rel="stylesheet" href="{style}"></head><body><main>{body}</main></body></html>'
    )


def door(hours: int) -> str:
    """Ask whoever opened the link to press: what fetches previews of links never does."""
    why, press = render("dashboard-open-why", {"hours": hours}), render("dashboard-open")
    title = escape(render("dashboard-title"))
    return document(
        f'<h1>{title}</h1><p>{escape(why)}</p><form method="post"><button>{escape(press)}</button></form>',
        style="gaya.css",
    )


def notice(text: str, *, style: str = "dasbor/gaya.css", back: bool = False) -> str:
    """Say one thing."""
    more = f'<p><a href="dasbor">{escape(render("dashboard-back"))}</a></p>' if back else ""
    title = escape(render("dashboard-title"))
    return document(f"<h1>{title}</h1><p>{escape(text)}</p>{more}", style=style)


def dashboard(asked: Asked, seen: Seen, today: date) -> str:
    """Write the whole page."""
    name = seen.names.get(asked.region, asked.region)
    wanted = None if asked.region == seen.own else asked.region
    total = next((one for one in seen.sums if one.region == wanted), None)
    head = f"<h1>{escape(render('dashboard-title'))}: {escape(name)}</h1>"
    filters = _filters(asked, seen, today)
    if total is None:
        nothing = render("dashboard-none", {"month": _month(asked.month)})
        return document(f"{head}{filters}<p>{escape(nothing)}</p>")
    on = render("dashboard-on", {"on": business_date(total.at, WITA)})
    parts = (
        head,
        f'<p class="soft">{escape(_month(asked.month))}. {escape(on)}</p>',
        filters,
        _cards(total, today),
        f'<div class="two">{_map(asked, seen, today)}{_lines(asked, seen.trend, today)}</div>',
        _cooperatives(asked, seen, today) if "." in asked.region else _regions(asked, seen, today),
        f'<p class="soft">{escape(render("dashboard-dash"))}</p>',
    )
    return document("".join(parts))


def _filters(asked: Asked, seen: Seen, today: date) -> str:
    regions = {
        code: name
        for code, name in seen.names.items()
        if code == seen.own or code.startswith(f"{seen.own}.")
    }
    choices = (
        ("region", "dashboard-region", regions, asked.region),
        (
            "month",
            "dashboard-month",
            {f"{one:%Y-%m}": _month(one) for one in months(today)},
            f"{asked.month:%Y-%m}",
        ),
        (
            "figure",
            "dashboard-figure",
            {one.name: _called(one) for one in FIGURES},
            asked.figure.name,
        ),
    )
    drawn = []
    for name, label, values, chosen in choices:
        options = "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}'
            for value, text in values.items()
        )
        drawn.append(
            f'<label>{escape(render(label))}<select name="{name}">{options}</select></label>'
        )
    press = escape(render("dashboard-show"))
    return f'<form class="filter" action="dasbor">{"".join(drawn)}<button>{press}</button></form>'


def _cards(total: Total, today: date) -> str:
    shown = [(render("dashboard-count"), render("written-number", {"value": total.cooperatives}))]
    shown += [
        (_total_called(BY_NAME[key]), _short(BY_NAME[key], BY_NAME[key].of(total, today)))
        for key in _CARDS
    ]
    drawn = (
        f"<div><span>{escape(head)}</span><b>{escape(value)}</b></div>" for head, value in shown
    )
    return f'<div class="cards">{"".join(drawn)}</div>'


def _map(asked: Asked, seen: Seen, today: date) -> str:
    by_region = {one.region: one for one in seen.sums if one.region is not None}
    found: dict[str, Tile] = {}
    for code, name in seen.names.items():
        mine = code == seen.own or code.startswith(f"{seen.own}.")
        one = by_region.get(code)
        found[code] = Tile(
            name=name.removeprefix("Kabupaten ").removeprefix("Kota "),
            value=asked.figure.of(one, today) if one else None,
            written=_short(asked.figure, asked.figure.of(one, today)) if one else "–",
            link=_link(asked, region=code, page=1) if mine else None,
            here=code == asked.region,
        )
    head = render("dashboard-map", {"figure": _total_called(asked.figure)})
    shades = "".join(f'<i class="l{n}"></i>' for n in range(5))
    low, high = escape(render("dashboard-low")), escape(render("dashboard-high"))
    legend = f'<p class="legend soft">{low} {shades} {high}</p>'
    return f"<section><h2>{escape(head)}</h2>{drawing.province(found)}{legend}</section>"


def _lines(asked: Asked, trend: Sequence[Total], today: date) -> str:
    written = [f"{one.month:%m/%y}" for one in trend]
    drawn = []
    for key in dict.fromkeys((asked.figure.name, *_LINES)):
        figure = BY_NAME[key]
        called, values = _total_called(figure), [figure.of(one, today) for one in trend]
        if svg := drawing.line(values, written, called, _between(figure, values)):
            last = escape(_written(figure, values[-1]))
            drawn.append(
                f"<figure><figcaption><span>{escape(called)}</span><b>{last}</b></figcaption>{svg}</figure>"
            )
    head = escape(render("dashboard-trend"))
    return f'<section><h2>{head}</h2><div class="lines">{"".join(drawn)}</div></section>'


def _between(figure: Figure, values: Sequence[Value]) -> str:
    known = sorted(one for one in values if one is not None)
    return "–".join(_short(figure, end) for end in (known[0], known[-1])) if known else ""


def _regions(asked: Asked, seen: Seen, today: date) -> str:
    sums = [one for one in seen.sums if one.region is not None]
    named = {one.region: seen.names.get(one.region or "", "") for one in sums}
    key = BY_NAME.get(asked.sort)
    sums = _ordered(sums, asked, [key.of(one, today) if key else named[one.region] for one in sums])
    whole = [one for one in seen.sums if one.region is None]
    drawn = []
    for title, columns in _GROUPS:
        rows = []
        for one in [*sums, *whole]:
            cells = f"<td>{render('written-number', {'value': one.cooperatives})}"
            cells += "".join(f"<td>{escape(_of(figure, one, today))}" for figure in columns)
            if one.region is None:
                rows.append(
                    f'<tr class="all"><th scope="row">{escape(render("table-total"))}{cells}'
                )
            else:
                link = escape(_link(asked, region=one.region, page=1))
                name = escape(named[one.region])
                rows.append(f'<tr><th scope="row"><a href="{link}">{name}</a>{cells}')
        count = f'<th scope="col">{escape(render("dashboard-count"))}'
        heads = f"{_head(asked, 'name', render('table-region'))}{count}{_heads(asked, columns, _total_called)}"
        drawn.append(_table(render("dashboard-regions", {"group": render(title)}), heads, rows))
    return "".join(drawn)


def _cooperatives(asked: Asked, seen: Seen, today: date) -> str:
    key = BY_NAME.get(asked.sort)
    found = list(seen.cooperatives)
    found = _ordered(found, asked, [key.of(one, today) if key else one.name for one in found])
    last_page = max(1, -(-len(found) // PAGE))
    page = min(asked.page, last_page)
    first = (page - 1) * PAGE
    shown = found[first : first + PAGE]
    drawn = []
    for title, columns in _GROUPS:
        rows = []
        for one in shown:
            cells = "".join(f"<td>{escape(_of(figure, one, today))}" for figure in columns)
            name = (
                f'{escape(_USUAL.sub("", one.name))} <span class="soft">{escape(one.code)}</span>'
            )
            rows.append(f'<tr><th scope="row">{name}{cells}')
        heads = f"{_head(asked, 'name', render('table-name'))}{_heads(asked, columns, _called)}"
        drawn.append(_table(render("dashboard-each", {"group": render(title)}), heads, rows))
    if last_page > 1:
        place = {"first": first + 1, "last": first + len(shown), "count": len(found)}
        drawn.append(
            f"<nav>{_turn(asked, 'dashboard-before', page - 1, last_page)}"
            f"<span>{escape(render('dashboard-page', place))}</span>"
            f"{_turn(asked, 'dashboard-after', page + 1, last_page)}</nav>"
        )
    return "".join(drawn)


def _turn(asked: Asked, label: str, page: int, last: int) -> str:
    if not 1 <= page <= last:
        return ""
    return f'<a href="{escape(_link(asked, page=page))}">{escape(render(label))}</a>'


def _table(title: str, heads: str, rows: Sequence[str]) -> str:
    """Write a table that scrolls by itself where it is too wide; by keyboard too."""
    called = escape(title)
    return (
        f'<section class="wide"><h2>{called}</h2><div class="scroll" role="region" aria-label="{called}" tabindex="0">'
        f"<table><thead><tr>{heads}</thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _heads(asked: Asked, columns: Sequence[Figure], called: Callable[[Figure], str]) -> str:
    return "".join(_head(asked, one.name, called(one)) for one in columns)


def _head(asked: Asked, key: str, text: str) -> str:
    """Write a heading that sorts; pressed again it sorts the other way."""
    mine = asked.sort == key
    arrow = (" ▼" if asked.falling else " ▲") if mine else ""
    falling = not asked.falling if mine else key != "name"
    link = escape(_link(asked, sort=key, falling=falling, page=1))
    order = ("descending" if asked.falling else "ascending") if mine else "none"
    return f'<th scope="col" aria-sort="{order}"><a href="{link}">{escape(text)}{arrow}</a>'


def _ordered(rows: Sequence[Row], asked: Asked, keys: Sequence[str | Value]) -> list[Row]:
    """Sort by a column; what has no figure stands last either way."""
    pairs: list[tuple[Any, Row]] = [*zip(keys, rows, strict=True)]
    known = [pair for pair in pairs if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=asked.falling)
    return [row for _, row in known] + [row for key, row in pairs if key is None]


def _link(asked: Asked, **other: object) -> str:
    values = {
        "region": asked.region,
        "month": f"{asked.month:%Y-%m}",
        "figure": asked.figure.name,
        "sort": asked.sort,
        "falling": asked.falling,
        "page": asked.page,
    } | other
    values["falling"] = int(bool(values["falling"]))
    return f"dasbor?{urlencode(values)}"


def _called(figure: Figure) -> str:
    return render(f"figure-{figure.name}")


def _total_called(figure: Figure) -> str:
    """Name a sum: of the days of silence a region has the number of cooperatives that are silent."""
    return render("table-silent") if figure.name == "silence" else _called(figure)


def _month(month: date) -> str:
    return render("dashboard-month-name", {"month": month})


def _of(figure: Figure, one: Watched | Total, today: date) -> str:
    return _written(figure, figure.of(one, today))


def _written(figure: Figure, value: Value) -> str:
    if value is None:
        return "–"
    if figure.unit is Unit.PERCENT:
        return f"{Decimal(value):.1f}%".replace(".", ",")
    key = "written-rupiah" if figure.unit is Unit.RUPIAH else "written-number"
    return render(key, {"value": int(value)})


def _short(figure: Figure, value: Value) -> str:
    """Write a figure where room is scarce: billions of rupiah to a tenth, the table has them whole."""
    if value is None or figure.unit is not Unit.RUPIAH or -_BILLION < value < _BILLION:
        return _written(figure, value)
    tenths = f"{Decimal(value) / _BILLION:,.1f}".translate(str.maketrans(",.", ".,"))
    return render("written-billions", {"value": tenths})
