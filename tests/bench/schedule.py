"""Schedules of 36 months per second, by method, beside the plain formulas of a textbook in Decimal.

Exactness is the point of the engine, not speed: its sums are checked against the peer's here, its speed is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.loans import rates, schedule
from core.loans.terms import DayCount, Instalment, Method, Terms
from tests.bench import house
from tests.bench.report import Report

_PRINCIPAL, _COUNT, _RATE = 12_000_000, 36, Decimal("1.5")
_DAY = date(2026, 1, 31)
_SECONDS = 0.4
_WEEKEND = frozenset({6, 7})


async def run(report: Report, _server: house.Server) -> None:
    """Make the same loan again and again: each method, counted days, the yearly rate."""
    report.title("Schedules of 36 months: exact fractions, holidays stepped around")
    for method in Method:
        terms = Terms(method=method, rate=_RATE)
        assert _same(_made(terms), _plain(method)), method
        ours = _per_second(lambda terms=terms: _made(terms))  # type: ignore[misc] # bound at once
        peer = _per_second(lambda method=method: _plain(method))  # type: ignore[misc] # the same
        report.tell(f"schedule: {method.value}", f"{ours:,.0f}/s (plain Decimal {peer:,.0f}/s)")
    counted = Terms(method=Method.ANUITAS, rate=_RATE, day_count=DayCount.ACT_ACT)
    report.tell("schedule: anuitas, act/act", f"{_per_second(lambda: _made(counted)):,.0f}/s")
    flat = Terms(rate=_RATE)
    rows = _made(flat)
    effective = _per_second(lambda: rates.effective_rate(_PRINCIPAL, rows, flat, _DAY))
    report.tell("schedule: effective yearly rate of flat", f"{effective:,.0f}/s")


def _per_second(work: Callable[[], object]) -> float:
    work()
    done, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < _SECONDS:
        for _ in range(10):
            work()
        done += 10
    return done / passed


def _made(terms: Terms) -> tuple[Instalment, ...]:
    return schedule.make(
        principal=_PRINCIPAL, count=_COUNT, terms=terms, disbursed=_DAY, rest_days=_WEEKEND
    )


def _plain(method: Method) -> list[tuple[Decimal, Decimal]]:
    """The formulas of domain 2.2, half-up to whole rupiah, no dates: (principal, interest)."""
    rate, one = _RATE / 100, Decimal(1)
    left = principal = Decimal(_PRINCIPAL)
    level = (principal * rate / (1 - (1 + rate) ** -_COUNT)).quantize(one, ROUND_HALF_UP)
    share = (principal / _COUNT).quantize(one, ROUND_HALF_UP)
    rows = []
    for n in range(1, _COUNT + 1):
        base = principal if method is Method.FLAT else left
        interest = (base * rate).quantize(one, ROUND_HALF_UP)
        if n == _COUNT:
            part = left
        elif method is Method.JATUH_TEMPO:
            part = Decimal(0)
        else:
            part = level - interest if method is Method.ANUITAS else share
        left -= part
        rows.append((part, interest))
    return rows


def _same(rows: Sequence[Instalment], plain: Sequence[tuple[Decimal, Decimal]]) -> bool:
    return all(
        row.principal == principal and row.interest == interest
        for row, (principal, interest) in zip(rows, plain, strict=True)
    )
