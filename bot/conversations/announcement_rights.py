"""Who announces to whom: an official to the own region, an officer to the own cooperative."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.state import Card, Draft
from bot.talk import Turn, button
from core import database
from core.announcements.announcement import PROVINCE, Announcement
from core.announcements.audience import below
from core.permissions import Action, NotAllowed, may, who_may
from notifications.messages import Button, Say

OPERATION = "pengumuman"


def is_officer(turn: Turn) -> bool:
    """Say whether who stands here may announce to the own cooperative."""
    return turn.standing is not None and may(turn.standing.roles, Action.ANNOUNCE)


def is_official(draft: Draft) -> bool:
    """Say whether a draft is an official's: its cooperatives are those of a region."""
    return bool(draft.extra.get("official"))


def may_announce(turn: Turn, draft: Draft) -> bool:
    """Say whether who stands here may go on with this draft: an office or the officialdom may have ended."""
    return turn.province is not None if is_official(draft) else is_officer(turn)


def require(turn: Turn, draft: Draft) -> None:
    """Refuse who may not announce. Raises NotAllowed."""
    if not may_announce(turn, draft):
        raise NotAllowed(who=who_may(Action.ANNOUNCE))


def here_of(turn: Turn, draft: Draft) -> int:
    """Name the cooperative its announcement belongs to; the province's to none."""
    return PROVINCE if is_official(draft) else turn.koperasi_id


def composer_of(turn: Turn, draft: Draft) -> str:
    """Name who composes, as announcements keep it."""
    if is_official(draft):
        assert turn.province is not None
        return f"official:{turn.province.id}"
    return turn.here.recorder


def me(turn: Turn, here: int) -> str:
    """Name who acts on an announcement of the province or of this cooperative."""
    if here == PROVINCE:
        assert turn.province is not None
        return f"official:{turn.province.id}"
    return turn.here.recorder


def may_act(turn: Turn, here: int) -> bool:
    """Say whether announcements of the province, or of this cooperative, are anything of this chat's."""
    if here == PROVINCE:
        return turn.province is not None
    return here == turn.koperasi_id and is_officer(turn)


def covers(turn: Turn, this: Announcement) -> bool:
    """Say whether it lies within what who stands here answers for."""
    if this.koperasi_id != PROVINCE:
        return this.koperasi_id == turn.koperasi_id
    return turn.province is not None and below(this.region, turn.province.region)


@asynccontextmanager
async def place(turn: Turn, here: int) -> AsyncIterator[None]:
    """Name the announcement's cooperative for a while: an official may also stand in one of their own.

    When anything is raised the step is undone, and with it the name.
    """
    if here != turn.koperasi_id:
        await database.enter(turn.db, here)
    yield
    if here != turn.koperasi_id:
        await database.enter(turn.db, turn.koperasi_id)


def is_shown(turn: Turn) -> bool:
    """Say whether an announcement's card was the last thing shown."""
    card = turn.state.card(turn.state.shown or "")
    return card is not None and card.draft.operation == OPERATION


def below_card(card: Card, lines: Sequence[Say]) -> tuple[tuple[Button, ...], ...]:
    """Offer the whole list of villages without a chat, when the card names only some of them."""
    if not any(line.key == "announcement-unreached-more" for line in lines):
        return ()
    return ((button("button-announcement-unreached", f"h:{card.id}:0"),),)
