"""/pantau: an official's region as it stands, its ranking, one cooperative, a year as a picture, all of it as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial

from bot.conversations import announcement_whom, announcements, province
from bot.talk import Reply, Turn, button, say
from core.calendar import WITA, business_date, month_of, next_month
from core.monitoring import passes, reading, tables
from core.monitoring.figures import BY_NAME, FIGURES, Figure, Unit, ranked
from core.monitoring.reading import Total, Watched
from core.texts import render
from notifications.messages import Attachment, Button, Fact, Say

Found = tuple[str, Callable[[Turn], Awaitable[Reply]]]
_SHOWN = 10  # cooperatives of a ranking
_CODE = re.compile(r"\b64-\d{4}\b")
_ASKED = re.compile(r"\s*/?pantau(?:an)?\b(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_DASHBOARD = re.compile(r"/?(?:dasbor|dashboard|dasboard)")
_COOPERATIVES = re.compile(r"\b(?:koperasi|kopdes|kdmp|kdkmp)\b")
_LISTED = re.compile(r"\b(?:peringkat|ranking|rangking|rengking|urutan)\b")
_ORDERS = {  # how one end of a ranking is spoken of, and whether that is its better end; None: the figure says
    r"\b(?:terbaik|tersehat|terlengkap|paling\s+(?:baik|bagus|sehat|lengkap|rajin))\b": True,
    r"\b(?:terburuk|terjelek|terparah|paling\s+(?:buruk|jelek|parah|sakit|malas))\b": False,
}
_MOST = re.compile(r"\b(?:ter|paling\s+)(?:besar|tinggi|banyak|lama)\b")
_LEAST = re.compile(r"\b(?:ter|paling\s+)(?:kecil|rendah|sedikit)\b")
_ALONE = re.compile(
    r"^(?:berapa\s+|brp\s+|progres+\s+|kemajuan\s+|hasil\s+|kelengkapan\s+)?"
    r"(?:npl|par ?30|likuiditas|bopo|latihan|pelajaran|dokumen|legalitas)\b"
    r"|^(?:berapa\s+|brp\s+)?(?:total|jumlah|jml)\s+(?:simpanan|tabungan|pinjaman|anggota|penjualan)\b"
)
_WORDS = {  # how a figure is spoken of, the first that is found
    r"\bnpl\b|macet|bermasalah": "npl",
    r"\bpar ?30\b": "par30",
    r"\blikuiditas\b": "liquidity",
    r"\bmodal\b": "own_capital",
    r"\bbopo\b": "bopo",
    r"\bwajib\b|tertagih": "collection",
    r"\bgerai\b|penjualan|sembako": "sales",
    r"\bsimpanan\b|tabungan": "savings",
    r"\bpinjaman\b|kredit": "lent",
    r"\banggota\b": "members",
    r"\bdiam\b": "silence",
    r"\bsegel": "unsealed",
    r"\bsanggah": "disputed",
    r"\bsetuju|persetujuan": "waiting",
    r"\blapor": "deadlines",
    r"\bdokumen\b|\blegalitas\b": "documents",
    r"\blatihan\b|\bpelajaran\b": "training",
}


def spoken(turn: Turn, text: str) -> Found | None:
    """Find what an official asks of the figures: pantau Berau, NPL Kukar, koperasi terbaik di Paser, pantau 64-0012."""
    if turn.province is None or turn.state.form is not None:
        return None
    said = text.strip().lower()
    if _DASHBOARD.fullmatch(said):
        return "monitoring-dashboard", dashboard_link
    asked = _ASKED.fullmatch(said)
    if _is_ranking(said):
        return "monitoring-ranking", partial(_rank_by_words, said)
    if asked:
        return "monitoring-region", partial(_by_words, asked["rest"].strip())
    return None


def _is_ranking(said: str) -> bool:
    if _ALONE.match(said):
        return True
    ordered = any(re.search(words, said) for words in _ORDERS) or _MOST.search(said)
    return bool(
        _COOPERATIVES.search(said) and (ordered or _LEAST.search(said) or _LISTED.search(said))
    )


def _best(said: str, figure: Figure) -> bool:
    """Say which end is asked for: "NPL tertinggi" is the worse end, "simpanan tertinggi" the better one."""
    for words, best in _ORDERS.items():
        if re.search(words, said):
            return best
    if _MOST.search(said):
        return figure.high is not False
    return figure.high is False if _LEAST.search(said) else _LISTED.search(said) is not None


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
        return await _ranking(turn, region, BY_NAME["npl"], best=False)
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
    if any(re.search(words, rest) for words in _WORDS):
        return await _rank_by_words(rest, turn)
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


async def _rank_by_words(said: str, turn: Turn) -> Reply:
    assert turn.province is not None
    words = next((words for words in _WORDS if re.search(words, said)), "")
    name = _WORDS.get(words, "collection")
    elsewhere = re.sub(words, " ", said) if words else said
    region = await _region_of(turn, elsewhere) or turn.province.region
    return await _ranking(turn, region, BY_NAME[name], best=_best(said, BY_NAME[name]))


async def _named(turn: Turn, region: str) -> str:
    """Return a region's name. Raises OutsideYourRegion."""
    assert turn.province is not None
    name = (await announcements.regions_of(turn)).get(region, region)
    reading.require_region(region, turn.province.region, name)
    return name


async def _of_region(turn: Turn, region: str) -> Reply:
    name, month = await _named(turn, region), month_of(turn.today)
    found = await province.totals(turn, region, month)
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
            say("monitoring-on", on=business_date(total.at, WITA)),
        ),
        buttons=buttons,
    )


def _lines_of(total: Total) -> tuple[Say, ...]:
    return (
        say(
            "monitoring-loans", lent=total.lent, npl=_percent(total.npl), par=_percent(total.par30)
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


async def _ranking(turn: Turn, region: str, figure: Figure, *, best: bool) -> Reply:
    name, month = await _named(turn, region), month_of(turn.today)
    found = await province.watched(turn, region, month)
    sums = await province.totals(turn, region, month)
    order = ranked(found, figure, turn.today, best=best)
    if not order:
        return Reply(lines=(say("monitoring-unranked", figure=_called(figure), region=name),))
    total = next((one for one in sums if one.region is None), None)
    whole = _written(figure, figure.of(total, turn.today) if total else None)
    if figure.name == "silence":
        whole = _written(BY_NAME["members"], total.silent if total else None)
    lines = [
        say("monitoring-ranking", figure=_called(figure), region=name, value=whole),
        say("monitoring-best" if best else "monitoring-worst"),
    ]
    for number, (one, value) in enumerate(order[:_SHOWN], start=1):
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
    if len(order) < len(found):
        lines.append(say("monitoring-left-out", count=len(found) - len(order)))
    return Reply(lines=tuple(lines))


async def _one(turn: Turn, code: str) -> Reply:
    assert turn.province is not None
    found = await province.watched(turn, turn.province.region, month_of(turn.today))
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


async def _trend(turn: Turn, region: str) -> Reply:
    name = await _named(turn, region)
    months = await province.trend(turn, region, month_of(turn.today))
    if not months:
        return Reply(lines=(say("monitoring-not-yet", region=name),))
    charts = [
        {
            "title": _called(BY_NAME[key]),
            "values": [_number(BY_NAME[key].of(one, turn.today)) for one in months],
            "last": _written(BY_NAME[key], BY_NAME[key].of(months[-1], turn.today)),
        }
        for key in ("members", "savings", "lent", "npl")
    ]
    facts: dict[str, Fact] = {
        "title": name,
        "first": f"{months[0].month:%Y-%m}",
        "last": f"{months[-1].month:%Y-%m}",
        "charts": json.dumps(charts),
    }
    return Reply(
        lines=(say("monitoring-trend", region=name, count=len(months)),),
        attachment=Attachment(kind="trend", facts=facts),
    )


async def _file(turn: Turn, region: str) -> Reply:
    name, month = await _named(turn, region), month_of(turn.today)
    found = await province.watched(turn, region, month)
    sums = await province.totals(turn, region, month)
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
