"""balances import: what accounts without a member begin with."""

from __future__ import annotations

from typing import Any

import typer

from bot.cli import running
from bot.cli.running import BY, AsJson, Desk, DryRun, Koperasi, Sheet

app = typer.Typer(no_args_is_help=True, help="Opening balances.")


@app.callback()
def _group() -> None:
    """Keep `balances` a group while it has one command."""


@app.command("import")
def import_sheet(
    file: Sheet, koperasi: Koperasi, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Book a sheet's opening balances (kode, jumlah) against 399000; all rows or none."""
    from core.calendar import business_date
    from core.imports import balances

    content = running.read_file(file)

    async def work(desk: Desk) -> tuple[balances.Plan, int | None]:
        cooperative = await desk.cooperative(koperasi)
        plan = await balances.check(
            desk.db,
            content,
            cooperative=cooperative,
            on=business_date(desk.at, cooperative.zone),
            name=file.name,
        )
        if plan.errors or dry_run:
            return plan, None
        made = await balances.apply(desk.db, plan, at=desk.at, recorder=BY, source=BY)
        return plan, made.entry

    plan, entry = running.as_owner(work)
    running.refuse_rows(plan.errors, as_json=as_json)
    result: dict[str, Any] = {
        "accounts": len(plan.openings),
        "entry": entry,
        "warnings": running.described(plan.warnings),
    }
    if dry_run:
        result["dry_run"] = True
    if not as_json:
        for line in running.told(plan.warnings):
            running.warn(line)
    verb = "would be opened, nothing was written" if dry_run else f"opened by entry {entry}"
    running.say(result, [f"{len(plan.openings)} accounts {verb}"], as_json=as_json)
