"""Reversals of what loans moved: the exact reverse of the entry, and the loan as if it had never been.

When later payments fall otherwise without the one taken back, a second entry (kind "loan-adjustment", pairs
without cash) brings the books to what replay says. Adjustments and reversals are not reversed themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import ledger
from core.calendar import business_date
from core.errors import Refusal
from core.ledger import AlreadyReversed, Entry, NoSuchEntry
from core.loans import book, collectibility, journal, replay
from core.loans.book import Loan, Moved, State
from core.loans.journal import Totals
from core.loans.keep import keep
from core.people import Standing
from core.tables.ledger import entries
from core.tables.loans import loan_payments, loan_versions, loans

DISBURSEMENT = "loan-disbursement"
ADJUSTMENT = "loan-adjustment"
LEAVING = ("member-exit", "member-death")  # of core.leaving: they settle what a member borrowed
KINDS = (
    "loan-payment",
    "loan-settlement",
    DISBURSEMENT,
    "loan-write-off",
    "loan-recovery",
    *LEAVING,
)


class LaterFirst(Refusal):
    """What rests on an entry is reversed before it. Facts: loan, entry (the one to reverse first)."""

    text = "refusal-later-first"


class EarlierSchedule(Refusal):
    """What an earlier schedule received is final: the present one began from it. Facts: loan, on (its start)."""

    text = "refusal-earlier-schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A loan that the entry moved; `move` is None for the loan that a disbursement paid out."""

    loan: Loan
    moves: tuple[Moved, ...]
    move: Moved | None


async def reverse(
    db: AsyncConnection,
    *,
    officer: Standing,
    number: int,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    reason: str,
    approver: str | None = None,
) -> Entry:
    """Write the reverse of an entry of loans and let every loan it moved stand as without it.

    A payment or settlement: schedule, arrears, fines and class are what the other payments say. A
    disbursement, while nothing was paid: the loan is approved again, and the old loan of a top-up runs. A
    write-off: the loan runs; a recovery: the claim grows. Refuses LaterFirst, EarlierSchedule and what
    ledger.post refuses. Who may is asked by core.corrections.
    """
    here = officer.cooperative
    kind = await _kind(db, here.id, number)
    assert kind in KINDS, kind
    taken = await _taken(db, here.id, number)
    facts: dict[str, Any] = {
        "koperasi_id": here.id, "on": on, "at": at, "zone": here.zone, "recorder": officer.recorder,
        "source": source, "operation": operation, "reason": reason, "approver": approver,
    }  # fmt: skip
    if not await _said_before(db, here.id, operation):
        for one in taken:
            await _require_last(db, one, number)
    entry = await ledger.reverse(db, number, **facts)
    if entry.repeated:
        return entry
    for one in taken:
        if one.move is None:
            await _approved_again(db, one.loan, on=business_date(at, here.zone), at=at)
        else:
            await _take_back(db, one, one.move, entry.number, facts)
    return entry


async def require_possible(db: AsyncConnection, *, koperasi_id: int, number: int) -> None:
    """Refuse to reverse what something rests on, as reverse would: LaterFirst, EarlierSchedule."""
    for one in await _taken(db, koperasi_id, number):
        await _require_last(db, one, number)


async def _kind(db: AsyncConnection, koperasi_id: int, number: int) -> str:
    kind = await db.scalar(
        select(entries.c.kind).where(
            entries.c.koperasi_id == koperasi_id, entries.c.number == number
        )
    )
    if kind is None:
        raise NoSuchEntry(number=number)
    return kind


async def _taken(db: AsyncConnection, koperasi_id: int, number: int) -> list[_Taken]:
    """Lock the loans that an entry moved, by number, and read what moved of each."""
    moved = select(loan_payments.c.loan_id).where(
        loan_payments.c.koperasi_id == koperasi_id, loan_payments.c.entry == number
    )
    paid_out = select(loans.c.id).where(
        loans.c.koperasi_id == koperasi_id, loans.c.entry == number, loans.c.imported.is_(False)
    )
    ids = sorted({*(await db.scalars(moved)), *(await db.scalars(paid_out))})
    found: list[_Taken] = []
    for loan_id in ids:
        loan = await book.loan(db, koperasi_id=koperasi_id, loan_id=loan_id, lock=True)
        moves = tuple(await book.moved(db, loan))
        mine = next((move for move in moves if move.entry == number), None)
        found.append(_Taken(loan=loan, moves=moves, move=mine))
    return found


async def _said_before(db: AsyncConnection, koperasi_id: int, operation: str) -> bool:
    found = await db.scalar(
        select(entries.c.number).where(
            entries.c.koperasi_id == koperasi_id, entries.c.operation == operation
        )
    )
    return found is not None


async def _require_last(db: AsyncConnection, taken: _Taken, number: int) -> None:
    """Refuse to pull an entry out from under what rests on it."""
    loan, move = taken.loan, taken.move
    back = {other.reverses: other.entry for other in taken.moves if other.reverses is not None}
    if number in back:
        raise AlreadyReversed(by=back[number])
    standing = [
        other
        for other in taken.moves
        if other.entry not in (number, *back)
        and other.kind in ("payment", "settlement", "write-off", "recovery")
    ]
    version = move.version if move else await _version_of(db, loan, number)
    if version != loan.version:
        held = await book.version(db, loan)
        raise EarlierSchedule(loan=loan.label, on=held.starts_on)
    later = _resting(standing, move)
    if later is not None:
        raise LaterFirst(loan=loan.label, entry=later.entry)


def _resting(standing: Sequence[Moved], move: Moved | None) -> Moved | None:
    """Find the last of what must be reversed first: by what was moved."""
    match move.kind if move else None:
        case None:  # the disbursement: everything rests on it
            kinds = {"payment", "settlement", "write-off", "recovery"}
        case "recovery":
            kinds = set()
        case "write-off":
            kinds = {"recovery"}
        case _:  # other payments are shared out anew
            kinds = {"settlement", "write-off", "recovery"}
    return max(
        (other for other in standing if other.kind in kinds),
        key=lambda other: other.entry,
        default=None,
    )


async def _version_of(db: AsyncConnection, loan: Loan, number: int) -> int | None:
    """Return the schedule that a disbursement made."""
    return await db.scalar(
        select(loan_versions.c.version).where(
            loan_versions.c.koperasi_id == loan.koperasi_id,
            loan_versions.c.loan_id == loan.id,
            loan_versions.c.entry == number,
        )
    )


async def _take_back(
    db: AsyncConnection, taken: _Taken, move: Moved, entry: int, facts: dict[str, Any]
) -> None:
    loan, on = taken.loan, facts["on"]
    mine = Totals(
        principal=move.principal,
        interest=move.interest,
        penalty=move.penalty,
        provisi=move.provisi,
    )
    await journal.record(
        db, loan, Totals() - mine, entry=entry, version=move.version, kind="reversal", on=on,
        amount=-move.amount, reverses=move.entry,
    )  # fmt: skip
    if move.kind == "recovery":
        await _change(db, loan, recovered=loan.recovered - move.amount)
        return
    if move.kind == "write-off":
        await _change(db, loan, written_off=0)
    today = business_date(facts["at"], facts["zone"])
    version = await book.version(db, loan)
    moves = await book.moved(db, loan)
    position = replay.replay(version, book.live(moves, loan.version), today)
    adjusted = journal.totals(position) - journal.booked(moves, loan.version)
    if adjusted != Totals():
        await _adjust(db, loan, adjusted, facts)
    await keep(db, loan, version, position, on=today, at=facts["at"], cause="reversal")


async def _adjust(db: AsyncConnection, loan: Loan, moved: Totals, facts: dict[str, Any]) -> None:
    """Bring the books to what replay says: pairs without cash."""
    operation = f"{facts['operation']}/{loan.label}"
    entry = await ledger.post(
        db,
        journal.postings(loan, moved),
        kind=ADJUSTMENT,
        **(facts | {"operation": operation}),
    )
    await journal.record(
        db, loan, moved, entry=entry.number, version=loan.version, kind="adjustment", on=facts["on"],
        amount=0,
    )  # fmt: skip


async def _approved_again(db: AsyncConnection, loan: Loan, *, on: date, at: datetime) -> None:
    """Let a loan wait for its disbursement again; its schedule stays behind as a version nobody reads."""
    await collectibility.reassess(
        db,
        replace(loan, oldest_due=None),
        overdue_days=0,
        paid_rows=0,
        on=on,
        at=at,
        cause="reversal",
    )
    await _change(
        db,
        loan,
        state=State.APPROVED,
        disbursed_on=None,
        entry=None,
        version=0,
        outstanding=0,
        oldest_due=None,
        settled_on=None,
    )


async def _change(db: AsyncConnection, loan: Loan, **values: Any) -> None:
    await db.execute(
        update(loans)
        .where(loans.c.koperasi_id == loan.koperasi_id, loans.c.id == loan.id)
        .values(**values)
    )
