"""The check list of a loan: licence, rate cap, BMPP, arrears, savings, capacity, guarantors, product.

Values only, no words. A line is fulfilled, not fulfilled, or has nothing to check (None).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, savings
from core.cooperatives import Cooperative
from core.loans import guarantors, products, schedule
from core.loans.book import Loan
from core.loans.terms import Every, Terms
from core.money import Rupiah
from core.permissions import Role
from core.rules import Rules

GUARANTORS = "guarantors"
CODES = (
    "licence", "rate-cap", "product", "bmpp", "arrears", "savings", "capacity", GUARANTORS,
)  # fmt: skip
RELATED = (
    Role.KETUA, Role.WAKIL_USAHA, Role.WAKIL_ANGGOTA, Role.SEKRETARIS, Role.BENDAHARA, Role.PENGAWAS,
)  # fmt: skip  # pengurus and pengawas: Permenkop 8/2023 allows them less


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line. `facts` are what it was judged by: rupiah, per cent, labels of loans, names."""

    code: str
    passed: bool | None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is looked at: a loan, or one that is only thought of. `income` is rupiah a month, as told."""

    member_id: int
    product: str
    terms: Terms
    principal: Rupiah
    count: int
    applied_on: date
    tops_up: int | None = None
    income: Rupiah | None = None
    loan: Loan | None = None

    @classmethod
    def of(cls, loan: Loan, income: Rupiah | None) -> Draft:
        """Take a loan as it was applied for."""
        return cls(
            member_id=loan.member_id,
            product=loan.product,
            terms=loan.terms,
            principal=loan.principal,
            count=loan.count,
            applied_on=loan.applied_on,
            tops_up=loan.tops_up,
            income=income,
            loan=loan,
        )


@dataclass(frozen=True, slots=True)
class _Running:
    """A loan the borrower has, or one that is approved and waits: what it owes, how long the oldest instalment waits, its heaviest one."""

    id: int
    state: str
    outstanding: Rupiah
    oldest_due: date | None
    lost: Rupiah  # written off and not recovered
    heaviest: Rupiah
    every: Every


_OWED = """
SELECT l.id, l.state, l.oldest_due, l.written_off - l.recovered AS lost,
       CASE l.state WHEN 'approved' THEN l.principal ELSE l.outstanding END AS outstanding,
       coalesce(v.terms, l.terms) ->> 'every' AS every,
       (SELECT coalesce(max(i.principal + i.interest), 0)::bigint FROM loan_instalments i
         WHERE i.koperasi_id = l.koperasi_id AND i.loan_id = l.id AND i.version = l.version
           AND i.paid_on IS NULL) AS heaviest
  FROM loans l
  LEFT JOIN loan_versions v ON v.koperasi_id = l.koperasi_id AND v.loan_id = l.id
       AND v.version = l.version
 WHERE l.koperasi_id = $1 AND l.member_id = $2 AND l.state IN ('running', 'approved', 'written-off')
 ORDER BY l.id LIMIT 1000
"""
_OFFICES = """
SELECT role FROM officers
 WHERE koperasi_id = $1 AND person_id = $2 AND since <= $3 AND (until IS NULL OR until > $3)
 ORDER BY role LIMIT 20
"""


async def run(
    db: AsyncConnection, *, cooperative: Cooperative, rules: Rules, draft: Draft, on: date
) -> tuple[Check, ...]:
    """Look at every line, in the order of CODES; `rules` are those of that day."""
    raw = await database.driver(db)
    owed = [
        _Running(
            row["id"],
            row["state"],
            row["outstanding"],
            row["oldest_due"],
            row["lost"],
            row["heaviest"],
            Every.parse(row["every"]),
        )
        for row in await raw.fetch(_OWED, cooperative.id, draft.member_id)
    ]
    after = draft.principal + sum(
        one.outstanding for one in owed if one.id not in (draft.tops_up, _id(draft))
    )
    return (
        Check(code="licence", passed=rules.usp == "licensed", facts={"usp": rules.usp}),
        Check(
            code="rate-cap",
            passed=draft.terms.yearly_rate <= rules.rate_cap,
            facts={"rate": draft.terms.yearly_rate, "cap": rules.rate_cap},
        ),
        await _product(db, cooperative, draft),
        await _bmpp(db, cooperative, rules, draft, on, after),
        _arrears(owed, on, besides=draft.tops_up),
        await _savings(db, cooperative, rules, draft, after),
        _capacity(rules, draft, owed, on),
        await _guarantors(db, draft),
    )


def _id(draft: Draft) -> int | None:
    return draft.loan.id if draft.loan else None


async def _product(db: AsyncConnection, cooperative: Cooperative, draft: Draft) -> Check:
    """The product as it was on the day of the application; a loan that came by a file has its own terms."""
    if draft.product == products.IMPORTED:
        return Check(code="product", passed=None)
    known = await products.in_force(db, koperasi_id=cooperative.id, on=draft.applied_on)
    product = next((one for one in known if one.code == draft.product), None)
    if product is None:
        return Check(code="product", passed=False, facts={"product": draft.product})
    fits = draft.count <= product.longest and (
        product.most is None or draft.principal <= product.most
    )
    facts: dict[str, object] = {
        "product": product.name,
        "longest": product.longest,
        "most": product.most,
    }
    return Check(code="product", passed=fits, facts=facts)


async def _bmpp(
    db: AsyncConnection,
    cooperative: Cooperative,
    rules: Rules,
    draft: Draft,
    on: date,
    after: Rupiah,
) -> Check:
    """At most so many per cent of modal tetap to one borrower (Permenkop 8/2023), where it is set."""
    if rules.modal_tetap == 0:
        return Check(code="bmpp", passed=None)
    raw = await database.driver(db)
    offices = {
        row["role"] for row in await raw.fetch(_OFFICES, cooperative.id, draft.member_id, on)
    }
    related = any(role in offices for role in RELATED)
    percent = rules.bmpp_related_percent if related else rules.bmpp_percent
    limit = rules.modal_tetap * percent // 100
    facts = {"owed": after, "limit": limit, "percent": percent, "related": related}
    return Check(code="bmpp", passed=after <= limit, facts=facts)


def _arrears(owed: list[_Running], on: date, *, besides: int | None) -> Check:
    """No instalment overdue and nothing written off unrecovered, `besides` the loan this one settles."""
    late = [
        one
        for one in owed
        if (one.state == "running" and one.id != besides and one.oldest_due and one.oldest_due < on)
        or (one.state == "written-off" and one.lost > 0)
    ]
    facts = {"loans": tuple(f"P-{one.id:04d}" for one in late)}
    return Check(code="arrears", passed=not late, facts=facts)


async def _savings(
    db: AsyncConnection, cooperative: Cooperative, rules: Rules, draft: Draft, after: Rupiah
) -> Check:
    if rules.savings_times == 0:
        return Check(code="savings", passed=None)
    held = await savings.balances(db, koperasi_id=cooperative.id, member_id=draft.member_id)
    own = held.pokok + held.wajib + held.sukarela
    limit = own * rules.savings_times
    facts = {"own": own, "times": rules.savings_times, "limit": limit, "owed": after}
    return Check(code="savings", passed=after <= limit, facts=facts)


def _capacity(rules: Rules, draft: Draft, owed: list[_Running], on: date) -> Check:
    """The heaviest instalment of every loan, each brought to a month, within a part of the income told."""
    if draft.income is None or rules.capacity_percent == 0:
        return Check(code="capacity", passed=None)
    rows = schedule.make(
        principal=draft.principal, count=draft.count, terms=draft.terms, disbursed=on
    )
    heaviest = max(row.principal + row.interest for row in rows)
    monthly = a_month(heaviest, draft.terms.every) + sum(
        a_month(one.heaviest, one.every)
        for one in owed
        if one.state == "running" and one.id not in (draft.tops_up, _id(draft))
    )
    limit = draft.income * rules.capacity_percent // 100
    facts = {
        "instalments": ceil(monthly),
        "income": draft.income,
        "percent": rules.capacity_percent,
        "limit": limit,
    }
    return Check(code="capacity", passed=monthly <= limit, facts=facts)


def a_month(amount: Rupiah, every: Every) -> Fraction:
    """Bring an instalment to a month: 52 weeks and 365 days a year, a rarer one spread over its months."""
    a_year = {"m": 12, "w": 52, "d": 365}[every.unit]
    return Fraction(amount * a_year, 12 * every.count)


async def _guarantors(db: AsyncConnection, draft: Draft) -> Check:
    named = await guarantors.of_loan(db, draft.loan) if draft.loan is not None else []
    if not named:
        return Check(code=GUARANTORS, passed=None)
    open_ = tuple(one.name for one in named if not one.answer.stands)
    short = tuple(one.name for one in named if one.answer.stands and not one.covered)
    facts = {"unanswered": open_, "short": short, "count": len(named)}
    return Check(code=GUARANTORS, passed=not open_ and not short, facts=facts)
