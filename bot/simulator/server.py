"""Starting the simulator: on loopback, and nowhere else unless told so."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.simulator import control, telegram_http, whatsapp_http
from bot.simulator.delivery import Delivery
from bot.simulator.whatsapp_control import WhatsappControl
from bot.simulator.whatsapp_delivery import Posting
from bot.simulator.whatsapp_world import Whatsapp
from bot.simulator.world import World

_PAGE = Path(__file__).parent / "page"
_MIMES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}  # fmt: skip


class NotLoopback(ValueError):  # noqa: N818 - the refusal's name
    """Say that the simulator has no passwords and therefore stays on this machine."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Running:
    """A simulator that answers at `url`."""

    world: World
    whatsapp: Whatsapp
    url: str
    _runner: web.AppRunner

    async def close(self) -> None:
        """Stop answering and posting; long polls and streams end."""
        self.world.close()
        await self._runner.cleanup()


def mount(app: web.Application, world: World, whatsapp: Whatsapp | None = None) -> None:
    """Add the Bot API, the Cloud API, the control API and the page to an application that may serve more."""
    whatsapp = whatsapp or Whatsapp(world)
    delivery = Delivery(world, partial(telegram_http.execute, world))
    posting = Posting(whatsapp)

    async def running(_app: web.Application) -> AsyncIterator[None]:
        await delivery.open()
        await posting.open()
        yield
        await posting.close()
        await delivery.close()

    async def stop(_app: web.Application) -> None:
        world.close()

    app.cleanup_ctx.append(running)
    app.on_shutdown.append(stop)
    guard = partial(_refuse_foreign, world)
    app.router.add_routes(telegram_http.routes(world))
    app.router.add_routes(whatsapp_http.routes(whatsapp, posting))
    ours = WhatsappControl(whatsapp=whatsapp, posting=posting)
    app.router.add_routes(control.routes(world, delivery, ours, guard=guard))
    app.router.add_routes(_page_routes(guard))


async def start(
    world: World, host: str = "127.0.0.1", port: int = 0, *,
    whatsapp: Whatsapp | None = None, allow_any_host: bool = False,
) -> Running:  # fmt: skip
    """Serve on `host` and `port` (0: any free one); refuse a host that is not loopback."""
    if not allow_any_host and not is_loopback(host):
        raise NotLoopback(
            f"the simulator has no passwords and listens on loopback only, not on {host!r}"
        )
    world.any_host = allow_any_host
    whatsapp = whatsapp or Whatsapp(world)
    app = web.Application(client_max_size=8 * 1024 * 1024)
    mount(app, world, whatsapp)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    bound: Any = runner.addresses[0]
    shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    return Running(world=world, whatsapp=whatsapp, url=f"http://{shown}:{bound[1]}", _runner=runner)


def is_loopback(host: str) -> bool:
    """Return whether every address behind `host` is this machine's own loopback."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None) if host else []
    except OSError:
        return False
    addresses = [str(entry[4][0]) for entry in found]
    return bool(addresses) and all(ipaddress.ip_address(a).is_loopback for a in addresses)


def _refuse_foreign(world: World, request: web.Request) -> None:
    """Keep web pages from elsewhere out: by name (rebinding) and by origin (cross-site posts)."""
    if world.any_host:
        return
    host = request.url.host or ""
    if host != "localhost" and not _is_loopback_address(host):
        raise web.HTTPForbidden(text="the simulator answers to loopback names only")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise web.HTTPForbidden(text="the simulator answers to its own page only")


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _page_routes(guard: Callable[[web.Request], None]) -> list[web.RouteDef]:
    async def index(request: web.Request) -> web.StreamResponse:
        guard(request)
        return _asset("index.html")

    async def asset(request: web.Request) -> web.StreamResponse:
        guard(request)
        return _asset(request.match_info["file"])

    return [web.get("/", index), web.get("/page/{file:[A-Za-z0-9_-]+\\.[a-z0-9]+}", asset)]


def _asset(name: str) -> web.StreamResponse:
    path = _PAGE / name
    mime = _MIMES.get(path.suffix)
    if mime is None or not path.is_file():
        raise web.HTTPNotFound
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=path.read_bytes(), content_type=mime, charset="utf-8", headers=headers)
