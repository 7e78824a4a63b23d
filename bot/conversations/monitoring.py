"""/pantau: an official's region as it stands, its ranking, one cooperative, a year as a picture, all of it as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial

from bot.conversations import announcement_whom, announcements, province
from bot.talk import Reply, Turn, button, say
from bot.understand import watching
from bot.understand.watching import Watching
from core.calendar import WITA, business_date, month_of, next_month
from core.monitoring import passes, reading, tables
from core.monitoring.figures import BY_NAME, FIGURES, Figure, Unit, ranked
from core.monitoring.reading import Total, Watched
from core.texts import render
from notifications.messages import Attachment, Button, Fact, Say

Found = tuple[str, Callable[[Turn], Awaitable[Reply]]]
_CODE = re.compile(r"\b64-\d{4}\b")
_ASKED = re.compile(r"\s*/?pantau(?:an)?\b(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_FILE = re.compile(
    r"\b(?:(?:di|ke|dalam|sebagai|file|berkas) )*(?:excel|exel|xlsx|xls)\b", re.IGNORECASE
)
_DASHBOARD = re.compile(r"/?(?:dasbor|dashboard|dasboard)")
_COMPARED = ("members", "savings", "lent", "npl", "par30", "collection", "sales", "silence", "deadlines", "meetings", "documents")  # fmt: skip


async def spoken(turn: Turn, text: str) -> Found | None:
    """Find what an official asks of the figures: pantau Berau, NPL Kukar, 10 terbaik, bandingkan Paser dan Berau, pantau 64-0012."""
    if turn.province is None or turn.state.form is not None:
        return None
    said = text.strip().lower()
    if _DASHBOARD.fullmatch(said):
        return "monitoring-dashboard", dashboard_link
    if watching.may_ask(said) and (question := await _question(turn, said)):
        return "monitoring-question", partial(_answer, question)
    if asked := _ASKED.fullmatch(said):
        return "monitoring-region", partial(_by_words, asked["rest"].strip())
    return None


async def _question(turn: Turn, said: str) -> Watching | None:
    assert turn.province is not None
    whole = turn.province.region.partition(".")[0]
    known = await announcements.regions_of(turn)
    regions = {code: name for code, name in known.items() if code.startswith(whole)}  # no "Latihan"
    return watching.read(
        said, lambda one: announcement_whom.places(one, regions), alone=turn.standing is None
    )


async def _answer(question: Watching, turn: Turn) -> Reply:
    assert turn.province is not None
    regions = question.regions or (turn.province.region,)
    figure = BY_NAME[question.figure] if question.figure else None
    if question.trend:
        return await _trend(turn, regions[0], figure)
    if question.compare and len(regions) > 1:
        return await _compared(turn, regions, figure)
    figure = figure or BY_NAME["collection"]
    order = question.order or "worst"
    if figure.high is None:  # Nobody can say which end is the better one.
        order = {"best": "highest", "worst": "lowest"}.get(order, order)
    return await _ranking(turn, regions[0], figure, order=order, count=question.count)


async def _compared(turn: Turn, regions: Sequence[str], figure: Figure | None) -> Reply:
    """Lay regions side by side, figure by figure."""
    assert turn.province is not None
    own = turn.province.region
    names = {code: await _named(turn, code) for code in regions}
    found = {one.region: one for one in await province.totals(turn, own)}
    lines = [say("monitoring-compared", regions=", ".join(names.values()))]
    for one in (figure,) if figure else (BY_NAME[name] for name in _COMPARED):
        called = render("table-silent") if one.name == "silence" else _called(one)
        values = [
            f"{announcement_whom.plain_region(name).title()} {_written(one, one.of(found[code], turn.today) if code in found else None)}"
            for code, name in names.items()
        ]
        lines.append(say("monitoring-figure", figure=called, value="; ".join(values)))
    return Reply(lines=tuple(lines))


async def overview(turn: Turn) -> Reply:
    """/pantau: the official's own region."""
    assert turn.province is not None
    return await _of_region(turn, turn.province.region)


async def pressed(turn: Turn, region: str, what: str) -> Reply:
    """A button under a region: its year as a picture, its cooperatives as a file, the region itself."""
    if turn.province is None:
        return Reply(lines=(say("not-for-you"),))
    await _named(turn, region)
    if what == "trend":
        return await _trend(turn, region)
    if what == "link":
        return await dashboard_link(turn)
    if what == "file":
        return await _file(turn, region)
    if what == "worst":
        return await _ranking(turn, region, BY_NAME["npl"], order="worst", count=watching.SHOWN)
    return await _of_region(turn, region)


async def dashboard_link(turn: Turn) -> Reply:
    """Dasbor: a link to the page of the official's region, good once and for ten minutes."""
    assert turn.province is not None
    token = await passes.offer(turn.db, keys=turn.keys, official=turn.province.id, at=turn.now)
    minutes = int(passes.LINK_GOOD_FOR.total_seconds()) // 60
    return Reply(
        lines=(
            say("dashboard-link", url=f"{turn.services.address}/dasbor/{token}"),
            say("dashboard-once", minutes=minutes),
        )
    )


async def _by_words(rest: str, turn: Turn) -> Reply:
    if found := _CODE.search(rest):
        return await _one(turn, found[0])
    if _FILE.search(rest) and turn.province is not None:
        place = _FILE.sub("", rest).strip()
        whole = turn.province.region
        region = await _region_of(turn, place) if place else whole
        return await _file(turn, region) if region else Reply(lines=(say("monitoring-nothing"),))
    region = await _region_of(turn, rest)
    if region is not None:
        return await _of_region(turn, region)
    assert turn.province is not None
    named = await province.cooperatives_named(turn, turn.province.region, rest)
    if len(named) == 1:
        return await _one(turn, named[0][0])
    if named:
        rows = [say("monitoring-which", code=code, name=name) for code, name in named]
        return Reply(lines=(say("monitoring-which-of"), *rows))
    return Reply(lines=(say("monitoring-nothing"),))


async def _region_of(turn: Turn, text: str) -> str | None:
    named = announcement_whom.read(text, await announcements.regions_of(turn)).regions
    return named[0] if len(named) == 1 else None


async def _named(turn: Turn, region: str) -> str:
    """Return a region's name. Raises OutsideYourRegion."""
    assert turn.province is not None
    name = (await announcements.regions_of(turn)).get(region, region)
    reading.require_region(region, turn.province.region, name)
    return name


async def _of_region(turn: Turn, region: str) -> Reply:
    name = await _named(turn, region)
    found = await province.totals(turn, region)
    buttons = _buttons(turn, region)
    total = next((one for one in found if one.region is None), None)
    if total is None:
        return Reply(lines=(say("monitoring-not-yet", region=name),), buttons=buttons)
    names = await announcements.regions_of(turn)
    parts = [one for one in found if one.region is not None and len(found) > 2]
    return Reply(
        lines=(
            say(
                "monitor-head",
                region=name,
                cooperatives=total.cooperatives,
                members=total.members,
                savings=total.savings,
            ),
            *_lines_of(total),
            *(
                say(
                    "monitoring-region",
                    region=names.get(one.region or "", one.region or ""),
                    cooperatives=one.cooperatives,
                    npl=_percent(one.npl),
                    silent=one.silent,
                )
                for one in parts
            ),
            *await province.late_requests(turn, region),
            say("monitoring-on", on=business_date(total.at, WITA)),
        ),
        buttons=buttons,
    )


def _lines_of(total: Total) -> tuple[Say, ...]:
    return (
        say(
            "monitoring-loans",
            lent=_of("lent", total),
            npl=_percent(total.npl),
            par=_percent(total.par30),
        ),
        say("monitoring-dues", collection=_percent(total.collection), sales=total.sales),
        say(
            "monitoring-health",
            **{
                name: _of(name, total)
                for name in ("liquidity", "own_capital", "bopo", "bmpp", "cash_off")
            },
        ),
        say("monitoring-care", silent=total.silent, unsealed=total.unsealed),
        say("monitoring-open", disputed=total.disputed, waiting=total.waiting),
        say(
            "monitoring-due",
            deadlines=_of("deadlines", total),
            meetings=_of("meetings", total),
            unclosed=total.unclosed,
        ),
        say(
            "monitoring-papers",
            complete=total.complete,
            documents=_of("documents", total),
            trained=total.trained,
            officers=total.officers,
        ),
        *([say("monitoring-unsound", count=total.unsound)] if total.unsound else []),
        *([say("monitoring-hidden", count=total.hidden)] if total.hidden else []),
    )


def _buttons(turn: Turn, region: str) -> tuple[tuple[Button, ...], ...]:
    last = next_month(month_of(turn.today), -1)
    own = (button("button-unlinked", "n:0"), button("button-last-month", f"sr:{last:%Y-%m}:show"))
    return (
        (
            button("button-trend", f"mo:{region}:trend"),
            button("button-worst", f"mo:{region}:worst"),
            button("button-excel", f"mo:{region}:file"),
        ),
        (button("button-dashboard", f"mo:{region}:link"),),
        *((own,) if turn.province and region == turn.province.region else ()),
    )


async def _ranking(turn: Turn, region: str, figure: Figure, *, order: str, count: int) -> Reply:
    """Tell a region's figure and its cooperatives, from the best or worst, the highest or lowest on."""
    name = await _named(turn, region)
    found = await province.watched(turn, region)
    sums = await province.totals(turn, region)
    best = order == "best" or (
        order in ("highest", "lowest") and (order == "highest") is (figure.high is not False)
    )
    rows = ranked(found, figure, turn.today, best=best)
    if not rows:
        return Reply(lines=(say("monitoring-unranked", figure=_called(figure), region=name),))
    total = next((one for one in sums if one.region is None), None)
    whole = _written(figure, figure.of(total, turn.today) if total else None)
    if figure.name == "silence":
        whole = _written(BY_NAME["members"], total.silent if total else None)
    lines = [
        say("monitoring-ranking", figure=_called(figure), region=name, value=whole),
        say(f"monitoring-{order}"),
    ]
    for number, (one, value) in enumerate(rows[:count], start=1):
        lines.append(
            say(
                "monitoring-rank",
                n=number,
                code=one.code,
                name=one.name,
                value=_written(
                    figure, value if one.last_entry_at or figure.name != "silence" else None
                ),
            )
        )
    if len(rows) < len(found):
        lines.append(say("monitoring-left-out", count=len(found) - len(rows)))
    return Reply(lines=tuple(lines))


async def _one(turn: Turn, code: str) -> Reply:
    assert turn.province is not None
    found = await province.watched(turn, turn.province.region)
    one = next((one for one in found if one.code == code), None)
    if one is None:
        return Reply(lines=(say("monitoring-nothing"),))
    lines = [say("monitoring-one", code=one.code, name=one.name)]
    for figure in FIGURES:
        value = _written(figure, figure.of(one, turn.today))
        lines.append(say("monitoring-figure", figure=_called(figure), value=value))
    lines.append(_closed(one))
    if one.sound is False:
        lines.append(say("monitoring-one-unsound"))
    return Reply(lines=(*lines, say("monitoring-dash")))


def _closed(one: Watched) -> Say:
    if one.closed_through is None:
        return say("monitoring-never-closed")
    return say("monitoring-closed", through=one.closed_through)


async def _trend(turn: Turn, region: str, figure: Figure | None = None) -> Reply:
    """A year as a picture, and of one figure in words too."""
    name = await _named(turn, region)
    months = await province.trend(turn, region)
    if not months:
        return Reply(lines=(say("monitoring-not-yet", region=name),))
    charts = [
        {
            "title": _called(BY_NAME[key]),
            "values": [_number(BY_NAME[key].of(one, turn.today)) for one in months],
            "last": _written(BY_NAME[key], BY_NAME[key].of(months[-1], turn.today)),
        }
        for key in ((figure.name,) if figure else ("members", "savings", "lent", "npl"))
    ]
    facts: dict[str, Fact] = {
        "title": name,
        "first": f"{months[0].month:%Y-%m}",
        "last": f"{months[-1].month:%Y-%m}",
        "charts": json.dumps(charts),
    }
    return Reply(
        lines=(say("monitoring-trend", region=name, count=len(months)), *_moved(months, figure)),
        attachment=Attachment(kind="trend", facts=facts),
    )


def _moved(months: Sequence[Total], figure: Figure | None) -> list[Say]:
    """Tell from which value to which a figure went."""
    if figure is None:
        return []
    known = [
        (one.month, value) for one in months if (value := figure.of(one, one.month)) is not None
    ]
    called = render("table-silent") if figure.name == "silence" else _called(figure)
    if not known:
        return [say("monitoring-figure", figure=called, value="–")]
    (first, before), (last, now) = known[0], known[-1]
    return [
        say(
            "monitoring-moved",
            figure=called,
            first=first,
            before=_written(figure, before),
            last=last,
            now=_written(figure, now),
        )
    ]


async def _file(turn: Turn, region: str) -> Reply:
    name = await _named(turn, region)
    found = await province.watched(turn, region)
    sums = await province.totals(turn, region)
    names = await announcements.regions_of(turn)
    sheets = json.dumps(
        tables.sheets(found, sums, turn.today, names), default=float, ensure_ascii=False
    )
    facts: dict[str, Fact] = {"name": f"pantau-{region}-{turn.today}.xlsx", "sheets": sheets}
    return Reply(
        lines=(say("monitoring-file", region=name, count=len(found)),),
        attachment=Attachment(kind="workbook", facts=facts),
    )


def _of(name: str, total: Total) -> str:
    return _written(BY_NAME[name], BY_NAME[name].of(total, total.month))


def _called(figure: Figure) -> str:
    return render(f"figure-{figure.name}")


def _percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.1f}%".replace(".", ",")


def _number(value: int | Decimal | None) -> float | None:
    return None if value is None else float(value)


def _written(figure: Figure, value: int | Decimal | None) -> str:
    if value is None:
        return "–"
    if figure.unit is Unit.PERCENT:
        return _percent(Decimal(value))
    key = "written-rupiah" if figure.unit is Unit.RUPIAH else "written-number"
    return render(key, {"value": int(value)})
