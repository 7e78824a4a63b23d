"""Officers of many cooperatives from one sheet, each with an invite: the province's first step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, identities
from core.calendar import business_date
from core.cooperatives import Cooperative
from core.identities import Invite
from core.imports import cells
from core.imports.rows import Remark, in_order, read_sheet, require, unknown_columns
from core.permissions import Role
from core.sealing import Keys

COLUMNS = ("koperasi", "nama", "peran", "no_hp")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOfficer:
    """A row that becomes an office."""

    row: int
    cooperative: Cooperative
    name: str = field(repr=False)
    role: Role
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A checked file of officers; it is applied only without errors."""

    officers: tuple[NewOfficer, ...]
    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointed:
    """An officer and the invite that links the own chat; one person has one, for all offices."""

    officer: NewOfficer
    person_id: int
    invite: Invite = field(repr=False)


async def check(db: AsyncConnection, content: bytes, *, name: str | None = None) -> Plan:
    """Read a file of officers, as the owner, and find everything that is wrong with it.

    All four columns are needed in every row. Refuses what sheets.read refuses.
    """
    sheet = await read_sheet(content, columns=COLUMNS, required=COLUMNS, name=name)
    errors: list[Remark] = []
    known = {one.code: one for one in await cooperatives.list_all(db)}
    officers: list[NewOfficer] = []
    for row in sheet.rows:
        code = require(row, "koperasi", cells.words, errors)
        person = require(row, "nama", cells.name, errors)
        role = require(row, "peran", cells.role, errors)
        phone = require(row, "no_hp", cells.phone, errors)
        cooperative = known.get(code or "")
        if code is not None and cooperative is None:
            facts = {"code": code[:40]}
            errors.append(
                Remark(
                    row=row.number,
                    column="koperasi",
                    reason="import-unknown-cooperative",
                    facts=facts,
                )
            )
        if cooperative and person and role and phone:
            officers.append(
                NewOfficer(
                    row=row.number, cooperative=cooperative, name=person, role=role, phone=phone
                )
            )
    return Plan(
        officers=tuple(officers),
        errors=in_order(errors),
        warnings=in_order(unknown_columns(sheet)),
    )


async def apply(
    db: AsyncConnection, plan: Plan, *, keys: Keys, at: datetime, by: str
) -> list[Appointed]:
    """Appoint every officer of a plan from today on and make the invites. As the owner.

    A sheet imported again appoints nobody twice; it makes new invites, the earlier ones stay good.
    """
    assert not plan.errors, "only a file without errors is booked"
    people: list[int] = []
    for officer in plan.officers:
        people.append(
            await identities.appoint(
                db,
                koperasi_id=officer.cooperative.id,
                name=officer.name,
                role=officer.role,
                phone=officer.phone,
                keys=keys,
                on=business_date(at, officer.cooperative.zone),
                at=at,
            )
        )
    pairs = list(
        dict.fromkeys(
            (officer.cooperative.id, person)
            for officer, person in zip(plan.officers, people, strict=True)
        )
    )
    made = await identities.invite_many(db, keys=keys, koperasi_ids=pairs, by=by, at=at)
    invites = dict(zip(pairs, made, strict=True))
    return [
        Appointed(
            officer=officer, person_id=person, invite=invites[(officer.cooperative.id, person)]
        )
        for officer, person in zip(plan.officers, people, strict=True)
    ]
