"""First contact, help, and what cannot be read: kind, short, and nothing about anyone."""

from __future__ import annotations

from bot.conversations import menu, topics, unread
from bot.talk import Reply, Turn, button, say


async def explain(turn: Turn) -> Reply:
    """Say what this is and how to begin; who is linked sees the menu."""
    if turn.standing is None and turn.province is None:
        return Reply(lines=(say("welcome"),))
    return await menu.show(turn)


async def help_me(turn: Turn) -> Reply:
    """Say what can be asked, by the hats of who asks."""
    if turn.province is not None and turn.standing is None:
        return Reply(lines=(say("help-province"),))
    if turn.standing is None:
        return Reply(lines=(say("welcome"),))
    lines = []
    if turn.here.member:
        lines.append(say("help-member"))
    menu_row = (button("button-menu", "m:menu"),)
    if not turn.here.roles:
        return Reply(lines=tuple(lines), buttons=(menu_row,))
    lines.append(say("help-officer"))
    return Reply(lines=tuple(lines), buttons=(*topics.buttons(), menu_row))


async def thanked(turn: Turn) -> Reply:
    """Answer thanks with thanks."""
    return Reply(lines=(say("thanks"),))


_NOT_TEXT = {
    "voice": "not-text-voice",
    "location": "not-text-location",
    "reaction": "not-text-reaction",
    "edit": "not-text-edit",
}


async def not_text(turn: Turn) -> Reply:
    """Voices, stickers and the like are answered kindly."""
    key = _NOT_TEXT.get(turn.incoming.other or "", "not-text")
    return Reply(lines=(say(key),), buttons=((button("button-menu", "m:menu"),),))


async def number_late(turn: Turn) -> Reply:
    """A number whose choices are no longer the last thing in the chat chooses nothing."""
    return Reply(lines=(say("number-late"),), buttons=((button("button-menu", "m:menu"),),))


async def not_understood(turn: Turn) -> Reply:
    """Say so in one line, with the two nearest things this chat can do as buttons; what was said is kept."""
    nearest = menu.nearest(turn, turn.incoming.text or "")
    await unread.keep(turn)
    return Reply(
        lines=(say("not-understood"),),
        buttons=(tuple(button(f"menu-{name}", f"m:{name}") for name in nearest),),
    )


async def nothing_to_confirm(turn: Turn) -> Reply:
    """A ya or tidak that answers nothing: no card was the last thing shown."""
    if turn.state.cards:
        return await menu.which_card(turn)
    return Reply(lines=(say("nothing-to-confirm"),), buttons=((button("button-menu", "m:menu"),),))


async def not_for_you(turn: Turn) -> Reply:
    """A command of another hat: say what there is for this one."""
    return Reply(lines=(say("not-for-you"),), buttons=((button("button-menu", "m:menu"),),))


async def old_button(turn: Turn) -> Reply:
    """A button that no longer applies, or never was."""
    return Reply(lines=(say("button-old"),), buttons=((button("button-menu", "m:menu"),),))
