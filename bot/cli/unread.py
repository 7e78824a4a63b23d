"""unread: what no chat's message could be read as, without names and figures, the most frequent first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import running
from bot.cli.running import AsJson, Desk

if TYPE_CHECKING:
    from core.unread import Unread


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(unread)


def unread(
    koperasi: Annotated[
        str | None, typer.Option("--koperasi", metavar="CODE", help="Only this cooperative's.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=5000, help="So many texts at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List messages of the last 90 days that could not be read, for whoever teaches the words."""

    async def work(desk: Desk) -> list[Unread]:
        from core import unread as kept

        here = (await desk.cooperative(koperasi)).id if koperasi else None
        return await kept.listing(desk.db, keys=desk.keys, most=most, koperasi_id=here)

    found = running.as_owner(work)
    told = [
        {
            "said": one.said,
            "times": one.times,
            "roles": sorted(one.roles),
            "asked": sorted(one.asked),
            "last": one.last.isoformat(),
        }
        for one in found
    ]
    lines = [f"{one.times:>6}  {', '.join(sorted(one.roles)):<16}  {one.said}" for one in found]
    running.say(told, lines or ["everything was read"], as_json=as_json)
