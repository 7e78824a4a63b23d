"""Deciding what needs a second person: Setujui, Tolak with its reason, the queue, and taking a request back."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from bot.conversations import approvals_told, figures, forms, loan_told, pin, requests, wishes
from bot.state import Draft, Form
from bot.talk import Notice, Replacement, Reply, Turn, button, one_line, say
from core import database, texts
from core.approvals import asking, hopeless, queue, waiting
from core.approvals.queue import Decided
from core.approvals.request import (
    Approval,
    ApprovalExpired,
    DecidedBefore,
    NotYourApproval,
    OwnApproval,
    State,
    VotedBefore,
)
from core.errors import Refusal
from core.permissions import Action, Role, who_may
from notifications import requests as papers
from notifications import words
from notifications.messages import Content, Say, pack, unpack

_REASONS = ("1", "2", "3")  # approval-no-1, … are offered
_SHOWN = 8  # requests in one message
_OVER = (DecidedBefore, ApprovalExpired, VotedBefore)  # the pressed card has nothing left to press
ASKING = "approval-reason"
YES = "yes"  # to what the request shows by then
Step = Callable[[Turn], Awaitable[Reply]]

_NUMBER = r"(?:(?:permintaan|persetujuan)\s+)?(?:no(?:mor)?\.?\s*)?(\d{1,9})"
_YES = re.compile(rf"\s*/?(?:setuju|setujui|acc)\s+{_NUMBER}\s*[.!]*\s*", re.IGNORECASE | re.ASCII)
_NO = re.compile(
    rf"\s*/?(?:tolak|ditolak)\s+{_NUMBER}(?![\d.,]*\d)[\s,:;.-]*(?:karena\s+|alasan(?:nya)?\s+)?(.*)",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_ALONE = re.compile(
    r"\s*/?(?:(?:ok(?:e|ey)?|ya|iya)\s+)?(?:setuju|setujui|disetujui|acc|tolak|ditolak)"
    r"(?:\s+(?:pak|bu|ya|saja))?\s*[.!]*\s*",
    re.IGNORECASE | re.ASCII,
)
_BACK = re.compile(
    r"\s*/?(?:batal|batalkan|tarik|hapus)\s+(?:permintaan|persetujuan)\s+(?:no(?:mor)?\.?\s*)?(\d{1,9})\s*[.!]*\s*",
    re.IGNORECASE | re.ASCII,
)


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "setujui 12", "tolak 12 salah jumlah", "batalkan permintaan 12"."""
    if said := _YES.fullmatch(text):
        return "approve", partial(_typed, YES, int(said[1]))
    if said := _NO.fullmatch(text):
        return "reject", partial(_typed_no, int(said[1]), said[2])
    if said := _BACK.fullmatch(text):
        return "withdraw", partial(_typed, "w", int(said[1]))
    return None


async def spoken_alone(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read a bare "setujui" or "tolak": what waits is shown with its buttons, nothing is decided by it.

    Only of who has something to decide and neither a form nor a card of the own open.
    """
    if not _ALONE.fullmatch(text) or turn.state.form is not None or turn.state.cards:
        return None
    mine = await waiting.pending(turn.db, **_who(turn))
    if not mine:
        return None
    if len(mine) > 1:
        return "approve-which", listing
    return "approve-which", partial(_typed, "s", mine[0].number)


async def _typed(what: str, number: int, turn: Turn) -> Reply:
    return replace(await _act(turn, number, what), edit=False)


async def _typed_no(number: int, reason: str, turn: Turn) -> Reply:
    said = one_line(reason)
    reply = await (_rejected(turn, number, said) if said else _ask_reason(turn, number))
    return replace(reply, edit=False)


async def pressed(turn: Turn, koperasi: str, number: str, what: str) -> Reply:
    """A button of a request: y (y1 to what was shown anew once), n, a reason 1 to 3, w (take it back), s (show it)."""
    if int(koperasi) != turn.koperasi_id:
        return Reply(lines=(say("button-old"),))
    return await _act(turn, int(number), what)


async def _act(turn: Turn, number: int, what: str) -> Reply:
    if what[0] == "y":
        return await _approved(turn, number, yes=what)
    if what == "n":
        return await _ask_reason(turn, number)
    if what == "w":
        return await _withdrawn(turn, number)
    if what == "s":
        return await _shown(turn, number)
    return await _rejected(turn, number, texts.render(f"approval-no-{what}"))


def _who(turn: Turn) -> dict[str, Any]:
    return {
        "voter": turn.here,
        "chat": turn.incoming.chat.key,
        "today": requests.today(turn),
        "at": turn.now,
        "keys": turn.keys,
    }


async def _approved(turn: Turn, number: int, *, yes: str) -> Reply:
    """Approve what was read; what the operation refuses now is said, and the request waits on."""
    try:
        found, _ = await queue.to_be_decided(turn.db, number=number, **_who(turn))
    except _OVER as refusal:
        return Reply(lines=(forms.as_said(refusal),), edit=True)
    try:
        changed = await figures.moved(turn, found)
    except Refusal as refusal:
        return await _refused(turn, found, refusal)
    if changed is not None:
        return await _anew(turn, found, changed)
    if yes not in (YES, papers.yes_to(found)):
        return await _look_again(turn, found)
    if turn.here.rules.on(turn.today).pin_approvals and not turn.proven:
        return await pin.ask(turn, f"a:{turn.koperasi_id}:{number}:{papers.yes_to(found)}")
    raw = await database.driver(turn.db)
    await raw.execute("SAVEPOINT approving")
    try:
        decided = await queue.approve(turn.db, number=number, **_who(turn))
    except Refusal as refusal:
        await raw.execute("ROLLBACK TO SAVEPOINT approving")
        return await _refused(turn, found, refusal)
    return await (_done(turn, decided) if decided.done else _first_of_two(turn, decided))


async def _refused(turn: Turn, found: Approval, refusal: Refusal) -> Reply:
    if hopeless.is_hopeless(refusal):
        return await _failed(turn, found.number, refusal)
    return Reply(
        lines=(forms.as_said(refusal), say("approval-stays", number=found.number)),
        buttons=papers.buttons_of(found),
    )


async def _anew(turn: Turn, found: Approval, lines: tuple[Say, ...]) -> Reply:
    """Let a request say what it would do now; everybody who may decide it reads that, nothing is recorded."""
    shown = await queue.show_anew(turn.db, found, pack(lines), keys=turn.keys)
    asked = await queue.eligible(turn.db, shown, today=requests.today(turn), voted=())
    others = [one for one in asked if one.person_id != turn.here.person_id]
    reply = await _look_again(turn, shown)
    return replace(reply, notices=await requests.notices(turn, shown, others))


async def _look_again(turn: Turn, found: Approval) -> Reply:
    maker = await papers.maker_said(turn.db, found, turn.zone, turn.now)
    content = papers.asked(found, maker, turn.zone, say("approval-changed"))
    return Reply(lines=content.lines, buttons=content.buttons, edit=True)


async def _failed(turn: Turn, number: int, refusal: Refusal) -> Reply:
    """Close what can never succeed any more; its maker reads why."""
    failed = await queue.fail(turn.db, number=number, voter=turn.here, at=turn.now, keys=turn.keys)
    why, lines = forms.as_said(refusal), papers.lines_of(failed)
    notices: tuple[Notice, ...] = ()
    if failed.maker_person is not None:
        told = say("approval-failed-told", number=number, name=turn.here.name)
        notices = (requests.told(failed.maker_person, told, why, *lines),)
    return Reply(
        lines=(why, say("approval-failed", number=number), *lines), edit=True, notices=notices
    )


async def _done(turn: Turn, decided: Decided) -> Reply:
    approval = decided.approval
    lines, notices = await approvals_told.TOLD[approval.kind](turn, decided)
    head = say("approval-yes-told", number=approval.number, name=approvals_told.names_of(decided))
    maker = approval.maker_person
    if maker is not None and maker not in {notice.person_id for notice in notices}:
        notices = (requests.told(maker, head, *lines), *notices)
    return Reply(lines=lines, edit=True, notices=notices)


async def _first_of_two(turn: Turn, decided: Decided) -> Reply:
    approval = decided.approval
    whom = requests.whom(decided.eligible)
    notices = await requests.notices(turn, approval, decided.eligible)
    if approval.maker_person is not None:
        name = approvals_told.names_of(decided)
        told = say("approval-first-yes-told", number=approval.number, name=name)
        notices = (requests.told(approval.maker_person, told, whom), *notices)
    lines = (say("approval-first-yes", number=approval.number), *papers.lines_of(approval), whom)
    return Reply(lines=lines, edit=True, notices=notices)


async def _ask_reason(turn: Turn, number: int) -> Reply:
    """Ask why not: some reasons are offered, any other is typed."""
    try:
        await queue.to_be_decided(turn.db, number=number, **_who(turn))
    except _OVER as refusal:
        return Reply(lines=(forms.as_said(refusal),), edit=True)
    extra: dict[str, Any] = {"approval": number, "koperasi_id": turn.koperasi_id}
    if turn.incoming.button is not None:
        extra["message"] = turn.incoming.message
    mark = f"a:{turn.koperasi_id}:{number}"
    choices = tuple(button(f"approval-no-{one}", f"{mark}:{one}") for one in _REASONS)
    asked = forms.ask(turn, Draft(extra=extra), ASKING, say("approval-why-not", number=number))
    assert asked.state is not None
    assert asked.state.form is not None
    data = tuple(one.data for one in choices)
    form = replace(asked.state.form, choices=data, before=_left_open(turn))
    return replace(
        asked,
        buttons=(*((one,) for one in choices), *asked.buttons),
        state=asked.state.asking(form),
    )


def _left_open(turn: Turn) -> Form | None:
    """Keep the form a question in between left open."""
    form = turn.state.form
    return form.before if form and form.asking == ASKING else form


async def reason_said(turn: Turn, form: Form, text: str) -> Reply:
    """Take a typed reason; a request that is nobody's of this chat any more is asked about no longer."""
    closed = turn.state.asking(form.before)
    if form.draft.extra["koperasi_id"] != turn.koperasi_id:
        return Reply(lines=(say("button-old"),), state=closed)
    reason = one_line(text)
    if reason is None or sum(letter.isalpha() for letter in reason) < 4:
        return forms.ask(turn, form.draft, ASKING, say("approval-why-not-again"))
    try:
        await queue.to_be_decided(turn.db, number=form.draft.extra["approval"], **_who(turn))
    except _OVER:
        pass  # Said below, with the reply to the reason.
    except (NotYourApproval, OwnApproval) as refusal:
        return Reply(lines=(forms.as_said(refusal),), state=closed)
    reply = replace(await _rejected(turn, form.draft.extra["approval"], reason), edit=False)
    message = form.draft.extra.get("message")
    if message is None:
        return reply
    plain = Replacement(content=Content(lines=()), message=message)
    return replace(reply, replaces=(plain,))


async def _rejected(turn: Turn, number: int, reason: str) -> Reply:
    form = turn.state.form
    state = turn.state
    if form is not None and form.asking == ASKING:
        state = state.asking(form.before)
    try:
        decided = await queue.reject(turn.db, number=number, reason=reason, **_who(turn))
    except _OVER as refusal:
        return Reply(lines=(forms.as_said(refusal),), edit=True, state=state)
    approval = decided.approval
    because, lines = say("approval-because", reason=reason), papers.lines_of(approval)
    notices: tuple[Notice, ...] = ()
    if approval.maker_person is not None:
        told = say("approval-no-told", number=number, name=turn.here.name)
        notices = (requests.told(approval.maker_person, told, because, *lines),)
        notices += loan_told.of_rejection(approval, told, because, *lines)
    return Reply(
        lines=(say("approval-no", number=number), because, *lines),
        edit=True,
        state=state,
        notices=notices,
    )


async def _withdrawn(turn: Turn, number: int) -> Reply:
    """The maker takes a request back; who was asked is told."""
    try:
        done = await queue.withdraw(
            turn.db, number=number, maker=turn.here, at=turn.now, keys=turn.keys
        )
    except _OVER as refusal:
        return Reply(lines=(forms.as_said(refusal),), edit=True)
    votes = await queue.votes_of(turn.db, done, turn.keys)
    voted = [vote.person_id for vote in votes]
    asked = await queue.eligible(turn.db, done, today=requests.today(turn), voted=voted)
    told = say("approval-withdrawn-told", number=number, name=turn.here.name)
    notices = tuple(requests.told(one.person_id, told) for one in asked if one.chat)
    lines = (say("approval-withdrawn", number=number), *papers.lines_of(done))
    return Reply(lines=lines, edit=True, notices=notices)


async def listing(turn: Turn) -> Reply:
    """/persetujuan: what waits for me, and what I asked for."""
    who = _who(turn)
    mine = await waiting.pending(turn.db, **who)
    everything = await waiting.every(
        turn.db, koperasi_id=turn.koperasi_id, at=turn.now, keys=turn.keys
    )
    asked = [one for one in everything if one.maker_person == turn.here.person_id]
    lines = [say("approvals-mine" if mine else "approvals-none")]
    lines.extend(_row(turn, one) for one in mine[:_SHOWN])
    if asked:
        lines.append(say("approvals-asked"))
        lines.extend(_row(turn, one) for one in asked[:_SHOWN])
    shown = (*mine[:_SHOWN], *asked[:_SHOWN])
    if shown:
        lines.append(say("approvals-how"))
    if Role.PENGAWAS in turn.here.roles:  # Reads what others decide.
        others = [one for one in everything if one not in shown][:_SHOWN]
        lines += [say("approvals-others")] if others else []
        lines.extend(_row(turn, one) for one in others)
        shown += tuple(others)
    wished, below = await wishes.queue(turn)
    return Reply(
        lines=(*lines, *wished),
        buttons=below
        + tuple(
            (
                button(
                    "button-see-request",
                    f"a:{one.koperasi_id}:{one.number}:s",
                    number=one.number,
                    what=_what(one),
                ),
            )
            for one in shown
        ),
    )


def _row(turn: Turn, approval: Approval) -> Say:
    until = papers.until(approval, turn.zone)
    return say("approvals-row", number=approval.number, what=_what(approval), on=until)


def _what(approval: Approval) -> str:
    """Name the operation as its card does, in plain words: they stand in a line and on a button."""
    first = unpack(approval.shown["lines"])[0]
    return words.plain(texts.render(first.key, first.facts))


async def _shown(turn: Turn, number: int) -> Reply:
    """Show a request: to who may decide it with its buttons, to its maker with the way back, to pengawas to read."""
    found = await queue.read(turn.db, koperasi_id=turn.koperasi_id, number=number, keys=turn.keys)
    if found.state is State.WAITING and found.maker_person == turn.here.person_id:
        votes = await queue.votes_of(turn.db, found, turn.keys)
        voted = [vote.person_id for vote in votes]
        asked = await queue.eligible(turn.db, found, today=requests.today(turn), voted=voted)
        again = asking.Submitted(approval=found, eligible=asked, repeated=True)
        return replace(await requests.waits(turn, again), edit=False)
    try:
        await queue.to_be_decided(turn.db, number=number, **_who(turn))
    except _OVER as refusal:
        if turn.here.person_id not in found.concerned and not turn.here.roles:
            raise NotYourApproval(number=number, who=who_may(Action.APPROVE)) from refusal
        return Reply(lines=(forms.as_said(refusal),))
    except NotYourApproval:
        if Role.PENGAWAS not in turn.here.roles:
            raise
        return Reply(lines=(await _asked(turn, found)).lines)
    content = await _asked(turn, found)
    return Reply(lines=content.lines, buttons=content.buttons)


async def _asked(turn: Turn, found: Approval) -> Content:
    maker = await papers.maker_said(turn.db, found, turn.zone, turn.now)
    return papers.asked(found, maker, turn.zone)
