"""The composition root: web app, turns, delivery and clock in one process, or each part alone."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import TelegramError

from bot import commands, demo_village, ears, mouths, simulated
from bot.access import Access, database_access, require_current
from bot.channels import telegram, whatsapp
from bot.dashboard import server as dashboard
from bot.services import Services
from bot.settings import BadSettings, Settings
from bot.simulator import server as simulator
from bot.simulator.world import World
from bot.stopping import unless_stopped, until_stopped
from core import database, embedded, schema
from notifications import bell as bells
from notifications import lease, scheduler
from notifications.announcing import Pace
from notifications.bell import Bell
from notifications.senders import Sender, SendError
from notifications.senders import telegram as mouth

log = structlog.get_logger()

_POOL = 12  # connections for turns: 8 to 16 are best on a small machine
_WATCH = 2.0  # seconds between looks at the embedded server


@dataclass(slots=True)
class House:
    """A running service: what its parts share and whether it is ready."""

    settings: Settings
    access: Access = field(repr=False)
    app_engine: AsyncEngine = field(repr=False)
    clock_engine: AsyncEngine = field(repr=False)
    province_engine: AsyncEngine = field(repr=False)
    bell: Bell
    stop: asyncio.Event
    ear: telegram.Ear | None = field(default=None, repr=False)
    whatsapp_ear: whatsapp.Ear | None = field(default=None, repr=False)
    services: Services | None = field(default=None, repr=False)
    awaited: set[str] = field(default_factory=lambda: {"service"})  # what is not ready yet
    senders: list[Sender] = field(default_factory=list, repr=False)
    answer_seconds: float = mouth.ANSWER


async def serve(
    settings: Settings, *, only: str | None = None, answer_seconds: float = mouth.ANSWER
) -> None:
    """Run the service until SIGTERM or SIGINT: everything, or only the bot or the notifications.

    `answer_seconds` is how long Telegram may stay silent before an outcome is unknown; tests shorten it.
    """
    await _run(settings, only=only, answer_seconds=answer_seconds)


async def simulate(settings: Settings) -> None:
    """Run the service with the simulator as its Telegram and its WhatsApp."""
    await _run(simulated.settings_for(settings), world=simulated.world())


async def demo(settings: Settings) -> None:
    """Run the service with the simulator, a seeded province and a village with people in it."""
    await _run(simulated.settings_for(settings), world=simulated.world(), seed=True)


async def _run(
    settings: Settings,
    *,
    only: str | None = None,
    world: World | None = None,
    seed: bool = False,
    answer_seconds: float = mouth.ANSWER,
) -> None:
    with database_access(settings) as access:
        async with _house(settings, access) as house:
            house.answer_seconds = answer_seconds
            if seed:
                await demo_village.prepare(access)
            parts = await _parts(house, only=only)
            gc.collect()
            gc.freeze()  # Importing leaves 187,000 objects; a collection over them stops every chat.
            async with AsyncExitStack() as stack:
                stack.push_async_callback(_settle, parts, house)
                await _listen(house, stack, world)
                if only != "notifications":
                    asyncio.get_running_loop().set_exception_handler(_complain)
                parts.extend(await _start_channels(house, world, only=only, seed=seed))
                await house.stop.wait()
                log.info("service.stopping")


def _complain(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.warning("loop.trouble", what=str(context.get("message"))[:200])


@asynccontextmanager
async def _house(settings: Settings, access: Access) -> AsyncIterator[House]:
    owner = database.make_engine(access.urls.owner, size=1)
    try:
        await require_current(access, owner)
    finally:
        await owner.dispose()
    engines = [
        database.make_engine(access.urls.app, size=_POOL, name="kopdes bot", limited=True),
        database.make_engine(access.urls.clock, size=8, name="kopdes clock", limited=True),
        database.make_engine(access.urls.province, size=2, name="kopdes province", limited=True),
    ]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield House(
            settings=settings,
            access=access,
            app_engine=engines[0],
            clock_engine=engines[1],
            province_engine=engines[2],
            bell=Bell(),
            stop=stop,
        )
    finally:
        for engine in engines:
            await engine.dispose()


async def _parts(house: House, *, only: str | None) -> list[asyncio.Task[Any]]:
    parts: list[asyncio.Task[Any]] = []
    if house.access.server is not None:
        parts.append(_task(house, _watch(house, house.access.server), "watch"))
    if only != "bot":
        clock = scheduler.make(
            house.clock_engine,
            timezone=house.settings.timezone,
            ticks=scheduler.ticks(house.access.keys, _pace(house.settings)),
        )
        clock.start()
        parts.append(
            _task(house, until_stopped(house.stop, partial(clock.shutdown, wait=False)), "clock")
        )
    return parts


def _pace(settings: Settings) -> Pace:
    return Pace(rate=settings.telegram_rate, keeps_hours=settings.send_hours != "always")


def _task(house: House, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
    """Run a part; the whole service stops when one breaks: whoever runs it starts it again."""
    task = asyncio.create_task(work, name=name)

    def ended(done: asyncio.Task[Any]) -> None:
        if not done.cancelled() and done.exception() is not None:
            log.error("part.broke", part=name, exc_info=done.exception())
            house.stop.set()

    task.add_done_callback(ended)
    return task


async def _settle(parts: list[asyncio.Task[Any]], house: House) -> None:
    """Let every part finish what it has begun, ten seconds at most."""
    house.stop.set()
    if parts:
        _, late = await asyncio.wait(parts, timeout=10)
        for task in late:
            task.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
    for sender in house.senders:
        await sender.close()


async def _listen(house: House, stack: AsyncExitStack, world: World | None) -> None:
    """Open the HTTP port."""
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_get("/healthz", _ok)
    app.router.add_get("/readyz", partial(_readyz, house))
    app.router.add_get("/metrics", _metrics)
    app.router.add_post("/telegram/webhook", partial(_telegram, house))
    app.router.add_get("/whatsapp/webhook", partial(_whatsapp, house, whatsapp.challenge))
    app.router.add_post("/whatsapp/webhook", partial(_whatsapp, house, whatsapp.webhook))
    dashboard.mount(app, _dashboard(house))
    if world is not None:
        simulator.mount(app, world, simulated.whatsapp(world, house.settings))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    host, port = house.settings.http_host, house.settings.http_port
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise BadSettings(f"KOPDES_HTTP_PORT {port} cannot be opened: {error.strerror}") from error
    log.info("service.listening", host=host, port=port)


def _dashboard(house: House) -> dashboard.Dashboard:
    return dashboard.Dashboard(
        app=house.app_engine,
        province=house.province_engine,
        keys=house.access.keys,
        is_secure=house.settings.address.startswith("https:"),
    )


async def _start_channels(
    house: House, world: World | None, *, only: str | None, seed: bool
) -> list[asyncio.Task[Any]]:
    settings = house.settings
    if only != "notifications":
        house.services = Services(
            app=house.app_engine,
            province=house.province_engine,
            keys=house.access.keys,
            wake=partial(bells.wake, house.bell),
            answer_callback=partial(bells.answer_callback, house.bell),
            learnt=await ears.learnt(house.app_engine, settings),
            pace=_pace(settings),
            address=settings.address,
        )
    parts: list[asyncio.Task[Any]] = []
    telegrams = mouths.telegram(settings, house.answer_seconds)
    if telegrams is not None:
        house.awaited.add("telegram")
        house.senders.append(telegrams)
        hearing = _introduce_and_hear(house, telegrams, world, only=only, seed=seed)
        parts.append(_task(house, hearing, "telegram"))
    if (whatsapps := mouths.whatsapp(settings, house.answer_seconds)) is not None:
        house.senders.append(whatsapps)
        if house.services is not None:
            house.awaited.add("whatsapp")
            hearing = _hear_whatsapp(house, house.services)
            parts.append(_task(house, hearing, "whatsapp"))
    if house.senders:
        parts.append(_task(house, _speak(house, only), "mouths"))
    house.awaited.discard("service")
    return parts


async def _hear_whatsapp(house: House, services: Services) -> None:
    """Hear WhatsApp's webhook until told to stop; Meta is asked for nothing."""
    clock, settings = house.clock_engine, house.settings
    async with aiohttp.ClientSession() as session:
        house.whatsapp_ear = ears.for_whatsapp(services, settings, session, clock)
        house.awaited.discard("whatsapp")
        log.info("whatsapp.ready", account=house.settings.whatsapp_phone_id)
        await house.stop.wait()


async def _speak(house: House, only: str | None) -> None:
    """Speak on every channel; without a mouth in this process the bell is rung for mouths elsewhere."""
    if only == "bot":
        await mouths.ring_only(house.bell, house.access, house.stop)
        return
    await mouths.speak(
        house.senders,
        engine=house.clock_engine,
        access=house.access,
        settings=house.settings,
        bell=house.bell,
        stop=house.stop,
    )


async def _introduce_and_hear(
    house: House,
    sender: mouth.TelegramSender,
    world: World | None,
    *,
    only: str | None,
    seed: bool,
) -> None:
    settings = house.settings
    async with aiohttp.ClientSession() as session:
        # Whoever can call the webhook must be known before it is registered: the ear comes first.
        identity = await _introduce(house, sender, webhook=False)
        if identity is None:
            return
        if house.services is not None:
            house.services.learnt["telegram"] = settings.telegram_username or identity.username
            house.ear = ears.for_telegram(house.services, settings, session, sender.account)
        async with database.transaction(house.clock_engine) as db:
            await lease.remember_username(
                db, channel="telegram", account=sender.account, username=identity.username
            )
        # A process that only speaks leaves the webhook to those that hear.
        if only != "notifications" and await _introduce(house, sender, webhook=True) is None:
            return
        house.awaited.discard("telegram")
        log.info("telegram.ready", account=sender.account)
        async with asyncio.TaskGroup() as group:
            if house.ear is not None and settings.telegram_webhook_url is None:
                group.create_task(telegram.poll(house.ear, house.stop))
            if seed and world is not None:
                introducing = demo_village.introduce(house.access, world, settings)
                group.create_task(unless_stopped(house.stop, introducing))
            group.create_task(house.stop.wait())  # The ear's session stays open until then.


async def _introduce(
    house: House, sender: mouth.TelegramSender, *, webhook: bool
) -> mouth.Identity | None:
    """Learn who the bot is, again and again until Telegram answers; None when told to stop."""
    settings = house.settings
    secret = settings.telegram_webhook_secret
    pause = 0.5
    while not house.stop.is_set():
        try:
            if not webhook:
                me = await sender.bot.get_me()
                return mouth.Identity(id=me.id, username=me.username or "")
            return await mouth.prepare(
                sender,
                commands=commands.MENU,
                webhook_url=settings.telegram_webhook_url,
                webhook_secret=secret.get_secret_value() if secret else None,
            )
        except (SendError, TelegramError) as error:
            log.warning("telegram.unreachable", error=str(error)[:80])
        try:
            async with asyncio.timeout(pause):
                await house.stop.wait()
        except TimeoutError:
            pause = min(pause * 2, 15)
    return None


async def _watch(house: House, server: embedded.Server) -> None:
    """Start the embedded server again when it died under us; what prevents it may pass."""
    while not house.stop.is_set():
        try:
            async with asyncio.timeout(_WATCH):
                await house.stop.wait()
        except TimeoutError:
            try:
                await asyncio.to_thread(embedded.revive, server)
            except embedded.EmbeddedError as error:
                log.error("database.down", error=str(error))  # noqa: TRY400 - its line says it all


async def _ok(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _readyz(house: House, _request: web.Request) -> web.Response:
    """Ready: the database answers, its migrations are current, the channels are configured."""
    try:
        async with asyncio.timeout(5), house.app_engine.connect() as db:
            await db.execute(text("SELECT 1"))
            current = await schema.is_current(db)
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
        return web.Response(status=503, text=f"database: {type(error).__name__}\n")
    trouble = "channels: not yet configured\n" if house.awaited else None
    trouble = trouble if current else "migrations: not current\n"
    return web.Response(status=503 if trouble else 200, text=trouble or "ready\n")


async def _metrics(_request: web.Request) -> web.Response:
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _telegram(house: House, request: web.Request) -> web.Response:
    if house.ear is None:
        return web.Response(status=503)
    return await telegram.webhook(house.ear, request)


async def _whatsapp(house: House, answer: whatsapp.Answer, request: web.Request) -> web.Response:
    if house.whatsapp_ear is None:
        return web.Response(status=503 if house.settings.has_whatsapp else 404)
    return await answer(house.whatsapp_ear, request)
