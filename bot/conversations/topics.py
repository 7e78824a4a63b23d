"""The buttons under the help: what officers can type about the shop, the cash, loans, savings and reports."""

from __future__ import annotations

from bot.talk import Reply, Turn, button, say
from notifications.messages import Button

TOPICS = ("savings", "loans", "shop", "cash", "reports")


def buttons(besides: str | None = None) -> tuple[tuple[Button, ...], ...]:
    """Offer the topics, two in a row."""
    offered = [button(f"topic-name-{topic}", f"he:{topic}") for topic in TOPICS if topic != besides]
    return tuple(tuple(offered[at : at + 2]) for at in range(0, len(offered), 2))


async def show(turn: Turn, topic: str) -> Reply:
    """Show what can be typed about a topic; who holds no office here is not told of the office's words."""
    if not turn.here.roles:
        return Reply(lines=(say("not-for-you"),), buttons=((button("button-menu", "m:menu"),),))
    return Reply(lines=(say(f"topic-{topic}"),), buttons=buttons(topic))


async def pressed(turn: Turn, topic: str) -> Reply:
    """Take a pressed topic; one that never was is an old button."""
    if topic not in TOPICS:
        return Reply(lines=(say("button-old"),), buttons=((button("button-menu", "m:menu"),),))
    return await show(turn, topic)
