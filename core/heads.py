"""The head of a book: its last entry and that entry's hash. Whoever keeps one can later prove a change before it.

The hash of an entry covers all entries before it. An operator can rewrite the database, not what others kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver

_WRITTEN = re.compile(
    r"(?:(?P<code>[^\s:]{1,40}):(?P<entries>[0-9]{1,18}):)?(?P<hash>[0-9A-Fa-f]{64})"
)
_MOST = 10_000  # cooperatives of a region


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head as it is kept: code and number are none where the hash alone was noted."""

    hash: str
    code: str | None = None
    entries: int | None = None

    def __str__(self) -> str:
        return self.hash if self.code is None else f"{self.code}:{self.entries}:{self.hash}"


def read(text: str) -> Head | None:
    """Read a head as a person kept it, spaces and line breaks of a chat left out; None: it is no head.

    A shortened hash is no proof: somebody who rewrites a book could find one that begins alike.
    """
    found = _WRITTEN.fullmatch("".join(text.split()))
    if found is None:
        return None
    entries = found["entries"]
    return Head(
        hash=found["hash"].lower(),
        code=found["code"],
        entries=int(entries) if entries is not None else None,
    )


async def take(db: AsyncConnection, *, koperasi_id: int, on: date, at: datetime) -> Head:
    """Take a book's head of a day, once; return the one that was taken."""
    raw = await driver(db)
    await raw.execute(_TAKE, koperasi_id, on, at)
    row = await raw.fetchrow(_TAKEN, koperasi_id, on)
    assert row is not None, koperasi_id
    return Head(code=row["code"], entries=row["entries"], hash=row["hash"])


_TAKE = """
INSERT INTO book_heads (koperasi_id, "on", entries, hash, at)
SELECT koperasi_id, $2, entries, encode(head, 'hex'), $3 FROM ledger.books WHERE koperasi_id = $1
ON CONFLICT DO NOTHING
"""
_TAKEN = """
SELECT c.code, h.entries, h.hash FROM book_heads h
  JOIN cooperatives c ON c.koperasi_id = h.koperasi_id
 WHERE h.koperasi_id = $1 AND h."on" = $2
"""


async def of_region(db: AsyncConnection, *, region: str, on: date) -> list[Head]:
    """List the heads of a day of a region's cooperatives that have written anything, by code; as the clock."""
    raw = await driver(db)
    rows = await raw.fetch(_OF_REGION, region, on, _MOST)
    return [Head(code=row["code"], entries=row["entries"], hash=row["hash"]) for row in rows]


_OF_REGION = """
SELECT c.code, h.entries, h.hash FROM book_heads h
  JOIN cooperatives c ON c.koperasi_id = h.koperasi_id
 WHERE h."on" = $2 AND h.entries > 0 AND (c.region = $1 OR c.region LIKE $1 || '.%')
 ORDER BY c.code LIMIT $3
"""
