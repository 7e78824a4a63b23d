"""officer add, list, end; officers import: who holds an office, and how they link their chat."""

from __future__ import annotations

import csv
import sys
from typing import Annotated, Any

import typer

from bot.cli import running
from bot.cli.koperasi import day
from bot.cli.running import BY, AsJson, Desk, Koperasi, Sheet
from core.permissions import Role

one = typer.Typer(no_args_is_help=True, help="Officers of a cooperative.")
many = typer.Typer(no_args_is_help=True, help="Officers of many cooperatives.")


@one.command()
def add(
    koperasi: Koperasi,
    name: Annotated[str, typer.Option(help="The officer's name.")],
    role: Annotated[Role, typer.Option(help="The office.")],
    phone: Annotated[str, typer.Option(help="08…, 62… or +62….")],
    member: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="The member who is this officer.")
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Give a person an office and make the invite that links the own chat."""
    from core import identities, people
    from core.calendar import business_date

    if not people.clean_name(name):
        raise typer.BadParameter("must not be empty", param_hint="--name")

    async def work(desk: Desk) -> dict[str, str | None]:
        cooperative = await desk.cooperative(koperasi)
        person = await identities.appoint(
            desk.db,
            koperasi_id=cooperative.id,
            name=name,
            role=role,
            phone=phone,
            keys=desk.keys,
            on=business_date(desk.at, cooperative.zone),
            at=desk.at,
            member_number=member,
        )
        invite = await identities.invite(
            desk.db,
            keys=desk.keys,
            by=BY,
            at=desk.at,
            koperasi_id=cooperative.id,
            person_id=person,
        )
        return await running.invitation(desk, invite)

    running.say(running.as_owner(work), [], as_json=as_json)


@one.command("list")
def show(koperasi: Koperasi, as_json: AsJson = False) -> None:
    """List the offices held today, with the numbers `officer end` takes."""
    from core import identities
    from core.calendar import business_date

    async def work(desk: Desk) -> list[dict[str, Any]]:
        cooperative = await desk.cooperative(koperasi)
        held = await identities.offices(
            desk.db,
            koperasi_id=cooperative.id,
            on=business_date(desk.at, cooperative.zone),
        )
        return [
            {
                "office": office.id,
                "role": office.role.value,
                "name": office.name,
                "linked": office.linked,
            }
            for office in held
        ]

    held = running.as_owner(work)
    lines = [
        f"{office['office']:>4}  {office['role']:<14} {office['name']}"
        + ("" if office["linked"] else "  (no chat yet)")
        for office in held
    ]
    running.say(held, lines, as_json=as_json)


@one.command()
def end(
    koperasi: Koperasi,
    office: Annotated[int, typer.Option(metavar="ID", help="As `officer list` shows it.")],
    on: Annotated[str | None, typer.Option(metavar="DATE", help="Today, if not said.")] = None,
    as_json: AsJson = False,
) -> None:
    """End an office; what it allowed is gone from that day on."""
    from core import identities
    from core.calendar import business_date

    day_of_end = None if on is None else day(on)

    async def work(desk: Desk) -> dict[str, Any]:
        cooperative = await desk.cooperative(koperasi)
        until = day_of_end or business_date(desk.at, cooperative.zone)
        ended = await identities.end_office(
            desk.db, koperasi_id=cooperative.id, office_id=office, on=until
        )
        return {"office": ended.id, "role": ended.role.value, "ended": until.isoformat()}

    ended = running.as_owner(work)
    lines = [f"office {ended['office']} ({ended['role']}) ended on {ended['ended']}"]
    running.say(ended, lines, as_json=as_json)


@many.command("import")
def import_sheet(file: Sheet, as_json: AsJson = False) -> None:
    """Appoint the officers of a sheet (koperasi, nama, peran, no_hp) and print a sheet of invites."""
    from core.imports import officers

    content = running.read_file(file)

    async def work(desk: Desk) -> tuple[officers.Plan, list[dict[str, Any]]]:
        plan = await officers.check(desk.db, content, name=file.name)
        if plan.errors:
            return plan, []
        appointed = await officers.apply(desk.db, plan, keys=desk.keys, at=desk.at, by=BY)
        opened = await running.invitations(desk, [each.invite for each in appointed])
        return plan, [
            {
                "koperasi": each.officer.cooperative.code,
                "nama": each.officer.name,
                "peran": each.officer.role.value,
                "no_hp": each.officer.phone,
                **links,
            }
            for each, links in zip(appointed, opened, strict=True)
        ]

    plan, rows = running.as_owner(work)
    running.refuse_rows(plan.errors, as_json=as_json)
    if as_json:
        running.say(
            {"officers": rows, "warnings": running.described(plan.warnings)}, [], as_json=True
        )
        return
    for line in running.told(plan.warnings):
        running.warn(line)
    sheet = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    sheet.writeheader()
    sheet.writerows({name: _plain(value) for name, value in row.items()} for row in rows)


def _plain(value: str | None) -> str | None:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{value}" if value and value[0] in "=+-@" else value
