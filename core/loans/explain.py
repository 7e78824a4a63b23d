"""How an instalment came about, line by line from the stored rule: what answers "dari mana?"; no words here.

Read instalment and fine. Every value computes its own amount from what it tells, so a figure that is
explained is a figure that was computed again; a settlement explains itself (core.loans.positions.Settlement).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.loans import penalties, recomputed, schedule
from core.loans.book import Version
from core.loans.penalties import Stretch
from core.loans.positions import Line as Standing
from core.loans.schedule import Line
from core.loans.terms import DayCount, Fine, Method, Penalty, Rounding, Terms
from core.money import Rupiah


class Basis(StrEnum):
    """What interest is computed on."""

    WHOLE = "whole"  # the principal as lent: flat
    LEFT = "left"  # what is left of it


class Way(StrEnum):
    """How an instalment's principal is found."""

    GRACE = "grace"  # none yet: a grace of principal
    AT_END = "at-end"  # none yet: jatuh tempo
    SHARE = "share"  # an equal part of the principal, half-up
    ROUNDED = "rounded"  # the rounded instalment without its interest
    LEVEL = "level"  # the equal instalment of an anuitas without its interest
    REST = "rest"  # the last one: everything that is left


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Interest (jasa) of one period: base x rate x length, half-up to whole rupiah."""

    n: int  # the instalment whose period it is
    basis: Basis
    base: Rupiah
    rate: Decimal  # per cent, as agreed
    rate_per: str  # month or year
    starts: date
    ends: date
    months: Fraction | None  # length in months; None where days count
    days: tuple[tuple[int, int], ...]  # (days, days of the year they are of), one a year's length

    @property
    def percent(self) -> Fraction:
        """Return the rate of this period in per cent."""
        yearly = Fraction(self.rate) * (12 if self.rate_per == "month" else 1)
        if self.months is not None:
            return yearly * self.months / 12
        return sum((yearly * days / length for days, length in self.days), Fraction(0))

    @property
    def exact(self) -> Fraction:
        """Return the interest before it is rounded."""
        return self.base * self.percent / 100

    @property
    def amount(self) -> Rupiah:
        """Return the interest in whole rupiah."""
        return schedule.half_up(self.exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Principal (pokok) of one instalment; never below zero, never more than `left`."""

    way: Way
    whole: Rupiah  # as lent
    parts: int  # instalments that repay it
    left: Rupiah  # before this instalment
    interest: Rupiah  # of this period: what of the instalment is no principal
    unrounded: Fraction | None  # the instalment before rounding: rounded and level
    factors: (
        Fraction | None
    )  # discount factors of the periods that repay: `whole` over them is the level
    round_to: Rupiah
    rounding: Rounding

    @property
    def instalment(self) -> Rupiah | None:
        """Return the rounded instalment, where there is one."""
        if self.unrounded is None:
            return None
        return schedule.rounded(self.unrounded, self.round_to, self.rounding)

    @property
    def planned(self) -> Rupiah:
        """Return what the rule gives before it is held between nothing and what is left."""
        if self.way is Way.REST:
            return self.left
        if self.way is Way.SHARE:
            return schedule.half_up(Fraction(self.whole, self.parts))
        return 0 if self.instalment is None else self.instalment - self.interest

    @property
    def amount(self) -> Rupiah:
        """Return the principal in whole rupiah."""
        return min(max(self.planned, 0), self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An instalment and everything it was made of. Money in rupiah."""

    n: int
    due: date
    unmoved: date  # the due date before a holiday or day of rest moved it
    interest: tuple[Interest, ...]  # of the own period, after those a grace held until now
    later: (
        int | None
    )  # the instalment with which this period's interest falls due, when not with this
    carried: Rupiah  # interest owed from the schedule before a restructuring
    principal: Principal

    @property
    def interest_amount(self) -> Rupiah:
        """Return the interest of the stored row: what was carried stands beside it."""
        return sum(part.amount for part in self.interest)

    @property
    def total(self) -> Rupiah:
        """Return all that falls due."""
        return self.principal.amount + self.interest_amount + self.carried


def instalment(version: Version, n: int) -> Explained | None:
    """Explain an instalment of a schedule from the rule stored with it.

    None when that rule does not give this schedule, to the rupiah: then nothing is explained wrongly.
    """
    assert 1 <= n <= len(version.rows), n
    lines = recomputed.lines(version)
    if lines is None:
        return None
    terms, line = version.terms, lines[n - 1]
    quiet = len(lines) - 1 if terms.interest_at_end else terms.grace_interest
    first = 1 if n == quiet + 1 else n
    periods = lines[first - 1 : n] if n > quiet else ()
    return Explained(
        n=n,
        due=version.rows[n - 1].due,
        unmoved=line.period.ends,
        interest=tuple(_interest(terms, part) for part in periods),
        later=quiet + 1 if n <= quiet else None,
        carried=version.carried_interest if n == 1 else 0,
        principal=_principal(terms, lines, n),
    )


def _interest(terms: Terms, line: Line) -> Interest:
    counted = terms.day_count is DayCount.MONTH
    return Interest(
        n=line.period.n,
        basis=Basis.WHOLE if terms.method is Method.FLAT else Basis.LEFT,
        base=line.base,
        rate=terms.rate,
        rate_per=terms.rate_per,
        starts=line.period.starts,
        ends=line.period.ends,
        months=line.period.years * 12 if counted else None,
        days=() if counted else _days(terms, line.period.starts, line.period.ends),
    )


def _days(terms: Terms, starts: date, ends: date) -> tuple[tuple[int, int], ...]:
    """Split a period's days by the length of the year they are of."""
    if terms.day_count is not DayCount.ACT_ACT:
        return (((ends - starts).days, 360 if terms.day_count is DayCount.ACT_360 else 365),)
    split: dict[int, int] = {}
    while starts < ends:
        new_year = date(starts.year + 1, 1, 1)
        length = (new_year - date(starts.year, 1, 1)).days
        until = min(ends, new_year)
        split[length] = split.get(length, 0) + (until - starts).days
        starts = until
    return tuple((days, length) for length, days in split.items())


def _principal(terms: Terms, lines: tuple[Line, ...], n: int) -> Principal:
    line = lines[n - 1]
    whole = lines[0].balance + lines[0].principal
    repaying = lines[terms.grace_principal :]
    way = _way(terms, n, last=n == len(lines))
    unrounded = factors = None
    if way is Way.LEVEL:
        factors = schedule.factors([each.rate for each in repaying])
        unrounded = whole / factors
    elif way is Way.ROUNDED:
        share = Fraction(whole, len(repaying))
        part = share if terms.method is Method.FLAT else Fraction(schedule.half_up(share))
        unrounded = part + line.accrued
    return Principal(
        way=way,
        whole=whole,
        parts=len(repaying),
        left=line.balance + line.principal,
        interest=line.accrued,
        unrounded=unrounded,
        factors=factors,
        round_to=terms.round_to,
        rounding=terms.rounding,
    )


def _way(terms: Terms, n: int, *, last: bool) -> Way:
    if last:
        return Way.REST
    if terms.method is Method.JATUH_TEMPO:
        return Way.AT_END
    if n <= terms.grace_principal:
        return Way.GRACE
    if terms.method is Method.ANUITAS:
        return Way.LEVEL
    return Way.SHARE if terms.round_to == 1 else Way.ROUNDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Fined:
    """The fine (denda) of an instalment: what it lacked, for how many counted days, its cap. Rupiah."""

    penalty: Penalty
    instalment: Rupiah  # principal and interest: what a cap is of
    stretches: tuple[Stretch, ...]
    carried: Rupiah  # fines owed from the schedule before a restructuring

    @property
    def parts(self) -> tuple[Fraction, ...]:
        """Return what each stretch adds before cap and rounding; a fine that falls once is the first's."""
        value = Fraction(self.penalty.value)
        first = self.stretches[:1]
        match self.penalty.kind:
            case Fine.NONE:
                return ()
            case Fine.PERCENT_DAILY:
                return tuple(value / 100 * each.days * each.lacked for each in self.stretches)
            case Fine.PERCENT_ONCE:
                return tuple(value / 100 * each.lacked for each in first)
            case Fine.FIXED_DAILY:
                return tuple(value * each.days for each in self.stretches)
            case Fine.FIXED_ONCE:
                return tuple(value for _ in first)

    @property
    def exact(self) -> Fraction:
        """Return the fine before its cap."""
        return sum(self.parts, Fraction(0))

    @property
    def cap(self) -> Fraction | None:
        """Return the most it may be, before rounding."""
        if self.penalty.cap is None:
            return None
        return Fraction(self.penalty.cap) / 100 * self.instalment

    @property
    def amount(self) -> Rupiah:
        """Return the fine in whole rupiah, with what was carried."""
        most = self.exact if self.cap is None else min(self.exact, self.cap)
        return self.carried + schedule.half_up(most)


def fine(version: Version, line: Standing) -> Fined:
    """Explain the fine of an instalment as it stands in a position of this version."""
    carried = version.carried_penalty if line.n == 1 else 0
    explained = Fined(
        penalty=version.terms.penalty,
        instalment=line.principal + line.interest,
        stretches=line.fined,
        carried=carried,
    )
    assert explained.amount == carried + penalties.fine(
        explained.penalty, instalment=explained.instalment, stretches=explained.stretches
    )
    return explained
