"""What a card said its ✅ would do, kept with it: when that no longer holds, nothing is recorded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from bot.conversations.operations import EVERYDAY, SAVINGS, TREASURY
from bot.state import Card, Draft
from core.accounts import SavingsKind
from notifications.messages import Say, pack

_KEPT = "shown"  # where a draft keeps it
REPEAT, BALANCE = "card-warning-repeat", "card-balance"


def mark(lines: Sequence[Say]) -> str:
    """Make a short mark of lines: the same lines have the same one."""
    written = json.dumps(pack(lines), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def of_savings(name: str, lines: Sequence[Say]) -> tuple[Say, ...]:
    """Pick what has to hold still: the likely repeat; the balance where it decides what may be.

    A deposit adds to whatever the balance is by then. Simpanan pokok is paid up to its sum, and a
    withdrawal takes from what there is.
    """
    operation = SAVINGS[name]
    exact = operation.withdrawal or operation.kind is SavingsKind.POKOK
    keys = {REPEAT, BALANCE} if exact else {REPEAT}
    return tuple(line for line in lines if line.key in keys)


def of_repeat(lines: Sequence[Say]) -> tuple[Say, ...]:
    """Pick the likely repeat alone: a cash box moves with everything that is recorded."""
    return tuple(line for line in lines if line.key == REPEAT)


def keep(draft: Draft, lines: Sequence[Say]) -> Draft:
    """Keep with a draft what its card says."""
    assert draft.operation is not None
    meant = tuple(lines)
    if draft.operation in SAVINGS:
        meant = of_savings(draft.operation, lines)
    elif draft.operation in EVERYDAY or draft.operation in TREASURY:
        meant = of_repeat(lines)
    return replace(draft, extra=draft.extra | {_KEPT: mark(meant)})


def keep_rows(draft: Draft, marks: Sequence[str]) -> Draft:
    """Keep with the draft of a list what its card says of each row."""
    return replace(draft, extra=draft.extra | {_KEPT: list(marks)})


def broken(card: Card, lines: Sequence[Say]) -> bool:
    """Say whether a card said something else than `lines`, those of this moment."""
    return bool(card.draft.extra.get(_KEPT, mark(lines)) != mark(lines))


def rows_broken(card: Card, marks: Sequence[str]) -> bool:
    """Say whether the card of a list said something else of one of its rows."""
    return bool(card.draft.extra.get(_KEPT, list(marks)) != list(marks))
