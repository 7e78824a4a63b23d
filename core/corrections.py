"""Corrections: a wrong entry is kept and reversed by another; never changed, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import approvers, dues, everyday, leaving, ledger, term_savings
from core.accounts import PLACES, SUKARELA
from core.calendar import business_date
from core.errors import Refusal
from core.goods import consigned, counts, stock
from core.goods.shopping import TURNOVER
from core.ledger import AlreadyReversed, Entry, NoSuchEntry
from core.loans import undo
from core.money import Rupiah
from core.people import Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.tables.ledger import entries
from core.treasury import book as treasury
from core.treasury import events as treasury_events

# What members hold and owe; opening balances are the operator's.
_BY_CHAT = (
    "deposit-", "withdraw-", *(event.value for event in everyday.Event), *undo.KINDS,
    *(event.value for event in treasury_events.Event), counts.KIND,
)  # fmt: skip


class OwnEntry(Refusal):
    """Nobody reverses the own entry alone. Facts: entry, who (may)."""

    text = "refusal-own-entry"


class OwnApproved(OwnEntry):
    """Nobody reverses alone what the same person approved. Facts: entry, who (may)."""

    text = "refusal-own-approved"


class OwnMoney(Refusal):
    """Nobody reverses what moved the own savings. Facts: member, who may."""

    text = "refusal-own-savings"


class NeedsApproval(Refusal):
    """Who may not approve a reversal asks for it, another approves. Facts: entry, who may."""

    text = "refusal-reversal-needs-approval"


class NotByChat(Refusal):
    """Opening balances and the like are not reversed by chat. Facts: entry."""

    text = "refusal-not-by-chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry that may be reversed. Amount in rupiah."""

    number: int
    kind: str
    recorder: str
    amount: Rupiah
    member_id: int | None
    member: str | None
    member_number: str | None
    on: date


# The amount is what went through cash, a bank or sukarela; a line counts once, whatever it touches. A payment of
# interest alone touches no account of the borrower: the loan says whose it is.
_ENTRY = text(
    "SELECT e.number, e.on, e.kind, e.recorder, e.reverses, r.number AS reversed_by, m.amount,"
    " coalesce(m.member_id, (SELECT min(l.member_id) FROM loan_payments lp JOIN loans l"
    "   ON l.koperasi_id = lp.koperasi_id AND l.id = lp.loan_id"
    "   WHERE lp.koperasi_id = e.koperasi_id AND lp.entry = e.number)) AS member_id"
    " FROM ledger.entries e CROSS JOIN LATERAL ("
    "  SELECT coalesce(sum(p.amount) FILTER (WHERE d.code = ANY (:moved)"
    "    OR c.code = ANY (:moved)), sum(p.amount))::bigint AS amount,"
    "   least(min(d.member_id), min(c.member_id)) AS member_id"
    "  FROM ledger.postings p"
    "  JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit"
    "  JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit"
    "  WHERE p.koperasi_id = e.koperasi_id AND p.entry = e.number) m"
    " LEFT JOIN ledger.entries r ON r.koperasi_id = e.koperasi_id AND r.reverses = e.number"
    " WHERE e.koperasi_id = :koperasi_id AND e.number = :number"
)
_NAME = text(
    "SELECT p.name, m.number FROM people p JOIN members m ON m.koperasi_id = p.koperasi_id"
    " AND m.id = p.id WHERE p.koperasi_id = :koperasi_id AND p.id = :member_id"
)


async def reversible(db: AsyncConnection, *, koperasi_id: int, number: int) -> Recorded:
    """Read an entry that may be reversed.

    Refuses NoSuchEntry, AlreadyReversed, NotByChat, of loans LaterFirst and EarlierSchedule, of goods StockMovedOn.
    """
    row = await _read(db, koperasi_id, number)
    if row.reversed_by is not None or row.reverses is not None:
        raise AlreadyReversed(by=row.reversed_by)
    if not row.kind.startswith(_BY_CHAT):
        raise NotByChat(entry=number)
    if row.kind in undo.KINDS:
        await undo.require_possible(db, koperasi_id=koperasi_id, number=number)
    else:
        await stock.require_possible(db, koperasi_id=koperasi_id, number=number)
    await term_savings.require_not_paid_out(db, koperasi_id=koperasi_id, entry=number)
    await treasury.require_possible(db, koperasi_id=koperasi_id, entry=number)
    return await _recorded(db, koperasi_id, row)


async def described(db: AsyncConnection, *, koperasi_id: int, number: int) -> Recorded:
    """Read an entry, reversed or not. Refuses NoSuchEntry."""
    return await _recorded(db, koperasi_id, await _read(db, koperasi_id, number))


async def _read(db: AsyncConnection, koperasi_id: int, number: int) -> Any:
    asked = {"koperasi_id": koperasi_id, "number": number, "moved": [*PLACES, SUKARELA]}
    row = (await db.execute(_ENTRY, asked)).one_or_none()
    if row is None:
        raise NoSuchEntry(number=number)
    return row


async def _recorded(db: AsyncConnection, koperasi_id: int, row: Any) -> Recorded:
    named = None
    if row.member_id is not None:
        named = (
            await db.execute(_NAME, {"koperasi_id": koperasi_id, "member_id": row.member_id})
        ).one_or_none()
    return Recorded(
        number=row.number,
        on=row.on,
        kind=row.kind,
        recorder=row.recorder,
        amount=row.amount,
        member_id=row.member_id,
        member=named.name if named else None,
        member_number=named.number if named else None,
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
    approver: str | None = None,
) -> Entry:
    """Write the reverse of an entry; the months it covered are owed again, or the loan, and goods are back.

    A membership that it ended goes on. Debits what was credited and credits what was debited. The reason is
    mandatory, once only.
    Refuses NotAllowed, NotByChat, what ledger.post refuses, and without an `approver`
    (core.approvals) what require_direct refuses.
    """
    if not may(officer.roles, Action.REVERSE):
        raise NotAllowed(who=who_may(Action.REVERSE))
    kind = await _require_by_chat(db, officer, number)
    if approver is None:
        today = business_date(at, officer.cooperative.zone)
        await require_direct(db, officer=officer, number=number, today=today)
    if kind in undo.KINDS:
        taken = await undo.reverse(
            db, officer=officer, number=number, on=on, at=at, operation=operation, source=source,
            reason=reason, approver=approver,
        )  # fmt: skip
        if kind in undo.LEAVING and not taken.repeated:
            _, (member_id, *_) = await concerned(
                db, koperasi_id=officer.cooperative.id, number=number
            )
            await leaving.take_back(db, koperasi_id=officer.cooperative.id, member_id=member_id)
            await term_savings.take_back(
                db, koperasi_id=officer.cooperative.id, entry=number, reversal=taken.number, on=on
            )
        return taken
    await term_savings.require_not_paid_out(db, koperasi_id=officer.cooperative.id, entry=number)
    await treasury.require_possible(db, koperasi_id=officer.cooperative.id, entry=number)
    back = await stock.back(db, koperasi_id=officer.cooperative.id, entry=number)
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
        approver=approver,
    )
    if not entry.repeated:
        await _take_back(db, officer=officer, number=number, reversal=entry.number, on=on, at=at)
        await stock.keep(
            db, koperasi_id=officer.cooperative.id, moves=back, entry=entry.number, on=on
        )
    return entry


async def _take_back(
    db: AsyncConnection, *, officer: Standing, number: int, reversal: int, on: date, at: datetime
) -> None:
    """Undo what else an entry said: months covered, term savings, goods sold for their owner."""
    here = officer.cooperative.id
    await dues.take_back(db, koperasi_id=here, entry=number, reversal=reversal)
    await term_savings.take_back(db, koperasi_id=here, entry=number, reversal=reversal, on=on)
    await consigned.take_back(db, officer=officer, entry=number, reversal=reversal, on=on, at=at)


_TOUCHED = text(
    "SELECT DISTINCT a.member_id FROM ledger.postings p JOIN ledger.accounts a"
    " ON a.koperasi_id = p.koperasi_id AND a.id IN (p.debit, p.credit)"
    " WHERE p.koperasi_id = :koperasi_id AND p.entry = :number AND a.member_id IS NOT NULL"
    " UNION SELECT l.member_id FROM loan_payments lp JOIN loans l"
    " ON l.koperasi_id = lp.koperasi_id AND l.id = lp.loan_id"
    " WHERE lp.koperasi_id = :koperasi_id AND lp.entry = :number"
    " ORDER BY member_id LIMIT 1000"
)


async def require_direct(
    db: AsyncConnection, *, officer: Standing, number: int, today: date
) -> None:
    """Let pass who may reverse an entry alone: who could approve it.

    That is ketua, or where ketua recorded it or owns the money any other pengurus who did not (core.approvers).
    Who approved it counts as its recorder does: two people stood for it. Refuses OwnEntry, OwnApproved,
    OwnMoney, NeedsApproval: then another must approve.
    """
    here = officer.cooperative.id
    recorder, touched = await concerned(db, koperasi_id=here, number=number)
    if recorder == officer.person_id:
        raise OwnEntry(entry=number, who=who_may(Action.APPROVE))
    if officer.recorder in await _approvers(db, here, number):
        raise OwnApproved(entry=number, who=who_may(Action.APPROVE))
    if officer.person_id in touched:
        raise OwnMoney(member=officer.name, who=who_may(Action.APPROVE))
    barred = {*touched, *((recorder,) if recorder is not None else ())}
    found = await approvers.officers(db, koperasi_id=here, on=today, barred=barred)
    if officer.person_id not in {one.person_id for one in found}:
        raise NeedsApproval(entry=number, who=approvers.named(found))


async def _approvers(db: AsyncConnection, koperasi_id: int, number: int) -> list[str]:
    found = await db.scalar(
        select(entries.c.approver).where(
            entries.c.koperasi_id == koperasi_id, entries.c.number == number
        )
    )
    return (found or "").split(",")


async def concerned(
    db: AsyncConnection, *, koperasi_id: int, number: int
) -> tuple[int | None, tuple[int, ...]]:
    """Name who recorded an entry, when a person did, and the members whose accounts it moved."""
    recorder = await db.scalar(
        select(entries.c.recorder).where(
            entries.c.koperasi_id == koperasi_id, entries.c.number == number
        )
    )
    kind, _, person = (recorder or "").partition(":")
    rows = await db.execute(_TOUCHED, {"koperasi_id": koperasi_id, "number": number})
    return int(person) if kind == "person" else None, tuple(rows.scalars().all())


async def _require_by_chat(db: AsyncConnection, officer: Standing, number: int) -> str:
    row = (
        await db.execute(
            select(entries.c.kind, entries.c.reverses).where(
                entries.c.koperasi_id == officer.cooperative.id, entries.c.number == number
            )
        )
    ).one_or_none()
    if row is None:
        raise NoSuchEntry(number=number)
    if row.reverses is None and not row.kind.startswith(_BY_CHAT):
        raise NotByChat(entry=number)
    kind: str = row.kind
    return kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a member's account holds now, in rupiah: savings of a code, or the principal of a loan."""

    code: str
    loan_id: int | None
    amount: Rupiah


_BALANCES = text(
    "SELECT a.code, a.loan_id, a.balance FROM ledger.accounts a"
    " WHERE a.koperasi_id = :koperasi_id AND a.member_id IS NOT NULL AND a.code <> ALL (:turnover)"
    " AND a.id IN ("
    "  SELECT unnest(ARRAY[p.debit, p.credit]) FROM ledger.postings p"
    "   WHERE p.koperasi_id = :koperasi_id AND p.entry = :number"
    "  UNION SELECT own.id FROM loan_payments lp"
    "   JOIN loans l ON l.koperasi_id = lp.koperasi_id AND l.id = lp.loan_id"
    "   JOIN ledger.accounts own ON own.koperasi_id = l.koperasi_id"
    "    AND own.member_id = l.member_id AND own.loan_id = l.id"
    "   WHERE lp.koperasi_id = :koperasi_id AND lp.entry = :number)"
    " ORDER BY a.code, a.key LIMIT 10"
)


async def balances_of(db: AsyncConnection, *, koperasi_id: int, number: int) -> list[Balance]:
    """Read what the members' accounts that an entry moved hold now; a payment of interest moved its loan."""
    asked = {"koperasi_id": koperasi_id, "number": number, "turnover": list(TURNOVER)}
    rows = await db.execute(_BALANCES, asked)
    return [Balance(code=code, loan_id=loan, amount=int(held)) for code, loan, held in rows]
