"""The figures that are watched: what each is called, its unit, and which end of a ranking is the better one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from core.monitoring.reading import Total, Watched

Value = int | Decimal | None


class Unit(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    RUPIAH = "rupiah"
    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of the monitoring; `high`: more is better, None: neither. Its text's key is figure-NAME."""

    name: str
    unit: Unit
    high: bool | None

    def of(self, one: Watched | Total, today: date) -> Value:
        """Return the figure of a cooperative or a region; None: hidden, unknown or without meaning."""
        if self.name == "silence":
            return one.silent_days(today) if isinstance(one, Watched) else one.silent
        if self.name in _SHARES:
            part, whole = _SHARES[self.name]
            return _percent(getattr(one, part), getattr(one, whole))
        value: Value = getattr(one, self.name)
        return value


_SHARES = {
    "deadlines": ("deadlines_met", "deadlines_due"),
    "meetings": ("meetings_met", "meetings_due"),
    "documents": ("documents", "documents_needed"),
    "training": ("trained", "officers"),
}
MONEY = (
    Figure(name="members", unit=Unit.COUNT, high=True),
    Figure(name="savings", unit=Unit.RUPIAH, high=True),
    Figure(name="lent", unit=Unit.RUPIAH, high=None),
    Figure(name="npl", unit=Unit.PERCENT, high=False),
    Figure(name="par30", unit=Unit.PERCENT, high=False),
    Figure(name="bmpp", unit=Unit.COUNT, high=False),
    Figure(name="liquidity", unit=Unit.PERCENT, high=True),
    Figure(name="own_capital", unit=Unit.PERCENT, high=True),
    Figure(name="bopo", unit=Unit.PERCENT, high=False),
    Figure(name="collection", unit=Unit.PERCENT, high=True),
    Figure(name="sales", unit=Unit.RUPIAH, high=True),
)
CARE = (
    Figure(name="silence", unit=Unit.DAYS, high=False),
    Figure(name="unsealed", unit=Unit.DAYS, high=False),
    Figure(name="cash_off", unit=Unit.RUPIAH, high=False),
    Figure(name="disputed", unit=Unit.COUNT, high=False),
    Figure(name="waiting", unit=Unit.COUNT, high=False),
    Figure(name="unclosed", unit=Unit.COUNT, high=False),
    Figure(name="deadlines", unit=Unit.PERCENT, high=True),
    Figure(name="meetings", unit=Unit.PERCENT, high=True),
    Figure(name="documents", unit=Unit.PERCENT, high=True),
    Figure(name="training", unit=Unit.PERCENT, high=True),
)
FIGURES = (*MONEY, *CARE)
BY_NAME = {one.name: one for one in FIGURES}


def ranked(
    found: Sequence[Watched], figure: Figure, today: date, *, best: bool
) -> list[tuple[Watched, int | Decimal]]:
    """Order cooperatives by a figure, the best or the worst first; those without it are left out.

    A book that never had an entry is the longest silent.
    """
    never = 100_000 if figure.name == "silence" else None
    valued = [(one, figure.of(one, today)) for one in found]
    known = [(one, never if value is None else value) for one, value in valued]
    shown = [(one, value) for one, value in known if value is not None]
    rising = 1 if best is (figure.high is False) else -1
    return [*sorted(shown, key=lambda pair: (rising * pair[1], pair[0].code))]


def _percent(part: int | None, whole: int | None) -> Decimal | None:
    if not whole or part is None:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
