"""What can go wrong in an operation: a refusal is a rule saying no; anything else is a bug."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is a normal outcome, not an error
    """A rule says no. The person reads `text` with these facts; nothing was recorded."""

    text: ClassVar[str] = "refusal"

    def __init__(self, **facts: object) -> None:
        """Keep the facts the text names: raw values, never words."""
        super().__init__(self.text)
        self.facts = facts
