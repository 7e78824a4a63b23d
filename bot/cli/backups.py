"""backup and restore: the whole database in one encrypted file, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import running
from bot.cli.running import AsJson, Stopped

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.access import Access
    from bot.settings import Settings
    from core.restoring import Restored

_CODE, _HEAD = r"[0-9]{2}-[0-9]{4,}", r"[0-9a-f]{8,64}"
_LINE = re.compile(rf"({_CODE})\b.*?(?:\b([0-9]+) entries\b.*?)?\b({_HEAD})\s*")
_SINCE = re.compile(rf"({_CODE})=({_HEAD})")
Noted = dict[str, tuple[str, int | None]]  # by cooperative: a head, and after how many entries


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(backup)
    app.command()(restore)


def backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help="A new file; nothing is overwritten.")],
    as_json: AsJson = False,
) -> None:
    """Write the whole database, as it is now, into one encrypted file; the service runs on."""
    from core import backup as backups

    async def work(_: AsyncEngine, access: Access, __: Settings) -> backups.Manifest:
        import asyncpg

        try:
            return await backups.write(access.urls.owner, access.keys, to)
        except asyncpg.UndefinedTableError as error:
            raise Stopped("the database was never migrated: there is nothing to keep") from error
        except backups.BackupError as error:
            raise Stopped(str(error)) from error

    manifest = running.with_database(work)
    size = to.stat().st_size
    entries = sum(book.entries for book in manifest.books)
    told = {
        "file": str(to),
        "bytes": size,
        "at": manifest.at.isoformat(),
        "version": manifest.version,
        "entries": entries,
        "books": [asdict(book) for book in manifest.books],
    }
    lines = [
        (
            f"{to}: {size} bytes, {len(manifest.books)} books with {entries} entries as of"
            f" {manifest.at:%Y-%m-%d %H:%M:%S} UTC; the secret key is not in it, keep it elsewhere"
        )
    ]
    running.say(told, lines, as_json=as_json)


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A file of `kopdes backup`.")],
    since: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=HEAD", help="A head noted elsewhere; may be repeated."),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Heads noted elsewhere: what `kopdes verify` printed."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into an empty database, hold what waited, verify; 1 if anything differs or is missing."""
    noted = _noted(heads, since or ())

    async def work(
        engine: AsyncEngine, access: Access, _: Settings
    ) -> tuple[Restored, list[dict[str, Any]], list[str]]:
        from core import backup as backups
        from core import cooperatives, database, restoring

        try:
            done = await restoring.restore(access.urls, access.keys, source)
        except backups.BackupError as error:
            raise Stopped(str(error)) from error
        async with engine.connect() as db:
            from bot.cli.books import recomputed

            books = await recomputed(db, await cooperatives.list_all(db))
            raw = await database.driver(db)
            missing = await restoring.missing(raw, done.manifest, noted)
        return done, books, missing

    done, books, missing = running.with_database(work)
    kept = {book.koperasi: (book.entries, book.head) for book in done.manifest.books}
    for book in books:
        if book["ok"] and kept.get(book["koperasi"]) != (book["entries"], book["head"]):
            book |= {"ok": False, "what": "is not the book that was kept"}
    _tell(source, done, books, missing, as_json=as_json)


def _tell(
    source: Path, done: Restored, books: list[dict[str, Any]], missing: list[str], *, as_json: bool
) -> None:
    from bot.cli.books import line

    manifest = done.manifest
    is_clean = all(book["ok"] for book in books)
    told = {
        "restored": str(source),
        "at": manifest.at.isoformat(),
        "version": manifest.version,
        "held": done.held + done.in_flight,
        "in_flight": done.in_flight,
        "ok": is_clean,
        "books": books,
        "missing": missing,
    }
    lines = [
        f"restored as of {manifest.at:%Y-%m-%d %H:%M:%S} UTC",
        *map(line, books),
        (
            f"{done.held + done.in_flight} messages held, {done.in_flight} of them were being sent:"
            " `kopdes outbox release` or `kopdes outbox drop`"
        ),
        *(f"missing: {what}" for what in missing),
    ]
    running.say(told, lines, as_json=as_json)
    if missing or not is_clean:
        raise typer.Exit(1)


def _noted(heads: Path | None, since: Iterable[str]) -> Noted:
    """Read heads noted elsewhere: lines or JSON of `kopdes verify` or `kopdes backup`, or CODE HEAD a line."""
    noted: Noted = {}
    if heads is not None:
        text = running.read_file(heads).decode(errors="replace").strip()
        noted = _of_json(heads, text) if text.startswith("{") else _of_lines(heads, text)
    for one in since:
        match = _SINCE.fullmatch(one.strip().lower())
        if match is None:
            raise typer.BadParameter(
                "is CODE=HEAD, a head of 8 to 64 digits of hex", param_hint="--since"
            )
        noted[match[1]] = (match[2], None)
    return noted


def _of_json(heads: Path, text: str) -> Noted:
    try:
        books = json.loads(text)["books"]
        return {book["koperasi"]: (book["head"], int(book["entries"])) for book in books}
    except (ValueError, KeyError, TypeError) as error:
        raise Stopped(f"{heads}: no heads in it") from error


def _of_lines(heads: Path, text: str) -> Noted:
    noted: Noted = {}
    for number, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        match = _LINE.fullmatch(written.strip().lower())
        if match is None:
            raise Stopped(f"{heads}, line {number}: no cooperative with its head")
        noted[match[1]] = (match[3], int(match[2]) if match[2] else None)
    return noted
