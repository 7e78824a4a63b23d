"""The queue of requests: made, approved, rejected, withdrawn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import approvers, people, permissions
from core.approvals import request
from core.approvals.kinds import KINDS
from core.approvals.request import (
    Approval,
    ApprovalExpired,
    Context,
    DecidedBefore,
    Dropped,
    FailedBefore,
    MakerLeft,
    NoSuchApproval,
    NotYourApproval,
    NotYourRequest,
    OwnApproval,
    RejectedBefore,
    State,
    Vote,
    VotedBefore,
    WithdrawnBefore,
)
from core.approvers import Eligible
from core.identities import Chat
from core.people import Standing
from core.permissions import Action, may
from core.sealing import Keys
from core.tables.approvals import approval_votes, approvals
from core.tables.people import people as people_table
from core.treasury import held

CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a vote did: `done` with the operation's `result`, or `eligible` are those still needed."""

    approval: Approval
    votes: tuple[Vote, ...]
    done: bool
    result: Any = None
    eligible: tuple[Eligible, ...] = ()

    @property
    def still_needed(self) -> int:
        """How many approvals are missing."""
        return self.approval.needed - sum(vote.approved for vote in self.votes)


async def eligible(
    db: AsyncConnection, approval: Approval, *, today: date, voted: Collection[int]
) -> tuple[Eligible, ...]:
    """List who may decide a request now."""
    chats = (approval.chat,) if approval.chat else ()
    if approval.voter == "member":
        assert approval.member_id is not None, approval.number
        return await approvers.member(
            db,
            koperasi_id=approval.koperasi_id,
            member_id=approval.member_id,
            on=today,
            barred=approval.concerned - {approval.member_id},
            chats=chats,
        )
    asked = _ASKED[approval.voter]
    return await asked(
        db,
        koperasi_id=approval.koperasi_id,
        on=today,
        barred=approval.concerned,
        chats=chats,
        voted=voted,
    )


_ASKED = {
    "officer": approvers.officers,
    "any-officer": approvers.any_officer,
    "ketua-pengawas": approvers.ketua_and_pengawas,
}


async def approve(
    db: AsyncConnection,
    *,
    number: int,
    voter: Standing,
    chat: Chat | None,
    today: date,
    at: datetime,
    keys: Keys,
) -> Decided:
    """Say yes; the last yes that is needed executes the operation, once, as of this moment.

    The entry keeps the maker as recorder, the voters as approvers and the card's date. Refuses
    NoSuchApproval, DecidedBefore, ApprovalExpired, OwnApproval, NotYourApproval, VotedBefore, MakerLeft
    and whatever the operation refuses now: then nothing is recorded and the request waits on; the
    caller's savepoint must be rolled back.
    """
    found, votes = await to_be_decided(
        db, number=number, voter=voter, chat=chat, today=today, at=at, keys=keys
    )
    await _vote(db, found, voter, approved=True, reason=None, at=at, keys=keys)
    votes = (*votes, _said(voter, approved=True, reason=None, at=at))
    if sum(vote.approved for vote in votes) < found.needed:
        voted = [vote.person_id for vote in votes]
        more = await eligible(db, found, today=today, voted=voted)
        return Decided(approval=found, votes=votes, done=False, eligible=more)
    kind = KINDS[found.kind]
    maker = None
    if found.maker_person is not None:
        maker = await people.standing(
            db, koperasi_id=found.koperasi_id, person_id=found.maker_person, on=today
        )
        if maker is None or (kind.action and not may(maker.roles, kind.action)):
            raise MakerLeft(number=number)
    result = await kind.execute(
        Context(
            db=db,
            approval=found,
            facts=found.facts,
            maker=maker,
            voter=voter,
            approvers=tuple(f"person:{vote.person_id}" for vote in votes),
            on=found.on,
            today=today,
            at=at,
            keys=keys,
            source=found.source,
        )
    )
    if (receipt := found.facts.get("held")) is not None:
        await held.settle(
            db, koperasi_id=found.koperasi_id, entry=receipt, operation=found.operation
        )
    done = await become(db, found, State.APPROVED, at)
    return Decided(approval=done, votes=votes, done=True, result=result)


async def reject(
    db: AsyncConnection,
    *,
    number: int,
    voter: Standing,
    chat: Chat | None,
    reason: str,
    today: date,
    at: datetime,
    keys: Keys,
) -> Decided:
    """Say no, and why; one no is enough. Refuses what approve refuses of the voter and the state."""
    assert reason.strip(), "a rejection says why"
    found, votes = await to_be_decided(
        db, number=number, voter=voter, chat=chat, today=today, at=at, keys=keys
    )
    await _vote(db, found, voter, approved=False, reason=reason, at=at, keys=keys)
    done = await become(db, found, State.REJECTED, at)
    if (told := KINDS[found.kind].reject) is not None:
        await told(dropped(db, done, because=reason, by=voter.recorder, at=at))
    votes = (*votes, _said(voter, approved=False, reason=reason, at=at))
    return Decided(approval=done, votes=votes, done=True)


async def withdraw(
    db: AsyncConnection, *, number: int, maker: Standing, at: datetime, keys: Keys
) -> Approval:
    """Take a request back. Refuses NoSuchApproval, NotYourRequest, DecidedBefore, ApprovalExpired."""
    found = await read(db, koperasi_id=maker.cooperative.id, number=number, keys=keys, lock=True)
    if found.maker_person != maker.person_id:
        raise NotYourRequest(number=number)
    await _require_waiting(db, found, at, keys)
    return await drop(db, found, State.WITHDRAWN, by=maker.recorder, at=at)


async def fail(
    db: AsyncConnection, *, number: int, voter: Standing, at: datetime, keys: Keys
) -> Approval:
    """Close a request whose operation can never succeed any more; nothing is recorded.

    Refuses NoSuchApproval, DecidedBefore, ApprovalExpired.
    """
    found = await read(db, koperasi_id=voter.cooperative.id, number=number, keys=keys, lock=True)
    await _require_waiting(db, found, at, keys)
    return await drop(db, found, State.FAILED, by=voter.recorder, at=at)


async def drop(
    db: AsyncConnection, found: Approval, state: State, *, by: str, at: datetime
) -> Approval:
    """Let a request end without a decision, and tell its kind."""
    done = await become(db, found, state, at)
    if (told := KINDS[found.kind].lapse) is not None:
        await told(dropped(db, done, because=None, by=by, at=at))
    return done


async def read(
    db: AsyncConnection, *, koperasi_id: int, number: int, keys: Keys, lock: bool = False
) -> Approval:
    """Read a request, and hold it for this transaction with `lock`. Refuses NoSuchApproval."""
    found = await find(db, koperasi_id, keys, approvals.c.number == number, lock=lock)
    if found is None:
        raise NoSuchApproval(number=number)
    return found


async def find(
    db: AsyncConnection, koperasi_id: int, keys: Keys, which: Any, *, lock: bool = False
) -> Approval | None:
    """Read the one request of which a condition holds, and hold it with `lock`; none when there is none."""
    asked = select(approvals).where(approvals.c.koperasi_id == koperasi_id, which)
    row = (await db.execute(asked.with_for_update() if lock else asked)).one_or_none()
    return None if row is None else request.of_row(row, keys)


async def votes_of(db: AsyncConnection, approval: Approval, keys: Keys) -> tuple[Vote, ...]:
    """List who said what of a request, in that order."""
    rows = await db.execute(
        select(
            approval_votes.c.person_id,
            people_table.c.name,
            approval_votes.c.approved,
            approval_votes.c.reason_sealed,
            approval_votes.c.at,
        )
        .join(
            people_table,
            (people_table.c.koperasi_id == approval_votes.c.koperasi_id)
            & (people_table.c.id == approval_votes.c.person_id),
        )
        .where(
            approval_votes.c.koperasi_id == approval.koperasi_id,
            approval_votes.c.number == approval.number,
        )
        .order_by(approval_votes.c.at, approval_votes.c.person_id)
        .limit(2)
    )
    return tuple(
        Vote(person_id=person, name=name, approved=yes, reason=keys.unseal_text(why), at=at)
        for person, name, yes, why, at in rows
    )


async def to_be_decided(
    db: AsyncConnection,
    *,
    number: int,
    voter: Standing,
    chat: Chat | None,
    today: date,
    at: datetime,
    keys: Keys,
) -> tuple[Approval, tuple[Vote, ...]]:
    """Lock a request and let pass who may decide it now; refuses what approve refuses of voter and state."""
    found = await read(db, koperasi_id=voter.cooperative.id, number=number, keys=keys, lock=True)
    if not voter.roles and voter.person_id not in (found.maker_person, found.member_id):
        # Nor is it theirs to learn what became of it.
        raise NotYourApproval(number=number, who=permissions.who_may(Action.APPROVE))
    await _require_waiting(db, found, at, keys)
    votes = await votes_of(db, found, keys)
    voted = [vote.person_id for vote in votes]
    asked = await eligible(db, found, today=today, voted=voted)
    who = approvers.named(asked)
    if voter.person_id in voted:
        raise VotedBefore(number=number, who=who)
    if voter.person_id in found.concerned:
        raise OwnApproval(number=number, who=who)
    if voter.person_id not in {one.person_id for one in asked} or (chat and chat == found.chat):
        raise NotYourApproval(number=number, who=who)
    return found, votes


async def _require_waiting(db: AsyncConnection, found: Approval, at: datetime, keys: Keys) -> None:
    if found.state is State.EXPIRED or (found.state is State.WAITING and found.expires_at <= at):
        raise ApprovalExpired(number=found.number, on=found.expires_at.date())
    if found.state is State.WITHDRAWN:
        raise WithdrawnBefore(number=found.number)
    if found.state is State.FAILED:
        raise FailedBefore(number=found.number)
    if found.state is State.REJECTED:
        votes = await votes_of(db, found, keys)
        by = ", ".join(vote.name for vote in votes if not vote.approved) or "-"
        raise RejectedBefore(number=found.number, by=by)
    if found.state is not State.WAITING:
        votes = await votes_of(db, found, keys)
        by = ", ".join(vote.name for vote in votes if vote.approved) or "-"
        raise DecidedBefore(number=found.number, by=by)


async def _vote(
    db: AsyncConnection,
    found: Approval,
    voter: Standing,
    *,
    approved: bool,
    reason: str | None,
    at: datetime,
    keys: Keys,
) -> None:
    await db.execute(
        approval_votes.insert().values(
            koperasi_id=found.koperasi_id,
            number=found.number,
            person_id=voter.person_id,
            approved=approved,
            reason_sealed=keys.seal_text(reason),
            at=at,
        )
    )


def _said(voter: Standing, *, approved: bool, reason: str | None, at: datetime) -> Vote:
    return Vote(person_id=voter.person_id, name=voter.name, approved=approved, reason=reason, at=at)


def dropped(
    db: AsyncConnection, approval: Approval, *, because: str | None, by: str, at: datetime
) -> Dropped:
    """Say to a kind what became of its request."""
    return Dropped(db=db, approval=approval, state=approval.state, because=because, by=by, at=at)


async def show_anew(db: AsyncConnection, found: Approval, lines: Any, *, keys: Keys) -> Approval:
    """Keep other lines for a request to show; what it asks for stays, and it waits on for a vote on them."""
    assert found.state is State.WAITING, found.number
    shown = {**found.shown, "lines": lines, "anew": found.shown.get("anew", 0) + 1}
    sealed = request.seal(found.facts, shown, keys)
    await db.execute(row_of(found).values(request_sealed=sealed))
    return replace(found, shown=shown)


async def become(db: AsyncConnection, found: Approval, state: State, at: datetime) -> Approval:
    """Write a request's new state down."""
    await db.execute(row_of(found).values(state=state.value, decided_at=at))
    return replace(found, state=state, decided_at=at)


def row_of(found: Approval) -> Any:
    """Begin an update of a request's row."""
    return update(approvals).where(
        approvals.c.koperasi_id == found.koperasi_id, approvals.c.number == found.number
    )
