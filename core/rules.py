"""The amounts and limits each cooperative sets, in force from a day on; the latest before a day holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.money import LARGEST, Rupiah
from core.tables.places import rules

FOUNDED = date(2025, 1, 1)  # rules of founding hold for every date anybody may still enter


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule holds while a cooperative has not set it, and what it may hold.

    A whole number (with `decimals` two places may follow a point) from `lowest` to `highest`, one of `words`, a table of class:number pairs, or a
    rising list of days before (negative) and after another.
    """

    default: str
    lowest: int = 0
    highest: int = LARGEST
    words: tuple[str, ...] = ()
    decimals: bool = False
    table: bool = False
    days: bool = False


RULES = {
    "pokok": Rule("100000"),  # rupiah, once
    "wajib": Rule("20000"),  # rupiah a month
    "due_day": Rule("10", 1, 28),  # day of the month on which simpanan wajib is due
    "message_limit": Rule("100000000"),  # rupiah one message may name before it is asked again
    "unusual_times": Rule("10", 2, 1_000_000),  # times a member's median that are pointed out
    # Interest on simpanan sukarela (Permenkop 8/2023: at most 9).
    "savings_rate": Rule("0", 0, 9, decimals=True),  # per cent a year; 0: none
    "savings_interest_method": Rule(
        "average", words=("average", "lowest")
    ),  # of a month's balances
    # Term and holiday savings, where the card says nothing else.
    "term_rate": Rule("0", 0, 9, decimals=True),  # per cent a year
    "term_months": Rule("12", 1, 120),
    "holiday_rate": Rule("0", 0, 9, decimals=True),
    "holiday_month": Rule("3", 1, 12),  # on whose first day holiday savings are paid out
    "term_early": Rule("no-interest", words=("no-interest", "refused")),  # taken before its day
    # After its day a term rests without interest, or runs on for as long at the same rate.
    "term_after": Rule("rest", words=("rest", "rollover")),
    "usp": Rule("licensed", words=("licensed", "channeling", "none")),
    # Lending (Permenkop 8/2023; domain 1.1 and 2.3). 0 stands for "not checked".
    "rate_cap": Rule("24", 0, 1000),  # per cent a year, nominal
    "modal_awal": Rule("0"),  # rupiah of modal sendiri at the start: warned when it falls below
    "modal_tetap": Rule("0"),  # rupiah of the lending unit: where it is set BMPP is checked
    "bmpp_percent": Rule("15", 0, 100),  # of modal tetap, what one borrower may owe in all
    "bmpp_related_percent": Rule("10", 0, 100),  # the same for pengurus and pengawas
    "savings_times": Rule("0", 0, 1000),  # times the own savings that may be borrowed
    "capacity_percent": Rule("35", 0, 100),  # of a stated monthly income, what instalments may take
    "rest_days": Rule("sabtu,minggu", words=("sabtu,minggu", "minggu", "none")),
    "jasa_accrual": Rule("off", words=("off", "on")),  # unpaid jasa is income at a month's close
    # Kolektibilitas: the class from so many days past due on (domain 2.4), and its allowance.
    "classes": Rule(
        "lancar:0 perhatian:1 kurang-lancar:91 diragukan:181 macet:271", table=True
    ),  # instalments of a month and longer
    "classes_short": Rule(
        "lancar:0 perhatian:1 kurang-lancar:31 diragukan:61 macet:91", table=True
    ),  # daily and weekly ones
    "allowance": Rule(
        "lancar:0.5 perhatian:3 kurang-lancar:10 diragukan:50 macet:100", table=True
    ),  # per cent of the principal (POJK 33/2018)
    # The office's other money (core.treasury). What is owned wears off over so many months.
    "asset_months_building": Rule("240", 1, 1200),
    "asset_months_vehicle": Rule("96", 1, 1200),
    "asset_months_equipment": Rule("48", 1, 1200),
    "asset_months_intangible": Rule("48", 1, 1200),
    "grants": Rule("capital", words=("capital", "income")),  # 330000 (UU 25/1992) or 415000
    "grant_percent": Rule("25", 1, 100),  # of assets; a greater gift needs a RALB (Juklak 1/2025)
    "held_days": Rule("7", 1, 365),  # a receipt nobody could name is pointed out after
    # Loans from banks (PMK 49/2025, PMK 15/2026, Permenkop 8/2023; domain 1.1).
    "borrower": Rule("koperasi", words=("koperasi", "agrinas")),  # who borrows and owns
    "loan_deed": Rule("none", words=("none", "on-file")),  # in the koperasi's name, of such a loan
    "bank_loan_most": Rule("3000000000"),  # rupiah
    "bank_loan_rate": Rule("6", 0, 99, decimals=True),  # per cent a year
    "bank_loan_months": Rule("72", 1, 1200),
    "bank_loan_grace": Rule("8", 0, 120),  # months of interest only, at most
    "bank_debt_percent": Rule("40", 1, 100),  # of assets, what is owed to banks
    "bank_due_day": Rule("12", 1, 28),  # of the month, or the next working day
    "bank_reminder_days": Rule("-7 -1", days=True),  # about that day; none: no reminders
    # What needs a second person.
    "two_approvers_above": Rule("50000000"),  # rupiah of a loan
    "withdrawal_limit": Rule("5000000"),  # rupiah of sukarela paid out on one officer's word
    "expense_limit": Rule("5000000"),  # rupiah spent on one officer's word
    "bon_limit": Rule("500000"),  # rupiah a member may owe the gerai; 0: no bon
    "backdate_days": Rule("365", 0, 36500),  # days back that one officer may date an entry
    "announcement_second_above": Rule("1000"),  # people one officer may announce to alone
    "approval_days": Rule("7", 1, 90),  # days a request waits
    "pin_approvals": Rule("off", words=("off", "on")),  # a PIN before every approval
    "pin_above": Rule("0"),  # rupiah above which a card's ✅ asks a PIN; 0: never
    "books_years": Rule("10", 10, 100),  # books are kept so long (UU 8/1997 Pasal 11)
    "rights_hours": Rule("72", 1, 72),  # to answer a correction in (UU 27/2022 Pasal 30: 3x24)
    "look_months": Rule("24", 1, 120),  # who looked at whose data is kept so long
    # When anything but an answer may be said (domain 5), and what the clock sends.
    "quiet_from": Rule("21", 12, 24),  # hour; 24: no quiet evening
    "quiet_until": Rule("7", 0, 11),
    "prayer_pause": Rule("on", words=("on", "off")),
    "sunday_quiet": Rule("off", words=("off", "on")),  # on: nothing on Sundays before 13:00
    "reminder_hour": Rule("8", 0, 23),
    "reminder_days": Rule("-7 -3 -1 0 3 7 30", days=True),  # about the due day; none: no reminders
    "statement_day": Rule("1", 1, 10),  # which working day of the month
    # When officials are told (domain 7), and what is due when: UU 25/1992 article 26, Permenkop 2/2024.
    "silence_days": Rule("7", 1, 365),  # without an entry
    "liquidity_floor": Rule("20", 0, 100),  # per cent of sukarela that cash and banks should be
    "dispute_days": Rule("7", 0, 365),  # that a disputed receipt may stay open
    "meeting_months": Rule("6", 1, 12),  # after the book year, by whose end its RAT is held
    "report_day": Rule("20", 1, 28),  # of the month after a quarter or half-year
    "report_months": Rule("4", 1, 12),  # after the book year, by whose end its report stands
}
DEFAULTS = {name: rule.default for name, rule in RULES.items()}
CLASSES = ("lancar", "perhatian", "kurang-lancar", "diragukan", "macet")


class BadRule(ValueError):  # noqa: N818 - says what it is
    """A value a rule may not hold; says what it may."""


def checked(name: str, value: str) -> str:
    """Return a rule's value as it is kept. Raises BadRule for a name or value there is not."""
    rule = RULES.get(name)
    if rule is None:
        raise BadRule(f"{name} is no rule; there are {', '.join(RULES)}")
    value = value.strip()
    if rule.words:
        if value not in rule.words:
            raise BadRule(f"{name} is one of {', '.join(rule.words)}")
        return value
    if rule.table:
        return _checked_table(name, value)
    if rule.days:
        return _checked_days(name, value)
    if rule.decimals:
        return _checked_decimal(name, rule, value)
    if not (value.isascii() and value.isdigit() and rule.lowest <= int(value) <= rule.highest):
        raise BadRule(f"{name} is a whole number from {rule.lowest} to {rule.highest}")
    return str(int(value))


def _checked_table(name: str, value: str) -> str:
    """Every class once, in their order, with numbers that never fall; days are whole and begin with 0."""
    days = name.startswith("classes")
    how = f"{name} looks like {RULES[name].default}"
    pairs = [pair.partition(":") for pair in value.split()]
    if tuple(pair[0] for pair in pairs) != CLASSES:
        raise BadRule(how)
    numbers: list[Decimal] = []
    for _, _, number in pairs:
        whole, _, part = number.partition(".")
        plain = whole.isascii() and whole.isdigit() and len(whole) <= 5
        plain = plain and (not part or (part.isascii() and part.isdigit() and len(part) <= 4))
        if not plain or (days and part):
            raise BadRule(how)
        numbers.append(Decimal(number))
    strictly = len(set(numbers)) == len(numbers)
    if numbers != sorted(numbers) or (days and (numbers[0] != 0 or not strictly)):
        raise BadRule(f"{how}: each number above the one before")
    if not days and numbers[-1] > 100:
        raise BadRule(f"{name} are per cent: at most 100")
    return " ".join(f"{word}:{number}" for word, _, number in pairs)


def _checked_decimal(name: str, rule: Rule, value: str) -> str:
    plain = re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]{1,2})?", value)
    if not plain or not rule.lowest <= Decimal(value) <= rule.highest:
        raise BadRule(f"{name} is a number from {rule.lowest} to {rule.highest}, like 4.5")
    return f"{Decimal(value).normalize():f}"


def _checked_days(name: str, value: str) -> str:
    words = [] if value == "none" else value.split()
    try:
        days = [int(word) for word in words if len(word) <= 4]
    except ValueError:
        days = []
    rising = days == sorted(set(days)) and all(-60 <= day <= 365 for day in days)
    if len(days) != len(words) or len(days) > 20 or not rising or (not days and value != "none"):
        raise BadRule(f"{name} looks like {RULES[name].default}, or none")
    return " ".join(str(day) for day in days) or "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for a cooperative on one day. Money in rupiah; what each means stands at RULES."""

    pokok: Rupiah
    wajib: Rupiah
    due_day: int
    message_limit: Rupiah
    unusual_times: int
    savings_rate: Decimal
    savings_interest_method: str
    term_rate: Decimal
    term_months: int
    holiday_rate: Decimal
    holiday_month: int
    term_early: str
    term_after: str
    usp: str
    rate_cap: Decimal
    modal_awal: Rupiah
    modal_tetap: Rupiah
    bmpp_percent: int
    bmpp_related_percent: int
    savings_times: int
    capacity_percent: int
    jasa_accrual: bool
    rest_days: frozenset[int]  # as date.isoweekday() counts
    classes: tuple[tuple[str, int], ...]
    classes_short: tuple[tuple[str, int], ...]
    allowance: dict[str, Decimal]
    asset_months_building: int
    asset_months_vehicle: int
    asset_months_equipment: int
    asset_months_intangible: int
    grants: str
    grant_percent: int
    held_days: int
    borrower: str
    loan_deed: str
    bank_loan_most: Rupiah
    bank_loan_rate: Decimal
    bank_loan_months: int
    bank_loan_grace: int
    bank_debt_percent: int
    bank_due_day: int
    bank_reminder_days: tuple[int, ...]
    two_approvers_above: Rupiah
    withdrawal_limit: Rupiah
    expense_limit: Rupiah
    bon_limit: Rupiah
    backdate_days: int
    announcement_second_above: int
    approval_days: int
    pin_approvals: bool
    pin_above: Rupiah
    books_years: int
    rights_hours: int
    look_months: int
    quiet_from: int
    quiet_until: int
    prayer_pause: bool
    sunday_quiet: bool
    reminder_hour: int
    reminder_days: tuple[int, ...]
    statement_day: int
    silence_days: int
    liquidity_floor: int
    dispute_days: int
    meeting_months: int
    report_day: int
    report_months: int


def _rules(values: dict[str, str]) -> Rules:
    return Rules(**{name: _held(name, value) for name, value in values.items()})


def _held(name: str, value: str) -> Any:
    """Return what a rule's kept value stands for: as its field of Rules is typed."""
    rule = RULES[name]
    if name == "rest_days":
        return _REST[value]
    if name == "allowance":
        return dict(_table(value))
    if rule.table:
        return tuple((word, int(days)) for word, days in _table(value))
    if rule.days:
        return tuple(int(day) for day in value.split() if day != "none")
    if rule.words:
        return value == "on" if set(rule.words) == {"on", "off"} else value
    return Decimal(value) if Rules.__annotations__[name] == "Decimal" else int(value)


_REST = {"sabtu,minggu": frozenset({6, 7}), "minggu": frozenset({7}), "none": frozenset[int]()}


@lru_cache(maxsize=256)
def _table(value: str) -> tuple[tuple[str, Decimal], ...]:
    pairs = (pair.partition(":") for pair in value.split())
    return tuple((word, Decimal(number)) for word, _, number in pairs)


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
        return _rules(values)


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
    name: str,
    value: str,
    since: date,
    by: str,
    at: datetime,
) -> None:
    """Let a rule hold from a day on; said again for the same day it replaces that day's value.

    Raises BadRule for a name or value there is not.
    """
    row = {"value": checked(name, value), "set_by": by, "set_at": at}
    await db.execute(
        insert(rules)
        .values(koperasi_id=koperasi_id, name=name, since=since, **row)
        .on_conflict_do_update(index_elements=["koperasi_id", "name", "since"], set_=row)
    )
