"""Restructuring: a new schedule over what is owed, with a reason; the class waits for three instalments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import ledger
from core.calendar import business_date
from core.errors import Refusal
from core.ledger import Posting
from core.loans import (
    book,
    collectibility,
    hands,
    journal,
    previews,
    products,
    replay,
    schedule,
    versions,
)
from core.loans import terms as rules_of
from core.loans.book import Instalment, Loan, Paid, Version
from core.loans.journal import Totals
from core.loans.keep import keep
from core.loans.terms import Terms
from core.money import Rupiah
from core.people import Standing
from core.rules import Rules
from core.tables.loans import loan_versions, loans

KIND = "loan-restructuring"


class NothingToReschedule(Refusal):
    """Only principal is given a new schedule; what is left of jasa and fines is paid as it is. Facts: loan."""

    text = "refusal-nothing-to-reschedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a restructuring would make, in rupiah."""

    principal: Rupiah  # of the new schedule
    carried_interest: Rupiah  # due with its first instalment
    carried_penalty: Rupiah  # due at once
    capitalised: Rupiah  # interest that became principal
    running_interest: (
        Rupiah  # of either: what the running period earned in `running_days` of `period_days`
    )
    running_days: int
    period_days: int
    rows: tuple[Instalment, ...]


async def preview(
    db: AsyncConnection,
    *,
    loan: Loan,
    rules: Rules,
    terms: Terms,
    count: int,
    on: date,
    at: datetime,
    zone: str,
    first_due: date | None = None,
    capitalise: bool = False,
) -> Preview:
    """Work a restructuring out without recording it; `rules` are those of that day. Refuses as restructure does."""
    previews.require_running(loan)
    version = await book.version(db, loan)
    live = book.live(await book.moved(db, loan), loan.version)
    return _planned(
        loan, version, live, rules, _kept(loan, terms), count=count, first_due=first_due, on=on,
        today=business_date(at, zone), capitalise=capitalise,
    )  # fmt: skip


async def restructure(
    db: AsyncConnection,
    *,
    officer: Standing,
    loan_id: int,
    terms: Terms,
    count: int,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    reason: str,
    approver: str,
    first_due: date | None = None,
    capitalise: bool = False,
) -> Version:
    """Give what is owed of a running loan a new schedule of `count` instalments, from a day on.

    Principal is what is left. Unpaid interest to that day (the running period by its days, as a settlement
    counts it) and unpaid fines are carried: due with the first instalment, and at once. The rest of the old
    schedule's interest falls away. With `capitalise` the interest becomes principal instead: debits the loan's account (113100), credits 411000. Without it nothing is posted. Fees
    are not charged again; provisi still deferred goes on with the new schedule. The class gets no better
    before three instalments are paid. Refuses NotAllowed, OwnLoan, LoanIsSettled, LoanNotRunning, PaidSince,
    BeforeDisbursement, BeforeRestructuring, NothingToReschedule, BadTerms, RateAboveCap (of a rate that rises),
    and what ledger.post refuses. Said again with the same `operation` it returns the version it made.
    """
    assert reason.strip(), "a new schedule says why"
    hands.require_recorder(officer)
    here = officer.cooperative
    loan = await book.loan(db, koperasi_id=here.id, loan_id=loan_id, lock=True)
    made = await _made(db, loan, operation)
    if made is not None:
        return await book.version(db, loan, made)
    hands.require_second(officer, loan, approver=approver)
    previews.require_running(loan)
    today = business_date(at, here.zone)
    old = await book.version(db, loan)
    live = book.live(await book.moved(db, loan), loan.version)
    plan = _planned(
        loan, old, live, officer.rules.on(on), _kept(loan, terms), count=count, first_due=first_due,
        on=on, today=today, capitalise=capitalise,
    )  # fmt: skip
    # The class of this moment first: it is the floor from now on.
    before = replay.replay(old, live, today)
    await collectibility.reassess(
        db, loan, overdue_days=before.overdue_days, paid_rows=before.paid_rows, on=today, at=at,
        cause="days",
    )  # fmt: skip
    entry = None
    if plan.capitalised:
        entry = await _capitalise(
            db, officer, loan, plan.capitalised, on=on, at=at, operation=operation, source=source,
            reason=reason, approver=approver,
        )  # fmt: skip
    number = await versions.write(
        db, loan, rows=plan.rows, terms=_kept(loan, terms), principal=plan.principal, starts_on=on,
        entry=entry, by=officer.recorder, at=at, carried_interest=plan.carried_interest,
        carried_penalty=plan.carried_penalty, reason=reason, operation=operation,
    )  # fmt: skip
    await _hold_class(db, loan, _kept(loan, terms))
    version = await book.version(db, loan, number)
    position = replay.replay(version, (), today)
    await keep(db, loan, version, position, on=today, at=at, cause="restructuring")
    return version


async def _capitalise(
    db: AsyncConnection,
    officer: Standing,
    loan: Loan,
    interest: Rupiah,
    *,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    reason: str,
    approver: str,
) -> int:
    """Let unpaid interest become principal; the row stands under the schedule that earned it."""
    here = officer.cooperative
    entry = await ledger.post(
        db,
        [Posting(debit=loan.account, credit=book.INTEREST_INCOME, amount=interest)],
        koperasi_id=here.id,
        kind=KIND,
        on=on,
        at=at,
        zone=here.zone,
        recorder=officer.recorder,
        source=source,
        operation=operation,
        reason=reason,
        approver=approver,
    )
    await journal.record(
        db,
        loan,
        Totals(principal=-interest, interest=interest),
        entry=entry.number,
        version=loan.version,
        kind="adjustment",
        on=on,
        amount=0,
    )
    return entry.number


def _kept(loan: Loan, terms: Terms) -> Terms:
    """Return the new terms with the fees of the loan as it was paid out: none is charged again."""
    fees = loan.terms
    return replace(
        terms,
        provisi=fees.provisi,
        provisi_spread=fees.provisi_spread,
        administrasi=fees.administrasi,
    )


def _planned(
    loan: Loan,
    old: Version,
    live: Sequence[Paid],
    rules: Rules,
    terms: Terms,
    *,
    count: int,
    first_due: date | None,
    on: date,
    today: date,
    capitalise: bool,
) -> Preview:
    previews.require_day(loan, old, on, today)
    previews.require_last(loan, live, on)
    products.check_terms(terms, count=count)
    if terms.yearly_rate > old.terms.yearly_rate:
        products.check_rate(terms, cap=rules.rate_cap)
    position = replay.replay(old, live, on)
    if not position.principal_left:
        raise NothingToReschedule(loan=loan.label)
    owed = replay.carried_over(old, live, on)
    capitalised = owed.interest if capitalise else 0
    principal = position.principal_left + capitalised
    return Preview(
        principal=principal,
        carried_interest=owed.interest - capitalised,
        carried_penalty=position.penalty_left,
        capitalised=capitalised,
        running_interest=owed.running_interest,
        running_days=owed.running_days,
        period_days=owed.period_days,
        rows=schedule.make(
            principal=principal,
            count=count,
            terms=terms,
            disbursed=on,
            first_due=first_due,
            rest_days=rules.rest_days,
        ),
    )


async def _made(db: AsyncConnection, loan: Loan, operation: str) -> int | None:
    """Return the version this operation made of the loan, when it was recorded before."""
    return await db.scalar(
        select(loan_versions.c.version).where(
            loan_versions.c.koperasi_id == loan.koperasi_id,
            loan_versions.c.loan_id == loan.id,
            loan_versions.c.operation == operation,
        )
    )


async def _hold_class(db: AsyncConnection, loan: Loan, terms: Terms) -> None:
    """Keep the class from getting better for now, and the rhythm by which it is looked up."""
    await db.execute(
        update(loans)
        .where(loans.c.koperasi_id == loan.koperasi_id, loans.c.id == loan.id)
        .values(class_floor=loans.c.klass, terms=rules_of.to_json(terms))
    )
