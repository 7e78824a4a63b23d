"""Files that are kept encrypted with what they belong to, and erased when they came to belong to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.sealing import Keys

_DECIDED_WITHIN = timedelta(days=90)  # a card or a request


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A photo or paper as it was sent."""

    mime: str
    content: bytes = field(repr=False)


async def read(
    db: AsyncConnection, table: Table[Any], *, koperasi_id: int, file_id: UUID, keys: Keys
) -> File | None:
    """Read a file of a table back; none when it was erased."""
    row = (
        await db.execute(
            select(table.c.content_sealed, table.c.mime).where(
                table.c.koperasi_id == koperasi_id, table.c.id == file_id
            )
        )
    ).one_or_none()
    return None if row is None else File(mime=row.mime, content=keys.unseal(row.content_sealed))


async def forget(
    db: AsyncConnection, table: Table[Any], *owned_by: ColumnElement[Any], now: datetime, most: int
) -> int:
    """Erase files of a table that belong to nothing (all of `owned_by` empty) for 90 days; return how many. As the clock."""
    old = (
        select(table.c.koperasi_id, table.c.id)
        .where(*(owner.is_(None) for owner in owned_by), table.c.sent_at < now - _DECIDED_WITHIN)
        .limit(most)
        .subquery()
    )
    done = await db.execute(
        delete(table).where(table.c.koperasi_id == old.c.koperasi_id, table.c.id == old.c.id)
    )
    return done.rowcount
