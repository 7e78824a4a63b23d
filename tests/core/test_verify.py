"""Whatever is changed in a book behind the door's back is found, and the first bad entry is named."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import accounts, database, dues, export, heads, ledger
from core import verify as inside  # its inner parts too, to forge well
from core.cooperatives import first_head
from core.verify import Verification, verify
from core.verify_rows import pages
from tests.core.books import (
    AT,
    TODAY,
    a_book,
    deposit,
    post,
    reverse,
    wajib,
    withdraw,
)

CASH = accounts.CASH


async def _nine_entries(db: AsyncConnection) -> None:
    await a_book(db)
    for n in range(1, 7):
        await deposit(db, n % 3 + 1, 1_000 * n, f"d{n}", reason="catatan")
    await withdraw(db, 1, 500, "w7")
    await reverse(db, 4, "r8")
    await post(
        db, (CASH, wajib(1), 40_000), operation="j9", kind="deposit-wajib", recorder="person:1"
    )
    raw = await database.driver(db)
    await raw.execute(
        "INSERT INTO dues (koperasi_id, member_id, month, entry, amount)"
        " VALUES (1, 1, '2026-01-01', 9, 20000), (1, 1, '2026-02-01', 9, 20000)"
    )
    await raw.execute(
        "INSERT INTO receipts (koperasi_id, entry, member_id, officer_id, code, kind, amount,"
        " balance_before, balance, witness, made_at)"
        " VALUES (1, 9, 1, 1, 'C', 'deposit-wajib', 40000, 0, 40000, true, $1),"
        " (1, 7, 1, NULL, 'D', 'withdraw-sukarela', 500, 9000, 8500, true, $1)",
        AT,
    )


async def _forge(db: AsyncConnection, *statements: str) -> Verification:
    """Do as a thief with the owner's password and no constraints would."""
    raw = await database.driver(db)
    await raw.execute("SET LOCAL session_replication_role TO replica")  # no foreign keys
    for statement in statements:
        await raw.execute(statement)
    await raw.execute("SET LOCAL session_replication_role TO origin")
    return await verify(db, 1)


async def test_an_untouched_book_is_in_order_and_so_is_an_empty_one(db: AsyncConnection):
    await a_book(db, 2)
    empty = await verify(db, 2)
    assert (empty.entries, empty.finding) == (0, None)
    await _nine_entries(db)
    found = await verify(db, 1)
    assert (found.entries, found.finding) == (9, None)
    raw = await database.driver(db)
    head = await raw.fetchval("SELECT head FROM ledger.books WHERE koperasi_id = 1")
    assert found.head == head.hex()


async def test_a_cooperative_without_a_book_is_a_finding(db: AsyncConnection):
    found = await verify(db, 4711)
    assert found.finding is not None
    assert found.finding.entry is None


# Each forgery, the entry that must be named, and a word of what is said of it.
FORGERIES: dict[str, tuple[list[str], int | None, str]] = {
    "the last entry deleted": (
        [
            "DELETE FROM ledger.postings WHERE entry = 9",
            "DELETE FROM ledger.entries WHERE number = 9",
        ],
        9,
        "missing",
    ),
    "an entry in the middle deleted": (
        [
            "DELETE FROM ledger.postings WHERE entry = 5",
            "DELETE FROM ledger.entries WHERE number = 5",
        ],
        5,
        "missing",
    ),
    "the last entry deleted, counter and balances put right": (
        [
            "DELETE FROM ledger.postings WHERE entry = 9",
            "DELETE FROM ledger.entries WHERE number = 9",
            "UPDATE ledger.books SET entries = 8",
            "DELETE FROM ledger.accounts WHERE key = '320000:m1'",
            "UPDATE ledger.accounts SET balance = balance - 40000 WHERE key = '111000'",
        ],
        8,
        "head",
    ),
    "two entries swapped": (
        [
            "UPDATE ledger.entries SET number = -number WHERE number IN (2, 5)",
            "UPDATE ledger.entries SET number = 7 + number WHERE number < 0",
            "UPDATE ledger.postings SET entry = -entry WHERE entry IN (2, 5)",
            "UPDATE ledger.postings SET entry = 7 + entry WHERE entry < 0",
        ],
        2,
        "recomputed",
    ),
    "two entries swapped without their postings": (
        [
            "UPDATE ledger.entries SET number = -number WHERE number IN (2, 5)",
            "UPDATE ledger.entries SET number = 7 + number WHERE number < 0",
        ],
        2,
        "hash",
    ),
    "debit and credit swapped": (
        [
            (
                "UPDATE ledger.postings SET debit = credit, credit = debit,"
                " debit_balance = credit_balance, credit_balance = debit_balance WHERE entry = 3"
            )
        ],
        3,
        "recomputed",
    ),
    "an amount changed": (
        ["UPDATE ledger.postings SET amount = amount + 1 WHERE entry = 3"],
        3,
        "recomputed",
    ),
    "an amount changed, all balances put right": (
        [
            "UPDATE ledger.postings SET amount = amount + 1 WHERE entry = 3",
            (
                "UPDATE ledger.postings p SET debit_balance = debit_balance + 1 FROM ledger.accounts a"
                " WHERE a.id = p.debit AND entry >= 3 AND key IN ('111000', '211000:m1')"
            ),
            (
                "UPDATE ledger.postings p SET credit_balance = credit_balance + 1 FROM ledger.accounts a"
                " WHERE a.id = p.credit AND entry >= 3 AND key IN ('111000', '211000:m1')"
            ),
            "UPDATE ledger.accounts SET balance = balance + 1 WHERE key IN ('111000', '211000:m1')",
        ],
        3,
        "hash",
    ),
    "a stored balance changed": (
        ["UPDATE ledger.accounts SET balance = balance + 100 WHERE key = '211000:m2'"],
        8,  # the last entry that moved it
        "its postings give 1000",
    ),
    "the stored balance of cash changed": (
        ["UPDATE ledger.accounts SET balance = balance + 100 WHERE key = '111000'"],
        9,
        "the last to move it is entry 9",
    ),
    "a floor taken away": (
        ["UPDATE ledger.accounts SET floor = NULL WHERE key = '211000:m1'"],
        3,
        "account 211000:m1 has the floor none, the chart says 0; the first to move it is entry 3",
    ),
    "a floor lowered": (
        ["UPDATE ledger.accounts SET floor = -1000000 WHERE key = '320000:m1'"],
        9,
        "has the floor -1000000",
    ),
    "a floor put where the chart has none": (
        ["UPDATE ledger.accounts SET floor = 0 WHERE key = '111000'"],
        1,
        "the chart says none",
    ),
    "every floor taken away": (["UPDATE ledger.accounts SET floor = NULL"], 1, "floor"),
    "an account that no entry moved": (
        [
            (
                "INSERT INTO ledger.accounts (koperasi_id, id, key, code, normal, balance)"
                " VALUES (1, 99, '112100', '112100', 'D', 5)"
            )
        ],
        None,
        "no entry moved it",
    ),
    "a balance after a posting changed": (
        ["UPDATE ledger.postings SET credit_balance = credit_balance + 5 WHERE entry = 6"],
        6,
        "recomputed",
    ),
    "money moved to another member's account": (
        [
            "UPDATE ledger.accounts SET key = CASE key WHEN '211000:m1' THEN '211000:m2x' ELSE key END",
            "UPDATE ledger.accounts SET key = '211000:m1', member_id = 1 WHERE key = '211000:m2'",
            "UPDATE ledger.accounts SET key = '211000:m2', member_id = 2 WHERE key = '211000:m2x'",
        ],
        1,
        "hash",
    ),
    "an account given to another member": (
        ["UPDATE ledger.accounts SET member_id = 3 WHERE key = '211000:m1'"],
        3,
        "columns",
    ),
    "an account's side changed": (
        ["UPDATE ledger.accounts SET normal = 'D', balance = -balance WHERE key = '320000:m1'"],
        9,
        "recomputed",
    ),
    "an account's member removed": (["DELETE FROM members WHERE id = 1"], 3, "no member"),
    "a reason changed": (["UPDATE ledger.entries SET reason = 'x' WHERE number = 4"], 4, "hash"),
    "a reason removed": (["UPDATE ledger.entries SET reason = NULL WHERE number = 4"], 4, "hash"),
    "a date changed": (
        ["UPDATE ledger.entries SET \"on\" = '2026-11-23' WHERE number = 4"],
        4,
        "hash",
    ),
    "a date in the future": (
        ["UPDATE ledger.entries SET \"on\" = '2028-11-24' WHERE number = 4"],
        4,
        "dated",
    ),
    "a moment changed": (
        ["UPDATE ledger.entries SET at = at + interval '1 us' WHERE number = 4"],
        4,
        "hash",
    ),
    "a recorder changed": (
        ["UPDATE ledger.entries SET recorder = 'officer:2' WHERE number = 7"],
        7,
        "hash",
    ),
    "an approver added": (
        ["UPDATE ledger.entries SET approver = 'officer:2' WHERE number = 7"],
        7,
        "hash",
    ),
    "an operation changed": (
        ["UPDATE ledger.entries SET operation = 'z' WHERE number = 1"],
        1,
        "hash",
    ),
    "a hash changed": (
        ["UPDATE ledger.entries SET hash = sha256('x') WHERE number = 6"],
        6,
        "hash",
    ),
    "the head changed": (["UPDATE ledger.books SET head = sha256('x')"], 9, "head"),
    "an entry added at the end": (
        [
            (
                "INSERT INTO ledger.entries SELECT koperasi_id, 10, \"on\", at, kind, 'new', recorder, approver,"
                " source, reason, NULL, hash FROM ledger.entries WHERE number = 6"
            ),
            (
                "INSERT INTO ledger.postings SELECT koperasi_id, 10, line, debit, credit, amount,"
                " debit_balance, credit_balance FROM ledger.postings WHERE entry = 6"
            ),
        ],
        10,
        "beyond",
    ),
    "an entry pushed in between": (
        [
            "UPDATE ledger.entries SET number = -number - 1 WHERE number >= 6",
            "UPDATE ledger.entries SET number = -number, reverses = reverses WHERE number < 0",
            "UPDATE ledger.postings SET entry = -entry - 1 WHERE entry >= 6",
            "UPDATE ledger.postings SET entry = -entry WHERE entry < 0",
            (
                "INSERT INTO ledger.entries SELECT koperasi_id, 6, \"on\", at, kind, 'new', recorder, approver,"
                " source, reason, NULL, hash FROM ledger.entries WHERE number = 5"
            ),
            (
                "INSERT INTO ledger.postings SELECT koperasi_id, 6, line, debit, credit, amount,"
                " debit_balance + amount, credit_balance + amount FROM ledger.postings WHERE entry = 5"
            ),
            "UPDATE ledger.books SET entries = 10",
        ],
        6,
        "hash",
    ),
    "a posting added": (
        [
            (
                "INSERT INTO ledger.postings SELECT koperasi_id, entry, 2, debit, credit, amount,"
                " debit_balance + amount, credit_balance + amount FROM ledger.postings WHERE entry = 6"
            )
        ],
        6,
        "hash",
    ),
    "a posting deleted": (["DELETE FROM ledger.postings WHERE entry = 6"], 6, "postings"),
    "a reversal no longer one": (
        ["UPDATE ledger.entries SET reverses = NULL WHERE number = 8"],
        8,
        "hash",
    ),
    "a period opened without a trace": (
        ["UPDATE ledger.books SET closed_through = '2026-01-31'"],
        None,
        "closed",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forgery_is_found_and_the_first_bad_entry_named(db: AsyncConnection, forgery: str):
    statements, entry, word = FORGERIES[forgery]
    await _nine_entries(db)
    found = await _forge(db, *statements)
    assert found.finding is not None
    assert (found.finding.entry, word in found.finding.what) == (entry, True), found.finding
    assert entry is None or f"entry {entry}" in found.finding.what
    assert "\n" not in found.finding.what


async def test_one_cooperatives_forgery_is_not_anothers(db: AsyncConnection):
    await _nine_entries(db)
    await a_book(db, 2)
    await deposit(db, 1, 5, "a", koperasi_id=2)
    raw = await database.driver(db)
    await raw.execute("UPDATE ledger.entries SET reason = 'x' WHERE koperasi_id = 2")
    assert (await verify(db, 1)).finding is None
    assert (await verify(db, 2)).finding is not None


async def test_a_book_rewritten_as_a_whole_is_found_by_a_head_noted_before(db: AsyncConnection):
    await _nine_entries(db)
    noted = (await verify(db, 1)).head
    await deposit(db, 1, 77, "after")
    assert (await verify(db, 1, since=heads.Head(hash=noted))).finding is None
    raw = await database.driver(db)
    await raw.execute(
        "DELETE FROM receipts; DELETE FROM dues;"
        "DELETE FROM ledger.postings; DELETE FROM ledger.entries; DELETE FROM ledger.accounts;"
        "DELETE FROM ledger.books"
    )
    await raw.execute("DELETE FROM members; DELETE FROM people; DELETE FROM cooperatives")
    await a_book(db)
    for n in range(1, 7):
        await deposit(db, n % 3 + 1, 1_000 * n - 1, f"d{n}")
    assert (await verify(db, 1)).finding is None
    found = (await verify(db, 1, since=heads.Head(hash=noted))).finding
    assert found is not None
    assert noted in found.what


async def test_a_reversal_that_is_not_exact_or_the_second_is_found(db: AsyncConnection):
    """The door refuses them; a chain computed anew over them would still be found out."""
    await _nine_entries(db)
    raw = await database.driver(db)
    await raw.execute("ALTER TABLE ledger.entries DROP CONSTRAINT entries_koperasi_id_reverses_key")
    await raw.execute("UPDATE ledger.entries SET reverses = NULL WHERE number = 8")
    await raw.execute("UPDATE ledger.entries SET reverses = 4 WHERE number = 9")
    await _hash_anew(db)
    found = (await verify(db, 1)).finding
    assert found is not None
    assert (found.entry, "reason" in found.what) == (9, True)
    await raw.execute("UPDATE ledger.entries SET reason = 'x' WHERE number = 9")
    await _hash_anew(db)
    found = (await verify(db, 1)).finding
    assert found is not None
    assert (found.entry, "exact reverse" in found.what) == (9, True)
    await raw.execute("UPDATE ledger.entries SET reverses = 4 WHERE number = 8")
    await _hash_anew(db)
    found = (await verify(db, 1)).finding
    assert found is not None
    assert (found.entry, "cannot" in found.what) == (9, True)


async def _hash_anew(db: AsyncConnection) -> None:
    """Let verify itself say which hash each entry would need, one after the other."""
    raw = await database.driver(db)
    book = inside._Book(koperasi_id=1, chain=first_head(1))
    await inside._read(raw, book)
    async for page in pages(raw, 1, book.entries):
        for written in page:
            content = inside._content(book, written.entry, written.lines)
            book.chain = hashlib.sha256(book.chain + content).digest()
            number = written.entry["number"]
            await raw.execute(
                "UPDATE ledger.entries SET hash = $1 WHERE number = $2", book.chain, number
            )
    await raw.execute("UPDATE ledger.books SET head = $1", book.chain)


@pytest.mark.parametrize(
    ("statement", "entry", "word"),
    [
        ("UPDATE dues SET amount = 30000 WHERE month = '2026-01-01'", 9, "10000 too much"),
        ("DELETE FROM dues WHERE month = '2026-01-01'", 9, "20000 too little"),
        ("DELETE FROM dues WHERE entry = 9", 9, "months"),
        ("UPDATE dues SET member_id = 2", 9, "months"),
        ("INSERT INTO dues VALUES (1, 2, '2026-03-01', 9, 20000)", 9, "months"),
        ("INSERT INTO dues VALUES (1, 2, '2026-03-01', 6, 20000)", 6, "months"),
        ("UPDATE receipts SET amount = 40001 WHERE entry = 9", 9, "receipt"),
        ("UPDATE receipts SET amount = -amount WHERE entry = 7", 7, "receipt"),
        ("UPDATE receipts SET balance = balance + 1000", 7, "booked 9000 and 8500"),
        ("UPDATE receipts SET balance_before = balance_before - 1 WHERE entry = 9", 9, "before"),
        ("UPDATE receipts SET balance = balance_before, balance_before = balance", 7, "before"),
        ("UPDATE receipts SET member_id = 2 WHERE entry = 9", 9, "receipt"),
        ("UPDATE receipts SET kind = 'deposit-pokok' WHERE entry = 9", 9, "deposit-pokok"),
        ("UPDATE receipts SET officer_id = 2 WHERE entry = 9", 9, "recorder"),
    ],
)
async def test_months_and_receipts_must_fit_their_entries(
    db: AsyncConnection, statement: str, entry: int, word: str
):
    await _nine_entries(db)
    found = (await _forge(db, statement)).finding
    assert found is not None
    assert (found.entry, word in found.what) == (entry, True), found
    assert f"entry {entry}" in found.what


async def test_an_entry_may_have_no_receipt(db: AsyncConnection):
    await _nine_entries(db)
    assert (await _forge(db, "DELETE FROM receipts")).finding is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM dues WHERE entry = 10",
        "UPDATE dues SET month = '2026-05-01' WHERE entry = 10 AND month = '2026-01-01'",
        "UPDATE dues SET amount = -19999 WHERE entry = 10 AND month = '2026-01-01'",
    ],
)
async def test_a_reversal_takes_back_the_months_of_its_entry(db: AsyncConnection, statement: str):
    await _nine_entries(db)
    await reverse(db, 9, "r10")
    await dues.take_back(db, koperasi_id=1, entry=9, reversal=10)
    assert (await verify(db, 1)).finding is None
    found = (await _forge(db, statement)).finding
    assert found is not None
    assert (found.entry, "taken back" in found.what) == (10, True), found


async def test_opening_savings_have_no_months(db: AsyncConnection):
    await a_book(db)
    await post(db, (accounts.OPENING, wajib(1), 40_000), operation="o1", kind="opening-savings")
    assert (await verify(db, 1)).finding is None
    found = (await _forge(db, "INSERT INTO dues VALUES (1, 1, '2026-03-01', 1, 40000)")).finding
    assert found is not None
    assert (found.entry, "months" in found.what) == (1, True)


async def test_an_operator_who_rewrites_an_old_entry_and_every_hash_is_found_by_a_kept_head(
    owner_engine: AsyncEngine,
):
    """As the owner of the database, who may do everything there: only what others kept speaks against it."""
    async with database.transaction(owner_engine) as db:
        await _nine_entries(db)
        early = await heads.take(db, koperasi_id=1, on=TODAY - timedelta(days=1), at=AT)
        await deposit(db, 1, 77, "after")
        kept = await heads.take(db, koperasi_id=1, on=TODAY, at=AT)
        assert str(kept).startswith("64-0001:10:")
        assert heads.read(f"  {str(kept)[:20]} \n {str(kept)[20:].upper()}") == kept
        await deposit(db, 1, 78, "later")
        for since in (early, kept, heads.Head(hash=kept.hash)):
            assert (await verify(db, 1, since=since)).finding is None
    async with database.transaction(owner_engine) as db:
        raw = await database.driver(db)
        moved = "(SELECT id FROM ledger.accounts WHERE key IN ('111000', '211000:m3'))"
        await raw.execute("UPDATE ledger.postings SET amount = amount - 500 WHERE entry = 2")
        for side in ("debit", "credit"):
            await raw.execute(
                f"UPDATE ledger.postings SET {side}_balance = {side}_balance - 500"
                f" WHERE entry >= 2 AND {side} IN {moved}"
            )
        await raw.execute(f"UPDATE ledger.accounts SET balance = balance - 500 WHERE id IN {moved}")
        await _hash_anew(db)
    async with database.transaction(owner_engine) as db:
        assert (await verify(db, 1)).finding is None
        found = (await verify(db, 1, since=kept)).finding
        assert found is not None
        assert (found.entry, kept.hash in found.what) == (10, True)
        found = (await verify(db, 1, since=early)).finding
        assert found is not None
        assert found.entry == 9
        cut = heads.Head(code="64-0001", entries=12, hash=kept.hash)
        found = (await verify(db, 1, since=cut)).finding
        assert found is not None
        assert (found.entry, "missing" in found.what) == (12, True)


@pytest.mark.parametrize("text", ["%", "64-0001:9:" + "a" * 63, "a" * 12, "64-0001:" + "a" * 64])
def test_what_proves_nothing_is_no_head(text: str):
    assert heads.read(text) is None


async def test_a_closed_book_is_in_order(db: AsyncConnection):
    await _nine_entries(db)
    await ledger.close(
        db, koperasi_id=1, through=date(2026, 10, 31), at=AT, by="officer:1", reason="tutup"
    )
    assert (await verify(db, 1)).finding is None


_MANY = """
DO $$ BEGIN
  FOR n IN 1 .. 2200 LOOP
    PERFORM ledger.post(1, 'o' || n, 'deposit', '2026-11-24', '2026-11-24 02:00Z', 'officer:1', 'import',
      ARRAY['111000'], ARRAY['211000:m' || n % 300 + 1], ARRAY[1000 + n]::bigint[]);
    IF n % 100 = 0 THEN COMMIT; END IF;
  END LOOP;
END $$
"""


async def test_thousands_of_entries_are_read_in_pages(owner_engine: AsyncEngine):
    async with database.transaction(owner_engine) as db:
        await a_book(db, 1, 300)
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute("SET kopdes.koperasi_id TO '1'; SET synchronous_commit TO off")
        await raw.execute(_MANY)
        found = await verify(db, 1)
        assert (found.entries, found.finding) == (2_200, None)
        lines = [line async for line in export.as_csv(db, 1)]
        assert len(lines) == 2_201
        await raw.execute("UPDATE ledger.postings SET amount = amount + 1 WHERE entry = 2007")
        bad = (await verify(db, 1)).finding
        assert bad is not None
        assert bad.entry == 2_007
