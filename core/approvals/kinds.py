"""The kinds of requests: what each does once it is approved."""

from __future__ import annotations

from core.approvals import announcements, books, corrections, loans, savings
from core.approvals.request import Kind
from core.permissions import Action

KINDS: dict[str, Kind] = {
    "deposit": Kind(execute=savings.deposit, action=Action.RECORD_SAVINGS),
    "withdrawal": Kind(execute=savings.withdraw, action=Action.RECORD_SAVINGS),
    "reversal": Kind(execute=corrections.reverse, action=Action.REVERSE),
    "opening-balances": Kind(
        execute=books.open_books,
        action=Action.IMPORT_BALANCES,
        reject=books.forget,
        lapse=books.forget,
    ),
    "loan": Kind(execute=loans.decide, reject=loans.turn_down, lapse=loans.let_go),
    "disbursement": Kind(execute=loans.disburse, action=Action.RECORD_LOANS),
    "loan-payment": Kind(execute=loans.pay, action=Action.RECORD_LOANS),
    "restructuring": Kind(execute=loans.restructure, action=Action.RECORD_LOANS),
    "write-off": Kind(execute=loans.write_off, action=Action.RECORD_LOANS),
    "announcement": Kind(
        execute=announcements.send,
        action=Action.ANNOUNCE,
        reject=announcements.stop,
        lapse=announcements.stop,
    ),
    "allowance": Kind(execute=loans.allow),  # the clock asks
}
