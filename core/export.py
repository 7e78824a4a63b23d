"""Write a whole book out: as a beancount file, or one CSV row per posting. For the owner: members are named.

The book is read in pages while entries go on being written; what is written after the start is left out.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database
from core.money import Rupiah

_PAGE = 5_000  # entries fetched at once
_ROOTS = {"1": "Assets", "2": "Liabilities", "3": "Equity", "4": "Income", "5": "Expenses"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    id: int
    key: str
    code: str
    title: str
    is_debit: bool
    balance: Rupiah  # positive on the normal side
    number: str | None  # the member's
    member: str | None

    @property
    def signed(self) -> Rupiah:
        """Return the balance as beancount counts: debits are positive."""
        return self.balance if self.is_debit else -self.balance


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """A book as of one instant: its accounts and how many entries they hold."""

    koperasi_id: int
    code: str
    name: str
    entries: int
    head: str
    first: date | None
    last: date | None
    accounts: dict[int, _Account]


_SNAPSHOT = """
SELECT c.code AS koperasi, c.name AS koperasi_name, b.entries, b.head,
  (SELECT min(e."on") FROM ledger.entries e WHERE e.koperasi_id = $1) AS first,
  (SELECT max(e."on") FROM ledger.entries e WHERE e.koperasi_id = $1) AS last,
  a.id, a.key, a.code, a.normal, a.balance, m.number, p.name AS member
FROM ledger.books b
JOIN public.cooperatives c ON c.koperasi_id = b.koperasi_id
LEFT JOIN ledger.accounts a ON a.koperasi_id = b.koperasi_id
LEFT JOIN public.members m ON m.koperasi_id = a.koperasi_id AND m.id = a.member_id
LEFT JOIN public.people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id
WHERE b.koperasi_id = $1
ORDER BY a.code, a.member_id, a.id
"""


async def _open(raw: asyncpg.Connection[Any], koperasi_id: int) -> _Book:
    rows = await raw.fetch(_SNAPSHOT, koperasi_id)
    assert rows, f"cooperative {koperasi_id} has no book"
    chart = accounts.chart()
    return _Book(
        koperasi_id=koperasi_id,
        code=rows[0]["koperasi"],
        name=rows[0]["koperasi_name"],
        entries=rows[0]["entries"],
        head=rows[0]["head"].hex(),
        first=rows[0]["first"],
        last=rows[0]["last"],
        accounts={
            row["id"]: _Account(
                id=row["id"],
                key=row["key"],
                code=row["code"],
                title=chart[row["code"]].name,
                is_debit=row["normal"] == "D",
                balance=row["balance"],
                number=row["number"],
                member=row["member"],
            )
            for row in rows
            if row["id"] is not None
        },
    )


_LINES = """
SELECT e.number, e."on", e.at, e.kind, e.operation, e.recorder, e.approver, e.source, e.reason, e.reverses,
  e.hash, p.line, p.debit, p.credit, p.amount, p.debit_balance, p.credit_balance
FROM ledger.entries e
JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
WHERE e.koperasi_id = $1 AND e.number > $2 AND e.number <= $3
ORDER BY e.number, p.line
"""


async def _entries(
    raw: asyncpg.Connection[Any], book: _Book
) -> AsyncIterator[list[asyncpg.Record]]:
    """Yield the lines of one entry after the other, by number."""
    for start in range(0, book.entries, _PAGE):
        lines: list[asyncpg.Record] = []
        for row in await raw.fetch(
            _LINES, book.koperasi_id, start, min(start + _PAGE, book.entries)
        ):
            if lines and lines[0]["number"] != row["number"]:
                yield lines
                lines = []
            lines.append(row)
        if lines:
            yield lines


async def beancount(db: AsyncConnection, koperasi_id: int) -> AsyncIterator[str]:
    """Write the book for beancount 3, a line at a time; debits are positive, amounts whole IDR.

    Every account is held against its stored balance the day after the last dated entry.
    """
    raw = await database.driver(db)
    book = await _open(raw, koperasi_id)
    names = _names(book)
    yield f"option {_quoted('title')} {_quoted(f'{book.name} ({book.code})')}\n"
    yield 'option "operating_currency" "IDR"\n'
    if book.first is None or book.last is None:
        return
    yield f"\n{book.first} commodity IDR\n"
    for account in book.accounts.values():
        yield f"{book.first} open {names[account.id]} IDR\n"
        yield f"  key: {_quoted(account.key)}\n"
        yield f"  name: {_quoted(account.title)}\n"
        if account.member is not None:
            yield f"  member: {_quoted(account.member)}\n"
    async for lines in _entries(raw, book):
        for text in _transaction(names, lines):
            yield text
    yield "\n"
    after = book.last + timedelta(days=1)
    for name, balance in _assertions(book, names).items():
        yield f"{after} balance {name} {balance} IDR\n"


def _transaction(names: dict[int, str], lines: list[asyncpg.Record]) -> list[str]:
    entry = lines[0]
    narration = entry["kind"] if entry["reason"] is None else f"{entry['kind']}: {entry['reason']}"
    texts = [f"\n{entry['on']} * {_quoted(narration)}\n", f"  entry: {entry['number']}\n"]
    for field in ("kind", "operation", "recorder", "approver", "source", "reason"):
        if entry[field] is not None:
            texts.append(f"  {field}: {_quoted(entry[field])}\n")
    if entry["reverses"] is not None:
        texts.append(f"  reverses: {entry['reverses']}\n")
    texts.append(f"  written: {_quoted(entry['at'].isoformat())}\n")
    texts.append(f"  hash: {_quoted(entry['hash'].hex())}\n")
    for row in lines:
        texts.append(f"  {names[row['debit']]}  {row['amount']} IDR\n")
        texts.append(f"  {names[row['credit']]}  -{row['amount']} IDR\n")
    return texts


def _quoted(text: str) -> str:
    """Write a string of beancount on one line: its lexer ends long ones after 64 lines."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    for char, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(char, escape)
    return f'"{escaped}"'


def _names(book: _Book) -> dict[int, str]:
    """Name each account for beancount, none like another: root, code with title, member, loan, unit.

    Assets:K111000-Kas, Liabilities:K211000-Simpanan-sukarela-anggota:MA-001.
    """
    names: dict[int, str] = {}
    members: dict[str, str] = {}  # part of a name -> the member in the key it stands for
    for account in book.accounts.values():
        code, *parts = account.key.split(":")
        name = f"{_ROOTS[code[0]]}:K{code}-{_part(account.title)}"
        for part in parts:
            shown = part.upper()
            if part.startswith("m"):
                shown = f"M{_part(account.number)}" if account.number else f"Id{part[1:]}"
                while members.setdefault(shown, part) != part:  # A/1 and A-1 read alike.
                    shown = f"{shown}-Id{part[1:]}"
            name += f":{shown}"
        names[account.id] = name
    return names


def _part(text: str) -> str:
    """Keep what beancount allows within a part of a name: letters, digits, single dashes between them."""
    kept = "".join(
        char if unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "Nd" else "-"
        for char in unicodedata.normalize("NFC", text)
    )
    return re.sub("-+", "-", kept).strip("-")


def _assertions(book: _Book, names: dict[int, str]) -> dict[str, Rupiah]:
    """Add up what beancount's assertion of each account sees: the account and those below it."""
    sums = dict.fromkeys(names.values(), 0)
    for account in book.accounts.values():
        parts = names[account.id].split(":")
        for length in range(2, len(parts) + 1):
            above = ":".join(parts[:length])
            if above in sums:
                sums[above] += account.signed
    return sums


_COLUMNS = (
    "nomor", "baris", "tanggal", "dicatat", "jenis", "operasi", "pencatat", "penyetuju", "sumber", "alasan",
    "membatalkan", "debit_kode", "debit_nama", "debit_anggota", "debit_akun", "kredit_kode", "kredit_nama",
    "kredit_anggota", "kredit_akun", "jumlah", "saldo_debit", "saldo_kredit", "hash",
)  # fmt: skip


async def as_csv(db: AsyncConnection, koperasi_id: int) -> AsyncIterator[str]:
    """Write the book as CSV, one row per posting, amounts in whole rupiah, balances on the normal side."""
    raw = await database.driver(db)
    book = await _open(raw, koperasi_id)
    yield as_row(_COLUMNS)
    async for lines in _entries(raw, book):
        for row in lines:
            debit, credit = book.accounts[row["debit"]], book.accounts[row["credit"]]
            yield as_row(
                (
                    row["number"], row["line"], row["on"], row["at"].isoformat(), plain(row["kind"]),
                    plain(row["operation"]), plain(row["recorder"]), plain(row["approver"]),
                    plain(row["source"]), plain(row["reason"]), row["reverses"],
                    debit.code, debit.title, plain(debit.number), debit.key,
                    credit.code, credit.title, plain(credit.number), credit.key,
                    row["amount"], row["debit_balance"], row["credit_balance"], row["hash"].hex(),
                )
            )  # fmt: skip


def plain(text: str | None) -> str | None:
    """Keep a spreadsheet from reading somebody's words as a formula."""
    return f"'{text}" if text and text[0] in "=+-@\t\r" else text


def as_row(values: tuple[object, ...]) -> str:
    """Write one row of CSV, its line end included."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue()
