"""What an entry moves of a loan, and the postings and the row that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.ledger import Posting
from core.loans import book
from core.loans.book import Loan
from core.loans.replay import Position
from core.money import Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Rupiah of principal, interest, fines, and provisi taken to income; signed where they are a difference."""

    principal: Rupiah = 0
    interest: Rupiah = 0
    penalty: Rupiah = 0
    provisi: Rupiah = 0

    def __sub__(self, other: Totals) -> Totals:
        """Return what lies between two totals."""
        return Totals(
            principal=self.principal - other.principal,
            interest=self.interest - other.interest,
            penalty=self.penalty - other.penalty,
            provisi=self.provisi - other.provisi,
        )

    @property
    def amount(self) -> Rupiah:
        """Return what was received for them; provisi is no money that comes in."""
        return self.principal + self.interest + self.penalty


def totals(position: Position) -> Totals:
    """Return what payments brought until now, as replay says."""
    return Totals(
        principal=position.principal_paid,
        interest=position.interest_paid,
        penalty=position.penalty_paid,
        provisi=position.provisi_recognised,
    )


def booked(moves: Sequence[book.Moved], version: int) -> Totals:
    """Return what entries moved of a version, taken-back ones with them."""
    mine = [move for move in moves if move.version == version]
    return Totals(
        principal=sum(move.principal for move in mine),
        interest=sum(move.interest for move in mine),
        penalty=sum(move.penalty for move in mine),
        provisi=sum(move.provisi for move in mine),
    )


def postings(loan: Loan, moved: Totals, *, received: str | None = None) -> list[Posting]:
    """Make the lines that move a difference: domain 3.1, events 6, 8, 9.

    Debits `received` (cash, or the member's sukarela) by what comes in and credits 113100, 411000 and
    411300; a part that falls is debited instead, so what moves between parts is a pair without cash.
    Provisi goes from 113120 to 411100.
    """
    parts = [
        (loan.account, moved.principal),
        (book.INTEREST_INCOME, moved.interest),
        (book.PENALTY_INCOME, moved.penalty),
    ]
    debits = [(key, -amount) for key, amount in parts if amount < 0]
    if received is not None:
        debits.insert(0, (received, moved.amount))
    credited = [(key, amount) for key, amount in parts if amount > 0]
    lines = matched(debits, credited)
    if moved.provisi > 0:
        lines.append(_line(book.PROVISI_DEFERRED, book.PROVISI_INCOME, moved.provisi))
    elif moved.provisi < 0:
        lines.append(_line(book.PROVISI_INCOME, book.PROVISI_DEFERRED, -moved.provisi))
    return lines


def matched(debits: list[tuple[str, Rupiah]], credited: list[tuple[str, Rupiah]]) -> list[Posting]:
    """Pair both sides in their order; they add up to the same."""
    assert sum(amount for _, amount in debits) == sum(amount for _, amount in credited), debits
    lines: list[Posting] = []
    waiting = list(reversed(debits))
    for credit, wanted in credited:
        left = wanted
        while left:
            debit, held = waiting.pop()
            part = min(held, left)
            lines.append(_line(debit, credit, part))
            left -= part
            if held > part:
                waiting.append((debit, held - part))
    return lines


def _line(debit: str, credit: str, amount: Rupiah) -> Posting:
    return Posting(debit=debit, credit=credit, amount=amount)


_KEEP = """
INSERT INTO loan_payments
  (koperasi_id, loan_id, entry, version, kind, "on", amount, principal, interest, penalty, provisi, reverses)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


async def record(
    db: AsyncConnection,
    loan: Loan,
    moved: Totals,
    *,
    entry: int,
    version: int,
    kind: str,
    on: date,
    amount: Rupiah,
    reverses: int | None = None,
) -> None:
    """Keep what an entry moved of a loan; `amount` is what the loan received by it."""
    raw = await database.driver(db)
    await raw.execute(
        _KEEP,
        loan.koperasi_id,
        loan.id,
        entry,
        version,
        kind,
        on,
        amount,
        moved.principal,
        moved.interest,
        moved.penalty,
        moved.provisi,
        reverses,
    )
