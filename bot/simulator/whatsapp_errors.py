"""What the Cloud API answers when it refuses: Graph's error objects, by Meta's codes."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Any, Final

# code: (HTTP status, title)
CODES: Final[Mapping[int, tuple[int, str]]] = {
    4: (429, "Application request limit reached"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (429, "Rate limit issues"),
    130429: (429, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131031: (403, "Business Account locked"),
    131042: (400, "Business eligibility payment issue"),
    131047: (400, "Re-engagement message"),
    131048: (429, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (429, "(Business Account, Consumer Account) pair rate limit hit"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "There was an issue with the parameters in the template"),
}


class GraphRefused(Exception):  # noqa: N818 - the office's word; it becomes an answer, not a traceback
    """Carry an error: its code, and the details that say what to mend."""

    def __init__(self, code: int, details: str = "", *, subcode: int | None = None, status: int | None = None) -> None:  # fmt: skip
        known, self.title = CODES.get(code, (status or 500, "An unknown error has occurred."))
        super().__init__(self.title)
        self.code = code
        self.details = details or self.title
        self.subcode = subcode
        self.status = status or known


def answer(refused: GraphRefused) -> dict[str, Any]:
    """Return the body of an error answer."""
    error: dict[str, Any] = {
        "message": f"(#{refused.code}) {refused.title}",
        "type": "OAuthException",
        "code": refused.code,
        "error_data": {"messaging_product": "whatsapp", "details": refused.details},
        "fbtrace_id": token_urlsafe(8),
    }
    if refused.subcode is not None:
        error["error_subcode"] = refused.subcode
    return {"error": error}


def told(code: int, details: str = "") -> dict[str, Any]:
    """Return the error object of a webhook: of a failed status, of a message nobody can show."""
    title = CODES[code][1] if code in CODES else "An unknown error has occurred."
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or title},
        "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes",
    }


def invalid(details: str) -> GraphRefused:
    """Return the 131009 that says which value is not valid."""
    return GraphRefused(131009, details)


def missing(name: str) -> GraphRefused:
    """Return the 131008 that names what is missing."""
    return GraphRefused(131008, f"The parameter {name} is required.")
