"""The dashboard over HTTP: a link's door, the page behind it, its style; browsers keep none of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dashboard import asking, page
from bot.dashboard.page import Seen
from core import database
from core.calendar import WITA, business_date
from core.monitoring import passes, reading
from core.monitoring.reading import OutsideYourRegion
from core.sealing import Keys
from core.tables.places import regions
from core.texts import render

COOKIE = "dasbor"
STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """What the page needs: the turns' login knows who may look, the province's alone what there is to see."""

    app: AsyncEngine = field(repr=False)
    province: AsyncEngine = field(repr=False)
    keys: Keys = field(repr=False)
    is_secure: bool  # the address people use is https


def mount(app: web.Application, dashboard: Dashboard) -> None:
    """Add the dashboard to the service's application."""
    link = "/dasbor/{token:[A-Za-z0-9_-]{32}}"
    app.router.add_get("/dasbor", partial(_show, dashboard))
    app.router.add_get("/dasbor/gaya.css", _style)
    app.router.add_get(link, _door)
    app.router.add_post(link, partial(_enter, dashboard))


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)


async def _style(_request: web.Request) -> web.Response:
    return web.Response(text=STYLE, content_type="text/css", headers=_HEADERS)


async def _door(_request: web.Request) -> web.Response:
    """Say how to open it, whatever the token is: a preview learns nothing and uses nothing up."""
    return _html(page.door(passes.SESSION_GOOD_FOR.seconds // 3600))


async def _enter(here: Dashboard, request: web.Request) -> web.Response:
    """Use the link up and begin a session."""
    token = request.match_info["token"]
    async with database.transaction(here.app) as db:
        session = await passes.enter(db, keys=here.keys, token=token, at=datetime.now(UTC))
    if session is None:
        return _html(page.notice(render("dashboard-closed"), style="gaya.css"), 403)
    answer = web.Response(status=303, headers=_HEADERS | {"Location": "../dasbor"})
    answer.set_cookie(
        COOKIE,
        session,
        max_age=int(passes.SESSION_GOOD_FOR.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=here.is_secure,
    )
    return answer


async def _show(here: Dashboard, request: web.Request) -> web.Response:
    """Show the page to an official who holds the office now."""
    now = datetime.now(UTC)
    today = business_date(now, WITA)
    async with database.transaction(here.app) as db:
        session = request.cookies.get(COOKIE, "")
        own = await passes.region_of(db, keys=here.keys, session=session, at=now)
        rows = await db.execute(
            select(regions.c.code, regions.c.name).order_by(regions.c.code).limit(100)
        )
        names = {row.code: row.name for row in rows}
    if own is None:
        return _html(page.notice(render("dashboard-over")), 403)
    async with database.transaction(here.province) as db:
        try:
            newest = await reading.newest(db, region=own, today=today)
            asked = asking.read(request.query, own=own, names=names, today=today, newest=newest)
        except asking.WrongAddress:
            return _html(page.notice(render("dashboard-wrong"), back=True), 400)
        except OutsideYourRegion:
            return _html(page.notice(render("dashboard-outside"), back=True), 403)
        seen = Seen(
            own=own,
            names=names,
            sums=await reading.totals(db, region=own, first=asked.month, last=asked.month),
            trend=await reading.trend(db, region=asked.region, month=asked.month),
            cooperatives=await reading.cooperatives(db, region=asked.region, month=asked.month)
            if "." in asked.region
            else (),
        )
    return _html(page.dashboard(asked, seen, today))
