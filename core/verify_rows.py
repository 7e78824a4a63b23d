"""What a verification reads of a book: entries page by page, with all that belongs to each."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg

_PAGE = 200  # entries fetched at once: chats in the same process wait while they are sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong, and the first entry where it shows; None when no entry shows it."""

    entry: int | None
    what: str  # one line of English, for the operator; it names the entry too


class Wrong(Exception):  # noqa: N818 - no error of ours
    """A finding on its way up."""

    def __init__(self, entry: int | None, what: str) -> None:
        """Keep the finding; a text that does not name its entry gets it added."""
        if entry is not None and not re.search(rf"\bentry {entry}\b", what):
            what = f"{what} (entry {entry})"
        super().__init__(what)
        self.finding = Finding(entry=entry, what=what)


@dataclass(slots=True, kw_only=True)
class Account:
    """An account as it is stored and as it is recomputed; code, member and loan are those of its key."""

    id: int
    key: str
    code: str
    member_id: int | None
    loan_id: int | None
    is_debit: bool
    balance: int  # as stored
    moved: int = 0  # as recomputed
    last_entry: int | None = None


@dataclass(slots=True, kw_only=True)
class Written:
    """An entry with what belongs to it, and postings, months and loans of the entry it reverses.

    `moves` are rows of loan_payments, `brought` the loans it paid out or brought into the books, or takes back.
    """

    entry: asyncpg.Record
    lines: list[asyncpg.Record]
    dues: list[asyncpg.Record]
    receipts: list[asyncpg.Record]
    moves: list[asyncpg.Record]
    brought: list[asyncpg.Record]
    original: list[asyncpg.Record]
    original_dues: list[asyncpg.Record]
    original_moves: list[asyncpg.Record]


_ENTRIES = """
SELECT number, "on", at, kind, operation, recorder, approver, source, reason, reverses, hash
FROM ledger.entries WHERE koperasi_id = $1 AND number > $2 AND number <= $3 ORDER BY number
"""
_POSTINGS = """
SELECT entry, line, debit, credit, amount, debit_balance, credit_balance
FROM ledger.postings WHERE koperasi_id = $1 AND entry > $2 AND entry <= $3 ORDER BY entry, line
"""
_DUES = """
SELECT entry, member_id, month, amount FROM dues
WHERE koperasi_id = $1 AND entry > $2 AND entry <= $3 ORDER BY entry, member_id, month
"""
_RECEIPTS = """
SELECT entry, member_id, officer_id, kind, amount, balance_before, balance FROM receipts
WHERE koperasi_id = $1 AND entry > $2 AND entry <= $3
"""
_ORIGINALS = """
SELECT entry, debit, credit, amount FROM ledger.postings
WHERE koperasi_id = $1 AND entry = ANY ($2) ORDER BY entry, line
"""
_ORIGINAL_DUES = """
SELECT entry, member_id, month, amount FROM dues
WHERE koperasi_id = $1 AND entry = ANY ($2) ORDER BY entry, member_id, month
"""

_MOVES = """
SELECT p.entry, p.loan_id, p.version, p.kind, p."on", p.amount, p.principal, p.interest, p.penalty, p.provisi,
  p.reverses, (SELECT o.kind FROM loan_payments o WHERE o.koperasi_id = $1 AND o.loan_id = p.loan_id
                AND o.entry = p.reverses) AS reverses_kind
FROM loan_payments p WHERE p.koperasi_id = $1
"""
# A schedule that follows another comes from a restructuring: its entry moves what its rows say.
_BROUGHT = """
SELECT v.entry, v.loan_id, v.principal, v.terms, e.kind,
  (SELECT coalesce(sum(i.principal), 0)::bigint FROM loan_instalments i WHERE i.koperasi_id = $1
    AND i.loan_id = v.loan_id AND i.version = v.version AND i.n <= v.opening_paid) AS opened
FROM loan_versions v JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = v.entry
WHERE v.koperasi_id = $1 AND e.kind <> 'loan-restructuring'
"""
_OF_PAGE = " AND {0}.entry > $2 AND {0}.entry <= $3 ORDER BY {0}.entry, {0}.loan_id"
_OF_ENTRIES = " AND {0}.entry = ANY ($2) ORDER BY {0}.entry, {0}.loan_id"


async def pages(
    raw: asyncpg.Connection[Any], koperasi_id: int, last: int
) -> AsyncIterator[list[Written]]:
    """Read the entries 1 to `last`, some hundred at a time."""
    for start in range(0, last, _PAGE):
        page = (koperasi_id, start, min(start + _PAGE, last))
        entries = await raw.fetch(_ENTRIES, *page)
        lines = _by_entry(await raw.fetch(_POSTINGS, *page))
        dues = _by_entry(await raw.fetch(_DUES, *page))
        receipts = _by_entry(await raw.fetch(_RECEIPTS, *page))
        moves = _by_entry(await raw.fetch(_MOVES + _OF_PAGE.format("p"), *page))
        brought = _by_entry(await raw.fetch(_BROUGHT + _OF_PAGE.format("v"), *page))
        back = [entry["reverses"] for entry in entries if entry["reverses"] is not None]
        originals, their_dues, their_moves, taken_back = [
            _by_entry(await raw.fetch(query, koperasi_id, back)) if back else {}
            for query in (
                _ORIGINALS,
                _ORIGINAL_DUES,
                _MOVES + _OF_ENTRIES.format("p"),
                _BROUGHT + _OF_ENTRIES.format("v"),
            )
        ]
        yield [
            Written(
                entry=entry,
                lines=lines.get(entry["number"], []),
                dues=dues.get(entry["number"], []),
                receipts=receipts.get(entry["number"], []),
                moves=moves.get(entry["number"], []),
                brought=taken_back.get(entry["reverses"], [])
                if entry["reverses"] is not None
                else brought.get(entry["number"], []),
                original=originals.get(entry["reverses"], []),
                original_dues=their_dues.get(entry["reverses"], []),
                original_moves=their_moves.get(entry["reverses"], []),
            )
            for entry in entries
        ]


def _by_entry(rows: list[asyncpg.Record]) -> dict[int, list[asyncpg.Record]]:
    found: dict[int, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(row["entry"], []).append(row)
    return found
