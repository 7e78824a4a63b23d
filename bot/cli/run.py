"""run: do now, once, what the clock would do at an instant; the running service sends what is owed by it."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import running
from bot.cli.running import AsJson

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.access import Access
    from bot.settings import Settings
    from core.sealing import Keys


JOBS = {  # name -> module and function, loaded when it is run: (engine, keys, now) -> rows written
    "alerts": ("notifications.jobs.alerts", "alerts_job"),
    "approvals": ("notifications.requests", "approvals_job"),
    "cash-seal": ("notifications.jobs.cash_seals", "cash_seal_job"),
    "collectibility": ("notifications.nightly", "collectibility_job"),
    "digest": ("notifications.jobs.digest", "digest_job"),
    "dues": ("notifications.jobs.reminders", "dues_job"),
    "heads": ("notifications.jobs.heads", "heads_job"),
    "integrity": ("notifications.jobs.integrity", "integrity_job"),
    "interest": ("notifications.jobs.interest", "interest_job"),
    "invites": ("notifications.jobs.invites", "invites_job"),
    "monitoring": ("notifications.jobs.monitoring", "monitoring_job"),
    "monthly-balances": ("notifications.jobs.statements", "monthly_balances_job"),
    "surplus-slips": ("notifications.jobs.surplus", "surplus_slips_job"),
    "reminders": ("notifications.jobs.reminders", "reminders_job"),
}
_YEARS = range(2000, 2200)  # far from where days and zones end


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(run)


def run(
    job: Annotated[str, typer.Argument(metavar="JOB", help=f"One of {', '.join(JOBS)}.")],
    now: Annotated[
        str, typer.Option("--now", metavar="INSTANT", help="2026-12-01T00:00+08:00, or …Z.")
    ],
    as_json: AsJson = False,
) -> None:
    """Write what is due at an instant, once: run again it writes nothing more."""
    if job not in JOBS:
        raise typer.BadParameter(f"{job} is no job; there are {', '.join(JOBS)}", param_hint="JOB")
    at = _instant(now)
    from bot import logs

    logs.configure()  # A cooperative that fails is told of on stderr; the others go on.

    async def work(engine: AsyncEngine, access: Access, settings: Settings) -> int:  # noqa: ARG001
        from bot.access import require_current

        await require_current(access, engine)
        return await _loaded(job)(engine, access.keys, at)

    changed = running.with_database(work)
    told: dict[str, Any] = {"job": job, "now": at.isoformat(), "changed": changed}
    running.say(told, [f"{job}: {changed} written"], as_json=as_json)


def _loaded(job: str) -> Callable[[AsyncEngine, Keys, datetime], Awaitable[int]]:
    module, name = JOBS[job]
    found: Callable[[AsyncEngine, Keys, datetime], Awaitable[int]]
    found = getattr(importlib.import_module(module), name)
    return found


def _instant(text: str) -> datetime:
    """Read an instant of ISO 8601 with its offset."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise typer.BadParameter(
            "is an instant like 2026-12-01T00:00+08:00 or 2026-11-30T16:00Z", param_hint="--now"
        )
    if at.year not in _YEARS:
        years = f"{_YEARS.start} to {_YEARS.stop - 1}"
        raise typer.BadParameter(f"is an instant of the years {years}", param_hint="--now")
    return at.astimezone(UTC)
