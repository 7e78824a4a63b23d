"""Corrections: a wrong entry is kept and reversed by another; never changed, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import dues, ledger
from core.errors import Refusal
from core.ledger import AlreadyReversed, Entry, NoSuchEntry
from core.money import Rupiah
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.tables.ledger import accounts, entries

_BY_CHAT = ("deposit-", "withdraw-")  # what members hold; opening balances are the operator's


class OwnEntry(Refusal):
    """Nobody reverses the own entry alone. Facts: entry, who (may)."""

    text = "refusal-own-entry"


class OwnMoney(Refusal):
    """Nobody reverses what moved the own savings. Facts: member, who may."""

    text = "refusal-own-savings"


class NotByChat(Refusal):
    """Opening balances and the like are not reversed by chat. Facts: entry."""

    text = "refusal-not-by-chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry that may be reversed. Amount in rupiah; `account` is the member's, by its key."""

    number: int
    kind: str
    recorder: str
    amount: Rupiah
    member_id: int | None
    member: str | None
    member_number: str | None
    account: str | None


_ENTRY = text(
    "SELECT e.number, e.kind, e.recorder, e.reverses, r.number AS reversed_by,"
    " sum(p.amount)::bigint AS amount, min(a.member_id) AS member_id, min(a.key) AS account"
    " FROM ledger.entries e"
    " JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number"
    " LEFT JOIN ledger.accounts a ON a.koperasi_id = p.koperasi_id"
    "   AND a.id IN (p.debit, p.credit) AND a.member_id IS NOT NULL"
    " LEFT JOIN ledger.entries r ON r.koperasi_id = e.koperasi_id AND r.reverses = e.number"
    " WHERE e.koperasi_id = :koperasi_id AND e.number = :number"
    " GROUP BY e.number, e.kind, e.recorder, e.reverses, r.number"
)
_NAME = text(
    "SELECT p.name, m.number FROM people p JOIN members m ON m.koperasi_id = p.koperasi_id"
    " AND m.id = p.id WHERE p.koperasi_id = :koperasi_id AND p.id = :member_id"
)


async def reversible(db: AsyncConnection, *, koperasi_id: int, number: int) -> Recorded:
    """Read an entry that may be reversed. Refuses NoSuchEntry, AlreadyReversed, NotByChat."""
    row = (await db.execute(_ENTRY, {"koperasi_id": koperasi_id, "number": number})).one_or_none()
    if row is None:
        raise NoSuchEntry(number=number)
    if row.reversed_by is not None or row.reverses is not None:
        raise AlreadyReversed(by=row.reversed_by)
    if not row.kind.startswith(_BY_CHAT):
        raise NotByChat(entry=number)
    named = None
    if row.member_id is not None:
        named = (
            await db.execute(_NAME, {"koperasi_id": koperasi_id, "member_id": row.member_id})
        ).one_or_none()
    return Recorded(
        number=row.number,
        kind=row.kind,
        recorder=row.recorder,
        amount=row.amount,
        member_id=row.member_id,
        member=named.name if named else None,
        member_number=named.number if named else None,
        account=row.account,
    )


async def newest(db: AsyncConnection, *, koperasi_id: int) -> int | None:
    """Find the newest entry that is neither a reversal nor reversed."""
    found: int | None = await db.scalar(
        text(
            "SELECT e.number FROM ledger.entries e WHERE e.koperasi_id = :koperasi_id"
            " AND e.reverses IS NULL AND NOT EXISTS (SELECT FROM ledger.entries r"
            " WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)"
            " ORDER BY e.number DESC LIMIT 1"
        ),
        {"koperasi_id": koperasi_id},
    )
    return found


async def reverse(
    db: AsyncConnection,
    *,
    officer: Standing,
    number: int,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    reason: str,
) -> Entry:
    """Write the reverse of an entry of savings; the months it covered are owed again.

    Debits what was credited and credits what was debited. The reason is mandatory, once only, and
    by another officer than the recorder. Refuses NotAllowed, OwnEntry, OwnMoney, NotByChat and what ledger.post
    refuses.
    """
    if not may(officer.roles, Action.REVERSE):
        raise NotAllowed(who=who_may(Action.REVERSE))
    await _require_anothers(db, officer, number)
    entry = await ledger.reverse(
        db,
        number,
        koperasi_id=officer.cooperative.id,
        on=on,
        at=at,
        zone=officer.cooperative.zone,
        recorder=officer.recorder,
        source=source,
        operation=operation,
        reason=reason,
    )
    if not entry.repeated:
        await dues.take_back(
            db, koperasi_id=officer.cooperative.id, entry=number, reversal=entry.number
        )
    return entry


_TOUCHES = text(
    "SELECT EXISTS (SELECT FROM ledger.postings p JOIN ledger.accounts a"
    " ON a.koperasi_id = p.koperasi_id AND a.id IN (p.debit, p.credit)"
    " WHERE p.koperasi_id = :koperasi_id AND p.entry = :number AND a.member_id = :member)"
)


async def _require_anothers(db: AsyncConnection, officer: Standing, number: int) -> None:
    row = (
        await db.execute(
            select(entries.c.kind, entries.c.recorder, entries.c.reverses).where(
                entries.c.koperasi_id == officer.cooperative.id, entries.c.number == number
            )
        )
    ).one_or_none()
    if row is None:
        raise NoSuchEntry(number=number)
    if row.reverses is None and not row.kind.startswith(_BY_CHAT):
        raise NotByChat(entry=number)
    if row.recorder == officer.recorder:
        raise OwnEntry(entry=number, who=who_may(Action.REVERSE))
    if await db.scalar(
        _TOUCHES,
        {"koperasi_id": officer.cooperative.id, "number": number, "member": officer.person_id},
    ):
        raise OwnMoney(member=officer.name, who=who_may(Action.REVERSE))


async def balance_of(db: AsyncConnection, *, koperasi_id: int, key: str) -> Rupiah:
    """Read an account's balance by its key, in rupiah."""
    found = await db.scalar(
        select(accounts.c.balance).where(
            accounts.c.koperasi_id == koperasi_id, accounts.c.key == key
        )
    )
    return int(found or 0)
