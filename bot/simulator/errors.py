"""What the Bot API answers when it refuses."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - the office's word; it becomes an answer, not a traceback
    """Carry an error answer: HTTP code, description, and seconds to wait for a 429."""

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


def bad(description: str) -> Refused:
    """Return the 400 whose text is "Bad Request: " and `description`."""
    return Refused(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refused:
    """Return the 403 whose text is "Forbidden: " and `description`."""
    return Refused(403, f"Forbidden: {description}")


def too_many(seconds: int) -> Refused:
    """Return the 429 that names the whole seconds to wait."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
