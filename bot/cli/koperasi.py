"""koperasi add, list, set: cooperatives and the rules each sets."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from bot.cli import running
from bot.cli.running import BY, AsJson, Desk, Koperasi
from core.money import LARGEST

app = typer.Typer(no_args_is_help=True, help="Cooperatives and their rules.")


class Usp(StrEnum):
    """What licence a cooperative has to lend."""

    LICENSED = "licensed"
    CHANNELING = "channeling"
    NONE = "none"


@app.command()
def add(
    name: Annotated[str, typer.Option(help="Its name, any.")],
    village: Annotated[list[str], typer.Option(metavar="CODE", help="May be repeated.")],
    pokok: Annotated[int, typer.Option(min=0, max=LARGEST, help="Rupiah, once.")] = 100_000,
    wajib: Annotated[int, typer.Option(min=0, max=LARGEST, help="Rupiah a month.")] = 20_000,
    usp: Annotated[Usp, typer.Option(help="Its licence to lend.")] = Usp.LICENSED,
    as_json: AsJson = True,
) -> None:
    """Found a cooperative for one village or several."""
    from core import cooperatives, people
    from core.cooperatives import Founding

    cleaned = people.clean_name(name)
    if not cleaned:
        raise typer.BadParameter("must not be empty", param_hint="--name")

    async def work(desk: Desk) -> str:
        rules = {"pokok": str(pokok), "wajib": str(wajib), "usp": usp.value}
        founding = Founding(name=cleaned, villages=tuple(dict.fromkeys(village)), rules=rules)
        (made,) = await cooperatives.found_many(desk.db, [founding], by=BY, at=desk.at)
        return made.code

    code = running.as_owner(work)
    if not cooperatives.is_usual_name(cleaned):
        running.warn('unusual name; the usual one is "Koperasi Desa Merah Putih …"')
    running.say({"code": code}, [], as_json=as_json)


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """List every cooperative with its code."""
    from core import cooperatives

    async def work(desk: Desk) -> list[dict[str, str]]:
        return [
            {"code": one.code, "name": one.name, "region": one.region}
            for one in await cooperatives.list_all(desk.db)
        ]

    found = running.as_owner(work)
    lines = [f"{one['code']}  {one['region']}  {one['name']}" for one in found]
    running.say(found, lines, as_json=as_json)


def _rule(text: str) -> tuple[str, str]:
    """Read NAME=VALUE; amounts are whole rupiah."""
    from core import rules

    name, _, value = (part.strip() for part in text.partition("="))
    try:
        return name, rules.checked(name, value)
    except rules.BadRule as bad:
        raise typer.BadParameter(str(bad)) from None


def day(text: str) -> date:
    """Read a date of the command line: 2026-11-24 or 24/11/2026."""
    from core.imports import cells

    try:
        return cells.day(text)
    except cells.BadCell:
        raise typer.BadParameter(f"{text} is no date like 2026-11-24") from None


@app.command("set")
def set_rules(
    koperasi: Koperasi,
    rule: Annotated[list[str], typer.Option(metavar="NAME=VALUE", help="May be repeated.")],
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Today, if not said.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let rules hold from a day on, like wajib=25000."""
    from core import rules
    from core.calendar import business_date

    wanted = dict(_rule(text) for text in rule)
    begin = None if since is None else day(since)

    async def work(desk: Desk) -> date:
        cooperative = await desk.cooperative(koperasi)
        on = begin or business_date(desk.at, cooperative.zone)
        for name, value in wanted.items():
            await rules.set_rule(
                desk.db,
                koperasi_id=cooperative.id,
                name=name,
                value=value,
                since=on,
                by=BY,
                at=desk.at,
            )
        return on

    on = running.as_owner(work)
    result = {"code": koperasi, "since": on.isoformat(), "rules": wanted}
    lines = [f"{name} is {value} from {on} on" for name, value in wanted.items()]
    running.say(result, lines, as_json=as_json)
