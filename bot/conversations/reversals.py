"""Pembatalan Transaksi: a reversing entry; the original is kept, the reason is mandatory, once only."""

from __future__ import annotations

from bot.talk import Reply, Turn, say
from bot.understand.readings import Reading


async def begin(reading: Reading, turn: Turn) -> Reply:
    """Until a second officer can approve by chat, a reversal is asked of ketua in person."""
    return Reply(lines=(say("reversal-not-yet"),))


async def pressed(turn: Turn, *_words: str) -> Reply:
    """No reversal has buttons yet."""
    return Reply(lines=(say("button-old"),))
