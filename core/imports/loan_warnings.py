"""What is pointed out of loans in a sheet: they exist, so nothing of this stops them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.cooperatives import Cooperative
from core.imports.rows import Remark
from core.loans import checks, products
from core.money import Rupiah
from core.rules import Rules
from core.tables.loans import loans
from core.tables.people import officers

_SMALL = Decimal(1)  # per cent a year: below, a spreadsheet's own per cent format is to be feared


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrower:
    """The member of a row."""

    id: int
    number: str
    joined_on: date
    left_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """What is looked at of a row: per cent a year, rupiah lent and still owed, the day it was paid out."""

    row: int
    borrower: Borrower
    rate: Decimal
    principal: Rupiah
    owes: Rupiah
    disbursed: date | None


async def of(
    db: AsyncConnection, cooperative: Cooperative, lent: Sequence[Lent], *, held: Rules, on: date
) -> list[Remark]:
    """Point out licence, cap, BMPP, days before joining, who left, and loans that look like another."""
    found: list[Remark] = []
    if lent and held.usp != "licensed":
        found.append(Remark(row=0, column="status", reason="import-no-licence"))
    known = await _known(db, cooperative)
    above: dict[tuple[int, int, date | None], int] = {}
    for one in lent:
        found += _of_row(one, held, on)
        same = (one.borrower.id, one.principal, one.disbursed)
        first = above.setdefault(same, one.row)
        if first != one.row:
            found.append(_say(one, "no_anggota", "import-loan-twice", other=first))
        elif same in known:
            found.append(_say(one, "no_anggota", "import-loan-in-book", loan=known[same]))
    if held.modal_tetap:
        found += await _above_bmpp(db, cooperative, lent, held, on)
    return found


def _of_row(one: Lent, held: Rules, on: date) -> list[Remark]:
    found: list[Remark] = []
    rate = products.percent(one.rate)
    if one.rate > held.rate_cap:
        cap = products.percent(held.rate_cap)
        found.append(_say(one, "bunga", "import-rate-above-cap", rate=rate, cap=cap))
    elif 0 < one.rate < _SMALL:
        found.append(_say(one, "bunga", "import-rate-small", rate=rate))
    if one.disbursed is not None and one.disbursed < one.borrower.joined_on:
        joined = one.borrower.joined_on
        found.append(_say(one, "tanggal_cair", "import-before-joining", joined_on=joined))
    if one.borrower.left_on is not None and one.borrower.left_on <= on:
        left = one.borrower.left_on
        found.append(_say(one, "no_anggota", "import-member-left", left_on=left))
    return found


def _say(one: Lent, column: str, reason: str, **facts: object) -> Remark:
    return Remark(row=one.row, column=column, reason=reason, facts=facts)


async def _known(
    db: AsyncConnection, cooperative: Cooperative
) -> dict[tuple[int, int, date | None], str]:
    """Read the loans the book has: by member, principal and day, with their labels."""
    rows = await db.execute(
        select(loans.c.id, loans.c.member_id, loans.c.principal, loans.c.disbursed_on)
        .where(loans.c.koperasi_id == cooperative.id, loans.c.state.in_(["running", "approved"]))
        .order_by(loans.c.id)
        .limit(500_000)
    )
    return {
        (member_id, principal, disbursed): f"P-{id_:04d}"
        for id_, member_id, principal, disbursed in rows
    }


async def _above_bmpp(
    db: AsyncConnection, cooperative: Cooperative, lent: Sequence[Lent], held: Rules, on: date
) -> list[Remark]:
    """Add up what each borrower owes, in the book and in the sheet; the last row is where it shows."""
    owed: dict[int, Rupiah] = {}
    rows = await db.execute(
        select(loans.c.member_id, loans.c.outstanding).where(
            loans.c.koperasi_id == cooperative.id, loans.c.state == "running"
        )
    )
    for member_id, outstanding in rows:
        owed[member_id] = owed.get(member_id, 0) + outstanding
    last: dict[int, Lent] = {}
    for one in lent:
        owed[one.borrower.id] = owed.get(one.borrower.id, 0) + one.owes
        last[one.borrower.id] = one
    related = await _related(db, cooperative, on)
    found: list[Remark] = []
    for member_id, one in last.items():
        percent = held.bmpp_related_percent if member_id in related else held.bmpp_percent
        limit = held.modal_tetap * percent // 100
        if owed[member_id] > limit:
            facts = {"owed": owed[member_id], "limit": limit}
            found.append(_say(one, "pokok", "import-above-bmpp", **facts))
    return found


async def _related(db: AsyncConnection, cooperative: Cooperative, on: date) -> set[int]:
    """List who holds an office of pengurus or pengawas on a day."""
    rows = await db.scalars(
        select(officers.c.person_id).where(
            officers.c.koperasi_id == cooperative.id,
            officers.c.role.in_([role.value for role in checks.RELATED]),
            officers.c.since <= on,
            (officers.c.until.is_(None)) | (officers.c.until > on),
        )
    )
    return set(rows)
