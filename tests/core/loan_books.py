"""Running loans written down by hand, for tests that begin after the disbursement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database
from core.calendar import last_day, next_month
from core.ledger import Posting
from core.loans import book
from core.loans import terms as rules_of
from core.loans.book import Instalment, Loan
from core.loans.terms import Terms
from core.tables.loans import loan_classes, loan_instalments, loan_versions, loans
from core.tables.places import counters
from tests.core.books import AT
from tests.core.books import post as _post

DISBURSED = date(2026, 6, 24)


def monthly(
    principal: int, count: int, terms: Terms, disbursed: date = DISBURSED
) -> tuple[Instalment, ...]:
    """Lay out a flat loan by months on the day of the disbursement; the last row takes what is left.

    By hand on purpose: what payments do is tested on rows that no schedule engine made.
    """
    share = (2 * principal + count) // (2 * count)  # half-up
    interest = int(principal * terms.rate / 100)
    months = [next_month(disbursed.replace(day=1), n) for n in range(1, count + 1)]
    return tuple(
        Instalment(
            n=n,
            due=month.replace(day=min(disbursed.day, last_day(month).day)),
            principal=share if n < count else principal - share * (count - 1),
            interest=interest,
        )
        for n, month in enumerate(months, 1)
    )


async def a_running_loan(
    db: AsyncConnection,
    member: int = 1,
    *,
    principal: int = 1_200_000,
    count: int = 12,
    terms: Terms | None = None,
    disbursed: date = DISBURSED,
    rows: Sequence[Instalment] | None = None,
    koperasi_id: int = 1,
    opening_paid: int = 0,
) -> Loan:
    """Write a running loan with its schedule and its entry (113100 against cash; imported: 399000)."""
    terms = terms or Terms()
    rows = tuple(rows or monthly(principal, count, terms, disbursed))
    imported = opening_paid > 0
    left = principal - sum(row.principal for row in rows[:opening_paid])
    loan_id = await _next(db, koperasi_id)
    kind = "opening-loan" if imported else "loan-disbursement"
    facts: dict[str, Any] = {
        "koperasi_id": koperasi_id,
        "kind": kind,
        "on": disbursed,
        "operation": f"cair-{loan_id}",
    }
    entry = await _post(db, *_lines(member, loan_id, left, terms, principal, imported), **facts)
    await db.execute(
        loans.insert().values(
            koperasi_id=koperasi_id, id=loan_id, member_id=member, product="umum",
            terms=rules_of.to_json(terms), principal=principal, count=len(rows), state="running",
            operation=f"mohon-{loan_id}", applied_on=disbursed, applied_by="officer:1", applied_at=AT,
            source="telegram", approvers=["person:99"], imported=imported, disbursed_on=disbursed,
            entry=entry.number, version=1, outstanding=left, oldest_due=rows[opening_paid].due,
            klass="lancar", written_off=0, recovered=0,
        )
    )  # fmt: skip
    await db.execute(
        loan_versions.insert().values(
            koperasi_id=koperasi_id, loan_id=loan_id, version=1, starts_on=disbursed,
            principal=principal, count=len(rows), terms=rules_of.to_json(terms),
            opening_paid=opening_paid, carried_interest=0, carried_penalty=0, entry=entry.number,
            made_by="officer:1", made_at=AT,
        )
    )  # fmt: skip
    await db.execute(
        loan_instalments.insert(),
        [
            {
                "koperasi_id": koperasi_id, "loan_id": loan_id, "version": 1, "n": row.n,
                "due": row.due, "principal": row.principal, "interest": row.interest,
                "principal_paid": row.principal if row.n <= opening_paid else 0,
                "interest_paid": row.interest if row.n <= opening_paid else 0, "penalty_paid": 0,
                "paid_on": row.due if row.n <= opening_paid else None,
            }
            for row in rows
        ],
    )  # fmt: skip
    await db.execute(
        loan_classes.insert().values(
            koperasi_id=koperasi_id, loan_id=loan_id, n=1, on=disbursed, klass="lancar",
            overdue_days=0, cause="payment", at=AT,
        )
    )  # fmt: skip
    return await book.loan(db, koperasi_id=koperasi_id, loan_id=loan_id)


def _lines(
    member: int, loan_id: int, left: int, terms: Terms, principal: int, imported: bool
) -> list[tuple[str, str, int]]:
    own = accounts.key(book.PRINCIPAL, member=member, loan=loan_id)
    if imported:
        return [(own, accounts.OPENING, left)]
    kept = terms.fee(principal)
    fee = book.PROVISI_DEFERRED if terms.provisi_spread else book.PROVISI_INCOME
    lines = [Posting(debit=own, credit=accounts.CASH, amount=left - kept)]
    if kept:
        lines.append(Posting(debit=own, credit=fee, amount=kept))
    return [(line.debit, line.credit, line.amount) for line in lines]


async def _next(db: AsyncConnection, koperasi_id: int) -> int:
    """Take the next number of a loan, from the counter where the cooperative was founded with one."""
    taken = await db.scalar(
        counters.update()
        .where(counters.c.koperasi_id == koperasi_id, counters.c.noun == "loan")
        .values(last=counters.c.last + 1)
        .returning(counters.c.last)
    )
    last = await db.scalar(
        select(func.coalesce(func.max(loans.c.id), 0)).where(loans.c.koperasi_id == koperasi_id)
    )
    return int(taken or (last or 0) + 1)


async def stored(db: AsyncConnection, koperasi_id: int = 1) -> dict[str, list[Any]]:
    """Read what the tables say of loans, to compare before and after; history rows are left out."""
    raw = await database.driver(db)
    hidden = ("class_on",)
    found: dict[str, list[Any]] = {}
    for table in ("loans", "loan_versions", "loan_instalments"):
        rows = await raw.fetch(
            f"SELECT * FROM {table} t WHERE koperasi_id = $1 ORDER BY t::text", koperasi_id
        )
        found[table] = [
            {name: value for name, value in row.items() if name not in hidden} for row in rows
        ]
    return found


async def balances(db: AsyncConnection, koperasi_id: int = 1) -> dict[str, int]:
    """Read every account that holds something, by its key."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT key, balance FROM ledger.accounts WHERE koperasi_id = $1 AND balance <> 0",
        koperasi_id,
    )
    return dict(rows)
