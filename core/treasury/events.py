"""What happens in the office besides trade, savings and loans to members, and which accounts it moves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core import accounts
from core.accounts import CASH, HELD, PLACES, chart
from core.assets import AssetKind
from core.goods import kinds
from core.ledger import Posting
from core.money import Rupiah
from core.permissions import Action

CAPITAL, GRANT_INCOME, DEFERRED = "330000", "415000", "218000"
INTEREST_COST = "512100"
OTHERS = "221900"  # Pinjaman pihak lain/pengurus
ADVANCES = "113500"  # Uang muka pengurus
UNPAID = "211900"  # Hak anggota keluar belum dibayar
PAYABLE = "212000"
GOODS = kinds.ACCOUNTS  # a grant may come as goods
FUNDS = ("216000", "216100")  # pendidikan, sosial
FEES = "413000"  # of the agency (BRILink, PPOB, pos) and of goods sold for others
# Customers' money at the agency: owed to bank or provider; below zero they owe it. Receipts nobody named are HELD itself.
IN_TRANSIT = accounts.key(HELD, unit=1)
LENDERS = {"himbara": "221000", "lpdb": "221100"}
ASSETS = {kind.account: kind for kind in AssetKind}


class Event(StrEnum):
    """What happens; its value is how entries are called in the book."""

    BANK_INTEREST = "bank-interest"
    BANK_CHARGE = "bank-charge"
    INCOME = "other-income"
    GRANT = "grant"
    CONDITIONAL_GRANT = "conditional-grant"
    GRANT_MET = "grant-met"  # the conditions of a grant are met
    ADVANCED = "officer-paid"  # a cost paid with somebody's private money
    REPAID = "officer-repaid"
    ADVANCE = "advance-given"  # uang muka pengurus
    ADVANCE_SPENT = "advance-spent"
    ADVANCE_RETURNED = "advance-returned"
    HELD = "receipt-held"  # nobody knows yet from whom
    EXIT_PAYOUT = "exit-payout"  # what is still owed to a member who left
    FUND_USE = "fund-use"
    ASSET = "asset-bought"
    BANK_LOAN = "bank-loan"
    INSTALMENT = "bank-loan-payment"
    VILLAGE = "bank-loan-covered"  # the village paid the bank
    AGENT_FEE = "agent-fee"
    AGENT_IN = "agent-in"  # a customer sends money or pays a bill
    AGENT_OUT = "agent-out"  # a customer draws money
    AGENT_SETTLED = "agent-settled"  # customers' money goes on to the bank or provider
    AGENT_RECEIVED = "agent-received"  # bank or provider pays back what customers drew
    CONSIGNED_SALE = "consigned-sale"  # titip jual: sold for its owner
    CONSIGNED_PAID = "consigned-paid"  # the owner gets what it brought

    @property
    def action(self) -> Action:
        """What an officer must be allowed to record it."""
        return Action.RECORD_TRADE if self in AGENCY | CONSIGNED else Action.RECORD_CASH

    @property
    def is_paid_out(self) -> bool:
        """Whether it spends: above the rule expense_limit a second person approves."""
        return self in _PAID_OUT

    @property
    def of_member(self) -> bool:
        """Whether it is about the money of one member or officer."""
        return any(side.endswith(_OF_MEMBER) for side in JOURNALS[self])

    @property
    def has_interest(self) -> bool:
        """Whether part of its amount may be interest on a loan from a bank."""
        return self in (Event.INSTALMENT, Event.VILLAGE)


_PLACE, _ACCOUNT, _OF_MEMBER = "place", "account", ":m"
# Debit and credit; `place` and `account` are what a plan is made with, `:m` is the member's own.
JOURNALS: dict[Event, tuple[str, str]] = {
    Event.BANK_INTEREST: (_PLACE, "414000"),
    Event.BANK_CHARGE: ("523000", _PLACE),
    Event.INCOME: (_PLACE, "419000"),
    Event.GRANT: (_PLACE, _ACCOUNT),
    Event.CONDITIONAL_GRANT: (_PLACE, DEFERRED),
    Event.GRANT_MET: (DEFERRED, GRANT_INCOME),
    Event.ADVANCED: (_ACCOUNT, OTHERS + _OF_MEMBER),
    Event.REPAID: (OTHERS + _OF_MEMBER, _PLACE),
    Event.ADVANCE: (ADVANCES + _OF_MEMBER, _PLACE),
    Event.ADVANCE_SPENT: (_ACCOUNT, ADVANCES + _OF_MEMBER),
    Event.ADVANCE_RETURNED: (_PLACE, ADVANCES + _OF_MEMBER),
    Event.HELD: (_PLACE, HELD),
    Event.EXIT_PAYOUT: (UNPAID + _OF_MEMBER, _PLACE),
    Event.FUND_USE: (_ACCOUNT, _PLACE),
    Event.ASSET: (_ACCOUNT, _PLACE),
    Event.BANK_LOAN: (_PLACE, _ACCOUNT),
    Event.INSTALMENT: (_ACCOUNT, _PLACE),
    Event.VILLAGE: (_ACCOUNT, OTHERS),
    Event.AGENT_FEE: (_PLACE, FEES),
    Event.AGENT_IN: (_PLACE, IN_TRANSIT),
    Event.AGENT_OUT: (IN_TRANSIT, _PLACE),
    Event.AGENT_SETTLED: (IN_TRANSIT, _PLACE),
    Event.AGENT_RECEIVED: (_PLACE, IN_TRANSIT),
    Event.CONSIGNED_SALE: (_PLACE, _ACCOUNT),
    Event.CONSIGNED_PAID: (_ACCOUNT, _PLACE),
}
SERVED = frozenset({Event.AGENT_IN, Event.AGENT_OUT})  # a customer, who may pay a fee on top
CONSIGNED = frozenset({Event.CONSIGNED_SALE, Event.CONSIGNED_PAID})
WITH_FEE = SERVED | {Event.CONSIGNED_SALE}
AGENCY = SERVED | {Event.AGENT_FEE, Event.AGENT_SETTLED, Event.AGENT_RECEIVED}
_PAID_OUT = frozenset(
    {
        Event.BANK_CHARGE,
        Event.ADVANCED,
        Event.REPAID,
        Event.ADVANCE,
        Event.ADVANCE_SPENT,
        Event.EXIT_PAYOUT,
        Event.FUND_USE,
        Event.ASSET,
        Event.INSTALMENT,
        Event.AGENT_SETTLED,
        Event.CONSIGNED_PAID,
    }
)
# The side that holds what is used up: never more than there is.
_USED_UP = {
    Event.GRANT_MET: 0,
    Event.REPAID: 0,
    Event.ADVANCE_SPENT: 1,
    Event.ADVANCE_RETURNED: 1,
    Event.EXIT_PAYOUT: 0,
    Event.FUND_USE: 0,
    Event.INSTALMENT: 0,
    Event.VILLAGE: 0,
    Event.CONSIGNED_PAID: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What the register of assets keeps of one; residual value in rupiah, life in months."""

    name: str
    months: int
    residual: Rupiah = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms a bank lends: rate in per cent a year, months, of which the first `grace` pay interest only."""

    lender: str  # a key of LENDERS
    rate: Decimal
    months: int
    grace: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be recorded, by accounts' keys; amount in rupiah, `interest` is the part of it that is a cost.

    `fee` comes on top of the amount and is income, whichever way the amount goes; the amount of a sale for others
    is their part, the fee the gerai's.
    """

    event: Event
    amount: Rupiah
    debit: str
    credit: str
    place: str | None = None  # the cash box or bank it goes through
    member: int | None = None
    interest: Rupiah = 0
    fee: Rupiah = 0
    customer: int | None = (
        None  # the member who was served: the fee counts towards their jasa usaha
    )
    consent: str | None = None  # of the Rapat Anggota, as written down
    bought: Bought | None = None
    terms: Terms | None = None
    good: int | None = None  # of core.goods.consigned, that is sold
    quantity: int = 0  # thousandths of it

    @property
    def postings(self) -> list[Posting]:
        """The entry's lines."""
        rest = self.amount - self.interest
        lines = [Posting(debit=self.debit, credit=self.credit, amount=rest)] if rest else []
        if self.interest:
            lines.append(Posting(debit=INTEREST_COST, credit=self.credit, amount=self.interest))
        if self.fee:
            assert self.place is not None, self.event
            earned = accounts.key(FEES, member=self.customer)
            lines.append(Posting(debit=self.place, credit=earned, amount=self.fee))
        return lines

    @property
    def total(self) -> Rupiah:
        """What it is about, in rupiah: of a sale for others all that was paid for it."""
        return self.amount + (self.fee if self.event is Event.CONSIGNED_SALE else 0)

    @property
    def used_up(self) -> str | None:
        """The account that may not give more than it holds."""
        if self.event not in _USED_UP or self.amount == self.interest:
            return None
        return (self.debit, self.credit)[_USED_UP[self.event]]

    @property
    def stands_at(self) -> str:
        """The account whose balance the officer reads: the cash box or bank, else what is used up, else the debt."""
        return self.place or self.used_up or self.credit

    @property
    def moved(self) -> Rupiah:
        """What that balance changes by, in rupiah."""
        return self.change_of(self.stands_at)

    def change_of(self, key: str) -> Rupiah:
        """Say what the balance of an account changes by, in rupiah."""
        total = sum(
            (line.amount if key == line.debit else -line.amount)
            for line in self.postings
            if key in (line.debit, line.credit)
        )
        return total if chart()[key[:6]].normal == "D" else -total

    @property
    def asset(self) -> AssetKind | None:
        """The kind of asset it brings in, where it does."""
        return ASSETS.get(self.debit) if self.event in (Event.ASSET, Event.GRANT) else None


def plan(
    event: Event,
    amount: Rupiah,
    *,
    place: str = CASH,
    account: str | None = None,
    member: int | None = None,
    interest: Rupiah = 0,
    fee: Rupiah = 0,
    customer: int | None = None,
    consent: str | None = None,
    bought: Bought | None = None,
    terms: Terms | None = None,
    good: int | None = None,
    quantity: int = 0,
) -> Plan:
    """Say which accounts an event moves (JOURNALS), by `amount` rupiah, more than zero, interest included.

    `account` is the cost, fund, asset, lender's or owner's account (212100:m or :u) or, of a grant, 330000 or 415000.
    `place` is a cash box or bank; of a grant perhaps what it came as (114000 to 114300, 121000 to 125000), of an asset
    perhaps 212000.
    """
    assert amount > 0, amount
    assert 0 <= interest <= amount, (interest, amount)
    assert customer is None or event in SERVED, event
    assert fee == 0 or (fee > 0 and event in WITH_FEE), (event, fee)
    own = accounts.key("", member=member)
    sides = tuple(
        {_PLACE: place, _ACCOUNT: account or ""}.get(side, side.replace(_OF_MEMBER, own))
        for side in JOURNALS[event]
    )
    assert all(side[:6] in chart() for side in sides), sides
    assert event.of_member == (member is not None) or event in CONSIGNED, event
    assert (good is None) == (quantity == 0), (good, quantity)
    return Plan(
        event=event,
        amount=amount,
        debit=sides[0],
        credit=sides[1],
        place=place if place in PLACES and place in sides else None,
        member=member,
        interest=interest,
        fee=fee,
        customer=customer,
        consent=consent,
        bought=bought,
        terms=terms,
        good=good,
        quantity=quantity,
    )
