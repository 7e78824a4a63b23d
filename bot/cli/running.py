"""How a command reaches the database, says its result and ends: 0 done, 1 refused, 2 not understood."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.access import Access
    from bot.settings import Settings
    from core.cooperatives import Cooperative
    from core.identities import Invite
    from core.imports.rows import Remark
    from core.sealing import Keys

T = TypeVar("T")
BY = "cli"  # the operator, as recorder and source of what is booked from here

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Koperasi = Annotated[str, typer.Option("--koperasi", metavar="CODE", help="The cooperative.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")]
Sheet = Annotated[Path, typer.Argument(metavar="FILE", help="An .xlsx or .csv file.")]


class Stopped(Exception):  # noqa: N818 - said to the operator as it is
    """The command ends with exit code 1 and this line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a command works with: the owner's connection inside one transaction, keys and the time."""

    db: AsyncConnection
    keys: Keys = field(repr=False)
    settings: Settings
    at: datetime

    async def cooperative(self, code: str) -> Cooperative:
        """Find a cooperative and name it for the transaction. Raises NoSuchCooperative."""
        from core import cooperatives, database

        found = await cooperatives.by_code(self.db, code)
        await database.enter(self.db, found.id)
        return found


def as_owner(work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do a command's work in one transaction as the owner; the embedded database is migrated first."""
    return with_database(lambda engine, access, settings: _at_desk(engine, access, settings, work))


async def _at_desk(
    engine: AsyncEngine, access: Access, settings: Settings, work: Callable[[Desk], Awaitable[T]]
) -> T:
    from bot.access import require_current
    from core import database

    await require_current(access, engine)
    async with database.transaction(engine) as db:
        desk = Desk(db=db, keys=access.keys, settings=settings, at=datetime.now(UTC))
        return await work(desk)


def with_database(work: Callable[[AsyncEngine, Access, Settings], Awaitable[T]]) -> T:
    """Have the database while `work` runs. Raises DatabaseAway when it is out of reach."""
    from bot import settings
    from bot.access import database_access

    read = settings.load()
    with database_access(read) as access:
        return asyncio.run(_reaching(access, read, work))


async def _reaching(
    access: Access,
    settings: Settings,
    work: Callable[[AsyncEngine, Access, Settings], Awaitable[T]],
) -> T:
    from bot.access import reach
    from core import database

    engine = database.make_engine(access.urls.owner, size=1, name="kopdes command")
    try:
        await reach(engine)
        return await work(engine, access, settings)
    finally:
        await engine.dispose()


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """End with one line on stderr for what the operator can mend; a bug keeps its traceback."""
    try:
        yield
    except Exception as error:
        told = _line(error)
        if told is None:
            raise
        code, line = told
        print(f"kopdes: {line}", file=sys.stderr)
        sys.exit(code)


def _line(error: Exception) -> tuple[int, str] | None:
    from bot.settings import BadSettings
    from core.errors import Refusal

    if isinstance(error, Stopped):
        return 1, str(error)
    if isinstance(error, BadSettings):
        return 2, str(error)
    if isinstance(error, Refusal):
        from bot.cli.words import said

        return 1, said(error.text, error.facts)
    if "bot.access" not in sys.modules:
        return None
    from bot.access import DatabaseAway, NotMigrated
    from core.database import is_passing
    from core.embedded import EmbeddedError

    if isinstance(error, DatabaseAway | NotMigrated | EmbeddedError):
        return 1, str(error)
    if is_passing(error) and not isinstance(error, OSError):
        return 1, f"the database is busy or went away, try again: {type(error).__name__}"
    return None


def say(result: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """Print a command's result: JSON, or lines for people."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for line in lines:
        print(line)


def warn(line: str) -> None:
    """Point something out on stderr; the command goes on."""
    print(f"warning: {line}", file=sys.stderr)


def read_file(path: Path) -> bytes:
    """Read a file somebody names; not more than a byte above what any sheet may have."""
    from core.sheets import LARGEST

    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Stopped(f"{path}: {error.strerror}") from error


def refuse_rows(errors: Sequence[Remark], *, as_json: bool) -> None:
    """Print every row's error at once and end with 1; go on when there are none."""
    if not errors:
        return
    say({"errors": described(errors)}, told(errors), as_json=as_json)
    raise typer.Exit(1)


def described(remarks: Sequence[Remark]) -> list[dict[str, object]]:
    """Make remarks what JSON says of them."""
    from bot.cli.words import said

    return [
        {
            "row": remark.row,
            "column": remark.column,
            "reason": said(remark.reason, remark.facts),
        }
        for remark in remarks
    ]


def told(remarks: Sequence[Remark]) -> list[str]:
    """Make remarks lines: row 3, column no_hp: not a phone number."""
    return [
        (f"row {one['row']}, column {one['column']}: " if one["row"] else f"{one['column']}: ")
        + str(one["reason"])
        for one in described(remarks)
    ]


async def invitation(desk: Desk, invite: Invite) -> dict[str, str | None]:
    """Say how an invite is opened: {"invite", "telegram", "whatsapp"}."""
    (made,) = await invitations(desk, [invite])
    return made


async def invitations(desk: Desk, invites: Sequence[Invite]) -> list[dict[str, str | None]]:
    """Say how invites are opened; a link is null while no service learnt the bot's name or number."""
    from sqlalchemy import text

    from core import identities

    rows = await desk.db.execute(
        text("SELECT channel, username FROM mouths WHERE username IS NOT NULL ORDER BY until")
    )
    learnt: dict[str, str] = dict(rows.all())
    telegram = desk.settings.telegram_username or learnt.get("telegram")
    whatsapp = desk.settings.whatsapp_number or learnt.get("whatsapp")
    made = []
    for invite in invites:
        links = identities.links(invite.code, telegram_username=telegram, whatsapp_number=whatsapp)
        made.append({"invite": invite.code, "telegram": links.telegram, "whatsapp": links.whatsapp})
    return made
