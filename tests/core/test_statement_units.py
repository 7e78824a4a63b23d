"""Results and assets per unit usaha: by hand, and equal to the whole, line by line."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts
from core.statements import units
from core.statements.figures import YEAR_CLOSE, Period
from core.statements.tables import Report
from tests.core.books import post, reverse
from tests.core.test_statements import NEXT, YEAR, _close, _of, _two_years

DAY = date(2025, 11, 1)


async def _more(db: AsyncConnection) -> None:
    """What is of a unit by the account on its other side, and what is of none."""
    bon = accounts.key("113300", member=2)
    for n, lines in enumerate(
        (
            [("529000", "114000", 5_000)],  # stock lost: the gerai's
            [("529000", "111000", 3_000)],  # short in the common box: nobody's own
            [("111100", "419000", 2_000)],  # over in the till
            [("527000", "113110", 6_000)],  # loans
            [("527000", "113310", 1_000)],  # goods on bon
            [("112100", "413000", 4_000)],  # agent's fee
            [("512000", "211000:m2", 700)],
            [(bon, "412000", 20_000), ("511000", "114000", 15_000)],
            [("412900", bon, 20_000), ("114000", "511000", 15_000)],
            [("112100", "221000", 90_000)],
        ),
        start=1,
    ):
        await post(db, *lines, operation=f"u{n}", kind="expense", on=DAY)
    wrong = await post(db, ("529000", "114000", 9_000), operation="w", kind="expense", on=DAY)
    await reverse(db, wrong.number, "w/back", on=DAY)


def _column(found: Report, unit: str) -> dict[str, object]:
    at = [column.key for column in found.columns].index(unit)
    return {row.key: row.cells[at] for row in found.rows if row.cells and row.cells[at]}


async def test_results_per_unit_are_as_by_hand_and_add_up_to_the_phu(db: AsyncConnection):
    await _two_years(db)
    await _more(db)
    found = await _of(db, "phu-unit", YEAR)
    lent = {"PAB": 9_000, "income": 9_000, "BBG": -700, "gross": 8_300, "BCK": -6_000}
    assert _column(found, "simpan-pinjam") == lent | {
        "costs": -6_000, "before_tax": 2_300, "shu": 2_300,
    }  # fmt: skip
    assert _column(found, "gerai") == {
        "PJA": 90_000, "income": 90_000, "HPA": -70_000, "gross": 20_000, "BCK": -1_000,
        "costs": -1_000, "LLP": 2_000, "LLB": -5_000, "before_tax": 16_000, "shu": 16_000,
    }  # fmt: skip
    fee = dict.fromkeys(("PLU", "income", "gross", "before_tax", "shu"), 4_000)
    assert _column(found, "jasa") == fee
    assert _column(found, "bersama") == {
        "BPG": -11_000, "BPY": -2_000, "costs": -13_000, "LLB": -3_000, "before_tax": -16_000, "shu": -16_000,
    }  # fmt: skip
    calk = {row.key: row.cells for row in (await _of(db, "calk", YEAR)).rows if row.cells}
    assert calk["unit:gerai:shu"] == (16_000, 0)
    assert calk["unit:jasa:income"] == (4_000, 0)
    assert calk["unit:total"] == calk["shu"] == (6_300, 0)
    for closed in (False, True):
        if closed:
            await _close(db)
            await post(
                db, ("412000", "390000", 20_000), operation="cc", kind=YEAR_CLOSE, on=YEAR.last
            )
        for period in (YEAR, NEXT, Period(first=DAY, last=DAY)):
            split, whole = [await _of(db, name, period) for name in ("phu-unit", "phu")]
            for row in split.rows:
                *parts, total = (int(str(cell)) for cell in row.cells)
                assert sum(parts) == total == whole.value(row.key, "amount"), row.key


async def test_assets_and_liabilities_per_unit_add_up_to_the_balance_sheet(db: AsyncConnection):
    await _two_years(db)
    await _more(db)
    found = await _of(db, "neraca-unit", YEAR)
    assert _column(found, "simpan-pinjam") == {
        "PIN": 544_000, "assets": 544_000, "SMP": -500_700, "liabilities": -500_700, "net": 43_300,
    }  # fmt: skip
    assert _column(found, "gerai") == {
        "KAS": 2_000, "PIU": -1_000, "PSD": 225_000, "assets": 226_000,
        "UU": -300_000, "liabilities": -300_000, "net": -74_000,
    }  # fmt: skip
    whole = await _of(db, "neraca", YEAR)
    for row in found.rows:
        if row.cells and row.key != "net":
            *parts, total = (int(str(cell)) for cell in row.cells)
            sign = 1 if row.key in ("assets", *whole_assets(found)) else -1
            assert sum(parts) == total == sign * int(str(whole.value(row.key, "amount"))), row.key
    assert found.value("net", "total") == whole.value("equity", "amount")


def whole_assets(found: Report) -> list[str]:
    keys = [row.key for row in found.rows]
    return keys[: keys.index("assets")]


def test_every_account_but_equity_was_given_a_unit_or_said_to_be_shared():
    given = units._mapped()
    assert set(given) == {code for code in accounts.chart() if code[0] != "3"}
    assert {unit for unit, _ in given.values()} == set(units.UNITS)
