"""Members from a sheet, with the savings they bring: the register of a village in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import consents, cooperatives, ledger, people
from core.accounts import OPENING, SavingsKind
from core.calendar import month_of, next_month
from core.cooperatives import Cooperative
from core.imports import cells, known
from core.imports.rows import (
    Remark,
    in_order,
    operation_of,
    read_sheet,
    refuse_repeated,
    require,
    take,
    unknown_columns,
)
from core.ledger import Posting
from core.money import Rupiah
from core.people import NewPerson
from core.sealing import Keys
from core.sheets import Row
from core.tables.people import members
from core.tables.people import people as people_table
from core.tables.places import counters

COLUMNS = (
    "no_anggota", "nama", "no_hp", "nik", "jenis_kelamin", "alamat", "tanggal_masuk",
    "simpanan_pokok", "simpanan_wajib", "simpanan_sukarela",
)  # fmt: skip
REQUIRED = ("nama",)
_LINES = 1_000  # postings one entry may hold


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A row that becomes a member; `person_id` when an officer of the book becomes one."""

    row: int
    number: str
    person: NewPerson = field(repr=False)
    person_id: int | None
    joined_on: date
    savings: dict[SavingsKind, Rupiah]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A checked file of members; it is applied only without errors."""

    cooperative: Cooperative
    on: date
    operation: str
    members: tuple[NewMember, ...]
    last_number: int  # the counter of given numbers after this import
    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]

    def total(self, kind: SavingsKind) -> Rupiah:
        """Add up the savings of one kind, in rupiah."""
        return sum(member.savings.get(kind, 0) for member in self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was written: how many members, and the entries that hold their savings."""

    members: int
    entries: tuple[int, ...]


async def check(
    db: AsyncConnection,
    content: bytes,
    *,
    cooperative: Cooperative,
    keys: Keys,
    on: date,
    name: str | None = None,
) -> Plan:
    """Read a file of members and find everything that is wrong with it; locks the numbers given out.

    `on` is the day of the import. Errors: what cannot be read, a number or NIK used twice, a future
    day of joining, a person without a number who is a member already (same name and phone). Warnings:
    shared phones, officers who become members, columns left out. Refuses FileImportedBefore and what
    sheets.read refuses.
    """
    operation = operation_of("members", content)
    await refuse_repeated(db, koperasi_id=cooperative.id, operation=operation)
    sheet = await read_sheet(content, columns=COLUMNS, required=REQUIRED, name=name)
    last = await db.scalar(
        select(counters.c.last)
        .where(counters.c.koperasi_id == cooperative.id, counters.c.noun == "member")
        .with_for_update()
    )
    assert last is not None, cooperative.id
    errors: list[Remark] = []
    warnings = unknown_columns(sheet)
    book = await known.read(db, cooperative.id, keys)
    drafts = [_draft(row, on, errors) for row in sheet.rows]
    for draft in drafts:
        errors += book.errors(draft.row, draft.number, draft.person)
        warnings += book.warnings(draft.row, draft.person)
    numbers = _free_numbers(last, book.numbers | {draft.number.casefold() for draft in drafts})
    made: list[NewMember] = []
    for draft in drafts:
        officer = book.officer(draft.person)
        if officer is not None:
            facts = {"officer": officer.name}
            warnings.append(
                Remark(row=draft.row, column="no_hp", reason="import-is-officer", facts=facts)
            )
        number = draft.number
        if not number:
            last, number = next(numbers)
        made.append(
            NewMember(
                row=draft.row,
                number=number,
                person=draft.person,
                person_id=officer.id if officer else None,
                joined_on=draft.joined_on,
                savings=draft.savings,
            )
        )
    return Plan(
        cooperative=cooperative,
        on=on,
        operation=operation,
        members=tuple(made),
        last_number=last,
        errors=in_order(errors),
        warnings=in_order(warnings),
    )


def _free_numbers(last: int, taken: set[str]) -> Iterator[tuple[int, str]]:
    """Count on from the last number given: A-001, A-002, …; those taken are passed over."""
    while True:
        last += 1
        number = f"A-{last:03d}"
        if number.casefold() not in taken:
            yield last, number


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A row that could be read. `number` is empty when the next free one is asked for."""

    row: int
    number: str
    person: NewPerson
    joined_on: date
    savings: dict[SavingsKind, Rupiah]


def _draft(row: Row, on: date, errors: list[Remark]) -> _Draft:
    """Read a row as far as it can be read and note what cannot."""
    joined_on = take(row, "tanggal_masuk", cells.day, errors) or on
    if joined_on > on:
        errors.append(
            Remark(
                row=row.number,
                column="tanggal_masuk",
                reason="import-date-in-future",
                facts={"date": joined_on},
            )
        )
    savings = {
        kind: take(row, f"simpanan_{kind}", cells.amount, errors) or 0 for kind in SavingsKind
    }
    name = require(row, "nama", cells.name, errors)
    person = NewPerson(
        name=name or "",
        gender=take(row, "jenis_kelamin", cells.gender, errors),
        phone=take(row, "no_hp", cells.phone, errors),
        nik=take(row, "nik", cells.nik, errors),
        address=take(row, "alamat", cells.address, errors),
    )
    number = take(row, "no_anggota", cells.number, errors)
    if number is None and "no_anggota" in row.cells:
        number = f"?{row.number}"  # Not to be mistaken for somebody who asks for the next number.
    return _Draft(
        row=row.number, number=number or "", person=person, joined_on=joined_on, savings=savings
    )


async def apply(
    db: AsyncConnection,
    plan: Plan,
    *,
    keys: Keys,
    at: datetime,
    recorder: str,
    source: str,
    approver: str | None = None,
) -> Imported:
    """Write the members of a plan down and book what they bring.

    Debits 399000 and credits each member's simpanan, in entries of at most 1,000 postings; cash does
    not move. Simpanan wajib is owed from the month after the import's: what an unknown past lacks is
    not claimed as arrears. Who joins in the import's month and brings none owes it from that month.
    The transaction names the cooperative and is the one of `check`. Refuses BookIsClosed.
    """
    assert not plan.errors, "only a file without errors is booked"
    koperasi_id = plan.cooperative.id
    new = sum(member.person_id is None for member in plan.members)
    ids = iter(range(0))
    if new:
        first = await cooperatives.take_ids(db, koperasi_id, "person", new)
        ids = iter(range(first, first + new))
    placed = [
        (member.person_id if member.person_id is not None else next(ids), member)
        for member in plan.members
    ]
    await _write_people(db, plan, placed, keys=keys, at=at)
    await db.execute(
        update(counters)
        .where(counters.c.koperasi_id == koperasi_id, counters.c.noun == "member")
        .values(last=plan.last_number)
    )
    postings = [
        Posting(debit=OPENING, credit=kind.account(number), amount=member.savings[kind])
        for number, member in placed
        for kind in SavingsKind
        if member.savings.get(kind)
    ]
    entries: list[int] = []
    for part, start in enumerate(range(0, len(postings), _LINES), start=1):
        entry = await ledger.post(
            db,
            postings[start : start + _LINES],
            koperasi_id=koperasi_id,
            kind="opening-savings",
            on=plan.on,
            at=at,
            zone=plan.cooperative.zone,
            recorder=recorder,
            approver=approver,
            source=source,
            operation=f"{plan.operation}/{part}",
        )
        entries.append(entry.number)
    await cooperatives.people_changed(db, koperasi_id)
    return Imported(members=len(placed), entries=tuple(entries))


async def _write_people(
    db: AsyncConnection,
    plan: Plan,
    placed: Sequence[tuple[int, NewMember]],
    *,
    keys: Keys,
    at: datetime,
) -> None:
    koperasi_id = plan.cooperative.id
    rows: list[dict[str, object]] = []
    for number, member in placed:
        row = people.row_of(member.person, koperasi_id=koperasi_id, number=number, keys=keys, at=at)
        if member.person_id is None:
            rows.append(row)
        else:
            told = {
                name: row[name]
                for name in ("name", "gender", "nik_sealed", "nik_hash", "address_sealed")
                if row[name] is not None
            }
            if "nik_sealed" in told and await _refused_ktp(db, koperasi_id, number):
                del told["nik_sealed"], told["nik_hash"]
            await db.execute(
                update(people_table)
                .where(people_table.c.koperasi_id == koperasi_id, people_table.c.id == number)
                .values(**told)
            )
    if rows:
        await db.execute(people_table.insert(), rows)
    await db.execute(
        members.insert(),
        [
            {
                "koperasi_id": koperasi_id,
                "id": number,
                "number": member.number,
                "joined_on": member.joined_on,
                "dues_from": _dues_from(member, plan.on),
            }
            for number, member in placed
        ],
    )


async def _refused_ktp(db: AsyncConnection, koperasi_id: int, person_id: int) -> bool:
    said, _ = await consents.answer(
        db, koperasi_id=koperasi_id, person_id=person_id, use=consents.Use.KTP
    )
    return said is consents.Answer.NO


def _dues_from(member: NewMember, on: date) -> date:
    """Return the first month whose simpanan wajib is owed here."""
    this = month_of(on)
    known = month_of(member.joined_on) == this and not member.savings.get(SavingsKind.WAJIB)
    return this if known else next_month(this)
