"""How what is still owed came about, from the stored schedule and the entries; it adds up by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.loans.book import Moved, Version
from core.loans.positions import Line, Position
from core.money import Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an entry took off the principal, in rupiah; below zero what it put back."""

    entry: int
    on: date
    amount: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Outstanding:
    """The principal of a schedule, what was paid of it before the books began, and since. Rupiah."""

    since: date
    whole: Rupiah
    before: Rupiah
    steps: tuple[Step, ...]  # in the order of entries; what was taken back is not among them

    @property
    def left(self) -> Rupiah:
        """Return what is still owed."""
        return self.whole - self.before - sum(step.amount for step in self.steps)


def outstanding(version: Version, moves: Sequence[Moved]) -> Outstanding:
    """Explain the outstanding principal of a running loan from what each entry moved of this schedule."""
    back = {move.reverses for move in moves if move.reverses is not None}
    return Outstanding(
        since=version.starts_on,
        whole=version.principal,
        before=sum(row.principal for row in version.rows[: version.opening_paid]),
        steps=tuple(
            Step(entry=move.entry, on=move.on, amount=move.principal)
            for move in moves
            if move.version == version.version
            and move.principal
            and move.reverses is None
            and move.entry not in back
        ),
    )


def due(position: Position) -> tuple[Line, ...]:
    """List the instalments due by the day of a position that lack something: their `left` is its overdue."""
    return tuple(line for line in position.lines if line.left and line.due <= position.on)
