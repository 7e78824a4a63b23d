"""Questions that come between: they are answered though something else was asked, and that stays open."""

from __future__ import annotations

from bot.talk import Turn

# What is asked for a note or a reason may well be "rapat anggota".
_SLOTS = (None, "operation", "member", "who", "amount", "on", "edit", "note-photo", "legal-file")


def may_come(turn: Turn) -> bool:
    """Say whether a sentence may be a question of its own: no free words were asked for."""
    form = turn.state.form
    return form is None or form.asking in _SLOTS
