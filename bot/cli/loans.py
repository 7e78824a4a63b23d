"""loans import: what runs and what waits when a cooperative's books begin."""

from __future__ import annotations

from typing import Any

import typer

from bot.cli import running
from bot.cli.running import BY, AsJson, Desk, DryRun, Koperasi, Sheet

app = typer.Typer(no_args_is_help=True, help="Loans of a cooperative.")


@app.callback()
def _loans() -> None:
    """Keep `loans` a group while it has one command."""


@app.command("import")
def import_sheet(
    file: Sheet, koperasi: Koperasi, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Write running loans down with what is left of them, and approved ones that wait; all rows or none."""
    from core.calendar import business_date
    from core.imports import loan_books, loans

    content = running.read_file(file)

    async def work(desk: Desk) -> loans.Plan:
        cooperative = await desk.cooperative(koperasi)
        plan = await loans.check(
            desk.db,
            content,
            cooperative=cooperative,
            on=business_date(desk.at, cooperative.zone),
            name=file.name,
        )
        if not plan.errors and not dry_run:
            await loan_books.apply(desk.db, plan, at=desk.at, recorder=BY, source=BY)
        return plan

    plan = running.as_owner(work)
    running.refuse_rows(plan.errors, as_json=as_json)
    counts = {"running": len(plan.running), "approved": len(plan.loans) - len(plan.running)}
    result: dict[str, Any] = {
        "loans": len(plan.loans),
        **counts,
        "outstanding": plan.outstanding,
        "warnings": running.described(plan.warnings),
    }
    if dry_run:
        result["dry_run"] = True
    if not as_json:
        for line in running.told(plan.warnings):
            running.warn(line)
    verb = "would be imported, nothing was written" if dry_run else "imported"
    line = (
        f"{len(plan.loans)} loans {verb}; running {counts['running']},"
        f" approved {counts['approved']}, outstanding {plan.outstanding}"
    )
    running.say(result, [line], as_json=as_json)
