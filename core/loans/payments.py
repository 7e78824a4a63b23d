"""Instalments: a payment is shared out, shown, recorded; early settlement by the exact figure of its day.

An entry posts what replay says after the payment less what it said before. For a payment of today that is
its own split; for a back-dated one a fine may fall away, and moves to principal in the same entry.
Interest, fines and provisi are income when they are received. Debts stay when a membership ends: who left
may still pay, in cash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import ledger, people, savings
from core.accounts import CASH, SOURCES, SavingsKind
from core.calendar import business_date
from core.errors import Refusal
from core.ledger import BelowFloor, Entry, Posting
from core.loans import book, hands, journal, previews, replay
from core.loans.book import Loan, Moved
from core.loans.journal import Totals
from core.loans.keep import keep
from core.loans.previews import (
    BeforeDisbursement,
    BeforeRestructuring,
    LoanIsSettled,
    LoanNotRunning,
    NotSettlementFigure,
    PaidSince,
    PaymentTooMuch,
    Preview,
    Touched,
    figure,
    preview,
)
from core.loans.replay import Position
from core.money import Rupiah
from core.people import Member, Standing
from core.tables.ledger import entries

__all__ = [  # with what previews offers: who takes payments needs one module
    "BeforeDisbursement",
    "BeforeRestructuring",
    "LoanIsSettled",
    "LoanNotRunning",
    "NeedsConsent",
    "NotSettlementFigure",
    "PaidLoan",
    "PaidSince",
    "PaymentTooMuch",
    "Preview",
    "Touched",
    "figure",
    "pay",
    "preview",
    "settle",
]
PAYMENT = "loan-payment"
SETTLEMENT = "loan-settlement"


class NeedsConsent(Refusal):
    """The member agrees before sukarela pays for the loan. Facts: member."""

    text = "refusal-needs-consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidLoan:
    """A payment as recorded. Money in rupiah; before and outstanding are principal."""

    loan: Loan
    entry: int
    hash: bytes
    amount: Rupiah
    principal: Rupiah
    interest: Rupiah
    penalty: Rupiah
    before: Rupiah
    outstanding: Rupiah
    position: Position  # of the day it was recorded
    settled: bool
    to_savings: Rupiah
    savings: Rupiah | None  # sukarela after it, where it moved
    cash: str | None  # the cash box or bank it came in through; None: the savings paid
    repeated: bool


async def pay(
    db: AsyncConnection,
    *,
    officer: Standing,
    loan_id: int,
    amount: Rupiah,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    from_savings: bool = False,
    to_savings: Rupiah = 0,
    settles: bool = False,
    note: str | None = None,
    cash: str = CASH,
    approver: str | None = None,
) -> PaidLoan:
    """Record `amount` rupiah, more than zero, received for a loan, and keep how it stands then.

    Debits `cash`, a cash box or bank (111000) or 215000, or the member's sukarela when `from_savings`; credits 113100, 411000, 411300 by the
    split, 411100 by the provisi it brings to income (from 113120). `to_savings` is cash received on top that
    goes to the member's sukarela in the same entry. `settles`: the amount is the figure that ends the loan.
    Refuses NotAllowed, OwnLoan, LoanIsSettled, LoanNotRunning, PaymentTooMuch, NotSettlementFigure, PaidSince,
    BeforeDisbursement, BeforeRestructuring, NeedsConsent (sukarela pays with the member as `approver`), BackDated
    (savings), NotEnoughSavings or HeldForLoan, and what ledger.post refuses. `operation` is recorded once.
    """
    assert amount > 0, amount
    assert to_savings >= 0, to_savings
    assert cash in SOURCES, cash
    assert not (from_savings and to_savings), "savings pay, or receive"
    hands.require_recorder(officer)
    here = officer.cooperative
    loan = await book.loan(db, koperasi_id=here.id, loan_id=loan_id, lock=True)
    member = await people.member(db, koperasi_id=here.id, member_id=loan.member_id)
    moves = await book.moved(db, loan)
    kind = SETTLEMENT if settles else PAYMENT
    received = SavingsKind.SUKARELA.account(member.id) if from_savings else cash
    facts: dict[str, Any] = {
        "koperasi_id": here.id, "kind": kind, "on": on, "at": at, "zone": here.zone,
        "recorder": officer.recorder, "source": source, "operation": operation, "reason": note,
        "approver": approver,
    }  # fmt: skip
    first = await _recorded(db, here.id, operation)
    if first is not None:
        return await _again(db, loan, moves, amount, received, to_savings, first, facts)
    today = business_date(at, here.zone)
    _require_hands(officer, loan, member, from_savings=from_savings, approver=approver)
    if not _approvers(approver) - {_recorder_of(member)}:
        savings.require_recent(officer, on=on, today=today)
    if to_savings:
        people.require_active(member, on=on)
    plan = await previews.planned(
        db, loan, moves, amount=amount, on=on, today=today, settles=settles
    )
    lines = _lines(loan, plan.moved, received, to_savings)
    try:
        entry = await ledger.post(db, lines, **facts)
    except BelowFloor as below:
        raise _not_enough(below, member, amount, received) from below
    if from_savings:
        left = entry.balance_of(received)
        await savings.require_free(db, here, member, amount=amount, balance=left)
    await journal.record(
        db, loan, plan.moved, entry=entry.number, version=loan.version, on=on, amount=amount,
        kind="settlement" if settles else "payment",
    )  # fmt: skip
    await keep(db, loan, plan.version, plan.after, on=today, at=at, cause="payment")
    return _result(loan, entry, amount, plan.moved, plan.after, received, to_savings)


async def settle(
    db: AsyncConnection,
    *,
    officer: Standing,
    loan_id: int,
    amount: Rupiah,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    from_savings: bool = False,
    note: str | None = None,
    approver: str | None = None,
) -> PaidLoan:
    """Record the figure of a day that ends a loan early; interest not earned by then is let go.

    Posts and refuses as pay does; another amount than the figure is NotSettlementFigure.
    """
    return await pay(
        db, officer=officer, loan_id=loan_id, amount=amount, on=on, at=at, operation=operation,
        source=source, from_savings=from_savings, settles=True, note=note, approver=approver,
    )  # fmt: skip


def _require_hands(
    officer: Standing, loan: Loan, member: Member, *, from_savings: bool, approver: str | None
) -> None:
    hands.require_other_hands(officer, loan, approver=approver)
    consents = {officer.recorder, *_approvers(approver)}
    if from_savings and _recorder_of(member) not in consents:
        raise NeedsConsent(member=member.name)


def _approvers(approver: str | None) -> set[str]:
    """An entry's approver is one person or several, with commas between them."""
    return set(approver.split(",")) if approver else set()


def _recorder_of(member: Member) -> str:
    """How entries name this member (people.Standing.recorder)."""
    return f"person:{member.id}"


def _lines(loan: Loan, moved: Totals, received: str, to_savings: Rupiah) -> list[Posting]:
    lines = journal.postings(loan, moved, received=received)
    if to_savings:
        own = SavingsKind.SUKARELA.account(loan.member_id)
        lines.append(Posting(debit=received, credit=own, amount=to_savings))
    return lines


def _not_enough(below: BelowFloor, member: Member, amount: Rupiah, received: str) -> Refusal:
    if below.facts["account"] != received:
        return below
    available = int(str(below.facts["balance"])) + amount
    return savings.NotEnoughSavings(member=member.name, amount=amount, available=available)


async def _recorded(
    db: AsyncConnection, koperasi_id: int, operation: str
) -> tuple[int, datetime] | None:
    """Find the entry of an operation that was recorded before, and when."""
    row = (
        await db.execute(
            select(entries.c.number, entries.c.at).where(
                entries.c.koperasi_id == koperasi_id, entries.c.operation == operation
            )
        )
    ).one_or_none()
    return (row.number, row.at) if row is not None else None


async def _again(
    db: AsyncConnection,
    loan: Loan,
    moves: Sequence[Moved],
    amount: Rupiah,
    received: str,
    to_savings: Rupiah,
    first: tuple[int, datetime],
    facts: dict[str, Any],
) -> PaidLoan:
    """Return what an operation did when it was recorded; other content raises OperationDiffers."""
    number, at = first
    until = [move for move in moves if move.entry <= number]
    if not until or until[-1].entry != number:
        raise ledger.OperationDiffers(number, "loan")
    mine = until[-1]
    if mine.amount != amount:
        raise ledger.OperationDiffers(number, "amount")
    moved = Totals(
        principal=mine.principal,
        interest=mine.interest,
        penalty=mine.penalty,
        provisi=mine.provisi,
    )
    entry = await ledger.post(db, _lines(loan, moved, received, to_savings), **facts)
    version = await book.version(db, loan, mine.version)
    on = business_date(at, facts["zone"])
    position = replay.replay(version, book.live(until, mine.version), on)
    return _result(loan, entry, amount, moved, position, received, to_savings)


def _result(
    loan: Loan,
    entry: Entry,
    amount: Rupiah,
    moved: Totals,
    position: Position,
    received: str,
    to_savings: Rupiah,
) -> PaidLoan:
    own = SavingsKind.SUKARELA.account(loan.member_id)
    return PaidLoan(
        loan=loan,
        entry=entry.number,
        hash=entry.hash,
        amount=amount,
        principal=moved.principal,
        interest=moved.interest,
        penalty=moved.penalty,
        before=position.principal_left + moved.principal,
        outstanding=position.principal_left,
        position=position,
        settled=position.settled,
        to_savings=to_savings,
        savings=entry.balance_of(own) if to_savings or received == own else None,
        cash=received if received != own else None,
        repeated=entry.repeated,
    )
