"""What was understood, as values: intents, slots and the readings of amount, date and person.

A reading never guesses: what is not certain is `ask`, with the choices that a question can offer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Intent(StrEnum):
    """What the speaker wants."""

    DEPOSIT_PRINCIPAL = "deposit_principal"
    DEPOSIT_MANDATORY = "deposit_mandatory"
    DEPOSIT_VOLUNTARY = "deposit_voluntary"
    WITHDRAW_VOLUNTARY = "withdraw_voluntary"
    LOAN_APPLICATION = "loan_application"
    LOAN_DISBURSEMENT = "loan_disbursement"
    LOAN_REPAYMENT = "loan_repayment"
    LOAN_RESTRUCTURING = "loan_restructuring"
    LOAN_WRITE_OFF = "loan_write_off"
    LOAN_CANCELLATION = "loan_cancellation"  # an approved loan is not paid out after all
    LOAN_WITHDRAWAL = "loan_withdrawal"  # batal pengajuan: a waiting application is taken back
    TERM_DEPOSIT = "term_deposit"  # simpanan berjangka
    TERM_WITHDRAWAL = "term_withdrawal"
    HOLIDAY_DEPOSIT = "holiday_deposit"  # simpanan hari raya
    HOLIDAY_WITHDRAWAL = "holiday_withdrawal"
    EXPENSE = "expense"
    SALE = "sale"
    PURCHASE = "purchase"
    BANK_DEPOSIT = "bank_deposit"
    BANK_WITHDRAW = "bank_withdraw"
    BON_PAYMENT = "bon_payment"
    SALES_RETURN = "sales_return"
    STOCK_LOSS = "stock_loss"
    SUPPLIER_PAYMENT = "supplier_payment"
    CASH_COUNT = "cash_count"  # tutup kas
    BANK_INTEREST = "bank_interest"
    BANK_CHARGE = "bank_charge"
    OTHER_INCOME = "other_income"
    GRANT = "grant"
    CONDITIONAL_GRANT = "conditional_grant"
    GRANT_MET = "grant_met"
    OFFICER_PAID = "officer_paid"  # a cost paid with private money
    OFFICER_REPAID = "officer_repaid"
    ADVANCE = "advance"  # uang muka pengurus
    ADVANCE_SPENT = "advance_spent"
    ADVANCE_RETURNED = "advance_returned"
    HELD_RECEIPT = "held_receipt"  # belum tahu dari siapa
    EXIT_PAYOUT = "exit_payout"  # hak anggota keluar
    FUND_USE = "fund_use"
    ASSET_PURCHASE = "asset_purchase"
    BANK_LOAN = "bank_loan"  # the cooperative borrows
    BANK_LOAN_PAYMENT = "bank_loan_payment"
    BANK_LOAN_COVERED = "bank_loan_covered"  # the village paid the bank
    AGENT_FEE = "agent_fee"
    AGENT_IN = "agent_in"  # a customer sends money or pays a bill
    AGENT_OUT = "agent_out"
    AGENT_SETTLED = "agent_settled"
    AGENT_RECEIVED = "agent_received"
    CONSIGNED_IN = "consigned_in"  # titip jual
    CONSIGNED_SALE = "consigned_sale"
    CONSIGNED_PAID = "consigned_paid"
    CONSIGNED_BACK = "consigned_back"
    REVERSAL = "reversal"
    ANNOUNCEMENT = "announcement"
    BALANCE_INQUIRY = "balance_inquiry"
    LOAN_INQUIRY = "loan_inquiry"
    LOAN_EXPLANATION = "loan_explanation"  # dari mana?
    ARREARS_INQUIRY = "arrears_inquiry"  # siapa nunggak?
    HISTORY_INQUIRY = "history_inquiry"
    PRICE_INQUIRY = "price_inquiry"
    BON_INQUIRY = "bon_inquiry"
    AGENT_INQUIRY = "agent_inquiry"  # uang agen berapa?
    CONSIGNED_INQUIRY = "consigned_inquiry"  # hasil titipan saya?
    DUES_INQUIRY = "dues_inquiry"
    CASH_INQUIRY = "cash_inquiry"
    MEMBERS_LIST = "members_list"
    REPORT = "report"
    SIMULATION = "simulation"
    MONITOR = "monitor"
    SILENCE_INQUIRY = "silence_inquiry"  # koperasi mana yang belum lapor?
    RECORD = "record"  # /catat: to record something, not yet said what
    HELP = "help"
    GREETING = "greeting"
    MENU = "menu"
    START = "start"
    YES = "yes"
    NO = "no"
    CANCEL = "cancel"
    STOP = "stop"
    RESUME = "resume"  # MULAI
    CONFIRM_RECEIPT = "confirm_receipt"  # BENAR
    DISPUTE_RECEIPT = "dispute_receipt"  # BUKAN
    CHECK_RECEIPT = "check_receipt"
    INVITE = "invite"
    SWITCH = "switch"  # ganti koperasi
    MY_DATA = "my_data"
    LEAVE = "leave"  # berhenti jadi anggota
    DEATH = "death"  # a member died
    EDIT = "edit"  # ubah: change the open card
    RECEIPT_PICTURE = "receipt_picture"  # gambar bukti
    THANKS = "thanks"


class Slot(StrEnum):
    """What the bot has just asked for."""

    MEMBER = "member"
    KIND = "kind"
    AMOUNT = "amount"
    DATE = "date"
    NOTE = "note"


class AmountKind(StrEnum):
    """How certain an amount is."""

    NONE = "none"
    EXACT = "exact"
    ASK = "ask"
    REFUSE = "refuse"


class DateKind(StrEnum):
    """How certain a day is; `FUTURE` is certain, but no day to record on."""

    NONE = "none"
    DAY = "day"
    ASK = "ask"
    FUTURE = "future"
    REFUSE = "refuse"


class PeopleKind(StrEnum):
    """Who is meant; `SELF` is the speaker, `MISMATCH` a number and a name of two members."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"
    UNKNOWN = "unknown"
    SELF = "self"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An entry of the directory that names are looked up in."""

    id: int
    number: str
    name: str
    hint: str = ""  # what tells namesakes apart in a list: RT, masked NIK tail


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountReading:
    """An amount of whole rupiah as said.

    `exact` carries `value`; `ask` carries `choices`, the thousand reading first, perhaps none.
    `confirm` marks a certain but unusual way of writing: the card shows it, nothing is asked.
    `why` is a code: bare, malformed, approximate, english_comma, letters_for_digits, banknote,
    slang, conflict, several, each, zero, negative, too_large, quantity_only, lookup (all of it).
    """

    kind: AmountKind = AmountKind.NONE
    value: int | None = None
    choices: tuple[int, ...] = ()
    why: str = ""
    confirm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReading:
    """A day as said; `ask` offers `choices`, perhaps none.

    `why` is a code: future, vague, week_or_sunday, impossible, several, instalment.
    """

    kind: DateKind = DateKind.NONE
    day: date | None = None
    choices: tuple[date, ...] = ()
    why: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReading:
    """The months that are meant (their first days), or only how many (dues, tenor; even 0 and -3)."""

    months: tuple[date, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateReading:
    """A rate in per cent as said; without a value it is not certain which. `per`: month or year, if said."""

    value: Decimal | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleReading:
    """Who is meant.

    `one` names the member; `exact` is false when spelling was forgiven. `several`, `unknown` and
    `mismatch` carry whom a question can offer (`unknown`: perhaps nobody).
    """

    kind: PeopleKind = PeopleKind.NONE
    members: tuple[Member, ...] = ()
    exact: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a batch; `date` is the day that this line alone says."""

    intent: Intent | None
    people: PeopleReading
    amount: AmountReading
    date: DateReading = field(default_factory=DateReading)
    note: str | None = None
    by_bank: bool = False  # as in Reading; said by this line, or for all
    said: str = ""
    loan: int | None = None  # as in Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one message says.

    `intents` are the candidates, the certain one alone when `intent` is set (a short answer such
    as BENAR has two). `doubts` are codes that forbid a card: negated, not_yet, question,
    correction, markup, several_dates (rows of different days), unclear_date (of a batch),
    name_or_date, total_differs, with_member, too_long.
    `date` of a batch is the day of all its rows: what heading or closing line say, or every row.
    `rest` is what no part of the grammar used.
    """

    text: str
    intent: Intent | None = None
    intents: tuple[Intent, ...] = ()
    amount: AmountReading = field(default_factory=AmountReading)
    date: DateReading = field(default_factory=DateReading)
    period: PeriodReading = field(default_factory=PeriodReading)
    people: PeopleReading = field(default_factory=PeopleReading)
    note: str | None = None
    reference: str | None = None  # a receipt's number as written, not looked up
    rows: tuple[Row, ...] = ()
    total: AmountReading | None = None  # a stated total of the rows
    doubts: tuple[str, ...] = ()
    by_bank: bool = False  # all of it came by transfer, QRIS or through an account
    loan: int | None = None  # named by its label, P-0007; looked up by who knows the loans
    settles: bool = False  # pelunasan, melunasi
    from_savings: bool = False  # potong tabungan, dari sukarela
    rate: RateReading | None = None  # of a loan: bunga 1,5%
    rest: str = ""
