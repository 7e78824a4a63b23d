"""Recording the office's other money: never more than is there, never alone what needs a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import assets, balances, database, ledger, spending
from core.accounts import chart
from core.calendar import business_date
from core.errors import Refusal
from core.everyday import AboveExpenseLimit, BeforeFounding
from core.goods import consigned
from core.money import Rupiah
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.rules import FOUNDED, Rules
from core.savings import BackDated, OwnSavings
from core.tables.treasury import bank_loans, held_receipts
from core.treasury import limits
from core.treasury.events import SERVED, Event, Plan

_NEVER_ALONE = frozenset({Event.BANK_LOAN, Event.VILLAGE})


class MoreThanThere(Refusal):
    """A fund, a debt, an advance or a deferred grant gives no more than it holds. Facts: place, amount, there."""

    text = "refusal-more-than-there"


class NeedsSecond(Refusal):
    """Loans from banks and grants above the rule grant_percent are never recorded by one officer. Facts: who."""

    text = "refusal-needs-second"


class FeeTooLarge(Refusal):
    """A fee is less than what is passed on. Facts: fee, amount."""

    text = "refusal-fee-too-large"


class UsedSince(Refusal):
    """What was used of an entry's money since is reversed first. Facts: place."""

    text = "refusal-used-since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event in the book; `before` and `balance` are those of `plan.stands_at`, all in rupiah.

    `left` is what the account of `plan.used_up` still holds.
    """

    entry: int
    hash: bytes
    plan: Plan
    before: Rupiah
    balance: Rupiah
    left: Rupiah | None
    repeated: bool


async def check(
    db: AsyncConnection, *, officer: Standing, plan: Plan, on: date, rules: Rules
) -> None:
    """Refuse what record would: NotAllowed, FeeTooLarge, BeforeFounding, MoreThanThere, what limits.require_allowed does."""
    if not may(officer.roles, plan.event.action):
        raise NotAllowed(who=who_may(plan.event.action))
    if plan.event in SERVED and plan.fee >= plan.amount:
        raise FeeTooLarge(fee=plan.fee, amount=plan.amount)
    if on < FOUNDED:
        raise BeforeFounding(on=on, first=FOUNDED)
    here = officer.cooperative.id
    await limits.require_allowed(db, koperasi_id=here, plan=plan, rules=rules, on=on)
    if plan.used_up is not None:
        there = await balances.of_account(db, koperasi_id=here, key=plan.used_up)
        _require_there(plan, there)


def _require_there(plan: Plan, there: Rupiah) -> None:
    assert plan.used_up is not None
    taken = plan.amount - plan.interest
    if taken > there:
        name = chart()[plan.used_up[:6]].name
        raise MoreThanThere(place=name, amount=taken, there=max(there, 0))


async def record(
    db: AsyncConnection,
    *,
    officer: Standing,
    plan: Plan,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    note: str | None = None,
    approver: str | None = None,
) -> Recorded:
    """Record an event as planned; note and consent are kept as the entry's reason.

    An asset goes into the register, a loan's terms and a receipt nobody could name are kept with it.
    `operation` is the card's id; the book holds each one once. Refuses what check and ledger.post refuse, and
    without an `approver` (core.approvals) AboveExpenseLimit, BackDated, OwnSavings and NeedsSecond.
    """
    here = officer.cooperative
    rules = officer.rules.on(business_date(at, here.zone))
    await check(db, officer=officer, plan=plan, on=on, rules=rules)
    if approver is None:
        await _require_direct(db, officer, plan, on=on, at=at, rules=rules)
    reason = "; ".join(said for said in (note, plan.consent) if said) or None
    entry = await ledger.post(
        db,
        plan.postings,
        koperasi_id=here.id,
        kind=plan.event.value,
        on=on,
        at=at,
        zone=here.zone,
        recorder=officer.recorder,
        source=source,
        operation=operation,
        reason=reason,
        approver=approver,
    )
    left = None
    if plan.used_up is not None:
        left = entry.balance_of(plan.used_up)
        # Asked after posting: the book is locked now, nobody else takes of it meanwhile.
        _require_there(plan, left + plan.amount - plan.interest)
    if not entry.repeated:
        if approver is None:
            await _require_within_limit(db, officer=officer, plan=plan, on=on, at=at, rules=rules)
        await _keep(db, here.id, plan, entry.number, on)
        if plan.good is not None:
            await consigned.sold(
                db, officer=officer, good=plan.good, quantity=plan.quantity, owed=plan.amount,
                entry=entry.number, on=on, at=at,
            )  # fmt: skip
    balance = entry.balance_of(plan.stands_at)
    return Recorded(
        entry=entry.number,
        hash=entry.hash,
        plan=plan,
        before=balance - plan.moved,
        balance=balance,
        left=left,
        repeated=entry.repeated,
    )


async def _require_direct(
    db: AsyncConnection, officer: Standing, plan: Plan, *, on: date, at: datetime, rules: Rules
) -> None:
    here = officer.cooperative
    if (business_date(at, here.zone) - on).days > rules.backdate_days:
        raise BackDated(on=on, days=rules.backdate_days)
    if plan.member == officer.person_id:
        raise OwnSavings(member=officer.name, who=who_may(Action.APPROVE))
    if await never_alone(db, koperasi_id=here.id, plan=plan, rules=rules):
        raise NeedsSecond(who=who_may(Action.APPROVE))


async def never_alone(db: AsyncConnection, *, koperasi_id: int, plan: Plan, rules: Rules) -> bool:
    """Say whether an event needs a second person whatever its amount and whosever it is."""
    if plan.event in _NEVER_ALONE:
        return True
    return await limits.is_great_gift(db, koperasi_id=koperasi_id, plan=plan, rules=rules)


async def _require_within_limit(
    db: AsyncConnection, *, officer: Standing, plan: Plan, on: date, at: datetime, rules: Rules
) -> None:
    """Refuse AboveExpenseLimit, asked after posting: what was spent alone that day counts together."""
    if not plan.event.is_paid_out:
        return
    spent = await spent_alone(db, officer=officer, plan=plan, on=on, at=at)
    if spent > rules.expense_limit:
        raise AboveExpenseLimit(amount=spent, limit=rules.expense_limit)


async def spent_alone(
    db: AsyncConnection, *, officer: Standing, plan: Plan, on: date, at: datetime
) -> Rupiah:
    """Add up what went the same way that day on officers' own word, in rupiah."""
    return await spending.alone(
        db,
        cooperative=officer.cooperative,
        account=plan.postings[0].debit,
        kind=plan.event.value,
        on=on,
        at=at,
    )


async def _keep(db: AsyncConnection, here: int, plan: Plan, entry: int, on: date) -> None:
    if plan.asset is not None:
        assert plan.bought is not None, "an asset has a name and a life"
        await assets.register(
            db, koperasi_id=here, entry=entry, kind=plan.asset, name=plan.bought.name,
            cost=plan.amount, months=plan.bought.months, residual=plan.bought.residual,
            acquired_on=on,
        )  # fmt: skip
    if plan.event is Event.BANK_LOAN:
        terms = plan.terms
        assert terms is not None
        await db.execute(
            bank_loans.insert().values(
                koperasi_id=here, entry=entry, lender=terms.lender, amount=plan.amount,
                rate=terms.rate, months=terms.months, grace=terms.grace, received_on=on,
                consent=plan.consent,
            )
        )  # fmt: skip
    if plan.event is Event.HELD:
        await db.execute(
            held_receipts.insert().values(
                koperasi_id=here, entry=entry, amount=plan.amount, received_on=on
            )
        )


async def require_possible(db: AsyncConnection, *, koperasi_id: int, entry: int) -> None:
    """Refuse to reverse what was used since: a receipt that was named, an advance that was settled. UsedSince.

    No account of JOURNALS that gives no more than it holds may fall below zero by the reversal.
    """
    raw = await database.driver(db)
    code = await raw.fetchval(_USED, koperasi_id, entry, [event.value for event in Event])
    if code is not None:
        raise UsedSince(place=chart()[code].name)


_USED = """
SELECT a.code FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
  JOIN ledger.accounts a ON a.koperasi_id = p.koperasi_id
   AND a.id = CASE WHEN e.kind = 'advance-given' THEN p.debit ELSE p.credit END
 WHERE e.koperasi_id = $1 AND e.number = $2 AND e.kind = ANY ($3)
   AND a.code IN ('113500', '211900', '212100', '216000', '216100', '218000', '221000', '221100', '221900')
   AND a.balance < p.amount
   AND e.kind NOT IN ('advance-spent', 'advance-returned')
UNION ALL
SELECT '215000' FROM held_receipts h
  JOIN ledger.entries s ON s.koperasi_id = h.koperasi_id AND s.number = h.settled_by
 WHERE h.koperasi_id = $1 AND h.entry = $2
   AND NOT EXISTS (SELECT FROM ledger.entries r
                    WHERE r.koperasi_id = s.koperasi_id AND r.reverses = s.number)
LIMIT 1
"""


async def owed_to_leavers(
    db: AsyncConnection, *, koperasi_id: int
) -> list[tuple[int, str, str, Rupiah]]:
    """List who left and is still owed something: person, number, name and rupiah, by name."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT m.id, m.number, p.name, a.balance FROM ledger.accounts a"
        " JOIN members m ON m.koperasi_id = a.koperasi_id AND m.id = a.member_id"
        " JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id"
        " WHERE a.koperasi_id = $1 AND a.code = '211900' AND a.balance > 0"
        " ORDER BY p.name, m.id LIMIT 100",
        koperasi_id,
    )
    return [(row["id"], row["number"], row["name"], int(row["balance"])) for row in rows]
