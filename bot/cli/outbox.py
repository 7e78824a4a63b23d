"""outbox: what is waiting, sent, failed, unknown, held; ids, never words. release and drop decide of what is held."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli import running
from bot.cli.running import AsJson, Desk

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from notifications.holding import Which

app = typer.Typer(help="What is owed to people's chats.")
STATES = (
    "waiting", "claimed", "sent", "failed", "unknown", "unaddressed", "held", "expired", "cancelled",
)  # fmt: skip
PURPOSES = ("reply", "receipt", "approval", "notice", "reminder", "statement", "announcement")
_MOST = 1_000  # rows listed
_AGE = re.compile(r"([1-9][0-9]{0,5})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
T = TypeVar("T")

Purposes = Annotated[
    list[str] | None,
    typer.Option("--purpose", metavar="PURPOSE", help=f"Only these: {', '.join(PURPOSES)}."),
]
OlderThan = Annotated[
    str | None, typer.Option("--older-than", metavar="AGE", help="Only what was owed before: 90m, 36h, 2d.")
]  # fmt: skip


@app.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="List what failed, by id.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count what is waiting, sent, failed, unknown and held, and say of what is not over how old it is."""
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
    counts, ages = running.as_owner(_counts)
    lines = [f"{state:<12}{count:>9}" for state, count in counts.items()]
    lines += [
        f"{row['state']:<12}{row['rows']:>9}  {row['purpose']:<13} oldest {_age(row['oldest_seconds'])}"
        for row in ages
    ]
    running.say(counts | {"open": ages}, lines, as_json=as_json)


@app.command()
def release(
    purpose: Purposes = None, older_than: OlderThan = None, as_json: AsJson = False
) -> None:
    """Let what is held wait again, so that the service sends it; what came too late expires."""
    from notifications import holding

    which = _which(purpose, older_than)

    async def part(db: AsyncConnection, now: datetime) -> tuple[holding.Released, int]:
        released = await holding.release(db, which, now=now)
        return released, released.rows

    total = sum(_in_parts(part), start=holding.Released())
    lines = [f"{rows} {_BECAME[became]}" for became, rows in asdict(total).items() if rows]
    running.say(asdict(total), lines or ["nothing is held"], as_json=as_json)


_BECAME = {
    "waiting": "wait again",
    "unaddressed": "wait until their people have a chat",
    "unknown": "were perhaps said before, and are not said twice",
    "expired": "came too late",
    "paused": "wait until their announcement is resumed in the chat",
}


@app.command()
def drop(purpose: Purposes = None, older_than: OlderThan = None, as_json: AsJson = False) -> None:
    """Cancel what is held: it is never said; the rows stay."""
    from notifications import holding

    which = _which(purpose, older_than)

    async def part(db: AsyncConnection, now: datetime) -> tuple[int, int]:
        dropped = await holding.drop(db, which, now=now)
        return dropped, dropped

    dropped = sum(_in_parts(part))
    running.say({"dropped": dropped}, [f"{dropped} dropped"], as_json=as_json)


def _which(purposes: list[str] | None, older_than: str | None) -> Which:
    from notifications.holding import Which
    from notifications.messages import Purpose

    unknown = sorted(set(purposes or ()) - set(PURPOSES))
    if unknown:
        raise typer.BadParameter(
            f"{unknown[0]} is no purpose; there are {', '.join(PURPOSES)}", param_hint="--purpose"
        )
    age = None
    if older_than is not None:
        match = _AGE.fullmatch(older_than.strip().lower())
        if match is None:
            raise typer.BadParameter("is an age like 90m, 36h or 2d", param_hint="--older-than")
        age = timedelta(**{_UNITS[match[2]]: int(match[1])})
    return Which(purposes=[Purpose(one) for one in purposes or ()], older_than=age)


def _in_parts(
    part: Callable[[AsyncConnection, datetime], Awaitable[tuple[T, int]]],
) -> list[T]:
    """Work through many rows in short transactions, so that the mouth is not kept waiting."""
    from notifications.holding import PART

    async def one(desk: Desk) -> tuple[T, int]:
        return await part(desk.db, desk.at)

    done = []
    while True:
        result, rows = running.as_owner(one)
        done.append(result)
        if rows < PART:
            return done


def _age(seconds: int) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


async def _counts(desk: Desk) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from sqlalchemy import text

    rows = await desk.db.execute(text("SELECT state, count(*) FROM outbox GROUP BY state"))
    found: dict[str, int] = dict(rows.all())
    ages = await desk.db.execute(
        text(
            "SELECT state, purpose, count(*) AS rows,"
            " greatest(0, extract(epoch FROM now() - min(made_at)))::bigint AS oldest FROM outbox"
            " WHERE state IN ('waiting', 'claimed', 'unaddressed', 'held')"
            " GROUP BY state, purpose, priority ORDER BY state, priority, purpose"
        )
    )
    return (
        {state: found.get(state, 0) for state in STATES},
        [
            {
                "state": row.state,
                "purpose": row.purpose,
                "rows": row.rows,
                "oldest_seconds": row.oldest,
            }
            for row in ages
        ],
    )


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
