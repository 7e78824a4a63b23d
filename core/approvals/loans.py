"""What happens with loans once a second person approved: decisions, money that moves, schedules, losses."""

from __future__ import annotations

from datetime import date

from core import rules
from core.accounts import CASH
from core.approvals.request import Context, Dropped
from core.loans import (
    allowances,
    applications,
    book,
    disbursement,
    payments,
    restructuring,
    write_offs,
)
from core.loans.allowances import BookedAllowance
from core.loans.applications import LoanDecided
from core.loans.book import Loan, Version
from core.loans.disbursement import Disbursed
from core.loans.payments import PaidLoan
from core.loans.write_offs import Recovered, WrittenOff


def _loan_id(about: Context | Dropped) -> int:
    assert about.approval.loan_id is not None, about.approval.number
    return about.approval.loan_id


async def decide(context: Context) -> Loan:
    """Approve an application as it stands on the day of the decision, as applications.decide does."""
    return await applications.decide(
        context.db,
        cooperative=context.voter.cooperative,
        loan_id=_loan_id(context),
        approvers=context.approvers,
        on=context.today,
        at=context.at,
        keys=context.keys,
    )


async def turn_down(dropped: Dropped) -> None:
    """Keep why an application was turned down; one that was decided or cancelled meanwhile stays so."""
    try:
        await applications.reject(
            dropped.db,
            koperasi_id=dropped.approval.koperasi_id,
            loan_id=_loan_id(dropped),
            because=dropped.because or dropped.state.value,
            by=dropped.by,
            at=dropped.at,
        )
    except LoanDecided:
        return


async def let_go(dropped: Dropped) -> None:
    """Cancel an application whose request ended without a decision: it is made anew, not left hanging."""
    here, loan_id = dropped.approval.koperasi_id, _loan_id(dropped)
    loan = await book.loan(dropped.db, koperasi_id=here, loan_id=loan_id, lock=True)
    if loan.state is book.State.APPLIED:
        await applications.cancel(
            dropped.db,
            koperasi_id=here,
            loan_id=loan_id,
            at=dropped.at,
            because=dropped.state.value,
        )


async def disburse(context: Context) -> Disbursed:
    """Pay a loan out as disbursement.disburse does. Facts: on, note, cash."""
    return await disbursement.disburse(
        context.db,
        officer=context.officer,
        loan_id=_loan_id(context),
        on=date.fromisoformat(context.facts["on"]),
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        keys=context.keys,
        note=context.facts["note"],
        cash=context.facts.get("cash", CASH),
        approver=context.approver,
    )


async def pay(context: Context) -> PaidLoan:
    """Record a payment as payments.pay does. Facts: amount, on, settles, from_savings, to_savings, note, cash."""
    facts = context.facts
    return await payments.pay(
        context.db,
        officer=context.officer,
        loan_id=_loan_id(context),
        amount=facts["amount"],
        on=date.fromisoformat(facts["on"]),
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        from_savings=facts["from_savings"],
        to_savings=facts["to_savings"],
        settles=facts["settles"],
        note=facts["note"],
        cash=facts.get("cash", CASH),
        approver=context.approver,
    )


async def recover(context: Context) -> Recovered:
    """Record what came in for a written-off loan as write_offs.recover does. Facts: amount, on, note, cash."""
    facts = context.facts
    return await write_offs.recover(
        context.db,
        officer=context.officer,
        loan_id=_loan_id(context),
        amount=facts["amount"],
        on=date.fromisoformat(facts["on"]),
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        note=facts["note"],
        cash=facts.get("cash", CASH),
        approver=context.approver,
    )


async def cancel(context: Context) -> Loan:
    """Let an approved loan go that was never disbursed, as applications.cancel does. Facts: reason."""
    return await applications.cancel(
        context.db,
        koperasi_id=context.approval.koperasi_id,
        loan_id=_loan_id(context),
        at=context.at,
        because=context.facts["reason"],
    )


async def restructure(context: Context) -> Version:
    """Make a new schedule on the terms the loan has. Facts: count, first_due, on, reason, capitalise."""
    facts, first_due = context.facts, context.facts["first_due"]
    here = context.voter.cooperative
    loan = await book.loan(context.db, koperasi_id=here.id, loan_id=_loan_id(context))
    return await restructuring.restructure(
        context.db,
        officer=context.officer,
        loan_id=loan.id,
        terms=loan.terms,
        count=facts["count"],
        on=date.fromisoformat(facts["on"]),
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        reason=facts["reason"],
        approver=context.approver,
        first_due=date.fromisoformat(first_due) if first_due else None,
        capitalise=facts["capitalise"],
    )


async def write_off(context: Context) -> WrittenOff:
    """Take a lost loan out of the books as write_offs.write_off does. Facts: on, reason."""
    return await write_offs.write_off(
        context.db,
        officer=context.officer,
        loan_id=_loan_id(context),
        on=date.fromisoformat(context.facts["on"]),
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        reason=context.facts["reason"],
        approver=context.approver,
    )


async def allow(context: Context) -> BookedAllowance:
    """Bring the allowance of a month to what it should be. Facts: on (its last day). The clock asked."""
    here, on = context.voter.cooperative, date.fromisoformat(context.facts["on"])
    return await allowances.book_allowance(
        context.db,
        cooperative=here,
        rules=await rules.in_force(context.db, here.id, on),
        on=on,
        at=context.at,
        operation=context.approval.operation,
        approver=context.approver,
        recorder=context.approval.maker,
        source=context.source,
    )
