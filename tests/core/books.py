"""A cooperative with a book and some members, and what tests write into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, cooperatives, database, ledger
from core.calendar import WITA
from core.ledger import Entry, Posting

AT = datetime(2026, 11, 24, 2, 0, 0, 123456, tzinfo=UTC)
TODAY = date(2026, 11, 24)


async def a_book(
    db: AsyncConnection, koperasi_id: int = 1, members: dict[int, str] | int = 3
) -> int:
    """Found a cooperative by the owner's hand, with members by id and number, and name it."""
    raw = await database.driver(db)
    numbers = (
        {n: f"A-{n:03d}" for n in range(1, members + 1)} if isinstance(members, int) else members
    )
    await raw.execute(
        "INSERT INTO cooperatives (koperasi_id, code, name, region, zone, created_at)"
        " VALUES ($1, $2, $3, '64.72', $4, $5)",
        koperasi_id,
        f"64-{koperasi_id:04d}",
        f'Koperasi "Desa" Merah Putih {koperasi_id}',
        WITA,
        AT,
    )
    await raw.execute(
        "INSERT INTO ledger.books (koperasi_id, head) VALUES ($1, $2)",
        koperasi_id,
        cooperatives.first_head(koperasi_id),
    )
    for member, number in numbers.items():
        await raw.execute(
            "INSERT INTO people (koperasi_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
            koperasi_id,
            member,
            f"Anggota {number}",
            AT,
        )
        await raw.execute(
            "INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)"
            " VALUES ($1, $2, $3, '2026-01-01', '2026-01-01')",
            koperasi_id,
            member,
            number,
        )
    await database.enter(db, koperasi_id)
    return koperasi_id


def sukarela(member: int) -> str:
    return accounts.key(accounts.SUKARELA, member=member)


def wajib(member: int) -> str:
    return accounts.key(accounts.WAJIB, member=member)


async def post(
    db: AsyncConnection, *lines: tuple[str, str, int], operation: str, **other: Any
) -> Entry:
    """Post lines (debit, credit, amount)."""
    facts: dict[str, Any] = {
        "koperasi_id": 1,
        "kind": "deposit-sukarela",
        "on": TODAY,
        "at": AT,
        "zone": WITA,
        "recorder": "officer:1",
        "source": "telegram",
    }
    postings = [
        Posting(debit=debit, credit=credit, amount=amount) for debit, credit, amount in lines
    ]
    return await ledger.post(db, postings, operation=operation, **(facts | other))


async def deposit(
    db: AsyncConnection, member: int, amount: int, operation: str, **other: Any
) -> Entry:
    return await post(db, (accounts.CASH, sukarela(member), amount), operation=operation, **other)


async def withdraw(
    db: AsyncConnection, member: int, amount: int, operation: str, **other: Any
) -> Entry:
    facts = {"kind": "withdraw-sukarela"} | other
    return await post(db, (sukarela(member), accounts.CASH, amount), operation=operation, **facts)


async def reverse(db: AsyncConnection, number: int, operation: str, **other: Any) -> Entry:
    facts: dict[str, Any] = {
        "koperasi_id": 1,
        "on": TODAY,
        "at": AT,
        "zone": WITA,
        "recorder": "officer:1",
        "source": "telegram",
        "reason": "salah ketik",
    }
    return await ledger.reverse(db, number, operation=operation, **(facts | other))


@asynccontextmanager
async def refused(
    db: AsyncConnection, error: type[Exception], match: str | None = None
) -> AsyncIterator[Any]:
    """Expect an error and undo the statement, so that the test's transaction goes on."""
    raw = await database.driver(db)
    await raw.execute("SAVEPOINT before")
    with pytest.raises(error, match=match) as caught:
        yield caught
    await raw.execute("ROLLBACK TO SAVEPOINT before")


async def written(db: AsyncConnection) -> list[Any]:
    """Return everything the ledger's tables hold, to compare before and after."""
    raw = await database.driver(db)
    return [
        await raw.fetch(f"SELECT * FROM ledger.{table} t ORDER BY t::text")
        for table in ("books", "accounts", "entries", "postings", "closings")
    ]
