"""The rule of a loan: method, rate, rhythm, grace, rounding, fees, fines; kept with every schedule it made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Any

from core.errors import Refusal
from core.money import Rupiah


class BadTerms(Refusal):
    """Terms no loan may have. Facts: what, in Indonesian words of the chat."""

    text = "refusal-bad-terms"


class Method(StrEnum):
    """How principal and interest (jasa) are spread (domain 2.2)."""

    FLAT = "flat"
    MENURUN = "menurun"
    ANUITAS = "anuitas"
    JATUH_TEMPO = "jatuh-tempo"


class DayCount(StrEnum):
    """How long a period counts."""

    MONTH = "month"
    ACT_365 = "act/365"
    ACT_360 = "act/360"
    ACT_ACT = "act/act"


class Rounding(StrEnum):
    """Which way an instalment is rounded; the last one takes what is left."""

    NEAREST = "nearest"
    UP = "up"
    DOWN = "down"


class MonthEnd(StrEnum):
    """Where a due day goes that a month lacks: its last day (and back), or the first of the next."""

    LAST_DAY = "last-day"
    NEXT_FIRST = "next-first"


class Fine(StrEnum):
    """What a late instalment costs: nothing, per cent of what it lacks, or rupiah; once or a day."""

    NONE = "none"
    PERCENT_DAILY = "percent-daily"
    PERCENT_ONCE = "percent-once"
    FIXED_DAILY = "fixed-daily"
    FIXED_ONCE = "fixed-once"


class Share(StrEnum):
    """What a payment goes to."""

    PENALTY = "denda"
    INTEREST = "jasa"
    PRINCIPAL = "pokok"


@dataclass(frozen=True, slots=True)
class Every:
    """The rhythm of instalments: `count` months, weeks or days."""

    count: int
    unit: str  # m, w, d

    @classmethod
    def parse(cls, text: str) -> Every:
        """Read 1m, 2m, 1w, 2w, 15d. Raises ValueError."""
        found = re.fullmatch(r"([1-9][0-9]{0,2})([mwd])", text.strip(), re.ASCII)
        if found is None:
            raise ValueError(text)
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        """Write it as it is read."""
        return f"{self.count}{self.unit}"

    @property
    def is_short(self) -> bool:
        """Shorter than a month: other classes hold (domain 2.4)."""
        return self.count * {"m": 31, "w": 7, "d": 1}[self.unit] < 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """The fine (denda) of a late instalment: on what it still lacks of principal and interest, never on fines.

    `value` is per cent or rupiah; the first `grace_days` days past due are free and never counted;
    at most `cap` per cent of the instalment.
    """

    kind: Fine = Fine.NONE
    value: Decimal = Decimal(0)
    grace_days: int = 0
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything a schedule and a payment are computed from. Rates are per cent, money is rupiah."""

    method: Method = Method.FLAT
    rate: Decimal = Decimal(1)
    rate_per: str = "month"  # month or year
    every: Every = Every(1, "m")
    day_count: DayCount = DayCount.MONTH
    grace_principal: int = 0  # first instalments without principal
    grace_interest: int = 0  # first instalments without interest: it falls due with the one after
    interest_at_end: bool = False  # jatuh tempo: all interest with the principal
    round_to: Rupiah = 1
    rounding: Rounding = Rounding.NEAREST
    due_day: int | None = None  # day of the month; none: that of the disbursement
    month_end: MonthEnd = MonthEnd.LAST_DAY
    moves_holidays: bool = True  # a due day on a holiday or rest day moves to the next working day
    provisi: Decimal = Decimal(0)  # per cent of the principal, kept at the disbursement
    provisi_spread: bool = False  # taken to income with the principal repaid (113120), not at once
    administrasi: Rupiah = 0
    penalty: Penalty = Penalty()
    order: tuple[Share, ...] = (Share.PENALTY, Share.INTEREST, Share.PRINCIPAL)
    settlement_instalments: int = 0  # further instalments whose interest an early settlement costs

    @property
    def yearly_rate(self) -> Decimal:
        """Return the nominal rate in per cent a year; a monthly rate counts 12 times."""
        return self.rate * 12 if self.rate_per == "month" else self.rate

    def fee(self, principal: Rupiah) -> Rupiah:
        """Return the provisi of a principal in rupiah, half-up."""
        exact = Fraction(self.provisi) * principal / 100
        return floor(exact + Fraction(1, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """A row of a schedule, in rupiah."""

    n: int
    due: date
    principal: Rupiah
    interest: Rupiah


def to_json(terms: Terms) -> dict[str, Any]:
    """Write terms down as plain values: decimals as text."""
    penalty = terms.penalty
    return {
        "method": terms.method.value,
        "rate": str(terms.rate),
        "rate_per": terms.rate_per,
        "every": str(terms.every),
        "day_count": terms.day_count.value,
        "grace_principal": terms.grace_principal,
        "grace_interest": terms.grace_interest,
        "interest_at_end": terms.interest_at_end,
        "round_to": terms.round_to,
        "rounding": terms.rounding.value,
        "due_day": terms.due_day,
        "month_end": terms.month_end.value,
        "moves_holidays": terms.moves_holidays,
        "provisi": str(terms.provisi),
        "provisi_spread": terms.provisi_spread,
        "administrasi": terms.administrasi,
        "penalty": {
            "kind": penalty.kind.value,
            "value": str(penalty.value),
            "grace_days": penalty.grace_days,
            "cap": None if penalty.cap is None else str(penalty.cap),
        },
        "order": [share.value for share in terms.order],
        "settlement_instalments": terms.settlement_instalments,
    }


def from_json(raw: dict[str, Any]) -> Terms:
    """Read terms back exactly as they were written."""
    fine = raw["penalty"]
    return Terms(
        method=Method(raw["method"]),
        rate=Decimal(raw["rate"]),
        rate_per=raw["rate_per"],
        every=Every.parse(raw["every"]),
        day_count=DayCount(raw["day_count"]),
        grace_principal=raw["grace_principal"],
        grace_interest=raw["grace_interest"],
        interest_at_end=raw["interest_at_end"],
        round_to=raw["round_to"],
        rounding=Rounding(raw["rounding"]),
        due_day=raw["due_day"],
        month_end=MonthEnd(raw["month_end"]),
        moves_holidays=raw["moves_holidays"],
        provisi=Decimal(raw["provisi"]),
        provisi_spread=raw["provisi_spread"],
        administrasi=raw["administrasi"],
        penalty=Penalty(
            kind=Fine(fine["kind"]),
            value=Decimal(fine["value"]),
            grace_days=fine["grace_days"],
            cap=None if fine["cap"] is None else Decimal(fine["cap"]),
        ),
        order=tuple(Share(share) for share in raw["order"]),
        settlement_instalments=raw["settlement_instalments"],
    )
