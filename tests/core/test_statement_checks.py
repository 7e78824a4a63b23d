"""The checks before a report (domain 3.2): each fails on a book that is broken in its way, and says by how much."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database, ledger
from core.statements import checks, ratios, reports
from core.statements.figures import YEAR_CLOSE, Period, figures
from tests.core.books import AT, a_book, post, sukarela, wajib
from tests.core.loan_books import a_running_loan

YEAR = Period(first=date(2025, 1, 1), last=date(2025, 12, 31))
TODAY = date(2026, 4, 1)
CASH, BANK = accounts.CASH, "112100"
LOAN = accounts.key("113100", member=1, loan=1)


async def _sound(db: AsyncConnection) -> None:
    """A year with savings and their interest, a grant, a sale, a loan of which 50,000 came back, and 70,000 more in the next."""
    await a_book(db)
    await a_running_loan(db, principal=300_000, count=3, disbursed=date(2025, 3, 1))
    raw = await database.driver(db)
    for n, (on, kind, lines) in enumerate(
        (
            (date(2025, 1, 5), "grant", [(BANK, "330000", 400_000)]),
            (date(2025, 2, 1), "deposit-wajib", [(CASH, wajib(1), 240_000)]),
            (date(2025, 2, 2), "deposit-sukarela", [(CASH, sukarela(2), 500_000)]),
            (date(2025, 5, 2), "sale", [(CASH, "412100", 90_000)]),
            (date(2025, 6, 30), "savings-interest", [("512000", sukarela(2), 3_000)]),
            (date(2025, 7, 1), "expense", [("521000", CASH, 11_000)]),
            (date(2025, 8, 1), "loan-payment", [(CASH, LOAN, 50_000), (CASH, "411000", 9_000)]),
            (date(2026, 2, 1), "loan-payment", [(CASH, LOAN, 70_000)]),
        ),
        start=2,
    ):
        await post(db, *lines, operation=f"s{n}", kind=kind, on=on)
        if kind == "loan-payment":
            principal = lines[0][2]
            await raw.execute(
                'INSERT INTO loan_payments (koperasi_id, loan_id, entry, version, kind, "on", amount,'
                " principal, interest, penalty, provisi) VALUES (1, 1, $1, 1, 'payment', $2, $3, $3, 0, 0, 0)",
                n, on, principal,
            )  # fmt: skip


async def _off(db: AsyncConnection, period: Period = YEAR, today: date = TODAY) -> dict[str, int]:
    found = await checks.checks(db, koperasi_id=1, period=period, today=today)
    return {one.key: one.off for one in found if not one.ok}


async def _broken(db: AsyncConnection, statement: str) -> None:
    """Change the book as only somebody with the server's own login could."""
    raw = await database.driver(db)
    await raw.execute("SET LOCAL session_replication_role TO replica")
    await raw.execute(statement)
    await raw.execute("SET LOCAL session_replication_role TO origin")


_BALANCE = "UPDATE ledger.accounts SET balance = balance + {} WHERE key = '{}'"
_ENTRY = "UPDATE ledger.entries SET \"on\" = '{}' WHERE number = {}"


@pytest.mark.parametrize(
    ("statement", "off"),
    [
        # the bank's own balance is not what was posted: the detail is not the line
        (_BALANCE.format(5, BANK), {"trial_balance": 5, "cash": 5, "balances": 1, "ratios": 2}),
        (
            _BALANCE.format(7, "330000"),
            {"trial_balance": 7, "capital": 7, "balances": 1, "ratios": 1},
        ),
        # interest hidden in an entry that is called a year's close
        (
            f"UPDATE ledger.entries SET kind = '{YEAR_CLOSE}' WHERE kind = 'savings-interest'",
            {"interest": -3_000, "result": -3_000, "ratios": 1, "equity_columns": 6_000},
        ),
        # a posting that was made smaller afterwards
        (
            "UPDATE ledger.postings SET amount = amount - 10 WHERE entry = 8 AND line = 1",
            {"cash": 10, "balances": 2, "loans": 10, "ratios": 2},
        ),
        # the register of loans says otherwise than the book, on the report's day
        ("UPDATE loan_payments SET principal = 40000 WHERE entry = 8", {"loans": 10_000}),
        ("UPDATE loan_versions SET principal = 310000", {"loans": 10_000}),
        # slips of the pen: 2028, 2015, a loan or a payment of another day than its entry's, a member of tomorrow
        (_ENTRY.format("2028-07-01", 7), {"dates": 1}),
        (_ENTRY.format("2015-07-01", 7), {"dates": 1}),
        ("UPDATE loans SET disbursed_on = '2025-03-02'", {"dates": 1}),
        ("UPDATE loan_payments SET \"on\" = '2025-08-02' WHERE entry = 8", {"dates": 1}),
        ("UPDATE members SET joined_on = '2028-01-01' WHERE id = 3", {"dates": 1}),
        ("UPDATE members SET left_on = '2024-01-01' WHERE id = 3", {"dates": 1}),
        # what no member is named for
        (
            "UPDATE ledger.accounts SET member_id = NULL WHERE key = '320000:m1'",
            {"members": 240_000},
        ),
    ],
)
async def test_a_broken_book_is_named_by_its_check(
    db: AsyncConnection, statement: str, off: dict[str, int]
):
    await _sound(db)
    assert await _off(db) == {}
    await _broken(db, statement)
    assert await _off(db) == off


async def test_loans_are_held_against_the_book_as_they_stood_on_the_reports_day(
    db: AsyncConnection,
):
    await _sound(db)
    for last in (date(2025, 2, 28), date(2025, 3, 1), date(2025, 8, 1), TODAY):
        assert await _off(db, Period(first=YEAR.first, last=last)) == {}, last
    await _broken(db, "UPDATE loan_payments SET principal = 60000 WHERE entry = 9")
    assert await _off(db) == {}
    assert await _off(db, Period(first=YEAR.first, last=TODAY)) == {"loans": 10_000}


async def test_399000_is_zero_or_was_explained_when_the_first_month_was_closed(db: AsyncConnection):
    await _sound(db)
    await post(
        db, ("114000", "399000", 7_000), operation="o", kind="opening-balances", on=date(2025, 1, 9)
    )
    assert await _off(db) == {"opening": 7_000}
    facts: dict[str, Any] = {"koperasi_id": 1, "at": AT, "by": "officer:1,officer:2"}
    await ledger.close(db, through=date(2025, 1, 31), reason="tutup bulan 2025-01", **facts)
    assert await _off(db) == {"opening": 7_000}
    await ledger.close(db, through=None, reason="buka bulan 2025-01: salah", **facts)
    said = "tutup bulan 2025-01: persediaan awal tanpa bukti, disetujui RAT"
    await ledger.close(db, through=date(2025, 1, 31), reason=said, **facts)
    assert await _off(db) == {}
    await post(
        db, ("114000", "399000", 500), operation="p", kind="opening-balances", on=date(2025, 6, 1)
    )
    assert await _off(db) == {"opening": 500}


async def test_the_notes_say_the_ratios_that_the_accounts_give(db: AsyncConnection):
    await _sound(db)
    found = await figures(db, koperasi_id=1, period=YEAR)
    told = ratios.ratios(found, YEAR)
    # assets: cash 578,000, bank 400,000, loan 250,000; own capital 240,000 + 400,000; costs 14,000 of 99,000
    assert {key: (one.part, one.whole) for key, one in told.items()} == {
        "own_capital": (640_000, 1_228_000),
        "liquidity": (978_000, 503_000),
        "lent": (250_000, 503_000),
        "bopo": (14_000, 99_000),
    }
    calk = await reports.report(db, koperasi_id=1, name="calk", period=YEAR, found=found)
    shown = {row.key: row.cells for row in calk.rows if row.key.startswith("ratio:")}
    assert shown["ratio:own_capital"] == ("52,1%", "–")
    assert shown["ratio:bopo"] == ("14,1%", "–")
    assert shown["ratio:npl"][0] == "0,0%"


async def test_every_one_of_the_five_statements_is_there_without_an_empty_figure(
    db: AsyncConnection,
):
    await _sound(db)
    five = ("neraca", "phu", "perubahan-ekuitas", "arus-kas", "calk")
    made, checked = await reports.issue(db, koperasi_id=1, names=five, period=YEAR, today=TODAY)
    assert [one.name for one in made] == list(five)
    assert all(one.ok for one in checked)
    for one in made:
        assert one.rows
        for row in one.rows:
            assert len(row.cells) in (0, len(one.columns)), (one.name, row.key)
            assert None not in row.cells
            assert "" not in row.cells
