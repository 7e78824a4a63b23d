"""outbox: what is waiting, sent, failed, unknown; ids, never words."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli import running
from bot.cli.running import AsJson, Desk

app = typer.Typer(help="What is owed to people's chats.")
_STATES = (
    "waiting", "claimed", "sent", "failed", "unknown", "unaddressed", "held", "expired", "cancelled",
)  # fmt: skip
_MOST = 1_000  # rows listed


@app.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="List what failed, by id.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count what is waiting, sent, failed and unknown."""
    if context.invoked_subcommand is not None:
        return
    if failed:
        rows = running.as_owner(_failed)
        lines = [
            f"{row['id']}  koperasi {row['koperasi'] or '-'}  {row['purpose']}  {row['channel'] or '-'}"
            f"  {row['attempts']} attempts  {row['at']}  {row['reason'] or ''}".rstrip()
            for row in rows
        ]
        running.say({"failed": rows}, lines, as_json=as_json)
        return
    counts = running.as_owner(_counts)
    running.say(
        counts, [f"{state:<12}{count:>9}" for state, count in counts.items()], as_json=as_json
    )


async def _counts(desk: Desk) -> dict[str, int]:
    from sqlalchemy import text

    rows = await desk.db.execute(text("SELECT state, count(*) FROM outbox GROUP BY state"))
    found: dict[str, int] = dict(rows.all())
    return {state: found.get(state, 0) for state in _STATES}


async def _failed(desk: Desk) -> list[dict[str, Any]]:
    from sqlalchemy import text

    rows = await desk.db.execute(
        text(
            "SELECT o.id, c.code, o.purpose, o.channel, o.attempts, o.done_at, o.reason FROM outbox o"
            " LEFT JOIN cooperatives c USING (koperasi_id)"
            " WHERE o.state = 'failed' ORDER BY o.seq DESC LIMIT :most"
        ),
        {"most": _MOST},
    )
    return [
        {
            "id": str(row.id),
            "koperasi": row.code,
            "purpose": row.purpose,
            "channel": row.channel,
            "attempts": row.attempts,
            "at": row.done_at.isoformat() if row.done_at else None,
            "reason": row.reason,
        }
        for row in rows
    ]
