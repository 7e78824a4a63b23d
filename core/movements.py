"""What moved in a member's savings: the history, and what is usual for a member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.accounts import SavingsKind
from core.money import Rupiah
from core.tables.ledger import accounts, entries, postings


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line of a member's history: positive came in, negative went out."""

    entry: int
    on: date
    kind: str
    code: str
    amount: Rupiah
    balance: Rupiah


async def history(
    db: AsyncConnection, *, koperasi_id: int, member_id: int, limit: int = 10, offset: int = 0
) -> list[Movement]:
    """List what moved in a member's savings, newest first."""
    own = accounts.alias("own")
    credited = postings.c.credit == own.c.id
    rows = await db.execute(
        select(
            entries.c.number,
            entries.c.on,
            entries.c.kind,
            own.c.code,
            postings.c.amount,
            credited.label("in"),
            postings.c.credit_balance,
            postings.c.debit_balance,
        )
        .join_from(
            own,
            postings,
            (postings.c.koperasi_id == own.c.koperasi_id)
            & (credited | (postings.c.debit == own.c.id)),
        )
        .join(
            entries,
            (entries.c.koperasi_id == postings.c.koperasi_id)
            & (entries.c.number == postings.c.entry),
        )
        .where(
            own.c.koperasi_id == koperasi_id,
            own.c.key.in_([kind.account(member_id) for kind in SavingsKind]),
        )
        .order_by(entries.c.number.desc(), postings.c.line)
        .limit(limit)
        .offset(offset)
    )
    return [
        Movement(
            entry=number,
            on=on,
            kind=kind,
            code=code,
            amount=amount if came_in else -amount,
            balance=after if came_in else after_debit,
        )
        for number, on, kind, code, amount, came_in, after, after_debit in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What is usual for a member and kind: how many deposits, their median, a like one that day."""

    count: int
    median: Rupiah
    same_today: int | None  # number of an entry of the same kind, amount and day


async def habit(
    db: AsyncConnection, *, koperasi_id: int, account: str, kind: str, amount: Rupiah, on: date
) -> Habit:
    """Look at a member's last fifty entries of a kind, so that a card can warn."""
    raw = await database.driver(db)
    row = await raw.fetchrow(_HABIT, koperasi_id, account, kind, amount, on)
    assert row is not None
    return Habit(count=row["count"], median=row["median"] or 0, same_today=row["same_today"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An entry that is about to be recorded: account, entry kind and rupiah."""

    account: str
    kind: str
    amount: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How an account stands: its balance, and the entry that looks the same (Habit.same_today)."""

    balance: Rupiah
    same_today: int | None


async def stand(
    db: AsyncConnection, *, koperasi_id: int, wanted: Sequence[Wanted], on: date
) -> list[Now]:
    """Look at the accounts of entries about to be recorded, in one query; in the order asked for."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        _STAND,
        koperasi_id,
        [one.account for one in wanted],
        [one.kind for one in wanted],
        [one.amount for one in wanted],
        on,
    )
    return [Now(balance=row["balance"], same_today=row["same_today"]) for row in rows]


_STAND = """
SELECT coalesce(own.balance, 0) AS balance,
       (SELECT max(recent.number)
          FROM (SELECT e.number, e."on", p.amount
                  FROM ledger.postings p
                  JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id AND e.number = p.entry
                 WHERE p.koperasi_id = own.koperasi_id AND (p.credit = own.id OR p.debit = own.id)
                   AND e.kind = w.kind
                 ORDER BY e.number DESC LIMIT 50) recent
         WHERE recent."on" = $5 AND recent.amount = w.amount
           AND NOT EXISTS (SELECT FROM ledger.entries r
                            WHERE r.koperasi_id = $1 AND r.reverses = recent.number)) AS same_today
  FROM unnest($2::text[], $3::text[], $4::bigint[])
       WITH ORDINALITY AS w (key, kind, amount, place)
  LEFT JOIN ledger.accounts own ON own.koperasi_id = $1 AND own.key = w.key
 ORDER BY w.place
"""
_HABIT = """
WITH recent AS MATERIALIZED (
  SELECT e.number, e."on", p.amount
    FROM ledger.accounts a
    JOIN ledger.postings p ON p.koperasi_id = a.koperasi_id AND (p.credit = a.id OR p.debit = a.id)
    JOIN ledger.entries e ON e.koperasi_id = p.koperasi_id AND e.number = p.entry
   WHERE a.koperasi_id = $1 AND a.key = $2 AND e.kind = $3
   ORDER BY e.number DESC LIMIT 50)
SELECT count(*) AS count, percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) AS median,
       (SELECT max(number) FROM recent
         WHERE "on" = $5 AND amount = $4
           AND NOT EXISTS (SELECT FROM ledger.entries r
                            WHERE r.koperasi_id = $1 AND r.reverses = recent.number)) AS same_today
  FROM recent
"""
