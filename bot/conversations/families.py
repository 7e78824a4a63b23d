"""Which modules handle a family of operations: what its forms ask, its card, what its ✅ records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from bot.conversations import (
    agency_slots,
    announcement_slots,
    announcements,
    bills,
    cash_seals,
    closing,
    consigned,
    consigned_slots,
    everyday,
    everyday_slots,
    goods,
    goods_slots,
    leaving,
    legal,
    loan_application,
    loan_application_slots,
    loan_changes,
    loan_changes_slots,
    loan_disbursement,
    loan_disbursement_slots,
    loan_payment_slots,
    loan_payments,
    savings,
    savings_slots,
    stock_counts,
    term_savings,
    treasury,
    treasury_slots,
)
from bot.conversations.operations import CASH_COUNT, OPERATIONS, Family, RowChecked, RowDone
from bot.state import Card, Draft, Row
from bot.talk import Reply, Turn
from bot.understand.readings import Reading
from core.errors import Refusal
from notifications.messages import Say


class Slots(Protocol):
    """What a family asks besides operation, member, amount, day and note: slots of its own."""

    def heard(self, turn: Turn, draft: Draft, reading: Reading) -> Draft:
        """Take over what a sentence says besides operation, member, amount, day, months and note."""

    async def complete(self, turn: Turn, draft: Draft) -> Draft | Reply:
        """Fill in what books and rules say; or ask for the next thing that is missing."""

    def again(self, refusal: Refusal) -> str | None:
        """Name the slot to ask for again after a refusal; None: say it and leave the form."""

    def editable(self, turn: Turn, draft: Draft) -> tuple[str, ...]:
        """Name what ✏️ offers to change."""

    async def ask_slot(self, turn: Turn, draft: Draft, slot: str) -> Reply:
        """Ask for one of its own slots."""

    async def take_slot(self, turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
        """Take over a pressed choice of one of its own slots."""

    async def hear_slot(
        self, turn: Turn, draft: Draft, slot: str, text: str
    ) -> Draft | Reply | None:
        """Take over a typed answer to one of its own slots; None when it speaks of something else."""


class Records(Protocol):
    """The card of a family and what its ✅ does."""

    async def card_lines(self, turn: Turn, draft: Draft) -> tuple[Say, ...]:
        """Say what ✅ would record; refuse what it would refuse."""

    async def record(self, turn: Turn, card: Card) -> Reply:
        """Record a card, all of it or nothing."""


class RecordsRows(Records, Protocol):
    """The same for operations that may stand in lists."""

    async def check_row(
        self, turn: Turn, draft: Draft, row: Row, moved: Counter[str]
    ) -> RowChecked:
        """Check one row, with what the rows before it moved by account."""

    async def marks(self, turn: Turn, draft: Draft, rows: Sequence[Row]) -> list[str]:
        """Return what check_row would mark these rows with now, all of them of this family."""

    async def done_row(self, turn: Turn, card: Card, row: Row, operation_id: str) -> RowDone:
        """Record one row of a list."""


_SLOTS: dict[Family, Slots] = {
    Family.SAVINGS: savings_slots,
    Family.APPLICATION: loan_application_slots,
    Family.DISBURSEMENT: loan_disbursement_slots,
    Family.PAYMENT: loan_payment_slots,
    Family.CHANGE: loan_changes_slots,
    Family.EVERYDAY: everyday_slots,
    Family.TREASURY: treasury_slots,
    Family.AGENCY: agency_slots,
    Family.CONSIGNED: consigned_slots,
    Family.CONSIGNMENT: consigned_slots,
    Family.GOODS: goods,
    Family.SEAL: cash_seals,
    Family.COUNT: stock_counts,
    Family.BILLS: bills,
    Family.PERIOD: closing,
    Family.LEGAL: legal,
    Family.LEAVING: leaving,
    Family.TERM: term_savings,
    Family.ANNOUNCEMENT: announcement_slots,
}
_ROWS: dict[Family, RecordsRows] = {Family.SAVINGS: savings, Family.PAYMENT: loan_payments}
_RECORDS: dict[Family, Records] = {
    **_ROWS,
    Family.APPLICATION: loan_application,
    Family.DISBURSEMENT: loan_disbursement,
    Family.CHANGE: loan_changes,
    Family.EVERYDAY: everyday,
    Family.TREASURY: treasury,
    Family.AGENCY: treasury,
    Family.CONSIGNED: treasury,
    Family.CONSIGNMENT: consigned,
    Family.GOODS: goods,
    Family.SEAL: cash_seals,
    Family.COUNT: stock_counts,
    Family.BILLS: bills,
    Family.LEGAL: legal,
    Family.PERIOD: closing,
    Family.LEAVING: leaving,
    Family.TERM: term_savings,
    Family.ANNOUNCEMENT: announcements,
}


def slots_of(draft: Draft) -> Slots:
    """Find what asks for a draft whose operation is known."""
    assert draft.operation is not None
    return _SLOTS[OPERATIONS[draft.operation].family]


def settles(draft: Draft, why: str) -> bool:
    """Say whether an amount that is not certain is no question: goods, a count or an instalment's parts settle it."""
    if draft.operation == CASH_COUNT.name:
        return True
    parts = treasury_slots.settles(draft) or agency_slots.settles(draft)
    return parts or goods_slots.may_settle(draft, why)


def records_of(draft: Draft) -> Records:
    """Find what records a draft whose operation is known."""
    assert draft.operation is not None
    return _RECORDS[OPERATIONS[draft.operation].family]


def rows_of(row: Row) -> RecordsRows:
    """Find what records a row of a list whose operation is known."""
    return _ROWS[OPERATIONS[row.operation].family]


async def marks_of(turn: Turn, draft: Draft) -> list[str]:
    """Mark what each row of a list would do now."""
    found: dict[int, str] = {}
    for family, records in _ROWS.items():
        places = [
            at for at, row in enumerate(draft.rows) if OPERATIONS[row.operation].family is family
        ]
        if places:
            marks = await records.marks(turn, draft, [draft.rows[at] for at in places])
            found.update(zip(places, marks, strict=True))
    return [found[at] for at in range(len(draft.rows))]
