"""export and verify: a book written out, a book recomputed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from bot.cli import running
from bot.cli.running import AsJson, Desk, Koperasi, Stopped

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.cooperatives import Cooperative
    from core.heads import Head


class Format(StrEnum):
    """What a book is written as."""

    BEANCOUNT = "beancount"
    CSV = "csv"
    SIMKOPDES = "simkopdes"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(export)
    app.command()(verify)


def export(
    koperasi: Koperasi,
    format: Annotated[Format, typer.Option(help="For beancount 3, rows, or SIMKOPDES.")],  # noqa: A002 - the option's name
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Else stdout.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a cooperative's whole book out; members are named in it. --json tells of the file of --to.

    SIMKOPDES' tables are a zip of CSV files; with --to NAME.xlsx one workbook.
    """
    from core import export as exports
    from core import simkopdes

    async def work(desk: Desk) -> None:
        cooperative = await desk.cooperative(koperasi)
        await _seen(desk, cooperative)
        if format is Format.SIMKOPDES:
            sheets = to is not None and to.suffix.lower() == ".xlsx"
            write_tables = simkopdes.workbook if sheets else simkopdes.archive
            data = await write_tables(desk.db, cooperative.id, desk.keys)
            written_whole(data, to)
            return
        write = exports.beancount if format is Format.BEANCOUNT else exports.as_csv
        if to is None:
            await copy(write(desk.db, cooperative.id), sys.stdout)
            return
        try:
            with to.open("w", encoding="utf-8", newline="") as file:
                await copy(write(desk.db, cooperative.id), file)
        except OSError as error:
            raise Stopped(f"{to}: {error.strerror}") from error

    async def copy(lines: Any, file: TextIO) -> None:
        async for line in lines:
            file.write(line)

    running.as_owner(work)
    if to is not None:
        written = {"koperasi": koperasi, "format": format.value, "file": str(to)}
        running.say(written, [], as_json=as_json)


async def _seen(desk: Desk, cooperative: Cooperative) -> None:
    """Write down that a file that names members was made here: pengawas reads it."""
    from core import looks, rules
    from core.calendar import business_date

    today = business_date(desk.at, cooperative.zone)
    await looks.note(
        desk.db,
        koperasi_id=cooperative.id,
        member_id=None,
        person_id=None,
        role=None,
        what=looks.What.FILE,
        months=(await rules.in_force(desk.db, cooperative.id, today)).look_months,
        on=today,
        at=desk.at,
    )


def written_whole(data: bytes, to: Path | None) -> None:
    """Write a file that is made as a whole, to `to` or else stdout."""
    if to is None:
        sys.stdout.buffer.write(data)
        return
    try:
        to.write_bytes(data)
    except OSError as error:
        raise Stopped(f"{to}: {error.strerror}") from error


def verify(
    koperasi: Annotated[
        str | None, typer.Option("--koperasi", metavar="CODE", help="All, if not said.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="HEAD", help="A head noted earlier: CODE:NUMBER:HASH, or the 64 digits."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute hash chains, balances and sub-ledgers; ends with 1 if anything differs."""
    from core import cooperatives

    head = _noted(since, koperasi)
    koperasi = koperasi or (head.code if head else None)

    async def work(desk: Desk) -> list[dict[str, Any]]:
        wanted = (
            await cooperatives.list_all(desk.db)
            if koperasi is None
            else [await cooperatives.by_code(desk.db, koperasi)]
        )
        return await recomputed(desk.db, wanted, head)

    books = running.as_owner(work)
    bad = [book for book in books if not book["ok"]]
    running.say({"ok": not bad, "books": books}, map(line, books), as_json=as_json)
    if bad:
        raise typer.Exit(1)


def _noted(since: str | None, koperasi: str | None) -> Head | None:
    from core import heads

    if since is None:
        return None
    head = heads.read(since)
    if head is None:
        raise typer.BadParameter(
            "is CODE:NUMBER:HASH as it was sent, or the hash's 64 digits; fewer prove nothing",
            param_hint="--since",
        )
    if head.code is None and koperasi is None:
        raise typer.BadParameter("needs --koperasi: each book has its own", param_hint="--since")
    if koperasi is not None and head.code not in (None, koperasi):
        raise typer.BadParameter(f"is a head of {head.code}", param_hint="--since")
    return head


async def recomputed(
    db: AsyncConnection, wanted: Sequence[Cooperative], head: Head | None = None
) -> list[dict[str, Any]]:
    """Recompute these books; say of each whether it is in order, how many entries it has, and its head."""
    from core import verify as verification

    books = []
    for cooperative in wanted:
        found = await verification.verify(db, cooperative.id, since=head)
        books.append(
            {
                "koperasi": cooperative.code,
                "ok": found.finding is None,
                "entries": found.entries,
                "head": found.head,
                "entry": found.finding.entry if found.finding else None,
                "what": found.finding.what if found.finding else None,
            }
        )
    return books


def line(book: dict[str, Any]) -> str:
    """Say of one book whether it is in order."""
    if book["ok"]:
        return f"{book['koperasi']}: {book['entries']} entries in order, head {book['head']}"
    return f"{book['koperasi']}: {book['what']}"
