"""Build a cooperative, its officers and members by core's own operations, on one connection."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, database, identities, people, savings
from core.accounts import SavingsKind
from core.cooperatives import Cooperative, Founding
from core.errors import Refusal
from core.people import Member, NewPerson, Standing
from core.permissions import Role
from core.savings import Recorded
from core.tables.people import members, officers
from tests.conftest import KEYS

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Kaltim
TODAY = date(2026, 11, 24)
VILLAGE = "64.72.05.1003"
_NUMBERS = itertools.count(1)


async def a_cooperative(
    db: AsyncConnection, *, village: str = VILLAGE, **rules: int | str
) -> Cooperative:
    """Found a cooperative with these rules and name it for the rest of the transaction."""
    (made,) = await cooperatives.found_many(
        db,
        [
            Founding(
                name="Koperasi Desa Merah Putih Uji",
                villages=(village,),
                rules={name: str(value) for name, value in rules.items()},
            )
        ],
        by="test",
        at=AT,
    )
    await database.enter(db, made.id)
    return made


async def a_member(
    db: AsyncConnection,
    cooperative: Cooperative,
    name: str = "Siti Aminah",
    *,
    phone: str | None = None,
    joined: date = date(2026, 1, 15),
    dues_from: date | None = None,
    left: date | None = None,
    person_id: int | None = None,
) -> Member:
    """Write a member down; dues are owed from the month of joining."""
    number = person_id or await people.add(
        db,
        NewPerson(name=name, phone=people.normal_phone(phone) if phone else None),
        koperasi_id=cooperative.id,
        keys=KEYS,
        at=AT,
    )
    await db.execute(
        members.insert().values(
            koperasi_id=cooperative.id,
            id=number,
            number=f"A-{number:03d}",
            joined_on=joined,
            left_on=left,
            dues_from=dues_from or joined.replace(day=1),
        )
    )
    return await people.member(db, koperasi_id=cooperative.id, member_id=number)


async def an_officer(
    db: AsyncConnection,
    cooperative: Cooperative,
    role: Role = Role.BENDAHARA,
    *,
    name: str = "Rina Kartika",
    phone: str | None = None,
    since: date = date(2026, 1, 1),
) -> Standing:
    """Appoint an officer, as the person stands today."""
    person_id = await appointed(db, cooperative, role, name=name, phone=phone, on=since)
    found = await people.standing(db, koperasi_id=cooperative.id, person_id=person_id, on=TODAY)
    assert found is not None
    return found


async def appointed(
    db: AsyncConnection,
    cooperative: Cooperative,
    role: Role = Role.BENDAHARA,
    *,
    name: str = "Rina Kartika",
    phone: str | None = None,
    on: date = TODAY,
    member_number: str | None = None,
) -> int:
    """Appoint as the command line does; returns the person's id."""
    return await identities.appoint(
        db,
        koperasi_id=cooperative.id,
        name=name,
        role=role,
        phone=phone or f"0813{next(_NUMBERS):08d}",
        keys=KEYS,
        on=on,
        at=AT,
        member_number=member_number,
    )


async def offices_of(db: AsyncConnection, cooperative: Cooperative) -> list[tuple[int, str]]:
    """List (person, role) of every office ever given."""
    rows = await db.execute(
        officers.select().where(officers.c.koperasi_id == cooperative.id).order_by(officers.c.id)
    )
    return [(row.person_id, row.role) for row in rows]


async def leaves(db: AsyncConnection, member: Member, cooperative: Cooperative, on: date) -> Member:
    """End a membership."""
    await db.execute(
        update(members)
        .where(members.c.koperasi_id == cooperative.id, members.c.id == member.id)
        .values(left_on=on)
    )
    return replace(member, left_on=on)


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    default = {"on": TODAY, "at": AT, "operation": f"op-{next(_NUMBERS)}", "source": "telegram"}
    return default | facts


async def pays(
    db: AsyncConnection,
    officer: Standing,
    member: Member,
    kind: SavingsKind,
    amount: int,
    **facts: Any,
) -> Recorded:
    """Record a deposit of today, unless the facts say otherwise."""
    return await savings.deposit(
        db, officer=officer, member=member, kind=kind, amount=amount, **_facts(facts)
    )


async def takes(
    db: AsyncConnection, officer: Standing, member: Member, amount: int, **facts: Any
) -> Recorded:
    """Record a withdrawal of simpanan sukarela."""
    return await savings.withdraw(
        db, officer=officer, member=member, amount=amount, **_facts(facts)
    )


async def book(db: AsyncConnection, cooperative: Cooperative) -> list[tuple[object, ...]]:
    """Read the whole journal: (number, kind, day, recorder, debit, credit, amount)."""
    rows = await db.execute(
        text(
            'SELECT e.number, e.kind, e."on", e.recorder, d.key AS debit, c.key AS credit, p.amount'
            " FROM ledger.entries e"
            " JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number"
            " JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit"
            " JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit"
            " WHERE e.koperasi_id = :here ORDER BY e.number, p.line"
        ),
        {"here": cooperative.id},
    )
    return [tuple(row) for row in rows]


async def journal(db: AsyncConnection, cooperative: Cooperative) -> list[tuple[str, str, int]]:
    """Read the journal as (debit, credit, amount), in order."""
    return [(str(row[4]), str(row[5]), int(str(row[6]))) for row in await book(db, cooperative)]


@asynccontextmanager
async def refused(
    db: AsyncConnection, error: type[Refusal], **facts: object
) -> AsyncIterator[None]:
    """Expect a refusal with at least these facts and undo what the step did, as a turn would."""
    raw = await database.driver(db)
    await raw.execute("SAVEPOINT step")
    with pytest.raises(error) as caught:
        yield
    await raw.execute("ROLLBACK TO SAVEPOINT step")
    known = {name: caught.value.facts.get(name) for name in facts}
    assert known == facts
