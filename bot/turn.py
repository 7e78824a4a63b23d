"""One turn, one transaction: claim the update, take one step, keep what it leaves behind, owe the answer."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import context, inbox, routes, state
from bot.conversations import practice
from bot.inbox import Opening
from bot.services import Services
from bot.talk import Chat, FileWanted, Incoming, Notice, Reply, Turn
from core import database, identities, people
from core.calendar import WITA, business_date
from core.errors import Refusal
from core.identities import code_hash
from notifications import metrics, outbox, windows
from notifications.messages import Address, Content, Fact, Message, Purpose, Say

log = structlog.get_logger()
_OUTCOMES = ("done", "seen", "bug")


class InviteUsedUp(Refusal):
    """An invite links one chat; another one was quicker."""

    text = "join-code-used"


async def take_turn(services: Services, incoming: Incoming, *, now: datetime | None = None) -> None:
    """Let the chat take one step; everything it does is committed together, once.

    Raises when the database is out of reach, so that the channel delivers the update again, and FileWanted
    when the file that was sent is to be fetched first. A bug undoes the step, marks the update handled,
    apologises, and is logged with its traceback.
    """
    now = now or datetime.now(UTC)
    began = time.perf_counter()
    try:
        intent, outcome = await _turn(services, incoming, now)
    except FileWanted:
        raise
    except Exception as error:
        if database.is_passing(error):
            log.warning("turn.postponed", channel=incoming.chat.channel, error=type(error).__name__)
            raise
        log.exception("turn.bug", channel=incoming.chat.channel, update=incoming.update)
        await _apologise(services, incoming, now)
        intent, outcome = "-", "bug"
    services.wake()
    if incoming.callback:
        services.answer_callback(incoming.chat.channel, incoming.chat.account, incoming.callback)
    seconds = time.perf_counter() - began
    metrics.TURN.labels(
        incoming.chat.channel, outcome if outcome in _OUTCOMES else "refused"
    ).observe(seconds)
    log.info(
        "turn.done",
        channel=incoming.chat.channel,
        intent=intent,
        outcome=outcome,
        ms=round(seconds * 1000, 1),
    )


async def _turn(services: Services, incoming: Incoming, now: datetime) -> tuple[str, str]:
    async with database.transaction(services.app) as db:
        code = context.invite_code(incoming)
        opening = await inbox.open_chat(
            db,
            incoming,
            services.keys,
            code=code_hash(code, services.keys) if code else None,
            now=now,
        )
        if opening.seen:
            return "-", "seen"  # The channel delivered this update before.
        if _hears(incoming) and windows.was_closed(opening.heard_before, incoming.at):
            await windows.opened(db, opening.chat.account, opening.chat.id, now)
        standing_state = state.unseal(opening.state, services.keys)
        incoming = context.numbered(standing_state, replace(incoming, chat=opening.chat))
        incoming, of_practice = practice.book_of(incoming)
        koperasi_id, person_id = context.where(opening, standing_state, incoming)
        raw = await database.driver(db)
        await raw.execute(f"{database.naming(koperasi_id or 0)};SAVEPOINT step")
        turn = Turn(
            db=db,
            services=services,
            incoming=incoming,
            koperasi_id=koperasi_id or 0,
            standing=await _standing(db, koperasi_id, person_id, incoming),
            province=opening.province,
            links=opening.links,
            names=opening.names,
            invite=opening.invite,
            state=standing_state,
            now=now,
            speaker=(opening.koperasi_id, opening.person_id),
        )
        intent, outcome = "-", "done"
        try:
            intent, step = await routes.find(turn)
            step = practice.allowed(turn, intent, step, of_practice=of_practice)
            await _close(turn, opening, await practice.taught(turn, await step(turn)))
        except Refusal as refusal:
            await raw.execute("ROLLBACK TO SAVEPOINT step")
            outcome = refusal.text
            await _close(turn, opening, practice.marked(turn, _refused(refusal)))
    return intent, outcome


def _hears(incoming: Incoming) -> bool:
    """Say whether its sender is known by number or lasting name, and wrote: then hours are counted."""
    return bool(incoming.phone or incoming.user) and incoming.moved is None


async def _standing(
    db: AsyncConnection, koperasi_id: int | None, person_id: int | None, incoming: Incoming
) -> people.Standing | None:
    if koperasi_id is None or person_id is None:
        return None
    # The zone is the cooperative's; a day's difference at midnight does not decide who may speak.
    now = datetime.now(UTC)
    found = await people.standing(
        db,
        koperasi_id=koperasi_id,
        person_id=person_id,
        on=business_date(now, WITA),
        chat=incoming.chat.key,
    )
    if found and found.resumed:  # What waited while the chat had blocked us is sent now.
        channel, account, chat = incoming.chat.key
        to = Address(channel=channel, account=account, chat=chat)
        await outbox.address_waiting(db, koperasi_id, person_id, to, now)
    return found


def _refused(refusal: Refusal) -> Reply:
    """Say what is not possible; the form, the card and all that was said before stay as they were."""
    facts: dict[str, Fact] = {}
    for name, value in refusal.facts.items():
        facts[name] = value if isinstance(value, Fact) else str(value)
    return Reply(lines=(Say(refusal.text, facts),))


async def _close(turn: Turn, opening: Opening, reply: Reply) -> None:
    """Put what is owed into the outbox and keep where the conversation stands."""
    change = reply.links
    speaks_for = (opening.koperasi_id, opening.person_id)
    province_user = opening.province.id if opening.province else None
    if change:
        if change.speak_for or change.remove:
            speaks_for = change.speak_for or (None, None)
        province_user = change.province_user or province_user
    left = reply.state if reply.state is not None else turn.state
    said = [_message(turn.incoming.chat, turn, reply)] if reply.lines or reply.fresh else []
    if said:
        if (
            left.shown == turn.state.shown
        ):  # Something else is shown: a typed ya no longer means it.
            left = replace(left, shown=None)
        left = left.offering(practice.offered(reply.buttons), turn.now)
    linked = await inbox.close_chat(
        turn.db,
        turn.incoming.chat,
        speaks_for=speaks_for,
        province_user=province_user,
        state=state.seal(left, turn.keys),
        change=change,
        invites=reply.invites,
        keys=turn.keys,
        made_by=turn.standing.recorder if turn.standing else "chat",
        now=turn.now,
        owed=[
            *(_deletion(turn.incoming, turn.koperasi_id, one, turn.now) for one in reply.deletes),
            *await _replacements(turn, reply, pressed=True),
            *said,
            *await _replacements(turn, reply, pressed=False),
            *await _notices(turn, reply.notices),
        ],
    )
    if not linked:
        raise InviteUsedUp


def _message(chat: Chat, turn: Turn, reply: Reply) -> Message:
    return Message(
        koperasi_id=turn.koperasi_id,
        id=uuid4(),
        to=Address(channel=chat.channel, account=chat.account, chat=chat.id),
        person_id=turn.standing.person_id if turn.standing else None,
        purpose=Purpose.REPLY,
        content=reply.content,
        dedupe=f"reply/{chat.channel}/{chat.account}/{chat.id}/{turn.incoming.update}",
        made_at=turn.now,
        edit=turn.incoming.message if reply.edit else None,
    )


def _deletion(incoming: Incoming, koperasi_id: int, message: str, now: datetime) -> Message:
    """Owe that a message is taken out of the chat, before the answer: a row, so that no crash forgets it."""
    chat = incoming.chat
    return Message(
        koperasi_id=koperasi_id,
        id=uuid4(),
        to=Address(channel=chat.channel, account=chat.account, chat=chat.id),
        person_id=None,
        purpose=Purpose.REPLY,
        content=Content(lines=(), delete=True),
        dedupe=f"delete/{chat.channel}/{chat.account}/{chat.id}/{incoming.update}/{message}",
        made_at=now,
        edit=message,
    )


async def _replacements(turn: Turn, reply: Reply, *, pressed: bool) -> list[Message]:
    """Find the messages that now say something else; one that was never sent needs no change.

    A pressed card becomes its receipt before the answer comes; after a typed one only its buttons go.
    """
    found: list[Message] = []
    for number, change in enumerate(reply.replaces):
        chat = turn.incoming.chat
        mark = f"{chat.channel}/{chat.account}/{chat.id}"
        message = change.message
        if (message is not None) is not pressed:
            continue
        if message is None:
            message = await outbox.message_of(
                turn.db, koperasi_id=turn.koperasi_id, dedupe=f"reply/{mark}/{change.said_in}"
            )
        if message is None:
            continue
        own = _message(chat, turn, Reply(lines=change.content.lines))
        dedupe = f"replace/{mark}/{turn.incoming.update}/{number}"
        found.append(replace(own, edit=message, dedupe=dedupe))
    return found


async def _notices(turn: Turn, notices: tuple[Notice, ...]) -> list[Message]:
    """Address what others are told; who has no chat is owed it for as long as the notice keeps."""
    if not notices:
        return []
    koperasi_id = turn.koperasi_id  # also of who has left, and stands nowhere
    chats = await identities.chats_of(
        turn.db,
        koperasi_id=koperasi_id,
        person_ids=[notice.person_id for notice in notices if notice.to is None],
    )
    messages: list[Message] = []
    for notice in notices:
        chat = notice.to or chats.get(notice.person_id)
        if chat is None and notice.keep_days is None:
            continue
        messages.append(
            Message(
                koperasi_id=koperasi_id,
                id=notice.id,
                to=Address(channel=chat[0], account=chat[1], chat=chat[2]) if chat else None,
                person_id=notice.person_id,
                purpose=notice.purpose,
                content=notice.content,
                dedupe=f"notice/{notice.id}",
                made_at=turn.now,
                expires_at=(
                    turn.now + timedelta(days=notice.keep_days)
                    if chat is None and notice.keep_days
                    else None
                ),
            )
        )
    return messages


async def _apologise(services: Services, incoming: Incoming, now: datetime) -> None:
    """Mark the update handled and say sorry, in a transaction of its own."""
    async with database.transaction(services.app) as db:
        opening = await inbox.open_chat(db, incoming, services.keys, code=None, now=now)
        if opening.seen:
            return
        await database.enter(db, None)
        to = opening.chat
        typed = incoming.text_message if context.is_pin(opening, incoming, services.keys) else None
        await outbox.put(
            db,
            [
                *([_deletion(incoming, 0, typed, now)] if typed else []),
                Message(
                    koperasi_id=0,
                    id=uuid4(),
                    to=Address(channel=to.channel, account=to.account, chat=to.id),
                    person_id=None,
                    purpose=Purpose.REPLY,
                    content=Content(lines=(Say("sorry-bug"),)),
                    dedupe=f"reply/{to.channel}/{to.account}/{to.id}/{incoming.update}",
                    made_at=now,
                ),
            ],
            services.keys,
        )
