"""The kinds of requests: what each does once it is approved."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.approvals import (
    announcements,
    books,
    closing,
    corrections,
    counts,
    erasure,
    everyday,
    interest,
    leaving,
    loans,
    savings,
    seals,
    term_savings,
    treasury,
)
from core.approvals.request import Kind
from core.permissions import Action


def _entry(facts: Mapping[str, Any], _loan_id: int | None) -> str:
    return f"entry/{facts['entry']}"


def _leaves(facts: Mapping[str, Any], _loan_id: int | None) -> str:
    return f"leaves/{facts['member']}"


def _erases(facts: Mapping[str, Any], _loan_id: int | None) -> str:
    return f"erases/{facts['member']}"


def _day(facts: Mapping[str, Any], _loan_id: int | None) -> str:
    return f"cash-seal/{facts['on']}"


def _loan(kind: str, _facts: Mapping[str, Any], loan_id: int | None) -> str:
    assert loan_id is not None, kind
    return f"{kind}/{loan_id}"


KINDS: dict[str, Kind] = {
    "deposit": Kind(execute=savings.deposit, action=Action.RECORD_SAVINGS),
    "withdrawal": Kind(execute=savings.withdraw, action=Action.RECORD_SAVINGS),
    "everyday": Kind(execute=everyday.record),  # asked again whether the maker may
    "stock-count": Kind(execute=counts.keep, action=Action.RECORD_TRADE),
    "treasury": Kind(execute=treasury.record),
    "reversal": Kind(execute=corrections.reverse, action=Action.REVERSE, subject=_entry),
    "opening-balances": Kind(
        execute=books.open_books,
        action=Action.IMPORT_BALANCES,
        reject=books.forget,
        lapse=books.forget,
    ),
    "loan": Kind(
        execute=loans.decide,
        reject=loans.turn_down,
        lapse=loans.let_go,
        subject=partial(_loan, "loan"),
    ),
    "disbursement": Kind(
        execute=loans.disburse, action=Action.RECORD_LOANS, subject=partial(_loan, "disbursement")
    ),
    "loan-payment": Kind(execute=loans.pay, action=Action.RECORD_LOANS),
    "restructuring": Kind(
        execute=loans.restructure,
        action=Action.RECORD_LOANS,
        subject=partial(_loan, "restructuring"),
    ),
    "write-off": Kind(
        execute=loans.write_off, action=Action.RECORD_LOANS, subject=partial(_loan, "write-off")
    ),
    "recovery": Kind(execute=loans.recover, action=Action.RECORD_LOANS),
    "loan-cancellation": Kind(
        execute=loans.cancel,
        action=Action.RECORD_LOANS,
        subject=partial(_loan, "loan-cancellation"),
    ),
    "announcement": Kind(
        execute=announcements.send,
        action=Action.ANNOUNCE,
        reject=announcements.stop,
        lapse=announcements.stop,
    ),
    "member-exit": Kind(execute=leaving.leave, action=Action.RECORD_SAVINGS, subject=_leaves),
    "member-death": Kind(execute=leaving.leave, action=Action.RECORD_SAVINGS, subject=_leaves),
    "erasure": Kind(execute=erasure.erase, action=Action.APPOINT, subject=_erases),
    "term-deposit": Kind(execute=term_savings.put_away, action=Action.RECORD_SAVINGS),
    "term-withdrawal": Kind(execute=term_savings.pay_out, action=Action.RECORD_SAVINGS),
    "cash-seal": Kind(execute=seals.seal, action=Action.COUNT_CASH, subject=_day),
    "savings-interest": Kind(execute=interest.record),  # the clock asks
    "allowance": Kind(execute=loans.allow),  # the clock asks
    "month-close": Kind(
        execute=closing.close_month, action=Action.CLOSE_BOOKS, subject=closing.month_of
    ),
    "month-reopen": Kind(
        execute=closing.reopen_month, action=Action.CLOSE_BOOKS, subject=closing.month_of
    ),
    "year-close": Kind(
        execute=closing.close_year, action=Action.CLOSE_BOOKS, subject=closing.year_of
    ),
    "year-reopen": Kind(
        execute=closing.reopen_year, action=Action.CLOSE_BOOKS, subject=closing.year_of
    ),
    "shu-policy": Kind(execute=closing.set_policy, action=Action.SET_SHU, subject=closing.year_of),
    "shu-split": Kind(execute=closing.share, action=Action.CLOSE_BOOKS, subject=closing.year_of),
    "shu-take-back": Kind(
        execute=closing.take_back, action=Action.CLOSE_BOOKS, subject=closing.year_of
    ),
    "shu-to-savings": Kind(execute=closing.all_to_savings, action=Action.RECORD_SAVINGS),
    "shu-payment": Kind(execute=closing.pay, action=Action.RECORD_SAVINGS),
}
