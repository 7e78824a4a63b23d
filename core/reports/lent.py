"""Loans as they stood at the end of a day: the schedule of then, the payments dated until then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.loans import book, replay
from core.loans import terms as rules_of
from core.loans.book import Instalment, Loan, Moved, State, Version
from core.loans.replay import Line, Position
from core.money import Rupiah
from core.tables.ledger import entries
from core.tables.loans import loan_payments, loan_versions

_PAGE = 1000
_LENT = (State.RUNNING, State.SETTLED, State.WRITTEN_OFF)
_PAID = ("payment", "settlement", "adjustment")
_RESPLIT = (
    "loan-adjustment"  # by a reversal; a restructuring adjusts too, but nothing was paid then
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What a loan received in a month, in rupiah: reversals of its payments taken away again."""

    amount: Rupiah
    principal: Rupiah
    interest: Rupiah
    penalty: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A loan at the end of a day. `position` is none of one that was written off by then."""

    loan: Loan
    moves: tuple[Moved, ...]  # dated until then, by entry
    position: Position | None

    @property
    def runs(self) -> bool:
        """Say whether anything was still owed by its schedule."""
        return self.position is not None and not self.position.settled

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the instalments of the schedule; none of a loan that was written off."""
        return self.position.lines if self.position else ()

    @property
    def claim(self) -> Rupiah:
        """Return what was still claimed of a loan that was written off by then, in rupiah."""
        if self.position is not None:
            return 0
        lost = sum(move.principal for move in self.moves if self._kind(move) == "write-off")
        came_in = sum(move.amount for move in self.moves if self._kind(move) == "recovery")
        return lost - came_in

    def paid(self, first: date) -> Paid:
        """Add up what it received from a day on."""
        mine = [move for move in self.moves if move.on >= first and self._kind(move) in _PAID]
        return Paid(
            amount=sum(move.amount for move in mine),
            principal=sum(move.principal for move in mine),
            interest=sum(move.interest for move in mine),
            penalty=sum(move.penalty for move in mine),
        )

    def _kind(self, move: Moved) -> str:
        """Return the kind of a move; of a reversal that of the move it takes back."""
        back = move.reverses
        return next((other.kind for other in self.moves if other.entry == back), move.kind)


async def of_member(
    db: AsyncConnection, *, koperasi_id: int, member_id: int, first: date, through: date
) -> list[Lent]:
    """List a member's loans that ran on `through` or ended since `first`, oldest first."""
    found = await book.of_member(db, koperasi_id=koperasi_id, member_id=member_id, states=_LENT)
    return await _stood(db, koperasi_id, found, first, through)


async def of_cooperative(
    db: AsyncConnection, *, koperasi_id: int, first: date, through: date
) -> list[Lent]:
    """List a cooperative's loans that ran on `through` or ended since `first`, by id."""
    found: list[Loan] = []
    after = 0
    while True:
        page = await book.in_state(
            db, koperasi_id=koperasi_id, states=_LENT, limit=_PAGE, after=after
        )
        found += page
        if len(page) < _PAGE:
            return await _stood(db, koperasi_id, found, first, through)
        after = page[-1].id


async def _stood(
    db: AsyncConnection, koperasi_id: int, found: list[Loan], first: date, through: date
) -> list[Lent]:
    wanted = {
        loan.id: loan
        for loan in found
        if loan.disbursed_on is not None
        and loan.disbursed_on <= through
        and (loan.settled_on is None or loan.settled_on >= first)
    }
    versions = await _versions(db, koperasi_id, list(wanted), through)
    moves = await _moves(db, koperasi_id, list(wanted), through)
    return [
        _at(loan, versions[loan.id], moves[loan.id], through)
        for loan in wanted.values()
        if loan.id in versions
    ]


def _at(loan: Loan, version: Version, moves: tuple[Moved, ...], through: date) -> Lent:
    undone = {move.reverses for move in moves}
    lost = any(move.kind == "write-off" and move.entry not in undone for move in moves)
    position = None
    if not lost:
        position = replay.replay(version, book.live(moves, version.version), through)
    return Lent(loan=loan, moves=moves, position=position)


async def _versions(
    db: AsyncConnection, koperasi_id: int, loan_ids: list[int], through: date
) -> dict[int, Version]:
    """Read the schedule each loan had on a day. What is left of provisi is not looked at here."""
    heads = (
        await db.execute(
            select(*(c for c in loan_versions.c if c.name != "count"))
            .where(
                loan_versions.c.koperasi_id == koperasi_id,
                loan_versions.c.loan_id.in_(loan_ids),
                loan_versions.c.starts_on <= through,
            )
            .order_by(loan_versions.c.loan_id, loan_versions.c.version.desc())
            .ext(distinct_on(loan_versions.c.loan_id))
        )
    ).all()
    raw = await database.driver(db)
    rows = await raw.fetch(
        _ROWS, koperasi_id, [head.loan_id for head in heads], [head.version for head in heads]
    )
    instalments: defaultdict[int, list[Instalment]] = defaultdict(list)
    for row in rows:
        instalments[row["loan_id"]].append(
            Instalment(
                n=row["n"], due=row["due"], principal=row["principal"], interest=row["interest"]
            )
        )
    return {head.loan_id: _version(head, instalments[head.loan_id]) for head in heads}


def _version(head: Any, rows: list[Instalment]) -> Version:
    return Version(
        version=head.version,
        starts_on=head.starts_on,
        principal=head.principal,
        terms=rules_of.from_json(head.terms),
        rows=tuple(rows),
        opening_paid=head.opening_paid,
        carried_interest=head.carried_interest,
        carried_penalty=head.carried_penalty,
    )


_ROWS = """
SELECT i.loan_id, i.n, i.due, i.principal, i.interest
  FROM unnest($2::integer[], $3::smallint[]) AS wanted (loan_id, version)
  JOIN loan_instalments i ON i.koperasi_id = $1 AND i.loan_id = wanted.loan_id
       AND i.version = wanted.version
 ORDER BY i.loan_id, i.n
"""


async def _moves(
    db: AsyncConnection, koperasi_id: int, loan_ids: list[int], through: date
) -> dict[int, tuple[Moved, ...]]:
    rows = await db.execute(
        select(loan_payments)
        .join(
            entries,
            (entries.c.koperasi_id == loan_payments.c.koperasi_id)
            & (entries.c.number == loan_payments.c.entry),
        )
        .where(
            loan_payments.c.koperasi_id == koperasi_id,
            loan_payments.c.loan_id.in_(loan_ids),
            loan_payments.c.on <= through,
            (loan_payments.c.kind != "adjustment") | (entries.c.kind == _RESPLIT),
        )
        .order_by(loan_payments.c.loan_id, loan_payments.c.entry)
    )
    found: defaultdict[int, tuple[Moved, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.loan_id] += (
            Moved(
                entry=row.entry,
                version=row.version,
                kind=row.kind,
                on=row.on,
                amount=row.amount,
                principal=row.principal,
                interest=row.interest,
                penalty=row.penalty,
                provisi=row.provisi,
                reverses=row.reverses,
            ),
        )
    return found
