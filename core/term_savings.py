"""Term and holiday savings: put away until a day, at a rate; taken earlier without interest, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, interest, ledger, people, savings
from core.accounts import CASH, PLACES
from core.calendar import business_date, last_day, next_month
from core.errors import Refusal
from core.ledger import Posting
from core.money import Rupiah
from core.people import Member, Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.rules import RuleBook, Rules
from core.tables.term_savings import term_savings

HIGHEST_RATE = Decimal(9)  # per cent a year (Permenkop 8/2023)
_MOST = 100  # open ones of a member


class TermKind(StrEnum):
    """Simpanan berjangka (211100) and simpanan hari raya (211200)."""

    TERM = "berjangka"
    HOLIDAY = "hari-raya"

    @property
    def opening(self) -> str:
        """How the entry that puts money away is called in the book."""
        return f"deposit-{self}"

    @property
    def closing(self) -> str:
        """How the entry that pays it out is called."""
        return f"withdraw-{self}"

    def account(self, member_id: int) -> str:
        """The key of a member's account of this kind."""
        return accounts.key("211100" if self is TermKind.TERM else "211200", member=member_id)


class RateAboveCap(Refusal):
    """Savings bear at most 9 per cent a year. Facts: rate, cap."""

    text = "refusal-savings-rate"


class NotMatured(Refusal):
    """Where the rule term_early says refused, nothing is paid out before its day. Facts: on."""

    text = "refusal-not-matured"


class NothingPutAway(Refusal):
    """The member has no savings of this kind that are open. Facts: member."""

    text = "refusal-nothing-put-away"


class PaidOutSince(Refusal):
    """What ended a term is reversed before what began it. Facts: entry (the one to reverse first)."""

    text = "refusal-paid-out-since"


class FiguresDiffer(Refusal):
    """What is paid out is not what was shown any more. Facts: member."""

    text = "refusal-figures-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A sum put away, in rupiah; `rate` in per cent a year."""

    entry: int
    member_id: int
    kind: TermKind
    amount: Rupiah
    rate: Decimal
    months: int
    opened_on: date
    matures_on: date

    def interest_on(self, day: date, *, rolls: bool = False) -> Rupiah:
        """Return the gross interest paid out on a day: of the whole term, none before it is over.

        Where it `rolls` over, of every whole term since; interest itself bears none.
        """
        if day < self.matures_on:
            return 0
        gross = self.amount * self.rate * self.months / 1200
        return int(gross.quantize(Decimal(1), ROUND_HALF_UP)) * (
            self._terms_by(day) if rolls else 1
        )

    def _terms_by(self, day: date) -> int:
        """Count the whole terms that are over on a day."""
        over = 1
        while _after(self.opened_on, self.months * (over + 1)) <= day:
            over += 1
        return over


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """What is paid out for some of a member's terms on a day, in rupiah."""

    terms: tuple[Term, ...]
    early: int  # how many are taken before their day
    gross: Rupiah
    tax: Rupiah

    @property
    def principal(self) -> Rupiah:
        """What was put away."""
        return sum(term.amount for term in self.terms)

    @property
    def net(self) -> Rupiah:
        """What the member gets."""
        return self.principal + self.gross - self.tax


def matures(kind: TermKind, on: date, months: int | None, rules: Rules) -> tuple[int, date]:
    """Return months and day of what is put away on a day.

    Without a number of months: the rule term_months; holiday savings the next first of the rule holiday_month.
    """
    if months is None and kind is TermKind.HOLIDAY:
        ahead = (rules.holiday_month - on.month) % 12 or 12
        return ahead, next_month(on.replace(day=1), ahead)
    months = months or rules.term_months
    return months, _after(on, months)


def _after(on: date, months: int) -> date:
    month = next_month(on.replace(day=1), months)
    return min(month + timedelta(days=on.day - 1), last_day(month))


def rolling(terms: Sequence[Term], book: RuleBook) -> frozenset[int]:
    """Name the terms that run on after their day: the rule term_after of the day they were opened promised it.

    Holiday savings never do: their day is a feast.
    """
    return frozenset(
        term.entry
        for term in terms
        if term.kind is TermKind.TERM and book.on(term.opened_on).term_after == "rollover"
    )


def rate_of(kind: TermKind, rules: Rules) -> Decimal:
    """Return the rate of a kind where none is said, in per cent a year."""
    return rules.term_rate if kind is TermKind.TERM else rules.holiday_rate


async def open_terms(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    member_id: int,
    kind: TermKind | None = None,
    lock: bool = False,
) -> list[Term]:
    """List what a member has put away, the earliest day first."""
    columns = [column for column in term_savings.c if not column.name.startswith("closed_")]
    asked = select(*columns).where(
        term_savings.c.koperasi_id == koperasi_id,
        term_savings.c.member_id == member_id,
        term_savings.c.closed_by.is_(None),
    )
    if kind is not None:
        asked = asked.where(term_savings.c.kind == kind.value)
    asked = asked.order_by(term_savings.c.matures_on, term_savings.c.entry).limit(_MOST)
    rows = await db.execute(asked.with_for_update() if lock else asked)
    return [
        Term(
            entry=row.entry,
            member_id=row.member_id,
            kind=TermKind(row.kind),
            amount=row.amount,
            rate=row.rate,
            months=row.months,
            opened_on=row.opened_on,
            matures_on=row.matures_on,
        )
        for row in rows
    ]


async def put_away(
    db: AsyncConnection,
    *,
    officer: Standing,
    member: Member,
    kind: TermKind,
    amount: Rupiah,
    rate: Decimal,
    months: int | None,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    note: str | None = None,
    cash: str = CASH,
    approver: str | None = None,
) -> Term:
    """Record cash that a member puts away until a day.

    Debits `cash` (111000), credits 211100 or 211200 of the member by `amount` rupiah, more than zero. Refuses
    NotAllowed, RateAboveCap, MemberHasLeft, NotYetMember, what ledger.post refuses, and without an `approver`
    OwnSavings and BackDated. `operation` is recorded once.
    """
    assert amount > 0, amount
    assert cash in PLACES, cash
    _require_hands(officer, member, on=on, at=at, approver=approver)
    if not 0 <= rate <= HIGHEST_RATE:
        raise RateAboveCap(rate=f"{rate:f}".replace(".", ","), cap=int(HIGHEST_RATE))
    people.require_active(member, on=on)
    here = officer.cooperative
    months, until = matures(kind, on, months, officer.rules.on(on))
    entry = await ledger.post(
        db,
        [Posting(debit=cash, credit=kind.account(member.id), amount=amount)],
        kind=kind.opening,
        **_facts(officer, on, at, operation, source, note, approver),
    )
    term = Term(
        entry=entry.number, member_id=member.id, kind=kind, amount=amount, rate=rate, months=months,
        opened_on=on, matures_on=until,
    )  # fmt: skip
    if not entry.repeated:
        await db.execute(
            term_savings.insert().values(
                koperasi_id=here.id, entry=entry.number, member_id=member.id, kind=kind.value,
                amount=amount, rate=rate, months=months, opened_on=on, matures_on=until,
            )
        )  # fmt: skip
    return term


def payout(terms: Sequence[Term], *, on: date, rules: Rules, rolls: Collection[int] = ()) -> Payout:
    """Work out what is paid for terms on a day, those that run on as `rolling` names them; one tax test for all.

    Early by the rule term_early: without interest, or NotMatured.
    """
    early = [term for term in terms if on < term.matures_on]
    if early and rules.term_early == "refused":
        raise NotMatured(on=early[0].matures_on)
    gross = sum(term.interest_on(on, rolls=term.entry in rolls) for term in terms)
    return Payout(terms=tuple(terms), early=len(early), gross=gross, tax=interest.tax_on(gross))


def chosen(terms: Sequence[Term], kind: TermKind, on: date) -> list[Term]:
    """Choose what is paid out where nothing else is said: all that is due, else the one that is due first.

    Of holiday savings everything.
    """
    due = [term for term in terms if term.matures_on <= on]
    return list(terms) if kind is TermKind.HOLIDAY else due or list(terms[:1])


async def pay_out(
    db: AsyncConnection,
    *,
    officer: Standing,
    member: Member,
    kind: TermKind,
    expected: Rupiah,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    note: str | None = None,
    cash: str = CASH,
    approver: str | None = None,
) -> tuple[int, Payout]:
    """Pay out what `chosen` chooses; returns the entry and what was paid.

    Debits 211100 or 211200 by what was put away and 512000 by the interest; credits `cash` by both less the
    tax, which goes to 214000. `expected` is what was shown, in rupiah. Refuses NotAllowed, NothingPutAway,
    NotMatured, FiguresDiffer, and without an `approver` OwnSavings, BackDated and AboveLimit (savings).
    """
    _require_hands(officer, member, on=on, at=at, approver=approver)
    here = officer.cooperative
    rules = officer.rules.on(business_date(at, here.zone))
    terms = await open_terms(db, koperasi_id=here.id, member_id=member.id, kind=kind, lock=True)
    if not terms:
        raise NothingPutAway(member=member.name)
    rolls = rolling(terms, officer.rules)
    paid = payout(chosen(terms, kind, on), on=on, rules=rules, rolls=rolls)
    if paid.net != expected:
        raise FiguresDiffer(member=member.name)
    if approver is None and paid.net > rules.withdrawal_limit:
        raise savings.AboveLimit(amount=paid.net, limit=rules.withdrawal_limit)
    lines = [Posting(debit=kind.account(member.id), credit=cash, amount=paid.principal)]
    if paid.gross:
        lines.append(Posting(debit=interest.COST, credit=cash, amount=paid.gross - paid.tax))
    if paid.tax:
        lines.append(Posting(debit=interest.COST, credit=interest.TAX, amount=paid.tax))
    entry = await ledger.post(
        db, lines, kind=kind.closing, **_facts(officer, on, at, operation, source, note, approver)
    )
    await close(db, koperasi_id=here.id, terms=paid.terms, entry=entry.number, on=on)
    return entry.number, paid


def _require_hands(
    officer: Standing, member: Member, *, on: date, at: datetime, approver: str | None
) -> None:
    if not may(officer.roles, Action.RECORD_SAVINGS):
        raise NotAllowed(who=who_may(Action.RECORD_SAVINGS))
    if approver is None:
        savings.require_other_person(officer, member, shared_chat=False)
        savings.require_recent(officer, on=on, today=business_date(at, officer.cooperative.zone))


def _facts(
    officer: Standing,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    note: str | None,
    approver: str | None,
) -> dict[str, Any]:
    here = officer.cooperative
    return {
        "koperasi_id": here.id, "on": on, "at": at, "zone": here.zone, "source": source,
        "recorder": officer.recorder, "operation": operation, "reason": note, "approver": approver,
    }  # fmt: skip


async def close(
    db: AsyncConnection, *, koperasi_id: int, terms: Sequence[Term], entry: int, on: date
) -> None:
    """Mark terms as ended by an entry."""
    await db.execute(
        update(term_savings)
        .where(
            term_savings.c.koperasi_id == koperasi_id,
            term_savings.c.entry.in_([term.entry for term in terms]),
        )
        .values(closed_on=on, closed_by=entry)
    )


async def take_back(
    db: AsyncConnection, *, koperasi_id: int, entry: int, reversal: int, on: date
) -> None:
    """Follow the reversal of an entry: what it ended is open again, what it put away is not there any more."""
    await db.execute(
        update(term_savings)
        .where(term_savings.c.koperasi_id == koperasi_id, term_savings.c.closed_by == entry)
        .values(closed_on=None, closed_by=None)
    )
    await db.execute(
        update(term_savings)
        .where(
            term_savings.c.koperasi_id == koperasi_id,
            term_savings.c.entry == entry,
            term_savings.c.closed_by.is_(None),
        )
        .values(closed_on=on, closed_by=reversal)
    )


async def require_not_paid_out(db: AsyncConnection, *, koperasi_id: int, entry: int) -> None:
    """Refuse to reverse what put money away that was paid out since: PaidOutSince."""
    by = await db.scalar(
        select(term_savings.c.closed_by).where(
            term_savings.c.koperasi_id == koperasi_id, term_savings.c.entry == entry
        )
    )
    if by is not None:
        raise PaidOutSince(entry=by)
