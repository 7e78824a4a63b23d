"""The operations officers record: their names on cards, and which reading means which."""

from __future__ import annotations

from dataclasses import dataclass

from bot.understand.readings import Intent
from core.accounts import SavingsKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation of savings: money of one kind, in or out."""

    name: str
    intent: Intent
    kind: SavingsKind
    withdrawal: bool = False

    @property
    def heading(self) -> str:
        """Key of its name: the first line of its card."""
        return f"operation-{self.name}"

    @property
    def entry_kind(self) -> str:
        """How its entries are called in the book."""
        return "withdraw-sukarela" if self.withdrawal else f"deposit-{self.kind}"


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(name="wajib", intent=Intent.DEPOSIT_MANDATORY, kind=SavingsKind.WAJIB),
        Operation(name="sukarela", intent=Intent.DEPOSIT_VOLUNTARY, kind=SavingsKind.SUKARELA),
        Operation(name="pokok", intent=Intent.DEPOSIT_PRINCIPAL, kind=SavingsKind.POKOK),
        Operation(
            name="tarik",
            intent=Intent.WITHDRAW_VOLUNTARY,
            kind=SavingsKind.SUKARELA,
            withdrawal=True,
        ),
    )
}
BY_INTENT = {operation.intent: operation for operation in OPERATIONS.values()}
BY_ENTRY_KIND = {operation.entry_kind: operation for operation in OPERATIONS.values()}
