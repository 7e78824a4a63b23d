"""People of a cooperative: their names, their sealed phones and NIK, and the hats they wear on a day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, database, rules
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.permissions import Role
from core.rules import RuleBook
from core.sealing import Keys
from core.tables.people import members, people

LONGEST_NAME = 100  # characters


class NoSuchMember(Refusal):
    """The cooperative has no member of that number."""

    text = "refusal-no-such-member"


class MemberHasLeft(Refusal):
    """Savings and loans are only for people who are members on that day."""

    text = "refusal-member-has-left"


class NotYetMember(Refusal):
    """Nothing is recorded for a member before the day of joining."""

    text = "refusal-not-yet-member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member; `id` is the person's."""

    id: int
    number: str
    name: str
    gender: str | None
    joined_on: date
    left_on: date | None
    dues_from: date  # first month whose simpanan wajib is due here


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who stands in a chat on a day: a person of a cooperative with the hats worn then."""

    cooperative: Cooperative
    rules: RuleBook
    person_id: int
    name: str
    gender: str | None
    member: Member | None  # active on that day
    roles: tuple[Role, ...]  # held on that day
    resumed: bool = False  # the chat had blocked us and writes again

    @property
    def recorder(self) -> str:
        """How entries name this person: by id."""
        return f"person:{self.person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is known of a person to be written down; phone and NIK as `normal_…` return them."""

    name: str
    gender: str | None = None
    phone: str | None = None
    nik: str | None = None
    address: str | None = None


def clean_name(text: str) -> str:
    """Fold white space and drop control and direction marks, which have no place in a name."""
    kept = (
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace()
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join("".join(kept).split())


def normal_phone(text: str) -> str | None:
    """Read 08…, 62…, +62…, 8… as 628…; other countries with their +. None when it is no phone number."""
    digits = re.sub(r"[\s().\-‐-―]", "", text.strip())
    if match := re.fullmatch(r"(?:\+?62|0)?(8[0-9]{7,12})", digits):
        return "62" + match[1]
    if match := re.fullmatch(r"(?:\+?62|0)([2-9][0-9]{6,11})", digits):  # a fixed line
        return "62" + match[1]
    if match := re.fullmatch(r"\+([1-9][0-9]{7,14})", digits):
        return match[1]
    return None


def normal_nik(text: str) -> str | None:
    """Read a NIK: 16 digits. None when it is none."""
    digits = re.sub(r"[\s.\-]", "", text.strip())
    return digits if re.fullmatch(r"[0-9]{16}", digits) else None


def row_of(
    person: NewPerson, *, koperasi_id: int, number: int, keys: Keys, at: datetime
) -> dict[str, object]:
    """Make the row of a person, sealed and hashed."""
    return {
        "koperasi_id": koperasi_id,
        "id": number,
        "name": person.name,
        "gender": person.gender,
        "phone_sealed": keys.seal_text(person.phone),
        "phone_hash": keys.fingerprint("phone", person.phone) if person.phone else None,
        "nik_sealed": keys.seal_text(person.nik),
        "nik_hash": keys.fingerprint("nik", person.nik) if person.nik else None,
        "address_sealed": keys.seal_text(person.address),
        "created_at": at,
    }


async def add(
    db: AsyncConnection, person: NewPerson, *, koperasi_id: int, keys: Keys, at: datetime
) -> int:
    """Write a person down; returns the id within the cooperative."""
    number = await cooperatives.take_ids(db, koperasi_id, "person")
    await db.execute(
        people.insert().values(
            row_of(person, koperasi_id=koperasi_id, number=number, keys=keys, at=at)
        )
    )
    await cooperatives.people_changed(db, koperasi_id)
    return number


_STANDING = f"""
SELECT c.code, c.name AS cooperative, c.region, c.zone, c.people_version, p.name, p.gender,
       m.number, m.joined_on, m.left_on, m.dues_from,
       ARRAY(SELECT o.role FROM officers o
              WHERE o.koperasi_id = $1 AND o.person_id = $2 AND o.since <= $3
                AND (o.until IS NULL OR o.until > $3) ORDER BY o.id) AS roles,
       a.ended_at IS NOT NULL AS was_blocked, {rules.STEPS} AS rules
  FROM cooperatives c
  JOIN people p ON p.koperasi_id = c.koperasi_id AND p.id = $2
  LEFT JOIN members m ON m.koperasi_id = c.koperasi_id AND m.id = p.id
  LEFT JOIN addresses a ON a.koperasi_id = $1 AND a.person_id = $2 AND a.channel = $4
        AND a.account = $5 AND a.chat = $6
        AND (a.ended_at IS NULL OR a.reason IN ('blocked', 'chat-not-found', 'deactivated', 'undeliverable'))
 WHERE c.koperasi_id = $1 AND ($4::text IS NULL OR a.chat IS NOT NULL)
"""
_UNBLOCK = """
UPDATE addresses SET ended_at = NULL, reason = NULL
 WHERE koperasi_id = $1 AND person_id = $2 AND channel = $3 AND account = $4 AND chat = $5
"""


async def standing(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    person_id: int,
    on: date,
    chat: tuple[str, str, str] | None = None,
) -> Standing | None:
    """Read who a person is on a day; with `chat` (channel, account, chat) only if linked to that chat.

    None when the person has neither membership nor office then: whatever the chat could do is gone.
    """
    raw = await database.driver(db)
    row = await raw.fetchrow(_STANDING, koperasi_id, person_id, on, *(chat or (None, None, None)))
    if row is None:
        return None
    if chat and row["was_blocked"]:  # Who writes again is reached again.
        await raw.execute(_UNBLOCK, koperasi_id, person_id, *chat)
    member = None
    if row["number"] is not None and (row["left_on"] is None or row["left_on"] > on):
        member = Member(
            id=person_id,
            number=row["number"],
            name=row["name"],
            gender=row["gender"],
            joined_on=row["joined_on"],
            left_on=row["left_on"],
            dues_from=row["dues_from"],
        )
    roles = tuple(Role(role) for role in row["roles"])
    if member is None and not roles:
        return None
    return Standing(
        cooperative=Cooperative(
            id=koperasi_id,
            code=row["code"],
            name=row["cooperative"],
            region=row["region"],
            zone=row["zone"],
            people_version=row["people_version"],
        ),
        rules=RuleBook(tuple(row["rules"])),
        person_id=person_id,
        name=row["name"],
        gender=row["gender"],
        member=member,
        roles=roles,
        resumed=bool(chat and row["was_blocked"]),
    )


_MEMBER = (
    members.c.id,
    members.c.number,
    people.c.name,
    people.c.gender,
    members.c.joined_on,
    members.c.left_on,
    members.c.dues_from,
)
_JOINED = members.join(
    people, (people.c.koperasi_id == members.c.koperasi_id) & (people.c.id == members.c.id)
)


def _member(row: Sequence[object]) -> Member:
    number, label, name, gender, joined_on, left_on, dues_from = row
    return Member(
        id=number,  # type: ignore[arg-type]  # the columns above, in their order
        number=label,  # type: ignore[arg-type]
        name=name,  # type: ignore[arg-type]
        gender=gender,  # type: ignore[arg-type]
        joined_on=joined_on,  # type: ignore[arg-type]
        left_on=left_on,  # type: ignore[arg-type]
        dues_from=dues_from,  # type: ignore[arg-type]
    )


async def member(db: AsyncConnection, *, koperasi_id: int, member_id: int) -> Member:
    """Read one member. Raises NoSuchMember."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT m.id, m.number, p.name, p.gender, m.joined_on, m.left_on, m.dues_from"
        " FROM members m JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id"
        " WHERE m.koperasi_id = $1 AND m.id = $2",
        koperasi_id,
        member_id,
    )
    if row is None:
        raise NoSuchMember(number=str(member_id))
    return _member(row)


_TITLES = {"pak", "bapak", "bu", "ibu", "h", "hj", "haji", "hajah"}


def called(name: str, gender: str | None) -> str:
    """Address somebody politely: Pak, Bu, or both while it is not known."""
    if name.split(" ", maxsplit=1)[0].rstrip(".").lower() in _TITLES:
        return name
    title = {"L": "Pak", "P": "Bu"}.get(gender or "", "Bapak/Ibu")
    return f"{title} {name}"


async def name(db: AsyncConnection, *, koperasi_id: int, person_id: int) -> str:
    """Read a person's name."""
    found = await db.scalar(
        select(people.c.name).where(people.c.koperasi_id == koperasi_id, people.c.id == person_id)
    )
    return found or "-"


async def member_by_number(db: AsyncConnection, *, koperasi_id: int, number: str) -> Member:
    """Read the member of a number, case ignored. Raises NoSuchMember."""
    row = (
        await db.execute(
            select(*_MEMBER)
            .select_from(_JOINED)
            .where(
                members.c.koperasi_id == koperasi_id,
                func.lower(members.c.number) == number.strip().lower(),
            )
        )
    ).first()
    if row is None:
        raise NoSuchMember(number=number)
    return _member(row)


def require_active(member: Member, *, on: date) -> None:
    """Let pass who is a member on a day. Raises MemberHasLeft or NotYetMember."""
    if member.left_on is not None and member.left_on <= on:
        raise MemberHasLeft(member=member.name, left_on=member.left_on)
    if on < member.joined_on:
        raise NotYetMember(member=member.name, joined_on=member.joined_on)


async def active_members(
    db: AsyncConnection, *, koperasi_id: int, on: date, limit: int = 20_000, offset: int = 0
) -> list[Member]:
    """List who is a member on a day, by number."""
    rows = await db.execute(
        select(*_MEMBER)
        .select_from(_JOINED)
        .where(
            members.c.koperasi_id == koperasi_id,
            (members.c.left_on.is_(None)) | (members.c.left_on > on),
        )
        .order_by(members.c.number)
        .limit(limit)
        .offset(offset)
    )
    return [_member(row) for row in rows]
