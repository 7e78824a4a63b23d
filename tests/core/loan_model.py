"""How a loan stands, worked out day by day as a clerk would: it shares no line with core.loans.replay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from core.loans.book import Paid, Version
from core.loans.replay import Position
from core.loans.terms import Fine, Penalty, Share

DAY = timedelta(days=1)


@dataclass
class Slip:
    """An instalment on the clerk's desk."""

    n: int
    due: date
    principal: int
    interest: int
    scheduled: int  # interest without what was carried
    extra: int  # a carried fine
    opened: bool
    got: dict[Share, int] = field(default_factory=lambda: dict.fromkeys(Share, 0))
    waived: int = 0
    grown: Fraction = Fraction(0)
    paid_on: date | None = None

    def lacks(self) -> int:
        return (
            self.principal
            + self.interest
            - self.waived
            - self.got[Share.PRINCIPAL]
            - self.got[Share.INTEREST]
        )

    def fine(self, penalty: Penalty) -> int:
        exact = self.grown
        if penalty.cap is not None:
            exact = min(exact, Fraction(penalty.cap) / 100 * (self.principal + self.interest))
        return self.extra + half_up(exact)

    def owes(self, share: Share, penalty: Penalty) -> int:
        full = {
            Share.PRINCIPAL: self.principal,
            Share.INTEREST: self.interest - self.waived,
            Share.PENALTY: self.fine(penalty),
        }
        return full[share] - self.got[share]


def half_up(exact: Fraction) -> int:
    whole = exact.numerator // exact.denominator
    return whole + 1 if exact - whole >= Fraction(1, 2) else whole


@dataclass
class Desk:
    """A version on the clerk's desk, at the end of `day`."""

    version: Version
    slips: list[Slip]
    day: date
    surplus: int = 0
    last_paid: date | None = None

    def night(self) -> None:
        """Let a new day begin: who still lacks something after the free days is fined for it."""
        self.day += DAY
        penalty = self.version.terms.penalty
        for slip in self.slips:
            late = (self.day - slip.due).days
            if late <= penalty.grace_days or not slip.lacks():
                continue
            first = late == penalty.grace_days + 1
            match penalty.kind:
                case Fine.PERCENT_DAILY:
                    slip.grown += Fraction(penalty.value) * slip.lacks() / 100
                case Fine.PERCENT_ONCE if first:
                    slip.grown = Fraction(penalty.value) * slip.lacks() / 100
                case Fine.FIXED_DAILY:
                    slip.grown += Fraction(penalty.value)
                case Fine.FIXED_ONCE if first:
                    slip.grown = Fraction(penalty.value)

    def receive(self, amount: int) -> None:
        penalty = self.version.terms.penalty
        if any(slip.owes(share, penalty) for slip in self.slips for share in Share):
            self.last_paid = self.day
        for slip in self.slips:
            for share in self.version.terms.order:
                part = min(amount, slip.owes(share, penalty))
                slip.got[share] += part
                amount -= part
            if not slip.lacks() and slip.paid_on is None:
                slip.paid_on = self.day
        self.surplus += amount
        if any(slip.lacks() for slip in self.slips) and not sum(self.figure().values()):
            self.end()  # Ending it today costs nothing.

    def earned(self, *, extra: bool = True) -> dict[int, int]:
        """Say how much interest of each slip has been earned by today when the loan ends today.

        `extra`: with the further instalments whose interest a settlement costs.
        """
        found: dict[int, int] = {}
        since, running = self.version.starts_on, False
        further = self.version.terms.settlement_instalments if extra else 0
        for slip in self.slips:
            carried = slip.interest - slip.scheduled
            found[slip.n] = carried
            if not slip.scheduled:
                continue
            if slip.due <= self.day:
                found[slip.n] += slip.scheduled
                since = slip.due
            elif not running and since < self.day:
                running = True
                by_day = Fraction(slip.scheduled, (slip.due - since).days)
                so_far = Fraction(0)
                while since < self.day:
                    since += DAY
                    so_far += by_day
                found[slip.n] += half_up(so_far)
            elif further:
                found[slip.n] += slip.scheduled
                further -= 1
                running = True
            else:
                running = True
        return found

    def figure(self, *, extra: bool = True) -> dict[Share, int]:
        penalty = self.version.terms.penalty
        earned = self.earned(extra=extra)
        return {
            Share.PRINCIPAL: sum(slip.owes(Share.PRINCIPAL, penalty) for slip in self.slips),
            Share.PENALTY: sum(slip.owes(Share.PENALTY, penalty) for slip in self.slips),
            Share.INTEREST: sum(
                max(min(earned[slip.n], slip.interest - slip.waived) - slip.got[Share.INTEREST], 0)
                for slip in self.slips
            ),
        }

    def end(self) -> None:
        earned = self.earned()
        penalty = self.version.terms.penalty
        for slip in self.slips:
            slip.got[Share.PRINCIPAL] = slip.principal
            slip.got[Share.PENALTY] = slip.fine(penalty)
            slip.got[Share.INTEREST] = max(earned[slip.n], slip.got[Share.INTEREST])
            slip.waived = slip.interest - slip.got[Share.INTEREST]
            slip.paid_on = slip.paid_on or self.day
        self.last_paid = self.day


def lived(version: Version, payments: Iterable[Paid], on: date) -> Desk:
    """Live through every day from the start until `on`."""
    slips = [
        Slip(
            n=row.n,
            due=row.due,
            principal=row.principal,
            interest=row.interest + (version.carried_interest if n == 0 else 0),
            scheduled=row.interest,
            extra=version.carried_penalty if n == 0 else 0,
            opened=row.n <= version.opening_paid,
        )
        for n, row in enumerate(version.rows)
    ]
    for slip in slips:
        if slip.opened:
            slip.got[Share.PRINCIPAL], slip.got[Share.INTEREST] = slip.principal, slip.interest
        if not slip.lacks():
            slip.paid_on = slip.due
    by_day: dict[date, list[Paid]] = {}
    for paid in sorted(payments, key=lambda paid: paid.entry):
        by_day.setdefault(paid.on, []).append(paid)
    desk = Desk(version, slips, min([version.starts_on, *by_day]) - DAY)
    while desk.day < on:
        desk.night()
        for paid in by_day.get(desk.day, []):
            if paid.settles and sum(desk.figure().values()) == paid.amount:
                desk.end()
            else:
                desk.receive(paid.amount)
    return desk


def agree(desk: Desk, position: Position) -> None:
    """Hold what replay says against the clerk's desk, number by number."""
    penalty = desk.version.terms.penalty
    assert position.on == desk.day
    for slip, line in zip(desk.slips, position.lines, strict=True):
        assert (line.n, line.due) == (slip.n, slip.due)
        assert (line.principal, line.interest) == (slip.principal, slip.interest)
        assert line.principal_paid == slip.got[Share.PRINCIPAL], (slip, line)
        assert line.interest_paid == slip.got[Share.INTEREST], (slip, line)
        assert line.penalty == slip.fine(penalty), (slip, line)
        assert line.penalty_paid == slip.got[Share.PENALTY], (slip, line)
        assert line.waived == slip.waived, (slip, line)
        assert line.paid_on == slip.paid_on, (slip, line)
        late = max((desk.day - slip.due).days, 0) if slip.lacks() else 0
        assert line.overdue_days == late, (slip, line)
    by_payment = [slip for slip in desk.slips if not slip.opened]
    assert position.principal_paid == sum(slip.got[Share.PRINCIPAL] for slip in by_payment)
    assert position.interest_paid == sum(slip.got[Share.INTEREST] for slip in by_payment)
    assert position.penalty_paid == sum(slip.got[Share.PENALTY] for slip in desk.slips)
    left = {share: sum(slip.owes(share, penalty) for slip in desk.slips) for share in Share}
    assert position.principal_left == left[Share.PRINCIPAL]
    assert position.interest_left == left[Share.INTEREST]
    assert position.penalty_left == left[Share.PENALTY]
    assert position.total_left == sum(left.values())
    lacking = [slip for slip in desk.slips if slip.lacks()]
    due = [slip for slip in lacking if slip.due <= desk.day]
    assert position.oldest_due == (lacking[0].due if lacking else None)
    assert position.overdue == sum(slip.lacks() for slip in due)
    assert position.overdue_days == max(((desk.day - slip.due).days for slip in due), default=0)
    coming = [slip for slip in lacking if slip.due >= desk.day]
    assert (position.next_due, position.next_amount) == (
        (coming[0].due, coming[0].lacks()) if coming else (None, 0)
    )
    settled = not sum(left.values())
    assert position.settled == settled
    if settled:
        assert position.settled_on == (desk.last_paid or desk.slips[-1].due)
    assert position.surplus == desk.surplus
    assert position.provisi_recognised == (
        desk.version.deferred * position.principal_paid // desk.version.principal
    )
