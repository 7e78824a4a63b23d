"""Practice mode: into the practice book and out of it, its mark, its lessons, and the second person made up for it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot import practice_book
from bot.conversations import approvals, lessons
from bot.talk import Incoming, LinkChange, Replacement, Reply, Turn, button, say
from core import database, people, practice
from core.approvals import queue
from core.approvals.request import State
from core.calendar import business_date
from core.people import Standing
from core.practice import LEARNER, is_practice
from notifications.messages import Button, Content, Say

Step = Callable[[Turn], Awaitable[Reply]]

_BOOK = "~"  # begins the data of a practice book's buttons: they press nothing in the real one
_LATE = r"(?:\s+(?:ya|dong|dulu|saja|aja|pak|bu|lagi))*[\s.!]*"
_BEGIN = re.compile(
    r"\s*/?(?:(?:saya|aku)\s+)?(?:(?:mau|ingin|ayo|tolong)\s+)?(?:(?:mulai|masuk|buka|mode|ke|belajar)\s+)*latihan"
    + _LATE,
    re.IGNORECASE,
)
_LEAVE = re.compile(
    r"\s*/?(?:(?:sudah|selesai(?:kan)?|berhenti|stop|keluar(?:\s+dari)?|akhiri|tutup)\s+(?:mode\s+)?latihan(?:nya)?"
    r"|latihan(?:nya)?\s+(?:selesai|sudah)|(?:kembali\s+)?ke\s+buku\s+asli|kembali\s+ke\s+koperasi\s+asli)"
    + _LATE,
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\s*/?(?:(?:ulang(?:i)?|reset|mulai\s+ulang)\s+latihan(?:\s+dari\s+awal)?"
    r"|(?:mulai\s+)?latihan\s+(?:(?:lagi\s+)?dari\s+awal|ulang))" + _LATE,
    re.IGNORECASE,
)
_LESSONS = re.compile(
    r"\s*/?(?:daftar\s+|lihat\s+)?pelajaran(?:\s+(?:no(?:mor)?\.?\s*|ke-?\s*)?(?P<n>\d{1,2}))?"
    + _LATE,
    re.IGNORECASE | re.ASCII,
)
_ANSWER = re.compile(
    r"\s*jawab(?:an(?:nya)?)?\s*[:=]?\s*(?:rp\.?\s*)?(?P<n>\d[\d.]{0,18})(?:,-|,00)?(?:\s*(?:orang|rupiah))?[\s.!]*",
    re.IGNORECASE | re.ASCII,
)
_PROGRESS = re.compile(
    r"\s*/?(?:progres|progress|kemajuan|hasil|pantau)\s+(?:latihan|pelajaran)(?:\s+pengurus)?[\s.?!]*"
    r"|\s*/?latihan\s+pengurus[\s.?!]*",
    re.IGNORECASE,
)
_LONGEST = 60  # characters of what is read here
# What would reach real people, or bring them in, or leave the book another way.
_NOT_HERE = {
    "announcement", "pengumuman", "attachment", "document", "invite", "pengurus", "ganti", "switch",
    "button-o", "button-i", "button-b", "button-h", "button-g",
}  # fmt: skip
_NO_CHAT = ("receipt-no-chat", "receipt-batch-no-chat")
_ANSWERED_ANYWHERE = ("a", "r")  # of the real book's buttons: a request, a receipt


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read "latihan", "selesai latihan", "pelajaran 3", "jawab 150.000": before STOP and MULAI are."""
    if len(text) > _LONGEST or turn.standing is None or not turn.here.roles:
        return None
    inside = turn.here.cooperative.is_practice
    if _AGAIN.fullmatch(text):
        return "practice-again", again
    if _LEAVE.fullmatch(text):
        return "practice-leave", leave
    if _PROGRESS.fullmatch(text):
        return "practice-progress", lessons.progress
    form = turn.state.form
    if form is not None and form.asking in ("note", "reason", approvals.ASKING):
        return None
    if _BEGIN.fullmatch(text):
        return "practice", begin
    if asked := _LESSONS.fullmatch(text):
        return "lessons", partial(lessons.numbered, int(asked["n"])) if asked[
            "n"
        ] else lessons.listing
    if inside and (answered := _ANSWER.fullmatch(text)):
        return "lesson-answer", partial(lessons.answer, int(answered["n"].replace(".", "")))
    return None


async def pressed(turn: Turn, what: str, rest: str) -> Reply:
    """A button of practice mode: start, stop, list; a lesson; yes or no of the made-up second person."""
    if turn.standing is None or not turn.here.roles:
        return Reply(lines=(say("practice-officers-only"),))
    if what in ("start", "stop", "list"):
        return await {"start": begin, "stop": leave, "list": lessons.listing}[what](turn)
    if not turn.here.cooperative.is_practice:
        return Reply(lines=(say("practice-button"),))
    if what == "n":
        return await lessons.lesson(turn, rest)
    if not rest.isdecimal():
        return Reply(lines=(say("button-old"),))
    return await second(turn, int(rest), yes=what == "yes")


def book_of(incoming: Incoming) -> tuple[Incoming, bool]:
    """Say whether a pressed button is a practice book's, and take that mark off its data."""
    data = incoming.button or ""
    if not data.startswith(_BOOK):
        return incoming, False
    return replace(incoming, button=data.removeprefix(_BOOK)), True


def allowed(turn: Turn, name: str, step: Step, *, of_practice: bool) -> Step:
    """Keep the two books apart: a button acts in its own book, and what reaches real people is not practised."""
    inside = is_practice(turn.speaker[0])
    data = turn.incoming.button
    if data is not None and not turn.incoming.is_number and of_practice is not inside:
        prefix = data.partition(":")[0]
        if of_practice and not data.startswith("la:start"):
            return _say("practice-button")
        if inside and prefix not in _ANSWERED_ANYWHERE:
            return _say("practice-leave-first")
    reaches = name in _NOT_HERE or name.startswith("announcement")
    if inside and is_practice(turn.koperasi_id) and reaches:
        return _say("practice-not-here")
    return step


def _say(key: str) -> Step:
    async def answered(_turn: Turn) -> Reply:
        return Reply(lines=(say(key),))

    return answered


async def begin(turn: Turn) -> Reply:
    """Go into the practice book, made and filled the first time; what is open here stays open."""
    if turn.here.cooperative.is_practice:
        return await lessons.listing(turn)
    return await _into(turn, turn.here, fresh=False)


async def again(turn: Turn) -> Reply:
    """Begin a new practice book; the old one stays as it is and is opened no more."""
    if not turn.here.cooperative.is_practice:
        return await _into(turn, turn.here, fresh=True)
    koperasi_id, person_id = await practice.home(turn.db, turn.koperasi_id)
    await database.enter(turn.db, koperasi_id)
    officer = await people.standing(
        turn.db,
        koperasi_id=koperasi_id,
        person_id=person_id,
        on=turn.today,
        chat=turn.incoming.chat.key,
    )
    if officer is None or not officer.roles:
        await database.enter(turn.db, turn.koperasi_id)
        return await leave(turn)
    reply = await _into(turn, officer, fresh=True)
    return replace(reply, state=replace(reply.state or turn.state, other=turn.state.other))


async def _into(turn: Turn, officer: Standing, *, fresh: bool) -> Reply:
    book = await practice.enter(
        turn.db,
        officer=officer,
        chat=turn.incoming.chat.key,
        on=turn.today.replace(day=1),
        at=turn.now,
        keys=turn.keys,
        fresh=fresh,
    )
    here = await people.standing(
        turn.db, koperasi_id=book.koperasi_id, person_id=LEARNER, on=turn.today
    )
    assert here is not None, book
    if book.made:
        await practice_book.fill(turn.db, cooperative=here.cooperative, keys=turn.keys, at=turn.now)
    await database.enter(turn.db, officer.cooperative.id)
    done = await practice.done(
        turn.db, koperasi_id=officer.cooperative.id, person_id=officer.person_id
    )
    await database.enter(turn.db, turn.koperasi_id)
    below = lessons.next_of(here.roles, done)
    return Reply(
        lines=(
            say("practice-begun" if book.made else "practice-back"),
            say("practice-what"),
            say("practice-how"),
        ),
        buttons=(*below, (button("button-lessons", "la:list"), lessons.STOP)),
        state=turn.state.changing(turn.koperasi_id, book.koperasi_id),
        links=LinkChange(speak_for=(book.koperasi_id, LEARNER)),
    )


async def leave(turn: Turn) -> Reply:
    """Go back to the real cooperative; what was open there is open again, and here it stays."""
    if not turn.here.cooperative.is_practice:
        return Reply(
            lines=(say("practice-not-in"),),
            buttons=((button("menu-latihan", "la:start"),),),
        )
    home = await practice.home(turn.db, turn.koperasi_id)
    state = turn.state.changing(turn.koperasi_id, home[0])
    lines = [say("practice-left", cooperative=turn.names.get(home[0], "-"))]
    if state.form is not None or state.cards:
        lines.append(say("practice-left-open"))
    return Reply(
        lines=tuple(lines),
        buttons=((button("button-menu", "m:menu"), button("menu-latihan", "la:start")),),
        state=state,
        links=LinkChange(speak_for=home),
    )


async def second(turn: Turn, number: int, *, yes: bool) -> Reply:
    """Let the made-up second person decide what the learner asked for, by the way every request goes."""
    found = await queue.read(turn.db, koperasi_id=turn.koperasi_id, number=number, keys=turn.keys)
    today = business_date(turn.now, turn.zone)
    votes = await queue.votes_of(turn.db, found, turn.keys)
    asked = await queue.eligible(
        turn.db, found, today=today, voted=[vote.person_id for vote in votes]
    )
    others = [one for one in asked if one.person_id != LEARNER]
    if found.maker_person != LEARNER or found.state is not State.WAITING or not others:
        return Reply(lines=(say("button-old"),))
    voter = await people.standing(
        turn.db, koperasi_id=turn.koperasi_id, person_id=others[0].person_id, on=today
    )
    assert voter is not None, others[0]
    chat = replace(turn.incoming.chat, id=f"{turn.incoming.chat.id}/latihan")
    made_up = replace(turn, standing=voter, proven=True, incoming=replace(turn.incoming, chat=chat))
    reply = await approvals.pressed(
        made_up, str(turn.koperasi_id), str(number), approvals.YES if yes else "1"
    )
    after = await queue.read(turn.db, koperasi_id=turn.koperasi_id, number=number, keys=turn.keys)
    return replace(
        reply,
        lines=(say("practice-second-says", name=others[0].said), *reply.lines),
        buttons=_second_buttons(number) if after.state is State.WAITING else (),
    )


def _second_buttons(number: int) -> tuple[tuple[Button, ...], ...]:
    return (
        (
            button("button-practice-yes", f"la:yes:{number}"),
            button("button-practice-no", f"la:no:{number}"),
        ),
    )


async def taught(turn: Turn, reply: Reply) -> Reply:
    """Finish an answer in the practice book: who decides here, what was learnt, the mark; nobody else is told anything."""
    if not _stands_in_practice(turn, reply):
        return reply
    if is_practice(turn.koperasi_id) and turn.standing is not None:
        if reply.invites:
            reply = Reply(lines=(say("practice-not-here"),))
        reply = replace(reply, lines=tuple(_of_nobody(line) for line in reply.lines))
        for asked in _asking(reply):
            reply = replace(
                reply,
                lines=(*reply.lines, say("practice-second")),
                buttons=(*_second_buttons(asked), *reply.buttons),
            )
        reply = await lessons.praised(turn, reply, await practice.passed(turn.db, turn.koperasi_id))
    return marked(turn, reply)


def _of_nobody(line: Say) -> Say:
    """Say of receipts how it is in the real book: nobody made up ever has a chat."""
    return say("practice-receipt") if line.key in _NO_CHAT else line


def _asking(reply: Reply) -> list[int]:
    """Name the requests an answer says are waiting: those whose maker may take them back."""
    return [
        int(found[1])
        for row in reply.buttons
        for one in row
        if (found := re.fullmatch(r"a:\d+:(\d+):w", one.data, re.ASCII))
    ]


def _stands_in_practice(turn: Turn, reply: Reply) -> bool:
    if reply.links and reply.links.speak_for:
        return is_practice(reply.links.speak_for[0])
    return is_practice(turn.koperasi_id)


def marked(turn: Turn, reply: Reply) -> Reply:
    """Put the mark of the practice book below an answer and all it replaces; its buttons press nothing elsewhere.

    The first line of a card stays its operation's name.
    """
    if not _stands_in_practice(turn, reply):
        return reply
    mark = say("practice-mark")
    return replace(
        reply,
        lines=(*reply.lines, mark) if reply.lines else (),
        buttons=tuple(
            tuple(replace(one, data=f"{_BOOK}{one.data}") for one in row) for row in reply.buttons
        ),
        replaces=tuple(_marked(one, mark) for one in reply.replaces),
        notices=() if is_practice(turn.koperasi_id) else reply.notices,
    )


def _marked(change: Replacement, mark: Say) -> Replacement:
    lines = change.content.lines
    content: Content = replace(change.content, lines=(*lines, mark) if lines else ())
    return replace(change, content=content)


def offered(buttons: tuple[tuple[Button, ...], ...]) -> tuple[tuple[Button, ...], ...]:
    """Take the mark off buttons: a typed number presses what this very book offered last."""
    return tuple(
        tuple(replace(one, data=one.data.removeprefix(_BOOK)) for one in row) for row in buttons
    )
