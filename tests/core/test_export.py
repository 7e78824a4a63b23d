"""The book written out: beancount 3 loads it without an error and finds the same balances."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data, realization
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database, export
from tests.core.books import TODAY, a_book, deposit, post, reverse, sukarela, wajib, withdraw

CASH = accounts.CASH
WORDS = "a'b\"c\\ \n\t\r;* 💰 é <b>&amp;\\n \\"


async def _loaded(db: AsyncConnection, folder: Path) -> list[Any]:
    file = folder / "book.beancount"
    file.write_text("".join([line async for line in export.beancount(db, 1)]), encoding="utf-8")
    entries, errors, options = loader.load_file(str(file))
    assert errors == []
    assert options["operating_currency"] == (["IDR"] if entries else options["operating_currency"])
    return entries


async def _ours(db: AsyncConnection) -> dict[str, Decimal]:
    raw = await database.driver(db)
    rows = await raw.fetch("SELECT key, normal, balance FROM ledger.accounts WHERE koperasi_id = 1")
    return {
        row["key"]: Decimal(row["balance"] if row["normal"] == "D" else -row["balance"])
        for row in rows
    }


def _theirs(entries: list[Any]) -> dict[str, Decimal]:
    """Read beancount's balance of each account that was opened, by our key."""
    keys = {e.account: e.meta["key"] for e in entries if isinstance(e, data.Open)}
    tree: Any = realization.realize(entries)
    found = {}
    for name, key in keys.items():
        node: Any = realization.get(tree, name)
        position = node.balance.get_only_position()
        units = position.units if position else None
        number = units.number if units else Decimal(0)
        assert isinstance(number, Decimal)
        found[key] = number
    return found


async def _a_busy_book(db: AsyncConnection) -> None:
    await a_book(db)
    await deposit(db, 1, 50_000, "a", on=date(2026, 11, 20), reason=WORDS, source=WORDS)
    await post(
        db, (CASH, wajib(2), 20_000), (CASH, sukarela(2), 7), operation='q"o\\', kind="batch"
    )
    await withdraw(db, 1, 1, "c", on=date(2026, 11, 10))  # back-dated
    await reverse(db, 2, "d")
    await post(
        db, ("114000", "212000", 9_999), operation="e", kind="purchase", approver="officer:2"
    )
    await post(db, ("114000", "399000", 5), operation="f", kind="opening")
    await post(db, ("521000", CASH, 300), operation="g", kind="expense")
    await post(db, (CASH, "411000", 80), (CASH, "411000:m1:l1", 11), operation="h", kind="fee")
    await post(db, ("113100:m3:l12", CASH, 15_000), operation="i", kind="disbursement")
    await post(db, ("111100:u2", "412000:u2", 123), operation="j", kind="sale")
    await post(db, ("111100", "412000:u2", 4), operation="k", kind="sale")
    await post(db, ("411000", "390000", 91), ("390000", "360000", 91), operation="l", kind="close")
    await deposit(db, 3, 2**62, "m")


async def test_beancount_loads_the_book_and_finds_every_balance_equal(
    db: AsyncConnection, tmp_path: Path
):
    await _a_busy_book(db)
    entries = await _loaded(db, tmp_path)
    ours = await _ours(db)
    assert _theirs(entries) == ours
    assert len(ours) == 17
    balances = [e for e in entries if isinstance(e, data.Balance)]
    assert len(balances) == len(ours)
    assert {e.date for e in balances} == {date(2026, 11, 25)}
    assert all(e.diff_amount is None for e in balances)


async def test_each_transaction_tells_its_number_kind_operation_and_hash(
    db: AsyncConnection, tmp_path: Path
):
    await _a_busy_book(db)
    entries = await _loaded(db, tmp_path)
    raw = await database.driver(db)
    rows = await raw.fetch("SELECT * FROM ledger.entries ORDER BY number")
    found = {int(e.meta["entry"]): e for e in entries if isinstance(e, data.Transaction)}
    assert sorted(found) == [row["number"] for row in rows] == list(range(1, 14))
    for row in rows:
        entry = found[row["number"]]
        for name in ("kind", "operation", "recorder", "source"):
            assert entry.meta[name] == row[name]
        assert entry.meta["hash"] == row["hash"].hex()
        assert entry.meta.get("reason") == row["reason"]
        assert entry.meta.get("approver") == row["approver"]
        assert entry.date == row["on"]
    assert found[1].narration == f"deposit-sukarela: {WORDS}"
    assert found[4].meta["reverses"] == 2
    assert [str(p.units and p.units.number) for p in found[2].postings] == [
        "20000",
        "-20000",
        "7",
        "-7",
    ]


async def test_a_changed_balance_does_not_load(db: AsyncConnection, tmp_path: Path):
    await _a_busy_book(db)
    text = "".join([line async for line in export.beancount(db, 1)])
    file = tmp_path / "book.beancount"
    file.write_text(text.replace("  -300 IDR", "  -301 IDR").replace("  300 IDR", "  301 IDR"))
    _, errors, _ = loader.load_file(str(file))
    assert errors


async def test_an_empty_book_loads_too(db: AsyncConnection, tmp_path: Path):
    await a_book(db)
    assert await _loaded(db, tmp_path) == []


async def test_roots_follow_the_first_digit_and_names_say_code_and_member(db: AsyncConnection):
    await _a_busy_book(db)
    text = "".join([line async for line in export.beancount(db, 1)])
    opened = [line.split()[2] for line in text.splitlines() if " open " in line]
    for name in (
        "Assets:K111000-Kas",
        "Assets:K111100-Kas-gerai-laci-kasir:U2",
        "Assets:K113100-Pinjaman-anggota-pokok:MA-003:L12",
        "Liabilities:K211000-Simpanan-sukarela-anggota:MA-001",
        "Equity:K320000-Simpanan-wajib:MA-002",
        "Equity:K390000-Ikhtisar-hasil-usaha-penutup",
        "Equity:K399000-Penyeimbang-saldo-awal",
        "Income:K411000-Pendapatan-jasa-bunga-pinjaman",
        "Expenses:K521000-Beban-gaji-dan-honor",
    ):
        assert name in opened
    assert '  member: "Anggota A-001"' in text


@pytest.mark.parametrize(
    "numbers",
    [
        ["A/1", "A-1", "A 1", "a-1"],
        ["007", "7", "'; --", '"\\'],
        ["é-1", "💰", "💸", "ß"],
        ["A:B", "A--B", "-", "-Id3"],
        ["ก็", "١٢", "x" * 300, "\n"],
        ["A-1", "A.1-Id2", "A.1", "A 1-Id2"],
    ],
)
async def test_any_member_number_makes_a_valid_name_of_its_own(
    db: AsyncConnection, tmp_path: Path, numbers: list[str]
):
    await a_book(db, members=dict(enumerate(numbers, start=1)))
    for member in (4, 2, 3, 1):
        await deposit(db, member, 100 + member, f"a{member}")
        await post(db, (CASH, wajib(member), member), operation=f"b{member}", kind="deposit-wajib")
    assert _theirs(await _loaded(db, tmp_path)) == await _ours(db)


async def test_csv_has_one_row_per_posting_and_keeps_every_word(db: AsyncConnection):
    await _a_busy_book(db)
    text = "".join([line async for line in export.as_csv(db, 1)])
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    raw = await database.driver(db)
    assert len(rows) == await raw.fetchval("SELECT count(*) FROM ledger.postings") == 17
    assert rows[0]["alasan"] == WORDS
    assert (rows[0]["nomor"], rows[0]["baris"], rows[0]["tanggal"]) == ("1", "1", "2026-11-20")
    assert (rows[0]["debit_kode"], rows[0]["kredit_akun"]) == ("111000", "211000:m1")
    assert (rows[0]["kredit_anggota"], rows[0]["jumlah"]) == ("A-001", "50000")
    assert sum(int(row["jumlah"]) for row in rows) == await raw.fetchval(
        "SELECT sum(amount) FROM ledger.postings"
    )
    assert TODAY.isoformat() in text


async def test_csv_gives_a_spreadsheet_no_formula(db: AsyncConnection):
    await a_book(db, members={1: "=1+1"})
    await deposit(db, 1, 5, "a", reason='=HYPERLINK("x")', source="+62", recorder="@me")
    text = "".join([line async for line in export.as_csv(db, 1)])
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["alasan"], row["sumber"]) == ('\'=HYPERLINK("x")', "'+62")
    assert (row["pencatat"], row["kredit_anggota"]) == ("'@me", "'=1+1")
