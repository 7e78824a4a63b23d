"""Scans of documents and papers of the annual meeting: sent with words, to a card, or when asked for; shown to officers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from bot.conversations import asides, cards, forms, legal_drafts, sent_files
from bot.state import Card, Draft
from bot.talk import Reply, Turn, button, say
from bot.understand import legal_files as reader
from bot.understand.legal_files import Named
from core import documents, legal_files
from core.documents import Document, Kind
from core.kept_files import File
from core.legal_files import Owner, Paper
from core.permissions import Action, NotAllowed, may, who_may
from notifications import legal_files as papers
from notifications.messages import Button, Say

Step = Callable[[Turn], Awaitable[Reply]]
SLOT = "file"  # in a draft: the id of its file
ASKING = "legal-file"


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read "lihat akta", "unggah izin apotek", "cara urus NIB"; nothing for any other sentence."""
    if not asides.may_come(turn):
        return None
    if named := reader.asked(text):
        return "legal-file-show", partial(_show, named)
    if named := reader.sent(text):
        return "legal-file-send", partial(_ask, named)
    if (named := reader.how(text)) and named.kind:
        return "document-how", partial(_how, named.kind)
    return None


async def wanted(turn: Turn) -> Step | None:
    """Find what takes a file over: the document that was asked about, the words below it, or the open card."""
    sent, form = turn.incoming.document, turn.state.form
    if sent is None or turn.standing is None:
        return None
    if form is not None and form.asking == ASKING:
        return partial(_to_owner, _owner_of(form.draft))
    if form is not None:
        return None
    if sent.caption and (draft := legal_drafts.draft_of(sent.caption, turn.today)):
        return partial(_with_words, draft)
    if named := reader.below(sent.caption):
        return partial(_to_named, named)
    card = turn.state.card(turn.state.shown or "")
    if card is not None and card.draft.operation in legal_drafts.OPERATIONS:
        return partial(_to_card, card)
    return None


async def _kept(turn: Turn) -> UUID:
    """Keep the file that was sent. Raises as sent_files.taken."""
    _require(turn, Action.RECORD_DOCUMENTS)
    sent = sent_files.taken(turn)
    file_id = uuid4()
    await legal_files.keep(
        turn.db, officer=turn.here, file_id=file_id,
        file=File(mime=sent.mime, content=sent.content), at=turn.now, keys=turn.keys,
    )  # fmt: skip
    return file_id


async def _with_words(draft: Draft, turn: Turn) -> Reply:
    file_id = await _kept(turn)
    return await cards.show(turn, replace(draft, extra=draft.extra | {SLOT: file_id.hex}))


async def _to_card(card: Card, turn: Turn) -> Reply:
    extra = card.draft.extra | {SLOT: (await _kept(turn)).hex}
    return await cards.again(
        turn, replace(card, draft=replace(card.draft, extra=extra)), "legal-file-on-card"
    )


async def _to_named(named: Named, turn: Turn) -> Reply:
    _require(turn, Action.RECORD_DOCUMENTS)
    return await _to_owner(await _owner(turn, named), turn)


async def _to_owner(owner: Owner, turn: Turn) -> Reply:
    _require(turn, Action.RECORD_DOCUMENTS)
    here = turn.koperasi_id
    await legal_files.require_room(turn.db, koperasi_id=here, owner=owner)
    file_id = await _kept(turn)
    await legal_files.attach(turn.db, koperasi_id=here, file_id=file_id, owner=owner)
    return Reply(
        lines=(say("legal-file-kept", called=owner.called),),
        buttons=(
            (_button("button-see-file", here, owner, "show"),),
            (_button("button-send-more", here, owner, "send"),),
        ),
        state=turn.state.asking(None),
    )


async def attach(turn: Turn, draft: Draft, owner: Owner) -> None:
    """Give the file of a card to what was recorded."""
    if SLOT in draft.extra:
        await legal_files.attach(
            turn.db, koperasi_id=turn.koperasi_id, file_id=UUID(draft.extra[SLOT]), owner=owner
        )


def lines(draft: Draft) -> tuple[Say, ...]:
    """Say on card and receipt that there is a file."""
    return (say("card-legal-file"),) if SLOT in draft.extra else ()


def below_receipt(turn: Turn, draft: Draft, owner: Owner) -> tuple[tuple[Button, ...], ...]:
    """Offer the file that was kept, or to send one."""
    what = ("button-see-file", "show") if SLOT in draft.extra else ("button-send-file", "send")
    return ((_button(what[0], turn.koperasi_id, owner, what[1]),),)


def _button(label: str, here: int, owner: Owner, what: str) -> Button:
    return button(label, f"lf:{here}:{owner.paper or owner.kind}:{owner.year or owner.n}:{what}")


async def pressed(turn: Turn, koperasi: str, of: str, number: str, what: str) -> Reply:
    """Show the first file of a document or a meeting's paper, or wait for one."""
    if int(koperasi) != turn.koperasi_id or of not in (*Kind, *Paper):
        return Reply(lines=(say("button-old"),))
    if of in tuple(Paper):
        owner = of_meeting(int(number), Paper(of))
    else:
        owner = await _of_kind(turn, Kind(of), n=int(number))
    return await (_shown(turn, owner, 1) if what == "show" else _wait(turn, owner))


def of_document(one: Document) -> Owner:
    """Return a document as what files are of."""
    return Owner(kind=one.kind, n=one.n, called=one.called)


def of_meeting(year: int, paper: Paper) -> Owner:
    """Return a paper of the meeting on a book year as what files are of."""
    return Owner(year=year, paper=paper, called=f"{paper.called} RAT {year}")


async def _owner(turn: Turn, named: Named) -> Owner:
    """Find what is named. Refuses NoSuchDocument."""
    if named.paper is not None:
        return of_meeting(named.year or turn.today.year - 1, named.paper)
    assert named.kind is not None
    return await _of_kind(turn, named.kind, permit=named.permit)


async def _of_kind(turn: Turn, kind: Kind, *, permit: str = "", n: int = 0) -> Owner:
    """Find a document that counts; of permits the one that is named, or the only one."""
    held = [one for one in await documents.held(turn.db, turn.koperasi_id) if one.kind is kind]
    found = [one for one in held if n in (0, one.n) and (not permit or one.permit == permit)]
    if len(found) == 1:
        return of_document(found[0])
    if n:  # It was recorded anew since: its own files are still there.
        return Owner(kind=kind, n=n, called=kind.called)
    if not found:
        raise legal_files.NoSuchDocument(called=f"Izin {permit}" if permit else kind.called)
    raise legal_files.WhichPermit(names=", ".join(one.called for one in found))


async def _ask(named: Named, turn: Turn) -> Reply:
    _require(turn, Action.RECORD_DOCUMENTS)
    return await _wait(turn, await _owner(turn, named))


async def _wait(turn: Turn, owner: Owner) -> Reply:
    _require(turn, Action.RECORD_DOCUMENTS)
    await legal_files.require_room(turn.db, koperasi_id=turn.koperasi_id, owner=owner)
    extra: dict[str, Any] = {**owner.values, "called": owner.called}
    return forms.ask(turn, Draft(extra=extra), ASKING, say("ask-legal-file", called=owner.called))


def _owner_of(draft: Draft) -> Owner:
    facts = draft.extra
    if "paper" in facts:
        return Owner(year=facts["year"], paper=Paper(facts["paper"]), called=facts["called"])
    return Owner(kind=Kind(facts["kind"]), n=facts["n"], called=facts["called"])


async def _show(named: Named, turn: Turn) -> Reply:
    _require(turn, Action.SEE_BOOKS)
    return await _shown(turn, await _owner(turn, named), named.page or 1)


async def _shown(turn: Turn, owner: Owner, page: int) -> Reply:
    _require(turn, Action.SEE_BOOKS)
    found = await legal_files.of(turn.db, koperasi_id=turn.koperasi_id, owner=owner)
    if not found:
        raise legal_files.FileNotKept(called=owner.called)
    page = min(page, len(found))
    file = papers.content(found[page - 1], called=owner.called, page=page, pages=len(found))
    return Reply(lines=(), fresh=file)


async def _how(kind: Kind, turn: Turn) -> Reply:
    """Tell how a document is got."""
    names = ", ".join(one.called for one in kind.before)
    return Reply(
        lines=(
            say("document-how", kind=kind.called),
            say(f"document-how-{kind.value}"),
            *([say("document-needs", names=names)] if names else []),
        )
    )


def _require(turn: Turn, action: Action) -> None:
    if not may(turn.here.roles, action):
        raise NotAllowed(who=who_may(action))
