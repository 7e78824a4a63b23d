"""Write a schedule down: the next version of a loan, with the rule that made it and its instalments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.loans import terms as rules_of
from core.loans.book import Instalment, Loan
from core.loans.terms import Terms
from core.money import Rupiah
from core.tables.loans import loan_instalments, loan_versions


async def write(
    db: AsyncConnection,
    loan: Loan,
    *,
    rows: Sequence[Instalment],
    terms: Terms,
    principal: Rupiah,
    starts_on: date,
    entry: int | None,
    by: str,
    at: datetime,
    carried_interest: Rupiah = 0,
    carried_penalty: Rupiah = 0,
    reason: str | None = None,
    operation: str | None = None,
) -> int:
    """Write the next version down and return its number; a reversed disbursement left its own behind.

    What is paid of it is kept by core.loans.keep.
    """
    here = {"koperasi_id": loan.koperasi_id, "loan_id": loan.id}
    last = await db.scalar(
        select(func.coalesce(func.max(loan_versions.c.version), 0)).where(
            loan_versions.c.koperasi_id == loan.koperasi_id, loan_versions.c.loan_id == loan.id
        )
    )
    number = (last or 0) + 1
    await db.execute(
        loan_versions.insert().values(
            **here,
            version=number,
            starts_on=starts_on,
            principal=principal,
            count=len(rows),
            terms=rules_of.to_json(terms),
            opening_paid=0,
            carried_interest=carried_interest,
            carried_penalty=carried_penalty,
            entry=entry,
            reason=reason,
            operation=operation,
            made_by=by,
            made_at=at,
        )
    )
    await db.execute(
        loan_instalments.insert(),
        [
            {
                **here,
                "version": number,
                "n": row.n,
                "due": row.due,
                "principal": row.principal,
                "interest": row.interest,
                "principal_paid": 0,
                "interest_paid": 0,
                "penalty_paid": 0,
            }
            for row in rows
        ],
    )
    return number


async def of_entry(db: AsyncConnection, loan: Loan, entry: int) -> int:
    """Return the version that an entry brought."""
    found = await db.scalar(
        select(loan_versions.c.version).where(
            loan_versions.c.koperasi_id == loan.koperasi_id,
            loan_versions.c.loan_id == loan.id,
            loan_versions.c.entry == entry,
        )
    )
    assert found is not None, (loan.label, entry)
    return found
