"""Write-off and recovery: a lost loan leaves the books, the claim does not, and what still comes in is income."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances, database, ledger
from core.accounts import CASH, PLACES
from core.errors import Refusal
from core.ledger import Posting
from core.loans import book, hands, journal, previews
from core.loans import replay as replays
from core.loans.book import Loan, Moved, State
from core.loans.journal import Totals
from core.money import Rupiah
from core.people import Standing
from core.tables.ledger import entries
from core.tables.loans import loans

WRITE_OFF = "loan-write-off"
RECOVERY = "loan-recovery"


class NotWrittenOff(Refusal):
    """Only of a loan that was written off something is recovered. Facts: loan."""

    text = "refusal-not-written-off"


class BeforeWriteOff(Refusal):
    """What came in before a loan was written off was an instalment. Facts: loan, on (of the write-off)."""

    text = "refusal-before-write-off"


class NothingToWriteOff(Refusal):
    """No principal is left in the books; fines and interest never were. Facts: loan."""

    text = "refusal-nothing-to-write-off"


class RecoveryTooMuch(Refusal):
    """No more is recovered than is claimed. Facts: loan, claimed (rupiah still)."""

    text = "refusal-recovery-too-much"


class AllowanceMoved(Refusal):
    """The allowance was used by another entry at the same moment: once more, please."""

    text = "refusal-allowance-moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An entry of the book, and whether its operation had been recorded before."""

    number: int
    hash: bytes
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOff:
    """A loan as it left the books. `from_allowance` and `loss` add up to `principal`, in rupiah."""

    loan: Loan
    entry: int
    hash: bytes
    principal: Rupiah
    from_allowance: Rupiah  # 113110
    loss: Rupiah  # 527000
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Cash that came in for a written-off loan; `claimed` is what is claimed after it, in rupiah."""

    loan: Loan
    entry: int
    hash: bytes
    amount: Rupiah
    claimed: Rupiah
    cash: str  # the cash box or bank it came in through
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the borrower owed on the day of the write-off, beside the books, and what came in since."""

    on: date
    principal: Rupiah
    interest: Rupiah  # earned until then and unpaid
    penalty: Rupiah
    recovered: Rupiah

    @property
    def left(self) -> Rupiah:
        """Return what is still claimed."""
        return self.principal + self.interest + self.penalty - self.recovered


async def write_off(
    db: AsyncConnection,
    *,
    officer: Standing,
    loan_id: int,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    reason: str,
    approver: str,
) -> WrittenOff:
    """Take a running loan out of the books, as somebody else approved; the claim is kept beside them.

    Debits the allowance (113110) as far as it reaches and 527000 by what is missing, credits the loan's
    account by its principal; provisi still deferred (113120) becomes income (411100). Unpaid interest and
    fines were never booked and stay claimed as of that day. Refuses NotAllowed, OwnLoan, LoanIsSettled,
    LoanNotRunning, NothingToWriteOff, PaidSince, BeforeDisbursement, BeforeRestructuring, AllowanceMoved and what ledger.post
    refuses. Law: domain 3.1, event 11.
    """
    assert reason.strip(), "a write-off says why"
    here = officer.cooperative
    hands.require_recorder(officer)
    loan = await book.loan(db, koperasi_id=here.id, loan_id=loan_id, lock=True)
    hands.require_second(officer, loan, approver=approver)
    facts: dict[str, Any] = {
        "koperasi_id": here.id, "kind": WRITE_OFF, "on": on, "at": at, "zone": here.zone,
        "recorder": officer.recorder, "source": source, "operation": operation, "reason": reason,
        "approver": approver,
    }  # fmt: skip
    first = await _first(db, loan, operation)
    if first is not None:
        return await _written_off(db, loan, first)
    previews.require_running(loan)
    figure = await previews.figure(db, cooperative=here, loan=loan, on=on, at=at)
    if not figure.principal:
        raise NothingToWriteOff(loan=loan.label)
    version = await book.version(db, loan)
    live = book.live(await book.moved(db, loan), loan.version)
    provisi = replays.replay(version, live, on).provisi_left
    allowance = await balances.of_account(db, koperasi_id=here.id, key=book.ALLOWANCE)
    from_allowance = max(0, min(allowance, figure.principal))
    entry = await ledger.post(db, _lines(loan, figure.principal, from_allowance, provisi), **facts)
    if from_allowance and entry.balance_of(book.ALLOWANCE) < 0:
        raise AllowanceMoved
    moved = Totals(principal=figure.principal, provisi=provisi)
    await journal.record(
        db, loan, moved, entry=entry.number, version=loan.version, kind="write-off", on=on, amount=0
    )
    await _change(
        db,
        loan,
        state=State.WRITTEN_OFF,
        outstanding=0,
        oldest_due=None,
        written_off=figure.principal,
    )
    done = Entered(number=entry.number, hash=entry.hash, repeated=False)
    return await _written_off(db, loan, done)


def _lines(loan: Loan, principal: Rupiah, from_allowance: Rupiah, provisi: Rupiah) -> list[Posting]:
    pairs = (
        (book.ALLOWANCE, loan.account, from_allowance),
        (book.ALLOWANCE_EXPENSE, loan.account, principal - from_allowance),
        (book.PROVISI_DEFERRED, book.PROVISI_INCOME, provisi),
    )
    return [
        Posting(debit=debit, credit=credit, amount=amount)
        for debit, credit, amount in pairs
        if amount
    ]


async def recover(
    db: AsyncConnection,
    *,
    officer: Standing,
    loan_id: int,
    amount: Rupiah,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    note: str | None = None,
    cash: str = CASH,
    approver: str | None = None,
) -> Recovered:
    """Record cash that came in for a written-off loan, `amount` rupiah, more than zero.

    Debits `cash`, a cash box or bank (111000), credits 419000; the loan keeps what was recovered. Refuses NotAllowed, OwnLoan,
    NotWrittenOff, BeforeWriteOff, RecoveryTooMuch and what ledger.post refuses. Law: domain 3.1, event 12.
    """
    assert amount > 0, amount
    assert cash in PLACES, cash
    here = officer.cooperative
    hands.require_recorder(officer)
    loan = await book.loan(db, koperasi_id=here.id, loan_id=loan_id, lock=True)
    hands.require_other_hands(officer, loan, approver=approver)
    if await _first(db, loan, operation) is None:
        await _require_claimed(db, loan, amount, on)
    entry = await ledger.post(
        db, [Posting(debit=cash, credit=book.RECOVERY_INCOME, amount=amount)],
        koperasi_id=here.id, kind=RECOVERY, on=on, at=at, zone=here.zone,
        recorder=officer.recorder, source=source, operation=operation, reason=note,
        approver=approver,
    )  # fmt: skip
    if not entry.repeated:
        await journal.record(
            db, loan, Totals(), entry=entry.number, version=loan.version, kind="recovery", on=on,
            amount=amount,
        )  # fmt: skip
        await _change(db, loan, recovered=loan.recovered + amount)
    now = await book.loan(db, koperasi_id=here.id, loan_id=loan_id)
    left = await claimed(db, now)
    assert left is not None, loan.label
    return Recovered(
        loan=now,
        entry=entry.number,
        hash=entry.hash,
        amount=amount,
        claimed=left.left,
        cash=cash,
        repeated=entry.repeated,
    )


async def _require_claimed(db: AsyncConnection, loan: Loan, amount: Rupiah, on: date) -> None:
    claim = await claimed(db, loan)
    if claim is None:
        raise NotWrittenOff(loan=loan.label)
    if on < claim.on:
        raise BeforeWriteOff(loan=loan.label, on=claim.on)
    if amount > claim.left:
        raise RecoveryTooMuch(loan=loan.label, claimed=claim.left)


async def claimed(db: AsyncConnection, loan: Loan) -> Claim | None:
    """Say what is claimed of a loan that was written off; None when it was not, or not any more."""
    if loan.state is not State.WRITTEN_OFF:
        return None
    moves = await book.moved(db, loan)
    move = _standing(moves)
    version = await book.version(db, loan)
    figure = replays.settlement(version, book.live(moves, loan.version), move.on)
    return Claim(
        on=move.on,
        principal=loan.written_off,
        interest=figure.interest,
        penalty=figure.penalty,
        recovered=loan.recovered,
    )


def _standing(moves: list[Moved]) -> Moved:
    """Find the write-off that holds."""
    back = {move.reverses for move in moves}
    return next(move for move in moves if move.kind == "write-off" and move.entry not in back)


async def _first(db: AsyncConnection, loan: Loan, operation: str) -> Entered | None:
    """Find the entry of an operation that was recorded before; another loan's is OperationDiffers."""
    row = (
        await db.execute(
            select(entries.c.number, entries.c.hash).where(
                entries.c.koperasi_id == loan.koperasi_id, entries.c.operation == operation
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.number not in {move.entry for move in await book.moved(db, loan)}:
        raise ledger.OperationDiffers(row.number, "loan")
    return Entered(number=row.number, hash=row.hash, repeated=True)


async def _written_off(db: AsyncConnection, loan: Loan, entry: Entered) -> WrittenOff:
    """Say what an entry wrote off, as the ledger holds it."""
    raw = await database.driver(db)
    debited: dict[str, Rupiah] = dict(
        await raw.fetch(_DEBITED, loan.koperasi_id, entry.number, loan.account)
    )
    return WrittenOff(
        loan=await book.loan(db, koperasi_id=loan.koperasi_id, loan_id=loan.id),
        entry=entry.number,
        hash=entry.hash,
        principal=sum(debited.values()),
        from_allowance=debited.get(book.ALLOWANCE, 0),
        loss=debited.get(book.ALLOWANCE_EXPENSE, 0),
        repeated=entry.repeated,
    )


_DEBITED = """
SELECT d.key, sum(p.amount)::bigint FROM ledger.postings p
  JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit
  JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit
 WHERE p.koperasi_id = $1 AND p.entry = $2 AND c.key = $3
 GROUP BY d.key
"""


async def _change(db: AsyncConnection, loan: Loan, **values: object) -> None:
    await db.execute(
        update(loans)
        .where(loans.c.koperasi_id == loan.koperasi_id, loans.c.id == loan.id)
        .values(**values)
    )
