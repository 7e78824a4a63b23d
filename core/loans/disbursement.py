"""Disbursement: an approved loan is paid out, fees kept back, an old loan settled by it when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, ledger, people, savings
from core.accounts import CASH, PLACES
from core.calendar import business_date
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.ledger import Posting
from core.loans import applications, book, hands, schedule, top_up, versions
from core.loans import replay as replays
from core.loans.book import Instalment, Loan, State
from core.loans.checks import Check
from core.loans.collectibility import Cause
from core.loans.keep import keep
from core.loans.top_up import TopUp
from core.money import Rupiah
from core.people import Standing
from core.rules import Rules
from core.sealing import Keys
from core.tables.ledger import entries
from core.tables.loans import loans

KIND = "loan-disbursement"


class LoanNotApproved(Refusal):
    """Only an approved loan is paid out. Facts: loan, state."""

    text = "refusal-loan-not-approved"


class DisbursedBefore(Refusal):
    """A loan is paid out once. Facts: loan, on (the day)."""

    text = "refusal-disbursed-before"


class BeforeApplication(Refusal):
    """A loan is not paid out before the day it was applied for. Facts: loan, applied_on."""

    text = "refusal-before-application"


class NotApprovedAmount(Refusal):
    """What was approved is paid out, not more and not less. Facts: loan, approved (rupiah)."""

    text = "refusal-not-approved-amount"


class NetNotPositive(Refusal):
    """Fees and the old loan leave nothing to pay out. Facts: loan, net, topped_up, fees (rupiah)."""

    text = "refusal-net-not-positive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a disbursement on a day would be, in rupiah; `checks` not fulfilled would stop it."""

    principal: Rupiah
    provisi: Rupiah
    administrasi: Rupiah
    top_up: TopUp | None
    rows: tuple[Instalment, ...]
    checks: tuple[Check, ...] = ()

    @property
    def topped_up(self) -> Rupiah:
        """What settles the old loan."""
        return self.top_up.figure.total if self.top_up else 0

    @property
    def net(self) -> Rupiah:
        """What the borrower gets in hand."""
        return self.principal - self.provisi - self.administrasi - self.topped_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Disbursed:
    """A loan as it was paid out. Money in rupiah; `rows` is its first schedule."""

    loan: Loan
    entry: int
    hash: bytes
    principal: Rupiah
    provisi: Rupiah
    administrasi: Rupiah
    topped_up: Rupiah
    net: Rupiah
    rows: tuple[Instalment, ...]
    cash: str  # the cash box or bank it was paid out of
    repeated: bool

    @property
    def first_due(self) -> date:
        """The day of the first instalment."""
        return self.rows[0].due


def require_amount(loan: Loan, amount: Rupiah | None) -> None:
    """Refuse an amount that is not the approved one: NotApprovedAmount. None: nothing was said."""
    if amount is not None and amount != loan.principal:
        raise NotApprovedAmount(loan=loan.label, approved=loan.principal)


def require_waiting(loan: Loan) -> None:
    """Let pass a loan that is approved and not paid out. Raises LoanNotApproved, DisbursedBefore."""
    if loan.state in (State.RUNNING, State.SETTLED, State.WRITTEN_OFF):
        raise DisbursedBefore(loan=loan.label, on=loan.disbursed_on)
    if loan.state is not State.APPROVED:
        raise LoanNotApproved(loan=loan.label, state=loan.state.value)


async def preview(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    rules: Rules,
    loan: Loan,
    on: date,
    keys: Keys,
) -> Preview:
    """Work out a disbursement without recording it: fees, net, schedule, old loan, check list.

    `rules` are those of that day. Refuses LoanNotApproved, DisbursedBefore, BeforeApplication, PaidAfter.
    """
    require_waiting(loan)
    found = await applications.checklist(
        db, cooperative=cooperative, rules=rules, loan=loan, keys=keys, on=on
    )
    return await _plan(db, loan, rules, on, found)


async def _plan(
    db: AsyncConnection,
    loan: Loan,
    rules: Rules,
    on: date,
    found: tuple[Check, ...] = (),
    *,
    lock: bool = False,
) -> Preview:
    if on < loan.applied_on:
        raise BeforeApplication(loan=loan.label, applied_on=loan.applied_on)
    return Preview(
        principal=loan.principal,
        provisi=loan.terms.fee(loan.principal),
        administrasi=loan.terms.administrasi,
        top_up=await top_up.of(db, loan, on, lock=lock),
        rows=schedule.make(
            principal=loan.principal,
            count=loan.count,
            terms=loan.terms,
            disbursed=on,
            rest_days=rules.rest_days,
        ),
        checks=found,
    )


async def disburse(
    db: AsyncConnection,
    *,
    officer: Standing,
    loan_id: int,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    keys: Keys,
    note: str | None = None,
    cash: str = CASH,
    approver: str | None = None,
) -> Disbursed:
    """Pay an approved loan out: one entry, a schedule, and the loan runs.

    Debits the loan's account (113100) by the principal; credits `cash`, a cash box or bank (111000), with the net, provisi to 411100 (to
    113120 when it is spread), administrasi to 411200 and, in a top-up, the old loan's principal, interest
    (411000) and fines (411300) by its settlement figure of that day. Dates on holidays move by the rules of
    that day. It may be dated back to the day of the application within the open period. Check list and
    membership are looked at again. Refuses NotAllowed, OwnLoan (the borrower, or who approved the loan, with
    nobody else), BackDated without an approver, LoanNotApproved, DisbursedBefore, BeforeApplication, ChecklistFails, NotToppedUp, PaidAfter,
    NetNotPositive, who is no member then, and what ledger.post refuses.
    """
    assert cash in PLACES, cash
    hands.require_recorder(officer)
    cooperative = officer.cooperative
    loan = await book.loan(db, koperasi_id=cooperative.id, loan_id=loan_id, lock=True)
    first = await _recorded(db, loan, operation)
    if first is not None:
        return first
    today = business_date(at, cooperative.zone)
    plan = await _allowed(db, officer, loan, on=on, today=today, keys=keys, approver=approver)
    entry = await ledger.post(
        db,
        _postings(loan, plan, cash),
        koperasi_id=cooperative.id,
        kind=KIND,
        on=on,
        at=at,
        zone=cooperative.zone,
        recorder=officer.recorder,
        source=source,
        operation=operation,
        reason=note,
        approver=approver,
    )
    # Once more: the book is locked now, and nobody withdraws, borrows or is paid out meanwhile.
    await _require_fulfilled(db, officer, loan, on, keys)
    await _start(db, loan, plan.rows, on, at, entry.number, officer.recorder, today)
    if plan.top_up is not None:
        await top_up.settle(db, plan.top_up, entry=entry.number, on=on, today=today, at=at)
    return Disbursed(
        loan=await book.loan(db, koperasi_id=cooperative.id, loan_id=loan_id),
        entry=entry.number,
        hash=entry.hash,
        principal=plan.principal,
        provisi=plan.provisi,
        administrasi=plan.administrasi,
        topped_up=plan.topped_up,
        net=plan.net,
        rows=plan.rows,
        cash=cash,
        repeated=False,
    )


async def _allowed(
    db: AsyncConnection,
    officer: Standing,
    loan: Loan,
    *,
    on: date,
    today: date,
    keys: Keys,
    approver: str | None,
) -> Preview:
    """Look at everything that may stand in the way, and say what is paid out."""
    require_waiting(loan)
    hands.require_other_hands(officer, loan, approver=approver)
    hands.require_not_decided_by(officer, loan, approver=approver)
    if approver is None:
        savings.require_recent(officer, on=on, today=today)
    here = officer.cooperative
    member = await people.member(db, koperasi_id=here.id, member_id=loan.member_id)
    people.require_active(member, on=on)
    plan = await _plan(db, loan, officer.rules.on(on), on, lock=True)
    await _require_fulfilled(db, officer, loan, on, keys)
    if plan.net <= 0:
        fees = plan.provisi + plan.administrasi
        raise NetNotPositive(loan=loan.label, net=plan.net, topped_up=plan.topped_up, fees=fees)
    return plan


def _postings(loan: Loan, plan: Preview, cash: str) -> list[Posting]:
    """Cash first, then fees, then the old loan (domain 3.1, events 5 and 14)."""
    provisi = book.PROVISI_DEFERRED if loan.terms.provisi_spread else book.PROVISI_INCOME
    pairs = [
        (loan.account, cash, plan.net),
        (loan.account, provisi, plan.provisi),
        (loan.account, book.ADMINISTRASI_INCOME, plan.administrasi),
    ]
    if (old := plan.top_up) is not None:
        pairs += [
            (loan.account, old.loan.account, old.figure.principal),
            (loan.account, book.INTEREST_INCOME, old.figure.interest),
            (loan.account, book.PENALTY_INCOME, old.figure.penalty),
            (book.PROVISI_DEFERRED, book.PROVISI_INCOME, old.provisi),
        ]
    return [
        Posting(debit=debit, credit=credit, amount=amount)
        for debit, credit, amount in pairs
        if amount
    ]


async def _require_fulfilled(
    db: AsyncConnection, officer: Standing, loan: Loan, on: date, keys: Keys
) -> None:
    await applications.require_fulfilled(
        db,
        cooperative=officer.cooperative,
        rules=officer.rules.on(on),
        loan=loan,
        keys=keys,
        on=on,
    )


async def _start(
    db: AsyncConnection,
    loan: Loan,
    rows: Sequence[Instalment],
    on: date,
    at: datetime,
    entry: int,
    by: str,
    today: date,
) -> None:
    """Write the schedule and let the loan run."""
    number = await versions.write(
        db,
        loan,
        rows=rows,
        terms=loan.terms,
        principal=loan.principal,
        starts_on=on,
        entry=entry,
        by=by,
        at=at,
    )
    await db.execute(
        update(loans)
        .where(loans.c.koperasi_id == loan.koperasi_id, loans.c.id == loan.id)
        .values(disbursed_on=on, entry=entry)
    )
    version = await book.version(db, loan, number)
    position = replays.replay(version, (), today)
    await keep(db, loan, version, position, on=today, at=at, cause=Cause.DAYS)


async def _recorded(db: AsyncConnection, loan: Loan, operation: str) -> Disbursed | None:
    """Return what this operation did when it was recorded before."""
    row = (
        await db.execute(
            select(entries.c.number, entries.c.hash).where(
                entries.c.koperasi_id == loan.koperasi_id, entries.c.operation == operation
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.number != loan.entry:
        raise ledger.OperationDiffers(row.number, "loan")
    raw = await database.driver(db)
    credited: dict[str, Rupiah] = dict(
        await raw.fetch(
            "SELECT c.key, sum(p.amount)::bigint FROM ledger.postings p"
            " JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit"
            " JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit"
            " WHERE p.koperasi_id = $1 AND p.entry = $2 AND d.key = $3 GROUP BY c.key",
            loan.koperasi_id,
            row.number,
            loan.account,
        )
    )
    provisi = credited.get(book.PROVISI_INCOME, 0) + credited.get(book.PROVISI_DEFERRED, 0)
    administrasi = credited.get(book.ADMINISTRASI_INCOME, 0)
    (cash,) = credited.keys() & set(PLACES)  # the net is more than zero
    net = credited[cash]
    return Disbursed(
        loan=loan,
        entry=row.number,
        hash=row.hash,
        principal=loan.principal,
        provisi=provisi,
        administrasi=administrasi,
        topped_up=loan.principal - net - provisi - administrasi,
        net=net,
        rows=(await book.version(db, loan, await versions.of_entry(db, loan, row.number))).rows,
        cash=cash,
        repeated=True,
    )
