"""Recompute a whole book independently of ledger.post, and name the first entry that is not as it was written.

What this finds rests on the entries themselves: whoever can rewrite the database can also rewrite every
hash from a changed entry on, consistently. Against that stands a head noted elsewhere (`since`): it must
still be a hash of this chain.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database
from core.calendar import zone_of
from core.cooperatives import first_head
from core.heads import Head
from core.verify_consigned import check_consigned
from core.verify_goods import check_goods
from core.verify_loans import check_loans, check_moves
from core.verify_rows import Account, Finding, Written, Wrong, pages
from core.verify_savings import check_dues, check_receipts, check_terms
from core.verify_seals import seals_of

_KEY = re.compile(r"([0-9]{6})(?::m([1-9][0-9]*))?(?::l([1-9][0-9]*))?(?::u([1-9][0-9]*))?")
_BREATH = 25  # entries between which chats in the same process have their turn
_EARLIEST = date(1945, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A book as it was recomputed: `head` (hex) is the hash after `entries` entries that are in order."""

    koperasi_id: int
    entries: int
    head: str
    finding: Finding | None


@dataclass(slots=True, kw_only=True)
class _Book:
    """What the database says of a book, read in one statement, and what was recomputed so far."""

    koperasi_id: int
    chain: bytes
    zone: str = "UTC"
    entries: int = 0
    head: bytes = b""
    accounts: dict[int, Account] = field(default_factory=dict)
    checked: int = 0
    reversed: set[int] = field(default_factory=set)  # entries that have a reversal
    reversals: set[int] = field(default_factory=set)


async def verify(
    db: AsyncConnection, koperasi_id: int, *, since: Head | None = None
) -> Verification:
    """Recompute numbers, hashes, balances, reversals, dates, dues, receipts, cash seals, loans, goods; stop at the first bad one.

    The owner runs it, while entries go on being written: those after its start are not looked at.
    `since` is a head noted earlier: its entry, or any where it names none, must have this hash in the chain.
    """
    raw = await database.driver(db)
    book = _Book(koperasi_id=koperasi_id, chain=first_head(koperasi_id))
    finding: Finding | None = None
    try:
        await _walk(raw, book, since)
    except Wrong as wrong:
        finding = wrong.finding
    return Verification(
        koperasi_id=koperasi_id, entries=book.checked, head=book.chain.hex(), finding=finding
    )


async def _walk(raw: asyncpg.Connection[Any], book: _Book, since: Head | None) -> None:
    wrong_account = await _read(raw, book)
    seals = await seals_of(raw, book.koperasi_id)
    known = since is None or _is_known(book, since)
    async for page in pages(raw, book.koperasi_id, book.entries):
        for written in page:
            _check(book, written)
            _check_reversal(book, written)
            check_dues(book.accounts, written)
            check_receipts(book.accounts, written)
            check_moves(book.accounts, written)
            seals.check(book.accounts, written, book.chain)
            book.checked += 1
            if book.checked % _BREATH == 0:
                await asyncio.sleep(0)
            known = known or (since is not None and _is_known(book, since))
    if book.checked < book.entries:
        raise Wrong(book.checked + 1, f"entry {book.checked + 1} is missing")
    _check_end(book)
    if wrong_account is not None:
        raise wrong_account
    await check_loans(raw, book.koperasi_id)
    await check_goods(raw, book.koperasi_id)
    await check_consigned(raw, book.koperasi_id)
    await check_terms(raw, book.koperasi_id)
    if not known and since is not None:
        raise _unknown(book, since)


def _is_known(book: _Book, since: Head) -> bool:
    """Hold a head noted earlier against the chain as far as it was recomputed. Raises Wrong at the head's entry."""
    if since.hash == book.chain.hex() and since.entries in (None, book.checked):
        return True
    if since.entries == book.checked:
        raise _unknown(book, since)
    return False


def _unknown(book: _Book, since: Head) -> Wrong:
    if since.entries is None:
        what = f"the head {since} is not in this chain: entries before it were rewritten"
        return Wrong(None, what)
    if since.entries > book.entries:
        what = f"entry {book.entries + 1} is missing: the head {since} was of entry {since.entries}"
        return Wrong(book.entries + 1, what)
    what = (
        f"entry {since.entries} has the hash {book.chain.hex()}, noted was {since.hash}:"
        " it or an entry before it was rewritten"
    )
    return Wrong(since.entries, what)


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


async def _read(raw: asyncpg.Connection[Any], book: _Book) -> Wrong | None:
    """Read the book and its accounts as of one instant; return what is wrong with them, if anything is."""
    rows = await raw.fetch(_SNAPSHOT, book.koperasi_id)
    if not rows:
        raise Wrong(None, f"cooperative {book.koperasi_id} has no book")
    first = rows[0]
    book.entries, book.head, book.zone = first["entries"], first["head"], first["zone"]
    wrong: Wrong | None = None
    for row in rows:
        if row["id"] is None:
            continue
        named = _KEY.fullmatch(row["key"])
        book.accounts[row["id"]] = Account(
            id=row["id"],
            key=row["key"],
            code=row["key"][:6],
            member_id=int(named[2]) if named and named[2] else None,
            loan_id=int(named[3]) if named and named[3] else None,
            is_debit=row["normal"] == "D",
            balance=row["balance"],
        )
        what = _wrong_account(row)
        if what is not None and wrong is None:
            entry = await _first_use(raw, book.koperasi_id, row["id"])
            used = (
                "no entry moved it" if entry is None else f"the first to move it is entry {entry}"
            )
            wrong = Wrong(entry, f"{what}; {used}")
    for last in (first["last_entry"], first["last_posting"]):
        if last is not None and last > book.entries and wrong is None:
            wrong = Wrong(
                book.entries + 1, f"entry {last} is beyond the book's {book.entries} entries"
            )
    if first["closed_through"] != first["last_closing"] and wrong is None:
        wrong = Wrong(None, "the day the book is closed through is not that of its last closing")
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
    if row["floor"] != named.floor:
        return f"account {key} has the floor {_said(row['floor'])}, the chart says {_said(named.floor)}"
    if named.floor is not None and row["balance"] < named.floor:
        return f"account {key} is below its floor: {row['balance']}"
    return None


def _said(floor: int | None) -> str:
    return "none" if floor is None else str(floor)


async def _first_use(raw: asyncpg.Connection[Any], koperasi_id: int, account: int) -> int | None:
    found: int | None = await raw.fetchval(
        "SELECT min(entry) FROM ledger.postings WHERE koperasi_id = $1 AND (debit = $2 OR credit = $2)",
        koperasi_id,
        account,
    )
    return found


def _check(book: _Book, written: Written) -> None:
    """Hold an entry against its number, dates, balances and hash, and take it into the chain."""
    entry, lines, expected = written.entry, written.lines, book.checked + 1
    number: int = entry["number"]
    if number != expected:
        raise Wrong(expected, f"entry {expected} is missing")
    latest = entry["at"].astimezone(zone_of(book.zone)).date()
    if not _EARLIEST <= entry["on"] <= latest:
        raise Wrong(number, f"entry {number} is dated {entry['on']}, it was written on {latest}")
    if not lines or [row["line"] for row in lines] != list(range(1, len(lines) + 1)):
        raise Wrong(number, f"entry {number} has postings missing or too many")
    for row in lines:
        _move(book, number, row)
    chain = hashlib.sha256(book.chain + _content(book, entry, lines)).digest()
    if chain != entry["hash"]:
        raise Wrong(number, f"entry {number} does not give its hash: it is not as it was written")
    book.chain = chain


def _move(book: _Book, number: int, row: asyncpg.Record) -> None:
    for account_id, is_debit, stated in (
        (row["debit"], True, row["debit_balance"]),
        (row["credit"], False, row["credit_balance"]),
    ):
        account = book.accounts.get(account_id)
        if account is None or row["debit"] == row["credit"] or row["amount"] <= 0:
            raise Wrong(
                number, f"entry {number} line {row['line']} is no posting between two accounts"
            )
        account.moved += row["amount"] if account.is_debit == is_debit else -row["amount"]
        account.last_entry = number
        if account.moved != stated:
            raise Wrong(
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


def _check_reversal(book: _Book, written: Written) -> None:
    number, original = written.entry["number"], written.entry["reverses"]
    if original is None:
        return
    if not written.entry["reason"]:
        raise Wrong(number, f"entry {number} reverses entry {original} without a reason")
    if original >= number or original in book.reversed or original in book.reversals:
        raise Wrong(number, f"entry {number} reverses entry {original}, which it cannot")
    book.reversed.add(original)
    book.reversals.add(number)
    if [(row["credit"], row["debit"], row["amount"]) for row in written.original] != [
        (row["debit"], row["credit"], row["amount"]) for row in written.lines
    ]:
        raise Wrong(number, f"entry {number} is not the exact reverse of entry {original}")


def _check_end(book: _Book) -> None:
    """Hold the book's head and the stored balances against what was recomputed."""
    wrong = [account for account in book.accounts.values() if account.balance != account.moved]
    for account in sorted(wrong, key=lambda account: (account.last_entry or 0, account.id)):
        last = account.last_entry
        moved = "no entry moved it" if last is None else f"the last to move it is entry {last}"
        raise Wrong(
            last,
            f"account {account.key} stands at {account.balance}, its postings give {account.moved};"
            f" {moved}",
        )
    if book.chain != book.head:
        raise Wrong(
            book.entries, f"the book's head is not the hash of its last entry, entry {book.entries}"
        )
