"""What is looked at before a month is closed; what is missing stands on the card, and some of it stops the closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, interest, seals
from core.accounts import BANKS, OPENING
from core.calendar import last_day, month_of
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.rules import STEPS, RuleBook
from core.verify_goods import check_goods
from core.verify_loans import check_loans
from core.verify_rows import Wrong
from core.verify_savings import check_terms


class Item(StrEnum):
    """The lines of the list, in their order."""

    CASH = "cash"  # every day on which cash moved is sealed
    REQUESTS = "requests"  # nothing of the month waits for a second person
    INTEREST = "interest"  # interest on savings is posted, where the cooperative pays it
    BOOKS = "books"  # balances and sub-ledgers equal their postings
    OPENING = "opening"  # 399000 is zero, or why it is not was said before the first closing
    BANK = "bank"  # compared with the bank's statement: by people


STOPS = frozenset({Item.REQUESTS, Item.INTEREST, Item.BOOKS, Item.OPENING})


class NotReady(Refusal):
    """A month is closed when nothing of it is open. Facts: month, count (of what is missing)."""

    text = "refusal-month-not-ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line: `ok`, or what is missing in `facts`."""

    item: Item
    ok: bool
    facts: Mapping[str, Any]

    @property
    def stops(self) -> bool:
        """Say whether the month cannot be closed for it."""
        return not self.ok and self.item in STOPS


async def look(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    month: date,
    today: date,
    closed_through: date | None,
    explained: bool,
) -> tuple[Check, ...]:
    """Go through the list for a month; `explained`: why 399000 is not zero was said with the closing."""
    here, last = cooperative.id, last_day(month)
    since = month_of(month) if closed_through is None else closed_through + timedelta(days=1)
    unsealed = await seals.unsealed_days(db, here, since=since, until=last)
    raw = await database.driver(db)
    row = await raw.fetchrow(_OPEN, here, last, OPENING, list(BANKS))
    assert row is not None
    unbalanced = row["opening"] if closed_through is None and not explained else 0
    wrong = await _wrong(db, here)
    return (
        Check(item=Item.CASH, ok=not unsealed, facts={"count": len(unsealed), "days": unsealed}),
        Check(item=Item.REQUESTS, ok=not row["waiting"], facts={"count": row["waiting"]}),
        Check(
            item=Item.INTEREST,
            ok=not await _owes_interest(db, here, month, today),
            facts={"month": month},
        ),
        Check(item=Item.BOOKS, ok=wrong is None, facts={"what": wrong or ""}),
        Check(item=Item.OPENING, ok=not unbalanced, facts={"amount": abs(unbalanced)}),
        Check(item=Item.BANK, ok=not row["bank"], facts={"amount": row["bank"]}),
    )


# What the closings themselves ask for does not hold a month up, nor does what moves no money.
_OPEN = """
SELECT (SELECT count(*) FROM approvals WHERE koperasi_id = $1 AND state = 'waiting' AND "on" <= $2
          AND kind NOT IN ('announcement', 'loan', 'month-close', 'month-reopen', 'year-close', 'year-reopen',
                           'shu-policy', 'shu-split', 'shu-take-back', 'shu-to-savings')) AS waiting,
       coalesce((SELECT sum(balance) FROM ledger.accounts WHERE koperasi_id = $1 AND code = $3), 0)::bigint AS opening,
       coalesce((SELECT sum(balance) FROM ledger.accounts WHERE koperasi_id = $1 AND code = ANY ($4)), 0)::bigint AS bank
"""


async def _owes_interest(db: AsyncConnection, koperasi_id: int, month: date, today: date) -> bool:
    """Say whether the month bears interest that nobody decided on: it is asked for by the clock, once."""
    raw = await database.driver(db)
    book = RuleBook(tuple(await raw.fetchval(f"SELECT {STEPS}", koperasi_id)))
    due = await interest.months_due(db, koperasi_id=koperasi_id, book=book, today=today)
    if month not in due:
        return False
    decided = await raw.fetchval(
        "SELECT true FROM approvals WHERE koperasi_id = $1 AND operation = $2 AND state <> 'waiting'",
        koperasi_id,
        interest.operation_of(month),
    )
    if decided:
        return False
    found = await interest.interest(
        db, koperasi_id=koperasi_id, rules=book.on(last_day(month)), month=month, today=today
    )
    return bool(found.earned)


async def _wrong(db: AsyncConnection, koperasi_id: int) -> str | None:
    """Recompute balances from postings, and loans, stock and term savings against their accounts."""
    raw = await database.driver(db)
    key = await raw.fetchval(_BALANCES, koperasi_id)
    if key is not None:
        return f"account {key}"
    try:
        await check_loans(raw, koperasi_id)
        await check_goods(raw, koperasi_id)
        await check_terms(raw, koperasi_id)
    except Wrong as wrong:
        return wrong.finding.what
    return None


_BALANCES = """
SELECT a.key FROM ledger.accounts a
  LEFT JOIN (
    SELECT s.account, sum(s.amount) AS moved FROM (
      SELECT debit AS account, amount FROM ledger.postings WHERE koperasi_id = $1
      UNION ALL SELECT credit, -amount FROM ledger.postings WHERE koperasi_id = $1) s GROUP BY s.account
  ) m ON m.account = a.id
 WHERE a.koperasi_id = $1 AND a.balance <> CASE a.normal WHEN 'D' THEN 1 ELSE -1 END * coalesce(m.moved, 0)
 ORDER BY a.key LIMIT 1
"""
