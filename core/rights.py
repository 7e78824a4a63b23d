"""What people ask to be put right in their own data: a ticket to the sekretaris, answered within 3x24 hours (UU 27/2022 Pasal 30).

A ticket is decided once and never taken away; what it changed keeps its old value, sealed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from core import consents, cooperatives, identities, people
from core.consents import Use
from core.database import driver
from core.errors import Refusal
from core.permissions import Role
from core.sealing import Keys

DECIDERS = (Role.SEKRETARIS, Role.KETUA)
MOST_OPEN = 5  # tickets one person may have open
OPEN = "r.outcome IS NULL"


class NoSuchRequest(Refusal):
    """No ticket has this number. Facts: number."""

    text = "refusal-no-such-fix"


class RequestDecided(Refusal):
    """A ticket is answered once. Facts: number."""

    text = "refusal-fix-decided"


class OwnRequest(Refusal):
    """Nobody answers the own ticket. Facts: number."""

    text = "refusal-own-fix"


class TooManyRequests(Refusal):
    """Somebody's open tickets are answered before new ones are taken. Facts: count."""

    text = "refusal-too-many-fixes"


class NotANik(Refusal):
    """A NIK has 16 digits."""

    text = "refusal-fix-not-a-nik"


class NikIsTaken(Refusal):
    """Another person of the cooperative has this NIK. Facts: number."""

    text = "refusal-fix-nik-taken"


class Field(StrEnum):
    """What of the profile a ticket changes."""

    NAME = "name"
    PHONE = "phone"
    NIK = "nik"
    ADDRESS = "address"
    ERASE = "erase"  # of who has left: the whole profile, core.erasure


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A ticket in the person's own words; with `field` it says what the new value is."""

    number: int
    person_id: int
    name: str
    said: str
    field: Field | None
    value: str | None
    at: datetime
    due_at: datetime
    outcome: str | None  # done, refused; None: open


def normal(field: Field, said: str) -> str:
    """Return a new value as the profile keeps it. Raises NotANik, identities.NotAPhone."""
    if field is Field.PHONE:
        if phone := people.normal_phone(said):
            return phone
        raise identities.NotAPhone(phone=said[:30])
    if field is Field.NIK:
        if nik := people.normal_nik(said):
            return nik
        raise NotANik
    return people.clean_name(said)[: people.LONGEST_NAME]


async def ask(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    person_id: int,
    said: str,
    field: Field | None,
    value: str | None,
    hours: int,
    at: datetime,
    keys: Keys,
) -> Request:
    """Keep a ticket, due `hours` after now. Raises TooManyRequests."""
    raw = await driver(db)
    await raw.execute("SELECT pg_advisory_xact_lock(hashtext('data_requests'), $1)", koperasi_id)
    count = await raw.fetchval(
        f"SELECT count(*) FROM data_requests r WHERE koperasi_id = $1 AND person_id = $2 AND {OPEN}",
        koperasi_id,
        person_id,
    )
    if count >= MOST_OPEN:
        raise TooManyRequests(count=count)
    number: int = await raw.fetchval(
        "INSERT INTO data_requests (koperasi_id, number, person_id, said_sealed, field, value_sealed, at, due_at)"
        " SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7 FROM data_requests"
        " WHERE koperasi_id = $1 RETURNING number",
        koperasi_id,
        person_id,
        keys.seal(said.encode()),
        field.value if field else None,
        keys.seal_text(value),
        at,
        at + timedelta(hours=hours),
    )
    return await one(db, koperasi_id=koperasi_id, number=number, keys=keys)


async def one(db: AsyncConnection, *, koperasi_id: int, number: int, keys: Keys) -> Request:
    """Read a ticket. Raises NoSuchRequest."""
    raw = await driver(db)
    row = await raw.fetchrow(
        f"{_READ} WHERE r.koperasi_id = $1 AND r.number = $2", koperasi_id, number
    )
    if row is None:
        raise NoSuchRequest(number=number)
    return _request(dict(row), keys)


async def waiting(
    db: AsyncConnection, *, koperasi_id: int, most: int, keys: Keys, person_id: int | None = None
) -> list[Request]:
    """List open tickets, of everybody or of one person; those due first come first."""
    raw = await driver(db)
    rows = await raw.fetch(
        f"{_READ} WHERE r.koperasi_id = $1 AND {OPEN} AND ($3::integer IS NULL OR r.person_id = $3)"
        " ORDER BY r.due_at, r.number LIMIT $2",
        koperasi_id,
        most,
        person_id,
    )
    return [_request(dict(row), keys) for row in rows]


_READ = """
SELECT r.number, r.person_id, p.name, r.said_sealed, r.field, r.value_sealed, r.at, r.due_at, r.outcome
  FROM data_requests r JOIN people p ON p.koperasi_id = r.koperasi_id AND p.id = r.person_id
"""


def _request(row: dict[str, object], keys: Keys) -> Request:
    sealed = {name: row.pop(f"{name}_sealed") for name in ("said", "value")}
    opened = {name: keys.unseal_text(value) for name, value in sealed.items()}  # type: ignore[arg-type]
    field = Field(str(row["field"])) if row["field"] else None
    said = opened["said"] or ""
    return Request(**{**row, "field": field, "said": said, "value": opened["value"]})  # type: ignore[arg-type]


async def decide(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    number: int,
    by: int,
    done: bool,
    because: str | None,
    at: datetime,
    keys: Keys,
) -> Request:
    """Answer a ticket; done, a named field of the profile takes its new value. Returns it as it was before.

    Raises NoSuchRequest, RequestDecided, OwnRequest, NikIsTaken.
    """
    raw = await driver(db)
    await raw.execute("SELECT pg_advisory_xact_lock(hashtext('data_requests'), $1)", koperasi_id)
    found = await one(db, koperasi_id=koperasi_id, number=number, keys=keys)
    if found.outcome is not None:
        raise RequestDecided(number=number)
    if found.person_id == by:
        raise OwnRequest(number=number)
    before = None
    if done and found.field is not None and found.value is not None:
        before = await _change(db, koperasi_id, found, found.field, found.value, keys)
    await raw.execute(
        "UPDATE data_requests SET outcome = $3, because_sealed = $4, before_sealed = $5, decided_by = $6,"
        " decided_at = $7 WHERE koperasi_id = $1 AND number = $2",
        koperasi_id,
        number,
        "done" if done else "refused",
        keys.seal_text(because),
        keys.seal_text(before),
        by,
        at,
    )
    return found


async def _change(
    db: AsyncConnection, koperasi_id: int, found: Request, field: Field, value: str, keys: Keys
) -> str | None:
    """Put the new value into the profile; return the old one."""
    raw = await driver(db)
    whose = (koperasi_id, found.person_id)
    if field is Field.NAME:
        await raw.execute(
            "UPDATE people SET name = $3 WHERE koperasi_id = $1 AND id = $2", *whose, value
        )
        await cooperatives.people_changed(db, koperasi_id)
        return found.name
    hashed = keys.fingerprint(field.value, value)
    if field is Field.NIK:  # Who asks that it be kept allows it.
        await consents.allow(
            db, koperasi_id=koperasi_id, person_id=found.person_id, use=Use.KTP, at=found.at
        )
    if field is Field.NIK and await raw.fetchval(
        "SELECT EXISTS (SELECT FROM people WHERE koperasi_id = $1 AND id <> $2 AND nik_hash = $3)",
        *whose,
        hashed,
    ):
        raise NikIsTaken(number=found.number)
    old = await raw.fetchval(
        f"SELECT {field.value}_sealed FROM people WHERE koperasi_id = $1 AND id = $2", *whose
    )
    if field is Field.ADDRESS:
        await raw.execute(
            "UPDATE people SET address_sealed = $3 WHERE koperasi_id = $1 AND id = $2",
            *whose,
            keys.seal_text(value),
        )
    else:
        await raw.execute(
            f"UPDATE people SET {field.value}_sealed = $3, {field.value}_hash = $4"
            " WHERE koperasi_id = $1 AND id = $2",
            *whose,
            keys.seal_text(value),
            hashed,
        )
    return keys.unseal_text(old)


_FIELDS = (
    (Field.NAME, r"nama(?:\s+lengkap)?"),
    (Field.PHONE, r"(?:(?:no|nomor|nomer)\.?\s*)?(?:hp|wa|whatsapp|telepon|telpon|handphone)"),
    (Field.NIK, r"(?:no(?:mor)?\.?\s*)?(?:nik|ktp)"),
    (Field.ADDRESS, r"alamat(?:\s+rumah)?"),
)
_IS = (
    r"(?:(?:\s|,|;)*(?:saya|ku|salah|keliru|tulis|ketik|eja|tertulis\s+salah|yang\s+benar|yg\s+benar|benarnya|harusnya|seharusnya|"
    r"sebenarnya|semestinya|menjadi|jadi|adalah|itu|sekarang|ganti|diganti|ubah|diubah|:|=))+\s*"
)


def field_of(said: str) -> tuple[Field, str] | None:
    """Read "nama saya harusnya Siti Aminah": the field and its new value; None when no field is named so."""
    for field, words in _FIELDS:
        if found := re.search(
            rf"\b{words}{_IS}(?P<value>[^\s].*)", said, re.IGNORECASE | re.DOTALL
        ):
            value = re.sub(
                r"[,;]?\s*(?:bukan|tapi\s+tertulis)\b.*", "", found["value"], flags=re.IGNORECASE
            )
            if value := value.strip(" .!?\"'“”:"):
                return field, value
    return None
