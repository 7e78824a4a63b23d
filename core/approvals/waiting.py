"""What waits: for everybody to read, for one to decide; the clock lets it lapse and reminds of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.approvals import queue, request
from core.approvals.request import Approval, State
from core.approvers import Eligible
from core.identities import Chat
from core.people import Standing
from core.sealing import Keys
from core.tables.approvals import approvals

REMINDED_EVERY = timedelta(days=1)
_MOST = 500  # requests looked at in one go


async def every(
    db: AsyncConnection, *, koperasi_id: int, at: datetime, keys: Keys, limit: int = 50
) -> list[Approval]:
    """List what waits, oldest first."""
    rows = await db.execute(
        select(approvals)
        .where(
            approvals.c.koperasi_id == koperasi_id,
            approvals.c.state == State.WAITING.value,
            approvals.c.expires_at > at,
        )
        .order_by(approvals.c.number)
        .limit(limit)
    )
    return [request.of_row(row, keys) for row in rows]


async def of_loan(
    db: AsyncConnection, *, koperasi_id: int, kind: str, loan_id: int, at: datetime, keys: Keys
) -> Approval | None:
    """Find the one request of a kind that waits about a loan, where only one may."""
    which = (
        (approvals.c.subject == f"{kind}/{loan_id}")
        & (approvals.c.state == State.WAITING.value)
        & (approvals.c.expires_at > at)
    )
    return await queue.find(db, koperasi_id, keys, which)


async def pending(
    db: AsyncConnection,
    *,
    voter: Standing,
    chat: Chat | None,
    today: date,
    at: datetime,
    keys: Keys,
) -> list[Approval]:
    """List what waits for this person's decision, oldest first."""
    mine: list[Approval] = []
    for one in await every(db, koperasi_id=voter.cooperative.id, at=at, keys=keys):
        votes = await queue.votes_of(db, one, keys)
        asked = await queue.eligible(db, one, today=today, voted=[vote.person_id for vote in votes])
        if voter.person_id in {person.person_id for person in asked} and chat != one.chat:
            mine.append(one)
    return mine


async def expire(
    db: AsyncConnection, *, koperasi_id: int, at: datetime, keys: Keys
) -> list[Approval]:
    """Let lapse what waited too long; returns it, each once."""
    rows = await db.execute(
        select(approvals)
        .where(
            approvals.c.koperasi_id == koperasi_id,
            approvals.c.state == State.WAITING.value,
            approvals.c.expires_at <= at,
        )
        .order_by(approvals.c.number)
        .limit(_MOST)
        .with_for_update(skip_locked=True)
    )
    lapsed = [request.of_row(row, keys) for row in rows.all()]
    return [await queue.drop(db, one, State.EXPIRED, by=queue.CLOCK, at=at) for one in lapsed]


async def remind(
    db: AsyncConnection, *, koperasi_id: int, today: date, at: datetime, keys: Keys
) -> list[tuple[Approval, tuple[Eligible, ...]]]:
    """Name what has waited a day since it was asked or last reminded of, with who may decide it by now.

    While nobody of them has a chat it counts as not reminded of: who links is reminded at the next look.
    """
    last = approvals.c.reminded_at
    rows = await db.execute(
        select(approvals)
        .where(
            approvals.c.koperasi_id == koperasi_id,
            approvals.c.state == State.WAITING.value,
            approvals.c.expires_at > at,
            approvals.c.made_at <= at - REMINDED_EVERY,
            last.is_(None) | (last <= at - REMINDED_EVERY),
        )
        .order_by(approvals.c.number)
        .limit(_MOST)
        .with_for_update(skip_locked=True)
    )
    due = [request.of_row(row, keys) for row in rows.all()]
    found = []
    for one in due:
        votes = await queue.votes_of(db, one, keys)
        voted = [vote.person_id for vote in votes]
        asked = await queue.eligible(db, one, today=today, voted=voted)
        if any(person.chat for person in asked):
            found.append((one, asked))
            await db.execute(queue.row_of(one).values(reminded_at=at))
    return found
