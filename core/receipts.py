"""Receipts with a countersign: what a member was told of an entry, and what the member answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.errors import Refusal
from core.money import Rupiah
from core.sealing import Keys
from core.tables.savings import receipts

WAITS_FOR_LINKING = timedelta(days=30)
CODE_LENGTH = 8  # of 32 letters: one in a million million is guessed within a cooperative


class State(StrEnum):
    """Where a receipt stands."""

    NO_CHAT = "no-chat"  # the member has no chat, or it could not be reached
    SENT = "sent"  # on its way
    DELIVERED = "delivered"  # the channel took it
    CONFIRMED = "confirmed"  # BENAR
    DISPUTED = "disputed"  # BUKAN


class Answer(StrEnum):
    """What a member says of a receipt."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class NotYourReceipt(Refusal):
    """A receipt is answered by its member alone."""

    text = "refusal-not-your-receipt"


class AnsweredBefore(Refusal):
    """A receipt is answered once; a confirmed one may still be disputed. Facts: answer."""

    text = "refusal-answered-before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt as both sides hold it. Money in rupiah."""

    entry: int
    member_id: int
    member: str
    number: str
    officer_id: int | None
    code: str
    kind: str
    amount: Rupiah
    before: Rupiah
    balance: Rupiah
    on: date
    witness: bool
    state: State


def check_code(keys: Keys, koperasi_id: int, entry: int, entry_hash: bytes) -> str:
    """Make the short code that only the book's keeper can make: bound to the entry's content."""
    return keys.code("receipt", f"{koperasi_id}/{entry}/{entry_hash.hex()}", CODE_LENGTH)


async def make(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    entry: int,
    member_id: int,
    officer_id: int | None,
    code: str,
    kind: str,
    amount: Rupiah,
    before: Rupiah,
    balance: Rupiah,
    outbox_id: UUID | None,
    witness: bool,
    at: datetime,
) -> None:
    """Write down what the member is told of an entry."""
    raw = await database.driver(db)
    await raw.execute(
        "INSERT INTO receipts (koperasi_id, entry, member_id, officer_id, code, kind, amount,"
        " balance_before, balance, outbox_id, witness, made_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        koperasi_id,
        entry,
        member_id,
        officer_id,
        code,
        kind,
        amount,
        before,
        balance,
        outbox_id,
        witness,
        at,
    )


_RECEIPTS = """
SELECT r.entry, r.member_id, p.name, m.number, r.officer_id, r.code, r.kind, r.amount,
       r.balance_before, r.balance, e."on", r.witness, r.answer, r.outbox_id, o.state
  FROM receipts r
  JOIN ledger.entries e ON e.koperasi_id = r.koperasi_id AND e.number = r.entry
  JOIN members m ON m.koperasi_id = r.koperasi_id AND m.id = r.member_id
  JOIN people p ON p.koperasi_id = r.koperasi_id AND p.id = r.member_id
  LEFT JOIN outbox o ON o.koperasi_id = r.koperasi_id AND o.id = r.outbox_id
 WHERE r.koperasi_id = :koperasi_id AND {condition}
 ORDER BY r.entry DESC LIMIT :limit
"""


async def _read(
    db: AsyncConnection, koperasi_id: int, condition: str, limit: int = 1, **values: object
) -> list[Receipt]:
    rows = await db.execute(
        text(_RECEIPTS.format(condition=condition)),
        {"koperasi_id": koperasi_id, "limit": limit, **values},
    )
    return [
        Receipt(
            entry=row.entry,
            member_id=row.member_id,
            member=row.name,
            number=row.number,
            officer_id=row.officer_id,
            code=row.code,
            kind=row.kind,
            amount=row.amount,
            before=row.balance_before,
            balance=row.balance,
            on=row.on,
            witness=row.witness,
            state=_state(row.answer, row.state),
        )
        for row in rows
    ]


def _state(answer: str | None, outbox_state: str | None) -> State:
    if answer is not None:
        return State(answer)
    if outbox_state == "sent":
        return State.DELIVERED
    if outbox_state in ("waiting", "claimed", "unknown", "held"):
        return State.SENT
    return State.NO_CHAT


async def of_entry(db: AsyncConnection, *, koperasi_id: int, entry: int) -> Receipt | None:
    """Read the receipt of an entry."""
    found = await _read(db, koperasi_id, "r.entry = :entry", entry=entry)
    return found[0] if found else None


async def by_code(db: AsyncConnection, *, koperasi_id: int, code: str) -> Receipt | None:
    """Find a receipt by its check code, blanks, dashes and case ignored."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    found = await _read(db, koperasi_id, "r.code = :code", code=plain)
    return found[0] if found else None


async def newest(db: AsyncConnection, *, koperasi_id: int, member_id: int) -> Receipt | None:
    """Find the newest receipt of a member."""
    found = await _read(db, koperasi_id, "r.member_id = :member_id", member_id=member_id)
    return found[0] if found else None


async def newest_unanswered(
    db: AsyncConnection, *, koperasi_id: int, member_id: int
) -> Receipt | None:
    """Find the newest receipt a member has not answered: what a typed BUKAN alone means."""
    found = await _read(
        db,
        koperasi_id,
        "r.member_id = :member_id AND r.answer IS NULL",
        member_id=member_id,
    )
    return found[0] if found else None


async def answer(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    entry: int,
    member_id: int,
    answer: Answer,
    own_chat: bool,
    at: datetime,
) -> Receipt:
    """Keep a member's answer to a receipt, returned as it stood before; BUKAN reverses nothing by itself.

    An answer that comes from the recorder's own chat (`own_chat`) is no witness and is marked so.
    Raises NotYourReceipt, or AnsweredBefore unless a confirmed receipt is now disputed.
    """
    await db.execute(  # The member's other chat may answer at this moment.
        select(receipts.c.entry)
        .where(receipts.c.koperasi_id == koperasi_id, receipts.c.entry == entry)
        .with_for_update()
    )
    found = await of_entry(db, koperasi_id=koperasi_id, entry=entry)
    if found is None or found.member_id != member_id:
        raise NotYourReceipt
    if found.state is State.DISPUTED or found.state.value == answer.value:
        raise AnsweredBefore(entry=entry, answer=found.state.value)
    await db.execute(
        update(receipts)
        .where(receipts.c.koperasi_id == koperasi_id, receipts.c.entry == entry)
        .values(
            answer=answer.value,
            answered_at=at,
            witness=receipts.c.witness & literal(not own_chat),
        )
    )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """Cash an officer recorded and what of it members confirmed: a sign of theft when it stays low."""

    officer_id: int
    officer: str
    receipts: int
    amount: Rupiah
    confirmed: Rupiah
    disputed: Rupiah
    no_witness: Rupiah  # no chat, or it went to the recorder's own chat

    @property
    def unconfirmed_percent(self) -> int:
        """The share of the amount that no member confirmed, in whole per cent."""
        left = self.amount - self.confirmed
        return (200 * left + self.amount) // (2 * self.amount) if self.amount else 0


async def unconfirmed_by_officer(
    db: AsyncConnection, *, koperasi_id: int, since: date
) -> list[Unconfirmed]:
    """Add up per officer what members confirmed of the cash recorded since a day."""
    rows = await db.execute(
        text(
            "SELECT r.officer_id, p.name, count(*) AS receipts, sum(r.amount)::bigint AS amount,"
            " coalesce(sum(r.amount) FILTER (WHERE r.answer = 'confirmed' AND r.witness), 0)::bigint"
            " AS confirmed,"
            " coalesce(sum(r.amount) FILTER (WHERE r.answer = 'disputed'), 0)::bigint AS disputed,"
            " coalesce(sum(r.amount) FILTER (WHERE NOT r.witness OR (r.answer IS NULL AND"
            " (o.id IS NULL OR o.state IN ('unaddressed', 'failed', 'expired', 'cancelled')))), 0)::bigint"
            " AS no_witness"
            " FROM receipts r"
            " JOIN ledger.entries e ON e.koperasi_id = r.koperasi_id AND e.number = r.entry"
            " JOIN people p ON p.koperasi_id = r.koperasi_id AND p.id = r.officer_id"
            " LEFT JOIN outbox o ON o.koperasi_id = r.koperasi_id AND o.id = r.outbox_id"
            ' WHERE r.koperasi_id = :koperasi_id AND e."on" >= :since'
            " AND NOT EXISTS (SELECT FROM ledger.entries v"
            "   WHERE v.koperasi_id = e.koperasi_id AND v.reverses = e.number)"
            " GROUP BY r.officer_id, p.name ORDER BY p.name LIMIT 100"
        ),
        {"koperasi_id": koperasi_id, "since": since},
    )
    return [
        Unconfirmed(
            officer_id=row.officer_id,
            officer=row.name,
            receipts=row.receipts,
            amount=row.amount,
            confirmed=row.confirmed,
            disputed=row.disputed,
            no_witness=row.no_witness,
        )
        for row in rows
    ]
