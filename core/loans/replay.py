"""What payments did to a schedule: the one function that says how a loan stands; pure and exact.

Read core.loans.positions, then replay, settlement and _Book, which goes through the payments in the order of day and entry.
A payment goes to the oldest instalment first and within it in the order of Terms.order, then on to the
next, due or not. Payments dated after `on` have not happened yet. What is decided here:

- An instalment is paid when its principal and interest are; a fine still owed makes nothing overdue,
  but keeps the loan running.
- Interest carried from the version before falls due with the first instalment; a carried fine at once.
- An early settlement takes the interest of instalments due whole, that of the running period by its days
  (half-up), and that of Terms.settlement_instalments more; on a due day the period is over and counts whole.
  Interest held by a grace runs from the last instalment that bore any. What was paid ahead is not given back.
- Interest is waived by a settlement alone, and a settlement that is not the figure of its day is taken as
  an ordinary payment: then the caches differ and verify says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.loans import penalties
from core.loans.book import Instalment, Paid, Version
from core.loans.penalties import Stretch
from core.loans.positions import Line, Position, Settlement, changes
from core.loans.terms import Fine, Share, Terms
from core.money import Rupiah

__all__ = ["Line", "Position", "Settlement", "carried_over", "changes", "replay", "settlement"]


def replay(version: Version, payments: Sequence[Paid], on: date) -> Position:
    """Say how a version stands at the end of a day after the payments dated until then."""
    return _replayed(version, payments, on).position(on)


def settlement(version: Version, payments: Sequence[Paid], on: date) -> Settlement:
    """Say what settles a loan on a day, after the payments dated until then."""
    return _replayed(version, payments, on).settlement(on)


def carried_over(version: Version, payments: Sequence[Paid], on: date) -> Settlement:
    """Say what is owed to the day, for a new schedule to take over: as a settlement, but at no extra cost.

    Interest due, what a grace holds, and the running period's by its days; fines as they stand.
    """
    return _replayed(version, payments, on).settlement(on, further=False)


def _replayed(version: Version, payments: Sequence[Paid], on: date) -> _Book:
    book = _Book(version)
    for paid in sorted(payments, key=lambda paid: (paid.on, paid.entry)):
        if paid.on <= on:
            book.take(paid)
    return book


class _Row:
    """An instalment on its way through the payments."""

    __slots__ = (
        "carried", "carried_penalty", "counted", "due", "interest", "interest_paid", "n", "opened_paid",
        "paid_on", "penalty_paid", "principal", "principal_paid", "stretches", "terms", "waived",
    )  # fmt: skip

    def __init__(self, row: Instalment, version: Version) -> None:
        first = row.n == version.rows[0].n
        self.n, self.due, self.terms = row.n, row.due, version.terms
        self.carried: Rupiah = version.carried_interest if first else 0
        self.carried_penalty: Rupiah = version.carried_penalty if first else 0
        self.principal: Rupiah = row.principal
        self.interest: Rupiah = row.interest + self.carried
        self.opened_paid = row.n <= version.opening_paid
        self.principal_paid: Rupiah = row.principal if self.opened_paid else 0
        self.interest_paid: Rupiah = self.interest if self.opened_paid else 0
        self.penalty_paid: Rupiah = 0
        self.waived: Rupiah = 0
        self.paid_on: date | None = None if self.lacks else row.due
        self.counted = row.due + timedelta(days=version.terms.penalty.grace_days)
        self.stretches: list[Stretch] = []

    @property
    def lacks(self) -> Rupiah:
        return (
            self.principal - self.principal_paid + self.interest - self.waived - self.interest_paid
        )

    def count(self, through: date) -> None:
        """Count the days past the free ones on which this instalment lacked something."""
        days = (through - self.counted).days
        if days <= 0 or self.terms.penalty.kind is Fine.NONE:
            return
        lacked = self.lacks
        if lacked:
            first = self.counted + timedelta(days=1)
            if self.stretches and self.stretches[-1].lacked == lacked:
                last = self.stretches.pop()
                first, days = last.first, last.days + days
            self.stretches.append(Stretch(first=first, days=days, lacked=lacked))
        self.counted = through

    @property
    def penalty(self) -> Rupiah:
        counted = penalties.fine(
            self.terms.penalty,
            instalment=self.principal + self.interest,
            stretches=self.stretches,
        )
        return self.carried_penalty + counted

    def take(self, amount: Rupiah, day: date) -> Rupiah:
        """Take what this instalment owes out of an amount; return the rest."""
        self.count(day)
        for share in self.terms.order:
            if share is Share.PENALTY:
                part = min(amount, self.penalty - self.penalty_paid)
                self.penalty_paid += part
            elif share is Share.INTEREST:
                part = min(amount, self.interest - self.waived - self.interest_paid)
                self.interest_paid += part
            else:
                part = min(amount, self.principal - self.principal_paid)
                self.principal_paid += part
            amount -= part
        if self.paid_on is None and not self.lacks:
            self.paid_on = day
        return amount

    def end(self, interest: Rupiah, day: date) -> None:
        """Pay everything, of the interest this much, and waive the rest of it."""
        self.count(day)
        self.penalty_paid = self.penalty
        self.principal_paid = self.principal
        self.interest_paid += interest
        self.waived = self.interest - self.interest_paid
        self.paid_on = self.paid_on or day

    def line(self, on: date) -> Line:
        self.count(on)
        late = self.due < on and self.lacks > 0
        return Line(
            n=self.n,
            due=self.due,
            principal=self.principal,
            interest=self.interest,
            principal_paid=self.principal_paid,
            interest_paid=self.interest_paid,
            waived=self.waived,
            penalty=self.penalty,
            penalty_paid=self.penalty_paid,
            paid_on=self.paid_on,
            overdue_days=(on - self.due).days if late else 0,
            fined=tuple(self.stretches),
        )


class _Book:
    """A version on its way through the payments."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.rows = [_Row(row, version) for row in version.rows]
        self.first = 0  # rows before it owe nothing and never will
        self.surplus: Rupiah = 0
        self.last: date | None = None  # of a payment that brought something
        self._skip_paid()

    def _skip_paid(self) -> None:
        rows = self.rows
        while self.first < len(rows):
            row = rows[self.first]
            if row.lacks or row.penalty > row.penalty_paid:
                break
            self.first += 1

    def take(self, paid: Paid) -> None:
        if self.first < len(self.rows):
            self.last = paid.on
        if paid.settles:
            figure = self.settlement(paid.on)
            if figure.total == paid.amount:
                self._end(paid.on)
                return
        left = paid.amount
        for row in self.rows[self.first :]:
            if not left:
                break
            left = row.take(left, paid.on)
        self.surplus += left
        self._skip_paid()
        if self._costs_nothing(paid.on):
            self._end(paid.on)

    def _costs_nothing(self, day: date) -> bool:
        """Say whether ending the loan costs nothing: principal may go first, and nobody can pay nothing."""
        last = self.rows[-1]
        ahead = last.lacks and last.principal_paid == last.principal
        return bool(ahead) and not self.settlement(day).total

    def _end(self, day: date) -> None:
        """Let a loan end early: what its settlement charges is paid, the rest of the interest let go."""
        for row, interest in self._charged(day):
            row.end(interest, day)
        self.first = len(self.rows)

    def _parts(self, day: date) -> _Parts:
        return _Parts.of(self.rows, self.version.starts_on, self.version.terms, day)

    def _charged(self, day: date) -> list[tuple[_Row, Rupiah]]:
        parts = self._parts(day)
        return [(row, parts.interest_of(row)) for row in self.rows]

    def settlement(self, day: date, *, further: bool = True) -> Settlement:
        parts = self._parts(day)
        if not further:
            parts = replace(parts, further=frozenset())
        penalty = due = running = more = 0
        for row in self.rows:
            row.count(day)
            penalty += row.penalty - row.penalty_paid
            charged = parts.interest_of(row)
            if row is parts.running:
                running += charged
            elif row.n in parts.further:
                more += charged
            else:
                due += charged
        interest = due + running + more
        left = sum(row.interest - row.waived - row.interest_paid for row in self.rows)
        return Settlement(
            on=day,
            principal=sum(row.principal - row.principal_paid for row in self.rows),
            interest=interest,
            penalty=penalty,
            waived=left - interest,
            due_interest=due,
            running_n=parts.running.n if parts.running else None,
            running_days=parts.days,
            period_days=parts.period,
            running_interest=running,
            further_interest=more,
        )

    def position(self, on: date) -> Position:
        lines = tuple(row.line(on) for row in self.rows)
        earned = [(row, line) for row, line in zip(self.rows, lines, strict=True)]
        by_payments = [line for row, line in earned if not row.opened_paid]
        principal_paid = sum(line.principal_paid for line in by_payments)
        unpaid = [line for line in lines if line.left > 0]
        late = [line for line in unpaid if line.due < on]
        coming = next((line for line in unpaid if line.due >= on), None)
        penalty_left = sum(line.penalty_left for line in lines)
        settled = not unpaid and not penalty_left
        recognised = self.version.deferred * principal_paid // self.version.principal
        return Position(
            on=on,
            lines=lines,
            principal_paid=principal_paid,
            interest_paid=sum(line.interest_paid for line in by_payments),
            penalty_paid=sum(line.penalty_paid for line in lines),
            principal_left=sum(line.principal_left for line in unpaid),
            interest_left=sum(line.interest_left for line in unpaid),
            penalty_left=penalty_left,
            waived=sum(line.waived for line in lines),
            provisi_recognised=recognised,
            provisi_left=self.version.deferred - recognised,
            oldest_due=unpaid[0].due if unpaid else None,
            overdue_days=(on - late[0].due).days if late else 0,
            overdue=sum(line.left for line in unpaid if line.due <= on),
            late=sum(line.left for line in late),
            next_due=coming.due if coming else None,
            next_amount=coming.left if coming else 0,
            paid_rows=sum(line.left == 0 < line.principal + line.interest for line in by_payments),
            settled_on=(self.last or lines[-1].due) if settled else None,
            surplus=self.surplus,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """How a settlement charges interest on a day: which period runs, for how long, and what comes on top."""

    day: date
    running: _Row | None
    days: int
    period: int
    further: frozenset[int]  # numbers of the instalments on top

    @classmethod
    def of(cls, rows: Iterable[_Row], starts: date, terms: Terms, day: date) -> _Parts:
        bearing = [row for row in rows if row.interest > row.carried]
        ahead = [row for row in bearing if row.due > day]
        if not ahead:
            return cls(day=day, running=None, days=0, period=0, further=frozenset())
        since = max((row.due for row in bearing if row.due <= day), default=starts)
        running, *after = ahead
        days = max((day - since).days, 0)
        if not days:  # a period ends today, or the loan begins
            running_now, after = None, ahead
        else:
            running_now = running
        return cls(
            day=day,
            running=running_now,
            days=days,
            period=(running.due - since).days if running_now else 0,
            further=frozenset(row.n for row in after[: terms.settlement_instalments]),
        )

    def interest_of(self, row: _Row) -> Rupiah:
        """Return the interest an instalment is charged, less what was paid of it."""
        owed = row.interest
        if row is self.running:
            scheduled = row.interest - row.carried
            owed = (2 * scheduled * self.days + self.period) // (2 * self.period) + row.carried
        elif row.due > self.day and row.n not in self.further:
            owed = row.carried
        return max(min(owed, row.interest - row.waived) - row.interest_paid, 0)
