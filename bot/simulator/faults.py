"""Faults a test puts in the way of the bot's requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What goes wrong.

    `hang` and `drop` lose the request; `accept_then_…` carry it out and lose the answer. On WhatsApp
    `graph` answers with an error code, `late` accepts the message and tells the code by its status.
    """

    STATUS = "status"
    HTML502 = "html502"
    HANG = "hang"
    DROP = "drop"
    ACCEPT_THEN_DROP = "accept_then_drop"
    ACCEPT_THEN_HANG = "accept_then_hang"
    RETRY_AFTER = "retry_after"
    BLOCKED = "blocked"
    CHAT_NOT_FOUND = "chat_not_found"
    GRAPH = "graph"
    LATE = "late"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault: `times` left (None: always), `seconds` a hang lasts, `chat_id` None for any."""

    method: str
    kind: Kind
    times: int | None = 1
    seconds: float = 30.0
    retry_after: int = 1
    status: int = 500
    chat_id: int | None = None
    code: int = 0

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Read a fault as the control API is given it; `kind` must be there."""
        times, chat = body.get("times", 1), body.get("chat_id")
        return cls(
            method=str(body.get("method", "*")),
            kind=Kind(body["kind"]),
            times=None if times is None else int(times),
            seconds=float(body.get("seconds", 30.0)),
            retry_after=int(body.get("retry_after", 1)),
            status=int(body.get("status", 500)),
            chat_id=None if chat is None else int(chat),
            code=int(body.get("code", 0)),
        )


class Faults:
    """The faults that wait, oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault behind those that wait; one of no times is none."""
        if fault.times is None or fault.times > 0:
            self.waiting.append(fault)

    def clear(self) -> None:
        """Take all faults away."""
        self.waiting.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the first fault that meets this request and count it down."""
        for fault in self.waiting:
            if fault.method not in {"*", method}:
                continue
            if fault.chat_id is not None and fault.chat_id != chat_id:
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
            return fault
        return None
