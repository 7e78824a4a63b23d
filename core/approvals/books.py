"""Opening balances from a file that a second person approved; the file is kept until then."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from core.approvals.request import Context, Dropped
from core.errors import Refusal
from core.imports import balances, members
from core.tables.people import files


class FileIsGone(Refusal):
    """A file is kept until its request is decided."""

    text = "refusal-file-gone"


class FileIsStale(Refusal):
    """The file was right when it was sent and is not any more: a number or NIK was given meanwhile.

    Facts: count, of what is wrong now.
    """

    text = "refusal-file-stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was booked: entries, and members or accounts."""

    table: str  # members or balances
    entries: tuple[int, ...]
    count: int


async def open_books(context: Context) -> Opened:
    """Write a file down as the imports do. Facts: file (its id), table. Debits or credits 399000."""
    here = context.officer.cooperative
    row = (
        await context.db.execute(
            select(files.c.name_sealed, files.c.content_sealed).where(
                files.c.koperasi_id == here.id, files.c.id == UUID(hex=context.facts["file"])
            )
        )
    ).one_or_none()
    if row is None:
        raise FileIsGone
    name = context.keys.unseal(row.name_sealed).decode()
    content = context.keys.unseal(row.content_sealed)
    if context.facts["table"] == "balances":
        opening = await balances.check(
            context.db, content, cooperative=here, on=context.on, name=name
        )
        _require_right(len(opening.errors))
        booked = await balances.apply(
            context.db,
            opening,
            at=context.at,
            recorder=context.officer.recorder,
            source=context.source,
            approver=context.approver,
        )
        done = Opened(table="balances", entries=(booked.entry,), count=booked.accounts)
    else:
        plan = await members.check(
            context.db, content, cooperative=here, keys=context.keys, on=context.on, name=name
        )
        _require_right(len(plan.errors))
        made = await members.apply(
            context.db,
            plan,
            keys=context.keys,
            at=context.at,
            recorder=context.officer.recorder,
            source=context.source,
            approver=context.approver,
        )
        done = Opened(table="members", entries=made.entries, count=made.members)
    await _forget(context)
    return done


def _require_right(errors: int) -> None:
    if errors:
        raise FileIsStale(count=errors)


async def forget(dropped: Dropped) -> None:
    """Throw the file of a request away that was rejected or withdrawn."""
    await _forget(dropped)


async def _forget(about: Context | Dropped) -> None:
    await about.db.execute(
        delete(files).where(
            files.c.koperasi_id == about.approval.koperasi_id,
            files.c.id == UUID(hex=about.approval.facts["file"]),
        )
    )
