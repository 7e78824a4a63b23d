"""Schedules: due dates, period rates and instalments of a loan; pure and exact (spec/interface.md).

Read make, then compute (with everything an explanation needs), then periods. Whole rupiah; fractions
in between, rounded half-up once a line. What the rules leave open is decided so:

- `month`: every period is the rhythm's own length, whatever its dates: 1m one month, 2w 14/30, 15d half.
  Only `act/N` counts days, between the dates before any holiday moved them.
- `due_day`: the first due date is the first such day from 15 days before one period is over, so a first
  period of one month lasts half a month to one and a half. A `first_due` said outright goes before, and
  sets the day.
- A due date on a holiday moves on alone: those after it are counted from the unmoved one. Should two then
  meet (daily instalments), the later one goes to the working day after.
- No line repays more than is left, or less than nothing. Where rounding up pays a loan off early, the lines
  after it carry no principal; where rounding down does not even cover the interest, a line carries that alone.
- The interest of a grace (and of `interest_at_end`) is rounded period by period and then held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from core import calendar, holidays
from core.loans.terms import (
    BadTerms,
    DayCount,
    Every,
    Instalment,
    Method,
    MonthEnd,
    Rounding,
    Terms,
)
from core.money import Rupiah

MOST_INSTALMENTS = 600
LARGEST_PRINCIPAL: Rupiah = 10**12
LAST_YEAR = 2999
_DAYS_OF_MONTH = 30  # a month of weeks and days, where months are counted
_NEAR = 15  # days that a due day may fall before one period is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The time an instalment covers: `starts` and `ends` before holidays, `due` after them."""

    n: int
    starts: date
    ends: date
    due: date
    years: Fraction  # how much of a year it counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An instalment with what made it. Money in rupiah."""

    period: Period
    base: Rupiah  # what interest is computed on
    rate: Fraction  # of the period: 1/100 is one per cent
    accrued: Rupiah  # interest of this period, rounded half-up
    held: Rupiah  # interest of earlier periods that falls due here
    level: Rupiah | None  # the equal instalment of an anuitas
    share: Fraction | None  # the equal principal of flat and menurun, before rounding
    principal: Rupiah
    interest: Rupiah  # what falls due: accrued and held, or nothing within a grace
    balance: Rupiah  # left after it

    @property
    def total(self) -> Rupiah:
        """Return what is to be paid."""
        return self.principal + self.interest


def make(
    *,
    principal: Rupiah,
    count: int,
    terms: Terms,
    disbursed: date,
    first_due: date | None = None,
    rest_days: frozenset[int] = frozenset(),
) -> tuple[Instalment, ...]:
    """Make the schedule of a loan: `count` instalments whose principal adds up to `principal` rupiah.

    `rest_days` are the weekly days of rest on which nothing falls due (1 Monday to 7 Sunday). Raises BadTerms.
    """
    lines = compute(
        principal=principal,
        count=count,
        terms=terms,
        disbursed=disbursed,
        first_due=first_due,
        rest_days=rest_days,
    )
    return instalments(lines)


def instalments(lines: Sequence[Line]) -> tuple[Instalment, ...]:
    """Leave of the lines what is stored."""
    return tuple(
        Instalment(
            n=line.period.n,
            due=line.period.due,
            principal=line.principal,
            interest=line.interest,
        )
        for line in lines
    )


def compute(
    *,
    principal: Rupiah,
    count: int,
    terms: Terms,
    disbursed: date,
    first_due: date | None = None,
    rest_days: frozenset[int] = frozenset(),
) -> tuple[Line, ...]:
    """Compute a schedule line by line, keeping what each was made of. Raises BadTerms."""
    check(principal=principal, count=count, terms=terms)
    spans = periods(
        terms, count=count, disbursed=disbursed, first_due=first_due, rest_days=rest_days
    )
    yearly = Fraction(terms.yearly_rate) / 100
    rates = [yearly * span.years for span in spans]
    plan = _Plan.of(principal, terms, rates)
    lines: list[Line] = []
    balance = principal
    for span, rate in zip(spans, rates, strict=True):
        base = principal if terms.method is Method.FLAT else balance
        accrued = half_up(base * rate)
        part = balance if span.n == count else plan.principal_of(span.n, accrued)
        part = min(max(part, 0), balance)
        balance -= part
        lines.append(
            Line(
                period=span,
                base=base,
                rate=rate,
                accrued=accrued,
                held=0,
                level=plan.level,
                share=plan.share,
                principal=part,
                interest=accrued,
                balance=balance,
            )
        )
    return _held(lines, count - 1 if terms.interest_at_end else terms.grace_interest)


def _held(lines: list[Line], grace: int) -> tuple[Line, ...]:
    """Let the interest of the first `grace` lines fall due with the one after them."""
    if not grace:
        return tuple(lines)
    held = sum(line.accrued for line in lines[:grace])
    after = lines[grace]
    return (
        *(replace(line, interest=0) for line in lines[:grace]),
        replace(after, held=held, interest=after.accrued + held),
        *lines[grace + 1 :],
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """How much principal each line repays, before it is held between nothing and what is left."""

    terms: Terms
    level: Rupiah | None
    share: Fraction | None

    @classmethod
    def of(cls, principal: Rupiah, terms: Terms, rates: Sequence[Fraction]) -> _Plan:
        """Work out the equal instalment (anuitas) or the equal principal (flat, menurun)."""
        repaying = rates[terms.grace_principal :]
        if terms.method is Method.ANUITAS:
            level = rounded(principal / factors(repaying), terms.round_to, terms.rounding)
            return cls(terms, level, None)
        if terms.method is Method.JATUH_TEMPO:
            return cls(terms, None, None)
        return cls(terms, None, Fraction(principal, len(repaying)))

    def principal_of(self, n: int, interest: Rupiah) -> Rupiah:
        """Return the principal of a line that is not the last, given its interest."""
        if n <= self.terms.grace_principal:
            return 0
        if self.level is not None:
            return self.level - interest
        if self.share is None:
            return 0
        if self.terms.round_to == 1:
            return half_up(self.share)
        # menurun repays whole rupiah a line, flat pays P/n and interest as one sum
        flat = self.terms.method is Method.FLAT
        instalment = (self.share if flat else half_up(self.share)) + interest
        return rounded(Fraction(instalment), self.terms.round_to, self.terms.rounding) - interest


def factors(rates: Sequence[Fraction]) -> Fraction:
    """Add up the discount factors of periods: from the last one back, with no common terms sought."""
    above, below = 0, 1
    for rate in reversed(rates):
        above, below = (
            (above + below) * rate.denominator,
            below * (rate.denominator + rate.numerator),
        )
    return Fraction(above, below)


def check(*, principal: Rupiah, count: int, terms: Terms) -> None:
    """Refuse what makes no schedule: BadTerms with `what` in the chat's words."""
    exponent = terms.rate.as_tuple().exponent
    finite = isinstance(exponent, int)
    for wrong, what in (
        (not 1 <= principal <= LARGEST_PRINCIPAL, "pokok harus Rp1 sampai Rp1.000.000.000.000"),
        (
            not 1 <= count <= MOST_INSTALMENTS,
            f"banyaknya angsuran harus 1 sampai {MOST_INSTALMENTS}",
        ),
        (not finite or not 0 <= terms.rate <= 1000, "jasa harus 0 sampai 1000 persen"),
        (
            isinstance(exponent, int) and exponent < -20,
            "jasa terlalu banyak angka di belakang koma",
        ),
        (terms.rate_per not in ("month", "year"), "jasa dihitung per bulan atau per tahun"),
        (
            not 0 <= terms.grace_principal < max(count, 1),
            "masa tenggang pokok harus lebih pendek dari banyaknya angsuran",
        ),
        (
            not 0 <= terms.grace_interest < max(count, 1),
            "masa tenggang jasa harus lebih pendek dari banyaknya angsuran",
        ),
        (
            terms.interest_at_end and terms.method is not Method.JATUH_TEMPO,
            "jasa di akhir hanya untuk metode jatuh tempo",
        ),
        (terms.round_to < 1, "pembulatan harus paling sedikit Rp1"),
        (terms.round_to > max(principal, 1), "pembulatan melebihi pokok pinjaman"),
        (
            terms.due_day is not None
            and not (terms.every.unit == "m" and 1 <= terms.due_day <= 31),
            "tanggal jatuh tempo harus 1 sampai 31, hanya untuk angsuran bulanan",
        ),
    ):
        if wrong:
            raise BadTerms(what=what)


def periods(
    terms: Terms,
    *,
    count: int,
    disbursed: date,
    first_due: date | None = None,
    rest_days: frozenset[int] = frozenset(),
) -> tuple[Period, ...]:
    """Lay out the periods of a loan: due dates strictly rising, lengths by the day count. Raises BadTerms."""
    if first_due is not None and first_due <= disbursed:
        raise BadTerms(what="jatuh tempo pertama harus sesudah tanggal pencairan")
    days = _days(terms, count, disbursed, first_due)
    spans: list[Period] = []
    starts = moved = disbursed
    for n, ends in enumerate(days, 1):
        if terms.moves_holidays:
            moved = holidays.next_working_day(max(ends, moved + timedelta(days=1)), rest_days)
        due = moved if terms.moves_holidays else ends
        years = year_fraction(terms, starts, ends)
        spans.append(Period(n=n, starts=starts, ends=ends, due=due, years=years))
        starts = ends
    return tuple(spans)


def _days(terms: Terms, count: int, disbursed: date, first_due: date | None) -> list[date]:
    """Return the due dates before holidays."""
    try:
        if terms.every.unit != "m":
            step = timedelta(days=_length(terms.every))
            first = first_due or disbursed + step
            days = [first + step * k for k in range(count)]
        else:
            first, day = _first(terms, disbursed, first_due)
            month = calendar.month_of(first)
            step_months = terms.every.count
            days = [
                _on_day(calendar.next_month(month, step_months * k), day, terms.month_end)
                for k in range(count)
            ]
    except (OverflowError, ValueError) as error:  # past the last date there is
        raise _too_far() from error
    if days[-1].year > LAST_YEAR:
        raise _too_far()
    return days


def _too_far() -> BadTerms:
    return BadTerms(what=f"angsuran terakhir jatuh sesudah tahun {LAST_YEAR}")


def _first(terms: Terms, disbursed: date, first_due: date | None) -> tuple[date, int]:
    """Return a day in the first due month, and the day of the month on which instalments fall due."""
    if first_due is not None:
        return first_due, first_due.day
    month = calendar.next_month(calendar.month_of(disbursed), terms.every.count)
    if terms.due_day is None:
        return month, disbursed.day
    near = _on_day(month, disbursed.day, MonthEnd.LAST_DAY) - timedelta(days=_NEAR)
    month = calendar.month_of(near)
    while _on_day(month, terms.due_day, terms.month_end) < near:
        month = calendar.next_month(month)
    return month, terms.due_day


def _on_day(month: date, day: int, rule: MonthEnd) -> date:
    """Return a day of a month; one the month lacks falls back to its last day, or on to the next first."""
    last = calendar.last_day(month)
    if day <= last.day:
        return month.replace(day=day)
    return last if rule is MonthEnd.LAST_DAY else last + timedelta(days=1)


def _length(every: Every) -> int:
    return every.count * (7 if every.unit == "w" else 1)


def year_fraction(terms: Terms, starts: date, ends: date) -> Fraction:
    """Say how much of a year a period counts; act/act takes each calendar year's days by its own length."""
    days = (ends - starts).days
    match terms.day_count:
        case DayCount.ACT_365:
            return Fraction(days, 365)
        case DayCount.ACT_360:
            return Fraction(days, 360)
        case DayCount.ACT_ACT:
            return _by_calendar_year(starts, ends)
        case DayCount.MONTH:
            every = terms.every
            months = (
                Fraction(every.count)
                if every.unit == "m"
                else Fraction(_length(every), _DAYS_OF_MONTH)
            )
            return months / 12


def _by_calendar_year(starts: date, ends: date) -> Fraction:
    """Count the first day, not the last, of a period."""
    counted = Fraction(0)
    while starts < ends:
        new_year = date(starts.year + 1, 1, 1)
        until = min(ends, new_year)
        counted += Fraction((until - starts).days, (new_year - date(starts.year, 1, 1)).days)
        starts = until
    return counted


def half_up(amount: Fraction) -> Rupiah:
    """Round an amount of zero or more to whole rupiah, a half upwards."""
    above, below = amount.numerator, amount.denominator
    return (2 * above + below) // (2 * below)


def rounded(amount: Fraction, to: Rupiah, how: Rounding) -> Rupiah:
    """Round to a multiple of `to` rupiah: to the nearest (a half upwards), up, or down."""
    times = amount / to
    match how:
        case Rounding.UP:
            return -floor(-times) * to
        case Rounding.DOWN:
            return floor(times) * to
        case Rounding.NEAREST:
            return half_up(times) * to
