"""First contact, help, and what cannot be read: kind, short, and nothing about anyone."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.conversations import menu, unread
from bot.talk import Notice, Reply, Turn, button, say
from bot.understand.readings import Intent, Reading
from core import identities
from core.permissions import Role
from notifications.messages import Content, Purpose

_WISHES = 10  # that a chat may have open; older ones are answered kindly


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


async def prices(turn: Turn) -> Reply:
    """Say that the gerai has no price list here yet, and whom to ask."""
    return Reply(lines=(say("prices-none"),), buttons=((button("button-menu", "m:menu"),),))


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


async def of_member(reading: Reading, turn: Turn) -> Reply:
    """Members do not record; a wish is read back, and an officer is named as the one to see."""
    wishes = {
        Intent.DEPOSIT_MANDATORY,
        Intent.DEPOSIT_PRINCIPAL,
        Intent.DEPOSIT_VOLUNTARY,
        Intent.WITHDRAW_VOLUNTARY,
        Intent.LOAN_REPAYMENT,
        Intent.LOAN_APPLICATION,
        Intent.REVERSAL,
        Intent.LEAVE,
    }
    if wishes & {reading.intent, *reading.intents}:
        said = " ".join((turn.incoming.text or "").split())[:200]
        mark = secrets.token_hex(3)
        kept = (*turn.state.wishes, (mark, said))[-_WISHES:]
        return Reply(
            lines=(say("member-wish", said=said),),
            buttons=(
                (
                    button("button-pass-on", f"p:on:{mark}"),
                    button("button-cancel", f"p:off:{mark}"),
                ),
            ),
            state=replace(turn.state.asking(None), wishes=kept),
        )
    return await not_understood(turn)


async def pass_on(turn: Turn, what: str, mark: str) -> Reply:
    """Pass a member's wish on to those who record: nothing is recorded by it."""
    member = turn.here.member
    wish = next((said for known, said in turn.state.wishes if known == mark), None)
    state = replace(turn.state, wishes=tuple(w for w in turn.state.wishes if w[0] != mark))
    if wish is None or member is None:
        return await old_button(turn)
    if what != "on":
        return Reply(lines=(say("form-cancelled"),), edit=True, state=state)
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    told = {o.person_id for o in held if o.role is Role.BENDAHARA} or {
        o.person_id for o in held if o.role is Role.KETUA
    }
    content = Content(
        lines=(say("wish-notice", name=member.name, number=member.number, said=wish),),
        buttons=((button("menu-catat", f"u:record:{member.id}"),),),
    )
    notices = tuple(
        Notice(person_id=person, purpose=Purpose.NOTICE, content=content, keep_days=7)
        for person in sorted(told - {member.id})
    )
    key = "wish-passed-on" if notices else "wish-nobody"
    return Reply(lines=(say(key, said=wish),), edit=True, state=state, notices=notices)
