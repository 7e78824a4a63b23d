"""A picture or PDF that was sent, fetched and checked."""

from __future__ import annotations

from bot.talk import FileWanted, Turn
from core.announcements import files
from core.announcements.files import Attached


def taken(turn: Turn) -> Attached:
    """Return what was sent. Raises FileWanted first, then what core.announcements.files refuses."""
    sent = turn.incoming.document
    assert sent is not None
    files.require_name(sent.name)
    if sent.is_unfetched:
        raise FileWanted
    if sent.content is None:
        raise files.AttachmentTooLarge
    # A channel calls a picture as it likes.
    name = _named(sent.content) if sent.picture else sent.name
    return files.checked(name, sent.content)


def _named(content: bytes) -> str:
    return "foto.png" if content.startswith(files.MIMES["png"][1]) else "foto.jpg"
