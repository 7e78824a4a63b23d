"""Announcements on their way in plain words: "hentikan pengumuman 1", "jeda pengumuman", "ralat pengumuman 1: …"."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.conversations import announcement_rights, announcement_running, announcements, menu
from bot.talk import Reply, Turn, say
from core.announcements import announcement
from core.announcements.announcement import PROVINCE, Announcement, State
from notifications import announcement_words as words

_VERBS = {
    "stop": "hentikan|stop|setop|batalkan|batal|cabut|tarik kembali|tarik|jangan kirim",
    "pause": "jeda|tunda|tahan|pause",
    "resume": "lanjutkan|lanjut|teruskan",
    "correct": "ralat|koreksi|perbaiki|revisi",
}
_POLITE = r"(?:(?:tolong|tlg|mohon|harap|segera)\s+){0,2}"
_NUMBER = r"(?:\s+(?:no(?:mor)?\b\.?\s*|#)?(?P<number>\d{1,9})(?![\d.,]*\d))?"
_SAID = re.compile(
    rf"\s*/?{_POLITE}(?P<verb>{'|'.join(_VERBS.values())})\s+pengumuman(?:nya)?"
    rf"(?:\s+(?:yang\s+)?(?:tadi|itu|ini|terakhir|barusan))?{_NUMBER}(?P<rest>\W.*)?",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_SHOWN = re.compile(rf"\s*(?:lihat\s+)?/?pengumuman{_NUMBER}[\s.!?]*", re.IGNORECASE | re.ASCII)
_ALONE = re.compile(
    r"\s*/?(?P<verb>jeda|hentikan|lanjutkan)(?:\s+(?:dulu|sekarang|segera|ya|pak|bu))?[\s.!]*",
    re.IGNORECASE | re.ASCII,
)
_NO_MORE = re.compile(
    r"[\W]*(?:(?:dulu|sekarang|segera|ya|dong|pak|bu)\b[\W]*|karena\b.*)*", re.DOTALL
)
_FITTING = {
    "stop": (State.WAITING, State.PILOT, State.SENDING, State.PAUSED),
    "pause": (State.PILOT, State.SENDING),
    "resume": (State.PAUSED,),
}
_LOOKED_AT = 20  # newest ones, when no number is said
_OFFERED = 5
Step = Callable[[Turn], Awaitable[Reply]]


async def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read what is to become of an announcement; None when the words speak of something else.

    A bare "hentikan" means one only while one of this chat's is on its way and nothing else is open.
    """
    if turn.province is None and not announcement_rights.is_officer(turn):
        return None
    shown = _SHOWN.fullmatch(text)
    if shown and shown["number"]:
        return "announcement-show", partial(_numbered, "show", int(shown["number"]), None)
    if said := _SAID.fullmatch(text):
        return _of_sentence(turn, said)
    alone = _ALONE.fullmatch(text)
    if alone is None or turn.state.form is not None or turn.state.cards:
        return None
    what = _what(alone["verb"])
    return (
        (f"announcement-{what}", partial(_unnumbered, what, None))
        if await _fitting(turn, what)
        else None
    )


def _of_sentence(turn: Turn, said: re.Match[str]) -> tuple[str, Step]:
    what, rest = _what(said["verb"]), said["rest"] or ""
    correction = rest.strip(" \t\n:,.-–") if what == "correct" else None
    if said["number"] is not None:
        return f"announcement-{what}", partial(_numbered, what, int(said["number"]), correction)
    form = turn.state.form
    composing = form is not None and form.draft.operation == announcement_rights.OPERATION
    if said["verb"].lower().startswith("batal") and (
        composing or announcement_rights.is_shown(turn)
    ):
        return "cancel", menu.cancel
    certain = what == "correct" or _NO_MORE.fullmatch(rest.lower()) is not None
    return f"announcement-{what}", partial(_unnumbered, what, correction, certain=certain)


def _what(verb: str) -> str:
    plain = " ".join(verb.lower().split())
    return next(what for what, verbs in _VERBS.items() if plain in verbs.split("|"))


async def _numbered(what: str, number: int, correction: str | None, turn: Turn) -> Reply:
    found = []
    for here in _places(turn):
        async with announcement_rights.place(turn, here):
            try:
                this = await announcement.read(
                    turn.db, koperasi_id=here, number=number, keys=turn.keys
                )
            except announcement.NoSuchAnnouncement:
                continue
            if announcement_rights.covers(turn, this):
                found.append(this)
    if not found:
        raise announcement.NoSuchAnnouncement(number=number)
    if len(found) > 1:
        return _which(what, found)
    return await _done(turn, what, found[0], correction)


def _places(turn: Turn) -> tuple[int, ...]:
    own = (turn.koperasi_id,) if announcement_rights.is_officer(turn) else ()
    return own + ((PROVINCE,) if turn.province is not None else ())


async def _unnumbered(
    what: str, correction: str | None, turn: Turn, *, certain: bool = True
) -> Reply:
    """Do it to the only one it can mean; of several, or when more was said, ask which."""
    found = await _fitting(turn, what)
    if not found:
        return Reply(lines=(say("announcement-none-open"),))
    if len(found) == 1 and certain:
        return await _done(turn, what, found[0], correction)
    return _which(what, found)


async def _fitting(turn: Turn, what: str) -> list[Announcement]:
    """List the newest to which this can be done."""
    newest = await announcements.newest(turn, _LOOKED_AT)
    if what == "correct":
        return [one for one in newest if one.count("sent") + one.count("unknown")]
    return [one for one in newest if one.state in _FITTING[what]]


async def _done(turn: Turn, what: str, this: Announcement, correction: str | None) -> Reply:
    """Do what its button does; one that waits in the queue of requests is shown: it is taken back there."""
    if what == "stop" and this.state is State.WAITING and this.koperasi_id != PROVINCE:
        what = "show"
    reply = await announcement_running.pressed(
        turn, str(this.koperasi_id), str(this.number), words.ACTIONS[what], correction or None
    )
    return replace(reply, edit=False)


def _which(what: str, found: list[Announcement]) -> Reply:
    offered = [
        replace(words.button(one, "show"), data=words.button(one, what).data)
        for one in found[:_OFFERED]
    ]
    return Reply(lines=(say("announcement-which"),), buttons=tuple((one,) for one in offered))
