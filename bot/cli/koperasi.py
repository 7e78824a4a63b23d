"""koperasi add, list, set: cooperatives and the rules each sets."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import running
from bot.cli.running import BY, AsJson, Desk
from core.money import LARGEST

if TYPE_CHECKING:
    from core.cooperatives import Cooperative

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
    from core.monitoring import keeping

    cleaned = people.clean_name(name)
    if not cleaned:
        raise typer.BadParameter("must not be empty", param_hint="--name")

    async def work(desk: Desk) -> str:
        rules = {"pokok": str(pokok), "wajib": str(wajib), "usp": usp.value}
        founding = Founding(name=cleaned, villages=tuple(dict.fromkeys(village)), rules=rules)
        (made,) = await cooperatives.found_many(desk.db, [founding], by=BY, at=desk.at)
        await keeping.begin(desk.db, at=desk.at)
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


async def _all_in(desk: Desk, region: str) -> list[Cooperative]:
    from core import cooperatives
    from core.identities import NoSuchRegion

    chosen = [
        one
        for one in await cooperatives.list_all(desk.db)
        if one.region == region or one.region.startswith(f"{region}.")
    ]
    if not chosen:
        raise NoSuchRegion(code=region)
    return chosen


@app.command("set")
def set_rules(
    rule: Annotated[list[str], typer.Option(metavar="NAME=VALUE", help="May be repeated.")],
    koperasi: Annotated[
        str | None, typer.Option("--koperasi", metavar="CODE", help="The cooperative.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="All of 64, or of one kabupaten or kota like 64.72.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Today, if not said.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let rules hold from a day on, like wajib=25000: of one cooperative, or of all in a region."""
    from core import rules
    from core.calendar import business_date

    wanted = dict(_rule(text) for text in rule)
    begin = None if since is None else day(since)

    if (koperasi is None) == (region is None):
        raise typer.BadParameter("one of --koperasi and --region", param_hint="--koperasi")

    async def work(desk: Desk) -> tuple[date, int]:
        if koperasi is not None:
            chosen = [await desk.cooperative(koperasi)]
        else:
            chosen = await _all_in(desk, region or "")
        on = begin or business_date(desk.at, chosen[0].zone)
        for cooperative in chosen:
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
        return on, len(chosen)

    on, count = running.as_owner(work)
    where = {"code": koperasi} if koperasi else {"region": region, "cooperatives": count}
    result = where | {"since": on.isoformat(), "rules": wanted}
    lines = [f"{name} is {value} from {on} on" for name, value in wanted.items()]
    running.say(result, lines, as_json=as_json)
