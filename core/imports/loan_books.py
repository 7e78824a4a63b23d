"""Write a checked file of loans into the books, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, cooperatives, ledger
from core.accounts import OPENING
from core.calendar import business_date
from core.imports.loans import NewLoan, Plan
from core.ledger import Posting
from core.loans import book, products, replay
from core.loans import terms as rules_of
from core.loans.book import State, Version
from core.loans.collectibility import Cause
from core.loans.keep import keep
from core.money import Rupiah
from core.tables.loans import loan_instalments, loan_versions, loans

KIND = "opening-loans"
IMPORTED = "import"  # who approved them
_LINES = 1_000  # postings one entry may hold
_ROWS = 2_000  # rows of one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was written: loans that run and that wait, the entries that hold them, rupiah outstanding."""

    running: int
    approved: int
    entries: tuple[int, ...]
    outstanding: Rupiah


async def apply(
    db: AsyncConnection,
    plan: Plan,
    *,
    at: datetime,
    recorder: str,
    source: str,
    approver: str | None = None,
) -> Imported:
    """Write the loans of a plan down and book what is still owed of them.

    Debits each loan's account (113100) by its remaining principal and credits 399000, in entries of at most
    1,000 postings dated the day of the import; cash does not move. The whole schedule is kept, its first
    instalments as paid before the books began; each loan gets the class of its days past due. Those that
    wait are approved by "import". The transaction names the cooperative. Refuses BookIsClosed.
    """
    assert not plan.errors, "only a file without errors is booked"
    assert plan.loans, "a sheet has rows"
    first = await cooperatives.take_ids(db, plan.cooperative.id, "loan", len(plan.loans))
    numbered = dict(enumerate(plan.loans, start=first))
    running = {number: loan for number, loan in numbered.items() if loan.disbursed is not None}
    booked = await _post(db, plan, running, at, recorder, source, approver)
    await _write(db, plan, numbered, booked, at, recorder, source)
    await _write_schedules(db, plan, running, booked, at, recorder)
    today = business_date(at, plan.cooperative.zone)
    for number, new in running.items():
        loan = await book.loan(db, koperasi_id=plan.cooperative.id, loan_id=number)
        version = _version(new)
        position = replay.replay(version, (), today)
        await keep(db, loan, version, position, on=today, at=at, cause=Cause.IMPORT)
    return Imported(
        running=len(running),
        approved=len(numbered) - len(running),
        entries=tuple(sorted(set(booked.values()))),
        outstanding=plan.outstanding,
    )


def _version(loan: NewLoan) -> Version:
    assert loan.disbursed is not None, loan.row
    return Version(
        version=1,
        starts_on=loan.disbursed,
        principal=loan.principal,
        terms=loan.terms,
        rows=loan.rows,
        opening_paid=loan.paid,
    )


async def _post(
    db: AsyncConnection,
    plan: Plan,
    running: Mapping[int, NewLoan],
    at: datetime,
    recorder: str,
    source: str,
    approver: str | None,
) -> dict[int, int]:
    """Book what is left of each loan; returns the entry that holds it, by loan."""
    booked: dict[int, int] = {}
    placed = list(running.items())
    for part, start in enumerate(range(0, len(placed), _LINES), start=1):
        page = placed[start : start + _LINES]
        entry = await ledger.post(
            db,
            [
                Posting(
                    debit=accounts.key(book.PRINCIPAL, member=loan.member_id, loan=number),
                    credit=OPENING,
                    amount=loan.left,
                )
                for number, loan in page
            ],
            koperasi_id=plan.cooperative.id,
            kind=KIND,
            on=plan.on,
            at=at,
            zone=plan.cooperative.zone,
            recorder=recorder,
            approver=approver,
            source=source,
            operation=f"{plan.operation}/{part}",
        )
        booked |= dict.fromkeys((number for number, _ in page), entry.number)
    return booked


async def _write(
    db: AsyncConnection,
    plan: Plan,
    numbered: Mapping[int, NewLoan],
    booked: Mapping[int, int],
    at: datetime,
    recorder: str,
    source: str,
) -> None:
    """Write the loans; the running ones are approved until keep says how they stand."""
    rows = [
        {
            "koperasi_id": plan.cooperative.id,
            "id": number,
            "member_id": loan.member_id,
            "product": products.IMPORTED,
            "terms": rules_of.to_json(loan.terms),
            "principal": loan.principal,
            "count": loan.count,
            "state": State.APPROVED.value,
            "operation": f"{plan.operation}/row{loan.row}",
            "applied_on": loan.disbursed or plan.on,
            "applied_by": recorder,
            "applied_at": at,
            "source": source,
            "approvers": [IMPORTED],
            "decided_at": at,
            "imported": loan.disbursed is not None,
            "disbursed_on": loan.disbursed,
            "entry": booked.get(number),
            "version": 0,
            "outstanding": 0,
            "klass": "lancar",
            "written_off": 0,
            "recovered": 0,
        }
        for number, loan in numbered.items()
    ]
    for start in range(0, len(rows), _ROWS):
        await db.execute(loans.insert(), rows[start : start + _ROWS])


async def _write_schedules(
    db: AsyncConnection,
    plan: Plan,
    running: Mapping[int, NewLoan],
    booked: Mapping[int, int],
    at: datetime,
    recorder: str,
) -> None:
    here = plan.cooperative.id
    heads = [
        {
            "koperasi_id": here,
            "loan_id": number,
            "version": 1,
            "starts_on": loan.disbursed,
            "principal": loan.principal,
            "count": len(loan.rows),
            "terms": rules_of.to_json(loan.terms),
            "opening_paid": loan.paid,
            "carried_interest": 0,
            "carried_penalty": 0,
            "entry": booked[number],
            "made_by": recorder,
            "made_at": at,
        }
        for number, loan in running.items()
    ]
    rows = [
        {
            "koperasi_id": here,
            "loan_id": number,
            "version": 1,
            "n": row.n,
            "due": row.due,
            "principal": row.principal,
            "interest": row.interest,
            "principal_paid": 0,
            "interest_paid": 0,
            "penalty_paid": 0,
        }
        for number, loan in running.items()
        for row in loan.rows
    ]
    for start in range(0, len(heads), _ROWS):
        await db.execute(loan_versions.insert(), heads[start : start + _ROWS])
    for start in range(0, len(rows), _ROWS):
        await db.execute(loan_instalments.insert(), rows[start : start + _ROWS])
