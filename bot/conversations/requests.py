"""Asking for a second person: what the maker reads, whom is asked, what the notices say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, button, say
from core.accounts import HELD
from core.approvals import asking
from core.approvals.asking import Submitted
from core.approvals.request import Approval
from core.approvers import Eligible
from core.calendar import business_date
from notifications import requests
from notifications.messages import Content, Purpose, Say


async def ask(
    turn: Turn,
    card: Card,
    *,
    kind: str,
    facts: Mapping[str, Any],
    lines: Sequence[Say],
    why: Sequence[Say],
    member_id: int | None = None,
    loan_id: int | None = None,
    barred: Collection[int] = (),
    needed: int = 1,
    voter: str = "officer",
) -> Reply:
    """Let a card wait for a second person instead of recording it; the card closes.

    `lines` are the card's, `why` says why one officer is not enough; both are read by the approver.
    `facts` are what the kind's executor takes (core.approvals.kinds), `barred` persons who may not decide
    besides the maker and the member.
    """
    submitted = await asking.submit(
        turn.db,
        maker=turn.here,
        chat=turn.incoming.chat.key,
        kind=kind,
        facts=dict(facts) | _held(card.draft),
        shown=requests.shown(lines, why),
        operation=card.id,
        on=card.draft.on or turn.today,
        today=today(turn),
        at=turn.now,
        keys=turn.keys,
        member_id=member_id,
        loan_id=loan_id,
        barred=barred,
        needed=needed,
        voter=voter,
    )
    reply = await waits(turn, submitted)
    state = turn.state.closing(card.id, f"waiting-{submitted.approval.number}")
    return reply.keeping(state)


def _held(draft: Draft) -> dict[str, int]:
    """Name the receipt whose money it is, where nobody could name it before (core.treasury.held)."""
    entry = draft.extra.get("held")
    return {"held": int(entry)} if entry and draft.extra.get("cash") == HELD else {}


def today(turn: Turn) -> date:
    """The day of the handling, which decides who holds which office and what is long ago."""
    return business_date(turn.now, turn.zone)


async def waits(turn: Turn, submitted: Submitted) -> Reply:
    """Tell the maker that it waits and for whom; owe the approvers their card."""
    made = submitted.approval
    mark = f"a:{made.koperasi_id}:{made.number}"
    return Reply(
        lines=(
            say("approval-waiting", number=made.number),
            *requests.lines_of(made),
            *requests.why_of(made),
            whom(submitted.eligible),
            say("approval-until", on=requests.until(made, turn.zone)),
        ),
        buttons=((button("button-withdraw", f"{mark}:w"),),),
        edit=True,
        notices=() if submitted.repeated else await notices(turn, made, submitted.eligible),
    )


def whom(eligible: Sequence[Eligible]) -> Say:
    """Say who is asked; where nobody of them is linked, who must link first."""
    if not eligible:
        return say("approval-nobody")
    linked = [one for one in eligible if one.chat]
    names = ", ".join(one.said for one in (linked or eligible)[:4])
    return say("approval-asked-of" if linked else "approval-nobody-linked", who=names)


async def notices(
    turn: Turn, approval: Approval, eligible: Sequence[Eligible]
) -> tuple[Notice, ...]:
    """Make the approvers' cards; who is not linked gets it on linking, while the request waits."""
    maker = await requests.maker_said(turn.db, approval, turn.zone, turn.now)
    content = requests.asked(approval, maker, turn.zone)
    left = max(1, (approval.expires_at - turn.now).days)
    return tuple(
        Notice(
            person_id=one.person_id,
            purpose=Purpose.APPROVAL,
            content=content,
            to=one.chat,
            keep_days=left,
        )
        for one in eligible
    )


def told(person_id: int, *lines: Say) -> Notice:
    """Tell somebody what became of a request."""
    return Notice(
        person_id=person_id, purpose=Purpose.NOTICE, content=Content(lines=lines), keep_days=30
    )
