"""Scans of legal documents and the papers of annual meetings: kept encrypted, a few of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import kept_files
from core.documents import Kind
from core.errors import Refusal
from core.kept_files import File
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.sealing import Keys
from core.tables.legal import documents, files

MOST = 8  # files of one document, or of one kind of paper of a meeting


class Paper(StrEnum):
    """What is kept of an annual meeting."""

    INVITATION = "undangan"
    ATTENDANCE = "hadir"
    MINUTES = "berita"
    REPORT = "laporan"  # of the board, on the year

    @property
    def called(self) -> str:
        """Its name, as people there say it."""
        return _TITLES[self]


_TITLES = {
    Paper.INVITATION: "Undangan",
    Paper.ATTENDANCE: "Daftar hadir",
    Paper.MINUTES: "Berita acara",
    Paper.REPORT: "Laporan pengurus",
}


class NoSuchDocument(Refusal):
    """A file belongs to a document that was recorded. Facts: called."""

    text = "refusal-no-document"


class WhichPermit(Refusal):
    """Of several permits one is named. Facts: names."""

    text = "refusal-which-permit"


class FileNotKept(Refusal):
    """Nobody has sent a file of this document. Facts: called."""

    text = "refusal-file-not-kept"


class TooManyFiles(Refusal):
    """A document carries a few files at most. Facts: called, most."""

    text = "refusal-too-many-files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What a file is of: a document (kind, n), or a paper of the meeting on a book year."""

    kind: Kind | None = None
    n: int = 0
    year: int = 0
    paper: Paper | None = None
    called: str = ""

    def __post_init__(self) -> None:
        """One of the two."""
        assert (self.kind is None) != (self.paper is None), self

    @property
    def values(self) -> dict[str, Any]:
        """Return its columns."""
        if self.paper is not None:
            return {"year": self.year, "paper": self.paper.value}
        assert self.kind is not None
        return {"kind": self.kind.value, "n": self.n}


async def keep(
    db: AsyncConnection, *, officer: Standing, file_id: UUID, file: File, at: datetime, keys: Keys
) -> None:
    """Keep a file for a card that may be confirmed; attach gives it to what it is of. 5 MB at most. Refuses NotAllowed."""
    if not may(officer.roles, Action.RECORD_DOCUMENTS):
        raise NotAllowed(who=who_may(Action.RECORD_DOCUMENTS))
    await db.execute(
        files.insert().values(
            koperasi_id=officer.cooperative.id,
            id=file_id,
            content_sealed=keys.seal(file.content),
            mime=file.mime,
            size=len(file.content),
            sent_by=officer.recorder,
            sent_at=at,
        )
    )


async def require_room(db: AsyncConnection, *, koperasi_id: int, owner: Owner) -> None:
    """Let pass what may get one more file. Refuses NoSuchDocument, TooManyFiles."""
    if owner.kind is not None and not await db.scalar(
        select(documents.c.n).where(
            documents.c.koperasi_id == koperasi_id,
            documents.c.kind == owner.kind.value,
            documents.c.n == owner.n,
        )
    ):
        raise NoSuchDocument(called=owner.called)
    if len(await of(db, koperasi_id=koperasi_id, owner=owner)) >= MOST:
        raise TooManyFiles(called=owner.called, most=MOST)


async def attach(db: AsyncConnection, *, koperasi_id: int, file_id: UUID, owner: Owner) -> None:
    """Give a kept file to what it is of, once. Refuses NoSuchDocument, TooManyFiles."""
    await require_room(db, koperasi_id=koperasi_id, owner=owner)
    await db.execute(
        update(files)
        .where(
            files.c.koperasi_id == koperasi_id,
            files.c.id == file_id,
            files.c.kind.is_(None),
            files.c.year.is_(None),
        )
        .values(**owner.values)
    )


async def of(db: AsyncConnection, *, koperasi_id: int, owner: Owner) -> list[UUID]:
    """List the files of a document or a meeting's paper, as they were sent."""
    rows = await db.scalars(
        select(files.c.id)
        .where(
            files.c.koperasi_id == koperasi_id,
            *(files.c[name] == value for name, value in owner.values.items()),
        )
        .order_by(files.c.sent_at, files.c.id)
        .limit(MOST)
    )
    return list(rows)


async def of_documents(db: AsyncConnection, koperasi_id: int) -> dict[tuple[Kind, int], int]:
    """Count the files of every document that has some: (kind, n) -> how many."""
    rows = await db.execute(
        select(files.c.kind, files.c.n, func.count())
        .where(files.c.koperasi_id == koperasi_id, files.c.kind.is_not(None))
        .group_by(files.c.kind, files.c.n)
        .order_by(files.c.kind, files.c.n)
    )
    return {(Kind(str(kind)), n or 0): count for kind, n, count in rows}


async def of_meeting(db: AsyncConnection, koperasi_id: int, year: int) -> set[Paper]:
    """Name the papers that are kept of the meeting on a book year."""
    rows = await db.scalars(
        select(files.c.paper)
        .where(files.c.koperasi_id == koperasi_id, files.c.year == year)
        .distinct()
        .order_by(files.c.paper)
    )
    return {Paper(str(paper)) for paper in rows}


async def read(db: AsyncConnection, *, koperasi_id: int, file_id: UUID, keys: Keys) -> File | None:
    """Read a file back; none when it was erased."""
    return await kept_files.read(db, files, koperasi_id=koperasi_id, file_id=file_id, keys=keys)


async def forget(db: AsyncConnection, *, now: datetime, most: int) -> int:
    """Erase files that belong to nothing for 90 days; return how many. As the clock."""
    return await kept_files.forget(db, files, files.c.kind, files.c.year, now=now, most=most)
