"""The photo of a note: sent while an expense's card or receipt is open, or asked for; shown again by number."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.conversations import cards, forms, sent_files
from bot.state import Card, Draft
from bot.talk import Reply, Turn, button, say
from bot.understand.readings import Reading
from core import note_photos
from core.announcements import files
from core.approvals import queue
from core.errors import Refusal
from core.kept_files import File
from core.note_photos import NoteNotKept
from core.permissions import Action, NotAllowed, may, who_may
from core.tables.ledger import entries
from notifications import note_photos as papers
from notifications.messages import Button, Say

SLOT = "photo"  # in a draft: the id of its photo
ASKING = "note-photo"
_OF = "biaya"  # the operation that has notes
_SPOKEN = re.compile(
    r"\s*/?(?:(?:tolong|lihat|kirim|minta|buka)\s+)*(?:foto\s+)?nota\s+"
    r"(?:biaya\s+)?(?:no(?:mor)?\.?\s*)?(\d{1,15})\s*[.!?]*\s*",
    re.IGNORECASE | re.ASCII,
)
Step = Callable[[Turn], Awaitable[Reply]]


class NotAPhoto(Refusal):
    """A note is sent as a picture: JPG or PNG."""

    text = "refusal-not-a-photo"


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "nota biaya 12", "lihat nota 12"."""
    said = _SPOKEN.fullmatch(text)
    return ("note-photo", partial(_show, int(said[1]))) if said else None


async def wanted(turn: Turn) -> Step | None:
    """Find what takes a picture over: the entry that was asked about, the open card, or the receipt just made."""
    if turn.incoming.document is None or turn.standing is None:
        return None
    form = turn.state.form
    if form is not None and form.asking == ASKING:
        return partial(_to_entry, int(form.draft.extra["entry"]))
    if form is not None or not turn.incoming.document.picture:
        return None
    card = turn.state.card(turn.state.shown or "")
    if card is not None:
        of_expense = card.draft.operation == _OF and not card.draft.rows
        return partial(_to_card, card) if of_expense else None
    entry = await _just_made(turn)
    return None if entry is None else partial(_to_entry, entry)


def caption(turn: Turn) -> str:
    """Return what stands below a picture that answers nothing: it may say an expense whose note it is."""
    sent = turn.incoming.document
    alone = sent is not None and sent.picture and turn.state.form is None
    return sent.caption.strip() if sent is not None and alone and turn.standing else ""


async def captioned(reading: Reading, turn: Turn) -> Reply:
    """Take "beli solar 50rb" below the picture of its note: a card, or what is missing, with the photo kept."""
    forms.require_recording(turn, Draft(operation=_OF))
    return await forms.from_reading(turn, reading, Draft(extra={SLOT: (await _kept(turn)).hex}))


async def _just_made(turn: Turn) -> int | None:
    """Return the expense whose receipt was the last thing done here, where it is of today."""
    last = turn.state.done[-1][1] if turn.state.done else ""
    if not last.isdigit():
        return None
    found: int | None = await turn.db.scalar(
        select(entries.c.number).where(
            entries.c.koperasi_id == turn.koperasi_id,
            entries.c.number == int(last),
            entries.c.kind.in_(note_photos.KINDS),
            entries.c.recorder == turn.here.recorder,
            entries.c.at >= turn.now - cards.RECEIPT_OPEN_FOR,
        )
    )
    return found


async def _kept(turn: Turn) -> UUID:
    """Keep the picture that was sent. Raises FileWanted first, then what core.announcements.files refuses."""
    sent = turn.incoming.document
    assert sent is not None
    mime, _ = files.require_name(sent.name)
    if not mime.startswith("image/"):
        raise NotAPhoto
    file = sent_files.taken(turn)
    photo_id = uuid4()
    await note_photos.keep(
        turn.db,
        officer=turn.here,
        photo_id=photo_id,
        photo=File(mime=file.mime, content=file.content),
        at=turn.now,
        keys=turn.keys,
    )
    return photo_id


async def _to_card(card: Card, turn: Turn) -> Reply:
    forms.require_recording(turn, card.draft)
    extra = card.draft.extra | {SLOT: (await _kept(turn)).hex}
    return await cards.again(
        turn, replace(card, draft=replace(card.draft, extra=extra)), "note-on-card"
    )


async def _to_entry(entry: int, turn: Turn) -> Reply:
    _require(turn, Action.RECORD_CASH)
    here = turn.koperasi_id
    await note_photos.require_room(turn.db, koperasi_id=here, entry=entry)
    photo_id = await _kept(turn)
    await note_photos.attach(turn.db, koperasi_id=here, photo_id=photo_id, entry=entry)
    return Reply(
        lines=(say("note-kept", entry=entry),),
        buttons=((_button("button-see-note", here, "e", entry, "show"),),),
        state=turn.state.asking(None),
    )


async def attach(turn: Turn, draft: Draft, entry: int) -> None:
    """Give the photo of a card to the entry it became."""
    if SLOT in draft.extra:
        await note_photos.attach(
            turn.db, koperasi_id=turn.koperasi_id, photo_id=UUID(draft.extra[SLOT]), entry=entry
        )


def lines(draft: Draft) -> tuple[Say, ...]:
    """Say on card and receipt that there is a photo."""
    return (say("card-note-photo"),) if SLOT in draft.extra else ()


def below_receipt(turn: Turn, draft: Draft, entry: int) -> tuple[tuple[Button, ...], ...]:
    """Offer the photo of an expense, or to send one."""
    if draft.operation != _OF:
        return ()
    here = turn.koperasi_id
    if SLOT in draft.extra:
        return ((_button("button-see-note", here, "e", entry, "show"),),)
    return ((_button("button-send-note", here, "e", entry, "send"),),)


def _button(label: str, here: int, of: str, number: int, what: str) -> Button:
    return button(label, f"np:{here}:{of}:{number}:{what}")


async def pressed(turn: Turn, koperasi: str, of: str, number: str, what: str) -> Reply:
    """Show the photo of an entry (e) or of a request (a), or wait for one of an entry."""
    if int(koperasi) != turn.koperasi_id:
        return Reply(lines=(say("button-old"),))
    if of == "a":
        return await _of_request(turn, int(number))
    if what == "show":
        return await _show(int(number), turn)
    _require(turn, Action.RECORD_CASH)
    await note_photos.require_room(turn.db, koperasi_id=turn.koperasi_id, entry=int(number))
    draft = Draft(extra={"entry": int(number)})
    return forms.ask(turn, draft, ASKING, say("ask-note-photo", entry=int(number)))


async def _show(entry: int, turn: Turn) -> Reply:
    _require(turn, Action.SEE_BOOKS)
    photo_id = await note_photos.newest(turn.db, koperasi_id=turn.koperasi_id, entry=entry)
    return Reply(lines=(), fresh=papers.content(photo_id, say("note-of-entry", entry=entry)))


async def _of_request(turn: Turn, number: int) -> Reply:
    _require(turn, Action.SEE_BOOKS)
    found = await queue.read(turn.db, koperasi_id=turn.koperasi_id, number=number, keys=turn.keys)
    if not found.facts.get(SLOT):
        raise NoteNotKept(entry=number)
    photo_id = UUID(found.facts[SLOT])
    return Reply(lines=(), fresh=papers.content(photo_id, say("note-of-request", number=number)))


def _require(turn: Turn, action: Action) -> None:
    if not may(turn.here.roles, action):
        raise NotAllowed(who=who_may(action))
