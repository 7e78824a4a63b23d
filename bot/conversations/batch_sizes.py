"""How many rows of a list fit one card."""

from __future__ import annotations

from collections.abc import Sequence

from core import texts
from notifications import words
from notifications.messages import Say

_BALANCE = 24  # bytes of a balance on the receipt of a row


def divided(weights: Sequence[int], room: int) -> list[int]:
    """Count the rows of each card, in their order: as many as there is room for, never none."""
    found: list[int] = []
    left = 0
    for weight in weights:
        if not found or weight > left:
            found.append(0)
            left = room
        found[-1] += 1
        left -= weight
    return found


def weight(lines: Sequence[Say]) -> int:
    """Weigh a row by what is longer, its lines on the card or its line on the receipt."""
    return max(length(lines), length(lines[:1]) + _BALANCE)


def length(lines: Sequence[Say]) -> int:
    """Count the bytes that lines take in a message."""
    return sum(len(words.plain(texts.render(line.key, line.facts)).encode()) + 1 for line in lines)
