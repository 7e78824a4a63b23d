"""The one door: what it writes, what it refuses, what it answers a second time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import accounts, balances, database, ledger
from core.money import LARGEST
from core.verify import verify
from tests.conftest import Database
from tests.core.books import (
    AT,
    TODAY,
    a_book,
    deposit,
    post,
    refused,
    reverse,
    sukarela,
    wajib,
    withdraw,
    written,
)

CASH = accounts.CASH


async def test_entries_are_numbered_from_one_and_say_the_balances_after_them(db: AsyncConnection):
    await a_book(db)
    first = await deposit(db, 1, 50_000, "a")
    second = await post(
        db, (CASH, wajib(1), 20_000), (CASH, sukarela(1), 5_000), operation="b", kind="batch"
    )
    assert (first.number, second.number) == (1, 2)
    assert not second.repeated
    assert second.balance_of(CASH) == 75_000
    assert second.balance_of(sukarela(1)) == 55_000
    assert await balances.of_account(db, koperasi_id=1, key=wajib(1)) == 20_000
    assert await balances.of_account(db, koperasi_id=1, key=wajib(2)) == 0


async def test_each_cooperative_has_numbers_and_a_chain_of_its_own(db: AsyncConnection):
    await a_book(db, 1)
    one = await deposit(db, 1, 50_000, "a")
    await a_book(db, 2)
    other = await deposit(db, 1, 50_000, "a", koperasi_id=2)
    assert (one.number, other.number) == (1, 1)
    assert one.hash != other.hash
    assert (await verify(db, 1)).finding is None
    assert (await verify(db, 2)).finding is None


async def test_the_same_operation_returns_the_first_result_even_after_its_period_closed(
    db: AsyncConnection,
):
    await a_book(db)
    first = await deposit(db, 1, 50_000, "a")
    await deposit(db, 1, 10_000, "b")
    await ledger.close(db, koperasi_id=1, through=TODAY, at=AT, by="officer:1", reason="tutup buku")
    before = await written(db)
    again = await deposit(db, 1, 50_000, "a", at=datetime(2026, 12, 1, tzinfo=UTC))
    assert again.repeated
    assert (again.number, again.hash, again.credit_balances) == (
        first.number,
        first.hash,
        (50_000,),
    )
    assert await written(db) == before


@pytest.mark.parametrize(
    ("differs", "change"),
    [
        ("amount", {"lines": [(CASH, sukarela(1), 60_000)]}),
        ("credit", {"lines": [(CASH, sukarela(2), 50_000)]}),
        ("debit", {"lines": [("112100", sukarela(1), 50_000)]}),
        ("amount", {"lines": [(CASH, sukarela(1), 50_000), (CASH, wajib(1), 1)]}),
        ("date", {"on": date(2026, 11, 23)}),
        ("kind", {"kind": "gift"}),
        ("reason", {"reason": "lain"}),
    ],
)
async def test_the_same_operation_with_other_content_is_an_error_that_names_the_difference(
    db: AsyncConnection, differs: str, change: dict[str, Any]
):
    await a_book(db)
    await deposit(db, 1, 50_000, "a")
    before = await written(db)
    change = dict(change)
    lines = change.pop("lines", [(CASH, sukarela(1), 50_000)])
    async with refused(db, ledger.OperationDiffers) as caught:
        await post(db, *lines, operation="a", **change)
    assert (caught.value.entry, caught.value.differs) == (1, differs)
    assert await written(db) == before


async def test_a_withdrawal_below_the_floor_records_nothing(db: AsyncConnection):
    await a_book(db)
    await deposit(db, 1, 50_000, "a")
    before = await written(db)
    async with refused(db, ledger.BelowFloor) as caught:
        await withdraw(db, 1, 50_001, "b")
    assert caught.value.facts == {"account": sukarela(1), "balance": -1}
    assert await written(db) == before
    async with refused(db, ledger.BelowFloor):
        await withdraw(db, 2, 1, "c")  # an account that was never opened
    assert await written(db) == before
    assert (await withdraw(db, 1, 50_000, "b")).number == 2


async def test_a_line_may_pass_below_a_floor_when_the_entry_does_not(db: AsyncConnection):
    await a_book(db)
    entry = await post(
        db, (sukarela(1), CASH, 10), (CASH, sukarela(1), 15), operation="a", kind="transfer"
    )
    assert entry.balance_of(sukarela(1)) == 5
    assert (await verify(db, 1)).finding is None


async def test_an_account_named_by_many_lines_moves_once_and_each_line_says_its_running_balance(
    db: AsyncConnection,
):
    await a_book(db)
    await deposit(db, 1, 100, "a")
    into, out = (CASH, sukarela(1)), (sukarela(1), CASH)
    over = [(*out, 90), (*out, 60), (*into, 30), (sukarela(1), "411000", 5), (*out, 10)] * 3
    before = await written(db)
    async with refused(db, ledger.BelowFloor) as caught:
        await post(db, *over, operation="b")
    assert caught.value.facts == {"account": sukarela(1), "balance": 100 - 3 * 135}
    assert await written(db) == before
    entry = await post(db, *over, (*into, 305), (CASH, sukarela(2), 7), operation="b")
    members, moved = [], 100
    for debit, _, amount in [*over, (*into, 305)]:
        moved += amount if debit == CASH else -amount
        members.append(moved)
    sides = zip(entry.postings, entry.debit_balances, entry.credit_balances, strict=True)
    said = [debit if line.debit == sukarela(1) else credit for line, debit, credit in sides]
    assert said == [*members, 7]
    assert entry.balance_of(CASH) == 100 + 3 * (30 - 90 - 60 - 10) + 305 + 7
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT key, id, balance FROM ledger.accounts WHERE koperasi_id = 1 ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        (CASH, 1, 22), (sukarela(1), 2, 0), ("411000", 3, 15), (sukarela(2), 4, 7),
    ]  # fmt: skip
    assert (await verify(db, 1)).finding is None


async def test_a_reversal_keeps_the_original_takes_its_reason_and_happens_once(db: AsyncConnection):
    await a_book(db)
    await post(
        db, (CASH, wajib(1), 20_000), (CASH, sukarela(1), 5_000), operation="a", kind="batch"
    )
    async with refused(db, AssertionError):
        await reverse(db, 1, "b", reason="  ")
    back = await reverse(db, 1, "b")
    assert [(p.debit, p.credit, p.amount) for p in back.postings] == [
        (wajib(1), CASH, 20_000),
        (sukarela(1), CASH, 5_000),
    ]
    assert await balances.of_account(db, koperasi_id=1, key=CASH) == 0
    raw = await database.driver(db)
    rows = await raw.fetch("SELECT kind, reason, reverses FROM ledger.entries ORDER BY number")
    assert [tuple(row) for row in rows] == [("batch", None, None), ("reversal", "salah ketik", 1)]
    assert (await reverse(db, 1, "b")).repeated
    async with refused(db, ledger.AlreadyReversed) as caught:
        await reverse(db, 1, "c")
    assert caught.value.facts == {"by": 2}
    async with refused(db, ledger.AlreadyReversed):
        await reverse(db, 2, "d")
    async with refused(db, ledger.NoSuchEntry):
        await reverse(db, 9, "e")


async def test_a_reversal_that_would_break_a_floor_is_refused(db: AsyncConnection):
    await a_book(db)
    await deposit(db, 1, 50_000, "a")
    await withdraw(db, 1, 30_000, "b")
    async with refused(db, ledger.BelowFloor):
        await reverse(db, 1, "c")


async def test_only_the_exact_reverse_may_call_itself_a_reversal(db: AsyncConnection):
    await a_book(db)
    await deposit(db, 1, 50_000, "a")
    for line in ((sukarela(1), CASH, 49_999), (CASH, sukarela(1), 50_000)):
        async with refused(db, asyncpg.PostgresError, "not the reverse"):
            await post(db, line, operation="b", reverses=1, reason="x", kind="reversal")
    async with refused(db, asyncpg.PostgresError, "needs its reason"):
        await post(db, (sukarela(1), CASH, 50_000), operation="b", reverses=1, kind="reversal")


async def test_nothing_is_dated_in_a_closed_period_until_it_is_opened_again(db: AsyncConnection):
    await a_book(db)
    november = date(2026, 10, 31)
    facts: dict[str, Any] = {"koperasi_id": 1, "at": AT, "by": "officer:1"}
    await ledger.close(db, through=november, reason="tutup Oktober", **facts)
    async with refused(db, ledger.BookIsClosed) as caught:
        await deposit(db, 1, 50_000, "a", on=november)
    assert caught.value.facts == {"through": november}
    await deposit(db, 1, 50_000, "b", on=date(2026, 11, 1))
    await ledger.close(db, through=None, reason="koreksi", **facts)
    await deposit(db, 1, 50_000, "a", on=november)
    assert (await verify(db, 1)).finding is None
    raw = await database.driver(db)
    rows = await raw.fetch("SELECT n, through, reason FROM ledger.closings ORDER BY n")
    assert [tuple(row) for row in rows] == [(1, november, "tutup Oktober"), (2, None, "koreksi")]
    async with refused(db, asyncpg.PostgresError, "who and why"):
        await raw.execute("SELECT ledger.close(1, NULL, now(), 'officer:1', '')")


async def test_an_entry_of_tomorrow_is_refused_by_the_cooperatives_own_clock(db: AsyncConnection):
    await a_book(db)
    evening = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # half past midnight in WITA
    await deposit(db, 1, 1, "a", on=date(2026, 11, 25), at=evening)
    async with refused(db, ledger.FutureDate):
        await deposit(db, 1, 1, "b", on=date(2026, 11, 26), at=evening)


async def test_a_balance_beyond_64_bits_is_a_clear_error_and_records_nothing(db: AsyncConnection):
    await a_book(db)
    await deposit(db, 1, LARGEST, "a")
    before = await written(db)
    async with refused(db, ledger.AmountTooLarge):
        await deposit(db, 2, 1, "b")
    async with refused(db, ledger.AmountTooLarge):
        await deposit(db, 2, LARGEST + 1, "c")
    assert await written(db) == before


SUKARELA_1 = [sukarela(1)]
GOOD: dict[str, Any] = {
    "koperasi": 1,
    "operation": "x",
    "kind": "k",
    "on": TODAY,
    "at": AT,
    "recorder": "r",
    "source": "s",
    "debits": [CASH],
    "credits": SUKARELA_1,
    "amounts": [1],
}


async def _call(db: AsyncConnection, **change: Any) -> asyncpg.Record:
    raw = await database.driver(db)
    values = list((GOOD | change).values())
    return await raw.fetchrow("SELECT * FROM ledger.post($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)", *values)


@pytest.mark.parametrize(
    "change",
    [
        {"debits": []},
        {"debits": None},
        {"debits": [CASH, CASH]},
        {"amounts": [], "debits": [], "credits": []},
        {"amounts": None},
        {"amounts": [0]},
        {"amounts": [-5]},
        {"amounts": [None]},
        {"debits": [None]},
        {"credits": [CASH]},
        {"amounts": [1] * 1001, "debits": [CASH] * 1001, "credits": SUKARELA_1 * 1001},
        {"operation": ""},
        {"operation": None},
        {"kind": ""},
        {"recorder": None},
        {"source": ""},
        {"on": None},
        {"at": None},
        {"on": date(1899, 1, 1)},
        {"on": date(2028, 11, 24)},
        {"on": date.max},  # the driver's infinity
        {"debits": [[CASH]], "credits": [SUKARELA_1], "amounts": [[1]]},
    ],
    ids=lambda change: str(change)[:40],
)
async def test_malformed_postings_are_refused_by_the_database_itself(
    db: AsyncConnection, change: dict[str, Any]
):
    await a_book(db)
    before = await written(db)
    async with refused(db, asyncpg.PostgresError):
        await _call(db, **change)
    assert await written(db) == before
    assert (await _call(db))["number"] == 1


@pytest.mark.parametrize(
    "key",
    [
        "999999",
        "211000",  # a member's account without its member
        "211000:m01",  # the same member by another name
        "211000:m9",  # nobody
        "211000:m1:l1",  # savings of a loan
        "113100:m1",  # a loan's account without its loan
        "211000:m1'; DROP TABLE ledger.entries; --",
        "211000:m1\n",
        "211000:m" + "9" * 30,
        "211000:m\u0661",
        "",
        "211000:m-1",
        " 111000",
    ],
)
async def test_unknown_accounts_are_refused_and_none_is_opened(db: AsyncConnection, key: str):
    await a_book(db)
    before = await written(db)
    async with refused(db, asyncpg.PostgresError, "unknown account"):
        await _call(db, credits=[key])
    assert await written(db) == before


async def test_a_thousand_lines_are_one_entry(db: AsyncConnection):
    await a_book(db)
    entry = await post(db, *[(CASH, sukarela(1), 1)] * 1000, operation="a")
    assert entry.credit_balances == tuple(range(1, 1001))
    assert (await verify(db, 1)).finding is None


async def test_words_of_any_kind_are_kept_and_hashed_as_they_are(db: AsyncConnection):
    await a_book(db)
    words = "a'b\"c\\ 3:x,-; \n\t <b>&amp; 💰 é"
    await deposit(db, 1, 5, words, kind=words, recorder=words, source=words, approver=words)
    await reverse(db, 1, "b", reason=words)
    assert (await verify(db, 1)).finding is None


async def test_the_hash_does_not_depend_on_how_the_session_writes_dates(db: AsyncConnection):
    await a_book(db)
    raw = await database.driver(db)
    await raw.execute("SET LOCAL datestyle TO 'German'; SET LOCAL timezone TO 'America/Lima'")
    await deposit(db, 1, 5, "a", on=date(2026, 2, 1))
    assert (await verify(db, 1)).finding is None


async def test_a_callers_temporary_types_are_not_used_inside_the_door(
    own_database: Database, owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        await a_book(db)
    async with database.transaction(app_engine, koperasi_id=1) as db:
        raw = await database.driver(db)
        await raw.execute(
            "CREATE FUNCTION pg_temp.mine(v pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$;"
            "CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.mine(VALUE));"
            "CREATE TEMP TABLE entries (number bigint)"
        )
        await raw.execute(
            "SELECT ledger.post(1, 'a', 'deposit', '2026-11-24', '2026-11-24 02:00Z', 'officer:1',"
            " 'chat', '{111000}', '{211000:m1}', '{5}')"
        )
    async with database.transaction(owner_engine) as db:
        assert (await verify(db, 1)).entries == 1


async def test_every_door_names_the_temporary_schema_last(db: AsyncConnection):
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT p.oid::regprocedure::text AS name, p.proconfig FROM pg_proc p WHERE p.prosecdef"
    )
    assert len(rows) >= 13
    for row in rows:
        assert any(re.search("^search_path=.*pg_temp$", s) for s in row["proconfig"] or ()), row[
            "name"
        ]


async def test_the_trial_balance_of_a_period_adds_up_and_counts_members_under_their_code(
    db: AsyncConnection,
):
    await a_book(db)
    await deposit(db, 1, 100, "a", on=date(2026, 10, 31))
    await deposit(db, 2, 40, "b", on=date(2026, 11, 1))
    await withdraw(db, 1, 30, "c", on=date(2026, 11, 2))
    await deposit(db, 1, 7, "d", on=date(2026, 11, 3))
    lines = await balances.trial_balance(
        db, koperasi_id=1, first=date(2026, 11, 1), last=date(2026, 11, 2)
    )
    found = {line.code: (line.opening, line.debit, line.credit, line.closing) for line in lines}
    assert found == {"111000": (100, 40, 30, 110), "211000": (100, 30, 40, 110)}
    assert await balances.of_account(db, koperasi_id=1, key=sukarela(1), on=date(2026, 11, 2)) == 70
    assert await balances.of_account(db, koperasi_id=1, key=CASH, on=date(2026, 10, 30)) == 0
