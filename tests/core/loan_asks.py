"""Any loan somebody may ask for, for tests that try many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from core.loans import schedule
from core.loans.terms import DayCount, Every, Instalment, Method, MonthEnd, Rounding, Terms


@dataclass(frozen=True)
class Asked:
    """A loan somebody may ask for."""

    principal: int
    count: int
    terms: Terms
    disbursed: date
    first_due: date | None
    rest_days: frozenset[int]

    def made(self) -> tuple[Instalment, ...]:
        return schedule.make(
            principal=self.principal,
            count=self.count,
            terms=self.terms,
            disbursed=self.disbursed,
            first_due=self.first_due,
            rest_days=self.rest_days,
        )


@st.composite
def loans(draw: st.DrawFn) -> Asked:
    principal = draw(st.one_of(st.integers(1, 1_000), st.integers(1_000, 10**12)))
    count = draw(st.one_of(st.integers(1, 12), st.integers(1, 120)))
    method = draw(st.sampled_from(Method))
    every = Every.parse(draw(st.sampled_from(["1m", "2m", "3m", "6m", "1w", "2w", "15d", "1d"])))
    disbursed = draw(st.dates(date(2024, 1, 1), date(2029, 12, 31)))
    terms = Terms(
        method=method,
        rate=draw(st.decimals(0, 40, places=3)),
        rate_per=draw(st.sampled_from(["month", "year"])),
        every=every,
        day_count=draw(st.sampled_from(DayCount)),
        grace_principal=draw(st.integers(0, min(count - 1, 8))),
        grace_interest=draw(st.integers(0, min(count - 1, 8))),
        interest_at_end=method is Method.JATUH_TEMPO and draw(st.booleans()),
        round_to=min(draw(st.sampled_from([1, 50, 100, 500, 1_000])), principal),
        rounding=draw(st.sampled_from(Rounding)),
        due_day=draw(st.one_of(st.none(), st.integers(1, 31))) if every.unit == "m" else None,
        month_end=draw(st.sampled_from(MonthEnd)),
        moves_holidays=draw(st.booleans()),
    )
    later = draw(st.one_of(st.none(), st.integers(1, 400)))
    return Asked(
        principal=principal,
        count=count,
        terms=terms,
        disbursed=disbursed,
        first_due=disbursed + timedelta(days=later) if later else None,
        rest_days=draw(st.sampled_from([frozenset(), frozenset({7}), frozenset({6, 7})])),
    )
