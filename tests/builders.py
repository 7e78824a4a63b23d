"""Build what a test starts from: a village with its cooperative, officers, members, officials."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from core import cooperatives, database, identities
from core.calendar import WITA, business_date, month_of, next_month
from core.cooperatives import Cooperative, Founding
from core.imports import members as member_import
from core.permissions import Role
from tests.house import House, Person, a_person

_VILLAGES = ("64.72.05.1003", "64.72.05.1002", "64.72.05.1001")
_NAMES = itertools.count(1)


def today() -> date:
    """The business date in Kaltim now."""
    return business_date(datetime.now(UTC), WITA)


@dataclass(slots=True)
class Village:
    """A cooperative and the people of a story. Money in rupiah."""

    house: House
    cooperative: Cooperative
    people: list[Person] = field(default_factory=list)

    async def member(
        self,
        name: str,
        *,
        phone: str | None = None,
        pokok: int = 0,
        wajib: int = 0,
        sukarela: int = 0,
        joined: date | None = None,
        linked: bool = True,
    ) -> Person:
        """Somebody who is a member since the first of this month; `linked`: with a chat."""
        (made,) = await self.members(
            [name], phone=phone, joined=joined, savings=(pokok, wajib, sukarela)
        )
        if linked:
            await made.joins(await self.invite(made))
        return made

    async def members(
        self,
        names: Sequence[str],
        *,
        phone: str | None = None,
        joined: date | None = None,
        savings: tuple[int, int, int] | Sequence[tuple[int, int, int]] = (0, 0, 0),
    ) -> list[Person]:
        """Many members without a chat, as a sheet brings them; pokok, wajib, sukarela of all or of each."""
        held = [savings] * len(names) if isinstance(savings, tuple) else list(savings)
        fresh = [await a_person(self.house, name, phone) for name in names]
        day = joined or month_of(today())
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(
            (
                "nama",
                "no_hp",
                "tanggal_masuk",
                "simpanan_pokok",
                "simpanan_wajib",
                "simpanan_sukarela",
            )
        )
        for one, brought in zip(fresh, held, strict=True):
            writer.writerow((one.name, f"+{one.phone}", day.isoformat(), *brought))
        async with database.transaction(self.house.owner, koperasi_id=self.cooperative.id) as db:
            plan = await member_import.check(
                db,
                out.getvalue().encode(),
                cooperative=self.cooperative,
                keys=self.house.keys,
                on=min(day, today()),
                name="anggota.csv",
            )
            assert not plan.errors, plan.errors
            await member_import.apply(
                db,
                plan,
                keys=self.house.keys,
                at=datetime.now(UTC),
                recorder="builder",
                source="test",
            )
        rows = await self.house.rows(
            "SELECT id, number FROM members WHERE koperasi_id = :here ORDER BY id DESC LIMIT :n",
            here=self.cooperative.id,
            n=len(fresh),
        )
        for one, row in zip(fresh, reversed(rows), strict=True):
            one.person_id, one.number = row.id, row.number
        self.people.extend(fresh)
        return fresh

    async def officer(
        self,
        name: str,
        role: Role,
        *,
        phone: str | None = None,
        chat: Person | None = None,
        linked: bool = True,
    ) -> Person:
        """Somebody with an office; `chat` is the member who holds it."""
        made = chat or await a_person(self.house, name, phone)
        made.person_id = await self.appoint(made, role)
        if made not in self.people:
            self.people.append(made)
        if linked:
            await made.joins(await self.invite(made))
        return made

    async def appoint(self, person: Person, role: Role) -> int:
        """Give an office as the command line does; returns the person's id."""
        async with database.transaction(self.house.owner, koperasi_id=self.cooperative.id) as db:
            return await identities.appoint(
                db,
                koperasi_id=self.cooperative.id,
                name=person.name,
                role=role,
                phone=f"+{person.phone}",
                keys=self.house.keys,
                on=month_of(today()),
                at=datetime.now(UTC),
            )

    async def invite(self, person: Person) -> str:
        """Make an invite as the command line does; returns its code."""
        assert person.person_id is not None
        async with database.transaction(self.house.owner, koperasi_id=self.cooperative.id) as db:
            made = await identities.invite(
                db,
                keys=self.house.keys,
                by="cli",
                at=datetime.now(UTC),
                koperasi_id=self.cooperative.id,
                person_id=person.person_id,
            )
        return made.code

    async def entries(self) -> int:
        """How many entries the book holds."""
        found: int = await self.house.value(
            "SELECT entries FROM ledger.books WHERE koperasi_id = :here", here=self.cooperative.id
        )
        return found

    async def saved(self, person: Person, kind: str = "wajib") -> int:
        """What a member holds of a kind, in rupiah."""
        code = {"sukarela": "211000", "pokok": "310000", "wajib": "320000"}[kind]
        found: int = await self.house.value(
            "SELECT coalesce(sum(balance), 0)::bigint FROM ledger.accounts"
            " WHERE koperasi_id = :here AND code = :code AND member_id = :member",
            here=self.cooperative.id,
            code=code,
            member=person.person_id,
        )
        return found


async def a_village(
    house: House, name: str | None = None, *, village: str = _VILLAGES[0], **rules: str
) -> Village:
    """Found a cooperative; nobody is in it yet."""
    named = name or f"Koperasi Desa Merah Putih Cerita {next(_NAMES)}"
    founding = Founding(name=named, villages=(village,), rules={"usp": "licensed"} | rules)
    async with database.transaction(house.owner) as db:
        (made,) = await cooperatives.found_many(db, [founding], by="test", at=datetime.now(UTC))
    house.books.append(made.id)
    return Village(house=house, cooperative=made)


async def an_official(house: House, name: str, region: str = "64") -> Person:
    """An official of the province, with a chat."""
    made = await a_person(house, name)
    async with database.transaction(house.owner) as db:
        user = await identities.add_province_user(
            db,
            name=name,
            region=region,
            phone=f"+{made.phone}",
            keys=house.keys,
            at=datetime.now(UTC),
        )
        invite = await identities.invite(
            db, keys=house.keys, by="cli", at=datetime.now(UTC), province_user=user
        )
    await made.joins(invite.code)
    return made


def months_ago(count: int) -> date:
    """The first day of the month so many months ago."""
    return next_month(month_of(today()), -count)
