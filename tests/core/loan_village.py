"""A cooperative with officers, a borrower and a running loan, and what they do to it."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import corrections
from core.balances import of_account
from core.cooperatives import Cooperative
from core.ledger import Entry
from core.loans import book, payments
from core.loans.book import Loan
from core.loans.payments import PaidLoan
from core.loans.positions import Position
from core.loans.replay import replay
from core.loans.terms import Terms
from core.people import Member, Standing
from core.permissions import Role
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer
from tests.core.loan_books import DISBURSED, a_running_loan

_NUMBERS = itertools.count(1)


class Village(NamedTuple):
    """A cooperative, its treasurer, its chair, a borrower, the running loan."""

    here: Cooperative
    rina: Standing
    hendra: Standing
    siti: Member
    loan: Loan


async def a_village(
    db: AsyncConnection, *, terms: Terms | None = None, disbursed: date = DISBURSED, **facts: Any
) -> Village:
    """Found a cooperative where Siti owes 1,200,000 in twelve instalments from July on."""
    here = await a_cooperative(db)
    rina = await an_officer(db, here, Role.BENDAHARA)
    hendra = await an_officer(db, here, Role.KETUA, name="Hendra")
    siti = await a_member(db, here)
    loan = await a_running_loan(
        db, siti.id, terms=terms, disbursed=disbursed, koperasi_id=here.id, **facts
    )
    return Village(here, rina, hendra, siti, loan)


async def pays(
    db: AsyncConnection, village: Village, amount: int, on: date = TODAY, **facts: Any
) -> PaidLoan:
    """Record a payment, by Rina unless said otherwise."""
    default: dict[str, Any] = {
        "officer": village.rina, "loan_id": village.loan.id, "at": AT, "source": "telegram",
        "operation": f"bayar-{next(_NUMBERS)}",
    }  # fmt: skip
    return await payments.pay(db, amount=amount, on=on, **(default | facts))


async def settles(
    db: AsyncConnection, village: Village, amount: int, on: date = TODAY, **facts: Any
) -> PaidLoan:
    """Record a settlement."""
    return await pays(db, village, amount, on, settles=True, **facts)


async def takes_back(
    db: AsyncConnection, village: Village, number: int, on: date = TODAY, **facts: Any
) -> Entry:
    """Let Hendra reverse an entry."""
    default: dict[str, Any] = {
        "officer": village.hendra, "at": AT, "operation": f"batal-{number}", "source": "telegram",
        "reason": "salah orang",
    }  # fmt: skip
    return await corrections.reverse(db, number=number, on=on, **(default | facts))


async def now(db: AsyncConnection, village: Village) -> Loan:
    """Read the loan again."""
    return await book.loan(db, koperasi_id=village.here.id, loan_id=village.loan.id)


async def position(db: AsyncConnection, village: Village, on: date = TODAY) -> Position:
    """Replay the loan from what the tables hold."""
    loan = await now(db, village)
    moves = await book.moved(db, loan)
    return replay(await book.version(db, loan), book.live(moves, loan.version), on)


async def lines_of(db: AsyncConnection, village: Village, entry: int) -> list[tuple[str, str, int]]:
    """Read an entry as (debit, credit, amount), in its order."""
    rows = await db.execute(
        text(
            "SELECT d.key, c.key, p.amount FROM ledger.postings p"
            " JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit"
            " JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit"
            " WHERE p.koperasi_id = :here AND p.entry = :entry ORDER BY p.line"
        ),
        {"here": village.here.id, "entry": entry},
    )
    return [(debit, credit, amount) for debit, credit, amount in rows]


async def entries_of(db: AsyncConnection, village: Village) -> list[tuple[int, str, date]]:
    """List the entries as (number, kind, day)."""
    rows = await db.execute(
        text(
            'SELECT number, kind, "on" FROM ledger.entries WHERE koperasi_id = :here ORDER BY number'
        ),
        {"here": village.here.id},
    )
    return [(number, kind, on) for number, kind, on in rows]


async def holds_together(db: AsyncConnection, village: Village) -> None:
    """Hold caches, accounts and income against replay (issue 3, invariants)."""
    loan = await now(db, village)
    held = await position(db, village)
    assert loan.outstanding == held.principal_left
    assert loan.oldest_due == held.oldest_due
    assert loan.settled_on == held.settled_on
    assert loan.state == ("settled" if held.settled else "running")
    rows = await db.execute(
        text(
            "SELECT n, principal_paid, interest_paid, penalty_paid, paid_on FROM loan_instalments"
            " WHERE koperasi_id = :here AND loan_id = :loan AND version = :version ORDER BY n"
        ),
        {"here": loan.koperasi_id, "loan": loan.id, "version": loan.version},
    )
    assert [tuple(row) for row in rows] == [
        (line.n, line.principal_paid, line.interest_paid, line.penalty_paid, line.paid_on)
        for line in held.lines
    ]
    moves = await book.moved(db, loan)
    account = loan.account
    booked = {
        account: loan.outstanding,
        book.INTEREST_INCOME: sum(move.interest for move in moves),
        book.PENALTY_INCOME: sum(move.penalty for move in moves),
    }
    for key, balance in booked.items():
        assert await of_account(db, koperasi_id=loan.koperasi_id, key=key) == balance, key
    for move in moves:
        if move.kind not in ("payment", "settlement", "adjustment"):
            continue  # a write-off moves principal that nobody received
        assert move.amount == move.principal + move.interest + move.penalty, move
