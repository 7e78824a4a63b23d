"""serve, demo, simulate, migrate, seed: what makes a service stand."""

from __future__ import annotations

from collections.abc import Coroutine
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import running
from bot.cli.running import AsJson, Desk

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.access import Access
    from bot.settings import Settings

_seed = typer.Typer(no_args_is_help=True, help="Found what a province has.")


class Part(StrEnum):
    """What one process of a larger installation does."""

    BOT = "bot"
    NOTIFICATIONS = "notifications"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (serve, demo, simulate, migrate):
        app.command()(command)
    app.add_typer(_seed, name="seed")


def serve(
    only: Annotated[Part | None, typer.Option(help="Only answer chats, or only speak.")] = None,
) -> None:
    """Run the service: webhooks or polling, delivery and the clock."""
    settings = _starting()
    from bot import app

    _run(app.serve(settings, only=only.value if only else None))


def demo() -> None:
    """Run the service with a seeded province and the simulator."""
    settings = _starting()
    from bot import app

    _run(app.demo(settings))


def simulate() -> None:
    """Run the service with the simulator, without the seed."""
    settings = _starting()
    from bot import app

    _run(app.simulate(settings))


def _starting() -> Settings:
    """Read the settings before anything that takes seconds to load."""
    from bot import logs
    from bot.settings import load

    settings = load()
    logs.configure()
    return settings


def _run(work: Coroutine[Any, Any, Any]) -> None:
    try:
        import uvloop
    except ImportError:  # There is none for Windows.
        import asyncio

        asyncio.run(work)
    else:
        uvloop.run(work)


def migrate(as_json: AsJson = False) -> None:
    """Bring the database up to date, with its logins, chart, regions and villages."""
    from core import schema

    async def work(_: AsyncEngine, access: Access, __: Settings) -> str:
        await schema.migrate(access.urls, access.keys)
        return schema.latest()

    version = running.with_database(work)
    running.say({"version": version}, [f"the database is at {version}"], as_json=as_json)


@_seed.command()
def kaltim(as_json: AsJson = False) -> None:
    """Found one cooperative for each village of Kalimantan Timur that has none."""
    from core import cooperatives
    from core.monitoring import keeping

    async def work(desk: Desk) -> dict[str, int]:
        founded = await cooperatives.seed_kaltim(desk.db, at=desk.at)
        await keeping.begin(desk.db, at=desk.at)
        return {"founded": founded, "cooperatives": len(await cooperatives.list_all(desk.db))}

    counts = running.as_owner(work)
    lines = [f"{counts['founded']} founded, {counts['cooperatives']} cooperatives now"]
    running.say(counts, lines, as_json=as_json)
