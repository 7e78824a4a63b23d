"""A document or a meeting as a card keeps it, and the sentence it is made of."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.state import Draft
from bot.understand import legal as reader
from core.documents import Document, Kind
from core.meetings import Meeting

DOCUMENT, MEETING = OPERATIONS = "dokumen", "rapat"


def draft_of(text: str, today: date) -> Draft | None:
    """Read a document with its number, or that a meeting was held."""
    if document := reader.document(text, today):
        facts = {"kind": document.kind.value, "number": document.number, "permit": document.permit}
        days = {"issued_on": document.issued_on, "expires_on": document.expires_on}
        return Draft(operation=DOCUMENT, extra=facts | _written(days))
    if meeting := reader.meeting(text, today):
        held: dict[str, Any] = _written({"held_on": meeting.held_on})
        held |= {"year": meeting.year, "present": meeting.present, "second": meeting.second}
        return Draft(operation=MEETING, extra=held | {"minutes": meeting.minutes})
    return None


def document_of(draft: Draft) -> Document:
    """Return the document of a card."""
    return Document(
        kind=Kind(draft.extra["kind"]), number=draft.extra["number"],
        permit=draft.extra.get("permit", ""),
        issued_on=_day(draft, "issued_on"), expires_on=_day(draft, "expires_on"),
    )  # fmt: skip


def meeting_of(draft: Draft) -> Meeting:
    """Return the meeting of a card."""
    held, facts = _day(draft, "held_on"), draft.extra
    assert held is not None
    return Meeting(
        year=facts["year"], held_on=held, present=facts["present"], minutes=facts["minutes"],
        second=facts["second"],
    )  # fmt: skip


def _written(days: dict[str, date | None]) -> dict[str, Any]:
    return {name: day.isoformat() for name, day in days.items() if day}


def _day(draft: Draft, name: str) -> date | None:
    return date.fromisoformat(draft.extra[name]) if name in draft.extra else None
