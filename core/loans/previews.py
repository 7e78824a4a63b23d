"""A payment worked out before it is recorded: its split, what it touches, what settles, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import ledger
from core.calendar import business_date
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.loans import book, journal, replay
from core.loans.book import Loan, Moved, Paid, State, Version
from core.loans.journal import Totals
from core.loans.replay import Line, Position, Settlement
from core.money import Rupiah

_LAST = 2**62  # the number of an entry that comes after every other of its day


class LoanIsSettled(Refusal):
    """Nothing is owed of a settled loan. Facts: loan, on (the day it ended)."""

    text = "refusal-loan-is-settled"


class LoanNotRunning(Refusal):
    """Only a running loan is paid; what comes after a write-off is a recovery. Facts: loan."""

    text = "refusal-loan-not-running"


class PaymentTooMuch(Refusal):
    """More than everything that is owed. Facts: loan, total (the most there is to pay), settlement (of today)."""

    text = "refusal-payment-too-much"


class NotSettlementFigure(Refusal):
    """A settlement is the exact figure of its day. Facts: loan, on, total."""

    text = "refusal-not-settlement-figure"


class PaidSince(Refusal):
    """A loan is not settled, or given a new schedule, on a day before its last payment. Facts: loan, on (of that payment)."""

    text = "refusal-paid-since"


class BeforeDisbursement(Refusal):
    """A loan is not paid before the money was. Facts: loan, on (of the disbursement)."""

    text = "refusal-before-disbursement"


class BeforeRestructuring(Refusal):
    """Payments of an earlier schedule are final. Facts: loan, on (since when this one holds)."""

    text = "refusal-before-restructuring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a payment brings to an instalment, in rupiah; negative where a back-dated one takes a fine away."""

    n: int
    due: date
    principal: Rupiah
    interest: Rupiah
    penalty: Rupiah
    ahead: bool  # not due yet on the day of the payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a payment would do. Money in rupiah; before and after are positions of today."""

    amount: Rupiah
    moved: Totals
    lines: tuple[Touched, ...]
    before: Position
    after: Position
    due: Rupiah  # what was to be paid on the day of the payment: instalments due and fines
    settlement: Settlement  # the figure of that day

    @property
    def ahead(self) -> Rupiah:
        """Return what is paid beyond what was due."""
        return max(self.amount - self.due, 0)

    @property
    def moved_income(self) -> Rupiah:
        """Return what a back-dated payment takes back of fines already received."""
        return max(-self.moved.penalty, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A payment worked out: what would be recorded. Money in rupiah."""

    version: Version
    before: Position
    after: Position
    moved: Totals
    figure: Settlement


async def preview(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    loan: Loan,
    amount: Rupiah,
    on: date,
    at: datetime,
    settles: bool = False,
) -> Preview:
    """Work out a payment of `amount` rupiah, more than zero, without recording it.

    Refuses what pay refuses of the loan, the amount and the day.
    """
    assert amount > 0, amount
    today = business_date(at, cooperative.zone)
    moves = await book.moved(db, loan)
    plan = await planned(db, loan, moves, amount=amount, on=on, today=today, settles=settles)
    that_day = replay.replay(plan.version, book.live(moves, loan.version), on)
    return Preview(
        amount=amount,
        moved=plan.moved,
        lines=tuple(_touched(old, new, on) for old, new in replay.changes(plan.before, plan.after)),
        before=plan.before,
        after=plan.after,
        due=that_day.due_now,
        settlement=plan.figure,
    )


def _touched(old: Line, new: Line, on: date) -> Touched:
    return Touched(
        n=new.n,
        due=new.due,
        principal=new.principal_paid - old.principal_paid,
        interest=new.interest_paid - old.interest_paid,
        penalty=new.penalty_paid - old.penalty_paid,
        ahead=new.due > on,
    )


async def figure(
    db: AsyncConnection, *, cooperative: Cooperative, loan: Loan, on: date, at: datetime
) -> Settlement:
    """Say what settles a running loan on a day. Refuses as pay does, and PaidSince."""
    today = business_date(at, cooperative.zone)
    require_running(loan)
    version = await book.version(db, loan)
    live = book.live(await book.moved(db, loan), loan.version)
    require_day(loan, version, on, today)
    require_last(loan, live, on)
    return replay.settlement(version, live, on)


def require_running(loan: Loan) -> None:
    """Let pass a running loan. Raises LoanIsSettled, LoanNotRunning."""
    if loan.state is State.SETTLED:
        raise LoanIsSettled(loan=loan.label, on=loan.settled_on)
    if loan.state is not State.RUNNING:
        raise LoanNotRunning(loan=loan.label)


def require_day(loan: Loan, version: Version, on: date, today: date) -> None:
    """Let pass a day on which this schedule takes payments. Raises FutureDate, BeforeDisbursement, BeforeRestructuring."""
    if on > today:
        raise ledger.FutureDate(on=on)
    if loan.disbursed_on is not None and on < loan.disbursed_on:
        raise BeforeDisbursement(loan=loan.label, on=loan.disbursed_on)
    if on < version.starts_on:
        raise BeforeRestructuring(loan=loan.label, on=version.starts_on)


def require_last(loan: Loan, live: Sequence[Paid], on: date) -> None:
    """Let pass a day on or after that of every payment. Raises PaidSince."""
    last = max((paid.on for paid in live), default=on)
    if last > on:
        raise PaidSince(loan=loan.label, on=last)


async def planned(
    db: AsyncConnection,
    loan: Loan,
    moves: Sequence[Moved],
    *,
    amount: Rupiah,
    on: date,
    today: date,
    settles: bool,
) -> Plan:
    """Work a payment out against everything that was paid, later payments with it; refuse what may not be."""
    require_running(loan)
    version = await book.version(db, loan)
    require_day(loan, version, on, today)
    live = book.live(moves, loan.version)
    that_day = replay.settlement(version, live, on)
    if settles:
        require_last(loan, live, on)
        if amount != that_day.total:
            raise NotSettlementFigure(loan=loan.label, on=on, total=that_day.total)
    before = replay.replay(version, live, today)
    paid = Paid(entry=_LAST, on=on, amount=amount, settles=settles)
    after = replay.replay(version, (*live, paid), today)
    if after.surplus:
        raise PaymentTooMuch(
            loan=loan.label,
            total=_most(version, live, on, today, amount),
            settlement=replay.settlement(version, live, today).total,
        )
    moved = journal.totals(after) - journal.totals(before)
    return Plan(version=version, before=before, after=after, moved=moved, figure=that_day)


def _most(
    version: Version, live: Sequence[Paid], on: date, today: date, too_much: Rupiah
) -> Rupiah:
    """Find the largest payment of a day that leaves nothing over; an earlier one makes fines fall away."""
    fits, above = 0, too_much
    while above - fits > 1:
        tried = (fits + above) // 2
        paid = Paid(entry=_LAST, on=on, amount=tried)
        if replay.replay(version, (*live, paid), today).surplus:
            above = tried
        else:
            fits = tried
    return fits
