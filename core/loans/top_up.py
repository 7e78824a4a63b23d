"""Top-up: a new loan's disbursement settles an old one of the same borrower, by its figure of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import Refusal
from core.loans import book, journal
from core.loans import replay as replays
from core.loans.book import Loan, Paid, State, Version
from core.loans.collectibility import Cause
from core.loans.journal import Totals
from core.loans.keep import keep
from core.loans.replay import Settlement
from core.money import Rupiah

_LAST = 2**62  # the number of an entry that comes after every other of its day


class NotToppedUp(Refusal):
    """Only an own running loan is settled by a new one. Facts: loan."""

    text = "refusal-not-topped-up"


class PaidAfter(Refusal):
    """The old loan received a payment after that day: its figure of that day does not hold. Facts: loan, on."""

    text = "refusal-paid-after"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """The old loan and what settles it, in rupiah; `provisi` is taken out of 113120 with it."""

    loan: Loan
    version: Version
    payments: tuple[Paid, ...]
    figure: Settlement
    provisi: Rupiah


async def require_own_running(
    db: AsyncConnection, *, koperasi_id: int, member_id: int, loan_id: int, lock: bool = False
) -> Loan:
    """Read the loan that is to be settled. Raises NotToppedUp."""
    old = await book.loan(db, koperasi_id=koperasi_id, loan_id=loan_id, lock=lock)
    if old.member_id != member_id or old.state is not State.RUNNING:
        raise NotToppedUp(loan=old.label)
    return old


async def of(db: AsyncConnection, loan: Loan, on: date, *, lock: bool = False) -> TopUp | None:
    """Work out what settles the old loan on a day, if there is one. Refuses NotToppedUp, PaidAfter."""
    if loan.tops_up is None:
        return None
    old = await require_own_running(
        db,
        koperasi_id=loan.koperasi_id,
        member_id=loan.member_id,
        loan_id=loan.tops_up,
        lock=lock,
    )
    version = await book.version(db, old)
    payments = book.live(await book.moved(db, old), version.version)
    if on < version.starts_on or any(paid.on > on for paid in payments):
        raise PaidAfter(loan=old.label, on=on)
    figure = replays.settlement(version, payments, on)
    before = replays.replay(version, payments, on)
    settled = Paid(entry=_LAST, on=on, amount=figure.total, settles=True)
    after = replays.replay(version, (*payments, settled), on)
    return TopUp(
        loan=old,
        version=version,
        payments=payments,
        figure=figure,
        provisi=after.provisi_recognised - before.provisi_recognised,
    )


async def settle(
    db: AsyncConnection, old: TopUp, *, entry: int, on: date, today: date, at: datetime
) -> None:
    """Keep that the old loan received its figure by this entry."""
    figure = old.figure
    moved = Totals(
        principal=figure.principal,
        interest=figure.interest,
        penalty=figure.penalty,
        provisi=old.provisi,
    )
    await journal.record(
        db,
        old.loan,
        moved,
        entry=entry,
        version=old.version.version,
        kind="settlement",
        on=on,
        amount=figure.total,
    )
    paid = Paid(entry=entry, on=on, amount=figure.total, settles=True)
    position = replays.replay(old.version, (*old.payments, paid), today)
    await keep(db, old.loan, old.version, position, on=today, at=at, cause=Cause.PAYMENT)
