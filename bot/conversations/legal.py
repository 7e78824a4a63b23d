"""Legal documents and the annual meeting by chat: what is there, what is missing, the quorum, and cards for what is recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from functools import partial

from bot.conversations import asides, legal_files
from bot.conversations.legal_drafts import DOCUMENT, document_of, draft_of, meeting_of
from bot.state import Card, Draft
from bot.talk import Reply, Turn, say
from bot.understand import legal as reader
from bot.understand.legal import Quorum
from bot.understand.readings import Reading
from core import documents, meetings
from core import legal_files as filed
from core.documents import Document, Kind
from core.errors import Refusal
from core.legal_files import Paper
from core.meetings import Meeting
from core.permissions import Action, NotAllowed, may, who_may
from notifications.messages import Say

Step = Callable[[Turn], Awaitable[Reply]]
_SAID = "said"  # the only thing ✏️ changes: the sentence


class NoMinutes(Refusal):
    """A meeting that was held has minutes with a number."""

    text = "refusal-meeting-minutes"


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read a sentence about documents or the annual meeting; nothing for any other."""
    if not asides.may_come(turn):
        return None
    if reader.asks_documents(text):
        return "documents", _list
    if asked := reader.quorum(text):
        return "quorum", partial(_quorum, asked)
    if reader.asks_meeting(text):
        return "meeting", _meeting
    draft = draft_of(text, turn.today)
    return (f"record-{draft.operation}", partial(_begin, draft)) if draft else None


def of_official(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Answer an official who speaks in no cooperative: the quorum of a number, who records documents there."""
    if turn.standing is not None:
        return None
    if asked := reader.quorum(text):
        return "quorum", partial(_quorum, asked)
    return ("documents-elsewhere", _elsewhere) if draft_of(text, turn.today) else None


async def _elsewhere(turn: Turn) -> Reply:
    raise NotAllowed(who=who_may(Action.RECORD_DOCUMENTS))


async def _begin(draft: Draft, turn: Turn) -> Reply:
    from bot.conversations import cards  # noqa: PLC0415 - cards knows every family, this one too

    return await cards.show(turn, draft)


async def _list(turn: Turn) -> Reply:
    """List what is there and what is missing, in the order in which they are got, and how to get the next."""
    if not may(turn.here.roles, Action.SEE_BOOKS):
        raise NotAllowed(who=who_may(Action.SEE_BOOKS))
    found = await documents.held(turn.db, turn.koperasi_id)
    scanned = await filed.of_documents(turn.db, turn.koperasi_id)
    lacks = documents.lacking(found, on=turn.today)
    lines = [say("documents-head", held=len(Kind) - len(lacks), needed=len(Kind))]
    for kind in Kind:
        of_kind = [one for one in found if one.kind is kind]
        lines += [] if of_kind else [say("document-missing", kind=kind.called)]
        for one in of_kind:
            lines.append(_there(turn, one, has_file=(kind, one.n) in scanned))
            lines += [say("document-until", on=one.expires_on)] if one.expires_on else []
    if any((one.kind, one.n) not in scanned for one in found):
        lines.append(say("documents-without-file"))
    if lacks:
        lines.append(say("documents-next", kind=lacks[0].called))
        lines.append(say(f"document-how-{lacks[0].value}"))
    return Reply(lines=tuple(lines))


def _there(turn: Turn, one: Document, *, has_file: bool) -> Say:
    if not one.is_valid(turn.today):
        return say("document-expired", kind=one.called, number=one.number)
    there = "document-there" if has_file else "document-unfiled"
    return say(there, kind=one.called, number=one.number)


async def _quorum(asked: Quorum, turn: Turn) -> Reply:
    count = asked.members
    if count is None and turn.standing is None:
        return Reply(lines=(say("quorum-of-how-many"),))
    if count is None:
        count = await meetings.count_members(turn.db, turn.koperasi_id, on=turn.today)
    if count < 1:
        return Reply(lines=(say("quorum-nobody"),))
    needed, second = meetings.quorum(count), meetings.quorum(count, second=True)
    if asked.present is None:
        return Reply(lines=(say("quorum-needed", members=count, needed=needed), _again(second)))
    if asked.present > count:
        raise meetings.MoreThanMembers(present=asked.present, members=count)
    facts = {"present": asked.present, "members": count, "needed": needed}
    if asked.present >= needed:
        return Reply(lines=(say("quorum-reached", **facts),))
    lacks = say("quorum-lacks", **facts, lacks=needed - asked.present)
    also = [say("quorum-second-reached")] if asked.present >= second else []
    return Reply(lines=(lacks, _again(second), *also))


def _again(needed: int) -> Say:
    return say("quorum-second", days=meetings.AGAIN_WITHIN, needed=needed)


async def _meeting(turn: Turn) -> Reply:
    """Tell of the meeting on last year: held, or by when; what makes it hold; which of its papers are kept."""
    year = turn.today.year - 1
    found = await meetings.of_year(turn.db, turn.koperasi_id, year)
    last = date(year, 12, 31)
    if found is None and not await meetings.count_members(turn.db, turn.koperasi_id, on=last):
        year += 1  # nobody was a member yet: the first meeting is on this year
    lines = [say("meeting-head", year=str(year))]
    if found is not None:
        due = _calendar(turn, year + 1)
        lines += [*_lines(found), say("meeting-next", year=str(year + 1), on=due.due)]
    else:
        lines += _until(_calendar(turn, year), turn.today)
    count = await meetings.count_members(turn.db, turn.koperasi_id, on=turn.today)
    if count:
        lines.append(say("quorum-needed", members=count, needed=meetings.quorum(count)))
    if may(turn.here.roles, Action.SEE_BOOKS):
        lines += await _papers(turn, year)
    over = year < turn.today.year
    if found is None and over and may(turn.here.roles, Action.RECORD_DOCUMENTS):
        lines.append(say("meeting-how", year=str(year)))
    return Reply(lines=tuple(lines))


def _calendar(turn: Turn, year: int) -> meetings.Calendar:
    return meetings.calendar(year, turn.here.rules.on(date(year, 12, 31)))


def _until(due: meetings.Calendar, today: date) -> list[Say]:
    if due.due < today:
        return [say("meeting-late", on=due.due)]
    return [
        say("meeting-due", on=due.due, days=(due.due - today).days),
        say("meeting-report", on=due.report),
        say("meeting-invite", on=due.invite, days=meetings.INVITED_BEFORE),
    ]


async def _papers(turn: Turn, year: int) -> list[Say]:
    """Say which papers of the meeting are kept, and how one is sent."""
    kept = await filed.of_meeting(turn.db, turn.koperasi_id, year)
    marks = [f"{'✅' if paper in kept else '❌'} {paper.called}" for paper in Paper]
    said = [say("meeting-papers", names=", ".join(marks))]
    lacks = [paper for paper in Paper if paper not in kept]
    if lacks and may(turn.here.roles, Action.RECORD_DOCUMENTS):
        said.append(say("meeting-papers-how", name=lacks[0].called.lower(), year=str(year)))
    return said


def _lines(meeting: Meeting) -> list[Say]:
    second = [say("meeting-second")] if meeting.second else []
    return [
        say("meeting-held", on=meeting.held_on),
        *second,
        say("meeting-present", present=meeting.present, members=meeting.members),
        say("meeting-minutes", minutes=meeting.minutes),
    ]


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what ✅ would write down, and what it takes the place of; refuse what ✅ would refuse."""
    if not may(turn.here.roles, Action.RECORD_DOCUMENTS):
        raise NotAllowed(who=who_may(Action.RECORD_DOCUMENTS))
    if draft.operation == DOCUMENT:
        one = documents.checked(document_of(draft), today=turn.today)
        held = await documents.held(turn.db, turn.koperasi_id)
        same = [old for old in held if (old.kind, old.permit) == (one.kind, one.permit)]
        instead = [say("document-before", number=old.number) for old in same]
        kept = legal_files.lines(draft)
        return (say("operation-dokumen"), *_document_lines(one), *instead, *kept)
    said = meeting_of(draft)
    if not said.minutes:
        raise NoMinutes
    meeting = await meetings.checked(
        turn.db, koperasi_id=turn.koperasi_id, meeting=said, today=turn.today
    )
    earlier = await meetings.of_year(turn.db, turn.koperasi_id, meeting.year)
    again = [say("meeting-before", on=earlier.held_on)] if earlier else []
    year = say("card-year", year=str(meeting.year))
    return (say("operation-rapat"), year, *_lines(meeting), *again, *legal_files.lines(draft))


def _document_lines(one: Document) -> list[Say]:
    return [
        say("document-number", kind=one.called, number=one.number),
        *([say("document-issued", on=one.issued_on)] if one.issued_on else []),
        *([say("document-until", on=one.expires_on)] if one.expires_on else []),
    ]


async def record(turn: Turn, card: Card) -> Reply:
    """Write the document or the meeting down, and what was sent with it."""
    draft, db = card.draft, turn.db
    if draft.operation == DOCUMENT:
        document = await documents.keep(
            db, officer=turn.here, document=document_of(draft), today=turn.today, at=turn.now
        )
        held, needed = await documents.completeness(db, turn.koperasi_id, on=turn.today)
        lines = [*_document_lines(document), say("documents-count", held=held, needed=needed)]
        owner = legal_files.of_document(document)
    else:
        meeting = await meetings.keep(
            db, officer=turn.here, meeting=meeting_of(draft), today=turn.today, at=turn.now
        )
        lines = [say("card-year", year=str(meeting.year)), *_lines(meeting)]
        owner = legal_files.of_meeting(meeting.year, Paper.MINUTES)
    await legal_files.attach(turn, draft, owner)
    kept = (*lines, *legal_files.lines(draft), say("receipt-recorder", name=turn.here.name))
    return Reply(
        lines=(say("legal-kept"), *kept),
        buttons=legal_files.below_receipt(turn, draft, owner),
        edit=True,
        state=turn.state.closing(card.id, "kept"),
    )


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take nothing over: its card is made of one sentence."""
    return draft


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask nothing: its card is made of one sentence."""
    return draft


def again(refusal: Refusal) -> str | None:
    """Name no slot: the sentence is said anew."""
    return None


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Offer to say it anew."""
    return (_SAID,)


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for the whole sentence."""
    from bot.conversations import forms  # noqa: PLC0415 - forms knows every family, this one too

    return forms.ask(turn, draft, slot, say(f"ask-said-{draft.operation}"))


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take nothing: there are no choices."""
    return draft


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take the sentence over."""
    said = draft_of(text, turn.today)
    return replace(draft, operation=said.operation, extra=said.extra) if said else None
