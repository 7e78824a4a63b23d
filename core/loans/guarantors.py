"""Guarantors: members who promise a part of their sukarela for somebody's loan, held while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, holds, people
from core.errors import Refusal
from core.loans import book
from core.loans.book import Loan, State
from core.money import Rupiah
from core.people import Member
from core.tables.ledger import accounts as ledger_accounts
from core.tables.loans import loan_guarantors
from core.tables.people import people as people_table


class OwnGuarantee(Refusal):
    """Nobody stands for the own loan. Facts: member."""

    text = "refusal-own-guarantee"


class GuarantorNamed(Refusal):
    """A guarantor of a loan is named once. Facts: member, loan, amount."""

    text = "refusal-guarantor-named"


class NotGuarantor(Refusal):
    """Only who was asked answers. Facts: loan."""

    text = "refusal-not-guarantor"


class GuaranteesClosed(Refusal):
    """Guarantors are named before the decision and answer before the disbursement. Facts: loan."""

    text = "refusal-guarantees-closed"


class Answer(StrEnum):
    """What a guarantor said; on paper: a signed letter the office keeps."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    ON_PAPER = "on-paper"

    @property
    def stands(self) -> bool:
        """Whether the savings promised are held."""
        return self in (Answer.AGREED, Answer.ON_PAPER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantor:
    """Who stands for a loan with how many rupiah of sukarela; `free` is what they hold unpromised."""

    member_id: int
    name: str
    amount: Rupiah
    answer: Answer
    answered_at: datetime | None
    free: Rupiah  # sukarela less what is held for other running loans

    @property
    def covered(self) -> bool:
        """Whether the sukarela there is reaches the amount promised."""
        return self.free >= self.amount


async def add(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    loan_id: int,
    member: Member,
    amount: Rupiah,
    on: date,
    at: datetime,
    on_paper: bool = False,
) -> None:
    """Name a guarantor of an application, for `amount` rupiah of sukarela, more than zero.

    Nothing is held before the disbursement. Refuses OwnGuarantee, GuarantorNamed, GuaranteesClosed once
    the loan is decided, and who is no member on that day.
    """
    assert amount > 0, amount
    loan = await book.loan(db, koperasi_id=koperasi_id, loan_id=loan_id, lock=True)
    people.require_active(member, on=on)
    if member.id == loan.member_id:
        raise OwnGuarantee(member=member.name)
    if loan.state is not State.APPLIED:
        raise GuaranteesClosed(loan=loan.label)
    made = await db.execute(
        insert(loan_guarantors)
        .values(
            koperasi_id=koperasi_id,
            loan_id=loan_id,
            member_id=member.id,
            amount=amount,
            state=Answer.ON_PAPER if on_paper else Answer.ASKED,
            answered_at=at if on_paper else None,
        )
        .on_conflict_do_nothing()
        .returning(loan_guarantors.c.member_id)
    )
    if made.first() is None:
        raise GuarantorNamed(member=member.name, loan=loan.label, amount=amount)


async def answer(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    loan_id: int,
    member_id: int,
    agrees: bool,
    at: datetime,
) -> None:
    """Keep what a guarantor says; it may be said otherwise until the loan is disbursed.

    Refuses NotGuarantor, GuaranteesClosed.
    """
    loan = await book.loan(db, koperasi_id=koperasi_id, loan_id=loan_id, lock=True)
    if loan.state not in (State.APPLIED, State.APPROVED):
        raise GuaranteesClosed(loan=loan.label)
    done = await db.execute(
        update(loan_guarantors)
        .where(
            loan_guarantors.c.koperasi_id == koperasi_id,
            loan_guarantors.c.loan_id == loan_id,
            loan_guarantors.c.member_id == member_id,
        )
        .values(state=Answer.AGREED if agrees else Answer.DECLINED, answered_at=at)
        .returning(loan_guarantors.c.member_id)
    )
    if done.first() is None:
        raise NotGuarantor(loan=loan.label)


async def of_loan(db: AsyncConnection, loan: Loan) -> list[Guarantor]:
    """List who stands for a loan, in the order of the register."""
    key = func.concat(accounts.SUKARELA, ":m", loan_guarantors.c.member_id)
    rows = await db.execute(
        select(
            loan_guarantors.c.member_id,
            people_table.c.name,
            loan_guarantors.c.amount,
            loan_guarantors.c.state,
            loan_guarantors.c.answered_at,
            func.coalesce(ledger_accounts.c.balance, 0),
        )
        .join(
            people_table,
            (people_table.c.koperasi_id == loan_guarantors.c.koperasi_id)
            & (people_table.c.id == loan_guarantors.c.member_id),
        )
        .outerjoin(
            ledger_accounts,
            (ledger_accounts.c.koperasi_id == loan_guarantors.c.koperasi_id)
            & (ledger_accounts.c.key == key),
        )
        .where(
            loan_guarantors.c.koperasi_id == loan.koperasi_id,
            loan_guarantors.c.loan_id == loan.id,
        )
        .order_by(loan_guarantors.c.member_id)
        .limit(100)
    )
    found: list[Guarantor] = []
    for member_id, name, amount, state, answered_at, balance in rows:
        elsewhere = await holds.held(
            db, koperasi_id=loan.koperasi_id, member_id=member_id, besides=loan.id
        )
        found.append(
            Guarantor(
                member_id=member_id,
                name=name,
                amount=amount,
                answer=Answer(state),
                answered_at=answered_at,
                free=max(0, balance - elsewhere),
            )
        )
    return found


async def asked_of(db: AsyncConnection, *, koperasi_id: int, member_id: int) -> list[int]:
    """List the loans that wait for this member's answer, oldest first."""
    rows = await db.execute(
        select(loan_guarantors.c.loan_id)
        .where(
            loan_guarantors.c.koperasi_id == koperasi_id,
            loan_guarantors.c.member_id == member_id,
            loan_guarantors.c.state == Answer.ASKED,
        )
        .order_by(loan_guarantors.c.loan_id)
        .limit(100)
    )
    return list(rows.scalars())
