"""province add: officials of the province or of one kabupaten or kota."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import running
from bot.cli.running import BY, AsJson, Desk

app = typer.Typer(no_args_is_help=True, help="Officials of the province.")


@app.callback()
def _group() -> None:
    """Keep `province` a group while it has one command."""


@app.command()
def add(
    name: Annotated[str, typer.Option(help="The official's name.")],
    region: Annotated[str, typer.Option(help="64, or one kabupaten or kota like 64.72.")],
    phone: Annotated[str, typer.Option(help="08…, 62… or +62….")],
    as_json: AsJson = True,
) -> None:
    """Write an official down and make the invite that links the own chat."""
    from core import identities, people

    if not people.clean_name(name):
        raise typer.BadParameter("must not be empty", param_hint="--name")

    async def work(desk: Desk) -> dict[str, str | None]:
        number = await identities.add_province_user(
            desk.db, name=name, region=region, phone=phone, keys=desk.keys, at=desk.at
        )
        invite = await identities.invite(
            desk.db, keys=desk.keys, by=BY, at=desk.at, province_user=number
        )
        return await running.invitation(desk, invite)

    running.say(running.as_owner(work), [], as_json=as_json)
