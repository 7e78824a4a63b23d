"""Keep what could not be read, without what is personal in it: in the turn's own transaction."""

from __future__ import annotations

from bot.talk import Turn
from bot.understand import masking
from core import unread


async def keep(turn: Turn) -> None:
    """Keep the text of this turn with the question it did not answer; nothing of strangers is kept."""
    text = (turn.incoming.text or "").strip()
    here, form = turn.standing, turn.state.form
    if not text or (here is None and turn.province is None):
        return
    directory = turn.services.directories.nobody
    role = "province"
    if here is not None:
        directory = await turn.services.directories.of(turn.db, here.cooperative, turn.today)
        role = "officer" if here.roles else "member"
    await unread.keep(
        turn.db,
        koperasi_id=turn.koperasi_id,
        role=role,
        said=masking.masked(text, directory),
        asked=form.asking if form else None,
        at=turn.now,
        keys=turn.keys,
    )
