"""Whom a book knows already, held against a sheet's rows: numbers, NIK, phones, names."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.imports.rows import Remark
from core.people import NewPerson
from core.sealing import Keys
from core.tables.people import members, people


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person of the book: a member when there is a number."""

    id: int
    name: str = field(repr=False)
    phone_hash: bytes | None
    nik_hash: bytes | None
    number: str | None


class KnownPeople:
    """The book's people and the rows looked at so far."""

    def __init__(self, known: list[Known], keys: Keys) -> None:
        """Sort the people by what they are recognised by."""
        self._keys = keys
        self._by_number = {one.number.casefold(): one for one in known if one.number}
        self._by_nik = {one.nik_hash: one for one in known if one.nik_hash}
        self._by_phone: dict[bytes, list[Known]] = {}
        self._by_name: dict[str, list[Known]] = {}
        for one in known:
            if one.phone_hash:
                self._by_phone.setdefault(one.phone_hash, []).append(one)
            if one.number:
                self._by_name.setdefault(one.name.casefold(), []).append(one)
        self._numbers_above: dict[str, int] = {}
        self._niks_above: dict[str, int] = {}
        self._phones_above: dict[str, list[int]] = {}

    @property
    def numbers(self) -> set[str]:
        """The numbers in use, small letters."""
        return set(self._by_number)

    def errors(self, row: int, number: str, person: NewPerson) -> list[Remark]:
        """Say why a row cannot be a new member: its number or NIK is another's, or it is one already.

        A person without a number whose name and phone are a member's is taken for that member; who is
        not gets a number in the sheet.
        """
        found: list[Remark] = []

        def say(column: str, reason: str, **facts: object) -> None:
            found.append(Remark(row=row, column=column, reason=reason, facts=facts))

        if number.casefold() in self._by_number:
            say("no_anggota", "import-number-in-book", number=number)
        elif number and (above := self._numbers_above.setdefault(number.casefold(), row)) != row:
            say("no_anggota", "import-number-twice", number=number, other=above)
        owner = self._by_nik.get(self._hash("nik", person.nik) or b"")
        if owner is not None:
            say("nik", "import-nik-in-book", number=owner.number or "-")
        elif person.nik and (above := self._niks_above.setdefault(person.nik, row)) != row:
            say("nik", "import-nik-twice", other=above)
        same = None if number or owner else self._same(person)
        if same is not None:
            say("nama", "import-member-already", number=same.number)
        return found

    def _same(self, person: NewPerson) -> Known | None:
        phone = self._hash("phone", person.phone)
        for one in self._by_name.get(person.name.casefold(), []):
            if one.phone_hash == phone and not (person.nik and one.nik_hash):
                return one
        return None

    def warnings(self, row: int, person: NewPerson) -> list[Remark]:
        """Point out a phone that others have: families share phones."""
        if not person.phone:
            return []
        above = self._phones_above.setdefault(person.phone, [])
        above.append(row)
        members_with = [
            one for one in self._by_phone.get(self._hash("phone", person.phone) or b"", [])
            if one.number
        ]  # fmt: skip
        reason, facts = "", dict[str, object]()
        if len(above) > 1:
            reason, facts = "import-phone-twice", {"other": above[0]}
        elif members_with:
            reason, facts = "import-phone-in-book", {"number": members_with[0].number}
        return [Remark(row=row, column="no_hp", reason=reason, facts=facts)] if reason else []

    def officer(self, person: NewPerson) -> Known | None:
        """Find the officer who becomes a member: the phone is theirs and one row's alone."""
        if not person.phone or len(self._phones_above.get(person.phone, [])) != 1:
            return None
        found = self._by_phone.get(self._hash("phone", person.phone) or b"", [])
        return found[0] if len(found) == 1 and not found[0].number else None

    def _hash(self, kind: str, value: str | None) -> bytes | None:
        return self._keys.fingerprint(kind, value) if value else None


async def read(db: AsyncConnection, koperasi_id: int, keys: Keys) -> KnownPeople:
    """Read everybody a book knows."""
    rows = await db.execute(
        select(people.c.id, people.c.name, people.c.phone_hash, people.c.nik_hash, members.c.number)
        .select_from(
            people.outerjoin(
                members,
                (members.c.koperasi_id == people.c.koperasi_id) & (members.c.id == people.c.id),
            )
        )
        .where(people.c.koperasi_id == koperasi_id)
        .order_by(people.c.id)
        .limit(200_000)
    )
    return KnownPeople(
        [
            Known(id=id_, name=name, phone_hash=phone, nik_hash=nik, number=number)
            for id_, name, phone, nik, number in rows
        ],
        keys,
    )
