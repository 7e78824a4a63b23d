"""What pengawas find in the books: marked on an entry, followed up by pengurus, closed by pengawas alone.

Nothing of it is ever changed or taken away. It is for pengawas and pengurus, not for outsiders
(UU 25/1992 Pasal 39): neither pendamping nor officials read it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from core.database import driver
from core.errors import Refusal
from core.permissions import NotAllowed, Role, said
from core.sealing import Keys

PENGURUS = (
    Role.KETUA, Role.WAKIL_USAHA, Role.WAKIL_ANGGOTA, Role.SEKRETARIS, Role.BENDAHARA,
)  # fmt: skip
READERS = (Role.PENGAWAS, *PENGURUS)


class NoSuchFinding(Refusal):
    """No finding has this number. Facts: number."""

    text = "refusal-no-such-finding"


class NoSuchEntry(Refusal):
    """A finding is about an entry of the book, and there is none of this number. Facts: entry."""

    text = "refusal-finding-no-entry"


class FindingClosed(Refusal):
    """A closed finding is history: a new one is marked instead. Facts: number."""

    text = "refusal-finding-closed"


class Kind(StrEnum):
    """What was done about a finding."""

    FOLLOW_UP = "follow-up"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who did what about a finding, in the own words."""

    kind: Kind
    name: str
    said: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding and what was done about it since."""

    number: int
    entry: int
    person_id: int
    name: str
    said: str
    at: datetime
    steps: tuple[Step, ...] = ()
    followed_at: datetime | None = None  # last, by pengurus; known where findings are listed

    @property
    def is_open(self) -> bool:
        """Whether no pengawas closed it."""
        return not any(step.kind is Kind.CLOSED for step in self.steps)


def require(roles: Collection[Role], allowed: Collection[Role]) -> None:
    """Refuse whose offices are none of the allowed. Raises permissions.NotAllowed."""
    if not set(roles) & set(allowed):
        raise NotAllowed(who=said(*allowed))


async def mark(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    entry: int,
    person_id: int,
    words: str,
    at: datetime,
    keys: Keys,
) -> int:
    """Mark a finding on an entry; return its number. Raises NoSuchEntry."""
    raw = await driver(db)
    if not await raw.fetchval(
        "SELECT EXISTS (SELECT FROM ledger.entries WHERE koperasi_id = $1 AND number = $2)",
        koperasi_id,
        entry,
    ):
        raise NoSuchEntry(entry=entry)
    await _alone(db, koperasi_id)
    number: int = await raw.fetchval(
        "INSERT INTO findings (koperasi_id, number, entry, person_id, said_sealed, at)"
        " SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 FROM findings WHERE koperasi_id = $1"
        " RETURNING number",
        koperasi_id,
        entry,
        person_id,
        keys.seal(words.encode()),
        at,
    )
    return number


async def add_step(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    number: int,
    kind: Kind,
    person_id: int,
    words: str,
    at: datetime,
    keys: Keys,
) -> Finding:
    """Follow a finding up, or close it; return it as it was before. Raises NoSuchFinding, FindingClosed."""
    await _alone(db, koperasi_id)
    found = await one(db, koperasi_id=koperasi_id, number=number, keys=keys)
    if not found.is_open:
        raise FindingClosed(number=number)
    raw = await driver(db)
    await raw.execute(
        "INSERT INTO finding_steps (koperasi_id, finding, n, kind, person_id, said_sealed, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        koperasi_id,
        number,
        len(found.steps) + 1,
        kind.value,
        person_id,
        keys.seal(words.encode()),
        at,
    )
    return found


async def _alone(db: AsyncConnection, koperasi_id: int) -> None:
    """Let two who write at once follow each other: numbers have no gaps."""
    raw = await driver(db)
    await raw.execute("SELECT pg_advisory_xact_lock(hashtext('findings'), $1)", koperasi_id)


async def one(db: AsyncConnection, *, koperasi_id: int, number: int, keys: Keys) -> Finding:
    """Read a finding with its steps. Raises NoSuchFinding."""
    raw = await driver(db)
    row = await raw.fetchrow(
        f"{_READ} WHERE f.koperasi_id = $1 AND f.number = $2", koperasi_id, number
    )
    if row is None:
        raise NoSuchFinding(number=number)
    steps = await raw.fetch(
        "SELECT s.kind, p.name, s.said_sealed, s.at FROM finding_steps s"
        " JOIN people p ON p.koperasi_id = s.koperasi_id AND p.id = s.person_id"
        " WHERE s.koperasi_id = $1 AND s.finding = $2 ORDER BY s.n LIMIT 1000",
        koperasi_id,
        number,
    )
    told = tuple(
        Step(
            kind=Kind(step["kind"]),
            name=step["name"],
            said=keys.unseal_text(step["said_sealed"]) or "",
            at=step["at"],
        )
        for step in steps
    )
    return Finding(**{**row, "said": keys.unseal_text(row["said"]) or "", "steps": told})


async def still_open(
    db: AsyncConnection, *, koperasi_id: int, most: int, keys: Keys
) -> list[Finding]:
    """List the open findings, oldest first, without their steps; when each was followed up last."""
    raw = await driver(db)
    rows = await raw.fetch(
        f"{_LISTED} WHERE f.koperasi_id = $1 AND {OPEN} ORDER BY f.number LIMIT $2",
        koperasi_id,
        most,
    )
    return [Finding(**{**row, "said": keys.unseal_text(row["said"]) or ""}) for row in rows]


async def count_open(db: AsyncConnection, koperasi_id: int) -> int:
    """Count the open findings."""
    raw = await driver(db)
    found: int = await raw.fetchval(
        f"SELECT count(*) FROM findings f WHERE f.koperasi_id = $1 AND {OPEN}", koperasi_id
    )
    return found


async def on_entries(
    db: AsyncConnection, *, koperasi_id: int, entries: Collection[int]
) -> dict[int, int]:
    """Say which of these entries have an open finding, and the number of the newest."""
    raw = await driver(db)
    rows = await raw.fetch(
        f"SELECT f.entry, max(f.number) AS number FROM findings f"
        f" WHERE f.koperasi_id = $1 AND f.entry = ANY ($2) AND {OPEN} GROUP BY f.entry",
        koperasi_id,
        list(entries),
    )
    return {row["entry"]: row["number"] for row in rows}


OPEN = """NOT EXISTS (SELECT FROM finding_steps s WHERE s.koperasi_id = f.koperasi_id
   AND s.finding = f.number AND s.kind = 'closed')"""
_FROM = """
  FROM findings f JOIN people p ON p.koperasi_id = f.koperasi_id AND p.id = f.person_id
"""
_COLUMNS = "SELECT f.number, f.entry, f.person_id, p.name, f.said_sealed AS said, f.at"
_READ = f"{_COLUMNS} {_FROM}"
_LISTED = f"""{_COLUMNS}, (SELECT max(s.at) FROM finding_steps s WHERE s.koperasi_id = f.koperasi_id
   AND s.finding = f.number AND s.kind = 'follow-up') AS followed_at {_FROM}"""
