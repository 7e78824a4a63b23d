"""Whose hands may move a loan: an officer who may record loans, and never the borrower's own alone."""

from __future__ import annotations

from core.errors import Refusal
from core.loans.book import Loan
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may


class OwnLoan(Refusal):
    """Who borrowed, or approved, does not move the money of that loan alone. Facts: loan, who may."""

    text = "refusal-own-loan"


def require_recorder(officer: Standing) -> None:
    """Let pass who may record loans. Raises NotAllowed."""
    if not may(officer.roles, Action.RECORD_LOANS):
        raise NotAllowed(who=who_may(Action.RECORD_LOANS))


def require_other_hands(officer: Standing, loan: Loan, *, approver: str | None) -> None:
    """Refuse what an officer records for the own loan while nobody else approved it: OwnLoan.

    An approver who is the officer or the borrower is not somebody else.
    """
    if loan.member_id == officer.person_id and not _is_another(officer, loan, approver):
        raise OwnLoan(loan=loan.label, who=who_may(Action.RECORD_LOANS))


def require_not_decided_by(officer: Standing, loan: Loan, *, approver: str | None) -> None:
    """Refuse an officer who approved the loan and nobody else with them: OwnLoan."""
    if officer.recorder in loan.approvers and not _is_another(officer, loan, approver):
        raise OwnLoan(loan=loan.label, who=who_may(Action.RECORD_LOANS))


def require_second(officer: Standing, loan: Loan, *, approver: str) -> None:
    """Refuse what needs a second person and has none but the officer or the borrower: OwnLoan."""
    if not _is_another(officer, loan, approver):
        raise OwnLoan(loan=loan.label, who=who_may(Action.RECORD_LOANS))


def _is_another(officer: Standing, loan: Loan, approver: str | None) -> bool:
    """An entry's approver is one person or several, with commas between them."""
    approvers = set(approver.split(",")) if approver else set()
    return bool(approvers - {officer.recorder, f"person:{loan.member_id}"})
