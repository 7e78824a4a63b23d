"""Build what a test starts from: a village with its cooperative, officers, members, officials."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, database, identities, people
from core.calendar import WITA, business_date, month_of, next_month
from core.cooperatives import Cooperative, Founding
from core.imports import members as member_import
from core.loans import applications, disbursement, products
from core.loans.book import Loan
from core.loans.products import Product
from core.loans.terms import Terms
from core.people import Standing
from core.permissions import Role
from core.rules import FOUNDED
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

    async def product(
        self, code: str = "umum", *, since: date | None = None, **terms: Any
    ) -> Product:
        """What the cooperative lends on; `terms` as in core.loans.terms."""
        made = Product(
            code=code,
            name={"umum": "Pinjaman umum"}.get(code, code.title()),
            since=since or FOUNDED,
            terms=Terms(**terms),
            tenor=10,
            longest=36,
            most=None,
            offered=True,
        )
        async with database.transaction(self.house.owner, koperasi_id=self.cooperative.id) as db:
            return await products.set_product(
                db, koperasi_id=self.cooperative.id, product=made, by="test", at=datetime.now(UTC)
            )

    async def applied(
        self,
        person: Person,
        principal: int,
        *,
        count: int = 10,
        on: date | None = None,
        approved: bool = True,
        code: str | None = None,
    ) -> Loan:
        """A loan that was applied for; `approved`: it waits for its disbursement."""
        assert person.person_id is not None
        here, day = self.cooperative, on or today()
        async with database.transaction(self.house.owner, koperasi_id=here.id) as db:
            loan = await applications.apply(
                db,
                koperasi_id=here.id,
                member=await people.member(db, koperasi_id=here.id, member_id=person.person_id),
                product=await products.find(db, koperasi_id=here.id, code=code, on=day),
                principal=principal,
                count=count,
                on=day,
                at=datetime.now(UTC),
                by="test",
                source="test",
                operation=f"test-{uuid4()}",
                keys=self.house.keys,
            )
            if approved:
                loan = await applications.decide(
                    db,
                    cooperative=here,
                    loan_id=loan.id,
                    approvers=("test-approver",),
                    on=day,
                    at=datetime.now(UTC),
                    keys=self.house.keys,
                )
        return loan

    async def lent(
        self,
        person: Person,
        principal: int,
        *,
        count: int = 10,
        on: date | None = None,
        code: str | None = None,
    ) -> Loan:
        """A running loan, handed over on a day."""
        here, day = self.cooperative, on or today()
        loan = await self.applied(person, principal, count=count, on=day, code=code)
        async with database.transaction(self.house.owner, koperasi_id=here.id) as db:
            done = await disbursement.disburse(
                db,
                officer=await self._cashier(db),
                loan_id=loan.id,
                on=day,
                at=datetime.now(UTC),
                operation=f"test-{uuid4()}",
                source="test",
                keys=self.house.keys,
                approver="test-approver",
            )
        return done.loan

    async def _cashier(self, db: AsyncConnection) -> Standing:
        """Somebody who records while a story is set up, and never speaks in it."""
        keeper = Person(house=self.house, chat=0, name="Buku Lama", phone="6281100000001")
        held = await identities.offices(db, koperasi_id=self.cooperative.id, on=today())
        found = [office.person_id for office in held if office.name == keeper.name]
        person_id = found[0] if found else await self.appoint(keeper, Role.BENDAHARA)
        standing = await people.standing(
            db, koperasi_id=self.cooperative.id, person_id=person_id, on=today()
        )
        assert standing is not None
        return standing

    async def owed(self, loan: Loan) -> int:
        """The principal outstanding, as the ledger holds it."""
        found: int = await self.house.value(
            "SELECT coalesce(sum(balance), 0)::bigint FROM ledger.accounts"
            " WHERE koperasi_id = :here AND code = '113100' AND loan_id = :loan",
            here=self.cooperative.id,
            loan=loan.id,
        )
        return found

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
