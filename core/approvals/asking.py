"""Asking for a second person: a request is written down, once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import approvers, cooperatives, rules
from core.approvals import queue, request
from core.approvals.kinds import KINDS
from core.approvals.request import AlreadyAsked, Approval, State
from core.approvers import Eligible
from core.identities import Chat
from core.people import Standing
from core.sealing import Keys
from core.tables.approvals import approvals


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A request that waits, and who may decide it; `repeated` when this card had asked before."""

    approval: Approval
    eligible: tuple[Eligible, ...]
    repeated: bool


async def submit(
    db: AsyncConnection,
    *,
    maker: Standing | None,
    chat: Chat | None,
    kind: str,
    facts: Mapping[str, Any],
    shown: Any,
    operation: str,
    on: date,
    today: date,
    at: datetime,
    keys: Keys,
    koperasi_id: int | None = None,
    member_id: int | None = None,
    loan_id: int | None = None,
    barred: Collection[int] = (),
    needed: int = 1,
    voter: str = "officer",
) -> Submitted:
    """Ask for a second person; nothing is recorded until it is approved.

    `maker` None is the clock's (then `koperasi_id` is given). `operation` is the card's id: asked again
    it returns the first request. `on` is the card's date, kept for the entry. `barred` are persons
    besides maker and member who may not decide: the recorder of an entry to be reversed, an applicant.
    Refuses AlreadyAsked while the same thing waits.
    """
    assert kind in KINDS, kind
    assert needed in (1, 2), needed
    here = maker.cooperative.id if maker else koperasi_id
    assert here is not None
    before = await queue.find(db, here, keys, approvals.c.operation == operation)
    if before is not None:
        asked = await queue.eligible(db, before, today=today, voted=())
        return Submitted(approval=before, eligible=asked, repeated=True)
    rule = maker.rules.on(today) if maker else await rules.in_force(db, here, today)
    number = await cooperatives.take_ids(db, here, "approval")  # from here on one after the other
    subject = _subject(kind, facts, loan_id)
    await require_unasked(
        db, koperasi_id=here, kind=kind, facts=facts, loan_id=loan_id, today=today, at=at, keys=keys
    )
    await db.execute(
        approvals.insert().values(
            koperasi_id=here,
            number=number,
            kind=kind,
            operation=operation,
            request_sealed=request.seal(facts, shown, keys),
            on=on,
            **_made_by(maker, chat),
            member_id=member_id,
            loan_id=loan_id,
            subject=subject,
            barred=sorted(set(barred)),
            voter=voter,
            needed=needed,
            state=State.WAITING.value,
            made_at=at,
            expires_at=at + timedelta(days=rule.approval_days),
        )
    )
    made = await queue.read(db, koperasi_id=here, number=number, keys=keys)
    return Submitted(
        approval=made,
        eligible=await queue.eligible(db, made, today=today, voted=()),
        repeated=False,
    )


def _made_by(maker: Standing | None, chat: Chat | None) -> dict[str, Any]:
    channel, account, name = chat or (None, None, None)
    return {
        "source": channel or queue.CLOCK,
        "maker": maker.recorder if maker else queue.CLOCK,
        "maker_person": maker.person_id if maker else None,
        "channel": channel,
        "account": account,
        "chat": name,
    }


def _subject(kind: str, facts: Mapping[str, Any], loan_id: int | None) -> str | None:
    named = KINDS[kind].subject
    return None if named is None else named(facts, loan_id)


async def require_unasked(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    kind: str,
    facts: Mapping[str, Any],
    loan_id: int | None,
    today: date,
    at: datetime,
    keys: Keys,
) -> None:
    """Refuse to ask for what waits already: AlreadyAsked. One that is past its time lapses here."""
    subject = _subject(kind, facts, loan_id)
    if subject is None:
        return
    same = (approvals.c.subject == subject) & (approvals.c.state == State.WAITING.value)
    first = await queue.find(db, koperasi_id, keys, same, lock=True)
    if first is None:
        return
    if first.expires_at <= at:
        await queue.drop(db, first, State.EXPIRED, by=queue.CLOCK, at=at)
        return
    asked = await queue.eligible(db, first, today=today, voted=())
    raise AlreadyAsked(number=first.number, who=approvers.named(asked))
