"""The operations officers record: their names on cards, their family, and which reading means which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.talk import Notice
from bot.understand.readings import Intent
from core import leaving, seals
from core.accounts import SavingsKind
from core.everyday import Event
from core.goods import counts
from core.people import Member
from core.permissions import Action
from core.term_savings import TermKind
from core.treasury import events as treasury
from notifications.messages import Say


class Family(StrEnum):
    """What handles an operation: its module in bot/conversations (bot.conversations.families)."""

    SAVINGS = "savings"
    APPLICATION = "application"
    DISBURSEMENT = "disbursement"
    PAYMENT = "payment"
    EVERYDAY = "everyday"
    TREASURY = "treasury"  # bank interest, grants, advances, funds, assets, loans from banks
    LEAVING = "leaving"
    TERM = "term"  # simpanan berjangka, simpanan hari raya
    BILLS = "bills"  # reminding of simpanan wajib
    ANNOUNCEMENT = "announcement"
    GOODS = "goods"  # the price list
    AGENCY = "agency"  # BRILink, PPOB, pos
    CONSIGNED = "consigned"  # titip jual: what is sold and paid out
    CONSIGNMENT = "consignment"  # titip jual: goods that come in and go back
    LEGAL = "legal"  # documents, the annual meeting
    PERIOD = "period"  # months, years, the surplus
    COUNT = "count"  # stock of goods
    SEAL = "seal"  # cash counted at day's end
    CHANGE = "change"  # of a loan: restructuring, write-off, an approved one let go


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation with a card of its own."""

    name: str
    family: Family
    intent: Intent | None = None
    withdrawal: bool = False  # money goes out
    entry_kinds: tuple[str, ...] = ()  # how its entries are called in the book
    in_lists: bool = True  # may be a row of a list
    of_member: bool = True  # it is about somebody's money or loan
    offered: bool = True  # among the choices of "Apa yang dicatat?"
    action: Action = Action.RECORD_SAVINGS  # what an officer must be allowed

    @property
    def heading(self) -> str:
        """Key of its name: the first line of its card."""
        return f"operation-{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving(Operation):
    """An operation of savings: money of one kind, in or out."""

    family: Family = Family.SAVINGS
    kind: SavingsKind

    @property
    def entry_kind(self) -> str:
        """How its entries are called in the book."""
        return self.entry_kinds[0]


SAVINGS = {
    operation.name: operation
    for operation in (
        Saving(
            name="wajib",
            intent=Intent.DEPOSIT_MANDATORY,
            kind=SavingsKind.WAJIB,
            entry_kinds=("deposit-wajib",),
        ),
        Saving(
            name="sukarela",
            intent=Intent.DEPOSIT_VOLUNTARY,
            kind=SavingsKind.SUKARELA,
            entry_kinds=("deposit-sukarela",),
        ),
        Saving(
            name="pokok",
            intent=Intent.DEPOSIT_PRINCIPAL,
            kind=SavingsKind.POKOK,
            entry_kinds=("deposit-pokok",),
        ),
        Saving(
            name="tarik",
            intent=Intent.WITHDRAW_VOLUNTARY,
            kind=SavingsKind.SUKARELA,
            withdrawal=True,
            entry_kinds=("withdraw-sukarela",),
        ),
    )
}
LOANS = {
    operation.name: operation
    for operation in (
        Operation(
            name="pengajuan",
            family=Family.APPLICATION,
            intent=Intent.LOAN_APPLICATION,
            in_lists=False,
        ),
        Operation(
            name="pencairan",
            family=Family.DISBURSEMENT,
            intent=Intent.LOAN_DISBURSEMENT,
            withdrawal=True,
            entry_kinds=("loan-disbursement",),
            in_lists=False,
        ),
        Operation(
            name="angsuran",
            family=Family.PAYMENT,
            intent=Intent.LOAN_REPAYMENT,
            entry_kinds=("loan-payment", "loan-settlement", "loan-recovery"),
        ),
        Operation(
            name="restrukturisasi",
            family=Family.CHANGE,
            intent=Intent.LOAN_RESTRUCTURING,
            entry_kinds=("loan-restructuring",),
            in_lists=False,
            offered=False,
        ),
        Operation(
            name="hapusbuku",
            family=Family.CHANGE,
            intent=Intent.LOAN_WRITE_OFF,
            entry_kinds=("loan-write-off",),
            in_lists=False,
            offered=False,
        ),
        Operation(
            name="lepas",
            family=Family.CHANGE,
            intent=Intent.LOAN_CANCELLATION,
            in_lists=False,
            offered=False,
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Everyday(Operation):
    """An event of the cash book, by value."""

    family: Family = Family.EVERYDAY
    event: Event
    in_lists: bool = False
    of_member: bool = False


def _everyday(name: str, intent: Intent, event: Event) -> Everyday:
    return Everyday(
        name=name, intent=intent, event=event, entry_kinds=(event.value,), action=event.action,
        withdrawal=event.is_paid_out, offered=event in (Event.EXPENSE, Event.SALE),
        of_member=event is Event.BON_PAYMENT,
    )  # fmt: skip


EVERYDAY = {
    operation.name: operation
    for operation in (
        _everyday("biaya", Intent.EXPENSE, Event.EXPENSE),
        _everyday("jual", Intent.SALE, Event.SALE),
        _everyday("stok", Intent.PURCHASE, Event.PURCHASE),
        _everyday("setorbank", Intent.BANK_DEPOSIT, Event.BANK_DEPOSIT),
        _everyday("tarikbank", Intent.BANK_WITHDRAW, Event.BANK_WITHDRAWAL),
        _everyday("bayarbon", Intent.BON_PAYMENT, Event.BON_PAYMENT),
        _everyday("retur", Intent.SALES_RETURN, Event.SALES_RETURN),
        _everyday("susut", Intent.STOCK_LOSS, Event.STOCK_LOSS),
        _everyday("pemasok", Intent.SUPPLIER_PAYMENT, Event.SUPPLIER_PAYMENT),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Treasury(Operation):
    """An event of the office's other money."""

    family: Family = Family.TREASURY
    event: treasury.Event
    in_lists: bool = False
    of_member: bool = False
    offered: bool = False


_FAMILIES = {
    **dict.fromkeys(treasury.AGENCY, Family.AGENCY),
    **dict.fromkeys(treasury.CONSIGNED, Family.CONSIGNED),
}


def _treasury(name: str, intent: Intent, event: treasury.Event) -> Treasury:
    return Treasury(
        name=name, intent=intent, event=event, entry_kinds=(event.value,), action=event.action,
        family=_FAMILIES.get(event, Family.TREASURY),
        withdrawal=event.is_paid_out,
        of_member=event.of_member and event is not treasury.Event.EXIT_PAYOUT,
    )  # fmt: skip


TREASURY = {
    operation.name: operation
    for operation in (
        _treasury("bungabank", Intent.BANK_INTEREST, treasury.Event.BANK_INTEREST),
        _treasury("biayabank", Intent.BANK_CHARGE, treasury.Event.BANK_CHARGE),
        _treasury("pendapatan", Intent.OTHER_INCOME, treasury.Event.INCOME),
        _treasury("hibah", Intent.GRANT, treasury.Event.GRANT),
        _treasury("hibahsyarat", Intent.CONDITIONAL_GRANT, treasury.Event.CONDITIONAL_GRANT),
        _treasury("syarathibah", Intent.GRANT_MET, treasury.Event.GRANT_MET),
        _treasury("talangan", Intent.OFFICER_PAID, treasury.Event.ADVANCED),
        _treasury("gantitalangan", Intent.OFFICER_REPAID, treasury.Event.REPAID),
        _treasury("uangmuka", Intent.ADVANCE, treasury.Event.ADVANCE),
        _treasury("tanggungjawab", Intent.ADVANCE_SPENT, treasury.Event.ADVANCE_SPENT),
        _treasury("sisauangmuka", Intent.ADVANCE_RETURNED, treasury.Event.ADVANCE_RETURNED),
        _treasury("titipan", Intent.HELD_RECEIPT, treasury.Event.HELD),
        _treasury("hakkeluar", Intent.EXIT_PAYOUT, treasury.Event.EXIT_PAYOUT),
        _treasury("dana", Intent.FUND_USE, treasury.Event.FUND_USE),
        _treasury("aset", Intent.ASSET_PURCHASE, treasury.Event.ASSET),
        _treasury("pinjambank", Intent.BANK_LOAN, treasury.Event.BANK_LOAN),
        _treasury("angsurbank", Intent.BANK_LOAN_PAYMENT, treasury.Event.INSTALMENT),
        _treasury("talangandesa", Intent.BANK_LOAN_COVERED, treasury.Event.VILLAGE),
        _treasury("feeagen", Intent.AGENT_FEE, treasury.Event.AGENT_FEE),
        _treasury("agenmasuk", Intent.AGENT_IN, treasury.Event.AGENT_IN),
        _treasury("agenkeluar", Intent.AGENT_OUT, treasury.Event.AGENT_OUT),
        _treasury("setoragen", Intent.AGENT_SETTLED, treasury.Event.AGENT_SETTLED),
        _treasury("terimaagen", Intent.AGENT_RECEIVED, treasury.Event.AGENT_RECEIVED),
        _treasury("jualtitipan", Intent.CONSIGNED_SALE, treasury.Event.CONSIGNED_SALE),
        _treasury("bayartitipan", Intent.CONSIGNED_PAID, treasury.Event.CONSIGNED_PAID),
    )
}
CONSIGNMENT = {
    name: Operation(
        name=name, family=Family.CONSIGNMENT, intent=intent, in_lists=False, of_member=False, offered=False,
        action=Action.RECORD_TRADE,
    )
    for name, intent in (("titipmasuk", Intent.CONSIGNED_IN), ("titipkembali", Intent.CONSIGNED_BACK))
}  # fmt: skip
ANNOUNCEMENT = Operation(
    name="pengumuman",
    family=Family.ANNOUNCEMENT,
    in_lists=False,
    of_member=False,
    offered=False,
)


def _leaving(name: str, intent: Intent, kind: str) -> Operation:
    return Operation(
        name=name, family=Family.LEAVING, intent=intent, entry_kinds=(kind,), withdrawal=True,
        in_lists=False, offered=False,
    )  # fmt: skip


LEAVING = {
    operation.name: operation
    for operation in (
        _leaving("keluar", Intent.LEAVE, leaving.EXIT),
        _leaving("meninggal", Intent.DEATH, leaving.DEATH),
    )
}


def _term(name: str, intent: Intent, entry_kind: str, *, withdrawal: bool = False) -> Operation:
    return Operation(
        name=name, family=Family.TERM, intent=intent, entry_kinds=(entry_kind,), withdrawal=withdrawal,
        in_lists=False, offered=False,
    )  # fmt: skip


TERMS = {
    operation.name: operation
    for operation in (
        _term("berjangka", Intent.TERM_DEPOSIT, TermKind.TERM.opening),
        _term("cairberjangka", Intent.TERM_WITHDRAWAL, TermKind.TERM.closing, withdrawal=True),
        _term("hariraya", Intent.HOLIDAY_DEPOSIT, TermKind.HOLIDAY.opening),
        _term("cairhariraya", Intent.HOLIDAY_WITHDRAWAL, TermKind.HOLIDAY.closing, withdrawal=True),
    )
}
BILLS = Operation(
    name="tagihan",
    family=Family.BILLS,
    in_lists=False,
    of_member=False,
    offered=False,
    action=Action.ANNOUNCE,
)
GOODS = Operation(
    name="barang",
    family=Family.GOODS,
    in_lists=False,
    of_member=False,
    offered=False,
    action=Action.RECORD_TRADE,
)
CASH_COUNT = Operation(
    name="hitungkas",
    family=Family.SEAL,
    intent=Intent.CASH_COUNT,
    entry_kinds=(seals.KIND,),
    in_lists=False,
    of_member=False,
    offered=False,
    action=Action.COUNT_CASH,
)
STOCK_COUNT = Operation(
    name="opname",
    family=Family.COUNT,
    entry_kinds=(counts.KIND,),
    in_lists=False,
    of_member=False,
    offered=False,
    action=Action.RECORD_TRADE,
)


def _period(name: str, action: Action = Action.CLOSE_BOOKS, *kinds: str) -> Operation:
    return Operation(
        name=name, family=Family.PERIOD, in_lists=False, of_member=bool(kinds), offered=False,
        action=action, entry_kinds=kinds, withdrawal=bool(kinds),
    )  # fmt: skip


PERIODS = {
    operation.name: operation
    for operation in (
        *map(
            _period, ("tutupbulan", "bukabulan", "tutuptahun", "bukatahun", "bagishu", "batalshu")
        ),
        _period("aturshu", Action.SET_SHU),
        _period("shusukarela", Action.RECORD_SAVINGS),
        _period("bayarshu", Action.RECORD_SAVINGS, "withdraw-shu"),
    )
}
LEGAL = {
    name: Operation(
        name=name, family=Family.LEGAL, in_lists=False, of_member=False, offered=False,
        action=Action.RECORD_DOCUMENTS,
    )
    for name in ("dokumen", "rapat")
}  # fmt: skip
OPERATIONS: dict[str, Operation] = {
    GOODS.name: GOODS,
    **SAVINGS,
    **LOANS,
    **EVERYDAY,
    **TREASURY,
    **CONSIGNMENT,
    **LEAVING,
    **TERMS,
    **PERIODS,
    **LEGAL,
    BILLS.name: BILLS,
    CASH_COUNT.name: CASH_COUNT,
    STOCK_COUNT.name: STOCK_COUNT,
    ANNOUNCEMENT.name: ANNOUNCEMENT,
}
BY_INTENT = {
    operation.intent: operation for operation in OPERATIONS.values() if operation.intent is not None
}
BY_ENTRY_KIND = {
    kind: operation for operation in OPERATIONS.values() for kind in operation.entry_kinds
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChecked:
    """A row of a list that may be recorded: whose it is, and what stands below it on the card."""

    member: Member
    lines: tuple[Say, ...]
    mark: str  # of what has to hold still until ✅ (bot.conversations.promises)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDone:
    """A recorded row of a list: its line on the receipt, and what its member is told. Money in rupiah."""

    entry: int
    line: str  # key; its facts are row, name, number, amount and balance
    member: Member
    amount: int
    balance: int
    notice: Notice | None
