"""Applications: a member asks for a loan; others decide; what stands in the way is looked at each time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, people, rules
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.loans import book, checks, products, top_up
from core.loans import terms as rules_of
from core.loans.book import Loan, State
from core.loans.checks import Check, Draft
from core.loans.products import Product
from core.loans.terms import BadTerms
from core.money import Rupiah
from core.people import Member
from core.rules import Rules
from core.sealing import Keys
from core.tables.loans import loans

_REPORTED = frozenset({"licence", "rate-cap", "bmpp"})  # of a loan that exists already


class TenorTooLong(Refusal):
    """A product has a longest tenor. Facts: product, longest (instalments)."""

    text = "refusal-tenor-too-long"


class AboveCeiling(Refusal):
    """A product has a ceiling. Facts: product, most (rupiah)."""

    text = "refusal-above-ceiling"


class LoanDecided(Refusal):
    """An application is decided once. Facts: loan, state."""

    text = "refusal-loan-decided"


class OwnApplication(Refusal):
    """Neither who borrows nor who wrote the application down decides on it. Facts: loan."""

    text = "refusal-own-application"


class TooFewApprovers(Refusal):
    """Above the rule two_approvers_above two officers decide. Facts: loan, above (rupiah)."""

    text = "refusal-too-few-approvers"


class ChecklistFails(Refusal):
    """A line of the check list is not fulfilled. Facts: loan, codes (with commas), what (the first)."""

    text = "refusal-checklist-fails"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an applicant tells: what it is for, and rupiah earned a month. Kept sealed."""

    purpose: str | None = None
    income: Rupiah | None = None


async def apply(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    member: Member,
    product: Product,
    principal: Rupiah,
    count: int,
    on: date,
    at: datetime,
    by: str,
    source: str,
    operation: str,
    keys: Keys,
    tops_up: int | None = None,
    told: Told | None = None,
) -> Loan:
    """Write an application down; nothing is booked. `principal` in rupiah, `count` instalments.

    The loan keeps the product's terms of that day. `operation` is the card's id: said again it returns the
    first application. Refuses nonsense only: BadTerms, TenorTooLong, AboveCeiling, NotToppedUp, who is no
    member on that day; the check list stops the decision, not the application.
    """
    before = await book.of_operation(db, koperasi_id=koperasi_id, operation=operation)
    if before is not None:
        return before
    people.require_active(member, on=on)
    check_size(product, principal=principal, count=count)
    if tops_up is not None:
        await top_up.require_own_running(
            db, koperasi_id=koperasi_id, member_id=member.id, loan_id=tops_up
        )
    number = await cooperatives.take_ids(db, koperasi_id, "loan")
    made = await db.scalar(
        insert(loans)
        .values(
            koperasi_id=koperasi_id,
            id=number,
            member_id=member.id,
            product=product.code,
            terms=rules_of.to_json(product.terms),
            principal=principal,
            count=count,
            state=State.APPLIED,
            operation=operation,
            applied_on=on,
            applied_by=by,
            applied_at=at,
            source=source,
            told_sealed=_sealed(told, keys),
            tops_up=tops_up,
        )
        .on_conflict_do_nothing(index_elements=["koperasi_id", "operation"])
        .returning(loans.c.id)
    )
    if made is None:  # The same card pressed twice at once: the other one came first.
        first = await book.of_operation(db, koperasi_id=koperasi_id, operation=operation)
        assert first is not None, operation
        return first
    return await book.loan(db, koperasi_id=koperasi_id, loan_id=made)


def check_size(product: Product, *, principal: Rupiah, count: int) -> None:
    """Refuse a principal or tenor that a product never has: BadTerms, TenorTooLong, AboveCeiling."""
    products.check_terms(product.terms, count=count, principal=principal)
    if count > product.longest:
        raise TenorTooLong(product=product.name, longest=product.longest)
    if product.most is not None and principal > product.most:
        raise AboveCeiling(product=product.name, most=product.most)
    if principal < count * product.terms.round_to:
        raise BadTerms(what="jumlah pinjaman terlalu kecil untuk dibagi menjadi angsuran")


def _sealed(told: Told | None, keys: Keys) -> bytes | None:
    if told is None or (told.purpose is None and told.income is None):
        return None
    return keys.seal_text(json.dumps({"purpose": told.purpose, "income": told.income}))


def told(loan: Loan, keys: Keys) -> Told:
    """Read what the applicant told."""
    text = keys.unseal_text(loan.told_sealed)
    return Told(**json.loads(text)) if text is not None else Told()


async def checklist(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    rules: Rules,
    loan: Loan | Draft,
    keys: Keys,
    on: date,
) -> tuple[Check, ...]:
    """Look at what a loan must fulfil: values only. `rules` are those of that day; see core.loans.checks."""
    draft = Draft.of(loan, told(loan, keys).income) if isinstance(loan, Loan) else loan
    return await checks.run(db, cooperative=cooperative, rules=rules, draft=draft, on=on)


async def require_fulfilled(
    db: AsyncConnection, *, cooperative: Cooperative, rules: Rules, loan: Loan, keys: Keys, on: date
) -> None:
    """Refuse a loan whose check list is not fulfilled: ChecklistFails names the lines."""
    found = await checklist(db, cooperative=cooperative, rules=rules, loan=loan, keys=keys, on=on)
    failing = stopping(loan, found)
    if failing:
        raise ChecklistFails(loan=loan.label, codes=",".join(failing), what=failing[0])


def stopping(loan: Loan, found: Iterable[Check]) -> tuple[str, ...]:
    """Name the lines that stop a loan; of one that came by a file licence, cap and BMPP are reported alone."""
    reported = _REPORTED if loan.product == products.IMPORTED else frozenset[str]()
    return tuple(one.code for one in found if one.passed is False and one.code not in reported)


def needs_two(rules: Rules, principal: Rupiah) -> bool:
    """Say whether two officers decide on a principal: above the rule two_approvers_above."""
    return principal > rules.two_approvers_above


async def decide(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    loan_id: int,
    approvers: tuple[str, ...],
    on: date,
    at: datetime,
    keys: Keys,
) -> Loan:
    """Approve an application: the loan waits for its disbursement. `approvers` as entries name people.

    Everything is looked at again as it is now. Refuses LoanDecided, OwnApplication, TooFewApprovers,
    ChecklistFails and a member who left.
    """
    loan = await book.loan(db, koperasi_id=cooperative.id, loan_id=loan_id, lock=True)
    _require_state(loan, State.APPLIED)
    if {f"person:{loan.member_id}", loan.applied_by} & set(approvers):
        raise OwnApplication(loan=loan.label)
    now = await rules.in_force(db, cooperative.id, on)
    if len(set(approvers)) < (2 if needs_two(now, loan.principal) else 1):
        raise TooFewApprovers(loan=loan.label, above=now.two_approvers_above)
    member = await people.member(db, koperasi_id=cooperative.id, member_id=loan.member_id)
    people.require_active(member, on=on)
    await require_fulfilled(db, cooperative=cooperative, rules=now, loan=loan, keys=keys, on=on)
    return await _change(db, loan, state=State.APPROVED, approvers=list(approvers), decided_at=at)


async def reject(
    db: AsyncConnection, *, koperasi_id: int, loan_id: int, because: str, by: str, at: datetime
) -> Loan:
    """Turn an application down, with the reason. Refuses LoanDecided, OwnApplication."""
    loan = await book.loan(db, koperasi_id=koperasi_id, loan_id=loan_id, lock=True)
    _require_state(loan, State.APPLIED)
    if by == f"person:{loan.member_id}":
        raise OwnApplication(loan=loan.label)
    return await _change(
        db, loan, state=State.REJECTED, approvers=[by], decided_at=at, decided_because=because
    )


async def cancel(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    loan_id: int,
    at: datetime,
    because: str | None = None,
) -> Loan:
    """Take an application back, or an approved loan that was never disbursed. Refuses LoanDecided."""
    loan = await book.loan(db, koperasi_id=koperasi_id, loan_id=loan_id, lock=True)
    _require_state(loan, State.APPLIED, State.APPROVED)
    return await _change(db, loan, state=State.CANCELLED, decided_at=at, decided_because=because)


def require_approved(loan: Loan) -> None:
    """Let pass a loan that waits for its disbursement. Raises LoanDecided."""
    _require_state(loan, State.APPROVED)


def _require_state(loan: Loan, *states: State) -> None:
    if loan.state not in states:
        raise LoanDecided(loan=loan.label, state=loan.state.value)


async def _change(db: AsyncConnection, loan: Loan, **values: object) -> Loan:
    await db.execute(
        update(loans)
        .where(loans.c.koperasi_id == loan.koperasi_id, loans.c.id == loan.id)
        .values(**values)
    )
    return await book.loan(db, koperasi_id=loan.koperasi_id, loan_id=loan.id)
