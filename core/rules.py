"""The amounts and limits each cooperative sets, in force from a day on; the latest before a day holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.money import Rupiah
from core.tables.places import rules

FOUNDED = date(2025, 1, 1)  # rules of founding hold for every date anybody may still enter

# Every rule and what holds while a cooperative has not set it (domain 1.2, 5; interface).
DEFAULTS = {
    "pokok": "100000",  # rupiah, once
    "wajib": "20000",  # rupiah a month
    "due_day": "10",  # day of the month on which simpanan wajib is due
    "message_limit": "100000000",  # rupiah one message may name before it is asked again
    "unusual_times": "10",  # an amount above so many times the member's median is pointed out
    "usp": "licensed",  # licensed, channeling or none
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for a cooperative on one day. Money in rupiah."""

    pokok: Rupiah
    wajib: Rupiah
    due_day: int
    message_limit: Rupiah
    unusual_times: int
    usp: str


@dataclass(frozen=True, slots=True)
class WajibRates:
    """The simpanan wajib of each month: the rule in force on the month's first day."""

    steps: tuple[tuple[date, Rupiah], ...]  # (since, rupiah a month), earliest first

    def of(self, month: date) -> Rupiah:
        """Return the dues of a month in rupiah; before the first step, the first step's."""
        amount = self.steps[0][1]
        for since, value in self.steps:
            if since <= month:
                amount = value
        return amount


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Every rule a cooperative has set, and since when."""

    steps: tuple[tuple[str, date, str], ...]  # (name, since, value), earliest first

    def on(self, day: date) -> Rules:
        """Return the rules that hold on a day."""
        values = dict(DEFAULTS)
        for name, since, value in self.steps:
            if since <= day and name in values:
                values[name] = value
        return Rules(
            pokok=int(values["pokok"]),
            wajib=int(values["wajib"]),
            due_day=int(values["due_day"]),
            message_limit=int(values["message_limit"]),
            unusual_times=int(values["unusual_times"]),
            usp=values["usp"],
        )


# Selects one column, what RuleBook is made of, for the cooperative $1.
STEPS = "ARRAY(SELECT ROW(name, since, value) FROM rules WHERE koperasi_id = $1 ORDER BY since)"


async def in_force(db: AsyncConnection, koperasi_id: int, on: date) -> Rules:
    """Read the rules that hold on a day."""
    raw = await database.driver(db)
    return RuleBook(tuple(await raw.fetchval(f"SELECT {STEPS}", koperasi_id))).on(on)


async def wajib_rates(db: AsyncConnection, koperasi_id: int) -> WajibRates:
    """Read how the simpanan wajib changed over time."""
    raw = await database.driver(db)
    return rates_of(await raw.fetchval(f"SELECT {WAJIB_STEPS}", koperasi_id))


# Selects one column, what `rates_of` takes, for the cooperative $1.
WAJIB_STEPS = (
    "ARRAY(SELECT ROW(since, value) FROM rules WHERE koperasi_id = $1 AND name = 'wajib'"
    " ORDER BY since)"
)


def rates_of(rows: Iterable[tuple[date, str]]) -> WajibRates:
    """Make the rates of what WAJIB_STEPS selected."""
    steps = tuple((since, int(value)) for since, value in rows)
    if not steps or steps[0][0] > FOUNDED:  # Until a cooperative sets its own, the default holds.
        steps = ((date.min, int(DEFAULTS["wajib"])), *steps)
    return WajibRates(steps)


async def set_rule(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    name: Literal["pokok", "wajib", "due_day", "message_limit", "unusual_times", "usp"],
    value: str,
    since: date,
    by: str,
    at: datetime,
) -> None:
    """Let a rule hold from a day on; said again for the same day it replaces that day's value."""
    assert name in DEFAULTS, name
    row = {"value": value, "set_by": by, "set_at": at}
    await db.execute(
        insert(rules)
        .values(koperasi_id=koperasi_id, name=name, since=since, **row)
        .on_conflict_do_update(index_elements=["koperasi_id", "name", "since"], set_=row)
    )
