"""What members ask of their officers: read back, passed on, and in the queue until somebody looked after it."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.conversations import welcome
from bot.talk import Notice, Reply, Turn, button, say
from bot.understand.readings import Intent, Reading
from core import identities, wishes
from core.calendar import business_date
from core.permissions import Action, NotAllowed, Role, may, who_may
from notifications.messages import Button, Content, Purpose, Say

_WISHES = 10  # that a chat may have open; older ones are answered kindly
_SHOWN = 5  # of the queue in one message


async def of_member(reading: Reading, turn: Turn) -> Reply:
    """Members do not record; a wish is read back, and an officer is named as the one to see."""
    meant = {
        Intent.DEPOSIT_MANDATORY,
        Intent.DEPOSIT_PRINCIPAL,
        Intent.DEPOSIT_VOLUNTARY,
        Intent.WITHDRAW_VOLUNTARY,
        Intent.LOAN_REPAYMENT,
        Intent.LOAN_APPLICATION,
        Intent.REVERSAL,
        Intent.LEAVE,
        Intent.TERM_DEPOSIT,
        Intent.TERM_WITHDRAWAL,
        Intent.HOLIDAY_DEPOSIT,
        Intent.HOLIDAY_WITHDRAWAL,
    }
    if meant & {reading.intent, *reading.intents}:
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
    return await welcome.not_understood(turn)


async def pass_on(turn: Turn, what: str, mark: str) -> Reply:
    """Pass a member's wish on to those who record: nothing is recorded by it."""
    member = turn.here.member
    wish = next((said for known, said in turn.state.wishes if known == mark), None)
    state = replace(turn.state, wishes=tuple(w for w in turn.state.wishes if w[0] != mark))
    if wish is None or member is None:
        return await welcome.old_button(turn)
    if what != "on":
        return Reply(lines=(say("form-cancelled"),), edit=True, state=state)
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    told = {o.person_id for o in held if o.role is Role.BENDAHARA} or {
        o.person_id for o in held if o.role is Role.KETUA
    }
    made = await wishes.keep(
        turn.db,
        koperasi_id=turn.koperasi_id,
        member_id=member.id,
        said=wish,
        at=turn.now,
        keys=turn.keys,
    )
    content = Content(
        lines=(say("wish-notice", name=member.name, number=member.number, said=wish),),
        buttons=_below(turn, made, member.id),
    )
    notices = tuple(
        Notice(person_id=person, purpose=Purpose.NOTICE, content=content, keep_days=7)
        for person in sorted(told - {member.id})
    )
    key = "wish-passed-on" if notices else "wish-nobody"
    return Reply(lines=(say(key, said=wish),), edit=True, state=state, notices=notices)


def _below(turn: Turn, wish_id: int, member_id: int) -> tuple[tuple[Button, ...], ...]:
    done = button("button-wish-done", f"pw:{turn.koperasi_id}:{wish_id}:done")
    return ((button("menu-catat", f"u:record:{member_id}"), done),)


async def queue(turn: Turn) -> tuple[list[Say], tuple[tuple[Button, ...], ...]]:
    """Say which wishes wait, for who records; a button each."""
    if not may(turn.here.roles, Action.RECORD_SAVINGS):
        return [], ()
    found = await wishes.waiting(turn.db, koperasi_id=turn.koperasi_id, most=_SHOWN, keys=turn.keys)
    if not found:
        return [], ()
    lines = [say("wishes-waiting")]
    lines += [
        say(
            "wish-row",
            name=one.name,
            number=one.number,
            on=business_date(one.at, turn.zone),
            said=one.said[:80],
        )
        for one in found
    ]
    rows = tuple(
        (button("button-wish", f"pw:{turn.koperasi_id}:{one.id}:show", name=one.name),)
        for one in found
    )
    return lines, rows


async def pressed(turn: Turn, _koperasi: str, number: str, what: str) -> Reply:
    """Show a wish of the queue, or take it out; one that somebody looked after is answered kindly."""
    if not may(turn.here.roles, Action.RECORD_SAVINGS):
        raise NotAllowed(who=who_may(Action.RECORD_SAVINGS))
    found = await wishes.waiting(
        turn.db, koperasi_id=turn.koperasi_id, most=1, keys=turn.keys, wish_id=int(number)
    )
    if not found:
        return Reply(lines=(say("wish-done-before"),))
    (wish,) = found
    about = say("wish-notice", name=wish.name, number=wish.number, said=wish.said)
    if what == "show":
        return Reply(lines=(about,), buttons=_below(turn, wish.id, wish.member_id))
    await wishes.done(
        turn.db,
        koperasi_id=turn.koperasi_id,
        wish_id=wish.id,
        by=turn.here.recorder,
        at=turn.now,
    )
    said = say("wish-done", name=wish.name, number=wish.number, said=wish.said)
    return Reply(lines=(said,), edit=True)
