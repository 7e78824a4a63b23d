"""member invite; members import: the register of a cooperative."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli import running
from bot.cli.running import BY, AsJson, Desk, DryRun, Koperasi, Sheet

one = typer.Typer(no_args_is_help=True, help="A member of a cooperative.")
many = typer.Typer(no_args_is_help=True, help="Members of a cooperative.")


@one.callback()
def _one() -> None:
    """Keep `member` a group while it has one command."""


@one.command()
def invite(
    koperasi: Koperasi,
    number: Annotated[str, typer.Option(help="The member's number, like A-001.")],
    as_json: AsJson = True,
) -> None:
    """Make the invite that links a member's own chat."""
    from core import identities, people
    from core.calendar import business_date

    async def work(desk: Desk) -> dict[str, str | None]:
        cooperative = await desk.cooperative(koperasi)
        member = await people.member_by_number(desk.db, koperasi_id=cooperative.id, number=number)
        today = business_date(desk.at, cooperative.zone)
        if member.left_on is not None:
            people.require_active(member, on=today)
        made = await identities.invite(
            desk.db,
            keys=desk.keys,
            by=BY,
            at=desk.at,
            koperasi_id=cooperative.id,
            person_id=member.id,
        )
        return await running.invitation(desk, made)

    running.say(running.as_owner(work), [], as_json=as_json)


@many.callback()
def _many() -> None:
    """Keep `members` a group while it has one command."""


@many.command("import")
def import_sheet(
    file: Sheet, koperasi: Koperasi, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Write the members of a sheet down, with the savings they bring; all rows or none."""
    from core.accounts import SavingsKind
    from core.calendar import business_date
    from core.imports import members

    content = running.read_file(file)

    async def work(desk: Desk) -> members.Plan:
        cooperative = await desk.cooperative(koperasi)
        plan = await members.check(
            desk.db,
            content,
            cooperative=cooperative,
            keys=desk.keys,
            on=business_date(desk.at, cooperative.zone),
            name=file.name,
        )
        if not plan.errors and not dry_run:
            await members.apply(desk.db, plan, keys=desk.keys, at=desk.at, recorder=BY, source=BY)
        return plan

    plan = running.as_owner(work)
    running.refuse_rows(plan.errors, as_json=as_json)
    savings = {kind.value: plan.total(kind) for kind in SavingsKind}
    result: dict[str, Any] = {
        "members": len(plan.members),
        "savings": savings,
        "warnings": running.described(plan.warnings),
    }
    if dry_run:
        result["dry_run"] = True
    if not as_json:
        for line in running.told(plan.warnings):
            running.warn(line)
    sums = ", ".join(f"{kind} {amount}" for kind, amount in savings.items())
    verb = "would be imported, nothing was written" if dry_run else "imported"
    running.say(result, [f"{len(plan.members)} members {verb}; {sums}"], as_json=as_json)
