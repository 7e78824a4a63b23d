"""Loans as the tables hold them: read by every operation, with their versions, instalments and payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts
from core.errors import Refusal
from core.loans import terms as rules_of
from core.loans.terms import (
    Instalment as Instalment,  # noqa: PLC0414 - read as the book's; a schedule needs no database
)
from core.loans.terms import Terms
from core.money import Rupiah
from core.tables.loans import loan_instalments, loan_payments, loan_versions, loans

PRINCIPAL = "113100"  # Pinjaman anggota (pokok)
ALLOWANCE = "113110"  # Penyisihan kerugian pinjaman
PROVISI_DEFERRED = "113120"
INTEREST_INCOME = "411000"
PROVISI_INCOME = "411100"
ADMINISTRASI_INCOME = "411200"
PENALTY_INCOME = "411300"
RECOVERY_INCOME = "419000"
ALLOWANCE_EXPENSE = "527000"


class NoSuchLoan(Refusal):
    """The cooperative has no loan of that number. Facts: loan."""

    text = "refusal-no-such-loan"


class State(StrEnum):
    """Where a loan stands."""

    APPLIED = "applied"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RUNNING = "running"
    SETTLED = "settled"
    WRITTEN_OFF = "written-off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A loan. Money in rupiah; what `version` and the three after it say is kept by its operations."""

    koperasi_id: int
    id: int
    member_id: int
    product: str
    terms: Terms
    principal: Rupiah
    count: int
    state: State
    operation: str
    applied_on: date
    applied_by: str
    told_sealed: bytes | None
    tops_up: int | None
    approvers: tuple[str, ...]
    imported: bool
    disbursed_on: date | None
    entry: int | None
    version: int
    outstanding: Rupiah
    oldest_due: date | None
    settled_on: date | None
    klass: str
    class_floor: str | None
    written_off: Rupiah
    recovered: Rupiah

    @property
    def account(self) -> str:
        """The key of its principal's account."""
        return accounts.key(PRINCIPAL, member=self.member_id, loan=self.id)

    @property
    def label(self) -> str:
        """How people name it: P-0007."""
        return f"P-{self.id:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A schedule of a loan with the rule that made it: what replay starts from."""

    version: int
    starts_on: date
    principal: Rupiah
    terms: Terms
    rows: tuple[Instalment, ...]
    opening_paid: int = 0
    carried_interest: Rupiah = 0
    carried_penalty: Rupiah = 0
    deferred: Rupiah = 0  # provisi (113120) still to be taken to income when it began


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A payment that holds: what a version received on a day, in the order of entries."""

    entry: int
    on: date
    amount: Rupiah
    settles: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A row of loan_payments: what one entry moved of the loan, signed rupiah."""

    entry: int
    version: int
    kind: str
    on: date
    amount: Rupiah
    principal: Rupiah
    interest: Rupiah
    penalty: Rupiah
    provisi: Rupiah
    reverses: int | None


# `count` and `class` are attributes of every row: read under other names.
_LOAN = (
    *(column for column in loans.c if column.name not in ("count", "class")),
    loans.c.count.label("instalments"),
    loans.c.klass.label("klass"),
)


def _loan(row: Any) -> Loan:
    return Loan(
        koperasi_id=row.koperasi_id,
        id=row.id,
        member_id=row.member_id,
        product=row.product,
        terms=rules_of.from_json(row.terms),
        principal=row.principal,
        count=row.instalments,
        state=State(row.state),
        operation=row.operation,
        applied_on=row.applied_on,
        applied_by=row.applied_by,
        told_sealed=row.told_sealed,
        tops_up=row.tops_up,
        approvers=tuple(row.approvers),
        imported=row.imported,
        disbursed_on=row.disbursed_on,
        entry=row.entry,
        version=row.version,
        outstanding=row.outstanding,
        oldest_due=row.oldest_due,
        settled_on=row.settled_on,
        klass=row.klass,
        class_floor=row.class_floor,
        written_off=row.written_off,
        recovered=row.recovered,
    )


async def loan(db: AsyncConnection, *, koperasi_id: int, loan_id: int, lock: bool = False) -> Loan:
    """Read a loan; `lock` keeps others from changing it until the end of the transaction. Raises NoSuchLoan."""
    asked: Select[Any] = select(*_LOAN).where(
        loans.c.koperasi_id == koperasi_id, loans.c.id == loan_id
    )
    row = (await db.execute(asked.with_for_update() if lock else asked)).one_or_none()
    if row is None:
        raise NoSuchLoan(loan=f"P-{loan_id:04d}")
    return _loan(row)


async def of_operation(db: AsyncConnection, *, koperasi_id: int, operation: str) -> Loan | None:
    """Find the loan an application's card made, if it was recorded."""
    asked = select(*_LOAN).where(loans.c.koperasi_id == koperasi_id, loans.c.operation == operation)
    row = (await db.execute(asked)).one_or_none()
    return _loan(row) if row is not None else None


async def of_member(
    db: AsyncConnection, *, koperasi_id: int, member_id: int, states: Sequence[State] = tuple(State)
) -> list[Loan]:
    """List a member's loans in these states, oldest first."""
    rows = await db.execute(
        select(*_LOAN)
        .where(
            loans.c.koperasi_id == koperasi_id,
            loans.c.member_id == member_id,
            loans.c.state.in_([state.value for state in states]),
        )
        .order_by(loans.c.id)
        .limit(100)
    )
    return [_loan(row) for row in rows]


async def in_state(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    states: Sequence[State],
    limit: int = 1000,
    after: int = 0,
) -> list[Loan]:
    """List a cooperative's loans in these states by id, from above `after`."""
    rows = await db.execute(
        select(*_LOAN)
        .where(
            loans.c.koperasi_id == koperasi_id,
            loans.c.id > after,
            loans.c.state.in_([state.value for state in states]),
        )
        .order_by(loans.c.id)
        .limit(limit)
    )
    return [_loan(row) for row in rows]


async def version(db: AsyncConnection, loan: Loan, number: int | None = None) -> Version:
    """Read a schedule of a loan: the current one, or the one of a number."""
    wanted = loan.version if number is None else number
    assert wanted > 0, (loan.koperasi_id, loan.id)
    head = (
        await db.execute(
            select(loan_versions).where(
                loan_versions.c.koperasi_id == loan.koperasi_id,
                loan_versions.c.loan_id == loan.id,
                loan_versions.c.version == wanted,
            )
        )
    ).one()
    rows = await db.execute(
        select(
            loan_instalments.c.n,
            loan_instalments.c.due,
            loan_instalments.c.principal,
            loan_instalments.c.interest,
        )
        .where(
            loan_instalments.c.koperasi_id == loan.koperasi_id,
            loan_instalments.c.loan_id == loan.id,
            loan_instalments.c.version == wanted,
        )
        .order_by(loan_instalments.c.n)
    )
    return Version(
        version=wanted,
        starts_on=head.starts_on,
        principal=head.principal,
        terms=rules_of.from_json(head.terms),
        rows=tuple(
            Instalment(n=n, due=due, principal=principal, interest=interest)
            for n, due, principal, interest in rows
        ),
        opening_paid=head.opening_paid,
        carried_interest=head.carried_interest,
        carried_penalty=head.carried_penalty,
        deferred=await _deferred(db, loan, wanted),
    )


async def _deferred(db: AsyncConnection, loan: Loan, version: int) -> Rupiah:
    """Return the provisi that is still deferred when a version begins: what the ones before it left.

    Payments of an earlier version are never changed any more, so it is a fact of the version. An imported
    loan has none: its provisi was taken before the books began.
    """
    if not loan.terms.provisi_spread or loan.imported:
        return 0
    taken = await db.scalar(
        select(func.coalesce(func.sum(loan_payments.c.provisi), 0)).where(
            loan_payments.c.koperasi_id == loan.koperasi_id,
            loan_payments.c.loan_id == loan.id,
            loan_payments.c.version < version,
        )
    )
    return loan.terms.fee(loan.principal) - int(taken or 0)


async def moved(db: AsyncConnection, loan: Loan) -> list[Moved]:
    """List everything entries moved of a loan, by entry."""
    rows = await db.execute(
        select(loan_payments)
        .where(loan_payments.c.koperasi_id == loan.koperasi_id, loan_payments.c.loan_id == loan.id)
        .order_by(loan_payments.c.entry)
    )
    return [
        Moved(
            entry=row.entry,
            version=row.version,
            kind=row.kind,
            on=row.on,
            amount=row.amount,
            principal=row.principal,
            interest=row.interest,
            penalty=row.penalty,
            provisi=row.provisi,
            reverses=row.reverses,
        )
        for row in rows
    ]


def live(moves: Sequence[Moved], version: int) -> tuple[Paid, ...]:
    """Return the payments of a version that hold, in the order of day and entry: what replay takes."""
    taken_back = {move.reverses for move in moves if move.reverses is not None}
    found = [
        Paid(entry=move.entry, on=move.on, amount=move.amount, settles=move.kind == "settlement")
        for move in moves
        if move.kind in ("payment", "settlement")
        and move.version == version
        and move.entry not in taken_back
    ]
    return tuple(sorted(found, key=lambda paid: (paid.on, paid.entry)))
