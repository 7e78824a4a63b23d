"""What an approved operation is refused for good: trying again later changes nothing."""

from __future__ import annotations

from core import closing, corrections, leaving, ledger, people, savings, seals, year_end
from core.approvals import books
from core.approvals.request import MakerLeft
from core.errors import Refusal
from core.imports.rows import FileImportedBefore
from core.loans import applications, disbursement, payments, restructuring, undo, write_offs
from core.shu import policy, sharing, undoing

_HOPELESS: tuple[type[Refusal], ...] = (
    MakerLeft,
    corrections.NotByChat,
    ledger.AlreadyReversed,
    people.MemberHasLeft,
    leaving.FiguresChanged,
    savings.PokokIsPaid,
    savings.PokokTooMuch,
    seals.RecordedSinceCount,
    seals.SealedBefore,
    books.FileIsGone,
    books.FileIsStale,
    FileImportedBefore,
    closing.MonthClosed,
    closing.MonthOpen,
    year_end.YearClosed,
    year_end.YearOpen,
    policy.PolicyUsed,
    sharing.SharedBefore,
    undoing.NotShared,
    applications.LoanDecided,
    disbursement.DisbursedBefore,
    disbursement.LoanNotApproved,
    disbursement.NotApprovedAmount,
    payments.LoanIsSettled,
    payments.LoanNotRunning,
    payments.PaymentTooMuch,
    payments.NotSettlementFigure,
    payments.BeforeRestructuring,
    restructuring.NothingToReschedule,
    undo.EarlierSchedule,
    write_offs.NothingToWriteOff,
    write_offs.BeforeWriteOff,
    write_offs.NotWrittenOff,
    write_offs.RecoveryTooMuch,
)


def is_hopeless(refusal: Refusal) -> bool:
    """Say whether a request so refused has failed; any other waits on: money may come, a book reopen."""
    return isinstance(refusal, _HOPELESS)
