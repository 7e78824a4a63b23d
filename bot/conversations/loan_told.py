"""What is told of approved requests about loans: to the approver, the borrower, and who pays out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

from bot.conversations import (
    cards,
    loan_disbursement,
    loan_payments,
    loan_receipts,
    loan_recoveries,
    loan_words,
)
from bot.conversations.operations import LOANS
from bot.conversations.savings_receipts import By
from bot.state import Draft
from bot.talk import Notice, Turn, say
from core import identities, people
from core.approvals.queue import Decided
from core.approvals.request import Approval
from core.loans.book import Loan, Version
from core.loans.disbursement import Disbursed
from core.loans.payments import PaidLoan
from core.loans.write_offs import Recovered, WrittenOff
from core.people import Member
from core.permissions import Role
from notifications.messages import Content, Purpose, Say

Told = tuple[tuple[Say, ...], tuple[Notice, ...]]
_WAITS_DAYS = 30


def _names(decided: Decided) -> str:
    return ", ".join(vote.name for vote in decided.votes if vote.approved)


async def _by(turn: Turn, decided: Decided) -> By:
    """Name who asked as the recorder, with who approved."""
    approval = decided.approval
    assert approval.maker_person is not None
    name = await people.name(turn.db, koperasi_id=turn.koperasi_id, person_id=approval.maker_person)
    return By(
        person_id=approval.maker_person, name=name, chat=approval.chat, approved=_names(decided)
    )


async def _member(turn: Turn, decided: Decided) -> Member:
    assert decided.approval.member_id is not None
    return await cards.member_of(turn, decided.approval.member_id)


def _notice(person_id: int, *lines: Say) -> Notice:
    return Notice(
        person_id=person_id,
        purpose=Purpose.NOTICE,
        content=Content(lines=lines),
        keep_days=_WAITS_DAYS,
    )


async def of_application(turn: Turn, decided: Decided) -> Told:
    """An approved application: the borrower is told, and who may pay it out."""
    loan, member = decided.result, await _member(turn, decided)
    assert isinstance(loan, Loan)
    lines = (
        say("loan-approved", loan=loan.label, amount=loan.principal),
        say("card-member", name=member.name, number=member.number),
        say("loan-tenor", count=loan.count, every=loan_words.rhythm(loan.terms)),
        say("receipt-approver", name=_names(decided)),
    )
    maker = decided.approval.maker_person
    notices = [] if member.id == maker else [_notice(member.id, *lines)]
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    paying = {office.person_id for office in held if office.role is Role.BENDAHARA}
    may_pay = say("loan-may-be-paid", name=member.name)
    notices.extend(
        _notice(one, *lines, may_pay) for one in sorted(paying - {member.id, turn.here.person_id})
    )
    return lines, tuple(notices)


def of_rejection(approval: Approval, *lines: Say) -> tuple[Notice, ...]:
    """A rejected application is told to who wanted to borrow, too; nobody else's request is."""
    borrower = approval.member_id
    if approval.kind != "loan" or borrower in (None, approval.maker_person):
        return ()
    assert borrower is not None
    return (_notice(borrower, *lines),)


async def of_disbursement(turn: Turn, decided: Decided) -> Told:
    """A loan that was paid out: its receipt."""
    done = decided.result
    assert isinstance(done, Disbursed)
    lines, notice = await loan_disbursement.told(
        turn,
        done,
        await _member(turn, decided),
        by=await _by(turn, decided),
        note=decided.approval.facts["note"],
    )
    return lines, (notice,) if notice else ()


async def of_payment(turn: Turn, decided: Decided) -> Told:
    """A payment that was recorded: its receipt."""
    done, facts = decided.result, decided.approval.facts
    assert isinstance(done, PaidLoan)
    draft = Draft(operation="angsuran", on=date.fromisoformat(facts["on"]), note=facts["note"])
    lines, notice = await loan_payments.told(
        turn,
        done,
        await _member(turn, decided),
        draft=draft,
        settles=facts["settles"],
        by=await _by(turn, decided),
    )
    return lines, (notice,) if notice else ()


async def of_restructuring(turn: Turn, decided: Decided) -> Told:
    """A new schedule: the borrower learns what falls due from now on."""
    version, member = decided.result, await _member(turn, decided)
    assert isinstance(version, Version)
    assert decided.approval.loan_id is not None
    first = version.rows[0]
    due = first.principal + first.interest + version.carried_interest
    lines = (
        say("loan-rescheduled"),
        say(LOANS["restrukturisasi"].heading),
        say("card-member", name=member.name, number=member.number),
        say("loan-label", loan=f"P-{decided.approval.loan_id:04d}"),
        say("loan-tenor", count=len(version.rows), every=loan_words.rhythm(version.terms)),
        *loan_words.schedule_lines(version.rows),
        say("loan-first-due", on=first.due, amount=due),
        say("receipt-approver", name=_names(decided)),
    )
    return lines, (_notice(member.id, *lines),)


async def of_write_off(turn: Turn, decided: Decided) -> Told:
    """A loan that left the books; the borrower still owes it, and is not sent this paper."""
    done, member = decided.result, await _member(turn, decided)
    assert isinstance(done, WrittenOff)
    lines = (
        *loan_receipts.head(done.entry, "loan-write-off", member),
        say("card-amount", amount=done.principal),
        say("loan-label", loan=done.loan.label),
        say("write-off-parts", allowance=done.from_allowance, loss=done.loss),
        say("receipt-approver", name=_names(decided)),
    )
    return lines, ()


async def of_recovery(turn: Turn, decided: Decided) -> Told:
    """What came in for a written-off loan: its receipt."""
    done = decided.result
    assert isinstance(done, Recovered)
    lines, notice = await loan_recoveries.told(
        turn,
        done,
        await _member(turn, decided),
        on=date.fromisoformat(decided.approval.facts["on"]),
        by=await _by(turn, decided),
    )
    return lines, (notice,) if notice else ()


async def of_cancellation(turn: Turn, decided: Decided) -> Told:
    """An approved loan that is not paid out after all: the borrower is told."""
    loan, member = decided.result, await _member(turn, decided)
    assert isinstance(loan, Loan)
    lines = (
        say("loan-let-go", loan=loan.label, amount=loan.principal),
        say("card-member", name=member.name, number=member.number),
        say("approval-because", reason=decided.approval.facts["reason"]),
        say("receipt-approver", name=_names(decided)),
    )
    return lines, (_notice(member.id, *lines),)


TOLD: dict[str, Callable[[Turn, Decided], Awaitable[Told]]] = {
    "loan": of_application,
    "disbursement": of_disbursement,
    "loan-payment": of_payment,
    "restructuring": of_restructuring,
    "write-off": of_write_off,
    "recovery": of_recovery,
    "loan-cancellation": of_cancellation,
}
