"""The cash book's own events: expenses, trade by value, money to and from the bank (domain 3.1, events 15, 16, 24, 25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances, database, ledger
from core.accounts import BANKS, CASH, PLACES, chart
from core.calendar import business_date
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.ledger import Posting
from core.money import Rupiah
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.savings import BackDated

STOCK = "114000"
PAYABLE = "212000"
SALES_TO_MEMBERS, SALES = "412000", "412100"
EXPENSES = ("521000", "522000", "523000", "524000", "525000", "528000", "539000")
OTHER_EXPENSE = "539000"


class Event(StrEnum):
    """What happens; its value is how entries are called in the book."""

    EXPENSE = "expense"
    SALE = "sale"
    PURCHASE = "purchase"
    BANK_DEPOSIT = "bank-deposit"
    BANK_WITHDRAWAL = "bank-withdrawal"

    @property
    def action(self) -> Action:
        """What an officer must be allowed to record it."""
        return Action.RECORD_TRADE if self in (Event.SALE, Event.PURCHASE) else Action.RECORD_CASH

    @property
    def is_paid_out(self) -> bool:
        """Whether money leaves the cooperative: above the rule expense_limit a second person approves."""
        return self in (Event.EXPENSE, Event.PURCHASE)


class AboveExpenseLimit(Refusal):
    """Above the cooperative's limit a second person approves what is spent on one account in a day.

    Facts: amount (of that day, on officers' own word), limit.
    """

    text = "refusal-above-expense-limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be recorded: from the credited account to the debited one. Amount in rupiah.

    `place` is the cash box or bank whose balance the officer knows; of a transfer the one that pays.
    """

    event: Event
    debit: str
    credit: str
    place: str | None
    amount: Rupiah

    @property
    def into(self) -> bool:
        """Whether the place receives."""
        return self.place == self.debit


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event in the book; `before` and `balance` are of the plan's place, or of what is owed without one."""

    entry: int
    hash: bytes
    plan: Plan
    before: Rupiah
    balance: Rupiah
    repeated: bool


def plan(
    event: Event,
    amount: Rupiah,
    *,
    place: str = CASH,
    bank: str = BANKS[0],
    expense: str = OTHER_EXPENSE,
    to_member: bool = False,
    on_credit: bool = False,
) -> Plan:
    """Say which accounts an event moves, by `amount` rupiah, more than zero.

    Expense: 52xxxx, 539000 / place. Sale by value: place / 412000 to a member, 412100 to others.
    Purchase of stock by value: 114000 / place, or 212000 on credit. Deposit at a bank: bank / place,
    withdrawal: place / bank.
    """
    assert amount > 0, amount
    assert place in PLACES, place
    assert bank in BANKS, bank
    assert expense in EXPENSES, expense
    match event:
        case Event.EXPENSE:
            debit, credit = expense, place
        case Event.SALE:
            debit, credit = place, SALES_TO_MEMBERS if to_member else SALES
        case Event.PURCHASE:
            debit, credit = STOCK, PAYABLE if on_credit else place
        case Event.BANK_DEPOSIT:
            debit, credit = bank, place if place not in BANKS else CASH
            place = credit
        case Event.BANK_WITHDRAWAL:
            debit, credit = place if place not in BANKS else CASH, bank
            place = credit
    return Plan(
        event=event,
        debit=debit,
        credit=credit,
        place=None if on_credit and event is Event.PURCHASE else place,
        amount=amount,
    )


def named(code: str) -> str:
    """Name an account as the chart does."""
    return chart()[code].name


async def stands(db: AsyncConnection, *, koperasi_id: int, plan: Plan) -> Rupiah:
    """Read the balance that stands on the card: of the place, or of what suppliers are owed; in rupiah."""
    return await balances.of_account(db, koperasi_id=koperasi_id, key=plan.place or PAYABLE)


async def same_today(db: AsyncConnection, *, koperasi_id: int, plan: Plan, on: date) -> int | None:
    """Find an entry of that day that looks the same: a likely repeat."""
    raw = await database.driver(db)
    found: int | None = await raw.fetchval(
        _SAME, koperasi_id, plan.event.value, on, plan.debit, plan.credit, plan.amount
    )
    return found


_SAME = """
SELECT max(e.number) FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
  JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit
  JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit
 WHERE e.koperasi_id = $1 AND e.kind = $2 AND e."on" = $3 AND d.key = $4 AND c.key = $5
   AND p.amount = $6
   AND NOT EXISTS (SELECT FROM ledger.entries r
                    WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)
"""


async def spent_alone(
    db: AsyncConnection, *, cooperative: Cooperative, plan: Plan, on: date, at: datetime
) -> Rupiah:
    """Add up what was spent on the same account without a second person, in rupiah: parts count together.

    That is what is dated `on`, and what was recorded on the day of `at`, whatever its date.
    """
    raw = await database.driver(db)
    return int(
        await raw.fetchval(
            _SPENT_ALONE, cooperative.id, plan.debit, on, plan.event.value, cooperative.zone, at
        )
    )


_SPENT_ALONE = """
SELECT coalesce(sum(p.amount), 0)::bigint
  FROM ledger.accounts a
  JOIN ledger.postings p ON p.koperasi_id = a.koperasi_id AND p.debit = a.id
  JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id AND e.number = p.entry
 WHERE a.koperasi_id = $1 AND a.key = $2 AND e.kind = $4 AND e.approver IS NULL
   AND (e."on" = $3 OR (e.at AT TIME ZONE $5)::date = ($6::timestamptz AT TIME ZONE $5)::date)
   AND NOT EXISTS (SELECT FROM ledger.entries r
                    WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)
"""


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
    """Record an event as planned; `note` is kept as the entry's reason.

    `operation` is the card's id; the book holds each one once. Refuses NotAllowed, what ledger.post refuses,
    and without an `approver` (core.approvals) AboveExpenseLimit and BackDated.
    """
    if not may(officer.roles, plan.event.action):
        raise NotAllowed(who=who_may(plan.event.action))
    here = officer.cooperative
    if approver is None:
        rule = officer.rules.on(today := business_date(at, here.zone))
        if (today - on).days > rule.backdate_days:
            raise BackDated(on=on, days=rule.backdate_days)
    entry = await ledger.post(
        db,
        [Posting(debit=plan.debit, credit=plan.credit, amount=plan.amount)],
        koperasi_id=here.id,
        kind=plan.event.value,
        on=on,
        at=at,
        zone=here.zone,
        recorder=officer.recorder,
        source=source,
        operation=operation,
        reason=note,
        approver=approver,
    )
    if approver is None and plan.event.is_paid_out and not entry.repeated:
        spent = await spent_alone(db, cooperative=here, plan=plan, on=on, at=at)
        if spent > (limit := officer.rules.on(business_date(at, here.zone)).expense_limit):
            raise AboveExpenseLimit(amount=spent, limit=limit)
    balance = entry.balance_of(plan.place or PAYABLE)
    moved = plan.amount if plan.into or plan.place is None else -plan.amount
    return Recorded(
        entry=entry.number,
        hash=entry.hash,
        plan=plan,
        before=balance - moved,
        balance=balance,
        repeated=entry.repeated,
    )
