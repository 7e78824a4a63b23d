"""What waits for a second person: the request as kept, what an executor is given, and the refusals."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import people
from core.errors import Refusal
from core.identities import Chat
from core.people import Member, Standing
from core.permissions import Action
from core.sealing import Keys


class State(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"  # approved, but it could never succeed any more


class NoSuchApproval(Refusal):
    """The cooperative has no request of that number. Facts: number."""

    text = "refusal-no-such-approval"


class NotYourApproval(Refusal):
    """Only who is asked decides, from the own chat. Facts: number, who."""

    text = "refusal-not-your-approval"


class OwnApproval(Refusal):
    """Nobody decides the own request, nor what concerns the own money. Facts: number, who."""

    text = "refusal-own-approval"


class VotedBefore(Refusal):
    """Of two who are needed each says it once. Facts: number, who (is still needed)."""

    text = "refusal-voted-before"


class DecidedBefore(Refusal):
    """A request is decided once: this one was approved. Facts: number, by."""

    text = "refusal-approved-before"


class RejectedBefore(DecidedBefore):
    """A request is decided once: this one was rejected. Facts: number, by."""

    text = "refusal-rejected-before"


class WithdrawnBefore(DecidedBefore):
    """A request is decided once: its maker took this one back. Facts: number."""

    text = "refusal-withdrawn-before"


class FailedBefore(DecidedBefore):
    """A request is decided once: this one could never succeed any more. Facts: number."""

    text = "refusal-failed-before"


class AlreadyAsked(Refusal):
    """The same thing waits already; one request is enough. Facts: number, who (decides it)."""

    text = "refusal-already-asked"


class ApprovalExpired(Refusal):
    """A request waits so many days, then it must be made anew. Facts: number, on."""

    text = "refusal-approval-expired"


class MakerLeft(Refusal):
    """Who asked holds the office no more: somebody else must ask. Facts: number."""

    text = "refusal-maker-left"


class NotYourRequest(Refusal):
    """A request is withdrawn by its maker alone. Facts: number."""

    text = "refusal-not-your-request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request as it is kept. `facts` are the operation's, `shown` is what the card and its approver read."""

    koperasi_id: int
    number: int
    kind: str
    operation: str
    on: date  # the card's date
    source: str
    maker: str  # as entries name the recorder
    maker_person: int | None
    chat: Chat | None  # where the maker asked
    member_id: int | None
    loan_id: int | None
    barred: tuple[int, ...]
    voter: str  # officer (a ketua first), any-officer, member, or ketua-pengawas: one of each
    needed: int
    state: State
    made_at: datetime
    expires_at: datetime
    reminded_at: datetime | None
    decided_at: datetime | None
    facts: Mapping[str, Any] = field(repr=False)
    shown: Any = field(repr=False)

    @property
    def concerned(self) -> frozenset[int]:
        """Name the persons who may not decide it."""
        beneficiary = self.member_id if self.voter != "member" else None
        return frozenset(
            one for one in (self.maker_person, beneficiary, *self.barred) if one is not None
        )


def seal(facts: Mapping[str, Any], shown: Any, keys: Keys) -> bytes:
    """Encrypt what a request is about."""
    return keys.seal(json.dumps([dict(facts), shown], separators=(",", ":")).encode())


def of_row(row: Any, keys: Keys) -> Approval:
    """Read a row of the table; `row` holds its columns by name."""
    facts, shown = json.loads(keys.unseal(row.request_sealed))
    return Approval(
        koperasi_id=row.koperasi_id,
        number=row.number,
        kind=row.kind,
        operation=row.operation,
        on=row.on,
        source=row.source,
        maker=row.maker,
        maker_person=row.maker_person,
        chat=(row.channel, row.account, row.chat) if row.channel else None,
        member_id=row.member_id,
        loan_id=row.loan_id,
        barred=tuple(row.barred),
        voter=row.voter,
        needed=row.needed,
        state=State(row.state),
        made_at=row.made_at,
        expires_at=row.expires_at,
        reminded_at=row.reminded_at,
        decided_at=row.decided_at,
        facts=facts,
        shown=shown,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an executor is given at the moment of the last approval."""

    db: AsyncConnection
    approval: Approval
    facts: Mapping[str, Any] = field(repr=False)
    maker: Standing | None  # as of today; None: the clock asked
    voter: Standing
    approvers: tuple[str, ...]  # as entries name them, in the order of their votes
    on: date  # the card's date: the entry's
    today: date  # of the decision
    at: datetime
    keys: Keys
    source: str

    @property
    def approver(self) -> str:
        """Name the approvers as an entry keeps them."""
        return ",".join(self.approvers)

    @property
    def officer(self) -> Standing:
        """Return the maker, where only officers ask."""
        assert self.maker is not None, self.approval.kind
        return self.maker

    async def member(self) -> Member:
        """Read the member whose money it is, where it is a member's."""
        assert self.approval.member_id is not None, self.approval.number
        return await people.member(
            self.db, koperasi_id=self.approval.koperasi_id, member_id=self.approval.member_id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What a kind is told when its request is rejected, withdrawn or lapses."""

    db: AsyncConnection
    approval: Approval
    state: State
    because: str | None  # the reason of a rejection
    by: str  # who rejected or withdrew, as entries name them; 'clock'
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is done with a request of this kind; `action` is what its maker must still be allowed."""

    execute: Callable[[Context], Awaitable[Any]]
    action: Action | None = None  # none: a member may ask
    subject: Callable[[Mapping[str, Any], int | None], str] | None = (
        None  # of facts and loan: what only one request may wait for
    )
    reject: Callable[[Dropped], Awaitable[None]] | None = None
    lapse: Callable[[Dropped], Awaitable[None]] | None = None  # withdrawn or expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one person said of a request."""

    person_id: int
    name: str
    approved: bool
    reason: str | None = field(repr=False)
    at: datetime
