"""First contact, help, and what cannot be read: kind, short, and nothing about anyone."""

from __future__ import annotations

from bot.conversations import menu
from bot.talk import Reply, Turn, button, say
from bot.understand.readings import Intent, Reading


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
    if turn.here.roles:
        lines.append(say("help-officer"))
    return Reply(lines=tuple(lines), buttons=((button("button-menu", "m:menu"),),))


async def not_text(turn: Turn) -> Reply:
    """Voices, stickers and the like are answered kindly."""
    key = "not-text-voice" if turn.incoming.other == "voice" else "not-text"
    return Reply(lines=(say(key),), buttons=((button("button-menu", "m:menu"),),))


async def not_understood(turn: Turn) -> Reply:
    """Say so in one line, with the two nearest things this chat can do as buttons."""
    officer = bool(turn.here.roles)
    nearest = ("catat", "anggota") if officer else ("saldo", "riwayat")
    return Reply(
        lines=(say("not-understood"),),
        buttons=(tuple(button(f"menu-{name}", f"m:{name}") for name in nearest),),
    )


async def not_yet(turn: Turn) -> Reply:
    """An operation that is understood but cannot be recorded by chat yet."""
    return Reply(lines=(say("not-yet"),), buttons=((button("button-menu", "m:menu"),),))


async def not_for_you(turn: Turn) -> Reply:
    """A command of another hat: say what there is for this one."""
    return Reply(lines=(say("not-for-you"),), buttons=((button("button-menu", "m:menu"),),))


async def old_button(turn: Turn) -> Reply:
    """A button that no longer applies, or never was."""
    return Reply(lines=(say("button-old"),), buttons=((button("button-menu", "m:menu"),),))


async def of_member(reading: Reading, turn: Turn) -> Reply:
    """Members do not record; a wish is read back, and an officer is named as the one to see."""
    wishes = {
        Intent.DEPOSIT_MANDATORY,
        Intent.DEPOSIT_PRINCIPAL,
        Intent.DEPOSIT_VOLUNTARY,
        Intent.WITHDRAW_VOLUNTARY,
        Intent.LOAN_REPAYMENT,
        Intent.LOAN_APPLICATION,
    }
    if reading.intent in wishes:
        return Reply(lines=(say("member-wish"),), buttons=((button("menu-saldo", "m:saldo"),),))
    return await not_understood(turn)
