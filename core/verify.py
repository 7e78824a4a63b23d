"""Recompute a whole book independently of ledger.post, and name the first entry that is not as it was written.

What this finds rests on the entries themselves: whoever can rewrite the database can also rewrite every
hash from a changed entry on, consistently. Against that stands a head noted elsewhere (`since`): it must
still be a hash of this chain.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database
from core.calendar import zone_of
from core.cooperatives import first_head

_PAGE = 5_000  # entries fetched at once
_KEY = re.compile(r"([0-9]{6})(?::m([1-9][0-9]*))?(?::l([1-9][0-9]*))?(?::u([1-9][0-9]*))?")
_EARLIEST = date(1945, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong, and the first entry where it shows; None when no entry ever moved what differs."""

    entry: int | None
    what: str  # one line of English, for the operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A book as it was recomputed: `head` (hex) is the hash after `entries` entries that are in order."""

    koperasi_id: int
    entries: int
    head: str
    finding: Finding | None


@dataclass(slots=True, kw_only=True)
class _Account:
    id: int
    key: str
    is_debit: bool
    balance: int  # as stored; `moved` is as recomputed
    moved: int = 0
    last_entry: int | None = None


@dataclass(slots=True, kw_only=True)
class _Book:
    """What the database says of a book, read in one statement, and what was recomputed so far."""

    koperasi_id: int
    chain: bytes
    zone: str = "UTC"
    entries: int = 0
    head: bytes = b""
    accounts: dict[int, _Account] = field(default_factory=dict)
    checked: int = 0
    reversed: set[int] = field(default_factory=set)  # entries that have a reversal
    reversals: set[int] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class _Written:
    """An entry with what belongs to it; `original` holds the postings of the entry it reverses."""

    entry: asyncpg.Record
    lines: list[asyncpg.Record]
    dues: list[asyncpg.Record]
    receipts: list[asyncpg.Record]
    original: list[asyncpg.Record]


class _Wrong(Exception):  # noqa: N818 - a finding on its way up
    def __init__(self, entry: int | None, what: str) -> None:
        super().__init__(what)
        self.finding = Finding(entry=entry, what=what)


async def verify(
    db: AsyncConnection, koperasi_id: int, *, since: str | None = None
) -> Verification:
    """Recompute numbers, hashes, balances, reversals, dates, dues and receipts; stop at the first bad entry.

    The owner runs it, while entries go on being written: those after its start are not looked at.
    `since` is a head noted earlier, in hex (8 digits or more): it must be one of this chain's hashes.
    """
    assert since is None or re.fullmatch("[0-9a-f]{8,64}", since), since
    raw = await database.driver(db)
    book = _Book(koperasi_id=koperasi_id, chain=first_head(koperasi_id))
    finding: Finding | None = None
    try:
        await _walk(raw, book, since)
    except _Wrong as wrong:
        finding = wrong.finding
    return Verification(
        koperasi_id=koperasi_id, entries=book.checked, head=book.chain.hex(), finding=finding
    )


async def _walk(raw: asyncpg.Connection[Any], book: _Book, since: str | None) -> None:
    wrong_account = await _read(raw, book)
    known = since is None or book.chain.hex().startswith(since)
    async for page in _pages(raw, book):
        for written in page:
            _check(book, written)
            _check_reversal(book, written)
            _check_dues(book, written)
            _check_receipts(book, written)
            book.checked += 1
            known = known or (since is not None and book.chain.hex().startswith(since))
    if book.checked < book.entries:
        raise _Wrong(book.checked + 1, f"entry {book.checked + 1} is missing")
    _check_end(book)
    if wrong_account is not None:
        raise wrong_account
    if not known:
        raise _Wrong(
            None, f"the head {since} is not in this chain: entries before it were rewritten"
        )


_SNAPSHOT = """
SELECT b.entries, b.head, b.closed_through, c.zone,
  (SELECT l.through FROM ledger.closings l WHERE l.koperasi_id = $1 ORDER BY l.n DESC LIMIT 1) AS last_closing,
  (SELECT max(e.number) FROM ledger.entries e WHERE e.koperasi_id = $1) AS last_entry,
  (SELECT max(p.entry) FROM ledger.postings p WHERE p.koperasi_id = $1) AS last_posting,
  a.id, a.key, a.code, a.member_id, a.loan_id, a.unit_id, a.normal, a.balance, a.floor,
  (a.member_id IS NULL OR m.id IS NOT NULL) AS has_owner
FROM ledger.books b
JOIN public.cooperatives c ON c.koperasi_id = b.koperasi_id
LEFT JOIN ledger.accounts a ON a.koperasi_id = b.koperasi_id
LEFT JOIN public.members m ON m.koperasi_id = a.koperasi_id AND m.id = a.member_id
WHERE b.koperasi_id = $1
ORDER BY a.id
"""


async def _read(raw: asyncpg.Connection[Any], book: _Book) -> _Wrong | None:
    """Read the book and its accounts as of one instant; return what is wrong with them, if anything is."""
    rows = await raw.fetch(_SNAPSHOT, book.koperasi_id)
    if not rows:
        raise _Wrong(None, f"cooperative {book.koperasi_id} has no book")
    first = rows[0]
    book.entries, book.head, book.zone = first["entries"], first["head"], first["zone"]
    wrong: _Wrong | None = None
    for row in rows:
        if row["id"] is None:
            continue
        book.accounts[row["id"]] = _Account(
            id=row["id"], key=row["key"], is_debit=row["normal"] == "D", balance=row["balance"]
        )
        what = _wrong_account(row)
        if what is not None and wrong is None:
            wrong = _Wrong(await _first_use(raw, book.koperasi_id, row["id"]), what)
    for last in (first["last_entry"], first["last_posting"]):
        if last is not None and last > book.entries and wrong is None:
            wrong = _Wrong(
                book.entries + 1, f"entry {last} is beyond the book's {book.entries} entries"
            )
    if first["closed_through"] != first["last_closing"] and wrong is None:
        wrong = _Wrong(None, "the day the book is closed through is not that of its last closing")
    return wrong


def _wrong_account(row: asyncpg.Record) -> str | None:
    key, match = row["key"], _KEY.fullmatch(row["key"])
    named = accounts.chart().get(row["code"])
    columns = [row["code"], row["member_id"], row["loan_id"], row["unit_id"]]
    if match is None or named is None:
        return f"account {key} is not of the chart"
    if columns != [match[1], *(int(part) if part else None for part in match.groups()[1:])]:
        return f"account {key} is not the one its columns name"
    if row["normal"] != named.normal:
        return f"account {key} has its sides changed"
    if not row["has_owner"] or (named.subledger and row["member_id"] is None):
        return f"account {key} belongs to no member"
    if row["floor"] is not None and row["balance"] < row["floor"]:
        return f"account {key} is below its floor: {row['balance']}"
    return None


async def _first_use(raw: asyncpg.Connection[Any], koperasi_id: int, account: int) -> int | None:
    found: int | None = await raw.fetchval(
        "SELECT min(entry) FROM ledger.postings WHERE koperasi_id = $1 AND (debit = $2 OR credit = $2)",
        koperasi_id,
        account,
    )
    return found


_ENTRIES = """
SELECT number, "on", at, kind, operation, recorder, approver, source, reason, reverses, hash
FROM ledger.entries WHERE koperasi_id = $1 AND number > $2 AND number <= $3 ORDER BY number
"""
_POSTINGS = """
SELECT entry, line, debit, credit, amount, debit_balance, credit_balance
FROM ledger.postings WHERE koperasi_id = $1 AND entry > $2 AND entry <= $3 ORDER BY entry, line
"""
_DUES = """
SELECT entry, member_id, sum(amount)::bigint AS amount
FROM dues WHERE koperasi_id = $1 AND entry > $2 AND entry <= $3 GROUP BY entry, member_id
"""
_RECEIPTS = """
SELECT entry, member_id, amount FROM receipts WHERE koperasi_id = $1 AND entry > $2 AND entry <= $3
"""


_ORIGINALS = """
SELECT entry, debit, credit, amount FROM ledger.postings
WHERE koperasi_id = $1 AND entry = ANY ($2) ORDER BY entry, line
"""


async def _pages(raw: asyncpg.Connection[Any], book: _Book) -> AsyncIterator[list[_Written]]:
    for start in range(0, book.entries, _PAGE):
        page = (book.koperasi_id, start, min(start + _PAGE, book.entries))
        entries = await raw.fetch(_ENTRIES, *page)
        lines = _by_entry(await raw.fetch(_POSTINGS, *page))
        dues = _by_entry(await raw.fetch(_DUES, *page))
        receipts = _by_entry(await raw.fetch(_RECEIPTS, *page))
        back = [entry["reverses"] for entry in entries if entry["reverses"] is not None]
        originals = _by_entry(await raw.fetch(_ORIGINALS, book.koperasi_id, back)) if back else {}
        yield [
            _Written(
                entry=entry,
                lines=lines.get(entry["number"], []),
                dues=dues.get(entry["number"], []),
                receipts=receipts.get(entry["number"], []),
                original=originals.get(entry["reverses"], []),
            )
            for entry in entries
        ]


def _by_entry(rows: list[asyncpg.Record]) -> dict[int, list[asyncpg.Record]]:
    found: dict[int, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(row["entry"], []).append(row)
    return found


def _check(book: _Book, written: _Written) -> None:
    """Hold an entry against its number, dates, balances and hash, and take it into the chain."""
    entry, lines, expected = written.entry, written.lines, book.checked + 1
    number: int = entry["number"]
    if number != expected:
        raise _Wrong(expected, f"entry {expected} is missing")
    latest = entry["at"].astimezone(zone_of(book.zone)).date()
    if not _EARLIEST <= entry["on"] <= latest:
        raise _Wrong(number, f"entry {number} is dated {entry['on']}, it was written on {latest}")
    if not lines or [row["line"] for row in lines] != list(range(1, len(lines) + 1)):
        raise _Wrong(number, f"entry {number} has postings missing or too many")
    for row in lines:
        _move(book, number, row)
    chain = hashlib.sha256(book.chain + _content(book, entry, lines)).digest()
    if chain != entry["hash"]:
        raise _Wrong(number, f"entry {number} does not give its hash: it is not as it was written")
    book.chain = chain


def _move(book: _Book, number: int, row: asyncpg.Record) -> None:
    for account_id, is_debit, stated in (
        (row["debit"], True, row["debit_balance"]),
        (row["credit"], False, row["credit_balance"]),
    ):
        account = book.accounts.get(account_id)
        if account is None or row["debit"] == row["credit"] or row["amount"] <= 0:
            raise _Wrong(
                number, f"entry {number} line {row['line']} is no posting between two accounts"
            )
        account.moved += row["amount"] if account.is_debit == is_debit else -row["amount"]
        account.last_entry = number
        if account.moved != stated:
            raise _Wrong(
                number,
                f"entry {number} line {row['line']}: {account.key} stands at {stated},"
                f" recomputed {account.moved}",
            )


def _content(book: _Book, entry: asyncpg.Record, lines: Sequence[asyncpg.Record]) -> bytes:
    """Write an entry as it is hashed: each field after its length in bytes, fields that are not as a dash."""
    at: datetime = entry["at"].astimezone(UTC)
    head = (
        entry["number"], f"{entry['on']:%Y-%m-%d}", f"{at:%Y-%m-%dT%H:%M:%S.%f}", entry["kind"], entry["operation"],
        entry["recorder"], entry["approver"], entry["source"], entry["reason"], entry["reverses"],
    )  # fmt: skip
    named = book.accounts
    groups = [
        head,
        *((named[row["debit"]].key, named[row["credit"]].key, row["amount"]) for row in lines),
    ]
    return b";".join(b",".join(_field(value) for value in group) for group in groups)


def _field(value: object) -> bytes:
    if value is None:
        return b"-"
    text = str(value).encode()
    return b"%d:%b" % (len(text), text)


def _check_reversal(book: _Book, written: _Written) -> None:
    number, original = written.entry["number"], written.entry["reverses"]
    if original is None:
        return
    if not written.entry["reason"]:
        raise _Wrong(number, f"entry {number} reverses entry {original} without a reason")
    if original >= number or original in book.reversed or original in book.reversals:
        raise _Wrong(number, f"entry {number} reverses entry {original}, which it cannot")
    book.reversed.add(original)
    book.reversals.add(number)
    if [(row["credit"], row["debit"], row["amount"]) for row in written.original] != [
        (row["debit"], row["credit"], row["amount"]) for row in written.lines
    ]:
        raise _Wrong(number, f"entry {number} is not the exact reverse of entry {original}")


def _check_dues(book: _Book, written: _Written) -> None:
    number = written.entry["number"]
    for row in written.dues:
        key = accounts.key(accounts.WAJIB, member=row["member_id"])
        paid = sum(
            line["amount"]
            * (_touches(book, line["credit"], key) - _touches(book, line["debit"], key))
            for line in written.lines
        )
        if paid != row["amount"]:
            raise _Wrong(
                number,
                f"entry {number}: months of simpanan wajib for {row['amount']}, booked {paid}",
            )


def _touches(book: _Book, account: int, key: str) -> bool:
    found = book.accounts[account].key
    return found == key or found.startswith(f"{key}:")


def _check_receipts(book: _Book, written: _Written) -> None:
    """Hold a receipt against its entry: it names the whole of it, the member's part or its cash."""
    number = written.entry["number"]
    for row in written.receipts:
        whole = members = cash = 0
        for line in written.lines:
            keys = (book.accounts[line["debit"]].key, book.accounts[line["credit"]].key)
            whole += line["amount"]
            if any(f"{key}:".startswith(f":m{row['member_id']}:", 6) for key in keys):
                members += line["amount"]
            if any(key.startswith(("111", "112")) for key in keys):
                cash += line["amount"]
        if abs(row["amount"]) not in (whole, members, cash):
            raise _Wrong(
                number, f"entry {number}: its receipt says {row['amount']}, booked {whole}"
            )


def _check_end(book: _Book) -> None:
    """Hold the book's head and the stored balances against what was recomputed."""
    wrong = [account for account in book.accounts.values() if account.balance != account.moved]
    for account in sorted(wrong, key=lambda account: (account.last_entry or 0, account.id)):
        raise _Wrong(
            account.last_entry,
            f"account {account.key} stands at {account.balance}, its postings give {account.moved}",
        )
    if book.chain != book.head:
        raise _Wrong(book.entries, "the book's head is not the hash of its last entry")
