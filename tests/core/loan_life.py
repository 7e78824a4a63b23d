"""Loans applied for, approved and paid out by core's own operations, for tests of what comes next."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.cooperatives import Cooperative
from core.loans import applications, book, disbursement
from core.loans.book import Loan
from core.loans.disbursement import Disbursed
from core.loans.products import DEFAULT, Product
from core.people import Member, Standing
from tests.builders_core import AT, TODAY
from tests.conftest import KEYS

_NUMBERS = itertools.count(1)


async def applied(
    db: AsyncConnection,
    cooperative: Cooperative,
    member: Member,
    principal: int = 6_000_000,
    count: int = 12,
    **facts: Any,
) -> Loan:
    """Write an application of today down, for the general product, by the treasurer's hand."""
    said: dict[str, Any] = {
        "product": DEFAULT,
        "on": TODAY,
        "at": AT,
        "by": "person:900",
        "source": "telegram",
        "operation": f"mohon-{next(_NUMBERS)}",
        "keys": KEYS,
    }
    return await applications.apply(
        db,
        koperasi_id=cooperative.id,
        member=member,
        principal=principal,
        count=count,
        **(said | facts),
    )


async def decided(db: AsyncConnection, cooperative: Cooperative, loan: Loan, **facts: Any) -> Loan:
    """Approve an application as of the day it was made, by somebody who has nothing to do with it."""
    said: dict[str, Any] = {
        "approvers": ("person:901", "person:902"),
        "on": loan.applied_on,
        "at": AT,
        "keys": KEYS,
    }
    return await applications.decide(db, cooperative=cooperative, loan_id=loan.id, **(said | facts))


async def approved(
    db: AsyncConnection,
    cooperative: Cooperative,
    member: Member,
    principal: int = 6_000_000,
    count: int = 12,
    **facts: Any,
) -> Loan:
    """Have a loan that waits for its disbursement."""
    loan = await applied(db, cooperative, member, principal, count, **facts)
    return await decided(db, cooperative, loan)


async def pays_out(db: AsyncConnection, officer: Standing, loan: Loan, **facts: Any) -> Disbursed:
    """Disburse a loan today, unless the facts say otherwise."""
    said: dict[str, Any] = {
        "on": TODAY,
        "at": AT,
        "operation": f"cair-{next(_NUMBERS)}",
        "source": "telegram",
        "keys": KEYS,
    }
    return await disbursement.disburse(db, officer=officer, loan_id=loan.id, **(said | facts))


async def running(
    db: AsyncConnection,
    officer: Standing,
    member: Member,
    principal: int = 6_000_000,
    count: int = 12,
    *,
    on: date = TODAY,
    product: Product = DEFAULT,
    **facts: Any,
) -> Loan:
    """Have a loan that runs since a day."""
    loan = await approved(
        db, officer.cooperative, member, principal, count, on=on, product=product, **facts
    )
    return (await pays_out(db, officer, loan, on=on)).loan


async def again(db: AsyncConnection, loan: Loan) -> Loan:
    """Read a loan as it stands now."""
    return await book.loan(db, koperasi_id=loan.koperasi_id, loan_id=loan.id)


async def everything(db: AsyncConnection) -> list[Any]:
    """Return all the tables that loans and the ledger write, to compare before and after a refusal."""
    raw = await database.driver(db)
    return [
        await raw.fetch(f"SELECT * FROM {table} t ORDER BY t::text")
        for table in (
            "loans", "loan_versions", "loan_instalments", "loan_payments", "loan_guarantors",
            "loan_classes", "counters", "ledger.entries", "ledger.postings", "ledger.accounts",
        )
    ]  # fmt: skip
