"""Loans from a sheet: those that run with what is left of their schedule, and approved ones that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import rules
from core.cooperatives import Cooperative
from core.imports import cells, loan_cells, loan_warnings
from core.imports.loan_warnings import Borrower
from core.imports.rows import (
    FileImportedBefore,
    Remark,
    in_order,
    operation_of,
    read_sheet,
    refuse_repeated,
    require,
    take,
    unknown_columns,
)
from core.loans import products, schedule
from core.loans.terms import BadTerms, Instalment, Method, Terms
from core.money import Rupiah
from core.sheets import Row
from core.tables.loans import loans
from core.tables.people import members

COLUMNS = (
    "no_anggota", "pokok", "bunga", "per", "metode", "tenor", "tanggal_cair", "angsuran_terbayar",
    "status",
)  # fmt: skip
REQUIRED = ("no_anggota", "pokok", "bunga", "per", "metode", "tenor")


class LoansImportedBefore(FileImportedBefore):
    """The same file of loans that only wait was written down before. Facts: on (the day)."""

    text = "refusal-import-loans-repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLoan:
    """A row that becomes a loan. `rows` is its whole schedule, empty while it waits; money in rupiah."""

    row: int
    member_id: int
    terms: Terms
    principal: Rupiah
    count: int
    disbursed: date | None  # none: approved, and waiting for it
    paid: int  # instalments paid before the books began
    rows: tuple[Instalment, ...]

    @property
    def left(self) -> Rupiah:
        """Return the principal that is still owed: what is booked."""
        return sum(row.principal for row in self.rows[self.paid :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A checked file of loans; it is applied only without errors."""

    cooperative: Cooperative
    on: date
    operation: str
    loans: tuple[NewLoan, ...]
    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]

    @property
    def running(self) -> tuple[NewLoan, ...]:
        """The loans that were paid out."""
        return tuple(loan for loan in self.loans if loan.disbursed is not None)

    @property
    def outstanding(self) -> Rupiah:
        """Add up the principal that is booked, in rupiah."""
        return sum(loan.left for loan in self.loans)


async def check(
    db: AsyncConnection,
    content: bytes,
    *,
    cooperative: Cooperative,
    on: date,
    name: str | None = None,
) -> Plan:
    """Read a file of loans and find everything that is wrong with it; `on` is the day of the import.

    Errors: what cannot be read, a number no member has, a day that has not come, as many instalments paid as
    there are, a waiting loan with a day or with payments. Warnings: no licence, a rate above the cap, more
    than the BMPP, paid out before joining, a loan like another's. The terms are the row's; fines, the order of
    payments and the cost of an early settlement are the first product's. No holiday moves a date. Refuses
    FileImportedBefore and what sheets.read refuses.
    """
    operation = operation_of("loans", content)
    await refuse_repeated(db, koperasi_id=cooperative.id, operation=operation)
    await _refuse_written(db, cooperative, operation)
    sheet = await read_sheet(content, columns=COLUMNS, required=REQUIRED, name=name)
    borrowers = await _borrowers(db, cooperative)
    product = await products.find(db, koperasi_id=cooperative.id, on=on)
    errors: list[Remark] = []
    found = await asyncio.to_thread(_read, sheet.rows, borrowers, product.terms, on, errors)
    warnings = [
        *unknown_columns(sheet),
        *await loan_warnings.of(
            db,
            cooperative,
            [
                loan_warnings.Lent(
                    row=loan.row,
                    borrower=borrower,
                    rate=loan.terms.yearly_rate,
                    principal=loan.principal,
                    owes=loan.left if loan.disbursed else loan.principal,
                    disbursed=loan.disbursed,
                )
                for loan, borrower in found
            ],
            held=await rules.in_force(db, cooperative.id, on),
            on=on,
        ),
    ]
    return Plan(
        cooperative=cooperative,
        on=on,
        operation=operation,
        loans=tuple(loan for loan, _ in found),
        errors=in_order(errors),
        warnings=in_order(warnings),
    )


async def _refuse_written(db: AsyncConnection, cooperative: Cooperative, operation: str) -> None:
    """Refuse a file whose loans all wait: it made no entry by which it would be known."""
    on = await db.scalar(
        select(func.min(loans.c.applied_on)).where(
            loans.c.koperasi_id == cooperative.id,
            loans.c.operation.startswith(f"{operation}/", autoescape=True),
        )
    )
    if on is not None:
        raise LoansImportedBefore(on=on)


async def _borrowers(db: AsyncConnection, cooperative: Cooperative) -> dict[str, Borrower]:
    rows = await db.execute(
        select(members.c.id, members.c.number, members.c.joined_on, members.c.left_on)
        .where(members.c.koperasi_id == cooperative.id)
        .order_by(members.c.id)
        .limit(200_000)
    )
    return {
        number.casefold(): Borrower(id=id_, number=number, joined_on=joined_on, left_on=left_on)
        for id_, number, joined_on, left_on in rows
    }


def _read(
    rows: Sequence[Row],
    borrowers: Mapping[str, Borrower],
    terms: Terms,
    on: date,
    errors: list[Remark],
) -> list[tuple[NewLoan, Borrower]]:
    """Read every row, noting what is wrong with each; those without an error come back."""
    found: list[tuple[NewLoan, Borrower]] = []
    for row in rows:
        before = len(errors)
        draft = _draft(row, borrowers, on, errors)
        if draft is None or len(errors) > before:
            continue
        loan = _scheduled(row, draft, terms, errors)
        if loan is not None:
            found.append((loan, draft.borrower))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What stands in a row that could be read."""

    borrower: Borrower
    principal: Rupiah
    rate: Decimal
    per: str
    method: Method
    count: int
    disbursed: date | None
    paid: int


def _draft(
    row: Row, borrowers: Mapping[str, Borrower], on: date, errors: list[Remark]
) -> _Draft | None:
    """Read a row as far as it can be read and note what cannot."""
    number = require(row, "no_anggota", cells.number, errors)
    borrower = borrowers.get(number.casefold()) if number is not None else None
    if number is not None and borrower is None:
        _note(errors, row, "no_anggota", "import-no-such-member", number=number)
    principal = require(row, "pokok", cells.amount, errors)
    if principal == 0:
        _note(errors, row, "pokok", "import-zero")
    rate = require(row, "bunga", loan_cells.rate, errors)
    per = require(row, "per", loan_cells.per, errors)
    method = require(row, "metode", loan_cells.method, errors)
    count = require(row, "tenor", loan_cells.count, errors)
    if count == 0:
        _note(errors, row, "tenor", "import-zero-count")
    running = take(row, "status", loan_cells.is_running, errors)
    paid = take(row, "angsuran_terbayar", loan_cells.count, errors) or 0
    disbursed = _disbursed(row, on, errors, waits=running is False)
    if running is False and paid:
        _note(errors, row, "angsuran_terbayar", "import-waiting-but-paid")
    elif count and paid >= count:
        _note(errors, row, "angsuran_terbayar", "import-all-paid", paid=paid, count=count)
    if borrower is None or principal is None or rate is None or method is None:
        return None
    if per is None or count is None:
        return None
    return _Draft(
        borrower=borrower,
        principal=principal,
        rate=rate,
        per=per,
        method=method,
        count=count,
        disbursed=disbursed,
        paid=paid,
    )


def _disbursed(row: Row, on: date, errors: list[Remark], *, waits: bool) -> date | None:
    if waits:
        if "tanggal_cair" in row.cells:
            _note(errors, row, "tanggal_cair", "import-waiting-but-dated")
        return None
    found = require(row, "tanggal_cair", cells.day, errors)
    if found is not None and found > on:
        _note(errors, row, "tanggal_cair", "import-date-in-future", date=found)
    return found


def _note(errors: list[Remark], row: Row, column: str, reason: str, **facts: object) -> None:
    errors.append(Remark(row=row.number, column=column, reason=reason, facts=facts))


def _scheduled(row: Row, draft: _Draft, offered: Terms, errors: list[Remark]) -> NewLoan | None:
    """Make the whole schedule of a row; its terms are those of the row, dates as they fall."""
    terms = Terms(
        method=draft.method,
        rate=draft.rate,
        rate_per=draft.per,
        moves_holidays=False,
        penalty=offered.penalty,
        order=offered.order,
        settlement_instalments=offered.settlement_instalments,
    )
    loan = NewLoan(
        row=row.number,
        member_id=draft.borrower.id,
        terms=terms,
        principal=draft.principal,
        count=draft.count,
        disbursed=draft.disbursed,
        paid=draft.paid,
        rows=(),
    )
    try:
        products.check_terms(terms, count=draft.count, principal=draft.principal)
        if draft.disbursed is None:
            return loan
        rows = schedule.make(
            principal=draft.principal, count=draft.count, terms=terms, disbursed=draft.disbursed
        )
    except BadTerms as bad:
        _note(errors, row, "tenor", "import-bad-terms", **bad.facts)
        return None
    loan = replace(loan, rows=rows)
    if not loan.left:
        _note(errors, row, "angsuran_terbayar", "import-nothing-left")
        return None
    return loan
