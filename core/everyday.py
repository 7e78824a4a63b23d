"""The cash book's own events: expenses, trade, bons, suppliers, to and from the bank (domain 3.1, 15-20, 23-25, 36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, balances, ledger, spending
from core import people as people_book
from core.accounts import CASH, PLACES, chart
from core.calendar import business_date
from core.errors import Refusal
from core.goods import bons, catalogue, counts, journal, kinds, stock, suppliers
from core.goods.kinds import STOCK
from core.goods.shopping import RETURNS, SALES_TO_MEMBERS
from core.goods.stock import Line
from core.goods.suppliers import PAYABLE
from core.ledger import Posting
from core.money import Rupiah
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.rules import FOUNDED
from core.savings import BackDated, OwnSavings

LOSSES = "529000"
SALES = "412100"
COSTS_OF_MEMBERS, COSTS = "511000", "511100"
EXPENSES = ("521000", "522000", "523000", "524000", "525000", "528000", "539000")
OTHER_EXPENSE = "539000"


class Event(StrEnum):
    """What happens; its value is how entries are called in the book."""

    EXPENSE = "expense"
    SALE = "sale"
    PURCHASE = "purchase"
    BANK_DEPOSIT = "bank-deposit"
    BANK_WITHDRAWAL = "bank-withdrawal"
    BON_PAYMENT = "bon-payment"
    SALES_RETURN = "sales-return"
    STOCK_LOSS = "stock-loss"
    SUPPLIER_PAYMENT = "supplier-payment"

    @property
    def action(self) -> Action:
        """What an officer must be allowed to record it."""
        return Action.RECORD_TRADE if self in _TRADE else Action.RECORD_CASH

    @property
    def is_paid_out(self) -> bool:
        """Whether the cooperative has less afterwards: above the rule expense_limit a second person approves."""
        return self in _PAID_OUT

    @property
    def limited_with(self) -> tuple[str, ...]:
        """Kinds of entries that use up the same day's limit: goods are lost by word or by count."""
        return (self.value, counts.KIND) if self is Event.STOCK_LOSS else (self.value,)

    @property
    def moves(self) -> str | None:
        """What it does to the stock of the goods it names, as core.goods.stock calls it."""
        return _MOVES.get(self)


_MOVES = {
    Event.SALE: "sale",
    Event.PURCHASE: "purchase",
    Event.SALES_RETURN: "return",
    Event.STOCK_LOSS: "loss",
}
_TRADE = frozenset({*_MOVES, Event.BON_PAYMENT})
_PAID_OUT = frozenset(
    {
        Event.EXPENSE,
        Event.PURCHASE,
        Event.SALES_RETURN,
        Event.STOCK_LOSS,
        Event.SUPPLIER_PAYMENT,
    }
)


class AboveExpenseLimit(Refusal):
    """Above the cooperative's limit a second person approves what is spent on one account in a day.

    Facts: amount (of that day, on officers' own word), limit.
    """

    text = "refusal-above-expense-limit"


class BeforeFounding(Refusal):
    """Nothing happened in a cooperative before there were any (core.rules.FOUNDED). Facts: on, first."""

    text = "refusal-before-founding"


class MoreThanOwed(Refusal):
    """Suppliers are paid no more than they are owed. Facts: amount, owed."""

    text = "refusal-more-than-owed"


class WorthNothing(Refusal):
    """A loss is booked at what the goods cost: less than half a rupiah is no entry. Facts: good."""

    text = "refusal-worth-nothing"


class SamePlace(Refusal):
    """Money moves between two different cash boxes or banks. Facts: place."""

    text = "refusal-same-place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be recorded: from the credited account to the debited one, by their keys. Amount in rupiah.

    `place` is the cash box or bank whose balance the officer knows; of a transfer the one that pays.
    `lines` are the goods it names; what their amounts leave of the amount is by value.
    """

    event: Event
    debit: str
    credit: str
    place: str | None
    amount: Rupiah
    member: int | None = None
    lines: tuple[Line, ...] = ()

    @property
    def stands_at(self) -> str:
        """Key of the account whose balance the officer reads: the place, else the bon, stock or debt."""
        if self.place is not None:
            return self.place
        return self.debit if self.debit.startswith(bons.BON) else self.credit

    @property
    def limited_on(self) -> tuple[str, ...]:
        """Accounts of which the day's limit is one: goods of every kind are bought, suppliers paid under the same."""
        if self.event is Event.SUPPLIER_PAYMENT:
            return (f"{PAYABLE}*",)
        return kinds.ACCOUNTS if self.event is Event.PURCHASE else (self.debit,)

    @property
    def moved(self) -> Rupiah:
        """What that balance changes by, in rupiah."""
        grows = (self.stands_at == self.debit) == (_chart(self.stands_at).normal == "D")
        return self.amount if grows else -self.amount

    @property
    def is_on_bon(self) -> bool:
        """Whether it changes what a member owes the gerai."""
        return self.member is not None and bons.account(self.member) in (self.debit, self.credit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event in the book; `before` and `balance` are those of `plan.stands_at`, `cost` of the goods sold.

    All in rupiah; `bon` is what the member of a bon owes now.
    """

    entry: int
    hash: bytes
    plan: Plan
    cost: Rupiah
    bon: Rupiah
    before: Rupiah
    balance: Rupiah
    repeated: bool


def plan(
    event: Event,
    amount: Rupiah,
    *,
    place: str = CASH,
    target: str | None = None,
    expense: str = OTHER_EXPENSE,
    member: int | None = None,
    on_credit: bool = False,
    lines: tuple[Line, ...] = (),
    stock_kind: str = STOCK,
    supplier: int | None = None,
) -> Plan:
    """Say which accounts an event moves, by `amount` rupiah, more than zero.

    Expense: 52xxxx, 539000 / place. Sale: place, or 113300 of the member on bon / 412000 of the member, 412100 to
    others. Purchase of stock: `stock_kind` (114000 to 114300) / place, or 212000 of the supplier on credit. To and from the bank:
    target / place, two different ones; refuses SamePlace. Bon paid: place / 113300 of the member. Return: 412900 /
    place or 113300. Loss: 529000 / stock. Supplier paid: 212000 of the supplier / place. What goods cost is added by record: 511000 or
    511100 / stock. Goods of the list stand on the account of their kind, whatever `stock_kind` says (settled).
    """
    assert amount > 0, amount
    assert place in PLACES, place
    assert expense in EXPENSES, expense
    assert stock_kind in kinds.ACCOUNTS, stock_kind
    assert sum(line.amount for line in lines) <= amount, (lines, amount)
    pays = bons.account(member) if member is not None and on_credit else place
    match event:
        case Event.EXPENSE:
            debit, credit = expense, place
        case Event.SALE:
            debit, credit = pays, _of_member(SALES_TO_MEMBERS, member) if member else SALES
        case Event.PURCHASE:
            debit, credit = stock_kind, suppliers.account(supplier) if on_credit else place
        case Event.BON_PAYMENT:
            assert member is not None
            debit, credit = place, bons.account(member)
        case Event.SALES_RETURN:
            debit, credit = _of_member(RETURNS, member), pays
        case Event.STOCK_LOSS:
            debit, credit = LOSSES, stock_kind
        case Event.SUPPLIER_PAYMENT:
            debit, credit = suppliers.account(supplier), place
        case _:
            assert target in PLACES, target
            if target == place:
                raise SamePlace(place=named(place))
            debit, credit = target, place
    return Plan(
        event=event,
        debit=debit,
        credit=credit,
        place=place if place in (debit, credit) else None,
        amount=amount,
        member=member,
        lines=lines,
    )


def _of_member(code: str, member: int | None) -> str:
    return accounts.key(code, member=member)


def _chart(key: str) -> accounts.ChartAccount:
    return chart()[key[:6]]


def named(key: str) -> str:
    """Name an account as the chart does."""
    return _chart(key).name


async def stands(db: AsyncConnection, *, koperasi_id: int, plan: Plan) -> Rupiah:
    """Read the balance that stands on the card, in rupiah."""
    return await balances.of_account(db, koperasi_id=koperasi_id, key=plan.stands_at)


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

    A loss is booked at what the goods cost now, whatever the plan's amount.
    `operation` is the card's id; the book holds each one once. Refuses NotAllowed, what check, core.goods.stock and
    ledger.post refuse, and without an `approver` (core.approvals) AboveExpenseLimit, BackDated and OwnSavings.
    """
    if not may(officer.roles, plan.event.action):
        raise NotAllowed(who=who_may(plan.event.action))
    here = officer.cooperative
    if approver is None:
        _require_direct(officer, plan, on=on, at=at)
    moves = await check(db, officer=officer, plan=plan, on=on, operation=operation)
    cost = sum(move.value for move in moves)
    plan = settled(plan, moves)
    if plan.event is Event.STOCK_LOSS:
        plan = replace(plan, amount=-cost)
    entry = await ledger.post(
        db,
        _postings(plan, moves),
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
    if not entry.repeated:
        await _require_within_limit(db, officer=officer, plan=plan, on=on, at=at, approver=approver)
        await stock.keep(db, koperasi_id=here.id, moves=moves, entry=entry.number, on=on)
    balance = entry.balance_of(plan.stands_at)
    owes = entry.balance_of(bons.account(plan.member)) if plan.is_on_bon and plan.member else 0
    return Recorded(
        entry=entry.number,
        hash=entry.hash,
        plan=plan,
        cost=abs(cost),
        bon=owes,
        before=balance - plan.moved,
        balance=balance,
        repeated=entry.repeated,
    )


def _require_direct(officer: Standing, plan: Plan, *, on: date, at: datetime) -> None:
    """Refuse what needs a second person whatever it costs: BackDated, and of the own bon OwnSavings."""
    rule = officer.rules.on(today := business_date(at, officer.cooperative.zone))
    if (today - on).days > rule.backdate_days:
        raise BackDated(on=on, days=rule.backdate_days)
    if plan.is_on_bon and plan.member == officer.person_id:
        raise OwnSavings(member=officer.name, who=who_may(Action.APPROVE))


async def _require_within_limit(
    db: AsyncConnection,
    *,
    officer: Standing,
    plan: Plan,
    on: date,
    at: datetime,
    approver: str | None,
) -> None:
    """Refuse AboveExpenseLimit, asked after posting: the book is locked now, nobody else spends meanwhile."""
    if approver is not None or not plan.event.is_paid_out:
        return
    here = officer.cooperative
    spent = await spending.alone(
        db, cooperative=here, account=plan.limited_on, kind=plan.event.limited_with, on=on, at=at
    )
    if spent > (limit := officer.rules.on(business_date(at, here.zone)).expense_limit):
        raise AboveExpenseLimit(amount=spent, limit=limit)


def settled(plan: Plan, moves: Sequence[stock.Move]) -> Plan:
    """Let the stock's side of a plan be the account of the goods that move. Refuses journal.LostOfTwoKinds.

    A purchase of several kinds, or of what is on no list too, keeps its own: record splits it.
    """
    if plan.event is Event.STOCK_LOSS and moves:
        return replace(plan, credit=journal.lost_of(moves))
    whole = sum(move.amount for move in moves) == plan.amount
    if plan.event is Event.PURCHASE and whole and len({move.account for move in moves}) == 1:
        return replace(plan, debit=moves[0].account)
    return plan


def _postings(plan: Plan, moves: Sequence[stock.Move]) -> list[Posting]:
    if plan.event is Event.PURCHASE:
        return journal.bought(moves, rest=plan.debit, credit=plan.credit, amount=plan.amount)
    main = [Posting(debit=plan.debit, credit=plan.credit, amount=plan.amount)]
    if plan.event not in (Event.SALE, Event.SALES_RETURN):
        return main
    return main + journal.cost(moves, COSTS if plan.member is None else COSTS_OF_MEMBERS)


async def check(
    db: AsyncConnection, *, officer: Standing, plan: Plan, on: date, operation: str = ""
) -> list[stock.Move]:
    """Refuse what stock, bon and debt do not allow; return what the plan moves of the stock, its goods locked.

    Refuses BeforeFounding, what core.goods.stock.costed refuses, AboveBonLimit, MoreThanBon, MoreThanOwed; of
    who buys on bon MemberHasLeft and NotYetMember.
    """
    if on < FOUNDED:
        raise BeforeFounding(on=on, first=FOUNDED)
    here, amount = officer.cooperative.id, plan.amount
    if plan.event is Event.SUPPLIER_PAYMENT:
        debt = await balances.of_account(db, koperasi_id=here, key=plan.debit)
        if amount > debt:
            raise MoreThanOwed(amount=amount, owed=max(debt, 0))
    if plan.is_on_bon:
        assert plan.member is not None
        owed = await bons.owed(db, koperasi_id=here, member_id=plan.member)
        if plan.event is Event.SALE:
            who = await people_book.member(db, koperasi_id=here, member_id=plan.member)
            people_book.require_active(who, on=on)
            bons.require_within(amount, owed=owed, limit=officer.rules.on(on).bon_limit)
        else:
            bons.require_owed(amount, owed=owed)
    kind = plan.event.moves
    if kind is None or not plan.lines:
        return []
    moves = await stock.costed(
        db, koperasi_id=here, kind=kind, lines=plan.lines, operation=operation
    )
    if plan.event is Event.STOCK_LOSS and not sum(move.value for move in moves):
        good = await catalogue.some(db, koperasi_id=here, ids=[plan.lines[0].good])
        raise WorthNothing(good=good[plan.lines[0].good].name)
    return moves
