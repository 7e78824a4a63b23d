"""A figure that is asked about, "dari mana angka 110.000?", looked up among the numbers of loans."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from bot.talk import Turn, say
from core.loans import book, replay, write_offs
from core.loans.book import Loan, State
from core.loans.positions import Position
from core.money import Rupiah
from notifications.messages import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of a loan: what of it, and for an instalment which."""

    loan: Loan
    what: str  # as loan_explain.of_loan takes it
    n: int = 0

    @property
    def label(self) -> Say:
        """Name it for a button."""
        if self.what == "why":
            return say("choice-figure-why", loan=self.loan.label, n=self.n)
        return Say(f"choice-figure-{self.what}", {"loan": self.loan.label})


async def find(turn: Turn, loans: Sequence[Loan], amounts: set[Rupiah]) -> list[Figure]:
    """List where these amounts stand in these loans, each kind of number once a loan.

    Of instalments that are alike it is the first that still lacks something.
    """
    found: dict[tuple[int, str], Figure] = {}
    for loan in loans:
        async for amount, figure in _numbers(turn, loan):
            if amount in amounts:
                found.setdefault((loan.id, figure.what), figure)
    return list(found.values())


async def _numbers(turn: Turn, loan: Loan) -> AsyncIterator[tuple[Rupiah, Figure]]:
    claim = await write_offs.claimed(turn.db, loan)
    if claim is not None:
        for amount in (claim.left, claim.principal, claim.interest, claim.penalty):
            yield amount, Figure(loan=loan, what="owed")
        return
    if loan.state is not State.RUNNING:
        return
    version = await book.version(turn.db, loan)
    paid = book.live(await book.moved(turn.db, loan), loan.version)
    stands = replay.replay(version, paid, turn.today)
    for amount, what in (
        (loan.principal, "owed"),
        (version.principal, "owed"),
        (stands.principal_left, "owed"),
        (stands.late, "late"),
        (stands.due_now, "late"),
        (stands.penalty_left, "fine"),
        (replay.settlement(version, paid, turn.today).total, "end"),
    ):
        yield amount, Figure(loan=loan, what=what)
    for amount, what, n in _of_instalments(stands):
        yield amount, Figure(loan=loan, what=what, n=n)


def _of_instalments(stands: Position) -> Iterator[tuple[Rupiah, str, int]]:
    """Open ones first, in their order; then what was paid."""
    for line in sorted(stands.lines, key=lambda line: (not line.left, line.due)):
        total = line.principal + line.interest - line.waived
        for amount in (total, line.left, line.principal, line.interest):
            yield amount, "why", line.n
        yield line.penalty, "fine", 0
