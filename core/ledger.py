"""Post and reverse: the only way into the books. The SQL function ledger.post keeps every rule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.calendar import business_date
from core.errors import Refusal
from core.money import LARGEST, Rupiah
from core.tables import ledger as tables


class BookIsClosed(Refusal):
    """Nothing is dated on or before the day the books are closed through."""

    text = "refusal-book-closed"


class FutureDate(Refusal):
    """An entry is never dated after the day it is written."""

    text = "refusal-future-date"


class BelowFloor(Refusal):
    """An account would fall below the least it may hold. Facts: account, available."""

    text = "refusal-below-floor"


class AmountTooLarge(Refusal):
    """An amount, or a balance with it, is more than a bank account or a book can hold."""

    text = "refusal-amount-too-large"


class AlreadyReversed(Refusal):
    """An entry is reversed once only, and a reversal is not reversed."""

    text = "refusal-already-reversed"


class NoSuchEntry(Refusal):
    """The book has no entry of that number."""

    text = "refusal-no-such-entry"


class OperationDiffers(Exception):  # noqa: N818 - says what happened
    """The same operation id was recorded before with other content: a bug of the caller."""

    def __init__(self, entry: int, differs: str) -> None:
        """Name the first entry and the first field that differs."""
        super().__init__(f"recorded as entry {entry} with another {differs}")
        self.entry = entry
        self.differs = differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Move `amount` rupiah, more than zero, from the credited account to the debited one, by their keys."""

    debit: str
    credit: str
    amount: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as the book holds it; `repeated` when this operation had been recorded before."""

    number: int
    hash: bytes
    repeated: bool
    postings: tuple[Posting, ...]
    debit_balances: tuple[Rupiah, ...]
    credit_balances: tuple[Rupiah, ...]

    def balance_of(self, account: str) -> Rupiah:
        """Return the balance of an account after this entry."""
        for posting, debit, credit in zip(
            reversed(self.postings),
            reversed(self.debit_balances),
            reversed(self.credit_balances),
            strict=True,
        ):
            if account == posting.credit:
                return credit
            if account == posting.debit:
                return debit
        raise KeyError(account)


_POST = (
    "SELECT number, hash, repeated, debit_balances, credit_balances"
    " FROM ledger.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
)


async def post(
    db: AsyncConnection,
    postings: Sequence[Posting],
    *,
    koperasi_id: int,
    kind: str,
    on: date,
    at: datetime,
    zone: str,
    recorder: str,
    source: str,
    operation: str,
    reason: str | None = None,
    reverses: int | None = None,
    approver: str | None = None,
) -> Entry:
    """Write one entry, all or nothing, in one round trip.

    `operation` is recorded once: said again with the same content it returns the first result, with
    other content it raises OperationDiffers. Refuses FutureDate, BookIsClosed, BelowFloor,
    AmountTooLarge, AlreadyReversed, NoSuchEntry; after a refusal the caller's savepoint must be rolled back.
    """
    assert postings, "an entry has postings"
    if on > business_date(at, zone):
        raise FutureDate(on=on)
    if any(posting.amount > LARGEST for posting in postings):
        raise AmountTooLarge
    raw = await database.driver(db)
    try:
        row = await raw.fetchrow(
            _POST,
            koperasi_id,
            operation,
            kind,
            on,
            at,
            recorder,
            source,
            [posting.debit for posting in postings],
            [posting.credit for posting in postings],
            [posting.amount for posting in postings],
            reason,
            reverses,
            approver,
        )
    except asyncpg.PostgresError as error:
        raise _translated(error) from error
    assert row is not None
    return Entry(
        number=row["number"],
        hash=row["hash"],
        repeated=row["repeated"],
        postings=tuple(postings),
        debit_balances=tuple(row["debit_balances"]),
        credit_balances=tuple(row["credit_balances"]),
    )


def _translated(error: asyncpg.PostgresError) -> Exception:
    detail: dict[str, Any] = {}
    if (error.sqlstate or "").startswith("KD") and error.detail:
        detail = json.loads(error.detail)
    match error.sqlstate:
        case "KD001":
            return BookIsClosed(through=date.fromisoformat(detail["through"]))
        case "KD002":
            return OperationDiffers(detail["entry"], detail["differs"])
        case "KD003":
            return BelowFloor(account=detail["account"], balance=detail["balance"])
        case "KD004":
            return AlreadyReversed(by=detail["by"])
        case "KD005":
            return NoSuchEntry()
        case "22003":  # numeric_value_out_of_range: a balance of 64 bits
            return AmountTooLarge()
        case _:
            return cast("Exception", error)


async def reverse(
    db: AsyncConnection,
    number: int,
    *,
    koperasi_id: int,
    on: date,
    at: datetime,
    zone: str,
    recorder: str,
    source: str,
    operation: str,
    reason: str,
    approver: str | None = None,
) -> Entry:
    """Write the reverse of an entry; the original is kept. The reason is mandatory, once only."""
    assert reason.strip(), "a reversal says why"
    debit, credit = tables.accounts.alias("debit"), tables.accounts.alias("credit")
    postings = tables.postings
    rows = await db.execute(
        select(debit.c.key, credit.c.key, postings.c.amount)
        .join_from(
            postings,
            debit,
            (debit.c.koperasi_id == postings.c.koperasi_id) & (debit.c.id == postings.c.debit),
        )
        .join(
            credit,
            (credit.c.koperasi_id == postings.c.koperasi_id) & (credit.c.id == postings.c.credit),
        )
        .where(postings.c.koperasi_id == koperasi_id, postings.c.entry == number)
        .order_by(postings.c.line)
    )
    back = [
        Posting(debit=credited, credit=debited, amount=amount) for debited, credited, amount in rows
    ]
    if not back:
        raise NoSuchEntry(number=number)
    return await post(
        db,
        back,
        koperasi_id=koperasi_id,
        kind="reversal",
        on=on,
        at=at,
        zone=zone,
        recorder=recorder,
        source=source,
        operation=operation,
        reason=reason,
        reverses=number,
        approver=approver,
    )


async def close(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    through: date | None,
    at: datetime,
    by: str,
    reason: str,
) -> None:
    """Close a book through a day, that day included; an earlier day or None reopens it.

    Each closing is kept with who did it and why. Only the owner's login may.
    """
    assert reason.strip(), "a closing says why"
    raw = await database.driver(db)
    await raw.execute(
        "SELECT ledger.close($1, $2, $3, $4, $5)", koperasi_id, through, at, by, reason
    )
