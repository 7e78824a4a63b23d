"""A cooperative's legal documents: number, day, expiry, in the order in which they are got (domain reference 1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import Refusal
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.tables.legal import documents

WARNED = (60, 30, 7)  # days before one expires
_MOST = 40  # documents that are read: the kinds, and permits


class Kind(StrEnum):
    """The documents a cooperative needs: each is got with those before it."""

    DEED = "npak"  # akta pendirian, by a notary (NPAK)
    DECREE = "sk"  # SK pengesahan badan hukum (AHU)
    NIK = "nik"  # nomor induk koperasi
    NPWP = "npwp"
    ACCOUNT = "rekening"  # at a bank, in the cooperative's own name
    NIB = "nib"
    PERMIT = "izin"  # by kind of business (KBLI)

    @property
    def called(self) -> str:
        """Its name, as people there say it."""
        return _TITLES[self]

    @property
    def before(self) -> tuple[Kind, ...]:
        """The kinds it is got with."""
        order = tuple(Kind)
        return order[: order.index(self)]


_TITLES = {
    Kind.DEED: "Akta pendirian (NPAK)",
    Kind.DECREE: "SK badan hukum (AHU)",
    Kind.NIK: "NIK koperasi",
    Kind.NPWP: "NPWP",
    Kind.ACCOUNT: "Rekening bank koperasi",
    Kind.NIB: "NIB",
    Kind.PERMIT: "Izin usaha",
}

_DIGITS = {Kind.NIK: 13, Kind.NPWP: 16, Kind.NIB: 13}
_FORMS = {
    Kind.DECREE: re.compile(r"AHU-\d{7}\.AH\.\d\d\.\d\d\.TAHUN \d{4}"),
    Kind.ACCOUNT: re.compile(r"\d{8,20}"),
}
_LONGEST = 60
_PERMIT = re.compile(r"[a-z][a-z /-]{1,39}")


class NotItsNumber(Refusal):
    """A NIK koperasi and a NIB have 13 digits, an NPWP 16. Facts: kind, digits."""

    text = "refusal-document-digits"


class NotItsForm(Refusal):
    """A decree reads AHU-0017736.AH.01.29.TAHUN 2025, a bank account has 8 to 20 digits. Facts: kind."""

    text = "refusal-document-form"


class NotYetIssued(Refusal):
    """A document is recorded once it is there. Facts: on."""

    text = "refusal-document-future"


class NotAPermit(Refusal):
    """What is permitted is named in a few words: apotek, simpan pinjam."""

    text = "refusal-document-permit"


class ExpiresFirst(Refusal):
    """A document is valid for some time after its day. Facts: on, expires."""

    text = "refusal-document-expiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document with its number; without an expiry it stays valid."""

    kind: Kind
    number: str
    permit: str = ""  # what a permit is for: apotek, simpan pinjam
    issued_on: date | None = None
    expires_on: date | None = None
    n: int = 0  # of its kind, counted as they were recorded; 0: not yet

    @property
    def called(self) -> str:
        """Its name, as people there say it."""
        return f"Izin {self.permit}" if self.permit else self.kind.called

    def is_valid(self, on: date) -> bool:
        """Say whether it has not expired before that day."""
        return self.expires_on is None or self.expires_on >= on


def checked(document: Document, *, today: date) -> Document:
    """Return a document with its number as it is written.

    Refuses NotItsNumber, NotItsForm, NotAPermit, NotYetIssued, ExpiresFirst.
    """
    kind, number = document.kind, " ".join(document.number.upper().split())[:_LONGEST]
    if kind in _DIGITS or kind is Kind.ACCOUNT:
        number = re.sub(r"[\s.\-]", "", number)
    if (digits := _DIGITS.get(kind)) and not re.fullmatch(rf"[0-9]{{{digits}}}", number):
        raise NotItsNumber(kind=kind.called, digits=digits)
    if (form := _FORMS.get(kind)) and not form.fullmatch(number):
        raise NotItsForm(kind=kind.called)
    permit = " ".join(document.permit.lower().split())
    if permit and (kind is not Kind.PERMIT or not _PERMIT.fullmatch(permit)):
        raise NotAPermit
    if document.issued_on is not None and document.issued_on > today:
        raise NotYetIssued(on=document.issued_on)
    if document.issued_on and document.expires_on and document.expires_on < document.issued_on:
        raise ExpiresFirst(on=document.issued_on, expires=document.expires_on)
    return replace(document, number=number, permit=permit)


async def keep(
    db: AsyncConnection, *, officer: Standing, document: Document, today: date, at: datetime
) -> Document:
    """Write a document down: it takes the place of the last of its kind, a permit of the last for the same.

    Refuses NotAllowed and as `checked`.
    """
    if not may(officer.roles, Action.RECORD_DOCUMENTS):
        raise NotAllowed(who=who_may(Action.RECORD_DOCUMENTS))
    kept = checked(document, today=today)
    n = await db.scalar(
        _KEEP,
        {
            "here": officer.cooperative.id, "kind": kept.kind.value, "permit": kept.permit,
            "number": kept.number, "issued": kept.issued_on, "expires": kept.expires_on,
            "by": officer.recorder, "at": at,
        },
    )  # fmt: skip
    return replace(kept, n=n)


_KEEP = text(
    "INSERT INTO legal_documents"
    " (koperasi_id, kind, n, permit, number, issued_on, expires_on, recorded_by, recorded_at)"
    " SELECT :here, :kind, coalesce(max(n), 0) + 1, :permit, :number, :issued, :expires, :by, :at"
    " FROM legal_documents WHERE koperasi_id = :here AND kind = :kind RETURNING n"
)


async def held(db: AsyncConnection, koperasi_id: int) -> list[Document]:
    """List the documents that count, in the order in which they are got: the last of each kind and of each permit."""
    rows = await db.execute(
        select(documents)
        .ext(distinct_on(documents.c.kind, documents.c.permit))
        .where(documents.c.koperasi_id == koperasi_id)
        .order_by(documents.c.kind, documents.c.permit, documents.c.n.desc())
        .limit(_MOST)
    )
    found = [
        Document(
            kind=Kind(row.kind), n=row.n, permit=row.permit, number=row.number,
            issued_on=row.issued_on, expires_on=row.expires_on,
        )
        for row in rows
    ]  # fmt: skip
    order = list(Kind)
    return sorted(found, key=lambda one: (order.index(one.kind), one.permit))


def lacking(found: Iterable[Document], *, on: date | None = None) -> list[Kind]:
    """List the kinds that are not there, in their order; with a day, a kind of which one has expired by then is not.

    Of permits every one counts: an expired permit of the pharmacy is lacking beside a valid one for loans.
    """
    there: dict[Kind, bool] = {}
    for one in found:
        there[one.kind] = there.get(one.kind, True) and (on is None or one.is_valid(on))
    return [kind for kind in Kind if not there.get(kind)]


async def completeness(
    db: AsyncConnection, koperasi_id: int, *, on: date | None = None
) -> tuple[int, int]:
    """Count the kinds that are there and those that are needed, as `lacking` says."""
    lacks = lacking(await held(db, koperasi_id), on=on)
    return len(Kind) - len(lacks), len(Kind)


async def expiring(
    db: AsyncConnection, koperasi_id: int, *, today: date, since: date
) -> list[Document]:
    """List the documents to warn of today: 60, 30 or 7 days before they expire, or that day came after `since`."""
    return [
        one
        for one in await held(db, koperasi_id)
        if one.expires_on
        and any(since < one.expires_on - timedelta(days=days) <= today for days in WARNED)
    ]
