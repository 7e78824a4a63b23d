"""An announcement on its way: paused, resumed, stopped, tried again, corrected; approved by a second official."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

from sqlalchemy import text

from bot.conversations import announcement_rights, announcements, forms
from bot.state import Draft, Form
from bot.talk import Replacement, Reply, Turn, one_line, say
from core.announcements import announcement
from core.announcements.announcement import PROVINCE, Announcement, State
from core.announcements.audience import pack
from core.permissions import Action, NotAllowed, who_may
from core.texts import render
from notifications import announcement_words as words
from notifications import outbox
from notifications.messages import Address, Content, Message, Purpose, Say

ASKING = "announcement-no"
_LEAVING = frozenset({"batal", "tidak jadi", "ga jadi", "gak jadi"})
_LETTERS = 4  # of a reason, at least
_MOST_ROWS = 5000  # of people in a cooperative's report


def key_of_reply(turn: Turn) -> str:
    """Name the answer of this turn as the outbox knows it: the message that will tell how far it is."""
    chat = turn.incoming.chat
    return f"reply/{chat.channel}/{chat.account}/{chat.id}/{turn.incoming.update}"


async def pressed(
    turn: Turn, koperasi: str, number: str, what: str, correction: str | None = None
) -> Reply:
    """A button of an announcement: p, r, s, w, t change it, v shows it, x its table, c corrects it, y and n decide.

    A correction that was typed along gets its card at once.
    """
    here = int(koperasi)
    if not announcement_rights.may_act(turn, here):
        raise NotAllowed(who=who_may(Action.ANNOUNCE))
    async with announcement_rights.place(turn, here):
        this = await announcement.read(
            turn.db, koperasi_id=here, number=int(number), keys=turn.keys
        )
        if not announcement_rights.covers(turn, this):
            raise announcement.NoSuchAnnouncement(number=this.number)
        queued = this.state is State.WAITING and here != PROVINCE
        if queued and what in ("s", "w"):  # Its request is withdrawn, and it with it.
            raise announcement.NotNow(number=this.number)
        if what in _CHANGES:
            this = await _CHANGES[what](turn.db, this)
        if what in _CHANGES or what == "v":
            return await _shown(turn, this, edit=what != "v")
        if what in ("y", "n"):
            return await _decided(turn, this, yes=what == "y")
        if what == "x":
            return await _sheet(turn, this)
    return await _correct(turn, this, correction)


_CHANGES: dict[str, Callable[..., Awaitable[Announcement]]] = {
    "p": announcement.pause,
    "r": announcement.resume,
    "s": announcement.stop,
    "w": announcement.stop,
    "t": announcement.try_again,
}


async def _shown(turn: Turn, this: Announcement, *, edit: bool) -> Reply:
    """Answer with how far it is; from now on this message tells it, in the composer's own chat."""
    content = words.progress(this)
    if turn.incoming.chat.key == this.chat:
        await announcement.tell_in(turn.db, this, told_in=turn.koperasi_id, told=key_of_reply(turn))
    return Reply(lines=content.lines, buttons=content.buttons, edit=edit)


async def _decided(turn: Turn, this: Announcement, *, yes: bool) -> Reply:
    """A second official says yes or no; the composer is told."""
    if this.koperasi_id != PROVINCE:
        raise announcement.NotNow(number=this.number)
    assert turn.province is not None
    by = announcement_rights.me(turn, PROVINCE)
    if not yes:
        return _ask_why_not(turn, this, by)
    this = await announcement.approve(turn.db, this, by=by, at=turn.now)
    told = say("announcement-approved-told", number=this.number, name=turn.province.name)
    await _tell_composer(turn, this, "approved", told)
    return Reply(
        lines=(say("announcement-approved", number=this.number), words.quoted(this.message.text)),
        edit=True,
    )


def _ask_why_not(turn: Turn, this: Announcement, by: str) -> Reply:
    """Ask why not, as every other request does; nothing is decided before it is said."""
    announcement.require_undecided(this, by=by)
    extra = {"announcement": this.number, "message": turn.incoming.message}
    why = say("announcement-why-not", number=this.number)
    return forms.ask(turn, Draft(extra=extra), ASKING, why)


def reason_typed(turn: Turn, text: str) -> tuple[str, Callable[[Turn], Awaitable[Reply]]] | None:
    """Take the reason an official was asked for; "batal" leaves the question."""
    form = turn.state.form
    if form is None or form.asking != ASKING or turn.province is None:
        return None
    if text.strip().lower().strip("/.! ") in _LEAVING:
        return None
    return "announcement-reason", partial(_reject, form, text)


async def _reject(form: Form, text: str, turn: Turn) -> Reply:
    """Keep it from going out; the composer is told who said no, and why."""
    assert turn.province is not None
    reason = one_line(text)
    if reason is None or sum(letter.isalpha() for letter in reason) < _LETTERS:
        return forms.ask(turn, form.draft, ASKING, say("announcement-why-not-again"))
    number, closed = form.draft.extra["announcement"], turn.state.asking(None)
    async with announcement_rights.place(turn, PROVINCE):
        this = await announcement.read(turn.db, koperasi_id=PROVINCE, number=number, keys=turn.keys)
        if not announcement_rights.covers(turn, this):
            raise announcement.NoSuchAnnouncement(number=number)
        by = announcement_rights.me(turn, PROVINCE)
        try:
            this = await announcement.reject(turn.db, this, by=by, because="rejected", at=turn.now)
        except announcement.NotNow as over:  # Somebody else decided meanwhile.
            return Reply(lines=(forms.as_said(over),), state=closed)
        told = say("announcement-rejected-told", number=number, name=turn.province.name)
        because = say("announcement-why", reason=reason)
        await _tell_composer(turn, this, "rejected", told, because)
    asked = form.draft.extra["message"]
    return Reply(
        lines=(
            say("announcement-rejected", number=number), because, words.quoted(this.message.text),
        ),
        state=closed,
        replaces=(Replacement(content=Content(lines=()), message=asked),) if asked else (),
    )  # fmt: skip


async def _tell_composer(turn: Turn, this: Announcement, what: str, *lines: Say) -> None:
    channel, account, chat = this.chat
    notice = Message(
        koperasi_id=this.koperasi_id,
        id=uuid4(),
        to=Address(channel=channel, account=account, chat=chat),
        person_id=None,
        purpose=Purpose.NOTICE,
        content=Content(lines=lines),
        dedupe=f"announcement/{this.id}/{what}",
        made_at=turn.now,
    )
    await outbox.put(turn.db, [notice], turn.keys)


async def _correct(turn: Turn, this: Announcement, correction: str | None) -> Reply:
    """Ask for the correction, or show its card: it goes to those who got this one."""
    if not this.count("sent") + this.count("unknown"):
        raise announcement.NobodyGotIt(number=this.number)
    extra = {
        "official": this.koperasi_id == PROVINCE,
        "text": correction,
        "audience": pack(this.audience),
        "where": this.message.where,
        "corrects": this.number,
    }
    return await forms.proceed(turn, Draft(operation=announcement_rights.OPERATION, extra=extra))


async def _sheet(turn: Turn, this: Announcement) -> Reply:
    """Send the report as a table: of a cooperative's announcement with its people, of the province's by region."""
    if this.koperasi_id == PROVINCE:
        table = words.sheet(this, await announcements.regions_of(turn))
    else:
        table = words.sheet(this, {}, await _people(turn, this))
    return Reply(lines=(say("announcement-report-sheet", number=this.number),), attachment=table)


async def _people(turn: Turn, this: Announcement) -> list[list[str]]:
    rows = await turn.db.execute(
        text(
            "SELECT p.name, coalesce(m.number, '') AS number, o.state, o.reason FROM outbox o"
            " JOIN people p ON p.koperasi_id = o.koperasi_id AND p.id = o.person_id"
            " LEFT JOIN members m ON m.koperasi_id = o.koperasi_id AND m.id = o.person_id"
            " WHERE o.koperasi_id = :here AND o.announcement = :id"
            " ORDER BY p.name, p.id LIMIT :most"
        ),
        {"here": this.koperasi_id, "id": this.id, "most": _MOST_ROWS},
    )
    return [
        [row.name, row.number, render(f"announcement-row-{row.state}"), words.why(row.reason)]
        for row in rows
    ]
