"""looks: who opened whose data, of a span of days: what a breach runbook needs, and an auditor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import running
from bot.cli.running import AsJson, Desk, Koperasi

if TYPE_CHECKING:
    from core.looks import Opened

_DAY = "%Y-%m-%d"


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(looks)


def looks(
    koperasi: Koperasi,
    since: Annotated[datetime, typer.Option(formats=[_DAY], help="The first day.")],
    until: Annotated[
        datetime | None, typer.Option(formats=[_DAY], help="The last day; else today.")
    ] = None,
    person: Annotated[
        int | None, typer.Option(help="Only what this person (its id) opened.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List who opened whose data from one day to another (in UTC), the oldest first; members are named."""

    async def work(desk: Desk) -> list[Opened]:
        from core import looks as kept

        here = await desk.cooperative(koperasi)
        last = until or datetime.now(UTC)
        return await kept.between(
            desk.db,
            koperasi_id=here.id,
            since=since.replace(tzinfo=UTC),
            until=last.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
            + timedelta(days=1),
            most=100_000,
        )

    found = [one for one in running.as_owner(work) if person in (None, one.person_id)]
    told = [
        {
            "at": one.at.isoformat(),
            "person": one.person_id,
            "name": one.name,
            "role": one.role,
            "member": one.number,
            "member_name": one.member,
            "what": one.what.value,
        }
        for one in found
    ]
    lines = [
        f"{one.at:%Y-%m-%d %H:%M}  {one.person_id or '-':>5} {one.name or 'command line':<28}"
        f" {one.what.value:<10} {one.number or '(list)':<10} {one.member or ''}"
        for one in found
    ]
    running.say(told, lines or ["nobody opened anything"], as_json=as_json)
